"""The history of orders as the pipeline reads and writes it: events under every subject that they concern.

A state is asked for many times in a transaction, so a transaction remembers it, and folds on from there: from what the
journal holds since, or, where nothing came between, from the event that is just being written.
"""

from collections.abc import Iterable, Iterator

from gateway.journal import Journal, Transaction
from gateway.journal.records import Document, Entry
from gateway.lifecycle.events import Event
from gateway.lifecycle.goods import GoodsShipped, InvoiceIssued, InvoiceWithdrawn, ShipmentWithdrawn
from gateway.lifecycle.history import name_of, read_event, write_event
from gateway.lifecycle.orders import OrderState, fold
from gateway.lifecycle.subjects import document_subject, invoice_subject, shipment_subject, subject_of
from gateway.lifecycle.transmission import Transmission
from gateway.pipeline.desk import AT_ONCE

PREFIX = "event:"


def state_of(journal: Journal | Transaction, partner: str, purchase_order: str) -> OrderState | None:
    """The state of an order, folded from the journal; None where there is no such order."""
    subject = subject_of(partner, purchase_order)
    if not isinstance(journal, Transaction):
        return _folded(None, journal.events(subject, prefix=PREFIX))
    after, state = _known(subject, journal)
    last, _ = journal.head()
    if after != last:
        state = _folded(state, journal.events(subject, after=after, prefix=PREFIX))
        journal.folds[subject] = (last, state)
    return state


def _known(subject: str, tx: Transaction) -> tuple[int, OrderState | None]:
    """The state that the transaction remembers of an order, and the last entry of the journal that it knows of."""
    return tx.folds.get(subject, (0, None))


def _folded(state: OrderState | None, entries: Iterable[Entry]) -> OrderState | None:
    for entry in entries:
        state = fold(state, read_event(entry.kind.removeprefix(PREFIX), entry.body))
    return state


def record(tx: Transaction, event: Event, partner: str, orders: Iterable[str], *more: str) -> None:
    """Write an event once, under its orders, its documents, its shipment or invoice, and what is named beside."""
    documents = (getattr(event, name, None) for name in ("document", "sent", "answer", "source"))
    own = [subject_of(partner, order) for order in orders]
    subjects = [
        *own,
        *(document_subject(document) for document in documents if document),
        *_numbered(event, partner),
        *more,
    ]
    seq = tx.append(PREFIX + name_of(event), write_event(event), dict.fromkeys(subjects))
    for subject in own:
        after, state = _known(subject, tx)
        if after == seq - 1:
            tx.folds[subject] = (seq, fold(state, event))


def orders_of(subjects: Iterable[str], partner: str) -> list[str]:
    """The numbers of the orders among these subjects."""
    prefix = f"order:{partner}:"
    return [subject.removeprefix(prefix) for subject in subjects if subject.startswith(prefix)]


def find_transmission(document: Document, journal: Journal | Transaction) -> Transmission | None:
    """What the lifecycle knows of a document of ours; None where it is none of its own."""
    state = next(states_with(document, journal), None)
    return state.documents[document.id] if state else None


def has_later(document: Document, journal: Journal | Transaction) -> bool:
    """Whether a later document of ours of this type and number was made, such as the next revision of a sales order."""
    same = {"type": document.type, "partner": document.partner, "business_number": document.business_number}
    return journal.documents(direction="out", limit=1, **same)[-1].id != document.id


def has_successor(document: Document, journal: Journal | Transaction) -> bool:
    """Whether a document of the same number that was drafted later has left: the older one is history."""
    state = next(states_with(document, journal), None)
    if state is None:
        return False
    own = state.documents[document.id]
    later = (sent for sent in state.of_kind(own.kind, own.number) if int(sent.document) > int(own.document))
    return any(sent.is_sealed for sent in later)


def states_with(document: Document, journal: Journal | Transaction) -> Iterator[OrderState]:
    """The orders that know of a document of ours; none where it is none of their own."""
    for number in orders_of(journal.entry(document.id).subjects, document.partner):
        state = state_of(journal, document.partner, number)
        if state is not None and document.id in state.documents:
            yield state


def note_progress(tx: Transaction, document: str, event: Event, *more: str) -> None:
    """A document of ours came further: told to the orders it concerns, which are looked at with the next turn.

    Documents without a draft (answers, sales orders) have a life of their own: no order waits for them.
    """
    is_drafted = tx.is_told(document_subject(document), f"{PREFIX}drafted")
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
