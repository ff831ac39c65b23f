"""What happened to stock at Amazon without a sale: adjustments and returns, once each, until the ERP takes them."""

from typing import TYPE_CHECKING

import pytest

from tests.pipeline.stock_files import (
    AT,
    adjustments,
    codes,
    configure_stock,
    event,
    forget_warehouses,
    moves,
    table,
    told,
)

if TYPE_CHECKING:
    from tests.conftest import House


def ledger(*rows: dict[str, object]) -> str:
    """A ledger-detail report."""
    return table("ledger-detail", *rows)


def lost(**others: str) -> dict[str, object]:
    """One piece lost."""
    return event("Adjustments", -1, **{"reason": "M", **others})


def removal_order(disposed: int, order: str = "RM-1", **others: object) -> dict[str, object]:
    """A removal order that destroyed so many."""
    row = {"order-id": order, "sku": "ACME-1", "fnsku": "X0", "order-type": "Disposal", "disposition": "Unsellable"}
    return {**row, "disposed-quantity": disposed, "last-updated-date": "2026-11-19T08:00:00+00:00", **others}


def removal_shipment(quantity: int = 2, **others: object) -> dict[str, object]:
    """A parcel with goods that we had sent back."""
    row = {"order-id": "RM-2", "sku": "ACME-1", "fnsku": "X0", "disposition": "Sellable", "shipped-quantity": quantity}
    told = {"shipment-date": "2026-11-19T08:00:00+00:00", "tracking-number": "1Z", "removal-order-type": "Return"}
    return {**row, **told, **others}


@pytest.mark.requirement("10")
def test_events_of_the_ledger_are_adjustments_with_their_reasons_at_locations_of_amazon(house: "House") -> None:
    rows = (
        lost(reference="7001"),
        event("Adjustments", 1, "7002", reason="F"),
        event("Adjustments", -2, "7003", reason="E"),
        event("Adjustments", -1, "7004", reason="Q"),
        event("Adjustments", 1, "7004", reason="P", disposition="WAREHOUSE_DAMAGED"),
        event("Adjustments", 3, "7005", reason="O"),
        event("Shipments", -6, ""),
    )
    house.drop("ledger.txt", ledger(*rows))
    house.once(AT)
    sellable, bad = ("ACME-1", "FBA-US"), ("ACME-1", "FBA-UNSELLABLE")
    assert adjustments(house) == [
        ("lost", {sellable: "-1"}),
        ("found", {sellable: "1"}),
        ("damaged", {sellable: "-2"}),
        ("disposition-change", {sellable: "-1", bad: "1"}),
        ("correction", {sellable: "3"}),
    ]
    (document,) = told(house, "stock-adjustment.acme.lost")
    assert (document["adjusted_on"], document["reference"]) == ("2026-11-19", "7001")


def test_an_event_is_posted_once_however_often_the_report_is_drawn(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost()))
    house.once(AT)
    house.drop("ledger.txt", ledger(lost(), event("Adjustments", 1, "7002", reason="F")))
    house.once("2026-11-22T09:00:00Z")
    assert [reason for reason, _ in adjustments(house)] == ["lost", "found"]


def test_a_row_that_stands_twice_is_two_events_and_twice_again_the_same_two(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost()))
    house.once(AT)
    for day in (22, 23):
        house.drop("ledger.txt", ledger(lost(), lost()))
        house.once(f"2026-11-{day}T09:00:00Z")
    assert [pieces for _, pieces in adjustments(house)] == [{("ACME-1", "FBA-US"): "-1"}] * 2


def test_what_cancels_out_needs_no_document(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost(), event("Adjustments", 1, reason="M")))
    house.once(AT)
    assert adjustments(house) == []


def test_dates_that_a_day_of_ledger_leaves_open_are_month_before_day(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost(date="11/05/2026")))
    house.once(AT)
    assert told(house, "stock-adjustment")[0]["adjusted_on"] == "2026-11-05"


def test_a_reason_that_is_new_to_us_is_posted_as_other_and_told(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost(reason="Z")))
    house.once(AT)
    assert adjustments(house) == [("other", {("ACME-1", "FBA-US"): "-1"})]
    assert "word-unknown" in codes(house)


@pytest.mark.requirement("11")
def test_events_of_a_sku_that_the_erp_does_not_know_wait_until_it_does(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost(sku="NEW-1"), lost()))
    house.once(AT)
    assert adjustments(house) == [("lost", {("ACME-1", "FBA-US"): "-1"})]
    assert "NEW-1: moved at Amazon, not in items.csv" in codes(house)["ghost-stock"]
    house.items("NEW-1,,,,,,,active,,no,no,")
    house.drop("ledger.txt", ledger(lost(sku="NEW-1"), lost()))
    house.once("2026-11-22T09:00:00Z")
    assert adjustments(house)[1:] == [("lost", {("NEW-1", "FBA-US"): "-1"})]
    assert house.cases == []


def test_what_a_removal_order_destroyed_is_adjusted_as_it_grows(house: "House") -> None:
    for day, disposed in ((21, 3), (22, 3), (23, 4)):
        house.drop("removals.txt", table("removal-orders", removal_order(disposed)))
        house.once(f"2026-11-{day}T09:00:00Z")
    bad = ("ACME-1", "FBA-UNSELLABLE")
    assert adjustments(house) == [("disposed", {bad: "-3"}), ("disposed", {bad: "-1"})]


def test_what_the_ledger_tells_of_the_same_removal_order_is_not_adjusted_twice(house: "House") -> None:
    house.drop("removals.txt", table("removal-orders", removal_order(3)))
    house.once(AT)
    rows = [
        event("Adjustments", -1, "RM-1", reason="D", disposition="DEFECTIVE", date=f"11/{day}/2026")
        for day in (17, 18, 19, 20)
    ]
    house.drop("ledger.txt", ledger(*rows))
    house.once("2026-11-22T09:00:00Z")
    assert sum(int(count) for _, pieces in adjustments(house) for count in pieces.values()) == -4


def destroyed(quantity: int, reference: str = "", day: int = 18) -> dict[str, object]:
    """Pieces that the ledger says were destroyed."""
    return event("Adjustments", -quantity, reference, reason="D", disposition="DEFECTIVE", date=f"11/{day}/2026")


def gone(house: "House") -> int:
    """Pieces that were adjusted away."""
    return sum(int(count) for _, pieces in adjustments(house) for count in pieces.values())


@pytest.mark.parametrize("reference", ["", "7788"])
@pytest.mark.parametrize("first", ["ledger", "order"])
def test_the_same_pieces_destroyed_under_another_name_are_adjusted_once(
    house: "House", reference: str, first: str
) -> None:
    files = {
        "ledger": ledger(destroyed(1, reference), destroyed(2, reference, 17)),
        "order": table("removal-orders", removal_order(3)),
    }
    for number, name in enumerate(sorted(files, key=lambda name: name != first)):
        house.drop(f"{name}.txt", files[name])
        house.once(f"2026-11-{22 + number}T09:00:00Z")
        assert gone(house) == -3
    house.drop("more.txt", ledger(destroyed(2, reference, 16)))
    house.drop("order.txt", table("removal-orders", removal_order(4)))
    house.once("2026-11-25T09:00:00Z")
    assert gone(house) == -5, "the ledger has two more than the three, the order one of them"


def test_pieces_destroyed_much_earlier_are_others(house: "House") -> None:
    house.drop("removals.txt", table("removal-orders", removal_order(3)))
    house.drop("ledger.txt", ledger(destroyed(3, day=8)))
    house.once("2026-11-22T09:00:00Z")
    assert gone(house) == -6


def test_pieces_that_stand_for_another_order_do_not_raise_the_one_they_were_taken_for(house: "House") -> None:
    house.drop("removals.txt", table("removal-orders", removal_order(3)))
    house.once("2026-11-21T09:00:00Z")
    house.drop("ledger.txt", ledger(destroyed(3, "RM-9")))
    house.once("2026-11-22T09:00:00Z")
    house.drop("removals.txt", table("removal-orders", removal_order(3), removal_order(3, "RM-9")))
    house.drop("ledger.txt", ledger(destroyed(3, "RM-1")))
    house.once("2026-11-23T09:00:00Z")
    assert gone(house) == -6


def given(pieces: int, approved: str = "2026-11-20", number: str = "900") -> str:
    """A reimbursements report of pieces that Amazon gives again."""
    row = {"approval-date": f"{approved}T08:00:00+00:00", "reimbursement-id": number, "reason": "Lost_Warehouse"}
    counts = {"quantity-reimbursed-cash": 0, "quantity-reimbursed-inventory": pieces}
    return table("reimbursements", {**row, **counts, "sku": "ACME-1", "currency-unit": "USD", "amount-total": "0"})


@pytest.mark.parametrize("first", ["ledger", "given"])
def test_pieces_that_are_found_and_given_again_are_adjusted_once(house: "House", first: str) -> None:
    files = {"ledger": ledger(event("Adjustments", 3, "7002", reason="F")), "given": given(3)}
    for number, name in enumerate(sorted(files, key=lambda name: name != first)):
        house.drop(f"{name}.txt", files[name])
        house.once(f"2026-11-{22 + number}T09:00:00Z")
    assert gone(house) == 3
    house.drop("second.txt", ledger(event("Adjustments", 3, "7003", reason="F")))
    house.once("2026-11-25T09:00:00Z")
    assert gone(house) == 6, "one stands for one"


@pytest.mark.parametrize(("pieces", "approved"), [(2, "2026-11-20"), (3, "2026-10-15")])
def test_other_pieces_or_those_of_long_before_are_not_the_same(house: "House", pieces: int, approved: str) -> None:
    house.drop("given.txt", given(pieces, approved))
    house.drop("ledger.txt", ledger(event("Adjustments", 3, "7002", reason="F")))
    house.once("2026-11-22T09:00:00Z")
    assert gone(house) == 3 + pieces


@pytest.mark.parametrize("quantity", ["-1.5", "-10000001"])
def test_parts_of_a_piece_and_absurdly_many_are_a_row_that_cannot_be_read(house: "House", quantity: str) -> None:
    house.drop("ledger.txt", ledger({**lost(), "Quantity": quantity}, lost(reference="7009")))
    house.once(AT)
    assert gone(house) == -1
    assert f"line 2: quantity is {quantity}, no number of pieces" in codes(house)["cell-unreadable"]
    assert list(house.quarantine) == ["ledger.txt"]


def test_a_removal_order_for_an_unknown_sku_waits(house: "House") -> None:
    house.drop("removals.txt", table("removal-orders", removal_order(3, sku="NEW-1"), removal_order(0)))
    house.once(AT)
    assert adjustments(house) == []
    assert "NEW-1" in codes(house)["ghost-stock"]


def test_goods_that_we_had_sent_back_move_to_our_warehouse_once(house: "House") -> None:
    rows = (removal_shipment(2), removal_shipment(1, disposition="Unsellable"), removal_shipment(0))
    for day in (21, 22):
        house.drop("parcels.txt", table("removal-shipments", *rows))
        house.once(f"2026-11-{day}T09:00:00Z")
    assert moves(house) == [
        ("return", "FBA-US", "ACME1", {"ACME-1": "2"}),
        ("return", "FBA-UNSELLABLE", "ACME1", {"ACME-1": "1"}),
    ]


def test_goods_that_went_elsewhere_are_gone(house: "House") -> None:
    row = removal_shipment(2, **{"removal-order-type": "Liquidations"})
    house.drop("parcels.txt", table("removal-shipments", row, removal_shipment(1, sku="NEW-1")))
    house.once(AT)
    assert adjustments(house) == [("removed", {("ACME-1", "FBA-US"): "-2"})]
    assert "NEW-1" in codes(house)["ghost-stock"]


def test_goods_that_come_back_to_no_warehouse_wait(house: "House") -> None:
    forget_warehouses(house)
    house.drop("parcels.txt", table("removal-shipments", removal_shipment()))
    house.once(AT)
    assert (moves(house), list(codes(house))) == ([], ["warehouse-missing"])
    configure_stock(house, "pools", '["ACME1"]')
    house.drop("parcels.txt", table("removal-shipments", removal_shipment()))
    house.once("2026-11-22T09:00:00Z")
    assert moves(house) == [("return", "FBA-US", "ACME1", {"ACME-1": "2"})]
    assert house.cases == []


@pytest.mark.requirement("57")
def test_an_adjustment_that_the_erp_refuses_is_kept_shown_tried_again_and_closed_when_booked(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost()))
    house.once(AT)
    (document,) = told(house, "stock-adjustment")
    answer = {"document": "posting-result", "version": 1, "id": document["id"]}
    house.erp_says("posting-result.1.json", {**answer, "result": "refused", "message": "period closed"})
    house.once("2026-11-21T09:10:00Z")
    (case,) = house.cases
    assert (case["code"], case["owner"]) == ("posting-refused", "operations")
    assert "period closed" in case["message"]
    assert len(told(house, "stock-adjustment")) == 1
    house.once("2026-11-21T10:11:00Z")
    first, second = told(house, "stock-adjustment")
    assert first == second == document
    house.erp_says("posting-result.2.json", {**answer, "result": "booked", "number": "4711"})
    house.once("2026-11-21T10:20:00Z")
    assert house.cases == []
    with house.journal() as journal:
        (kept,) = journal.documents(type="stock-adjustment")
    assert kept.acknowledgement == "accepted"


def test_an_adjustment_that_is_refused_for_the_same_reason_again_is_tried_again(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost()))
    house.once(AT)
    (document,) = told(house, "stock-adjustment")
    answer = {"document": "posting-result", "version": 1, "id": document["id"], "result": "refused"}
    for attempt, (refused, due) in enumerate((("09:10", "10:20"), ("10:30", "12:40"), ("12:50", "17:00")), 2):
        house.erp_says(f"posting-result.{attempt}.json", {**answer, "message": "period closed"})
        house.once(f"2026-11-21T{refused}:00Z")
        house.once(f"2026-11-21T{due}:00Z")
        assert len(told(house, "stock-adjustment")) == attempt


def test_an_adjustment_goes_at_once_when_a_person_sends_it_again(house: "House") -> None:
    house.drop("ledger.txt", ledger(lost()))
    house.once(AT)
    (document,) = told(house, "stock-adjustment")
    answer = {"document": "posting-result", "version": 1, "id": document["id"], "result": "refused"}
    house.erp_says("posting-result.json", {**answer, "message": "period closed"})
    house.once("2026-11-21T09:10:00Z")
    (sent,) = house.json("documents", "list", "--type", "stock-adjustment")
    house.run("documents", "resend", sent["id"], "--at", "2026-11-21T09:11:00Z")
    house.once("2026-11-21T09:11:00Z")
    assert len(told(house, "stock-adjustment")) == 2
    house.once("2026-11-21T20:00:00Z")
    assert len(told(house, "stock-adjustment")) == 2, "it waits for its answer"
