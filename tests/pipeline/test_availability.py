"""Our own stock offered at Amazon: what changed, at its time, the newest quantity, and never what Amazon ships."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest

from gateway.journal import Journal
from tests.pipeline.stock_files import (
    AT,
    add_seller,
    codes,
    configure_stock,
    feeds,
    held,
    inventory,
    listing,
    listings,
    stock_says,
    table,
)

if TYPE_CHECKING:
    from tests.conftest import House

PENDING = "gateway.pipeline.selling.sales.pending_by_sku"


@pytest.fixture
def pending(monkeypatch: pytest.MonkeyPatch) -> dict[str, Decimal]:
    """What pending orders hold, as a test says it."""
    found: dict[str, Decimal] = {}
    monkeypatch.setattr(PENDING, lambda *_: found)
    return found


@pytest.mark.requirement("31")
def test_stock_that_comes_is_offered_at_once(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4", "ACME-26,OTHER,99", "NEW-1,ACME1,5")
    house.once(AT)
    assert feeds(house) == [{"ACME-1": 30, "ACME-26": 4}]
    (file,) = (house.folder / "amazon" / "out").glob("inventory.*.json")
    assert json.loads(file.read_text())["header"]["sellerId"] == "MERCHANT"
    assert {row["sku"]: row["delivery"] for row in house.json("stock", "offers")} == {
        "ACME-1": "delivered",
        "ACME-26": "delivered",
    }


@pytest.mark.requirement("61")
def test_only_changed_quantities_are_sent_and_none_where_nothing_changed(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,3")
    house.once("2026-11-21T10:02:00Z")
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,3")
    house.once("2026-11-21T11:02:00Z")
    house.once("2026-11-21T12:02:00Z")
    assert feeds(house) == [{"ACME-1": 30, "ACME-26": 4}, {"ACME-26": 3}]


@pytest.mark.requirement("31")
def test_changes_within_one_interval_are_one_file_with_the_last_of_them(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    for minute, count in ((3, 29), (9, 28), (16, 27)):
        stock_says(house, f"ACME-1,ACME1,{count}")
        house.once(f"2026-11-21T09:{minute:02}:00Z")
    assert feeds(house) == [{"ACME-1": 30}]
    house.once("2026-11-21T09:17:00Z")
    assert feeds(house) == [{"ACME-1": 30}, {"ACME-1": 27}]


@pytest.mark.requirement("62")
def test_fast_movers_are_offered_more_often_than_the_others(house: "House") -> None:
    configure_stock(house, "fast_movers", '["ACME-26"]')
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    stock_says(house, "ACME-1,ACME1,29", "ACME-26,ACME1,3")
    house.once("2026-11-21T09:06:00Z")
    assert feeds(house)[1:] == []
    house.once("2026-11-21T09:07:00Z")
    assert feeds(house)[1:] == [{"ACME-26": 3}]
    house.once("2026-11-21T09:17:00Z")
    assert feeds(house)[1:] == [{"ACME-26": 3}, {"ACME-1": 29}]


@pytest.mark.requirement("34")
@pytest.mark.requirement("64")
def test_buffers_are_kept_back_for_all_and_for_single_skus(house: "House") -> None:
    configure_stock(house, "buffer", '"10%"')
    configure_stock(house, "buffers", '{ "ACME-26" = 3 }')
    stock_says(house, "ACME-1,ACME1,11", "ACME-26,ACME1,2")
    house.once(AT)
    assert feeds(house) == [{"ACME-1": 9, "ACME-26": 0}]
    rows = {row["sku"]: (row["pool"], row["buffer"], row["offered"]) for row in house.json("stock", "offers")}
    assert rows == {"ACME-1": ("11", "2", "9"), "ACME-26": ("2", "3", "0")}


@pytest.mark.requirement("26")
@pytest.mark.requirement("34")
def test_what_pending_orders_hold_is_not_offered(house: "House", pending: dict[str, Decimal]) -> None:
    pending["ACME-1"] = Decimal(4)
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    assert feeds(house) == [{"ACME-1": 26}]


def order(status: str, sku: str = "ACME-1", quantity: int = 4) -> str:
    """An orders report of one order that we ship."""
    row = {
        "amazon-order-id": "111-0000001-0000001",
        "purchase-date": "2026-11-21T08:00:00+00:00",
        "order-status": status,
        "fulfillment-channel": "Merchant",
        "sales-channel": "Amazon.com",
        "sku": sku,
        "quantity": quantity,
        "currency": "USD",
        "item-status": status,
    }
    prices = {} if status == "Pending" else {"item-price": "29.00"}
    return table("orders", {**row, **prices})


def booked(house: "House") -> None:
    """The ERP says that it has booked the order."""
    answer = {"document": "posting-result", "version": 1, "id": "acme:111-0000001-0000001", "result": "booked"}
    house.erp_says("posting-result.json", answer)


@pytest.mark.requirement("26")
def test_a_pending_order_lowers_the_offer_until_it_is_cancelled(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    house.drop("orders.txt", order("Pending"))
    house.once("2026-11-21T10:02:00Z")
    house.drop("orders.txt", order("Cancelled"))
    house.once("2026-11-21T11:02:00Z")
    assert feeds(house) == [{"ACME-1": 30}, {"ACME-1": 26}, {"ACME-1": 30}]


@pytest.mark.requirement("34")
def test_an_order_that_confirms_stays_taken_off_until_the_erps_stock_shows_it(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    for hour, status in ((10, "Pending"), (11, "Unshipped")):
        house.drop("orders.txt", order(status))
        house.once(f"2026-11-21T{hour}:02:00Z")
    assert feeds(house) == [{"ACME-1": 30}, {"ACME-1": 26}]
    booked(house)
    house.once("2026-11-21T11:30:00Z")
    stock_says(house, "ACME-1,ACME1,26")
    house.once("2026-11-21T12:02:00Z")
    assert len(feeds(house)) == 2
    stock_says(house, "ACME-1,ACME1,25")
    house.once("2026-11-21T13:02:00Z")
    assert feeds(house)[2:] == [{"ACME-1": 25}]


@pytest.mark.requirement("34")
def test_stock_that_the_erp_tells_before_it_has_booked_an_order_does_not_offer_its_pieces_again(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    house.drop("orders.txt", order("Unshipped"))
    house.once("2026-11-21T10:02:00Z")
    stock_says(house, "ACME-1,ACME1,30")
    house.once("2026-11-21T11:02:00Z")
    booked(house)
    house.once("2026-11-21T12:02:00Z")
    assert feeds(house) == [{"ACME-1": 30}, {"ACME-1": 26}], "it has booked, and has not told its stock since"
    stock_says(house, "ACME-1,ACME1,26")
    house.once("2026-11-21T13:02:00Z")
    assert feeds(house) == [{"ACME-1": 30}, {"ACME-1": 26}]
    (row,) = house.json("stock", "offers", "--at", "2026-11-21T13:05:00Z")
    assert (row["pending"], row["offered"]) == ("0", "26")


@pytest.mark.requirement("34")
def test_an_erp_that_never_says_what_it_books_is_believed_after_a_week(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    house.drop("orders.txt", order("Unshipped"))
    house.once("2026-11-21T10:02:00Z")
    for day, offered in ((27, 22), (28, 22), (29, 26)):
        stock_says(house, "ACME-1,ACME1,26")
        house.once(f"2026-11-{day}T10:00:00Z")
        assert feeds(house)[-1] == {"ACME-1": offered}


@pytest.mark.requirement("34")
def test_an_order_that_is_posted_anew_without_an_item_no_longer_holds_it(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,9")
    house.once(AT)
    house.drop("orders.txt", order("Unshipped"))
    house.once("2026-11-21T10:02:00Z")
    assert feeds(house)[1:] == [{"ACME-1": 26}]
    house.drop("orders.txt", order("Cancelled"))
    house.once("2026-11-21T11:02:00Z")
    assert feeds(house)[2:] == [{"ACME-1": 30}]


@pytest.mark.requirement("34")
def test_a_change_that_the_erp_has_not_booked_is_not_in_its_stock_either(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    house.drop("orders.txt", order("Unshipped"))
    house.once("2026-11-21T10:02:00Z")
    booked(house)
    house.once("2026-11-21T10:20:00Z")
    house.drop("orders.txt", order("Unshipped", quantity=7))
    house.once("2026-11-21T11:02:00Z")
    stock_says(house, "ACME-1,ACME1,30")
    house.once("2026-11-21T12:02:00Z")
    assert feeds(house)[-1] == {"ACME-1": 23}


@pytest.mark.requirement("34")
def test_locations_that_hold_goods_at_amazon_are_no_pool_whatever_else_is_said(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-1,FBA-US,400", "ACME-1,FBA-TRANSIT,50")
    house.once(AT)
    assert feeds(house) == [{"ACME-1": 30}]


@pytest.mark.requirement("46")
def test_a_sku_that_amazon_ships_is_never_offered(house: "House") -> None:
    house.drop("listings.txt", listings(listing("ACME-1", "AMAZON_NA"), listing("ACME-26", "DEFAULT", 2)))
    house.drop("myi.txt", inventory(held("ACME-3", 7), held("ACME-26", 0, mfn="Yes")))
    stock_says(house, "ACME-1,ACME1,30", "ACME-3,ACME1,8", "ACME-26,ACME1,4", "ACME-2,ACME1,5")
    house.once(AT)
    assert feeds(house) == [{"ACME-26": 4}]


@pytest.mark.requirement("46")
def test_a_sku_that_goes_over_to_amazon_is_offered_no_more_not_even_at_zero(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    house.drop("myi.txt", inventory(held("ACME-1", 7)))
    stock_says(house, "ACME-1,ACME1,3", "ACME-26,ACME1,3")
    house.once("2026-11-21T10:02:00Z")
    assert feeds(house)[1:] == [{"ACME-26": 3}]


def test_a_sku_is_offered_under_the_name_it_is_listed_under(house: "House") -> None:
    house.items("ACME-1,acme,ACME-1-M,SK,,,,active,,no,no,")
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    assert feeds(house) == [{"ACME-1-M": 30}]
    house.drop("listings.txt", listings(listing("ACME-1-M", "DEFAULT", 30), listing("ACME-26", "DEFAULT")))
    stock_says(house, "ACME-1,ACME1,29")
    house.once("2026-11-21T10:02:00Z")
    assert feeds(house)[1:] == [{"ACME-1-M": 29}]


@pytest.mark.requirement("63")
def test_while_an_update_has_not_left_no_second_one_is_written_and_then_the_newest_quantity_goes(
    house: "House",
) -> None:
    out = house.folder / "amazon" / "out"
    aside = house.folder / "aside"
    out.rename(aside)
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    for minute, count in ((20, 12), (40, 7)):
        stock_says(house, f"ACME-1,ACME1,{count}")
        house.once(f"2026-11-21T09:{minute}:00Z")
    with house.journal() as journal:
        assert len(journal.documents(type="availability-update")) == 1
    aside.rename(out)
    house.once("2026-11-21T10:40:00Z")
    house.once("2026-11-21T10:42:00Z")
    assert feeds(house) == [{"ACME-1": 30}, {"ACME-1": 7}]


@pytest.mark.requirement("63")
def test_an_update_that_failed_for_good_was_never_told_and_its_quantities_go_again(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    stock_says(house, "ACME-1,ACME1,29")
    house.once("2026-11-21T10:02:00Z")
    with Journal.open(house.folder / "journal.db") as journal:
        last = journal.documents(type="availability-update")[-1]
        with journal.transaction(datetime(2026, 11, 21, 10, 3, tzinfo=UTC)) as tx:
            tx.update_document(last.id, delivery="failed")
    stock_says(house, "ACME-26,ACME1,3")
    house.once("2026-11-21T11:02:00Z")
    assert feeds(house)[-1] == {"ACME-1": 29, "ACME-26": 3}


@pytest.mark.requirement("63")
def test_what_amazon_was_told_is_known_however_many_updates_ago(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.pipeline.selling.availability._REPEATED_EVERY", 3)
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,50")
    house.once(AT)
    for hour in range(10, 20):
        stock_says(house, f"ACME-26,ACME1,{hour}")
        house.once(f"2026-11-21T{hour}:02:00Z")
    assert feeds(house)[0] == {"ACME-1": 30, "ACME-26": 50}
    assert feeds(house)[1:] == [{"ACME-26": hour} for hour in range(10, 20)]
    assert {row["sku"]: row["sent"] for row in house.json("stock", "offers")} == {"ACME-1": "30", "ACME-26": "19"}


def test_two_sellers_on_one_channel_write_two_files_in_one_second(house: "House") -> None:
    add_seller(house)
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    assert feeds(house) == [{"ACME-1": 30}, {"ACME-1": 30}]


def test_a_seller_without_a_pool_offers_nothing(house: "House") -> None:
    configure_stock(house, "pools", "[]")
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    assert feeds(house) == []


def test_a_seller_who_is_gone_offers_nothing(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30")
    house.once(AT)
    stock_says(house, "ACME-1,ACME1,29")
    house.once("2026-11-21T09:03:00Z")
    text = house.config.read_text()
    house.config.write_text(text[: text.index("[sellers.acme]")])
    house.once("2026-11-21T10:03:00Z")
    assert len(feeds(house)) == 1


def test_a_feed_has_no_more_messages_than_amazon_takes(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.pipeline.selling.availability.MESSAGES_AT_MOST", 1)
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    house.once("2026-11-21T10:02:00Z")
    assert feeds(house) == [{"ACME-1": 30}, {"ACME-26": 4}]


@pytest.mark.requirement("18")
@pytest.mark.requirement("76")
def test_an_offer_that_amazon_shows_otherwise_is_a_case_and_is_told_again(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    house.drop("listings.txt", listings(listing("ACME-1", "DEFAULT", 28), listing("ACME-26", "DEFAULT", 4)))
    house.once("2026-11-21T10:02:00Z")
    (case,) = house.cases
    assert (case["code"], case["owner"]) == ("listing-drift", "operations")
    assert "ACME-1: offered 30, listed 28" in case["message"]
    assert feeds(house)[1:] == [{"ACME-1": 30}]
    house.drop("listings.txt", listings(listing("ACME-1", "DEFAULT", 30), listing("ACME-26", "DEFAULT", 4)))
    house.once("2026-11-21T11:02:00Z")
    assert house.cases == []
    assert len(feeds(house)) == 2


@pytest.mark.requirement("76")
def test_an_offer_that_is_not_listed_is_a_case(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    house.drop("listings.txt", listings(listing("ACME-1", "DEFAULT", 30)))
    house.once("2026-11-21T10:02:00Z")
    assert "ACME-26: offered 4, not listed" in codes(house)["listing-drift"]
    assert len(feeds(house)) == 1


@pytest.mark.requirement("63")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_through_any_outages_each_sku_gets_its_quantities_in_order_and_ends_with_the_newest(
    house: "House", seed: int
) -> None:
    chance, now = Random(seed), datetime(2026, 11, 21, 9, 2, tzinfo=UTC)
    out, aside = house.folder / "amazon" / "out", house.folder / "aside"
    history: dict[str, list[int]] = {"ACME-1": [], "ACME-26": []}
    for _ in range(20):
        now += timedelta(minutes=chance.randrange(1, 20))
        match chance.randrange(4):
            case 0 if out.exists():
                out.rename(aside)
            case 1 if aside.exists():
                aside.rename(out)
            case _:
                sku = chance.choice(sorted(history))
                history[sku].append(chance.randrange(100))
                stock_says(house, f"{sku},ACME1,{history[sku][-1]}")
        house.once(now.isoformat())
    if aside.exists():
        aside.rename(out)
    for _ in range(3):
        now += timedelta(minutes=20)
        house.once(now.isoformat())
    for sku, told in history.items():
        sent = [feed[sku] for feed in feeds(house) if sku in feed]
        assert sent[-1] == told[-1]
        newer = iter(told)
        assert all(quantity in newer for quantity in sent)  # each is found behind the one before


def ordered_by(number: str, channel: str, sku: str, at: str = "2026-11-21T08:00:00+00:00") -> str:
    """An orders report of one piece, and of who ships it."""
    row = {
        "amazon-order-id": number,
        "purchase-date": at,
        "order-status": "Shipped",
        "fulfillment-channel": channel,
        "sales-channel": "Amazon.com",
        "sku": sku,
        "quantity": 1,
        "currency": "USD",
        "item-status": "Shipped",
        "item-price": "29.00",
    }
    return table("orders", row)


@pytest.mark.requirement("46")
def test_what_amazon_shipped_last_is_not_offered_unless_a_listing_says_otherwise(house: "House") -> None:
    house.drop("orders.txt", ordered_by("111-1", "Amazon", "ACME-1"))
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    assert feeds(house) == [{"ACME-26": 4}]
    house.drop("listings.txt", listings(listing("ACME-1", "DEFAULT", 1), listing("ACME-26", "DEFAULT", 4)))
    house.once("2026-11-21T10:02:00Z")
    assert [feed.get("ACME-1") for feed in feeds(house)[1:]] == [30]


@pytest.mark.requirement("46")
def test_of_several_orders_the_one_that_was_bought_last_tells_who_ships(house: "House") -> None:
    first, last = "2026-11-18T09:00:00+00:00", "2026-11-19T09:00:00+00:00"
    house.drop("orders.txt", ordered_by("111-1", "Merchant", "ACME-1", last))
    house.drop("orders-2.txt", ordered_by("111-2", "Amazon", "ACME-26", last))
    stock_says(house, "ACME-1,ACME1,30", "ACME-26,ACME1,4")
    house.once(AT)
    assert set(feeds(house)[0]) == {"ACME-1"}
    both = ordered_by("111-3", "Amazon", "ACME-1", first).splitlines()[1]
    house.drop("orders-3.txt", ordered_by("111-4", "Merchant", "ACME-1", last) + both + "\n")
    house.once("2026-11-21T10:02:00Z")
    with house.journal() as journal:
        assert len(journal.events("shippers:acme")) == 2
