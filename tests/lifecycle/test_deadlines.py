"""What must have happened by when: to the minute, in the zone of the goods, told once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.purchase_order import Window
from gateway.lifecycle.deadlines import DUE, Deadline, Timings, deadlines, end_of_day, next_look, tell
from gateway.lifecycle.events import DeadlineNear, DeadlinePassed, Event, OrderBooked, OrderChanged, OrderPosted
from gateway.lifecycle.goods import OrderCancelled
from gateway.lifecycle.orders import OrderState, fold
from gateway.lifecycle.transmission import DocumentSuperseded
from tests.lifecycle.shop import (
    RECEIVED_AT,
    SEALED_AT,
    Source,
    changed,
    good,
    has_left,
    is_drafted,
    is_sealed,
    parse,
    sent_as,
    state_after,
)

USUAL = Timings()
PHOENIX, LOS_ANGELES, BERLIN = (ZoneInfo(name) for name in ("America/Phoenix", "America/Los_Angeles", "Europe/Berlin"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE_AT = datetime(2026, 11, 21, 21, 1, tzinfo=UTC)
ANSWER, NOTICE = parse(good("order-response")), parse(good("shipment-cartons"))
CANCELLED = OrderCancelled(document="90", why="no longer needed")
ALL = {"packs.1.items.0.quantity": "120"}


def shipment(**change: Any) -> Source:
    return parse(changed(good("shipment-cartons"), change))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def find(state: OrderState, what: str, timings: Timings = USUAL) -> Deadline | None:
    return next((each for each in deadlines(state, timings) if each.what == what), None)


def due(state: OrderState, what: str, timings: Timings = USUAL) -> tuple[datetime, bool]:
    found = find(state, what, timings)
    assert found is not None
    return found.due_at, found.is_met


# Days have 23, 24 or 25 hours


@pytest.mark.parametrize(
    ("day", "zone", "ends"),
    [
        (date(2026, 12, 2), UTC, "2026-12-03T00:00Z"),
        # Arizona keeps its clocks all year; the others change theirs on these nights.
        (date(2026, 3, 7), PHOENIX, "2026-03-08T07:00Z"),
        (date(2026, 3, 8), PHOENIX, "2026-03-09T07:00Z"),
        (date(2026, 11, 1), PHOENIX, "2026-11-02T07:00Z"),
        (date(2026, 3, 7), LOS_ANGELES, "2026-03-08T08:00Z"),
        (date(2026, 3, 8), LOS_ANGELES, "2026-03-09T07:00Z"),
        (date(2026, 10, 31), LOS_ANGELES, "2026-11-01T07:00Z"),
        (date(2026, 11, 1), LOS_ANGELES, "2026-11-02T08:00Z"),
        (date(2026, 3, 28), BERLIN, "2026-03-28T23:00Z"),
        (date(2026, 3, 29), BERLIN, "2026-03-29T22:00Z"),
        (date(2026, 10, 24), BERLIN, "2026-10-24T22:00Z"),
        (date(2026, 10, 25), BERLIN, "2026-10-25T23:00Z"),
        (date(2028, 2, 28), BERLIN, "2028-02-28T23:00Z"),
        (date(2028, 2, 29), BERLIN, "2028-02-29T23:00Z"),
        (date(2027, 2, 28), LOS_ANGELES, "2027-03-01T08:00Z"),
        (date(2026, 12, 31), LOS_ANGELES, "2027-01-01T08:00Z"),
        (date(2026, 12, 31), BERLIN, "2026-12-31T23:00Z"),
    ],
)
def test_a_day_ends_at_the_midnight_of_its_own_zone(day: date, zone: Any, ends: str) -> None:
    assert end_of_day(day, zone) == at(ends)
    assert end_of_day(day, zone).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("zone", "spring", "autumn"),
    [(PHOENIX, 24, 24), (LOS_ANGELES, 23, 25)],
)
def test_the_day_on_which_clocks_change_is_as_long_as_it_is(zone: Any, spring: int, autumn: int) -> None:
    for day, hours in ((date(2026, 3, 8), spring), (date(2026, 11, 1), autumn)):
        assert end_of_day(day, zone) - end_of_day(day - DAY, zone) == hours * HOUR


# The answer


def test_an_order_is_answered_until_its_partner_says() -> None:
    found = find(state_after(), "answer")
    assert found is not None
    assert (found.due_at, found.warn_at, found.is_met) == (DUE_AT, DUE_AT - 12 * HOUR, False)
    assert found.name == "answer"


def test_an_answer_that_is_sealed_is_in_time_and_a_draft_is_none() -> None:
    assert due(state_after(*is_drafted(ANSWER)), "answer") == (DUE_AT, False)
    assert due(state_after(*is_sealed(ANSWER)), "answer") == (DUE_AT, True)
    assert due(state_after(CANCELLED), "answer") == (DUE_AT, True)


# The booking


def fold_on(state: OrderState, *events: Event) -> OrderState:
    for event in events:
        state = fold(state, event)
    return state


def unbooked(*events: Event, **changes: Any) -> OrderState:
    return replace(state_after(*events), booked=None, is_heard=False, **changes)


def test_the_erp_says_something_of_what_it_was_handed() -> None:
    state = unbooked()
    assert due(state, "booking") == (RECEIVED_AT + 2 * HOUR, False)
    assert due(state_after(), "booking")[1]
    assert due(fold_on(unbooked(), *is_drafted(ANSWER)), "booking")[1]
    assert due(unbooked(CANCELLED), "booking")[1]


def test_the_booking_is_counted_from_the_last_time_it_was_handed_over() -> None:
    again = OrderPosted(document="12", revision=1, posted_at=RECEIVED_AT + DAY, lines=("1",))
    assert due(state_after(again), "booking")[0] == RECEIVED_AT + DAY + 2 * HOUR
    assert find(replace(state_after(), posted=()), "booking") is None
    undated = OrderPosted(document="12", revision=1, lines=("1",))
    assert find(state_after(undated), "booking") is None


# The ship notice


def test_a_ship_notice_leaves_half_an_hour_after_the_goods() -> None:
    state = state_after(*is_drafted(NOTICE))
    found = find(state, "ship-notice")
    assert found is not None
    assert found.name == "ship-notice:S-1"
    assert (found.warn_at, found.due_at, found.is_met) == (at("2026-11-26T14:15Z"), at("2026-11-26T14:45Z"), False)
    assert due(state_after(*is_sealed(NOTICE)), "ship-notice")[1]


def test_a_ship_notice_that_was_refused_has_not_left() -> None:
    refused = has_left(NOTICE, "rejected")
    assert due(state_after(*refused), "ship-notice") == (at("2026-11-26T14:45Z"), False)
    gone = DocumentSuperseded(document=sent_as(NOTICE), by="70")
    assert not due(state_after(*refused, gone, *is_drafted(shipment(revision=1))), "ship-notice")[1]
    assert due(state_after(*refused, gone, *is_sealed(shipment(revision=1))), "ship-notice")[1]
    assert due(state_after(*refused, *has_left(NOTICE)[-1:]), "ship-notice")[1]  # he took it after all


def test_two_shipments_have_a_deadline_each() -> None:
    second = shipment(shipment="S-2", shipped_at="2026-11-27T08:00:00Z")
    state = state_after(*is_drafted(NOTICE), *is_sealed(second))
    found = {each.name: each.is_met for each in deadlines(state, USUAL) if each.what == "ship-notice"}
    assert found == {"ship-notice:S-1": False, "ship-notice:S-2": True}


def test_a_correction_may_move_the_departure() -> None:
    later = shipment(revision=1, shipped_at="2026-11-26T18:00:00Z")
    assert due(state_after(*is_drafted(NOTICE), *is_drafted(later)), "ship-notice")[0] == at("2026-11-26T18:30Z")
    undated = shipment(revision=1, shipped_at=None)
    assert find(state_after(*is_drafted(NOTICE), *is_drafted(undated)), "ship-notice") is None


# The window, and what the partner cancels by itself


def test_the_window_ends_with_its_last_day_where_the_goods_go() -> None:
    state = state_after(*is_sealed(ANSWER))
    for zone, ends in ((UTC, "2026-12-03T00:00Z"), (PHOENIX, "2026-12-03T07:00Z"), (BERLIN, "2026-12-02T23:00Z")):
        found = find(state, "window", Timings(zone=zone))
        assert found is not None
        assert (found.due_at, found.warn_at) == (at(ends), at(ends) - 2 * DAY)
        assert not found.is_met


def test_a_window_matters_once_the_order_is_answered_and_where_it_ends() -> None:
    assert find(state_after(), "window") is None
    answered = state_after(*is_sealed(ANSWER))
    assert find(replace(answered, window=None), "window") is None
    assert find(replace(answered, window=Window(not_before=date(2026, 11, 25))), "window") is None


def test_the_window_is_met_once_all_that_was_promised_has_shipped() -> None:
    part, whole = NOTICE, shipment(**ALL)
    assert not due(state_after(*is_sealed(ANSWER), *is_sealed(part)), "window")[1]
    assert due(state_after(*is_sealed(ANSWER), *is_sealed(whole)), "window")[1]
    assert due(state_after(*is_sealed(ANSWER), CANCELLED), "window")[1]


def test_the_partner_cancels_a_week_after_the_expected_delivery() -> None:
    # The last day that the answer names is that of the back-order, the 30th.
    state = state_after(*is_sealed(ANSWER))
    found = find(state, "cancellation")
    assert found is not None
    assert (found.due_at, found.is_met) == (at("2026-12-08T00:00Z"), False)
    assert found.warn_at == found.due_at - 3 * DAY
    assert due(state, "cancellation", Timings(zone=LOS_ANGELES))[0] == at("2026-12-08T08:00Z")


def test_the_partner_cancels_a_month_after_the_window_at_the_latest() -> None:
    late = parse(changed(good("order-response"), {"lines.1.backorder_until": "2027-01-31"}))
    assert due(state_after(*is_sealed(late)), "cancellation")[0] == at("2027-01-02T00:00Z")


@pytest.mark.parametrize(
    ("last_day", "ends"),
    [
        # New York sets its clocks back on the 1st of November, and ahead on the 8th of March.
        (date(2026, 10, 27), "2026-11-04T05:00Z"),
        (date(2026, 10, 24), "2026-11-01T04:00Z"),
        (date(2026, 3, 5), "2026-03-13T04:00Z"),
    ],
)
def test_the_partners_week_ends_at_midnight_also_where_the_clocks_were_changed_in_it(last_day: date, ends: str) -> None:
    state = replace(state_after(), window=Window(not_after=last_day))
    assert due(state, "cancellation", Timings(zone=ZoneInfo("America/New_York")))[0] == at(ends)


def test_a_month_after_the_window_is_counted_by_the_clock_too() -> None:
    late = parse(changed(good("order-response"), {"lines.1.backorder_until": "2026-12-31"}))
    state = replace(state_after(*is_sealed(late)), window=Window(not_after=date(2026, 10, 27)))
    assert due(state, "cancellation", Timings(zone=ZoneInfo("America/New_York")))[0] == at("2026-11-27T05:00Z")


def test_without_any_day_of_ours_the_window_is_what_is_expected() -> None:
    undated = changed(
        good("order-response"),
        {"lines.0.ships_on": None, "lines.1.ships_on": None, "lines.2.ships_on": None, "lines.1.backorder_until": None},
    )
    assert due(state_after(*is_sealed(parse(undated))), "cancellation")[0] == at("2026-12-10T00:00Z")
    assert due(state_after(), "cancellation")[0] == at("2026-12-10T00:00Z")


def test_without_a_window_nothing_is_cancelled() -> None:
    assert find(replace(state_after(*is_sealed(ANSWER)), window=None), "cancellation") is None


def test_a_ship_notice_that_has_arrived_keeps_the_partner_from_cancelling() -> None:
    answered = (*is_sealed(ANSWER),)
    assert not due(state_after(*answered, *is_sealed(NOTICE)), "cancellation")[1]
    assert due(state_after(*answered, *has_left(NOTICE)), "cancellation")[1]
    assert due(state_after(*answered, *is_sealed(shipment(**ALL))), "cancellation")[1]
    assert due(state_after(CANCELLED), "cancellation")[1]


def test_a_ship_notice_that_was_refused_does_not_keep_the_partner_from_cancelling() -> None:
    whole = state_after(*is_sealed(ANSWER), *has_left(shipment(**ALL), "rejected"))
    assert not due(whole, "cancellation")[1]
    assert due(whole, "window")[1]  # the goods have shipped, whatever became of the paper
    beside = shipment(shipment="S-2")
    assert due(state_after(*is_sealed(ANSWER), *has_left(NOTICE, "rejected"), *has_left(beside)), "cancellation")[1]


def test_an_answer_that_was_refused_takes_no_promise_back() -> None:
    refused = has_left(ANSWER, "rejected")
    assert not due(state_after(*refused), "cancellation")[1]
    assert due(state_after(*refused, *is_sealed(shipment(**ALL))), "cancellation")[1]


# By when a document must have left


def test_an_answer_a_notice_and_an_invoice_must_have_left_by_a_time_of_their_own() -> None:
    state, bill = state_after(), parse(good("invoice"))
    assert DUE["order-response"](ANSWER, state, USUAL) == DUE_AT
    assert DUE["order-response"](ANSWER, None, USUAL) is None
    assert DUE["ship-notice"](NOTICE, state, USUAL) == at("2026-11-26T14:45Z")
    assert DUE["ship-notice"](shipment(shipped_at=None), state, USUAL) is None
    assert getattr(bill, "invoiced_on", None) == date(2026, 11, 26)
    assert DUE["invoice"](bill, state, USUAL) == at("2026-11-28T00:00Z")
    assert DUE["invoice"](bill, state, Timings(invoice=3 * DAY, zone=BERLIN)) == at("2026-11-30T00:00Z")


# A change after the answer


def change(*, order: str | None = "40") -> OrderChanged:
    lines = tuple(state_after().lines.values())[:2]
    return OrderChanged(document="40", order=order, differences=("line 3 is gone",), lines=lines)


def test_a_changed_order_has_a_new_answer_within_two_days_of_the_first() -> None:
    state = state_after(*is_sealed(ANSWER), change())
    found = find(state, "change")
    assert found is not None
    assert (found.due_at, found.warn_at, found.is_met) == (SEALED_AT + 48 * HOUR, SEALED_AT + 36 * HOUR, False)


def test_a_change_before_the_answer_and_one_that_is_answered_have_no_deadline() -> None:
    assert find(state_after(change()), "change") is None
    assert find(state_after(*is_drafted(ANSWER), change()), "change") is None
    again = parse(changed(good("order-response"), {"revision": 1}))
    assert find(state_after(*is_sealed(ANSWER), change(), *is_drafted(again)), "change") is not None
    assert find(state_after(*is_sealed(ANSWER), change(), *is_sealed(again)), "change") is None
    assert find(state_after(*is_sealed(ANSWER), change(order=None)), "change") is None


def test_an_order_that_is_cancelled_after_its_change_needs_no_answer() -> None:
    assert due(state_after(*is_sealed(ANSWER), change(), CANCELLED), "change")[1]


# What is told, and when it is looked at


def told(state: OrderState, now: datetime) -> list[str]:
    return [f"{type(event).__name__} {event.what}" for event in tell(state, USUAL, now)]  # type: ignore[attr-defined]


def after_telling(state: OrderState, now: datetime) -> OrderState:
    for event in list(tell(state, USUAL, now)):
        state = fold(state, event)
    return state


def test_a_deadline_is_told_when_it_is_near_and_when_it_is_over() -> None:
    state, near = state_after(), DUE_AT - 12 * HOUR
    assert told(state, near - timedelta(seconds=1)) == []
    assert told(state, near) == ["DeadlineNear answer"]
    assert told(state, DUE_AT - timedelta(seconds=1)) == ["DeadlineNear answer"]
    assert told(state, DUE_AT) == ["DeadlineNear answer", "DeadlinePassed answer"]


def test_a_deadline_is_told_once_also_where_the_clock_goes_back() -> None:
    state = after_telling(state_after(), DUE_AT - HOUR)
    assert told(state, DUE_AT - HOUR) == told(state, DUE_AT - 12 * HOUR) == told(state, DUE_AT - 24 * HOUR) == []
    assert told(state, DUE_AT) == ["DeadlinePassed answer"]
    state = after_telling(state, DUE_AT)
    assert [told(state, moment) for moment in (DUE_AT - DAY, DUE_AT, DUE_AT + HOUR)] == [[], [], []]


def test_what_is_met_is_not_told() -> None:
    assert told(state_after(*is_sealed(ANSWER)), DUE_AT + DAY) == []


def test_a_deadline_that_moves_is_told_again() -> None:
    left = after_telling(state_after(*is_sealed(ANSWER), *is_drafted(NOTICE)), at("2026-11-26T14:45Z"))
    assert told(left, at("2026-11-26T14:45Z")) == []
    moved = state_after(
        *is_sealed(ANSWER), *is_drafted(NOTICE), *is_drafted(shipment(revision=1, shipped_at="2026-11-26T18:00:00Z"))
    )
    moved = replace(moved, told=left.told)
    assert told(moved, at("2026-11-26T18:00Z")) == ["DeadlineNear ship-notice:S-1"]


def test_the_next_look_is_at_the_next_thing_to_tell() -> None:
    state = state_after()
    assert next_look(state, USUAL) == DUE_AT - 12 * HOUR
    state = fold(state, DeadlineNear(what="answer", due_at=DUE_AT))
    assert next_look(state, USUAL) == DUE_AT
    state = fold(state, DeadlinePassed(what="answer", due_at=DUE_AT))
    assert next_look(state, USUAL) == at("2026-12-07T00:00Z")  # of the cancellation


def test_an_order_with_everything_done_is_not_looked_at() -> None:
    assert next_look(state_after(*is_sealed(ANSWER), *has_left(shipment(**ALL))), USUAL) is None
    assert next_look(state_after(CANCELLED), USUAL) is None


MOMENTS = st.lists(st.integers(-48, 24 * 40).map(lambda hours: RECEIVED_AT + hours * HOUR), max_size=12)
PASTS: Iterable[tuple[Event, ...]] = (
    (),
    (*is_sealed(ANSWER),),
    (*is_sealed(ANSWER), *is_drafted(NOTICE)),
    (*is_sealed(ANSWER), *is_drafted(NOTICE), change()),
    (OrderBooked(number="SO-2"), CANCELLED),
)


@given(st.sampled_from(list(PASTS)), MOMENTS)
def test_however_the_clock_runs_nothing_is_told_twice_or_forgotten(
    past: tuple[Event, ...], clock: list[datetime]
) -> None:
    state = state_after(*past)
    said: list[Event] = []
    for now in clock:
        look = next_look(state, USUAL)
        events = list(tell(state, USUAL, now))
        assert bool(events) is (look is not None and now >= look)
        for event in events:
            state = fold(state, event)
        said += events
    assert len(said) == len({(type(event), event.what, event.due_at) for event in said})  # type: ignore[attr-defined]
    latest = max(clock, default=RECEIVED_AT - DAY * 30)
    everything = set(map(str, tell(state_after(*past), USUAL, latest)))
    assert set(map(str, said)) == everything
