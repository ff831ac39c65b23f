"""What we offer of the goods that we ship ourselves: the pool, less what is kept back, less what pending orders hold.

Goods at Amazon are never in it: a SKU that Amazon ships is not offered, and its locations are no pool. A share that is
kept back is rounded up, a pool down, and no offer is below zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from gateway.documents.inventory import AvailabilityLine
from gateway.stock.levels import FBA, MERCHANT

NONE = Decimal(0)
_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Buffer:
    """What is never offered of a pool: so many pieces, or so many per cent of it."""

    pieces: Decimal = NONE
    percent: int = 0

    def of(self, pool: Decimal) -> Decimal:
        """The pieces that are kept back of a pool: whole ones."""
        share = (max(pool, NONE) * self.percent / 100).quantize(_WHOLE, ROUND_CEILING)
        return max(self.pieces, share)


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be offered under one SKU, and what it is made of. `item` is the ERP's SKU."""

    sku: str
    item: str
    pool: Decimal
    buffer: Decimal = NONE
    pending: Decimal = NONE

    @property
    def quantity(self) -> Decimal:
        """Pool - buffer - pending, whole, and never below zero."""
        rest = (self.pool - self.buffer - self.pending).quantize(_WHOLE, ROUND_FLOOR)
        return max(rest, NONE)

    def line(self) -> AvailabilityLine:
        """It as a line of the document."""
        return AvailabilityLine(
            sku=self.sku,
            item=self.item,
            quantity=self.quantity,
            pool=self.pool,
            buffer=self.buffer,
            pending=self.pending,
        )


@dataclass(frozen=True)
class Channels:
    """Who ships a SKU, by what reports said last. `listed` None: no listings report has ever come."""

    fba: frozenset[str] = frozenset()
    listed: frozenset[str] | None = None

    def is_ours(self, sku: str) -> bool:
        """Whether we ship it: never where any report says that Amazon does."""
        return sku not in self.fba and (self.listed is None or sku in self.listed)


def channels_of(
    listings: Iterable[Mapping[str, str]],
    inventories: Iterable[Mapping[str, str]],
    orders: Mapping[str, str] | None = None,
) -> Channels:
    """Who ships what, by the newest listings and FBA inventory of each marketplace: one word for Amazon is enough.

    `orders` says who shipped the latest order of a SKU; it counts where no listing says anything.
    """
    listed = list(listings)
    unlisted = {sku: each for sku, each in (orders or {}).items() if not any(sku in channels for channels in listed)}
    told = [*listed, *inventories, unlisted]
    fba = frozenset(sku for channels in told for sku, channel in channels.items() if channel == FBA)
    ours = frozenset(sku for channels in listed for sku, channel in channels.items() if channel == MERCHANT)
    return Channels(fba, ours if listed else None)


def channel_of(fulfilment_channel: str) -> str:
    """Who ships by the word of a listings report: DEFAULT is the merchant, AMAZON_NA and its like are Amazon."""
    return FBA if fulfilment_channel.strip().upper().startswith(("AMAZON", "AFN")) else MERCHANT


def offers(
    pools: Mapping[str, Decimal],
    names: Mapping[str, str],
    channels: Channels,
    buffers: Mapping[str, Buffer],
    buffer: Buffer,
    pending: Mapping[str, Decimal],
) -> list[Offer]:
    """What may be offered, by SKU: of each item that has stock in a pool, under each name that we ship it under.

    `names` are the ERP's items by the SKU they are listed under; pools and pending orders are by item, buffers by
    either. Each name is offered all that there is: no more than one of them is sold before the next push.
    """
    return [
        Offer(sku, item, pools[item], _buffer_of(sku, item, buffers, buffer).of(pools[item]), pending.get(item, NONE))
        for sku, item in sorted(names.items())
        if item in pools and channels.is_ours(sku)
    ]


def _buffer_of(sku: str, item: str, buffers: Mapping[str, Buffer], buffer: Buffer) -> Buffer:
    return buffers.get(sku) or buffers.get(item) or buffer


def changed(wanted: Iterable[Offer], standing: Mapping[str, Decimal]) -> list[Offer]:
    """The offers of which Amazon was told another quantity, or none."""
    return [offer for offer in wanted if standing.get(offer.sku) != offer.quantity]
