"""Stock as people ask for it: each SKU with its states, what the ERP says, what drifts, what is offered, what comes.

Nothing here changes anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from gateway.config import Config, Seller
from gateway.documents.base import iso_instant, plain
from gateway.journal import Journal, Transaction
from gateway.mapping.library import Mappings
from gateway.pipeline.desk import Catalogue, Desk
from gateway.pipeline.selling.availability import channels_now, offers_now, standing_offers
from gateway.pipeline.selling.inbound import inbound_shipments
from gateway.pipeline.selling.inventory_drift import amazon_stock, drifts, erp_stock, finder
from gateway.pipeline.selling.inventory_places import locations_of
from gateway.pipeline.selling.inventory_reports import levels_now, newest_reports
from gateway.stock.availability import Channels
from gateway.stock.inbound import over, short
from gateway.stock.levels import renamed
from gateway.stock.states import STATES

Json = dict[str, Any]
NONE = Decimal(0)


@dataclass(frozen=True)
class Views:
    """What can be asked of the stock of sellers, now."""

    config: Config
    journal: Journal
    mappings: Mappings
    now: datetime
    catalogue: Catalogue = field(default_factory=Catalogue)

    def sellers(self, name: str | None = None) -> list[Seller]:
        """All sellers, or the one of this name."""
        return [seller for seller in self.config.sellers.values() if name in (None, seller.name)]

    @property
    def desk(self) -> Desk:
        """A desk to read from: nothing that is asked here writes."""
        reader = cast("Transaction", self.journal)
        return Desk(self.config, self.mappings, self.catalogue, reader, self.now)

    def states(self, seller: Seller, sku: str | None = None) -> Iterator[Json]:
        """A row for each SKU, marketplace and state that Amazon tells of, with the location that the ERP has for it."""
        erp = erp_stock(self.journal)
        for marketplace, levels in self._levels(seller).items():
            locations = locations_of(seller, marketplace)
            for name_of_sku, states in sorted(levels.items()):
                if sku in (None, name_of_sku):
                    for name, state in STATES.items():
                        if name not in states:
                            continue
                        yield {
                            "seller": seller.name,
                            "sku": name_of_sku,
                            "marketplace": marketplace,
                            "state": name,
                            "location": locations.of(state.place) if state.place else None,
                            "quantity": plain(states[name]),
                            "erp": _shown(erp.get((name_of_sku, locations.of(state.place)))) if state.place else None,
                            "sellable": state.sellable,
                            "valued": state.valued,
                        }

    def stock(self, seller: Seller) -> Iterator[Json]:
        """A row for each SKU: what Amazon has by state, what the ERP has at those places, and what is offered."""
        amazon, places = amazon_stock(seller, self.desk.items()[1], self.journal)
        erp = {key: count for key, count in erp_stock(self.journal).items() if key[1] in places}
        totals: dict[str, dict[str, Decimal]] = {}
        for levels in self._levels(seller).values():
            for sku, states in levels.items():
                of_sku = totals.setdefault(sku, {})
                for name, count in states.items():
                    word = name.partition(".")[0]
                    of_sku[word] = of_sku.get(word, NONE) + count
        find = finder(seller, self.desk.items()[1])
        offered: dict[str, Json] = {}
        for row in self.offers(seller):  # of two names of one item, the one that is offered
            item = row["item"] or find(row["sku"]) or row["sku"]
            if item not in offered or offered[item]["why"] is not None:
                offered[item] = row
        stranded = self.stranded(seller)
        told = {location for _, location in erp}  # what the ERP says nothing of cannot drift
        at_erp = _by_sku(erp)
        at_amazon = _by_sku({key: count for key, count in amazon.items() if key[1] in told})
        for sku in sorted({*totals, *at_erp, *offered}):
            mine = totals.get(sku, {})
            offer = offered.get(sku, {})
            yield {
                "seller": seller.name,
                "sku": sku,
                **{name: _shown(mine.get(name)) for name in _WORDS},
                "erp": plain(at_erp.get(sku, NONE)) if sku in at_erp or sku in at_amazon else None,
                "drift": plain(at_erp.get(sku, NONE) - at_amazon.get(sku, NONE))
                if sku in at_erp or sku in at_amazon
                else None,
                **{name: offer.get(name) for name in _OFFERED},
                "stranded": stranded.get(sku),
            }

    def drift(self, seller: Seller) -> Iterator[Json]:
        """A row for each SKU and location that differs at all; `beyond` says whether by more than is configured."""
        found, ghosts = drifts(seller, self.desk.items()[1], self.journal, 0)
        for each in found:
            yield {
                "seller": seller.name,
                "sku": each.sku,
                "location": each.location,
                "amazon": plain(each.amazon),
                "erp": plain(each.erp),
                "difference": plain(each.difference),
                "ghost": None,
                "beyond": abs(each.difference) > seller.stock.drift_pieces,
            }
        for ghost in ghosts:
            is_ours = ghost.known_to == "erp"
            yield {
                "seller": seller.name,
                "sku": ghost.sku,
                "location": ghost.location,
                "amazon": None if is_ours else plain(ghost.pieces),
                "erp": plain(ghost.pieces) if is_ours else None,
                "difference": None,
                "ghost": f"only {'the ERP' if is_ours else 'Amazon'} knows it",
                "beyond": True,
            }

    def offers(self, seller: Seller) -> Iterator[Json]:
        """A row for each SKU that is offered, or was: what may be, what Amazon was told, and whether that arrived.

        `why` says why a SKU that Amazon was told of is offered no more.
        """
        standing = standing_offers(seller, self.journal)
        wanted = {offer.sku: offer for offer in offers_now(seller, self.desk)}
        channels = channels_now(seller, self.journal)
        for sku in sorted({*standing, *wanted}):
            offer, told = wanted.get(sku), standing.get(sku)
            yield {
                "seller": seller.name,
                "sku": sku,
                "item": offer.item if offer else None,
                "pool": plain(offer.pool) if offer else None,
                "buffer": plain(offer.buffer) if offer else None,
                "pending": plain(offer.pending) if offer else None,
                "offered": plain(offer.quantity) if offer else None,
                "sent": plain(told[0]) if told else None,
                "delivery": told[1].delivery if told else None,
                "document": told[1].id if told else None,
                "at": iso_instant(told[1].at) if told else None,
                "why": None if offer else _why_not(sku, channels),
            }

    def inbound(self, seller: Seller) -> Iterator[Json]:
        """A row for each SKU of each shipment to Amazon.

        `told` is what Amazon says it has received, with a plan or without one; `received` is what was posted of it.
        """
        for state in inbound_shipments(seller, self.journal):
            missing, surplus = short(state), over(state)
            for sku, pieces in sorted(state.skus.items()):
                yield {
                    "seller": seller.name,
                    "shipment": state.shipment,
                    "status": state.status,
                    "centre": state.centre,
                    "sku": sku,
                    "planned": plain(pieces.planned),
                    "shipped": plain(pieces.shipped),
                    "told": plain(pieces.told),
                    "received": plain(pieces.received),
                    "unsellable": plain(pieces.unsellable),
                    "in_transit": plain(pieces.in_transit),
                    "voided": plain(pieces.voided),
                    "missing": _shown(missing.get(sku)),
                    "surplus": _shown(surplus.get(sku)),
                }

    def stranded(self, seller: Seller) -> dict[str, str]:
        """SKU of the ERP -> why no offer sells what lies at Amazon."""
        find = finder(seller, self.desk.items()[1])
        found = {}
        for _, body in newest_reports("stranded-inventory", seller, self.journal):
            for sku, told in body["stranded"].items():
                found[find(sku) or sku] = f"{told['reason']} since {told['since']}: {told['action']}"
        return found

    def _levels(self, seller: Seller) -> dict[str, Mapping[str, Mapping[str, Decimal]]]:
        find = finder(seller, self.desk.items()[1])
        return {name: renamed(levels, find).skus for name, levels in levels_now(seller, self.journal).items()}


_OFFERED = ("pool", "buffer", "pending", "offered", "sent", "delivery", "why")
_WORDS = ("sellable", "reserved", "unsellable", "inbound", "researching", "future")


def _why_not(sku: str, channels: Channels) -> str:
    """Why a SKU that was offered is offered no more."""
    if sku in channels.fba:
        return "Amazon ships it"
    return "no stock in a pool" if channels.is_ours(sku) else "not listed as ours"


def _by_sku(found: Mapping[tuple[str, str], Decimal]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for (sku, _), count in found.items():
        total[sku] = total.get(sku, NONE) + count
    return total


def _shown(count: Decimal | None) -> str | None:
    return None if count is None else plain(count)
