"""Who is told of a case, and when: once for each reason, whatever the clock does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.alerts import OpenCase, Rules, Rung, Telling, may_try_again, tellings

OPENED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DUE_AT = OPENED_AT + timedelta(hours=8)
HOUR = timedelta(hours=1)
LADDER = {"item data": Rung(4 * HOUR, "operations"), "operations": Rung(2 * HOUR, "finance")}
RULES = Rules(ladder=LADDER)
NO_LADDER = Rules(ladder={})


def told_at(
    at: datetime, *told: str, owner: str = "item data", due_at: datetime | None = DUE_AT, rules: Rules = NO_LADDER
) -> list[Telling]:
    return list(tellings(OpenCase(owner, OPENED_AT, due_at), told, {}, rules, at))


def test_a_new_case_is_told_to_its_owner() -> None:
    assert told_at(OPENED_AT) == [Telling("opened", "item data")]


def test_nothing_is_told_twice() -> None:
    assert told_at(OPENED_AT, "opened") == []
    assert told_at(DUE_AT, "opened", "due-soon", "overdue") == []


def test_a_case_that_is_nearly_due_is_told_again_and_once_more_when_it_is_overdue() -> None:
    soon = DUE_AT - 2 * HOUR
    assert told_at(soon - timedelta(seconds=1), "opened") == []
    assert told_at(soon, "opened") == [Telling("due-soon", "item data")]
    assert told_at(DUE_AT - timedelta(seconds=1), "opened", "due-soon") == []
    assert told_at(DUE_AT, "opened", "due-soon") == [Telling("overdue", "item data")]


def test_what_is_more_pressing_covers_the_rest() -> None:
    assert told_at(DUE_AT) == [Telling("overdue", "item data", ("opened", "due-soon"))]
    assert told_at(DUE_AT, "opened") == [Telling("overdue", "item data", ("due-soon",))]


def test_a_case_without_a_due_time_is_only_told_when_it_opens() -> None:
    assert told_at(OPENED_AT + 1000 * HOUR, due_at=None) == [Telling("opened", "item data")]


def test_a_clock_that_goes_back_tells_nothing_again() -> None:
    assert told_at(OPENED_AT - 1000 * HOUR, "opened", "due-soon", "overdue") == []


def test_a_case_climbs_the_ladder_owner_by_owner() -> None:
    told = ["opened"]
    for after, wanted in ((4 * HOUR - timedelta(seconds=1), []), (4 * HOUR, ["operations"]), (6 * HOUR, ["finance"])):
        found = told_at(OPENED_AT + after, *told, due_at=None, rules=RULES)
        assert found == [Telling(f"escalated-to-{owner}", owner) for owner in wanted]
        told += [each.reason for each in found]
    assert told_at(OPENED_AT + 1000 * HOUR, *told, due_at=None, rules=RULES) == []


def test_after_a_long_pause_everybody_on_the_ladder_is_told_at_once() -> None:
    reasons = [telling.reason for telling in told_at(OPENED_AT + 48 * HOUR, rules=RULES)]
    assert reasons == ["overdue", "escalated-to-operations", "escalated-to-finance"]


def test_a_ladder_in_a_ring_tells_each_owner_once() -> None:
    ring = Rules(ladder={"IT": Rung(HOUR, "finance"), "finance": Rung(HOUR, "IT")})
    found = told_at(OPENED_AT + 9 * HOUR, "opened", owner="IT", due_at=None, rules=ring)
    assert [telling.owner for telling in found] == ["finance"]


def test_an_endless_wait_is_never_over() -> None:
    patient = Rules(ladder={"IT": Rung(timedelta(days=999_999_999), "finance")}, due_soon=timedelta(days=999_999_999))
    found = told_at(OPENED_AT + 9 * HOUR, owner="IT", rules=patient)
    assert [telling.reason for telling in found] == ["overdue"]


@pytest.mark.parametrize("reason", ["opened", "escalated-to-operations"])
@pytest.mark.parametrize("gone_by", [-3 * HOUR, timedelta(0), 4 * HOUR - timedelta(seconds=1)])
def test_a_problem_that_came_back_soon_is_not_told_of_again(reason: str, gone_by: timedelta) -> None:
    now = OPENED_AT + 5 * HOUR
    case = OpenCase("item data", OPENED_AT)
    told = {"opened", "escalated-to-operations", "escalated-to-finance"} - {reason}
    assert list(tellings(case, told, {reason: now - gone_by}, RULES, now)) == []
    assert [each.reason for each in tellings(case, told, {reason: now - 4 * HOUR}, RULES, now)] == [reason]


@given(hours=st.lists(st.integers(-50, 200), max_size=30))
def test_whatever_the_clock_does_no_reason_is_told_twice(hours: list[int]) -> None:
    told: list[str] = []
    for hour in hours:
        for telling in told_at(OPENED_AT + hour * HOUR, *told, rules=RULES):
            told += [telling.reason, *telling.covers]
    assert len(told) == len(set(told))


def test_pauses_grow_up_to_an_hour() -> None:
    def pause(attempts: int) -> int:
        return next(m for m in range(100) if may_try_again(attempts, OPENED_AT, OPENED_AT + timedelta(minutes=m)))

    assert [pause(attempts) for attempts in (1, 2, 3, 6, 7, 1000)] == [1, 2, 4, 32, 60, 60]


def test_a_clock_that_went_back_does_not_hold_up_the_next_attempt() -> None:
    assert may_try_again(5, OPENED_AT, OPENED_AT - timedelta(seconds=1))
