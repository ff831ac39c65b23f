"""Documents about stock at a marketplace: what lies there, what changed, what is on its way, what we offer.

Quantities are pieces and whole. The states of goods are sellable, reserved, unsellable, inbound and researching; each
lies at a location of the ERP that no pick list knows. Nothing here ever changes the item master or a price.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import FailFast

from gateway.documents.base import Day, Instant, Number, Record, Text
from gateway.documents.erp import Maybe
from gateway.documents.seller import SellerDocument

StockState = Literal["sellable", "reserved", "unsellable", "inbound", "researching"]


class SnapshotLine(Record):
    """So many pieces of an item in one state. `valued` says whether they count in the valuation as good stock.

    `known` is false where items.csv has no such item: the SKU is then the marketplace's, and nothing is to be created.
    """

    sku: Text
    state: StockState
    detail: Maybe = None
    location: Text
    quantity: Number
    sellable: bool
    valued: bool
    known: bool = True


class InventorySnapshot(SellerDocument):
    """What the marketplace says it holds for us, at one time: one way, from it to the ERP.

    `source` is the report that said so; afn-inventory tells sellable and unsellable goods only. A SKU has a line for
    each state that the report tells of it, also where it says zero.
    """

    document: Literal["inventory-snapshot"] = "inventory-snapshot"
    taken_at: Instant
    source: Text
    marketplace: Maybe = None
    lines: Annotated[tuple[SnapshotLine, ...], FailFast()]

    @property
    def number(self) -> str:
        """The moment it is of."""
        return self.id.rpartition(":")[2]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """`<seller>.<moment>`."""
        return (self.seller, self.number)


class StockAdjustmentLine(Record):
    """So many pieces more, or with a minus less, at a location."""

    sku: Text
    location: Text
    state: StockState
    quantity: Number


class StockAdjustment(SellerDocument):
    """Stock that changed without a sale: returned, lost, found, damaged, disposed of."""

    document: Literal["stock-adjustment"] = "stock-adjustment"
    reason: Text
    reference: Maybe = None
    adjusted_on: Day
    lines: Annotated[tuple[StockAdjustmentLine, ...], FailFast()]

    @property
    def number(self) -> str:
        """What it is about."""
        return self.id.split(":", 2)[2]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """`<seller>.<number>`."""
        return (self.seller, self.number)


class StockTransferLine(Record):
    """So many pieces that move."""

    sku: Text
    quantity: Number


class StockTransfer(SellerDocument):
    """Goods that move between locations: what leaves one arrives at the other, and no value is made or lost.

    `step` is ship (own warehouse to in transit), receive (in transit to FBA), or void (back again).
    """

    document: Literal["stock-transfer"] = "stock-transfer"
    shipment: Text
    step: Literal["ship", "receive", "void", "return"]
    source: Text
    target: Text
    moved_on: Day
    lines: Annotated[tuple[StockTransferLine, ...], FailFast()]

    @property
    def number(self) -> str:
        """The shipment."""
        return self.shipment

    @property
    def name_parts(self) -> tuple[str, ...]:
        """`<shipment>.<step>[.<n>]`."""
        return tuple(self.id.split(":")[2:])


class AvailabilityLine(Record):
    """What is offered of an item: the pool, less the buffer, less what orders hold that the pool does not show yet.

    Such are orders whose payment is pending, and those that went to the ERP since it last told its stock. `sku` is the
    word under which it is listed, `item` the ERP's SKU.
    """

    sku: Text
    item: Text
    quantity: Number
    pool: Number
    buffer: Number = Decimal(0)
    pending: Number = Decimal(0)


class AvailabilityUpdate(SellerDocument):
    """Quantities that we offer for sale and that changed; of several for one SKU the latest counts.

    `standing` is what had been offered before of all other SKUs; every so many updates repeat it for who joins late.
    """

    document: Literal["availability-update"] = "availability-update"
    offered_at: Instant
    lines: Annotated[tuple[AvailabilityLine, ...], FailFast()]
    standing: dict[Text, Number] | None = None

    @property
    def number(self) -> str:
        """All updates of a seller have one number: each takes the place of the one before it."""
        return "availability"

    @property
    def name_parts(self) -> tuple[str, ...]:
        """`<seller>.<moment>`."""
        return (self.seller, self.id.rpartition(":")[2])
