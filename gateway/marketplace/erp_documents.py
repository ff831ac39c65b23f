"""What the ERP gets of a sale: sales order, item fulfilments, credit memos, stock adjustments of returns.

Every figure comes from the reports. What the ERP decides (its SKUs, tax codes, customers, locations) comes from the
configuration and the masters, and nothing of a report ever changes them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from decimal import Decimal

from gateway.documents.erp import BaseQuantity, Buyer, Charge, Flag, SalesOrder, SalesOrderLine
from gateway.documents.fulfilment import FulfilledItem, ItemFulfilment
from gateway.documents.inventory import StockAdjustment, StockAdjustmentLine
from gateway.documents.ledger import CreditMemo, CreditMemoLine
from gateway.documents.money import Price
from gateway.documents.quantity import Quantity
from gateway.marketplace.events import Destination, Listed, ListedLine, Refunded, Returned, Shipped, ShippedItem
from gateway.marketplace.sales import Sale, refund_key
from gateway.marketplace.terms import Facts, Terms

_NOTHING = Decimal(0)
SELLABLE = "SELLABLE"


def sales_order(sale: Sale, facts: Facts, *, short: Iterable[str] = (), revision: int = 0) -> SalesOrder | None:
    """The sales order as it should be in the ERP by now; None where the reports do not say enough for one.

    `short` are SKUs of the ERP of which there is too little in stock.
    """
    listed, terms, rules = sale.listed, facts.terms, facts.rules
    if listed is None or terms is None or not listed.lines:
        return None
    flag = _flag(sale, short)
    still_open = open_pieces(sale) if flag == "partly-shipped" else {}
    lines = tuple(_line(line, facts, still_open.get(line.sku), is_cancelled=sale.is_cancelled) for line in listed.lines)
    promised = None if sale.is_fba else sale.promised
    return SalesOrder(
        id=f"{sale.seller}:{sale.order}",
        partner=sale.seller,
        account=terms.name,
        purchase_order=sale.order,
        revision=revision,
        ordered_on=(listed.purchased_at or listed.seen_at).astimezone(UTC).date(),
        currency=listed.currency or terms.currency,
        customer=terms.customer,
        seller=sale.seller,
        marketplace=terms.name,
        fulfilment="amazon" if sale.is_fba else "merchant",
        flag=flag,
        pending=True if sale.is_pending else None,
        cancelled=True if sale.is_cancelled else None,
        location=terms.fba_location if sale.is_fba else terms.warehouse,
        ship_by=promised.promised_at if promised else None,
        service=listed.service or None,
        buyer=_buyer(promised.destination if promised else listed.destination),
        revenue="order" if rules.mode == "order-level" else "settlement",
        tax_code=terms.tax_code,
        prices_include_tax=True if terms.prices_include_tax else None,
        charges=tuple(_charges(listed)),
        taxes=tuple(_taxes(listed)),
        lines=lines,
    )


def _flag(sale: Sale, short: Iterable[str]) -> Flag | None:
    """Why it is not to be picked as it stands; what the ERP had open before it left has left by the ERP."""
    if sale.is_fba:
        return "no-pick"
    if sale.is_pending:
        return "payment-pending"
    if sale.listed and not sale.was_open and (flag := _LEFT_BEFORE.get(sale.listed.status)):
        return flag
    return "backorder" if tuple(short) else None


_LEFT_BEFORE: Mapping[str, Flag] = {"shipped": "already-shipped", "partially_shipped": "partly-shipped"}


def open_pieces(sale: Sale) -> Mapping[str, Decimal]:
    """Pieces by the seller's SKU that are still to be shipped of an order that left in part.

    Nothing where the report of actionable orders does not tell all of it: it is about other SKUs, a SKU is on several
    lines, or it was made before anything had left.
    """
    left: dict[str, Decimal] = {}
    for item in sale.promised.items if sale.promised else ():
        if item.to_ship is None:
            return {}
        left[item.sku] = left.get(item.sku, _NOTHING) + item.to_ship
    listed = [line for line in sale.listed.lines if line.status != "cancelled"] if sale.listed else []
    ordered = sale.pieces
    if len(ordered) != len(listed) or left.keys() != ordered.keys():
        return {}
    is_part = all(left[sku] <= ordered[sku] for sku in left) and left != ordered
    return left if is_part else {}


def is_complete(line: ListedLine) -> bool:
    """Whether a report says of a line what a sales order needs."""
    return missing_of(line) is None


def missing_of(line: ListedLine) -> str | None:
    """What a report leaves out of a line: which item, how many, or for how much; nothing of one without pieces."""
    if line.status == "cancelled" or line.quantity == 0:
        return None
    if not line.sku:
        return "SKU"
    if line.quantity is None or line.quantity < 0:
        return "quantity"
    return "price" if line.price is None else None


def _line(line: ListedLine, facts: Facts, still_open: Decimal | None, *, is_cancelled: bool) -> SalesOrderLine:
    gone = is_cancelled or line.status == "cancelled"
    quantity = _NOTHING if gone else line.quantity or _NOTHING
    amount = _NOTHING if gone else line.price or _NOTHING
    taxed = _sum(line.tax, line.shipping_tax, line.gift_wrap_tax)
    return SalesOrderLine(
        line=line.line,
        sku=facts.skus.get(line.sku, line.sku or "?"),
        ordered=Quantity(value=quantity, unit="each"),
        base=BaseQuantity(value=quantity),
        price=Price(amount=amount, per=quantity or Decimal(1), unit="each"),
        amount=amount,
        tax=_NOTHING if gone else taxed,
        tax_responsibility=facts.rules.taxes,
        open=None if gone else still_open,
    )


def _charges(listed: Listed) -> Iterator[Charge]:
    """Shipping and gift wrap that the buyer paid; what was granted is negative, whatever sign the report gives it."""
    kinds = {"shipping": "shipping", "gift-wrap": "gift_wrap"}
    for kind, name in kinds.items():
        if total := _total(listed, name):
            yield Charge(kind=kind, amount=total)
    for kind, name in {"promotion": "promotion", "shipping-promotion": "shipping_promotion"}.items():
        if total := _total(listed, name):
            yield Charge(kind=kind, amount=-abs(total))


def _taxes(listed: Listed) -> Iterator[Charge]:
    for kind, name in {"goods": "tax", "shipping": "shipping_tax", "gift-wrap": "gift_wrap_tax"}.items():
        if total := _total(listed, name):
            yield Charge(kind=kind, amount=total)


def _total(listed: Listed, name: str) -> Decimal:
    if listed.status in ("cancelled", "unfulfillable"):
        return _NOTHING
    return _sum(*(getattr(line, name) for line in listed.lines if line.status != "cancelled"))


def _sum(*amounts: Decimal | None) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), _NOTHING)


def _buyer(to: Destination) -> Buyer | None:
    if to == Destination():
        return None
    return Buyer(
        name=to.name or None,
        street=to.street,
        city=to.city or None,
        state=to.state or None,
        postal_code=to.postal_code or None,
        country=to.country or None,
    )


def item_fulfilment(
    sale: Sale, shipped: Shipped, items: Iterable[ShippedItem], facts: Facts, terms: Terms
) -> ItemFulfilment:
    """What the ERP gets of a dispatch of Amazon: these items of a shipment left the FBA location."""
    number = len(sale.fulfilled.get(shipped.shipment, ())) + 1
    parts = [sale.seller, "item-fulfilment", sale.order, shipped.shipment, *([str(number)] if number > 1 else [])]
    return ItemFulfilment(
        id=":".join(parts),
        seller=sale.seller,
        order=sale.order,
        sales_order=sale.booked.number if sale.booked else None,
        shipment=shipped.shipment,
        marketplace=terms.name,
        location=terms.fba_location,
        shipped_at=shipped.shipped_at,
        carrier=shipped.carrier or None,
        tracking=shipped.tracking or None,
        lines=tuple(
            FulfilledItem(
                sku=facts.skus.get(item.sku, item.sku), order_item=item.order_item or None, quantity=item.quantity
            )
            for item in items
        ),
    )


def credit_memo(sale: Sale, refunded: Refunded, facts: Facts, terms: Terms) -> CreditMemo:
    """The credit memo of a refund: each amount as it was given back, without the sign of the report."""
    lines = tuple(
        CreditMemoLine(
            sku=facts.skus.get(line.sku, line.sku) or None,
            order_item=line.order_item or None,
            kind=line.kind,
            amount=-line.amount,
        )
        for line in refunded.lines
    )
    parts = [sale.seller, "credit-memo", sale.order, refund_key(sale, refunded)]
    return CreditMemo(
        id=":".join(parts),
        seller=sale.seller,
        order=sale.order,
        sales_order=sale.booked.number if sale.booked else None,
        adjustment=refunded.adjustment or None,
        marketplace=terms.name,
        customer=terms.customer,
        settlement=refunded.settlement,
        refunded_on=refunded.posted_at.date(),
        currency=refunded.currency,
        lines=lines,
        total=_sum(*(line.amount for line in lines)),
    )


def return_location(returned: Returned, facts: Facts) -> str | None:
    """Where returned pieces lie: sellable ones where the marketplace of the order has its goods, others apart.

    None for sellable ones where nobody knows which marketplace that was, and there are several locations.
    """
    if not is_sellable(returned):
        return facts.rules.unsellable
    return facts.terms.fba_location if facts.terms else facts.rules.only_location


def is_sellable(returned: Returned) -> bool:
    """Whether it can be sold again as good; a disposition that is new to us cannot."""
    return returned.disposition.strip().upper() == SELLABLE


def returned_stock(sale: Sale, returned: Returned, sku: str, location: str) -> StockAdjustment:
    """What came back, as pieces more at a location of goods at Amazon."""
    return StockAdjustment(
        id=f"{sale.seller}:stock-adjustment:return-{sale.order}-{returned.key}",
        seller=sale.seller,
        reason=f"returned: {returned.disposition or 'in an unknown state'}",
        reference=sale.order,
        adjusted_on=returned.returned_at.date(),
        lines=(
            StockAdjustmentLine(
                sku=sku,
                location=location,
                state="sellable" if is_sellable(returned) else "unsellable",
                quantity=returned.quantity,
            ),
        ),
    )


_REPORTED = (
    *(
        "ordered_on",
        "currency",
        "fulfilment",
        "pending",
        "cancelled",
        "ship_by",
        "service",
        "buyer",
        "charges",
        "taxes",
    ),
    *("lines",),
)


def differs(order: SalesOrder, before: SalesOrder) -> bool:
    """Whether reports say something of the order that the ERP has not got.

    What the configuration alone has changed since is no reason to send an order again.
    """
    told = any(getattr(order, name) != getattr(before, name) for name in _REPORTED)
    return told or (order.flag in _LEFT_BEFORE.values() and order.flag != before.flag)


def pieces_of(order: SalesOrder) -> Mapping[str, Decimal]:
    """Pieces by SKU of the ERP that it takes out of our stock: none of what Amazon ships, or has left already."""
    total: dict[str, Decimal] = {}
    if order.flag in ("no-pick", "already-shipped"):
        return total
    for line in order.lines:
        total[line.sku] = total.get(line.sku, _NOTHING) + (line.base.value if line.open is None else line.open)
    return total
