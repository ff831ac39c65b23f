"""From a delivery of SAP (DELVRY07) to a shipment, pack by pack; or, of a seller's order, to its dispatch confirmation.

What stands in the delivery is handed on as it stands, right or wrong: whether packs hold what the items say, whether a
label is one, whether a carrier is named, the gates judge.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.documents.erp import ErpCarrier, Place, Shipment
from gateway.documents.fulfilment import DispatchCarrier, DispatchConfirmation, FulfilledItem
from gateway.documents.sap import SapDelivery
from gateway.findings import Finding
from gateway.sap.delivery_items import DeliveryItems
from gateway.sap.dispatches import portions
from gateway.sap.gaps import unmapped, unusable
from gateway.sap.handling_units import HandlingUnits
from gateway.sap.known import Known
from gateway.sap.masters import sku_of
from gateway.sap.numbers import bare
from gateway.sap.profile import SapProfile
from gateway.sap.senders import Ordered, ordered

_END_OF_DAY = "240000"
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
        self.items = DeliveryItems(delivery, profile, orders)
        self.findings = self.items.findings

    def shipment(self) -> Shipment:
        """The delivery as a shipment; `findings` say whether it may be used."""
        delivery = self.delivery
        units = HandlingUnits(self.items)
        cartons, pallets = units.counts()
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
            gross_weight=self.items.weight(delivery.gross_weight, delivery.weight_unit, "the delivery"),
            carton_count=cartons,
            pallet_count=pallets,
            lines=tuple(self.items.lines()),
            packs=tuple(units.pack(unit) for unit in delivery.units),
        )

    def confirmations(self) -> Iterator[DispatchConfirmation]:
        """Of each order of a seller what has left of it, under each tracking number.

        The first number is the shipment of the delivery; each further one is a shipment of its own, which has the
        tracking number behind that of the delivery.
        """
        code, shipment, shipped_at = self.carrier_code(), self.number(), self.shipped_at()
        sold: dict[str, dict[str | None, list[FulfilledItem]]] = {}
        for item, tracking, count in portions(self.items, self.tracking()):
            number = self.items.order_of(item)
            if number is None:
                self.items.tell_orderless(item)
            elif count > 0:
                sku = sku_of(item.material or "?", self.known.items)
                under = sold.setdefault(number, {}).setdefault(tracking, [])
                under.append(FulfilledItem(sku=sku, quantity=count))
        for number, by_tracking in sold.items():
            for count_of, (tracking, items) in enumerate(sorted(by_tracking.items(), key=lambda each: each[0] or "")):
                yield DispatchConfirmation(
                    seller=self.partner,
                    order=number,
                    shipment=f"{shipment}.{tracking}" if count_of else shipment,
                    carrier=DispatchCarrier(code=code) if code else None,
                    tracking=tracking,
                    shipped_at=shipped_at,
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
        is_end = digits == _END_OF_DAY  # SAP has this hour: it is the first one of the next day
        try:
            of_day = time() if is_end else time(int(digits[:2]), int(digits[2:4]), int(digits[4:]))
            on = day + timedelta(days=1) if is_end else day
            return datetime.combine(on, of_day, ZoneInfo(self.profile.time_zone)).astimezone(UTC)
        except ValueError:
            self.findings.append(unusable(f"{clock} is no time of day", clock))
        except OverflowError:  # SAP's words for never are the first and the last day of the calendar
            self.findings.append(unusable(f"{day} is no day on which goods could leave", str(day)))
        return None

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
