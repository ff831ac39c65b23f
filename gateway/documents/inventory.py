"""Documents about stock at a marketplace: what lies there, what changed, what is on its way, what we offer.

Quantities are pieces and whole. The states of goods are sellable, reserved, unsellable, inbound and researching; each
lies at a location of the ERP that no pick list knows. Nothing here ever changes the item master or a price.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import FailFast

from gateway.documents.base import Day, Instant, Number, Record, Text
from gateway.documents.erp import Maybe, Version
from gateway.documents.seller import SellerDocument

StockState = Literal["sellable", "reserved", "unsellable", "inbound", "researching"]


class SnapshotLine(Record):
    """So many pieces of an item in one state. `valued` says whether they count in the valuation as good stock."""

    sku: Text
    state: StockState
    detail: Maybe = None
    location: Text
    quantity: Number
    sellable: bool
    valued: bool


class InventorySnapshot(SellerDocument):
    """What the marketplace says it holds for us, at one time: one way, from it to the ERP."""

    document: Literal["inventory-snapshot"] = "inventory-snapshot"
    version: Version = 1
    taken_at: Instant
    source: Text
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
    version: Version = 1
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
    version: Version = 1
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
    """What is offered of an item: the pool, less the buffer, less what pending orders hold."""

    sku: Text
    quantity: Number
    pool: Number
    buffer: Number = Decimal(0)
    pending: Number = Decimal(0)


class AvailabilityUpdate(SellerDocument):
    """Quantities that we offer for sale and that changed; of several for one SKU the latest counts."""

    document: Literal["availability-update"] = "availability-update"
    version: Version = 1
    offered_at: Instant
    lines: Annotated[tuple[AvailabilityLine, ...], FailFast()]

    @property
    def number(self) -> str:
        """The moment it is of."""
        return self.id.rpartition(":")[2]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """`<seller>.<moment>`."""
        return (self.seller, self.number)
