"""Invoices and credit memos of SAP: their amounts as they stand, taxes, charges, and what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

import pytest

from gateway.documents import ErpInvoice, SalesOrder
from gateway.documents.money import round_half_up
from gateway.documents.sap import (
    SapBilling,
    SapBillingItem,
    SapCondition,
    SapItemReference,
    SapReference,
    SapSum,
    SapTax,
)
from gateway.sap.billings import from_sap_billing, orders_billed
from tests.sap.shop import PROFILE, Memory, a_line, an_order, day, knowing, number, profile

ORDER = an_order(a_line("1", 24), a_line("2", 5))


@dataclass
class Counting(Memory):
    """What is known, and how often it was asked for orders."""

    asked: int = 0

    def sales_orders(self, partner: str, purchase_order: str) -> Sequence[SalesOrder]:
        self.asked += 1
        return super().sales_orders(partner, purchase_order)


def item(**changes: Any) -> SapBillingItem:
    head = {
        "position": "000010",
        "quantity": number("24.000"),
        "unit": "PCE",
        "customer_order": SapItemReference(number="7Q8K2W1P", line="000001"),
        "net_price": number("5.00"),
        "net_value": number("120.00"),
    }
    return SapBillingItem(**(head | changes))


def billing(*items: SapBillingItem, **changes: Any) -> SapBilling:
    head = {
        "currency": "EUR",
        "kind": "INVO",
        "invoice": SapReference(number="0090000456"),
        "billed_on": day("2026-11-29"),
        "items": items or (item(),),
        "gross": SapSum(amount=number("142.80")),
    }
    return SapBilling(**(head | changes))


def charged(said: SapBilling) -> ErpInvoice:
    invoice, findings = from_sap_billing(said, "amazon-eu", PROFILE, knowing(ORDER))
    assert findings == ()
    assert invoice is not None
    return invoice


def test_amounts_are_handed_on_as_they_stand() -> None:
    invoice = charged(billing())
    assert (invoice.invoice, invoice.kind, str(invoice.invoiced_on), str(invoice.total)) == (
        "90000456",
        "invoice",
        "2026-11-29",
        "142.80",
    )
    (line,) = invoice.lines
    assert (line.purchase_order, line.line, str(line.quantity), str(line.amount)) == ("7Q8K2W1P", "1", "24", "120.00")
    assert invoice.taxes == ()


@pytest.mark.parametrize(
    ("prices", "amount", "per"),
    [
        ({"price": number("43.50"), "price_per": number("12")}, "43.50", "12"),
        ({"price": None, "price_per": number("10.00")}, "5.00", "10"),
        ({"net_price": None}, "120.00", "24"),
        ({"net_price": None, "quantity": None}, "120.00", "1"),
    ],
)
def test_a_price_is_for_as_many_pieces_as_sap_says(prices: dict[str, Any], amount: str, per: str) -> None:
    (line,) = charged(billing(item(**prices))).lines
    assert (str(line.price.amount), str(line.price.per), line.price.unit) == (amount, per, "each")


def test_without_a_net_value_the_gross_value_counts() -> None:
    (line,) = charged(billing(item(net_value=None, gross_value=number("130.00")))).lines
    assert str(line.amount) == "130.00"


def test_the_order_may_stand_in_the_head_and_the_line_in_the_item() -> None:
    said = billing(item(customer_order=None, position="000002"), customer_order=SapReference(number="7Q8K2W1P"))
    assert [(line.purchase_order, line.line) for line in charged(said).lines] == [("7Q8K2W1P", "2")]
    assert orders_billed(said) == ("7Q8K2W1P",)


def test_the_delivery_may_stand_in_the_head_or_in_the_items() -> None:
    reference = SapReference(number="0080000123")
    assert charged(billing(delivery=reference)).shipment == "80000123"
    assert charged(billing(item(delivery=SapItemReference(number="0080000123")))).shipment == "80000123"
    assert charged(billing()).shipment is None


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ({"billed_on": None, "invoiced_on": day("2026-11-30")}, "2026-11-30"),
        (
            {"billed_on": None, "invoice": SapReference(number="1", dated_on=day("2026-12-01"))},
            "2026-12-01",
        ),
        ({"billed_on": None, "invoice": None, "number": "7", "invoiced_on": day("2026-12-02")}, "2026-12-02"),
    ],
)
def test_the_day_is_the_first_that_is_told(head: dict[str, Any], wanted: str) -> None:
    assert str(charged(billing(**head)).invoiced_on) == wanted


# Taxes


def test_tax_of_one_rate_is_on_all_lines() -> None:
    whole = (SapTax(code="A1", rate=number("19.000"), amount=number("22.80")),)
    (tax,) = charged(billing(taxes=whole)).taxes
    assert (str(tax.rate), str(tax.taxable), str(tax.amount)) == ("19", "120.00", "22.80")


def test_taxes_of_several_rates_are_on_the_lines_of_each() -> None:
    items = (
        item(taxes=(SapTax(rate=number("19")),)),
        item(net_value=number("10.00"), taxes=(SapTax(rate=number("7.0")),)),
    )
    whole = (
        SapTax(rate=number("19"), amount=number("22.80")),
        SapTax(rate=number("7"), amount=number("0.70")),
        SapTax(rate=number("0")),
    )
    invoice = charged(billing(*items, taxes=whole))
    assert [(str(tax.rate), str(tax.taxable), str(tax.amount)) for tax in invoice.taxes] == [
        ("19", "120.00", "22.80"),
        ("7", "10.00", "0.70"),
    ]
    assert [str(line.tax_rate) for line in invoice.lines] == ["19", "7"]


A1 = SapTax(code="A1", rate=number("19.000"), amount=number("22.80"))
A2 = SapTax(code="A2", rate=number("19.000"), amount=number("4.75"))


def the_taxes(said: SapBilling) -> list[tuple[str, str, str]]:
    """The taxes of an invoice that its gate lets pass."""
    invoice = charged(said)
    net = sum([line.amount for line in invoice.lines] + [charge.amount for charge in invoice.charges])
    assert sum(tax.taxable for tax in invoice.taxes) == net
    assert all(tax.amount == round_half_up(tax.taxable * tax.rate / 100, "EUR") for tax in invoice.taxes)
    return [(str(tax.rate), str(tax.taxable), str(tax.amount)) for tax in invoice.taxes]


def test_two_codes_of_one_rate_are_one_tax() -> None:
    said = billing(item(taxes=(A1,)), item(net_value=number("25.00"), taxes=(A2,)), taxes=(A1, A2))
    assert the_taxes(said) == [("19", "145.00", "27.55")]


@pytest.mark.parametrize("code", [{}, {"tax_code": "A1"}, {"tax_rate": number("19")}])
def test_with_one_rate_tax_is_on_charges_too(code: dict[str, Any]) -> None:
    freight = SapCondition(kind="HD00", amount=number("10.00"), **code)
    whole = A1.model_copy(update={"amount": number("24.70")})
    assert the_taxes(billing(item(taxes=(A1,)), conditions=(freight,), taxes=(whole,))) == [("19", "130.00", "24.70")]


@pytest.mark.parametrize("code", [{"tax_code": "A7"}, {"tax_code": "A7", "tax_rate": number("7.000")}])
def test_with_several_rates_a_charge_is_taxed_by_its_code(code: dict[str, Any]) -> None:
    seven = SapTax(code="A7", rate=number("7.000"), amount=number("1.40"))
    freight = SapCondition(kind="HD00", amount=number("10.00"), **code)
    items = (item(taxes=(A1,)), item(net_value=number("10.00"), taxes=(SapTax(code="A7"),)))
    assert the_taxes(billing(*items, conditions=(freight,), taxes=(A1, seven))) == [
        ("19", "120.00", "22.80"),
        ("7", "20.00", "1.40"),
    ]


@pytest.mark.parametrize("head", [(A1,), (A1, SapTax(code="A0", rate=number("0.000"), amount=number("0.00")))])
def test_what_is_free_of_tax_stands_beside_what_is_taxed(head: tuple[SapTax, ...]) -> None:
    free = item(net_value=number("10.00"), taxes=(SapTax(code="A0", rate=number("0.000")),))
    assert the_taxes(billing(item(taxes=(A1,)), free, taxes=head)) == [("19", "120.00", "22.80"), ("0", "10.00", "0")]


def test_an_invoice_of_which_nothing_is_taxed_has_no_taxes() -> None:
    free = SapTax(code="A0", rate=number("0.000"), amount=number("0.00"))
    assert charged(billing(item(taxes=(free,)), taxes=(free,))).taxes == ()


def test_what_names_no_rate_of_several_is_left_for_the_gate() -> None:
    seven = SapTax(code="A7", rate=number("7.000"), amount=number("0.70"))
    odd = item(net_value=number("5.00"), taxes=(SapTax(rate=number("5")),))
    items = (item(taxes=(A1,)), item(net_value=number("10.00"), taxes=(seven,)), item(net_value=number("3.00")), odd)
    assert [str(tax.taxable) for tax in charged(billing(*items, taxes=(A1, seven))).taxes] == ["120.00", "10.00"]


def test_a_code_without_a_rate_has_that_of_its_row() -> None:
    whole = (SapTax(code="A1", amount=number("22.80")),)
    assert [str(tax.rate) for tax in charged(billing(taxes=whole)).taxes] == ["19"]


# Charges and credits


def test_conditions_beside_the_items_are_charges() -> None:
    conditions = (
        SapCondition(sign="+", kind="HD00", amount=number("4.99")),
        SapCondition(sign="-", kind="RB00", amount=number("1.00")),
        SapCondition(kind="HD00"),
    )
    assert [(each.kind, str(each.amount)) for each in charged(billing(conditions=conditions)).charges] == [
        ("shipping", "4.99"),
        ("promotion", "-1.00"),
        ("shipping", "0"),
    ]


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_credit_memo_says_what_is_given_back_without_a_sign(sign: str) -> None:
    said = billing(
        item(quantity=number(f"{sign}24.000"), net_value=number(f"{sign}120.00"), net_price=number("5.00")),
        kind="CRME",
        gross=SapSum(amount=number(f"{sign}142.80")),
        taxes=(SapTax(rate=number("19"), amount=number(f"{sign}22.80")),),
        conditions=(SapCondition(kind="HD00", amount=number(f"{sign}4.99")),),
        credited=SapReference(number="0090000001"),
    )
    invoice = charged(said)
    assert (invoice.kind, invoice.credits, str(invoice.total)) == ("credit-note", "90000001", "142.80")
    assert [(str(line.quantity), str(line.amount)) for line in invoice.lines] == [("24", "120.00")]
    no_price = said.items[0].model_copy(update={"net_price": None})
    (line,) = charged(said.model_copy(update={"items": (no_price,)})).lines
    assert (str(line.price.amount), str(line.price.per)) == ("120.00", "24")
    assert [(str(tax.taxable), str(tax.amount)) for tax in invoice.taxes] == [("124.99", "22.80")]
    assert [str(charge.amount) for charge in invoice.charges] == ["4.99"]


@pytest.mark.parametrize("credited", [None, SapReference()])
def test_a_credit_memo_may_name_no_invoice(credited: SapReference | None) -> None:
    assert charged(billing(kind="CRME", credited=credited)).credits is None
    assert charged(billing(credited=SapReference(number="1"))).credits is None


def test_the_profile_says_which_kind_is_what() -> None:
    kinds = {"GSCHR": "credit-note", "DEBI": "invoice"}
    for kind, wanted in kinds.items():
        invoice, findings = from_sap_billing(
            billing(kind=kind), "amazon-eu", profile(billing_kinds=kinds), knowing(ORDER)
        )
        assert (findings, invoice and invoice.kind) == ((), wanted)


def test_an_invoice_of_thousands_of_lines_asks_for_its_order_once() -> None:
    order = an_order(*(a_line(str(line), 1) for line in range(1, 4001)))
    known = Counting(orders=(order,))
    items = (
        item(position=f"{line:06}", customer_order=SapItemReference(number="7Q8K2W1P", line=f"{line:06}"))
        for line in range(1, 4001)
    )
    begun = process_time()
    invoice, _ = from_sap_billing(billing(*items), "amazon-eu", PROFILE, known)
    assert process_time() - begun < 2
    assert invoice is not None
    assert [line.line for line in invoice.lines] == [line.line for line in order.lines]
    assert known.asked == 1


# What cannot be understood


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (billing(invoice=None), "it has no number"),
        (billing(billed_on=None), "it has no day"),
        (billing(invoice=None, number="1", billed_on=None), "it has no day"),
        (billing(currency=None), "it has no currency"),
        (billing(gross=None, kind="CRME"), "it has no gross total"),
        (billing(item(customer_order=None)), "item 000010 names no purchase order"),
        (billing(item(position=None, customer_order=SapItemReference(number="7Q8K2W1P"))), "names no line"),
        (billing(item(unit="XYZ")), '[erp.sap.units] XYZ = "each"'),
        (billing(item(net_value=None)), "line 1 has no net value"),
        (billing(taxes=(SapTax(code="Q9", amount=number("1")),)), '[erp.sap.taxes] Q9 = "19"'),
        (billing(taxes=(SapTax(),)), "[erp.sap.taxes] None"),
        (billing(conditions=(SapCondition(kind="ZZZZ"),)), '[erp.sap.conditions] ZZZZ = "freight"'),
        (billing(conditions=(SapCondition(),)), "the condition type"),
        (billing(conditions=(SapCondition(kind="HD00", tax_code="Q9"),)), '[erp.sap.taxes] Q9 = "19"'),
        (billing(kind="GSCHR"), '[erp.sap.billing_kinds] GSCHR = "invoice"'),
        (billing(kind=None), '[erp.sap.billing_kinds] ... = "invoice"'),
    ],
)
def test_what_is_not_understood_is_said(said: SapBilling, says: str) -> None:
    invoice, findings = from_sap_billing(said, "amazon-eu", PROFILE, knowing(ORDER))
    assert invoice is None
    assert any(says in finding.message for finding in findings)
