"""The twin of the reader: segments to a sealed X12 interchange.

Sealing writes header and trailer around what is given, with the control numbers and the instant it is given, and counts
for itself. X12 has no release character, so a delimiter or control character inside data would break the message:
each is replaced by a blank and told to the caller, who journals it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.syntax.delimiters import Delimiters

Elements = Sequence[str | tuple[str, ...]]


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

    Message control numbers count from 0001. Raises ValueError where a control number does not fit its nine digits.
    """
    if not (0 < envelope.control_number <= 999_999_999 and 0 < envelope.group_number <= 999_999_999):
        raise ValueError(
            f"control numbers {envelope.control_number} and {envelope.group_number} must have 1 to 9 digits"
        )
    writer = _Writer(delimiters, line_break)
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
    return Sealed("".join(writer.parts).encode(), tuple(writer.replaced))


class _Writer:
    def __init__(self, delimiters: Delimiters, line_break: str) -> None:
        self.delimiters = delimiters
        self.element, self.component, self.terminator, self.repetition = delimiters.decode("utf-8")
        self.end = self.terminator + line_break
        marks = re.escape(self.element + self.component + self.terminator + self.repetition)
        self.unsafe = re.compile(rf"[{marks}\x00-\x1f\x7f-\x9f]")
        self.parts: list[str] = []
        self.replaced: list[Replaced] = []

    def header(self, envelope: Envelope) -> None:
        sender, receiver = (party.partition(":") for party in (envelope.sender, envelope.receiver))
        later = envelope.version >= "004020"
        isa = (
            *("00", " " * 10, "00", " " * 10),
            *(f"{sender[0]:2}", f"{sender[2]:15}", f"{receiver[0]:2}", f"{receiver[2]:15}"),
            *(f"{envelope.at:%y%m%d}", f"{envelope.at:%H%M}"),
            self.repetition if later and self.repetition else "U",
            envelope.interchange_version,
            f"{envelope.control_number:09}",
            "1" if envelope.wants_acknowledgement else "0",
            "T" if envelope.is_test else "P",
            self.component,
        )
        self.parts.append(self.element.join(("ISA", *isa)) + self.end)
        day, clock = f"{envelope.at:%Y%m%d}", f"{envelope.at:%H%M}"
        group = (envelope.kind, sender[2], receiver[2], day, clock, str(envelope.group_number), "X", envelope.version)
        self.put("GS", group)

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
