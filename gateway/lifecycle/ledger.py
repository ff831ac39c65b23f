"""The ledger of an order: for every line what was ordered, promised, shipped, invoiced and paid, in pieces and money.

Read from the state, never kept: a number here can always be computed again from the events. Each answer, shipment and
invoice counts once, under its number, by one of its revisions: what we *said* by the latest that has left, what
*stands* by the latest that the partner has taken. A replacement overwrites, it never adds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from gateway.lifecycle.goods import InvoicedLine, InvoiceIssued, PromisedLine, ShippedLine
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.transmission import Kind, Transmission

_NOTHING = Decimal(0)

Counts = Callable[[Transmission], bool]
"""Whether a document of ours counts: what is said, what stands."""


def is_said(sent: Transmission) -> bool:
    """It has left, or lies sealed in the outbox."""
    return sent.is_sealed


def is_charged(sent: Transmission) -> bool:
    """It has left, and the partner did not refuse it: what was refused charges nothing, and moves nothing."""
    return sent.has_left


def is_wanted(sent: Transmission) -> bool:
    """It has left, or waits to: what the ERP says has happened, whatever keeps us from telling it."""
    return not sent.is_superseded


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One line in base units; `ordered` is None while nothing says how many pieces were ordered."""

    line: str
    sku: str | None
    ordered: Decimal | None
    accepted: Decimal = _NOTHING
    backordered: Decimal = _NOTHING
    rejected: Decimal = _NOTHING
    shipped: Decimal = _NOTHING
    invoiced: Decimal = _NOTHING

    @property
    def promised(self) -> Decimal:
        """What may be shipped: a back-order is a promise."""
        return self.accepted + self.backordered


def ledger(state: OrderState, counts: Counts = is_said) -> tuple[LedgerLine, ...]:
    """The lines of the order, in its own order; of the documents those that count."""
    said, gone, charged = promises(state, counts), pieces_shipped(state, counts), pieces_invoiced(state, counts)
    return tuple(
        _line(state, number, said.get(number), gone.get(number, _NOTHING), charged.get(number, _NOTHING))
        for number in state.lines
    )


def promises(state: OrderState, counts: Counts = is_said) -> dict[str, PromisedLine]:
    """What the answer that counts promises, by line; of two answers to one line the first is meant."""
    sent = _latest(state, "order-response", state.purchase_order, counts)
    said = state.source(sent.source) if sent and sent.source else None
    lines: tuple[PromisedLine, ...] = getattr(said, "lines", ())
    return {each.line: each for each in reversed(lines)}


def promise(state: OrderState, line: str, counts: Counts = is_said) -> PromisedLine | None:
    """What the answer that counts promises for a line."""
    return promises(state, counts).get(line)


def pieces_shipped(state: OrderState, counts: Counts = is_said, *, but: str | None = None) -> dict[str, Decimal]:
    """How many pieces the shipments that count hold, by line; `but` is a shipment left out."""
    found: dict[str, Decimal] = {}
    for number in state.shipments:
        if number != but:
            for each in _shipped_in(state, number, counts):
                found[each.line] = found.get(each.line, _NOTHING) + each.quantity
    return found


def shipped(state: OrderState, line: str, counts: Counts = is_said, *, but: str | None = None) -> Decimal:
    """How many pieces of a line the shipments that count hold; `but` is a shipment left out."""
    return pieces_shipped(state, counts, but=but).get(line, _NOTHING)


def standing(state: OrderState, line: str, policy: str) -> Decimal:
    """How many pieces of a line the partner knows to have shipped, by ship notices that stand with him.

    A correction that says less counts from the moment it has left: he will take it, and then these pieces are gone.
    """
    total = _NOTHING
    for number in state.shipments:
        stand, said = (
            sum((each.quantity for each in _shipped_in(state, number, counts) if each.line == line), _NOTHING)
            for counts in (lambda sent: sent.stands(policy), is_charged)
        )
        total += min(stand, said)
    return total


def pieces_invoiced(state: OrderState, counts: Counts = is_said, *, but: str | None = None) -> dict[str, Decimal]:
    """How many pieces the invoices that count charge, by line, less what credit notes took back."""
    found: dict[str, Decimal] = {}
    for number in state.invoices:
        issued = _issued(state, number, counts) if number != but else None
        if issued is not None:
            for each in _own(state, issued):
                pieces = each.quantity if issued.kind == "invoice" else -each.quantity
                found[each.line] = found.get(each.line, _NOTHING) + pieces
    return found


def _line(state: OrderState, number: str, said: PromisedLine | None, gone: Decimal, charged: Decimal) -> LedgerLine:
    settled = state.settled.get(number)
    asked = state.lines[number].ordered
    ordered = settled.base if settled else asked.value if asked.unit == "each" else None
    # What a line we gave up is rejected with is all of it, in the ordered unit where its pieces are not known.
    refused = (asked.value if ordered is None else ordered) if number in state.rejected else _NOTHING
    return LedgerLine(
        line=number,
        sku=settled.sku if settled else None,
        ordered=ordered,
        accepted=said.accepted if said else _NOTHING,
        backordered=said.backordered if said else _NOTHING,
        rejected=said.rejected if said and number not in state.rejected else refused,
        shipped=gone,
        invoiced=charged,
    )


def _shipped_in(state: OrderState, number: str, counts: Counts) -> Iterator[ShippedLine]:
    sent = _latest(state, "ship-notice", number, counts)
    said = state.source(sent.source) if sent and sent.source else None
    goods: tuple[ShippedLine, ...] = getattr(said, "lines", ())
    return (each for each in goods if each.purchase_order == state.purchase_order)


def _issued(state: OrderState, number: str, counts: Counts) -> InvoiceIssued | None:
    sent = _latest(state, "invoice", number, counts)
    said = state.source(sent.source) if sent and sent.source else None
    return said if isinstance(said, InvoiceIssued) else None


def _own(state: OrderState, issued: InvoiceIssued) -> Iterator[InvoicedLine]:
    return (each for each in issued.lines if each.purchase_order == state.purchase_order)


def _latest(state: OrderState, kind: Kind, number: str, counts: Counts) -> Transmission | None:
    """Of the documents that count the one of the highest revision, of two of the same the later.

    Our own answer has the revision of the ERP's first one.
    """
    found = [sent for sent in state.of_kind(kind, number) if counts(sent)]
    return max(reversed(found), key=lambda sent: sent.revision, default=None)


def is_fulfilled(state: OrderState, counts: Counts = is_said) -> bool:
    """Whether all that was promised has shipped, by the ship notices that count.

    Nothing promised counts once the order is answered. What was promised is what we said, whatever became of it: an
    answer that the partner refused takes no promise back.
    """
    if not state.is_answered:
        return False
    said, gone = promises(state), pieces_shipped(state, counts)
    return all(gone.get(number, _NOTHING) >= _promised(said.get(number)) for number in state.lines)


def _promised(said: PromisedLine | None) -> Decimal:
    return said.promised if said else _NOTHING


def is_paid(state: OrderState) -> bool:
    """Whether every invoice of the order that counts was paid in full, an early-payment discount included."""
    for number in state.invoices:
        issued = _issued(state, number, is_said)
        if issued is None or issued.kind == "credit-note":
            continue
        payments = [payment for payment in state.payments if payment.invoice == number]
        paid = sum(((payment.paid or _NOTHING) + (payment.discount or _NOTHING) for payment in payments), _NOTHING)
        if not payments or paid < issued.total:
            return False
    return bool(state.invoices)


def stage_of(state: OrderState) -> str:
    """How far the order has come, from its ledger alone; of what the ERP said of it the last word counts."""
    lines = ledger(state)
    promised, gone, charged = (
        sum((getattr(line, name) for line in lines), _NOTHING) for name in ("promised", "shipped", "invoiced")
    )
    found = {
        "cancelled": state.cancelled is not None,
        "refused": state.refused is not None and bool(state.posted) and not state.waits,
        "held": state.waits and bool(state.open_gaps or state.missing_account),
        "received": state.waits,
        "paid": charged > 0 and charged >= promised and is_paid(state),
        "invoiced": charged > 0 and charged >= promised,
        "partly-invoiced": charged > 0,
        "shipped": gone > 0 and gone >= promised,
        "partly-shipped": gone > 0,
        "rejected": state.is_rejected or (state.is_answered and promised == 0),
        "answered": state.is_answered,
        "booked": state.booked is not None,
    }
    return next((stage for stage, holds in found.items() if holds), "posted")
