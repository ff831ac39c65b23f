"""From the ERP's shipment to the partner's ship notice: back to the unit, id and line that were ordered.

What the packs hold is divided by the factor that it was multiplied by on the way there. Loads are counted from the
packs, times are those of the place the goods leave, weights and lengths are converted exactly. What is absent stays
absent, for the gates to judge; what is there and cannot be said is a gap.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from gateway.catalogue.booked import Booked, broken, to_ordered, unknown_lines
from gateway.catalogue.gaps import Gap
from gateway.catalogue.locations import Location
from gateway.catalogue.packing import facts_of, pack_gaps, pallets_in, weight_unit
from gateway.catalogue.places import Places, clocks_of, moment, party_of
from gateway.catalogue.transport import mode_gaps, mode_of
from gateway.documents.erp import Shipment, ShipmentItem
from gateway.documents.moment import Moment
from gateway.documents.party import Carrier
from gateway.documents.purchase_order import Purpose
from gateway.documents.quantity import Quantity
from gateway.documents.ship_notice import Load, Pack, PackedItem, ShipNotice, Transport


def to_partner_ship_notice(
    shipment: Shipment,
    orders: Mapping[str, Booked],
    locations: Sequence[Location],
    *,
    partner: str,
    purpose: Purpose,
    issued_at: datetime,
    local_times: bool = True,
) -> tuple[ShipNotice | None, tuple[Gap, ...]]:
    """The ship notice of a shipment, or the gaps that keep it from being given; beside a notice, gaps are warnings.

    `orders` holds what is known of each purchase order, by number. `issued_at` is when the notice is drafted. With
    `local_times` all times are those of the place the goods leave, else UTC. Where the ERP names no place, the goods
    leave the account's warehouse for where the order wants them.
    """
    first = next((orders[item.purchase_order] for item in _items(shipment) if item.purchase_order in orders), None)
    places = Places(locations, partner)
    from_code = (shipment.ship_from and shipment.ship_from.code) or (first and first.account.warehouse)
    to_code = shipment.ship_to and shipment.ship_to.code
    ship_from = places.find(from_code, "ship-from") if from_code else None
    ship_to = places.find(to_code, "ship-to") if to_code else None
    zone = ship_from if isinstance(ship_from, Gap) else clocks_of(ship_from, local_times=local_times)
    named = ((item.purchase_order, item.line) for item in _items(shipment))
    gaps = [
        *(missing for missing in (zone, ship_to) if isinstance(missing, Gap)),
        *unknown_lines(named, orders, "shipment"),
        *pack_gaps(shipment),
        *_broken_items(shipment, orders),
    ]
    if isinstance(zone, Gap) or gaps:
        return None, tuple(gaps)
    scac = shipment.carrier.scac if shipment.carrier else None
    notice = ShipNotice(
        purpose=purpose,
        number=shipment.shipment,
        issued_at=moment(issued_at, zone),
        load=_load(shipment),
        transport=_transport(shipment, first, scac, zone),
        ship_from=party_of(ship_from),
        ship_to=party_of(ship_to) or (first and first.order.ship_to),
        vendor=first and first.order.vendor,
        carrier=Carrier(scac=scac) if scac else None,
        packs=tuple(
            Pack(**facts_of(pack), items=tuple(_item(item, orders[item.purchase_order]) for item in pack.items))
            for pack in shipment.packs
        ),
    )
    return notice, mode_gaps(shipment.mode)


def _items(shipment: Shipment) -> Iterator[ShipmentItem]:
    return (item for pack in shipment.packs for item in pack.items)


def _broken_items(shipment: Shipment, orders: Mapping[str, Booked]) -> Iterator[Gap]:
    """What a pack holds that is no whole number of ordered units."""
    for place, pack in enumerate(shipment.packs, 1):
        for item in pack.items:
            line = orders[item.purchase_order].booked_line(item.line) if item.purchase_order in orders else None
            if line is not None and to_ordered(line, item.quantity) is None:
                where = f"pack {pack.sscc or place}, line {item.line} of {item.purchase_order}"
                remedy = "pack in multiples of {factor} pieces, and send the shipment with a higher revision"
                yield broken(item.line, item.quantity, line, where, remedy)


def _load(shipment: Shipment) -> Load:
    """Pallets where there are some, else cartons: the partner counts what it has to move."""
    weight, pallets = shipment.gross_weight, pallets_in(shipment)
    return Load(
        cartons=None if pallets else len(shipment.packs),
        pallets=pallets or None,
        gross_weight=weight and Quantity(value=weight.value, unit=weight_unit(weight.unit) or "other"),
    )


def _transport(shipment: Shipment, first: Booked | None, scac: str | None, zone: tzinfo) -> Transport:
    return Transport(
        carrier=scac,
        bill_of_lading=shipment.bill_of_lading,
        tracking=shipment.pro_number,
        amazon_reference=shipment.amazon_reference,
        shipped=moment(shipment.shipped_at, zone),
        estimated_delivery=shipment.estimated_delivery and Moment(on=shipment.estimated_delivery),
        freight=first and (first.order.freight or first.account.freight),
        mode=mode_of(shipment.mode),
    )


def _item(item: ShipmentItem, booked: Booked) -> PackedItem:
    line = booked.booked_line(item.line)
    shipped = line and to_ordered(line, item.quantity)
    assert shipped is not None  # noqa: S101  (a line that is unknown, or a broken quantity, is a gap before this)
    return PackedItem(
        purchase_order=item.purchase_order,
        line=item.line,
        shipped=shipped,
        lot=item.lot,
        expires_on=item.expires_on,
        **booked.ordered_line(item.line).id_fields,
    )
