"""A sale: one order of one buyer of one seller, as the journal tells it. The state is the fold of its events.

Reports say what Amazon knows; documents of ours are remembered by their ids. A report that came before, or says what
was before, changes nothing: whether it is recorded at all is asked here (`is_news`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from gateway.marketplace import events
from gateway.marketplace.events import (
    CONFIRMED,
    Booked,
    Confirmed,
    Credited,
    Fulfilled,
    Held,
    Listed,
    ListedLine,
    Point,
    Posted,
    Promised,
    Refunded,
    Refused,
    Restocked,
    Returned,
    Shipped,
    Unconfirmable,
)

_NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Sale:
    """Everything that is known of one order."""

    seller: str
    order: str
    listed: Listed | None = None
    promised: Promised | None = None
    points: tuple[Point, ...] = ()
    posted: tuple[Posted, ...] = ()
    booked: Booked | None = None
    refused: Refused | None = None
    shipped: Mapping[str, Shipped] = field(default_factory=dict)
    fulfilled: Mapping[str, tuple[Fulfilled, ...]] = field(default_factory=dict)
    refunded: Mapping[str, Refunded] = field(default_factory=dict)
    credited: Mapping[str, str] = field(default_factory=dict)
    returned: Mapping[str, Returned] = field(default_factory=dict)
    restocked: Mapping[str, str] = field(default_factory=dict)
    settled: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    confirmed: Mapping[str, Confirmed] = field(default_factory=dict)
    unconfirmable: Mapping[str, Unconfirmable] = field(default_factory=dict)

    @property
    def is_confirmed(self) -> bool:
        """Whether the buyer's payment stands: it is to be fulfilled, or is."""
        return self.listed is not None and self.listed.status in CONFIRMED

    @property
    def is_pending(self) -> bool:
        """Whether the payment is still open."""
        return self.listed is not None and self.listed.status == "pending"

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing is to be fulfilled any more."""
        return self.listed is not None and self.listed.status in ("cancelled", "unfulfillable")

    @property
    def is_fba(self) -> bool:
        """Whether Amazon ships it."""
        return self.listed is not None and self.listed.channel == "fba"

    @property
    def has_left(self) -> bool:
        """Whether goods of it have left, as far as we know."""
        return bool(self.shipped or self.confirmed)

    @property
    def was_open(self) -> bool:
        """Whether the ERP has had it as one to be picked: what leaves from then on, leaves by the ERP."""
        return any(each.flag in ("", "backorder") for each in self.posted)

    @property
    def marketplace(self) -> str:
        """Where it was bought, as far as any report says; empty text where none does."""
        named = [self.listed.marketplace] if self.listed else []
        named += [each.marketplace for each in self.shipped.values()]
        named += [each.marketplace for each in self.refunded.values()]
        return next((name for name in named if name), "")

    @property
    def pieces(self) -> Mapping[str, Decimal]:
        """Pieces by the seller's SKU, as ordered."""
        total: dict[str, Decimal] = {}
        for line in self.listed.lines if self.listed else ():
            if line.status != "cancelled":
                total[line.sku] = total.get(line.sku, _NOTHING) + (line.quantity or _NOTHING)
        return total

    @property
    def dispatched(self) -> Mapping[str, Decimal]:
        """Pieces by order item that Amazon was told have left."""
        total: dict[str, Decimal] = {}
        for confirmed in self.confirmed.values():
            for item, quantity in confirmed.items.items():
                total[item] = total.get(item, _NOTHING) + quantity
        return total

    @property
    def left_to_ship(self) -> Mapping[str, Decimal]:
        """Pieces by order item that we must still ship, by the last report of actionable orders and what left since."""
        gone = self.dispatched
        left = {}
        for item in self.promised.items if self.promised else ():
            pieces = item.ordered - gone.get(item.order_item, _NOTHING)
            left[item.order_item] = pieces if item.to_ship is None else min(pieces, item.to_ship)
        return {item: pieces for item, pieces in left.items() if pieces > 0}


def is_news(sale: Sale, listed: Listed) -> bool:
    """Whether a report says something of the order that is not known."""
    if sale.listed is None:
        return True
    if listed.lost and not sale.listed.lost and not sale.listed.is_older_than(listed):
        return False  # all of it is known from a report that could be read
    return not listed.is_older_than(sale.listed) and not listed.says_the_same(sale.listed)


def refund_key(sale: Sale, refunded: Refunded) -> str:
    """What tells a refund from others of the order; two settlements may name the same adjustment."""
    told = (refunded.settlement, refunded.adjustment)
    for key, known in sale.refunded.items():
        if (known.settlement, known.adjustment) == told:
            return key
    taken = refunded.key in sale.refunded or refunded.key in sale.credited
    return f"{refunded.key}-{refunded.settlement}" if taken else refunded.key


def numbered(lines: tuple[ListedLine, ...], known: Listed | None) -> tuple[ListedLine, ...]:
    """The lines with the numbers that the order has given them: the nth of a SKU stays what it was.

    A report names no line, and may list the same ones in another order.
    """
    given = {key: line.line for key, line in _nth(known.lines if known else ())}
    used = {int(number) for number in given.values()}
    found = []
    for key, line in _nth(lines):
        number = given.get(key) or str(max(used, default=0) + 1)
        used.add(int(number))
        found.append(line.model_copy(update={"line": number}))
    return tuple(sorted(found, key=lambda line: int(line.line)))


def _nth(lines: tuple[ListedLine, ...]) -> list[tuple[tuple[str, int], ListedLine]]:
    """Each line with its SKU and how many of it came before."""
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        seen[line.sku] = seen.get(line.sku, 0) + 1
        found.append(((line.sku, seen[line.sku]), line))
    return found


def fold(sale: Sale, name: str, body: Mapping[str, Any]) -> Sale:
    """The sale after one entry of its history; `body` is that of the entry."""
    if name == events.SETTLED:
        totals = {kind: Decimal(amount) for kind, amount in body["orders"].get(sale.order, {}).items()}
        return replace(sale, settled={**sale.settled, body["settlement"]: totals})
    event = events.read_event(name, body)
    return _FOLDS[type(event)](sale, event)


def _posted(sale: Sale, event: Posted) -> Sale:
    return replace(sale, posted=(*sale.posted, event), booked=None, refused=None)


def _shipped(sale: Sale, event: Shipped) -> Sale:
    known = sale.shipped.get(event.shipment)
    items = {item.item: item for item in (*(known.items if known else ()), *event.items)}
    merged = event.model_copy(update={"items": tuple(items.values())})
    return replace(sale, shipped={**sale.shipped, event.shipment: merged})


def _fulfilled(sale: Sale, event: Fulfilled) -> Sale:
    before = sale.fulfilled.get(event.shipment, ())
    return replace(sale, fulfilled={**sale.fulfilled, event.shipment: (*before, event)})


def _refunded(sale: Sale, event: Refunded) -> Sale:
    key = refund_key(sale, event)
    rest = {name: each for name, each in sale.refunded.items() if name != key or event.lines}
    return replace(sale, refunded={**rest, key: event} if event.lines else rest)


def _confirmed(sale: Sale, event: Confirmed) -> Sale:
    rest = {shipment: each for shipment, each in sale.unconfirmable.items() if shipment != event.shipment}
    return replace(sale, confirmed={**sale.confirmed, event.shipment: event}, unconfirmable=rest)


_FOLDS: Mapping[type, Callable[[Sale, Any], Sale]] = {
    Listed: lambda sale, event: replace(sale, listed=event),
    Promised: lambda sale, event: replace(sale, promised=event),
    Held: lambda sale, event: replace(sale, points=event.points),
    Posted: _posted,
    Booked: lambda sale, event: replace(sale, booked=event, refused=None),
    Refused: lambda sale, event: replace(sale, refused=event),
    Shipped: _shipped,
    Fulfilled: _fulfilled,
    Refunded: _refunded,
    Credited: lambda sale, event: replace(sale, credited={**sale.credited, event.refund: event.document}),
    Returned: lambda sale, event: replace(sale, returned={**sale.returned, event.key: event}),
    Restocked: lambda sale, event: replace(sale, restocked={**sale.restocked, event.key: event.document}),
    Confirmed: _confirmed,
    Unconfirmable: lambda sale, event: replace(sale, unconfirmable={**sale.unconfirmable, event.shipment: event}),
}
