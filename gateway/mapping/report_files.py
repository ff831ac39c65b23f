"""A report that was recognised, and the records that its rows become, one by one.

What is done with a row is made ready once a file: the texts of all fields are picked in one go, then what is no text is
read by the kind of its column, in the style of the file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from gateway.findings import Finding, find
from gateway.grammar.reports import Layout, ReportColumn, folded
from gateway.grammar.styles import Style, amount_reader, day_reader, instant_reader, moment_reader
from gateway.mapping.report_views import RecordView
from gateway.syntax.delimited import Table, TooLong

LOST_AT_MOST = 1000
_AT_MOST = 100  # findings of one code in a file: who reads them has understood by then
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

    @property
    def columns(self) -> set[str]:
        """Every column that it names."""
        named = {column for source in self.fields.values() for column in source.columns}
        return named | ({self.when} if self.when else set())


@dataclass(frozen=True, eq=False)
class ReportMapping:
    """A layout, the record its rows become, and how."""

    layout: Layout
    record: type[Any]
    plans: tuple[Plan, ...]
    lookups: Mapping[str, Mapping[str, str]]
    view: RecordView | None = None


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
    lost: list[tuple[int, list[str]]] = field(default_factory=list)
    """Line and cells of the rows that could not be read, at most `LOST_AT_MOST`."""
    _told: set[tuple[str, str]] = field(default_factory=set)

    @property
    def report(self) -> str:
        """What it is a report of: `settlement`, `orders`, ..."""
        return self.mapping.layout.report

    def rows(self) -> Iterator[Any]:
        """The records, in the order of the file; `line` is the line they stand on, from 1."""
        del self.findings[self.of_header :]  # what was found in rows is found again
        self.lost.clear()
        self._told = {(finding.code, finding.message) for finding in self.findings}
        makers = [_Maker(plan, self) for plan in self.mapping.plans]
        view = self.mapping.view
        width = len(self.table.columns)
        try:
            for line, cells in self.table.rows():
                if len(cells) > width:
                    self.note("cell-unreadable", f"line {line}: {len(cells)} cells under {width} columns", line)
                    self.lose(line, cells)
                    continue
                for maker in makers:
                    record = maker.make(line, cells)
                    if view is not None and record is not None:
                        record = view(record)
                    if record is not None:
                        yield record
        except TooLong as wrong:
            self.note("cell-unreadable", str(wrong), None)
            self.lost += [(0, [])] * (LOST_AT_MOST - len(self.lost))  # whatever follows

    def lose(self, line: int, cells: list[str]) -> None:
        """This row could not be read."""
        if len(self.lost) < LOST_AT_MOST:
            self.lost.append((line, cells))

    def note(self, code: str, message: str, line: int | None, **place: Any) -> None:
        """Something is wrong with a row, told once however often it is read; of each code at most a hundred."""
        if (code, message) in self._told:
            return
        if len(self._told) >= _AT_MOST and sum(told == code for told, _ in self._told) >= _AT_MOST:
            self.is_cut = True
            return
        self._told.add((code, message))
        self.findings.append(find(code, message, segment=line, **place))


class _Maker:
    """Makes one kind of record of the rows of one file: the texts of all fields at once, then what is no text."""

    def __init__(self, plan: Plan, file: ReportFile) -> None:
        layout, header = file.mapping.layout, [folded(name) for name in file.table.columns]
        self._file, self._make = file, file.mapping.record._make
        positions = {name: header.index(folded(name)) for name in plan.columns if folded(name) in header}
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
                if source.constant is None and file.mapping.record.__annotations__[name] is not str:
                    self._constants.append((index, None))
                continue
            column = layout.columns[folded(there[0])]
            if column.requirement == "M":
                self._needed.append((index, column))
            others = [positions[each] for each in there[1:]]
            read = _reader_of(column, source, file)
            if read is not None or others:
                self._special.append((index, read, column, others))
        self._pick = itemgetter(*picks)

    def make(self, line: int, cells: list[str]) -> Any:
        """The record of a row; None where it has none of this kind, or cannot be read."""
        if self._never or (self._when is not None and not cells[self._when].strip()):
            return None
        cells.append("")
        values = [line, *self._pick(cells)]
        for index, column in self._needed:
            if not values[index] or values[index].isspace():
                self._file.note("cell-unreadable", f"line {line}: {column.name} is empty", line, tag=column.name)
                self._file.lose(line, cells)
                return None
        for index, read, column, others in self._special:
            cell = values[index]
            if not cell and others:
                cell = next((cells[other] for other in others if cells[other]), "")
            if not cell or cell.isspace():
                values[index] = "" if column.kind in ("text", "word") else None
                continue
            try:
                values[index] = read(cell) if read else cell
            except ValueError:
                said = f"line {line}: {column.name} is {_shown(cell)}, no {column.kind} in the style of this file"
                self._file.note("cell-unreadable", said, line, tag=column.name, value=cell[:80])
                self._file.lose(line, cells)
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
        case "moment":
            return moment_reader(file.style)
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


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:40] + "…")
