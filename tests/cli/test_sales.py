"""Orders of buyers at a marketplace, driven as users drive it: reports come, sales orders go to the ERP, cases open."""

import pytest

from tests.cli import seller_reports as reports
from tests.cli.seller_reports import (
    NOV_20,
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


@pytest.fixture
def seller(house: House) -> House:
    """The example, whose items are there."""
    house.once(NOV_20)
    return house


# What goes to the ERP


@pytest.mark.requirement("13")
@pytest.mark.requirement("14")
@pytest.mark.requirement("79")
def test_an_order_that_amazon_ships_is_kept_out_of_every_pick_list(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, channel="Amazon"), ordered(2, channel="Merchant")))
    seller.once(NOV_20)
    fba, own = sold(seller, 1), sold(seller, 2)
    assert (fba["fulfilment"], fba["flag"], fba["location"]) == ("amazon", "no-pick", "FBA-US")
    assert (own["fulfilment"], own.get("flag"), own["location"]) == ("merchant", None, "ACME1")


@pytest.mark.requirement("13")
def test_an_order_of_an_unknown_channel_goes_nowhere_and_is_a_case(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, channel="Drone", sku="NEW-1"), ordered(2, channel="Drone")))
    seller.once(NOV_20)
    assert outs(seller, "sales-order") == []
    told = case(seller, "channel-unknown")
    assert number(1) in told["message"]
    assert number(2) in told["message"]
    assert "'Drone'" in told["message"]
    assert "sku-unknown" in codes(seller)
    seller.drop("orders.txt", orders(ordered(2, channel="Merchant", last_updated_date="2026-11-20T08:00:00+00:00")))
    seller.once("2026-11-20T11:00:00Z")
    assert sold(seller, 2)["fulfilment"] == "merchant"
    assert number(2) not in case(seller, "channel-unknown")["message"]


@pytest.mark.requirement("15")
@pytest.mark.parametrize("channel", ["Amazon", "Merchant"])
def test_shipping_gift_wrap_and_promotions_are_carried_with_the_order(seller: House, channel: str) -> None:
    row = ordered(
        1,
        channel=channel,
        shipping_price="4.99",
        gift_wrap_price="3.99",
        item_promotion_discount="1.00",
        ship_promotion_discount="-4.99",
    )
    seller.drop("orders.txt", orders(row))
    seller.once(NOV_20)
    charges = {charge["kind"]: charge["amount"] for charge in sold(seller, 1)["charges"]}
    assert charges == {"shipping": "4.99", "gift-wrap": "3.99", "promotion": "-1.00", "shipping-promotion": "-4.99"}


@pytest.mark.requirement("16")
@pytest.mark.requirement("30")
def test_a_pending_order_waits_until_it_is_confirmed(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Pending", price="")))
    seller.once(NOV_20)
    assert outs(seller, "sales-order") == []
    assert [row["waits_for"] for row in seller.json("sales", "list", "--missing")] == ["the buyer's payment"]
    seller.drop("orders.txt", orders(ordered(1, last_updated_date="2026-11-20T10:00:00+00:00")))
    seller.once("2026-11-20T11:00:00Z")
    assert sold(seller, 1)["lines"][0]["amount"] == "14.99"
    assert seller.json("sales", "list", "--missing") == []


@pytest.mark.requirement("16")
def test_a_pending_order_goes_at_once_where_the_setting_says_so(seller: House) -> None:
    seller.configure('pending   = "wait"', 'pending   = "import"')
    seller.drop("orders.txt", orders(ordered(1, "Pending"), ordered(2, "Pending", price="")))
    seller.once(NOV_20)
    assert [order["purchase_order"] for order in outs(seller, "sales-order")] == [number(1)]


@pytest.mark.requirement("35")
def test_an_order_that_is_pending_too_long_is_a_case_until_it_is_not(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Pending", price=""), ordered(2, "Pending", price="")))
    seller.once(NOV_20)
    seller.once("2026-11-25T14:00:00Z")
    assert codes(seller) == []
    seller.once("2026-11-25T15:00:00Z")
    told = case(seller, "pending-too-long")
    assert f"{number(1)}, {number(2)}" in told["message"]
    assert f"orders: {number(1)}, {number(2)}" in seller.run("cases", "show", told["id"]).stdout
    cancelled = [ordered(n, "Cancelled", price="", last_updated_date="2026-11-25T16:00:00+00:00") for n in (1, 2)]
    seller.drop("orders.txt", orders(*cancelled))
    seller.once("2026-11-25T17:00:00Z")
    assert codes(seller) == []


@pytest.mark.requirement("11")
@pytest.mark.requirement("12")
@pytest.mark.requirement("17")
@pytest.mark.requirement("48")
def test_an_unknown_item_holds_its_orders_in_one_case_and_lets_all_go_by_itself(seller: House) -> None:
    rows = [ordered(1, sku="NEW-9"), ordered(2), ordered(2, sku="NEW-9"), ordered(3)]
    seller.drop("orders.txt", orders(*rows))
    seller.once(NOV_20)
    assert [order["purchase_order"] for order in outs(seller, "sales-order")] == [number(3)]
    told = case(seller, "sku-unknown")
    assert (told["owner"], told["at_stake"]) == ("item data", "44.97")
    assert f"order {number(1)} line 1, order {number(2)} line 2" in told["message"]
    with seller.journal() as journal:
        before = len(journal.master("items"))
    seller.once("2026-11-20T10:30:00Z")
    with seller.journal() as journal:
        assert len(journal.master("items")) == before
    seller.items("NEW-9,acme,NEW-9,SK,,,,active,,no,no,")
    seller.once("2026-11-20T10:45:00Z")
    assert codes(seller) == []
    assert [line["sku"] for line in sold(seller, 2)["lines"]] == ["ACME-1", "NEW-9"]


@pytest.mark.requirement("11")
def test_the_sku_of_the_seller_is_mapped_to_the_one_of_the_erp(seller: House) -> None:
    seller.items("ACME-26,acme,AMZ-26-NEW,SK,,,,active,,no,no,")
    seller.drop("orders.txt", orders(ordered(1, sku="AMZ-26-NEW")))
    seller.once(NOV_20)
    assert sold(seller, 1)["lines"][0]["sku"] == "ACME-26"


@pytest.mark.requirement("71")
def test_a_thousand_buyers_are_one_customer(seller: House) -> None:
    rows = [ordered(n, ship_city=f"TOWN {n}", ship_postal_code=f"{n:05}") for n in range(1, 101)]
    seller.drop("orders.txt", orders(*rows))
    seller.once(NOV_20)
    found = outs(seller, "sales-order")
    assert {order["customer"] for order in found} == {"AMAZON-US-BUYERS"}
    assert len({order["buyer"]["city"] for order in found}) == 100
    assert {name.partition(".")[0] for name in seller.sales_orders} == {"sales-order"}


@pytest.mark.requirement("52")
@pytest.mark.parametrize(("mode", "revenue"), [("order-level", "order"), ("summary", "settlement")])
def test_an_order_says_where_its_revenue_is_counted(seller: House, mode: str, revenue: str) -> None:
    seller.configure('mode      = "order-level"', f'mode      = "{mode}"')
    seller.drop("orders.txt", orders(ordered(1, ship_city="RENO"), ordered(1, sku="ACME-26", price="43.50")))
    seller.once(NOV_20)
    order = sold(seller, 1)
    assert order["revenue"] == revenue
    assert [(line["sku"], line["amount"]) for line in order["lines"]] == [("ACME-1", "14.99"), ("ACME-26", "43.50")]


@pytest.mark.requirement("X2")
@pytest.mark.requirement("35")
@pytest.mark.requirement("75")
def test_tax_codes_are_the_erps_and_another_one_is_shown_with_the_order(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, item_tax="1.20")))
    seller.once(NOV_20)
    order = sold(seller, 1)
    assert (order["tax_code"], order["lines"][0]["tax"], order["lines"][0]["tax_responsibility"]) == (
        *("US-MF", "1.20"),
        "marketplace",
    )
    booked = {"document": "posting-result", "version": 1, "id": order["id"], "result": "booked", "number": "SO-1"}
    seller.erp_says("posting-result.json", {**booked, "tax_code": "US-STD"})
    seller.once(NOV_20)
    told = case(seller, "tax-code-mismatch")
    assert told["owner"] == "finance"
    assert "US-STD for US-MF" in told["message"]
    assert f"order {number(1)} (sales order SO-1)" in told["message"]
    seller.erp_says("posting-result.json", {**booked, "tax_code": "US-MF"})
    seller.once("2026-11-20T11:00:00Z")
    assert codes(seller) == []


def test_a_refusal_of_the_erp_is_one_case_for_all_orders_it_is_about(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1), ordered(2)))
    seller.once(NOV_20)
    for n in (1, 2):
        seller.erp_says(
            f"posting-result.{n}.json",
            {
                "document": "posting-result",
                "version": 1,
                "id": f"acme:{number(n)}",
                "result": "refused",
                "message": "customer AMAZON-US-BUYERS is blocked",
            },
        )
    seller.once(NOV_20)
    assert "2 orders of acme: customer AMAZON-US-BUYERS is blocked" in case(seller, "posting-refused")["message"]
    assert len(seller.json("sales", "list", "--missing")) == 2
    for n in (1, 2):
        said = {"document": "posting-result", "version": 1, "id": f"acme:{number(n)}", "result": "booked"}
        seller.erp_says(f"posting-result.{n}.json", said)
    seller.once("2026-11-20T11:00:00Z")
    assert codes(seller) == []


def test_a_sales_order_that_the_erp_refused_goes_again_until_it_is_booked(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1)))
    seller.once(NOV_20)
    said = {"document": "posting-result", "version": 1, "id": f"acme:{number(1)}", "result": "refused"}
    for time in ("11", "13"):
        seller.erp_says(f"posting-result.{time}.json", {**said, "message": "the customer is blocked"})
        seller.once(f"2026-11-20T{time}:00:00Z")
        (document,) = seller.json("documents", "list", "--type", "sales-order")
        seller.run("documents", "resend", document["id"], "--at", f"2026-11-20T{time}:30:00Z")
        seller.once(f"2026-11-20T{time}:30:00Z")
        assert codes(seller) == ["posting-refused"]
    files = sorted((seller.folder / "erp" / "out").glob("sales-order*"))
    assert len(files) == 3
    assert len({file.read_bytes() for file in files}) == 1
    seller.erp_says("posting-result.json", {**said, "result": "booked"})
    seller.once("2026-11-20T14:00:00Z")
    assert codes(seller) == []


@pytest.mark.requirement("72")
def test_an_order_that_stock_does_not_cover_goes_as_a_back_order_and_is_a_case(seller: House) -> None:
    seller.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,2\n")
    rows = [ordered(1, quantity=2), ordered(2, purchase_date="2026-11-18T15:00:00+00:00"), ordered(3, channel="Amazon")]
    seller.drop("orders.txt", orders(*rows))
    seller.once(NOV_20)
    assert [sold(seller, n).get("flag") for n in (1, 2, 3)] == [None, "backorder", "no-pick"]
    told = case(seller, "stock-short")
    assert number(2) in told["message"]
    assert number(1) not in told["message"]
    seller.drop("to-ship.txt", reports.table(reports.TO_SHIP, to_ship(2)))
    seller.erp_says("dispatch.json", dispatch(2))
    seller.once("2026-11-20T11:00:00Z")
    assert codes(seller) == []


def test_a_back_order_is_no_case_any_more_when_the_stock_covers_it(seller: House) -> None:
    seller.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,0\n")
    seller.drop("orders.txt", orders(ordered(1)))
    seller.once(NOV_20)
    seller.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,-1\n")
    seller.once("2026-11-20T11:00:00Z")
    assert codes(seller) == ["stock-short"]
    seller.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,0\n")
    seller.once("2026-11-20T12:00:00Z")
    assert codes(seller) == []


# What comes again


@pytest.mark.requirement("X1")
def test_reports_overlap_and_nothing_goes_twice(seller: House) -> None:
    report = orders(ordered(1), ordered(2, channel="Amazon"))
    for hour in range(10, 13):
        seller.drop(f"orders-{hour}.txt", report)
        seller.once(f"2026-11-20T{hour}:00:00Z")
    assert len(seller.sales_orders) == 2


def test_a_change_before_it_leaves_is_a_revision_and_an_older_report_changes_nothing(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1)))
    seller.once(NOV_20)
    newer = ordered(1, quantity=2, price="29.98", last_updated_date="2026-11-20T09:00:00+00:00")
    seller.drop("orders.txt", orders(newer))
    seller.once("2026-11-20T11:00:00Z")
    seller.drop("orders-old.txt", orders(ordered(1)))
    seller.once("2026-11-20T12:00:00Z")
    assert [sold(seller, 1, revision)["lines"][0]["amount"] for revision in (0, 1)] == ["14.99", "29.98"]
    assert len(seller.sales_orders) == 2


def test_a_cancelled_order_comes_again_with_nothing_in_it(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, shipping_price="4.99")))
    seller.once(NOV_20)
    gone = ordered(1, "Cancelled", price="", quantity=0, last_updated_date="2026-11-20T09:00:00+00:00")
    seller.drop("orders.txt", orders(gone))
    seller.once("2026-11-20T11:00:00Z")
    order = sold(seller, 1, 1)
    assert (order["cancelled"], order["lines"][0]["base"]["value"], order.get("charges")) == (True, "0", None)
    assert codes(seller) == []


def test_an_order_that_is_cancelled_after_it_left_is_a_case_for_a_person(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1)))
    seller.drop("to-ship.txt", reports.table(reports.TO_SHIP, to_ship(1)))
    seller.once(NOV_20)
    seller.erp_says("dispatch.json", dispatch(1))
    seller.once(NOV_20)
    gone = ordered(1, "Cancelled", price="", quantity=0, last_updated_date="2026-11-20T17:00:00+00:00")
    seller.drop("orders.txt", orders(gone))
    seller.once("2026-11-20T18:00:00Z")
    told = case(seller, "sale-cancelled")
    seller.run("cases", "resolve", told["id"], "--reason", "the parcel was called back")
    seller.once("2026-11-20T20:00:00Z")
    assert codes(seller) == []


def test_an_order_that_is_listed_otherwise_after_it_left_is_a_case_for_a_person(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, channel="Amazon")))
    seller.drop("shipments.txt", reports.table(reports.SHIPMENTS, shipped(1)))
    seller.once(NOV_20)
    other = ordered(1, "Shipped", "Amazon", price="13.99", last_updated_date="2026-11-20T17:00:00+00:00")
    seller.drop("orders.txt", orders(other))
    seller.once("2026-11-20T18:00:00Z")
    assert codes(seller) == ["sale-changed"]
    assert len(outs(seller, "sales-order")) == 1
