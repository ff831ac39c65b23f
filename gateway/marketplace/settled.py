"""What a settlement says of an order, summed by what it was for; and how that differs from what the order said.

The settlement decides. Where the two differ a person gets to see both, and nothing is changed by it.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from gateway.grammar.reports import folded
from gateway.marketplace.sales import Sale

TotalKind = Literal["principal", "shipping", "gift_wrap", "tax", "promotions", "withheld", "fees", "other"]
TOTAL_KINDS: tuple[TotalKind, ...] = get_args(TotalKind)
_NOTHING = Decimal(0)
_GOODS = ("principal", "shipping", "gift_wrap")


class SettledOrder(NamedTuple):
    """What the lines of transaction type Order of one order sum up to in a settlement, signs as in the report."""

    order: str
    marketplace: str
    currency: str
    totals: Mapping[TotalKind, Decimal]


_PRICES: Mapping[str, TotalKind] = {
    "principal": "principal",
    "shipping": "shipping",
    "giftwrap": "gift_wrap",
    "tax": "tax",
    "shippingtax": "tax",
    "giftwraptax": "tax",
}
_TYPES: Mapping[str, TotalKind] = {"itemfees": "fees", "itemwithheldtax": "withheld", "promotion": "promotions"}


def total_kind(amount_type: str, amount_description: str) -> TotalKind:
    """Under which total a line of an order counts; `other` for words that are new."""
    if folded(amount_type) == "itemprice":
        return _PRICES.get(folded(amount_description), "other")
    if folded(amount_type) == "promotion" and folded(amount_description) == "taxdiscount":
        return "tax"
    return _TYPES.get(folded(amount_type), "other")


def drift(sale: Sale) -> Decimal:
    """By how much everything that was settled of an order differs from what its report said: settled less ordered.

    Goods, shipping and gift wrap count. In countries where prices hold the tax the report's prices do too, and the
    settlement tells the two apart: then they are taken together.
    """
    if sale.listed is None:
        return _NOTHING
    said = _sum(
        amount for line in sale.listed.lines for amount in (line.price, line.shipping, line.gift_wrap) if amount
    )
    settled = _sum(totals.get(kind, _NOTHING) for totals in sale.settled.values() for kind in _GOODS)
    with_tax = settled + _sum(totals.get("tax", _NOTHING) for totals in sale.settled.values())
    return min((settled - said, with_tax - said), key=abs)


def tax_owed_by(sale: Sale) -> Literal["marketplace", "seller", "both"] | None:
    """Who owes the tax by the settlements: the marketplace where it has kept all of it; None where there is none."""
    tax = _sum(totals.get("tax", _NOTHING) for totals in sale.settled.values())
    withheld = _sum(totals.get("withheld", _NOTHING) for totals in sale.settled.values())
    if not tax and not withheld:
        return None
    if tax + withheld == 0:
        return "marketplace"
    return "both" if withheld else "seller"


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _NOTHING)
