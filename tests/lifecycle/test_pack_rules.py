"""What the packs of a ship notice must meet: labels, contents, pallets, lots."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.identifiers import check_digit
from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.gates import judge
from tests.lifecycle.shop import good, judged, rules

CARTONS, PALLET = "shipment-cartons", "shipment-pallet"
FIRST, SECOND = "006141410000000012", "006141410000000029"
STANDS = "006141410000000302"


def found(of: str = CARTONS, **changes: Any) -> list[str]:
    return rules(judged(of, **changes))


@pytest.mark.requirement("V9")
def test_every_carton_bears_a_label() -> None:
    (gap,) = judge(judged(CARTONS, change={"packs.1.sscc": ""}))
    assert (gap.rule, gap.message) == ("label-missing", "pack 2 has no label")


def test_a_guide_may_take_the_tracking_number_for_a_label() -> None:
    takes = Conduct(labels=("sscc", "tracking"))
    assert found(change={"packs.1.sscc": None}, conduct=takes) == []
    both = {"packs.1.sscc": None, "packs.1.tracking": None}
    assert found(change=both, conduct=takes) == ["tracking-missing", "label-missing"]


@pytest.mark.requirement("V9")
def test_a_pallet_bears_an_sscc_whatever_the_guide_takes() -> None:
    takes = Conduct(labels=("tracking",))
    loose = {"packs.1.within": None, "packs.2.within": None, "packs.0.tracking": "1Z", "packs.0.type": "PALLET"}
    assert found(PALLET, change={**loose, "packs.0.sscc": None}, conduct=takes) == ["label-missing", "pack-empty"]


@pytest.mark.parametrize("sscc", [FIRST, "00" + FIRST])
def test_a_label_may_be_written_with_its_application_identifier(sscc: str) -> None:
    assert found(change={"packs.0.sscc": sscc}) == []


@pytest.mark.parametrize(
    "sscc", ["006141410000000013", FIRST[:-1], FIRST + "0", "01" + FIRST, "0061414100000000AB", "1Z0001", "１" * 18]
)
def test_a_label_has_eighteen_digits_and_the_last_checks_the_others(sscc: str) -> None:
    assert found(change={"packs.0.sscc": sscc}) == ["sscc-invalid"]


def test_a_label_is_asked_to_be_printed_only_where_somebody_asks() -> None:
    cartons = [FIRST, SECOND, "006141410000000036"]
    assert found(printed=None) == []
    assert found(printed=cartons) == []
    assert found(printed=cartons[1:]) == ["label-unprinted"]
    assert found(printed=[], change={"packs.0.sscc": "00" + FIRST}) == ["label-unprinted"] * 3


def test_the_label_of_a_pack_that_has_none_is_missing_and_not_unprinted() -> None:
    assert found(change={"packs.0.sscc": None}, printed=[SECOND, "006141410000000036"]) == ["label-missing"]


def test_a_label_that_was_printed_with_its_application_identifier_is_the_same() -> None:
    (gap,) = judge(judged(CARTONS, change={"packs.0.sscc": "00" + FIRST}, printed=[SECOND, FIRST]))
    assert (gap.rule, gap.path) == ("label-unprinted", "packs[2].sscc")


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(1, 9))
def test_only_one_digit_checks_the_others(digits: str, off: int) -> None:
    right = check_digit(digits)
    wrong = str((int(right) + off) % 10)
    assert found(change={"packs.0.sscc": digits + right}) == []
    assert found(change={"packs.0.sscc": digits + wrong}) == ["sscc-invalid"]


def test_a_label_stands_once_in_a_shipment_however_it_is_written() -> None:
    (gap,) = judge(judged(CARTONS, change={"packs.1.sscc": "00" + FIRST}))
    assert (gap.rule, gap.evidence) == ("sscc-repeated", {"sscc": FIRST})


def test_cartons_without_labels_do_not_bear_the_same() -> None:
    assert found(change={"packs.0.sscc": None, "packs.1.sscc": None}) == ["label-missing"] * 2


@pytest.mark.parametrize("sscc", [SECOND, "00" + SECOND])
def test_a_label_of_another_shipment_is_a_gap(sscc: str) -> None:
    (gap,) = judge(judged(CARTONS, change={"packs.1.sscc": sscc}, labels={SECOND: "S-9"}))
    assert gap.rule == "sscc-reused"
    assert gap.evidence == {"sscc": sscc, "shipment": "S-9"}


def test_a_label_counts_for_as_long_as_it_is_among_those_that_count() -> None:
    assert found(labels={}) == []
    assert found(labels={"006141410000000999": "S-9"}) == []
    assert found(change={"packs.0.sscc": None}, labels={SECOND: "S-9"}) == ["label-missing", "sscc-reused"]


def test_a_shipment_has_packs_and_every_pack_holds_something() -> None:
    assert found(change={"packs": [], "lines": [], "carton_count": None}) == ["pack-empty"]
    assert found(PALLET, change={"packs.1.within": None, "packs.2.within": None}) == ["pack-empty"]
    unlabelled = {"packs.3": {"type": "carton", "tracking": "1Z0009"}, "carton_count": 4}
    assert found(change=unlabelled) == ["label-missing", "pack-empty"]


def test_a_pallet_that_carries_cartons_holds_something_however_its_label_is_written() -> None:
    assert found(PALLET) == []
    assert good(PALLET)["packs"][1]["within"] != good(PALLET)["packs"][2]["within"]
    assert found(PALLET, change={"packs.0.sscc": "00" + STANDS}) == []


def test_a_pallet_may_hold_goods_without_cartons() -> None:
    bare = {
        "packs": [
            {"sscc": STANDS, "type": "pallet", "items": [{"purchase_order": "7QM3KD2A", "line": "2", "quantity": "60"}]}
        ]
    }
    assert found(PALLET, change={**bare, "carton_count": 0}) == []


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_every_quantity_is_above_zero(quantity: str) -> None:
    both = {"packs.0.items.0.quantity": quantity, "lines.0.quantity": quantity}
    (gap,) = judge(judged(CARTONS, change=both))
    assert (gap.rule, gap.line) == ("pack-empty", "1")


@pytest.mark.requirement("V21")
def test_packs_hold_what_the_lines_say_line_by_line() -> None:
    assert found(change={"lines.0.quantity": "21"}) == ["packs-differ"]
    assert found(without=["lines.0"]) == ["packs-differ"]
    assert found(change={"lines": []}) == []
    more = {"purchase_order": "7QM3KD2A", "line": "9", "quantity": "1"}
    (gap,) = judge(judged(CARTONS, change={"lines.3": more}))
    assert gap.evidence == {"purchase_order": "7QM3KD2A", "packs": "0", "lines": "1"}


def test_a_line_told_in_two_parts_is_the_two_together() -> None:
    part = {"purchase_order": "7QM3KD2A", "line": "1", "quantity": "8"}
    assert found(change={"lines.0.quantity": "12", "lines.3": part}) == []


@pytest.mark.parametrize("kind", ["carton", "Carton", None, ""])
def test_a_pack_is_a_carton_where_nothing_else_is_said(kind: str | None) -> None:
    assert found(change={"packs.0.type": kind}) == []


def test_a_pack_of_another_type_is_a_gap() -> None:
    assert found(change={"packs.0.type": "crate", "carton_count": None}) == ["pack-counts"]


@pytest.mark.parametrize("below", [FIRST, "006141410000000999", STANDS[:-1]])
def test_a_carton_stands_on_a_pallet_of_its_shipment(below: str) -> None:
    assert found(PALLET, change={"packs.1.within": below}) == ["pack-counts"]
    assert found(PALLET, change={"packs.1.within": "006141410000000326"}) == ["pack-counts"]  # a carton of it


@pytest.mark.parametrize("below", [STANDS, "00" + STANDS])
def test_a_pallet_does_not_stand_on_itself(below: str) -> None:
    assert found(PALLET, change={"packs.0.within": below}) == ["pack-counts"]


@pytest.mark.requirement("V21")
@pytest.mark.parametrize(("field", "count"), [("carton_count", 2), ("pallet_count", 1)])
def test_pallets_and_cartons_are_as_many_as_were_counted(field: str, count: int) -> None:
    assert found(PALLET, change={field: None}) == []
    assert found(PALLET, change={field: count + 1}) == ["pack-counts"]
    assert found(PALLET, change={field: count - 1}) == ["pack-counts"]


TRACKED = {"items.ACME-001.lot": True, "items.ACME-001.expiry": True}


def test_what_is_tracked_is_told_with_lot_and_expiry() -> None:
    assert found(order=TRACKED) == ["lot-missing"] * 2
    told = {"packs.0.items.0.lot": "L1", "packs.0.items.0.expires_on": "2027-06-30"}
    assert found(order=TRACKED, change=told) == []
    assert found(order=TRACKED, change={"packs.0.items.0.lot": "L1"}) == ["lot-missing"]
    assert found(order=TRACKED, change={"packs.0.items.0.expires_on": "2027-06-30"}) == ["lot-missing"]


def test_every_pack_tells_its_own_lot() -> None:
    parts = [
        {"purchase_order": "7QM3KD2A", "line": "1", "quantity": "10", "lot": "L1", "expires_on": "2027-06-30"},
        {"purchase_order": "7QM3KD2A", "line": "1", "quantity": "10", "expires_on": "2027-06-30"},
    ]
    (gap,) = judge(judged(CARTONS, order=TRACKED, change={"packs.0.items": parts}))
    assert gap.message == f"pack 1 ({FIRST}): ACME-001 has no lot"


@pytest.mark.parametrize(("day", "is_met"), [("2026-11-25", False), ("2026-11-26", False), ("2026-11-27", True)])
def test_nothing_has_expired_when_it_leaves(day: str, is_met: bool) -> None:
    assert found(change={"packs.0.items.0.expires_on": day}) == ([] if is_met else ["lot-missing"])
    undated = {"packs.0.items.0.expires_on": day, "shipped_at": None}
    assert found(change=undated) == ["dates-missing"]


def test_a_line_that_was_never_booked_is_tracked_by_nothing() -> None:
    stray = {"packs.0.items.0.line": "77", "lines.0.line": "77", "packs.0.items.0.expires_on": "2026-11-01"}
    assert found(order=TRACKED, change=stray) == ["lot-missing"]  # it has expired all the same
