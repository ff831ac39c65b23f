"""Answers that came to what we sent: found again by control number, told to the document, and to a person if bad.

An answer is matched through interchange or group and message; what it means for the document is lifecycle's to say.
Late, repeated or unknown answers are journalled and never fatal (reliability rule R18). A refusal shows the partner's
finding on our own segment text, since that is what somebody has to correct.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.config import Partner
from gateway.documents import FunctionalAcknowledgement
from gateway.documents.application_advice import AnsweredDocument, ApplicationAdvice
from gateway.documents.functional_acknowledgement import GroupAnswer, MessageAnswer
from gateway.documents.interchange_acknowledgement import InterchangeAcknowledgement
from gateway.journal import Journal, Transaction
from gateway.journal.records import Document
from gateway.lifecycle.acknowledgement import Answered, stands
from gateway.lifecycle.draft_problems import stake_of
from gateway.lifecycle.problems import SALES_ORDER, Problem
from gateway.lifecycle.transmission import AcknowledgementOverdue, DocumentAcknowledged
from gateway.pipeline import answer_codes
from gateway.pipeline.chronicle import find_transmission, has_successor, note_progress, states_with
from gateway.pipeline.deliveries import prove_arrival
from gateway.pipeline.desk import Desk
from gateway.pipeline.said import OwnMessage, fault_of_advice, faults_around, faults_of
from gateway.syntax.message import same_number

EVENT = "event:acknowledged"
"""An answer came to a document; under its subject, with the answer's id, type, verdict and findings."""

_USUAL = timedelta(hours=24)
_SHOWN = 5
_WORSE = ("accepted", "accepted_with_errors", "partly_accepted", "received", "rejected")  # a refusal never waits

# The messages of ours that an 824 or APERAK can mean by a reference of each kind.
_MEANT = {
    "invoice": ("810", "INVOIC"),
    "purchase_order": ("855", "ORDRSP"),
    "order_response": ("855", "ORDRSP"),
    "ship_notice": ("856", "DESADV"),
}


def take_acknowledgement(document: FunctionalAcknowledgement, document_id: str, partner: Partner, desk: Desk) -> None:
    """A 997, 999 or CONTRL came."""
    level, number = ("group" if document.group else "interchange"), document.control_number
    sent = find_sent(level, number, partner, desk)
    if sent is None or (document.group and document.group != _group_of(sent, partner, desk)):
        kind = f" of kind {document.group}" if document.group else ""
        _unmatched(level, number, f"{level} {number}{kind}", document_id, partner, desk)
        return
    answers = [*document.messages, *(message for group in document.groups for message in group.messages)]
    told = next((answer for answer in answers if _is_ours(answer, sent)), None)
    for answer in answers:
        if answer is not told:
            named = f"{answer.message} {answer.control_number} in {level} {number}"
            _unmatched(level, f"{number}:{answer.control_number}", named, document_id, partner, desk)
    around = _groups_around(document, told)
    verdict = _verdict(document, around, told)
    prove_arrival(desk.tx, sent.id)
    if verdict == "received":
        desk.note("acknowledgement-received", {"answer": document_id}, f"document:{sent.id}")
        return
    if answers and told is None:
        return
    codes = answer_codes.GROUP if document.group else answer_codes.EDIFACT
    findings = [*faults_around(document.codes, document.service, codes)]
    for group in around:
        findings += faults_around(group.codes, group.service, codes)
    own = own_message(sent, partner, desk)
    if told is not None and own is not None:
        findings += faults_of(told, own)
    settle(sent, verdict, findings, document_id, partner, desk)


def take_note(note: InterchangeAcknowledgement, document_id: str, partner: Partner, desk: Desk) -> None:
    """A TA1 came: only a refusal says anything of the document, the rest is the functional acknowledgement's."""
    number = note.control_number
    sent = find_sent("interchange", number, partner, desk)
    if sent is None:
        _unmatched("interchange", number, f"interchange {number}", document_id, partner, desk)
    elif note.verdict == "rejected":
        said = faults_around((note.code,), None, answer_codes.ENVELOPE)
        settle(sent, note.verdict, said, document_id, partner, desk)
    else:
        prove_arrival(desk.tx, sent.id)
        body = {"answer": document_id, "verdict": note.verdict, "code": note.code}
        desk.note("envelope-acknowledged", body, f"document:{sent.id}")


def take_advice(advice: ApplicationAdvice, document_id: str, partner: Partner, desk: Desk) -> None:
    """An 824 or APERAK came: the partner's application took or refused what its translator had accepted."""
    for item in advice.items:
        sent = find_advised(item, partner, desk)
        if sent is None:
            number = item.reference.number
            _unmatched("document", number, f"{item.reference.kind} {number}", document_id, partner, desk)
            continue
        said = tuple(fault_of_advice(error) for error in item.errors)
        verdict = "rejected" if item.is_rejected else "accepted" if item.verdict == "reported" else item.verdict
        settle(sent, verdict, said, document_id, partner, desk)


def find_sent(level: str, number: str, partner: Partner, desk: Desk) -> Document | None:
    """What we sent under this control number; the latest, where a series has begun again."""
    plain = number.lstrip("0") or number
    entries = desk.tx.events(f"sent:{partner.name}:{level}:{plain}")
    wanted = [entry for entry in entries if level != "group" or entry.body["message"] != "TA1"]
    return desk.tx.document(wanted[-1].body["document"]) if wanted else None


def find_advised(item: AnsweredDocument, partner: Partner, desk: Desk) -> Document | None:
    """The document of ours that an advice means: by its group's number where it says so, else by its own numbers."""
    if item.group_number and (sent := find_sent("group", item.group_number, partner, desk)):
        return sent
    for reference in (item.reference, *item.references):
        found = [
            document
            for document in desk.tx.documents(partner=partner.name, direction="out", business_number=reference.number)
            if document.type in _MEANT.get(reference.kind, ()) and document.file_id is not None
        ]
        if found:
            return found[-1]
    return None


def own_message(sent: Document, partner: Partner, desk: Desk) -> OwnMessage | None:
    """What we sent, as it left; None for a document that has no message, or so old that its bytes were removed."""
    if sent.file_id is None or sent.type not in desk.guide(partner).messages:
        return None
    if desk.tx.pruned_at(desk.tx.file(sent.file_id).sha256):
        return None
    return OwnMessage(desk.tx.bytes_of(sent.file_id), desk.mappings.grammar(partner.guide, sent.type))


def answers_of(journal: Journal | Transaction, document_id: str) -> list[Answered]:
    """All that the partner said of a document of ours, in the order it came."""
    return [
        Answered(entry.body["verdict"], entry.body["by"], tuple(entry.body["findings"]))
        for entry in journal.events(f"document:{document_id}", prefix=EVENT)
        if entry.body["sent"] == document_id
    ]


def settle(
    sent: Document, verdict: str, findings: Iterable[str], document_id: str, partner: Partner, desk: Desk
) -> None:
    """Tell a document of ours what was said of it; a refusal is a case, anything else closes what waited for it.

    A refusal that says what an earlier one said is a case again if a person has closed that one: he may have sent the
    document anew, and it was refused anew. The repeat of an interchange never comes here.
    """
    came = Answered(verdict, desk.tx.document(document_id).type, tuple(findings))
    prove_arrival(desk.tx, sent.id)
    known = answers_of(desk.tx, sent.id)
    event = DocumentAcknowledged(sent=sent.id, answer=document_id, by=came.by, verdict=verdict, findings=came.findings)
    note_progress(desk.tx, sent.id, event, f"document:{document_id}")
    standing = stands([*known, came])
    key = f"document:{sent.id}:acknowledgement"
    is_seen = not came.refuses or desk.tx.open_case_of(f"{key}-rejected") is not None
    if standing is not came or (is_seen and stands(known) == came):
        return  # it came too late to mean anything, or says once more what is known
    desk.tx.update_document(sent.id, acknowledgement=came.status)
    if came.refuses and has_successor(sent, desk.tx):
        return  # what was refused is corrected already, and the correction has left
    if came.refuses:
        desk.tx.update_document(sent.id, validation="blocked")
        desk.tell(_rejected(f"{key}-rejected", sent, came, document_id, partner, desk))
    else:
        desk.tx.update_document(sent.id, validation="ready")
        desk.close(f"{key}-rejected", "the partner took it after all")
    desk.close(f"{key}-overdue", "the answer came")


def raise_overdue(desk: Desk) -> int:
    """Answers that have not come in their time: each a case, once. How many there are now."""
    raised = 0
    unanswered = desk.tx.documents(
        direction="out", but_type=SALES_ORDER, acknowledgement="awaited", delivery="delivered"
    )
    for sent in unanswered:
        partner = desk.config.partners.get(sent.partner)
        if partner is None:
            continue
        limit = desk.guide(partner).deadlines.get("acknowledgement", _USUAL)
        arrived = desk.tx.events(f"document:{sent.id}", prefix="dispatch-delivered")
        due_at = (arrived[-1].at if arrived else sent.at) + limit
        if desk.now < due_at:
            continue
        raised += 1
        note_progress(desk.tx, sent.id, AcknowledgementOverdue(document=sent.id))
        desk.tx.update_document(sent.id, acknowledgement="overdue")
        desk.tell(
            Problem(
                key=f"document:{sent.id}:acknowledgement-overdue",
                code="acknowledgement-overdue",
                owner="IT",
                message=f"{partner.name} has not answered {sent.type} {sent.business_number} for {_hours(limit)}",
                remedy="ask the partner whether it arrived; send the same bytes again only if it did not",
                subjects=(f"document:{sent.id}", *_orders_of(sent, desk)),
                due_at=due_at,
            )
        )
    return raised


def _hours(limit: timedelta) -> str:
    return f"{limit.total_seconds() / 3600:g} hours"


def _group_of(sent: Document, partner: Partner, desk: Desk) -> str:
    return desk.mappings.grammar(partner.guide, sent.type).group


def _is_ours(answer: MessageAnswer, sent: Document) -> bool:
    """Whether an answer in an answer is about the one message that every interchange of ours has."""
    return answer.message == sent.type and same_number(answer.control_number, "1")


def _groups_around(document: FunctionalAcknowledgement, told: MessageAnswer | None) -> list[GroupAnswer]:
    """The groups of a CONTRL that our message stands in: where it is not named, those that name no message at all."""
    return [group for group in document.groups if (told in group.messages if told else not group.messages)]


def _verdict(document: FunctionalAcknowledgement, around: list[GroupAnswer], told: MessageAnswer | None) -> str:
    """The worst that is said of our message and of what holds it; `partly` is about a group's other messages.

    What was only received is judged later, whatever else was taken with it; a refusal in it is one already.
    """
    said = [each.verdict for each in (document, *around, told) if each is not None]
    if told is not None and document.verdict == "partly_accepted":
        said.remove("partly_accepted")
    return max(said, key=_WORSE.index)


def _rejected(key: str, sent: Document, came: Answered, document_id: str, partner: Partner, desk: Desk) -> Problem:
    said = "; ".join(came.findings[:_SHOWN]) or "without saying why"
    more = f"; and {len(came.findings) - _SHOWN} more" if len(came.findings) > _SHOWN else ""
    return Problem(
        key=key,
        code="acknowledgement-rejected",
        owner="IT",
        message=f"{partner.name} refused {sent.type} {sent.business_number} by {came.by}: {said}{more}",
        remedy="correct what the finding names in the ERP, which sends a higher revision; where only its form was "
        f"wrong, mend the mapping, then `gateway documents resend {sent.id}`",
        subjects=(f"document:{sent.id}", f"document:{document_id}", *_orders_of(sent, desk)),
        due_at=_due_at(sent, desk) or desk.now + partner.answer_within,
        at_stake=stake_of(states_with(sent, desk.tx), sent.id),
        evidence={"file": sent.file or "", "control number": sent.control_number or ""},
    )


def _due_at(sent: Document, desk: Desk) -> datetime | None:
    """When the document must have left: the refused one never did, as far as the partner is concerned."""
    found = find_transmission(sent, desk.tx)
    return found.judged.due_at if found and found.judged else None


def _orders_of(sent: Document, desk: Desk) -> tuple[str, ...]:
    return tuple(subject for subject in desk.tx.entry(sent.id).subjects if subject.startswith("order:"))


def _unmatched(level: str, number: str, what: str, document_id: str, partner: Partner, desk: Desk) -> None:
    desk.tell(
        Problem(
            key=f"answer:{partner.name}:{level}:{number}",
            code="acknowledgement-unmatched",
            owner="IT",
            message=f"{partner.name} answers {what}, which we never sent",
            remedy="look whether it was sent by another system or before a restore; ask the partner if not",
            subjects=(f"document:{document_id}",),
        )
    )
