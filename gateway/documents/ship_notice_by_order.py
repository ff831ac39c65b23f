"""The view of a ship notice as orders of pallets of packs of items, as the 856 hangs it (HL S, O, T, P, I), and back.

`by_order` and `by_pack` are pure inverse functions: a carton with goods of two orders is written once under each (as
Amazon asks), and joined again by its SSCC. A pack without goods of its own, a pallet, goes with what stands on it.
The level says what a pack is: a tare (T) is a pallet, a pack (P) a carton.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from gateway.documents.base import Record, Text
from gateway.documents.ship_notice import Pack, ShipmentFacts, ShipNotice


class ShippedPallet(Pack):
    """A pallet with the packs on it; goods that stand on it without a pack are its own items."""

    packs: tuple[Pack, ...] = ()


class ShippedOrder(Record):
    """What holds goods of one purchase order: pallets, and packs that stand on none. No message repeats its number."""

    purchase_order: Text | None = None
    pallets: tuple[ShippedPallet, ...] = ()
    packs: tuple[Pack, ...] = ()


class ShipNoticeByOrder(ShipmentFacts):
    """A ship notice as its 856 reads: orders of packs of items."""

    orders: tuple[ShippedOrder, ...] = ()

    @property
    def level_count(self) -> Decimal:
        """CTT01 of an 856: how many HL levels there are, for the shipment, each order, pallet, pack and item."""
        packs = [pack for order in self.orders for pack, _ in _packs_of(order)]
        return Decimal(1 + len(self.orders) + len(packs) + sum(len(pack.items) for pack in packs))


def by_order(notice: ShipNotice) -> ShipNoticeByOrder:
    """The notice as orders of packs of items: packs by label, each behind what it stands on; orders as they occur.

    The order of packs is not data, and this one stays the same on the way back and forth, also where a carton holds
    goods of several orders.
    """
    labelled = {pack.sscc: pack for pack in notice.packs if pack.sscc}
    packs = sorted(notice.packs, key=lambda pack: (pack.sscc is None, _stack(pack, labelled)))
    under = _orders_of_packs(tuple(packs))
    orders = dict.fromkeys(order for orders in under for order in orders)
    return ShipNoticeByOrder(
        **_facts(notice),
        orders=tuple(
            _stand(order, [_part(p, order) for p, its in zip(packs, under, strict=True) if order in its])
            for order in orders
        ),
    )


def by_pack(view: ShipNoticeByOrder) -> ShipNotice:
    """The notice as packs of items again; parts of a pack under several orders are joined by their SSCC."""
    packs: dict[object, Pack] = {}
    for order in view.orders:
        number = order.purchase_order
        for position, (part, told) in enumerate(_packs_of(order)):
            items = tuple(item.model_copy(update={"purchase_order": number}) for item in part.items)
            key = part.sscc or (number, position)  # without a label nothing says that two parts are one
            before = packs[key].items if key in packs else ()
            packs[key] = part.model_copy(update={**told, "items": before + items})
    return ShipNotice(**_facts(view), packs=tuple(packs.values()))


def _stand(order: str | None, parts: list[Pack]) -> ShippedOrder:
    """The packs of an order, each on its pallet where it has one."""
    pallets = [part for part in parts if part.kind == "pallet"]
    labels = {pallet.sscc for pallet in pallets if pallet.sscc}
    on: dict[str | None, list[Pack]] = {}
    for part in parts:
        if part.kind != "pallet":
            on.setdefault(part.within if part.within in labels else None, []).append(part)
    return ShippedOrder(
        purchase_order=order,
        pallets=tuple(
            ShippedPallet(**_fields(pallet, Pack), packs=tuple(on.get(pallet.sscc, ()) if pallet.sscc else ()))
            for pallet in pallets
        ),
        packs=tuple(on.get(None, ())),
    )


def _packs_of(order: ShippedOrder) -> Iterator[tuple[Pack, dict[str, str | None]]]:
    """All packs of an order, with what their levels say: they are of this kind, and stand on what they hang on."""
    for pallet in order.pallets:
        yield Pack(**_fields(pallet, Pack)), {"kind": "pallet"}
        for pack in pallet.packs:
            yield pack, {"kind": "carton", "within": pallet.sscc}
    for pack in order.packs:
        yield pack, {"kind": "carton"}


def _stack(pack: Pack, labelled: dict[str, Pack]) -> tuple[str, ...]:
    """The labels from the outermost pack down to this one; a pack that stands on itself ends its own stack."""
    labels: list[str] = []
    at: Pack | None = pack
    while at is not None and at.sscc and at.sscc not in labels:
        labels.append(at.sscc)
        at = labelled.get(at.within or "")
    return tuple(reversed(labels))


def _facts(notice: ShipmentFacts) -> dict[str, Any]:
    return _fields(notice, ShipmentFacts)


def _fields(record: Record, of: type[Record]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in of.model_fields}


def _part(pack: Pack, order: str | None) -> Pack:
    """What of a pack belongs to one order."""
    items = tuple(item for item in pack.items if item.purchase_order == order)
    return pack if len(items) == len(pack.items) else pack.model_copy(update={"items": items})


def _orders_of_packs(packs: tuple[Pack, ...]) -> list[tuple[str | None, ...]]:
    """For each pack the orders it is listed under: those of its items and of the packs within it; None for neither."""
    own = [_distinct(item.purchase_order for item in pack.items) for pack in packs]
    for _ in packs:  # one round a nesting level is enough, and no nesting is deeper than there are packs
        inner: dict[str | None, list[str | None]] = {}
        for pack, orders in zip(packs, own, strict=True):
            inner.setdefault(pack.within, []).extend(orders)
        wider = [
            _distinct((*orders, *(inner.get(pack.sscc, ()) if pack.sscc else ())))
            for pack, orders in zip(packs, own, strict=True)
        ]
        if wider == own:
            break
        own = wider
    return [orders or (None,) for orders in own]


def _distinct(orders: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(orders))
