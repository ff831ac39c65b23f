"""What holds a settlement: it is not posted, and it is said why."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gateway.finance.gates import Held, hold
from tests.finance.conftest import read, settle
from tests.finance.settlement_text import other, report, sale


def test_a_settlement_that_adds_up_is_held_by_nothing() -> None:
    assert hold(settle(sale())) is None


@pytest.mark.requirement("33")
@pytest.mark.parametrize("change", ["-0.01", "0.01", "100.00"])
def test_one_altered_amount_holds_all_of_it_and_the_difference_is_stated(change: str) -> None:
    first, *rest = sale()
    altered = replace(first, amount=str(Decimal(first.amount) + Decimal(change)))
    held = hold(settle([altered, *rest], total="104.63"))
    assert held is not None
    assert (held.state, held.difference) == ("inconsistent", Decimal(change))
    assert "5 lines" in held.why
    assert "104.63" in held.why


@pytest.mark.requirement("4")
@pytest.mark.requirement("33")
def test_a_missing_line_holds_it() -> None:
    held = hold(settle(sale()[:-1], total="104.63"))
    assert held is not None
    assert held.difference == Decimal("5.86")


def _without(text: str, what: str) -> str:
    assert what in text
    return text.replace(what, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (report(sale()).replace("\t104.63\tUSD", "\t\tUSD"), "line 2 has neither"),
        (_without(report(sale()), "2026-06-15 00:00:00 UTC"), "no end date"),
        (_without(report(sale()), "2026-06-01 00:00:00 UTC"), "no start date"),
        (_without(report(sale()), "USD"), "no currency"),
        ("\n".join(line for n, line in enumerate(report(sale(), currency="").splitlines()) if n != 1), "no currency"),
        (report([]).splitlines()[0] + "\n", "no settlement"),
        (report(sale(), settlement="55:1"), "'55:1' is no number of a settlement"),
        (report(sale(), settlement="9" * 41), "no number of a settlement"),
        (report(sale(), currency="usd"), "'usd' is no currency"),
        (report(sale(), first=datetime(2026, 6, 30, tzinfo=UTC)), "ends before it starts"),
        (report(sale()).replace("28471003921\t\t", "28471003922\t\t", 1), "more than one settlement"),
    ],
)
def test_what_is_not_one_whole_settlement_is_unreadable(text: str, why: str) -> None:
    held = hold(read(text))
    assert held is not None
    assert held.state == "unreadable"
    assert why in held.why


def test_without_its_summary_nothing_says_what_it_should_come_to() -> None:
    text = report(sale()).splitlines()
    held = hold(read("\n".join([text[0], *(line.replace("\t\t\t\t\t\t", "\t\t\t\t\tUSD\t", 1) for line in text[2:])])))
    assert held == Held("unreadable", "the summary row with the total is missing")


def test_an_amount_smaller_than_the_currency_has_is_a_misread_file() -> None:
    held = hold(settle([other("1.005", "Adjustment"), other("1.50", "Micro Deposit")], total="2.505"))
    assert held is not None
    assert "USD has 2 decimals" in held.why
    held = hold(settle([other("100.50", "Adjustment")], total="100.50", currency="JPY"))
    assert held is not None
    assert "JPY has 0 decimals" in held.why
    assert hold(settle([other("100.00", "Adjustment")], currency="JPY")) is None
