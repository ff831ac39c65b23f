"""Reading delimited master files: tolerant of how programs write them, strict about what the cells mean.

Decided once a file, from its header and never row by row: the separator (comma, semicolon or tab, whichever finds the
most columns we know) and the decimal mark (a comma only where the separator is not one and a numeric cell has one).
A row is one line: a quote left open spoils its own row and no other. UTF-8 with or without a byte order mark; CR, LF or
both. A row that cannot be used is a finding (`row-unreadable`) with its line and the remedy; all others stand.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar
from unicodedata import category

from gateway.documents.base import plain
from gateway.findings import Finding, find

_SEPARATORS = ",;\t"
_BOM = "\ufeff"
_DECIMAL = re.compile(r"-?\d{1,30}(\.\d{1,15})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its cells must be, in words for a person, and how one is read.

    `read` raises ValueError for a cell that is not that. An empty cell is `absent`; a `required` one must not be empty.
    """

    expected: str = "text"
    read: Callable[[str], Any] = str
    absent: Any = None
    required: bool = False
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Master(Generic[Row]):
    """A kind of master file: its name, its columns in order, and how a row is made of their values.

    `make` is called with the values by column name and raises ValueError where together they make no sense.
    """

    name: str
    columns: Mapping[str, Column]
    make: Callable[..., Row]

    def read(self, text: str | bytes) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
        """The rows of a file and what is wrong with it; every row that can be used is there."""
        lines = list(_lines_of(text))
        if not lines:
            return (), (self._finding(1, "the file is empty", f"begin it with the header {','.join(self.columns)}"),)
        (first, header), *body = lines
        separator = max(_SEPARATORS, key=lambda mark: len(self.columns.keys() & set(_names(header, mark))))
        names = _names(header, separator)
        if wrong := self._wrong_header(names):
            return (), (self._finding(first, wrong, f"the header has the columns {','.join(self.columns)}"),)
        findings = [
            self._finding(first, f"the column {name!r} is not known", "correct or remove it; it was not read")
            for name in names
            if name not in self.columns
        ]
        cells = [(number, _split(line, separator)) for number, line in body]
        mark = self._decimal_mark(names, separator, [row for _, row in cells if row is not None])
        rows: list[Row] = []
        for number, row in cells:
            outcome = self._row(number, names, row, mark)
            if isinstance(outcome, Finding):
                findings.append(outcome)
            else:
                rows.append(outcome)
        return tuple(rows), tuple(findings)

    def cells(self, row: Row) -> dict[str, str]:
        """A row as the texts of its cells by column name: what is kept of it, and what `from_cells` reads."""
        return {name: _cell(getattr(row, name)) for name in self.columns}

    def from_cells(self, cells: Mapping[str, str]) -> Row:
        """The row that `cells` wrote. Raises ValueError where it is none."""
        row = self._row(1, list(cells), list(cells.values()), ".")
        if isinstance(row, Finding):
            raise ValueError(row.message)
        return row

    def _wrong_header(self, names: list[str]) -> str | None:
        """What keeps a file with this header from being read at all."""
        for name, column in self.columns.items():
            if column.required and name not in names:
                return f"the column {name} is missing"
            if names.count(name) > 1:
                return f"the column {name} stands twice"
        return None

    def _decimal_mark(self, names: list[str], separator: str, rows: list[list[str]]) -> str:
        numeric = [index for index, name in enumerate(names) if name in self.columns and self.columns[name].numeric]
        with_comma = separator != "," and any("," in row[i] for row in rows for i in numeric if i < len(row))
        return "," if with_comma else "."

    def _row(self, number: int, names: list[str], cells: list[str] | None, mark: str) -> Row | Finding:
        if cells is None:
            return self._finding(number, "a quote is left open or misplaced", "close it, and keep a row on one line")
        if len(cells) > len(names) and not any(cells[len(names) :]):  # separators that a spreadsheet left at the end
            cells = cells[: len(names)]
        if len(cells) != len(names):
            message = f"{len(cells)} cells under {len(names)} columns"
            return self._finding(number, message, "quote cells that hold the separator")
        given = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
        values: dict[str, Any] = {}
        for name, column in self.columns.items():
            cell = given.get(name, "")
            if not cell and column.required:
                return self._finding(number, f"{name} is empty", f"fill in {column.expected}", name, cell)
            try:
                values[name] = (
                    column.read(_with_point(cell, mark) if column.numeric else cell) if cell else column.absent
                )
            except ValueError:
                message = f"{name} is {_shown(cell)}, not {column.expected}"
                return self._finding(number, message, f"write {column.expected}", name, cell)
        try:
            return self.make(**values)
        except ValueError as error:
            return self._finding(number, str(error), "complete or correct the row")

    def _finding(
        self, line: int, message: str, remedy: str, column: str | None = None, value: str | None = None
    ) -> Finding:
        text = f"{self.name}, line {line}: {message}; {remedy}"
        return find("row-unreadable", text, segment=line, tag=column, value=None if value is None else value[:80])


def _lines_of(text: str | bytes) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers. Bytes that are not UTF-8 stay visible, for their row alone."""
    decoded = text.decode("utf-8", errors="surrogateescape") if isinstance(text, bytes) else text
    for number, line in enumerate(re.split(r"\r\n|\r|\n", decoded.removeprefix(_BOM)), 1):
        if line.strip():
            yield number, line


def _names(header: str, separator: str) -> list[str]:
    return [cell.strip().lower() for cell in _split(header.rstrip(separator), separator) or ()]


def _split(line: str, separator: str) -> list[str] | None:
    """The cells of a line; None where it is not well quoted."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return None


def _with_point(cell: str, mark: str) -> str:
    """The number with a decimal point; one written with the other mark comes out as no number at all."""
    return cell.translate({ord("."): "?", ord(","): "."}) if mark == "," else cell


def _cell(value: Any) -> str:
    """A value as the text that its column reads."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return plain(value)
        case _:
            return str(value)  # text, whole numbers, and dates, which print as ISO 8601


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:40] + "…")


def text(cell: str) -> str:
    """Text that is UTF-8 and holds no control or invisible characters; raises ValueError for other."""
    # category C: controls, formats such as bidi marks, and the surrogates that stand for bytes that are not UTF-8
    if not cell.isprintable() and any(category(character).startswith("C") for character in cell):
        raise ValueError(cell)
    return cell


def decimal(cell: str) -> Decimal:
    """A plain decimal number; raises ValueError for anything else, thousands separators and exponents included."""
    if not _DECIMAL.fullmatch(cell):
        raise ValueError(cell)
    return Decimal(cell)


def whole(cell: str) -> int:
    """A whole number from 1; raises ValueError for anything else."""
    number = count(cell)
    if number < 1:
        raise ValueError(cell)
    return number


def count(cell: str) -> int:
    """A whole number from 0; raises ValueError for anything else."""
    if not _WHOLE.fullmatch(cell):
        raise ValueError(cell)
    return int(cell)


def day(cell: str) -> date:
    """A day as ISO 8601 writes it; raises ValueError for anything else."""
    if not _DATE.fullmatch(cell):
        raise ValueError(cell)
    return date.fromisoformat(cell)


def flag(cell: str) -> bool:
    """yes or no; raises ValueError for anything else."""
    return one_of("no", "yes")(cell) == "yes"


def one_of(*words: str) -> Callable[[str], str]:
    """A reader of one of these words, in any case; it raises ValueError for another."""

    def read(cell: str) -> str:
        word = cell.lower()
        if word not in words:
            raise ValueError(cell)
        return word

    return read


TEXT = Column("text in UTF-8", text, absent="")
REQUIRED_TEXT = Column("text in UTF-8", text, absent="", required=True)
"""The column of a name, code or id."""
