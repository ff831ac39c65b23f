"""Receiving and answering a file as the pipeline does, by the standard alone: without journal, guide or courier.

What is asked for is answered, and every refusal of an X12 envelope; a repeat is answered again, an answer never.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from gateway.documents import FunctionalAcknowledgement
from gateway.documents.interchange_acknowledgement import InterchangeAcknowledgement
from gateway.findings import Finding, Severity
from gateway.grammar.acknowledge import Judged, acknowledge_group
from gateway.grammar.admission import judge_group, judge_message, refuse_header
from gateway.grammar.contrl import Reported, ReportedGroup, can_report, parties_of, report_interchange
from gateway.grammar.order import Written
from gateway.grammar.ta1 import acknowledge_envelope, can_acknowledge
from gateway.mapping.library import Mappings
from gateway.mapping.messages import read_message
from gateway.mapping.writing import write_document
from gateway.resources import SHIPPED
from gateway.syntax.edifact_envelope import EdifactGroup, EdifactInterchange
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import InterchangeOpened, Message, Unreadable
from gateway.syntax.files import read
from gateway.syntax.interchanges import Group, Interchange, gather

# Theirs and ours, as config.example.toml has them; live data alone.
PARTNERS = (("ZZ:AMAZON", "ZZ:5551234567"), ("14:5450534000000", "14:4012345000009"))


@cache
def mappings() -> Mappings:
    """The mappings and grammars that we ship."""
    return Mappings(SHIPPED.read_text, SHIPPED.exists)


@cache
def taken(standard: str) -> dict[str, frozenset[str]]:
    """The versions in which each message of a standard is read: those of the shipped mappings."""
    names = [name.removeprefix("mappings/").removesuffix(".toml") for name in SHIPPED.list(f"mappings/{standard}")]
    service = {"CONTRL": frozenset({"s1", "s2", "s3"})}
    versions = {name.split("/")[1]: frozenset({mappings().standard(name).grammar.version}) for name in names}
    return {**versions, **(service if standard == "edifact" else {})}


@dataclass(frozen=True)
class Answer:
    """An answer: what it is (`997`), and its segments without header and trailer."""

    kind: str
    segments: tuple[Written, ...]


@dataclass
class Clerk:
    """Takes files one after another, and remembers them: what came, what was found, what was answered."""

    answers: list[Answer] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    _taken: dict[str, tuple[str, list[Answer]]] = field(default_factory=dict)

    def receive(self, data: bytes) -> "Clerk":
        """Take a file."""
        for part in gather(read([data])):
            self.answers += self._unreadable(part) if isinstance(part, Unreadable) else self._interchange(part)
        return self

    def _note(self, findings: tuple[Finding, ...]) -> None:
        self.found |= {finding.code for finding in findings}

    def _unreadable(self, part: Unreadable) -> Iterator[Answer]:
        self._note((part.finding,))
        if part.opened:
            yield from _envelope(part.opened, (part.finding,))

    def _interchange(self, interchange: Interchange) -> list[Answer]:
        opened = interchange.opened
        findings = (*interchange.findings, *_from_a_stranger(opened))
        before = self._taken.get(interchange.key)
        if before and before[0] == interchange.fingerprint:
            self._note((*findings, refuse_header(opened, "interchange-repeat", "")))
            return before[1]
        if before:
            findings = (*findings, refuse_header(opened, "interchange-conflict", "", opened.control_number))
        refused = any(finding.severity is not Severity.WARN for finding in findings)
        judged = [self._group(group, "edifact" if _is_edifact(opened) else "x12") for group in interchange.groups]
        self._note(findings)
        answers = list(_answer(interchange, findings, [] if refused else judged))
        if not refused:
            self._taken[interchange.key] = interchange.fingerprint, answers
        return answers

    def _group(self, group: Group, standard: str) -> "JudgedGroup":
        kinds = mappings().grammars.kinds() if standard == "x12" else {}
        findings = (*group.findings, *judge_group(group, taken(standard), kinds))
        judged = []
        for message in group.messages:
            found = tuple(judge_message(message, taken(standard), kinds))
            if not found and all(finding.code != "message-type-misplaced" for finding in message.findings):
                found = read_message(message, mappings().standard(f"{standard}/{message.type}")).findings
            judged.append((message, (*message.findings, *found)))
            self._note(judged[-1][1])
        self._note(findings)
        return JudgedGroup(group, findings, judged)


@dataclass(frozen=True)
class JudgedGroup:
    """A group with its findings, and its messages with theirs."""

    group: Group
    findings: tuple[Finding, ...]
    messages: list[tuple[Message, tuple[Finding, ...]]]


def _is_edifact(opened: InterchangeOpened) -> bool:
    return isinstance(opened, EdifactInterchange)


def _from_a_stranger(opened: InterchangeOpened) -> Iterator[Finding]:
    if all(opened.sender != theirs for theirs, _ in PARTNERS):
        yield refuse_header(opened, "sender-unknown", "", opened.sender)
    elif (opened.sender, opened.receiver) not in PARTNERS:
        yield refuse_header(opened, "receiver-unknown", "", opened.receiver)
    elif opened.is_test:
        yield refuse_header(opened, "test-flag-differs", "")


def _answer(interchange: Interchange, findings: tuple[Finding, ...], judged: list[JudgedGroup]) -> Iterator[Answer]:
    opened = interchange.opened
    if isinstance(opened, EdifactInterchange):
        messages = [message for group in interchange.groups for message in group.messages]
        holds_answers_alone = bool(messages) and all(message.type == "CONTRL" for message in messages)
        if opened.wants_acknowledgement and not holds_answers_alone:
            yield from _report(opened, findings, judged)
        return
    if not interchange.answers or interchange.groups:
        yield from _envelope(opened, findings)
    for each in judged:
        if each.group.opened.kind != "FA":
            yield _acknowledge(each)


def _envelope(opened: InterchangeOpened, findings: tuple[Finding, ...]) -> Iterator[Answer]:
    header = opened.control_number, opened.elements[8], opened.elements[9]
    refused = any(finding.severity is not Severity.WARN for finding in findings)
    if can_acknowledge(*header) and (refused or opened.elements[13] != "0"):
        note = InterchangeAcknowledgement.model_validate(acknowledge_envelope(*header, findings))
        yield Answer("TA1", (("TA1", note.elements),))


def _acknowledge(judged: JudgedGroup) -> Answer:
    opened = judged.group.opened
    kind, version = ("999", "005010") if opened.version >= "005010" else ("997", "004010")
    messages = [Judged(message.type, message.control_number, found) for message, found in judged.messages]
    content = acknowledge_group(
        opened.kind,
        opened.control_number,
        judged.group.declared,
        messages,
        judged.findings,
        version,
        answer=kind,
        group_version=opened.version,
    )
    return _written(kind, f"x12/{kind}", content)


def _report(opened: EdifactInterchange, findings: tuple[Finding, ...], judged: list[JudgedGroup]) -> Iterator[Answer]:
    sender, receiver = parties_of(opened)
    if not can_report(opened.control_number, sender, receiver):
        return
    groups, loose = [], []
    for each in judged:
        messages = [
            Reported(message.control_number, message.identifier, found)
            for message, found in each.messages
            if isinstance(message, EdifactMessage)
        ]
        if isinstance(each.group.opened, EdifactGroup):
            parties = parties_of(each.group.opened)
            groups.append(ReportedGroup(each.group.opened.control_number, *parties, each.findings, tuple(messages)))
        else:
            loose += messages
    content = report_interchange(opened.control_number, sender, receiver, findings, loose, groups)
    yield _written("CONTRL", "edifact/CONTRL", content)


def _written(kind: str, mapping: str, content: object) -> Answer:
    """An answer by the mapping that writes it, with nothing left unsaid."""
    writing = write_document(FunctionalAcknowledgement.model_validate(content), mappings().standard(mapping))
    assert writing.unsaid == ()
    return Answer(kind, writing.segments)


@pytest.fixture(scope="session")
def clerk() -> Callable[[], Clerk]:
    """A maker of clerks that have taken nothing yet."""
    return Clerk
