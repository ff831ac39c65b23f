"""The twin of the reader: segments to a sealed X12 interchange.

Sealing writes header and trailer around what is given, with the control numbers and the instant it is given, and counts
for itself. Messages do not know the numbers around them: what is read back before it leaves is rendered once and
enclosed twice. X12 has no release character, so a delimiter or control character inside data would break the message:
each is replaced by a blank and told to the caller, who journals it. What stands in the envelope itself is
configuration, so there a value that does not fit is refused.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from gateway.syntax.delimiters import Delimiters

Elements = Sequence[str | tuple[str, ...]]
Segment = tuple[str, Elements]
Messages = Iterable[tuple[str, Sequence[Segment]]]  # ST01, segments without ST and SE

# C0 and C1 control characters, and halves of surrogate pairs, which no encoding can write.
_NEVER = r"\x00-\x1f\x7f-\x9f\ud800-\udfff"
_REPETITION_SINCE = "00402"
_NUMBER_AT_MOST = 999_999_999
_PARTY = re.compile(r"([!-~]{2}):([!-~](?:[ -~]{0,13}[!-~])?)")
_LINE_BREAKS = ("", "\n", "\r\n", "\r")


@dataclass(frozen=True, slots=True)
class Replaced:
    """A character that could not be written: where it stood, and what it was."""

    segment: int
    tag: str
    element: int
    value: str


@dataclass(frozen=True)
class Envelope:
    """What stands in ISA and GS. Ids are `qualifier:id`; the version is that of the messages (`004010`)."""

    sender: str
    receiver: str
    at: datetime
    kind: str  # GS01
    version: str  # GS08
    control_number: int
    group_number: int
    is_test: bool = False
    wants_acknowledgement: bool = False

    @property
    def interchange_version(self) -> str:
        """ISA12 that goes with the version: 004010 is 00401, 005010 is 00501."""
        return self.version[:5]

    @property
    def has_repetition(self) -> bool:
        """ISA11 is the repetition separator, and no longer the code U (X12.5)."""
        return self.interchange_version >= _REPETITION_SINCE


@dataclass(frozen=True)
class Sealed:
    """The bytes of an interchange, and the characters that had to be replaced in it."""

    data: bytes
    replaced: tuple[Replaced, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """How segments are written: the delimiters, what ends a segment, and what cannot stand in data."""

    element: str
    component: str
    terminator: str
    repetition: str
    end: str
    unsafe: re.Pattern[str]

    @property
    def marks(self) -> str:
        """All delimiters."""
        return self.element + self.component + self.terminator + self.repetition


@dataclass(frozen=True)
class Body:
    """Messages as they will stand in a group, ST to SE: under whatever numbers it is enclosed, they stay the same."""

    text: str
    count: int
    replaced: tuple[Replaced, ...]
    style: Style


def seal(messages: Messages, envelope: Envelope, delimiters: Delimiters, line_break: str = "") -> Sealed:
    """Write one interchange with one group.

    Raises ValueError as `render` and `enclose` do.
    """
    return enclose(render(messages, envelope, delimiters, line_break), envelope)


def render(messages: Messages, envelope: Envelope, delimiters: Delimiters, line_break: str = "") -> Body:
    """Write the messages of a group. Their control numbers count from 0001.

    Raises ValueError for delimiters that clash, or a line break that is none.
    """
    writer = _Writer(_style(delimiters, line_break, has_repetition=envelope.has_repetition))
    count = 0
    for count, (kind, segments) in enumerate(messages, 1):
        number = f"{count:04}"
        writer.put("ST", (kind, number))
        writer.put_all(segments)
        writer.put("SE", (str(len(segments) + 2), number))
    return Body(writer.text, count, tuple(writer.replaced), writer.style)


def enclose(body: Body, envelope: Envelope) -> Sealed:
    """The interchange of rendered messages under the numbers of an envelope.

    Raises ValueError where the envelope cannot be written: a control number of more than nine digits, an id that is not
    a qualifier of two characters and up to fifteen, a version that has other delimiters than the messages.
    """
    if bool(body.style.repetition) != envelope.has_repetition:
        raise ValueError(f"messages with the delimiters {body.style.marks} do not stand in version {envelope.version}")
    writer = _Writer(body.style)
    writer.header(envelope)
    writer.parts.append(body.text)
    writer.put("GE", (str(body.count), str(envelope.group_number)))
    writer.put("IEA", ("1", f"{envelope.control_number:09}"))
    return Sealed(writer.text.encode("utf-8"), (*writer.replaced, *body.replaced))


def seal_note(
    tag: str, elements: Sequence[str], envelope: Envelope, delimiters: Delimiters, line_break: str = ""
) -> Sealed:
    """Write one interchange that holds nothing but a note, a TA1: it has no group, and its IEA counts none (X12.5).

    Raises ValueError as `seal` does.
    """
    writer = _Writer(_style(delimiters, line_break, has_repetition=envelope.has_repetition))
    writer.header(envelope)
    writer.parts.pop()  # no group
    writer.put(tag, elements)
    writer.put("IEA", ("0", f"{envelope.control_number:09}"))
    return Sealed(writer.text.encode("utf-8"), tuple(writer.replaced))


@lru_cache(maxsize=64)
def _style(delimiters: Delimiters, line_break: str, *, has_repetition: bool) -> Style:
    """The delimiters that a version has: a repetition separator from 00402 on, none before."""
    fitting = replace(delimiters, repetition=(delimiters.repetition or b"^") if has_repetition else None)
    if fitting.clash:
        raise ValueError(fitting.clash)
    if line_break not in _LINE_BREAKS:
        raise ValueError(f"{line_break!r} is no line break")
    marks = fitting.decode("utf-8")
    unsafe = re.compile(rf"[{re.escape(''.join(marks))}{_NEVER}]")
    return Style(*marks, marks[2] + line_break, unsafe)


class _Writer:
    def __init__(self, style: Style) -> None:
        self.style = style
        self.element, self.component, self.end, self.unsafe = style.element, style.component, style.end, style.unsafe
        self.parts: list[str] = []
        self.replaced: list[Replaced] = []

    @property
    def text(self) -> str:
        """All that was put."""
        return "".join(self.parts)

    def header(self, envelope: Envelope) -> None:
        for number in (envelope.control_number, envelope.group_number):
            if not 0 < number <= _NUMBER_AT_MOST:
                raise ValueError(f"control number {number} must have 1 to 9 digits")
        (sender_qualifier, sender), (receiver_qualifier, receiver) = (
            self.party(envelope.sender),
            self.party(envelope.receiver),
        )
        isa = (
            *("00", " " * 10, "00", " " * 10),
            *(sender_qualifier, f"{sender:15}", receiver_qualifier, f"{receiver:15}"),
            *(f"{envelope.at:%y%m%d}", f"{envelope.at:%H%M}"),
            self.style.repetition or "U",
            envelope.interchange_version,
            f"{envelope.control_number:09}",
            "1" if envelope.wants_acknowledgement else "0",
            "T" if envelope.is_test else "P",
            self.component,
        )
        self.parts.append(self.element.join(("ISA", *isa)) + self.end)
        day, clock = f"{envelope.at:%Y%m%d}", f"{envelope.at:%H%M}"
        group = (envelope.kind, sender, receiver, day, clock, str(envelope.group_number), "X", envelope.version)
        self.put("GS", group)

    def party(self, party: str) -> tuple[str, str]:
        """Qualifier and id, as they stand in ISA05 and ISA06."""
        match = _PARTY.fullmatch(party)
        if match is None or self.unsafe.search(match[1] + match[2]):
            raise ValueError(f"{party!r} is no id for an envelope; write `ZZ:AMAZON`")
        return match[1], match[2]

    def put_all(self, segments: Sequence[Segment]) -> None:
        """Put the segments of a message: joined as they are where nothing in them needs care, else one by one."""
        plain = self.joined(segments)
        if plain is not None:
            self.parts.append(plain)
            return
        for ordinal, (tag, elements) in enumerate(segments, 2):
            self.put(tag, elements, ordinal)

    def joined(self, segments: Sequence[Segment]) -> str | None:
        """The text of segments. None where they have composites, something empty at an end, or what cannot be written.

        There is nothing of the last where the text has no more marks than were put, and no control characters.
        """
        terminator = self.style.terminator
        try:
            lines = [self.element.join((tag, *elements)) for tag, elements in segments]  # type: ignore[arg-type]
        except TypeError:
            return None  # a composite
        text = terminator.join(lines) + terminator
        marks = sum([len(elements) for _, elements in segments]) + len(segments)
        is_plain = text.isprintable() and sum(map(text.count, self.style.marks)) == marks
        if not is_plain or self.element + terminator in text:
            return None
        return text if self.end == terminator else text.replace(terminator, self.end)

    def put(self, tag: str, elements: Elements, ordinal: int = 0) -> None:
        texts = [tag]
        for position, value in enumerate(elements, 1):
            if isinstance(value, tuple):
                inner = [self.clean(part, ordinal, tag, position) for part in value]
                texts.append(self.component.join(inner).rstrip(self.component))
            else:
                texts.append(self.clean(value, ordinal, tag, position))
        self.parts.append(self.element.join(texts).rstrip(self.element) + self.end)

    def clean(self, value: str, ordinal: int, tag: str, position: int) -> str:
        if not self.unsafe.search(value):
            return value
        self.replaced.append(Replaced(ordinal, tag, position, value))
        return self.unsafe.sub(" ", value).strip()
