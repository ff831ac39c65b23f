"""A report that was recognised, and the records that its rows become, as they are asked for.

Rows are taken some hundred together (report_records.py). Where there is anything to say about one of them, they are
read one by one, so that every finding has its line and its place among the others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from gateway.findings import Finding, find
from gateway.grammar.reports import ReportColumn, folded
from gateway.grammar.styles import Style
from gateway.mapping.report_records import Maker, ReportMapping, Unreadable, shown
from gateway.syntax.delimited import Table, TooLong

LOST_AT_MOST = 1000
_AT_MOST = 100  # findings of one code in a file: who reads them has understood by then
Batch = list[tuple[int, list[str]]]
"""Rows, each with its line and its cells."""

_TOGETHER = 200  # rows: more of them fall out of the caches of a processor


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
        return chain.from_iterable(self._batches())

    def _batches(self) -> Iterator[Iterable[Any]]:
        """The same, some hundred rows together."""
        del self.findings[self.of_header :]  # what was found in rows is found again
        self.lost.clear()
        self._told = {(finding.code, finding.message) for finding in self.findings}
        header = [folded(name) for name in self.table.columns]
        makers = [
            Maker(plan, self.mapping, header, self.style, self._tell_word)
            for plan in self.mapping.plans
            if plan.when is None or folded(plan.when) in header
        ]
        rows, too_long = self.table.rows(), ""
        while not too_long:
            batch: Batch = []
            try:
                batch.extend(islice(rows, _TOGETHER))
            except TooLong as wrong:
                too_long = str(wrong)
            if not batch:
                break
            yield self._records(batch, makers)
        if too_long:
            self.note("cell-unreadable", too_long, None)
            self.lost += [(0, [])] * (LOST_AT_MOST - len(self.lost))  # whatever follows

    def _records(self, batch: Batch, makers: list[Maker]) -> Iterable[Any]:
        """The records of these rows: of all together, or one row after the other where there is something to say."""
        lines, cells = zip(*batch, strict=True)
        width = len(self.table.columns)
        if max(map(len, cells)) == width:
            try:
                columns = dict(enumerate(zip(*cells, strict=True)))
                made = [maker.make_all(lines, columns) for maker in makers]
            except ValueError:
                pass
            else:
                batch.clear()  # its cells are in the columns
                return filter(None, made[0] if len(made) == 1 else chain.from_iterable(zip(*made, strict=True)))
        return self._records_one_by_one(batch, makers)

    def _records_one_by_one(self, batch: Batch, makers: list[Maker]) -> Iterator[Any]:
        width = len(self.table.columns)
        for line, cells in batch:
            if len(cells) > width:
                self.note("cell-unreadable", f"line {line}: {len(cells)} cells under {width} columns", line)
                self.lose(line, cells)
                continue
            for maker in makers:
                try:
                    record = maker.make(line, cells)
                except Unreadable as wrong:
                    value = None if wrong.cell is None else wrong.cell[:80]
                    self.note("cell-unreadable", str(wrong), line, tag=wrong.column.name, value=value)
                    self.lose(line, cells)
                else:
                    if record is not None:
                        yield record

    def _tell_word(self, column: ReportColumn, cell: str) -> None:
        said = f"{column.name} has the value {shown(cell)}, which is new to us; it is kept as it is"
        self.note("word-unknown", said, None, tag=column.name, value=cell[:80])

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
