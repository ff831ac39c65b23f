"""The records that the rows of a report become: many rows at once, or one row that may have something wrong with it.

In most rows nothing is wrong, and most columns say few different things. So many rows are taken together, column by
column, and a text that stands a thousand times in a column is read once. Where any cell of them asks for a word to
people (it is missing, cannot be read, or is new) there are no records from `make_all`, and each row is for `make`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from typing import Any

from gateway.grammar.reports import Layout, ReportColumn, folded
from gateway.grammar.styles import Style, amount_reader, day_reader, instant_reader, moment_reader
from gateway.mapping.report_views import RecordView

Read = Callable[[str], Any]
"""From a filled cell to its value. Raises ValueError."""
Tell = Callable[[ReportColumn, str], None]
"""Told of a cell with a word that is new, once for each word."""

Columns = Mapping[int, Sequence[str]]
"""The cells of many rows, by their place in the header."""

_FLAGS = {"yes": True, "true": True, "y": True, "1": True, "no": False, "false": False, "n": False, "0": False}


class Unreadable(ValueError):
    """A cell that is missing or says nothing, and so a row without a record; `column` is the one it stands in."""

    def __init__(self, said: str, column: ReportColumn, cell: str | None = None) -> None:
        """`said` is what is wrong with the row; `cell` is what stands there, where anything does."""
        super().__init__(said)
        self.column, self.cell = column, cell


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


class Words:
    """The words of an open list in one column: codes become ours, and one that is new is kept, and told once."""

    def __init__(self, column: ReportColumn, ours: Mapping[str, str], tell: Tell) -> None:
        """`ours` are our words by their codes."""
        self._column, self._tell = column, tell
        self._ours = {folded(theirs): word for theirs, word in ours.items()}
        self._known = {*column.words, *self._ours}

    def read(self, cell: str) -> str:
        """Our word for a cell, and what stands there where we have none."""
        word = folded(cell)
        if word not in self._known:
            self._known.add(word)
            self._tell(self._column, cell)
        return self._ours.get(word, cell)

    def read_known(self, cell: str) -> str:
        """The same of a word that need not be told. Raises ValueError."""
        if folded(cell) not in self._known:
            raise ValueError(cell)
        return self.read(cell)


@dataclass(frozen=True)
class _Field:
    """A field of a record, and the column it is read from; `others` stand in for it, in this order, where it is empty.

    `read` makes the value of a filled cell; None for text, which stays as it is. `read_known` is the same for many
    rows. `blank` is the value of an empty cell.
    """

    column: ReportColumn
    position: int
    others: tuple[int, ...]
    read: Read | None
    read_known: Read | None
    blank: str | None

    def value(self, line: int, cells: Sequence[str]) -> Any:
        """The value in one row. Raises Unreadable."""
        cell = cells[self.position]
        if not cell:
            cell = next((cells[other] for other in self.others if cells[other]), "")
        if self.read is None:
            return cell
        if is_blank(cell):
            return self.blank
        try:
            return self.read(cell)
        except ValueError:
            said = f"line {line}: {self.column.name} is {shown(cell)}, no {self.column.kind} in the style of this file"
            raise Unreadable(said, self.column, cell) from None

    def is_missing(self, cell: str) -> bool:
        """Whether this cell says nothing, and must not."""
        return self.column.requirement == "M" and is_blank(cell)

    def values(self, columns: Columns) -> Iterable[Any]:
        """The values in many rows. Raises ValueError where one of them is missing, cannot be read, or is new."""
        cells = columns[self.position]
        if self.column.requirement == "M" and any(map(self.is_missing, set(cells))):
            raise ValueError(self.column.name)
        for other in self.others:
            if "" in cells:
                cells = [cell or instead for cell, instead in zip(cells, columns[other], strict=True)]
        if self.read_known is None:
            return cells
        read = self.read_known
        values = {cell: read(cell) if cell and not cell.isspace() else self.blank for cell in set(cells)}
        return repeat(*values.values()) if len(values) == 1 else map(values.__getitem__, cells)


class Maker:
    """Makes one kind of record of the rows of one file; it is made ready once for all of them."""

    def __init__(self, plan: Plan, mapping: ReportMapping, header: Sequence[str], style: Style, tell: Tell) -> None:
        """`header` is folded; `tell` is told of words that are new."""
        self._record, self._view = mapping.record, mapping.view
        self._when = header.index(folded(plan.when)) if plan.when else None
        self._fields: dict[int, _Field] = {}
        self._blank: list[Any] = []
        for index, name in enumerate(mapping.record._fields[1:], 1):
            origin = plan.fields.get(name, Origin())
            is_text = mapping.record.__annotations__[name] is str
            self._blank.append(origin.constant if origin.constant is not None else "" if is_text else None)
            if there := [key for key in map(folded, origin.columns) if key in header]:
                self._fields[index] = _field(there, origin, mapping, header, style, tell)

    def make(self, line: int, cells: Sequence[str]) -> Any:
        """The record of a row; None where it has none of this kind. Raises Unreadable."""
        if self._when is not None and is_blank(cells[self._when]):
            return None
        for field in self._fields.values():
            if field.is_missing(cells[field.position]):
                raise Unreadable(f"line {line}: {field.column.name} is empty", field.column)
        values = [line, *self._blank]
        for index, field in self._fields.items():
            values[index] = field.value(line, cells)
        record = self._record._make(values)
        return record if self._view is None else self._view(record)

    def make_all(self, lines: Sequence[int], columns: Columns) -> Iterable[Any]:
        """What `make` gives for each of these rows. Raises ValueError where one of them is for `make` alone."""
        if self._when is None:
            return self._made(lines, columns)
        filled = [not is_blank(cell) for cell in columns[self._when]]
        used = {place for field in self._fields.values() for place in (field.position, *field.others)}
        picked = {place: tuple(compress(columns[place], filled)) for place in used}
        made = iter(self._made(tuple(compress(lines, filled)), picked))
        return [next(made) if each else None for each in filled]

    def _made(self, lines: Sequence[int], columns: Columns) -> Iterable[Any]:
        values: list[Iterable[Any]] = [lines, *map(repeat, self._blank)]
        for index, field in self._fields.items():
            values[index] = field.values(columns)
        # As the record's own _make does it, without a call for each.
        records = map(tuple.__new__, repeat(self._record), zip(*values, strict=False))
        return records if self._view is None else map(self._view, records)


def _field(
    there: Sequence[str], origin: Origin, mapping: ReportMapping, header: Sequence[str], style: Style, tell: Tell
) -> _Field:
    """A field that is read from these columns, which are in the header."""
    column = mapping.layout.columns[there[0]]
    read = read_known = _READERS[column.kind](style) if column.kind in _READERS else None
    if column.kind == "word":
        words = Words(column, mapping.lookups.get(origin.lookup or "", {}), tell)
        read, read_known = words.read, words.read_known
    positions = [header.index(key) for key in there]
    blank = "" if column.kind in ("text", "word") else None
    return _Field(column, positions[0], tuple(positions[1:]), read, read_known, blank)


def _flag(cell: str) -> bool:
    try:
        return _FLAGS[cell.strip().lower()]
    except KeyError:
        raise ValueError(cell) from None


_READERS: Mapping[str, Callable[[Style], Read]] = {
    "amount": amount_reader,
    "quantity": amount_reader,
    "instant": instant_reader,
    "moment": moment_reader,
    "day": day_reader,
    "flag": lambda _: _flag,
}
"""How a filled cell becomes a value, by the kind of its column; text stays as it is, words are looked up."""


def is_blank(cell: str) -> bool:
    """Whether nothing stands in a cell."""
    return not cell or cell.isspace()


def shown(cell: str) -> str:
    """A cell as a sentence shows it."""
    return repr(cell if len(cell) <= 40 else cell[:40] + "…")
