"""What of a delivery travels under which tracking number: a dispatch confirmation has one number, and none is lost.

A handling unit's own number counts for what it holds, else that of the unit it stands on. What is in no unit with a
number goes under the number of the whole delivery.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from gateway.documents.base import plain
from gateway.documents.sap import SapDeliveryItem, SapHandlingUnit
from gateway.sap.delivery_items import DeliveryItems
from gateway.sap.gaps import unusable
from gateway.sap.handling_units import HandlingUnits

_NOTHING = Decimal(0)
Portion = tuple[SapDeliveryItem, str | None, Decimal]
"""So many pieces of an item under a tracking number; None where there is no number at all."""


def portions(items: DeliveryItems, whole: str | None) -> Iterator[Portion]:
    """The items of a delivery by tracking number; `whole` is that of the delivery.

    Where units name several numbers and do not say what they hold, or hold more than is delivered, that is added to the
    findings of `items`.
    """
    units = HandlingUnits(items)
    named = sorted({number for unit in items.delivery.units if (number := _number_of(unit))})
    packed = _packed(units) if named else {}
    other = whole or (named[0] if len(named) == 1 else None)
    for item in items.delivery.items:
        count = items.pieces_of(item)
        inside = packed.get(item.position or "", {})
        rest = count - sum(inside.values(), _NOTHING)
        if rest < 0:
            text = f"handling units hold {plain(count - rest)} pieces of item {item.position}"
            items.findings.append(unusable(f"{text}, {plain(count)} are delivered", item.position))
        elif rest and other is None and named:
            text = f"its handling units have the tracking numbers {', '.join(named)}, and {plain(rest)} pieces of item "
            items.findings.append(unusable(f"{text}{item.position} are in none of them", item.position))
        yield from ((item, number, pieces) for number, pieces in inside.items())
        yield item, other, rest


def _packed(units: HandlingUnits) -> Mapping[str, Mapping[str, Decimal]]:
    """Pieces by position and tracking number."""
    by_id = {unit.id: unit for unit in units.items.delivery.units}
    found: dict[str, dict[str, Decimal]] = {}
    for unit in units.items.delivery.units:
        number = _number_of(unit) or _number_of(by_id.get(units.uppers.get(unit.id or "")))
        for content, _, pieces in units.contents(unit):
            if number:
                inside = found.setdefault(content.position or "", {})
                inside[number] = inside.get(number, _NOTHING) + pieces
    return found


def _number_of(unit: SapHandlingUnit | None) -> str | None:
    return unit.carrier.tracking if unit and unit.carrier else None
