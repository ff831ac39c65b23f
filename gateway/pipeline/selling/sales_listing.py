"""Sales as people ask for them: each in a line, one in full, and those that the ERP has not got."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gateway.documents.base import iso_instant, plain
from gateway.errors import NotFound
from gateway.journal import Journal
from gateway.marketplace.points import BLOCKING
from gateway.marketplace.sales import Sale
from gateway.marketplace.settled import TOTAL_KINDS
from gateway.pipeline.selling.sales_state import WAKES, parts_of, sale_of

Json = dict[str, Any]
_PAGE = 500


def list_sales(
    journal: Journal, *, seller: str | None = None, missing: bool = False, limit: int | None = None
) -> Iterator[Json]:
    """The orders by seller and number; with `missing` only those that the ERP should have, or may get, and has not."""
    prefix = f"{WAKES}{seller}:" if seller else WAKES
    after, count = "", 0
    while subjects := journal.subjects_with_prefix(prefix, after, _PAGE):
        for subject in subjects:
            sale = sale_of(journal, *parts_of(subject))
            if sale is None or (missing and not is_missing(sale)):
                continue
            yield line_of(sale)
            count += 1
            if limit is not None and count >= limit:
                return
        after = subjects[-1]


def find_sale(journal: Journal, order: str, seller: str | None = None) -> Sale:
    """The sale with this order id. Raises NotFound where there is none, or several sellers have one."""
    sellers = [seller] if seller else sorted(_sellers(journal))
    found = [sale for name in sellers if (sale := sale_of(journal, name, order))]
    if not found:
        raise NotFound(f"there is no order {order}" + (f" of {seller}" if seller else ""))
    if len(found) > 1:
        raise NotFound(f"several sellers have an order {order}: name one with --seller")
    return found[0]


def is_missing(sale: Sale) -> bool:
    """Whether the marketplace has the order and the ERP has not: never handed over, or refused."""
    return (not sale.posted or sale.refused is not None) and not sale.is_cancelled


def line_of(sale: Sale) -> Json:
    """A sale in a line."""
    listed = sale.listed
    return {
        "seller": sale.seller,
        "order": sale.order,
        "status": listed.status if listed else None,
        "channel": listed.channel if listed else None,
        "marketplace": sale.marketplace or None,
        "posted": _posted(sale),
        "fulfilled": _fulfilled(sale),
        "settled": _settled(sale),
        "refunded": _refunded(sale),
        "waits_for": waits_for(sale),
    }


def show(sale: Sale) -> Json:
    """Everything about a sale."""
    listed = sale.listed
    lines = listed.lines if listed else ()
    return {
        **line_of(sale),
        "purchased_at": iso_instant(listed.purchased_at) if listed and listed.purchased_at else None,
        "ship_by": iso_instant(sale.promised.promised_at) if sale.promised and sale.promised.promised_at else None,
        "sales_order": sale.booked.number if sale.booked else None,
        "revisions": len(sale.posted),
        "lines": [
            {
                "line": line.line,
                "sku": line.sku,
                "quantity": _text(line.quantity),
                "price": _text(line.price),
                "tax": _text(line.tax),
            }
            for line in lines
        ],
        "documents": [
            *(
                {"type": "sales-order", "document": each.document, "what": f"revision {each.revision}"}
                for each in sale.posted
            ),
            *(
                {"type": "item-fulfilment", "document": each.document, "what": shipment}
                for shipment, told in sale.fulfilled.items()
                for each in told
            ),
            *({"type": "credit-memo", "document": each, "what": key} for key, each in sale.credited.items()),
            *({"type": "stock-adjustment", "document": each, "what": key} for key, each in sale.restocked.items()),
            *(
                {"type": "dispatch-confirmation", "document": each.document, "what": shipment}
                for shipment, each in sale.confirmed.items()
            ),
        ],
        "settlements": {
            settlement: {kind: plain(totals[kind]) for kind in TOTAL_KINDS if kind in totals}
            for settlement, totals in sale.settled.items()
        },
        "refunds": [
            {"settlement": each.settlement, "adjustment": each.adjustment or None, "total": plain(_total(each.lines))}
            for each in sale.refunded.values()
        ],
        "returns": [
            {"sku": each.sku, "quantity": plain(each.quantity), "disposition": each.disposition}
            for each in sale.returned.values()
        ],
        "open": [
            {"code": point.code, "about": point.text, "since": iso_instant(point.at) if point.at else None}
            for point in sale.points
        ],
    }


def waits_for(sale: Sale) -> str | None:
    """What the order waits for before anything goes on with it."""
    if sale.listed is None:
        return "an orders report that names it"
    blocking = next((point for point in sale.points if point.code in BLOCKING), None)
    if blocking is not None:
        return f"{blocking.code}: {blocking.value}" if blocking.value else blocking.code
    if sale.is_cancelled:
        return None
    if sale.is_pending and not sale.posted:
        return "the buyer's payment"
    if sale.refused is not None:
        return f"the ERP, which refuses it: {sale.refused.message}"
    if sale.posted and sale.booked is None:
        return "the ERP's posting-result"
    return None


def _posted(sale: Sale) -> str | None:
    if not sale.posted:
        return None
    if sale.refused is not None:
        return "refused"
    return (sale.booked.number or "booked") if sale.booked else "handed over"


def _fulfilled(sale: Sale) -> str | None:
    """Whether it has left: in full, in part, or not."""
    if sale.confirmed:
        return "partly" if sale.left_to_ship else "yes"
    gone = sum((item.quantity for each in sale.shipped.values() for item in each.items), Decimal(0))
    if not gone:
        return None
    return "yes" if gone >= sum(sale.pieces.values(), Decimal(0)) else "partly"


def _settled(sale: Sale) -> str | None:
    """Everything that was paid out for it, fees and all."""
    said = [amount for totals in sale.settled.values() for amount in totals.values()]
    return plain(sum(said, Decimal(0))) if said else None


def _refunded(sale: Sale) -> str | None:
    said = [_total(each.lines) for each in sale.refunded.values()]
    return plain(sum(said, Decimal(0))) if said else None


def _total(lines: Any) -> Decimal:
    total: Decimal = sum((line.amount for line in lines), Decimal(0))
    return total


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _sellers(journal: Journal) -> set[str]:
    """The sellers of whom any order is known."""
    found: set[str] = set()
    after = ""
    while subjects := journal.subjects_with_prefix(WAKES, after, 1):
        name = parts_of(subjects[0])[0]
        found.add(name)
        after = f"{WAKES}{name}:\U0010ffff"
    return found
