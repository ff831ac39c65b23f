from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import NotFound
from gateway.journal import Journal, verify
from gateway.journal.numbers import LAST, after


def test_numbers_follow_each_other_in_each_series(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        assert [tx.draw("a"), tx.draw("b"), tx.draw("a")] == [1, 1, 2]
    with journal.transaction(at) as tx:
        assert tx.draw("a") == 3
    assert journal.numbers() == {"a": 4, "b": 2}


def test_a_series_begins_where_a_cut_over_says(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        assert [tx.draw("a", start_at=500), tx.draw("a", start_at=1)] == [500, 501]


def test_after_the_last_number_comes_one(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        assert [tx.draw("a", start_at=LAST - 1), tx.draw("a"), tx.draw("a"), tx.draw("a")] == [LAST - 1, LAST, 1, 2]
    assert verify(journal).ok


def test_a_number_drawn_in_a_transaction_that_failed_is_drawn_again(journal: Journal, at: datetime) -> None:
    with suppress(LookupError), journal.transaction(at) as tx:
        assert tx.draw("a") == 1
        raise LookupError
    with journal.transaction(at) as tx:
        assert tx.draw("a") == 1


def test_a_jump_is_recorded_and_says_why(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        tx.draw("a", start_at=LAST - 5)
        assert tx.jump("a", 10, "restored from Monday") == 6
        assert tx.draw("a") == 6
    (entry,) = journal.events("series:a")
    assert entry.kind == "number-jumped"
    assert entry.body == {"series": "a", "left": LAST - 4, "margin": 10, "next": 6, "reason": "restored from Monday"}
    with journal.transaction(at) as tx, pytest.raises(NotFound):
        tx.jump("unknown", 1, "")


@given(st.integers(1, LAST), st.integers(0, 2 * LAST))
def test_a_number_is_always_within_its_series(number: int, by: int) -> None:
    assert 1 <= after(number, by) <= LAST
    assert (after(number, by) - number - by) % LAST == 0


def test_a_series_that_was_never_drawn_jumps_from_where_it_would_begin(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        assert tx.jump("new", 1000, "restore", start_at=500) == 1500
        assert tx.draw("new", start_at=500) == 1500
    assert verify(journal).ok
