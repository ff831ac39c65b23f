"""What the packs of a ship notice must meet: labels, contents, pallets, lots.

Sources: GS1 General Specifications 7.9 (check digit of the SSCC), the partner's rules (a label on every carton, an SSCC
used once in 365 days, lot and expiry of what is tracked).
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from gateway.documents.base import plain
from gateway.documents.erp import ShipmentItem, ShipmentPack
from gateway.documents.identifiers import is_sscc, sscc18
from gateway.lifecycle.judged import Judged, Wanting

_AGAIN = "in the ERP's shipment, and send it with a higher revision"


def a_label_on_every_pack(judged: Judged) -> Iterator[Wanting]:
    """Every carton bears a label of a kind that the guide takes (SSCC unless it says more); a pallet bears an SSCC."""
    for name, path, pack in _packs(judged):
        has_tracking = "tracking" in judged.conduct.labels and pack.tracking is not None and kind_of(pack) != "pallet"
        if pack.sscc is None and not has_tracking:
            yield Wanting(
                message=f"{name} has no label",
                remedy=f"give its sscc {_AGAIN}",
                path=f"{path}.sscc",
                evidence={"pack": name},
            )


def a_right_check_digit(judged: Judged) -> Iterator[Wanting]:
    """An SSCC has 18 digits, the last of which checks the others (or 20 with the identifier 00)."""
    for name, path, pack in _packs(judged):
        if pack.sscc is not None and not is_sscc(pack.sscc):
            yield Wanting(
                message=f"{name}: {pack.sscc} is no SSCC: 18 digits, the last one a check digit",
                remedy=f"correct sscc of the pack {_AGAIN}",
                path=f"{path}.sscc",
                evidence={"sscc": pack.sscc},
            )


def each_label_once(judged: Judged) -> Iterator[Wanting]:
    """No SSCC stands on two packs of a shipment."""
    counted = Counter(sscc18(pack.sscc) for _, _, pack in _packs(judged) if pack.sscc)
    for sscc, count in counted.items():
        if count > 1:
            yield Wanting(
                message=f"the SSCC {sscc} stands on {count} packs",
                remedy=f"give each pack its own sscc {_AGAIN}",
                evidence={"sscc": sscc},
            )


def no_label_of_another_shipment(judged: Judged) -> Iterator[Wanting]:
    """No SSCC was on another shipment within 365 days; a corrected shipment keeps its own."""
    for name, path, pack in _packs(judged):
        other = judged.labels.get(sscc18(pack.sscc)) if pack.sscc else None
        if other is not None:
            yield Wanting(
                message=f"{name}: the SSCC {pack.sscc} was on shipment {other}",
                remedy=f"give the pack an sscc of its own {_AGAIN}",
                path=f"{path}.sscc",
                evidence={"sscc": pack.sscc or "", "shipment": other},
            )


def a_label_printed(judged: Judged) -> Iterator[Wanting]:
    """Asked only where a guide names this rule: the label of every pack was printed by `gateway labels show`."""
    if judged.printed is None:
        return
    for name, path, pack in _packs(judged):
        if pack.sscc is not None and sscc18(pack.sscc) not in judged.printed:
            yield Wanting(
                message=f"{name}: its label was never printed",
                remedy=f"print it: `gateway labels show {judged.number} --zpl FILE`, and see that it is on the pack",
                path=f"{path}.sscc",
                evidence={"sscc": pack.sscc, "shipment": judged.number},
            )


def something_in_every_pack(judged: Judged) -> Iterator[Wanting]:
    """A carton holds goods, a pallet carries packs or goods, and every quantity is above zero."""
    if not judged.goods.packs:
        yield Wanting(message="the shipment has no packs", remedy=f"give packs with their items {_AGAIN}")
    carried = {sscc18(pack.within) for _, _, pack in _packs(judged) if pack.within}
    for name, path, pack in _packs(judged):
        if not pack.items and (pack.sscc is None or sscc18(pack.sscc) not in carried):
            yield Wanting(
                message=f"{name} holds nothing",
                remedy=f"give its items, or leave it out, {_AGAIN}",
                path=f"{path}.items",
                evidence={"pack": name},
            )
    for name, path, item in _items(judged):
        if item.quantity <= 0:
            yield Wanting(
                line=item.line,
                message=f"{name}: {plain(item.quantity)} pieces of line {item.line}",
                remedy=f"correct the quantity {_AGAIN}",
                path=f"{path}.quantity",
                evidence={"purchase_order": item.purchase_order, "quantity": plain(item.quantity)},
            )


def packs_that_make_up_the_lines(judged: Judged) -> Iterator[Wanting]:
    """Where the ERP also says how much of each line left, its packs hold just that."""
    if not judged.goods.lines:
        return
    packed = judged.packed()
    said: dict[tuple[str, str], Decimal] = {}
    for line in judged.goods.lines:
        key = line.purchase_order, line.line
        said[key] = said.get(key, Decimal(0)) + line.quantity
    for order, number in dict.fromkeys((*said, *packed)):
        in_packs, in_lines = (found.get((order, number), Decimal(0)) for found in (packed, said))
        if in_packs != in_lines:
            yield Wanting(
                line=number,
                message=f"order {order}, line {number}: the packs hold {plain(in_packs)} pieces, the line says "
                f"{plain(in_lines)}",
                remedy=f"make packs and lines agree {_AGAIN}",
                evidence={"purchase_order": order, "packs": plain(in_packs), "lines": plain(in_lines)},
            )


def pallets_and_cartons_as_counted(judged: Judged) -> Iterator[Wanting]:
    """Every pack stands on a pallet that is there, is a carton or a pallet, and their numbers are those counted."""
    goods = judged.goods
    pallets = {sscc18(pack.sscc) for pack in goods.packs if kind_of(pack) == "pallet" and pack.sscc}
    for name, path, pack in _packs(judged):
        if kind_of(pack) not in ("carton", "pallet"):
            yield Wanting(
                message=f"{name} is of type {pack.type!r}, not carton or pallet",
                remedy=f"give its type {_AGAIN}",
                path=f"{path}.type",
                evidence={"pack": name},
            )
        below = pack.within and sscc18(pack.within)
        if below is not None and (below not in pallets or below == (pack.sscc and sscc18(pack.sscc))):
            yield Wanting(
                message=f"{name} stands on {pack.within}, which is no pallet of the shipment",
                remedy=f"correct within {_AGAIN}",
                path=f"{path}.within",
                evidence={"pack": name, "within": pack.within or ""},
            )
    counts = {"carton": goods.carton_count, "pallet": goods.pallet_count}
    for kind, counted in counts.items():
        found = sum(kind_of(pack) == kind for pack in goods.packs)
        if counted is not None and counted != found:
            yield Wanting(
                message=f"{counted} {kind}s were counted, the shipment has {found}",
                remedy=f"correct {kind}_count or the packs {_AGAIN}",
                evidence={"counted": str(counted), "packs": str(found)},
            )


def lot_and_expiry_where_tracked(judged: Judged) -> Iterator[Wanting]:
    """What the item master tracks by lot or expiry is told with them, pack by pack; nothing has expired."""
    for name, path, item in _items(judged):
        line = judged.booked_line(item.purchase_order, item.line)
        tracked = judged.items.get(line.sku) if line else None
        evidence = {"purchase_order": item.purchase_order, "sku": line.sku if line else ""}
        if tracked and tracked.lot and item.lot is None:
            yield Wanting(
                line=item.line,
                message=f"{name}: {evidence['sku']} has no lot",
                remedy=f"give lot {_AGAIN}",
                path=f"{path}.lot",
                evidence=evidence,
            )
        if tracked and tracked.expiry and item.expires_on is None:
            yield Wanting(
                line=item.line,
                message=f"{name}: {evidence['sku']} has no expiry date",
                remedy=f"give expires_on {_AGAIN}",
                path=f"{path}.expires_on",
                evidence=evidence,
            )
        shipped_at = judged.goods.shipped_at
        if item.expires_on is not None and shipped_at is not None and item.expires_on <= shipped_at.date():
            yield Wanting(
                line=item.line,
                message=f"{name}: {evidence['sku']} expired on {item.expires_on}, before it left",
                remedy=f"correct expires_on, or ship other goods, {_AGAIN}",
                path=f"{path}.expires_on",
                evidence={**evidence, "expires_on": item.expires_on.isoformat()},
            )


def kind_of(pack: ShipmentPack) -> str:
    """What a pack is, in the words of the ERP: a carton where it does not say."""
    return (pack.type or "carton").strip().lower()


def _packs(judged: Judged) -> Iterator[tuple[str, str, ShipmentPack]]:
    """The packs with what a person calls them, their place and label, and with their path in the file."""
    for position, pack in enumerate(judged.goods.packs):
        name = f"pack {position + 1}" + (f" ({pack.sscc})" if pack.sscc else "")
        yield name, f"packs[{position}]", pack


def _items(judged: Judged) -> Iterator[tuple[str, str, ShipmentItem]]:
    """What is in the packs, each with the name of its pack and with its own path."""
    for name, path, pack in _packs(judged):
        for position, item in enumerate(pack.items):
            yield name, f"{path}.items[{position}]", item
