"""What Amazon says of stock, held against what the ERP says: drift and ghosts, a case each for all SKUs together.

They are looked for with every report, and close by themselves with the next one in which nothing is found.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from gateway.catalogue import Items
from gateway.config import Seller
from gateway.lifecycle.problems import Problem
from gateway.marketplace.terms import find_sku
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.inventory_places import locations_of
from gateway.pipeline.selling.inventory_reports import Reader, levels_now, stock_subject
from gateway.stock.drift import AtLocations, Drift, Ghost, compare, counted, find_ghosts, shown
from gateway.stock.levels import at_locations, renamed

_EVIDENCE = 100  # SKUs that a case names


def erp_stock(journal: Reader) -> dict[tuple[str, str], Decimal]:
    """(SKU, location) -> pieces, by the rows of stock.csv."""
    return {(row["sku"], row["location"]): Decimal(row["available"]) for row in journal.master("stock")}


def amazon_stock(seller: Seller, items: Items, journal: Reader) -> tuple[AtLocations, frozenset[str]]:
    """(ERP SKU, location) -> pieces by the newest reports of all marketplaces, and the locations they tell of."""
    found: dict[tuple[str, str], Decimal] = {}
    places: set[str] = set()
    for marketplace, levels in levels_now(seller, journal).items():
        locations = locations_of(seller, marketplace)
        places.update(locations.all)
        ours = renamed(levels, finder(seller, items))
        for key, count in at_locations(ours, locations).items():
            found[key] = found.get(key, Decimal(0)) + count
    return found, frozenset(places)


def drifts(seller: Seller, items: Items, journal: Reader, pieces: int) -> tuple[list[Drift], list[Ghost]]:
    """What differs now by more than `pieces`, and what only one side knows."""
    amazon, places = amazon_stock(seller, items, journal)
    erp = {key: count for key, count in erp_stock(journal).items() if key[1] in places}
    known = item_skus(items)
    return compare(amazon, erp, known, pieces), find_ghosts(amazon, erp, known)


def item_skus(items: Items) -> frozenset[str]:
    """The SKUs that the ERP knows."""
    return frozenset(item.sku for item in items.rows)


def finder(seller: Seller, items: Items) -> Callable[[str], str | None]:
    """What finds the ERP's SKU of the one that the seller lists; None where the ERP knows no such item."""
    return lambda sku: find_sku(items, seller.name, sku)


def compare_with_erp(seller: Seller, desk: Desk) -> None:
    """Raise or close the cases about what differs between the newest reports and the ERP."""
    drifting, ghosts = drifts(seller, desk.items()[1], desk.tx, seller.stock.drift_pieces)
    tell_drift(seller, "levels", "stock at Amazon", drifting, desk)
    tell_ghosts(seller, "levels", ghosts, [str(each) for each in ghosts], desk)


LOOK = "see `gateway stock drift`; find out which is right, and correct the ERP if it is not"


def tell_drift(
    seller: Seller, what: str, where: str, drifting: Sequence[Drift], desk: Desk, remedy: str = LOOK
) -> None:
    """One case for everything that drifts, or none; `remedy` says where to look."""
    key = f"{stock_subject(seller)}:stock-drift:{what}"
    if not drifting:
        desk.close(key, "the newest report and the ERP agree")
        return
    desk.tell(
        Problem(
            key=key,
            code="stock-drift",
            owner="operations",
            message=f"{where} of {seller.name} differs in {counted(len(drifting), 'place')}: {shown(drifting)}",
            remedy=f"{remedy}; the case closes with the next report that agrees",
            subjects=about(seller, [each.sku for each in drifting]),
            evidence={f"{each.sku} {each.location}": str(each) for each in drifting[:_EVIDENCE]},
        )
    )


def tell_ghosts(seller: Seller, what: str, skus: Sequence[Ghost | str], said: Sequence[str], desk: Desk) -> None:
    """One case for all SKUs that only one of the two systems knows, or none."""
    key = f"{stock_subject(seller)}:ghost-stock:{what}"
    if not said:
        desk.close(key, "both sides know every SKU")
        return
    names = [each.sku if isinstance(each, Ghost) else each for each in skus]
    desk.tell(
        Problem(
            key=key,
            code="ghost-stock",
            owner="operations",
            message=f"{seller.name} has SKUs that only one system knows: {shown(said)}",
            remedy="add the SKU to items.csv where it is an item; else find out what the goods are, and correct the "
            "ERP's stock or have Amazon send them back; the case closes with the next report",
            subjects=about(seller, names),
            evidence=dict(zip(names[:_EVIDENCE], said, strict=False)),
        )
    )


def about(seller: Seller, skus: Iterable[str]) -> tuple[str, ...]:
    """The subjects of a case about these SKUs: the seller's stock, and the first of them."""
    named = list(dict.fromkeys(skus))[:_EVIDENCE]
    return (stock_subject(seller), *(sku_subject(seller, sku) for sku in named))


def sku_subject(seller: Seller, sku: str) -> str:
    """Under what everything about one SKU of a seller is found."""
    return f"sku:{seller.name}:{sku}"
