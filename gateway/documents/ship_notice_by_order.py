"""The view of a ship notice as orders of packs of items, as the 856 hangs it (HL S, O, P, I), and the way back.

`by_order` and `by_pack` are pure inverse functions: a carton with goods of two orders is written once under each (as
Amazon asks), and joined again by its SSCC. A pack without goods of its own, a pallet, goes with what stands on it.
"""

from collections.abc import Iterable
from decimal import Decimal

from gateway.documents.base import Record, Text
from gateway.documents.ship_notice import Pack, ShipmentFacts, ShipNotice


class ShippedOrder(Record):
    """The packs that hold goods of one purchase order; their items do not repeat its number."""

    purchase_order: Text | None = None
    packs: tuple[Pack, ...] = ()


class ShipNoticeByOrder(ShipmentFacts):
    """A ship notice as its 856 reads: orders of packs of items."""

    orders: tuple[ShippedOrder, ...] = ()

    @property
    def level_count(self) -> Decimal:
        """CTT01 of an 856: the number of HL levels, one for the shipment and one for each order, pack and item."""
        packs = [pack for order in self.orders for pack in order.packs]
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
            ShippedOrder(
                purchase_order=order,
                packs=tuple(_part(p, order) for p, its in zip(packs, under, strict=True) if order in its),
            )
            for order in orders
        ),
    )


def by_pack(view: ShipNoticeByOrder) -> ShipNotice:
    """The notice as packs of items again; parts of a pack under several orders are joined by their SSCC."""
    packs: dict[object, Pack] = {}
    for order in view.orders:
        for position, part in enumerate(order.packs):
            items = tuple(i.model_copy(update={"purchase_order": order.purchase_order}) for i in part.items)
            key = part.sscc or (order.purchase_order, position)  # without a label nothing says that two parts are one
            before = packs[key].items if key in packs else ()
            packs[key] = part.model_copy(update={"items": before + items})
    return ShipNotice(**_facts(view), packs=tuple(packs.values()))


def _stack(pack: Pack, labelled: dict[str, Pack]) -> tuple[str, ...]:
    """The labels from the outermost pack down to this one; a pack that stands on itself ends its own stack."""
    labels: list[str] = []
    at: Pack | None = pack
    while at is not None and at.sscc and at.sscc not in labels:
        labels.append(at.sscc)
        at = labelled.get(at.within or "")
    return tuple(reversed(labels))


def _facts(notice: ShipmentFacts) -> dict[str, object]:
    return {name: getattr(notice, name) for name in ShipmentFacts.model_fields}


def _part(pack: Pack, order: str | None) -> Pack:
    """What of a pack belongs to one order."""
    items = (item for item in pack.items if item.purchase_order == order)
    return pack.model_copy(update={"items": tuple(i.model_copy(update={"purchase_order": None}) for i in items)})


def _orders_of_packs(packs: tuple[Pack, ...]) -> list[tuple[str | None, ...]]:
    """For each pack the orders it is listed under: those of its items, else those of the packs within it, else None."""
    own = [_distinct(item.purchase_order for item in pack.items) for pack in packs]
    for _ in packs:  # one round a nesting level is enough, and no nesting is deeper than there are packs
        inner: dict[str | None, list[str | None]] = {}
        for pack, orders in zip(packs, own, strict=True):
            inner.setdefault(pack.within, []).extend(orders)
        wider = [
            orders or (_distinct(inner.get(pack.sscc, ())) if pack.sscc else ())
            for pack, orders in zip(packs, own, strict=True)
        ]
        if wider == own:
            break
        own = wider
    return [orders or (None,) for orders in own]


def _distinct(orders: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(orders))
