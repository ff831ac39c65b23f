"""A mapping made ready (making.py): every row resolved to its place in the grammar, its codec and its lookup."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from gateway.findings import Severity
from gateway.grammar.elements import Element
from gateway.grammar.schema import Grammar
from gateway.mapping.codecs import Codec
from gateway.mapping.layers import Entry
from gateway.mapping.lookups import Lookup
from gateway.mapping.places import Steps
from gateway.mapping.rows import Expression
from gateway.mapping.views import View


@dataclass(frozen=True)
class Row:
    """One row: the field in its table, the expression, and where and how its cells are read and written.

    `constant` is the value of a constant; `derived` says that the field is a property of the document. `others` are
    the places after the first where several are listed: the first with room is written, any of them is read.
    """

    path: tuple[str, ...]
    name: str
    expression: Expression
    steps: Steps
    codec: Codec
    element: Element
    lookup: Lookup | None
    origin: Entry
    constant: str | None = None
    derived: bool = False
    others: tuple["Row", ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows that share a place: the document itself, a record in it, or a list of records (`many`).

    `repeats` is the tag of a repeating segment that begins each turn, where no loop does; `owned` are the tags that
    then belong to the turn.
    """

    path: tuple[str, ...]
    name: str
    steps: Steps = ()
    many: bool = False
    repeats: str | None = None
    rows: tuple[Row, ...] = ()
    tables: tuple["Table", ...] = ()

    @property
    def owned(self) -> frozenset[str]:
        """The tags its rows name."""
        return frozenset(tag for row in self.rows for tag in row.expression.tags)

    @cached_property
    def echoes(self) -> dict[tuple[str, ...], Row]:
        """The rows that keep the bare code beside the meaning another row gives it, by the field of that other row."""
        bare = {row.expression.cells: row for row in self.rows if not row.lookup and not row.expression.pair}
        found = {row.path: bare.get(row.expression.cells) for row in self.rows if row.lookup}
        return {path: row for path, row in found.items() if row is not None}

    def walk(self) -> Iterator["Table"]:
        """This table and all below it."""
        yield self
        for table in self.tables:
            yield from table.walk()


@dataclass(frozen=True, eq=False)
class Mapping:
    """A message's mapping: grammar, document class, optional view, rows. Equal only to itself, so caches may key it."""

    grammar: Grammar
    document: type[BaseModel]
    view: View | None
    root: Table
    effective: dict[str, Any] = field(repr=False)

    @property
    def model(self) -> type[BaseModel]:
        """The class the rows speak of: the view's where there is one."""
        return self.view.model if self.view else self.document

    @cached_property
    def text(self) -> str:
        """The effective mapping as canonical JSON: what the journal keeps, by its hash."""
        return json.dumps(self.effective, sort_keys=False, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the effective mapping."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the order of the file."""
        return tuple(row for table in self.root.walk() for row in table.rows)

    @property
    def severities(self) -> dict[str, Severity]:
        """The severities a guide sets."""
        return dict(self.grammar.severities)
