"""What a reader of interchanges yields, one event after another, and what a writer is told.

The events follow the envelopes: an interchange opens, groups open and close in it, messages stand in groups. Only one
message is ever held in memory. What is wrong with an envelope is known when it closes, so the closing events carry the
findings; a message carries its own.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from gateway.findings import Finding, find
from gateway.syntax.delimiters import Delimiters


@dataclass(frozen=True)
class InterchangeOpened:
    """An ISA: its elements as text (blanks kept), where it stands in the file, and what was odd about it."""

    elements: tuple[str, ...]
    delimiters: Delimiters
    offset: int
    findings: tuple[Finding, ...] = ()

    @property
    def sender(self) -> str:
        """The sender as `qualifier:id`, padding stripped."""
        return f"{self.elements[4].strip()}:{self.elements[5].strip()}"

    @property
    def receiver(self) -> str:
        """The receiver as `qualifier:id`, padding stripped."""
        return f"{self.elements[6].strip()}:{self.elements[7].strip()}"

    @property
    def control_number(self) -> str:
        """ISA13, as it came."""
        return self.elements[12].strip()

    @property
    def is_test(self) -> bool:
        """ISA15 says T."""
        return self.elements[14] == "T"

    @property
    def wants_acknowledgement(self) -> bool:
        """ISA14 asks for a TA1."""
        return self.elements[13] == "1"


@dataclass(frozen=True)
class InterchangeAnswered:
    """A TA1 that came inside this interchange: the partner's verdict on one of ours."""

    elements: tuple[str, ...]
    offset: int


@dataclass(frozen=True)
class GroupOpened:
    """A GS: its elements, and its place among the groups of the interchange, from 1."""

    elements: tuple[str, ...]
    offset: int
    ordinal: int
    findings: tuple[Finding, ...] = ()

    def element(self, position: int) -> str:
        """GS01..GS08; '' where the segment is too short to have it."""
        return self.elements[position - 1] if position <= len(self.elements) else ""

    @property
    def kind(self) -> str:
        """GS01, the functional identifier."""
        return self.element(1)

    @property
    def control_number(self) -> str:
        """GS06, as it came."""
        return self.element(6)

    @property
    def version(self) -> str:
        """GS08, with its industry suffix if it has one."""
        return self.element(8)


@dataclass(frozen=True)
class Message:
    """One message, ST to SE, with the bytes as they came. `flaws` is what its reader saw wrong around it."""

    raw: bytes
    offset: int
    delimiters: Delimiters
    group: GroupOpened | None
    flaws: tuple[Finding, ...] = ()

    @cached_property
    def header(self) -> list[str]:
        """The elements of its ST."""
        return self.segments[0].split(self.marks[0])[1:]

    @property
    def type(self) -> str:
        """ST01."""
        return self.header[0] if self.header else ""

    @property
    def control_number(self) -> str:
        """ST02, as it came."""
        return self.header[1] if len(self.header) > 1 else ""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything wrong with its own envelope: its flaws, its reference and its count (X12.6)."""
        found = list(self.flaws)
        last = len(self.segments)
        if not self.control_number.isalnum() or not 4 <= len(self.control_number) <= 9:
            found.append(
                find(
                    "message-control-number",
                    f"ST02 is {self.control_number!r}, expected 4 to 9 letters or digits",
                    segment=1,
                    tag="ST",
                    element=2,
                    number="329",
                    offset=self.locate(1, 2),
                    value=self.control_number,
                    expected="4 to 9 letters or digits",
                )
            )
        tag, *trailer = self.segments[-1].split(self.marks[0])
        if tag != "SE":
            return tuple(found)
        count, reference = (*trailer, "", "")[:2]
        if reference != self.control_number:
            found.append(
                find(
                    "message-reference-differs",
                    f"SE02 is {reference!r}, ST02 {self.control_number!r}",
                    segment=last,
                    tag="SE",
                    element=2,
                    number="329",
                    offset=self.locate(last, 2),
                    value=reference,
                    expected=self.control_number,
                )
            )
        if not count.isdecimal() or int(count) != last:
            found.append(
                find(
                    "segment-count-differs",
                    f"SE01 says {count or 'nothing'}, counted {last} segments",
                    segment=last,
                    tag="SE",
                    element=1,
                    number="96",
                    offset=self.locate(last, 1),
                    value=count,
                    expected=str(last),
                )
            )
        return tuple(found)

    @property
    def version(self) -> str:
        """The version of its group, without an industry suffix: `004010`."""
        return self.group.version[:6] if self.group else ""

    @property
    def marks(self) -> tuple[str, str, str, str]:
        """The delimiters as text, decoded as the segments are."""
        return self.delimiters.decode(self._encoding)

    @cached_property
    def segments(self) -> list[str]:
        """Its segments as text, ST first and SE last, line breaks and indentation removed."""
        text = self.raw.decode(self._encoding)
        terminator = self.marks[2]
        noise = [mark for mark in self.delimiters.noise.decode() if mark in text]
        for mark in noise:
            text = text.replace(mark, "")
        segments = text.split(terminator)
        if not segments[-1].strip():
            segments.pop()
        if noise or terminator == "\n" or "" in segments:
            segments = [stripped for segment in segments if (stripped := segment.strip(" \t\r"))]
        return segments

    @cached_property
    def _encoding(self) -> str:
        """X12 names no character set: UTF-8 where the bytes are that (so ASCII too), else Latin-1."""
        if self.raw.isascii():
            return "utf-8"
        try:
            self.raw.decode("utf-8")
        except UnicodeDecodeError:
            return "latin-1"
        return "utf-8"

    def locate(self, segment: int, element: int | None = None, component: int | None = None) -> int:
        """The byte of the file at which a segment, element or component begins; ordinals from 1, ST is 1.

        What is not there (an element missing at the end) is located at the end of what should hold it.
        """
        start = self._starts[min(segment, len(self._starts)) - 1]
        end = self.raw.find(self.delimiters.terminator, start)
        if end < 0:
            end = len(self.raw)
        for nth, separator in ((element, self.delimiters.element), ((component or 1) - 1, self.delimiters.component)):
            for _ in range(nth or 0):
                at = self.raw.find(separator, start, end)
                if at < 0:
                    return self.offset + end
                start = at + 1
        return self.offset + start

    @cached_property
    def _starts(self) -> list[int]:
        """Where each segment begins in raw, line breaks and indentation passed over."""
        starts, at, raw, terminator = [], 0, self.raw, self.delimiters.terminator
        blanks = self.delimiters.noise + b" \t"
        while at < len(raw):
            end = raw.find(terminator, at)
            end = len(raw) if end < 0 else end
            start = end - len(raw[at:end].lstrip(blanks))
            if start < end:
                starts.append(start)
            at = end + len(terminator)
        return starts

    def ordinal_at(self, offset: int) -> int:
        """The segment in which a byte of the file stands."""
        return bisect_right(self._starts, offset - self.offset)


@dataclass(frozen=True)
class GroupClosed:
    """A GE, or where it should have been: how many messages were declared and counted, and what is wrong."""

    group: GroupOpened
    declared: str
    counted: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class InterchangeClosed:
    """An IEA, or where it should have been, with everything wrong on the level of the interchange."""

    opened: InterchangeOpened
    counted: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """Bytes that belong to no interchange, or at which reading had to stop."""

    finding: Finding


Event = InterchangeOpened | InterchangeAnswered | GroupOpened | Message | GroupClosed | InterchangeClosed | Unreadable


@dataclass(frozen=True)
class Limits:
    """How much of a file we are ready to hold at once, in bytes (reliability: streaming, per partner)."""

    segment: int = 1 << 20
    message: int = 64 << 20


@dataclass(frozen=True)
class Tally:
    """What a reader has seen so far, to tell duplicates within a file."""

    seen: set[tuple[str, ...]] = field(default_factory=set)

    def repeats(self, *key: str) -> bool:
        """Whether this key came before; it has come now."""
        if key in self.seen:
            return True
        self.seen.add(key)
        return False
