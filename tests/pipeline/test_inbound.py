"""Shipments to Amazon: from files in the folder to transfers, and the cases about what did not arrive."""

import json
from typing import TYPE_CHECKING

import pytest

from tests.pipeline.stock_files import (
    AT,
    add_seller,
    codes,
    configure_stock,
    event,
    forget_warehouses,
    items,
    moves,
    shipments,
    table,
    told,
)

if TYPE_CHECKING:
    from tests.conftest import House

SHIP = ("ship", "ACME1", "FBA-TRANSIT", {"ACME-1": "20"})
TIMES = [f"2026-11-{day}T09:00:00Z" for day in range(22, 30)]


def play(house: "House", *files: str) -> None:
    """Drop one file a day."""
    for number, (file, at) in enumerate(zip(files, TIMES, strict=False)):
        house.drop(f"inbound-{number}.json", file)
        house.once(at)


def ledger(*rows: dict[str, object]) -> str:
    """A ledger-detail report."""
    return table("ledger-detail", *rows)


@pytest.mark.requirement("55")
@pytest.mark.requirement("67")
def test_a_confirmed_plan_is_one_transfer_into_transit_however_often_it_is_told(house: "House") -> None:
    play(house, shipments("WORKING"), items(20), shipments("SHIPPED"), shipments("IN_TRANSIT"), items(20))
    assert moves(house) == [SHIP]
    (document,) = told(house, "stock-transfer.FBA1.ship")
    assert (document["shipment"], document["seller"], document["moved_on"]) == ("FBA1", "acme", "2026-11-24")


@pytest.mark.requirement("55")
@pytest.mark.requirement("68")
def test_receipts_move_from_transit_to_the_location_at_amazon_for_what_was_received(house: "House") -> None:
    play(house, shipments("SHIPPED"), items(20), items(20, 12), items(20, 20), shipments("CLOSED"))
    assert moves(house) == [
        SHIP,
        ("receive", "FBA-TRANSIT", "FBA-US", {"ACME-1": "12"}),
        ("receive", "FBA-TRANSIT", "FBA-US", {"ACME-1": "8"}),
    ]
    assert house.cases == []


@pytest.mark.requirement("68")
def test_what_the_ledger_and_the_count_both_tell_is_received_once(house: "House") -> None:
    play(house, shipments("RECEIVING"), items(20))
    house.drop("ledger.txt", ledger(event("Receipts", 7, "FBA1"), event("Receipts", 5, "FBA1")))
    house.drop("ledger-again.txt", ledger(event("Receipts", 7, "FBA1"), event("Receipts", 5, "FBA1")))
    house.once("2026-11-25T09:00:00Z")
    house.drop("inbound.json", items(20, 12))
    house.once("2026-11-26T09:00:00Z")
    received = [pieces for step, _, _, pieces in moves(house) if step == "receive"]
    assert received == [{"ACME-1": "12"}]


def bad(quantity: int, shipment: str = "FBA1") -> dict[str, object]:
    """A receipt of damaged goods."""
    return event("Receipts", quantity, shipment, disposition="DEFECTIVE")


@pytest.mark.requirement("68")
def test_receipts_that_the_ledger_calls_defective_go_where_unsellable_goods_lie(house: "House") -> None:
    play(house, shipments("RECEIVING"), items(10))
    house.drop("ledger.txt", ledger(event("Receipts", 4, "FBA1"), bad(2)))
    house.once("2026-11-25T09:00:00Z")
    house.drop("count.json", items(10, 7))
    house.once("2026-11-26T09:00:00Z")
    assert moves(house)[1:] == [
        ("receive", "FBA-TRANSIT", "FBA-UNSELLABLE", {"ACME-1": "2"}),
        ("receive", "FBA-TRANSIT", "FBA-US", {"ACME-1": "4"}),
        ("receive", "FBA-TRANSIT", "FBA-US", {"ACME-1": "1"}),
    ]
    (row,) = house.json("stock", "inbound")
    assert (row["received"], row["unsellable"], row["in_transit"]) == ("7", "2", "3")


@pytest.mark.requirement("68")
def test_what_a_count_brought_among_sellable_goods_is_set_apart_when_the_ledger_says_so(house: "House") -> None:
    play(house, shipments("RECEIVING"), items(10), items(10, 6))
    for name in ("ledger.txt", "again.txt"):
        house.drop(name, ledger(event("Receipts", 4, "FBA1"), bad(2)))
        house.once("2026-11-25T09:00:00Z")
    assert moves(house)[1:] == [
        ("receive", "FBA-TRANSIT", "FBA-US", {"ACME-1": "6"}),
        ("receive", "FBA-US", "FBA-UNSELLABLE", {"ACME-1": "2"}),
    ]
    assert house.json("stock", "inbound")[0]["received"] == "6"


def test_receipts_of_which_no_plan_was_told_are_shown(house: "House") -> None:
    house.drop("ledger.txt", ledger(event("Receipts", 4, "FBA9")))
    house.once(AT)
    (row,) = house.json("stock", "inbound")
    assert (row["shipment"], row["planned"], row["told"], row["received"]) == ("FBA9", "0", "4", "0")


def test_a_closed_shipment_that_is_short_is_a_case_until_the_rest_is_found(house: "House") -> None:
    play(house, shipments("SHIPPED"), items(20, 18), shipments("CLOSED"))
    (case,) = house.cases
    assert (case["code"], case["owner"]) == ("inbound-short", "operations")
    assert "2 of ACME-1 never arrived" in case["message"]
    (row,) = house.json("stock", "inbound")
    assert (row["shipped"], row["received"], row["in_transit"], row["missing"]) == ("20", "18", "2", "2")
    house.drop("late.json", items(20, 20))
    house.once("2026-12-01T09:00:00Z")
    assert house.cases == []


def test_a_case_that_a_person_closed_stays_closed_when_the_same_file_comes_again(house: "House") -> None:
    play(house, shipments("SHIPPED"), items(20, 18), shipments("CLOSED"))
    (case,) = house.cases
    house.run("cases", "resolve", case["id"], "--reason", "reimbursed", "--at", "2026-11-30T09:00:00Z")
    house.drop("again.json", shipments("CLOSED"))
    house.once("2026-12-01T09:00:00Z")
    assert house.cases == []


def test_more_than_was_shipped_is_a_case_and_moves_nothing_that_was_never_there(house: "House") -> None:
    play(house, shipments("SHIPPED"), items(20, 23))
    assert moves(house)[1:] == [("receive", "FBA-TRANSIT", "FBA-US", {"ACME-1": "20"})]
    assert "3 of ACME-1" in codes(house)["inbound-over"]


def test_a_cancelled_shipment_goes_back(house: "House") -> None:
    play(house, shipments("SHIPPED"), items(20), shipments("CANCELLED"))
    assert moves(house) == [SHIP, ("void", "FBA-TRANSIT", "ACME1", {"ACME-1": "20"})]


def test_numbers_that_go_back_are_a_case_until_they_are_right_again(house: "House") -> None:
    play(house, shipments("SHIPPED"), items(20, 12), items(20, 9))
    assert "received 9 after 12" in codes(house)["inbound-going-back"]
    house.drop("right.json", items(20, 12))
    house.once("2026-12-01T09:00:00Z")
    assert house.cases == []


def test_a_state_that_is_new_to_us_is_a_case_and_moves_nothing(house: "House") -> None:
    play(house, items(20), shipments("TELEPORTED"))
    assert moves(house) == []
    assert codes(house).keys() == {"inbound-state-unknown"}


def test_one_sku_in_two_boxes_adds_up(house: "House") -> None:
    boxes = json.loads(items(20))["ItemData"] + json.loads(items(4))["ItemData"]
    play(house, shipments("SHIPPED"), json.dumps({"payload": {"ItemData": boxes}}))
    assert moves(house) == [("ship", "ACME1", "FBA-TRANSIT", {"ACME-1": "24"})]


def test_entries_that_cannot_be_read_are_a_case_and_the_others_stand(house: "House") -> None:
    good = json.loads(items(20))["ItemData"]
    bad = [
        {"ShipmentId": "FBA1"},
        "x",
        {**good[0], "QuantityShipped": "20"},
        {**good[0], "SellerSKU": " "},
        {**good[0], "ShipmentId": "F" * 101},
    ]
    play(house, shipments("SHIPPED"), json.dumps({"ItemData": [*bad, *good, {**good[0], "QuantityShipped": -1}]}))
    assert moves(house) == [SHIP]
    assert "6 parts of it cannot be read" in codes(house)["cell-unreadable"]
    assert list(house.quarantine) == ["inbound-1.json"]


def test_an_item_that_the_erp_does_not_know_waits_for_items_csv(house: "House") -> None:
    both = json.loads(items(20))["ItemData"] + json.loads(items(7, sku="NEW-1"))["ItemData"]
    play(house, shipments("SHIPPED"), json.dumps({"ItemData": both}))
    assert moves(house) == [SHIP]
    assert "NEW-1" in codes(house)["ghost-stock"]
    house.items("NEW-1,,,,,,,active,,no,no,")
    house.drop("again.json", json.dumps({"ItemData": both}))
    house.once("2026-12-01T09:00:00Z")
    assert moves(house)[1:] == [("ship", "ACME1", "FBA-TRANSIT", {"NEW-1": "7"})]
    assert house.cases == []


def test_without_a_warehouse_of_ours_nothing_moves_until_there_is_one(house: "House") -> None:
    text = house.config.read_text()
    forget_warehouses(house)
    play(house, shipments("SHIPPED"), items(20))
    assert moves(house) == []
    assert codes(house).keys() == {"warehouse-missing"}
    house.config.write_text(text)
    configure_stock(house, "own_warehouse", '"MAIN"')
    house.drop("again.json", items(20))
    house.once("2026-12-01T09:00:00Z")
    assert moves(house) == [("ship", "MAIN", "FBA-TRANSIT", {"ACME-1": "20"})]
    assert house.cases == []


def test_the_file_names_the_seller_where_a_channel_has_several(house: "House") -> None:
    add_seller(house)
    house.drop("nobody.json", shipments("SHIPPED"))
    house.once(AT)
    assert "seller-unknown" in codes(house)
    house.drop("bolt-1.json", shipments("SHIPPED"))
    house.drop("bolt-2.json", items(20))
    house.once("2026-11-22T09:00:00Z")
    assert [document["seller"] for document in told(house, "stock-transfer")] == ["bolt"]


@pytest.mark.parametrize("data", ["{", "[]", "{}", '{"payload": 3}', '{"payload": {"ShipmentData": 3}}', "{" * 100_000])
def test_json_of_another_kind_is_refused_as_no_file_for_this_folder(house: "House", data: str) -> None:
    house.drop("odd.json", data)
    house.once(AT)
    assert list(house.quarantine) == ["odd.json"]
    assert codes(house).keys() == {"not-edi"}


def test_a_byte_order_mark_and_blanks_before_it_are_passed_over(house: "House") -> None:
    house.drop("bom.json", "\ufeff\n " + shipments("SHIPPED"))
    house.drop("items.json", items(20))
    house.once(AT)
    assert moves(house) == [SHIP]
