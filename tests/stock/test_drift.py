"""What differs between Amazon and the ERP: by location, beyond what is let pass, and what only one of them knows."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.stock.drift import Drift, Ghost, ListingDrift, compare, compare_listings, counted, find_ghosts, shown

ITEMS = frozenset({"A", "B"})
D = Decimal


@pytest.mark.requirement("51")
def test_drift_is_what_the_erp_has_less_what_amazon_has() -> None:
    (found,) = compare({("A", "FBA"): D(40)}, {("A", "FBA"): D(38)}, ITEMS, 0)
    assert found.difference == -2
    assert str(found) == "A at FBA: ERP 38, Amazon 40"


def test_what_differs_by_no_more_than_is_let_pass_is_no_drift() -> None:
    assert compare({("A", "FBA"): D(40)}, {("A", "FBA"): D(38)}, ITEMS, 2) == []


def test_states_drift_apart_from_each_other() -> None:
    amazon = {("A", "FBA"): D(40), ("A", "BAD"): D(4)}
    assert [each.location for each in compare(amazon, {("A", "FBA"): D(40), ("A", "BAD"): D(0)}, ITEMS, 0)] == ["BAD"]


def test_a_location_of_which_the_erp_says_nothing_is_not_compared() -> None:
    assert compare({("A", "BAD"): D(4)}, {("A", "FBA"): D(0)}, ITEMS, 0) == []


def test_a_sku_without_a_row_has_nothing_at_a_location_of_which_others_have_rows() -> None:
    amazon = {("A", "FBA"): D(1), ("B", "FBA"): D(2)}
    assert compare(amazon, {("A", "FBA"): D(1)}, ITEMS, 0) == [Drift("B", "FBA", D(2), D(0))]


@pytest.mark.requirement("28")
def test_goods_that_only_one_system_knows_are_ghosts_and_no_drift() -> None:
    amazon = {("NEW", "FBA"): D(3), ("OLD", "FBA"): D(0)}
    erp = {("B", "FBA"): D(5), ("A", "FBA"): D(0)}
    assert find_ghosts(amazon, erp, ITEMS) == [Ghost("B", "erp", "FBA", D(5)), Ghost("NEW", "amazon", "FBA", D(3))]
    assert compare(amazon, erp, ITEMS, 0) == []
    assert "items.csv does not know" in str(Ghost("NEW", "amazon", "FBA", D(3)))
    assert "Amazon does not" in str(Ghost("B", "erp", "FBA", D(5)))


@given(
    amazon=st.dictionaries(st.tuples(st.sampled_from("ABCD"), st.sampled_from("FG")), st.integers(0, 5).map(Decimal)),
    erp=st.dictionaries(st.tuples(st.sampled_from("ABCD"), st.sampled_from("FG")), st.integers(0, 5).map(Decimal)),
)
def test_nothing_is_both_a_ghost_and_a_drift(
    amazon: dict[tuple[str, str], Decimal], erp: dict[tuple[str, str], Decimal]
) -> None:
    drifting = {each.sku for each in compare(amazon, erp, ITEMS, 0)}
    assert not drifting & {each.sku for each in find_ghosts(amazon, erp, ITEMS)}


@pytest.mark.requirement("76")
def test_an_offer_with_another_quantity_than_was_told_is_found() -> None:
    found = compare_listings({"A": D(9), "B": D(4)}, {"A": D(10), "B": D(4), "C": D(1)}, 0)
    assert found == [ListingDrift("A", D(10), D(9)), ListingDrift("C", D(1), None)]
    assert str(found[0]) == "A: offered 10, listed 9"
    assert str(found[1]) == "C: offered 1, not listed"


def test_what_was_never_offered_has_nothing_to_be_compared_with() -> None:
    assert compare_listings({"A": D(9)}, {}, 0) == []
    assert str(ListingDrift("A", None, D(9))) == "A: not offered, listed 9"


def test_one_thing_is_not_many() -> None:
    assert (counted(1, "row"), counted(2, "row")) == ("1 row", "2 rows")


def test_a_sentence_names_the_first_few() -> None:
    assert shown("abc", 2) == "a; b (and 1 more)"
    assert shown("ab", 2) == "a; b"
