"""Sales orders of a seller go to the ERP: once when they are confirmed, again as a revision while nothing has left.

Stock is looked at before an order goes that we ship ourselves. Where there is too little the order goes all the same,
flagged as a back-order, and is a case: the ERP is the one that allots goods, and Amazon's clock runs meanwhile.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from gateway.catalogue.stock import STOCK, StockLevel
from gateway.config import Seller
from gateway.documents import SalesOrder
from gateway.marketplace.erp_documents import differs, pieces_of, sales_order
from gateway.marketplace.events import Point, Posted
from gateway.marketplace.points import is_ready, points
from gateway.marketplace.sales import Sale
from gateway.marketplace.terms import Facts
from gateway.pipeline.desk import Desk
from gateway.pipeline.erp_outbox import Handed, post_to_erp
from gateway.pipeline.selling.promises import last_old, promises
from gateway.pipeline.selling.sales_settled import wake_settlement
from gateway.pipeline.selling.sales_state import record, sale_subject

_NOTHING = Decimal(0)
_STOCK = "master:stock:by-sku"


def post_order(sale: Sale, facts: Facts, seller: Seller, desk: Desk) -> None:
    """Hand the sales order to the ERP if it should have it, and has not got it as it is."""
    is_due = is_ready(sale, points(sale, facts), facts) or (sale.is_cancelled and sale.posted)
    if not is_due:
        return
    if sale.posted:
        _revise(sale, facts, seller, desk)
        return
    order = sales_order(sale, facts)
    if order is None:
        return
    short = find_short(order, seller, desk)
    _post(sale, sales_order(sale, facts, short=short) or order, short, desk)


def _revise(sale: Sale, facts: Facts, seller: Seller, desk: Desk) -> None:
    """Hand it over again if reports say something else. What has left stays, but who ships it is told."""
    before, short, revision = _last(sale, desk), sale.posted[-1].short, len(sale.posted)
    order = sales_order(sale, facts, short=short, revision=revision)
    if order is None or not differs(order, before):
        return
    is_moved = order.fulfilment != before.fulfilment
    if sale.confirmed or (sale.has_left and not is_moved):
        return
    if is_moved or (short and not pieces_of(order)):
        short = find_short(order, seller, desk)
        order = sales_order(sale, facts, short=short, revision=revision) or order
    _post(sale, order, short, desk)


def late_changes(sale: Sale, facts: Facts, desk: Desk) -> Iterator[Point]:
    """An order that is listed otherwise since goods of it have left: a person must see, and nothing is sent."""
    if not sale.posted or not sale.has_left or sale.is_cancelled or sale.is_pending:
        return
    order, before = sales_order(sale, facts), _last(sale, desk)
    if order is not None and _shape(order) != _shape(before):
        yield Point(code="sale-changed", value=sale.order, text=sale.order)


def _shape(order: SalesOrder) -> tuple[object, ...]:
    """What must not change any more: who ships it, and what for how much. What is open of it does."""
    lines = [line.model_copy(update={"open": None}) for line in order.lines]
    return order.fulfilment, lines, order.charges, order.taxes


def find_short(order: SalesOrder, seller: Seller, desk: Desk) -> tuple[str, ...]:
    """The SKUs of which there is too little: stock.csv, less what went to the ERP since it was told.

    Items that stock.csv does not list are not judged.
    """
    wanted = pieces_of(order)
    return tuple(sku for sku in wanted if _left(sku, order, seller, desk) < wanted[sku])


def is_still_so(point: Point, sale: Sale, seller: Seller, desk: Desk) -> bool:
    """Whether what was short when the order was posted still is: stock.csv came since, and knows of the order."""
    if point.code != "stock-short":
        return True
    if desk.tx.stock_told(point.value) < int(sale.posted[-1].document):
        return True
    return _left(point.value, _last(sale, desk), seller, desk) < 0


def _left(sku: str, order: SalesOrder, seller: Seller, desk: Desk) -> Decimal:
    """Pieces of an item that no other order was promised; without end where stock.csv does not list it."""
    places = {order.location} if order.location else set(seller.stock.pools)
    rows = [row for row in _stock(desk).get(sku, ()) if not places or row.location in places or not row.location]
    there = sum((row.available for row in rows), _NOTHING)
    return there - _promised(sku, order, desk) if rows else Decimal("Infinity")


def sku_subject(seller: str, sku: str) -> str:
    """Under what everything about an item of a seller is found."""
    return f"sku:{seller}:{sku}"


def _promised(sku: str, order: SalesOrder, desk: Desk) -> Decimal:
    """Pieces in other orders that went to the ERP and that its stock does not show yet; of each the last revision."""
    subject = sku_subject(order.partner, sku)
    key = f"promised:{desk.tx.stock_told(sku)}:{subject}"  # a transaction remembers it: many orders are of one item
    after, kept = desk.tx.folds.get(key, (desk.tx.head()[0], None))
    latest: dict[str, Decimal] = promises(order.partner, sku, desk, last_old(desk)) if kept is None else kept
    for entry in desk.tx.events(subject, after=after, prefix="sale-posted"):
        latest[entry.subjects[0]] = Decimal(entry.body["pieces"].get(sku, 0))
        after = entry.seq
    desk.tx.folds[key] = (after, latest)
    own = latest.get(sale_subject(order.partner, order.purchase_order), _NOTHING)
    return sum(latest.values(), _NOTHING) - own


def _stock(desk: Desk) -> Mapping[str, list[StockLevel]]:
    """stock.csv by SKU, built once for a transaction and version of the masters."""
    version = desk.tx.catalogue_version()
    known, kept = desk.tx.folds.get(_STOCK, (-1, None))
    by_sku: dict[str, list[StockLevel]] = kept or {}
    if known != version:
        by_sku = {}
        for cells in desk.tx.master("stock"):
            row = STOCK.from_cells(cells)
            by_sku.setdefault(row.sku, []).append(row)
        desk.tx.folds[_STOCK] = (version, by_sku)
    return by_sku


def _last(sale: Sale, desk: Desk) -> SalesOrder:
    return SalesOrder.model_validate(desk.tx.body_of(sale.posted[-1].document))


def _post(sale: Sale, order: SalesOrder, short: tuple[str, ...], desk: Desk) -> None:
    subject = sale_subject(sale.seller, sale.order)
    handed = Handed(whose=sale.seller, number=sale.order, account=order.account, subjects=(subject,))
    document_id = post_to_erp(order, handed, desk)
    freed = {sku: _NOTHING for each in sale.posted for sku in each.pieces}
    pieces = {**freed, **pieces_of(order)}
    flag = order.flag or ""
    posted = Posted(document=document_id, revision=order.revision, flag=flag, pieces=pieces, short=short)
    record(subject, posted, desk, *(sku_subject(sale.seller, sku) for sku in pieces))
    for settlement in sale.settled:
        wake_settlement(sale.seller, settlement, desk)
