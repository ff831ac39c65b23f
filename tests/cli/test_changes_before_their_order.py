"""A change that overtakes its order on the way waits for it, and is laid over it by itself when that comes (R19)."""

from typing import TYPE_CHECKING

from tests.cli.conversation import LATER, LEFT, ORDERED
from tests.cli.test_order_changes import FEWER_BY_860, FIRST, SECOND, drop_change, drop_order, ordered

if TYPE_CHECKING:
    from tests.conftest import House

AFTER_ALL = "2026-11-25T21:02:00Z"


def test_a_change_before_its_order_is_a_case_until_the_order_comes(house: "House") -> None:
    drop_change(house, FEWER_BY_860)
    house.once(ORDERED)
    [case] = house.cases
    assert (case["code"], case["owner"], case["due_at"] is not None) == ("order-changed", "operations", True)
    drop_order(house, FIRST, SECOND)
    house.once(LEFT)
    assert ordered(house) == [("1", "20"), ("2", "120")]
    assert list(house.sales_orders) == ["sales-order.amazon-us.A1.json"]
    assert house.cases == []


def test_changes_are_laid_over_in_the_order_in_which_they_came(house: "House") -> None:
    drop_change(house, FEWER_BY_860, control=150)
    house.once(ORDERED)
    drop_change(house, "POC*1*QD*12*8*EA*7.25*PE*UP*614141000012", control=151)
    house.once(LATER)
    drop_order(house, FIRST, SECOND)
    house.once(LEFT)
    assert ordered(house)[0] == ("1", "12")
    assert house.cases == []


def test_a_cancellation_before_its_order_takes_it_back(house: "House") -> None:
    for control, purpose in ((102, "01"), (101, "00")):
        drop_order(house, FIRST, purpose=purpose, control=control)
        house.once(ORDERED)
    assert house.sales_orders == {}
    assert house.json("orders", "show", "A1")["stage"] == "cancelled"
    assert house.cases == []


def test_a_change_that_a_person_has_dealt_with_is_not_applied_any_more(house: "House") -> None:
    drop_change(house, FEWER_BY_860)
    house.once(ORDERED)
    house.run("cases", "resolve", house.cases[0]["id"], "--reason", "we agreed on all 24")
    drop_order(house, FIRST, SECOND)
    house.once(LEFT)
    assert ordered(house)[0] == ("1", "24")


def test_after_its_time_a_change_is_a_persons_alone(house: "House") -> None:
    drop_change(house, FEWER_BY_860)
    house.once(ORDERED)
    drop_order(house, FIRST, SECOND)
    house.once(AFTER_ALL)
    assert ordered(house)[0] == ("1", "24")
    assert "order-changed" in {case["code"] for case in house.cases}
