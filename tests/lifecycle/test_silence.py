"""When a partner is silent: by habit, or by what is configured."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.lifecycle.silence import Silence, silence

FIRST = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY = [FIRST + 24 * HOUR * day for day in range(5)]


def test_a_daily_partner_is_silent_after_three_days() -> None:
    last = DAILY[-1]
    assert silence(DAILY, None, last + 72 * HOUR) is None
    found = silence(DAILY, None, last + 72 * HOUR + timedelta(seconds=1))
    assert found == Silence(last, 72 * HOUR, 24 * HOUR)


def test_a_hurried_partner_is_left_a_day() -> None:
    two_hourly = [FIRST + 2 * HOUR * n for n in range(8)]
    assert silence(two_hourly, None, two_hourly[-1] + 24 * HOUR) is None
    assert silence(two_hourly, None, two_hourly[-1] + 25 * HOUR) == Silence(two_hourly[-1], 24 * HOUR, 2 * HOUR)


def test_a_weekend_is_part_of_the_habit() -> None:
    weekdays = [FIRST + 24 * HOUR * day for day in (0, 1, 2, 3, 4, 7, 8)]
    assert silence(weekdays, None, weekdays[-1] + 8 * 24 * HOUR) is None
    assert silence(weekdays, None, weekdays[-1] + 10 * 24 * HOUR) is not None


def test_files_that_come_together_are_one_visit() -> None:
    weekly = [FIRST + 168 * HOUR * week + timedelta(minutes=n) for week in range(5) for n in range(50)]
    assert silence(weekly, None, weekly[-1] + 3 * 160 * HOUR) is None
    assert silence(weekly, None, weekly[-1] + 3 * 169 * HOUR) is not None


@pytest.mark.parametrize("count", [0, 1, 4])
def test_there_is_no_habit_in_a_few_visits(count: int) -> None:
    assert silence(DAILY[:count], None, FIRST + 10_000 * HOUR) is None


def test_a_long_gap_of_long_ago_is_forgotten() -> None:
    lately = [FIRST + 1000 * HOUR + 24 * HOUR * day for day in range(20)]
    assert silence([FIRST, *lately], None, lately[-1] + 80 * HOUR) is not None
    assert silence([FIRST, *lately[:19]], None, lately[18] + 80 * HOUR) is None


def test_what_is_configured_counts_before_any_habit() -> None:
    assert silence(DAILY, 5 * HOUR, DAILY[-1] + 5 * HOUR) is None
    assert silence(DAILY[:1], 5 * HOUR, FIRST + 6 * HOUR) == Silence(FIRST, 5 * HOUR)


def test_who_never_sent_anything_has_not_begun() -> None:
    assert silence([], 5 * HOUR, FIRST) is None


def test_the_order_of_arrivals_and_a_clock_that_went_back_do_not_matter() -> None:
    assert silence(reversed(DAILY), None, DAILY[0]) is None
    assert silence(reversed(DAILY), None, DAILY[-1] + 100 * HOUR) == silence(DAILY, None, DAILY[-1] + 100 * HOUR)
