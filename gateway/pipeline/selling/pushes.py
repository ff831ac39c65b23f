"""When changed quantities are offered anew: at once after a quiet time, else when the last push is long enough ago.

A mark only sets a time; what is sent is found out when it is due. After a push a look is due again one interval later:
until then marks change nothing, so that many changes are one file. Fast movers have an interval of their own.
"""

from datetime import timedelta

from gateway.config import Seller
from gateway.pipeline.desk import Desk

PUSHES = "push:"
"""Subjects that begin so are pushed when they are due."""

FAST = ":fast"
"""How the subject ends for fast movers alone."""


def mark_push(seller: Seller, desk: Desk) -> None:
    """Quantities of a seller may have changed: look at them as soon as may be."""
    if not seller.stock.pools:
        return
    start = f"{PUSHES}{seller.name}"
    waiting = frozenset(desk.tx.wakeups(start))
    for ending in ("", FAST) if seller.stock.fast_movers else ("",):
        if f"{start}{ending}" not in waiting:
            desk.tx.wake(f"{start}{ending}", desk.now)


def mark_all(desk: Desk) -> None:
    """The same for every seller: the ERP has told of stock or of items."""
    for seller in desk.config.sellers.values():
        mark_push(seller, desk)


def interval(seller: Seller, *, is_fast: bool) -> timedelta:
    """How long after a push the next one may be."""
    return seller.stock.push_fast_every if is_fast else seller.stock.push_every
