"""VAT transactions: who owes each tax, and what a month comes to. The sample is synthetic."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.documents.reports import VatRow
from gateway.finance.taxes import add_up_taxes, month_of, responsible, tax_lines
from gateway.grammar.styles import Preference
from gateway.instance import mappings_of
from gateway.mapping.report_files import ReportFile

SAMPLE = Path(__file__).parents[2] / "samples" / "seller" / "vat.txt"


@pytest.fixture(scope="module")
def rows() -> list[VatRow]:
    data = SAMPLE.read_bytes()
    opened = mappings_of(None).reports.open(lambda: [data], Preference())
    assert isinstance(opened, ReportFile), opened
    found = list(opened.rows())
    assert opened.findings == []
    return found


def test_days_are_read_with_the_day_first(rows: list[VatRow]) -> None:
    assert [row.completed_on for row in rows[:2]] == [date(2026, 6, 3), date(2026, 6, 14)]


@pytest.mark.requirement("27")
def test_each_line_states_who_owes_its_tax(rows: list[VatRow]) -> None:
    assert [responsible(row, "marketplace") for row in rows[:6]] == [*["seller"] * 4, "marketplace", "marketplace"]
    assert responsible(rows[5], "seller") == "seller", "what the seller sets decides where a line is silent"
    shown = list(tax_lines(rows, "2026-06", "seller"))
    assert [line["responsible"] for line in shown] == [*["seller"] * 4, "marketplace", "seller"]
    assert (shown[0]["order"], shown[0]["net"], shown[0]["tax"], shown[0]["invoice"], shown[0]["day"]) == (
        "302-0000001-0000001",
        "100.00",
        "19.00",
        "DE-1",
        "2026-06-03",
    )
    assert list(tax_lines(rows, "2026-07", "seller")) == []


@pytest.mark.requirement("27")
def test_the_sums_of_a_month_hold_every_activity(rows: list[VatRow]) -> None:
    (month,) = add_up_taxes(rows, "seller").values()
    assert (month.rows, month.moved) == (len(rows), 1)
    assert sum(total.net for total in month.sums.values()) == sum(row.net or 0 for row in rows) == Decimal("380.00")
    assert sum(total.tax for total in month.sums.values()) == sum(row.tax or 0 for row in rows)
    assert sum(total.gross for total in month.sums.values()) == sum(row.gross or 0 for row in rows)


def test_what_is_filed_apart_is_added_up_apart(rows: list[VatRow]) -> None:
    (month,) = add_up_taxes(rows, "seller").values()
    said = month.as_json()
    assert said["without_amount"] == 1
    totals = said["totals"]
    assert isinstance(totals, list)
    key = ("marketplace", "type", "responsible", "scheme", "departure", "arrival", "rate", "net")
    assert [tuple(each[name] for name in key) for each in totals] == [
        ("Amazon.de", "REFUND", "seller", "REGULAR", "DE", "DE", "0.19", "-100.00"),
        ("Amazon.de", "SALE", "seller", "REGULAR", "DE", "CH", "0", "80.00"),
        ("Amazon.de", "SALE", "seller", "REGULAR", "DE", "DE", "0.19", "300.00"),
        ("Amazon.fr", "SALE", "marketplace", "DEEMED_RESELLER", "GB", "FR", "0.2", "50.00"),
        ("Amazon.fr", "SALE", "seller", "UNION-OSS", "DE", "FR", "0.2", "50.00"),
    ]


def test_the_order_of_the_file_changes_nothing(rows: list[VatRow]) -> None:
    forwards, backwards = add_up_taxes(rows, "seller"), add_up_taxes(reversed(rows), "seller")
    assert forwards["2026-06"].as_json() == backwards["2026-06"].as_json()


def test_an_activity_is_of_the_month_in_which_it_was_complete(rows: list[VatRow]) -> None:
    row = rows[0]
    assert month_of(row) == "2026-06"
    assert month_of(row._replace(completed_on=date(2026, 7, 1))) == "2026-07"
    assert month_of(row._replace(completed_on=None)) == "2026-06"
    undated = row._replace(completed_on=None, calculated_on=None)
    assert month_of(undated) is None
    assert set(add_up_taxes([undated], "seller")) == {""}
    assert [line["day"] for line in tax_lines([undated], "", "seller")] == [""]


def test_a_rate_that_is_not_given_is_none_and_not_nought(rows: list[VatRow]) -> None:
    (key,) = add_up_taxes([rows[0]._replace(rate=None, tax=None)], "seller")["2026-06"].sums
    assert key.rate == ""
