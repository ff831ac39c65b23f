"""The twin of the reader: segments to a sealed X12 interchange.

Sealing writes header and trailer around what is given, with the control numbers and the instant it is given, and counts
for itself. X12 has no release character, so a delimiter or control character inside data would break the message:
each is replaced by a blank and told to the caller, who journals it. What stands in the envelope itself is
configuration, so there a value that does not fit is refused.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.syntax.delimiters import Delimiters

Elements = Sequence[str | tuple[str, ...]]

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


def seal(
    messages: Iterable[tuple[str, Sequence[tuple[str, Elements]]]],
    envelope: Envelope,
    delimiters: Delimiters,
    line_break: str = "",
) -> Sealed:
    """Write one interchange with one group: `messages` are (ST01, segments without ST and SE) pairs.

    Message control numbers count from 0001. Raises ValueError where the envelope cannot be written: delimiters that
    clash, a control number of more than nine digits, an id that is not a qualifier of two characters and up to fifteen.
    """
    writer = _Writer(_delimiters(delimiters, envelope), line_break)
    writer.header(envelope)
    count = 0
    for count, (kind, segments) in enumerate(messages, 1):
        number = f"{count:04}"
        writer.put("ST", (kind, number))
        for ordinal, (tag, elements) in enumerate(segments, 2):
            writer.put(tag, elements, ordinal)
        writer.put("SE", (str(len(segments) + 2), number))
    writer.put("GE", (str(count), str(envelope.group_number)))
    writer.put("IEA", ("1", f"{envelope.control_number:09}"))
    return Sealed("".join(writer.parts).encode("utf-8"), tuple(writer.replaced))


def seal_note(
    tag: str, elements: Sequence[str], envelope: Envelope, delimiters: Delimiters, line_break: str = ""
) -> Sealed:
    """Write one interchange that holds nothing but a note, a TA1: it has no group, and its IEA counts none (X12.5).

    Raises ValueError as `seal` does.
    """
    writer = _Writer(_delimiters(delimiters, envelope), line_break)
    writer.header(envelope)
    writer.parts.pop()  # no group
    writer.put(tag, elements)
    writer.put("IEA", ("0", f"{envelope.control_number:09}"))
    return Sealed("".join(writer.parts).encode("utf-8"), tuple(writer.replaced))


def _delimiters(delimiters: Delimiters, envelope: Envelope) -> Delimiters:
    """The delimiters that this version has: a repetition separator from 00402 on, none before."""
    fitting = replace(delimiters, repetition=(delimiters.repetition or b"^") if envelope.has_repetition else None)
    if fitting.clash:
        raise ValueError(fitting.clash)
    return fitting


class _Writer:
    def __init__(self, delimiters: Delimiters, line_break: str) -> None:
        self.element, self.component, self.terminator, self.repetition = delimiters.decode("utf-8")
        if line_break not in _LINE_BREAKS:
            raise ValueError(f"{line_break!r} is no line break")
        self.end = self.terminator + line_break
        marks = re.escape(self.element + self.component + self.terminator + self.repetition)
        self.unsafe = re.compile(rf"[{marks}{_NEVER}]")
        self.parts: list[str] = []
        self.replaced: list[Replaced] = []

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
            self.repetition or "U",
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
