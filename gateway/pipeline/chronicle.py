"""The history of orders as the pipeline reads and writes it: events under every subject that they concern."""

from collections.abc import Iterable
from datetime import UTC, datetime

from gateway.journal import Journal, Transaction
from gateway.lifecycle.events import Event
from gateway.lifecycle.goods import GoodsShipped, InvoiceIssued, ShipmentWithdrawn
from gateway.lifecycle.history import name_of, read_event, write_event
from gateway.lifecycle.orders import OrderState, fold_all
from gateway.lifecycle.subjects import document_subject, invoice_subject, shipment_subject, subject_of

PREFIX = "event:"
# At whatever time the next turn thinks it is, for times may go back.
_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


def state_of(journal: Journal | Transaction, partner: str, purchase_order: str) -> OrderState | None:
    """The state of an order, folded from the journal; None where there is no such order."""
    entries = journal.events(subject_of(partner, purchase_order), prefix=PREFIX)
    return fold_all(read_event(entry.kind.removeprefix(PREFIX), entry.body) for entry in entries)


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
            tx.wake(subject, _AT_ONCE)


def _numbered(event: Event, partner: str) -> list[str]:
    match event:
        case GoodsShipped():
            return [shipment_subject(partner, event.shipment), *(f"label:{label}" for label in event.labels)]
        case ShipmentWithdrawn():
            return [shipment_subject(partner, event.shipment)]
        case InvoiceIssued():
            return [invoice_subject(partner, event.invoice)]
    return []
