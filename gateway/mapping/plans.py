"""The plan of a message for the compiled reader: its loops, and in them only what rows read, each segment as a pattern.

A mapping's tables are flattened first: a table with one turn is a way of fields into the record around it, one with
many begins a record of its own, known by a number (0 is the document, 1 the totals compared when it is built). Then
each loop of the grammar that rows go through becomes a place. What the grammar allows there and no row reads stays in
the plan as a choice without a pattern, so that a segment is never taken for one further out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.grammar.schema import Loop
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.patterns import Marks, Pattern
from gateway.mapping.places import Steps
from gateway.mapping.values import default_value
from gateway.mapping.variants import Target, make_pattern

DOCUMENT, TOTALS = 0, 1


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a list: its number, that of the record around it, the fields on the way there, the list's field."""

    number: int
    around: int
    way: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Default:
    """A value for a field that stays empty."""

    record: int
    path: tuple[str, ...]
    value: Any


@dataclass(frozen=True)
class Place:
    """A loop, or the message itself: what may stand in it, and what a turn of it begins.

    `starts` says for each member from which on a segment may come after it; `once` the tables that have one turn only,
    each with its record; `closed` the records of repeating segments, which none is begun of yet.
    """

    starts: tuple[int, ...]
    mandatory: frozenset[int]
    choices: dict[str, tuple["Choice", ...]]
    opener: Pattern | None
    records: tuple[Record, ...]
    defaults: tuple[Default, ...]
    once: tuple[tuple[int, int], ...]
    closed: tuple[int, ...]


@dataclass(frozen=True)
class Choice:
    """A member of a loop for one tag. A segment's has a pattern, if any row reads it; a loop's has places.

    `qualifier` is what the grammar asks to stand at element `at`, `places` are told apart by it too. `records` begin
    with each such segment, `open` are those that must have begun.
    """

    index: int
    limit: int | None
    qualifier: str | None
    at: int | None
    is_loop: bool
    pattern: Pattern | None = None
    records: tuple[Record, ...] = ()
    defaults: tuple[Default, ...] = ()
    open: tuple[int, ...] = ()
    places: dict[str | None, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reader:
    """A row or a table on its way down: the loops left to go, and the segment that begins its record if one does."""

    steps: Steps
    target: Target | None = None
    default: Default | None = None
    record: Record | None = None
    once: tuple[int, int] | None = None
    begun_by: str | None = None


def make_plan(mapping: Mapping, marks: Marks) -> tuple[Place, int]:
    """The place that is the whole message, and how many records there are."""
    flat = _Flat()
    flat.table(mapping.root, (), DOCUMENT, (), None)
    return _Planning(mapping, marks).place(mapping.grammar.root, flat.readers, None), flat.records


class _Flat:
    """The tables and rows of a mapping, each with all its loops from the message down."""

    def __init__(self) -> None:
        self.readers: list[_Reader] = []
        self.records = 2
        self.tables = 0

    def table(self, table: Table, way: Steps, record: int, prefix: tuple[str, ...], begun_by: str | None) -> None:
        steps, path, tag = (*way, *table.steps), (*prefix, *table.path), table.repeats or begun_by
        self.tables += 1
        if table.many:
            begun = Record(self.records, record, path[:-1], path[-1])
            self.records += 1
            self.readers.append(_Reader(steps, record=begun, begun_by=table.repeats))
            record, path = begun.number, ()
        elif table.steps:
            self.readers.append(_Reader(steps, once=(record, self.tables)))
        for row in table.rows:
            self.row(row, steps, record, path, tag)
        for inner in table.tables:
            self.table(inner, steps, record, path, tag)

    def row(self, row: Row, steps: Steps, record: int, prefix: tuple[str, ...], begun_by: str | None) -> None:
        for other in row.others:
            self.row(other, steps, record, prefix, begun_by)
        path = (*prefix, *row.path)
        target = Target(row, TOTALS, row.path) if row.derived else Target(row, record, path)
        self.readers.append(_Reader((*steps, *row.steps), target=target, begun_by=begun_by))
        if row.expression.default is not None and row.path and not row.derived:
            default = Default(record, path, default_value(row))
            self.readers.append(_Reader(steps, default=default, begun_by=begun_by))


class _Planning:
    def __init__(self, mapping: Mapping, marks: Marks) -> None:
        self.segments, self.marks = mapping.grammar.segments, marks

    def place(self, loop: Loop, readers: Sequence[_Reader], qualifier: str | None, *, is_told: bool = False) -> Place:
        """The plan of a loop. `readers` have the loops left that are to go from here; `is_told` as in make_pattern."""
        here = [reader for reader in readers if not reader.steps]
        choices: dict[str, list[Choice]] = {}
        for index, member in enumerate(loop.members):
            if index == 0 and loop.tag:
                continue  # what opened a loop never stands in it again: it opens the next turn
            if isinstance(member, Loop):
                inner = [reader for reader in readers if reader.steps and reader.steps[0].loop is member]
                choice = self.loop(index, member, inner)
            else:
                choice = self.segment(index, member.tag, member.limit, here)
            choices.setdefault(member.tag, []).append(choice)
        code = qualifier or loop.qualifier
        return Place(
            starts=loop.ranks,
            mandatory=frozenset(i for i, m in enumerate(loop.members) if m.requirement == "M" and (i or not loop.tag)),
            choices={tag: tuple(found) for tag, found in choices.items()},
            opener=self.pattern(loop.tag, here, code, is_told=is_told) if loop.tag else None,
            records=tuple(r.record for r in here if r.record and not r.begun_by),
            defaults=tuple(r.default for r in here if r.default and not r.begun_by),
            once=tuple(r.once for r in here if r.once),
            closed=tuple(r.record.number for r in here if r.record and r.begun_by),
        )

    def pattern(
        self, tag: str, here: Sequence[_Reader], qualifier: str | None = None, *, is_told: bool = False
    ) -> Pattern | None:
        targets = [r.target for r in here if r.target and r.target.row.expression.tag == tag]
        definition = self.segments[tag]
        if not targets and not qualifier:
            return None
        return make_pattern(definition, targets, self.marks, qualifier, is_told=is_told)

    def segment(self, index: int, tag: str, limit: int | None, here: Sequence[_Reader]) -> Choice:
        begun = [r for r in here if r.begun_by == tag]
        read = {r.begun_by for r in here if r.target and r.target.row.expression.tag == tag and r.begun_by != tag}
        return Choice(
            index,
            limit,
            None,
            None,
            is_loop=False,
            pattern=self.pattern(tag, here),
            records=tuple(r.record for r in begun if r.record),
            defaults=tuple(r.default for r in begun if r.default),
            open=tuple(r.record.number for r in here if r.record and r.begun_by and r.begun_by in read),
        )

    def loop(self, index: int, loop: Loop, readers: Sequence[_Reader]) -> Choice:
        """The choice of a loop inside, with a place for each qualifier that a table names, and one for any other."""
        at = self.segments[loop.tag].qualifier
        places: dict[str | None, Place] = {}
        names = dict.fromkeys(reader.steps[0].qualifier for reader in readers)
        for name in names:
            through = [r for r in readers if r.steps[0].qualifier in (name, None)]
            told = any(reader.steps[0].at is not None for reader in through)
            inner = [_further(reader) for reader in through]
            places[name] = self.place(loop, inner, name, is_told=told)
        return Choice(index, loop.limit, loop.qualifier, at, is_loop=True, places=places)


def _further(reader: _Reader) -> _Reader:
    return _Reader(reader.steps[1:], reader.target, reader.default, reader.record, reader.once, reader.begun_by)
