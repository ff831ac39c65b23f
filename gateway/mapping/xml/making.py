"""Making an XML mapping: each row of a file resolved against the document class it speaks of.

Everything that is wrong is found at once and comes back as problems with file and line, each saying what to write
instead; a mapping with problems is not used.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from gateway.errors import MappingError
from gateway.grammar.sources import Problem, Source
from gateway.mapping.layers import Entry, Layers, Tree
from gateway.mapping.lookups import Lookup, read_lookup
from gateway.mapping.xml.codecs import CODECS, STANDARDS, Standard
from gateway.mapping.xml.fields import TOTAL, Field, find_field
from gateway.mapping.xml.mapping import XmlMapping, XmlRow, XmlTable
from gateway.mapping.xml.paths import Path, parse_path

Models = Mapping[str, type[BaseModel]]

_ROW = re.compile(
    r"(?P<where>(?:[^\s\[\]]|\[[^\]]*\])+)(?: as (?P<codec>\w+))?(?: via (?P<lookup>\w+))?"
    r"(?: default (?P<default>\S.*))?"
)
_MESSAGE = re.compile(r"(\w+)/([A-Za-z_][\w.-]*(?:/[A-Za-z_][\w.-]*)*)")
_PLACES = ("loop", "each")


def make_xml_mapping(source: Source, models: Models) -> XmlMapping:
    """The mapping that a file describes; `models` are the documents it may speak of, by the names of their classes.

    Raises MappingError, naming file and line, with all problems at once.
    """
    mapping, problems = xml_mapping_problems(source, models)
    if mapping is None:
        text = "\n".join([problems[0].message, *(str(problem) for problem in problems[1:])])
        raise MappingError(text, file=problems[0].file, line=problems[0].line)
    return mapping


def xml_mapping_problems(source: Source, models: Models) -> tuple[XmlMapping | None, list[Problem]]:
    """The mapping, or None with everything that is wrong with its file. Raises MappingError where it is no TOML."""
    layers = Layers()
    layers.lay(source)
    maker = _Maker(layers, models)
    mapping = maker.make()
    return (None if maker.problems else mapping), maker.problems


class _Maker:
    def __init__(self, layers: Layers, models: Models) -> None:
        self.layers, self.models = layers, models
        self.problems = list(layers.problems)
        self.lookups: dict[str, Lookup] = {}
        self.standard: Standard = STANDARDS["xml"]

    def make(self) -> XmlMapping | None:
        found = _MESSAGE.fullmatch(str(self.head("message").value))
        document = self.models.get(str(self.head("document").value))
        if found is None or found[1] not in STANDARDS:
            self.wrong(self.head("message"), f'write `message = "xml/sales-order"`, or another of {_of(STANDARDS)}')
        if document is None:
            self.wrong(self.head("document"), f"expected one of {_of(self.models)}")
        if "view" in self.layers.head:
            self.wrong(self.head("view"), "XML is mapped as the document stands; there are no views")
        if found is None or found[1] not in STANDARDS or document is None:
            return None
        self.standard = STANDARDS[found[1]]
        for name, tree in self.layers.sections["lookup"].items():
            self.lookup(name, tree)
        members = (*self.constants(), *self.members(self.layers.sections["fields"], (), "", document))
        root = XmlTable((), "", members=(*members, *self.derived(document)))
        elements = tuple(found[2].split("/"))
        return XmlMapping(found[0], self.standard, elements, document, root, self.layers.effective())

    def head(self, key: str) -> Entry:
        """A key of the head; that of a mapping without it is line 1 of its file."""
        return self.layers.head.get(key, Entry("missing", self.layers.sources[0], (key,)))

    def wrong(self, entry: Entry, message: str) -> None:
        found = entry.wrong(f"is {entry.value}; {message}")
        self.problems.append(replace(found, line=found.line or 1))

    def lookup(self, name: str, tree: "Tree | Entry") -> None:
        if isinstance(tree, Entry):
            self.problems.append(tree.wrong('a lookup is a table; write `[lookup.unit]` and `EA = "each"` below it'))
            return
        found = read_lookup(name, {code: e.value for code, e in tree.items() if isinstance(e, Entry)})
        self.lookups[name] = found.lookup
        for code, below in tree.items():
            if isinstance(below, dict) or code in found.wrong:
                text = 'expected a meaning, or a list of meanings; write `EA = "each"`'
                self.problems.append(_first_entry(below).wrong(text))

    # Tables

    def members(
        self, tree: Tree, prefix: tuple[str, ...], name: str, model: type[BaseModel]
    ) -> list[XmlRow | XmlTable]:
        """The rows and tables of a tree, in its order; a table without a place only groups fields (`base.unit`)."""
        found: list[XmlRow | XmlTable] = []
        for key, below in tree.items():
            if key in _PLACES and isinstance(below, Entry):
                continue
            path = (*prefix, key)
            full = ".".join((name, *path) if name else path)
            field = find_field(model, path)
            if isinstance(field, str):
                self.problems.append(_first_entry(below).wrong(field))
            elif isinstance(below, Entry):
                if row := self.places(below, path, full, field):
                    found.append(row)
            elif place := next((e for p in _PLACES if isinstance(e := below.get(p), Entry)), None):
                if table := self.table(below, path, full, field, place):
                    found.append(table)
            else:
                found += self.members(below, path, name, model)
        return found

    def table(self, tree: Tree, path: tuple[str, ...], name: str, field: Field, place: Entry) -> XmlTable | None:
        """A table with a place of its own."""
        steps = parse_path(str(place.value))
        many = place.path[-1] == "each"
        if isinstance(steps, str):
            wrong = steps
        elif steps.attribute or steps.is_run or not steps.steps:
            wrong = f"{steps.text!r} is the place of no record; name its element"
        elif field.record is None:
            wrong = "it is a plain value, and no record or list of records; write one row for it"
        elif many is not (field.is_list or field.is_keyed):
            wrong = f"write `{'loop' if many else 'each'} = ...`: it is {'one record' if many else 'a list'}"
        else:
            members = tuple(self.members(tree, (), name, field.record))
            return XmlTable(path, name, steps.steps, many, field.is_keyed, field.is_required, members)
        self.problems.append(place.wrong(wrong))
        return None

    # Rows

    def places(self, entry: Entry, path: tuple[str, ...], name: str, field: Field) -> XmlRow | None:
        """The row of an entry, or of a list of them: one row, whose text may stand in any of several places."""
        texts = entry.value if isinstance(entry.value, list) and entry.value else [entry.value]
        made = [self.row(entry, path, name, text, field) for text in texts]
        rows = [row for row in made if row]
        if len(rows) < len(made):
            return None
        first, *others = rows
        if any(other.default is not None for other in others):
            self.problems.append(entry.wrong("of several places the first alone may have a default"))
        return replace(first, others=tuple(others))

    def row(self, entry: Entry, path: tuple[str, ...], name: str, text: Any, field: Field) -> XmlRow | None:
        match = _ROW.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            help_text = "write `WHERE [as CODEC] [via LOOKUP] [default VALUE]`"
            self.problems.append(entry.wrong(f"{text!r} is no row; {help_text}"))
            return None
        place = parse_path(match["where"])
        codec = CODECS.get(match["codec"]) if match["codec"] else self.standard.codec_of(field.plain)
        lookup = self.lookups.get(match["lookup"]) if match["lookup"] else None
        if isinstance(place, str):
            wrong = place
        elif codec is None:
            wrong = f"no codec {match['codec']!r}; there is {_of(CODECS)}"
        elif match["lookup"] and lookup is None:
            wrong = f"no lookup {match['lookup']!r}; there is {_of(self.lookups) or 'none'}"
        elif field.record is not None:
            wrong = "it is a record or a list of records: give it a table with `loop` or `each`"
        elif place.is_run is not field.is_list:
            wrong = "a list stands in an element that comes again, and nothing else does; write `street..` for it"
        elif field.is_derived and match["default"]:
            wrong = "a total that is not there is not compared: it has no default"
        elif field.is_derived and not codec.is_exact:
            wrong = f"a total is a number; codec {codec.name} gives none"
        else:
            row = XmlRow(path, name, place, codec, lookup, match["default"], entry, derived=field.is_derived)
            return self.with_default(row)
        self.problems.append(entry.wrong(wrong))
        return None

    def with_default(self, row: XmlRow) -> XmlRow | None:
        try:
            _ = row.default_value
        except ValueError as wrong:
            self.problems.append(row.origin.wrong(f"the default {wrong}"))
            return None
        return row

    def constants(self) -> list[XmlRow]:
        rows = []
        for where, below in self.layers.sections["constant"].items():
            entry = _first_entry(below)
            place = parse_path(where)
            if not isinstance(below, Entry) or not isinstance(entry.value, str):
                self.problems.append(entry.wrong('a constant is a text; write `"@BEGIN" = "1"`'))
            elif not isinstance(place, Path) or place.is_run:
                self.problems.append(entry.wrong(f"{where!r} is no path to one value"))
            else:
                rows.append(XmlRow((), where, place, CODECS["text"], None, None, entry, entry.value))
        return rows

    def derived(self, model: type[BaseModel]) -> list[XmlRow]:
        rows = []
        for name, below in self.layers.sections["derived"].items():
            entry = _first_entry(below)
            if not isinstance(below, Entry):
                self.problems.append(
                    entry.wrong("a total is a row; write `line_count = \"E1EDS01[SUMID='001']/SUMME\"`")
                )
            elif not isinstance(getattr(model, name, None), property):
                self.problems.append(entry.wrong(f"{model.__name__} has no property {name!r}"))
            elif row := self.row(entry, (name,), name, entry.value, TOTAL):
                rows.append(row)
        return rows


def _first_entry(tree: "Tree | Entry") -> Entry:
    """The first entry in a table, to name a place for it: an empty table is never laid."""
    while isinstance(tree, dict):
        tree = next(iter(tree.values()))
    return tree


def _of(names: Mapping[str, Any]) -> str:
    return ", ".join(sorted(names))
