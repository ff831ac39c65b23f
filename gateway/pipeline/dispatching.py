"""A document goes out: written by its mapping, read back by the same grammar, numbered, sealed, put into the outbox."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from gateway.config import Partner
from gateway.findings import Severity
from gateway.lifecycle.problems import Problem
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.messages import read_message
from gateway.mapping.writing import write_document
from gateway.pipeline.desk import AT_ONCE, Desk
from gateway.pipeline.sealing import PROVISIONAL, Enclosed, Letter, Numbers, draw_numbers, write_message
from gateway.syntax.envelope import Message
from gateway.syntax.files import read

ANSWERS = frozenset({"997", "999", "TA1", "CONTRL"})
"""Messages that answer, and are never answered."""

_NO_PART_OF_A_NAME = re.compile("[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Composed:
    """A document written as its message and read back, and what that would say other than was meant.

    `enclosed` makes a letter of it: what is numbered and sent is the very text that was read back.
    """

    document: BaseModel
    message: str
    enclosed: Enclosed
    gaps: tuple[str, ...]


def compose(document: BaseModel, message: str, partner: Partner, desk: Desk) -> Composed:
    """Write a document and read it back; nothing is numbered yet."""
    written = write_document(document, desk.mappings.guided(partner.guide, message))
    enclosed = write_message(message, written.segments, partner, desk)
    gaps = tuple(read_back(document, message, enclosed(PROVISIONAL, desk.now), partner, desk))
    return Composed(document, message, enclosed, gaps)


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
    composed = compose(document, message, partner, desk)
    document_id = desk.tx.store_document(
        type=message,
        direction="out",
        partner=partner.name,
        business_number=business_number,
        body=document.model_dump(mode="json"),
        validation="blocked" if composed.gaps else "ready",
        delivery="none" if composed.gaps else "queued",
        acknowledgement="awaited" if is_answered(message, partner, desk) else "none_expected",
        subjects=subjects,
    )
    if composed.gaps:
        desk.tell(cannot_be_said(document_id, message, list(composed.gaps), partner))
        return document_id
    send(composed, document_id, business_number, partner, desk, subjects=subjects)
    return document_id


def send(
    composed: Composed,
    document_id: str,
    business_number: str,
    partner: Partner,
    desk: Desk,
    *,
    subjects: Sequence[str] = (),
) -> None:
    """Number, seal and queue a document that was read back and stored."""
    message = composed.message
    numbers = draw_numbers(partner, desk)
    letter = composed.enclosed(numbers, desk.now)
    for replaced in letter.replaced:
        body = {"document": document_id, "segment": replaced.segment, "cell": f"{replaced.tag}{replaced.element:02}"}
        desk.note("characters-replaced", {**body, "value": replaced.value}, f"document:{document_id}")
    post(letter, message, numbers, document_id, business_number, partner, desk, subjects)


def is_answered(message: str, partner: Partner, desk: Desk) -> bool:
    """Whether an answer will come: never to an answer, always to a group of X12, and to EDIFACT where we ask for it."""
    return message not in ANSWERS and (partner.format == "x12" or desk.guide(partner).messages[message].asks)


def post(
    letter: Letter,
    message: str,
    numbers: Numbers,
    document_id: str,
    business_number: str,
    partner: Partner,
    desk: Desk,
    subjects: Sequence[str] = (),
) -> None:
    """Put a sealed interchange into the outbox, and note by which numbers its answer will find it."""
    number = numbers.printed(partner.format)
    # Numbers of a partner may hold anything; the control number alone makes the name the only one of its kind.
    plain = _NO_PART_OF_A_NAME.sub("-", business_number)[:40]
    name = desk.guide(partner).file_name.format(
        partner=partner.name, message=message, number=plain, control_number=f"{numbers.interchange:09}"
    )
    desk.tx.queue(
        channel=desk.config.channel_of(partner.name).name,
        name=name,
        data=letter.data,
        document_id=document_id,
        control_number=number,
        next_at=AT_ONCE,
        subjects=subjects,
    )
    body = {"document": document_id, "message": message, "interchange": numbers.interchange, "group": numbers.group}
    sent = f"sent:{partner.name}"
    about = (f"{sent}:interchange:{numbers.interchange}", f"{sent}:group:{numbers.group}", f"document:{document_id}")
    desk.note("dispatch-sealed", body, *about)


def read_back(document: BaseModel, message: str, letter: Letter, partner: Partner, desk: Desk) -> Iterator[str]:
    """What the sealed message would say other than was meant, or against the grammar: read by the same reader."""
    guide, mapping = desk.guide(partner), desk.mappings.guided(partner.guide, message)
    for unfit in letter.unfit:
        yield f"{unfit.tag}{unfit.element:02} {unfit.value!r} has characters that the partner's set does not have"
    replaced = any(True for _ in letter.replaced)
    for event in read([letter.data]):
        if not isinstance(event, Message):
            continue
        reading = read_message(event, mapping)
        # Read tolerantly, write strictly: what we would only note in theirs keeps ours from leaving. An answer repeats
        # what came, which may be the very thing that is wrong.
        strict = message not in ANSWERS
        yield from (
            f.message for f in reading.findings if f.severity is Severity.REJECT or (strict and f.numbers.segment)
        )
        if reading.document is None or replaced:
            continue  # what was replaced is journalled, and differs on purpose
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
        remedy=remedy_of_unsaid(partner),
        subjects=(f"document:{document_id}",),
    )


def remedy_of_unsaid(partner: Partner) -> str:
    """What to do about a message that cannot say all of its document."""
    return f"add the rows to the mapping of guide {partner.guide}, or list the fields under [unsaid] in guide.toml"
