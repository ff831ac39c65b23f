"""A settlement as journal entries: balanced, the deposit on the bank's line, nothing netted, each month by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from gateway.documents import JournalEntry, JournalLine, file_name
from gateway.finance.chart import Chart, Rule
from gateway.finance.journal import Book, imbalance, journal_entries, reclass, reversal
from tests.finance.conftest import in_mode, settle
from tests.finance.settlement_text import Line, other, refund, sale

JUNE, JULY, AUGUST = (datetime(2026, month, 10, tzinfo=UTC) for month in (6, 7, 8))
THREE_MONTHS = {"first": datetime(2026, 6, 5, tzinfo=UTC), "last": datetime(2026, 8, 20, tzinfo=UTC)}


def entry_of(lines: Sequence[Line], book: Book, **said: object) -> JournalEntry:
    (entry,) = journal_entries(settle(lines, **said), book)
    return entry


def on(entry: JournalEntry, account: str) -> list[JournalLine]:
    return [line for line in entry.lines if line.account == f"#{account}"]


def balance(entry: JournalEntry, account: str) -> Decimal:
    return sum((line.debit - line.credit for line in on(entry, account)), Decimal(0))


@pytest.mark.requirement("41")
@pytest.mark.requirement("42")
def test_a_settlement_is_one_balanced_entry_whose_bank_line_is_the_deposit(book: Book) -> None:
    entry = entry_of([*sale(), other("-39.99", "Subscription Fee")], book)
    assert imbalance(entry) == 0
    (bank,) = on(entry, "bank")
    assert (bank.debit, bank.credit, bank.source) == (Decimal("64.64"), Decimal("0.00"), None)
    assert (entry.deposit, entry.deposit_on, entry.suspense) == (Decimal("64.64"), date(2026, 6, 17), Decimal("0.00"))
    assert (entry.id, file_name(entry)) == ("acme:journal-entry:28471003921", "journal-entry.28471003921.json")
    assert (entry.period.first, entry.period.last, entry.marketplace) == (
        date(2026, 6, 1),
        date(2026, 6, 15),
        "Amazon.com",
    )


@pytest.mark.requirement("42")
def test_what_is_owed_to_amazon_never_becomes_a_deposit(book: Book) -> None:
    """The shape that a plugged bank line gets wrong: -62.31 in all, of which 321.69 were carried over and charged."""
    lines = [
        other("-321.69", "Payable to Amazon"),
        other("321.69", "Successful charge"),
        other("-62.31", "Subscription Fee"),
    ]
    entry = entry_of(lines, book)
    assert entry.deposit == Decimal("-62.31")
    (bank,) = on(entry, "bank")
    assert (bank.debit, bank.credit) == (Decimal("0.00"), Decimal("62.31"))
    assert balance(entry, "owed_to_amazon") == 0
    assert len(on(entry, "owed_to_amazon")) == 2
    assert imbalance(entry) == 0


def test_a_settlement_without_a_day_of_payment_is_looked_for_from_its_end(book: Book) -> None:
    settlement = replace(settle(sale()), deposit_at=None)
    (entry,) = journal_entries(settlement, book)
    assert entry.deposit_on == date(2026, 6, 15)


def test_amounts_have_the_decimals_of_their_currency(book: Book) -> None:
    lines = [other("1234.0", "Adjustment"), other("-0.50", "Adjustment"), other("0.5", "Adjustment")]
    entry = entry_of(lines, book, currency="JPY", total="1234.0")
    assert all("." not in str(amount) for line in entry.lines[-1:] for amount in (line.debit, line.credit))
    assert str(entry.deposit) == "1234"


def test_a_settlement_of_nothing_has_a_bank_line_of_nothing(book: Book) -> None:
    entry = entry_of([], book)
    assert [(line.account, line.debit, line.credit) for line in entry.lines] == [("#bank", Decimal(0), Decimal(0))]


@pytest.mark.requirement("32")
@pytest.mark.requirement("77")
@pytest.mark.requirement("78")
def test_sales_refunds_and_commissions_stand_on_their_own_accounts_gross(book: Book) -> None:
    shipping = replace(sale()[0], amount="4.99", description="Shipping")
    entry = entry_of([*sale(), shipping, *refund("-50.00"), other("7.00", "WAREHOUSE_LOST")], book)
    assert balance(entry, "revenue") == Decimal("-129.99")
    assert balance(entry, "refunds") == Decimal("50.00")
    assert balance(entry, "shipping_revenue") == Decimal("-4.99")
    assert sorted((line.debit, line.credit) for line in on(entry, "commission")) == [
        (Decimal("0.00"), Decimal("19.50")),
        (Decimal("3.90"), Decimal("0.00")),
        (Decimal("19.50"), Decimal("0.00")),
    ]


@pytest.mark.requirement("52")
def test_revenue_is_counted_by_the_orders_or_by_the_settlement_and_never_by_both(book: Book) -> None:
    lines = [*sale(), *refund("-50.00"), other("-2.00", "BuyerRecharge")]
    at_orders = entry_of(lines, in_mode(book, "order-level"))
    assert (balance(at_orders, "clearing"), balance(at_orders, "refund_clearing")) == (
        Decimal("-129.99"),
        Decimal("50.00"),
    )
    assert on(at_orders, "revenue") == []
    assert balance(at_orders, "refunds") == Decimal("2.00"), "no order has it, so it is no receivable"
    summary = entry_of(lines, book)
    assert (on(summary, "clearing"), on(summary, "refund_clearing")) == ([], [])
    assert balance(summary, "revenue") == Decimal("-129.99")


@pytest.mark.requirement("27")
def test_each_tax_line_says_who_owes_it_and_ours_is_our_debt(book: Book) -> None:
    passed_on = [line for line in sale("111-2") if line.amount_type != "ItemWithheldTax"]
    entry = entry_of([*sale("111-1"), *passed_on], book)
    (theirs,), (ours,) = on(entry, "sales_tax"), on(entry, "vat")
    assert (theirs.credit, theirs.tax_owed_by) == (Decimal("10.40"), "marketplace")
    assert (ours.credit, ours.tax_owed_by, ours.text) == (
        Decimal("10.40"),
        "seller",
        "Tax paid by buyers (owed by the seller)",
    )
    assert balance(entry, "withheld_tax") + balance(entry, "sales_tax") == 0


def test_tax_of_ours_clears_with_the_order_where_the_erp_invoices_it(book: Book) -> None:
    rows = (*sale(), *(replace(line, transaction_type="Refund", amount=f"-{line.amount}") for line in sale()[:2]))
    entry = entry_of([line for line in rows if line.amount_type != "ItemWithheldTax"], in_mode(book, "order-level"))
    assert balance(entry, "clearing") == Decimal("-140.39")
    assert balance(entry, "refund_clearing") == Decimal("140.39")
    assert on(entry, "vat") == on(entry, "sales_tax") == []


@pytest.mark.requirement("70")
def test_reserves_lie_on_the_balance_sheet_and_the_bank_line_is_the_cash(book: Book) -> None:
    lines = [other("1842.33", "Previous Reserve Amount Balance"), other("-2405.18", "Current Reserve Amount")]
    entry = entry_of([*lines, *sale()], book)
    assert balance(entry, "reserve") == Decimal("562.85")
    assert balance(entry, "bank") == Decimal("-458.22") == entry.deposit


@pytest.mark.requirement("58")
@pytest.mark.requirement("59")
def test_what_the_chart_does_not_know_lies_in_suspense_and_the_rest_is_posted(book: Book) -> None:
    entry = entry_of([*sale(), other("-17.45", "Peak surcharge 2"), other("-1.00", "Peak surcharge 2")], book)
    (line,) = on(entry, "suspense")
    assert (line.debit, line.text, entry.suspense) == (Decimal("18.45"), "Peak surcharge 2", Decimal("-18.45"))
    assert line.source is not None
    assert (line.source.amount_description, line.source.count) == ("Peak surcharge 2", 2)
    assert imbalance(entry) == 0
    assert balance(entry, "commission") == Decimal("19.50")


@pytest.mark.requirement("53")
def test_lines_keep_sku_and_marketplace_unless_the_seller_wants_fewer(book: Book) -> None:
    lines = [*sale("111-1", "A"), *sale("111-2", "B"), *sale("111-3", "B")]
    fees = on(entry_of(lines, book), "commission")
    assert [(line.sku, line.debit, line.marketplace) for line in fees] == [
        ("A", Decimal("19.50"), "Amazon.com"),
        ("B", Decimal("39.00"), "Amazon.com"),
    ]
    short = Book(book.seller, book.chart, book.accounts, "summary", line_per_sku=False)
    (line,) = on(entry_of(lines, short), "commission")
    assert (line.sku, line.debit) == (None, Decimal("58.50"))


@pytest.mark.parametrize("last", [JULY, AUGUST])
def test_each_month_has_an_entry_and_only_the_last_meets_the_bank(book: Book, last: datetime) -> None:
    lines = [other("10.00", "Adjustment", JUNE), other("-4.00", "Adjustment", JULY), other("1.00", "Adjustment", last)]
    settlement = settle(lines, **{**THREE_MONTHS, "last": last})
    entries = journal_entries(settlement, book)
    assert [entry.part for entry in entries] == list(range(1, len(entries) + 1))
    assert all(imbalance(entry) == 0 for entry in entries)
    assert [entry.deposit for entry in entries] == [*[Decimal(0)] * (len(entries) - 1), Decimal("7.00")]
    assert sum((balance(entry, "carry_forward") for entry in entries), Decimal(0)) == 0
    assert all(on(entry, "bank") == [] for entry in entries[:-1])
    assert balance(entries[0], "carry_forward") == Decimal("10.00")
    assert (entries[0].period.first, entries[0].period.last) == (date(2026, 6, 5), date(2026, 6, 30))
    assert file_name(entries[0]) == "journal-entry.28471003921.1.json"
    assert entries[-1].period.last == last.date()


def test_a_month_that_comes_to_nothing_hands_on_nothing(book: Book) -> None:
    lines = [other("5.00", "Adjustment", JUNE), other("-5.00", "Adjustment", JUNE), other("3.00", "Adjustment", JULY)]
    first, last = journal_entries(settle(lines, **{**THREE_MONTHS, "last": JULY}), book)
    assert on(first, "carry_forward") == on(last, "carry_forward") == []
    assert len(on(first, "other_fees")) == 2


def test_a_reversal_is_every_line_on_the_other_side(book: Book) -> None:
    entry = entry_of([*sale(), other("-1.00", "New fee")], book)
    taken_back = reversal(entry)
    assert imbalance(taken_back) == 0
    assert (taken_back.kind, taken_back.reverses, taken_back.posted_on) == ("reversal", entry.id, entry.posted_on)
    assert (taken_back.deposit, taken_back.suspense) == (-entry.deposit, -entry.suspense)
    for account in {line.account for line in entry.lines}:
        assert balance(entry, account[1:]) + balance(taken_back, account[1:]) == 0
    assert file_name(taken_back) == "journal-entry.28471003921.reversal.json"


@pytest.mark.requirement("60")
def test_a_reclass_moves_lines_out_of_suspense_and_touches_nothing_else(book: Book) -> None:
    entry = entry_of([*sale(), other("-17.45", "Peak surcharge 2")], book)
    (line,) = on(entry, "suspense")
    moved = reclass(entry, [(line, "#storage_fees", "Peak storage")], 1)
    assert imbalance(moved) == 0
    assert balance(entry, "suspense") + balance(moved, "suspense") == 0
    assert balance(moved, "storage_fees") == Decimal("17.45")
    assert (moved.suspense, moved.deposit, moved.deposit_on) == (Decimal("17.45"), Decimal(0), None)
    assert file_name(moved) == "journal-entry.28471003921.reclass-1.json"


def test_a_revision_has_a_name_of_its_own(book: Book) -> None:
    (entry,) = journal_entries(settle(sale()), book, revision=1)
    assert (entry.revision, file_name(entry)) == (1, "journal-entry.28471003921.r1.json")


def test_a_line_that_no_rule_gives_words_is_called_by_its_own(book: Book) -> None:
    chart = Chart((Rule("other-transaction", "other-transaction", "Odd Fee", "*", "9999"),))
    plain = Book(book.seller, chart, book.accounts, "summary")
    lines = [
        other("-1.00", "Odd Fee"),
        Line(amount="-2.00", transaction_type="Transfer", amount_type="", description=""),
    ]
    entry = entry_of(lines, plain)
    assert {(line.account, line.text) for line in entry.lines if line.source} == {
        ("9999", "Odd Fee"),
        ("#suspense", "Transfer"),
    }
