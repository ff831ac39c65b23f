"""The manual has what sellers look at, when and whose it is; its commands are there, and show what it says."""

import re
from typing import TYPE_CHECKING

import click
import pytest

from gateway.cli import settlements
from gateway.cli.main import gateway
from gateway.pipeline.selling import sales_lists, sales_settled
from tests.cli.seller_reports import NOV_20, settlement
from tests.pipeline.stock_files import event, table
from tests.requirements.page import ROOT

if TYPE_CHECKING:
    from tests.conftest import House

MANUAL = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CASES = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
CHAPTERS = (
    "The end of the month: settlements",
    "Orders of marketplaces, every day",
    "Stock at Amazon, every day",
)
BANK = "### Is the money there? Deposits and the bank"


def chapter(title: str) -> str:
    """A chapter of the manual, with its parts."""
    [found] = re.findall(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## )", MANUAL)
    return str(found)


def steps(text: str, when: str) -> str:
    """The numbered steps that are to be done then."""
    [found] = re.findall(rf"(?ms)^{when}:\n(1\. .*?)(?=\n\n)", text)
    return str(found)


def is_there(words: str) -> bool:
    """Whether a command of the manual, such as `gateway stock drift`, has its verbs and options."""
    command: click.Command | None = gateway
    for word in words.split()[1:]:
        if isinstance(command, click.Group):
            command = command.get_command(click.Context(command), word)
            if command is None:
                return False
        elif word.startswith("--"):
            options = [name for each in (command.params if command else ()) for name in each.opts]
            if word not in options:
                return False
    return True


@pytest.mark.requirement("20")
def test_the_manual_compares_payouts_with_the_bank_every_week() -> None:
    part = chapter(CHAPTERS[0]).partition(BANK)[2]
    routine = steps(part, "Every week")
    assert "`gateway settlements deposits`" in routine
    assert all(f"`{state}`" in routine for state in ("matched", "different", "unmatched", "none"))
    assert "deposit-missing" in routine
    assert "deposits" in settlements.settlements.commands


@pytest.mark.requirement("21")
@pytest.mark.parametrize("title", CHAPTERS)
def test_every_command_of_a_chapter_for_sellers_is_there(title: str) -> None:
    commands = [" ".join(found.split()) for found in re.findall(r"`(gateway [^`]+)`", chapter(title))]
    assert len(commands) >= 4
    assert [command for command in commands if not is_there(command)] == []


@pytest.mark.requirement("37")
def test_there_are_checks_for_every_day_and_every_week() -> None:
    money, orders, stock = (chapter(title) for title in CHAPTERS)
    for text, when in ((orders, "Every morning"), (stock, "Every morning"), (stock, "Every week")):
        assert "`gateway " in steps(text, when)
    assert "`gateway settlements deposits`" in steps(money.partition(BANK)[2], "Every week")
    assert "`gateway cases list --owner finance`" in steps(money.partition(BANK)[0], "Every week")
    every_day = chapter("Every day")
    for title in ("#orders-of-marketplaces-every-day", "#stock-at-amazon-every-day"):
        assert f"]({title})" in every_day


@pytest.mark.requirement("37")
def test_each_case_of_a_sellers_orders_has_the_owner_that_the_manual_names() -> None:
    named = dict(re.findall(r"(?m)^\| `([a-z-]+)` \| ([^|]+) \|", CASES))
    owners = {code: kind.owner for code, kind in sales_lists.KINDS.items()} | dict(sales_settled.OWNERS)
    assert {code: named[code] for code in owners} == owners


@pytest.mark.requirement("56")
def test_what_the_manual_says_is_kept_is_shown_by_the_commands_that_it_names(house: "House") -> None:
    money, stock = chapter(CHAPTERS[0]), chapter(CHAPTERS[2])
    assert "`gateway documents list --type journal-entry`" in money.partition("Where things lie:")[2]
    assert "`gateway documents list --type stock-adjustment`" in " ".join(
        stock.partition("Where things lie:")[2].split()
    )
    fee = ("other-transaction", "", "", "other-transaction", "Storage Fee", "-7.31")
    house.drop("settlement.txt", settlement(fee))
    house.drop("ledger.txt", table("ledger-detail", event("Adjustments", -1, reason="M")))
    house.once(NOV_20)
    for file in (house.folder / "erp" / "out").glob("*.json"):
        file.unlink()  # the ERP has taken them
    assert [row["business_number"] for row in house.json("documents", "list", "--type", "journal-entry")] == [
        "31007264418"
    ]
    [line] = house.json("settlements", "lines", "31007264418")
    assert (line["line"], line["amount"]) == (3, "-7.31")
    [adjustment] = house.json("documents", "list", "--type", "stock-adjustment")
    assert adjustment["acknowledgement"] == "awaited"
