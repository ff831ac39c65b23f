"""A file comes in: envelopes opened, partners found, messages checked and mapped, documents handed on, groups answered.

An interchange with a fault of its own is refused whole; in a sound one each message stands or falls alone. Everything
is recorded, and whatever is refused becomes a case.
"""

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from gateway.config import Partner
from gateway.documents import FunctionalAcknowledgement, PurchaseOrder
from gateway.findings import Finding, Severity, find, worst
from gateway.grammar.acknowledge import Judged, acknowledge_group
from gateway.lifecycle.problems import subject_of
from gateway.mapping.messages import read_message
from gateway.pipeline import orders
from gateway.pipeline.answering import acknowledge, answer_again
from gateway.pipeline.desk import Desk
from gateway.pipeline.dispatching import ACKNOWLEDGEMENT
from gateway.pipeline.partners import check_message, check_versions, find_partner
from gateway.pipeline.refusals import (
    Receipt,
    business_number,
    first_rejecting,
    refuse_file,
    refuse_interchange,
    refuse_message,
    still_refused,
)
from gateway.syntax import x12
from gateway.syntax.envelope import Message, Unreadable
from gateway.syntax.interchanges import Group, Interchange, gather
from gateway.transports.base import Arrival

# How long a control number is remembered: a partner resends within days, and counts from 1 again after years.
REMEMBERED = timedelta(days=365)

_PIECE = 1 << 18  # a reader copies what it holds: given in pieces, a large file is not in memory twice


def receive(arrival: Arrival, desk: Desk) -> Receipt:
    """Take one file that came from a partner."""
    file = desk.tx.store_file(arrival.data, direction="in", channel=arrival.channel, name=arrival.label)
    receipt = Receipt(file.id)
    pieces = (arrival.data[start : start + _PIECE] for start in range(0, len(arrival.data), _PIECE))
    for part in gather(x12.read(pieces)):
        if isinstance(part, Unreadable):
            refuse_file(part.finding, arrival, receipt, desk)
        else:
            receive_interchange(part, arrival, receipt, desk)
    return receipt


def receive_interchange(interchange: Interchange, arrival: Arrival, receipt: Receipt, desk: Desk) -> None:
    """Take one interchange: refuse it whole, know it again, or take its groups one by one."""
    partner = find_partner(interchange, arrival, desk)
    earlier = desk.tx.find_interchange(interchange.key, desk.now - REMEMBERED)
    if isinstance(partner, Finding):
        record(interchange, None, "refused", receipt, desk)
        refuse_interchange(partner, interchange, receipt, desk)
    elif not interchange.is_sound:
        record(interchange, partner, "refused", receipt, desk)
        refuse_interchange(first_rejecting(interchange.findings), interchange, receipt, desk)
    elif earlier is None:
        interchange_id = record(interchange, partner, "taken", receipt, desk)
        for group in interchange.groups:
            receive_group(group, interchange_id, interchange, partner, arrival, receipt, desk)
    elif earlier.segments_sha == interchange.fingerprint:
        record(interchange, partner, "repeat", receipt, desk)
        receipt.reasons += still_refused(interchange, desk)
        answer_again(earlier.id, partner, desk)
    else:
        record(interchange, partner, "conflict", receipt, desk)
        text = f"interchange {interchange.opened.control_number} came before, with other content"
        refuse_interchange(find("interchange-conflict", text, tag="ISA", element=13), interchange, receipt, desk)


def receive_group(
    group: Group,
    interchange_id: str,
    interchange: Interchange,
    partner: Partner,
    arrival: Arrival,
    receipt: Receipt,
    desk: Desk,
) -> None:
    """Take the messages of one group, and answer it once."""
    sent_at = envelope_time(interchange)
    group_findings = tuple(group.findings) + tuple(check_versions(group, partner, desk))
    is_refused = worst(group_findings) is Severity.REJECT
    judged = []
    for ordinal, message in enumerate(group.messages, 1):
        known = check_message(message, partner, desk)
        document, findings = (None, known) if known else read_document(message, partner, desk)
        judgement = Judged(message.type, message.control_number, (*message.findings, *findings))
        judged.append(judgement)
        message_id = record_message(message, ordinal, interchange_id, judgement, partner, desk)
        if judgement.is_rejected or is_refused or document is None:
            findings = judgement.findings if judgement.is_rejected else (*group_findings, *judgement.findings)
            refuse_message(message, findings, interchange, partner, receipt, desk)
        else:
            take_document(document, message, message_id, sent_at, partner, arrival, desk)
    if group.opened.kind != "FA":  # answers are never answered
        content = acknowledge_group(
            group.opened.kind, group.opened.control_number, group.declared, judged, group_findings
        )
        answer = FunctionalAcknowledgement.model_validate(content)
        numbers = (business_number(message) for message in group.messages)
        concerned = (subject_of(partner.name, number) for number in numbers if number)
        acknowledge(answer, interchange_id, concerned, partner, desk)


def read_document(message: Message, partner: Partner, desk: Desk) -> tuple[BaseModel | None, tuple[Finding, ...]]:
    """The document of a message by the partner's mapping, with everything found on the way."""
    reading = read_message(message, desk.mappings.guided(partner.guide, message.type))
    if reading.document is None and worst(reading.findings) is not Severity.REJECT:
        # A guide may let a fault pass that leaves us without a document: what cannot be read is refused all the same.
        text = f"{message.type} {message.control_number} cannot be turned into a document"
        return None, (*reading.findings, find("document-incomplete", text, segment=1, tag="ST"))
    return reading.document, reading.findings


def take_document(
    document: BaseModel,
    message: Message,
    message_id: str,
    sent_at: datetime | None,
    partner: Partner,
    arrival: Arrival,
    desk: Desk,
) -> None:
    """Keep a document, and hand it to the lifecycle if it has one."""
    is_order = isinstance(document, PurchaseOrder)
    number = str(getattr(document, "number", None) or getattr(document, "control_number", ""))
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
        acknowledgement="none_expected" if message.type == ACKNOWLEDGEMENT else "accepted",
        subjects=(subject_of(partner.name, number),) if is_order else (),
    )
    if isinstance(document, PurchaseOrder):
        remote = arrival.entry.modified_at
        first_seen = min(instant for instant in (sent_at, remote, arrival.seen_at) if instant is not None)
        orders.receive_order(document, document_id, partner, first_seen, desk)


def envelope_time(interchange: Interchange) -> datetime | None:
    """When the envelope says it was written, taken as UTC; None where that is no time."""
    digits = interchange.opened.elements[8] + interchange.opened.elements[9]
    try:
        return datetime.strptime(digits, "%y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def record(interchange: Interchange, partner: Partner | None, outcome: str, receipt: Receipt, desk: Desk) -> str:
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
    message: Message, ordinal: int, interchange_id: str, judged: Judged, partner: Partner, desk: Desk
) -> str:
    """A line of history for a message: its bytes' place, its verdict, its findings, the mapping that read it."""
    mapping = None
    if desk.guide(partner).takes(message.type):
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
        verdict="rejected" if judged.is_rejected else "accepted",
        findings=judged.findings,
        mapping=mapping,
    )
