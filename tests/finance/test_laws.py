"""Laws of settlements, for any of them: debits equal credits, the bank gets the deposit, months add up to the whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import JournalEntry
from gateway.finance.gates import hold
from gateway.finance.journal import Book, imbalance, journal_entries, reversal
from gateway.finance.reserves import Link, breaks
from tests.finance.conftest import in_mode, read, settle
from tests.finance.settlement_text import Line, other, report, total_of

CURRENCIES = {"USD": 2, "CAD": 2, "EUR": 2, "JPY": 0}
KINDS = (
    ("Order", "ItemPrice", "Principal"),
    ("Order", "ItemPrice", "Tax"),
    ("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"),
    ("Order", "ItemFees", "Commission"),
    ("Order", "Promotion", "Shipping"),
    ("Refund", "ItemPrice", "Principal"),
    ("Refund", "ItemFees", "RefundCommission"),
    ("ServiceFee", "Cost of Advertising", "TransactionTotalAmount"),
    ("other-transaction", "other-transaction", "Storage Fee"),
    ("other-transaction", "other-transaction", "Payable to Amazon"),
    ("A type of tomorrow", "Something", "Nobody knows"),
)
START = datetime(2026, 5, 20, tzinfo=UTC)


def amounts(decimals: int) -> st.SearchStrategy[Decimal]:
    return st.integers(-(10**7), 10**7).map(lambda minor: Decimal(minor).scaleb(-decimals))


@st.composite
def some_lines(draw: st.DrawFn, decimals: int = 2) -> list[Line]:
    found = []
    for _ in range(draw(st.integers(0, 25))):
        kind, amount_type, description = draw(st.sampled_from(KINDS))
        found.append(
            Line(
                amount=draw(amounts(decimals)),
                transaction_type=kind,
                amount_type=amount_type,
                description=description,
                order=draw(st.sampled_from(("", "111-1", "111-2"))),
                marketplace=draw(st.sampled_from(("", "Amazon.com", "Amazon.ca"))),
                sku=draw(st.sampled_from(("", "A", 'B 12"'))),
                at=START + timedelta(minutes=draw(st.integers(0, 90 * 24 * 60))),
            )
        )
    return found


@st.composite
def some_reports(draw: st.DrawFn) -> tuple[str, list[Line]]:
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    lines = draw(some_lines(CURRENCIES[currency]))
    span = {"first": START, "last": START + timedelta(days=90)}
    marks = {"mark": draw(st.sampled_from(".,"))} if CURRENCIES[currency] else {}
    text = report(lines, currency=currency, total=total_of(lines), **span, **marks)  # type: ignore[arg-type]
    return text, lines


def net(entries: tuple[JournalEntry, ...], account: str) -> Decimal:
    lines = (line for entry in entries for line in entry.lines if line.account == account)
    return sum((line.debit - line.credit for line in lines), Decimal(0))


@given(some_reports(), st.sampled_from(["order-level", "summary"]), st.booleans())
def test_debits_are_credits_the_bank_gets_the_deposit_and_months_add_up_to_the_whole(
    book: Book, some: tuple[str, list[Line]], mode: str, line_per_sku: bool
) -> None:
    text, lines = some
    settlement = read(text)
    assert hold(settlement) is None
    kept = in_mode(book, mode)
    entries = journal_entries(settlement, Book(kept.seller, kept.chart, kept.accounts, kept.mode, line_per_sku))
    total = total_of(lines)
    assert [imbalance(entry) for entry in entries] == [0] * len(entries)
    assert net(entries, "#bank") == total == sum((entry.deposit for entry in entries), Decimal(0))
    assert net(entries, "#carry_forward") == 0
    counted = sum(line.source.count for entry in entries for line in entry.lines if line.source)
    assert counted == len(lines)
    assert all(line.debit >= 0 <= line.credit and not (line.debit and line.credit) for e in entries for line in e.lines)
    in_suspense = -net(entries, "#suspense")
    assert in_suspense == sum((entry.suspense for entry in entries), Decimal(0))
    assert in_suspense == total_of(line for line in lines if line.transaction_type == "A type of tomorrow")


@given(some_lines().flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))))
def test_the_order_of_rows_never_matters(book: Book, rows: tuple[list[Line], list[Line]]) -> None:
    span = {"first": START, "last": START + timedelta(days=90)}
    lines, shuffled = rows
    one, other_way = settle(lines, **span), settle(shuffled, **span)
    assert journal_entries(one, book) == journal_entries(other_way, book)
    assert (one.digest, one.residues) == (other_way.digest, other_way.residues)


@given(some_lines(), some_lines())
def test_reversal_and_posting_anew_leave_what_was_issued_last(
    book: Book, before: list[Line], after: list[Line]
) -> None:
    span = {"first": START, "last": START + timedelta(days=90)}
    old = journal_entries(settle(before, **span), book)
    new = journal_entries(settle(after, **span), book, revision=1)
    taken_back = tuple(reversal(entry) for entry in old)
    for account in {line.account for entry in (*old, *new) for line in entry.lines}:
        for month in {entry.posted_on for entry in (*old, *new)}:
            booked = tuple(entry for entry in (*old, *taken_back, *new) if entry.posted_on == month)
            last = tuple(entry for entry in new if entry.posted_on == month)
            assert net(booked, account) == net(last, account)


@given(some_lines().filter(bool), st.data())
def test_any_altered_amount_is_seen(lines: list[Line], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(lines) - 1))
    change = data.draw(amounts(2).filter(bool))
    altered = [*lines]
    altered[position] = replace(lines[position], amount=Decimal(lines[position].amount) + change)
    held = hold(settle(altered, total=total_of(lines), first=START, last=START + timedelta(days=90)))
    assert held is not None
    assert (held.state, held.difference) == ("inconsistent", change)


@given(st.lists(amounts(2), min_size=3, max_size=3), st.permutations([0, 1, 2]))
@pytest.mark.requirement("70")
def test_reserves_over_three_periods_roll_on_and_leave_what_was_kept_last(
    book: Book, kept: list[Decimal], order: list[int]
) -> None:
    previous = Decimal(0)
    links, entries = [], []
    for number, each in enumerate(kept):
        first = START + timedelta(days=14 * number)
        lines = [
            other(previous, "Previous Reserve Amount Balance", first),
            other(-each, "Current Reserve Amount", first),
        ]
        settlement = settle(lines, settlement=str(number), first=first, last=first + timedelta(days=14))
        assert settlement.starts_at is not None
        assert settlement.ends_at is not None
        span = (settlement.starts_at, settlement.ends_at)
        links.append(Link(settlement.id, settlement.currency, *span, settlement.reserves))
        entries += journal_entries(settlement, book)
        previous = each
    assert list(breaks(links[place] for place in order)) == []
    assert net(tuple(entries), "#reserve") == kept[-1]
    without = [links[0], links[2]]
    found = list(breaks(without))
    assert bool(found) == (kept[0] != kept[1])
    assert all(each.difference == kept[0] - kept[1] for each in found)
