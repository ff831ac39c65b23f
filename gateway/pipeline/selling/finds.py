"""Goods that Amazon found again are told twice: by the stock ledger, and by the reimbursements report as given again.

The two name nothing that both have. Same SKU, same pieces, and no more than `WINDOW` apart is taken for the same, each
of one side for one of the other; the one that comes second is not posted.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from gateway.config import Seller
from gateway.documents.base import plain
from gateway.pipeline.desk import Desk

WINDOW = timedelta(days=30)
"""How far apart the two may be dated. Assumed: Amazon says of no report how late it tells."""

_KIND = "stock-found"
Side = Literal["ledger", "reimbursement"]


def is_found_twice(seller: Seller, sku: str, pieces: Decimal, on: date, side: Side, desk: Desk) -> bool:
    """Whether the other side has told of these pieces already. What one side says is remembered for the other."""
    if pieces <= 0:
        return False  # what is taken back is no find
    subject = f"found:{seller.name}:{sku}"
    entries = desk.tx.events(subject, prefix=_KIND)
    taken = {entry.body["same_as"] for entry in entries}
    same = next(
        (
            str(entry.seq)
            for entry in entries
            if entry.body["side"] != side
            and entry.body["same_as"] is None
            and str(entry.seq) not in taken
            and Decimal(entry.body["pieces"]) == pieces
            and abs(date.fromisoformat(entry.body["on"]) - on) <= WINDOW
        ),
        None,
    )
    desk.note(_KIND, {"side": side, "pieces": plain(pieces), "on": on.isoformat(), "same_as": same}, subject)
    return same is not None
