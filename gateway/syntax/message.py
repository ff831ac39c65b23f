"""A message as it stood in its file: bytes first, text when asked, and the way back from any cell to its byte.

The bytes are kept as they came and split only when somebody asks for segments, so that whoever judges envelopes alone
pays for no more. Line breaks that are not the terminator mean nothing and are left out wherever they stand; blanks and
tabs before a segment are indentation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from gateway.findings import Finding, find
from gateway.syntax.delimiters import Delimiters, Marks

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - used like the decorator that it stands for
    """functools.cached_property without the lock that Python 3.11 takes for it: what every message is asked for."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self.make, self.name = make, make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, of: None, owner: type) -> Self: ...

    @overload
    def __get__(self, of: object, owner: type) -> T: ...

    def __get__(self, of: Any, owner: type) -> Self | T:
        if of is None:
            return self
        made: T = self.make(of)
        setattr(of, self.name, made)
        return made


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


@dataclass(init=False, unsafe_hash=True)
class Message:
    """One message, ST to SE, with the bytes as they came. `flaws` is what its reader saw wrong around it.

    `is_tidy` says that its reader saw no segment of it that is empty or begins with a blank, and the last terminated;
    `is_plain` that it is nothing but ASCII without line breaks. Nobody changes a message; Python does not watch over
    that, as it does over frozen records, for it takes twice as long to make one then.
    """

    _envelope_tags: ClassVar = ("ST", "SE")

    raw: bytes
    offset: int
    delimiters: Delimiters
    group: GroupOpened | None
    flaws: tuple[Finding, ...] = ()
    is_tidy: bool = field(default=False, compare=False, repr=False)
    is_plain: bool = field(default=False, compare=False, repr=False)

    def __init__(
        self,
        raw: bytes,
        offset: int,
        delimiters: Delimiters,
        group: GroupOpened | None,
        flaws: tuple[Finding, ...] = (),
        is_tidy: bool = False,
        is_plain: bool = False,
    ) -> None:
        self.raw = raw
        self.offset = offset
        self.delimiters = delimiters
        self.group = group
        self.flaws = flaws
        self.is_tidy = is_tidy
        self.is_plain = is_plain
        if is_plain:
            self.marks = delimiters.marks
        self._segments: list[str] | None = None

    @once
    def marks(self) -> Marks:
        """The delimiters as text, decoded as the segments are."""
        if self.raw.isascii():
            return self.delimiters.marks
        return self.delimiters.decode(self._encoding)

    @property
    def segments(self) -> list[str]:
        """Its segments as text, ST first and SE last, line breaks and indentation removed."""
        segments = self._segments
        if segments is None:
            if self.is_tidy:
                text = self.raw.decode() if self.is_plain else self._text(self.raw)
                segments = text.split(self.marks[2])
                segments.pop()
            else:
                segments = self._cut()
            self._segments = segments
        return segments

    def _cut(self) -> list[str]:
        terminator = self.delimiters.terminator
        if len(terminator) > 1:  # with a line break between its bytes it is none: cut first
            segments = [self._text(segment) for segment in self.raw.split(terminator)]
        else:
            segments = self._text(self.raw).split(self.marks[2])
        if not segments[-1]:
            segments.pop()
        if min(segments) < "!":  # blanks sort before every letter, and nothing at all before them
            segments = [bare for segment in segments if (bare := segment.lstrip(" \t"))]
        return segments

    @once
    def header(self) -> list[str]:
        """The elements of its ST."""
        end = self.raw.find(self.delimiters.terminator)
        segment = self.raw[:end] if end >= 0 else self.raw
        return self._text(segment).split(self.marks[0])[1:]

    @property
    def type(self) -> str:
        """ST01."""
        return self.header[0]

    @property
    def control_number(self) -> str:
        """ST02, as it came."""
        return self.header[1] if len(self.header) > 1 else ""

    @property
    def version(self) -> str:
        """The version of its group, without an industry suffix: `004010`."""
        return self.group.version[:6] if self.group else ""

    @once
    def findings(self) -> tuple[Finding, ...]:
        """Everything wrong with its own envelope: its flaws, its reference and its count (X12.6)."""
        found = list(self.flaws)
        number, last = self.control_number, len(self.segments)
        if not number.isalnum() or not 4 <= len(number) <= 9:
            text = f"ST02 is {number!r}, expected 4 to 9 letters or digits"
            found.append(self._wrong("message-control-number", text, 1, 2, "329", number, "4 to 9 letters or digits"))
        tag, *trailer = self.segments[-1].split(self.marks[0])
        if tag != "SE" or not trailer:
            return tuple(found)
        count, reference = (*trailer, "")[:2]
        if reference != number:
            text = f"SE02 is {reference!r}, ST02 {number!r}"
            found.append(self._wrong("message-reference-differs", text, last, 2, "329", reference, number))
        if not same_number(count, str(last)):
            text = f"SE01 says {count or 'nothing'}, counted {last} segments"
            found.append(self._wrong("segment-count-differs", text, last, 1, "96", count, str(last)))
        return tuple(found)

    def _wrong(
        self, code: str, text: str, segment: int, element: int, number: str, value: str, expected: str
    ) -> Finding:
        header, trailer = self._envelope_tags
        return find(
            code,
            text,
            segment=segment,
            tag=header if segment == 1 else trailer,
            element=element,
            number=number,
            offset=self.locate(segment, element),
            value=value,
            expected=expected,
        )

    def locate(
        self, segment: int, element: int | None = None, component: int | None = None, repetition: int | None = None
    ) -> int:
        """The byte of the file at which a segment, element, repetition or component begins; from 1, ST is segment 1.

        What is not there (a segment or element missing at the end) is located at the end of what should hold it.
        """
        if segment > len(self._spans):
            return self.offset + len(self.raw)
        start, end = self._spans[segment - 1]
        if element:
            start, end = self._part(start, end, self.delimiters.element, element)
        if repetition and self.delimiters.repetition:
            start, end = self._part(start, end, self.delimiters.repetition, repetition - 1)
        if component:
            start, end = self._part(start, end, self.delimiters.component, component - 1)
        return self.offset + end - len(self.raw[start:end].lstrip(self.delimiters.noise))

    def _part(self, start: int, end: int, separator: bytes, nth: int) -> tuple[int, int]:
        """Where the nth part between separators begins and ends, counted from 0."""
        for _ in range(nth):
            at = self.raw.find(separator, start, end)
            if at < 0:
                return end, end
            start = at + 1
        at = self.raw.find(separator, start, end)
        return start, end if at < 0 else at

    @once
    def _spans(self) -> list[tuple[int, int]]:
        """Where each segment begins and ends in raw, line breaks and indentation passed over."""
        spans, start, terminator = [], 0, self.delimiters.terminator
        for segment in self.raw.split(terminator):
            end = start + len(segment)
            if bare := segment.lstrip(self.delimiters.blanks):
                spans.append((end - len(bare), end))
            start = end + len(terminator)
        return spans

    @once
    def _encoding(self) -> str:
        return self.delimiters.encoding_of(self.raw)

    def _text(self, data: bytes) -> str:
        if b"\n" in data or b"\r" in data:
            data = data.translate(None, self.delimiters.noise)
        return data.decode(self._encoding if not data.isascii() else "ascii")


def same_number(one: str, other: str) -> bool:
    """Counts and group control numbers compare as integers: leading zeros do not matter (X12.6)."""
    if one.isdecimal() and other.isdecimal() and one.isascii() and other.isascii():
        return one.lstrip("0") == other.lstrip("0")
    return one == other
