"""Money is posted by settlements alone: one entry for each, with every line of it, and by nothing else that comes."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.cli import seller_reports as reports
from tests.cli.seller_reports import NOV_20, came_back, number, ordered, orders, outs, settlement, shipped

if TYPE_CHECKING:
    from tests.conftest import House

PAID_AT = "2026-11-27T10:00:00Z"
SALE = (
    ("Order", number(1), "", "ItemPrice", "Principal", "14.99"),
    ("Order", number(1), "", "ItemFees", "Commission", "-2.25"),
    ("Order", number(1), "", "ItemFees", "FBAPerUnitFulfillmentFee", "-3.22"),
)
FEES = (
    ("other-transaction", "", "", "other-transaction", "Storage Fee", "-7.31"),
    ("other-transaction", "", "", "other-transaction", "Subscription Fee", "-39.99"),
    ("other-transaction", "", "", "FBA Inventory Reimbursement", "WAREHOUSE_LOST", "64.00"),
    ("other-transaction", "", "", "other-transaction", "A fee that is new", "-1.00"),
)


@pytest.mark.requirement("1")
def test_orders_dispatches_and_returns_post_no_money_and_their_settlement_does(house: "House") -> None:
    house.once(NOV_20)
    house.drop("orders.txt", orders(ordered(1, "Shipped", "Amazon")))
    house.drop("shipments.txt", reports.table(reports.SHIPMENTS, shipped(1)))
    house.drop("returns.txt", reports.table(reports.RETURNS, came_back(1)))
    house.once("2026-11-20T11:00:00Z")
    assert {file.partition(".")[0] for file in house.sales_orders} == {
        "sales-order",
        "item-fulfilment",
        "stock-adjustment",
    }
    house.drop("settlement.txt", settlement(*SALE))
    house.once(PAID_AT)
    (entry,) = outs(house, "journal-entry")
    assert (entry["settlement"], entry["deposit"]) == ("31007264418", "9.52")


@pytest.mark.requirement("3")
def test_many_fees_are_one_journal_entry_once_their_settlement_is_there(house: "House") -> None:
    fees = [("Order", number(n), "", "ItemFees", "Commission", "-0.45") for n in range(200)]
    house.drop("orders.txt", orders(*(ordered(n, "Shipped", "Amazon") for n in range(5))))
    house.once(NOV_20)
    assert outs(house, "journal-entry") == []
    house.drop("settlement.txt", settlement(*fees, *FEES))
    house.once(PAID_AT)
    (entry,) = outs(house, "journal-entry")
    assert sum(line["source"]["count"] for line in entry["lines"] if line["source"]) == 204


@pytest.mark.requirement("4")
def test_every_line_of_a_settlement_is_in_its_journal_entry_with_its_amount(house: "House") -> None:
    rows = (*SALE, *SALE, *FEES)
    house.drop("settlement.txt", settlement(*rows))
    house.once(PAID_AT)
    (entry,) = outs(house, "journal-entry")
    posted: dict[str, Decimal] = {}
    counted: dict[str, int] = {}
    for line in (each for each in entry["lines"] if each["source"]):
        name = line["source"]["amount_description"]
        posted[name] = posted.get(name, Decimal(0)) + Decimal(line["credit"]) - Decimal(line["debit"])
        counted[name] = counted.get(name, 0) + line["source"]["count"]
    names = [row[4] for row in rows]
    assert counted == {name: names.count(name) for name in names}
    assert posted == {name: sum((Decimal(row[5]) for row in rows if row[4] == name), Decimal(0)) for name in names}
