"""What happened to stock at Amazon without a sale becomes stock adjustments and transfers, once each.

The ledger tells it event by event; removal reports tell what was destroyed or sent back. An event is known again by its
own words, so a report may be drawn as often as one likes. Events of one day, reason and reference are one document.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from gateway.config import Seller
from gateway.documents import StockAdjustment, StockAdjustmentLine, StockTransfer, StockTransferLine
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.disposals import hear_ledger, hear_order, removal_subject, take_due
from gateway.pipeline.selling.finds import is_found_twice
from gateway.pipeline.selling.inbound import hear_receipts
from gateway.pipeline.selling.inbound_cases import tell_warehouse
from gateway.pipeline.selling.inventory_drift import finder, sku_subject, tell_ghosts
from gateway.pipeline.selling.inventory_places import locations_of, marketplace_of, own_warehouse
from gateway.pipeline.selling.inventory_reports import keep_report, rows_of, stock_subject
from gateway.pipeline.selling.posting import post
from gateway.pipeline.selling.reports import Report
from gateway.stock.ledger import Event, events
from gateway.stock.removals import Parcel, parcels
from gateway.stock.states import Locations, Place, place_of_disposition

_SENT_BACK = "return"


def take_ledger_detail(report: Report, desk: Desk) -> None:
    """Post what the ledger tells and no other report does; receipts go on to the shipments that they are of."""
    seller, marketplace = report.seller, marketplace_of(report.seller, report.arrival.label)
    find, unknown = finder(seller, desk.items()[1]), set()
    groups: dict[tuple[str, date, str], list[Event]] = {}
    for event in events(rows_of(report)):
        if _is_taken(event.identity, seller, desk):
            continue
        item = event.sku if event.kind == "receipt" else find(event.sku)  # a shipment has Amazon's word for it
        if item is None:
            unknown.add(event.sku)  # it waits: the report comes again, and the item is known by then
        else:
            groups.setdefault((event.kind, event.day, event.reference), []).append(replace(event, sku=item))
    _tell_unknown(seller, report.kind, unknown, desk)
    for (kind, day, reference), found in groups.items():
        identities = tuple(_event_subject(event.identity, seller) for event in found)
        desk.note("stock-events-taken", {"kind": kind, "events": len(found), "reference": reference}, *identities)
        if kind == "receipt":
            hear_receipts(seller, reference, found, marketplace, desk)
        elif kind == "disposed":
            name = hear_ledger(seller, reference, found, day, desk)
            _post_disposed(seller, name, reference, day, marketplace, desk)
        elif kind == "found":
            news = [
                event
                for event in found
                if not is_found_twice(seller, event.sku, event.quantity, event.day, "ledger", desk)
            ]
            _post_events(seller, kind, day, reference, news, marketplace, desk)
        else:
            _post_events(seller, kind, day, reference, found, marketplace, desk)
    body = {"events": sum(len(found) for found in groups.values())}
    keep_report(report, body, desk, marketplace)


def take_removal_orders(report: Report, desk: Desk) -> None:
    """Post what removal orders destroyed since they were told of last."""
    seller, marketplace = report.seller, marketplace_of(report.seller, report.arrival.label)
    find, unknown = finder(seller, desk.items()[1]), set()
    orders: dict[str, date] = {}
    totals: dict[tuple[str, str, Place], Decimal] = {}
    for row in rows_of(report):
        item = find(row.sku)
        if row.disposed and item is None:
            unknown.add(row.sku)
        elif row.disposed and item is not None:
            key = (row.order, item, place_of_disposition(row.disposition))
            totals[key] = totals.get(key, Decimal(0)) + row.disposed
            orders[row.order] = row.updated_on or desk.now.date()
    _tell_unknown(seller, report.kind, unknown, desk)
    for (order, sku, place), pieces in totals.items():
        hear_order(seller, order, sku, place, pieces, orders[order], desk)
    for order, day in orders.items():
        _post_disposed(seller, order, order, day, marketplace, desk)
    keep_report(report, {"orders": len(orders)}, desk, marketplace)


def take_removal_shipments(report: Report, desk: Desk) -> None:
    """Post what was sent back to us: out of Amazon's locations into our warehouse. What went elsewhere is adjusted."""
    seller, marketplace = report.seller, marketplace_of(report.seller, report.arrival.label)
    locations, home = locations_of(seller, marketplace), own_warehouse(seller)
    find = finder(seller, desk.items()[1])
    news = [parcel for parcel in parcels(rows_of(report)) if not _is_taken(parcel.identity, seller, desk)]
    found = [replace(parcel, sku=item) for parcel in news if (item := find(parcel.sku)) is not None]
    _tell_unknown(seller, report.kind, {parcel.sku for parcel in news if find(parcel.sku) is None}, desk)
    if tell_warehouse(seller, home is None and bool(found), desk) or home is None:
        return
    groups: dict[tuple[str, date, str, Place], list[Parcel]] = {}
    for parcel in found:
        key = (parcel.order, parcel.shipped_on, parcel.tracking, place_of_disposition(parcel.disposition))
        groups.setdefault(key, []).append(parcel)
    for (order, shipped_on, _, place), sent in groups.items():
        identities = tuple(_event_subject(parcel.identity, seller) for parcel in sent)
        desk.note("stock-events-taken", {"kind": "removal", "events": len(sent), "reference": order}, *identities)
        if _is_return(sent[0]):
            transfer = StockTransfer(
                id=f"{seller.name}:stock-transfer:{order}:{_SENT_BACK}:{_digest(identities)}",
                seller=seller.name,
                shipment=order,
                step="return",
                source=locations.of(place),
                target=home,
                moved_on=shipped_on,
                lines=tuple(StockTransferLine(sku=sku, quantity=count) for sku, count in _by_sku(sent).items()),
            )
            post(transfer, desk, _subjects(seller, [parcel.sku for parcel in sent]))
        else:
            gone: dict[tuple[str, str], Decimal] = {(sku, place): -count for sku, count in _by_sku(sent).items()}
            _post(seller, "removed", shipped_on, order, gone, _digest(identities), locations, desk)
    keep_report(report, {"parcels": len(found)}, desk, marketplace)


def _post_disposed(seller: Seller, name: str, reference: str, day: date, marketplace: str, desk: Desk) -> None:
    """Post what was destroyed and is not posted yet, whoever told of it; `name` is what it is known under."""
    gone, earlier = take_due(seller, name, day, desk)
    digest = _digest((removal_subject(name, seller), str(earlier)))
    _post(seller, "disposed", day, reference, gone, digest, locations_of(seller, marketplace), desk)


def _post_events(
    seller: Seller, kind: str, day: date, reference: str, found: list[Event], marketplace: str, desk: Desk
) -> None:
    pieces: dict[tuple[str, str], Decimal] = {}
    for event in found:
        key = (event.sku, place_of_disposition(event.disposition))
        pieces[key] = pieces.get(key, Decimal(0)) + event.quantity
    digest = _digest(event.identity for event in found)
    _post(seller, kind, day, reference, pieces, digest, locations_of(seller, marketplace), desk)


def _post(
    seller: Seller,
    reason: str,
    day: date,
    reference: str,
    pieces: dict[tuple[str, str], Decimal],
    digest: str,
    locations: Locations,
    desk: Desk,
) -> None:
    """Post an adjustment; what cancels out within it has no line."""
    lines = tuple(
        StockAdjustmentLine(sku=sku, location=locations.of(place), state=place, quantity=count)  # type: ignore[arg-type]
        for (sku, place), count in pieces.items()
        if count
    )
    if lines:
        adjustment = StockAdjustment(
            id=f"{seller.name}:stock-adjustment:{reason}-{digest}",
            seller=seller.name,
            reason=reason,
            reference=reference or None,
            adjusted_on=day,
            lines=lines,
        )
        post(adjustment, desk, _subjects(seller, [line.sku for line in lines]))


def _tell_unknown(seller: Seller, report: str, unknown: set[str], desk: Desk) -> None:
    """What moved and is no item of the ERP: nothing is posted of it until it is one and the report comes again."""
    skus = sorted(unknown)
    said = [f"{sku}: moved at Amazon, not in items.csv; drop the report again once it is" for sku in skus]
    tell_ghosts(seller, report, skus, said, desk)


def _is_return(parcel: Parcel) -> bool:
    return parcel.type.strip().casefold() in ("", "return")


def _is_taken(identity: str, seller: Seller, desk: Desk) -> bool:
    return bool(desk.tx.events(_event_subject(identity, seller)))


def _event_subject(identity: str, seller: Seller) -> str:
    return f"stock-event:{seller.name}:{identity}"


def _subjects(seller: Seller, skus: Iterable[str]) -> tuple[str, ...]:
    return (stock_subject(seller), *(sku_subject(seller, sku) for sku in dict.fromkeys(skus)))


def _digest(parts: Iterable[str]) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:12]


def _by_sku(found: Iterable[Event | Parcel]) -> dict[str, Decimal]:
    pieces: dict[str, Decimal] = {}
    for each in found:
        pieces[each.sku] = pieces.get(each.sku, Decimal(0)) + each.quantity
    return pieces
