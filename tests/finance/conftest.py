"""A settlement as the daemon reads it, and the ledger of the example."""

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import Any, cast

import pytest

from gateway.finance.adding import add_up
from gateway.finance.chart import read_chart
from gateway.finance.journal import Book
from gateway.finance.settlement import Settlement
from gateway.findings import Finding
from gateway.grammar.styles import Preference
from gateway.mapping.reports import Reports
from gateway.resources import SHIPPED, default_chart
from tests.finance.settlement_text import Line, report

REPORTS = Reports(SHIPPED.read_text, ["settlement-v2"])
ACCOUNTS = {name: f"#{name}" for name in ("bank", "suspense", "carry_forward", "reserve", "owed_to_amazon", "clearing")}
NAMES = (
    *("refund_clearing", "revenue", "shipping_revenue", "refunds", "promotions", "commission", "fulfilment_fees"),
    *("storage_fees", "inbound_fees", "advertising", "subscription", "other_fees", "reimbursements", "sales_tax"),
    *("withheld_tax", "vat", "input_tax", "loan_repayment"),
)
Settle = Callable[..., Settlement]


def read(text: str, zone: tzinfo = UTC) -> Settlement:
    """The settlement in the text of a report."""
    opened = REPORTS.open(lambda: [text.encode()], Preference())
    assert not isinstance(opened, Finding), opened
    settlement = add_up(opened.rows, zone)
    assert not opened.findings
    return settlement


def settle(lines: Sequence[Line], zone: tzinfo = UTC, **said: Any) -> Settlement:
    """The settlement of these lines."""
    return read(report(lines, **said), zone)


def shipped_book() -> Book:
    """A ledger by the chart that `gateway init` writes, whose accounts are named after what they are for."""
    accounts = {**ACCOUNTS, **{name: f"#{name}" for name in NAMES}}
    found, problems = read_chart(default_chart().text, accounts)
    assert found is not None
    assert not problems
    return Book(seller="acme", chart=found, accounts=accounts, mode="summary")


@pytest.fixture(scope="session")
def book() -> Book:
    """The same for tests."""
    return shipped_book()


def in_mode(book: Book, mode: str) -> Book:
    """The same ledger, with revenue counted elsewhere."""
    return Book(book.seller, book.chart, book.accounts, cast("Any", mode), book.line_per_sku)
