"""From the ERP's answer back to the partner's terms: the echo, the gaps, and what both ways conserve."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import Booked, Gap, Item, Items, to_erp, to_partner_response
from gateway.catalogue.account import PriceBasis
from gateway.documents import ErpOrderResponse, OrderResponse, PurchaseOrder
from gateway.documents.erp import BaseQuantity
from tests.catalogue.shop import ACCOUNT, ITEMS, a_case, a_line, an_order


def answered(
    order: PurchaseOrder, *lines: dict[str, Any], **options: Any
) -> tuple[OrderResponse | None, tuple[Gap, ...]]:
    sales_order = to_erp(order, "shop", ACCOUNT, ITEMS, leave_out=frozenset(options.get("rejected", ()))).document
    booked = Booked(order=order, sales_order=sales_order, account=ACCOUNT)
    answer = ErpOrderResponse.model_validate({"partner": "shop", "purchase_order": "P7", "lines": lines})
    return to_partner_response(answer if lines else None, booked, **options)


@pytest.mark.requirement("V12")
def test_an_answer_goes_back_in_the_ordered_unit_id_and_line() -> None:
    order = an_order(a_line(price_basis="per_unit"), a_case(), a_line(line="3", upc=None, vendor_sku="OLD-5"))
    response, gaps = answered(
        order,
        {"line": "1", "accepted": "24", "ships_on": date(2026, 11, 26)},
        {"line": "2", "accepted": "27", "backordered": "9", "backorder_until": date(2026, 12, 1)},
        {"line": "3", "rejected": "24", "reason": "discontinued"},
        issued_on=date(2026, 11, 21),
        vat_rate=Decimal(19),
    )
    assert gaps == ()
    assert response is not None
    assert (response.purchase_order, response.response) == ("P7", "changed")
    assert (response.issued_on, response.ordered_on) == (date(2026, 11, 21), date(2026, 11, 20))
    said = [
        (
            line.line,
            line.status,
            [(p.outcome, p.quantity.value, p.quantity.code, p.ships_on) for p in line.dispositions],
        )
        for line in response.lines
    ]
    assert said == [
        ("1", "accepted", [("accepted", 24, "EA", date(2026, 11, 26))]),
        ("2", "changed", [("accepted", 3, "CA", None), ("backordered", 1, "CA", date(2026, 12, 1))]),
        ("3", "rejected", [("rejected:discontinued", 24, "EA", None)]),
    ]
    for ordered, line in zip(order.lines, response.lines, strict=True):
        assert (line.ordered, line.ids, line.price, line.price_basis) == (
            ordered.ordered,
            ordered.ids,
            ordered.price,
            ordered.price_basis,
        )
        assert line.vat_rate == 19


def test_lines_that_were_left_out_are_rejected_as_invalid() -> None:
    order = an_order(a_line(), a_line(line="2", upc="012345678905"))
    response, _ = answered(order, {"line": "1", "accepted": "24"}, rejected={"2": ""})
    assert response is not None
    assert [line.dispositions[0].outcome for line in response.lines] == ["accepted", "rejected:invalid_item"]


def test_a_line_that_was_given_up_is_rejected_for_its_own_reason() -> None:
    order = an_order(a_line(), a_line(line="2", upc="012345678905"))
    response, _ = answered(order, {"line": "1", "accepted": "24"}, rejected={"2": "price"}, purpose="replace")
    assert response is not None
    assert response.purpose == "replace"
    assert [line.dispositions[0].outcome for line in response.lines] == ["accepted", "rejected:price"]


def test_a_line_given_up_for_a_reason_without_a_word_is_a_gap() -> None:
    response, gaps = answered(an_order(a_line()), rejected={"1": "rain"})
    assert response is None
    assert [(gap.rule, gap.line, gap.evidence["reason"]) for gap in gaps] == [("reason-missing", "1", "rain")]


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ({"rejected": "24", "reason": "out_of_stock"}, []),
        ({"accepted": "24"}, ["line-unknown"]),
        ({"rejected": "12", "accepted": "12"}, ["line-unknown"]),
        ({"rejected": "12", "backordered": "12"}, ["line-unknown"]),
    ],
)
def test_the_erp_may_reject_a_line_that_was_given_up_and_nothing_else(said: dict[str, str], rules: list[str]) -> None:
    order = an_order(a_line(), a_line(line="2", upc="012345678905"))
    response, gaps = answered(order, {"line": "1", "accepted": "24"}, {"line": "2", **said}, rejected={"2": ""})
    assert [gap.rule for gap in gaps] == rules
    if response is not None:
        assert response.lines[1].dispositions[0].outcome == "rejected:invalid_item"


def test_the_way_back_divides_by_what_was_booked_and_not_by_todays_masters() -> None:
    """The sales order was booked at nine a case; whatever items.csv says now, nine pieces are a case of it."""
    order = an_order(a_case())
    sales_order = to_erp(order, "shop", ACCOUNT, ITEMS).document
    assert sales_order is not None
    booked = Booked(order=order, sales_order=sales_order, account=ACCOUNT)
    assert (booked.factor_of(booked.lines["2"]), booked.currency) == (9, "USD")
    odd = sales_order.lines[0].model_copy(update={"base": BaseQuantity(value=Decimal(37))})
    with pytest.raises(ValueError, match="no whole multiple"):
        booked.factor_of(odd)


def test_an_order_that_never_went_to_the_erp_has_the_currency_of_the_order_or_of_the_account() -> None:
    order = an_order(a_line())
    assert Booked(order=order, sales_order=None, account=ACCOUNT).currency == "USD"
    in_euros = order.model_copy(update={"currency": "EUR"})
    assert Booked(order=in_euros, sales_order=None, account=ACCOUNT).currency == "EUR"


def test_an_order_of_which_every_line_is_left_out_needs_no_erp() -> None:
    response, gaps = answered(an_order(a_line()), rejected={"1": "invalid_item"})
    assert gaps == ()
    assert response is not None
    assert response.response == "rejected"


def test_an_order_accepted_whole_says_so() -> None:
    response, _ = answered(an_order(a_line()), {"line": "1", "accepted": "24"})
    assert response is not None
    assert response.response == "accepted"


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ([{"line": "1", "accepted": "24"}], [("line-unanswered", "2")]),
        ([{"line": "1", "accepted": "24"}, {"line": "2"}], [("line-unanswered", "2")]),
        ([{"line": "1", "accepted": "24"}, {"line": "2", "accepted": "10"}], [("not-integral", "2")]),
        ([{"line": "1", "accepted": "2.5"}, {"line": "2", "accepted": "9"}], [("not-integral", "1")]),
        ([{"line": "1", "accepted": "-24"}, {"line": "2", "accepted": "9"}], [("not-integral", "1")]),
        ([{"line": "1", "rejected": "24"}, {"line": "2", "accepted": "9"}], [("reason-missing", "1")]),
        (
            [{"line": "1", "rejected": "24", "reason": "rain"}, {"line": "2", "accepted": "9"}],
            [("reason-missing", "1")],
        ),
        (
            [{"line": "1", "accepted": "24"}, {"line": "2", "accepted": "9"}, {"line": "7", "accepted": "1"}],
            [("line-unknown", "7")],
        ),
        (
            [{"line": "1", "accepted": "24"}, {"line": "1", "accepted": "1"}, {"line": "2", "accepted": "9"}],
            [("line-repeated", "1")],
        ),
    ],
)
def test_what_keeps_an_answer_from_being_given_is_a_gap(
    lines: list[dict[str, Any]], rules: list[tuple[str, str]]
) -> None:
    response, gaps = answered(an_order(a_line(), a_case()), *lines)
    assert response is None
    assert [(gap.rule, gap.line) for gap in gaps] == rules


# Quantity and money are conserved

packs = st.sampled_from([1, 3, 6, 7, 9, 11, 12])
prices = st.decimals(min_value="0.01", max_value=9999, places=4)


@given(st.integers(1, 10_000), packs, prices, st.sampled_from(get_args(PriceBasis)))
def test_case_to_each_and_back_is_the_identity_and_no_amount_moves(
    cases: int, pack: int, price: Decimal, basis: PriceBasis
) -> None:
    items = Items([Item(sku="K", partner_item="X", scheme="VN", case_pack=pack)])
    line = a_case(ordered={"value": cases, "unit": "case", "code": "CA"}, case_gtin=None, vendor_sku="X", price=price)
    order = an_order(line)
    result = to_erp(order, "shop", replace(ACCOUNT, price_basis=basis), items)
    (resolved,) = result.lines
    assert resolved.base == cases * pack
    units = cases if basis == "ordered-unit" else cases * pack
    assert abs(resolved.amount - price * units) <= Decimal("0.005")

    for accepted in {0, 1, cases // 2, cases}:
        parts = {"line": "2", "accepted": str(accepted * pack), "backordered": str((cases - accepted) * pack)}
        answer = ErpOrderResponse.model_validate({"partner": "shop", "purchase_order": "P7", "lines": [parts]})
        booked = Booked(order=order, sales_order=result.document, account=ACCOUNT)
        response, gaps = to_partner_response(answer, booked)
        assert gaps == ()
        assert response is not None
        (said,) = response.lines
        quantities = [part.quantity for part in said.dispositions]
        assert sum(quantities[1:], quantities[0]) == said.ordered == order.lines[0].ordered


def test_a_fractional_case_of_whole_pieces_comes_back_as_it_was() -> None:
    items = Items([Item(sku="K", partner_item="X", scheme="VN", case_pack=12)])
    order = an_order(a_case(ordered={"value": "2.50", "unit": "case"}, case_gtin=None, vendor_sku="X"))
    result = to_erp(order, "shop", ACCOUNT, items)
    answer = ErpOrderResponse.model_validate(
        {"partner": "shop", "purchase_order": "P7", "lines": [{"line": "2", "accepted": "30"}]}
    )
    booked = Booked(order=order, sales_order=result.document, account=ACCOUNT)
    response, _ = to_partner_response(answer, booked)
    assert response is not None
    assert response.lines[0].dispositions[0].quantity == order.lines[0].ordered
