"""The states of goods at Amazon, kept apart from the rows of a report to the lines of a snapshot."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.reports import AfnInventoryRow, FbaInventoryRow, ReservedInventoryRow
from gateway.stock.levels import (
    FBA,
    MERCHANT,
    Levels,
    at_locations,
    of_afn_inventory,
    of_fba_inventory,
    of_reserved_inventory,
    renamed,
    snapshot,
    split_reserved,
)
from gateway.stock.states import STATES, Locations, place_of_disposition

PLACES = Locations("FBA-US", "FBA-RESERVED", "FBA-UNSELLABLE", "FBA-TRANSIT", "FBA-RESEARCHING")
AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
D = Decimal


def fba_row(sku: str = "ACME-1", fnsku: str = "X01", **counts: int) -> FbaInventoryRow:
    """A row of fba-inventory; what is not given is zero."""
    names = FbaInventoryRow._fields[6:]
    values = [D(counts.get(name, 0)) for name in names]
    return FbaInventoryRow._make([2, sku, fnsku, "B01", False, True, *values])


def taken(levels: Levels, items: frozenset[str] = frozenset({"ACME-1"})) -> dict[str, tuple[str, str, bool, bool]]:
    """The lines of a snapshot of one SKU, by state and detail."""
    document = snapshot(
        levels, PLACES, items, seller="acme", marketplace="Amazon.com", number="n", taken_at=AT, source="fba-inventory"
    )
    return {
        f"{line.state}.{line.detail}" if line.detail else line.state: (
            line.location,
            str(line.quantity),
            line.sellable,
            line.valued,
        )
        for line in document.lines
    }


@pytest.mark.requirement("8")
def test_sellable_reserved_and_unsellable_pieces_are_lines_of_their_own_at_locations_of_their_own() -> None:
    lines = taken(of_fba_inventory([fba_row(sellable=40, reserved=15, unsellable=4)]))
    assert lines["sellable"] == ("FBA-US", "40", True, True)
    assert lines["reserved"] == ("FBA-RESERVED", "15", False, True)
    assert lines["unsellable"] == ("FBA-UNSELLABLE", "4", False, False)


@pytest.mark.requirement("22")
def test_unsellable_goods_are_never_valued_as_good_stock_nor_sellable() -> None:
    assert [name for name, state in STATES.items() if state.sellable] == ["sellable"]
    assert not STATES["unsellable"].valued
    assert not STATES["future"].valued


def test_what_is_on_its_way_is_in_transit_and_what_is_still_ours_has_no_line() -> None:
    row = fba_row(inbound_working=10, inbound_shipped=20, inbound_receiving=8, future_reserved=3, future_buyable=2)
    levels = of_fba_inventory([row])
    assert levels.skus["ACME-1"]["inbound.working"] == 10
    assert levels.skus["ACME-1"]["future"] == 5
    lines = taken(levels)
    assert lines["inbound.shipped"][:2] == ("FBA-TRANSIT", "20")
    assert lines["inbound.receiving"][:2] == ("FBA-TRANSIT", "8")
    assert "inbound.working" not in lines
    assert not any(name.startswith("future") for name in lines)


def test_goods_that_amazon_looks_for_have_a_location_and_are_valued() -> None:
    assert taken(of_fba_inventory([fba_row(researching=4)]))["researching"] == ("FBA-RESEARCHING", "4", False, True)


def test_a_state_that_the_report_says_is_zero_is_told_as_zero() -> None:
    assert taken(of_fba_inventory([fba_row()]))["sellable"][1] == "0"


def test_a_state_that_an_older_report_does_not_have_is_not_told() -> None:
    row = fba_row()._replace(researching=None, future_reserved=None, future_buyable=None)
    assert "researching" not in of_fba_inventory([row]).skus["ACME-1"]


def test_two_fnskus_of_one_sku_add_up_and_a_row_that_stands_twice_does_not() -> None:
    rows = [fba_row(sellable=3), fba_row(sellable=3), fba_row(fnsku="X02", sellable=4)]
    assert of_fba_inventory(rows).skus["ACME-1"]["sellable"] == 7


@pytest.mark.parametrize(
    ("merchant", "fba", "channel"),
    [(False, True, FBA), (True, True, MERCHANT), (True, False, MERCHANT), (False, False, MERCHANT), (None, True, FBA)],
)
def test_a_sku_is_amazons_to_ship_where_only_its_listing_exists(
    merchant: bool | None, fba: bool | None, channel: str
) -> None:
    row = fba_row()._replace(is_merchant_listed=merchant, is_fba_listed=fba)
    assert of_fba_inventory([row]).channels == {"ACME-1": channel}


def test_a_report_without_the_columns_of_listings_says_nothing_of_channels() -> None:
    row = fba_row()._replace(is_merchant_listed=None, is_fba_listed=None)
    assert of_fba_inventory([row]).channels == {}


def test_the_reserved_report_says_why_goods_are_reserved() -> None:
    reasons = of_reserved_inventory([ReservedInventoryRow(2, "ACME-1", "X01", D(15), D(5), D(8), D(2))])
    lines = taken(split_reserved(of_fba_inventory([fba_row(reserved=15)]), reasons))
    found = {name: line[:2] for name, line in lines.items() if name.startswith("reserved")}
    assert found == {
        "reserved.customer_order": ("FBA-RESERVED", "5"),
        "reserved.transfer": ("FBA-RESERVED", "8"),
        "reserved.processing": ("FBA-RESERVED", "2"),
    }


def test_reasons_of_another_sum_are_not_used() -> None:
    reasons = of_reserved_inventory([ReservedInventoryRow(2, "ACME-1", "X01", D(9), D(9), None, None)])
    levels = of_fba_inventory([fba_row(reserved=15)])
    assert split_reserved(levels, reasons) == levels
    assert split_reserved(levels, None) == levels


def test_the_lean_report_tells_sellable_and_unsellable_pieces_only() -> None:
    rows = [
        AfnInventoryRow(2, "ACME-1", "X01", "SELLABLE", D(40)),
        AfnInventoryRow(3, "ACME-1", "X01", "UNSELLABLE", D(4)),
        AfnInventoryRow(4, "ACME-2", "X02", "SELLABLE", None),
    ]
    assert of_afn_inventory(rows).skus == {"ACME-1": {"sellable": 40, "unsellable": 4}, "ACME-2": {}}


@pytest.mark.requirement("11")
def test_a_sku_that_the_erp_does_not_know_is_marked_so_that_nothing_is_created() -> None:
    document = snapshot(
        of_fba_inventory([fba_row(), fba_row("NEW-1")]),
        PLACES,
        frozenset({"ACME-1"}),
        seller="acme",
        marketplace="Amazon.com",
        number="n",
        taken_at=AT,
        source="fba-inventory",
    )
    assert {line.sku: line.known for line in document.lines} == {"ACME-1": True, "NEW-1": False}


def test_what_is_listed_under_two_names_adds_up_under_the_erps() -> None:
    levels = of_fba_inventory([fba_row("A-FBA", sellable=3), fba_row("A-FBA2", sellable=4), fba_row("X", sellable=1)])
    ours = renamed(levels, {"A-FBA": "ACME-1", "A-FBA2": "ACME-1"}.get)
    assert ours.skus["ACME-1"]["sellable"] == 7
    assert ours.skus["X"]["sellable"] == 1


def test_levels_are_read_back_as_they_were_kept() -> None:
    levels = of_fba_inventory([fba_row(sellable=40, reserved=15)])
    assert Levels.from_json(levels.as_json()) == levels


@pytest.mark.requirement("10")
@given(counts=st.dictionaries(st.sampled_from(FbaInventoryRow._fields[6:]), st.integers(0, 999)))
def test_no_piece_is_at_two_locations_or_at_one_of_ours(counts: dict[str, int]) -> None:
    levels = of_fba_inventory([fba_row("ACME-1", "X01", **counts)])
    held = at_locations(levels, PLACES)
    away = {"inbound_working", "future_reserved", "future_buyable"}
    assert sum(held.values()) == sum(count for name, count in counts.items() if name not in away)
    assert {location for _, location in held} <= set(PLACES.all)


@pytest.mark.parametrize(
    ("disposition", "place"),
    [("SELLABLE", "sellable"), ("Sellable ", "sellable"), ("", "sellable"), ("CUSTOMER_DAMAGED", "unsellable")],
)
def test_only_sellable_goods_are_at_the_sellable_location(disposition: str, place: str) -> None:
    assert place_of_disposition(disposition) == place
