"""Packs on the way back: cartons and pallets, what stands on what, labels, weights and lengths.

A label goes without the application identifier of its bar code, weights go as kilograms and lengths as centimetres. A
unit without a meaning, or a pack that stands on no pallet of its shipment, is a gap.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from gateway.catalogue.exact import finite
from gateway.catalogue.gaps import Gap, gap
from gateway.documents.erp import Shipment, ShipmentPack
from gateway.documents.identifiers import sscc18
from gateway.documents.quantity import Unit
from gateway.documents.ship_notice import PackKind

_KINDS: tuple[PackKind, ...] = get_args(PackKind)
_KILOGRAMS: dict[Unit, Fraction] = {
    "kg": Fraction(1),
    "g": Fraction(1, 1000),
    "lb": Fraction("0.45359237"),  # the international pound is this many kilograms by definition
    "oz": Fraction("0.028349523125"),
}
_CENTIMETRES: dict[Unit, Fraction] = {"cm": Fraction(1), "in": Fraction("2.54")}


def weight_unit(text: str) -> Unit | None:
    """The unit of a weight by its name; None where it has no meaning."""
    return next((unit for unit in _KILOGRAMS if unit == text.strip().lower()), None)


def length_unit(text: str) -> Unit | None:
    """The unit of a length by its name; None where it has no meaning."""
    return next((unit for unit in _CENTIMETRES if unit == text.strip().lower()), None)


def pallets_in(shipment: Shipment) -> int:
    """How many of the packs are pallets."""
    return sum(_kind(pack) == "pallet" for pack in shipment.packs)


def facts_of(pack: ShipmentPack) -> dict[str, Any]:
    """What the partner's notice says of a pack beside its items."""
    weight, size = pack.gross_weight, pack.size
    return {
        "sscc": pack.sscc and sscc18(pack.sscc),
        "kind": _kind(pack),
        "within": pack.within and sscc18(pack.within),
        "tracking": pack.tracking,
        "weight": weight and _converted(weight.value, _KILOGRAMS.get(weight_unit(weight.unit) or "other")),
    } | {
        side: size and _converted(getattr(size, side), _CENTIMETRES.get(length_unit(size.unit) or "other"))
        for side in ("length", "width", "height")
    }


def pack_gaps(shipment: Shipment) -> Iterator[Gap]:
    """What of the packs, and of the weight of all, has no meaning."""
    pallets = {sscc18(pack.sscc) for pack in shipment.packs if pack.sscc and _kind(pack) == "pallet"}
    if shipment.gross_weight is not None and weight_unit(shipment.gross_weight.unit) is None:
        yield _unit_unknown("the shipment", shipment.gross_weight.unit, "lb or kg")
    for place, pack in enumerate(shipment.packs, 1):
        name = f"pack {pack.sscc or place}"
        kind = _kind(pack)
        if kind is None:
            yield gap(
                "pack-kind-unknown",
                None,
                f"{name} is of the type {pack.type!r}",
                f"give one of the types {', '.join(_KINDS)} in the ERP's shipment",
                type=pack.type or "",
            )
        if pack.within is not None and (kind == "pallet" or sscc18(pack.within) not in pallets):
            yield gap(
                "pallet-unknown",
                None,
                f"{name} stands on {pack.within}, " + ("and is a pallet itself" if kind == "pallet" else _NO_PALLET),
                "name in `within` the label of a pallet, and list the pallet as a pack of the ERP's shipment",
                within=pack.within,
            )
        if pack.gross_weight is not None and weight_unit(pack.gross_weight.unit) is None:
            yield _unit_unknown(name, pack.gross_weight.unit, "lb or kg")
        if pack.size is not None and length_unit(pack.size.unit) is None:
            yield _unit_unknown(name, pack.size.unit, "cm or in")


_NO_PALLET = "which is no pallet of the shipment"


def _kind(pack: ShipmentPack) -> PackKind | None:
    """What a pack is: a carton where the ERP does not say; None for a word without a meaning."""
    return next((kind for kind in _KINDS if kind == (pack.type or "carton").strip().lower()), None)


def _converted(value: Decimal | None, factor: Fraction | None) -> Decimal | None:
    """A measure in the partner's unit; as it was written where that is the unit already."""
    if value is None or factor is None or factor == 1:
        return value
    return finite(Fraction(value) * factor)


def _unit_unknown(name: str, unit: str, known: str) -> Gap:
    return gap(
        "unit-unknown",
        None,
        f"{name}: {unit!r} is no unit of what it measures",
        f"give {known} in the ERP's shipment",
        unit=unit,
    )
