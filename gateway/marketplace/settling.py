"""From the rows of a settlement to what it says of single orders: what each came to, and what was paid back of each.

Rows of orders are added up by what they were for; rows of refunds become one refund for each order and adjustment.
Fees of refunds, and everything without an order, are the journal's business alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal

from gateway.documents.reports import SettlementRow
from gateway.grammar.reports import folded
from gateway.marketplace.refunds import Refund, RefundLine, is_refund, refund_kind
from gateway.marketplace.settled import SettledOrder, TotalKind, total_kind

_ORDER = folded("Order")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class _Refunding:
    marketplace: str = ""
    posted_at: datetime = _NEVER
    lines: list[RefundLine] = field(default_factory=list)


def told_of_orders(
    rows: Iterable[SettlementRow], currency: str
) -> tuple[Mapping[str, SettledOrder], tuple[Refund, ...]]:
    """Orders by their number, and refunds in the order they first appear."""
    totals: dict[str, dict[TotalKind, Decimal]] = {}
    places: dict[str, str] = {}
    refunds: dict[tuple[str, str], _Refunding] = {}
    for row in rows:
        if not row.order or row.amount is None:
            continue
        if folded(row.transaction_type) == _ORDER:
            kind = total_kind(row.amount_type, row.amount_description)
            sums = totals.setdefault(row.order, {})
            sums[kind] = sums.get(kind, Decimal(0)) + row.amount
            places[row.order] = places.get(row.order) or row.marketplace
        elif is_refund(row.transaction_type):
            kind_of_refund = refund_kind(row.amount_type, row.amount_description)
            if kind_of_refund is not None:
                refund = refunds.setdefault((row.order, row.adjustment), _Refunding())
                refund.marketplace = refund.marketplace or row.marketplace
                refund.posted_at = _instant(row.posted_at) if row.posted_at else refund.posted_at
                refund.lines.append(RefundLine(row.sku, row.order_item, kind_of_refund, row.amount))
    orders = {number: SettledOrder(number, places[number], currency, sums) for number, sums in totals.items()}
    paid_back = tuple(
        Refund(order, adjustment, each.marketplace, each.posted_at, currency, tuple(each.lines))
        for (order, adjustment), each in refunds.items()
    )
    return orders, paid_back


def _instant(at: date) -> datetime:
    """A bare day as its first moment."""
    return at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)
