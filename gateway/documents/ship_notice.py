"""The ship notice: X12 856, EDIFACT DESADV.

A ship notice is packs of items, each item with its order and line; pallets are packs, and `within` names the parent's
SSCC. That is how DESADV and warehouses say it. The 856 hangs the same facts on orders of packs of items: see
ship_notice_by_order.py. The order of packs and items is not data, so equality is that of `normal_form`.
"""

from decimal import Decimal
from typing import Literal, Self

from gateway.documents.base import Count, Day, Number, Record, Text
from gateway.documents.item_ids import ItemIds
from gateway.documents.moment import Moment
from gateway.documents.party import Carrier, Party
from gateway.documents.purchase_order import Purpose, total
from gateway.documents.quantity import Quantity

PackKind = Literal["carton", "pallet"]


class Load(Record):
    """The whole shipment in numbers: cartons only when it is not palletised, pallets only when it is."""

    cartons: Count | None = None
    pallets: Count | None = None
    gross_weight: Quantity | None = None


class Transport(Record):
    """How the goods travel.

    `carrier` is a SCAC (X12 TD503), `tracking` the carrier's reference or PRO number (REF CN, RFF+CN),
    `amazon_reference` the ARN of a collect shipment (REF BX, RFF+ACD). Times are those of the place the goods leave.
    """

    carrier: Text | None = None
    bill_of_lading: Text | None = None
    tracking: Text | None = None
    amazon_reference: Text | None = None
    shipped: Moment | None = None
    estimated_delivery: Moment | None = None
    freight: Text | None = None
    mode: Text | None = None


class PackedItem(ItemIds):
    """So many of an ordered line in one pack, in the unit and by the id that were ordered."""

    purchase_order: Text | None = None
    line: Text | None = None
    shipped: Quantity
    lot: Text | None = None
    expires_on: Day | None = None


class Pack(Record):
    """A carton or pallet with its label. Length, width and height are centimetres, weight is kilograms (gross)."""

    sscc: Text | None = None
    kind: PackKind | None = None
    within: Text | None = None
    tracking: Text | None = None
    length: Number | None = None
    width: Number | None = None
    height: Number | None = None
    weight: Number | None = None
    items: tuple[PackedItem, ...] = ()

    def normal_form(self) -> Self:
        """The same pack with its items sorted."""
        return self.model_copy(update={"items": tuple(sorted(self.items, key=_sort_key))})


class ShipmentFacts(Record):
    """What a ship notice says of the shipment as a whole, on whichever tree its packs hang."""

    purpose: Purpose = "original"
    number: Text
    issued_at: Moment | None = None
    load: Load | None = None
    transport: Transport | None = None
    ship_from: Party | None = None
    ship_to: Party | None = None
    vendor: Party | None = None
    carrier: Carrier | None = None


class ShipNotice(ShipmentFacts):
    """What left for the partner, pack by pack."""

    packs: tuple[Pack, ...] = ()

    @property
    def shipped_total(self) -> Decimal:
        """CNT+1: the sum of the shipped quantities, whatever their units."""
        return total(item.shipped for pack in self.packs for item in pack.items)

    def normal_form(self) -> Self:
        """The same notice with packs and items sorted, since their order is not data: compare this."""
        return self.model_copy(update={"packs": tuple(sorted((p.normal_form() for p in self.packs), key=_sort_key))})


def _sort_key(record: Record) -> str:
    """Every fact of a pack or item as one text, so that only equal ones tie."""
    return record.model_dump_json()
