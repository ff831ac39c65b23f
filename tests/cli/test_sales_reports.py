"""Reports about orders as they come: many orders, odd words, samples; and what people see of each order."""

import json
from pathlib import Path

import pytest

from tests.cli import seller_reports as reports
from tests.cli.seller_reports import (
    NOV_20,
    came_back,
    case,
    codes,
    dispatch,
    number,
    ordered,
    orders,
    outs,
    shipped,
    sold,
    to_ship,
)
from tests.conftest import House

SAMPLES = Path(__file__).parents[2] / "samples" / "seller"


@pytest.fixture
def seller(house: House) -> House:
    """The example, whose items are there."""
    house.once(NOV_20)
    return house


# Many orders


@pytest.mark.requirement("69")
@pytest.mark.requirement("74")
def test_one_bad_order_holds_up_no_other_and_is_named(seller: House) -> None:
    rows = [ordered(n) for n in range(1, 21)]
    rows[7] = ordered(8, price="", quantity="")
    seller.drop("orders.txt", orders(*rows))
    seller.once(NOV_20)
    assert len(outs(seller, "sales-order")) == 19
    assert f"order {number(8)} line 1" in case(seller, "sale-incomplete")["message"]


@pytest.mark.requirement("X5")
def test_the_erp_gets_no_more_orders_a_minute_than_it_can_take(seller: House) -> None:
    seller.configure("# rate = 60 ", "rate = 5 ")
    seller.drop("orders.txt", orders(*(ordered(n) for n in range(1, 13))))
    handed = []
    for minute in range(3):
        seller.once(f"2026-11-20T10:{minute * 2:02}:00Z")
        handed.append(len(outs(seller, "sales-order")))
    assert handed == [5, 10, 12]


@pytest.mark.parametrize(
    ("status", "channel", "flag"),
    [("SHIPPED", "AFN", "no-pick"), ("UNSHIPPED", "MFN", None), ("Shipped", "MERCHANT", "already-shipped")],
)
def test_words_of_other_sources_mean_the_same(seller: House, status: str, channel: str, flag: str | None) -> None:
    seller.drop("orders.txt", orders(ordered(1, status, channel)))
    seller.once(NOV_20)
    assert sold(seller, 1).get("flag") == flag
    assert codes(seller) == []


@pytest.mark.requirement("23")
def test_words_that_are_new_are_told_and_hold_only_their_orders(seller: House) -> None:
    rows = [ordered(1, "Teleported"), ordered(2, sales_channel="Amazon.mars"), ordered(3, "Shipped - Beamed up")]
    seller.drop("orders.txt", orders(*rows))
    seller.once(NOV_20)
    assert [order["purchase_order"] for order in outs(seller, "sales-order")] == [number(3)]
    assert codes(seller) == ["marketplace-unknown", "status-unknown", "word-unknown"]


def test_a_row_without_an_order_id_is_named_and_the_others_stand(seller: House) -> None:
    seller.drop("orders.txt", orders({**ordered(1), "amazon-order-id": "what|is:this"}, ordered(2)))
    seller.once(NOV_20)
    assert [order["purchase_order"] for order in outs(seller, "sales-order")] == [number(2)]
    assert codes(seller) == ["cell-unreadable"]


def test_rows_of_other_reports_without_an_order_id_are_named_too(seller: House) -> None:
    odd = {"order-id": "|"}
    seller.drop("shipments.txt", reports.table(reports.SHIPMENTS, {**shipped(1), "amazon-order-id": "|"}, shipped(2)))
    seller.drop("to-ship.txt", reports.table(reports.TO_SHIP, {**to_ship(1), **odd}, to_ship(3)))
    seller.drop("returns.txt", reports.table(reports.RETURNS, {**came_back(1), **odd}, came_back(4)))
    seller.once(NOV_20)
    assert codes(seller).count("cell-unreadable") == 3
    assert [row["order"] for row in seller.json("sales", "list")] == [number(2), number(3), number(4)]


def test_the_samples_of_orders_are_taken_without_a_finding(seller: House) -> None:
    for file in sorted(SAMPLES.glob("orders-*.txt")):
        seller.drop(file.name, file.read_bytes())
    seller.once(NOV_20)
    said = json.loads((SAMPLES / "orders-dispatch-confirmation.json").read_text())
    seller.erp_says("dispatch-confirmation.json", said)
    seller.once("2026-11-21T17:00:00Z")
    assert seller.quarantine == {}
    assert codes(seller) == ["sku-unknown"]
    assert {len((SAMPLES / f"orders-{name}.txt").read_text().split("\n")[0].split("\t")) for name in _COUNTS} == {
        *_COUNTS.values()
    }


_COUNTS = {
    "by-last-update": 33,
    "32-columns": 32,
    "29-columns": 29,
    "fulfilled-shipments": 48,
    "to-ship": 27,
    "customer-returns": 13,
}


# What people see


def test_listings_say_where_each_order_stands(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1)))
    seller.drop("to-ship.txt", reports.table(reports.TO_SHIP, to_ship(1)))
    seller.once(NOV_20)
    assert number(1) in seller.run("sales", "list", "--csv").stdout
    assert "there is no seller nobody" in seller.run("sales", "list", "--seller", "nobody", code=1).output
    assert len(seller.json("sales", "list", "--limit", "1")) == 1
    shown = seller.run("sales", "show", number(1), "--seller", "acme").stdout
    assert "shipped by us" in shown
    assert "must leave by 2026-11-21T20:00:00Z" in shown
    assert seller.json("sales", "show", number(1))["revisions"] in (1, 2)
    assert "there is no order" in seller.run("sales", "show", "nothing", code=1).output


def test_what_each_order_waits_for_is_said(seller: House) -> None:
    rows = [
        ordered(1, "Pending", price=""),
        ordered(2, sku="NEW-1"),
        ordered(3, "Cancelled", price="", quantity=0),
        ordered(4, quantity=2),
        ordered(5, "Shipped", "Amazon", quantity=2),
        ordered(6, channel=""),
    ]
    seller.drop("orders.txt", orders(*rows))
    seller.drop("to-ship.txt", reports.table(reports.TO_SHIP, to_ship(4, quantity_purchased=2, quantity_to_ship=2)))
    seller.drop("shipments.txt", reports.table(reports.SHIPMENTS, shipped(5, item=""), shipped(7)))
    seller.once(NOV_20)
    refused = {"document": "posting-result", "version": 1, "id": f"acme:{number(5)}", "result": "refused"}
    seller.erp_says("posting-result.json", refused)
    seller.erp_says("dispatch.json", dispatch(4))
    seller.once(NOV_20)
    found = {row["order"]: (row["posted"], row["fulfilled"], row["waits_for"]) for row in seller.json("sales", "list")}
    assert found == {
        number(1): (None, None, "the buyer's payment"),
        number(2): (None, None, "sku-unknown: NEW-1"),
        number(3): (None, None, None),
        number(4): ("handed over", "partly", "the ERP's posting-result"),
        number(5): ("refused", "partly", "the ERP, which refuses it: without saying why"),
        number(6): (None, None, "channel-unknown"),
        number(7): (None, "yes", "an orders report that names it"),
    }
    shown = seller.json("sales", "show", number(4))
    assert [each["type"] for each in shown["documents"]] == ["sales-order", "dispatch-confirmation"]
    assert "channel unknown" in seller.run("sales", "show", number(6)).stdout
    assert "in no orders report" in seller.run("sales", "show", number(7)).stdout
    assert "there is no seller other" in seller.run("sales", "show", number(7), "--seller", "other", code=1).output
