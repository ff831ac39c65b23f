"""An order's state: the fold over its events.

`fold` never judges: the same events always give the same state, whatever is thought of it. What is decided from a state
stands in decisions.py, what must be told to a person in problems.py, how much of what has happened in ledger.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gateway.documents.purchase_order import Window
from gateway.lifecycle.copying import changed
from gateway.lifecycle.events import (
    AccountMissing,
    DeadlineNear,
    DeadlinePassed,
    Event,
    HeldLine,
    LineRejected,
    LinesResolved,
    OrderBooked,
    OrderChanged,
    OrderedLine,
    OrderPosted,
    OrderReceived,
    OrderRefused,
    SettledLine,
)
from gateway.lifecycle.goods import (
    GoodsShipped,
    InvoiceIssued,
    InvoiceWithdrawn,
    OrderAnswered,
    OrderCancelled,
    ShipmentWithdrawn,
)
from gateway.lifecycle.remittances import InvoicePaid, PaymentWithdrawn
from gateway.lifecycle.transmission import (
    OWN_EVENTS,
    DocumentDrafted,
    DocumentSealed,
    Kind,
    Transmission,
    advance,
    begin,
    document_of,
)


@dataclass(frozen=True)
class OrderState:
    """All that is known of an order. Lines are by their number; a rejected line keeps its reason.

    `is_stale` says that it changed since it was posted, `needs_answer` since an answer left; `is_answer_drafted` that
    an answer to it as it is was begun, `is_heard` that the ERP has said something since it was last posted.
    `changed_at_erp` holds the changes (by document) that came when the ERP had it. What the ERP said of answers,
    shipments and invoices is kept revision by revision under its number.
    """

    partner: str
    purchase_order: str
    account: str | None
    document: str
    received_at: datetime
    answer_due_at: datetime
    lines: dict[str, OrderedLine]
    ordered_on: date | None = None
    ship_to: str | None = None
    window: Window | None = None
    settled: dict[str, SettledLine] = field(default_factory=dict)
    held: tuple[HeldLine, ...] = ()
    rejected: dict[str, LineRejected] = field(default_factory=dict)
    missing_account: AccountMissing | None = None
    catalogue_version: int | None = None
    posted: tuple[OrderPosted, ...] = ()
    is_stale: bool = False
    needs_answer: bool = False
    is_answer_drafted: bool = False
    is_heard: bool = False
    booked: OrderBooked | None = None
    refused: OrderRefused | None = None
    cancelled: OrderCancelled | None = None
    changes: tuple[OrderChanged, ...] = ()
    changed_at_erp: frozenset[str] = frozenset()
    answers: tuple[OrderAnswered, ...] = ()
    shipments: dict[str, tuple[GoodsShipped, ...]] = field(default_factory=dict)
    invoices: dict[str, tuple[InvoiceIssued, ...]] = field(default_factory=dict)
    payments: tuple[InvoicePaid, ...] = ()
    documents: dict[str, Transmission] = field(default_factory=dict)
    told: frozenset[tuple[str, datetime, str]] = frozenset()

    @property
    def key(self) -> str:
        """`amazon-us:4XK7PL2Q`, the id of its documents at the ERP."""
        return f"{self.partner}:{self.purchase_order}"

    @property
    def waits(self) -> bool:
        """It has not gone to the ERP as it is now, and some line still might."""
        is_posted = bool(self.posted) and not self.is_stale
        return not is_posted and self.cancelled is None and not self.is_rejected

    @property
    def is_rejected(self) -> bool:
        """Whether every line was given up."""
        return all(line in self.rejected for line in self.lines)

    @property
    def open_gaps(self) -> tuple[HeldLine, ...]:
        """What holds it now: gaps of lines that were given up hold nothing."""
        return tuple(gap for gap in self.all_gaps if gap.severity == "block") if self.waits else ()

    @property
    def all_gaps(self) -> tuple[HeldLine, ...]:
        """What is wrong with its lines, whether or not it holds them."""
        return tuple(gap for gap in self.held if gap.line not in self.rejected)

    @property
    def is_answered(self) -> bool:
        """Whether an order response has left, or lies in the outbox."""
        return any(sent.is_sealed for sent in self.of_kind("order-response"))

    @property
    def at_stake(self) -> Decimal | None:
        """The money of its lines, as far as it can be told: of those that resolved, and of those that are held."""
        held = {gap.line: gap.at_stake for gap in self.all_gaps if gap.line not in self.settled and gap.at_stake}
        amounts = [*(line.amount for line in self.settled.values()), *(amount for amount in held.values() if amount)]
        return sum(amounts, Decimal(0)) if amounts else None

    def has_left(self, kind: Kind, number: str | None = None) -> bool:
        """Whether a document of a kind (and number) has left that the partner did not refuse."""
        return any(sent.has_left for sent in self.of_kind(kind, number))

    def of_kind(self, kind: Kind, number: str | None = None) -> list[Transmission]:
        """Its documents of a kind (and number), in the order in which they were drafted."""
        return [sent for sent in self.documents.values() if sent.kind == kind and number in (None, sent.number)]

    def source(self, document: str) -> OrderAnswered | GoodsShipped | InvoiceIssued | None:
        """What the ERP said in this document of its own."""
        shipped = (event for said in self.shipments.values() for event in said)
        issued = (event for said in self.invoices.values() for event in said)
        events: Iterable[OrderAnswered | GoodsShipped | InvoiceIssued] = (*self.answers, *shipped, *issued)
        return next((event for event in events if event.document == document), None)


def fold(state: OrderState | None, event: Event) -> OrderState:
    """The state after an event. Raises ValueError where an order's history does not begin with its receipt."""
    if isinstance(event, OrderReceived):
        return OrderState(
            partner=event.partner,
            purchase_order=event.purchase_order,
            account=event.account,
            document=event.document,
            received_at=event.received_at,
            answer_due_at=event.answer_due_at,
            ordered_on=event.ordered_on,
            ship_to=event.ship_to,
            window=event.window,
            lines={line.line: line for line in event.lines},
        )
    if state is None:
        raise ValueError(f"the history of an order begins with its receipt, not with {type(event).__name__}")
    return _FOLDS[type(event)](state, event)


def fold_all(events: Iterable[Event]) -> OrderState | None:
    """The state after all events; None where there are none."""
    state: OrderState | None = None
    for event in events:
        state = fold(state, event)
    return state


def _resolved(state: OrderState, event: LinesResolved) -> OrderState:
    return changed(
        state,
        settled={line.line: line for line in event.lines},
        held=event.held,
        missing_account=None,
        catalogue_version=event.catalogue_version,
    )


def _changed(state: OrderState, event: OrderChanged) -> OrderState:
    """What could not be applied is only kept. Lines that are gone take their rejections with them."""
    at_erp = state.changed_at_erp | {event.document} if state.posted else state.changed_at_erp
    state = changed(state, changes=(*state.changes, event), changed_at_erp=at_erp)
    if event.order is None:
        return state
    lines = {line.line: line for line in event.lines}
    same = {number for number, line in lines.items() if state.lines.get(number) == line}
    return changed(
        state,
        document=event.order,
        lines=lines,
        ship_to=event.ship_to,
        window=event.window,
        settled={number: line for number, line in state.settled.items() if number in same},
        held=tuple(gap for gap in state.held if gap.line in same),
        rejected={number: line for number, line in state.rejected.items() if number in same},
        catalogue_version=None,
        is_stale=bool(state.posted),
        needs_answer=state.is_answered,
        is_answer_drafted=False,
        cancelled=None,
    )


def _posted(state: OrderState, event: OrderPosted) -> OrderState:
    """Of this revision the ERP has said nothing yet."""
    return changed(state, posted=(*state.posted, event), booked=None, refused=None, is_stale=False, is_heard=False)


def _shipped(state: OrderState, event: GoodsShipped) -> OrderState:
    said = (*state.shipments.get(event.shipment, ()), event)
    return changed(state, shipments={**state.shipments, event.shipment: said})


def _withdrawn(state: OrderState, event: ShipmentWithdrawn) -> OrderState:
    left = {number: said for number, said in state.shipments.items() if number != event.shipment}
    return changed(state, shipments=left)


def _taken_back(state: OrderState, event: InvoiceWithdrawn) -> OrderState:
    left = {number: said for number, said in state.invoices.items() if number != event.invoice}
    return changed(state, invoices=left)


def _invoiced(state: OrderState, event: InvoiceIssued) -> OrderState:
    said = (*state.invoices.get(event.invoice, ()), event)
    return changed(state, invoices={**state.invoices, event.invoice: said})


def _unpaid(state: OrderState, event: PaymentWithdrawn) -> OrderState:
    left = tuple(payment for payment in state.payments if payment.document != event.document)
    return changed(state, payments=left)


def _drafted(state: OrderState, event: DocumentDrafted) -> OrderState:
    drafted = state.is_answer_drafted or event.kind == "order-response"
    return changed(state, documents={**state.documents, event.document: begin(event)}, is_answer_drafted=drafted)


def _moved(state: OrderState, event: Event) -> OrderState:
    """One of its documents came further; an answer that it gave to the partner's own document is not one."""
    known = state.documents.get(document_of(event))
    if known is None:
        return state
    is_answered = isinstance(event, DocumentSealed) and known.kind == "order-response"
    documents = {**state.documents, known.document: advance(known, event)}
    return changed(state, documents=documents, needs_answer=state.needs_answer and not is_answered)


_FOLDS: dict[type[Event], Callable[[OrderState, Any], OrderState]] = {
    OrderChanged: _changed,
    OrderCancelled: lambda state, event: changed(state, cancelled=event),
    AccountMissing: lambda state, event: changed(state, missing_account=event),
    LinesResolved: _resolved,
    LineRejected: lambda state, event: changed(state, rejected={**state.rejected, event.line: event}),
    OrderPosted: _posted,
    OrderBooked: lambda state, event: changed(state, booked=event, refused=None, is_heard=True),
    OrderRefused: lambda state, event: changed(state, refused=event, is_heard=True),
    OrderAnswered: lambda state, event: changed(state, answers=(*state.answers, event), is_heard=True),
    GoodsShipped: _shipped,
    ShipmentWithdrawn: _withdrawn,
    InvoiceWithdrawn: _taken_back,
    InvoiceIssued: _invoiced,
    InvoicePaid: lambda state, event: changed(state, payments=(*state.payments, event)),
    PaymentWithdrawn: _unpaid,
    DocumentDrafted: _drafted,
    DeadlineNear: lambda state, event: changed(state, told=state.told | {(event.what, event.due_at, "near")}),
    DeadlinePassed: lambda state, event: changed(state, told=state.told | {(event.what, event.due_at, "passed")}),
    **dict.fromkeys(OWN_EVENTS, _moved),
}
