"""A mapping made ready: every row resolved to its place in the grammar, its codec and its lookup.

Making a mapping finds everything that is wrong with it at once; what was wrong comes back as problems with file and
line, and a mapping with problems is not used.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

from pydantic import BaseModel

from gateway.findings import Severity
from gateway.grammar.elements import Element
from gateway.grammar.schema import Grammar, Loop, SegmentUse
from gateway.grammar.sources import Problem
from gateway.mapping.codecs import CODECS, Codec, codec_of
from gateway.mapping.layers import Entry, Layers, Tree
from gateway.mapping.lookups import Lookup, make_lookup
from gateway.mapping.places import Steps, find_loops, find_place
from gateway.mapping.rows import Cell, Expression, parse_row
from gateway.mapping.views import DOCUMENTS, VIEWS, View

_PLACES = ("loop", "each")


@dataclass(frozen=True)
class Row:
    """One row: the field in its table, the expression, and where and how its cells are read and written.

    `constant` is the value of a constant; `derived` says that the field is a property of the document.
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

    def walk(self) -> Iterator["Table"]:
        """This table and all below it."""
        yield self
        for table in self.tables:
            yield from table.walk()


@dataclass(frozen=True)
class Mapping:
    """A message's mapping: grammar, document class, optional view, rows."""

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


def make_mapping(layers: Layers, grammar: Grammar) -> tuple[Mapping | None, list[Problem]]:
    """The mapping that laid files describe over a grammar; None with problems where anything is wrong."""
    maker = _Maker(layers, grammar)
    mapping = maker.make()
    return (None if maker.problems else mapping), maker.problems


class _Maker:
    def __init__(self, layers: Layers, grammar: Grammar) -> None:
        self.layers, self.grammar = layers, grammar
        self.problems = list(layers.problems)
        tables = {name: tree for name, tree in layers.sections["lookup"].items() if isinstance(tree, dict)}
        self.lookups = {
            name: make_lookup(name, {code: e.value for code, e in tree.items() if isinstance(e, Entry)})
            for name, tree in tables.items()
        }

    def make(self) -> Mapping | None:
        document = self.named("document", dict(DOCUMENTS))
        view = self.named("view", dict(VIEWS)) if "view" in self.layers.head else None
        if document is None:
            return None
        model = view.model if view else document
        constants = self.constants()
        root = self.table(self.layers.sections["fields"], (), "", model, self.grammar.root, None)
        derived = self.derived(model)
        root = Table((), "", rows=(*root.rows, *constants, *derived), tables=root.tables)
        return Mapping(self.grammar, document, view, root, self.layers.effective())

    def named(self, key: str, choices: dict[str, Any]) -> Any:
        entry = self.layers.head.get(key)
        if entry is None or entry.value not in choices:
            name = self.layers.sources[0].name if self.layers.sources else ""
            text = f"{key} is {entry.value if entry else 'missing'}; expected one of {', '.join(sorted(choices))}"
            self.problems.append(entry.wrong(text) if entry else Problem(name, 1, text))
            return None
        return choices[entry.value]

    def table(
        self, tree: Tree, path: tuple[str, ...], name: str, model: type[BaseModel], loop: Loop, place: Entry | None
    ) -> Table:
        """The table of a tree whose place, where it has one of its own, was resolved to `loop` already."""
        steps: Steps = ()
        repeats = None
        if place is not None:
            found = self.place(place, loop)
            if found is None:
                return Table(path, name)
            steps, repeats = found
        inside = steps[-1].loop if steps else loop
        rows, tables = self.members(tree, (), name, model, inside)
        many = place is not None and place.path[-1] == "each"
        return Table(path, name, steps, many, repeats, tuple(rows), tuple(tables))

    def place(self, place: Entry, loop: Loop) -> tuple[Steps, str | None] | None:
        found = find_loops(loop, place.value, self.grammar.segments)
        if not isinstance(found, str):
            return found, None
        direct = any(isinstance(m, SegmentUse) and m.tag == place.value for m in loop.members)
        if direct and place.path[-1] == "each":
            return (), place.value
        self.problems.append(place.wrong(found))
        return None

    def members(
        self, tree: Tree, prefix: tuple[str, ...], name: str, model: type[BaseModel], loop: Loop
    ) -> tuple[list[Row], list[Table]]:
        """The rows and tables of a tree; a table without a place of its own only groups fields (`window.not_after`)."""
        rows: list[Row] = []
        tables: list[Table] = []
        for key, below in tree.items():
            if key in _PLACES:
                continue
            path, full = (*prefix, key), f"{name}.{key}" if name else key
            inner = self.field(model, path, below, full)
            if inner is None:
                continue
            if isinstance(below, Entry):
                if row := self.row(below, path, full, loop):
                    rows.append(row)
            elif place := next((e for p in _PLACES if isinstance(e := below.get(p), Entry)), None):
                tables.append(self.table(below, path, full, inner, loop, place))
            else:
                more_rows, more_tables = self.members(below, path, name, model, loop)
                rows += more_rows
                tables += more_tables
        return rows, tables

    def field(self, model: type[BaseModel], path: tuple[str, ...], below: "Tree | Entry", full: str) -> Any:
        """The record class a path leads to, `object` for a plain value; None, with a problem, if it leads nowhere."""
        found: Any = model
        for part in path:
            fields = getattr(found, "model_fields", None)
            if fields is None or part not in fields:
                known = ", ".join(sorted(fields)) if fields else "none"
                entry = below if isinstance(below, Entry) else _first_entry(below)
                if entry:
                    self.problems.append(entry.wrong(f"{full}: no field {part!r}; there is {known}"))
                return None
            found = _record_of(fields[part].annotation) or object
        return found

    def row(self, entry: Entry, path: tuple[str, ...], name: str, loop: Loop, *, derived: bool = False) -> Row | None:
        if not isinstance(entry.value, str):
            self.problems.append(entry.wrong(f"{entry.value!r} is no row"))
            return None
        expression = parse_row(entry.value, self.grammar.segments)
        if isinstance(expression, str):
            self.problems.append(entry.wrong(expression))
            return None
        steps = find_place(loop, expression.tag, expression.tags)
        if isinstance(steps, str):
            self.problems.append(entry.wrong(steps))
            return None
        return self.resolved(entry, path, name, expression, steps, derived)

    def resolved(
        self, entry: Entry, path: tuple[str, ...], name: str, expression: Expression, steps: Steps, derived: bool
    ) -> Row | None:
        element = self.element(expression.cells[0])
        codec = CODECS.get(expression.codec) if expression.codec else codec_of(element)
        lookup = self.lookups.get(expression.lookup) if expression.lookup else None
        wrong = None
        if codec is None:
            wrong = f"no codec {expression.codec!r}; there is {', '.join(sorted(CODECS))}"
        elif not expression.is_run and codec.cells != len(expression.cells):
            wrong = f"codec {codec.name} takes {codec.cells} cells, {len(expression.cells)} are named"
        elif expression.lookup and lookup is None:
            wrong = f"no lookup {expression.lookup!r} under [lookup]"
        if wrong or codec is None:
            self.problems.append(entry.wrong(wrong or ""))
            return None
        return Row(path, name, expression, steps, codec, element, lookup, entry, derived=derived)

    def element(self, cell: Cell) -> Element:
        element = self.grammar.segments[cell.tag].element(cell.position, cell.component)
        assert element is not None  # noqa: S101  (parse_row looked)
        return element

    def constants(self) -> list[Row]:
        rows = []
        for cell, entry in self.layers.sections["constant"].items():
            if not isinstance(entry, Entry):
                continue
            row = self.row(Entry(cell, entry.source, entry.path), (), cell, self.grammar.root)
            if row:
                rows.append(Row((), cell, row.expression, row.steps, row.codec, row.element, None, entry, entry.value))
        return rows

    def derived(self, model: type[BaseModel]) -> list[Row]:
        rows = []
        for name, entry in self.layers.sections["derived"].items():
            if not isinstance(entry, Entry):
                continue
            if not isinstance(getattr(model, name, None), property):
                self.problems.append(entry.wrong(f"{model.__name__} has no property {name!r}"))
            elif row := self.row(entry, (name,), name, self.grammar.root, derived=True):
                rows.append(row)
        return rows


def _first_entry(tree: Tree) -> Entry | None:
    for below in tree.values():
        found = below if isinstance(below, Entry) else _first_entry(below)
        if found:
            return found
    return None


def _record_of(annotation: Any) -> type[BaseModel] | None:
    """The record class inside an annotation such as `Party | None` or `tuple[Line, ...]`; None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _record_of(inner))), None)
