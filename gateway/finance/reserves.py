"""Reserves: what one settlement keeps back, the next one gives back, to the cent.

Per marketplace and currency `previous(n) = -current(n-1)`. Where that does not hold a settlement between the two is
missing, or one of them was issued anew. It is told and holds nothing: each settlement is right in itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from gateway.finance.settlement import Reserve


@dataclass(frozen=True)
class Link:
    """A settlement in the chain of its seller: over what time it goes, and its reserves by marketplace."""

    settlement: str
    currency: str
    starts_at: datetime
    ends_at: datetime
    reserves: dict[str, Reserve]


@dataclass(frozen=True)
class Break:
    """Between two settlements: what the later says it got back is not what the earlier says it kept."""

    before: str
    settlement: str
    currency: str
    marketplace: str
    kept: Decimal
    given_back: Decimal

    @property
    def difference(self) -> Decimal:
        """What is missing."""
        return self.kept - self.given_back


def breaks(links: Iterable[Link]) -> Iterator[Break]:
    """Where the chain of one seller is broken; what came before his first settlement nobody can know."""
    chains: dict[str, list[Link]] = {}
    for link in sorted(links, key=lambda link: (link.ends_at, link.settlement)):
        chains.setdefault(link.currency, []).append(link)
    for chain in chains.values():
        for before, link in pairwise(chain):
            for marketplace in sorted(before.reserves.keys() | link.reserves.keys()):
                kept = -before.reserves.get(marketplace, Reserve()).current
                given_back = link.reserves.get(marketplace, Reserve()).previous
                if kept != given_back:
                    yield Break(before.settlement, link.settlement, link.currency, marketplace, kept, given_back)
