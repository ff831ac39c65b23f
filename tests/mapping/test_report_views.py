"""Settlements of the first version, read as those of the second. The samples are synthetic."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.config import Accounts
from gateway.documents.reports import SettlementRow
from gateway.finance.chart import read_chart
from gateway.grammar.styles import Preference
from gateway.instance import mappings_of
from gateway.mapping.report_files import ReportFile
from gateway.mapping.report_views import in_words_of_v2
from gateway.resources import default_chart

SAMPLES = Path(__file__).parents[2] / "samples" / "seller"


def settlement(name: str) -> list[SettlementRow]:
    data = (SAMPLES / name).read_bytes()
    opened = mappings_of(None).reports.open(lambda: [data], Preference())
    assert isinstance(opened, ReportFile), opened
    assert opened.mapping.layout.name == "settlement-v1"
    rows = list(opened.rows())
    assert opened.findings == []
    return rows


def sums(rows: list[SettlementRow]) -> dict[tuple[str, str, str], Decimal]:
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if row.amount is not None:
            found[row.transaction_type, row.amount_type, row.amount_description] += row.amount  # type: ignore[assignment]
    return dict(found)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["settlement-v1.txt", "settlement-v1-33-columns.txt"])
def test_the_amounts_of_all_columns_come_to_the_total(name: str) -> None:
    summary, *details = settlement(name)
    assert (summary.amount, summary.transaction_type, summary.line) == (None, "", 2)
    assert summary.total == sum(row.amount for row in details if row.amount is not None)
    assert all(row.total is None for row in details)


@pytest.mark.parametrize("name", ["settlement-v1.txt", "settlement-v1-33-columns.txt"])
def test_the_default_chart_knows_every_line(name: str) -> None:
    chart, _ = read_chart(default_chart().text, dict.fromkeys(Accounts.model_fields, ""))
    assert chart is not None
    assert [words for words in sums(settlement(name)) if chart.find(*words, is_credit=True) is None] == []


def test_a_row_with_two_amounts_is_two_lines_in_the_words_of_v2() -> None:
    found = sums(settlement("settlement-v1.txt"))
    assert found["ServiceFee", "Cost of Advertising", "TransactionTotalAmount"] == Decimal("-57.12")
    assert found["ServiceFee", "Cost of Advertising", "TaxAmount"] == Decimal("-7.43")


def test_what_is_about_orders_keeps_its_words() -> None:
    found = sums(settlement("settlement-v1.txt"))
    assert found["Order", "ItemPrice", "Principal"] == Decimal("1253.98")
    assert found["Order", "ItemFees", "Commission"] == Decimal("-188.10")
    assert found["Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"] == Decimal("-31.20")
    assert found["Order", "Promotion", "Shipping"] == Decimal("-6.50")
    assert found["Refund", "ItemFees", "RefundCommission"] == Decimal("-3.90")


def test_what_is_about_no_order_is_named_by_its_type() -> None:
    found = sums(settlement("settlement-v1.txt"))
    assert found["other-transaction", "other-transaction", "Subscription Fee"] == Decimal("-29.99")
    assert found["other-transaction", "other-transaction", "Current Reserve Amount"] == Decimal("-100.00")
    assert found["other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE"] == Decimal("310.55")
    charged = sums(settlement("settlement-v1-33-columns.txt"))
    assert charged["other-transaction", "other-transaction", "Payable to Amazon"] == Decimal("-321.69")
    assert charged["other-transaction", "other-transaction", "Successful charge"] == Decimal("321.69")


def test_a_quote_in_a_sku_survives() -> None:
    assert 'ACME-12"' in {row.sku for row in settlement("settlement-v1.txt")}


BLANK = SettlementRow(2, "1", None, None, None, None, "", "", "", "", "", "", "", "", None, "", None, "", "", None, "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("Order", "Commission", "Handling"), ("Order", "ItemFees", "Handling")),
        (("Order", "Miscellaneous fee", ""), ("Order", "Miscellaneous fee", "Miscellaneous fee")),
        (("ServiceFee", "ItemFees", "Deals"), ("ServiceFee", "Deals", "TransactionTotalAmount")),
        (("other-transaction", "Other", "Storage Fee"), ("other-transaction", "other-transaction", "Storage Fee")),
        (("Brand New", "Other", ""), ("other-transaction", "other-transaction", "Brand New")),
        (("warehouse lost", "Other", ""), ("other-transaction", "FBA Inventory Reimbursement", "warehouse lost")),
    ],
)
def test_every_amount_has_three_words(words: tuple[str, str, str], expected: tuple[str, str, str]) -> None:
    kind, amount_type, description = words
    row = BLANK._replace(
        transaction_type=kind, amount_type=amount_type, amount_description=description, amount=Decimal(1)
    )
    found = in_words_of_v2(row)
    assert found is not None
    assert (found.transaction_type, found.amount_type, found.amount_description) == expected


def test_a_zero_that_nothing_names_says_nothing() -> None:
    assert in_words_of_v2(BLANK._replace(transaction_type="Order", amount_type="Other", amount=Decimal("0.00"))) is None
    assert in_words_of_v2(BLANK) is BLANK
