"""A document goes out: written by its mapping, read back by the same grammar, numbered, sealed, put into the outbox."""

import re
from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from gateway.config import Partner
from gateway.findings import Severity
from gateway.grammar.order import Written
from gateway.lifecycle.problems import Problem
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.messages import explain_message
from gateway.mapping.writing import write_document
from gateway.pipeline.desk import AT_ONCE, Desk
from gateway.syntax import x12
from gateway.syntax.envelope import Message
from gateway.syntax.seal import Envelope, seal

ACKNOWLEDGEMENT = "997"
_NO_PART_OF_A_NAME = re.compile("[^A-Za-z0-9_-]")


def dispatch(
    document: BaseModel,
    message: str,
    partner: Partner,
    desk: Desk,
    *,
    business_number: str,
    subjects: Sequence[str] = (),
) -> str:
    """Send one document as this message: write, read back, number, seal, queue. Its id in the journal.

    What the message cannot say, and the guide does not know to be unsaid, blocks it: a case, and no number is drawn.
    """
    guide = desk.guide(partner)
    written = write_document(document, desk.mappings.guided(partner.guide, message))
    gaps = list(read_back(document, message, written.segments, partner, desk))
    document_id = desk.tx.store_document(
        type=message,
        direction="out",
        partner=partner.name,
        business_number=business_number,
        body=document.model_dump(mode="json"),
        validation="blocked" if gaps else "ready",
        delivery="none" if gaps else "queued",
        acknowledgement="none_expected" if message == ACKNOWLEDGEMENT else "awaited",
        subjects=subjects,
    )
    if gaps:
        desk.tell(cannot_be_said(document_id, message, gaps, partner))
        return document_id
    number, group_number = draw_numbers(partner, desk)
    envelope = envelope_of(message, partner, desk, number, group_number)
    sealed = seal([(message, written.segments)], envelope, guide.delimiters, guide.line_break)
    for replaced in sealed.replaced:
        body = {"document": document_id, "segment": replaced.segment, "cell": f"{replaced.tag}{replaced.element:02}"}
        desk.note("characters-replaced", {**body, "value": replaced.value}, f"document:{document_id}")
    # Numbers of a partner may hold anything; the control number alone makes the name one of its kind.
    plain = _NO_PART_OF_A_NAME.sub("-", business_number)[:40]
    name = guide.file_name.format(partner=partner.name, message=message, number=plain, control_number=f"{number:09}")
    desk.tx.queue(
        channel=desk.config.channel_of(partner.name).name,
        name=name,
        data=sealed.data,
        document_id=document_id,
        control_number=f"{number:09}",
        next_at=AT_ONCE,
        subjects=subjects,
    )
    return document_id


def read_back(
    document: BaseModel, message: str, segments: Sequence[Written], partner: Partner, desk: Desk
) -> Iterator[str]:
    """What the sealed message would say other than was meant, or against the grammar: read by the same reader."""
    guide = desk.guide(partner)
    envelope = envelope_of(message, partner, desk, 1, 1)
    sealed = seal([(message, segments)], envelope, guide.delimiters, guide.line_break)
    mapping = desk.mappings.guided(partner.guide, message)
    for event in x12.read([sealed.data]):
        if isinstance(event, Message):
            reading = explain_message(event, mapping)
            yield from (f.message for f in reading.findings if f.severity is Severity.REJECT)
            if reading.document is not None:
                for unsaid in unsaid_fields(document, reading.document):
                    if not guide.leaves_unsaid(message, unsaid.field):
                        yield f"{unsaid.field} = {unsaid.value!r}: {unsaid.why}"


def cannot_be_said(document_id: str, message: str, gaps: list[str], partner: Partner) -> Problem:
    """The case of a document that its message cannot carry."""
    return Problem(
        key=f"document:{document_id}:cannot-be-said",
        code="cannot-be-said",
        owner="IT",
        message=f"{message} for {partner.name} cannot say all of its document: {'; '.join(gaps[:5])}",
        remedy=f"add the rows to the mapping of guide {partner.guide}, or list the fields under [unsaid] in guide.toml",
        subjects=(f"document:{document_id}",),
    )


def draw_numbers(partner: Partner, desk: Desk) -> tuple[int, int]:
    """The next control numbers of interchange and group: one series each for (our id, their id, test flag)."""
    pair = f"{partner.our_id}>{partner.id} {'T' if partner.test else 'P'}"
    first, second = (desk.tx.draw(f"{pair} {level}", partner.start_at) for level in ("interchange", "group"))
    return first, second


def envelope_of(message: str, partner: Partner, desk: Desk, number: int, group_number: int) -> Envelope:
    """What stands around a message of ours for this partner."""
    grammar = desk.mappings.grammar(partner.guide, message)
    return Envelope(
        sender=partner.our_id,
        receiver=partner.id,
        at=desk.now,
        kind=grammar.group,
        version=grammar.version,
        control_number=number,
        group_number=group_number,
        is_test=partner.test,
    )
