"""Deadlines are told once, before they pass where anybody looks in time, and after them where nobody could."""

from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import House

PIECES = "24*EA*7.25*PE*UP*614141000012"
RESPONSE = {
    "document": "order-response",
    "version": 1,
    "partner": "amazon-us",
    "purchase_order": "A1",
    "revision": 0,
    "lines": [{"line": "1", "accepted": "24", "ships_on": "2026-11-26"}],
}


@pytest.fixture
def posted(house: "House") -> "House":
    """An order that went to the ERP on the evening of the 20th; its answer is due the next evening at 21:01."""
    house.drop("order.edi", house.interchange(house.order("A1", PIECES)))
    house.once()
    return house


def told(house: "House") -> Counter[tuple[str, str]]:
    """What was told of deadlines: near or passed, and of which."""
    return Counter((entry.kind, entry.body["what"]) for entry in house.history("event:deadline-"))


def codes(house: "House") -> list[str]:
    return sorted(case["code"] for case in house.cases)


def test_an_answer_that_is_nearly_due_is_told_before_it_is_late(posted: "House") -> None:
    posted.once("2026-11-21T09:00:00Z")
    assert codes(posted) == ["booking-due"]
    posted.once("2026-11-21T09:01:00Z")
    assert codes(posted) == ["answer-due", "booking-due"]
    [case] = [case for case in posted.cases if case["code"] == "answer-due"]
    assert (case["due_at"], case["owner"], case["at_stake"]) == ("2026-11-21T21:01:00Z", "operations", "174.00")
    assert "is due at 2026-11-21 21:01 UTC" in case["message"]


def test_downtime_over_a_deadline_is_told_once_at_the_next_start(posted: "House") -> None:
    for _ in range(3):
        posted.once("2026-11-24T08:00:00Z")
    assert told(posted) == {
        ("event:deadline-near", "answer"): 1,
        ("event:deadline-passed", "answer"): 1,
        ("event:deadline-near", "booking"): 1,
        ("event:deadline-passed", "booking"): 1,
    }
    assert len([case for case in posted.cases if case["code"] == "answer-due"]) == 1
    assert "was due at 2026-11-21 21:01 UTC" in str(posted.cases)


def test_a_clock_that_is_set_back_tells_nothing_twice_and_takes_nothing_back(posted: "House") -> None:
    posted.once("2026-11-22T08:00:00Z")
    before, cases = told(posted), posted.cases
    for at in ("2026-11-21T05:00:00Z", "2026-11-21T20:00:00Z", "2026-11-22T08:00:00Z"):
        posted.once(at)
    assert told(posted) == before
    assert posted.cases == cases


def test_what_is_done_in_time_is_never_told(posted: "House") -> None:
    posted.erp_says("r.json", RESPONSE)
    posted.once("2026-11-20T22:30:00Z")
    posted.once("2026-11-22T08:00:00Z")
    assert told(posted) == {}
    deadlines = {deadline["what"]: deadline["met"] for deadline in posted.json("orders", "show", "A1")["deadlines"]}
    assert deadlines == {"answer": True, "booking": True, "window": False, "cancellation": False}


def test_a_case_of_a_deadline_closes_by_itself_when_it_is_met_after_all(posted: "House") -> None:
    posted.once("2026-11-21T22:00:00Z")
    assert codes(posted) == ["answer-due", "booking-due"]
    posted.erp_says("r.json", RESPONSE)
    posted.once("2026-11-21T22:10:00Z")
    assert codes(posted) == []


def test_the_window_ends_at_midnight_where_the_goods_go_and_an_order_without_notice_is_cancelled(
    posted: "House",
) -> None:
    posted.erp_says("r.json", RESPONSE)
    posted.once("2026-11-20T22:30:00Z")
    shown = {deadline["what"]: deadline["due_at"] for deadline in posted.json("orders", "show", "A1")["deadlines"]}
    assert shown["window"] == "2026-12-03T07:00:00Z"  # 2 December ends in Phoenix
    assert shown["cancellation"] == "2026-12-04T07:00:00Z"  # seven days after the 26th, when it was to ship
    posted.once("2026-12-01T07:00:00Z")
    assert {"window-ending", "cancellation-risk"} <= set(codes(posted))
    [risk] = [case for case in posted.cases if case["code"] == "cancellation-risk"]
    assert risk["at_stake"] == "174.00"
