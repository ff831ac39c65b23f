"""Pieces that the ERP was told to ship and whose stock it has not counted them out of yet: nobody else may have them.

A stock.csv that comes after an order does not prove that the order is in it: the ERP may not have booked it yet. So the
pieces of an order stay taken off until the ERP has booked it, or shipped it, and stock.csv tells of the item after
that. An ERP that never says what it books is waited for as long as `WAIT`; then its stock.csv is believed.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from gateway.config import Seller
from gateway.journal.records import Entry
from gateway.pipeline.desk import Desk

WAIT = timedelta(days=7)
"""How long after an order went to the ERP a stock.csv is not believed to know of it, without any word of the ERP."""

_POSTED = "sale-posted"
_KNOWN = frozenset({"sale-booked", "sale-confirmed", "sale-unconfirmable"})  # booked, or dispatched: the ERP has it


def promised(seller: Seller, items: Iterable[str], desk: Desk) -> dict[str, Decimal]:
    """Pieces by item in orders that went to the ERP and that its stock does not show yet."""
    found: dict[str, Decimal] = {}
    old = last_old(desk)
    for item in items:
        held = promises(seller.name, item, desk, old)
        if held:
            found[item] = sum(held.values(), Decimal(0))
    return found


def promises(seller: str, item: str, desk: Desk, old: int) -> dict[str, Decimal]:
    """The same for one item, by the subject of the order; `old` is what `last_old` answers."""
    told = desk.tx.stock_told(item)
    posted = desk.tx.events(f"sku:{seller}:{item}", after=min(told, old), prefix=_POSTED)
    latest = {entry.subjects[0]: entry for entry in posted}
    found = {}
    for order, entry in latest.items():
        since = desk.tx.events(order, after=entry.seq)
        if entry.seq < told and _is_counted(since, told):
            continue
        # A revision without the item is found with the order alone.
        last = next((each for each in reversed(since) if each.kind == _POSTED), entry)
        pieces = Decimal(last.body["pieces"].get(item, 0))
        if pieces:
            found[order] = pieces
    return found


def _is_counted(since: Iterable[Entry], told: int) -> bool:
    """Whether the ERP knew of an order as it was posted last when it told its stock."""
    known: int | None = None
    for entry in since:
        if entry.kind == _POSTED:
            known = None
        elif entry.kind in _KNOWN and known is None:
            known = entry.seq
    return known is not None and known < told


def last_old(desk: Desk) -> int:
    """The number of the last entry that is older than `WAIT`: entries stand in the order in which they were made."""
    journal, at = desk.tx, desk.now - WAIT
    older, newer = 0, journal.head()[0]
    while older < newer:
        middle = (older + newer + 1) // 2
        found = journal.entries(after=middle - 1, limit=1)
        if found and found[0].at < at:
            older = middle
        else:
            newer = middle - 1
    return older
