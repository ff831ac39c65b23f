"""How a partner wants to be dealt with: what its guide says of gates, labels, back-orders, charges and corrections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from gateway.lifecycle.deadlines import Timings

Weight = Literal["block", "warn", "off"]
"""What a gap of a rule does: it keeps the document back, it is only shown, it is not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """The guide's settings for gates.

    `weights` overrides what rules do by themselves. `back_orders` is "as-ordered" (the order says whether, CSH01) or
    "allowed". `labels` are the kinds of label that a carton may have: sscc, tracking. `orders_an_invoice` is "one" or
    "many". `charges` is, for a kind of document, the part of its goods' cost in per cent that the partner charges where
    it is wrong or late. `label_days` is how long an SSCC must not be used again.
    """

    weights: Mapping[str, Weight] = field(default_factory=dict)
    back_orders: Literal["as-ordered", "allowed"] = "as-ordered"
    labels: tuple[str, ...] = ("sscc",)
    orders_an_invoice: Literal["one", "many"] = "one"
    charges: Mapping[str, Decimal] = field(default_factory=dict)
    label_days: int = 365
    timings: Timings = field(default_factory=Timings)
    ship_notice_after: str = "delivered"
    invoice_after: str = "accepted"
