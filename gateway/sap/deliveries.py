"""From a delivery of SAP (DELVRY07) to a shipment, pack by pack; or, of a seller's order, to its dispatch confirmation.

What stands in the delivery is handed on as it stands, right or wrong: whether packs hold what the items say, whether a
label is one, whether a carrier is named, the gates judge. A label of 20 digits is an SSCC with its identifier 00 before
it, which is taken off.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from gateway.documents.erp import (
    ErpCarrier,
    Place,
    Shipment,
    ShipmentItem,
    ShipmentLine,
    ShipmentPack,
    Size,
    Weight,
)
from gateway.documents.fulfilment import DispatchCarrier, DispatchConfirmation, FulfilledItem
from gateway.documents.sap import SapContent, SapDelivery, SapDeliveryItem, SapHandlingUnit
from gateway.findings import Finding
from gateway.sap.gaps import unmapped, unusable
from gateway.sap.known import Known
from gateway.sap.masters import sku_of
from gateway.sap.numbers import bare
from gateway.sap.profile import SapProfile
from gateway.sap.senders import Ordered, ordered
from gateway.sap.units import in_base, measure, pieces

_NOTHING = Decimal(0)
_SSCC_WITH_IDENTIFIER = 20

Delivered = tuple[tuple[Shipment | DispatchConfirmation, ...], tuple[Finding, ...]]


def orders_in(delivery: SapDelivery) -> tuple[str, ...]:
    """The customers' orders that a delivery names."""
    numbers = (item.customer_order.number for item in delivery.items if item.customer_order)
    return tuple(dict.fromkeys(number for number in numbers if number))


def from_sap_delivery(delivery: SapDelivery, partner: str, profile: SapProfile, known: Known) -> Delivered:
    """What has left, or what is not understood of it: one shipment, or a confirmation for each order of a seller."""
    orders = {number: ordered(partner, number, known) for number in orders_in(delivery)}
    reader = _Reader(delivery, partner, profile, known, orders)
    is_sold = any(order.last and order.last.seller for order in orders.values())
    found = tuple(reader.confirmations()) if is_sold else (reader.shipment(),)
    return ((), tuple(reader.findings)) if reader.findings else (found, ())


class _Reader:
    def __init__(
        self, delivery: SapDelivery, partner: str, profile: SapProfile, known: Known, orders: Mapping[str, Ordered]
    ) -> None:
        self.delivery, self.partner, self.profile = delivery, partner, profile
        self.known, self.orders = known, orders
        self.findings: list[Finding] = []
        self.items = {item.position: item for item in delivery.items}

    def shipment(self) -> Shipment:
        """The delivery as a shipment; `findings` say whether it may be used."""
        delivery = self.delivery
        uppers = self.uppers()
        cartons, pallets = self.counts(uppers)
        return Shipment(
            partner=self.partner,
            shipment=self.number(),
            mode=self.profile.modes.get(delivery.transport_kind or "", delivery.transport_kind),
            carrier=self.carrier(),
            pro_number=self.tracking(),
            bill_of_lading=delivery.bill_of_lading,
            amazon_reference=getattr(delivery, self.profile.amazon_reference),
            shipped_at=self.shipped_at(),
            estimated_delivery=self.arrives_on(),
            ship_from=self.ship_from(),
            ship_to=self.ship_to(),
            gross_weight=self.weight(delivery.gross_weight, delivery.weight_unit, "the delivery"),
            carton_count=cartons,
            pallet_count=pallets,
            lines=tuple(self.lines()),
            packs=tuple(self.pack(unit, uppers) for unit in delivery.units),
        )

    def confirmations(self) -> Iterator[DispatchConfirmation]:
        """Of each order of a seller: what has left of it."""
        code = self.carrier_code()
        single = [unit.carrier.tracking for unit in self.delivery.units if unit.carrier and unit.carrier.tracking]
        sold: dict[str, list[FulfilledItem]] = {}
        for item in self.delivery.items:
            number = self.order_of(item)
            count = self.pieces_of(item)
            if number is None:
                self.findings.append(_orderless(item))
            elif count:
                sku = sku_of(item.material or "?", self.known.items)
                sold.setdefault(number, []).append(FulfilledItem(sku=sku, quantity=count))
        for number, items in sold.items():
            yield DispatchConfirmation(
                seller=self.partner,
                order=number,
                shipment=self.number(),
                carrier=DispatchCarrier(code=code) if code else None,
                tracking=self.tracking() or next(iter(single), None),
                shipped_at=self.shipped_at(),
                lines=tuple(items),
            )

    # Head

    def number(self) -> str:
        """The shipment's number. A delivery has one, or it is no delivery."""
        external = self.delivery.external_number if self.profile.shipment_number == "external" else None
        if self.delivery.number is None:
            self.findings.append(unusable("it has no delivery number (E1EDL20 VBELN)"))
        return external or bare(self.delivery.number or "?")

    def carrier_code(self) -> str | None:
        """SAP's word for the carrier: the express carrier, else the forwarding agent."""
        agents = [each.number for each in self.delivery.partners if each.role == "SP"]
        express = self.delivery.carrier.code if self.delivery.carrier else None
        return express or next((bare(agent) for agent in agents if agent), None)

    def carrier(self) -> ErpCarrier | None:
        code = self.carrier_code()
        return ErpCarrier(scac=self.profile.carriers.get(code, code)) if code else None

    def tracking(self) -> str | None:
        """The carrier's reference of the whole delivery."""
        express = self.delivery.carrier.tracking if self.delivery.carrier else None
        is_reference = self.profile.amazon_reference == "transport_id"
        return express or (None if is_reference else self.delivery.transport_id)

    def shipped_at(self) -> datetime | None:
        """When goods were issued, or are to be while nobody says when they were: on the clocks of the profile."""
        issue = self.delivery.goods_issue
        if issue is None:
            return None
        if issue.actual_on:
            return self.instant(issue.actual_on, issue.actual_time)
        return self.instant(issue.planned_on, issue.planned_time) if issue.planned_on else None

    def instant(self, day: date, clock: str | None) -> datetime | None:
        digits = (clock or "").ljust(6, "0")
        try:
            local = datetime.strptime(f"{day:%Y%m%d}{digits}", "%Y%m%d%H%M%S")  # noqa: DTZ007  (its zone comes next)
        except ValueError:
            self.findings.append(unusable(f"{clock} is no time of day", clock))
            return None
        return local.replace(tzinfo=ZoneInfo(self.profile.time_zone)).astimezone(UTC)

    def arrives_on(self) -> date | None:
        planned = self.delivery.delivery
        return (planned.planned_end_on or planned.planned_on) if planned else None

    def ship_from(self) -> Place | None:
        """Our location with this shipping point, or with the plant and storage location of the first item."""
        point = self.delivery.shipping_point
        first = self.delivery.items[0] if self.delivery.items else None
        for code, place in self.profile.places.items():
            if place.shipping_point is not None and place.shipping_point == point:
                return Place(code=code)
        code_of_plant = self.profile.place_at(first.plant, first.storage) if first else None
        if code_of_plant:
            return Place(code=code_of_plant)
        if point:
            row = f'[erp.sap.places."..."] shipping_point = "{point}"'
            self.findings.append(unmapped(f"the shipping point {point} (VSTEL)", row, point))
        return None

    def ship_to(self) -> Place | None:
        """The place with this number in SAP; else the one that the order wants them at."""
        number = next((each.number for each in self.delivery.partners if each.role == "WE"), None)
        for row in self.profile.sales.values():
            for code, own in row.ship_to.items():
                if number and bare(own) == bare(number):
                    return Place(code=code)
        wanted = [order.last.ship_to for order in self.orders.values() if order.last and order.last.ship_to]
        return wanted[0] if wanted else None

    def weight(self, value: Decimal | None, unit: str | None, where: str) -> Weight | None:
        found = self.measured(value, unit, where)
        return Weight(value=found[0], unit=found[1]) if found else None

    def measured(self, value: Decimal | None, unit: str | None, where: str) -> tuple[Decimal, str] | None:
        if not value:
            return None
        found = measure(value, unit, self.profile, where)
        if isinstance(found, Finding):
            self.findings.append(found)
            return None
        return found

    # Items

    def order_of(self, item: SapDeliveryItem) -> str | None:
        return item.customer_order.number if item.customer_order else None

    def line_of(self, item: SapDeliveryItem) -> tuple[str, str] | None:
        """The customer's order and line of an item; a finding where it names none."""
        number = self.order_of(item)
        if number is None:
            self.findings.append(_orderless(item))
            return None
        told = item.customer_order.line if item.customer_order else None
        line = self.orders[number].line_of(told, item.line)
        if line is None:
            self.findings.append(unusable(f"item {item.position} names no line (POSEX)", item.position))
        return None if line is None else (number, line)

    def pieces_of(self, item: SapDeliveryItem) -> Decimal:
        """What of an item is delivered, in pieces: in the base unit where it stands there."""
        if item.base_quantity is not None:
            return self.counted(item.base_quantity, item.base_unit, f"item {item.position}")
        return self.counted(item.quantity or _NOTHING, item.unit, f"item {item.position}")

    def counted(self, value: Decimal, unit: str | None, where: str) -> Decimal:
        found = pieces(value, unit, self.profile, where)
        if isinstance(found, Finding):
            self.findings.append(found)
            return _NOTHING
        return found

    def lines(self) -> Iterator[ShipmentLine]:
        """What the items come to for each line: the totals that packs can be judged by."""
        found: dict[tuple[str, str], Decimal] = {}
        for item in self.delivery.items:
            of = self.line_of(item)
            if of is not None:
                found[of] = found.get(of, _NOTHING) + self.pieces_of(item)
        for (number, line), count in found.items():
            yield ShipmentLine(purchase_order=number, line=line, quantity=count)

    # Packs

    def uppers(self) -> Mapping[str, str]:
        """Which handling unit each one stands on, by their numbers."""
        return {
            content.unit_id: unit.id
            for unit in self.delivery.units
            for content in unit.contents
            if content.unit_id and unit.id and content.unit_id != unit.id
        }

    def counts(self, uppers: Mapping[str, str]) -> tuple[int | None, int | None]:
        """Cartons and pallets as SAP has counted what stands on nothing.

        Where both stand on the floor, SAP tells one number for them; what are no cartons are pallets.
        """
        told = self.delivery.unit_count
        if told is None or not told.strip().isdigit() or not self.delivery.units:
            return None, None
        top = [unit for unit in self.delivery.units if unit.id not in uppers]
        loose = sum(1 for unit in top if self.kind_of(unit) == "carton")
        if loose == len(top):
            return int(told), None
        return None, max(int(told) - loose, 0)

    def kind_of(self, unit: SapHandlingUnit) -> str:
        known = self.profile.packagings.get(unit.packaging or "")
        holds_units = any(content.unit_id and content.unit_id != unit.id for content in unit.contents)
        return known or ("pallet" if holds_units else "carton")

    def pack(self, unit: SapHandlingUnit, uppers: Mapping[str, str]) -> ShipmentPack:
        where = f"handling unit {unit.id or 'without a number'}"
        upper = uppers.get(unit.id or "")
        return ShipmentPack(
            sscc=_label(unit.id),
            type=self.kind_of(unit),
            within=_label(upper),
            tracking=unit.carrier.tracking if unit.carrier else None,
            gross_weight=self.weight(unit.gross_weight, unit.weight_unit, where),
            size=self.size(unit, where),
            items=tuple(self.packed(unit.contents, where)),
        )

    def size(self, unit: SapHandlingUnit, where: str) -> Size | None:
        sides: dict[str, Any] = {}
        for name in ("length", "width", "height"):
            found = self.measured(getattr(unit, name), unit.size_unit, where)
            if found:
                sides |= {name: found[0], "unit": found[1]}
        return Size(**sides) if sides else None

    def packed(self, contents: Sequence[SapContent], where: str) -> Iterator[ShipmentItem]:
        """The items in a handling unit; those that are units of their own stand apart."""
        for content in contents:
            if content.quantity is None or not content.position:
                continue
            item = self.items.get(content.position)
            line = self.line_of(item) if item else None
            if item is None:
                self.findings.append(unusable(f"{where} holds item {content.position}, which is not delivered"))
            elif line is not None:
                yield ShipmentItem(
                    purchase_order=line[0],
                    line=line[1],
                    quantity=self.content_pieces(content, item, where),
                    lot=content.batch or item.batch,
                    expires_on=item.expires_on,
                )

    def content_pieces(self, content: SapContent, item: SapDeliveryItem, where: str) -> Decimal:
        """What a unit holds in pieces: by the delivery's own ratio where it counts in the sales unit."""
        value = content.quantity or _NOTHING
        is_sales_unit = content.unit == item.unit and item.unit != item.base_unit
        if is_sales_unit and item.quantity and item.base_quantity is not None:
            return self.counted(in_base(value, item.quantity, item.base_quantity), item.base_unit, where)
        return self.counted(value, content.unit, where)


def _orderless(item: SapDeliveryItem) -> Finding:
    return unusable(f"item {item.position} names no purchase order (E1EDL41)", item.position)


def _label(number: str | None) -> str | None:
    """A handling unit's number as a label: without the identifier 00 of an SSCC that is written with it."""
    if number and len(number) == _SSCC_WITH_IDENTIFIER and number.isdigit() and number.startswith("00"):
        return number[2:]
    return number
