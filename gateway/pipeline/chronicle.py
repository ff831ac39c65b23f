"""The history of orders as the pipeline reads and writes it: events under every subject that they concern.

A state is asked for many times in a transaction, so a transaction remembers it, and folds on from there.
"""

from collections.abc import Iterable

from gateway.journal import Journal, Transaction
from gateway.journal.records import Document
from gateway.lifecycle.events import Event
from gateway.lifecycle.goods import GoodsShipped, InvoiceIssued, InvoiceWithdrawn, ShipmentWithdrawn
from gateway.lifecycle.history import name_of, read_event, write_event
from gateway.lifecycle.orders import OrderState, fold
from gateway.lifecycle.subjects import document_subject, invoice_subject, shipment_subject, subject_of
from gateway.lifecycle.transmission import Transmission
from gateway.pipeline.desk import AT_ONCE

PREFIX = "event:"
_NOTHING: tuple[int, OrderState | None] = (0, None)


def state_of(journal: Journal | Transaction, partner: str, purchase_order: str) -> OrderState | None:
    """The state of an order, folded from the journal; None where there is no such order."""
    subject = subject_of(partner, purchase_order)
    after, state = journal.folds.get(subject, _NOTHING) if isinstance(journal, Transaction) else _NOTHING
    entries = journal.events(subject, after=after, prefix=PREFIX)
    for entry in entries:
        state = fold(state, read_event(entry.kind.removeprefix(PREFIX), entry.body))
    if entries and isinstance(journal, Transaction):
        journal.folds[subject] = (entries[-1].seq, state)
    return state


def record(tx: Transaction, event: Event, partner: str, orders: Iterable[str], *more: str) -> None:
    """Write an event once, under its orders, its documents, its shipment or invoice, and what is named beside."""
    documents = (getattr(event, name, None) for name in ("document", "sent", "answer", "source"))
    subjects = [
        *(subject_of(partner, order) for order in orders),
        *(document_subject(document) for document in documents if document),
        *_numbered(event, partner),
        *more,
    ]
    tx.append(PREFIX + name_of(event), write_event(event), dict.fromkeys(subjects))


def orders_of(subjects: Iterable[str], partner: str) -> list[str]:
    """The numbers of the orders among these subjects."""
    prefix = f"order:{partner}:"
    return [subject.removeprefix(prefix) for subject in subjects if subject.startswith(prefix)]


def find_transmission(document: Document, journal: Journal | Transaction) -> Transmission | None:
    """What the lifecycle knows of a document of ours; None where it is none of its own."""
    state = _state_with(document, journal)
    return state.documents[document.id] if state else None


def has_later(document: Document, journal: Journal | Transaction) -> bool:
    """Whether a later document of ours of this type and number was made, such as the next revision of a sales order."""
    same = {"type": document.type, "partner": document.partner, "business_number": document.business_number}
    return journal.documents(direction="out", limit=1, **same)[-1].id != document.id


def has_successor(document: Document, journal: Journal | Transaction) -> bool:
    """Whether a document of the same number that was drafted later has left: the older one is history."""
    state = _state_with(document, journal)
    if state is None:
        return False
    own = state.documents[document.id]
    later = (sent for sent in state.of_kind(own.kind, own.number) if int(sent.document) > int(own.document))
    return any(sent.is_sealed for sent in later)


def _state_with(document: Document, journal: Journal | Transaction) -> OrderState | None:
    for number in orders_of(journal.entry(document.id).subjects, document.partner):
        state = state_of(journal, document.partner, number)
        if state is not None and document.id in state.documents:
            return state
    return None


def note_progress(tx: Transaction, document: str, event: Event, *more: str) -> None:
    """A document of ours came further: told to the orders it concerns, which are looked at with the next turn.

    Documents without a draft (answers, sales orders) have a life of their own: no order waits for them.
    """
    is_drafted = tx.events(document_subject(document), prefix=f"{PREFIX}drafted")
    subjects = tx.entry(document).subjects if is_drafted else ()
    about = dict.fromkeys((*subjects, document_subject(document), *more))
    tx.append(PREFIX + name_of(event), write_event(event), about)
    for subject in subjects:
        if subject.startswith("order:"):
            tx.wake(subject, AT_ONCE)


def _numbered(event: Event, partner: str) -> list[str]:
    match event:
        case GoodsShipped():
            return [shipment_subject(partner, event.shipment), *(f"label:{label}" for label in event.labels)]
        case ShipmentWithdrawn():
            return [shipment_subject(partner, event.shipment)]
        case InvoiceIssued() | InvoiceWithdrawn():
            return [invoice_subject(partner, event.invoice)]
    return []
