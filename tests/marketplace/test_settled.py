"""What settlements say of orders: which total a line counts under, drift, and who owes the tax; and refunds."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.marketplace.events import Listed, ListedLine, Refunded
from gateway.marketplace.refunds import Refund, RefundLine, is_refund, refund_kind
from gateway.marketplace.sales import Sale
from gateway.marketplace.settled import TOTAL_KINDS, drift, tax_owed_by, total_kind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2)


def sold(price: str, shipping: str | None = None, **settled: dict[str, str]) -> Sale:
    line = ListedLine(line="1", sku="A", price=Decimal(price), shipping=Decimal(shipping) if shipping else None)
    listed = Listed(seen_at=NOON, status="shipped", channel="fba", marketplace="Amazon.com", lines=(line,))
    totals = {name: {kind: Decimal(amount) for kind, amount in said.items()} for name, said in settled.items()}
    return Sale(seller="acme", order="111-1", listed=listed, settled=totals)


@pytest.mark.parametrize(
    ("amount_type", "description", "kind"),
    [
        ("ItemPrice", "Principal", "principal"),
        ("item price", "Gift Wrap", "gift_wrap"),
        ("ItemPrice", "Shipping", "shipping"),
        ("ItemPrice", "ShippingTax", "tax"),
        ("ItemPrice", "Goodwill", "other"),
        ("ItemFees", "Commission", "fees"),
        ("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", "withheld"),
        ("Promotion", "Principal", "promotions"),
        ("Promotion", "TaxDiscount", "tax"),
        ("Points", "PointsGranted", "other"),
    ],
)
def test_a_line_counts_under_the_total_that_its_words_say(amount_type: str, description: str, kind: str) -> None:
    assert total_kind(amount_type, description) == kind
    assert kind in TOTAL_KINDS


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_drift_is_what_was_settled_less_what_was_ordered(price: Decimal, shipping: Decimal, more: Decimal) -> None:
    said = {"principal": f"{price + more:f}", "shipping": f"{shipping:f}", "fees": "-5.00", "promotions": "-1.00"}
    assert drift(sold(f"{price:f}", f"{shipping:f}", S1=said)) == more


def test_several_settlements_of_an_order_count_together() -> None:
    assert drift(sold("30.00", S1={"principal": "10.00"}, S2={"principal": "20.00"})) == 0


def test_prices_that_hold_the_tax_are_compared_with_the_tax() -> None:
    assert drift(sold("119.00", S1={"principal": "100.00", "tax": "19.00"})) == 0
    assert drift(sold("100.00", S1={"principal": "100.00", "tax": "19.00"})) == 0
    assert drift(sold("120.00", S1={"principal": "100.00", "tax": "19.00"})) == Decimal("-1.00")


def test_an_order_that_no_report_names_has_no_drift() -> None:
    assert drift(Sale(seller="acme", order="111-1", settled={"S1": {"principal": Decimal(1)}})) == 0


@pytest.mark.parametrize(
    ("totals", "owed"),
    [
        ({}, None),
        ({"tax": "1.20"}, "seller"),
        ({"tax": "1.20", "withheld": "-1.20"}, "marketplace"),
        ({"tax": "1.20", "withheld": "-1.00"}, "both"),
        ({"withheld": "-1.00"}, "both"),
    ],
)
def test_the_settlement_tells_who_owes_the_tax(totals: dict[str, str], owed: str | None) -> None:
    assert tax_owed_by(sold("1.00", S1=totals)) == owed


@pytest.mark.parametrize("word", ["Refund", "Chargeback Refund", "A-to-z Guarantee Refund", "REFUND"])
def test_refunds_are_known_by_their_transaction_type(word: str) -> None:
    assert is_refund(word)
    assert not is_refund("Order")
    assert not is_refund("Refund_Retrocharge")


@pytest.mark.parametrize(
    ("amount_type", "kind"),
    [
        ("ItemPrice", "Principal"),
        ("Promotion", "Promotion Principal"),
        ("ItemWithheldTax", "Principal"),
        ("ItemFees", None),
    ],
)
def test_fees_are_no_part_of_a_refund(amount_type: str, kind: str | None) -> None:
    assert refund_kind(amount_type, "Principal ") == kind


def test_a_refund_becomes_an_event_with_all_its_lines() -> None:
    line = RefundLine("A", "1", "Principal", Decimal("-1.00"))
    event = Refunded.of(Refund("111-1", "A1", "Amazon.com", NOON, "USD", (line,)), "S1")
    assert (event.settlement, event.adjustment, event.posted_at, event.currency) == ("S1", "A1", NOON, "USD")
    assert [tuple(each.model_dump().values()) for each in event.lines] == [tuple(line)]
