"""The reports about stock are told apart by their headers and read by name, with every column that Amazon prints."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.documents.reports import FbaInventoryRow, LedgerDetailRow, LedgerSummaryRow, ListingRow
from gateway.findings import Finding
from gateway.grammar.styles import Preference
from gateway.instance import mappings_of
from gateway.mapping.report_files import ReportFile

ROOT = Path(__file__).parents[2]
D = Decimal
SAMPLES = ROOT / "samples" / "seller"
REPORTS = mappings_of(ROOT).reports
COLUMNS = {
    "fba-inventory": 21,
    "reserved-inventory": 8,
    "ledger-summary": 21,
    "ledger-detail": 15,
    "stranded-inventory": 18,
    "afn-inventory": 6,
    "removal-orders": 16,
    "removal-shipments": 10,
}


def opened(data: bytes, preferred: Preference | None = None) -> ReportFile:
    """The report in these bytes."""
    found = REPORTS.open(lambda: [data], preferred or Preference())
    assert not isinstance(found, Finding), found
    return found


def sample(report: str) -> bytes:
    """The sample of a report."""
    return (SAMPLES / f"stock-{report}.txt").read_bytes()


def rows(report: str) -> list[Any]:
    """The rows of the sample; nothing in it is new to us or cannot be read."""
    file = opened(sample(report))
    found = list(file.rows())
    assert file.findings == []
    return found


@pytest.mark.parametrize("report", [*COLUMNS, "listings"])
def test_a_report_is_known_by_its_header(report: str) -> None:
    assert opened(sample(report)).report == report
    assert rows(report)


@pytest.mark.parametrize(("report", "count"), COLUMNS.items())
def test_every_column_that_amazon_prints_is_in_the_layout(report: str, count: int) -> None:
    file = opened(sample(report))
    assert len(file.table.columns) == len(file.mapping.layout.columns) == count


@pytest.mark.parametrize("report", [*COLUMNS, "listings"])
def test_a_header_in_other_case_without_blanks_is_the_same_report(report: str) -> None:
    head, _, body = sample(report).partition(b"\n")
    file = opened(head.replace(b" ", b"").replace(b"-", b"_").upper() + b"\n" + body)
    assert list(file.rows()) == rows(report)


def test_levels_are_read_by_state_and_prices_are_not_read_at_all() -> None:
    first = rows("fba-inventory")[0]
    assert isinstance(first, FbaInventoryRow)
    assert [first.sellable, first.unsellable, first.reserved, first.inbound_working] == [D(40), D(4), D(15), D(10)]
    assert (first.is_merchant_listed, first.is_fba_listed) == (False, True)
    assert not [name for name in FbaInventoryRow._fields if "price" in name or "total" in name]


def test_older_levels_have_eighteen_columns() -> None:
    lines = [line.split(b"\t")[:18] for line in sample("fba-inventory").splitlines()]
    (first, _) = opened(b"\n".join(b"\t".join(line) for line in lines)).rows()
    assert (first.inbound_receiving, first.researching) == (Decimal(8), None)


def test_a_ledger_is_read_with_its_signs() -> None:
    first = rows("ledger-summary")[0]
    assert isinstance(first, LedgerSummaryRow)
    assert (first.starting, first.customer_shipments, first.ending) == (D(50), D(-6), D(55))
    lost = rows("ledger-detail")[2]
    assert isinstance(lost, LedgerDetailRow)
    assert (lost.event, lost.reason, lost.quantity, lost.reference) == ("Adjustments", "M", D(-1), "7001")


def test_a_ledger_by_month_has_the_first_of_it() -> None:
    (first, _) = opened(sample("ledger-summary").replace(b"11/20/2026", b"11/2026")).rows()
    assert first.day.isoformat() == "2026-11-01"


def test_dates_of_a_ledger_that_its_days_leave_open_begin_with_the_month() -> None:
    (first, _) = opened(sample("ledger-summary").replace(b"11/20/2026", b"11/05/2026")).rows()
    assert first.day.isoformat() == "2026-11-05"


def test_an_offer_that_amazon_ships_has_no_quantity() -> None:
    first, second, _ = rows("listings")
    assert isinstance(first, ListingRow)
    assert (first.channel, first.quantity) == ("AMAZON_NA", None)
    assert (second.channel, second.quantity) == ("DEFAULT", 9)


def test_a_reason_that_is_new_to_us_is_kept_and_told() -> None:
    file = opened(sample("ledger-detail").replace(b"\tM\t", b"\tZ9\t"))
    assert "Z9" in {row.reason for row in file.rows()}
    assert [finding.code for finding in file.findings] == ["word-unknown"]
