"""What is open about a sale, and what of it keeps the sale from the ERP.

A point is about one order; all points with the same code and value are one case, for one cause (a SKU that the ERP does
not know, a settlement with refunds of unknown orders) is one problem, however many orders it holds up. Points are
facts: nothing here looks at a clock, but for the time from which a point is to be told.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from gateway.marketplace.erp_documents import is_complete, missing_of, open_pieces, return_location
from gateway.marketplace.events import CHANNELS, STATUSES, Point
from gateway.marketplace.sales import Sale
from gateway.marketplace.terms import Facts

BLOCKING = frozenset({"channel-unknown", "status-unknown", "marketplace-unknown", "sku-unknown", "sale-incomplete"})
"""Points without which no sales order goes."""

_SHOWN = 5


def points(sale: Sale, facts: Facts) -> tuple[Point, ...]:
    """Everything that is open, in the order in which it is looked at: the channel first of all."""
    return tuple(point for kind in _KINDS for point in kind(sale, facts))


def is_ready(sale: Sale, found: tuple[Point, ...], facts: Facts) -> bool:
    """Whether the ERP should have a sales order of it."""
    if sale.listed is None or any(point.code in BLOCKING for point in found):
        return False
    if sale.is_pending:
        return facts.rules.pending == "import" and all(is_complete(line) for line in sale.listed.lines)
    return sale.is_confirmed


def _words(sale: Sale, facts: Facts) -> Iterator[Point]:
    """Words of the report that we cannot act on. The channel comes first: without it nothing else is decided."""
    if (listed := sale.listed) is None:
        return
    if listed.channel not in CHANNELS:
        yield Point(code="channel-unknown", value=listed.channel, text=sale.order)
    elif listed.status not in STATUSES:
        yield Point(code="status-unknown", value=listed.status, text=sale.order)
    elif facts.terms is None:
        yield Point(code="marketplace-unknown", value=listed.marketplace, text=sale.order)


def _skus(sale: Sale, facts: Facts) -> Iterator[Point]:
    """Items that the ERP does not know, of orders and of what came back."""
    if sale.is_confirmed and sale.listed:
        for line in sale.listed.lines:
            if line.sku and line.sku not in facts.skus and line.status != "cancelled":
                yield Point(code="sku-unknown", value=line.sku, text=f"order {sale.order} line {line.line}")
    fulfilled = {item for each in sale.fulfilled.values() for said in each for item in said.items}
    for shipped in sale.shipped.values():
        for item in shipped.items:
            if item.item not in fulfilled and item.sku not in facts.skus:
                yield Point(code="sku-unknown", value=item.sku, text=f"shipment {shipped.shipment} of {sale.order}")
    for returned in sale.returned.values():
        if returned.key not in sale.restocked and returned.sku not in facts.skus:
            yield Point(code="sku-unknown", value=returned.sku, text=f"return of order {sale.order}")


def _incomplete(sale: Sale, _facts: Facts) -> Iterator[Point]:
    if sale.listed and sale.listed.lost and not sale.is_cancelled:
        numbers = ", ".join(str(line) for line in sale.listed.lost[:_SHOWN])
        text = f"order {sale.order} (line {numbers} of the report)"
        yield Point(code="sale-incomplete", value="readable row", text=text)
    if sale.is_confirmed and sale.listed:
        for line in sale.listed.lines:
            if (missing := missing_of(line)) is not None:
                yield Point(code="sale-incomplete", value=missing, text=f"order {sale.order} line {line.line}")


def _pending(sale: Sale, facts: Facts) -> Iterator[Point]:
    if sale.is_pending and sale.listed:
        since = sale.listed.purchased_at or sale.listed.seen_at
        yield Point(code="pending-too-long", text=sale.order, at=since + facts.rules.pending_after)


def _refused(sale: Sale, _facts: Facts) -> Iterator[Point]:
    if sale.refused is not None:
        yield Point(code="posting-refused", value=sale.refused.message[:80], text=sale.order)


def _short(sale: Sale, _facts: Facts) -> Iterator[Point]:
    if sale.posted and not sale.is_cancelled and not sale.has_left and not _is_shipped(sale):
        for sku in sale.posted[-1].short:
            yield Point(code="stock-short", value=sku, text=sale.order)


def _partly(sale: Sale, _facts: Facts) -> Iterator[Point]:
    """An order of ours that left in part before the ERP got it, and no report tells what of it is still to ship."""
    said = (sale.listed.channel, sale.listed.status) if sale.listed else None
    left_before = said == ("merchant", "partially_shipped") and not sale.was_open and not sale.has_left
    if left_before and not open_pieces(sale):
        yield Point(code="partly-shipped", text=sale.order)


def _is_shipped(sale: Sale) -> bool:
    return sale.listed is not None and sale.listed.status == "shipped"


def _tax_code(sale: Sale, facts: Facts) -> Iterator[Point]:
    booked, expected = sale.booked, facts.terms.tax_code if facts.terms else None
    if booked and booked.tax_code and expected and booked.tax_code != expected:
        text = f"order {sale.order} (sales order {booked.number or 'without a number'})"
        yield Point(code="tax-code-mismatch", value=f"{booked.tax_code} for {expected}", text=text)


def _changed_too_late(sale: Sale, _facts: Facts) -> Iterator[Point]:
    if sale.is_cancelled and sale.has_left:
        yield Point(code="sale-cancelled", value=sale.order, text=sale.order)


def _shipped_unknown(sale: Sale, facts: Facts) -> Iterator[Point]:
    """What Amazon shipped of an order that no orders report has named."""
    if sale.listed is None:
        for shipped in sale.shipped.values():
            at = shipped.shipped_at + facts.rules.unknown_after
            yield Point(code="shipment-without-order", text=f"order {sale.order} shipment {shipped.shipment}", at=at)


def _refunds(sale: Sale, facts: Facts) -> Iterator[Point]:
    """Refunds without an order to credit, and those of goods that never came back."""
    for refunded in sale.refunded.values():
        if not sale.posted and facts.rules.mode == "order-level":
            text = f"order {sale.order} adjustment {refunded.adjustment or 'without a number'}"
            yield Point(code="refund-without-order", value=refunded.settlement, text=text)
        paid_for_goods = any(line.kind == "Principal" and line.amount < 0 for line in refunded.lines)
        if paid_for_goods and sale.is_fba and not sale.returned:
            at = refunded.posted_at + facts.rules.return_after
            yield Point(code="refund-without-return", value=refunded.settlement, text=sale.order, at=at)


def _returns(sale: Sale, facts: Facts) -> Iterator[Point]:
    for returned in sale.returned.values():
        month = returned.returned_at.strftime("%Y-%m")
        if not sale.refunded:
            at = returned.returned_at + facts.rules.return_after
            yield Point(code="return-without-refund", value=month, text=sale.order, at=at)
        if returned.key not in sale.restocked and return_location(returned, facts) is None:
            at = returned.returned_at + facts.rules.unknown_after
            text = f"order {sale.order} SKU {returned.sku}"
            yield Point(code="return-without-order", value=month, text=text, at=at)


def _dispatch(sale: Sale, facts: Facts) -> Iterator[Point]:
    """The clock of orders that we ship: what must have left by when, and what could not be confirmed."""
    due = sale.promised.promised_at if sale.promised else None
    for each in sale.unconfirmable.values():
        text = f"order {sale.order} shipment {each.shipment}: {'; '.join(each.missing)}"
        yield Point(code="dispatch-incomplete", value=f"{sale.order}:{each.shipment}", text=text, due_at=due)
    if due is None or sale.is_fba or sale.is_cancelled or _is_shipped(sale) or not sale.left_to_ship:
        return
    yield from clock(due, f"order {sale.order}", facts)


def clock(due: datetime, text: str, facts: Facts) -> Iterator[Point]:
    """The two points of something that must have happened by a time: shortly before it, and from it on."""
    value = due.strftime("%Y-%m-%dT%H:%MZ")
    yield Point(code="dispatch-due", value=value, text=text, at=due - facts.rules.warn_before, due_at=due)
    yield Point(code="dispatch-late", value=value, text=text, at=due, due_at=due)


_KINDS: tuple[Callable[[Sale, Facts], Iterator[Point]], ...] = (
    _words,
    _incomplete,
    _skus,
    _pending,
    _refused,
    _short,
    _partly,
    _tax_code,
    _changed_too_late,
    _shipped_unknown,
    _refunds,
    _returns,
    _dispatch,
)
