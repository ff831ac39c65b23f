"""Bytes to segments, as plainly as can be: the marks stand in ISA or UNA, everything between two of them is a value.

Nothing here is shared with the gateway, on purpose: a fault that reader and writer have in common would be seen by
neither. So nothing is clever either; a file that is no interchange is a ValueError.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

Element = list[str]
"""The components of one element; one that is not composite has one."""


@dataclass(frozen=True)
class Segment:
    """A tag and its elements. `at(2)` is the second element's first component, `at(2, 3)` its third; absent is ''."""

    tag: str
    elements: tuple[Element, ...]

    def at(self, element: int, component: int = 1) -> str:
        if element > len(self.elements) or component > len(self.elements[element - 1]):
            return ""
        return self.elements[element - 1][component - 1]

    def pairs(self, start: int) -> dict[str, str]:
        """Qualifier to value from an element on, as LIN and PO1 hold item numbers in X12."""
        values = [self.at(place) for place in range(start, len(self.elements) + 1)]
        return {name: value for name, value in zip(values[::2], values[1::2], strict=False) if name}


def segments_of(data: bytes) -> list[Segment]:
    """The segments of a file of either standard."""
    text = data.decode("latin-1").strip("\r\n ")
    if text.startswith("ISA"):
        return _x12(text)
    if text.startswith(("UNA", "UNB")):
        return _edifact(text)
    raise ValueError("it begins with neither ISA nor UNA nor UNB")


def is_x12(segments: list[Segment]) -> bool:
    return segments[0].tag == "ISA"


def messages_of(segments: list[Segment]) -> list[list[Segment]]:
    """The messages, each from its header to its trailer."""
    heads = [place for place, segment in enumerate(segments) if segment.tag in ("ST", "UNH")]
    ends = [*heads[1:], len(segments)]
    found = []
    for head, end in zip(heads, ends, strict=True):
        part = segments[head:end]
        last = max((n for n, segment in enumerate(part) if segment.tag in ("SE", "UNT")), default=len(part) - 1)
        found.append(part[: last + 1])
    return found


def maybe_number(text: str) -> Decimal | None:
    """The number that a value is, None for an empty one. Raises ValueError for what is no number."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise ValueError(f"{text} is no number") from None


def number_of(text: str) -> Decimal:
    """The same, an empty value being nothing."""
    return maybe_number(text) or Decimal(0)


def _x12(text: str) -> list[Segment]:
    """ISA is of fixed width: its fourth character parts elements, the last two are component mark and terminator."""
    element, component, terminator = text[3], text[104], text[105]
    found = []
    for raw in text.split(terminator):
        values = raw.strip("\r\n").split(element)
        if values != [""]:
            is_header = values[0] == "ISA"
            parts = [[value] if is_header else value.split(component) for value in values[1:]]
            found.append(Segment(values[0], tuple(parts)))
    return found


def _edifact(text: str) -> list[Segment]:
    component, element, release, terminator = ":", "+", "?", "'"
    if text.startswith("UNA"):
        component, element, release, terminator = text[3], text[4], text[6], text[8]
        text = text[9:]
    found = []
    for raw in _cut(text, terminator, release):
        values = _cut(raw.strip("\r\n"), element, release)
        if values != [""]:
            parts = [[_unreleased(part, release) for part in _cut(value, component, release)] for value in values]
            found.append(Segment(parts[0][0], tuple(parts[1:])))
    return found


def _cut(text: str, mark: str, release: str) -> list[str]:
    """Cut at a mark wherever it is not released; released characters stay as they are until the last cut."""
    places = [-1]
    skip = False
    for place, character in enumerate(text):
        if skip:
            skip = False
        elif character == release:
            skip = True
        elif character == mark:
            places.append(place)
    return [text[start + 1 : end] for start, end in pairwise([*places, len(text)])]


def _unreleased(text: str, release: str) -> str:
    found, skip = "", False
    for character in text:
        if character == release and not skip:
            skip = True
        else:
            found, skip = found + character, False
    return found
