"""From the partner's order to the ERP's: packs, prices, amounts, and every gap on the way."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, get_args

import pytest

from gateway.catalogue import RULES, Account, Conversion, Gap, Item, Items, to_erp
from gateway.catalogue.gaps import Owner
from gateway.documents import write_erp
from gateway.documents.base import plain
from tests.catalogue.shop import ACCOUNT, ITEMS, a_case, a_line, an_order


def converted(*lines: dict[str, Any], account: Account = ACCOUNT, items: Items = ITEMS, **changes: Any) -> Conversion:
    return to_erp(an_order(*lines, **changes), "shop", account, items)


def the_gap(conversion: Conversion) -> Gap:
    assert conversion.document is None
    (gap,) = conversion.gaps
    assert gap.severity == "block"
    assert gap.owner == RULES[gap.rule]
    assert gap.remedy
    return gap


# What the ERP gets


@pytest.mark.requirement("V12")
@pytest.mark.requirement("X2")
def test_a_case_of_nine_becomes_nine_each_and_the_amount_stays() -> None:
    document = converted(a_line(), a_case(), currency="USD").document
    assert document is not None
    assert json.loads(write_erp(document)) == {
        "document": "sales-order",
        "version": 1,
        "id": "shop:P7",
        "partner": "shop",
        "account": "VEND7",
        "purchase_order": "P7",
        "revision": 0,
        "ordered_on": "2026-11-20",
        "currency": "USD",
        "customer": "C7",
        "ship_to": {"code": "F1"},
        "window": None,
        "lines": [
            {
                "line": "1",
                "sku": "K-1",
                "ordered": {"value": "24", "unit": "each", "code": "EA"},
                "base": {"value": "24", "unit": "each"},
                "price": {"amount": "7.25", "per": "1", "unit": "each"},
                "amount": "174.00",
            },
            {
                "line": "2",
                "sku": "K-9",
                "ordered": {"value": "4", "unit": "case", "code": "CA"},
                "base": {"value": "36", "unit": "each"},
                "price": {"amount": "20.00", "per": "9", "unit": "each"},
                "amount": "80.00",
            },
        ],
    }


def test_no_digit_of_a_long_quantity_is_lost() -> None:
    many = 12345678901234567890123456789
    with localcontext() as context:
        context.prec = 5
        (line,) = converted(a_case(ordered={"value": str(many), "unit": "case"})).lines
    assert plain(line.base) == str(9 * many)
    assert plain(line.amount) == f"{20 * many}.00"


def test_a_price_of_each_piece_is_taken_as_such() -> None:
    document = converted(a_case(), account=replace(ACCOUNT, price_basis="each")).document
    assert document is not None
    (line,) = document.lines
    assert (line.price.per, line.amount) == (Decimal(1), Decimal("720.00"))


def test_lines_left_out_are_not_booked_and_ask_for_nothing() -> None:
    order = an_order(a_line(), a_line(line="2", upc="000000000000"))
    result = to_erp(order, "shop", ACCOUNT, ITEMS, leave_out=frozenset({"2"}), revision=1)
    assert result.document is not None
    assert [line.line for line in result.document.lines] == ["1"]
    assert result.document.revision == 1


def test_an_order_of_which_nothing_is_left_has_no_document_and_no_gap() -> None:
    result = to_erp(an_order(a_line()), "shop", ACCOUNT, ITEMS, leave_out=frozenset({"1"}))
    assert result == Conversion(document=None, lines=(), gaps=())


def test_a_discontinued_item_goes_to_the_erp() -> None:
    assert converted(a_line(upc=None, vendor_sku="OLD-5")).gaps == ()


def test_an_order_without_a_place_or_currency_takes_those_of_the_account() -> None:
    document = converted(a_line(), ship_to=None).document
    assert document is not None
    assert (document.ship_to, document.currency) == (None, "USD")


def test_good_lines_resolve_beside_a_bad_one() -> None:
    result = converted(a_line(), a_line(line="2", upc="000000000000"))
    assert result.document is None
    assert [line.sku for line in result.lines] == ["K-1"]


# Gaps of a line


def test_an_item_that_no_master_knows_is_item_data() -> None:
    gap = the_gap(converted(a_line(upc="012345678905", vendor_sku="X")))
    assert (gap.rule, gap.owner, gap.line) == ("unknown-item", "item data", "1")
    assert gap.message == "line 1: no item is known for UP 012345678905, VN/SA X"
    assert gap.evidence == {"UP": "012345678905", "VN/SA": "X"}
    assert gap.at_stake == Decimal("174.00")


def test_a_line_without_any_id_is_an_unknown_item() -> None:
    assert "no id at all" in the_gap(converted(a_line(upc=None))).message


def test_an_item_known_only_from_a_later_day_says_so() -> None:
    items = Items([Item(sku="K-1", partner_item="036000291452", scheme="UP", valid_from=date(2026, 12, 1))])
    gap = the_gap(converted(a_line(), items=items))
    assert gap.rule == "unknown-item"
    assert "known only from 2026-12-01, after the day of the order, 2026-11-20" in gap.message


def test_ids_that_mean_different_items_are_a_conflict() -> None:
    gap = the_gap(converted(a_line(vendor_sku="OLD-5")))
    assert (gap.rule, gap.evidence["skus"]) == ("item-conflict", "K-1, K-5")


def test_an_id_nobody_knows_beside_a_known_one_is_passed_over() -> None:
    assert converted(a_line(asin="B0TEST")).gaps == ()


@pytest.mark.requirement("V11")
def test_a_case_without_any_pack_is_never_taken_for_one() -> None:
    gap = the_gap(converted(a_case(case_gtin=None, vendor_sku="NO-PACK")))
    assert (gap.rule, gap.owner) == ("pack-missing", "item data")


@pytest.mark.requirement("V11")
@pytest.mark.parametrize(
    ("pack", "row"),
    [
        ("12", None),
        (None, Item(sku="K-9", case_pack=12)),
        (None, Item(sku="K-9", partner="shop", partner_item="K9", scheme="VN", case_pack=12)),
        (None, Item(sku="K-9", partner="other", gtin_case="10614141543219", case_pack=12)),
    ],
)
def test_two_sources_that_disagree_are_a_question_for_a_person(pack: str | None, row: Item | None) -> None:
    gap = the_gap(converted(a_case(pack=pack), items=ITEMS.with_rows([row] if row else [])))
    assert gap.rule == "pack-mismatch"
    assert "9 (items.csv, the partner's row for the ordered id), 12 (" in gap.message
    assert gap.evidence["partner-item"] == "9"


def test_the_pack_of_another_partner_for_another_id_is_his_own() -> None:
    row = Item(sku="K-9", partner="other", partner_item="X", scheme="VN", case_pack=12)
    assert converted(a_case(), items=ITEMS.with_rows([row])).gaps == ()


@pytest.mark.requirement("V11")
@pytest.mark.parametrize(
    ("line", "rows", "each", "source"),
    [
        (a_case(), [], 9, "partner-item"),
        (a_case(), [Item(sku="K-9", case_pack=9)], 9, "partner-item"),
        (a_case(case_gtin=None, vendor_sku="NO-PACK"), [Item(sku="K-0", case_pack=7)], 7, "item-pack"),
        (a_case(case_gtin=None, vendor_sku="NO-PACK", pack="6"), [], 6, "PO401"),
        (
            a_case(case_gtin="20614141543216", vendor_sku="NO-PACK"),
            [Item(sku="K-0", gtin_case="20614141543216", case_pack=3, valid_from=date(2026, 2, 1))],
            3,
            "case-gtin",
        ),
    ],
)
def test_the_factor_names_its_source(line: dict[str, Any], rows: list[Item], each: int, source: str) -> None:
    (resolved,) = converted(line, items=ITEMS.with_rows(rows)).lines
    assert (resolved.factor.each, resolved.factor.source) == (each, source)
    assert resolved.factor.on == (date(2026, 2, 1) if source == "case-gtin" else None)


@pytest.mark.parametrize("pack", ["0", "6055.05", "-3"])
def test_a_po401_that_is_no_whole_number_says_nothing(pack: str) -> None:
    assert the_gap(converted(a_case(case_gtin=None, vendor_sku="NO-PACK", pack=pack))).rule == "pack-missing"


def test_a_case_price_with_two_readings_shows_both() -> None:
    gap = the_gap(converted(a_case(), account=replace(ACCOUNT, price_basis=None)))
    assert (gap.rule, gap.owner, gap.at_stake) == ("price-basis-missing", "finance", None)
    assert "4 x 20.00 = 80.00" in gap.message
    assert "36 x 20.00 = 720.00" in gap.message
    assert 'set price_basis of account VEND7 to "ordered-unit" (80.00) or "each" (720.00)' in gap.remedy


def test_a_case_of_one_has_one_reading_only() -> None:
    items = Items([Item(sku="K-9", partner_item="10614141543219", scheme="UK", case_pack=1)])
    assert converted(a_case(), items=items, account=replace(ACCOUNT, price_basis=None)).gaps == ()


def test_a_line_in_pieces_needs_no_price_basis() -> None:
    assert converted(a_line(), account=replace(ACCOUNT, price_basis=None)).gaps == ()


def test_an_unknown_unit_is_a_question_for_operations() -> None:
    gap = the_gap(converted(a_line(ordered={"value": 2, "unit": "other", "code": "DZ"})))
    assert (gap.rule, gap.owner) == ("unit-unknown", "operations")
    assert "DZ is not a unit" in gap.message


@pytest.mark.parametrize(("measured", "base"), [("EA", 4), ("CA", 36)])
def test_a_line_without_a_unit_is_measured_as_the_account_says(measured: Any, base: int) -> None:
    items = Items([Item(sku="K-9", partner_item="A-9", scheme="SA", case_pack=9)])
    line = a_case(ordered={"value": 4}, case_gtin=None, vendor_sku="A-9")
    (resolved,) = converted(line, items=items, account=replace(ACCOUNT, measurement_type=measured)).lines
    assert (resolved.base, resolved.ordered.unit) == (Decimal(base), "item")


@pytest.mark.parametrize("measured", ["EA", "CA", None])
def test_a_line_without_a_unit_by_the_gtin_of_a_case_is_in_cases(measured: Any) -> None:
    line = a_case(ordered={"value": 4}, case_gtin=None, gtin="10614141543219")
    (resolved,) = converted(line, account=replace(ACCOUNT, measurement_type=measured)).lines
    assert resolved.base == 36


def test_a_line_without_a_unit_that_nothing_measures_is_a_gap() -> None:
    gap = the_gap(converted(a_line(ordered={"value": 4}), account=replace(ACCOUNT, measurement_type=None)))
    assert (gap.rule, gap.line) == ("unit-unknown", "1")
    assert "no unit is named" in gap.message


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (a_line(price=None), "price-missing"),
        (a_line(ordered={"value": 0, "unit": "each"}), "quantity-invalid"),
        (a_line(ordered={"value": -3, "unit": "each"}), "quantity-invalid"),
        (a_line(ordered={"value": "2.5", "unit": "each"}), "not-integral"),
        (a_case(ordered={"value": "0.5", "unit": "case"}), "not-integral"),
    ],
)
def test_what_cannot_be_booked_is_a_gap(line: dict[str, Any], rule: str) -> None:
    assert the_gap(converted(line)).rule == rule


def test_a_line_names_all_that_is_wrong_with_it_at_once() -> None:
    rules = {gap.rule for gap in converted(a_line(price=None, upc="012345678905")).gaps}
    assert rules == {"price-missing", "unknown-item"}


# Gaps of the order


def test_an_order_in_another_currency_than_its_account_is_held() -> None:
    gap = the_gap(converted(a_line(), currency="CAD"))
    assert (gap.rule, gap.owner, gap.line) == ("currency-differs", "finance", None)


def test_two_lines_of_one_number_are_a_gap() -> None:
    gap = the_gap(converted(a_line(line=None), a_line(line="1")))
    assert (gap.rule, gap.line) == ("line-repeated", "1")
    assert "stands 2 times" in gap.message


def test_a_repeated_line_that_was_given_up_holds_nothing() -> None:
    order = an_order(a_line(line="1"), a_line(line="1"), a_line(line="3"))
    conversion = to_erp(order, "shop", ACCOUNT, ITEMS, leave_out=frozenset({"1"}))
    assert conversion.document is not None
    assert [line.line for line in conversion.document.lines] == ["3"]


def test_every_rule_has_one_of_the_owners() -> None:
    assert set(RULES.values()) <= set(get_args(Owner))
