"""Shipments to Amazon, folded from what its files say and what we have posted: nothing is made or lost on the way.

Of each SKU: shipped = received + in transit + voided, always. A plan is confirmed from SHIPPED on: then its pieces move
from our warehouse into transit. What Amazon received moves on from there: by its own count or by the stock ledger,
whichever says more, for both tell of the same pieces. What it received beyond what was shipped moves nowhere, for it
was never in transit: a person looks. What the ledger says is damaged goes where unsellable goods lie; a count says
nothing of it, so what a count brought among the sellable ones is moved over once the ledger tells. A shipment that is
closed with pieces still in transit is short. What is in transit of one that is cancelled, deleted or abandoned goes
back.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from gateway.documents.base import plain

Step = Literal["ship", "receive", "void"]
Stop = Literal["home", "in_transit", "sellable", "unsellable"]
NONE = Decimal(0)

TOLD, COUNTED, RECEIVED, MOVED = "inbound-told", "inbound-counted", "inbound-received", "inbound-moved"
"""The kinds of events: a status, quantities, receipts of the ledger, and a transfer that we have posted."""

CONFIRMED = frozenset({"SHIPPED", "IN_TRANSIT", "DELIVERED", "CHECKED_IN", "RECEIVING", "CLOSED"})
CANCELLED = frozenset({"CANCELLED", "DELETED", "ABANDONED"})
OPEN = frozenset({"UNCONFIRMED", "WORKING", "READY_TO_SHIP", "MIXED", "ERROR"})
STATUSES = CONFIRMED | CANCELLED | OPEN


@dataclass(frozen=True, slots=True)
class Pieces:
    """One SKU of a shipment: what Amazon said at most and last, what the ledger said, and what we have posted.

    Of `ledger` so many are unsellable, and of `received` so many were posted as that.
    """

    planned: Decimal = NONE
    planned_last: Decimal = NONE
    counted: Decimal = NONE
    counted_last: Decimal = NONE
    ledger: Decimal = NONE
    ledger_unsellable: Decimal = NONE
    shipped: Decimal = NONE
    received: Decimal = NONE
    unsellable: Decimal = NONE
    voided: Decimal = NONE

    @property
    def told(self) -> Decimal:
        """What Amazon has received by either of its words."""
        return max(self.counted, self.ledger)

    @property
    def in_transit(self) -> Decimal:
        """What has left us and has not arrived."""
        return self.shipped - self.received - self.voided

    @property
    def over(self) -> Decimal:
        """What Amazon has received beyond what was in transit."""
        return max(self.told - self.received - self.in_transit, NONE)

    @property
    def is_going_back(self) -> bool:
        """Whether Amazon's last word is less than an earlier one."""
        return self.planned_last < self.planned or self.counted_last < self.counted


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer to post: which step, the pieces by SKU, from where to where."""

    step: Step
    lines: Mapping[str, Decimal]
    source: Stop
    target: Stop


@dataclass(frozen=True)
class Inbound:
    """A shipment to Amazon. `ended` is the first word that ended it; `moves` counts the transfers of each step."""

    shipment: str
    status: str | None = None
    ended: str | None = None
    is_confirmed: bool = False
    centre: str | None = None
    marketplace: str | None = None
    skus: Mapping[str, Pieces] = field(default_factory=dict)
    moves: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_cancelled(self) -> bool:
        """Whether it will never come."""
        return self.ended in CANCELLED


def fold(state: Inbound, kind: str, body: Mapping[str, Any]) -> Inbound:
    """The shipment after one more event."""
    return _FOLDS[kind](state, body)


def fold_all(shipment: str, events: Iterable[tuple[str, Mapping[str, Any]]]) -> Inbound:
    """The shipment after these events; those of other kinds are not its own."""
    state = Inbound(shipment)
    for kind, body in events:
        if kind in _FOLDS:
            state = fold(state, kind, body)
    return state


def next_move(state: Inbound, leave_out: AbstractSet[str] = frozenset()) -> Move | None:
    """What must be posted next; None where all that was told is posted. Fold it, then ask again.

    `leave_out` are SKUs that wait: the ERP does not know them.
    """
    for step, source, target, due in _DUE:
        lines = {sku: count for sku, count in _positive(due, state).items() if sku not in leave_out}
        if lines:
            return Move(step, lines, source, target)
    return None


def move_body(move: Move, document: str) -> dict[str, Any]:
    """A transfer that was posted, as an event."""
    lines = {sku: plain(count) for sku, count in move.lines.items()}
    return {"step": move.step, "source": move.source, "target": move.target, "document": document, "lines": lines}


def short(state: Inbound) -> dict[str, Decimal]:
    """What is still in transit although the shipment is closed."""
    return _positive(lambda pieces, _: pieces.in_transit, state) if state.ended == "CLOSED" else {}


def over(state: Inbound) -> dict[str, Decimal]:
    """What Amazon has received that was never in transit, as far as the plan is known."""
    known = state.is_confirmed or state.is_cancelled
    return _positive(lambda pieces, _: pieces.over, state) if known else {}


def going_back(state: Inbound) -> list[str]:
    """The SKUs of which Amazon's last numbers are less than earlier ones, in words."""
    return [
        f"{sku}: shipped {plain(each.planned_last)} after {plain(each.planned)}, "
        f"received {plain(each.counted_last)} after {plain(each.counted)}"
        for sku, each in state.skus.items()
        if each.is_going_back
    ]


def _told(state: Inbound, body: Mapping[str, Any]) -> Inbound:
    status = str(body["status"])
    is_end = status == "CLOSED" or status in CANCELLED
    return replace(
        state,
        status=status,
        ended=state.ended or (status if is_end else None),
        is_confirmed=state.is_confirmed or status in CONFIRMED,
        centre=body.get("centre") or state.centre,
        marketplace=state.marketplace or body.get("marketplace"),
    )


def _counted(state: Inbound, body: Mapping[str, Any]) -> Inbound:
    skus = dict(state.skus)
    for sku, (shipped, received) in body["items"].items():
        known = skus.get(sku, Pieces())
        planned, counted = Decimal(shipped), Decimal(received)
        skus[sku] = replace(
            known,
            planned=max(known.planned, planned),
            planned_last=planned,
            counted=max(known.counted, counted),
            counted_last=counted,
        )
    return replace(state, skus=skus, marketplace=state.marketplace or body.get("marketplace"))


def _received(state: Inbound, body: Mapping[str, Any]) -> Inbound:
    skus = dict(state.skus)
    for sku, count in body["receipts"].items():
        known = skus.get(sku, Pieces())
        unsellable = known.ledger_unsellable + Decimal(body.get("unsellable", {}).get(sku, 0))
        skus[sku] = replace(known, ledger=known.ledger + Decimal(count), ledger_unsellable=unsellable)
    return replace(state, skus=skus, marketplace=state.marketplace or body.get("marketplace"))


def _moved(state: Inbound, body: Mapping[str, Any]) -> Inbound:
    skus, step = dict(state.skus), str(body["step"])
    names = [] if body.get("source") == "sellable" else [_POSTED[step]]
    if body.get("target") == "unsellable":
        names.append("unsellable")
    for sku, count in body["lines"].items():
        known = skus.get(sku, Pieces())
        skus[sku] = replace(known, **{name: getattr(known, name) + Decimal(count) for name in names})
    return replace(state, skus=skus, moves={**state.moves, step: state.moves.get(step, 0) + 1})


def _to_ship(pieces: Pieces, state: Inbound) -> Decimal:
    return pieces.planned - pieces.shipped if state.is_confirmed and not state.is_cancelled else NONE


def _to_receive_unsellable(pieces: Pieces, state: Inbound) -> Decimal:
    return min(pieces.ledger_unsellable - pieces.unsellable, _to_receive(pieces, state))


def _to_receive(pieces: Pieces, _state: Inbound) -> Decimal:
    return min(pieces.told - pieces.received, pieces.in_transit)


def _to_set_apart(pieces: Pieces, _state: Inbound) -> Decimal:
    """What a count brought among the sellable goods, and the ledger says is unsellable."""
    sellable = pieces.received - pieces.unsellable
    return min(sellable - (pieces.told - pieces.ledger_unsellable), sellable)


def _to_void(pieces: Pieces, state: Inbound) -> Decimal:
    return pieces.in_transit if state.is_cancelled else NONE


def _positive(due: Any, state: Inbound) -> dict[str, Decimal]:
    found: Iterator[tuple[str, Decimal]] = ((sku, due(pieces, state)) for sku, pieces in state.skus.items())
    return {sku: count for sku, count in found if count > 0}


_FOLDS = {TOLD: _told, COUNTED: _counted, RECEIVED: _received, MOVED: _moved}
_POSTED = {"ship": "shipped", "receive": "received", "void": "voided"}
_DUE: tuple[tuple[Step, Stop, Stop, Any], ...] = (
    ("ship", "home", "in_transit", _to_ship),
    ("receive", "in_transit", "unsellable", _to_receive_unsellable),
    ("receive", "in_transit", "sellable", _to_receive),
    ("receive", "sellable", "unsellable", _to_set_apart),
    ("void", "in_transit", "home", _to_void),
)
"""In this order: what the ledger knows to be unsellable leaves transit before the rest is taken for sellable."""
