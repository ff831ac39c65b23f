"""Goods that leave Amazon because we said so: destroyed, or sent back to us.

What was destroyed is told twice, by the removal order and by the stock ledger. Both count the same pieces, so the
larger number counts, and what is posted is what it has more than was posted before. The ledger does not always name
the order: then pieces of one SKU that both tell of within `WINDOW` are the same, as many as both have. What was sent
back is told by parcel; a row that stands twice in a file is two parcels, and the file that comes again is the same
ones.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from gateway.documents.base import plain
from gateway.documents.reports import RemovalShipmentRow

NONE = Decimal(0)
ORDERED, IN_LEDGER, POSTED, MATCHED = "removal-told", "removal-in-ledger", "removal-posted", "removal-matched"
"""The kinds of events: pieces by the removal order (a total), by the ledger (more of them), posted, and the same as
some that the other side tells under another name."""

WINDOW = timedelta(days=10)
"""How far apart the two may be dated. Assumed: Amazon says of no report how late it tells."""


@dataclass(frozen=True, slots=True)
class Disposal:
    """The pieces of one SKU in one place that were destroyed by one removal order."""

    ordered: Decimal = NONE
    ledger: Decimal = NONE
    posted: Decimal = NONE
    matched: Decimal = NONE

    @property
    def due(self) -> Decimal:
        """What is still to be posted."""
        return max(self.ordered, self.ledger) - self.posted

    @property
    def free(self) -> Decimal:
        """What only one side has told of, the order or the ledger, under whatever name."""
        return max(abs(self.ordered - self.ledger) - self.matched, NONE)


_KINDS = frozenset({ORDERED, IN_LEDGER, POSTED, MATCHED})


def fold_all(events: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[tuple[str, str], Disposal]:
    """(SKU, place) -> what was destroyed, after these events of a removal order."""
    found: dict[tuple[str, str], Disposal] = {}
    for kind, body in events:
        if kind not in _KINDS:
            continue
        key = (str(body["sku"]), str(body["place"]))
        known, pieces = found.get(key, Disposal()), Decimal(body["pieces"])
        if kind == ORDERED:
            found[key] = replace(known, ordered=max(known.ordered, pieces))
        elif kind == IN_LEDGER:
            found[key] = replace(known, ledger=known.ledger + pieces)
        elif kind == MATCHED:
            found[key] = replace(known, matched=known.matched + pieces)
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
