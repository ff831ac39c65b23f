"""What a ship notice must meet as a whole: carrier, references, dates, places, no more goods than were promised."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.lifecycle.events import Event
from gateway.lifecycle.gates import judge
from gateway.lifecycle.orders import OrderState, fold
from tests.lifecycle.shop import NOW, ORDER, changed, good, is_drafted, is_sealed, judged, know, parse, rules

CARTONS, PALLET = "shipment-cartons", "shipment-pallet"


def found(of: str = CARTONS, **changes: Any) -> list[str]:
    return rules(judged(of, **changes))


def pieces(*counts: str) -> dict[str, Any]:
    """So many pieces in each of the three cartons, as packs and lines agree."""
    return {
        path: count
        for position, count in enumerate(counts)
        for path in (f"packs.{position}.items.0.quantity", f"lines.{position}.quantity")
    }


@pytest.mark.parametrize("scac", ["UP", "UPS", "UPSN"])
def test_a_carrier_has_two_to_four_capital_letters(scac: str) -> None:
    assert found(change={"carrier.scac": scac}) == []


@pytest.mark.requirement("V8")
@pytest.mark.parametrize("scac", [None, "", " ", "U", "UPSNX", "upsn", "UPS1", "SCAC", "TBD", "XXXX"])
def test_anything_else_is_no_carrier(scac: str | None) -> None:
    assert found(change={"carrier.scac": scac}) == ["carrier-missing"]


def test_a_shipment_without_a_carrier_has_none() -> None:
    assert found(change={"carrier": None}) == ["carrier-missing"]


@pytest.mark.requirement("V8")
@pytest.mark.parametrize("mode", ["ltl", "truckload", "ocean", None])
def test_what_is_no_parcel_has_a_pro_number(mode: str | None) -> None:
    assert found(PALLET, change={"mode": mode}) == []
    assert found(PALLET, change={"mode": mode, "pro_number": None}) == ["tracking-missing"]


@pytest.mark.requirement("V8")
@pytest.mark.parametrize("mode", ["parcel", "Parcel", "small-parcel"])
def test_each_carton_of_a_parcel_has_a_tracking_number_of_its_own(mode: str) -> None:
    assert found(change={"mode": mode}) == []
    assert found(change={"mode": mode, "packs.1.tracking": None}) == ["tracking-missing"]
    assert found(change={"mode": mode, "packs.1.tracking": "1Z0001"}) == ["tracking-missing"]
    assert found(change={"mode": mode, "packs.1.tracking": None, "packs.2.tracking": None}) == ["tracking-missing"] * 2


def test_the_pallet_under_parcels_has_no_tracking_number() -> None:
    assert found(PALLET, change={"mode": "parcel", "packs.1.tracking": "A", "packs.2.tracking": "B"}) == []
    named = {"mode": "parcel", "packs.0.type": "Pallet", "packs.1.tracking": "A", "packs.2.tracking": "B"}
    assert found(PALLET, change=named) == []


def test_a_gap_of_a_parcel_names_it() -> None:
    (gap,) = judge(judged(CARTONS, change={"packs.1.tracking": None}))
    assert gap.message == "parcel 2 (006141410000000029) has no tracking number"
    without = judge(judged(CARTONS, change={"packs.1.tracking": None, "packs.1.sscc": None}))
    assert without[0].message == "parcel 2 (no SSCC) has no tracking number"


@pytest.mark.parametrize("number", ["BOL1", "12", "9" * 30, "30261126", "2026112", "20261126A"])
def test_a_bill_of_lading_has_a_number(number: str) -> None:
    assert found(change={"bill_of_lading": number}) == []


@pytest.mark.parametrize("number", [None, "", "9" * 31, "BOL 1", "1", "20261126", "19991231", "2026-11-26"])
def test_a_bill_of_lading_is_no_date_and_has_no_blanks(number: str | None) -> None:
    assert found(change={"bill_of_lading": number}) == ["bill-of-lading"]


def test_collect_freight_has_the_partners_reference() -> None:
    missing = {"amazon_reference": None}
    assert found(change=missing) == ["collect-reference"]
    assert found(change=missing, order={"order.freight": "prepaid"}) == []
    assert found(change=missing, order={"order.freight": None}) == []
    assert found(change=missing, order={"order.freight": None, "account.freight": "collect"}) == ["collect-reference"]


@pytest.mark.parametrize(
    ("shipped_at", "estimated", "messages"),
    [
        ("2026-11-26T14:15:00Z", "2026-11-26", 0),
        ("2026-11-26T14:15:00Z", "2026-11-25", 0),  # the day before in UTC may be the same day somewhere
        ("2026-11-26T14:15:00Z", "2026-11-24", 1),
        (None, "2026-11-28", 1),
        ("2026-11-26T14:15:00Z", None, 1),
        (None, None, 2),
    ],
)
def test_departure_and_arrival_are_told_in_this_order(
    shipped_at: str | None, estimated: str | None, messages: int
) -> None:
    dates = {"shipped_at": shipped_at, "estimated_delivery": estimated}
    window = {"order.window": None}
    assert found(change=dates, order=window) == ["dates-missing"] * messages


def test_nothing_leaves_more_than_sixty_days_ahead() -> None:
    for ahead, gaps in ((timedelta(days=60), []), (timedelta(days=60, seconds=1), ["dates-missing"])):
        leaves = NOW + ahead
        dates = {"shipped_at": leaves.isoformat(), "estimated_delivery": leaves.date().isoformat()}
        assert found(change=dates, order={"order.window": None}) == gaps


@pytest.mark.parametrize(
    ("estimated", "is_met"),
    [("2026-11-25", True), ("2026-12-02", True), ("2026-11-24", False), ("2026-12-03", False)],
)
def test_both_days_of_the_window_belong_to_it(estimated: str, is_met: bool) -> None:
    (leaves, has_left) = ("2026-11-26T14:20:01Z", "2026-11-26T14:20:00Z")  # it is 14:20 now
    late = {"estimated_delivery": estimated}
    on_time = {"shipped_at": "2026-11-24T12:00:00Z"}
    assert found(change={**late, **on_time}) == ([] if is_met else ["arrives-outside-window"])
    if estimated > "2026-11-25":
        assert found(change={**late, "shipped_at": leaves}) == ([] if is_met else ["outside-window"])
        assert found(change={**late, "shipped_at": has_left}) == ([] if is_met else ["arrives-outside-window"])


def test_what_has_left_outside_its_window_is_shown_and_held_by_nothing() -> None:
    (gap,) = judge(judged(CARTONS, change={"estimated_delivery": "2026-12-05"}))
    assert gap.severity == "warn"
    assert gap.message.endswith("would arrive on 2026-12-05, after its window 2026-11-25 to 2026-12-02")


def test_an_open_window_has_no_end_on_that_side() -> None:
    late, early = {"estimated_delivery": "2027-01-05"}, {"estimated_delivery": "2026-11-25"}
    assert found(change=late, order={"order.window": None}) == []
    assert found(change=late, order={"order.window.not_after": None}) == []
    assert found(change=early, order={"order.window": {"not_before": "2026-11-27"}}) == ["arrives-outside-window"]
    assert found(change=early, order={"order.window": {"not_after": "2026-11-27"}}) == []


def test_a_shipment_without_a_departure_has_not_left() -> None:
    undated = {"shipped_at": None, "estimated_delivery": "2026-12-05"}
    assert found(change=undated) == ["dates-missing", "outside-window"]


def test_the_goods_leave_from_a_place_that_is_named() -> None:
    assert found(change={"ship_from": None}) == ["ship-from-missing"]
    assert found(change={"ship_from.code": ""}) == ["ship-from-missing"]


def test_the_goods_go_where_the_order_wants_them() -> None:
    assert found(change={"ship_to.code": "ONT8"}) == ["ship-to-differs"]
    assert found(change={"ship_to": None}) == ["ship-to-differs"]
    assert found(change={"ship_to.code": "ONT8"}, order={"order.ship_to": None}) == []


# Quantities


def test_what_is_back_ordered_is_promised() -> None:
    assert found(change=pieces("20", "120", "50")) == []
    assert found(change=pieces("20", "121", "50")) == ["more-than-promised"]


@pytest.mark.requirement("V22")
def test_less_than_promised_may_leave() -> None:
    assert found(change=pieces("1", "12", "5")) == []


@pytest.mark.requirement("V5")
def test_two_shipments_together_hold_no_more_than_promised() -> None:
    second = {"shipment": "S-8", **pieces("1", "24", "5")}
    told = ["order-response", changed(good(CARTONS), pieces("19", "96", "45"))]
    assert found(change=second, told=told) == []
    more = {**second, **pieces("2", "24", "5")}
    (gap,) = judge(judged(CARTONS, change=more, told=told))
    assert gap.message.endswith("21 pieces would be shipped, promised are 20")
    assert gap.evidence == {"purchase_order": "7QM3KD2A", "promised": "20", "shipped before": "19"}


def test_a_revision_of_a_shipment_replaces_it_and_adds_nothing() -> None:
    told = ["order-response", good(CARTONS)]
    assert found(change={"revision": 1, **pieces("20", "120", "50")}, told=told) == []


def test_no_more_leaves_than_is_still_ordered() -> None:
    # The order was changed to fewer pieces after the answer that promised more.
    fewer = {"sales_order.lines.0.ordered.value": "19", "sales_order.lines.0.base.value": "19"}
    assert found(order=fewer) == ["more-than-promised"]
    assert found(order=fewer, change=pieces("19", "96", "50")) == []


def test_a_draft_of_the_answer_counts_where_none_has_left() -> None:
    document = judged(CARTONS, change=pieces("21", "96", "50"))
    known = know(good("order"), [*is_drafted(parse(good("order-response"))), *is_drafted(document.goods)])
    assert rules(replace(document, orders={ORDER: known})) == ["more-than-promised"]


def test_without_any_answer_nothing_is_promised_yet_and_the_sequence_waits() -> None:
    assert found(told=[]) == []


def test_what_an_answer_gave_up_may_be_shipped_once_the_next_answer_has_left() -> None:
    """We gave all lines up, the partner changed the order, the ERP answers: its answer must reach the partner first."""
    head = {"kind": "order-response", "message": "855", "number": ORDER, "revision": 0}
    ours = {"event": "drafted", "document": "ours", "source": None, **head}
    sealed = {"event": "sealed", "document": "ours", "purpose": "original", "awaited": True, "sealed_at": NOW}
    document = judged(CARTONS, told=[], before=[ours, sealed])
    answer = parse(good("order-response"))
    waiting, left = (
        replace(document.orders[ORDER], state=fold_on(document.orders[ORDER].state, *events))
        for events in (is_drafted(answer), is_sealed(answer))
    )
    assert set(rules(replace(document, orders={ORDER: waiting}))) == {"more-than-promised"}
    assert rules(replace(document, orders={ORDER: left})) == []


def fold_on(state: OrderState, *events: Event) -> OrderState:
    for event in events:
        state = fold(state, event)
    return state


def test_a_line_that_the_answer_leaves_out_was_promised_nothing() -> None:
    partial = changed(good("order-response"), without=["lines.2"])
    assert found(told=[partial]) == ["more-than-promised"]


def test_an_order_or_line_that_nobody_knows_is_not_this_gates() -> None:
    stray = {"packs.0.items.0.line": "77", "lines.0.line": "77"}
    assert found(change=stray) == []
    unknown = {"packs.0.items.0.purchase_order": "NONE", "lines.0.purchase_order": "NONE"}
    assert found(change=unknown) == []


@pytest.mark.requirement("X4")
def test_ten_cases_of_five_shipped_as_ten_pieces_are_a_mix_up() -> None:
    (gap,) = judge(judged(CARTONS, change=pieces("20", "96", "10")))
    assert (gap.rule, gap.line) == ("unit-mix-up", "3")
    assert "10 pieces are shipped, and 10 cases of 5 were promised" in gap.message
    assert "ship 50 pieces" in gap.remedy


def test_ten_cases_of_five_shipped_as_fifty_pieces_are_none() -> None:
    assert found(change=pieces("20", "96", "50")) == []


@pytest.mark.requirement("X4")
@pytest.mark.parametrize("count", ["8", "2", "10"])  # 96 accepted, 24 back-ordered, 120 promised, in cases of 12
def test_every_part_of_the_promise_can_be_mixed_up(count: str) -> None:
    assert found(change=pieces("20", count, "50")) == ["unit-mix-up"]


def test_a_line_that_was_ordered_in_pieces_has_no_cases() -> None:
    assert found(change=pieces("20", "96", "50")) == []
    assert found(change=pieces("4", "96", "50")) == []


def test_what_is_promised_nothing_of_is_no_mix_up() -> None:
    none = changed(good("order-response"), {"lines.2.accepted": "0", "lines.2.rejected": "50"})
    assert found(change=pieces("20", "96", "10"), told=[none]) == ["more-than-promised"]


# Lines that the partner has cancelled


def without_line_3(dropped_at: str, **more: Any) -> list[str]:
    lines = good("order")["order"]["lines"][:2]
    return rules(judged("shipment-cartons", order={"order.lines": lines, "dropped_at": dropped_at}, **more))


def test_a_line_that_was_cancelled_before_it_left_blocks_and_one_that_had_left_is_shown() -> None:
    assert without_line_3("2026-11-26T14:14:59Z") == ["line-cancelled"]
    assert without_line_3("2026-11-26T14:15:00Z") == ["cancelled-too-late"]
    assert "line-cancelled" in without_line_3("2026-11-26T14:20:00Z", change={"shipped_at": None})


def test_a_cancelled_line_that_is_in_no_pack_is_nobodys_matter() -> None:
    fewer = {"lines": good("shipment-cartons")["lines"][:2], "packs": good("shipment-cartons")["packs"][:2]}
    assert without_line_3("2026-11-26T14:00:00Z", change={**fewer, "carton_count": 2}) == []


def test_a_line_of_an_order_that_nobody_knows_is_not_said_to_be_cancelled() -> None:
    assert "line-cancelled" not in rules(judged("shipment-cartons", change={"packs.0.items.0.purchase_order": "X9"}))
