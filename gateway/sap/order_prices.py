"""Prices of a sales order for SAP: which order type takes them, and for how many pieces they stand.

SAP's order type decides whether a price is net or gross, and whether the order is invoiced: each pair of these is a
type of its own. A price has no more decimals than its currency: one that has more is said for 10, 100 or 1000 times as
many pieces, exactly.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from gateway.catalogue.gaps import Gap
from gateway.documents.base import plain
from gateway.documents.erp import SalesOrder, SalesOrderLine
from gateway.documents.money import Price, decimals_of, round_half_up
from gateway.sap.gaps import gap, row_missing
from gateway.sap.tables import SapSales

_MOST_PIECES = 99_999  # PEINH has five digits in SAP (KPEIN)
_SCALES = (1, 10, 100, 1000)
_TYPES: Mapping[tuple[bool, bool], tuple[str, str]] = {
    (False, False): ("order_type", ""),
    (True, False): ("settlement_order_type", "orders that are not invoiced"),
    (False, True): ("gross_order_type", "orders whose prices include tax"),
    (True, True): ("gross_settlement_order_type", "orders that are not invoiced and whose prices include tax"),
}
"""Whether revenue comes with the settlement, whether prices include tax -> the key of the type, and what it is for."""


def order_type_of(order: SalesOrder, sales: SapSales) -> tuple[str | None, tuple[Gap, ...]]:
    """The order type; None for SAP's own choice, which is one of net prices that is invoiced."""
    key, what = _TYPES[order.revenue == "settlement", bool(order.prices_include_tax)]
    found: str | None = getattr(sales, key)
    if found or not what:
        return found, ()
    return None, (row_missing(f"the type of {what}", f'[erp.sap.sales."{order.customer}"] {key} = "..."'),)


def price_of(price: Price, currency: str) -> Price | None:
    """The same price as SAP can say it, for a whole number of pieces; None where it cannot."""
    if price.per != price.per.to_integral_value():
        return None
    for scale in _SCALES:
        amount = round_half_up(price.amount * scale, currency)
        per = price.per.to_integral_value() * scale
        if amount == price.amount * scale and per <= _MOST_PIECES:
            return price if scale == 1 else Price(amount=amount, per=per, unit=price.unit)
    return None


def price_gaps(order: SalesOrder) -> Iterator[Gap]:
    """The prices that SAP cannot say: VPREI has the currency's decimals, PEINH is a whole number of pieces."""
    for line in order.lines:
        if price_of(line.price, order.currency) is None:
            said = f"{plain(line.price.amount)} {order.currency} for {plain(line.price.per)}"
            yield gap(
                "cannot-be-said",
                f"line {line.line}: SAP has prices of {decimals_of(order.currency)} decimals for up to {_MOST_PIECES} "
                f"whole pieces, this one is {said}",
                "agree a price for a whole number of pieces",
                line.line,
                price=said,
            )


def net_of(line: SalesOrderLine, order: SalesOrder) -> Decimal | None:
    """What a line comes to without tax; None where tax is inside and nobody says how much."""
    if not order.prices_include_tax or not line.amount:
        return line.amount
    return None if line.tax is None else line.amount - line.tax
