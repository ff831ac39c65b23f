"""From changes of stock to goods movements and stock transport orders of SAP.

What a reason becomes (movement type, GM_CODE) and where a location is (plant, storage location) is configuration. Goods
on their way to Amazon are two movements, out and in, or a stock transport order and a receipt against it: between the
two they are in SAP's stock in transfer, and no value is made or lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.catalogue.gaps import Gap
from gateway.documents.fulfilment import ItemFulfilment
from gateway.documents.inventory import StockAdjustment, StockTransfer
from gateway.documents.sap import (
    SapGoodsMovement,
    SapMovement,
    SapStockTransport,
    SapTransportHead,
    SapTransportHeadMarks,
    SapTransportItem,
    SapTransportItemMarks,
    SapTransportSchedule,
    SapTransportScheduleMarks,
)
from gateway.sap.gaps import gap, row_missing
from gateway.sap.known import Known
from gateway.sap.numbers import padded, shortened, with_places
from gateway.sap.profile import SapProfile
from gateway.sap.tables import SapPlace, Step

_MATERIAL = 18
_REFERENCE = 16
_HEADER = 25
_TEXT = 50
_PLACES = 3
_RECEIPT_OF_ORDER = "101"
_RECEIPT, _TRANSFER = "01", "04"
_MARK = "X"

Moved = tuple[SapGoodsMovement | SapStockTransport | None, tuple[Gap, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """So many pieces of an item at a location, with a sign."""

    sku: str
    location: str
    quantity: Decimal


def to_sap_adjustment(adjustment: StockAdjustment, profile: SapProfile) -> Moved:
    """The goods movement of stock that changed without a sale."""
    pieces = [_Pieces(sku=line.sku, location=line.location, quantity=line.quantity) for line in adjustment.lines]
    reason = adjustment.reason.partition(":")[0].strip()
    reference = adjustment.reference or adjustment.number
    return _changed(reason, pieces, adjustment.adjusted_on, reference, adjustment.reason, profile)


def to_sap_fulfilment(fulfilment: ItemFulfilment, profile: SapProfile) -> Moved:
    """The goods movement of what Amazon dispatched from its own shelves."""
    pieces = [_Pieces(sku=line.sku, location=fulfilment.location, quantity=-line.quantity) for line in fulfilment.lines]
    day = fulfilment.shipped_at.date()
    return _changed("item-fulfilment", pieces, day, fulfilment.shipment, fulfilment.order, profile)


def _changed(
    reason: str, pieces: Iterable[_Pieces], day: date, reference: str, text: str, profile: SapProfile
) -> Moved:
    """One movement for each line, by the row of the reason."""
    row = profile.movements.get(reason)
    if row is None:
        written = f'[erp.sap.movements."{reason}"] code = "03", increase = "...", decrease = "..."'
        return None, (row_missing(f"the movement of pieces that are {reason}", written),)
    gaps: list[Gap] = []
    movements: list[SapMovement] = []
    for each in pieces:
        way = "increase" if each.quantity > 0 else "decrease"
        movement = row.increase if each.quantity > 0 else row.decrease
        place = profile.places.get(each.location)
        if movement is None:
            gaps.append(
                row_missing(f"pieces that are {reason}: {way}", f'[erp.sap.movements."{reason}"] {way} = "..."')
            )
        if place is None:
            gaps.append(_place_missing(each.location))
        if movement and place:
            movements.append(_movement(each.sku, abs(each.quantity), movement, place, text, profile))
    if gaps:
        return None, _each_once(gaps)
    return _goods_movement(movements, row.code, day, reference, text), ()


def to_sap_transfer(transfer: StockTransfer, profile: SapProfile, known: Known) -> Moved:
    """What a step of a transfer is in SAP, with what was sent of the same shipment before."""
    source, target = profile.places.get(transfer.source), profile.places.get(transfer.target)
    missing = [
        _place_missing(code) for code, place in ((transfer.source, source), (transfer.target, target)) if not place
    ]
    if source is None or target is None:
        return None, tuple(missing)
    earlier = known.transfers(transfer.seller, transfer.shipment)
    is_on_the_way = source.in_transit or target.in_transit
    if profile.transfers == "order" and is_on_the_way:
        if transfer.step == "ship":
            return _transport_order(transfer, source, target, profile)
        return _received(transfer, target, earlier, profile)
    return _moved(transfer, source, target, earlier, profile), ()


def _moved(
    transfer: StockTransfer,
    source: SapPlace,
    target: SapPlace,
    earlier: Sequence[tuple[StockTransfer, str | None]],
    profile: SapProfile,
) -> SapGoodsMovement:
    """One movement for each line: in one step, or the first or second of two."""
    step: Step = transfer.step if transfer.step != "return" and (source.in_transit or target.in_transit) else "move"
    from_place, to_place = source, target
    if source.in_transit:  # the second of two steps; where the goods came from, the first one knows
        first = next((sent for sent, _ in earlier if sent.step == "ship"), None)
        from_place = profile.places.get(first.source, source) if first else source
    types = profile.step_of(step)
    kind = types.across if from_place.plant != to_place.plant else types.within
    movements = []
    for line in transfer.lines:
        at = target if source.in_transit else source
        movement = _movement(line.sku, line.quantity, kind, at, transfer.shipment, profile)
        if not source.in_transit:
            movement = movement.model_copy(update={"to_plant": target.plant, "to_storage": target.storage})
        movements.append(movement)
    text = f"{transfer.step} {transfer.shipment}"
    return _goods_movement(movements, _TRANSFER, transfer.moved_on, transfer.shipment, text)


def _received(
    transfer: StockTransfer,
    target: SapPlace,
    earlier: Sequence[tuple[StockTransfer, str | None]],
    profile: SapProfile,
) -> Moved:
    """The receipt against the stock transport orders of a shipment: each line against the order that has its item."""
    orders = {
        line.sku: (number, str(place * 10).zfill(5))
        for sent, number in earlier
        if sent.step == "ship"
        for place, line in enumerate(sent.lines, 1)
    }
    if transfer.step == "void":
        numbers = ", ".join(sorted({number or "not booked yet" for number, _ in orders.values()}))
        return None, (
            gap(
                "cannot-be-said",
                f"shipment {transfer.shipment} will not come, and no IDoc takes a stock transport order back",
                f"delete the stock transport order in SAP ({numbers}), then release the document as done there",
                shipment=transfer.shipment,
            ),
        )
    missing = [line.sku for line in transfer.lines if orders.get(line.sku, (None, ""))[0] is None]
    if missing:
        return None, (
            gap(
                "sap-not-booked",
                f"SAP has booked no stock transport order of {', '.join(missing)} in shipment {transfer.shipment}",
                "wait until SAP has booked the first step, or see why it refused it",
                shipment=transfer.shipment,
            ),
        )
    movements = []
    for line in transfer.lines:
        number, item = orders[line.sku]
        movement = _movement(line.sku, line.quantity, _RECEIPT_OF_ORDER, target, transfer.shipment, profile)
        movements.append(movement.model_copy(update={"order": number, "order_item": item, "indicator": "B"}))
    text = f"{transfer.step} {transfer.shipment}"
    return _goods_movement(movements, _RECEIPT, transfer.moved_on, transfer.shipment, text), ()


def _transport_order(transfer: StockTransfer, source: SapPlace, target: SapPlace, profile: SapProfile) -> Moved:
    """A stock transport order: the plant where goods go asks for them from the plant where they are."""
    company = profile.companies.get(transfer.seller) or profile.company
    needed = {
        "company": company,
        "purchasing_organisation": profile.purchasing_organisation,
        "purchasing_group": profile.purchasing_group,
    }
    missing = [row_missing(f"the {key}", f'[erp.sap] {key} = "..."') for key, value in needed.items() if not value]
    if missing:
        return None, tuple(missing)
    day, unit = transfer.moved_on, profile.base_unit
    head = {
        "company": company,
        "document_type": profile.transport_type,
        "created_on": day,
        "purchasing_organisation": profile.purchasing_organisation,
        "purchasing_group": profile.purchasing_group,
        "dated_on": day,
        "reference": shortened(transfer.shipment, 12),
        "supplying_plant": source.plant,
    }
    items = [
        {
            "item": str(number * 10).zfill(5),
            "material": padded(line.sku, _MATERIAL),
            "plant": target.plant,
            "storage": target.storage,
            "quantity": with_places(line.quantity, _PLACES),
            "unit_iso": unit,
            "category": "7",
        }
        for number, line in enumerate(transfer.lines, 1)
    ]
    schedule = [{"item": item["item"], "line": "0001", "due_on": day, "quantity": item["quantity"]} for item in items]
    return SapStockTransport(
        head=SapTransportHead.model_validate(head),
        head_marks=SapTransportHeadMarks.model_validate(dict.fromkeys(head, _MARK)),
        items=tuple(SapTransportItem.model_validate(item) for item in items),
        item_marks=tuple(
            SapTransportItemMarks.model_validate(_marks(item, "item") | {"item_mark": _MARK}) for item in items
        ),
        schedule=tuple(SapTransportSchedule.model_validate(line) for line in schedule),
        schedule_marks=tuple(
            SapTransportScheduleMarks.model_validate(
                _marks(line, "item", "line") | {"item_mark": _MARK, "line_mark": _MARK}
            )
            for line in schedule
        ),
    ), ()


def _marks(fields: Mapping[str, object], *keys: str) -> dict[str, object]:
    """An X for each field that is filled; the keys stand as they are."""
    return {name: value if name in keys else _MARK for name, value in fields.items() if value is not None}


def _movement(
    sku: str, quantity: Decimal, movement: str, place: SapPlace, text: str, profile: SapProfile
) -> SapMovement:
    return SapMovement(
        material=padded(sku, _MATERIAL),
        plant=place.plant,
        storage=place.storage,
        movement=movement,
        stock_type=place.stock_type,
        quantity=with_places(quantity, _PLACES),
        unit_iso=profile.base_unit,
        text=shortened(text, _TEXT),
    )


def _goods_movement(
    movements: Iterable[SapMovement], code: str, day: date, reference: str, text: str
) -> SapGoodsMovement:
    """The reference stands in its field where it fits, and in the header's text in any case."""
    header = text if reference in text or len(reference) <= _REFERENCE else f"{reference} {text}"
    return SapGoodsMovement(
        posted_on=day,
        dated_on=day,
        reference=reference if len(reference) <= _REFERENCE else None,
        text=shortened(header, _HEADER),
        code=code,
        movements=tuple(movements),
    )


def _place_missing(code: str) -> Gap:
    return row_missing(f"the location {code}", f'[erp.sap.places."{code}"] plant = "...", storage = "..."')


def _each_once(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Each gap once, however many lines have it."""
    return tuple({gap.message: gap for gap in gaps}.values())
