"""Interchanges as wholes: the events of a reader gathered, one interchange at a time.

The pipeline takes or refuses an interchange as one thing, and what is wrong with its envelope is known only at its end.
Streaming readers (validate, translate) use the events themselves and never hold more than a message.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from gateway.findings import Finding, Severity, find
from gateway.syntax.edifact_envelope import EdifactInterchange
from gateway.syntax.envelope import (
    Event,
    GroupClosed,
    GroupOpened,
    InterchangeAnswered,
    InterchangeClosed,
    InterchangeOpened,
    Message,
    Unreadable,
)


@dataclass
class Group:
    """A functional group with its messages; `findings` are known once it closed.

    EDIFACT messages without UNG stand in a group whose header says nothing: its `opened` has no elements.
    """

    opened: GroupOpened
    messages: list[Message] = field(default_factory=list)
    declared: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass
class Interchange:
    """An interchange with its groups, what came in it beside them, and all findings on its own level."""

    opened: InterchangeOpened
    groups: list[Group] = field(default_factory=list)
    answers: list[InterchangeAnswered] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Nothing on the level of the interchange rejects it."""
        return all(finding.severity is not Severity.REJECT for finding in self.findings)

    @property
    def key(self) -> str:
        """What a repeat shares: ids, test flag and control numbers."""
        groups = ",".join(f"{group.opened.kind}{group.opened.control_number}" for group in self.groups)
        flag = "T" if self.opened.is_test else "P"
        return f"{self.opened.sender}>{self.opened.receiver} {flag} {self.opened.control_number} {groups}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all segments, line breaks left out: equal for a file that a hop has wrapped or unwrapped.

        Answers (TA1) count too: other ones under the same header are no repeat, and none of them may be lost.
        """
        digest = sha256("*".join(part.strip() for part in self.opened.elements).encode())
        for answer in self.answers:
            digest.update("*".join(("\nTA1", *answer.elements)).encode())
        for group in self.groups:
            digest.update("*".join(group.opened.elements).encode())
            for message in group.messages:
                digest.update("\n".join(message.segments).encode())
        return digest.hexdigest()


def gather(events: Iterable[Event]) -> Iterator[Interchange | Unreadable]:
    """The interchanges of a file, and what in it belongs to none, in file order."""
    opened: list[Interchange] = []
    for event in events:
        match event:
            case InterchangeOpened():
                opened.append(Interchange(event))
            case Unreadable():
                yield event
            case InterchangeClosed():
                current = opened.pop()
                current.findings += (*current.opened.findings, *event.findings)
                yield current
            case _:
                _add(opened[-1], event)
    for current in opened:  # the reader had to stop inside it
        text = "reading stopped before the interchange ended"
        trailer = "UNZ" if isinstance(current.opened, EdifactInterchange) else "IEA"
        broken = find("interchange-unfinished", text, tag=trailer, offset=current.opened.offset, expected=trailer)
        current.findings += (*current.opened.findings, broken)
        yield current


def _add(current: Interchange, event: GroupOpened | GroupClosed | Message | InterchangeAnswered) -> None:
    match event:
        case GroupOpened():
            current.groups.append(Group(event))
        case Message(group=None) if isinstance(current.opened, EdifactInterchange):
            if not current.groups or current.groups[-1].opened.elements:
                current.groups.append(Group(GroupOpened((), event.offset, len(current.groups) + 1)))
            current.groups[-1].messages.append(event)
        case Message(group=None):
            current.findings += event.findings
        case Message():
            current.groups[-1].messages.append(event)
        case InterchangeAnswered():
            current.answers.append(event)
        case _:
            current.groups[-1].declared = event.declared
            current.groups[-1].findings = event.findings
