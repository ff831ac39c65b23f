"""The plan of a message for the compiled reader: its loops, and in them only what rows read, each segment as a pattern.

A mapping's tables are flattened first: a table with one turn is a way of fields into the record around it, one with
many begins a record of its own, known by a number (the first are the document and what is compared when it is built).
Then each loop of the grammar that rows go through becomes a place. What the grammar allows there and no row reads stays
in the plan as a choice without a pattern, so that a segment is never taken for one further out.

What a row asks of a segment that opened a loop around it (`where PCI.4233=17`) is asked of every turn of that loop: the
opener must have the code, and in the turn something must be read that asked for it, for else nobody has read the code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.grammar.schema import Loop, SegmentUse
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.patterns import DOCUMENT, ECHOES, TOTALS, Marks, Pattern
from gateway.mapping.places import PackingLevel, Steps
from gateway.mapping.targets import Around, Target, cell_of
from gateway.mapping.values import default_value
from gateway.mapping.variants import Fixed, make_pattern

Told = tuple[int, tuple[int, int]]  # how deep a loop is, and the cell of its opener that a row has a condition on


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


@dataclass(frozen=True, slots=True)
class Once:
    """That a table has one turn only: the number of the record it fills, and its own."""

    record: int
    table: int


@dataclass(frozen=True, slots=True)
class Place:
    """A loop, or the message itself: what may stand in it, and what a turn of it begins.

    `starts` says for each member from which on a segment may come after it; `owed` are sets of members of which one
    must come; `once` the tables that have one turn only; `closed` the records of repeating segments, which none is
    begun of yet; `told` what is read in any case where the opener matches, by the conditions of its rows.
    """

    starts: tuple[int, ...]
    mandatory: frozenset[int]
    choices: dict[str, tuple["Choice", ...]]
    opener: Pattern | None
    records: tuple[Record, ...]
    defaults: tuple[Default, ...]
    once: tuple[Once, ...]
    closed: tuple[int, ...]
    owed: tuple[frozenset[int], ...] = ()
    told: frozenset[Told] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """A member of a loop for one tag. A segment's has a pattern, if any row reads it; a loop's has places.

    `qualifier` is what the grammar asks to stand at element `at`, `places` are told apart by it too, or in a packing
    hierarchy by the `level`. `records` begin with each such segment, `open` are those that must have begun; `told` is
    as in Place, `only` the place of all turns where none is told apart.
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
    level: PackingLevel | None = None
    told: frozenset[Told] = frozenset()
    only: Place | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """What stands at a place, on its way there: the loops left to go, and the segment that begins its record if any."""

    steps: Steps
    what: Target | Default | Record | Once
    begun_by: str | None = None


def make_plan(mapping: Mapping, marks: Marks) -> tuple[Place, int]:
    """The place that is the whole message, and how many records there are."""
    flat = _Flat(mapping.grammar.root)
    flat.table(mapping.root, (), DOCUMENT, (), None)
    return _Planning(mapping, marks).place(mapping.grammar.root, flat.ways, 0), flat.records


class _Flat:
    """The tables and rows of a mapping, each with all its loops from the message down."""

    def __init__(self, root: Loop) -> None:
        self.root = root
        self.ways: list[_Way] = []
        self.records = ECHOES + 1
        self.tables = 0

    def table(self, table: Table, way: Steps, record: int, prefix: tuple[str, ...], begun_by: str | None) -> None:
        steps, path, tag = (*way, *table.steps), (*prefix, *table.path), table.repeats or begun_by
        self.tables += 1
        if table.many:
            begun = Record(self.records, record, path[:-1], path[-1])
            self.records += 1
            self.ways.append(_Way(steps, begun, table.repeats))
            record, path = begun.number, ()
        elif table.steps:
            self.ways.append(_Way(steps, Once(record, self.tables)))
        for row in table.rows:
            self.row(row, steps, record, path, tag)
        for inner in table.tables:
            self.table(inner, steps, record, path, tag)

    def row(self, row: Row, steps: Steps, record: int, prefix: tuple[str, ...], begun_by: str | None) -> None:
        for other in row.others:
            self.row(other, steps, record, prefix, begun_by)
        path, around = (*prefix, *row.path), self.around(row, steps, begun_by)
        target = Target(row, TOTALS, row.path, around) if row.derived else Target(row, record, path, around)
        self.ways.append(_Way((*steps, *row.steps), target, begun_by))
        if row.expression.default is not None and row.path and not row.derived:
            self.ways.append(_Way(steps, Default(record, path, default_value(row)), begun_by))

    def around(self, row: Row, steps: Steps, begun_by: str | None) -> tuple[Around, ...] | None:
        """The row's conditions on openers of loops between its table and itself; None where it has others."""
        loops = [self.root, *(step.loop for step in (*steps, *row.steps))]
        found = []
        for condition in row.expression.conditions:
            tag = condition.cell.tag
            if tag == row.expression.tag:
                continue
            holding = [
                depth for depth in range(len(steps), len(loops)) for use in _uses(loops[depth]) if use.tag == tag
            ]
            if begun_by or condition.reference or len(holding) != 1 or loops[holding[0]].tag != tag:
                return None
            found.append(Around(holding[0], cell_of(condition), condition.values))
        return tuple(found)


class _Planning:
    def __init__(self, mapping: Mapping, marks: Marks) -> None:
        self.segments, self.marks, self.root = mapping.grammar.segments, marks, mapping.grammar.root

    def place(
        self, loop: Loop, ways: Sequence[_Way], depth: int, qualifier: str | None = None, *, is_told: bool = False
    ) -> Place:
        """The plan of a loop, so deep. `ways` have the loops left that are to go from here.

        Its turns are told by a qualifier, if by any; `is_told` says that a table reads this.
        """
        here = [way for way in ways if not way.steps]
        choices: dict[str, list[Choice]] = {}
        for index, member in enumerate(loop.members):
            if index == 0 and loop.tag:
                continue  # what opened a loop never stands in it again: it opens the next turn
            if isinstance(member, Loop):
                inner = [way for way in ways if way.steps and way.steps[0].loop is member]
                choice = self.loop(index, member, inner, depth + 1)
            else:
                choice = self.segment(index, member.tag, member.limit, here)
            choices.setdefault(member.tag, []).append(choice)
        targets = _reading(loop.tag, here)
        asked = self.asked(loop, targets, ways, depth, qualifier, is_told=is_told)
        opener = self.opener(loop.tag, targets, asked)
        return Place(
            starts=loop.ranks,
            mandatory=frozenset(i for i, m in enumerate(loop.members) if m.requirement == "M" and (i or not loop.tag)),
            choices={tag: tuple(found) for tag, found in choices.items()},
            opener=opener,
            records=tuple(way.what for way in here if isinstance(way.what, Record) and not way.begun_by),
            defaults=tuple(way.what for way in here if isinstance(way.what, Default) and not way.begun_by),
            once=tuple(way.what for way in here if isinstance(way.what, Once)),
            closed=tuple(way.what.number for way in here if isinstance(way.what, Record) and way.begun_by),
            owed=tuple(
                frozenset(c.index for found in choices.values() for c in found if (depth, cell) in c.told)
                for cell in asked.owed
            ),
            told=_told(opener, targets),
        )

    def asked(
        self,
        loop: Loop,
        targets: Sequence[Target],
        ways: Sequence[_Way],
        depth: int,
        qualifier: str | None,
        *,
        is_told: bool,
    ) -> "_Asked":
        """What a loop's opener must hold: its qualifier, and what rows in the loop ask of it.

        It counts as read where a row of the opener's own, of `targets`, asks for it too.
        """
        asked, code = _Asked(), qualifier or loop.qualifier
        at = self.segments[loop.tag].qualifier if loop.tag else None
        if code and at:
            asked.fixed[at, 1] = (code,)
            asked.told |= {(at, 1)} if is_told else set()
        own = {place for target in targets for place in target.asked}
        inside = [way.what for way in ways if isinstance(way.what, Target)]
        for around in (around for target in inside for around in target.around or () if around.depth == depth):
            before = asked.fixed.get(around.place, around.codes)
            asked.fixed[around.place] = tuple(code for code in before if code in around.codes)
            if around.place not in asked.told and around.place not in own:
                asked.told.add(around.place)
                asked.owed.append(around.place)
        return asked

    def opener(self, tag: str, targets: Sequence[Target], asked: "_Asked") -> Pattern | None:
        if not tag or not (targets or asked.fixed or self.segments[tag].parent):
            return None
        return make_pattern(self.segments[tag], targets, self.marks, asked.fixed, frozenset(asked.told))

    def segment(self, index: int, tag: str, limit: int | None, here: Sequence[_Way]) -> Choice:
        begun = [way.what for way in here if way.begun_by == tag]
        targets = _reading(tag, here)
        pattern = make_pattern(self.segments[tag], targets, self.marks) if targets else None
        read = {way.begun_by for way in here if way.what in targets and way.begun_by != tag}
        return Choice(
            index,
            limit,
            None,
            None,
            is_loop=False,
            pattern=pattern,
            records=tuple(what for what in begun if isinstance(what, Record)),
            defaults=tuple(what for what in begun if isinstance(what, Default)),
            open=tuple(w.what.number for w in here if isinstance(w.what, Record) and w.begun_by and w.begun_by in read),
            told=_told(pattern, targets),
        )

    def loop(self, index: int, loop: Loop, ways: Sequence[_Way], depth: int) -> Choice:
        """The choice of a loop inside, with a place for each qualifier that a table names, and one for any other."""
        at, level = self.segments[loop.tag].qualifier, next((w.steps[0].level for w in ways if w.steps[0].level), None)
        places: dict[str | None, Place] = {}
        for name in dict.fromkeys(way.steps[0].qualifier for way in ways):
            through = [way for way in ways if way.steps[0].qualifier in (name, None)]
            told = any(way.steps[0].at is not None for way in through)
            inner = [replace(way, steps=way.steps[1:]) for way in through]
            places[name] = self.place(loop, inner, depth, None if level else name, is_told=told)
        told_in_all = frozenset.intersection(*(place.told for place in places.values())) if places else frozenset()
        if level and not self.is_clear(loop, level):
            places = {}
        only = places.get(None) if len(places) == 1 else None
        return Choice(
            index, loop.limit, loop.qualifier, at, is_loop=True, places=places, level=level, told=told_in_all, only=only
        )

    def is_clear(self, loop: Loop, level: PackingLevel) -> bool:
        """Whether the first segment behind a level that can say what it is stands directly inside it."""
        openers, sayers = (
            [i for i in self.root.walk() for use in _uses(i) if use.tag == tag] for tag in (loop.tag, level.tag)
        )
        return openers == [loop] and len(sayers) == 1 and sayers[0] in loop.loops


@dataclass(slots=True)
class _Asked:
    """The codes asked of an opener's cells; which count as read; and which of them only if somebody inside reads."""

    fixed: Fixed = field(default_factory=dict)
    told: set[tuple[int, int]] = field(default_factory=set)
    owed: list[tuple[int, int]] = field(default_factory=list)


def _reading(tag: str, here: Sequence[_Way]) -> list[Target]:
    return [way.what for way in here if isinstance(way.what, Target) and way.what.row.expression.tag == tag]


def _told(pattern: Pattern | None, targets: Sequence[Target]) -> frozenset[Told]:
    """The conditions on openers that a segment's rows share, if it gives a value in any case."""
    if pattern is None or not pattern.is_telling or not targets:
        return frozenset()
    return frozenset.intersection(*(frozenset((a.depth, a.place) for a in t.around or ()) for t in targets))


def _uses(loop: Loop) -> Iterator[SegmentUse]:
    return (member for member in loop.members if isinstance(member, SegmentUse))
