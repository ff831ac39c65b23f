"""Sales: orders of single buyers, from the reports that name them to the ERP.

    report -> what it says of each order (sale-listed) -> the order goes on: sales order, fulfilments, credit memos

Taking a report only records what is new in it and wakes the orders; each then goes on alone, so one that cannot costs
no other. Everything that is open about an order is recorded with it (sale-held) and told in lists (sales_lists.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from gateway.config import Seller
from gateway.documents import PostingResult
from gateway.documents.reports import OrderRow
from gateway.erp.base import Kind
from gateway.grammar.reports import folded
from gateway.journal.records import Document
from gateway.marketplace.events import Booked, Destination, Held, Listed, ListedLine, Refused
from gateway.marketplace.points import points
from gateway.marketplace.refunds import Refund
from gateway.marketplace.sales import Sale, is_news, numbered
from gateway.marketplace.settled import SettledOrder
from gateway.marketplace.terms import Facts, find_sku
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling import (
    dispatch_confirmations,
    fulfilments,
    refunds,
    sales_lists,
    sales_posting,
    sales_settled,
)
from gateway.pipeline.selling.pushes import mark_push
from gateway.pipeline.selling.reports import Report
from gateway.pipeline.selling.sales_state import (
    WAKES,
    facts_of,
    lost_lines,
    orders_in,
    parts_of,
    record,
    sale_of,
    sale_subject,
    wake,
)
from gateway.pipeline.selling.shippers import note_shippers

_KNOWN_STARTS = {"shipped": "shipped", "shipping": "shipped", "pending": "pending"}


def take_orders(report: Report, desk: Desk) -> None:
    """An orders report: what is new in it is recorded order by order."""
    by_order: dict[str, list[OrderRow]] = {}
    for order, row in orders_in(report, "amazon-order-id"):
        by_order.setdefault(order, []).append(row)
    lost = lost_lines(report, "amazon-order-id")
    note_shippers(report.seller, (row for rows in by_order.values() for row in rows), desk)
    for order, rows in by_order.items():
        listed = listed_of(rows, desk).model_copy(update={"lost": lost.get(order, lost.get("", ()))})
        hear_listed(report.seller, order, listed, desk, report.subject)


def hear_listed(seller: Seller, order: str, listed: Listed, desk: Desk, *subjects: str) -> bool:
    """What a report says of one order. Whether it is new."""
    sale = sale_of(desk.tx, seller.name, order) or Sale(seller=seller.name, order=order)
    listed = listed.model_copy(update={"lines": numbered(listed.lines, sale.listed)})
    if not is_news(sale, listed):
        return False
    record(sale_subject(seller.name, order), listed, desk, *subjects)
    wake(seller.name, order, desk)
    return True


def listed_of(rows: Sequence[OrderRow], desk: Desk) -> Listed:
    """The rows of one order as what the report says of it; what holds for the order stands on each row."""
    first = rows[0]
    return Listed(
        seen_at=desk.now,
        status=_status(first.status),
        channel=_channel(rows),
        marketplace=first.marketplace.strip(),
        purchased_at=first.purchased_at,
        updated_at=max((row.updated_at for row in rows if row.updated_at), default=None),
        currency=next((row.currency.strip() for row in rows if row.currency.strip()), ""),
        service=first.service.strip(),
        destination=Destination(
            city=first.city, state=first.state, postal_code=first.postal_code, country=first.country
        ),
        lines=tuple(_line(row) for row in rows),
    )


def _channel(rows: Sequence[OrderRow]) -> str:
    """Who ships the order; where its rows name several that is no channel, and a person must look."""
    named = dict.fromkeys(row.channel for row in rows if row.item_status != "cancelled") or {rows[0].channel: None}
    return " and ".join(named)


def _line(row: OrderRow) -> ListedLine:
    return ListedLine(
        line="?",
        sku=row.sku.strip(),
        asin=row.asin.strip(),
        status="cancelled" if row.item_status == "cancelled" else "",
        quantity=row.quantity,
        price=row.price,
        tax=row.tax,
        shipping=row.shipping,
        shipping_tax=row.shipping_tax,
        gift_wrap=row.gift_wrap,
        gift_wrap_tax=row.gift_wrap_tax,
        promotion=row.promotion,
        shipping_promotion=row.shipping_promotion,
    )


def _status(word: str) -> str:
    """Our word; Amazon adds where a shipment is behind `Shipped`, so its beginning tells."""
    starts = (ours for start, ours in _KNOWN_STARTS.items() if folded(word).startswith(start))
    return next(starts, word)


def go_on_again(subject: str, desk: Desk) -> bool:
    """Go on with one sale that was woken. Always true: what else is due is looked at in this turn."""
    name, order = parts_of(subject)
    desk.tx.wake(subject, None)
    seller = desk.config.sellers.get(name)
    if seller is not None:
        go_on(seller, order, desk)
    return True


def go_on(seller: Seller, order: str, desk: Desk) -> None:
    """Do what the sale's state allows now, and keep the lists it is on."""
    head = desk.tx.head()
    for step in _STEPS:
        sale = _state(seller, order, desk)
        step(sale, facts_of(sale, seller, desk), seller, desk)
    sale = _state(seller, order, desk)
    facts = facts_of(sale, seller, desk)
    found = (
        *(point for point in points(sale, facts) if sales_posting.is_still_so(point, sale, seller, desk)),
        *sales_posting.late_changes(sale, facts, desk),
        *dispatch_confirmations.undelivered(sale, facts, desk),
    )
    if found != sale.points:
        record(sale_subject(seller.name, order), Held(points=found), desk)
        sales_lists.keep_lists(_state(seller, order, desk), sale.points, desk)
    if not sale.is_fba and desk.tx.head() != head:
        mark_push(seller, desk)  # what pending orders hold, or the ERP has been promised, is another


_STEPS: tuple[Callable[[Sale, Facts, Seller, Desk], None], ...] = (
    sales_posting.post_order,
    fulfilments.post_fulfilments,
    refunds.post_credits,
    refunds.post_returns,
)


def hear_result(result: PostingResult, desk: Desk) -> tuple[Sale, Document] | None:
    """What became of a sales order of a seller; None where the id is none of one."""
    name, _, order = result.id.partition(":")
    sale = sale_of(desk.tx, name, order) if name in desk.config.sellers else None
    if sale is None or not sale.posted:
        return None
    document = desk.tx.document(sale.posted[-1].document)
    is_booked = result.result == "booked"
    event: Booked | Refused
    if is_booked:
        event = Booked(number=result.number, tax_code=result.tax_code)
    else:
        event = Refused(message=result.message or "without saying why")
    if event != (sale.refused or sale.booked) or document.acknowledgement == "awaited":  # after it was sent again
        record(sale_subject(name, order), event, desk, f"document:{document.id}")
        desk.tx.update_document(document.id, acknowledgement="accepted" if is_booked else "rejected")
        wake(name, order, desk)
    return sale, document


def hear_masters(kind: Kind, desk: Desk) -> None:
    """Masters came: orders go on that waited for an item, or for stock."""
    code = {Kind.ITEMS: "sku-unknown", Kind.STOCK: "stock-short"}.get(kind)
    if code is None:
        return
    _, items = desk.items()
    for name in desk.config.sellers:
        for subject in desk.tx.wakeups(f"{sales_lists.MEMBERS}{name}|{code}|"):
            _, _, value, order = sales_lists.members_parts(subject)
            if kind is Kind.STOCK or find_sku(items, name, value) is not None:
                wake(name, order, desk)


def take_settlement(
    seller: Seller,
    settlement: str,
    orders: Mapping[str, SettledOrder],
    refunded: Iterable[Refund],
    desk: Desk,
    *,
    revision: int = 0,
) -> None:
    """What a settlement says of orders and refunds; a re-issued one (a higher `revision`) replaces what it said.

    Drift, orders that the ERP has not got and refunds of such are a case each, for the whole settlement.
    """
    refunds.take_refunds(seller, settlement, refunded, desk)
    sales_settled.take_settled(seller, settlement, orders, desk, revision=revision)


def pending_by_sku(seller: Seller, desk: Desk) -> Mapping[str, Decimal]:
    """Pieces by SKU of the ERP that pending orders hold which we ship ourselves: reserved, though in no ERP order.

    An order that is confirmed or cancelled holds nothing here any more. Items that the ERP does not know are left out.
    """
    _, items = desk.items()
    total: dict[str, Decimal] = {}
    for sale in sales_lists.members_of(seller.name, "pending-too-long", "", desk):
        if sale.listed is None or sale.listed.channel != "merchant" or sale.posted:
            continue
        for theirs, pieces in sale.pieces.items():
            ours = find_sku(items, seller.name, theirs)
            if ours is not None:
                total[ours] = total.get(ours, Decimal(0)) + pieces
    return total


def _state(seller: Seller, order: str, desk: Desk) -> Sale:
    return sale_of(desk.tx, seller.name, order) or Sale(seller=seller.name, order=order)


__all__ = ["WAKES", "go_on_again", "hear_masters", "hear_result", "pending_by_sku", "take_orders", "take_settlement"]
