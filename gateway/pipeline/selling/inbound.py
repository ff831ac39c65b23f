"""Shipments to Amazon come in, as files of the Fulfillment Inbound API v0 and as receipts of the stock ledger.

`getShipments` tells their states, `getShipmentItems` their pieces; both are saved as they were answered, with or
without `payload`. What they say becomes events of each shipment; what follows from them is posted: a transfer from our
warehouse into transit, from there to Amazon, or back. A file that says nothing new does nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from gateway.config import Seller
from gateway.documents import StockTransfer, StockTransferLine
from gateway.documents.base import plain
from gateway.findings import Finding, find
from gateway.pipeline.desk import Desk
from gateway.pipeline.refusals import Receipt, refuse_file
from gateway.pipeline.selling.inbound_cases import tell_shipment, tell_unreadable, tell_warehouse
from gateway.pipeline.selling.inventory_drift import finder, sku_subject, tell_ghosts
from gateway.pipeline.selling.inventory_places import locations_of, marketplace_of, own_warehouse
from gateway.pipeline.selling.inventory_reports import Reader, stock_subject
from gateway.pipeline.selling.posting import post
from gateway.stock.inbound import COUNTED, MOVED, RECEIVED, TOLD, Inbound, Move, fold, fold_all, move_body, next_move
from gateway.stock.ledger import Event
from gateway.stock.states import place_of_disposition
from gateway.transports.base import Arrival

PREFIX = "inbound-"
_BOM = b"\xef\xbb\xbf"
_WAITS = "goes to Amazon and is in no items.csv; it is posted with the next file once it is"
_LONGEST = 100  # characters of a shipment's number or a SKU: it becomes part of the name of a file
_MOST = 10**7
_LISTS = ("ShipmentData", "ItemData")


@dataclass
class _Told:
    """What one file says of one shipment."""

    status: str | None = None
    centre: str | None = None
    items: dict[str, list[str]] = field(default_factory=dict)


def is_inbound(data: bytes) -> bool:
    """Whether a file is an answer about shipments to Amazon: JSON with their lists."""
    return _lists_in(data) is not None


def receive_inbound(arrival: Arrival, receipt: Receipt, desk: Desk) -> None:
    """Take one such file. Entries that cannot be read are a case, and leave the others standing."""
    seller = _seller_of(arrival, desk)
    lists = _lists_in(arrival.data)
    if isinstance(seller, Finding) or lists is None:
        refusal = seller if isinstance(seller, Finding) else find("report-unknown", "no answer about shipments")
        refuse_file(refusal, arrival, receipt, desk)
        return
    told, unread = _read(lists)
    label = arrival.label
    body = {"report": "inbound", "layout": "fulfillment-inbound-v0", "seller": seller.name, "file": label}
    desk.note("report-received", body, f"file:{receipt.file_id}", f"report:{seller.name}:inbound")
    for shipment, said in told.items():
        _take(seller, shipment, said, marketplace_of(seller, label), desk)
    tell_unreadable(seller, unread, arrival, receipt, desk)


def hear_receipts(seller: Seller, shipment: str, receipts: Iterable[Event], marketplace: str, desk: Desk) -> None:
    """The stock ledger tells of goods of a shipment that have arrived, and in what state; each event is told once."""
    state = inbound_state(seller, shipment, desk.tx)
    arrived: dict[str, Decimal] = {}
    unsellable: dict[str, Decimal] = {}
    for event in receipts:
        is_good = place_of_disposition(event.disposition) == "sellable"
        for counts in (arrived,) if is_good else (arrived, unsellable):
            counts[event.sku] = counts.get(event.sku, Decimal(0)) + event.quantity
    body = {
        "receipts": {sku: plain(count) for sku, count in arrived.items()},
        "unsellable": {sku: plain(count) for sku, count in unsellable.items()},
        "marketplace": marketplace,
    }
    state = _note(RECEIVED, body, state, seller, desk)
    _go_on(seller, state, desk)


def inbound_state(seller: Seller, shipment: str, journal: Reader) -> Inbound:
    """A shipment as it is, folded from its events."""
    entries = journal.events(inbound_subject(seller, shipment), prefix=PREFIX)
    return fold_all(shipment, ((entry.kind, entry.body) for entry in entries))


def inbound_shipments(seller: Seller, journal: Reader) -> Iterator[Inbound]:
    """Every shipment of a seller that anything was told of, by number."""
    start, after = inbound_subject(seller, ""), ""
    while found := journal.subjects_with_prefix(start, after):
        for after in found:
            yield inbound_state(seller, after.removeprefix(start), journal)


def inbound_subject(seller: Seller, shipment: str) -> str:
    """Under what everything about a shipment to Amazon is found."""
    return f"inbound:{seller.name}:{shipment}"


def _take(seller: Seller, shipment: str, said: _Told, marketplace: str, desk: Desk) -> None:
    """What a file says anew of one shipment, and what follows from it."""
    before = state = inbound_state(seller, shipment, desk.tx)
    if said.status is not None:
        body = {"status": said.status, "centre": said.centre, "marketplace": marketplace}
        state = _note(TOLD, body, state, seller, desk)
    if said.items:
        state = _note(COUNTED, {"items": said.items, "marketplace": marketplace}, state, seller, desk)
    if state != before or next_move(state) is not None:
        _go_on(seller, state, desk)


def _note(kind: str, body: dict[str, Any], state: Inbound, seller: Seller, desk: Desk) -> Inbound:
    """One more event, where it changes anything."""
    after = fold(state, kind, body)
    if after != state:
        desk.note(kind, body, inbound_subject(seller, state.shipment), stock_subject(seller))
    return after


def _go_on(seller: Seller, state: Inbound, desk: Desk) -> None:
    """Post what is due until nothing is, then say what a person must look at."""
    home, find = own_warehouse(seller), finder(seller, desk.items()[1])
    unknown = frozenset(sku for sku in state.skus if find(sku) is None)
    while (move := next_move(state, unknown)) is not None:
        if tell_warehouse(seller, home is None, desk) or home is None:
            return
        document = _post(seller, state, move, home, desk)
        state = _note(MOVED, move_body(move, document), state, seller, desk)
    waiting = sorted(unknown) if next_move(state) else []
    tell_ghosts(seller, f"inbound:{state.shipment}", waiting, [f"{sku}: {_WAITS}" for sku in waiting], desk)
    tell_shipment(seller, state, inbound_subject(seller, state.shipment), desk)


def _post(seller: Seller, state: Inbound, move: Move, home: str, desk: Desk) -> str:
    locations, find = locations_of(seller, state.marketplace), finder(seller, desk.items()[1])
    count = state.moves.get(move.step, 0) + 1
    transfer = StockTransfer(
        id=f"{seller.name}:stock-transfer:{state.shipment}:{move.step}" + (f":{count}" if count > 1 else ""),
        seller=seller.name,
        shipment=state.shipment,
        step=move.step,
        source=home if move.source == "home" else locations.of(move.source),
        target=home if move.target == "home" else locations.of(move.target),
        moved_on=desk.now.date(),
        lines=tuple(StockTransferLine(sku=find(sku) or sku, quantity=pieces) for sku, pieces in move.lines.items()),
    )
    about = (inbound_subject(seller, state.shipment), *(sku_subject(seller, sku) for sku in move.lines))
    return post(transfer, desk, about)


def _seller_of(arrival: Arrival, desk: Desk) -> Seller | Finding:
    """The one seller of the channel, or the one whose name the file's name holds."""
    sellers = desk.config.sellers_of(arrival.channel)
    named = [seller for seller in sellers if seller.name.casefold() in arrival.label.casefold()]
    if len(sellers) == 1 or len(named) == 1:
        return sellers[0] if len(sellers) == 1 else named[0]
    who = ", ".join(seller.name for seller in sellers) or "none"
    return find("seller-unknown", f"shipments of which seller? Name him in the name of the file; the channel has {who}")


def _lists_in(data: bytes) -> dict[str, list[Any]] | None:
    """The lists of shipments and of items in a file, as far as it is JSON that has one of them."""
    if not data[:64].removeprefix(_BOM).lstrip().startswith(b"{"):
        return None
    try:
        whole = json.loads(data.removeprefix(_BOM), parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    payload = whole.get("payload", whole)
    found = payload if isinstance(payload, dict) else {}
    lists = {name: found[name] for name in _LISTS if isinstance(found.get(name), list)}
    return lists or None


def _read(lists: Mapping[str, list[Any]]) -> tuple[dict[str, _Told], list[str]]:
    """What the lists say by shipment, and what of them cannot be read."""
    told: dict[str, _Told] = {}
    unread: list[str] = []
    for name, entries in lists.items():
        for number, entry in enumerate(entries, 1):
            try:
                _READERS[name](entry, told)
            except (KeyError, TypeError, ValueError, InvalidOperation) as wrong:
                unread.append(f"{name} {number}: {type(wrong).__name__} {wrong}")
    return told, unread


def _read_shipment(entry: Any, told: dict[str, _Told]) -> None:
    said = told.setdefault(_text(entry["ShipmentId"]), _Told())
    said.status = _text(entry["ShipmentStatus"]).upper()
    centre = entry.get("DestinationFulfillmentCenterId")
    said.centre = centre if isinstance(centre, str) and centre else None


def _read_item(entry: Any, told: dict[str, _Told]) -> None:
    shipment, sku = _text(entry["ShipmentId"]), _text(entry["SellerSKU"])
    counts = [_count(entry["QuantityShipped"]), _count(entry.get("QuantityReceived", 0))]
    items = told.setdefault(shipment, _Told()).items
    before = items.get(sku, ["0", "0"])  # one SKU may stand in several boxes
    items[sku] = [plain(Decimal(one) + other) for one, other in zip(before, counts, strict=True)]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
        raise ValueError(f"{str(value)[:40]!r} is no name")
    return value.strip()


def _count(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ValueError(f"{str(value)[:40]!r} is no number of pieces")
    return Decimal(value)


_READERS = {"ShipmentData": _read_shipment, "ItemData": _read_item}
