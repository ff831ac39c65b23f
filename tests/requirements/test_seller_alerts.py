"""Whoever is responsible is told on the day: of what did not come, of what differs, and of what is new."""

from typing import TYPE_CHECKING

import pytest

from tests.cli.seller_reports import NOV_20, settlement
from tests.pipeline.stock_files import configure_stock, held, inventory, stock_says

if TYPE_CHECKING:
    from tests.conftest import House

MISSED = "report-missed"
FEE = ("other-transaction", "", "", "other-transaction", "Storage Fee", "-7.31")


def alerts(house: "House") -> dict[str, str]:
    """Who was told of a case: the owner by the case's code."""
    codes = {case["id"]: case["code"] for case in house.json("cases", "list", "--state", "all")}
    told = (entry.body for entry in house.history("alert-queued"))
    return {codes[body["case"]]: body["told"] for body in told}


@pytest.mark.requirement("19")
@pytest.mark.requirement("23")
@pytest.mark.requirement("36")
def test_finance_is_told_of_a_settlement_that_differs_in_the_turn_that_reads_it(house: "House") -> None:
    house.drop("settlement.txt", settlement(FEE, total="-7.30"))
    house.once(NOV_20)
    assert alerts(house) == {"settlement-inconsistent": "finance"}


@pytest.mark.requirement("19")
@pytest.mark.requirement("36")
def test_operations_are_told_of_stock_once_more_pieces_differ_than_may(house: "House") -> None:
    configure_stock(house, "drift_pieces", "2")
    stock_says(house, "ACME-1,FBA-US,38")
    house.drop("myi.txt", inventory(held(sellable=40)))
    house.once(NOV_20)
    assert alerts(house) == {}
    house.drop("myi.txt", inventory(held(sellable=41)))
    house.once("2026-11-20T11:00:00Z")
    assert alerts(house) == {"stock-drift": "operations"}


@pytest.mark.requirement("36")
def test_a_report_that_did_not_come_is_told_to_those_who_need_it(house: "House") -> None:
    house.drop("myi.txt", inventory(held()))
    house.drop("settlement.txt", settlement(FEE))
    house.once(NOV_20)
    house.once("2026-12-08T10:00:00Z")
    missed = {case["message"].partition(" of ")[0]: case["owner"] for case in house.cases if case["code"] == MISSED}
    assert missed == {"no inventory report": "operations", "no settlement report": "finance"}
    assert MISSED in alerts(house)
