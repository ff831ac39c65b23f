"""The handling units of a delivery as packs: label, kind, what each stands on, and what it holds.

A label of 20 digits is an SSCC with its identifier 00 before it, which is taken off.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gateway.documents.erp import ShipmentItem, ShipmentPack, Size
from gateway.documents.sap import SapContent, SapDeliveryItem, SapHandlingUnit
from gateway.sap.delivery_items import DeliveryItems
from gateway.sap.gaps import unusable
from gateway.sap.units import in_base

_NOTHING = Decimal(0)
_SSCC_WITH_IDENTIFIER = 20


class HandlingUnits:
    """The handling units of a delivery. `uppers` says which one each stands on, by their numbers."""

    def __init__(self, items: DeliveryItems) -> None:
        """What is not understood is added to the findings of `items`."""
        self.items = items
        self.uppers = {
            content.unit_id: unit.id
            for unit in items.delivery.units
            for content in unit.contents
            if content.unit_id and unit.id and content.unit_id != unit.id
        }

    def counts(self) -> tuple[int | None, int | None]:
        """Cartons and pallets as SAP has counted what stands on nothing.

        Where both stand on the floor, SAP tells one number for them; what are no cartons are pallets.
        """
        told = self.items.delivery.unit_count
        if told is None or not told.strip().isdecimal() or not self.items.delivery.units:
            return None, None
        top = [unit for unit in self.items.delivery.units if unit.id not in self.uppers]
        loose = sum(1 for unit in top if self.kind_of(unit) == "carton")
        if loose == len(top):
            return int(told), None
        return None, max(int(told) - loose, 0)

    def kind_of(self, unit: SapHandlingUnit) -> str:
        """carton or pallet: by its packaging material, else by whether it holds others."""
        known = self.items.profile.packagings.get(unit.packaging or "")
        holds_units = any(content.unit_id and content.unit_id != unit.id for content in unit.contents)
        return known or ("pallet" if holds_units else "carton")

    def pack(self, unit: SapHandlingUnit) -> ShipmentPack:
        """One handling unit as a pack."""
        where = _named(unit)
        upper = self.uppers.get(unit.id or "")
        return ShipmentPack(
            sscc=_label(unit.id),
            type=self.kind_of(unit),
            within=_label(upper),
            tracking=unit.carrier.tracking if unit.carrier else None,
            gross_weight=self.items.weight(unit.gross_weight, unit.weight_unit, where),
            size=self._size(unit, where),
            items=tuple(self._packed(unit)),
        )

    def _size(self, unit: SapHandlingUnit, where: str) -> Size | None:
        sides: dict[str, Any] = {}
        for name in ("length", "width", "height"):
            found = self.items.measured(getattr(unit, name), unit.size_unit, where)
            if found:
                sides |= {name: found[0], "unit": found[1]}
        return Size(**sides) if sides else None

    def _packed(self, unit: SapHandlingUnit) -> Iterator[ShipmentItem]:
        for content, item, count in self.contents(unit):
            line = self.items.line_of(item)
            if line is not None:
                yield ShipmentItem(
                    purchase_order=line[0],
                    line=line[1],
                    quantity=count,
                    lot=content.batch or item.batch,
                    expires_on=item.expires_on,
                )

    def contents(self, unit: SapHandlingUnit) -> Iterator[tuple[SapContent, SapDeliveryItem, Decimal]]:
        """The items in a handling unit, in pieces; those that are units of their own stand apart."""
        where = _named(unit)
        for content in unit.contents:
            if content.quantity is None or not content.position:
                continue
            item = self.items.by_position.get(content.position)
            if item is None:
                self.items.findings.append(unusable(f"{where} holds item {content.position}, which is not delivered"))
            else:
                yield content, item, self._pieces(content, item, where)

    def _pieces(self, content: SapContent, item: SapDeliveryItem, where: str) -> Decimal:
        """What a unit holds in pieces: by the delivery's own ratio where it counts in the sales unit."""
        value = content.quantity or _NOTHING
        is_sales_unit = content.unit == item.unit and item.unit != item.base_unit
        if is_sales_unit and item.quantity and item.base_quantity is not None:
            return self.items.counted(in_base(value, item.quantity, item.base_quantity), item.base_unit, where)
        return self.items.counted(value, content.unit, where)


def _named(unit: SapHandlingUnit) -> str:
    return f"handling unit {unit.id or 'without a number'}"


def _label(number: str | None) -> str | None:
    """A handling unit's number as a label: without the identifier 00 of an SSCC that is written with it."""
    if number and len(number) == _SSCC_WITH_IDENTIFIER and number.isdigit() and number.startswith("00"):
        return number[2:]
    return number
