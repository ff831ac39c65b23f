"""What stands on the label of a pack: from whom to whom, for which orders, by which carrier, which of how many.

A label is made of the ERP's shipment, so the number on it is the number in the ship notice. A pack without a right SSCC
has no label: what a scanner would read must be what the partner was told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.documents import Shipment
from gateway.documents.erp import ShipmentPack
from gateway.documents.identifiers import is_sscc, sscc18
from gateway.documents.party import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label. `sscc` has 18 digits; `number` of `count` counts the packs of its kind in the shipment."""

    sscc: str
    kind: str
    number: int
    count: int
    shipment: str
    ship_from: tuple[str, ...] = ()
    ship_to: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    carrier: str | None = None
    pro_number: str | None = None
    tracking: str | None = None
    bill_of_lading: str | None = None

    @property
    def readable(self) -> str:
        """The human readable form: the application identifier in brackets, which the bars do not hold.

        Source: GS1 General Specifications, 4.15 "Human readable interpretation (HRI) rules".
        """
        return f"(00){self.sscc}"

    @property
    def element_string(self) -> str:
        """What the bars hold behind FNC1: the application identifier 00 and the SSCC, 20 digits (GS1, 3.2)."""
        return f"00{self.sscc}"


def labels_of(shipment: Shipment, ship_from: Party | None, ship_to: Party | None) -> Iterator[tuple[int, Label]]:
    """The labels of a shipment's packs, each with the position of its pack, from 0."""
    kinds = [_kind(pack) for pack in shipment.packs]
    seen: dict[str, int] = {}
    on = _orders_on(shipment)
    for position, (pack, kind) in enumerate(zip(shipment.packs, kinds, strict=True)):
        seen[kind] = seen.get(kind, 0) + 1
        if pack.sscc is None or not is_sscc(pack.sscc):
            continue
        yield (
            position,
            Label(
                sscc=sscc18(pack.sscc),
                kind=kind,
                number=seen[kind],
                count=kinds.count(kind),
                shipment=shipment.shipment,
                ship_from=address_of(ship_from),
                ship_to=address_of(ship_to),
                orders=on[sscc18(pack.sscc)],
                carrier=shipment.carrier.scac if shipment.carrier else None,
                pro_number=shipment.pro_number,
                tracking=pack.tracking,
                bill_of_lading=shipment.bill_of_lading,
            ),
        )


def _kind(pack: ShipmentPack) -> str:
    return (pack.type or "carton").strip().lower()


def _orders_on(shipment: Shipment) -> Mapping[str, tuple[str, ...]]:
    """The orders of each label: those in the pack, and on a pallet those of the packs that stand on it."""
    found: dict[str, dict[str, None]] = {}
    for pack in shipment.packs:
        orders = dict.fromkeys(item.purchase_order for item in pack.items)
        for label in (pack.sscc, pack.within):
            if label is not None:
                found.setdefault(sscc18(label), {}).update(orders)
    return {label: tuple(orders) for label, orders in found.items()}


def address_of(party: Party | None) -> tuple[str, ...]:
    """The lines of an address; the code alone where nothing else is known."""
    if party is None:
        return ()
    town = " ".join(part for part in (party.city, party.state, party.postcode) if part)
    lines = [*party.name, *party.street, town, party.country]
    found = tuple(line for line in lines if line)
    return (*found, party.code) if party.code and party.code not in found else found
