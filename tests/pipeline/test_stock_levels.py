"""Levels at Amazon, from a report in the folder to the snapshot, the cases about what differs, and reports missed."""

from typing import TYPE_CHECKING

import pytest

from tests.pipeline.stock_files import (
    AT,
    adjustments,
    codes,
    configure_stock,
    feeds,
    held,
    inventory,
    listing,
    listings,
    moves,
    stock_says,
    table,
    told,
)

if TYPE_CHECKING:
    from tests.conftest import House

OWN = "ACME1"


@pytest.mark.requirement("8")
@pytest.mark.requirement("9")
def test_a_report_becomes_a_snapshot_with_a_location_for_each_state(house: "House") -> None:
    house.drop("myi.txt", inventory(held(sellable=40, unsellable=4, reserved=15, inbound_shipped=20, researching=1)))
    house.once(AT)
    (snapshot,) = told(house, "inventory-snapshot.acme")
    assert (snapshot["source"], snapshot["marketplace"]) == ("fba-inventory", "Amazon.com")
    places = {line["location"]: line["quantity"] for line in snapshot["lines"] if line["quantity"] != "0"}
    assert places == {
        "FBA-US": "40",
        "FBA-RESERVED": "15",
        "FBA-UNSELLABLE": "4",
        "FBA-TRANSIT": "20",
        "FBA-RESEARCHING": "1",
    }


@pytest.mark.requirement("22")
def test_only_sellable_pieces_are_sellable_and_unsellable_ones_are_not_valued_as_good(house: "House") -> None:
    house.drop("myi.txt", inventory(held(sellable=40, unsellable=4, reserved=15, researching=1)))
    house.once(AT)
    (snapshot,) = told(house, "inventory-snapshot.acme")
    assert {line["state"] for line in snapshot["lines"] if line["sellable"]} == {"sellable"}
    assert {line["state"] for line in snapshot["lines"] if not line["valued"]} == {"unsellable"}


@pytest.mark.requirement("10")
def test_no_document_about_levels_names_a_warehouse_of_ours(house: "House") -> None:
    house.drop("myi.txt", inventory(held(inbound_working=9, inbound_shipped=3)))
    house.once(AT)
    (snapshot,) = told(house, "inventory-snapshot.acme")
    assert OWN not in {line["location"] for line in snapshot["lines"]}
    assert "9" not in {line["quantity"] for line in snapshot["lines"]}  # what is being prepared still is ours


def test_the_old_report_of_eighteen_columns_is_read_too(house: "House") -> None:
    lines = [row.split("\t")[:18] for row in inventory(held()).splitlines()]
    house.drop("old.txt", "\n".join("\t".join(line) for line in lines))
    house.once(AT)
    (snapshot,) = told(house, "inventory-snapshot.acme")
    assert {line["state"] for line in snapshot["lines"]} == {"sellable", "reserved", "unsellable", "inbound"}


def test_two_reports_of_one_second_are_two_snapshots(house: "House") -> None:
    house.drop("a.txt", inventory(held(sellable=40)))
    house.drop("b.txt", inventory(held(sellable=41)))
    house.once(AT)
    assert len(told(house, "inventory-snapshot.acme")) == 2


def test_the_reserved_report_comes_with_the_levels_that_it_explains(house: "House") -> None:
    house.drop("myi.txt", inventory(held(sellable=40, reserved=15)))
    house.once(AT)
    reasons = {
        "reserved_qty": 15,
        "reserved_customerorders": 5,
        "reserved_fc-transfers": 8,
        "reserved_fc-processing": 2,
    }
    house.drop("reserved.txt", table("reserved-inventory", {"sku": "ACME-1", "fnsku": "X0ACME-1", **reasons}))
    house.once("2026-11-21T09:10:00Z")
    last = told(house, "inventory-snapshot.acme")[-1]
    details = {line["detail"]: line["quantity"] for line in last["lines"] if line["state"] == "reserved"}
    assert details == {"customer_order": "5", "transfer": "8", "processing": "2"}
    assert {line["quantity"] for line in last["lines"] if line["state"] == "sellable"} == {"40"}


def test_a_snapshot_that_was_refused_is_not_tried_again_once_there_is_a_newer_one(house: "House") -> None:
    house.drop("myi.txt", inventory(held(sellable=40)))
    house.once(AT)
    (old,) = told(house, "inventory-snapshot")
    answer = {"document": "posting-result", "version": 1, "id": old["id"], "result": "refused", "message": "closed"}
    house.erp_says("posting-result.json", answer)
    house.once("2026-11-21T09:10:00Z")
    assert codes(house).keys() == {"posting-refused"}
    house.drop("myi.txt", inventory(held(sellable=41)))
    house.once("2026-11-21T09:20:00Z")
    assert house.cases == []
    house.once("2026-11-21T12:00:00Z")
    assert [each["id"] == old["id"] for each in told(house, "inventory-snapshot")] == [True, False]


def test_reasons_without_levels_wait_for_them(house: "House") -> None:
    reasons = {"reserved_qty": 15, "reserved_customerorders": 15, "reserved_fc-transfers": 0}
    house.drop("reserved.txt", table("reserved-inventory", {"sku": "ACME-1", "fnsku": "X0ACME-1", **reasons}))
    house.once(AT)
    assert told(house, "inventory-snapshot") == []


def test_the_lean_report_tells_the_erp_of_two_states(house: "House") -> None:
    row = {"seller-sku": "ACME-1", "fulfillment-channel-sku": "X0"}
    good = {**row, "Warehouse-Condition-code": "SELLABLE", "Quantity Available": 40}
    bad = {**row, "Warehouse-Condition-code": "UNSELLABLE", "Quantity Available": 4}
    stock_says(house, "ACME-1,FBA-US,39")
    house.drop("afn.txt", table("afn-inventory", good, bad))
    house.once(AT)
    (snapshot,) = told(house, "inventory-snapshot")
    assert {line["state"]: line["quantity"] for line in snapshot["lines"]} == {"sellable": "40", "unsellable": "4"}
    assert "stock-drift" in codes(house)


def test_the_name_of_a_file_may_name_the_marketplace(house: "House") -> None:
    house.drop("myi-amazon.com.mx.txt", inventory(held(sellable=7)))
    house.once(AT)
    (snapshot,) = told(house, "inventory-snapshot")
    assert snapshot["marketplace"] == "Amazon.com.mx"
    assert {line["location"] for line in snapshot["lines"] if line["state"] == "sellable"} == {"FBA-MX"}


def test_the_configuration_may_name_the_usual_marketplace(house: "House") -> None:
    configure_stock(house, "marketplace", '"Amazon.ca"')
    house.drop("myi.txt", inventory(held(sellable=7)))
    house.once(AT)
    assert told(house, "inventory-snapshot")[0]["marketplace"] == "Amazon.ca"


def test_a_sku_is_told_under_the_erps_name_for_it(house: "House") -> None:
    house.items("ACME-1,acme,ACME-1-FBA,SK,,,,active,,no,no,")
    house.drop("myi.txt", inventory(held("ACME-1-FBA", sellable=40), held("ACME-1", sellable=2)))
    house.once(AT)
    (snapshot,) = told(house, "inventory-snapshot")
    assert {(line["sku"], line["quantity"]) for line in snapshot["lines"] if line["sellable"]} == {("ACME-1", "42")}


@pytest.mark.requirement("51")
def test_what_differs_from_the_erp_is_one_case_that_names_every_sku(house: "House") -> None:
    stock_says(house, "ACME-1,FBA-US,38", "ACME-26,FBA-US,12", "ACME-2,FBA-US,9", "ACME-1,FBA-UNSELLABLE,4")
    rows = (held(sellable=40, unsellable=4), held("ACME-26", 12), held("ACME-2", 7))
    house.drop("myi.txt", inventory(*rows))
    house.once(AT)
    (case,) = [each for each in house.cases if each["code"] == "stock-drift"]
    assert case["owner"] == "operations"
    assert "ACME-1 at FBA-US: ERP 38, Amazon 40" in case["message"]
    assert "ACME-2 at FBA-US: ERP 9, Amazon 7" in case["message"]
    assert "ACME-26" not in case["message"]
    assert {row["sku"]: row["difference"] for row in house.json("stock", "drift")} == {"ACME-1": "-2", "ACME-2": "2"}


def test_drift_closes_with_the_next_report_that_agrees(house: "House") -> None:
    stock_says(house, "ACME-1,FBA-US,38")
    house.drop("myi.txt", inventory(held(sellable=40)))
    house.once(AT)
    assert "stock-drift" in codes(house)
    stock_says(house, "ACME-1,FBA-US,41")
    house.drop("myi.txt", inventory(held(sellable=41)))
    house.once("2026-11-21T10:00:00Z")
    assert "stock-drift" not in codes(house)


def test_some_pieces_of_drift_may_be_let_pass(house: "House") -> None:
    configure_stock(house, "drift_pieces", "2")
    stock_says(house, "ACME-1,FBA-US,38")
    house.drop("myi.txt", inventory(held(sellable=40)))
    house.once(AT)
    assert "stock-drift" not in codes(house)
    assert [row["beyond"] for row in house.json("stock", "drift")] == [False]


@pytest.mark.requirement("28")
def test_goods_that_only_one_system_knows_are_a_case_with_an_owner_until_both_do(house: "House") -> None:
    stock_says(house, "ACME-26,FBA-US,5")
    house.drop("myi.txt", inventory(held(), held("NEW-1", 3)))
    house.once(AT)
    (case,) = [each for each in house.cases if each["code"] == "ghost-stock"]
    assert case["owner"] == "operations"
    assert "NEW-1: 3 at FBA-US that Amazon has, items.csv does not know" in case["message"]
    assert "ACME-26: 5 at FBA-US that the ERP has, Amazon does not" in case["message"]
    house.items("NEW-1,,,,,,,active,,no,no,")
    stock_says(house, "ACME-26,FBA-US,0", "ACME-1,FBA-US,40", "NEW-1,FBA-US,3")
    house.drop("myi.txt", inventory(held(), held("NEW-1", 3)))
    house.once("2026-11-21T10:00:00Z")
    assert "ghost-stock" not in codes(house)


@pytest.mark.requirement("11")
def test_a_sku_that_the_erp_does_not_know_is_marked_in_the_snapshot_and_changes_no_master(house: "House") -> None:
    house.drop("myi.txt", inventory(held("NEW-1", 3)))
    house.once(AT)
    (snapshot,) = told(house, "inventory-snapshot")
    assert {line["known"] for line in snapshot["lines"]} == {False}
    with house.journal() as journal:
        assert "NEW-1" not in {row["sku"] for row in journal.master("items")}


@pytest.mark.requirement("28")
def test_a_listing_without_an_item_is_a_ghost(house: "House") -> None:
    house.drop("listings.txt", listings(listing("NEW-1", "DEFAULT", 3), listing("ACME-1", "AMAZON_NA")))
    house.once(AT)
    assert "NEW-1: listed at Amazon, not in items.csv" in codes(house)["ghost-stock"]
    house.drop("listings.txt", listings(listing("ACME-1", "AMAZON_NA")))
    house.once("2026-11-21T10:00:00Z")
    assert "ghost-stock" not in codes(house)


@pytest.mark.requirement("47")
def test_an_inventory_report_that_does_not_come_in_time_is_a_case_until_one_comes(house: "House") -> None:
    house.once(AT)
    house.once("2026-11-24T09:00:00Z")
    assert "report-missed" not in codes(house)  # none has ever come
    house.drop("myi.txt", inventory(held()))
    house.once("2026-11-24T09:02:00Z")
    house.once("2026-11-25T11:01:00Z")
    assert "report-missed" not in codes(house)
    house.once("2026-11-25T11:02:00Z")
    (case,) = [each for each in house.cases if each["code"] == "report-missed"]
    assert case["owner"] == "operations"
    house.drop("myi.txt", inventory(held()))
    house.once("2026-11-25T12:00:00Z")
    assert "report-missed" not in codes(house)


def test_a_report_of_a_seller_who_is_gone_is_missed_by_nobody(house: "House") -> None:
    house.drop("myi.txt", inventory(held()))
    house.once(AT)
    text = house.config.read_text()
    house.config.write_text(text[: text.index("[sellers.acme]")])
    house.once("2026-11-25T11:02:00Z")
    assert "report-missed" not in codes(house)


def test_stranded_goods_are_shown_and_no_case(house: "House") -> None:
    house.drop("myi.txt", inventory(held()))
    row = {
        "sku": "ACME-1",
        "stranded-reason": "Listing closed",
        "date-stranded": "2026-11-01",
        "primary-action": "Edit",
    }
    house.drop("stranded.txt", table("stranded-inventory", row))
    house.once(AT)
    (shown,) = house.json("stock", "list")
    assert shown["stranded"] == "Listing closed since 2026-11-01: Edit"
    assert house.cases == []


@pytest.mark.requirement("80")
def test_nothing_that_amazon_says_of_stock_or_prices_changes_a_master_of_the_erp(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-1,FBA-US,38")
    house.once(AT)
    with house.journal() as journal:
        before = {kind: journal.master(kind) for kind in ("items", "stock", "terms", "locations")}
    house.drop("myi.txt", inventory({**held(sellable=99), "your-price": "0.01"}))
    house.drop("listings.txt", listings({**listing("ACME-1", "DEFAULT", 7), "price": "0.01"}))
    house.once("2026-11-21T10:00:00Z")
    with house.journal() as journal:
        assert {kind: journal.master(kind) for kind in before} == before
    assert "0.01" not in str(told(house, ""))


def ledger(ending: int = 55, date: str = "11/20/2026", **others: int) -> str:
    """A ledger summary of one row: 50 + 12 - 6 - 1."""
    names = (
        *("Receipts", "Customer Shipments", "Customer Returns", "Vendor Returns", "Warehouse Transfer In/Out", "Found"),
        *("Lost", "Damaged", "Disposed", "Other Events", "Unknown Events", "In Transit Between Warehouses"),
    )
    counts = {**dict.fromkeys(names, 0), "Receipts": 12, "Customer Shipments": -6, "Lost": -1, **others}
    row = {"Date": date, "FNSKU": "X0ACME-1", "MSKU": "ACME-1", "Disposition": "SELLABLE", "Location": "US"}
    balances = {"Starting Warehouse Balance": 50, "Ending Warehouse Balance": ending}
    return table("ledger-summary", {**row, **counts, **balances})


def test_a_ledger_that_does_not_add_up_is_a_case_until_it_does(house: "House") -> None:
    house.drop("ledger.txt", ledger(54))
    house.once(AT)
    assert "line 2: X0ACME-1 ACME-1 SELLABLE US on 2026-11-20 adds up to 55" in codes(house)["ledger-unbalanced"]
    house.drop("ledger.txt", ledger(55))
    house.once("2026-11-21T10:00:00Z")
    assert house.cases == []


def test_a_ledger_by_month_with_a_header_without_blanks_is_read(house: "House") -> None:
    head, *rows = ledger(54, date="11/2026").splitlines()
    house.drop("ledger.txt", "\n".join([head.replace(" ", ""), *rows]))
    house.once(AT)
    assert "on 2026-11-01 adds up to 55" in codes(house)["ledger-unbalanced"]


def test_a_ledger_that_ends_with_other_pieces_than_the_levels_of_its_day_is_drift(house: "House") -> None:
    house.drop("myi.txt", inventory(held(sellable=40, reserved=14)))
    house.once(AT)
    house.drop("ledger.txt", ledger())
    house.once("2026-11-21T10:00:00Z")
    (case,) = house.cases
    assert "ACME-1 at sellable: ledger 55, inventory report 54 = 40 sellable + 14 reserved" in case["message"]
    assert "gateway stock show SKU" in case["remedy"]
    assert "gateway stock drift" not in case["remedy"], "it compares with the ERP, and would show nothing"
    house.drop("myi.txt", inventory(held(sellable=40, reserved=15)))
    house.drop("n-ledger.txt", ledger())
    house.once("2026-11-21T11:00:00Z")
    assert house.cases == []


def test_a_ledger_of_another_day_than_the_levels_is_not_held_against_them(house: "House") -> None:
    house.drop("myi.txt", inventory(held(sellable=1)))
    house.drop("n-ledger.txt", ledger(date="11/18/2026"))
    house.once(AT)
    assert house.cases == []


@pytest.mark.requirement("79")
def test_own_stock_and_stock_at_amazon_are_kept_in_quantities_of_their_own(house: "House") -> None:
    stock_says(house, "ACME-1,ACME1,30", "ACME-1,FBA-US,40")
    house.drop("myi.txt", inventory(held(sellable=40, mfn="Yes")))
    house.once(AT)
    (row,) = [each for each in house.json("stock", "list") if each["sku"] == "ACME-1"]
    assert (row["sellable"], row["erp"], row["drift"], row["pool"], row["offered"]) == ("40", "40", "0", "30", "30")
    assert feeds(house) == [{"ACME-1": 30}]
    assert (adjustments(house), moves(house)) == ([], [])
