"""What goes to the ERP: stored as a document, written in the form that is set for it, put into the outbox.

    document -> stored -> written (JSON, XML, IDoc) -> outbox

A form may be unable to say a document: a SKU longer than SAP's field, an account that no table names. Then nothing
leaves, the document is blocked and a case says what would let it go; it is tried again every turn, and goes by itself.
"""

from dataclasses import dataclass
from itertools import islice

from gateway.catalogue.gaps import Gap
from gateway.documents import ErpDocument
from gateway.journal.records import Document
from gateway.lifecycle.problems import Problem
from gateway.pipeline.chronicle import has_later, state_of
from gateway.pipeline.desk import AT_ONCE, ERP_CHANNEL, Desk
from gateway.pipeline.erp_forms import read_stored, write
from gateway.pipeline.erp_said import Written
from gateway.pipeline.reasons import told_together

HELD = "handing:"
"""How subjects of documents begin that could not be written: they are due at once, and so tried with every turn."""

_SHOWN = 5
_TOGETHER = 200  # documents that are tried in one turn, for others want to write too; what failed goes to the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Whose a document is: the partner's or seller's, his account's, and the number people know it by."""

    whose: str
    number: str
    account: str | None = None
    subjects: tuple[str, ...] = ()


def post_to_erp(document: ErpDocument, handed: Handed, desk: Desk) -> str:
    """Hand a document to the ERP; its id in the journal."""
    written = write(document, handed.whose, desk)
    goes = isinstance(written, Written)
    document_id = desk.tx.store_document(
        type=document.document,
        direction="out",
        partner=handed.whose,
        account=handed.account,
        business_number=handed.number,
        revision=getattr(document, "revision", 0),
        body=document.model_dump(mode="json", by_alias=True),
        validation="ready" if goes else "blocked",
        delivery="queued" if goes else "none",
        acknowledgement="awaited",
        subjects=handed.subjects,
    )
    if isinstance(written, Written):
        _queue(written, document_id, handed.subjects, desk)
    else:
        _hold(written, document, document_id, handed.subjects, desk)
    return document_id


def post_to_erp_again(stored: Document, attempt: int, desk: Desk) -> bool:
    """Hand the same document over once more, under a new name: what an ERP has refused it may not look at again.

    A form that numbers its files takes a new number, for what becomes of the two must be told apart. False where it
    cannot be written any more, and is held.
    """
    return _send(stored, desk, again=f".again-{attempt}")


def go_on_held(desk: Desk) -> int:
    """Try again what could not be written: tables and masters may have changed. How many went."""
    held = (subject for subject in desk.tx.due_wakeups(desk.now) if subject.startswith(HELD))
    documents = [desk.tx.document(subject.removeprefix(HELD)) for subject in islice(held, _TOGETHER)]
    return sum(_go_on(document, desk) for document in documents)


def is_held(document_id: str, desk: Desk) -> bool:
    """Whether a document has not gone to the ERP, for it cannot be written."""
    return desk.tx.document(document_id).validation == "blocked"


def _go_on(document: Document, desk: Desk) -> bool:
    """Try it again where it is wanted still. Whether it went."""
    why = _why_not_wanted(document, desk)
    if why is None:
        return _send(document, desk)
    desk.note("erp-document-withdrawn", {"document": document.id, "why": why}, *desk.tx.entry(document.id).subjects)
    _end(document.id, why, desk)
    return False


def _why_not_wanted(document: Document, desk: Desk) -> str | None:
    """A later revision says it anew, or its order is cancelled: neither may go to the ERP after the fact."""
    if document.type == "sales-order" and has_later(document, desk.tx):
        return "a later revision went in its place"
    state = state_of(desk.tx, document.partner, document.business_number) if document.type == "sales-order" else None
    return "the order is cancelled" if state is not None and state.cancelled is not None else None


def _end(document_id: str, why: str, desk: Desk) -> None:
    """It is not held any more."""
    desk.tx.wake(f"{HELD}{document_id}", None)
    desk.close(f"{HELD}{document_id}", why)


def _send(stored: Document, desk: Desk, *, again: str = "") -> bool:
    document = read_stored(stored.type, desk.tx.body_of(stored.id))
    subjects = desk.tx.entry(stored.id).subjects
    written = write(document, stored.partner, desk, again=again)
    if not isinstance(written, Written):
        desk.tx.update_document(stored.id, validation="blocked", delivery="none")
        _hold(written, document, stored.id, subjects, desk)
        return False
    _queue(written, stored.id, subjects, desk)
    desk.tx.update_document(stored.id, validation="ready", delivery="queued", acknowledgement="awaited")
    _end(stored.id, "it could be written", desk)
    for subject in subjects:
        if subject.startswith("order:"):  # what waited for it may go on
            desk.tx.wake(subject, AT_ONCE)
    return True


def _queue(written: Written, document_id: str, subjects: tuple[str, ...], desk: Desk) -> None:
    desk.tx.queue(
        channel=ERP_CHANNEL,
        name=written.name,
        data=written.data,
        document_id=document_id,
        control_number=written.number,
        next_at=AT_ONCE,
        subjects=subjects,
    )


def _hold(
    gaps: tuple[Gap, ...], document: ErpDocument, document_id: str, subjects: tuple[str, ...], desk: Desk
) -> None:
    """It cannot be written: a case, until it can."""
    what = f"{document.document} {getattr(document, 'id', document_id)}"
    desk.tx.wake(f"{HELD}{document_id}", desk.now)
    desk.tell(
        Problem(
            key=f"{HELD}{document_id}",
            code="erp-document-unsayable",
            owner=gaps[0].owner,
            message=f"{what} cannot be written for the ERP: {told_together([gap.message for gap in gaps])}",
            remedy="; ".join(dict.fromkeys(gap.remedy for gap in gaps[:_SHOWN])) + "; it goes by itself then",
            subjects=(f"document:{document_id}", *subjects),
        )
    )
