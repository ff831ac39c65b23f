"""Shipments to Amazon: whatever is told in whatever order, shipped = received + in transit + voided."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.stock.inbound import (
    COUNTED,
    MOVED,
    RECEIVED,
    TOLD,
    Inbound,
    Pieces,
    fold,
    fold_all,
    going_back,
    move_body,
    next_move,
    over,
    short,
)

Said = tuple[str, dict[str, Any]]
D = Decimal


def told(status: str) -> Said:
    """Amazon tells the state of the shipment."""
    return TOLD, {"status": status}


def counted(shipped: int, received: int = 0, sku: str = "A") -> Said:
    """Amazon tells the pieces of a SKU."""
    return COUNTED, {"items": {sku: [str(shipped), str(received)]}}


def ledger(pieces: int, sku: str = "A") -> Said:
    """The stock ledger tells of more pieces that arrived."""
    return RECEIVED, {"receipts": {sku: str(pieces)}}


def played(*said: Said) -> tuple[Inbound, list[tuple[str, dict[str, int]]]]:
    """A shipment after all this, each followed by what it makes us post; and what was posted."""
    state = Inbound("FBA1")
    posted: list[tuple[str, dict[str, int]]] = []
    for kind, body in said:
        state = fold(state, kind, body)
        while (move := next_move(state)) is not None:
            posted.append((move.step, {sku: int(count) for sku, count in move.lines.items()}))
            state = fold(state, MOVED, move_body(move, "1"))
    return state, posted


@pytest.mark.requirement("67")
def test_a_confirmed_plan_moves_into_transit_once() -> None:
    _, posted = played(counted(20), told("READY_TO_SHIP"), told("SHIPPED"), told("IN_TRANSIT"), counted(20))
    assert posted == [("ship", {"A": 20})]


@pytest.mark.requirement("68")
def test_receipts_move_on_from_transit_as_they_come() -> None:
    _, posted = played(told("SHIPPED"), counted(20), counted(20, 12), told("RECEIVING"), counted(20, 20))
    assert posted == [("ship", {"A": 20}), ("receive", {"A": 12}), ("receive", {"A": 8})]


@pytest.mark.requirement("68")
def test_what_both_the_count_and_the_ledger_tell_is_received_once() -> None:
    _, posted = played(told("SHIPPED"), counted(20), ledger(12), counted(20, 12), ledger(3), counted(20, 14))
    assert posted == [("ship", {"A": 20}), ("receive", {"A": 12}), ("receive", {"A": 3})]


def test_receipts_that_the_ledger_tells_first_wait_for_the_plan() -> None:
    state, posted = played(ledger(5), counted(20))
    assert (posted, over(state)) == ([], {})
    assert played(ledger(5), counted(20), told("CLOSED"))[1] == [("ship", {"A": 20}), ("receive", {"A": 5})]


def test_a_closed_shipment_that_did_not_arrive_whole_is_short_and_stays_in_transit() -> None:
    state, _ = played(told("SHIPPED"), counted(20, 18), told("CLOSED"))
    assert short(state) == {"A": 2}
    assert state.skus["A"].in_transit == 2
    late, posted = played(told("SHIPPED"), counted(20, 18), told("CLOSED"), counted(20, 20))
    assert short(late) == {}
    assert posted[-1] == ("receive", {"A": 2})


def test_more_than_was_shipped_moves_nowhere_and_is_told() -> None:
    state, posted = played(told("SHIPPED"), counted(20, 23))
    assert posted == [("ship", {"A": 20}), ("receive", {"A": 20})]
    assert over(state) == {"A": 3}
    assert over(played(told("SHIPPED"), counted(20, 23), counted(23, 23))[0]) == {}


@pytest.mark.parametrize("word", ["CANCELLED", "DELETED", "ABANDONED"])
def test_what_is_in_transit_of_a_cancelled_shipment_goes_back(word: str) -> None:
    state, posted = played(told("SHIPPED"), counted(20, 5), told(word))
    assert posted == [("ship", {"A": 20}), ("receive", {"A": 5}), ("void", {"A": 15})]
    assert state.is_cancelled


def test_a_shipment_that_was_cancelled_before_it_left_moves_nothing() -> None:
    assert played(counted(20), told("CANCELLED"), told("SHIPPED"))[1] == []


def test_the_first_word_that_ends_a_shipment_stands() -> None:
    state, _ = played(told("CLOSED"), told("CANCELLED"))
    assert (state.ended, state.is_cancelled) == ("CLOSED", False)


def test_a_plan_that_grows_ships_the_difference() -> None:
    state, posted = played(told("SHIPPED"), counted(20), counted(24))
    assert posted == [("ship", {"A": 20}), ("ship", {"A": 4})]
    assert state.moves == {"ship": 2}


def test_numbers_that_go_back_are_told_and_nothing_is_posted_back() -> None:
    state, posted = played(told("SHIPPED"), counted(20, 12), counted(18, 10))
    assert posted == [("ship", {"A": 20}), ("receive", {"A": 12})]
    assert going_back(state) == ["A: shipped 18 after 20, received 10 after 12"]
    assert going_back(played(told("SHIPPED"), counted(20, 12), counted(18, 10), counted(20, 12))[0]) == []


def test_what_the_erp_does_not_know_waits_alone() -> None:
    state = fold_all("FBA1", [told("SHIPPED"), counted(20), counted(7, 0, "NEW"), ("posting-answered", {})])
    move = next_move(state, frozenset({"NEW"}))
    assert move is not None
    assert move.lines == {"A": 20}
    shipped = fold(state, MOVED, move_body(move, "1"))
    assert next_move(shipped, frozenset({"NEW"})) is None
    assert next_move(shipped) is not None


def test_marketplace_and_centre_are_remembered() -> None:
    first = (TOLD, {"status": "WORKING", "centre": "PHX6", "marketplace": "Amazon.com"})
    state = fold_all("FBA1", [first, (TOLD, {"status": "SHIPPED", "centre": None, "marketplace": "Amazon.ca"})])
    assert (state.centre, state.marketplace, state.status) == ("PHX6", "Amazon.com", "SHIPPED")


STATUSES = ("WORKING", "SHIPPED", "IN_TRANSIT", "RECEIVING", "CLOSED", "CANCELLED", "DELETED", "MIXED", "NEWS")
sayings = st.one_of(
    st.sampled_from(STATUSES).map(told),
    st.builds(counted, st.integers(0, 30), st.integers(0, 30), st.sampled_from("AB")),
    st.builds(ledger, st.integers(-3, 9), st.sampled_from("AB")),
)


@given(said=st.lists(sayings, max_size=14), again=st.lists(st.integers(0, 13), max_size=6))
def test_value_is_conserved_in_any_order_and_with_any_repetition(said: list[Said], again: list[int]) -> None:
    repeated = [*said, *(said[index] for index in again if index < len(said))]
    state = Inbound("FBA1")
    for kind, body in repeated:
        state = fold(state, kind, body)
        while (move := next_move(state)) is not None:
            state = fold(state, MOVED, move_body(move, "1"))
            _is_conserved(state)
        _is_conserved(state)


def _is_conserved(state: Inbound) -> None:
    for pieces in state.skus.values():
        assert pieces.shipped == pieces.received + pieces.in_transit + pieces.voided
        assert min(pieces.shipped, pieces.received, pieces.voided, pieces.in_transit) >= 0
        assert pieces.received <= max(pieces.told, pieces.received)
        assert pieces.shipped <= pieces.planned


@given(st.lists(sayings, max_size=10))
def test_the_same_told_again_at_once_posts_nothing(said: list[Said]) -> None:
    repeatable = [each for each in said if each[0] != RECEIVED]  # the ledger's events are told once
    once, posted = played(*repeatable)
    if repeatable:
        assert played(*repeatable, repeatable[-1]) == (once, posted)


def test_pieces_begin_with_nothing() -> None:
    assert Pieces().in_transit == 0


def test_what_came_beyond_the_plan_does_not_set_sellable_goods_apart() -> None:
    """Ten were in transit and are counted; the ledger has ten good ones and two that are damaged."""
    said = [
        ("inbound-told", {"status": "CLOSED"}),
        ("inbound-counted", {"items": {"ACME-1": ["10", "10"]}}),
        ("inbound-moved", {"step": "ship", "lines": {"ACME-1": "10"}}),
        ("inbound-moved", {"step": "receive", "lines": {"ACME-1": "10"}}),
        ("inbound-received", {"receipts": {"ACME-1": "12"}, "unsellable": {"ACME-1": "2"}}),
    ]
    assert next_move(fold_all("FBA1", said)) is None
