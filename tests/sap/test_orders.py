"""Sales orders for SAP: what each line has become, who gets the goods, and what keeps an order from being said."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.catalogue import Items, Location
from gateway.documents import SalesOrder
from gateway.documents.quantity import Quantity
from gateway.documents.sap import SapOrder, SapTextBlock, SapTextLine
from gateway.sap.known import Known
from gateway.sap.order_texts import ordered_in
from gateway.sap.orders import kind_of, to_sap_order
from gateway.sap.profile import SapProfile
from gateway.sap.tables import SapSales
from tests.sap.shop import AT, PROFILE, a_line, a_sale, an_order, knowing, number, profile


def said(order: SalesOrder, known: Known | None = None, **changes: Any) -> SapOrder:
    document, gaps = to_sap_order(order, profile(**changes), known or knowing(), AT)
    assert gaps == ()
    assert document is not None
    return document


def rules(order: SalesOrder, known: Known | None = None, config: SapProfile = PROFILE) -> list[str]:
    document, gaps = to_sap_order(order, config, known or knowing(), AT)
    assert document is None
    return [gap.rule for gap in gaps]


def texts(document: SapOrder) -> list[str | None]:
    return [line.text for text in document.texts for line in text.lines]


# Lines


def test_a_case_line_is_said_in_pieces_and_its_text_says_what_was_ordered() -> None:
    case = {"value": "10", "unit": "case", "code": "CA"}
    price = {"amount": "43.50", "per": "12", "unit": "each"}
    document = said(an_order(a_line("2", 120, ordered=case, price=price, amount="435")))
    (item,) = document.items
    assert (item.position, str(item.quantity), item.unit) == ("000002", "120.000", "PCE")
    assert (str(item.price), str(item.price_per), str(item.net)) == ("43.50", "12", "435.00")
    assert "line 2: 10 CA converted to 120 PCE by gateway" in texts(document)
    assert ordered_in(document.texts, "2", number("120")) == Quantity(value=number("10"), unit="case", code="CA")
    assert ordered_in(document.texts, "1", number("7")) == Quantity(value=number("7"), unit="each")


def test_a_unit_without_a_code_is_said_by_its_word() -> None:
    ordered = {"value": "2", "unit": "item"}
    assert "line 1: 2 item converted to 24 PCE by gateway" in texts(said(an_order(a_line(ordered=ordered))))


def test_a_text_without_words_of_ours_says_nothing_of_a_line() -> None:
    blocks = [SapTextBlock(lines=(SapTextLine(text="call before delivery"), SapTextLine()))]
    assert ordered_in(blocks, "1", number("3")) == Quantity(value=number("3"), unit="each")


def test_item_ids_come_from_the_item_master() -> None:
    document = said(an_order(a_line("1"), a_line("2", 5)))
    first, second = document.items
    assert (first.material, first.customer_item, first.ean) == ("SKU-1", "B00EXAMPLE", "4006381333931")
    assert (second.material, second.customer_item, second.ean) == ("SKU-2", None, None)


def test_a_line_that_is_no_number_stands_beside_its_position() -> None:
    (item,) = said(an_order(a_line("A-17"))).items
    assert item.position == "900001"
    assert item.customer_order is not None
    assert (item.customer_order.line, item.customer_order.reference) == ("900001", "A-17")


def test_a_price_for_a_part_of_a_piece_is_a_gap() -> None:
    assert rules(an_order(a_line(price={"amount": "1", "per": "0.5", "unit": "each"}))) == ["cannot-be-said"]


# Revisions


def test_the_first_order_is_new_line_by_line() -> None:
    document = said(an_order(a_line("1"), a_line("2")))
    assert [item.action for item in document.items] == ["001", "001"]
    assert kind_of(an_order(), knowing()) == "sales-order"


def test_a_change_says_of_each_line_what_has_become_of_it() -> None:
    before = an_order(a_line("1", 24), a_line("2", 5), a_line("3", 7), a_line("4", 0), a_line("9", 1))
    dearer = a_line("3", 7, price={"amount": "6.00", "per": "1", "unit": "each"})
    after = an_order(a_line("1", 24), a_line("2", 6), dearer, a_line("4", 2), a_line("5", 1), revision=1)
    known = knowing(before, after)
    document = said(after, known)
    assert kind_of(after, known) == "sales-order-change"
    actions = {item.position: item.action for item in document.items}
    assert actions == {
        "000001": "004",
        "000002": "002",
        "000003": "002",
        "000004": "001",
        "000005": "001",
        "000009": "003",
    }
    gone = document.items[-1]
    assert (str(gone.quantity), str(gone.net)) == ("0.000", "0.00")


def test_a_line_of_no_pieces_is_cancelled() -> None:
    document = said(an_order(a_line("1", 0)))
    assert [item.action for item in document.items] == ["003"]


def test_lines_keep_their_positions_over_revisions() -> None:
    before = an_order(a_line("A"), a_line("B"))
    after = an_order(a_line("B"), a_line("C"), revision=1)
    positions = {item.material: item.position for item in said(after, knowing(before, after)).items}
    assert positions == {"SKU-A": "900001", "SKU-B": "900002", "SKU-C": "900003"}


# Dates


@pytest.mark.parametrize(
    ("window", "which", "wanted"),
    [
        ({"not_before": "2026-11-25", "not_after": "2026-12-02"}, "first", "2026-11-25"),
        ({"not_before": "2026-11-25", "not_after": "2026-12-02"}, "last", "2026-12-02"),
        ({"not_before": "2026-11-10", "not_after": "2026-12-02"}, "first", "2026-11-20"),  # SAP refuses a past day
        ({"not_before": "2026-11-01", "not_after": "2026-11-02"}, "first", "2026-11-01"),
        ({"not_after": "2026-12-02"}, "first", "2026-12-02"),
    ],
)
def test_the_requested_day_is_one_of_the_window(window: dict[str, str], which: str, wanted: str) -> None:
    document = said(an_order(window=window), delivery_day=which)
    assert str(document.requested_on) == wanted
    assert [str(line.due_on) for item in document.items for line in item.schedule] == [wanted]


@pytest.mark.parametrize("window", [None, {}])
def test_an_order_without_a_window_asks_for_no_day(window: dict[str, str] | None) -> None:
    document = said(an_order(window=window))
    assert document.requested_on is None
    assert document.items[0].schedule == ()
    assert document.texts == ()


def test_a_whole_window_stands_in_the_text() -> None:
    window = {"not_before": "2026-11-25", "not_after": "2026-12-02"}
    assert texts(said(an_order(window=window))) == ["deliver from 2026-11-25 until 2026-12-02"]


# Partners


def test_the_account_is_our_vendor_number_and_the_address_stands_on_the_ship_to_alone() -> None:
    sold_to, ship_to = said(an_order()).partners
    assert (sold_to.role, sold_to.number, sold_to.vendor, sold_to.name) == ("AG", "0000100234", "ABCDE", None)
    assert (ship_to.role, ship_to.number, ship_to.gln, ship_to.name) == (
        "WE",
        "0000100234",
        "5450534000017",
        "Amazon FC FRA1",
    )


def test_a_place_with_a_number_of_its_own_needs_no_address() -> None:
    sales = {"AMAZON-EU": SapSales(number="100234", ship_to={"PHX6": "100300"}, bill_to="100400", payer="100500")}
    document = said(an_order(ship_to={"code": "PHX6"}), sales=sales)
    found = {each.role: (each.number, each.vendor) for each in document.partners}
    assert found == {
        "AG": ("0000100234", "ABCDE"),
        "WE": ("0000100300", "PHX6"),
        "RE": ("0000100400", None),
        "RG": ("0000100500", None),
    }


def test_a_place_without_number_and_address_is_a_gap_and_no_wrong_delivery() -> None:
    assert rules(an_order(ship_to={"code": "PHX6"})) == ["location-missing"]


def test_a_place_without_a_street_has_none() -> None:
    known = knowing(locations=(Location(code="PHX6", role="ship-to"),))
    _, ship_to = said(an_order(ship_to={"code": "PHX6"}), known).partners
    assert (ship_to.name, ship_to.street) == (None, None)


@pytest.mark.parametrize("place", [None, {"code": None}])
def test_an_order_without_a_place_goes_to_the_customer(place: dict[str, None] | None) -> None:
    _, ship_to = said(an_order(ship_to=place)).partners
    assert (ship_to.number, ship_to.vendor, ship_to.gln) == ("0000100234", None, None)


def test_a_customer_without_a_row_is_its_own_number() -> None:
    document = said(an_order(customer="4711"))
    assert document.partners[0].number == "0000004711"
    assert (document.organisation, document.order_type) == (None, None)


def test_a_customer_whose_name_is_no_number_of_sap_needs_a_row() -> None:
    document, (gap,) = to_sap_order(an_order(customer="AMAZON-EUROPE"), PROFILE, knowing(), AT)
    assert document is None
    assert gap.remedy == 'add to config.toml: [erp.sap.sales."AMAZON-EUROPE"] number = "..."'


# Orders of a marketplace


def test_a_thousand_buyers_are_one_customer() -> None:
    buyers = [{"name": f"Buyer {count}", "street": [f"Street {count}"], "city": "Köln"} for count in range(1000)]
    partners = [said(a_sale(buyer=buyer)).partners for buyer in buyers]
    assert {each.number for pair in partners for each in pair} == {"0000100900"}
    assert len({pair[1].name for pair in partners}) == 1000
    assert {pair[0].name for pair in partners} == {None}


def test_the_order_of_a_buyer_is_known_by_its_number_in_full_and_in_18_characters() -> None:
    document = said(a_sale())
    assert document.customer_order is not None
    assert document.customer_order.number == "302-1234567-1234567"
    assert document.assignment is not None
    assert document.assignment.number == "302-1234567-123456"
    assert document.partners[0].vendor is None


def test_a_buyer_who_says_little_is_said_as_he_is() -> None:
    _, ship_to = said(a_sale(buyer={"state": "NRW"})).partners
    assert (ship_to.name, ship_to.city, ship_to.region) == (None, None, "NRW")


def test_revenue_that_comes_with_the_settlement_has_an_order_type_of_its_own() -> None:
    assert said(a_sale(revenue="settlement")).order_type == "ZSE"
    assert said(a_sale(revenue="order")).order_type == "OR"
    assert rules(an_order(revenue="settlement")) == ["sap-row-missing"]


def test_prices_that_include_tax_need_an_order_type_that_takes_them_so() -> None:
    order = a_sale(a_line(tax="3.83"), prices_include_tax=True)
    document, (gap,) = to_sap_order(order, PROFILE, knowing(), AT)
    assert document is None
    assert (gap.rule, gap.remedy) == (
        "sap-row-missing",
        'add to config.toml: [erp.sap.sales."BUYERS"] gross_order_type = "..."',
    )
    _, (gap,) = to_sap_order(a_sale(prices_include_tax=True, revenue="settlement"), PROFILE, knowing(), AT)
    assert "gross_settlement_order_type" in gap.remedy


def test_a_price_that_includes_tax_goes_as_it_is_and_the_net_value_without_tax() -> None:
    row = SapSales(number="100900", order_type="OR", gross_order_type="ZGR", gross_settlement_order_type="ZGS")
    order = a_sale(a_line("1", 24, tax="19.16"), prices_include_tax=True)
    document = said(order, sales={"BUYERS": row})
    (item,) = document.items
    assert (document.order_type, str(item.price), str(item.net)) == ("ZGR", "5.00", "100.84")
    assert document.net_value is not None
    assert str(document.net_value.amount) == "100.84"
    assert said(a_sale(prices_include_tax=True, revenue="settlement"), sales={"BUYERS": row}).order_type == "ZGS"
    assert said(a_sale(), sales={"BUYERS": row}).order_type == "OR"


def test_without_the_tax_of_a_gross_line_its_net_value_is_not_told() -> None:
    sales = {"BUYERS": SapSales(number="100900", gross_order_type="ZGR")}
    document = said(a_sale(a_line("1", 1), a_line("2", 0), prices_include_tax=True), sales=sales)
    assert [item.net for item in document.items] == [None, number("0.00")]
    assert document.net_value is None


@pytest.mark.parametrize(
    ("amount", "per", "currency", "wanted"),
    [
        ("0.0725", "1", "EUR", ("7.25", "100")),
        ("0.725", "1", "EUR", ("7.25", "10")),
        ("43.50000", "12", "EUR", ("43.50000", "12")),
        ("0.12345", "12", "EUR", ("123.45", "12000")),
        ("7.5", "1", "JPY", ("75", "10")),
    ],
)
def test_a_price_with_too_many_decimals_is_said_for_more_pieces(
    amount: str, per: str, currency: str, wanted: tuple[str, str]
) -> None:
    price = {"amount": amount, "per": per, "unit": "each"}
    (item,) = said(an_order(a_line(price=price), currency=currency)).items
    assert (str(item.price), str(item.price_per)) == wanted


@pytest.mark.parametrize(("amount", "per"), [("0.000001", "1"), ("0.0001", "12000")])
def test_a_price_that_no_number_of_pieces_makes_whole_is_a_gap(amount: str, per: str) -> None:
    assert rules(an_order(a_line(price={"amount": amount, "per": per, "unit": "each"}))) == ["cannot-be-said"]


def test_days_are_those_of_the_clocks_of_the_profile() -> None:
    late = AT.replace(hour=23, minute=30)  # half past midnight of the 21st in Berlin
    order = an_order(window={"not_before": "2026-11-10", "not_after": "2026-12-02"}, ship_by="2026-11-30T23:00:00Z")
    document, _ = to_sap_order(order, PROFILE, knowing(), late)
    assert document is not None
    assert (str(document.requested_on), str(document.ships_on)) == ("2026-11-21", "2026-12-01")


def test_an_order_with_a_flag_is_blocked() -> None:
    assert said(a_sale(flag="no-pick")).delivery_block == "Z1"
    assert rules(a_sale(flag="backorder")) == ["sap-row-missing"]


def test_charges_are_conditions_with_a_sign() -> None:
    charges = [
        {"kind": "shipping", "amount": "4.99"},
        {"kind": "promotion", "amount": "-1.00", "description": "coupon"},
    ]
    found = [(each.sign, each.kind, str(each.amount), each.text) for each in said(a_sale(charges=charges)).conditions]
    assert found == [("+", "HD00", "4.99", None), ("-", "RB00", "1.00", "coupon")]
    assert rules(a_sale(charges=[{"kind": "gift-wrap", "amount": "1"}])) == ["sap-row-missing"]


def test_taxes_are_said_with_the_code_of_the_order() -> None:
    order = a_sale(a_line(tax="3.83"), tax_code="A1", taxes=[{"kind": "goods", "amount": "3.83"}])
    document = said(order)
    assert [(tax.code, str(tax.amount), tax.text) for tax in document.taxes] == [("A1", "3.83", "goods")]
    assert [(tax.code, str(tax.amount)) for tax in document.items[0].taxes] == [("A1", "3.83")]


def test_what_sap_has_no_field_for_stands_in_the_text() -> None:
    order = a_sale(
        a_line(open="3", tax_responsibility="marketplace"),
        ship_by="2026-11-22T10:00:00Z",
        service="Expedited",
        flag="no-pick",
        pending=True,
        cancelled=True,
        prices_include_tax=True,
        buyer={"name": "X", "postal_code": "85043-1234", "country": "US"},
    )
    sales = {"BUYERS": SapSales(number="100900", gross_order_type="ZGR")}
    document = said(order, sales=sales)
    assert texts(document) == [
        "ship by 2026-11-22T10:00:00Z",
        "ship service: Expedited",
        "flag: no-pick",
        "the buyer has not paid yet",
        "cancelled",
        "prices include tax",
        "line 1: 3 still to be shipped",
        "line 1: tax is owed by the marketplace",
        "postcode in full: 85043-1234",
    ]
    assert str(document.ships_on) == "2026-11-22"


def test_the_location_of_an_order_is_its_plant() -> None:
    (item,) = said(a_sale(location="FBA")).items
    assert (item.plant, item.storage) == ("1000", "FBA1")


def test_a_text_of_more_than_70_characters_goes_over_lines_of_one_paragraph() -> None:
    document = said(a_sale(service="a service with a name that goes on and on until nobody can remember how it began"))
    (text,) = document.texts
    assert [line.format for line in text.lines] == ["*", None]
    assert all(len(line.text or "") <= 70 for line in text.lines)


def test_the_day_asked_for_moves_with_the_clock_alone() -> None:
    window = {"not_before": "2026-11-10", "not_after": "2026-12-02"}
    later, _ = to_sap_order(an_order(window=window), PROFILE, knowing(items=Items()), AT + timedelta(days=2))
    assert later is not None
    assert str(later.requested_on) == "2026-11-22"
