"""What the partner changes in an order is laid over it; what the ERP has already is told to it again, and to a person.

A second 850 of a known number is the whole order as it is from now on, an 860 is what changes in it.
"""

from typing import TYPE_CHECKING

import pytest

from tests.cli.conversation import (
    LATER,
    LEFT,
    MENDED,
    ORDERED,
    answer,
    booked,
    codes,
    segment,
    sent,
    take_answered,
    tell,
)

if TYPE_CHECKING:
    from tests.conftest import House

FIRST, SECOND = "24*EA*7.25*PE*UP*614141000012", "10*CA*43.5*PE*UK*10614141000026"
FEWER = "20*EA*7.25*PE*UP*614141000012"
UNKNOWN = "5*EA*9.99*PE*VN*NEW-1"
FEWER_BY_860 = "POC*1*QD*20*4*EA*7.25*PE*UP*614141000012"


def drop_change(house: "House", *lines: str, purpose: str = "04", number: str = "A1", control: int = 150) -> None:
    """An 860 comes; a line is a whole POC segment."""
    body = ["ST*860*0001", f"BCH*{purpose}*NE*{number}***20261121", *lines]
    text = "".join(f"{each}~\n" for each in [*body, f"SE*{len(body) + 1}*0001"])
    house.drop(f"{control}.edi", house.interchange(text, control=control).replace("GS*PO*", "GS*PC*"))


def drop_order(house: "House", *lines: str, purpose: str = "00", control: int = 101) -> None:
    house.drop(f"{control}.edi", house.interchange(house.order("A1", *lines, purpose=purpose), control=control))


def ordered(house: "House") -> list[tuple[str, str]]:
    return [(line["line"], line["ordered"]) for line in house.json("orders", "show", "A1")["lines"]]


@pytest.mark.parametrize("by", ["850", "860"])
def test_a_change_of_an_order_that_was_posted_goes_to_the_erp_as_its_next_revision(house: "House", by: str) -> None:
    drop_order(house, FIRST, SECOND)
    house.once(ORDERED)
    if by == "850":
        drop_order(house, FEWER, SECOND, purpose="05", control=102)
    else:
        drop_change(house, FEWER_BY_860)
    house.once(LEFT)
    files = house.sales_orders
    assert sorted(files) == ["sales-order.amazon-us.A1.1.json", "sales-order.amazon-us.A1.json"]
    first, second = files["sales-order.amazon-us.A1.json"], files["sales-order.amazon-us.A1.1.json"]
    assert (first["revision"], second["revision"], first["id"] == second["id"]) == (0, 1, True)
    assert [line["base"]["value"] for line in first["lines"]] == ["24", "120"]
    assert [line["base"]["value"] for line in second["lines"]] == ["20", "120"]
    assert second["lines"][0]["amount"] == "145.00"
    assert ordered(house) == [("1", "20"), ("2", "120")]
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("order-changed", "operations")
    assert "line 1: 24 each 614141000012 at 7.25 becomes 20 each 614141000012 at 7.25" in case["message"]
    house.run("cases", "resolve", case["id"], "--reason", "the ERP has it")
    house.once(MENDED)
    assert (house.cases, len(house.sales_orders)) == ([], 2)


@pytest.mark.parametrize("by", ["850", "860"])
def test_a_change_of_an_order_that_waits_is_applied_and_only_shown(house: "House", by: str) -> None:
    drop_order(house, FIRST, UNKNOWN)
    house.once(ORDERED)
    assert codes(house) == ["unknown-item"]
    if by == "850":
        drop_order(house, FEWER, SECOND, purpose="05", control=102)
    else:
        drop_change(house, FEWER_BY_860, "POC*2*DI*0*5*EA*9.99*PE*VN*NEW-1")
    house.once(LEFT)
    [sales_order] = house.sales_orders.values()
    assert sales_order["revision"] == 0
    assert sales_order["lines"][0]["base"]["value"] == "20"
    assert house.cases == []
    [changes] = house.json("orders", "show", "A1")["changes"]
    assert "line 1: 24 each 614141000012 at 7.25 becomes 20 each 614141000012 at 7.25" in changes
    assert len(changes) == (2 if by == "860" else 3)


def test_a_change_of_a_line_that_was_never_ordered_is_told_and_left_out(house: "House") -> None:
    drop_order(house, FIRST)
    house.once(ORDERED)
    drop_change(house, FEWER_BY_860.replace("POC*1*", "POC*7*"))
    house.once(LEFT)
    [case] = house.cases
    assert "line 7 was never ordered" in case["message"]
    assert ordered(house) == [("1", "24")]


def test_an_order_under_another_account_is_not_laid_over_the_first(house: "House") -> None:
    house.configure(
        "[partners.amazon-eu]",
        '[partners.amazon-us.accounts.ACME2]\ncompany = "acme"\ncustomer = "X"\n'
        'currency = "USD"\n\n[partners.amazon-eu]',
    )
    drop_order(house, FIRST)
    house.once(ORDERED)
    house.drop("other.edi", house.interchange(house.order("A1", FEWER, account="ACME2"), control=102))
    house.once(LEFT)
    assert list(house.sales_orders) == ["sales-order.amazon-us.A1.json"]
    assert ordered(house) == [("1", "24")]
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("order-of-another-account", "operations")
    assert "the order of this number that is known is of account ACME1, and stays as it is" in case["message"]
    assert case["remedy"].startswith(
        "enter the new order by hand in the ERP under ACME2, or ask the partner to send it"
    )
    assert "change it there" not in case["remedy"]  # what follows that spoils the first order
    house.run("cases", "resolve", case["id"], "--reason", "they send it as A2", "--at", LEFT)
    house.once("2026-11-20T22:50:00Z")
    assert "order-of-another-account" not in codes(house)


def test_a_change_that_names_another_account_is_a_change_of_the_order_it_names(house: "House") -> None:
    drop_order(house, FIRST)
    house.once(ORDERED)
    drop_change(house, "REF*CR*ACME2", FEWER_BY_860)
    house.once(LEFT)
    assert ordered(house) == [("1", "24")]
    [case] = house.cases
    assert case["code"] == "order-changed"
    assert "compare with the sales order in the ERP, change it there by hand" in case["remedy"]


@pytest.mark.parametrize("by", ["850", "860"])
def test_an_order_that_is_cancelled_before_it_was_posted_never_goes(house: "House", by: str) -> None:
    drop_order(house, FIRST, UNKNOWN)
    house.once(ORDERED)
    if by == "850":
        drop_order(house, FIRST, UNKNOWN, purpose="01", control=102)
    else:
        drop_change(house, purpose="01")
    house.once(LEFT)
    assert house.json("orders", "show", "A1")["stage"] == "cancelled"
    assert house.cases == []
    house.once("2026-11-21T20:00:00Z")  # nothing is due any more, and nothing is given up
    assert (house.cases, house.sales_orders) == ([], {})


@pytest.mark.requirement("X3")
def test_an_order_that_is_cancelled_after_it_was_posted_is_for_a_person(house: "House") -> None:
    take_answered(house)
    drop_change(house, purpose="01")
    house.once(LEFT)
    assert house.json("orders", "show", "A1")["stage"] == "cancelled"
    [case] = house.cases
    assert (case["code"], case["owner"], case["at_stake"]) == ("order-cancelled", "operations", "681.00")
    house.once("2026-11-25T00:00:00Z")
    assert "window-ending" not in codes(house)
    house.run("cases", "resolve", case["id"], "--reason", "stopped in the warehouse")
    house.once("2026-11-25T01:00:00Z")
    assert "order-cancelled" not in codes(house)


def test_an_answer_that_comes_after_the_cancellation_is_blocked(house: "House") -> None:
    drop_order(house, FIRST)
    house.once(ORDERED)
    tell(house, booked(), "2026-11-20T21:05:00Z")
    drop_change(house, purpose="01")
    house.once(LEFT)
    said = answer()
    tell(house, {**said, "lines": said["lines"][:1]}, MENDED)
    assert sent(house, "855") == []
    assert sorted(codes(house)) == ["order-cancelled", "order-response-blocked"]


def test_a_change_after_our_answer_is_due_for_a_new_one(house: "House") -> None:
    take_answered(house)
    drop_change(house, FEWER_BY_860)
    house.once(LEFT)
    assert codes(house) == ["order-changed"]
    tell(house, booked(), LATER)
    house.once("2026-11-22T09:09:59Z")
    assert "change-due" not in codes(house)
    house.once("2026-11-22T09:10:00Z")  # 48 hours after the first answer it is too late: told twelve hours before
    [case] = [case for case in house.cases if case["code"] == "change-due"]
    assert (case["owner"], case["due_at"]) == ("operations", "2026-11-22T21:10:00Z")
    tell(
        house,
        answer(revision=1, line1={"line": "1", "accepted": "20", "ships_on": "2026-11-26"}),
        "2026-11-22T10:00:00Z",
    )
    assert "change-due" not in codes(house)
    first, second = sent(house, "855")
    assert (segment(first, "ACK"), segment(second, "ACK")) == ("ACK*IA*24*EA*068*20261126", "ACK*IA*20*EA*068*20261126")
