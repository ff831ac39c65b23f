"""Goods that leave Amazon because we said so: destroyed, or sent back to us.

What was destroyed is told twice, by the removal order and by the stock ledger. Both count the same pieces, so the
larger number counts, and what is posted is what it has more than was posted before. What was sent back is told by
parcel; a row that stands twice in a file is two parcels, and the file that comes again is the same ones.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from gateway.documents.base import plain
from gateway.documents.reports import RemovalShipmentRow

NONE = Decimal(0)
ORDERED, IN_LEDGER, POSTED = "removal-told", "removal-in-ledger", "removal-posted"
"""The kinds of events: pieces by the removal order (a total), by the ledger (more of them), and posted."""


@dataclass(frozen=True, slots=True)
class Disposal:
    """The pieces of one SKU in one place that were destroyed by one removal order."""

    ordered: Decimal = NONE
    ledger: Decimal = NONE
    posted: Decimal = NONE

    @property
    def due(self) -> Decimal:
        """What is still to be posted."""
        return max(self.ordered, self.ledger) - self.posted


def fold_all(events: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[tuple[str, str], Disposal]:
    """(SKU, place) -> what was destroyed, after these events of a removal order."""
    found: dict[tuple[str, str], Disposal] = {}
    for kind, body in events:
        if kind not in (ORDERED, IN_LEDGER, POSTED):
            continue
        key = (str(body["sku"]), str(body["place"]))
        known, pieces = found.get(key, Disposal()), Decimal(body["pieces"])
        if kind == ORDERED:
            found[key] = replace(known, ordered=max(known.ordered, pieces))
        elif kind == IN_LEDGER:
            found[key] = replace(known, ledger=known.ledger + pieces)
        else:
            found[key] = replace(known, posted=known.posted + pieces)
    return found


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row of a removal shipment, with an identity that is the same whenever the file comes again."""

    identity: str
    order: str
    type: str
    shipped_on: date
    sku: str
    disposition: str
    quantity: Decimal
    tracking: str


def parcels(rows: Iterable[RemovalShipmentRow]) -> Iterator[Parcel]:
    """The rows of a removal shipment report that have pieces."""
    seen: Counter[str] = Counter()
    for row in rows:
        if row.quantity <= 0:
            continue
        said = (row.order, row.shipped_on, row.sku, row.fnsku, row.disposition, plain(row.quantity), row.tracking)
        text = "\t".join(str(part) for part in said)
        seen[text] += 1
        identity = sha256(f"{text}\t{seen[text]}".encode()).hexdigest()[:24]
        yield Parcel(
            identity, row.order, row.type, row.shipped_on, row.sku, row.disposition, row.quantity, row.tracking
        )
