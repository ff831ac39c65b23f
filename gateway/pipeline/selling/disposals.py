"""Goods that Amazon destroyed for us: the removal order and the stock ledger tell of the same pieces, posted once.

Where the ledger names the order, its number brings the two together. Where it names none, or one of which no report has
told, the SKU and the days do: pieces of both within the window are the same, as many as both have.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

from gateway.config import Seller
from gateway.documents.base import plain
from gateway.pipeline.desk import Desk
from gateway.stock.ledger import Event
from gateway.stock.removals import IN_LEDGER, MATCHED, ORDERED, POSTED, WINDOW, Disposal, fold_all
from gateway.stock.states import place_of_disposition

_UNNAMED = "without-reference"

Due = dict[tuple[str, str], Decimal]
"""(SKU, place) -> pieces that are gone and not posted yet: below zero."""


def hear_ledger(seller: Seller, reference: str, found: Iterable[Event], day: date, desk: Desk) -> str:
    """Remember pieces that the ledger says were destroyed. The name under which they are found: the removal order."""
    name = reference or f"{_UNNAMED}:{day.isoformat()}"
    is_order = any(each.ordered for each in _disposals(seller, name, desk).values())
    for event in found:
        pieces = -event.quantity
        if not is_order:
            pieces -= _match(seller, event.sku, pieces, day, "order", desk)
        if pieces:
            place = place_of_disposition(event.disposition)
            _note(IN_LEDGER, seller, name, event.sku, place, pieces, day, desk)
    return name


def hear_order(seller: Seller, order: str, sku: str, place: str, pieces: Decimal, day: date, desk: Desk) -> None:
    """Remember how many pieces a removal order has destroyed so far; what the ledger had posted before is posted."""
    known = _disposals(seller, order, desk).get((sku, place), Disposal())
    if pieces <= known.ordered:
        return
    _note(ORDERED, seller, order, sku, place, pieces, day, desk)
    due = _disposals(seller, order, desk)[sku, place].due
    same = _match(seller, sku, due, day, "ledger", desk)
    if same:
        for kind in (MATCHED, POSTED):
            _note(kind, seller, order, sku, place, same, day, desk)


def take_due(seller: Seller, order: str, day: date, desk: Desk) -> tuple[Due, int]:
    """What is to be posted now, noted as posted; and how many times something was before."""
    entries = desk.tx.events(removal_subject(order, seller), prefix="removal-")
    disposals = fold_all((entry.kind, entry.body) for entry in entries)
    gone = {key: -disposal.due for key, disposal in disposals.items() if disposal.due > 0}
    for (sku, place), pieces in gone.items():
        _note(POSTED, seller, order, sku, place, -pieces, day, desk)
    return gone, sum(entry.kind == POSTED for entry in entries)


def removal_subject(order: str, seller: Seller) -> str:
    """Under what everything about a removal order is found."""
    return f"removal:{seller.name}:{order}"


def _match(seller: Seller, sku: str, pieces: Decimal, day: date, side: str, desk: Desk) -> Decimal:
    """How many of these pieces the other side has told of under another name; they are taken there."""
    left = max(pieces, Decimal(0))
    for name in _named(seller, sku, day, desk):
        for (found, place), disposal in _disposals(seller, name, desk).items():
            same = min(left, disposal.free) if found == sku and _SIDES[side](disposal) else Decimal(0)
            if same:
                _note(MATCHED, seller, name, sku, place, same, day, desk)
                left -= same
    return max(pieces, Decimal(0)) - left


_SIDES: dict[str, Callable[[Disposal], bool]] = {
    "order": lambda disposal: disposal.ordered > disposal.ledger,
    "ledger": lambda disposal: not disposal.ordered,
}


def _named(seller: Seller, sku: str, day: date, desk: Desk) -> Iterator[str]:
    """The removal orders, and other names, under which the SKU was destroyed about that day; the oldest first."""
    entries = desk.tx.events(_sku_subject(seller, sku), prefix="removal-")
    near = (entry for entry in entries if abs(date.fromisoformat(entry.body["on"]) - day) <= WINDOW)
    yield from dict.fromkeys(entry.body["order"] for entry in near if entry.kind in (ORDERED, IN_LEDGER))


def _disposals(seller: Seller, order: str, desk: Desk) -> dict[tuple[str, str], Disposal]:
    entries = desk.tx.events(removal_subject(order, seller), prefix="removal-")
    return fold_all((entry.kind, entry.body) for entry in entries)


def _note(kind: str, seller: Seller, order: str, sku: str, place: str, pieces: Decimal, on: date, desk: Desk) -> None:
    body = {"order": order, "sku": sku, "place": place, "pieces": plain(pieces), "on": on.isoformat()}
    desk.note(kind, body, removal_subject(order, seller), _sku_subject(seller, sku))


def _sku_subject(seller: Seller, sku: str) -> str:
    return f"disposals:{seller.name}:{sku}"
