"""Reports: from the rows of delimited text to records, by the columns that a mapping names.

A mapping is `mappings/delimited/NAME.toml` over the layout `schemas/delimited/NAME.toml`: left the fields of our
record, right the column, `"sku"`. `"posted-date-time, posted-date"` is the first that is filled, `"'ItemFees'"` a
constant, `"order-status via status"` a code turned into our word by [lookup.status] (unknown words stay as they are,
and are reported). Where one row says several things each [[split]] is a record of its own, made when its `when` column
is filled. The style of numbers and dates is decided once a file. Rows are made one by one, so any size can be read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from gateway.documents.reports import RECORDS
from gateway.errors import MappingError
from gateway.findings import Finding, find
from gateway.grammar.reports import Layout, ReportColumn, folded, read_layout
from gateway.grammar.sources import Source
from gateway.grammar.styles import Preference, Style, amount_reader, day_reader, decide, instant_reader
from gateway.syntax.delimited import Chunks, Table, TooLong, open_table

_AT_MOST = 100  # findings of one file: who reads them has understood by then
_FLAGS = {"yes": True, "true": True, "y": True, "1": True, "no": False, "false": False, "n": False, "0": False}


@dataclass(frozen=True)
class Origin:
    """Where a field comes from: columns, of which the first that is filled counts; or a constant."""

    columns: tuple[str, ...] = ()
    lookup: str | None = None
    constant: str | None = None


@dataclass(frozen=True)
class Plan:
    """How a kind of record is made of a row; `when` is the column that must be filled for it, None always."""

    fields: Mapping[str, Origin]
    when: str | None = None


@dataclass(frozen=True, eq=False)
class ReportMapping:
    """A layout, the record its rows become, and how."""

    layout: Layout
    record: type[Any]
    plans: tuple[Plan, ...]
    lookups: Mapping[str, Mapping[str, str]]


@dataclass
class ReportFile:
    """A report that has been recognised: its rows are read as they are asked for, and findings gather on the way.

    A row that cannot be read is a finding (`cell-unreadable`) and no record; all others stand. The first `of_header`
    findings are about the header.
    """

    mapping: ReportMapping
    table: Table
    style: Style
    findings: list[Finding] = field(default_factory=list)
    of_header: int = 0
    is_cut: bool = False

    @property
    def report(self) -> str:
        """What it is a report of: `settlement`, `orders`, ..."""
        return self.mapping.layout.report

    def rows(self) -> Iterator[Any]:
        """The records, in the order of the file; `line` is the line they stand on, from 1."""
        del self.findings[self.of_header :]  # what was found in rows is found again
        makers = [_Maker(plan, self) for plan in self.mapping.plans]
        width = len(self.table.columns)
        try:
            for line, cells in self.table.rows():
                if len(cells) > width:
                    self.note("cell-unreadable", f"line {line}: {len(cells)} cells under {width} columns", line)
                    continue
                for maker in makers:
                    record = maker.make(line, cells)
                    if record is not None:
                        yield record
        except TooLong as wrong:
            self.note("cell-unreadable", str(wrong), None)

    def note(self, code: str, message: str, line: int | None, **place: Any) -> None:
        """Something is wrong with a row; after a hundred such only their number would grow."""
        if len(self.findings) < _AT_MOST:
            self.findings.append(find(code, message, segment=line, **place))
        else:
            self.is_cut = True


class Reports:
    """The layouts and mappings of all reports, read once each."""

    def __init__(self, fetch: Callable[[str], Source], names: Iterable[str]) -> None:
        """`names` are the names of the files, `settlement-v2`; nothing is read before it is needed."""
        self._fetch, self._names = fetch, tuple(sorted(names))
        self._layouts: tuple[Layout, ...] | None = None
        self._mappings: dict[str, ReportMapping] = {}

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """All layouts. Raises SchemaError."""
        if self._layouts is None:
            read = (read_layout(name, self._fetch(f"schemas/delimited/{name}.toml")) for name in self._names)
            self._layouts = tuple(read)
        return self._layouts

    @property
    def mappings(self) -> tuple[ReportMapping, ...]:
        """All of them, to see whether they are right. Raises SchemaError or MappingError."""
        return tuple(self.mapping(layout) for layout in self.layouts)

    def mapping(self, layout: Layout) -> ReportMapping:
        """The mapping of a layout. Raises MappingError."""
        if layout.name not in self._mappings:
            self._mappings[layout.name] = self._read(layout)
        return self._mappings[layout.name]

    def open(self, chunks: Chunks, preferred: Preference) -> ReportFile | Finding:
        """The report in a file, or why it is none that can be read."""
        table = open_table(chunks)
        if isinstance(table, Finding):
            return table
        mapping = self.recognise(table.columns)
        if mapping is None:
            shown = ", ".join(table.columns[:4])
            return find("report-unknown", f"no report we know has the columns {shown}, ...", segment=1)
        if missing := mapping.layout.missing(table.columns):
            said = f"a {mapping.layout.name} report without the column {', '.join(missing)}"
            return find("column-missing", said, segment=1, tag=missing[0])
        repeated = [name for name in table.columns if name and _count(table.columns, name) > 1]
        if repeated and folded(repeated[0]) in mapping.layout.columns:
            return find("column-missing", f"the column {repeated[0]} stands twice: either may be meant", segment=1)
        columns = mapping.layout.columns
        kinds = [columns[key].kind if (key := folded(name)) in columns else None for name in table.columns]
        amounts = [position for position, kind in enumerate(kinds) if kind == "amount"]
        dates = [position for position, kind in enumerate(kinds) if kind in ("instant", "day")]
        style = decide((cells for _, cells in table.rows()), amounts, dates, preferred)
        if isinstance(style, Finding):
            return style
        opened = ReportFile(mapping, table, style)
        for name in mapping.layout.unknown(table.columns):
            opened.note("column-unknown", f"the column {name!r} is new to us; it is kept, and not read", 1, tag=name)
        opened.of_header = len(opened.findings)
        return opened

    def recognise(self, header: tuple[str, ...]) -> ReportMapping | None:
        """The mapping of a header; of several the one that knows most of its columns."""
        known = [layout for layout in self.layouts if layout.knows(header)]
        layout = min(known, key=lambda layout: len(layout.unknown(header)), default=None)
        return None if layout is None else self.mapping(layout)

    def _read(self, layout: Layout) -> ReportMapping:
        source = self._fetch(f"mappings/delimited/{layout.name}.toml")
        table = source.parse(MappingError)
        record = RECORDS.get(str(table.get("record")))
        if record is None:
            raise MappingError(f"record: one of {', '.join(RECORDS)}", file=source.name, line=1)
        common = table.get("row", {})
        plans = []
        for split in table.get("split", ({},)):
            rows = {**common, **{key: text for key, text in split.items() if key != "when"}}
            fields = {key: _parsed(str(text)) for key, text in rows.items()}
            plans.append(Plan(fields, split.get("when")))
        for plan in plans:
            for said in _problems(plan, layout, record, table.get("lookup", {})):
                raise MappingError(said, file=source.name, line=source.line_of_key("row") or 1)
        return ReportMapping(layout, record, tuple(plans), table.get("lookup", {}))


class _Maker:
    """Makes one kind of record of the rows of one file: the texts of all fields at once, then what is no text."""

    def __init__(self, plan: Plan, file: ReportFile) -> None:
        layout, header = file.mapping.layout, [folded(name) for name in file.table.columns]
        self._file, self._make = file, file.mapping.record._make
        positions = {name: header.index(folded(name)) for name in _columns(plan) if folded(name) in header}
        self._when = positions.get(plan.when) if plan.when else None
        self._never = plan.when is not None and self._when is None
        self._absent = len(header)  # a cell that is always empty, behind the last
        picks: list[int] = []
        self._special: list[tuple[int, Callable[[str], Any] | None, ReportColumn, list[int]]] = []
        self._constants: list[tuple[int, str | None]] = []
        self._needed: list[tuple[int, ReportColumn]] = []
        for index, name in enumerate(file.mapping.record._fields[1:], 1):
            source = plan.fields.get(name, Origin())
            there = [column for column in source.columns if column in positions]
            picks.append(positions[there[0]] if there else self._absent)
            if source.constant is not None:
                self._constants.append((index, source.constant))
            if not there:
                if source.columns or source.constant is None:
                    self._empty(index, layout, source)
                continue
            column = layout.columns[folded(there[0])]
            if column.requirement == "M":
                self._needed.append((index, column))
            others = [positions[each] for each in there[1:]]
            read = _reader_of(column, source, file)
            if read is not None or others:
                self._special.append((index, read, column, others))
        self._pick = itemgetter(*picks)

    def _empty(self, index: int, layout: Layout, source: Origin) -> None:
        """A field whose column is not there is empty text, or None where its column would be no text."""
        kinds = {layout.columns[folded(column)].kind for column in source.columns}
        if kinds - {"text", "word"}:
            self._constants.append((index, None))

    def make(self, line: int, cells: list[str]) -> Any:
        """The record of a row; None where it has none of this kind, or cannot be read."""
        if self._never or (self._when is not None and not cells[self._when].strip()):
            return None
        cells.append("")
        values = [line, *self._pick(cells)]
        for index, column in self._needed:
            if not values[index]:
                self._file.note("cell-unreadable", f"line {line}: {column.name} is empty", line, tag=column.name)
                return None
        for index, read, column, others in self._special:
            cell = values[index]
            if not cell and others:
                cell = next((cells[other] for other in others if cells[other]), "")
            try:
                values[index] = (read(cell) if cell else None) if read else cell
            except ValueError:
                said = f"line {line}: {column.name} is {_shown(cell)}, no {column.kind} in the style of this file"
                self._file.note("cell-unreadable", said, line, tag=column.name, value=cell[:80])
                return None
        for index, constant in self._constants:
            values[index] = constant
        return self._make(values)


def _reader_of(column: ReportColumn, source: Origin, file: ReportFile) -> Callable[[str], Any] | None:
    """What makes a value of a filled cell; None for text, which stays as it is."""
    match column.kind:
        case "amount" | "quantity":
            return amount_reader(file.style)
        case "instant":
            return instant_reader(file.style)
        case "day":
            return day_reader(file.style)
        case "flag":
            return _flag
        case "word":
            return _word_reader(column, file.mapping.lookups.get(source.lookup or "", {}), file)
    return None


def _flag(cell: str) -> bool:
    try:
        return _FLAGS[cell.strip().lower()]
    except KeyError:
        raise ValueError(cell) from None


def _word_reader(column: ReportColumn, lookup: Mapping[str, str], file: ReportFile) -> Callable[[str], str]:
    """Turns a code of an open list into our word; one that is new is kept as it is, and reported once."""
    ours = {folded(theirs): word for theirs, word in lookup.items()}
    seen: set[str] = set()

    def read(cell: str) -> str:
        word = folded(cell)
        if word not in column.words and word not in ours and word not in seen:
            seen.add(word)
            said = f"{column.name} has the value {_shown(cell)}, which is new to us; it is kept as it is"
            file.note("word-unknown", said, None, tag=column.name, value=cell[:80])
        return ours.get(word, cell)

    return read


def _parsed(text: str) -> Origin:
    if text.startswith("'") and text.endswith("'"):
        return Origin(constant=text[1:-1])
    where, _, lookup = text.partition(" via ")
    return Origin(tuple(part.strip() for part in where.split(",")), lookup or None)


def _columns(plan: Plan) -> set[str]:
    named = {column for source in plan.fields.values() for column in source.columns}
    return named | ({plan.when} if plan.when else set())


def _problems(plan: Plan, layout: Layout, record: type[Any], lookups: Mapping[str, Any]) -> Iterator[str]:
    for name in plan.fields:
        if name not in record._fields[1:]:
            yield f"{name}: the record has no such field; it has {', '.join(record._fields[1:])}"
    for column in _columns(plan):
        if folded(column) not in layout.columns:
            yield f"{column}: the layout has no such column"
    for source in plan.fields.values():
        if source.lookup and source.lookup not in lookups:
            yield f"there is no [lookup.{source.lookup}]"


def _count(header: tuple[str, ...], name: str) -> int:
    return sum(folded(name) == folded(other) for other in header)


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:40] + "…")
