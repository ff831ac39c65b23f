"""A problem: something that a person must look at, as a case that should be open.

The difference between these and the cases that are open decides what is opened and what is closed, so one problem has
one case, and a case closes by itself when its problem is gone. What they follow from is in order_problems.py,
draft_problems.py and payment_problems.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from gateway.catalogue.gaps import Owner

SALES_ORDER = "sales-order"
"""The document with which an order goes to the ERP."""

CHANGE_BY_HAND = "compare with the sales order in the ERP, change it there by hand, then resolve this case"
"""What to do about an order that the partner changes, where nothing could be changed for him."""

BLOCKED_CASES: Mapping[str, str] = {
    "order-response": "order-response-blocked",
    "ship-notice": "ship-notice-blocked",
    "invoice": "invoice-blocked",
}
"""Kind of document -> the case of one that is kept back."""

DEADLINE_CASES: Mapping[str, str] = {
    "answer": "answer-due",
    "booking": "booking-due",
    "ship-notice": "ship-notice-due",
    "window": "window-ending",
    "cancellation": "cancellation-risk",
    "change": "change-due",
}
"""Deadline -> the case that tells of it."""

_FOR_A_PERSON = frozenset(
    {"order-changed", "order-of-another-account", "order-cancelled", "line-given-up", "price-not-ours"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A case that should be open: its key is the problem's, for ever; owner, remedy and due time are for people.

    `blocks` is the document that cannot go while the problem stands, `line` the order line it is about.
    """

    key: str
    code: str
    owner: Owner
    message: str
    remedy: str
    subjects: tuple[str, ...]
    due_at: datetime | None = None
    at_stake: Decimal | None = None
    evidence: dict[str, str] = field(default_factory=dict)
    line: str | None = None
    blocks: str | None = None


def is_for_a_person(code: str) -> bool:
    """Whether a case of an order waits until somebody has dealt with it: nothing in the order's state can end it."""
    return code in _FOR_A_PERSON
