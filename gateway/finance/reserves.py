"""Reserves: what one settlement keeps back, a later one gives back, to the cent.

A seller may have several chains in one currency (Amazon.de and Amazon.fr), and reserve lines rarely name a marketplace.
So a chain is known by the marketplaces of its settlement, and what is given back is looked for among all that is still
kept in the currency, in the own chain first. Where it is not found a settlement between the two is missing, or one of
them was issued anew. It is told and holds nothing: each settlement is right in itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from gateway.finance.settlement import Reserve

_NOTHING = Decimal(0)
_AND = ", "


@dataclass(frozen=True)
class Link:
    """A settlement in a chain of its seller: over what time it goes, its marketplaces, its reserves by marketplace."""

    settlement: str
    currency: str
    starts_at: datetime
    ends_at: datetime
    reserves: dict[str, Reserve]
    marketplaces: tuple[str, ...] = ()

    def chain_of(self, marketplace: str) -> str:
        """The chain that a reserve line of it belongs to."""
        return marketplace or _AND.join(self.marketplaces)


@dataclass(frozen=True)
class Break:
    """What a settlement says it gives back is not what any before it still kept; or what was kept never came back."""

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


@dataclass
class _Kept:
    """What is still kept, by the chain that keeps it: by which settlement, and how much."""

    by_chain: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def give_back(self, chain: str, amount: Decimal, *, is_named: bool) -> bool:
        """Take what is given back from what is kept; whether it was there.

        A marketplace that is named gives back its own alone; else a chain that shares a marketplace may have kept it,
        as where a seller begins in another country.
        """
        own = set(chain.split(_AND))
        related = (name for name in self.by_chain if not own.isdisjoint(name.split(_AND)))
        for name in (chain,) if is_named else (chain, *related):
            if name in self.by_chain and self.by_chain[name][1] == amount:
                del self.by_chain[name]
                return True
        return False


def breaks(links: Iterable[Link]) -> Iterator[Break]:
    """Where the chains of one seller are broken; what came before the first settlement of one nobody can know."""
    kept: dict[str, _Kept] = {}
    for link in sorted(links, key=lambda link: (link.ends_at, link.settlement)):
        yield from _go_on(link, kept.setdefault(link.currency, _Kept()))


def _go_on(link: Link, kept: _Kept) -> Iterator[Break]:
    reserves: dict[str, Reserve] = {}
    for marketplace, reserve in link.reserves.items():
        chain, known = link.chain_of(marketplace), reserves.get(link.chain_of(marketplace), Reserve())
        reserves[chain] = Reserve(known.previous + reserve.previous, known.current + reserve.current)
    for chain in dict.fromkeys((*sorted(reserves), link.chain_of(""))):
        reserve = reserves.get(chain, Reserve())
        is_named = chain in link.reserves and bool(chain)
        is_found = bool(reserve.previous) and kept.give_back(chain, reserve.previous, is_named=is_named)
        before, amount = kept.by_chain.pop(chain, ("", _NOTHING))
        # What another chain gave back leaves this one as it is; else both sides of the chain must agree.
        if not is_found and chain in kept.known and amount != reserve.previous:
            yield Break(before or "an earlier one", link.settlement, link.currency, chain, amount, reserve.previous)
        elif is_found and amount:
            yield Break(before, link.settlement, link.currency, chain, amount, _NOTHING)
        kept.known.add(chain)
        if reserve.current:
            kept.by_chain[chain] = (link.settlement, -reserve.current)
