"""Making a mapping: each row of laid files resolved against the grammar and the document class it speaks of.

Everything that is wrong is found at once and comes back as problems with file and line, each saying what to write
instead; a mapping with problems is not used.
"""

from dataclasses import replace
from typing import Any, get_args

from pydantic import BaseModel

from gateway.grammar.elements import Element
from gateway.grammar.schema import Grammar, Loop, SegmentUse
from gateway.grammar.sources import Problem
from gateway.mapping.codecs import CODECS, EXACT, codec_of
from gateway.mapping.layers import Entry, Layers, Tree
from gateway.mapping.lookups import Lookup, read_lookup
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.places import Steps, find_loops, find_place
from gateway.mapping.rows import Cell, parse_row
from gateway.mapping.views import DOCUMENTS, VIEWS

_PLACES = ("loop", "each")


def make_mapping(layers: Layers, grammar: Grammar) -> tuple[Mapping | None, list[Problem]]:
    """The mapping that laid files describe over a grammar; None with problems where anything is wrong."""
    maker = _Maker(layers, grammar)
    mapping = maker.make()
    return (None if maker.problems else mapping), maker.problems


def record_of(annotation: Any) -> type[BaseModel] | None:
    """The record class inside an annotation such as `Party | None` or `tuple[Line, ...]`; None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := record_of(inner))), None)


def find_field(model: type[BaseModel], path: tuple[str, ...]) -> Any:
    """What a path of fields leads to: a record class, `object` for a plain value; a sentence if it leads nowhere."""
    found: Any = model
    for part in path:
        fields = getattr(found, "model_fields", {})
        if part not in fields:
            return f"no field {part!r}; there is {', '.join(sorted(fields)) or 'none, it is a plain value'}"
        found = record_of(fields[part].annotation) or object
    return found


class _Maker:
    def __init__(self, layers: Layers, grammar: Grammar) -> None:
        self.layers, self.grammar = layers, grammar
        self.problems = list(layers.problems)
        self.lookups: dict[str, Lookup] = {}

    def make(self) -> Mapping | None:
        document = self.named("document", dict(DOCUMENTS))
        view = self.named("view", dict(VIEWS)) if "view" in self.layers.head else None
        if document is None:
            return None
        for name, tree in self.layers.sections["lookup"].items():
            self.lookup(name, tree)
        model = view.model if view else document
        rows, tables = self.members(self.layers.sections["fields"], (), "", model, self.grammar.root)
        root = Table((), "", rows=(*rows, *self.constants(), *self.derived(model)), tables=tuple(tables))
        return Mapping(self.grammar, document, view, root, self.layers.effective())

    def named(self, key: str, choices: dict[str, Any]) -> Any:
        """What a key of the head names. The head of a mapping without that key is line 1 of its first file."""
        entry = self.layers.head.get(key, Entry("missing", self.layers.sources[0], (key,)))
        if not isinstance(entry.value, str) or entry.value not in choices:
            text = f"{key}: is {entry.value}; expected one of {', '.join(sorted(choices))}"
            self.problems.append(Problem(entry.source.name, entry.line or 1, text))
            return None
        return choices[entry.value]

    def lookup(self, name: str, tree: "Tree | Entry") -> None:
        if isinstance(tree, Entry):
            self.problems.append(tree.wrong('a lookup is a table; write `[lookup.unit]` and `EA = "each"` below it'))
            return
        found = read_lookup(name, {code: e.value for code, e in tree.items() if isinstance(e, Entry)})
        self.lookups[name] = found.lookup
        for code, below in tree.items():
            if isinstance(below, dict) or code in found.wrong:
                entry = _first_entry(below)
                self.problems.append(entry.wrong('expected a meaning, or a list of meanings; write `EA = "each"`'))

    # Tables

    def table(
        self, tree: Tree, path: tuple[str, ...], name: str, model: type[BaseModel], loop: Loop, place: Entry
    ) -> Table | None:
        """A table with a place of its own, seen from `loop`."""
        found = self.place(place, loop)
        if found is None:
            return None
        steps, repeats = found
        rows, tables = self.members(tree, (), name, model, steps[-1].loop if steps else loop)
        if repeats:
            for table in tables:
                self.problems.append(place.wrong(f"{table.name}: a repeating segment holds no tables"))
            for row in rows:
                if row.steps:
                    text = f"{row.expression.text!r} stands in a loop of its own; a repeating segment holds none"
                    self.problems.append(row.origin.wrong(text))
                if row.others:
                    self.problems.append(row.origin.wrong("a repeating segment holds no lists of places"))
        return Table(path, name, steps, place.path[-1] == "each", repeats, tuple(rows), tuple(tables))

    def place(self, place: Entry, loop: Loop) -> tuple[Steps, str | None] | None:
        """The loops that a table's place names, or the repeating segment it names."""
        found = find_loops(loop, str(place.value), self.grammar.segments)
        if not isinstance(found, str):
            return found, None
        direct = any(isinstance(m, SegmentUse) and m.tag == place.value for m in loop.members)
        if direct and place.path[-1] == "each":
            return (), str(place.value)
        self.problems.append(place.wrong(found))
        return None

    def members(
        self, tree: Tree, prefix: tuple[str, ...], name: str, model: type[BaseModel], loop: Loop
    ) -> tuple[list[Row], list[Table]]:
        """The rows and tables of a tree; a table without a place of its own only groups fields (`window.not_after`)."""
        rows: list[Row] = []
        tables: list[Table] = []
        for key, below in tree.items():
            if key in _PLACES and isinstance(below, Entry):
                continue
            path = (*prefix, key)
            full = ".".join((name, *path) if name else path)
            inner = find_field(model, path)
            if isinstance(inner, str):
                self.problems.append(_first_entry(below).wrong(inner))
            elif isinstance(below, Entry):
                if row := self.places(below, path, full, loop):
                    rows.append(row)
            elif place := next((e for p in _PLACES if isinstance(e := below.get(p), Entry)), None):
                if table := self.table(below, path, full, inner, loop, place):
                    tables.append(table)
            else:
                more_rows, more_tables = self.members(below, path, name, model, loop)
                rows += more_rows
                tables += more_tables
        return rows, tables

    # Rows

    def places(self, entry: Entry, path: tuple[str, ...], name: str, loop: Loop) -> Row | None:
        """The row of an entry, or of a list of them: one row, whose value may stand in any of several places."""
        texts = entry.value if isinstance(entry.value, list) and entry.value else [entry.value]
        made = [self.row(entry, path, name, loop, text) for text in texts]
        rows = [row for row in made if row]
        if len(rows) < len(made):
            return None
        first, *others = rows
        if any(other.expression.default is not None for other in others):
            self.problems.append(entry.wrong("of several places the first alone may have a default"))
        return replace(first, others=tuple(others))

    def row(
        self,
        entry: Entry,
        path: tuple[str, ...],
        name: str,
        loop: Loop,
        text: Any = None,
        *,
        constant: str | None = None,
        derived: bool = False,
    ) -> Row | None:
        """The row of an entry, whose text is its value unless another is given."""
        text = entry.value if text is None else text
        expression = parse_row(text, self.grammar.segments) if isinstance(text, str) else f"{text!r} is no row"
        if isinstance(expression, str):
            self.problems.append(entry.wrong(expression))
            return None
        steps = find_place(loop, expression.tag, expression.tags)
        if isinstance(steps, str):
            self.problems.append(entry.wrong(steps))
            return None
        element = self.element(expression.cells[0])
        codec = CODECS.get(expression.codec) if expression.codec else codec_of(element)
        lookup = self.lookups.get(expression.lookup) if expression.lookup else None
        if codec is None:
            wrong = f"no codec {expression.codec!r}; there is {', '.join(sorted(CODECS))}"
        elif not expression.is_run and codec.cells != len(expression.cells):
            wrong = f"codec {codec.name} takes {codec.cells} cells, {len(expression.cells)} are named"
        elif expression.lookup and lookup is None:
            wrong = f"no lookup {expression.lookup!r}; there is {', '.join(sorted(self.lookups)) or 'none'}"
        elif derived and codec.name not in EXACT:
            wrong = f"a total is a number; codec {codec.name} gives none, write `as decimal`"
        else:
            return Row(path, name, expression, steps, codec, element, lookup, entry, constant, derived)
        self.problems.append(entry.wrong(wrong))
        return None

    def element(self, cell: Cell) -> Element:
        element = self.grammar.segments[cell.tag].element(cell.position, cell.component)
        assert element is not None  # noqa: S101  (parse_row looked)
        return element

    def constants(self) -> list[Row]:
        rows = []
        for cell, below in self.layers.sections["constant"].items():
            entry = _first_entry(below)
            if not isinstance(below, Entry) or not isinstance(entry.value, str):
                self.problems.append(entry.wrong('a constant is a text; write `BSN05 = "0001"`'))
            elif row := self.row(entry, (), cell, self.grammar.root, cell, constant=entry.value):
                rows.append(row)
        return rows

    def derived(self, model: type[BaseModel]) -> list[Row]:
        rows = []
        for name, below in self.layers.sections["derived"].items():
            entry = _first_entry(below)
            if not isinstance(below, Entry):
                self.problems.append(entry.wrong('a total is a row; write `line_count = "CTT01 as decimal"`'))
            elif not isinstance(getattr(model, name, None), property):
                self.problems.append(entry.wrong(f"{model.__name__} has no property {name!r}"))
            elif row := self.row(entry, (name,), name, self.grammar.root, derived=True):
                rows.append(row)
        return rows


def _first_entry(tree: "Tree | Entry") -> Entry:
    """The first entry in a table, to name a place for it: an empty table is never laid."""
    while isinstance(tree, dict):
        tree = next(iter(tree.values()))
    return tree
