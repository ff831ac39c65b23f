"""Refunds as settlements tell them: what was paid back to a buyer, for which items, and as part of what.

One refund is one (order, adjustment): it becomes one credit memo. Fees that Amazon gives back or keeps with a refund
are no part of it; they stay in the journal of the settlement.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from gateway.grammar.reports import folded
from gateway.mapping.settlement_words import REFUNDS


class RefundLine(NamedTuple):
    """One amount of a refund, with the sign of the report: what was paid back is negative."""

    sku: str
    order_item: str
    kind: str
    amount: Decimal


class Refund(NamedTuple):
    """Everything that one adjustment paid back of an order. `adjustment` is empty where the report names none."""

    order: str
    adjustment: str
    marketplace: str
    posted_at: datetime
    currency: str
    lines: tuple[RefundLine, ...]


_PREFIXES = {"itemprice": "", "promotion": "Promotion ", "itemwithheldtax": ""}


def is_refund(transaction_type: str) -> bool:
    """Whether lines of this transaction type pay a buyer back."""
    return folded(transaction_type) in REFUNDS


def refund_kind(amount_type: str, amount_description: str) -> str | None:
    """What a line of a refund was paid back for: `Principal`, `Promotion Shipping`; None for fees."""
    prefix = _PREFIXES.get(folded(amount_type))
    return None if prefix is None else prefix + amount_description.strip()
