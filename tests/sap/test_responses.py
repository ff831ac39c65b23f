"""SAP's answers to orders: which pieces are accepted, which wait, which are rejected, and for what reason."""

from time import process_time
from typing import Any

import pytest

from gateway.documents import ErpOrderResponse, ErpOrderResponseLine
from gateway.documents.sap import SapItemReference, SapOrderItem, SapOrderResponse, SapReference, SapSchedule
from gateway.sap.profile import SapProfile
from gateway.sap.responses import from_sap_response
from tests.sap.shop import PROFILE, Memory, a_line, an_order, day, knowing, number, profile

ORDER = an_order(a_line("1", 24), a_line("2", 5), window={"not_before": "2026-11-25", "not_after": "2026-12-02"})


def item(position: str, quantity: str, *schedule: tuple[str, str], **changes: Any) -> SapOrderItem:
    lines = tuple(SapSchedule(quantity=number(count), due_on=day(on)) for count, on in schedule)
    head = {"position": position, "quantity": number(quantity), "unit": "PCE", "schedule": lines}
    return SapOrderItem(**(head | changes))


def response(*items: SapOrderItem, **changes: Any) -> SapOrderResponse:
    head = {"customer_order": SapReference(number="7Q8K2W1P"), "number": "0000012345", "items": items}
    return SapOrderResponse(**(head | changes))


def heard(*items: SapOrderItem, known: Memory | None = None, **changes: Any) -> ErpOrderResponse:
    answer, findings = from_sap_response(response(*items), "amazon-eu", profile(**changes), known or knowing(ORDER))
    assert findings == ()
    assert answer is not None
    return answer


def line(**parts: Any) -> ErpOrderResponseLine:
    return ErpOrderResponseLine.model_validate({"line": "1"} | parts)


def test_what_is_confirmed_in_full_is_accepted() -> None:
    answer = heard(item("000001", "24", ("24.000", "2026-11-28")))
    assert answer.sales_order == "12345"
    assert answer.lines == (line(accepted="24", ships_on="2026-11-28"),)


def test_what_is_confirmed_for_a_later_date_is_back_ordered() -> None:
    answer = heard(item("000001", "24", ("20", "2026-11-28"), ("3", "2026-12-05"), ("1", "2026-12-12")))
    assert answer.lines == (line(accepted="20", ships_on="2026-11-28", backordered="4", backorder_until="2026-12-12"),)


def test_nothing_for_the_first_date_is_accepted_where_sap_says_so() -> None:
    answer = heard(item("000001", "24", ("0", "2026-11-28"), ("24", "2026-12-12")))
    assert answer.lines == (line(backordered="24", backorder_until="2026-12-12"),)


def test_all_dates_within_the_window_are_accepted() -> None:
    later = item("000001", "24", ("20", "2026-11-28"), ("1", "2026-12-02"), ("3", "2026-12-03"))
    assert SapProfile(sap_port="X", sap_system="Y").backorder == "after-window"
    assert heard(later).lines == (
        line(accepted="21", ships_on="2026-11-28", backordered="3", backorder_until="2026-12-03"),
    )


def test_where_sap_confirms_back_orders_for_a_second_date_only_the_first_is_accepted() -> None:
    later = item("000001", "24", ("20", "2026-11-28"), ("4", "2026-12-02"))
    assert heard(later, backorder="second-date").lines == (
        line(accepted="20", ships_on="2026-11-28", backordered="4", backorder_until="2026-12-02"),
    )


def test_what_is_confirmed_for_a_first_date_after_the_window_is_back_ordered() -> None:
    assert heard(item("000001", "24", ("24", "2026-12-03"))).lines == (
        line(backordered="24", backorder_until="2026-12-03"),
    )


def test_goods_leave_as_many_days_before_their_delivery_as_they_are_on_their_way() -> None:
    two = item("000001", "24", ("20", "2026-12-01"), ("4", "2026-12-05"))
    assert heard(two, transit_days=2).lines == (
        line(accepted="20", ships_on="2026-11-29", backordered="4", backorder_until="2026-12-03"),
    )
    never = item("000001", "24", ("24", "0001-01-01"))
    assert heard(never, transit_days=2).lines == (line(accepted="24", ships_on="0001-01-01"),)


def test_without_a_window_the_earliest_date_counts() -> None:
    known = knowing(ORDER.model_copy(update={"window": None}))
    answer = heard(item("000001", "24", ("20", "2026-11-28"), ("4", "2026-11-29")), known=known)
    assert answer.lines[0].backordered == 4


def test_what_nobody_confirms_is_back_ordered_without_a_date() -> None:
    answer = heard(item("000001", "24", ("20", "2026-11-28"), ("1", "2026-12-12")))
    assert answer.lines == (line(accepted="20", ships_on="2026-11-28", backordered="4", backorder_until=None),)


def test_an_item_without_a_schedule_is_back_ordered_whole() -> None:
    no_day = item("000001", "24").model_copy(update={"schedule": (SapSchedule(quantity=number("24")),)})
    assert heard(no_day).lines == (line(backordered="24"),)


@pytest.mark.parametrize(
    "rejected",
    [
        item("000001", "0", rejection="Z1"),
        item("000001", "24", rejection="Z1"),
        item("000001", "0.000", action="003", rejection="Z1"),
    ],
)
def test_a_rejected_item_is_rejected_whole(rejected: SapOrderItem) -> None:
    assert heard(rejected).lines == (line(rejected="24", reason="out_of_stock"),)


def test_an_item_is_split_to_reject_a_part_of_it() -> None:
    answer = heard(item("000001", "20", ("20", "2026-11-28")), item("000001", "4", rejection="Z2"))
    assert answer.lines == (line(accepted="20", ships_on="2026-11-28", rejected="4", reason="discontinued"),)


def test_an_item_of_nothing_beside_one_that_stands_rejects_the_rest() -> None:
    answer = heard(item("000001", "20", ("20", "2026-11-28")), item("000001", "0", rejection="Z1"))
    assert answer.lines == (line(accepted="20", ships_on="2026-11-28", rejected="4", reason="out_of_stock"),)


def test_a_rejection_of_nothing_has_no_reason() -> None:
    answer = heard(item("000001", "24", ("24", "2026-11-28")), item("000001", "0", rejection="Z1"))
    assert answer.lines == (line(accepted="24", ships_on="2026-11-28"),)


def test_a_rejection_without_a_reason_waits_for_one() -> None:
    assert heard(item("000001", "0", action="003")).lines == (line(rejected="24", reason=None),)


def test_a_line_that_is_left_out_stays_unanswered() -> None:
    assert [each.line for each in heard(item("000002", "5", ("5", "2026-11-28"))).lines] == ["2"]


def test_the_customer_line_counts_more_than_the_item_number_of_sap() -> None:
    named = item("000010", "5", ("5", "2026-11-28"), customer_order=SapItemReference(line="000002"))
    assert [each.line for each in heard(named).lines] == ["2"]


def test_the_number_of_the_order_in_sap_may_stand_in_its_reference() -> None:
    said = response(sales_order=SapReference(number="0000099999"))
    answer, _ = from_sap_response(said, "amazon-eu", PROFILE, knowing(ORDER))
    assert answer is not None
    assert answer.sales_order == "99999"
    answer, _ = from_sap_response(response(number=None), "amazon-eu", PROFILE, knowing(ORDER))
    assert answer is not None
    assert answer.sales_order is None


def test_of_an_order_that_is_not_known_only_what_is_said_counts() -> None:
    answer = heard(item("000001", "0", rejection="Z1"), item("000002", "5", ("2", "2026-11-28")), known=knowing())
    assert [(each.line, each.accepted, each.backordered, each.rejected) for each in answer.lines] == [
        ("1", 0, 0, 0),
        ("2", 2, 0, 0),
    ]


def test_an_answer_to_thousands_of_lines_is_read_as_fast_as_it_is_long() -> None:
    order = an_order(*(a_line(str(count), 1) for count in range(1, 4001)))
    items = (item(f"{count:06}", "1", ("1", "2026-11-28")) for count in range(1, 4001))
    begun = process_time()
    answer = heard(*items, known=knowing(order))
    assert process_time() - begun < 2
    assert [each.line for each in answer.lines] == [each.line for each in order.lines]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (response(item("000001", "0", rejection="Z9")), '[erp.sap.reasons] Z9 = "out_of_stock"'),
        (response(item("000001", "1", ("1", "2026-11-28"), unit="XYZ")), '[erp.sap.units] XYZ = "each"'),
        (response(item("000001", "2", ("2", "2026-11-28"), unit="CT")), "answer in the base unit"),
        (response(item("000001", "2", unit="XYZ", rejection="Z1")), "the unit XYZ"),
        (response(SapOrderItem(material="X")), "an item names no line"),
        (response(customer_order=None), "it names no purchase order"),
    ],
)
def test_what_is_not_understood_says_which_row_is_missing(said: SapOrderResponse, says: str) -> None:
    answer, findings = from_sap_response(said, "amazon-eu", PROFILE, knowing(ORDER))
    assert answer is None
    assert any(says in finding.message for finding in findings)
