"""Orders that are not to be picked as they stand: gone before, shipped by another, unpaid, or not read in full."""

import pytest

from tests.cli import seller_reports as reports
from tests.cli.seller_reports import NOV_20, case, codes, number, ordered, orders, outs, sold, to_ship
from tests.conftest import House

LATER = "2026-11-20T10:00:00+00:00"
PAID = [(1, "Merchant"), (2, "Amazon")]


@pytest.fixture
def seller(house: House) -> House:
    """The example, whose items are there."""
    house.once(NOV_20)
    return house


# What has left before the ERP gets it, and who ships it


def test_an_order_that_left_before_is_flagged_and_holds_no_stock(seller: House) -> None:
    seller.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,2\n")
    seller.drop("orders.txt", orders(ordered(1, "Shipped", quantity=2), ordered(2, "Shipped"), ordered(3, quantity=2)))
    seller.once(NOV_20)
    assert [sold(seller, n).get("flag") for n in (1, 2, 3)] == ["already-shipped", "already-shipped", None]
    assert codes(seller) == []
    with seller.journal() as journal:
        posted = [entry.body for entry in journal.events("sku:acme:ACME-1", prefix="sale-posted")]
    assert [body["pieces"] for body in posted] == [{"ACME-1": "2"}]


def test_an_order_that_the_erp_had_open_is_not_flagged_when_it_has_left(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1)))
    seller.once(NOV_20)
    seller.drop("orders.txt", orders(ordered(1, "Shipped", last_updated_date=LATER)))
    seller.once("2026-11-20T11:00:00Z")
    assert len(outs(seller, "sales-order")) == 1


def test_an_order_that_left_in_part_says_what_is_open_where_a_report_tells_it(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Partially Shipped", quantity=3)))
    seller.once(NOV_20)
    first = sold(seller, 1)
    assert (first["flag"], "open" in first["lines"][0]) == ("partly-shipped", False)
    assert number(1) in case(seller, "partly-shipped")["message"]
    row = to_ship(1, quantity_purchased=3, quantity_shipped=2)
    seller.drop("to-ship.txt", reports.table(reports.TO_SHIP, row))
    seller.once("2026-11-20T11:00:00Z")
    again = sold(seller, 1, revision=1)
    assert (again["flag"], again["lines"][0]["open"], again["lines"][0]["base"]["value"]) == (
        "partly-shipped",
        "1",
        "3",
    )
    assert codes(seller) == []
    seller.drop("orders.txt", orders(ordered(1, "Shipped", quantity=3, last_updated_date=LATER)))
    seller.once("2026-11-20T12:00:00Z")
    assert sold(seller, 1, revision=2)["flag"] == "already-shipped"


def test_an_order_that_amazon_ships_after_all_goes_again_at_once_and_frees_its_stock(seller: House) -> None:
    seller.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,1\n")
    seller.drop("orders.txt", orders(ordered(1, quantity=2)))
    seller.once(NOV_20)
    assert codes(seller) == ["stock-short"]
    seller.drop("orders.txt", orders(ordered(1, channel="Amazon", quantity=2, last_updated_date=LATER)))
    seller.once("2026-11-20T11:00:00Z")
    again = sold(seller, 1, revision=1)
    assert (again["fulfilment"], again["flag"], again["location"]) == ("amazon", "no-pick", "FBA-US")
    seller.drop("orders.txt", orders(ordered(2)))
    seller.once("2026-11-20T12:00:00Z")
    assert sold(seller, 2).get("flag") is None
    assert codes(seller) == []


def test_an_order_that_we_ship_after_all_is_looked_at_for_stock(seller: House) -> None:
    seller.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,1\n")
    seller.drop("orders.txt", orders(ordered(1, channel="Amazon", quantity=2)))
    seller.once(NOV_20)
    seller.drop("orders.txt", orders(ordered(1, quantity=2, last_updated_date=LATER)))
    seller.once("2026-11-20T11:00:00Z")
    again = sold(seller, 1, revision=1)
    assert (again["fulfilment"], again["flag"], again["location"]) == ("merchant", "backorder", "ACME1")
    assert codes(seller) == ["stock-short"]


def test_an_order_whose_rows_name_two_channels_goes_nowhere_and_is_a_case(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1), ordered(1, channel="Amazon", sku="ACME-26")))
    seller.once(NOV_20)
    assert outs(seller, "sales-order") == []
    assert "'merchant and fba'" in case(seller, "channel-unknown")["message"]


def test_a_pending_order_says_so_until_it_is_paid(seller: House) -> None:
    seller.configure('pending   = "wait"', 'pending   = "import"')
    seller.drop("orders.txt", orders(ordered(1, "Pending"), ordered(2, "Pending", "Amazon")))
    seller.once(NOV_20)
    assert [(sold(seller, n)["flag"], sold(seller, n)["pending"]) for n in (1, 2)] == [
        ("payment-pending", True),
        ("no-pick", True),
    ]
    seller.drop("orders.txt", orders(*(ordered(n, "Unshipped", c, last_updated_date=LATER) for n, c in PAID)))
    seller.once("2026-11-20T11:00:00Z")
    paid = [sold(seller, n, revision=1) for n in (1, 2)]
    assert [(each.get("flag"), "pending" in each) for each in paid] == [(None, False), ("no-pick", False)]


def test_a_pending_order_that_left_unseen_is_not_picked(seller: House) -> None:
    seller.configure('pending   = "wait"', 'pending   = "import"')
    seller.drop("orders.txt", orders(ordered(1, "Pending")))
    seller.once(NOV_20)
    seller.drop("orders.txt", orders(ordered(1, "Shipped", last_updated_date=LATER)))
    seller.once("2026-11-20T11:00:00Z")
    assert sold(seller, 1, revision=1)["flag"] == "already-shipped"


# Rows that cannot be read


def test_an_order_that_has_lost_a_row_waits_for_a_report_that_can_be_read(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1), ordered(1, sku="ACME-26", quantity="x"), ordered(2)))
    seller.once(NOV_20)
    assert [order["purchase_order"] for order in outs(seller, "sales-order")] == [number(2)]
    assert f"order {number(1)} (line 3 of the report)" in case(seller, "sale-incomplete")["message"]
    seller.drop("again.txt", orders(ordered(1), ordered(1, sku="ACME-26")))
    seller.once("2026-11-20T11:00:00Z")
    assert [line["sku"] for line in sold(seller, 1)["lines"]] == ["ACME-1", "ACME-26"]
    assert "sale-incomplete" not in codes(seller)


def test_a_row_that_is_lost_of_an_order_that_is_known_changes_nothing(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1), ordered(1, sku="ACME-26")))
    seller.once(NOV_20)
    seller.drop("again.txt", orders(ordered(1), ordered(1, sku="ACME-26", quantity="x")))
    seller.once("2026-11-20T11:00:00Z")
    assert (len(outs(seller, "sales-order")), "sale-incomplete" in codes(seller)) == (1, False)


def test_where_too_many_rows_are_lost_to_know_them_all_every_order_waits(seller: House) -> None:
    rows = [ordered(n, quantity="x") for n in range(2, 1003)]
    seller.drop("orders.txt", orders(ordered(1), *rows))
    seller.once(NOV_20)
    assert outs(seller, "sales-order") == []
    assert number(1) in case(seller, "sale-incomplete")["message"]


# Prices


def test_an_order_says_where_prices_hold_the_tax(seller: House) -> None:
    german = ordered(2, sales_channel="Amazon.de", currency="EUR", item_tax="2.39")
    seller.drop("orders.txt", orders(ordered(1), german))
    seller.once(NOV_20)
    assert sold(seller, 2)["prices_include_tax"] is True
    assert "prices_include_tax" not in sold(seller, 1)
