"""What was destroyed or sent back by removal orders: told twice, posted once."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.reports import RemovalShipmentRow
from gateway.stock.removals import IN_LEDGER, ORDERED, POSTED, fold_all, parcels


def said(kind: str, pieces: int) -> tuple[str, dict[str, Any]]:
    """An event of a removal order."""
    return kind, {"sku": "A", "place": "unsellable", "pieces": str(pieces)}


def due(*events: tuple[str, dict[str, Any]]) -> Decimal:
    """What is to be posted after these."""
    return fold_all(events)["A", "unsellable"].due


def test_what_the_order_and_the_ledger_both_tell_is_due_once() -> None:
    assert due(said(ORDERED, 3), said(IN_LEDGER, 1), said(IN_LEDGER, 2)) == 3
    assert due(said(ORDERED, 3), said(POSTED, 3), said(IN_LEDGER, 3)) == 0
    assert due(said(ORDERED, 3), said(POSTED, 3), said(IN_LEDGER, 4)) == 1


def test_a_total_that_goes_back_takes_nothing_back() -> None:
    assert due(said(ORDERED, 3), said(ORDERED, 2)) == 3


def test_other_events_are_passed_over() -> None:
    assert fold_all([("posting-answered", {})]) == {}


@given(st.permutations([(ORDERED, 1), (ORDERED, 4), (IN_LEDGER, 2), (IN_LEDGER, 3)]))
def test_in_any_order_the_larger_total_is_due(events: list[tuple[str, int]]) -> None:
    assert due(*(said(kind, pieces) for kind, pieces in events)) == 5


def test_a_parcel_is_known_again_and_a_second_one_like_it_is_another() -> None:
    row = RemovalShipmentRow(2, "RM-1", "Return", date(2026, 11, 19), "A", "X", "Sellable", Decimal(2), "UPS", "1Z")
    first, second = parcels([row, row, row._replace(quantity=Decimal(0))])
    assert first.identity != second.identity
    assert [each.identity for each in parcels([row._replace(line=7)])] == [first.identity]
