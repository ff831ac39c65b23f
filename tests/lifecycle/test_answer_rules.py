"""What an order response must meet, line by line."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.events import HeldLine, LineRejected
from gateway.lifecycle.gates import judge
from gateway.lifecycle.goods import OrderCancelled
from gateway.lifecycle.history import write_event
from tests.lifecycle.shop import ORDER, good, judged, rules


def found(**changes: Any) -> list[tuple[str, str | None]]:
    return [(gap.rule, gap.line) for gap in judge(judged("order-response", **changes))]


def test_a_line_left_out_is_a_gap() -> None:
    assert found(without=["lines.1"]) == [("line-unanswered", "2")]


def test_a_line_answered_with_nothing_is_left_out_and_adds_up_to_nothing() -> None:
    nothing = {"lines.2.accepted": "0"}
    assert found(change=nothing) == [("line-unanswered", "3"), ("parts-differ", "3")]


def test_an_answer_without_lines_has_a_gap_for_each() -> None:
    assert found(change={"lines": []}) == [("line-unanswered", number) for number in "123"]


def test_a_line_that_was_given_up_needs_no_answer() -> None:
    given_up = LineRejected(line="3", who="anna", why="never listed")
    event = {"event": "line-rejected", **write_event(given_up)}
    assert found(without=["lines.2"], before=[event]) == []


@pytest.mark.parametrize(
    ("parts", "is_met"),
    [
        (("24", "0", "0"), True),
        (("0", "0", "24"), True),
        (("8", "8", "8"), True),
        (("23", "0", "0"), False),
        (("25", "0", "0"), False),
        (("24", "0", "1"), False),
        (("25", "0", "-1"), False),
        (("23.999", "0", "0.001"), True),
    ],
)
def test_the_parts_of_a_line_are_what_was_ordered(parts: tuple[str, str, str], is_met: bool) -> None:
    accepted, backordered, rejected = parts
    change = {
        "lines.0.accepted": accepted,
        "lines.0.backordered": backordered,
        "lines.0.backorder_until": "2026-11-30",
        "lines.0.rejected": rejected,
    }
    assert found(change=change) == ([] if is_met else [("parts-differ", "1")])


def test_ten_cases_of_twelve_are_answered_in_pieces() -> None:
    cases = {"lines.1.accepted": "10", "lines.1.backordered": "0"}
    (gap,) = judge(judged("order-response", change=cases))
    assert gap.message == ("line 2: 10 accepted + 0 backordered + 0 rejected is 10, ordered are 120 pieces")
    assert gap.evidence == {"ordered": "120", "accepted": "10", "backordered": "0", "rejected": "0"}


def test_an_answer_to_a_line_that_was_never_booked_is_not_this_gates() -> None:
    stray = {"lines.3": {"line": "77", "accepted": "1", "backordered": "2"}}
    assert found(change=stray) == []


@pytest.mark.parametrize(
    ("accepted", "backordered", "is_met"), [("20", "0", True), ("12", "8", True), ("19", "0", False), ("0", "0", False)]
)
def test_a_new_answer_takes_nothing_back_that_has_left(accepted: str, backordered: str, is_met: bool) -> None:
    again = {
        "revision": 1,
        "lines.0.accepted": accepted,
        "lines.0.backordered": backordered,
        "lines.0.backorder_until": "2026-11-30",
        "lines.0.rejected": str(24 - int(accepted) - int(backordered)),
    }
    told = ["order-response", "shipment-cartons"]
    assert found(change=again, told=told) == ([] if is_met else [("less-than-shipped", "1")])
    assert found(change=again, told=["order-response"]) == []


def test_back_orders_need_the_order_or_the_guide_to_allow_them() -> None:
    for said in ("no", None):
        assert found(order={"order.back_orders": said}) == [("back-order-not-allowed", "2")]
        assert found(order={"order.back_orders": said}, conduct=Conduct(back_orders="allowed")) == []


@pytest.mark.requirement("V15")
def test_a_back_order_has_a_date() -> None:
    assert found(change={"lines.1.backorder_until": None}) == [("back-order-undated", "2")]
    none = {"lines.1.backorder_until": None, "lines.1.accepted": "120", "lines.1.backordered": "0"}
    assert found(change=none) == []


@pytest.mark.parametrize("price", ["0", "-1.00"])
def test_what_is_promised_has_a_price_above_nothing(price: str) -> None:
    free = {"sales_order.lines.0.price.amount": price, "items": {}}
    assert found(order=free) == [("price-zero", "1")]
    rejected = {"lines.0.accepted": "0", "lines.0.rejected": "24"}
    assert found(order=free, change=rejected) == []
    later = {**rejected, "lines.0.rejected": "0", "lines.0.backordered": "24", "lines.0.backorder_until": "2026-11-30"}
    assert found(order=free, change=later) == [("price-zero", "1")]


def test_the_price_of_twelve_is_compared_with_twelve_times_the_price_of_one() -> None:
    # 43.50 per 12 is 3.625 for one: no price of whole cents a piece says the same.
    assert found(order={"items.ACME-002.price": "3.63"}) == [("price-not-ours", "2")]
    assert found(order={"items.ACME-002.price": "3.62"}) == [("price-not-ours", "2")]


def test_what_is_at_stake_with_a_price_is_the_difference() -> None:
    charged = Conduct(charges={"order-response": Decimal(5)})
    (gap,) = judge(judged("order-response", order={"items.ACME-002.price": "3.63"}, conduct=charged))
    assert gap.at_stake == Decimal("0.60")  # 120 pieces at 3.63 are 435.60, the order pays 435.00


def test_a_price_that_was_told_when_the_order_came_is_not_told_again() -> None:
    dearer = judged("order-response", order={"items.ACME-002.price": "3.63", "items.ACME-001.price": "9"})
    known = dearer.order
    told = HeldLine(rule="price-not-ours", severity="warn", message="told", remedy="...", owner="finance", line="2")
    again = replace(known, state=replace(known.state, held=(told,)))
    assert [gap.line for gap in judge(dearer)] == ["1", "2"]
    assert [gap.line for gap in judge(replace(dearer, orders={ORDER: again}))] == ["1"]


def test_a_price_that_cannot_be_compared_is_not() -> None:
    assert found(order={"items.ACME-001.price": "9"}) == [("price-not-ours", "1")]
    assert found(order={"items.ACME-001": {}}) == []
    assert found(order={"items": {}}) == []


def test_the_price_of_what_is_rejected_does_not_matter() -> None:
    rejected = {"lines.0.accepted": "0", "lines.0.rejected": "24"}
    assert found(order={"items.ACME-001.price": "9"}, change=rejected) == []


def test_a_price_that_is_not_ours_only_warns() -> None:
    (gap,) = judge(judged("order-response", order={"items.ACME-001.price": "7.50"}))
    assert gap.severity == "warn"
    assert gap.message == "line 1: the order pays 174.00 for 24 pieces of ACME-001, the item master asks 180.00"


# What the gates share


def cancelled() -> list[dict[str, Any]]:
    return [{"event": "order-cancelled", **write_event(OrderCancelled(document="90", why="no longer needed"))}]


@pytest.mark.parametrize("name", ["order-response", "shipment-pallet", "invoice", "credit-note"])
def test_nothing_leaves_for_an_order_that_is_cancelled(name: str) -> None:
    (gap,) = judge(judged(name, before=cancelled()))
    assert gap.rule == "order-cancelled"
    assert gap.evidence == {"purchase_order": ORDER, "cancelled by document": "90"}


def refused(number: str, kind: str, *more: dict[str, Any], revision: int = 0) -> list[dict[str, Any]]:
    head = {"document": "60", "kind": kind, "message": "856", "number": number, "revision": revision}
    sealed = {"document": "60", "purpose": "original", "awaited": True, "sealed_at": "2026-11-26T14:16:00Z"}
    answer = {"sent": "60", "answer": "91", "by": "997", "verdict": "rejected"}
    return [
        {"event": "drafted", **head},
        {"event": "sealed", **sealed},
        {"event": "acknowledged", **answer},
        *more,
    ]


def test_what_was_refused_does_not_go_again_as_it_was() -> None:
    (gap,) = judge(judged("shipment-cartons", before=refused("S-1", "ship-notice")))
    assert gap.rule == "refused-by-partner"
    assert gap.message == "the partner refused 856 S-1: without saying why"
    assert gap.evidence == {"document": "60", "said by": "997"}


def test_what_was_refused_goes_as_a_higher_revision() -> None:
    assert rules(judged("shipment-cartons", change={"revision": 1}, before=refused("S-1", "ship-notice"))) == []


def test_a_refusal_of_another_shipment_is_not_of_this_one() -> None:
    assert rules(judged("shipment-cartons", before=refused("S-9", "ship-notice"))) == []


def test_a_refusal_holds_nothing_once_something_stands_in_its_place() -> None:
    superseded = {"event": "superseded", "document": "60", "by": "61"}
    assert rules(judged("shipment-cartons", before=refused("S-1", "ship-notice", superseded))) == []


def test_a_refusal_is_told_once_where_a_shipment_is_of_two_orders() -> None:
    both = {"packs.3": good("second-shipment")["packs"][0], "lines": [], "carton_count": 4}
    document = judged(
        "shipment-cartons",
        change=both,
        orders=["order", "second-order"],
        told=["order-response", "second-order-response"],
        before=refused("S-1", "ship-notice"),
    )
    assert rules(document) == ["refused-by-partner"]
