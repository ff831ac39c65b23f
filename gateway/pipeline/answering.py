"""Answering what came, as the guide says: groups by 997 or 999, interchanges by TA1 or CONTRL, repeats once more.

Every answer is remembered under the interchange it answers, so that a repeat is told the same verdict under a new
control number. Answers are never answered. An answer stands among the documents of the orders it is about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.config import Partner
from gateway.documents import FunctionalAcknowledgement
from gateway.documents.interchange_acknowledgement import InterchangeAcknowledgement
from gateway.findings import Finding
from gateway.grammar.acknowledge import Judged, acknowledge_group
from gateway.grammar.contrl import Reported, ReportedGroup, can_report, parties_of, report_interchange
from gateway.grammar.detail import tell
from gateway.grammar.ta1 import acknowledge_envelope, can_acknowledge
from gateway.lifecycle.subjects import subject_of
from gateway.pipeline.desk import Desk
from gateway.pipeline.dispatching import dispatch, post
from gateway.pipeline.refusals import business_number
from gateway.pipeline.sealing import draw_numbers, seal_ta1
from gateway.syntax.edifact_envelope import EdifactGroup, EdifactInterchange
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Message
from gateway.syntax.interchanges import Group, Interchange

_SINCE_999 = "005010"


@dataclass
class GroupVerdict:
    """What was found in one group of an interchange: the group's own findings, and each message with its own."""

    group: Group
    findings: tuple[Finding, ...]
    messages: list[tuple[Message, tuple[Finding, ...]]] = field(default_factory=list)

    @property
    def orders(self) -> list[str]:
        """The numbers of the orders it brought."""
        numbers = (business_number(message) for message, _ in self.messages)
        return [number for number in numbers if number]


def answer(
    interchange: Interchange,
    interchange_id: str,
    verdicts: Sequence[GroupVerdict],
    findings: Iterable[Finding],
    partner: Partner,
    desk: Desk,
) -> None:
    """Answer an interchange as its standard and the guide have it; `findings` are those of its envelope."""
    told = tuple(findings)
    if isinstance(interchange.opened, EdifactInterchange):
        _answer_edifact(interchange, interchange.opened, interchange_id, verdicts, told, partner, desk)
        return
    _answer_envelope(interchange, interchange_id, told, partner, desk)
    for verdict in verdicts:
        _answer_group(verdict, interchange_id, partner, desk)


def _is_wanted(kind: str, partner: Partner, desk: Desk, *, asked: bool) -> bool:
    policy = desk.guide(partner).answers.get(kind, "never")
    return policy == "always" or (policy == "on-request" and asked)


def _answer_group(verdict: GroupVerdict, interchange_id: str, partner: Partner, desk: Desk) -> None:
    opened, guide = verdict.group.opened, desk.guide(partner)
    if opened.kind == "FA":
        return
    kind = "999" if opened.version >= _SINCE_999 and "999" in guide.answers else "997"
    if not _is_wanted(kind, partner, desk, asked=True):
        return
    content = acknowledge_group(
        opened.kind,
        opened.control_number,
        verdict.group.declared,
        [Judged(each.type, each.control_number, found, _convention(each)) for each, found in verdict.messages],
        verdict.findings,
        guide.messages[kind].version,
        answer=kind,
        group_version=opened.version,
    )
    _send(content, kind, interchange_id, verdict.orders, partner, desk)


def _convention(message: Message) -> str:
    """ST03, the guide that the sender wrote by."""
    elements = message.segments[0].split(message.marks[0]) if message.segments else []
    return elements[3] if len(elements) > 3 else ""


def _answer_envelope(
    interchange: Interchange, interchange_id: str, findings: tuple[Finding, ...], partner: Partner, desk: Desk
) -> None:
    opened = interchange.opened
    header = opened.control_number, opened.elements[8], opened.elements[9]
    if (interchange.answers and not interchange.groups) or not can_acknowledge(*header):
        return  # a TA1 is never answered by a TA1; and what cannot be copied is told by other means
    note = InterchangeAcknowledgement.model_validate(acknowledge_envelope(*header, findings))
    # A refusal is told to those too who did not ask, and whatever there is to those who have not said no.
    if _is_wanted("TA1", partner, desk, asked=note.verdict == "rejected" or opened.elements[13] != "0"):
        _send_note(note, interchange_id, partner, desk)


def _answer_edifact(
    interchange: Interchange,
    opened: EdifactInterchange,
    interchange_id: str,
    verdicts: Sequence[GroupVerdict],
    findings: tuple[Finding, ...],
    partner: Partner,
    desk: Desk,
) -> None:
    messages = [message for group in interchange.groups for message in group.messages]
    if messages and all(message.type == "CONTRL" for message in messages):
        return
    sender, receiver = parties_of(opened)
    if not can_report(opened.control_number, sender, receiver):
        return  # what cannot be copied is told by other means
    if not _is_wanted("CONTRL", partner, desk, asked=opened.wants_acknowledgement):
        return
    loose: list[Reported] = []
    groups: list[ReportedGroup] = []
    for verdict in verdicts:
        reported = tuple(_reported(*found) for found in verdict.messages)
        group = verdict.group.opened
        if isinstance(group, EdifactGroup):
            groups.append(ReportedGroup(group.control_number, *parties_of(group), verdict.findings, reported))
        else:
            loose += reported
    content = report_interchange(opened.control_number, sender, receiver, findings, loose, groups)
    orders = [number for verdict in verdicts for number in verdict.orders]
    _send(content, "CONTRL", interchange_id, orders, partner, desk)


def _reported(message: Message, findings: tuple[Finding, ...]) -> Reported:
    identifier = message.identifier if isinstance(message, EdifactMessage) else ()
    return Reported(message.control_number, identifier, findings)


def answer_again(interchange_id: str, partner: Partner, desk: Desk) -> None:
    """The same verdicts once more, under new control numbers: the sender did not get the first ones."""
    for entry in desk.tx.events(f"answers:{interchange_id}"):
        document, kind = entry.body["document"], entry.body["kind"]
        body = desk.tx.body_of(document)
        if kind == "TA1":
            _send_note(InterchangeAcknowledgement.model_validate(body), None, partner, desk)
            continue
        subjects = tuple(s for s in desk.tx.entry(document).subjects if s.startswith("order:"))
        again = FunctionalAcknowledgement.model_validate(body)
        dispatch(again, kind, partner, desk, business_number=again.control_number, subjects=subjects)


def _send(
    content: dict[str, Any],
    kind: str,
    interchange_id: str,
    orders: Iterable[str],
    partner: Partner,
    desk: Desk,
) -> None:
    told = tell(content, desk.guide(partner).messages[kind].detail)
    document = FunctionalAcknowledgement.model_validate(told)
    subjects = tuple(dict.fromkeys(subject_of(partner.name, number) for number in orders))
    sent = dispatch(document, kind, partner, desk, business_number=document.control_number, subjects=subjects)
    _remember(sent, kind, document.verdict, interchange_id, desk)


def _send_note(note: InterchangeAcknowledgement, interchange_id: str | None, partner: Partner, desk: Desk) -> None:
    """A TA1 is no message, so no mapping writes it and nothing has to be read back."""
    sent = desk.tx.store_document(
        type="TA1",
        direction="out",
        partner=partner.name,
        business_number=note.control_number,
        body=note.model_dump(mode="json"),
        delivery="queued",
    )
    numbers = draw_numbers(partner, desk, with_group=False)
    post(seal_ta1(note.elements, numbers, partner, desk), "TA1", numbers, sent, note.control_number, partner, desk)
    if interchange_id is not None:
        _remember(sent, "TA1", note.verdict, interchange_id, desk)


def _remember(document: str, kind: str, verdict: str, interchange_id: str, desk: Desk) -> None:
    body = {"document": document, "kind": kind, "verdict": verdict}
    desk.note("event:interchange-answered", body, f"answers:{interchange_id}")
