"""The compiled reader: a message to its document on the good path only, straight from the text of its segments.

It walks the segments with a stack of turns as the explaining reader does (grammar/arrangement.py), but over a plan
that holds a pattern for each segment that rows read (plans.py, patterns.py). Whatever it does not know is a doubt and
ends it: reading gives None, and the explaining reader, which needs ten times as long, says what is wrong, if anything
is. So everything given here is the explaining reader's document, and that one would have had no finding. Both standards
are read so: what parts the cells, and the tag of the trailer, is all that differs here.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as TableOf
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from gateway.grammar.order import ROOT
from gateway.mapping.mapping import Mapping
from gateway.mapping.patterns import DOCUMENT, ECHOES, TOTALS, Doubt, Marks, inside
from gateway.mapping.places import PackingLevel
from gateway.mapping.plans import Choice, Default, Place, Record, make_plan

_TRAILERS = {"x12": "SE", "edifact": "UNT"}


class _Turn:
    """An open turn of a loop: its number if it has one, how far it has come, how often each member was used."""

    __slots__ = ("at", "number", "place", "uses")

    def __init__(self, place: Place, number: str | None) -> None:
        self.place, self.number, self.at = place, number, 0
        self.uses: dict[int, int] = {}


@dataclass(frozen=True)
class Compiled:
    """A mapping made ready for one set of delimiters. `trailer` is the last segment's tag and mark.

    `pointers` are the id and parent elements of hierarchies by tag, and whether their levels nest.
    """

    mapping: Mapping
    plan: Place
    records: int
    marks: Marks
    trailer: str
    pointers: TableOf[str, tuple[int, int, bool]]

    def read(self, segments: Sequence[str]) -> BaseModel | None:
        """The document of a message, header to trailer; None where anything at all is unusual."""
        try:
            return _Reader(self).read(segments)
        except (Doubt, KeyError, ValueError, ValidationError):
            return None  # a code without meaning, no day of the calendar, a document that lacks something


@lru_cache(maxsize=256)
def compile_mapping(mapping: Mapping, marks: tuple[str, str, str, str]) -> Compiled | None:
    """The compiled reader of a mapping under these delimiters; None where they are too odd for patterns."""
    element, component, _, repetition = marks
    used = Marks(element, component, repetition)
    if not used.are_plain:
        return None
    plan, records = make_plan(mapping, used)
    known = [mapping.grammar.segments[tag] for tag in mapping.grammar.tags]
    pointers = {
        segment.tag: (segment.id, segment.parent, segment.nests) for segment in known if segment.id and segment.parent
    }
    trailer = _TRAILERS[mapping.grammar.name.partition("/")[0]] + element
    return Compiled(mapping, plan, records, used, trailer, pointers)


class _Reader:
    def __init__(self, compiled: Compiled) -> None:
        self.compiled, self.mark = compiled, compiled.marks.element
        self.records: list[Any] = [None] * compiled.records
        self.records[DOCUMENT], self.records[TOTALS], self.records[ECHOES] = {}, {}, []
        self.defaults: list[tuple[dict[str, Any], Default]] = []
        self.began: set[tuple[int, int]] = set()
        self.numbers: set[str] = set()
        self.stack: list[_Turn] = []
        self.segments: Sequence[str] = ()
        self.kinds: Iterator[str | None] | None = None

    def read(self, segments: Sequence[str]) -> BaseModel:
        if not segments[-1].startswith(self.compiled.trailer):
            raise Doubt
        pointers = self.compiled.pointers
        self.segments = segments
        self.open(self.compiled.plan, "")
        for text in segments[1:-1]:
            cells = text.split(self.mark)
            if cells[0] in pointers:
                self.level(text, cells, *pointers[cells[0]])
            else:
                self.place(text, cells)
        while self.stack:
            self.close()
        for record, default in self.defaults:
            inside(record, default.path[:-1]).setdefault(default.path[-1], default.value)
        return self.build()

    def build(self) -> BaseModel:
        mapping, root = self.compiled.mapping, self.records[DOCUMENT]
        if any(root.get(field) != text for field, text in self.records[ECHOES]):
            raise Doubt
        document = mapping.model.model_validate(root)
        for name, total in self.records[TOTALS].items():
            if Decimal(total) != getattr(document, name):
                raise Doubt
        return mapping.view.turn_back(document) if mapping.view else document

    def place(self, text: str, cells: Sequence[str]) -> None:
        """Find the innermost open turn that takes the segment, closing those that do not."""
        while self.stack:
            turn = self.stack[-1]
            choice = _choose(turn, cells)
            if choice is not None:
                self.enter(turn, choice, text, cells)
                return
            self.close()
        raise Doubt

    def level(self, text: str, cells: Sequence[str], own: int, parent: int, nests: bool) -> None:
        """A level of a hierarchy has a number of its own; one that nests stands under the level that it points at."""
        number, pointer = _cell(cells, own), _cell(cells, parent)
        if number in self.numbers or (not nests and pointer and pointer not in self.numbers):
            raise Doubt
        self.numbers.add(number)
        if not nests:
            self.place(text, cells)
            return
        while self.stack and self.stack[-1].number != pointer:
            self.close()
        choice = _choose(self.stack[-1], cells) if self.stack else None
        if choice is None:
            raise Doubt
        self.enter(self.stack[-1], choice, text, cells, number)

    def enter(self, turn: _Turn, choice: Choice, text: str, cells: Sequence[str], number: str | None = None) -> None:
        turn.at = choice.index
        turn.uses[choice.index] = turn.uses.get(choice.index, 0) + 1
        if choice.is_loop:
            place = choice.only or choice.places.get(_cell(cells, choice.at)) or self.told(choice, cells)
            self.open(place, number)
            if place.opener is None:
                raise Doubt
            place.opener.take(text, self.records)
            return
        if choice.records or choice.defaults:
            self.begin(choice.records, choice.defaults)
        if choice.pattern is None or (choice.open and any(self.records[record] is None for record in choice.open)):
            raise Doubt
        choice.pattern.take(text, self.records)

    def told(self, choice: Choice, cells: Sequence[str]) -> Place:
        """The place of a turn, told by its opener's qualifier or, in a packing hierarchy, by what the level is."""
        if choice.level:
            self.kinds = self.kinds or _kinds(self.segments, cells[0], choice.level, self.compiled.marks)
            code = next(self.kinds)
        else:
            code = _cell(cells, choice.at).partition(self.compiled.marks.component)[0]
        place = choice.places.get(code) or choice.places.get(None)
        if place is None:
            raise Doubt
        return place

    def open(self, place: Place, number: str | None) -> None:
        self.stack.append(_Turn(place, number))
        for once in place.once:
            key = (id(self.records[once.record]), once.table)
            if key in self.began:
                raise Doubt  # only the first turn is read
            self.began.add(key)
        for closed in place.closed:
            self.records[closed] = None
        if place.records or place.defaults:
            self.begin(place.records, place.defaults)

    def begin(self, records: Sequence[Record], defaults: Sequence[Default]) -> None:
        for record in records:
            around = self.records[record.around]
            new: dict[str, Any] = {}
            self.records[record.number] = new
            (inside(around, record.way) if record.way else around).setdefault(record.field, []).append(new)
        for default in defaults:
            self.defaults.append((self.records[default.record], default))

    def close(self) -> None:
        turn = self.stack.pop()
        place, used = turn.place, turn.uses.keys()
        if not place.mandatory <= used or (place.owed and any(owed.isdisjoint(used) for owed in place.owed)):
            raise Doubt


def _choose(turn: _Turn, cells: Sequence[str]) -> Choice | None:
    """The first member that still takes the segment."""
    start = turn.place.starts[turn.at]
    for choice in turn.place.choices.get(cells[0], ()):
        if choice.index < start or (choice.limit is not None and turn.uses.get(choice.index, 0) >= choice.limit):
            continue
        if choice.qualifier is None or _cell(cells, choice.at) == choice.qualifier:
            return choice
    return None


def _cell(cells: Sequence[str], position: int | None) -> str:
    return cells[position] if position and position < len(cells) else ""


def _kinds(segments: Sequence[str], tag: str, level: PackingLevel, marks: Marks) -> Iterator[str | None]:
    """What each level of a packing hierarchy is, in order, as PackingLevel.of says of its turn."""
    opens, tells = tag + marks.element, level.tag + marks.element
    found: list[str | None] = []
    for text in segments:
        if text.startswith(opens):
            found.append(None if _cell(text.split(marks.element), level.parent) else ROOT)
        elif text.startswith(tells) and found and found[-1] is None:
            position, component = level.cell
            parts = _cell(text.split(marks.element), position).split(marks.component)
            found[-1] = parts[component - 1] if component <= len(parts) else ""
    return iter(found)
