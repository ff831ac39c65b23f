"""Events of what the ERP decides and does: it answers an order, ships goods, charges for them.

A shipment or an invoice may concern several orders. It is recorded once, with all its lines, and indexed under each of
them; every order folds its own lines alone. All quantities are pieces. A higher revision of the same number replaces
the lower one, it never adds to it.
"""

from decimal import Decimal
from typing import Literal

from gateway.documents.base import Count, Day, Instant, Number, Record, Text
from gateway.documents.erp import ErpInvoice, ErpInvoiceLine, ErpOrderResponse, ErpOrderResponseLine, Shipment
from gateway.documents.identifiers import sscc18
from gateway.lifecycle.events import Event


class PromisedLine(Record):
    """What the ERP answers to one line of an order."""

    line: Text
    accepted: Number
    backordered: Number
    rejected: Number
    reason: Text | None = None
    ships_on: Day | None = None
    backorder_until: Day | None = None

    @property
    def promised(self) -> Decimal:
        """What may be shipped: a back-order is a promise."""
        return self.accepted + self.backordered


class OrderAnswered(Event):
    """The ERP answered an order, or a policy did where the ERP does not. `document` is the answer in the journal."""

    document: Text
    revision: Count
    lines: tuple[PromisedLine, ...]
    who: Text = "ERP"


class ShippedLine(Record):
    """So many pieces of an ordered line left in a shipment, all its packs together."""

    purchase_order: Text
    line: Text
    quantity: Number


class GoodsShipped(Event):
    """A shipment left, or is about to. `labels` are the SSCCs of its packs, `shipped_at` when it left."""

    document: Text
    shipment: Text
    revision: Count
    shipped_at: Instant | None = None
    estimated_delivery: Day | None = None
    lines: tuple[ShippedLine, ...]
    labels: tuple[Text, ...] = ()


class ShipmentWithdrawn(Event):
    """The ERP took a shipment back before its notice had left: it is as if it had never been said."""

    document: Text
    shipment: Text
    revision: Count


class InvoiceWithdrawn(Event):
    """The ERP took an invoice back that had not left, or that the partner refused: as if it had never been written."""

    document: Text
    invoice: Text
    revision: Count


class InvoicedLine(Record):
    """So many pieces of an ordered line charged, for a net amount."""

    purchase_order: Text
    line: Text
    quantity: Number
    amount: Number


class InvoiceIssued(Event):
    """The ERP charged for goods, or, as a credit note, took back what it had charged in the invoice `credits`."""

    document: Text
    invoice: Text
    revision: Count
    kind: Literal["invoice", "credit-note"] = "invoice"
    credits: Text | None = None
    shipment: Text | None = None
    invoiced_on: Day
    currency: Text
    total: Number
    lines: tuple[InvoicedLine, ...]


class OrderCancelled(Event):
    """The partner cancelled the order, as far as we know at that time."""

    document: Text
    why: Text
    cancelled_at: Instant | None = None


def event_of(document: ErpOrderResponse | Shipment | ErpInvoice, document_id: str, who: str = "ERP") -> Event:
    """What a document of the ERP says has happened; `document_id` is its id in the journal."""
    if isinstance(document, ErpOrderResponse):
        lines = tuple(_promised(line) for line in document.lines)
        return OrderAnswered(document=document_id, revision=document.revision, lines=lines, who=who)
    if isinstance(document, Shipment):
        return GoodsShipped(
            document=document_id,
            shipment=document.shipment,
            revision=document.revision,
            shipped_at=document.shipped_at,
            estimated_delivery=document.estimated_delivery,
            lines=_shipped(document),
            labels=tuple(dict.fromkeys(sscc18(pack.sscc) for pack in document.packs if pack.sscc)),
        )
    return InvoiceIssued(
        document=document_id,
        invoice=document.invoice,
        revision=document.revision,
        kind=document.kind,
        credits=document.credits,
        shipment=document.shipment,
        invoiced_on=document.invoiced_on,
        currency=document.currency,
        total=document.total,
        lines=tuple(_charged(line) for line in document.lines),
    )


def _shipped(shipment: Shipment) -> tuple[ShippedLine, ...]:
    """How much of each line all packs hold together."""
    totals: dict[tuple[str, str], Decimal] = {}
    for item in (item for pack in shipment.packs for item in pack.items):
        key = item.purchase_order, item.line
        totals[key] = totals.get(key, Decimal(0)) + item.quantity
    return tuple(
        ShippedLine(purchase_order=order, line=line, quantity=pieces) for (order, line), pieces in totals.items()
    )


def _charged(line: ErpInvoiceLine) -> InvoicedLine:
    return InvoicedLine(purchase_order=line.purchase_order, line=line.line, quantity=line.quantity, amount=line.amount)


def _promised(line: ErpOrderResponseLine) -> PromisedLine:
    return PromisedLine(
        line=line.line,
        accepted=line.accepted,
        backordered=line.backordered,
        rejected=line.rejected,
        reason=line.reason,
        ships_on=line.ships_on,
        backorder_until=line.backorder_until,
    )
