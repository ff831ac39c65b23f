"""What Amazon ships, settles and gets back of orders: item fulfilments, credit memos, stock adjustments, and cases."""

import pytest

from tests.cli import seller_reports as reports
from tests.cli.seller_reports import NOV_20, came_back, case, codes, number, ordered, orders, outs, settlement, shipped
from tests.conftest import House


@pytest.fixture
def seller(house: House) -> House:
    """The example, whose items are there."""
    house.once(NOV_20)
    return house


# What Amazon ships


@pytest.mark.requirement("43")
@pytest.mark.requirement("44")
@pytest.mark.requirement("45")
def test_a_dispatch_of_amazon_lowers_stock_at_the_fba_location_once_and_without_a_settlement(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", quantity=2)))
    seller.once(NOV_20)
    assert outs(seller, "item-fulfilment") == []
    rows = [shipped(1), shipped(1, item="D1-2")]
    for hour in (11, 12):
        seller.drop(f"shipments-{hour}.txt", reports.table(reports.SHIPMENTS, *rows))
        seller.once(f"2026-11-20T{hour}:00:00Z")
    (told,) = outs(seller, "item-fulfilment")
    assert (told["order"], told["shipment"], told["location"]) == (number(1), "D1", "FBA-US")
    assert [line["quantity"] for line in told["lines"]] == ["1", "1"]
    assert outs(seller, "journal-entry") == []
    seller.drop("shipments.txt", reports.table(reports.SHIPMENTS, *rows, shipped(1, item="D1-3")))
    seller.once("2026-11-20T13:00:00Z")
    assert f"item-fulfilment.{number(1)}.D1.2.json" in seller.sales_orders


@pytest.mark.requirement("44")
def test_a_dispatch_of_an_order_that_no_report_named_waits_and_is_a_case_after_a_day(seller: House) -> None:
    seller.drop("shipments.txt", reports.table(reports.SHIPMENTS, shipped(1), shipped(2, "D2", "D2-1")))
    seller.once("2026-11-19T12:00:00Z")
    assert codes(seller) == []
    seller.once("2026-11-20T12:00:00Z")
    assert len(case(seller, "shipment-without-order")["subjects"]) == 2
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon"), ordered(2, "Shipped", "Amazon")))
    seller.once("2026-11-20T13:00:00Z")
    assert len(outs(seller, "item-fulfilment")) == 2
    assert codes(seller) == []


# What settlements say


PAID = [
    ("Order", number(1), "", "ItemPrice", "Principal", "14.99"),
    ("Order", number(1), "", "ItemPrice", "Tax", "1.20"),
    ("Order", number(1), "", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", "-1.20"),
    ("Order", number(1), "", "ItemFees", "Commission", "-2.25"),
]


@pytest.mark.requirement("6")
def test_a_settlement_that_agrees_is_no_case_and_is_shown_with_its_orders(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", item_tax="1.20")))
    seller.drop("settlement.txt", settlement(*PAID))
    seller.once("2026-11-27T10:00:00Z")
    assert codes(seller) == []
    (row,) = seller.json("sales", "list")
    assert row["settled"] == "12.74"
    shown = seller.run("sales", "show", number(1)).stdout
    assert "settlement 31007264418: principal 14.99, tax 1.20, withheld -1.20, fees -2.25" in shown


@pytest.mark.requirement("51")
def test_orders_of_a_settlement_that_the_erp_has_not_got_are_one_case_and_a_query(seller: House) -> None:
    lines = [("Order", number(n), "", "ItemPrice", "Principal", "10.00") for n in range(1, 151)]
    seller.drop("settlement.txt", settlement(*lines))
    seller.once("2026-11-27T10:00:00Z")
    told = case(seller, "orders-missing")
    assert "pays 150 orders that the ERP has not got" in told["message"]
    missing = seller.json("sales", "list", "--missing")
    assert [row["order"] for row in missing] == [number(n) for n in range(1, 151)]
    seller.drop("orders.txt", orders(*(ordered(n, "Shipped", "Amazon", price="10.00") for n in range(1, 151))))
    seller.once("2026-11-27T11:00:00Z")
    seller.once("2026-11-28T12:00:00Z")
    assert codes(seller) == []


@pytest.mark.requirement("7")
def test_the_settlement_decides_and_what_differs_is_told_with_the_order(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", item_tax="1.20"), ordered(2, "Shipped", "Amazon")))
    other = ("Order", number(2), "", "ItemPrice", "Principal", "13.99")
    seller.drop("settlement.txt", settlement(*PAID, other))
    seller.once("2026-11-27T10:00:00Z")
    assert f"by -1.00: {number(2)} -1.00" in case(seller, "settlement-drift")["message"]
    assert len(outs(seller, "sales-order")) == 2
    seller.configure('drift_amount     = "0.00"', 'drift_amount     = "1.00"')
    seller.once("2026-11-29T10:00:00Z")
    assert codes(seller) == []


@pytest.mark.requirement("75")
def test_tax_that_the_seller_owes_by_the_settlement_is_told(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", item_tax="1.20")))
    seller.drop("settlement.txt", settlement(*PAID[:2]))
    seller.once("2026-11-27T10:00:00Z")
    assert f"{number(1)} seller" in case(seller, "tax-mismatch")["message"]


REFUND = [
    ("Refund", number(1), "A1", "ItemPrice", "Principal", "-14.99"),
    ("Refund", number(1), "A1", "ItemPrice", "Tax", "-1.20"),
    ("Refund", number(1), "A1", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", "1.20"),
    ("Refund", number(1), "A1", "ItemFees", "RefundCommission", "-0.45"),
]


@pytest.mark.requirement("49")
def test_a_refund_is_one_credit_memo_against_the_sales_order(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", item_tax="1.20")))
    seller.once(NOV_20)
    said = {"document": "posting-result", "version": 1, "id": f"acme:{number(1)}", "result": "booked", "number": "SO-1"}
    seller.erp_says("posting-result.json", said)
    seller.once(NOV_20)
    seller.drop("settlement.txt", settlement(*REFUND))
    seller.once("2026-11-27T10:00:00Z")
    fees = ("other-transaction", "", "", "other-transaction", "Subscription Fee", "-39.99")
    seller.drop("settlement-again.txt", settlement(*REFUND, fees))
    seller.once("2026-11-27T11:00:00Z")
    (memo,) = outs(seller, "credit-memo")
    assert (memo["order"], memo["adjustment"], memo["sales_order"]) == (number(1), "A1", "SO-1")
    assert (memo["customer"], memo["total"]) == ("AMAZON-US-BUYERS", "14.99")
    assert {line["kind"]: line["amount"] for line in memo["lines"]} == {
        "Principal": "14.99",
        "Tax": "1.20",
        "MarketplaceFacilitatorTax-Principal": "-1.20",
    }
    assert "refund-changed" not in codes(seller)
    changed = [("Refund", number(1), "A1", "ItemPrice", "Principal", "-13.99"), *REFUND[1:]]
    seller.drop("settlement-other.txt", settlement(*changed))
    seller.once("2026-11-27T12:00:00Z")
    assert number(1) in case(seller, "refund-changed")["message"]
    assert len(outs(seller, "credit-memo")) == 1


@pytest.mark.requirement("28")
@pytest.mark.requirement("49")
def test_refunds_of_unknown_orders_are_one_case_and_are_credited_when_the_orders_come(seller: House) -> None:
    second = [(kind, number(2), "A2", what, name, amount) for kind, _, _, what, name, amount in REFUND]
    seller.drop("settlement.txt", settlement(*REFUND, *second))
    seller.once("2026-11-27T10:00:00Z")
    told = case(seller, "refund-without-order")
    assert (told["owner"], len(told["subjects"])) == ("finance", 2)
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon"), ordered(2, "Shipped", "Amazon")))
    seller.once("2026-11-27T11:00:00Z")
    assert len(outs(seller, "credit-memo")) == 2
    assert codes(seller) == []


def test_in_summary_mode_the_journal_has_the_refunds_and_there_is_no_credit_memo(seller: House) -> None:
    seller.configure('mode      = "order-level"', 'mode      = "summary"')
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", item_tax="1.20")))
    seller.drop("settlement.txt", settlement(*REFUND))
    seller.once("2026-11-27T10:00:00Z")
    assert outs(seller, "credit-memo") == []
    assert codes(seller) == []


def test_a_case_that_a_person_has_closed_stays_closed_until_it_names_other_orders(seller: House) -> None:
    seller.drop("settlement.txt", settlement(*REFUND))
    seller.once("2026-11-27T10:00:00Z")
    seller.run("cases", "resolve", case(seller, "refund-without-order")["id"], "--reason", "booked by hand")
    seller.once("2026-11-27T14:00:00Z")
    assert "refund-without-order" not in codes(seller)
    second = [(kind, number(2), "A2", what, name, amount) for kind, _, _, what, name, amount in REFUND]
    seller.drop("settlement.txt", settlement(*REFUND, *second))
    seller.once("2026-11-27T18:00:00Z")
    assert "refunds of 2 orders" in case(seller, "refund-without-order")["message"]


def test_drift_that_a_person_has_looked_at_is_not_told_every_day(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", price="15.99", item_tax="1.20")))
    seller.drop("settlement.txt", settlement(*PAID))
    seller.once("2026-11-27T10:00:00Z")
    seller.run("cases", "resolve", case(seller, "settlement-drift")["id"], "--reason", "corrected in the ERP")
    seller.once("2026-11-29T10:00:00Z")
    assert "settlement-drift" not in codes(seller)


# What comes back


@pytest.mark.requirement("50")
def test_only_what_comes_back_sellable_can_be_sold_again(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", quantity=2)))
    rows = [came_back(1), came_back(1, "CUSTOMER_DAMAGED", "LPN2"), came_back(1, "MYSTERY", "LPN3")]
    for hour in (10, 11):
        seller.drop(f"returns-{hour}.txt", reports.table(reports.RETURNS, *rows))
        seller.once(f"2026-12-03T{hour}:00:00Z")
    lines = sorted(
        (line["location"], line["state"], line["quantity"])
        for adjustment in outs(seller, "stock-adjustment")
        for line in adjustment["lines"]
    )
    assert lines == [
        ("FBA-UNSELLABLE", "unsellable", "1"),
        ("FBA-UNSELLABLE", "unsellable", "1"),
        ("FBA-US", "sellable", "1"),
    ]


def test_two_rows_without_a_licence_plate_are_two_returns(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", quantity=2)))
    rows = [came_back(1, plate=""), came_back(1, plate="")]
    for hour in (10, 11):
        seller.drop(f"returns-{hour}.txt", reports.table(reports.RETURNS, *rows))
        seller.once(f"2026-12-03T{hour}:00:00Z")
    assert len(outs(seller, "stock-adjustment")) == 2


def test_sellable_goods_of_an_order_that_nobody_knows_wait_for_their_location(seller: House) -> None:
    seller.drop("returns.txt", reports.table(reports.RETURNS, came_back(1), came_back(1, "DEFECTIVE", "LPN2")))
    seller.once("2026-12-04T10:00:00Z")
    assert [line["location"] for each in outs(seller, "stock-adjustment") for line in each["lines"]] == [
        "FBA-UNSELLABLE"
    ]
    assert number(1) in case(seller, "return-without-order")["message"]
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon")))
    seller.once("2026-12-04T11:00:00Z")
    assert len(outs(seller, "stock-adjustment")) == 2
    assert codes(seller) == []


@pytest.mark.requirement("28")
def test_a_refund_of_goods_that_never_came_back_is_a_case_after_thirty_days(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", item_tax="1.20")))
    seller.drop("settlement.txt", settlement(*REFUND))
    seller.once("2026-11-27T10:00:00Z")
    assert "refund-without-return" not in codes(seller)
    seller.once("2026-12-20T09:00:00Z")
    assert number(1) in case(seller, "refund-without-return")["message"]
    seller.drop("returns.txt", reports.table(reports.RETURNS, came_back(1)))
    seller.once("2026-12-20T10:00:00Z")
    assert "refund-without-return" not in codes(seller)


@pytest.mark.requirement("28")
def test_goods_that_came_back_without_a_refund_are_a_case_after_thirty_days(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon", item_tax="1.20")))
    seller.drop("returns.txt", reports.table(reports.RETURNS, came_back(1)))
    seller.once("2026-12-03T10:00:00Z")
    assert codes(seller) == []
    seller.once("2027-01-01T10:00:00Z")
    assert case(seller, "return-without-refund")["owner"] == "finance"
    seller.drop("settlement.txt", settlement(*REFUND))
    seller.once("2027-01-01T11:00:00Z")
    assert "return-without-refund" not in codes(seller)


# Settlements that are issued again, and two that name the same adjustment


def _refund(n: int, adjustment: str, amount: str) -> tuple[str, str, str, str, str, str]:
    return ("Refund", number(n), adjustment, "ItemPrice", "Principal", amount)


FEE = ("other-transaction", "", "", "other-transaction", "Subscription Fee", "-39.99")


def test_a_refund_that_a_settlement_names_no_more_is_dropped_or_a_case(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon")))
    seller.once(NOV_20)
    seller.drop("settlement.txt", settlement(_refund(1, "A1", "-14.99"), _refund(2, "A2", "-5.00"), FEE))
    seller.once("2026-11-27T10:00:00Z")
    assert len(outs(seller, "credit-memo")) == 1
    seller.drop("settlement-again.txt", settlement(FEE))
    seller.once("2026-11-27T11:00:00Z")
    told = case(seller, "refund-changed")["message"]
    assert (number(1) in told, number(2) in told) == (True, False)
    seller.drop("orders-2.txt", orders(ordered(2, "Shipped", "Amazon")))
    seller.once("2026-11-27T12:00:00Z")
    assert [memo["order"] for memo in outs(seller, "credit-memo")] == [number(1)]


def test_refunds_of_two_settlements_with_the_same_adjustment_are_two_credit_memos(seller: House) -> None:
    seller.drop("settlement-1.txt", settlement(_refund(1, "A1", "-7.00"), name="1001"))
    seller.drop("settlement-2.txt", settlement(_refund(1, "A1", "-2.00"), name="1002"))
    seller.once("2026-11-27T10:00:00Z")
    seller.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon")))
    seller.once("2026-11-27T11:00:00Z")
    seller.drop("settlement-3.txt", settlement(_refund(1, "A1", "-2.00"), FEE, name="1002"))
    seller.once("2026-11-27T12:00:00Z")
    memos = {memo["id"]: memo["total"] for memo in outs(seller, "credit-memo")}
    assert memos == {f"acme:credit-memo:{number(1)}:A1": "7.00", f"acme:credit-memo:{number(1)}:A1-1002": "2.00"}
    assert not {"refund-changed", "delivery-failed"} & set(codes(seller))
