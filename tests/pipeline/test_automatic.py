"""Answering from stock: what is there is accepted in whole ordered units, the rest back-ordered or rejected, at once.

All orders are of ACME-1 in pieces and of ACME-26 in cases of 12, on an instance whose ERP answers nothing itself.
"""

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conversation import segment, sent

if TYPE_CHECKING:
    from tests.conftest import House

FIRST, SECOND, THIRD = "2026-11-20T21:02:00Z", "2026-11-20T21:10:00Z", "2026-11-20T21:20:00Z"


@pytest.fixture
def house(house: "House") -> "House":
    """An instance that answers by itself and keeps five pieces of everything back."""
    house.configure("auto               = false", "auto = true")
    house.configure("safety_stock       = 0", "safety_stock = 5")
    return house


def pieces(count: str) -> str:
    return f"{count}*EA*7.25*PE*UP*614141000012"


def cases(count: str) -> str:
    return f"{count}*CA*43.5*PE*UK*10614141000026"


GONE = "6*EA*12*PE*VN*ACM-003"


def stock(house: "House", *rows: str) -> None:
    house.erp_says("stock.csv", "\n".join(["sku,location,available", *rows]) + "\n")


def order(
    house: "House", number: str, *lines: str, at: str = FIRST, control: int = 101, back_orders: str = "Y"
) -> list[tuple[str, str, str]]:
    """An order comes; what is accepted, back-ordered and rejected of each line then, in pieces."""
    message = house.order(number, *lines).replace("CSH*Y", f"CSH*{back_orders}")
    house.drop(f"{number}-{control}.edi", house.interchange(message, control=control))
    house.once(at)
    return answered(house, number)


def answered(house: "House", number: str) -> list[tuple[str, str, str]]:
    shown = house.json("orders", "show", number)["lines"]
    return [(line["accepted"], line["backordered"], line["rejected"]) for line in shown]


def said(house: "House", number: str) -> dict[str, Any]:
    """The latest answer as the ERP would have given it."""
    with house.journal() as journal:
        [*_, document] = journal.documents(business_number=number, type="order-response")
        body: dict[str, Any] = journal.body_of(document.id)
        return body


def test_what_is_in_stock_is_accepted_and_the_answer_leaves_at_once(house: "House") -> None:
    stock(house, "ACME-1,ACME1,100", "ACME-26,ACME1,125")
    assert order(house, "A1", pieces("24"), cases("10")) == [("24", "0", "0"), ("120", "0", "0")]
    [message] = sent(house, "855")
    assert [each for each in message if each.startswith("ACK*")] == [
        "ACK*IA*24*EA*068*20261121",
        "ACK*IA*10*CA*068*20261121",
    ]
    assert house.cases == []


@pytest.mark.requirement("V15")
def test_what_is_not_in_stock_is_back_ordered_to_a_day(house: "House") -> None:
    stock(house, "ACME-1,ACME1,15")
    assert order(house, "A1", pieces("24")) == [("10", "14", "0")]
    [line] = said(house, "A1")["lines"]
    assert (line["ships_on"], line["backorder_until"], line["reason"]) == ("2026-11-21", "2026-12-04", None)
    assert sent(house, "855")


@pytest.mark.requirement("V15")
def test_what_may_not_be_back_ordered_is_rejected_as_out_of_stock(house: "House") -> None:
    stock(house, "ACME-1,ACME1,15")
    assert order(house, "A1", pieces("24"), back_orders="N") == [("10", "0", "14")]
    [line] = said(house, "A1")["lines"]
    assert (line["reason"], line["backorder_until"]) == ("out_of_stock", None)
    assert sent(house, "855")


def test_cases_are_accepted_whole(house: "House") -> None:
    stock(house, "ACME-26,ACME1,40")  # 35 may be promised: two cases, and 11 pieces that are none
    assert order(house, "A1", cases("10")) == [("24", "96", "0")]


@pytest.mark.parametrize("available", ["5", "3", "0", "-20"])
def test_the_safety_stock_is_never_promised(house: "House", available: str) -> None:
    stock(house, f"ACME-1,ACME1,{available}")
    assert order(house, "A1", pieces("1")) == [("0", "1", "0")]
    assert said(house, "A1")["lines"][0]["ships_on"] is None


def test_without_any_stock_file_nothing_is_there(house: "House") -> None:
    assert order(house, "A1", pieces("24"), back_orders="N") == [("0", "0", "24")]


def test_stock_of_another_warehouse_is_not_promised(house: "House") -> None:
    stock(house, "ACME-1,ELSEWHERE,100", "ACME-1,ACME1,10", "ACME-1,,3")
    assert order(house, "A1", pieces("24")) == [("8", "16", "0")]


def test_what_is_no_longer_made_is_rejected_by_its_code_however_much_there_is(house: "House") -> None:
    stock(house, "ACME-3,ACME1,100")
    assert order(house, "A1", GONE) == [("0", "0", "6")]
    assert said(house, "A1")["lines"][0]["reason"] == "discontinued"
    assert segment(sent(house, "855")[0], "ACK").startswith("ACK*R3*6*EA")


def test_two_lines_of_an_item_share_its_stock(house: "House") -> None:
    stock(house, "ACME-1,ACME1,25")
    assert order(house, "A1", pieces("15"), pieces("15")) == [("15", "0", "0"), ("5", "10", "0")]


def test_two_orders_do_not_promise_the_same_pieces(house: "House") -> None:
    stock(house, "ACME-1,ACME1,25")
    assert order(house, "A1", pieces("15")) == [("15", "0", "0")]
    assert order(house, "A2", pieces("15"), at=SECOND, control=102) == [("5", "10", "0")]
    assert order(house, "A3", pieces("15"), at=THIRD, control=103) == [("0", "15", "0")]


def test_two_orders_in_one_file_do_not_promise_the_same_pieces(house: "House") -> None:
    stock(house, "ACME-1,ACME1,25")
    both = house.order("A1", pieces("15")), house.order("A2", pieces("15"), st="0002")
    house.drop("both.edi", house.interchange(*both))
    house.once(FIRST)
    assert (answered(house, "A1"), answered(house, "A2")) == ([("15", "0", "0")], [("5", "10", "0")])


def test_a_new_stock_file_knows_what_was_promised_before_it(house: "House") -> None:
    stock(house, "ACME-1,ACME1,25")
    order(house, "A1", pieces("15"))
    stock(house, "ACME-1,ACME1,25")  # the ERP has counted again, and takes off itself what it has booked
    assert order(house, "A2", pieces("15"), at=SECOND, control=102) == [("15", "0", "0")]


def test_a_changed_order_is_answered_anew_from_all_but_its_own_promise(house: "House") -> None:
    stock(house, "ACME-1,ACME1,25")
    assert order(house, "A1", pieces("15")) == [("15", "0", "0")]
    assert order(house, "A1", pieces("22"), at=SECOND, control=102) == [("20", "2", "0")]
    assert said(house, "A1")["revision"] == 1
    # The first promise counts no more: the second has taken its place.
    assert order(house, "A2", pieces("5"), at=THIRD, control=103) == [("0", "5", "0")]


def test_an_order_that_asks_for_less_gives_the_rest_back(house: "House") -> None:
    stock(house, "ACME-1,ACME1,25")
    order(house, "A1", pieces("15"))
    assert order(house, "A1", pieces("4"), at=SECOND, control=102) == [("4", "0", "0")]
    assert order(house, "A2", pieces("20"), at=THIRD, control=103) == [("16", "4", "0")]


def test_the_journal_keeps_that_nobody_but_the_policy_answered(house: "House") -> None:
    stock(house, "ACME-1,ACME1,100")
    order(house, "A1", pieces("24"))
    [event] = house.history("event:order-answered")
    assert event.body["who"] == "policy"


def test_a_partner_without_it_waits_for_the_erp(make_house: Any) -> None:
    waiting = make_house("waiting")
    stock(waiting, "ACME-1,ACME1,100")
    order(waiting, "A1", pieces("24"))
    assert sent(waiting, "855") == []


def test_an_order_whose_item_nobody_knows_is_not_answered_before_it_is_resolved(house: "House") -> None:
    stock(house, "ACME-1,ACME1,100")
    order(house, "A1", pieces("24"), "5*EA*9.99*PE*VN*NEW-1")
    assert sent(house, "855") == []
    assert [case["code"] for case in house.cases] == ["unknown-item"]


def test_stock_of_other_items_says_nothing_of_what_was_promised_of_this_one(house: "House") -> None:
    stock(house, "ACME-1,ACME1,25")
    order(house, "A1", pieces("15"))
    stock(house, "ACME-26,ACME1,125")  # a file tells the rows it names, and the others stay as they were
    assert order(house, "A2", pieces("15"), at=SECOND, control=102) == [("5", "10", "0")]


def test_an_order_that_is_cancelled_gives_its_pieces_back(house: "House") -> None:
    stock(house, "ACME-1,ACME1,25")
    order(house, "A1", pieces("15"))
    cancelled = house.order("A1", pieces("15"), purpose="01")
    house.drop("cancelled.edi", house.interchange(cancelled, control=102))
    house.once(SECOND)
    assert house.json("orders", "show", "A1")["stage"] == "cancelled"
    assert order(house, "A2", pieces("20"), at=THIRD, control=103) == [("20", "0", "0")]


def test_what_is_no_whole_case_is_for_a_person(house: "House") -> None:
    stock(house, "ACME-26,ACME1,29")
    assert order(house, "A1", cases("2.5")) == [("0", "0", "0")]  # two cases are there, and half a one is left over
    assert sent(house, "855") == []
    assert [case["code"] for case in house.cases] == ["order-response-blocked"]
