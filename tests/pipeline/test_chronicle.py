"""A transaction folds on from the state that it knows, and knows nothing any more of what was taken back."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.documents import Quantity
from gateway.journal import Journal, Transaction
from gateway.lifecycle.events import DeadlineNear, Event, LineRejected, OrderedLine, OrderReceived
from gateway.lifecycle.history import read_event
from gateway.lifecycle.orders import OrderState, fold_all
from gateway.lifecycle.subjects import subject_of
from gateway.pipeline.chronicle import PREFIX, record, state_of

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
PARTNER, ONE, OTHER = "amazon-us", "4XK7PL2Q", "5WX8RB4T"
NEAR = DeadlineNear(what="answer", due_at=AT)


class TakenBackError(Exception):
    """What ends a part of a transaction that is not wanted."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.create(tmp_path / "journal.db", AT) as journal:
        yield journal


def received(number: str) -> OrderReceived:
    ordered = Quantity(value="1", unit="each")
    return OrderReceived(
        document="1",
        partner=PARTNER,
        purchase_order=number,
        account="ACME1",
        received_at=AT,
        answer_due_at=AT + timedelta(days=1),
        lines=(OrderedLine(line="1", ids={"upc": "614141000012"}, ordered=ordered),),
    )


def folded_anew(journal: Journal | Transaction, number: str) -> OrderState | None:
    entries = journal.events(subject_of(PARTNER, number), prefix=PREFIX)
    return fold_all(read_event(entry.kind.removeprefix(PREFIX), entry.body) for entry in entries)


def tell(tx: Transaction, event: Event, number: str = ONE) -> None:
    record(tx, event, PARTNER, [number])


def test_what_is_known_is_not_folded_again(journal: Journal) -> None:
    with journal.transaction(AT) as tx:
        tell(tx, received(ONE))
        first = state_of(tx, PARTNER, ONE)
        assert state_of(tx, PARTNER, ONE) is first
        tx.append("order-repeated", {}, [subject_of(PARTNER, ONE)])
        assert state_of(tx, PARTNER, ONE) is first


def test_what_is_recorded_later_is_folded_on(journal: Journal) -> None:
    with journal.transaction(AT) as tx:
        tell(tx, received(ONE))
        before = state_of(tx, PARTNER, ONE)
        tell(tx, NEAR)
        after = state_of(tx, PARTNER, ONE)
    assert before is not None
    assert after is not None
    assert (len(before.told), len(after.told)) == (0, 1)


def test_an_order_that_does_not_exist_may_begin_to(journal: Journal) -> None:
    with journal.transaction(AT) as tx:
        assert state_of(tx, PARTNER, ONE) is None
        tell(tx, received(ONE))
        assert state_of(tx, PARTNER, ONE) is not None
        assert state_of(tx, PARTNER, OTHER) is None


def test_what_was_taken_back_is_in_no_state(journal: Journal) -> None:
    with journal.transaction(AT) as tx:
        tell(tx, received(ONE))
        before = state_of(tx, PARTNER, ONE)
        with suppress(TakenBackError), tx.savepoint():
            tell(tx, NEAR)
            assert state_of(tx, PARTNER, ONE) != before
            raise TakenBackError
        assert state_of(tx, PARTNER, ONE) == before
        # Another event takes the number of the one that is gone.
        tell(tx, LineRejected(line="1", who="ann", why="no longer made"))
        state = state_of(tx, PARTNER, ONE)
    assert state is not None
    assert not state.told
    assert set(state.rejected) == {"1"}


def test_nothing_is_known_of_a_transaction_that_was_taken_back(journal: Journal) -> None:
    with suppress(TakenBackError), journal.transaction(AT) as tx:
        tell(tx, received(ONE))
        assert state_of(tx, PARTNER, ONE) is not None
        raise TakenBackError
    assert state_of(tx, PARTNER, ONE) is None
    assert state_of(journal, PARTNER, ONE) is None


def test_who_only_looks_sees_what_others_have_written(journal: Journal) -> None:
    with journal.transaction(AT) as tx:
        tell(tx, received(ONE))
    before = state_of(journal, PARTNER, ONE)
    with journal.look(AT) as seen:
        assert state_of(seen, PARTNER, ONE) == before
    with journal.transaction(AT) as tx:
        tell(tx, NEAR)
    assert state_of(journal, PARTNER, ONE) != before
    assert state_of(seen, PARTNER, ONE) == state_of(journal, PARTNER, ONE)


EVENTS = st.sampled_from(
    [
        NEAR,
        DeadlineNear(what="booking", due_at=AT),
        LineRejected(line="1", who="ann", why="no longer made"),
        received(ONE),
    ]
)
NUMBERS = st.sampled_from([ONE, OTHER])
TOLD = st.tuples(st.just("tell"), NUMBERS, EVENTS)
ASKED = st.tuples(st.just("ask"), NUMBERS)
STEPS = st.recursive(
    st.lists(st.one_of(TOLD, ASKED), max_size=6),
    lambda inner: st.lists(st.one_of(TOLD, ASKED, st.tuples(st.sampled_from(["keep", "take back"]), inner))),
    max_leaves=12,
)


def walk(steps: list[Any], tx: Transaction) -> None:
    """Do them, a part of them behind a savepoint each, and ask for both states after every step that asks for one."""
    for what, *about in steps:
        match what:
            case "tell":
                number, event = about
                tell(tx, event, number)
            case "ask":
                assert state_of(tx, PARTNER, about[0]) == folded_anew(tx, about[0])
            case "keep":
                with tx.savepoint():
                    walk(about[0], tx)
            case "take back":
                with suppress(TakenBackError), tx.savepoint():
                    walk(about[0], tx)
                    raise TakenBackError


@settings(deadline=None, max_examples=200)
@given(st.lists(STEPS, min_size=1, max_size=3))
def test_the_state_is_always_the_fold_of_its_events(transactions: list[list[Any]]) -> None:
    with TemporaryDirectory() as folder, Journal.create(Path(folder) / "journal.db", AT) as journal:
        with journal.transaction(AT) as tx:
            for number in (ONE, OTHER):
                tell(tx, received(number), number)
        for steps in transactions:
            with journal.transaction(AT) as tx:
                walk(steps, tx)
                for number in (ONE, OTHER):
                    assert state_of(tx, PARTNER, number) == folded_anew(tx, number)
