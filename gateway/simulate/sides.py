"""What the other side of a partner needs of an instance: what it may order, where to, and what its ERP knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from gateway.catalogue import ITEMS, LOCATIONS, TERMS
from gateway.config import FolderChannel, Partner
from gateway.errors import NotFound
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.simulate.amazon import Offer, Order, offers_of
from gateway.simulate.toy_erp import Shop

_ALL = 1_000_000


class CannotPlay(NotFound):
    """The instance lacks what a conversation needs; the message names it."""


@dataclass
class Side:
    """A partner as it is played: `offers` and `shops` by account; `number` is the last control number of its series."""

    partner: Partner
    channel: FolderChannel
    ship_to: str
    offers: Mapping[str, list[Offer]]
    shops: Mapping[str, Shop]
    number: int
    orders: dict[str, Order] = field(default_factory=dict)


def side_of(partner: Partner, instance: Instance) -> Side:
    """Read a partner's side from the masters. Raises CannotPlay where they lack something."""
    journal = instance.journal
    channel = instance.config.channel_of(partner.name)
    if not isinstance(channel, FolderChannel):
        raise CannotPlay(f"channel {channel.name} of {partner.name} is no pair of folders: only those can be played")
    items = [ITEMS.from_cells(cells) for cells in journal.master("items")]
    places = [LOCATIONS.from_cells(cells) for cells in journal.master("locations")]
    rates = {row.account: row.tax_rate for row in map(TERMS.from_cells, journal.master("terms"))}
    places_to = [place.code for place in places if place.role == "ship-to" and place.partner in (partner.name, "")]
    if not places_to:
        raise CannotPlay(f"locations.csv has no place to ship to for {partner.name}: add a row with the role ship-to")
    known = {name: offers_of(items, partner, account) for name, account in partner.accounts.items()}
    offers = {name: found for name, found in known.items() if found and partner.accounts[name].warehouse}
    if not offers:
        raise CannotPlay(
            f"{partner.name} could order nothing: items.csv needs rows with ids for it, accounts a warehouse"
        )
    shops = {
        name: Shop(
            ship_from=partner.accounts[name].warehouse or "",
            unit="kg" if partner.format == "edifact" else "lb",
            tax_rate=rates.get(name) or Decimal(0),
            tracked=frozenset(row.sku for row in items if row.lot_tracked or row.expiry_tracked),
            discontinued=frozenset(row.sku for row in items if row.status == "discontinued"),
        )
        for name in offers
    }
    last = _last_number(partner, journal)
    return Side(partner, channel, places_to[0], offers, shops, last)


def labels_used(journal: Journal) -> int:
    """How many labels shipments have had so far: those of a new conversation go on behind them."""
    shipments = journal.documents(type="shipment", direction="in")
    return sum(len(journal.body_of(document.id)["packs"]) for document in shipments)


def _last_number(partner: Partner, journal: Journal) -> int:
    """The highest control number that came from the partner: a conversation begins with the next."""
    files = (file for file in journal.files(limit=_ALL) if file.direction == "in")
    came = (interchange for file in files for interchange in journal.interchanges(file.id))
    numbers = (interchange.control_number for interchange in came if interchange.partner == partner.name)
    return max((int(number) for number in numbers if number.isdecimal()), default=0)
