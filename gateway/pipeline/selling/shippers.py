"""Who shipped the latest order of each SKU: a word on whether it is Amazon's to ship, where no listing tells.

An orders report writes only what has changed, so a seller with ten thousand SKUs has ten thousand words once.
"""

from collections.abc import Iterable

from gateway.config import Seller
from gateway.documents.reports import OrderRow
from gateway.journal import Journal, Transaction
from gateway.pipeline.desk import Desk

_KIND = "skus-shipped-by"
_CHANNELS = ("fba", "merchant")


def shippers_subject(seller: Seller) -> str:
    """Under what is found who ships a seller's SKUs."""
    return f"shippers:{seller.name}"


def shipped_by(seller: Seller, journal: Journal | Transaction) -> dict[str, str]:
    """SKU -> fba or merchant, by its latest order."""
    found: dict[str, str] = {}
    for entry in journal.events(shippers_subject(seller), prefix=_KIND):
        found.update(entry.body["channels"])
    return found


def note_shippers(seller: Seller, rows: Iterable[OrderRow], desk: Desk) -> None:
    """What the orders of a report say; of several of one SKU the one that was bought last."""
    latest: dict[str, OrderRow] = {}
    for row in rows:
        before = latest.get(row.sku)
        is_later = before is None or (row.purchased_at or desk.now) >= (before.purchased_at or desk.now)
        if row.sku and row.channel in _CHANNELS and is_later:
            latest[row.sku] = row
    known = shipped_by(seller, desk.tx)
    news = {sku: row.channel for sku, row in sorted(latest.items()) if known.get(sku) != row.channel}
    if news:
        desk.note(_KIND, {"channels": news}, shippers_subject(seller))
