"""The view of a ship notice as the levels of DESADV: pallets, then packs, each with its number and that of its parent.

A level of the packing hierarchy (CPS) points at the one it stands on, where the document names a label. Numbers count
from 1, which is the root, in the order in which levels are written. The means of transport (8179) goes with the mode.
"""

from decimal import Decimal
from typing import Any

from gateway.documents.base import Text
from gateway.documents.purchase_order import total
from gateway.documents.ship_notice import Pack, ShipmentFacts, ShipNotice, Transport

ROOT = "1"
MEANS = {"road": "truck", "sea": "ocean vessel", "rail": "rail express", "air": "aircraft"}
"""How goods travel -> by what."""


class PackLevel(Pack):
    """A pack with its number in the hierarchy and that of what it stands on (7164, 7166)."""

    level: Text | None = None
    parent: Text | None = None


class TransportByMeans(Transport):
    """How the goods travel, and by what means (8179)."""

    means: Text | None = None


class ShipNoticeByLevel(ShipmentFacts):
    """A ship notice as its DESADV reads."""

    transport: TransportByMeans | None = None
    pallets: tuple[PackLevel, ...] = ()
    packs: tuple[PackLevel, ...] = ()

    @property
    def shipped_total(self) -> Decimal:
        """CNT+1: the sum of the shipped quantities, whatever their units."""
        return total(item.shipped for pack in (*self.pallets, *self.packs) for item in pack.items)


def by_level(notice: ShipNotice) -> ShipNoticeByLevel:
    """The notice as levels, pallets first, since what is pointed at comes before what points at it."""
    ordered = sorted(notice.packs, key=lambda pack: pack.kind != "pallet")
    numbers = {pack.sscc: str(n) for n, pack in enumerate(ordered, 2) if pack.sscc and pack.kind == "pallet"}
    levels = [
        PackLevel(**_fields(pack, Pack), level=str(n), parent=numbers.get(pack.within or "", ROOT))
        for n, pack in enumerate(ordered, 2)
    ]
    transport = notice.transport
    return ShipNoticeByLevel(
        **_fields(notice, ShipmentFacts)
        | {
            "transport": transport
            and TransportByMeans(**_fields(transport, Transport), means=MEANS.get(transport.mode or ""))
        },
        pallets=tuple(level for level in levels if level.kind == "pallet"),
        packs=tuple(level for level in levels if level.kind != "pallet"),
    )


def from_levels(view: ShipNoticeByLevel) -> ShipNotice:
    """The notice again; a level that points at no pallet stands on none."""
    labels = {pallet.level: pallet.sscc for pallet in view.pallets}
    transport = view.transport
    return ShipNotice(
        **_fields(view, ShipmentFacts) | {"transport": transport and Transport(**_fields(transport, Transport))},
        packs=tuple(
            Pack(**_fields(level, Pack) | {"within": labels.get(level.parent) if level.parent else None})
            for level in (*view.pallets, *view.packs)
        ),
    )


def _fields(record: Any, of: type[Any]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in of.model_fields}
