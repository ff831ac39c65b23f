"""The compiled reader: a message to its document on the good path only, straight from the text of its segments.

It walks the segments with a stack of turns as the explaining reader does (grammar/arrangement.py), but over a plan
that holds a pattern for each segment that rows read (plans.py, patterns.py). Whatever it does not know is a doubt and
ends it: reading gives None, and the explaining reader, which needs ten times as long, says what is wrong, if anything
is. So everything given here is the explaining reader's document, and that one would have had no finding.
"""

from collections.abc import Mapping as TableOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from gateway.mapping.mapping import Mapping
from gateway.mapping.patterns import Doubt, Marks, inside
from gateway.mapping.plans import DOCUMENT, TOTALS, Choice, Default, Place, Record, make_plan


@dataclass(slots=True)
class _Turn:
    """An open turn of a loop: its number if it has one, how far it has come, how often each member was used."""

    place: Place
    number: str | None = None
    at: int = 0
    uses: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Compiled:
    """A mapping made ready for one set of delimiters. `pointers` are id and parent elements of hierarchies, by tag."""

    mapping: Mapping
    plan: Place
    records: int
    mark: str
    pointers: TableOf[str, tuple[int, int]]

    def read(self, segments: Sequence[str]) -> BaseModel | None:
        """The document of a message, ST to SE; None where anything at all is unusual."""
        try:
            return _Reader(self).read(segments)
        except (Doubt, KeyError, ValueError, ValidationError):
            return None  # a code without meaning, no day of the calendar, a document that lacks something


@lru_cache(maxsize=256)
def compile_mapping(mapping: Mapping, marks: tuple[str, str, str, str]) -> Compiled | None:
    """The compiled reader of a mapping under these delimiters; None where they are too odd for patterns.

    X12 only: patterns know no release character, and EDIFACT's hierarchies and composites are the explaining reader's.
    """
    if not mapping.grammar.name.startswith("x12/"):
        return None
    element, component, _, repetition = marks
    used = Marks(element, component, repetition)
    if not used.are_plain:
        return None
    plan, records = make_plan(mapping, used)
    segments = mapping.grammar.segments
    pointers = {tag: (segments[tag].id, segments[tag].parent) for tag in mapping.grammar.tags}
    found = {tag: (own, parent) for tag, (own, parent) in pointers.items() if own and parent}
    return Compiled(mapping, plan, records, element, found)


class _Reader:
    def __init__(self, compiled: Compiled) -> None:
        self.compiled, self.mark = compiled, compiled.mark
        self.records: list[Any] = [None] * compiled.records
        self.records[DOCUMENT], self.records[TOTALS] = {}, {}
        self.defaults: list[tuple[dict[str, Any], Default]] = []
        self.began: set[tuple[int, int]] = set()
        self.numbers: set[str] = set()
        self.stack: list[_Turn] = []

    def read(self, segments: Sequence[str]) -> BaseModel:
        if not segments[-1].startswith("SE" + self.mark):
            raise Doubt
        pointers = self.compiled.pointers
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
        mapping = self.compiled.mapping
        document = mapping.model.model_validate(self.records[DOCUMENT])
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

    def level(self, text: str, cells: Sequence[str], own: int, parent: int) -> None:
        """A level of a hierarchy stands under the level that it points at, and has a number of its own."""
        number, pointer = _cell(cells, own), _cell(cells, parent)
        if number in self.numbers:
            raise Doubt
        self.numbers.add(number)
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
            code = _cell(cells, choice.at) if choice.at else None
            place = choice.places.get(code) or choice.places.get(None)
            if place is None or place.opener is None:
                raise Doubt
            self.open(place, number)
            place.opener.take(text, self.records)
            return
        if choice.records or choice.defaults:
            self.begin(choice.records, choice.defaults)
        if choice.pattern is None or (choice.open and any(self.records[record] is None for record in choice.open)):
            raise Doubt
        choice.pattern.take(text, self.records)

    def open(self, place: Place, number: str | None) -> None:
        turn = _Turn(place, number)
        if place.opener is not None:
            turn.uses[0] = 1
        self.stack.append(turn)
        for record, table in place.once:
            key = (id(self.records[record]), table)
            if key in self.began:
                raise Doubt  # only the first turn is read
            self.began.add(key)
        for closed in place.closed:
            self.records[closed] = None
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
        if not turn.place.mandatory <= turn.uses.keys():
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
