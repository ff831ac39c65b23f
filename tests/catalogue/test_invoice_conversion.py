"""From the ERP's invoice to the partner's: units, prices in the order's basis, parties, terms, taxes and charges."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.catalogue import AccountTerms, Booked, Gap, Location, to_erp, to_partner_invoice
from gateway.catalogue.account import PriceBasis
from gateway.documents import ErpInvoice, Invoice, Shipment
from tests.catalogue.shop import ACCOUNT, ITEMS, a_case, a_line, an_order

US = Location(code="k", role="company", name="K INC", city="RENO", vat_id="US1")
HALL = Location(code="W1", role="ship-from", time_zone="America/Los_Angeles")
TERMS = (AccountTerms(account="VEND7", net_days=60),)
SHIPMENT = Shipment.model_validate(
    {
        "partner": "shop",
        "shipment": "S7",
        "ship_from": {"code": "W1"},
        "shipped_at": datetime(2026, 11, 27, 3, 0, tzinfo=UTC),
    }
)


def booked(number: str = "P7", basis: PriceBasis = "ordered-unit", **changes: Any) -> Booked:
    order = an_order(a_line(price_basis="PE"), a_case(), number=number, **changes)
    account = replace(ACCOUNT, price_basis=basis)
    return Booked(order=order, sales_order=to_erp(order, "shop", account, ITEMS).document, account=account)


def a_line_of(line: str, quantity: str, price: str, amount: str, per: str = "1", **changes: Any) -> dict[str, Any]:
    asked = {"amount": price, "per": per, "unit": changes.pop("unit", "each")}
    return {"purchase_order": "P7", "line": line, "quantity": quantity, "price": asked, "amount": amount} | changes


EACH = a_line_of("1", "24", "7.25", "174")


def an_invoice(*lines: dict[str, Any], **changes: Any) -> ErpInvoice:
    head = {"partner": "shop", "invoice": "I7", "invoiced_on": "2026-11-27", "currency": "USD", "total": "174"}
    return ErpInvoice.model_validate(head | {"lines": lines or (EACH,)} | changes)


def charged(
    invoice: ErpInvoice,
    order: Booked | None = None,
    shipment: Shipment | None = SHIPMENT,
    locations: tuple[Location, ...] = (US, HALL),
    terms: tuple[AccountTerms, ...] = TERMS,
) -> tuple[Invoice | None, tuple[Gap, ...]]:
    orders = {"P7": order or booked()}
    return to_partner_invoice(invoice, orders, shipment, locations, terms, partner="shop", purpose="original")


def the_invoice(*args: Any, **options: Any) -> Invoice:
    invoice, gaps = charged(*args, **options)
    assert gaps == ()
    assert invoice is not None
    return invoice


@pytest.mark.requirement("V13")
def test_lines_go_back_in_the_ordered_unit_id_and_price() -> None:
    invoice = the_invoice(an_invoice(EACH, a_line_of("2", "18", "20.00", "40", per="9")))
    said = [
        (
            line.line,
            line.purchase_order,
            str(line.invoiced.value),
            line.invoiced.code,
            str(line.price),
            str(line.amount),
        )
        for line in invoice.lines
    ]
    assert said == [("1", "P7", "24", "EA", "7.25", "174.00"), ("2", "P7", "2", "CA", "20", "40.00")]
    assert [line.price_basis for line in invoice.lines] == ["PE", None]
    assert invoice.lines[1].case_gtin == "10614141543219"


@pytest.mark.requirement("V13")
@pytest.mark.parametrize(
    ("basis", "price", "per", "amount", "said"),
    [
        ("ordered-unit", "20", "9", "40.00", "20"),
        ("ordered-unit", "40", "18", "40.00", "20"),  # the same price, said otherwise
        ("ordered-unit", "2.2222", "1", "40.00", "20"),  # rounded by the ERP, for the order's amount
        ("ordered-unit", "2", "1", "36.00", "18"),  # another price, for the case that was ordered
        ("ordered-unit", "1.005", "1", "18.09", "9.045"),
        ("each", "20", "1", "360.00", "20"),
        ("each", "180", "9", "360.00", "20"),
        ("each", "171", "9", "342.00", "19"),
    ],
)
def test_a_price_is_said_per_what_the_order_asks_it_for(
    basis: PriceBasis, price: str, per: str, amount: str, said: str
) -> None:
    invoice = the_invoice(an_invoice(a_line_of("2", "18", price, amount, per=per)), booked(basis=basis))
    assert str(invoice.lines[0].price) == said


@pytest.mark.parametrize(("price", "per", "unit"), [("20", "7", "each"), ("20", "0", "each"), ("20", "1", "case")])
def test_a_price_that_cannot_be_said_exactly_is_a_gap(price: str, per: str, unit: str) -> None:
    invoice, gaps = charged(an_invoice(a_line_of("2", "18", price, "50", per=per, unit=unit)))
    assert invoice is None
    assert [(gap.rule, gap.line, gap.evidence["per"]) for gap in gaps] == [("price-unsayable", "2", per)]


def test_the_head_comes_from_the_order_the_masters_and_the_shipment() -> None:
    order = booked(bill_to={"code": "B1"}, vendor={"code": "V7"})
    invoice = the_invoice(an_invoice(), order)
    assert (invoice.kind, invoice.number, invoice.purchase_order, invoice.ordered_on) == (
        "invoice",
        "I7",
        "P7",
        date(2026, 11, 20),
    )
    assert invoice.delivered_on == date(2026, 11, 26)  # as the calendar had it in Reno
    assert invoice.terms is not None
    assert invoice.terms.net_days == 60
    assert invoice.remit_to is not None
    assert invoice.vendor is not None
    assert (invoice.remit_to.code, invoice.remit_to.name) == ("VEND7", ("K INC",))
    assert (invoice.vendor.code, invoice.vendor.city, invoice.vendor.vat) == ("V7", "RENO", "US1")
    assert (invoice.ship_to, invoice.bill_to) == (order.order.ship_to, order.order.bill_to)
    assert str(invoice.total) == "174.00"


def test_without_a_departure_there_is_no_day_of_supply() -> None:
    assert the_invoice(an_invoice(), shipment=None).delivered_on is None
    stays = SHIPMENT.model_copy(update={"shipped_at": None})
    assert the_invoice(an_invoice(), shipment=stays).delivered_on is None


def test_an_invoice_of_several_orders_names_them_on_its_lines_alone() -> None:
    other = EACH | {"purchase_order": "P8"}
    orders = {"P7": booked(), "P8": booked("P8")}
    invoice, gaps = to_partner_invoice(
        an_invoice(EACH, other), orders, SHIPMENT, (US, HALL), TERMS, partner="shop", purpose="replace"
    )
    assert gaps == ()
    assert invoice is not None
    assert (invoice.purpose, invoice.purchase_order, invoice.ordered_on) == ("replace", None, None)
    assert [line.purchase_order for line in invoice.lines] == ["P7", "P8"]


def test_orders_of_several_accounts_are_not_charged_together() -> None:
    orders = {"P7": booked(), "P8": replace(booked("P8"), account=replace(ACCOUNT, name="VEND8"))}
    lines = an_invoice(EACH, EACH | {"purchase_order": "P8"})
    invoice, gaps = to_partner_invoice(lines, orders, None, (US,), TERMS, partner="shop", purpose="original")
    assert invoice is None
    assert [gap.rule for gap in gaps] == ["accounts-differ"]


def test_a_single_tax_rate_is_that_of_every_line() -> None:
    invoice = the_invoice(an_invoice(taxes=[{"rate": "19", "taxable": "174", "amount": "33.06"}]))
    assert [line.vat_rate for line in invoice.lines] == [19]
    assert [(str(tax.rate), str(tax.taxable), str(tax.amount)) for tax in invoice.taxes] == [("19", "174.00", "33.06")]


def test_with_several_rates_a_line_says_its_own() -> None:
    taxes = [{"rate": "19", "taxable": "174", "amount": "33.06"}, {"rate": "7", "taxable": "1", "amount": "0.07"}]
    invoice = the_invoice(an_invoice(EACH | {"tax_rate": "7"}, taxes=taxes))
    assert invoice.lines[0].vat_rate == 7
    nothing, gaps = charged(an_invoice(taxes=taxes))
    assert nothing is None
    assert [(gap.rule, gap.line, gap.evidence["rates"]) for gap in gaps] == [("tax-rate-missing", "1", "19, 7")]


def test_a_negative_charge_is_an_allowance() -> None:
    charges = [{"kind": "Freight", "amount": "12.5", "description": "TO FC"}, {"kind": "discount", "amount": "-3"}]
    said = [
        (charge.indicator, charge.kind, str(charge.amount), charge.description)
        for charge in the_invoice(an_invoice(charges=charges)).charges
    ]
    assert said == [("charge", "freight", "12.50", "TO FC"), ("allowance", "discount", "3.00", None)]


def test_a_credit_note_names_the_invoice_it_is_about() -> None:
    invoice = the_invoice(an_invoice(kind="credit-note", credits="I6"))
    assert (invoice.kind, invoice.credits) == ("credit_note", "I6")


@pytest.mark.parametrize(
    ("lines", "options", "rules"),
    [
        ([a_line_of("9", "1", "1", "1")], {}, ["line-unknown"]),
        ([EACH | {"purchase_order": "P0"}], {}, ["order-unknown"]),
        ([a_line_of("2", "10", "20", "22.22", per="9")], {}, ["not-integral"]),
        ([EACH], {"locations": (HALL,)}, ["location-missing"]),
        ([EACH], {"locations": (US,)}, ["location-missing"]),
        ([EACH], {"locations": (US, replace(HALL, time_zone=""))}, ["time-zone-missing"]),
        ([EACH], {"shipment": SHIPMENT.model_copy(update={"ship_from": None})}, ["time-zone-missing"]),
        ([EACH], {"terms": ()}, ["terms-missing"]),
        ([EACH], {"terms": (AccountTerms(account="VEND7"),)}, ["terms-missing"]),
    ],
)
def test_what_keeps_an_invoice_from_being_given_is_a_gap(
    lines: list[dict[str, Any]], options: dict[str, Any], rules: list[str]
) -> None:
    invoice, gaps = charged(an_invoice(*lines), **options)
    assert invoice is None
    assert [gap.rule for gap in gaps] == rules
