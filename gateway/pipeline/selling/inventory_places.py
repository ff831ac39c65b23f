"""Where goods are in the ERP's books: at Amazon by marketplace, on their way, and at home.

No report names its marketplace: the name of the file does where it holds one (`stock-Amazon.de.txt`), else it is the
one that is configured, else the first of the seller. Our own warehouse is the one that is configured, else the first
pool, else the warehouse of the first marketplace that has one.
"""

from gateway.config import Seller
from gateway.stock.states import Locations


def marketplace_of(seller: Seller, label: str) -> str:
    """The marketplace whose stock a file is about: the longest name that its name holds, else the usual one."""
    named = [name for name in seller.marketplaces if name.casefold() in label.casefold()]
    return max(named, key=len, default=_usual(seller))


def _usual(seller: Seller) -> str:
    wanted = (seller.stock.marketplace or "").casefold()
    return next((name for name in seller.marketplaces if name.casefold() == wanted), next(iter(seller.marketplaces)))


def locations_of(seller: Seller, marketplace: str | None) -> Locations:
    """The ERP's locations for goods at Amazon; None, or a marketplace that is configured no more, is the usual one."""
    stock = seller.stock
    known = seller.marketplaces.get(marketplace or "") or seller.marketplaces[_usual(seller)]
    return Locations(
        sellable=known.fba_location,
        reserved=stock.reserved,
        unsellable=stock.unsellable,
        in_transit=stock.in_transit,
        researching=stock.researching,
    )


def locations_at_amazon(seller: Seller) -> frozenset[str]:
    """Every location of the ERP that holds goods at Amazon, or on their way: none of them is a pool."""
    return frozenset(place for name in seller.marketplaces for place in locations_of(seller, name).all)


def pools_of(seller: Seller) -> tuple[str, ...]:
    """The locations that merchant orders are shipped from; never one of goods at Amazon, whatever is configured."""
    return tuple(pool for pool in seller.stock.pools if pool not in locations_at_amazon(seller))


def own_warehouse(seller: Seller) -> str | None:
    """Where shipments to Amazon leave from, and what comes back goes to; None where nothing says so."""
    warehouses = (each.warehouse for each in seller.marketplaces.values())
    said = (seller.stock.own_warehouse, *pools_of(seller), *warehouses)
    return next(filter(None, said), None)
