"""A document that was read goes to whoever knows what it means: orders to their lifecycle, answers to what we sent.

One with a finding of severity `hold` waits before that: its syntax stands and it was acknowledged, but a person must
look at it, and release it with a reason.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from gateway.config import Partner
from gateway.documents import FunctionalAcknowledgement, PurchaseOrder, PurchaseOrderChange, Remittance
from gateway.documents.application_advice import ApplicationAdvice
from gateway.errors import Conflict
from gateway.findings import Finding, Severity
from gateway.journal import Journal, Transaction
from gateway.journal.records import Case, Document
from gateway.lifecycle.problems import Problem
from gateway.lifecycle.subjects import subject_of
from gateway.pipeline import orders
from gateway.pipeline.acknowledged import take_acknowledgement, take_advice
from gateway.pipeline.desk import Desk
from gateway.pipeline.remittances import take_remittance


def hand_over(document: BaseModel, document_id: str, answer_due_at: datetime, partner: Partner, desk: Desk) -> None:
    """Tell those who wait for a document that it is there; an order is to be answered until `answer_due_at`."""
    match document:
        case PurchaseOrder():
            orders.receive_order(document, document_id, partner, answer_due_at, desk)
        case PurchaseOrderChange():
            orders.change_order(document, document_id, partner, answer_due_at, desk)
        case FunctionalAcknowledgement():
            take_acknowledgement(document, document_id, partner, desk)
        case ApplicationAdvice():
            take_advice(document, document_id, partner, desk)
        case Remittance():
            take_remittance(document, document_id, partner, desk)


def hold(
    type_: str,
    number: str,
    document_id: str,
    findings: Sequence[Finding],
    answer_due_at: datetime,
    partner: Partner,
    desk: Desk,
) -> None:
    """Keep a document back until a person has looked at it."""
    why = "; ".join(finding.message for finding in findings if finding.severity is Severity.HOLD)
    desk.tell(
        Problem(
            key=_key(document_id),
            code="message-held",
            owner="operations",
            message=f"{type_} {number} from {partner.name} is held: {why}",
            remedy=f"look at it, then `gateway documents release {document_id} --reason TEXT`; or ask for a new one",
            subjects=(f"document:{document_id}", subject_of(partner.name, number)),
            due_at=answer_due_at,
        )
    )


def find_hold(document: Document, journal: Journal | Transaction) -> Case:
    """The case that holds a document back, or held it until it was closed. Raises Conflict where none does."""
    cases = journal.cases(state=None, key_prefix=_key(document.id))
    if not cases or document.validation != "blocked":
        raise Conflict(f"document {document.id} is not held; `gateway cases list` shows what waits")
    return cases[-1]


def release(document: Document, why: str, who: str, desk: Desk) -> None:
    """Hand a held document over after all, on somebody's word. Raises Conflict where it is not held."""
    case = find_hold(document, desk.tx)
    if document.partner not in desk.config.partners:
        raise Conflict(f"document {document.id} is from {document.partner}, which is no partner in config.toml")
    partner = desk.config.partners[document.partner]
    model = desk.mappings.guided(partner.guide, document.type).model
    desk.note("document-released", {"why": why, "who": who}, f"document:{document.id}")
    desk.tx.update_document(document.id, validation="ready")
    if case.state == "open":
        desk.tx.close_case(case.id, why, who)
    body = model.model_validate(desk.tx.body_of(document.id))
    hand_over(body, document.id, case.due_at or desk.now, partner, desk)


def _key(document_id: str) -> str:
    return f"document:{document_id}:held"
