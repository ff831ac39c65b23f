"""Answers that came to what we sent: found again by control number, told to the document, and to a person if bad.

Late, repeated or unknown answers are journalled and never fatal (reliability rule R18). A refusal shows the partner's
finding on our own segment text, since that is what somebody has to correct.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from gateway.config import Partner
from gateway.documents import FunctionalAcknowledgement
from gateway.documents.application_advice import ApplicationAdvice
from gateway.documents.functional_acknowledgement import MessageAnswer
from gateway.documents.interchange_acknowledgement import InterchangeAcknowledgement
from gateway.journal.records import Document
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk
from gateway.syntax.envelope import Message
from gateway.syntax.files import read

_STATUS = {
    "accepted": "accepted",
    "accepted_with_errors": "accepted_with_errors",
    "partly_accepted": "accepted_with_errors",
    "rejected": "rejected",
}
_USUAL = timedelta(hours=24)
_SHOWN = 5


@dataclass(frozen=True)
class Answer:
    """What an answer says of one document of ours: its verdict, and its findings in a sentence each."""

    verdict: str
    findings: tuple[str, ...] = ()


def take_acknowledgement(document: FunctionalAcknowledgement, document_id: str, partner: Partner, desk: Desk) -> None:
    """A 997, 999 or CONTRL came."""
    level = "group" if document.group else "interchange"
    sent = find_sent(level, document.control_number, partner, desk)
    if sent is None:
        _unmatched(level, document.control_number, document_id, partner, desk)
        return
    if document.verdict == "received":
        desk.note("acknowledgement-received", {"answer": document_id}, f"document:{sent.id}")
        return
    answers = [*document.messages, *(message for group in document.groups for message in group.messages)]
    told = answers[0] if answers else None
    verdict = told.verdict if told else document.verdict
    if document.verdict == "rejected":
        verdict = "rejected"
    codes = tuple(f"code {code}" for code in document.codes)
    findings = (*codes, *(_findings(told, sent, desk) if told else ()))
    settle(sent, Answer(verdict, findings), document_id, partner, desk)


def take_note(note: InterchangeAcknowledgement, document_id: str, partner: Partner, desk: Desk) -> None:
    """A TA1 came: only a refusal says anything of the document, the rest is the functional acknowledgement's."""
    sent = find_sent("interchange", note.control_number, partner, desk)
    if sent is None:
        _unmatched("interchange", note.control_number, document_id, partner, desk)
    elif note.verdict == "rejected":
        settle(sent, Answer("rejected", (f"TA1 note {note.code}",)), document_id, partner, desk)
    else:
        body = {"answer": document_id, "verdict": note.verdict, "code": note.code}
        desk.note("envelope-acknowledged", body, f"document:{sent.id}")


def take_advice(advice: ApplicationAdvice, document_id: str, partner: Partner, desk: Desk) -> None:
    """An 824 or APERAK came: the partner's application took or refused what its translator had accepted."""
    for item in advice.items:
        number = item.reference.number
        found = desk.tx.documents(partner=partner.name, direction="out", business_number=number)
        said = tuple(" ".join((error.code, *error.text)) for error in item.errors)
        verdict = "rejected" if item.is_rejected else "accepted_with_errors" if said else "accepted"
        if found:
            settle(found[-1], Answer(verdict, said), document_id, partner, desk)
        else:
            _unmatched("document", number, document_id, partner, desk)


def find_sent(level: str, number: str, partner: Partner, desk: Desk) -> Document | None:
    """What we sent under this control number; the latest, where a series has begun again."""
    plain = number.lstrip("0") or number
    entries = desk.tx.events(f"sent:{partner.name}:{level}:{plain}")
    wanted = [entry for entry in entries if level != "group" or entry.body["message"] != "TA1"]
    return desk.tx.document(wanted[-1].body["document"]) if wanted else None


def settle(sent: Document, answer: Answer, document_id: str, partner: Partner, desk: Desk) -> None:
    """Tell a document of ours what was said of it; a refusal is a case, anything else closes what waited for it."""
    status = _STATUS[answer.verdict]
    body = {"answer": document_id, "verdict": answer.verdict, "findings": list(answer.findings)}
    desk.note("event:acknowledged", body, f"document:{sent.id}", f"document:{document_id}")
    desk.tx.update_document(sent.id, acknowledgement=status)
    key = f"document:{sent.id}:acknowledgement"
    if status == "rejected":
        said = "; ".join(answer.findings[:_SHOWN]) or "without saying why"
        desk.tell(
            Problem(
                key=f"{key}-rejected",
                code="acknowledgement-rejected",
                owner="IT",
                message=f"{partner.name} refused {sent.type} {sent.business_number}: {said}",
                remedy="correct what the finding names, and send the document again under a new control number",
                subjects=(f"document:{sent.id}", f"document:{document_id}"),
                due_at=desk.now + partner.answer_within,
                evidence={"file": sent.file or "", "control number": sent.control_number or ""},
            )
        )
    for case in desk.tx.open_cases(key_prefix=f"{key}-overdue"):
        desk.tx.close_case(case.id, "the answer came", "gateway")


def _findings(told: MessageAnswer, sent: Document, desk: Desk) -> Iterator[str]:
    """The partner's findings, each on the text of our own segment."""
    own = _segments(sent, desk)
    for code in told.codes:
        yield f"code {code}"
    for note in told.segments:
        text = own[note.ordinal - 1] if 0 < note.ordinal <= len(own) else "no such segment"
        places = ", ".join(
            f"element {element.position} code {element.code}" + (f" {element.value!r}" if element.value else "")
            for element in note.elements
        )
        yield f"segment {note.ordinal} `{text}`" + (f" code {note.code}" if note.code else "") + f" {places}".rstrip()


def _segments(sent: Document, desk: Desk) -> list[str]:
    if sent.file_id is None:
        return []
    for event in read([desk.tx.bytes_of(sent.file_id)]):
        if isinstance(event, Message):
            return [text.replace("\x1d", "+").replace("\x1f", ":") for text in event.segments]
    return []


def _unmatched(level: str, number: str, document_id: str, partner: Partner, desk: Desk) -> None:
    desk.tell(
        Problem(
            key=f"answer:{partner.name}:{level}:{number}",
            code="acknowledgement-unmatched",
            owner="IT",
            message=f"{partner.name} answers {level} {number}, which we never sent",
            remedy="look whether it was sent by another system or before a restore; ask the partner if not",
            subjects=(f"document:{document_id}",),
        )
    )


def raise_overdue(desk: Desk) -> int:
    """Answers that have not come in their time: each a case, once. How many there are now."""
    raised = 0
    for sent in desk.tx.documents(direction="out", acknowledgement="awaited", delivery="delivered"):
        partner = desk.config.partners.get(sent.partner)
        if partner is None or sent.type == "sales-order":
            continue
        limit = desk.guide(partner).deadlines.get("acknowledgement", _USUAL)
        if desk.now < sent.at + limit:
            continue
        raised += 1
        desk.tx.update_document(sent.id, acknowledgement="overdue")
        desk.tell(
            Problem(
                key=f"document:{sent.id}:acknowledgement-overdue",
                code="acknowledgement-overdue",
                owner="IT",
                message=f"{partner.name} has not answered {sent.type} {sent.business_number} for {limit}",
                remedy="ask the partner whether it arrived; send the same bytes again only if it did not",
                subjects=(f"document:{sent.id}",),
                due_at=sent.at + limit,
            )
        )
    return raised
