"""An EDIFACT message, UNH to UNT, as it stood in its file; whoever reads X12 messages reads these.

A message without a release character keeps its own separators. One that has any is made neutral when it is split, so
that its segments can be cut at `marks` and never show a release character. The way back from a cell to its byte counts
only the separators that are not released.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gateway.findings import Finding, find
from gateway.syntax.edifact_envelope import name_version, stray_found
from gateway.syntax.message import GroupOpened, Message, once, same_number
from gateway.syntax.service_characters import ServiceCharacters

# The components of S009 that every version has as mandatory, and their data elements.
_IDENTIFIER = {1: "0065", 2: "0052", 3: "0054", 4: "0051"}
REFERENCE_AT_MOST = 14


@dataclass(init=False, unsafe_hash=True)
class EdifactMessage(Message):
    """One message. It stands in a group only where the interchange has UNG; without one `group` is None."""

    _envelope_tags: ClassVar = ("UNH", "UNT")

    delimiters: ServiceCharacters

    def __init__(
        self,
        raw: bytes,
        offset: int,
        delimiters: ServiceCharacters,
        group: GroupOpened | None,
        flaws: tuple[Finding, ...] = (),
        is_tidy: bool = False,
        is_plain: bool = False,
    ) -> None:
        """Its marks are its own separators or, where it has a release character, the neutral ones."""
        self._has_release = delimiters.release is not None and delimiters.release in raw
        super().__init__(raw, offset, delimiters, group, flaws, is_tidy, is_plain and not self._has_release)
        self.marks = delimiters.neutral_marks if self._has_release else delimiters.marks

    @once
    def header(self) -> list[str]:
        """The elements of its UNH."""
        end = next(self.delimiters.cuts(self.raw, self.delimiters.terminator, 0, len(self.raw)), len(self.raw))
        return self._text(self.raw[:end]).split(self.marks[0])[1:]

    @once
    def identifier(self) -> tuple[str, ...]:
        """S009: type, version, release, agency and, where there is one, the association's code."""
        return tuple(self.header[1].split(self.marks[1])) if len(self.header) > 1 else ()

    @property
    def type(self) -> str:
        """S009.0065."""
        return self._identified(1)

    @property
    def control_number(self) -> str:
        """0062, as it came."""
        return self._shown(self.header[0]) if self.header else ""

    @property
    def version(self) -> str:
        """The directory as grammars are named: `d96a`; `s2` for a service message of syntax 2."""
        return name_version(self._identified(2), self._identified(3))

    @property
    def association(self) -> str:
        """S009.0057, the association's assigned code: `EAN008`."""
        return self._identified(5)

    def _identified(self, component: int) -> str:
        return self.identifier[component - 1] if component <= len(self.identifier) else ""

    @once
    def findings(self) -> tuple[Finding, ...]:
        """Everything wrong with its own envelope: its flaws, header, reference, count and characters (ISO 9735)."""
        return (*self.flaws, *self._judge_header(), *self._judge_trailer(), *self._judge_characters())

    def _judge_header(self) -> Iterator[Finding]:
        number = self.control_number
        if not 0 < len(number) <= REFERENCE_AT_MOST:
            text = f"0062 is {number!r}, expected 1 to 14 characters"
            yield self._wrong("message-control-number", text, 1, 1, "0062", number, "1 to 14 characters")
        for component, data_element in _IDENTIFIER.items():
            if not self._identified(component):
                text = f"UNH says no {data_element}"
                offset = self.locate(1, 2, component)
                place = {"segment": 1, "tag": "UNH", "element": 2, "component": component, "offset": offset}
                yield find("message-header", text, number=data_element, **place)

    def _judge_trailer(self) -> Iterator[Finding]:
        tag, *trailer = self.segments[-1].split(self.marks[0])
        if tag != "UNT":  # told by the reader
            return
        count, reference = (self._shown(element) for element in (*trailer, "", "")[:2])
        number, last = self.control_number, len(self.segments)
        if reference != number:
            text = f"UNT repeats 0062 as {reference!r}, UNH has {number!r}"
            yield self._wrong("message-reference-differs", text, last, 2, "0062", reference, number)
        if not same_number(count, str(last)):
            text = f"UNT says {count or 'nothing'}, counted {last} segments"
            yield self._wrong("segment-count-differs", text, last, 1, "0074", count, str(last))

    def _judge_characters(self) -> Iterator[Finding]:
        """The first byte outside the declared set, and how many there are."""
        count, first = self.delimiters.strays(self.raw)
        if count:
            place = self._place_of(first)
            yield stray_found(self.raw[first], count, self.delimiters, offset=self.offset + first, **place)

    def _place_of(self, at: int) -> dict[str, int | str]:
        """Segment, tag, element and component that a byte of raw stands in."""
        segment = bisect_right(self._spans, (at, len(self.raw))) or 1
        start, end = self._spans[segment - 1]
        place: dict[str, int | str] = {"segment": segment, "tag": self.segments[segment - 1][:3]}
        elements = [*self.delimiters.cuts(self.raw, self.delimiters.element, start, end), end]
        if (element := bisect_right(elements, at)) and at < end:
            place["element"] = element
            inside = list(
                self.delimiters.cuts(self.raw, self.delimiters.component, elements[element - 1], elements[element])
            )
            if inside:
                place["component"] = bisect_right(inside, at) + 1
        return place

    def _shown(self, element: str) -> str:
        """An element that should have no components, with its own separator where it has some."""
        return element.replace(self.marks[1], self.delimiters.marks[1])

    @once
    def _spans(self) -> list[tuple[int, int]]:
        """Where each segment begins and ends in raw, line breaks and indentation passed over."""
        spans, start, whole = [], 0, len(self.raw)
        for end in (*self.delimiters.cuts(self.raw, self.delimiters.terminator, 0, whole), whole):
            if bare := self.raw[start:end].lstrip(self.delimiters.blanks):
                spans.append((end - len(bare), end))
            start = end + 1
        return spans

    def _part(self, start: int, end: int, separator: bytes, nth: int) -> tuple[int, int]:
        """Where the nth part between separators begins and ends, counted from 0."""
        cuts = [start - 1, *self.delimiters.cuts(self.raw, separator, start, end), end]
        return (cuts[nth] + 1, cuts[nth + 1]) if nth + 1 < len(cuts) else (end, end)

    def _text(self, data: bytes) -> str:
        return self.delimiters.neutralise(data).decode(self._encoding) if self._has_release else super()._text(data)
