"""What an invoice must meet: no more than was shipped, at the acknowledged price, adding up to the cent."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.documents.money import Price, extend
from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.gates import judge
from tests.lifecycle.shop import changed, good, judged, rules

INVOICE, CREDIT = "invoice", "credit-note"
TAXED = ("tax-differs", "total-differs")


def found(of: str = INVOICE, **changes: Any) -> list[str]:
    return rules(judged(of, **changes))


def beside_sums(of: str = INVOICE, **changes: Any) -> list[str]:
    """What is wrong but for taxes and total, which a change of a line leaves as they were."""
    return [rule for rule in found(of, **changes) if rule not in TAXED]


def line(position: int, quantity: str, amount: str, per: str, total: str) -> dict[str, Any]:
    """Other figures of a line of the invoice."""
    return {
        f"lines.{position}.quantity": quantity,
        f"lines.{position}.price": {"amount": amount, "per": per, "unit": "each"},
        f"lines.{position}.amount": total,
    }


# Quantities


@pytest.mark.requirement("V6")
def test_no_more_is_charged_than_was_shipped() -> None:
    assert beside_sums(change=line(0, "21", "7.25", "1", "152.25")) == ["more-than-shipped"]
    assert beside_sums(change=line(0, "19", "7.25", "1", "137.75")) == []


def test_a_line_charged_twice_counts_twice() -> None:
    again = {"lines.3": good(INVOICE)["lines"][0]}
    (gap, *_) = judge(judged(INVOICE, change=again))
    assert gap.rule == "more-than-shipped"
    assert gap.evidence == {"purchase_order": "7QM3KD2A", "were shipped": "20", "charged": "40"}


@pytest.mark.requirement("V22")
def test_several_shipments_are_charged_together() -> None:
    second = changed(good("shipment-cartons"), {"shipment": "S-8"}, without=["packs.2", "packs.0"])
    second = changed(second, {"packs.0.items.0.quantity": "24"})
    told = ["order-response", "shipment-cartons", second]
    all_of_it = line(1, "120", "43.50", "12", "435.00")
    assert beside_sums(change=all_of_it, told=told) == []
    assert beside_sums(change=all_of_it) == ["more-than-shipped"]
    assert beside_sums(change=line(1, "121", "43.50", "12", "438.63"), told=told) == ["more-than-shipped"]


def test_several_invoices_charge_together_no_more_than_was_shipped() -> None:
    first = changed(good(INVOICE), {"lines.0.quantity": "15"})
    told = ["order-response", "shipment-cartons", first]
    rest = {"invoice": "INV-2", **line(0, "5", "7.25", "1", "36.25")}
    assert beside_sums(change=rest, without=["lines.2", "lines.1"], told=told) == []
    more = {"invoice": "INV-2", **line(0, "6", "7.25", "1", "43.50")}
    assert beside_sums(change=more, without=["lines.2", "lines.1"], told=told) == ["more-than-shipped"]


def test_what_a_credit_note_took_back_may_be_charged_again() -> None:
    told = ["order-response", "shipment-cartons", INVOICE, CREDIT]
    again = {"invoice": "INV-2", **line(0, "5", "18.00", "5", "18.00"), "lines.0.line": "3"}
    assert beside_sums(change=again, without=["lines.2", "lines.1"], told=told) == []
    more = {**again, **line(0, "6", "18.00", "5", "21.60")}
    assert beside_sums(change=more, without=["lines.2", "lines.1"], told=told) == ["more-than-shipped"]


def test_a_credit_note_takes_back_no_more_than_was_charged() -> None:
    assert beside_sums(CREDIT, change=line(0, "50", "18.00", "5", "180.00")) == []
    (gap, *_) = judge(judged(CREDIT, change=line(0, "51", "18.00", "5", "183.60")))
    assert gap.rule == "more-than-shipped"
    assert "51 pieces would be credited, 50 were invoiced" in gap.message


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_every_quantity_is_above_zero(quantity: str) -> None:
    amount = str(Decimal(quantity) * Decimal("7.25"))
    assert beside_sums(change=line(0, quantity, "7.25", "1", amount)) == ["nothing-charged"]


def test_an_order_or_line_that_nobody_knows_is_not_this_gates() -> None:
    assert found(change={"lines.0.line": "77"}) == ["more-than-shipped"]
    assert found(change={"lines.0.purchase_order": "NONE"}) == []


# Prices and amounts


@pytest.mark.parametrize(
    ("amount", "per"), [("43.50", "12"), ("87.00", "24"), ("3.625", "1"), ("3.6250", "1"), ("435", "120")]
)
def test_the_same_price_may_be_said_per_twelve_or_per_one(amount: str, per: str) -> None:
    assert found(change=line(1, "96", amount, per, "348.00")) == []


@pytest.mark.requirement("V6")
@pytest.mark.requirement("V13")
@pytest.mark.parametrize(("amount", "per"), [("43.51", "12"), ("43.50", "1"), ("3.62", "1"), ("3.63", "1")])
def test_a_price_that_asks_something_else_is_a_gap(amount: str, per: str) -> None:
    total = str(extend(Decimal(96), Price(amount=Decimal(amount), per=Decimal(per), unit="each"), "USD"))
    assert beside_sums(change=line(1, "96", amount, per, total)) == ["price-differs"]


def test_a_price_that_the_erp_rounds_agrees_where_the_amount_does() -> None:
    # 1.00 per 3 pieces has no decimal for one; 0.333 is as good as it gets, for as many as it is.
    thirds = {"sales_order.lines.0.price": {"amount": "1.00", "per": "3", "unit": "each"}}
    assert beside_sums(order=thirds, change=line(0, "3", "0.333", "1", "1.00")) == []
    assert beside_sums(order=thirds, change=line(0, "20", "0.333", "1", "6.66")) == ["price-differs"]
    assert beside_sums(order=thirds, change=line(0, "20", "0.3333", "1", "6.67")) == []
    assert beside_sums(order=thirds, change=line(0, "20", "6.67", "20", "6.67")) == []


@pytest.mark.parametrize(("amount", "said"), [("7.35", True), ("7.15", False)])
def test_a_gap_of_a_price_says_both_and_which_is_less(amount: str, said: bool) -> None:
    total = str(Decimal(20) * Decimal(amount))
    (gap,) = (gap for gap in judge(judged(INVOICE, change=line(0, "20", amount, "1", total))) if gap.line == "1")
    assert f"{amount} per 1 each is charged, 7.25 per 1 each was acknowledged" in gap.message
    assert gap.message.endswith(", which is less") is said
    assert gap.evidence["should be"] == "145.00"


@pytest.mark.parametrize(
    "price", [{"amount": "7.25", "per": "0", "unit": "each"}, {"amount": "87.00", "per": "1", "unit": "case"}]
)
def test_a_price_that_no_pieces_can_be_counted_in_differs(price: dict[str, str]) -> None:
    assert found(change={"lines.0.price": price}) == ["price-differs"]


@pytest.mark.parametrize(
    ("amount", "is_met"), [("145.00", True), ("145.01", False), ("144.99", False), ("145.001", False)]
)
def test_the_amount_is_quantity_times_price_to_the_cent(amount: str, is_met: bool) -> None:
    assert beside_sums(change={"lines.0.amount": amount}) == ([] if is_met else ["amount-differs"])


def test_half_a_cent_is_rounded_up_once() -> None:
    # 3 x 43.50 / 12 = 10.875
    assert beside_sums(change=line(1, "3", "43.50", "12", "10.88")) == []
    assert beside_sums(change=line(1, "3", "43.50", "12", "10.87")) == ["amount-differs"]


# Sums


def test_a_tax_is_its_rate_of_what_it_is_on_to_the_cent() -> None:
    assert found(change={"taxes.0.amount": "56.50", "total": "741.50"}) == ["tax-differs"]
    (gap,) = judge(judged(INVOICE, change={"taxes.0.amount": "56.52", "total": "741.52"}))
    assert gap.message == "8.25 % of 685.00 is 56.51, not 56.52"


def test_half_a_cent_of_tax_is_rounded_up() -> None:
    assert found(CREDIT) == []  # 8.25 % of 18.00 is 1.485
    assert found(CREDIT, change={"taxes.0.amount": "1.48", "total": "19.48"}) == ["tax-differs"]


def test_everything_is_taxed_or_said_to_be_free_of_tax() -> None:
    freight_free = {"taxes.0": {"rate": "8.25", "taxable": "673.00", "amount": "55.52"}, "total": "740.52"}
    assert found(change=freight_free) == ["tax-differs"]
    said = {**freight_free, "taxes.1": {"rate": "0", "taxable": "12.00", "amount": "0"}}
    assert found(change=said) == []


@pytest.mark.requirement("X2")
def test_the_rate_is_that_of_the_accounts_terms() -> None:
    other = {"taxes.0": {"rate": "7", "taxable": "685.00", "amount": "47.95"}, "total": "732.95"}
    assert found(change=other) == ["tax-differs"]
    assert found(change=other, order={"tax_rate": "7"}) == []
    assert found(change=other, order={"tax_rate": "7.00"}) == []


def test_an_invoice_without_taxes_needs_terms_without_taxes() -> None:
    untaxed = {"taxes": [], "total": "685.00"}
    (gap,) = judge(judged(INVOICE, change=untaxed))
    assert gap.message == "the invoice has no tax, the terms of order 7QM3KD2A say 8.25 %"
    assert found(change=untaxed, order={"tax_rate": "0"}) == []


@pytest.mark.parametrize(
    ("total", "is_met"), [("741.51", True), ("741.510", True), ("741.50", False), ("741.52", False)]
)
def test_the_total_is_lines_charges_and_taxes(total: str, is_met: bool) -> None:
    assert found(change={"total": total}) == ([] if is_met else ["total-differs"])


def test_an_allowance_is_taken_off() -> None:
    allowance = {"charges.0": {"kind": "promotion", "amount": "-12.00"}, "total": "715.53"}
    assert found(change={**allowance, "taxes.0": {"rate": "8.25", "taxable": "661.00", "amount": "54.53"}}) == []


# Dates, orders, currency


@pytest.mark.parametrize(
    ("day", "gaps"), [("2026-11-25", 0), ("2026-11-24", 1), ("2026-11-20", 1), ("2026-11-19", 2), ("2027-02-01", 0)]
)
def test_an_invoice_is_dated_neither_before_its_order_nor_before_its_shipment(day: str, gaps: int) -> None:
    # The shipment left on the 26th in UTC, which was the 25th where its clocks are behind.
    assert found(change={"invoiced_on": day}) == ["date-impossible"] * gaps


def test_an_invoice_that_names_no_shipment_is_compared_with_its_order_alone() -> None:
    assert found(change={"invoiced_on": "2026-11-20", "shipment": None}) == []
    assert found(change={"invoiced_on": "2026-11-20", "shipment": "S-77"}) == []
    undated = changed(good("shipment-cartons"), {"shipped_at": None})
    assert found(change={"invoiced_on": "2026-11-20"}, told=["order-response", undated]) == []


BOTH = {
    "orders": ["order", "second-order"],
    "told": ["order-response", "second-order-response", "shipment-cartons", "second-shipment"],
}


def test_an_invoice_may_charge_several_orders_where_the_guide_says_so() -> None:
    assert found(**BOTH) == ["several-orders"]
    assert found(**BOTH, conduct=Conduct(orders_an_invoice="many")) == []


def test_a_line_of_another_order_is_held_against_that_orders_shipments() -> None:
    many = Conduct(orders_an_invoice="many")
    second = {"purchase_order": "5WX8RB4T", "line": "1", "price": {"amount": "12.00", "per": "1", "unit": "each"}}
    for quantity, amount, gaps in (("6", "72.00", []), ("7", "84.00", ["more-than-shipped"])):
        own = {"lines.3": {**second, "quantity": quantity, "amount": amount}}
        assert beside_sums(**BOTH, conduct=many, change=own) == gaps


def test_an_invoice_is_in_the_currency_of_its_order() -> None:
    (gap,) = judge(judged(INVOICE, change={"currency": "EUR"}))
    assert gap.message == "the invoice is in EUR, order 7QM3KD2A in USD"


# What was sent before

ONCE_MORE = ["order-response", "shipment-cartons", INVOICE]


def test_an_invoice_that_was_taken_is_not_sent_again() -> None:
    (gap,) = judge(judged(INVOICE, told=ONCE_MORE, change={"revision": 1}))
    assert gap.rule == "invoice-stands"
    assert gap.evidence == {"document": "INV-1.0 sent", "acknowledgement": "accepted"}


def test_an_invoice_that_was_refused_is_sent_again_as_a_higher_revision() -> None:
    refused = {"event": "acknowledged", "sent": "INV-1.0 sent", "answer": "91", "by": "824", "verdict": "rejected"}
    assert found(told=ONCE_MORE, change={"revision": 1}, before=[refused]) == []


def test_another_invoice_does_not_stand_in_the_way() -> None:
    other = changed(good(INVOICE), {"invoice": "INV-7", "lines.0.quantity": "0"}, without=["lines.2", "lines.1"])
    assert found(told=["order-response", "shipment-cartons", other], change={"revision": 1}) == []


def test_an_invoice_over_two_orders_stands_once() -> None:
    first = changed(good(INVOICE), {"lines.3": {**good(INVOICE)["lines"][0], "purchase_order": "5WX8RB4T"}})
    told = [*BOTH["told"], first]
    many = Conduct(orders_an_invoice="many")
    assert found(orders=BOTH["orders"], told=told, conduct=many, change={"revision": 1}) == ["invoice-stands"]


@pytest.mark.parametrize("credited", ["INV-9", None])
def test_a_credit_note_names_an_invoice_that_has_left(credited: str | None) -> None:
    assert found(CREDIT, change={"credits": credited}) == ["credit-unknown"]


def test_a_credit_note_of_an_invoice_that_waits_has_nothing_to_take_back() -> None:
    assert found(CREDIT, told=["order-response", "shipment-cartons"]) == ["more-than-shipped", "credit-unknown"]
