"""Amazon's stock ledger: balances that add up, and events that are known again."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.reports import LedgerDetailRow, LedgerSummaryRow
from gateway.stock.ledger import at_states, events, summarise

DAY = date(2026, 11, 20)
MOVEMENTS = LedgerSummaryRow._fields[9:18]
D = Decimal


def row(starting: int = 0, ending: int = 0, unknown: int = 0, **others: object) -> LedgerSummaryRow:
    """A row of the summary; movements that are not given are absent."""
    fields = {"line": 2, "day": DAY, "fnsku": "X01", "sku": "ACME-1", "disposition": "SELLABLE", "location": "US"}
    empty = dict.fromkeys(LedgerSummaryRow._fields[6:])
    counts = {"starting": D(starting), "ending": D(ending), "unknown": D(unknown)}
    return LedgerSummaryRow(**{**fields, **empty, **counts, **others})  # type: ignore[arg-type]


def event(kind: str = "Adjustments", quantity: int = -1, reason: str = "M", **others: object) -> LedgerDetailRow:
    """A row of the detail."""
    fields = {
        "line": 2,
        "day": DAY,
        "at": None,
        "fnsku": "X01",
        "sku": "ACME-1",
        "event": kind,
        "reference": "7001",
        "quantity": D(quantity),
        "centre": "PHX6",
        "disposition": "SELLABLE",
        "reason": reason,
        "country": "US",
    }
    return LedgerDetailRow(**{**fields, **others})  # type: ignore[arg-type]


def test_a_row_that_adds_up_is_in_order() -> None:
    assert summarise([row(50, 55, receipts=D(12), customer_shipments=D(-6), lost=D(-1))]).unbalanced == []


def test_a_row_that_does_not_add_up_is_named_with_both_numbers() -> None:
    (found,) = summarise([row(50, 54, receipts=D(12), customer_shipments=D(-6), lost=D(-1))]).unbalanced
    assert (found.expected, found.ending) == (D(55), D(54))
    assert str(found) == "line 2: X01 ACME-1 SELLABLE US on 2026-11-20 adds up to 55, and ends with 54"


def test_unknown_events_may_be_counted_in_the_ending_or_not() -> None:
    assert summarise([row(50, 49, -1), row(50, 50, -1)]).unbalanced == []
    assert len(summarise([row(50, 48, -1)]).unbalanced) == 1


@given(starting=st.integers(0, 99), counts=st.dictionaries(st.sampled_from(MOVEMENTS), st.integers(-99, 99)))
def test_start_and_movements_are_the_end(starting: int, counts: dict[str, int]) -> None:
    ending = starting + sum(counts.values())
    told = {name: D(count) for name, count in counts.items() if name != "unknown"}
    ours = starting + sum(count for name, count in counts.items() if name != "unknown")
    assert summarise([row(starting, ours, 0, **told)]).unbalanced == []
    assert len(summarise([row(starting, ending + 1000, 0, **told)]).unbalanced) == 1


def test_the_balances_are_those_of_the_last_day() -> None:
    rows = [
        row(0, 5, receipts=D(5)),
        row(0, 4, receipts=D(4), disposition="DEFECTIVE"),
        row(0, 2, receipts=D(2), location="CA", in_transit=D(1)),
        row(0, 9, receipts=D(9), day=date(2026, 11, 19)),
        row(0, 7, receipts=D(7), day=date(2026, 11, 19), fnsku="X02", sku="OLD"),
        row(0, 3, receipts=D(3), fnsku="X03", sku=""),
    ]
    summary = summarise(rows)
    assert summary.day == DAY
    assert summary.skus() == {"ACME-1": {"sellable": 8, "unsellable": 4}}
    assert summarise([]).skus() == {}


def test_the_ledger_counts_reserved_and_researched_goods_as_good_ones() -> None:
    levels = {"ACME-1": {"sellable": D(40), "reserved": D(15), "researching": D(1), "unsellable": D(4)}, "B": {}}
    ledger = {"ACME-1": {"sellable": D(56)}, "C": {"sellable": D(1)}}
    of_ledger, of_levels = at_states(ledger, levels)
    assert of_ledger == {("ACME-1", "sellable"): 56, ("ACME-1", "unsellable"): 0}
    assert of_levels == {("ACME-1", "sellable"): 56, ("ACME-1", "unsellable"): 4}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        *(("M", "lost"), ("5", "lost"), ("F", "found"), ("N", "found"), ("D", "disposed"), ("O", "correction")),
        *((code, "damaged") for code in "67EHKU"),
        *(("Q", "disposition-change"), ("P", "disposition-change"), ("z", "other"), ("m ", "lost")),
    ],
)
def test_the_codes_of_adjustments_are_reasons_in_words(code: str, reason: str) -> None:
    (found,) = events([event(reason=code)])
    assert found.kind == reason


def test_receipts_are_told_and_sales_are_not() -> None:
    found = list(events([event("Receipts", 12, ""), event("Shipments", -1, ""), event("Adjustments", 0)]))
    assert [(each.kind, each.quantity) for each in found] == [("receipt", D(12))]


def test_an_event_has_the_same_identity_whenever_it_is_told_and_another_when_it_happens_twice() -> None:
    first, second = events([event(), event()])
    again = list(events([event(line=9), event(line=10)]))
    assert first.identity != second.identity
    assert [each.identity for each in again] == [first.identity, second.identity]
    (other,) = events([event(reason="F")])
    assert other.identity not in (first.identity, second.identity)


def test_an_event_without_our_sku_is_told_by_amazons() -> None:
    (found,) = events([event(sku="")])
    assert found.sku == "X01"
