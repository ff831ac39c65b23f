"""Where Amazon and the ERP do not say the same: other quantities, and goods that only one of the two knows.

The ERP tells what it has at a location by rows of stock.csv. A location of which no row ever came is not compared;
where some came, a SKU without one has none. Drift is what the ERP has less what Amazon has. Ghosts are no drift: a SKU
that one side does not know cannot be wrong by some pieces.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gateway.documents.base import plain

AtLocations = Mapping[tuple[str, str], Decimal]
"""(SKU, location) -> pieces."""

NONE = Decimal(0)
_LONGEST = 200  # characters of one problem in a sentence


@dataclass(frozen=True, slots=True)
class Drift:
    """A SKU at a location of which the two have other quantities; `sides` names them, the ERP's first.

    `parts` says after Amazon's quantity what it is the sum of.
    """

    sku: str
    location: str
    amazon: Decimal
    erp: Decimal
    sides: tuple[str, str] = ("ERP", "Amazon")
    parts: str = ""

    @property
    def difference(self) -> Decimal:
        """By how much the ERP has more."""
        return self.erp - self.amazon

    def __str__(self) -> str:
        erp, amazon = self.sides
        return f"{self.sku} at {self.location}: {erp} {plain(self.erp)}, {amazon} {plain(self.amazon)}{self.parts}"


@dataclass(frozen=True, slots=True)
class Ghost:
    """Goods that only one side knows: Amazon has a SKU that is in no items.csv, or the ERP has one that it has not."""

    sku: str
    known_to: Literal["amazon", "erp"]
    location: str
    pieces: Decimal

    def __str__(self) -> str:
        where = "Amazon has, items.csv does not know" if self.known_to == "amazon" else "the ERP has, Amazon does not"
        return f"{self.sku}: {plain(self.pieces)} at {self.location} that {where}"


def compare(amazon: AtLocations, erp: AtLocations, items: AbstractSet[str], pieces: int) -> list[Drift]:
    """What differs by more than `pieces`, by SKU and location; ghosts are left out."""
    told = {location for _, location in erp}
    known = {sku for sku, _ in amazon}
    keys = sorted({key for key in (*amazon, *erp) if key[1] in told and key[0] in known & items})
    found = (Drift(sku, at, amazon.get((sku, at), NONE), erp.get((sku, at), NONE)) for sku, at in keys)
    return [drift for drift in found if abs(drift.difference) > pieces]


def find_ghosts(amazon: AtLocations, erp: AtLocations, items: AbstractSet[str]) -> list[Ghost]:
    """Goods that only one of the two knows."""
    known = {sku for sku, _ in amazon}
    unknown = [Ghost(sku, "amazon", at, count) for (sku, at), count in amazon.items() if count and sku not in items]
    missing = [Ghost(sku, "erp", at, count) for (sku, at), count in erp.items() if count and sku not in known]
    return sorted((*unknown, *missing), key=lambda ghost: (ghost.sku, ghost.location))


@dataclass(frozen=True, slots=True)
class ListingDrift:
    """An offer at Amazon with another quantity than we told; None where one side has no such offer."""

    sku: str
    offered: Decimal | None
    listed: Decimal | None

    def __str__(self) -> str:
        offered = "not offered" if self.offered is None else f"offered {plain(self.offered)}"
        listed = "not listed" if self.listed is None else f"listed {plain(self.listed)}"
        return f"{self.sku}: {offered}, {listed}"


def compare_listings(listed: Mapping[str, Decimal], offered: Mapping[str, Decimal], pieces: int) -> list[ListingDrift]:
    """Where the merchant's offers at Amazon are not what we told it, by more than `pieces`."""
    found = (ListingDrift(sku, offered.get(sku), listed.get(sku)) for sku in sorted({*listed, *offered}))
    return [each for each in found if _differs(each, pieces)]


def _differs(each: ListingDrift, pieces: int) -> bool:
    if each.offered is None:
        return False  # what we never offered has nothing to be compared with
    return each.listed is None or abs(each.offered - each.listed) > pieces


def counted(number: int, thing: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def shown(found: Iterable[object], at_most: int = 5) -> str:
    """The first few in a sentence, and how many more there are."""
    said = [str(each)[:_LONGEST] for each in found]
    more = f" (and {len(said) - at_most} more)" if len(said) > at_most else ""
    return "; ".join(said[:at_most]) + more
