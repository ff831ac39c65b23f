"""Sending a document once more, in the way that its plan leaves open. Every one is recorded with who and why."""

from gateway.errors import Conflict
from gateway.journal import Journal, Transaction
from gateway.journal.records import Document
from gateway.lifecycle.acknowledgement import stands
from gateway.lifecycle.resending import Option, Sent, Way, plan
from gateway.lifecycle.subjects import document_subject
from gateway.lifecycle.transmission import DocumentResent
from gateway.pipeline.acknowledged import answers_of
from gateway.pipeline.chronicle import find_transmission, has_successor, note_progress, orders_of
from gateway.pipeline.desk import AT_ONCE, Desk
from gateway.pipeline.outgoing import draft
from gateway.pipeline.selling import posting


def plan_of(document: Document, journal: Journal | Transaction) -> tuple[Option, ...]:
    """The ways in which a document may be sent again. Raises Conflict for one that is not ours to send."""
    if document.direction == "in":
        raise Conflict(f"document {document.id} came to us: it was never sent, and cannot be sent again")
    standing = stands(answers_of(journal, document.id))
    sent = find_transmission(document, journal)
    return plan(
        Sent(
            message=document.type,
            delivery="queued" if _is_on_its_way(document, journal) else document.delivery,
            acknowledgement=document.acknowledgement,
            level=standing.level if standing and standing.refuses else None,
            is_drafted=sent is not None,
            is_superseded=bool(sent and sent.is_superseded)
            or has_successor(document, journal)
            or _is_stale(document, journal)
            or posting.is_superseded(document, journal),
            is_pruned=_is_pruned(document, journal),
            is_for_the_erp=_is_for_the_erp(document, journal),
        )
    )


def _is_on_its_way(document: Document, journal: Journal | Transaction) -> bool:
    """Whether it leaves by itself: so does what was in doubt, once it is certain that it has not arrived."""
    return any(dispatch.state in ("queued", "staged") for dispatch in journal.dispatches(document_id=document.id))


def _is_stale(document: Document, journal: Journal | Transaction) -> bool:
    """Whether a later one says it anew: quantities that are offered, or the sales order of a buyer.

    The newest counts, and an old one would undo it.
    """
    same: dict[str, str | None] = {"type": document.type, "partner": document.partner}
    if document.type == "sales-order" and _is_for_the_erp(document, journal):
        same["business_number"] = document.business_number
    elif document.type != "availability-update":
        return False
    latest = journal.documents(direction="out", limit=1, **same)
    return bool(latest) and latest[-1].id != document.id


def _is_for_the_erp(document: Document, journal: Journal | Transaction) -> bool:
    """Whether it is a document of a seller that the ERP answers by a posting result."""
    return document.type in posting.ANSWERED and (
        document.type != "sales-order" or not orders_of(journal.entry(document.id).subjects, document.partner)
    )


def _is_pruned(document: Document, journal: Journal | Transaction) -> bool:
    """Whether the bytes that left are kept no longer."""
    dispatches = journal.dispatches(document_id=document.id)
    return any(journal.pruned_at(journal.file(dispatch.file_id).sha256) for dispatch in dispatches[-1:])


def resend(document: Document, way: Way, who: str, why: str, desk: Desk) -> str:
    """Send it once more: the bytes as they were, or its content anew. The id of the document that leaves.

    Raises Conflict where the plan does not leave this way open.
    """
    option = next(option for option in plan_of(document, desk.tx) if option.way == way)
    if not option.is_open:
        raise Conflict(f"document {document.id} cannot be sent again by {way}: {option.reason}")
    if way == "reissue":
        return _reissue(document, who, why, desk)
    if document.acknowledgement == "rejected":
        posting.send_again(document, _posted_under(document, desk), desk, who=who, why=why)
        return document.id
    last = desk.tx.dispatches(document_id=document.id)[-1]
    desk.tx.requeue(last.id, why, who, AT_ONCE)  # also where the clock is set back meanwhile
    desk.tx.update_document(document.id, delivery="queued")
    if document.acknowledgement == "overdue":
        desk.tx.update_document(document.id, acknowledgement="awaited")
    note_progress(desk.tx, document.id, DocumentResent(document=document.id, who=who, why=why))
    return document.id


def _posted_under(document: Document, desk: Desk) -> str:
    """Under what it is found what became of a document of a seller."""
    subjects = desk.tx.entry(document.id).subjects
    return next((each for each in subjects if each.startswith(posting.WAKES)), f"document:{document.id}")


def _reissue(document: Document, who: str, why: str, desk: Desk) -> str:
    """Write the same source anew; the refused one gives way, and the gate is asked again."""
    sent = find_transmission(document, desk.tx)
    partner = desk.config.partners.get(document.partner)
    if sent is None or partner is None:
        raise Conflict(f"document {document.id} is from {document.partner}, which is no partner in config.toml")
    orders = orders_of(desk.tx.entry(document.id).subjects, partner.name)
    anew = draft(sent.kind, sent.number, sent.revision, sent.source, orders, partner, desk)
    about = (document_subject(document.id), document_subject(anew))
    desk.note("document-reissued", {"document": document.id, "anew": anew, "who": who, "why": why}, *about)
    return anew
