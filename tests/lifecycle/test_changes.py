"""An order that its partner changes: what it is from now on, and what is said of that."""

from typing import Any

import pytest

from gateway.documents import PurchaseOrder, PurchaseOrderChange
from gateway.lifecycle.changes import apply_change, differences, line_differences, ordered_lines
from tests.lifecycle.shop import changed, good

ORDER = PurchaseOrder.model_validate(good("order")["order"])


def order(change: dict[str, Any] | None = None, without: tuple[str, ...] = ()) -> PurchaseOrder:
    return PurchaseOrder.model_validate(changed(good("order")["order"], change, without))


def unnumbered() -> PurchaseOrder:
    return order(without=("lines.0.line", "lines.1.line", "lines.2.line"))


def message(*lines: dict[str, Any], **head: Any) -> PurchaseOrderChange:
    return PurchaseOrderChange.model_validate({"number": ORDER.number, "lines": list(lines), **head})


def pieces(value: str, unit: str = "each") -> dict[str, str]:
    return {"value": value, "unit": unit}


def applied(*lines: dict[str, Any], to: PurchaseOrder = ORDER, **head: Any) -> PurchaseOrder:
    after, refused = apply_change(to, message(*lines, **head))
    assert after is not None
    assert refused == ()
    return after


# A change message


def test_what_a_change_does_not_speak_of_stays() -> None:
    assert applied() == ORDER


@pytest.mark.parametrize("word", ["changed", "replaced", "quantity_decreased", "price_and_quantity_changed", "added"])
def test_a_line_is_as_the_change_says_and_else_as_it_was(word: str) -> None:
    after = applied({"line": "1", "change": word, "ordered": pieces("12"), "price": "7.00"})
    assert (after.lines[0].ordered.value, str(after.lines[0].price)) == (12, "7.00")
    assert after.lines[0].upc == ORDER.lines[0].upc
    assert after.lines[1:] == ORDER.lines[1:]


def test_a_change_of_the_price_leaves_the_quantity() -> None:
    after = applied({"line": "2", "change": "price_changed", "price": "40.00"})
    assert after.lines[1].ordered == ORDER.lines[1].ordered
    unit_alone = applied({"line": "2", "change": "price_changed", "price": "40.00", "ordered": {"unit": "case"}})
    assert unit_alone.lines[1].ordered == ORDER.lines[1].ordered


@pytest.mark.parametrize("word", ["deleted", "cancelled"])
def test_a_line_goes_away(word: str) -> None:
    assert [line.line for line in applied({"line": "2", "change": word}).lines] == ["1", "3"]


def test_nothing_is_left_of_an_order_without_lines() -> None:
    gone = [{"line": number, "change": "deleted"} for number in "123"]
    assert apply_change(ORDER, message(*gone)) == (None, ())


def test_a_cancellation_leaves_nothing_whatever_its_lines_say() -> None:
    assert apply_change(ORDER, message(purpose="cancel")) == (None, ())
    line = {"line": "9", "change": "changed"}
    assert apply_change(ORDER, message(line, purpose="cancel")) == (None, ())


def test_a_new_line_is_added() -> None:
    new = {"line": "7", "change": "added", "ordered": pieces("6"), "price": "2.00", "vendor_sku": "ACM-007"}
    line = applied(new).lines[-1]
    assert (line.line, line.ordered.value, line.vendor_sku) == ("7", 6, "ACM-007")


def test_a_new_line_without_a_number_gets_one_that_no_line_has() -> None:
    new = {"change": "added", "ordered": pieces("6")}
    assert [line.line for line in applied(new, new).lines] == ["1", "2", "3", "4", "5"]
    odd = order({"lines.1.line": "4"}, without=("lines.2",))
    assert [line.line for line in applied(new, new, to=odd).lines] == ["1", "4", "2", "3"]


def test_lines_without_numbers_keep_the_position_that_they_go_by() -> None:
    before = unnumbered()
    after = applied({"line": "1", "change": "deleted"}, to=before)
    assert after.line_numbers == ("2", "3")
    assert ordered_lines(after) == ordered_lines(before)[1:]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"line": "9", "change": "deleted"}, "line 9 was never ordered, and cannot be deleted"),
        ({"change": "quantity_increased"}, "line ? was never ordered, and cannot be quantity increased"),
        ({"line": "9", "change": "added"}, "line 9 was never ordered, and cannot be added"),
    ],
)
def test_what_was_never_ordered_is_told_and_left_out(line: dict[str, Any], said: str) -> None:
    after, refused = apply_change(ORDER, message(line, {"line": "1", "change": "deleted"}))
    assert refused == (said,)
    assert after is not None
    assert [line.line for line in after.lines] == ["2", "3"]


def test_the_head_is_as_the_change_says_and_else_as_it_was() -> None:
    after = applied(window={"not_after": "2026-12-09"}, ship_to={"code": "ONT8"})
    assert after.window is not None
    assert after.window.not_before is None
    assert after.ship_to is not None
    assert after.ship_to.code == "ONT8"
    assert (after.freight, after.account, after.number) == (ORDER.freight, ORDER.account, ORDER.number)


# What is different


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ()),
        ({"account": "ACME2"}, ("account ACME1 becomes ACME2",)),
        ({"purpose": "replace"}, ("its purpose is replace",)),
        ({"window.not_after": "2026-12-09"}, ("the delivery window changes",)),
        ({"freight": "prepaid", "back_orders": "no"}, ("freight changes", "back-orders changes")),
        ({"ship_to.code": "ONT8"}, ("ship-to becomes ONT8",)),
        ({"ship_to": None}, ("ship-to becomes unknown",)),
        (
            {"lines.0.ordered.value": "12"},
            ("line 1: 24 each 614141000012 at 7.25 becomes 12 each 614141000012 at 7.25",),
        ),
        ({"lines.0.price": None}, ("line 1: 24 each 614141000012 at 7.25 becomes 24 each 614141000012",)),
        (
            {"lines.3": {"line": "4", "ordered": {"value": "6", "unit": "each"}, "price": "2.00"}},
            ("line 4 is new: 6 each at 2.00",),
        ),
    ],
)
def test_a_difference_is_said_in_a_sentence(change: dict[str, Any], said: tuple[str, ...]) -> None:
    assert differences(ORDER, order(change)) == said


def test_a_line_that_is_gone_is_told_first() -> None:
    after = order({"lines.0.ordered.value": "12"}, without=("lines.2",))
    assert next(iter(differences(ORDER, after))) == "line 3 is gone"
    assert len(list(line_differences(ordered_lines(ORDER), ordered_lines(after)))) == 2


def test_lines_are_known_by_number_or_by_position() -> None:
    assert [line.line for line in ordered_lines(unnumbered())] == ["1", "2", "3"]
    assert ordered_lines(ORDER)[0].ids == {"upc": "614141000012"}
