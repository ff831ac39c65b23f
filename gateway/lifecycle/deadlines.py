"""The times by which something must have happened to an order, and what is told of them.

A deadline is an instant with an earlier one at which somebody is warned. Both are recorded once, as events, when a turn
first finds that they are over, so a gateway that was stopped tells of them at its next start, and a clock that is set
back tells of nothing twice. What is due when is the partner's to say: the guide's `[deadlines]`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from typing import Any

from gateway.catalogue.gaps import Owner
from gateway.documents.erp import ErpInvoice, ErpOrderResponse, Shipment
from gateway.lifecycle.events import DeadlineNear, DeadlinePassed, Event
from gateway.lifecycle.ledger import is_charged, is_fulfilled
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.transmission import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """How long things may take, as the guide says; `zone` is that of the place that the goods go to."""

    booking: timedelta = timedelta(hours=2)
    answer_warning: timedelta = timedelta(hours=12)
    ship_notice: timedelta = timedelta(minutes=30)
    invoice: timedelta = timedelta(days=1)
    window_warning: timedelta = timedelta(days=2)
    cancel_after_delivery: timedelta = timedelta(days=7)
    cancel_after_window: timedelta = timedelta(days=30)
    cancel_warning: timedelta = timedelta(days=3)
    change: timedelta = timedelta(hours=48)
    change_warning: timedelta = timedelta(hours=12)
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`what` must have happened by `due_at`; from `warn_at` on somebody is told. `subject` tells two apart."""

    what: str
    due_at: datetime
    warn_at: datetime
    owner: Owner
    message: str
    remedy: str
    is_met: bool
    subject: str = ""

    @property
    def name(self) -> str:
        """What it is told of by: two shipments have a deadline each."""
        return f"{self.what}:{self.subject}" if self.subject else self.what


def end_of_day(day: date, zone: tzinfo, later: timedelta = timedelta()) -> datetime:
    """The midnight that ends a day where a clock shows this zone, also in a night that has 23 or 25 hours.

    `later` is counted by that clock: a week after midnight is midnight, also where it was changed in between.
    """
    return (datetime.combine(day + timedelta(days=1), time_of_day.min, zone) + later).astimezone(UTC)


def _answer_leaves(_: ErpOrderResponse, state: OrderState | None, _timings: Timings) -> datetime | None:
    """When the answer to its order is due."""
    return state.answer_due_at if state else None


def _notice_leaves(said: Shipment, _: OrderState | None, timings: Timings) -> datetime | None:
    """`ship_notice` after the departure; at no time while nothing says when the goods left."""
    return said.shipped_at + timings.ship_notice if said.shipped_at else None


def _invoice_leaves(said: ErpInvoice, _: OrderState | None, timings: Timings) -> datetime | None:
    """`invoice` after the day of its date has ended, in UTC."""
    return end_of_day(said.invoiced_on, UTC, timings.invoice)


DUE: Mapping[Kind, Callable[[Any, OrderState | None, Timings], datetime | None]] = {
    "order-response": _answer_leaves,
    "ship-notice": _notice_leaves,
    "invoice": _invoice_leaves,
}
"""Document -> by when it must have left, by what the ERP said and the first order that it is about, None where none is
known. The due time of what its gate keeps back."""


def deadlines(state: OrderState, timings: Timings) -> tuple[Deadline, ...]:
    """Every deadline of the order, met or not, in the order of its life."""
    return tuple(deadline for of in DEADLINES.values() for deadline in of(state, timings))


def next_look(state: OrderState, timings: Timings) -> datetime | None:
    """When the order must be looked at next for a deadline's sake; None where nothing is due any more."""
    open_ones = [deadline for deadline in deadlines(state, timings) if not deadline.is_met]
    times = (
        at
        for deadline in open_ones
        for at, word in ((deadline.warn_at, "near"), (deadline.due_at, "passed"))
        if (deadline.name, deadline.due_at, word) not in state.told
    )
    return min(times, default=None)


def tell(state: OrderState, timings: Timings, now: datetime) -> Iterator[Event]:
    """What is told now for the first time."""
    for deadline in deadlines(state, timings):
        if deadline.is_met:
            continue
        if now >= deadline.warn_at and (deadline.name, deadline.due_at, "near") not in state.told:
            yield DeadlineNear(what=deadline.name, due_at=deadline.due_at)
        if now >= deadline.due_at and (deadline.name, deadline.due_at, "passed") not in state.told:
            yield DeadlinePassed(what=deadline.name, due_at=deadline.due_at)


def _answer(state: OrderState, timings: Timings) -> Iterator[Deadline]:
    """An order has an answer within `answer` of its receipt; somebody is told `answer_warning` before."""
    yield Deadline(
        what="answer",
        due_at=state.answer_due_at,
        warn_at=state.answer_due_at - timings.answer_warning,
        owner="operations",
        message=f"order {state.purchase_order} has no answer yet: the partner cancels what nobody acknowledges",
        remedy="see what holds it with `gateway explain`; let the ERP send its order-response",
        is_met=state.has_left("order-response") or state.cancelled is not None,
    )


def _booking(state: OrderState, timings: Timings) -> Iterator[Deadline]:
    """The ERP says what became of a sales order, or answers it, within `booking` of its handover."""
    posted_at = state.posted[-1].posted_at if state.posted else None
    if posted_at is not None:
        due_at = posted_at + timings.booking
        yield Deadline(
            what="booking",
            due_at=due_at,
            warn_at=due_at,
            owner="IT",
            message=f"the ERP says nothing of order {state.purchase_order}, which was handed to it",
            remedy="look whether the ERP reads its folder; let it send a posting-result",
            is_met=state.is_heard or state.cancelled is not None,
        )


def _ship_notice(state: OrderState, timings: Timings) -> Iterator[Deadline]:
    """The notice of a shipment has left within `ship_notice` of its departure; it is told from the departure on.

    One that the partner refused has not left for him.
    """
    for number, said in state.shipments.items():
        if said[-1].shipped_at is not None:
            yield Deadline(
                what="ship-notice",
                subject=number,
                due_at=said[-1].shipped_at + timings.ship_notice,
                warn_at=said[-1].shipped_at,
                owner="operations",
                message=f"shipment {number} has left, and the partner has no ship notice of it",
                remedy=f"see what blocks it with `gateway explain {number}`",
                is_met=state.has_left("ship-notice", number),
            )


def _window(state: OrderState, timings: Timings) -> Iterator[Deadline]:
    """All that was promised has shipped when the window's last day ends; told `window_warning` before."""
    last = state.window.not_after if state.window else None
    if last is not None and state.is_answered:
        due_at = end_of_day(last, timings.zone)
        yield Deadline(
            what="window",
            due_at=due_at,
            warn_at=due_at - timings.window_warning,
            owner="operations",
            message=f"the delivery window of order {state.purchase_order} ends on {last}, and not all has shipped",
            remedy="ship what is promised, or change the answer while the partner still takes it",
            is_met=state.cancelled is not None or is_fulfilled(state),
        )


def _cancellation(state: OrderState, timings: Timings) -> Iterator[Deadline]:
    """A ship notice has arrived before the partner cancels by itself what none came for; told `cancel_warning` before.

    Amazon does so `cancel_after_delivery` from the expected delivery, `cancel_after_window` from the window's end at
    the latest. A notice that he refused has not arrived.
    """
    last = state.window.not_after if state.window else None
    if last is None:
        return
    promised = (line for answer in state.answers[-1:] for line in answer.lines)
    days = [day for line in promised for day in (line.ships_on, line.backorder_until) if day is not None]
    # What ships before the window is delivered in it: a day of shipping is no day of delivery.
    first = [state.window.not_before] if state.window and state.window.not_before else []
    expected = max((*days, *first)) if days else last
    by_delivery = end_of_day(expected, timings.zone, timings.cancel_after_delivery)
    due_at = min(by_delivery, end_of_day(last, timings.zone, timings.cancel_after_window))
    yield Deadline(
        what="cancellation",
        due_at=due_at,
        warn_at=due_at - timings.cancel_warning,
        owner="operations",
        message=f"the partner will cancel what is left of order {state.purchase_order}: no ship notice has reached it",
        remedy="ship and send the notice, or tell the partner that nothing more comes",
        is_met=state.cancelled is not None
        or is_fulfilled(state, is_charged)
        or any(sent.has_left and sent.delivery == "delivered" for sent in state.of_kind("ship-notice")),
    )


def _change(state: OrderState, timings: Timings) -> Iterator[Deadline]:
    """A change that came after our answer has a new one within `change` of the first; told `change_warning` before."""
    first = next((sent.sealed_at for sent in state.of_kind("order-response") if sent.sealed_at), None)
    if first is None or not state.needs_answer:
        return
    yield Deadline(
        what="change",
        due_at=first + timings.change,
        warn_at=first + timings.change - timings.change_warning,
        owner="operations",
        message=f"order {state.purchase_order} was changed after our answer, and has no new one",
        remedy="let the ERP send its order-response again with a higher revision",
        is_met=state.cancelled is not None,
    )


DEADLINES: Mapping[str, Callable[[OrderState, Timings], Iterator[Deadline]]] = {
    "answer": _answer,
    "booking": _booking,
    "ship-notice": _ship_notice,
    "window": _window,
    "cancellation": _cancellation,
    "change": _change,
}
"""What is due -> how; docs/gates.md prints what these functions say of themselves."""
