"""Reimbursements are remembered once each; goods given again raise the stock at Amazon, money is compared."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.journal import Journal
from gateway.pipeline.selling.reimbursements import by_month, reimbursements
from tests.finance.settlement_text import COLUMNS

if TYPE_CHECKING:
    from tests.conftest import House

SAMPLE = (Path(__file__).parents[2] / "samples" / "seller" / "reimbursements.txt").read_text(encoding="utf-8")


def told(house: "House") -> list[dict[str, Any]]:
    with house.journal() as journal:
        return reimbursements(journal, "acme")


def adjustments(house: "House") -> list[dict[str, Any]]:
    return [each for name, each in house.sales_orders.items() if name.startswith("stock-adjustment")]


def items(house: "House") -> None:
    house.items(
        "ACME-9,acme,ACME-9,VN,,,,active,,no,no,", "ACME-26,acme,ACME-26,VN,,,,active,,no,no,", name="items.delta.csv"
    )


def drop(house: "House", data: str = SAMPLE, at: str = "2026-07-03T08:00:00Z") -> None:
    house.drop("reimbursements.txt", data)
    house.once(at)


def test_goods_that_are_given_again_raise_the_stock_at_amazon_once(house: "House") -> None:
    items(house)
    drop(house)
    drop(house, at="2026-07-04T08:00:00Z")
    (adjustment,) = adjustments(house)
    assert (adjustment["reason"], adjustment["reference"], adjustment["adjusted_on"]) == (
        "reimbursed",
        "900002",
        "2026-06-11",
    )
    (line,) = adjustment["lines"]
    assert (line["sku"], line["location"], line["state"], line["quantity"]) == ("ACME-26", "FBA-US", "sellable", "3")


def test_each_is_remembered_once_however_often_it_is_told(house: "House") -> None:
    items(house)
    for day in (3, 4, 5):
        drop(house, at=f"2026-07-0{day}T08:00:00Z")
    assert [(row["reimbursement"], row["sku"], row["amount"]) for row in told(house)] == [
        ("900001", "ACME-9", "30.50"),
        ("900002", "ACME-26", "0.00"),
        ("900003", "ACME-9", "10.00"),
    ]


def test_goods_that_the_erp_does_not_know_wait_for_their_item(house: "House") -> None:
    unknown = SAMPLE.replace("ACME-26", "NEW-1")
    drop(house, unknown)
    assert adjustments(house) == []
    assert any("NEW-1" in case["message"] for case in house.cases)
    house.items("ACME-77,acme,NEW-1,VN,,,,active,,no,no,", name="items.delta.csv")
    drop(house, unknown, at="2026-07-04T08:00:00Z")
    (adjustment,) = adjustments(house)
    assert adjustment["lines"][0]["sku"] == "ACME-77"


def settlement(*amounts: str, total: str) -> str:
    summary = f"28471003921\t2026-06-01 00:00:00 UTC\t2026-06-15 23:59:59 UTC\t2026-06-17 00:00:00 UTC\t{total}\tUSD"
    rows = [
        "28471003921\t\t\t\t\t\tother-transaction\t\t\t\t\t\tFBA Inventory Reimbursement\tWAREHOUSE_DAMAGE\t"
        f"{amount}\t\t2026-06-12\t2026-06-12 08:14:22 UTC\t\t\t\tACME-9\t2\t"
        for amount in amounts
    ]
    return "\n".join(["\t".join(COLUMNS), summary, *rows]) + "\n"


def test_money_is_linked_to_the_settlement_that_pays_just_that(house: "House") -> None:
    items(house)
    house.drop("settlement.txt", settlement("30.50", total="30.50"))
    drop(house)
    assert {row["reimbursement"]: row["settlement"] for row in told(house)} == {
        "900001": "28471003921",
        "900002": None,
        "900003": None,
    }


def test_what_is_told_and_what_is_paid_are_compared_by_month_which_is_no_case(house: "House") -> None:
    items(house)
    house.drop("settlement.txt", settlement("30.50", "-5.25", total="25.25"))
    drop(house)
    with house.journal() as journal:
        months = by_month(journal, "acme")
    assert months == [
        {"month": "2026-06", "currency": "USD", "reported": "30.50", "settled": "25.25", "difference": "-5.25"},
        {"month": "2026-07", "currency": "USD", "reported": "10.00", "settled": "0.00", "difference": "-10.00"},
    ]
    assert not any("reimbursement" in case["code"] for case in house.cases)


@pytest.mark.parametrize(("pieces", "is_settled"), [("3", True), ("2", False)])
def test_what_never_arrived_and_is_given_for_settles_the_case_of_its_shipment(
    house: "House", pieces: str, is_settled: bool
) -> None:
    items(house)
    house.once("2026-06-01T08:00:00Z")
    at = datetime(2026, 6, 2, 8, tzinfo=UTC)
    with Journal.open(house.folder / "journal.db") as journal, journal.transaction(at) as tx:
        tx.open_case(
            key="inbound:acme:FBA1:inbound-short",
            code="inbound-short",
            owner="operations",
            message="short",
            remedy="wait",
            evidence={"ACME-26": pieces},
            subjects=("inbound:acme:FBA1",),
        )
    drop(house)
    assert [case["code"] for case in house.cases].count("inbound-short") == (0 if is_settled else 1)
    assert len(house.history("inbound-reimbursed")) == (1 if is_settled else 0)
