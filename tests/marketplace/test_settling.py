"""From the rows of a settlement to its orders and refunds: every amount of an order counts, fees of refunds never."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.reports import SettlementRow
from gateway.marketplace.settling import told_of_orders

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(
    kind: str, order: str, amount: str | None, what: str = "ItemPrice", name: str = "Principal", **more: object
) -> SettlementRow:
    empty = dict.fromkeys(SettlementRow._fields, "")
    said = {
        "transaction_type": kind,
        "order": order,
        "amount": Decimal(amount) if amount else None,
        "amount_type": what,
        "amount_description": name,
        "marketplace": "Amazon.com",
        "posted_at": NOON,
        "sku": "A",
    }
    return SettlementRow(**{**empty, **said, **more})  # type: ignore[arg-type]


def test_an_order_is_added_up_by_what_its_lines_were_for() -> None:
    rows = [
        row("Order", "1", "10.00", marketplace=""),
        row("order", "1", "5.00"),
        row("Order", "1", "-2.25", "ItemFees", "Commission"),
        row("Order", "1", None),
        row("Order", "", "9.00"),
        row("other-transaction", "1", "7.00", "other-transaction", "Adjustment"),
    ]
    orders, refunds = told_of_orders(rows, "USD")
    assert refunds == ()
    assert list(orders) == ["1"]
    assert (orders["1"].marketplace, orders["1"].currency) == ("Amazon.com", "USD")
    assert orders["1"].totals == {"principal": Decimal("15.00"), "fees": Decimal("-2.25")}


def test_a_refund_is_what_one_adjustment_paid_back_of_one_order() -> None:
    rows = [
        row("Refund", "1", "-10.00", adjustment="A1", marketplace="", posted_at=None),
        row("Refund", "1", "-1.00", name="Tax", adjustment="A1"),
        row("Refund", "1", "0.50", "ItemFees", "Commission", adjustment="A1"),
        row("A-to-z Guarantee Refund", "1", "-4.00", adjustment="A2"),
        row("Refund", "2", "0.50", "ItemFees", "Commission", adjustment="A3"),
    ]
    orders, refunds = told_of_orders(rows, "USD")
    assert orders == {}
    assert [(each.order, each.adjustment, each.marketplace, each.posted_at) for each in refunds] == [
        ("1", "A1", "Amazon.com", NOON),
        ("1", "A2", "Amazon.com", NOON),
    ]
    assert [(line.kind, line.amount) for line in refunds[0].lines] == [
        ("Principal", Decimal("-10.00")),
        ("Tax", Decimal("-1.00")),
    ]


@given(st.lists(st.tuples(st.sampled_from("123"), st.decimals(min_value=-100, max_value=100, places=2)), max_size=20))
def test_no_amount_of_an_order_is_lost(lines: list[tuple[str, Decimal]]) -> None:
    orders, _ = told_of_orders([row("Order", order, f"{amount:f}") for order, amount in lines], "USD")
    told = sum((total for order in orders.values() for total in order.totals.values()), Decimal(0))
    assert told == sum((amount for _, amount in lines), Decimal(0))
