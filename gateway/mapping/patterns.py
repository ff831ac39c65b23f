"""One segment at one place as one regular expression: what the compiled reader matches instead of looking cell by cell.

A pattern has variants, one for each set of conditions that can hold together (variants.py makes them). In each the
cells that its rows read are captured, with type and length; what no row reads must be empty. A segment that fits no
variant is not wrong, it is a doubt, and the explaining reader says what it is. All repetition is possessive: no input
makes the matching slower than its length.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.grammar.elements import NUMERIC, Element
from gateway.syntax.service_characters import NEUTRAL

Decode = Callable[[Any], Any]

DOCUMENT, TOTALS, ECHOES = 0, 1, 2
"""The records that every message has: the document, the totals it must have, and what must be one of its values."""

_NUMBER_MARKS = "-."
_POINTS = ".,"  # either is a decimal mark of EDIFACT, whichever UNA says (ISO 9735)


class Doubt(Exception):
    """Something the good path does not know: no error, the explaining reader takes over."""


def inside(record: dict[str, Any], way: Sequence[str]) -> dict[str, Any]:
    """The record at the end of these fields, made where there is none yet."""
    for part in way:
        record = record.setdefault(part, {})
    return record


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value goes: the number of its record, the fields on the way, its field; and how its text is decoded."""

    record: int
    way: tuple[str, ...]
    field: str
    decode: Decode | None

    def put(self, records: Sequence[Any], text: Any) -> None:
        """Fill it. Raises Doubt where it is filled: a row reads the first segment that fits, nobody the second."""
        record = records[self.record]
        if self.way:
            record = inside(record, self.way)
        if self.field in record:
            raise Doubt
        record[self.field] = text if self.decode is None else self.decode(text)


@dataclass(frozen=True, slots=True)
class Echo:
    """A text that must be what a field of the document holds (`@currency`), which is looked at when all has come."""

    field: str

    def put(self, records: Sequence[Any], text: Any) -> None:
        """Keep it with the others."""
        records[ECHOES].append((self.field, text))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs in one group of a match: how many cells each is, which of them are its qualifier and its value (from 0).

    `inner` is what parts the cells of a pair where that is not the element separator. Slots are known by qualifier.
    """

    group: int
    width: int
    qualifier: int
    value: int
    inner: str
    slots: Mapping[str, Slot]


@dataclass(frozen=True, slots=True)
class Variant:
    """What becomes of the groups of a match (from 0): one for a value, several for one, one that holds pairs."""

    single: tuple[tuple[int, Slot | Echo], ...]
    several: tuple[tuple[tuple[int, ...], Slot], ...]
    pairs: Pairs | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """The expression of a segment at a place; `lastindex` of a match tells the variant.

    `is_telling` says that whatever matches gives a value.
    """

    match: Callable[[str], re.Match[str] | None]
    variants: Mapping[int | None, Variant]
    mark: str
    is_telling: bool

    def take(self, text: str, records: Sequence[Any]) -> None:
        """Put the values of a segment into the records. Raises Doubt, KeyError or ValueError for the unusual."""
        match = self.match(text)
        if match is None:
            raise Doubt
        variant = self.variants[match.lastindex]
        groups = match.groups()
        for group, slot in variant.single:
            if (found := groups[group]) is not None:
                slot.put(records, found)
        for several, slot in variant.several:
            texts = [groups[group] or "" for group in several]
            if any(texts):
                slot.put(records, texts)
        pairs = variant.pairs
        if pairs is not None and (found := groups[pairs.group]):
            cells = (found.replace(pairs.inner, self.mark) if pairs.inner else found).split(self.mark)
            for at in range(1, len(cells), pairs.width):
                pairs.slots[cells[at + pairs.qualifier]].put(records, cells[at + pairs.value])


@dataclass(frozen=True, slots=True)
class Marks:
    """The delimiters as text, and what the expressions need of them."""

    element: str
    component: str
    repetition: str

    @property
    def are_plain(self) -> bool:
        """Whether expressions can tell them from data: each is one character, and none that numbers or texts have.

        Those of a text without release characters are the information separators, which no text has.
        """
        used = [mark for mark in (self.element, self.component, self.repetition) if mark]
        return all(
            mark in NEUTRAL
            or (len(mark) == 1 and not mark.isalnum() and not mark.isspace() and mark not in _NUMBER_MARKS)
            for mark in used
        )

    @property
    def between(self) -> str:
        """The element separator as an expression."""
        return re.escape(self.element)

    @property
    def inside(self) -> str:
        """The component separator as an expression."""
        return re.escape(self.component)

    @property
    def foreign(self) -> str:
        """What no cell may hold, for a character class: delimiters and control characters."""
        return re.escape(self.element + self.component + self.repetition) + r"\x00-\x1f\x7f-\x9f"

    def can_hold(self, text: str) -> bool:
        """Whether a text could stand in a cell."""
        return not any(mark in text for mark in (self.element, self.component, self.repetition) if mark)

    def element_pattern(self, element: Element) -> str:
        """What check_value lets pass, or more where decoding looks again (code lists, the calendar, the clock)."""
        low, high = max(element.shortest, 1), element.longest
        if element.type in ("AN", "an"):
            return f"[^{self.foreign}]{{{low},{high}}}+"
        if element.type == "a":
            return rf"[^\W\d_](?:[^\W\d_]| ){{{low - 1},{high - 1}}}+"
        if element.type == "n":  # a digit before the mark, and one after it
            mark = "".join(point for point in _POINTS if self.can_hold(point))
            digits, end = f"[0-9]{{{low},{high}}}+", f"(?![0-9{mark}])"
            length = f"(?=[0-9{mark}]{{{low + 1},{high + 1}}}+{end})"
            return f"-?+(?:{digits}{end}|{length}[0-9]++[{mark}][0-9]++)"
        if element.type == "ID":
            return rf"[^\s{self.foreign}]{{{low},{high}}}+"
        if element.type == "R":  # lengths of numbers count their digits, not sign and point
            point = rf"(?=[0-9.]{{{low + 1},{high + 1}}}+(?![0-9.]))[0-9]*+\.[0-9]*+"
            return f"-?+(?:[0-9]{{{low},{high}}}+(?!\\.)|{point})"
        sign = "-?+" if element.type in NUMERIC else ""
        return f"{sign}[0-9]{{{low},{high}}}+"

    def sequence(self, cells: Sequence[tuple[str, bool]], rest: str = "", *, needed: bool = False) -> str:
        """Elements one after another, each (expression, whether it must be there), empty ones at the end left away.

        `rest` is what follows them all, `needed` whether that must be there.
        """
        return _sequence(cells, self.between, rest, needed)

    def composite(self, cells: Sequence[tuple[str, bool]]) -> str:
        """Components one after another as one cell."""
        (first, required), *others = cells
        head = first if required or not first else f"{first}?"
        return f"(?:{head}{_sequence(others, self.inside, '', False)})"


def _sequence(cells: Sequence[tuple[str, bool]], mark: str, rest: str, needed: bool) -> str:
    rest = rest if needed or not rest else f"(?:{rest})?"
    for cell, required in reversed(cells):
        if cell or rest:
            rest = mark + (cell if required or not cell else f"{cell}?") + rest
            needed = needed or required
            rest = rest if needed else f"(?:{rest})?"
    return rest
