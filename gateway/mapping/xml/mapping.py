"""An XML mapping made ready (making.py): every row with its path, its codec and its lookup."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from gateway.mapping.layers import Entry
from gateway.mapping.lookups import Lookup
from gateway.mapping.xml.codecs import Standard, XmlCodec
from gateway.mapping.xml.paths import Path, Step


@dataclass(frozen=True)
class XmlRow:
    """One row: the field in its table, and where and how its text is read and written.

    `constant` is the value of a constant, `derived` says that the field is a property of the document. `others` are the
    places after the first where several are listed: any is read, the first is written.
    """

    path: tuple[str, ...]
    name: str
    place: Path
    codec: XmlCodec
    lookup: Lookup | None
    default: str | None
    origin: Entry
    constant: str | None = None
    derived: bool = False
    others: tuple["XmlRow", ...] = ()

    def decode(self, text: str) -> Any:
        """The value of a text. Raises ValueError with a sentence where it means nothing; None says absent."""
        if self.lookup is None:
            return self.codec.decode(text)
        meaning = self.lookup.decode(text)
        if meaning is None:
            known = ", ".join(list(self.lookup.meanings)[:12])
            raise ValueError(f"is {text[:60]!r}, which lookup {self.lookup.name} gives no meaning; it knows {known}")
        return meaning

    def encode(self, value: Any) -> str:
        """The text of a value; "" also where a lookup leaves the writing to another row. Raises ValueError."""
        if self.lookup is None:
            return self.codec.encode(value)
        code = self.lookup.encode(value)
        if code is None:
            raise ValueError(f"lookup {self.lookup.name} has no code for it")
        return code

    @cached_property
    def is_run(self) -> bool:
        """Whether it is about a list of values."""
        return self.place.is_run

    @cached_property
    def has_tests(self) -> bool:
        """Whether a step of its path has a predicate."""
        return any(step.test for step in self.place.steps)

    @cached_property
    def default_value(self) -> Any:
        """The value where the text is absent; None where the row has no default."""
        return self.default if self.default is None or self.lookup else self.codec.decode(self.default)


@dataclass(frozen=True)
class XmlTable:
    """Rows and tables that share a place, in the order of the file: the document itself, one record, or many.

    `keyed` says that the field is a table of keys and values, whose entries are written as records of `key` and
    `value`. `bare` are the values that are the field's own default, so that an empty list need not be written.
    """

    path: tuple[str, ...]
    name: str
    steps: tuple[Step, ...] = ()
    many: bool = False
    keyed: bool = False
    is_required: bool = False
    members: tuple["XmlRow | XmlTable", ...] = ()

    @property
    def rows(self) -> tuple[XmlRow, ...]:
        """Its own rows."""
        return tuple(member for member in self.members if isinstance(member, XmlRow))

    @cached_property
    def echoes(self) -> dict[tuple[str, ...], XmlRow]:
        """The rows that keep the bare code beside the meaning another row gives it, by the field of that other row."""
        bare = {row.place: row for row in self.rows if not row.lookup and row.path}
        found = {row.path: bare.get(row.place) for row in self.rows if row.lookup}
        return {path: row for path, row in found.items() if row is not None}

    def walk(self) -> Iterator["XmlTable"]:
        """This table and all below it."""
        yield self
        for member in self.members:
            if isinstance(member, XmlTable):
                yield from member.walk()


@dataclass(frozen=True, eq=False)
class XmlMapping:
    """The mapping of one kind of XML document. `elements` are the root and the elements down to where rows stand."""

    message: str
    standard: Standard
    elements: tuple[str, ...]
    document: type[BaseModel]
    root: XmlTable
    effective: dict[str, Any] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The effective mapping as canonical JSON: what the journal keeps, by its hash."""
        return json.dumps(self.effective, sort_keys=False, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the effective mapping."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def rows(self) -> tuple[XmlRow, ...]:
        """All rows, in the order of the file."""
        return tuple(row for table in self.root.walk() for row in table.rows)
