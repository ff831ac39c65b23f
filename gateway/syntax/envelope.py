"""What a reader of interchanges yields, one event after another, and what a writer is told.

The events follow the envelopes: an interchange opens, groups open and close in it, messages stand in groups. Only one
message is ever held in memory. What is wrong with an envelope is known when it closes, so the closing events carry the
findings; a message carries its own.
"""

from dataclasses import dataclass

from gateway.findings import Finding
from gateway.syntax.delimiters import Delimiters
from gateway.syntax.message import GroupOpened, Message

_RUN_DIGITS = 18


@dataclass(frozen=True)
class InterchangeOpened:
    """An ISA: its elements as text (blanks kept), where it stands in the file, and what was odd about it.

    `places` are the bytes at which its tag and its elements begin.
    """

    elements: tuple[str, ...]
    delimiters: Delimiters
    offset: int
    places: tuple[int, ...] = ()
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
    """Bytes that belong to no interchange, or at which reading had to stop.

    `opened` is the ISA there, where its elements could be told by their widths although its delimiters are of no use:
    nothing can be read behind it, but it can be answered (X12.5).
    """

    finding: Finding
    opened: InterchangeOpened | None = None


Event = InterchangeOpened | InterchangeAnswered | GroupOpened | Message | GroupClosed | InterchangeClosed | Unreadable


@dataclass(frozen=True)
class Limits:
    """How much of a file we are ready to hold and to read at once.

    `segment` and `message` are in bytes, `segments` and `lines` are how many of them one message may have. The largest
    file is a matter of its channel (max_file).
    """

    segment: int = 1 << 20
    message: int = 64 << 20
    segments: int = 200_000
    lines: int = 20_000


class Tally:
    """What a reader has seen so far, to tell duplicates within a file.

    Numbers that count up, as nearly all control numbers do, are kept as a run, by its ends: so a file of any length
    takes the same room. Whatever else comes is kept key by key.
    """

    def __init__(self) -> None:
        self._others: set[str] = set()
        self._width = self._first = self._next = 0

    def repeats(self, key: str) -> bool:
        """Whether this key came before; it has come now."""
        width = len(key)
        if width <= _RUN_DIGITS and key.isdecimal() and key.isascii():
            number, self._width = int(key), self._width or width
            if self._next == self._first:
                self._first = self._next = number
            if width == self._width or (width > self._width and key[0] != "0"):  # 9999 is followed by 10000
                if number == self._next:
                    self._next += 1
                    return key in self._others
                if self._first <= number < self._next:
                    return True
        if key in self._others:
            return True
        self._others.add(key)
        return False

    @property
    def due(self) -> int:
        """The number that carries the run on, where nothing else was kept; -1 where something was."""
        return -1 if self._others else self._next

    def count_to(self, due: int) -> None:
        """All numbers up to `due` have come, each as wide as the last one."""
        self._next = max(due, self._next)


def findings_of(event: Event) -> tuple[Finding, ...]:
    """What an event adds to the findings of its file: every finding once, over all events.

    A group's own findings are told when it closes, as those of its opening are repeated there.
    """
    match event:
        case InterchangeOpened() | Message() | GroupClosed() | InterchangeClosed():
            return event.findings
        case Unreadable():
            return (event.finding,)
        case _:
            return ()


__all__ = [
    "Event",
    "GroupClosed",
    "GroupOpened",
    "InterchangeAnswered",
    "InterchangeClosed",
    "InterchangeOpened",
    "Limits",
    "Message",
    "Tally",
    "Unreadable",
    "findings_of",
]
