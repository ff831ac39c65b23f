"""A file comes in: envelopes opened, partners found, messages checked and mapped, documents handed on, groups answered.

An interchange with a fault of its own is refused whole; in a sound one each message stands or falls alone. Everything
is recorded, and whatever is refused becomes a case.
"""

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from gateway.config import Partner
from gateway.documents import PurchaseOrder
from gateway.documents.interchange_acknowledgement import InterchangeAcknowledgement
from gateway.findings import Finding, Severity, find, worst
from gateway.grammar.admission import refuse_header
from gateway.lifecycle.problems import Problem
from gateway.lifecycle.subjects import subject_of
from gateway.mapping.messages import read_message
from gateway.pipeline.acknowledged import take_note
from gateway.pipeline.answering import GroupVerdict, answer, answer_again
from gateway.pipeline.desk import Desk
from gateway.pipeline.dispatching import ANSWERS
from gateway.pipeline.handover import hand_over, hold
from gateway.pipeline.partners import check_group, check_message, find_partner, has_guide
from gateway.pipeline.refusals import (
    Receipt,
    first_rejecting,
    refuse_file,
    refuse_interchange,
    refuse_message,
    still_refused,
)
from gateway.pipeline.selling.inbound import is_inbound, receive_inbound
from gateway.pipeline.selling.reports import receive_report
from gateway.pipeline.selling.sellers import TAKERS
from gateway.syntax.edifact_envelope import EdifactInterchange
from gateway.syntax.envelope import Message, Unreadable
from gateway.syntax.files import is_report, read
from gateway.syntax.interchanges import Group, Interchange, gather
from gateway.transports.base import Arrival

# How long a control number is remembered: a partner resends within days, and counts from 1 again after years.
REMEMBERED = timedelta(days=365)

# Nobody's file waits longer to be taken: an older day in an envelope or on a file is a mistake.
_PLAUSIBLE = timedelta(days=30)
_PIECE = 1 << 18  # a reader copies what it holds: given in pieces, a large file is not in memory twice


def receive(arrival: Arrival, desk: Desk) -> Receipt:
    """Take one file that came from a partner."""
    file = desk.tx.store_file(arrival.data, direction="in", channel=arrival.channel, name=arrival.label)
    receipt = Receipt(file.id, arrival.label)
    if is_report(arrival.data):
        receive_report(arrival, receipt, desk, TAKERS)
        return receipt
    if desk.config.sellers_of(arrival.channel) and is_inbound(arrival.data):
        receive_inbound(arrival, receipt, desk)
        return receipt
    pieces = (arrival.data[start : start + _PIECE] for start in range(0, len(arrival.data), _PIECE))
    for part in gather(read(pieces)):
        if isinstance(part, Unreadable):
            refuse_file(part.finding, arrival, receipt, desk)
            if part.opened is not None:
                refuse_unreadable(Interchange(part.opened), part.finding, arrival, receipt, desk)
        else:
            receive_interchange(part, arrival, receipt, desk)
    return receipt


def refuse_unreadable(
    interchange: Interchange, finding: Finding, arrival: Arrival, receipt: Receipt, desk: Desk
) -> None:
    """Nothing can be read behind this header, but whose it is can be told: so he is."""
    partner = find_partner(interchange, arrival, desk)
    if isinstance(partner, Partner):
        interchange_id = record_interchange(interchange, partner, "refused", receipt, desk)
        answer(interchange, interchange_id, [], (finding,), partner, desk)


def receive_interchange(interchange: Interchange, arrival: Arrival, receipt: Receipt, desk: Desk) -> None:
    """Take one interchange: refuse it whole, know it again, or take its groups one by one and answer it."""
    partner = find_partner(interchange, arrival, desk)
    earlier = desk.tx.find_interchange(interchange.key, desk.now - REMEMBERED)
    if isinstance(partner, Finding):
        record_interchange(interchange, None, "refused", receipt, desk)
        refuse_interchange(partner, interchange, receipt, desk)
    elif not interchange.is_sound:
        interchange_id = record_interchange(interchange, partner, "refused", receipt, desk)
        refuse_interchange(first_rejecting(interchange.findings), interchange, receipt, desk)
        answer(interchange, interchange_id, [], interchange.findings, partner, desk)
    elif earlier is None:
        interchange_id = record_interchange(interchange, partner, "taken", receipt, desk)
        verdicts = [
            receive_group(group, interchange_id, interchange, partner, arrival, receipt, desk)
            for group in interchange.groups
        ]
        take_notes(interchange, partner, desk)
        answer(interchange, interchange_id, verdicts, interchange.findings, partner, desk)
    elif earlier.segments_sha == interchange.fingerprint:
        record_interchange(interchange, partner, "repeat", receipt, desk)
        receipt.reasons += still_refused(interchange, desk)
        answer_again(earlier.id, partner, desk)
    else:
        record_interchange(interchange, partner, "conflict", receipt, desk)
        text = f"interchange {interchange.opened.control_number} came before, with other content"
        finding = refuse_header(interchange.opened, "interchange-conflict", text)
        refuse_interchange(finding, interchange, receipt, desk)


def receive_group(
    group: Group,
    interchange_id: str,
    interchange: Interchange,
    partner: Partner,
    arrival: Arrival,
    receipt: Receipt,
    desk: Desk,
) -> GroupVerdict:
    """Take the messages of one group; what was found in it is what it will be answered by."""
    answer_due_at = clock_start(arrival, envelope_time(interchange)) + partner.answer_within
    verdict = GroupVerdict(group, (*group.findings, *check_group(group, partner, desk)))
    is_refused = worst(verdict.findings) is Severity.REJECT
    for ordinal, message in enumerate(group.messages, 1):
        known = check_message(message, partner, desk)
        document, found = (None, known) if known else read_document(message, partner, desk)
        findings = (*message.findings, *found)
        verdict.messages.append((message, findings))
        message_id = record_message(message, ordinal, interchange_id, findings, partner, desk)
        if worst(findings) is Severity.REJECT or is_refused:
            told = findings if worst(findings) is Severity.REJECT else (*verdict.findings, *findings)
            refuse_message(message, told, interchange, partner, answer_due_at, receipt, desk)
        elif document is None:
            keep_message(message, message_id, partner, arrival, desk)
        else:
            take_document(document, message, message_id, findings, answer_due_at, partner, arrival, desk)
    return verdict


def take_notes(interchange: Interchange, partner: Partner, desk: Desk) -> None:
    """The TA1 segments that came in an interchange: verdicts on envelopes of ours. An unreadable one is a case."""
    for came in interchange.answers:
        try:
            note = InterchangeAcknowledgement.from_elements(came.elements)
        except ValueError as wrong:
            subject = f"interchange:{interchange.key}"
            desk.note("note-unreadable", {"problem": str(wrong)}, subject)
            desk.tell(
                Problem(
                    key=f"{subject}:note-unreadable",
                    code="note-unreadable",
                    owner="operations",
                    message=f"{partner.name} sends a TA1 that cannot be read: {wrong}",
                    remedy="ask the partner which of our interchanges it means, and whether he refuses that one",
                    subjects=(subject,),
                )
            )
            continue
        document_id = desk.tx.store_document(
            type="TA1",
            direction="in",
            partner=partner.name,
            business_number=note.control_number,
            body=note.model_dump(mode="json"),
        )
        take_note(note, document_id, partner, desk)


def keep_message(message: Message, message_id: str, partner: Partner, arrival: Arrival, desk: Desk) -> None:
    """A message of the standard that the guide has no use for: kept, shown, and a case for somebody to decide."""
    document_id = desk.tx.store_document(
        type=message.type,
        direction="in",
        partner=partner.name,
        business_number=message.control_number,
        body={"segments": list(message.segments)},
        message_id=message_id,
        file=arrival.label,
        acknowledgement="accepted",
    )
    desk.tell(
        Problem(
            key=f"no-guide:{partner.name}:{message.type}",
            code="no-guide",
            owner="operations",
            message=f"{partner.name} sends {message.type} messages, for which guide {partner.guide} has no mapping",
            remedy="look at it with `gateway documents raw`; add a mapping to the guide, or resolve this case",
            subjects=(f"document:{document_id}",),
        )
    )


def read_document(message: Message, partner: Partner, desk: Desk) -> tuple[BaseModel | None, tuple[Finding, ...]]:
    """The document of a message by the partner's mapping, with everything found on the way; none without a guide."""
    if not has_guide(message, partner, desk):
        return None, ()
    reading = read_message(message, desk.mappings.guided(partner.guide, message.type))
    if reading.document is None and worst(reading.findings) is not Severity.REJECT:
        # A guide may let a fault pass that leaves us without a document: what cannot be read is refused all the same.
        text = f"{message.type} {message.control_number} cannot be turned into a document"
        tag = desk.mappings.grammar(partner.guide, message.type).header
        return None, (*reading.findings, find("document-incomplete", text, segment=1, tag=tag))
    return reading.document, reading.findings


def take_document(
    document: BaseModel,
    message: Message,
    message_id: str,
    findings: tuple[Finding, ...],
    answer_due_at: datetime,
    partner: Partner,
    arrival: Arrival,
    desk: Desk,
) -> None:
    """Keep a document, and hand it over unless a finding says that somebody must look at it first."""
    named = (getattr(document, name, None) for name in ("number", "reference", "control_number"))
    number = str(next(filter(None, named), message.control_number))
    is_held = worst(findings) is Severity.HOLD
    document_id = desk.tx.store_document(
        type=message.type,
        direction="in",
        partner=partner.name,
        account=getattr(document, "account", None),
        business_number=number,
        body=document.model_dump(mode="json"),
        message_id=message_id,
        control_number=message.group.control_number if message.group else None,
        file=arrival.label,
        validation="blocked" if is_held else "ready",
        acknowledgement="none_expected" if message.type in ANSWERS else "accepted",
        subjects=(subject_of(partner.name, number),) if isinstance(document, PurchaseOrder) else (),
    )
    if is_held:
        hold(message.type, number, document_id, findings, answer_due_at, partner, desk)
    else:
        hand_over(document, document_id, answer_due_at, partner, desk)


def clock_start(arrival: Arrival, sent_at: datetime | None) -> datetime:
    """When the partner's clock began to run: the earliest sign of a file; a sign from another age is a mistake."""
    signs = (arrival.seen_at, sent_at, arrival.entry.modified_at)
    return min(sign for sign in signs if sign is not None and arrival.seen_at - sign < _PLAUSIBLE)


def envelope_time(interchange: Interchange) -> datetime | None:
    """When the envelope says it was written, taken as UTC; None where that is no time."""
    opened = interchange.opened
    if isinstance(opened, EdifactInterchange):
        digits = (opened.component(4, 1) + opened.component(4, 2))[-10:]  # syntax version 4 writes the century too
    else:
        digits = opened.elements[8] + opened.elements[9]
    if len(digits) != len("YYMMDDHHMM"):
        return None
    try:
        return datetime.strptime(digits, "%y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def record_interchange(
    interchange: Interchange, partner: Partner | None, outcome: str, receipt: Receipt, desk: Desk
) -> str:
    """A line of history for an interchange, with what became of it."""
    return desk.tx.open_interchange(
        file_id=receipt.file_id,
        direction="in",
        partner=partner.name if partner else None,
        key=interchange.key,
        segments_sha=interchange.fingerprint,
        control_number=interchange.opened.control_number,
        test=interchange.opened.is_test,
        outcome=outcome,
        subjects=(f"interchange:{interchange.key}",),
    )


def record_message(
    message: Message,
    ordinal: int,
    interchange_id: str,
    findings: tuple[Finding, ...],
    partner: Partner,
    desk: Desk,
) -> str:
    """A line of history for a message: its bytes' place, its verdict, its findings, the mapping that read it."""
    mapping = None
    if has_guide(message, partner, desk):
        mapping = desk.tx.store_mapping(desk.mappings.guided(partner.guide, message.type).text)
    return desk.tx.record_message(
        interchange_id=interchange_id,
        ordinal=ordinal,
        type=message.type,
        version=message.version,
        group_number=message.group.control_number if message.group else None,
        control_number=message.control_number,
        offset=message.offset,
        length=len(message.raw),
        verdict="rejected" if worst(findings) is Severity.REJECT else "accepted",
        findings=findings,
        mapping=mapping,
    )
