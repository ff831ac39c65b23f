"""What is nearly due opens a case by itself, and closes it when it is done; nobody has to look at a list.

Times are those of the shipped guide; days end by the clocks of the place that the goods go to.
"""

from typing import TYPE_CHECKING

import pytest

from tests.cli.conversation import (
    BOOKED,
    LATER,
    LEFT,
    MENDED,
    ORDERED,
    acknowledge,
    answer,
    booked,
    codes,
    document,
    invoice,
    segment,
    sent,
    shipment,
    take_answered,
    tell,
)

if TYPE_CHECKING:
    from tests.conftest import House


@pytest.fixture
def answered(house: "House") -> "House":
    """An order that was taken, booked and answered: its 855 is delivered, and no answer to it has come."""
    take_answered(house)
    return house


@pytest.fixture
def shipped(answered: "House") -> "House":
    """The same with a good shipment, whose 856 is delivered."""
    tell(answered, shipment(), LEFT)
    return answered


def test_an_order_whose_every_line_was_given_up_is_answered_at_once(house: "House") -> None:
    house.configure('unknown_item      = "wait"', 'unknown_item      = "split"')
    house.drop("order.edi", house.interchange(house.order("A1", "5*EA*9.99*PE*VN*NEW-1")))
    house.once(ORDERED)
    [message] = sent(house, "855")
    assert segment(message, "ACK") == "ACK*R2*5*EA"
    assert house.json("orders", "show", "A1")["stage"] == "rejected"
    assert house.sales_orders == {}


def test_the_erp_that_says_nothing_of_an_order_is_a_case_two_hours_after(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(ORDERED)
    house.once("2026-11-20T23:01:59Z")
    assert house.cases == []
    house.once("2026-11-20T23:02:00Z")
    assert [(case["code"], case["owner"]) for case in house.cases] == [("booking-due", "IT")]
    tell(house, booked(), "2026-11-20T23:10:00Z")
    assert house.cases == []


@pytest.mark.requirement("V23")
@pytest.mark.requirement("X3")
def test_an_answer_that_is_nearly_due_is_a_case_twelve_hours_before(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(ORDERED)
    tell(house, booked(), BOOKED)
    house.once("2026-11-21T09:00:59Z")
    assert house.cases == []
    house.once("2026-11-21T09:01:00Z")
    [case] = house.cases
    assert (case["code"], case["owner"], case["due_at"]) == ("answer-due", "operations", "2026-11-21T21:01:00Z")
    tell(house, answer(), "2026-11-21T10:00:00Z")
    assert house.cases == []


def test_a_ship_notice_that_cannot_go_yet_is_due_half_an_hour_after_the_goods_left(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(ORDERED)
    tell(house, booked(), BOOKED)
    tell(house, shipment(), LEFT)  # nobody has answered the order
    assert sent(house, "856") == []
    assert document(house, "856")["waits_for"] == ["the order response for A1 is not delivered yet"]
    [case] = house.cases
    assert (case["code"], case["due_at"]) == ("ship-notice-due", "2026-11-20T22:40:00Z")
    tell(house, answer(), MENDED)
    house.once(LATER)  # the 855 is delivered with the turn before
    assert (len(sent(house, "856")), house.cases) == (1, [])


def test_what_was_promised_and_has_not_shipped_is_a_case_before_the_window_ends(shipped: "House") -> None:
    for message in ("855", "856"):
        acknowledge(shipped, sent(shipped, message)[0], "A", MENDED)
    shipped.once("2026-12-01T06:59:59Z")
    assert shipped.cases == []
    shipped.once("2026-12-01T07:00:00Z")  # the last day ends in Phoenix at seven, two days later
    [case] = shipped.cases
    assert (case["code"], case["due_at"]) == ("window-ending", "2026-12-03T07:00:00Z")


def test_an_order_that_no_ship_notice_reaches_will_be_cancelled(answered: "House") -> None:
    acknowledge(answered, sent(answered, "855")[0], "A", LEFT)
    answered.once("2026-12-01T06:59:59Z")
    assert "cancellation-risk" not in codes(answered)
    answered.once("2026-12-01T07:00:00Z")  # expected on the 26th, cancelled a week after, told three days before
    [case] = [case for case in answered.cases if case["code"] == "cancellation-risk"]
    assert (case["owner"], case["due_at"]) == ("operations", "2026-12-04T07:00:00Z")


def test_an_invoice_whose_ship_notice_nobody_answers_is_finances_to_let_go(shipped: "House") -> None:
    acknowledge(shipped, sent(shipped, "855")[0], "A", MENDED)
    tell(shipped, invoice(), LATER)
    shipped.once("2026-11-21T22:09:59Z")
    assert shipped.cases == []
    shipped.once("2026-11-21T22:10:00Z")  # the 856 has had no 997 for 24 hours
    shipped.once("2026-11-21T22:11:00Z")
    told = {case["code"]: case for case in shipped.cases}
    assert set(told) == {"acknowledgement-overdue", "invoice-parked"}
    parked = told["invoice-parked"]
    assert (parked["owner"], parked["at_stake"]) == ("finance", "261.00")
    assert parked["message"] == "810 INV1 waits for the partner's word on ship notice SHP1, which is overdue"
    assert sent(shipped, "810") == []
    shipped.run("documents", "release", document(shipped, "810")["id"], "--reason", "he has the ship notice")
    shipped.once("2026-11-21T22:12:00Z")
    assert len(sent(shipped, "810")) == 1
    assert codes(shipped) == ["acknowledgement-overdue"]
