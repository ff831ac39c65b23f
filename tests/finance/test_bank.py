"""Deposits and the lines of bank statements: which is which, and which is not there."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.finance.bank import BankLine, Deposit, KnownLine, Matching, match, new_lines, read_statement

MONDAY = date(2026, 7, 6)
LATE = date(2026, 12, 31)


def deposit(amount: str = "104.63", on: date = MONDAY, settlement: str = "28471003921", **more: object) -> Deposit:
    given = {"currency": "USD", "days": 7, "tolerance": Decimal(0), **more}
    return Deposit(seller="acme", settlement=settlement, amount=Decimal(amount), on=on, **given)  # type: ignore[arg-type]


def lines(*each: tuple[int, str, str], currency: str = "USD") -> list[KnownLine]:
    """(days after the deposit, amount, reference)"""
    return [
        KnownLine(f"line-{number}", BankLine(MONDAY + timedelta(days=days), Decimal(amount), currency, reference))
        for number, (days, amount, reference) in enumerate(each, 1)
    ]


def ids(result: Matching) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:
    return (
        [(each.deposit.settlement[-2:], each.line.id) for each in result.matched],
        [(each.deposit.settlement[-2:], each.line.id) for each in result.different],
        [each.settlement[-2:] for each in result.unmatched],
    )


@pytest.mark.requirement("24")
def test_a_deposit_is_the_line_with_its_amount_and_currency() -> None:
    known = lines((2, "99.00", ""), (2, "104.63", ""), (2, "-104.63", ""))
    assert ids(match([deposit()], known, LATE)) == ([("21", "line-2")], [], [])
    assert ids(match([deposit()], lines((2, "104.63", ""), currency="EUR"), LATE)) == ([], [], ["21"])


@pytest.mark.parametrize(("days", "is_found"), [(-2, False), (-1, True), (0, True), (7, True), (8, False)])
def test_the_bank_may_book_it_from_the_day_before_to_the_days_that_are_set(days: int, is_found: bool) -> None:
    assert bool(match([deposit()], lines((days, "104.63", "")), LATE).matched) is is_found


@pytest.mark.requirement("24")
def test_a_line_within_the_tolerance_is_found_and_says_by_how_much_it_differs() -> None:
    result = match([deposit(tolerance=Decimal("0.50"))], lines((1, "104.13", "")), LATE)
    assert [each.difference for each in result.matched] == [Decimal("-0.50")]
    assert match([deposit(tolerance=Decimal("0.50"))], lines((1, "104.12", "")), LATE).matched == ()


def test_of_several_lines_the_one_that_names_the_settlement_is_meant() -> None:
    known = lines((1, "104.63", "Acme"), (3, "104.63", "AMAZON 28471003921 EDI"))
    assert ids(match([deposit()], known, LATE)) == ([("21", "line-2")], [], [])


def test_a_settlement_is_named_only_by_its_whole_number() -> None:
    known = lines((1, "100.00", "AMZ 284710039215"))
    assert ids(match([deposit()], known, MONDAY)) == ([], [], ["21"])


@pytest.mark.requirement("24")
def test_a_line_that_names_the_settlement_with_another_amount_differs_by_a_stated_amount() -> None:
    result = match([deposit()], lines((1, "100.13", "28471003921")), MONDAY)
    assert [(each.line.id, each.difference) for each in result.different] == [("line-1", Decimal("-4.50"))]


def test_a_line_that_names_only_amazon_differs_once_the_deposit_is_overdue() -> None:
    known = lines((1, "100.13", "Amazon Payments"), (1, "55.00", "somebody else"))
    assert ids(match([deposit()], known, MONDAY + timedelta(days=7))) == ([], [], ["21"])
    assert ids(match([deposit()], known, MONDAY + timedelta(days=8))) == ([], [("21", "line-1")], [])


def test_what_fits_exactly_is_never_taken_for_a_difference() -> None:
    other = deposit("100.13", settlement="28471003922")
    known = lines((1, "100.13", "AMZN"), (1, "104.63", "AMZN"))
    assert ids(match([deposit(), other], known, LATE)) == ([("22", "line-1"), ("21", "line-2")], [], [])


def test_two_deposits_of_one_amount_both_find_theirs() -> None:
    later = deposit(on=MONDAY + timedelta(days=5), settlement="28471003922")
    known = lines((4, "104.63", ""), (6, "104.63", ""))
    assert ids(match([later, deposit()], known, LATE)) == ([("21", "line-1"), ("22", "line-2")], [], [])
    assert ids(match([later, deposit()], lines((8, "104.63", "")), LATE)) == ([("22", "line-1")], [], ["21"])


def test_negative_deposits_are_debits_and_nothing_needs_no_line() -> None:
    known = lines((1, "62.31", ""), (1, "-62.31", ""))
    assert ids(match([deposit("-62.31")], known, LATE)) == ([("21", "line-2")], [], [])
    assert match([deposit("0.00")], lines((1, "0.01", "28471003921")), LATE) == Matching((), (), ())


@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["10.00", "20.00", "-10.00"])), max_size=12),
    st.lists(st.tuples(st.integers(-3, 40), st.sampled_from(["10.00", "20.00", "-10.00", "9.99"])), max_size=12),
)
def test_no_line_is_used_twice_and_none_is_left_that_a_deposit_misses(
    payouts: list[tuple[int, str]], booked: list[tuple[int, str]]
) -> None:
    waiting = [
        deposit(amount, MONDAY + timedelta(days=day), str(number)) for number, (day, amount) in enumerate(payouts)
    ]
    known = lines(*((day, amount, "") for day, amount in booked))
    result = match(waiting, known, LATE)
    used = [each.line.id for each in result.matched]
    assert len(used) == len(set(used))
    assert all(each.deposit.fits(each.line.line) and not each.difference for each in result.matched)
    assert len(result.matched) + len(result.unmatched) == len(waiting)
    free = [each for each in known if each.id not in used]
    assert not any(
        each.fits(other.line) and each.amount == other.line.amount for each in result.unmatched for other in free
    )


def test_a_statement_is_read_with_the_separator_and_the_mark_of_its_program() -> None:
    rows, findings = read_statement(
        "booked_on;amount;currency;reference\n2026-07-02;1.5;EUR;x\n2026-07-02;-12,50;eur;AMZ\n"
    )
    assert rows == (BankLine(date(2026, 7, 2), Decimal("-12.50"), "EUR", "AMZ"),)
    assert "amount is '1.5'" in findings[0].message


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("yesterday,1,EUR,,", "booked_on is 'yesterday', not a day such as 2026-07-02"),
        ("2026-07-02,,EUR,,", "amount is empty"),
        ("2026-07-02,1,Euro,,", "currency is 'Euro', not a currency such as EUR"),
        ("2026-07-02,0.00,EUR,,", "amount is nothing"),
    ],
)
def test_what_is_wrong_in_a_line_is_said_and_the_others_stand(row: str, said: str) -> None:
    text = f"booked_on,amount,currency,reference,account\n{row}\n2026-07-03,5,EUR,,\n"
    rows, (finding,) = read_statement(text)
    assert (finding.code, finding.segment) == ("row-unreadable", 2)
    assert said in finding.message
    assert rows == (BankLine(date(2026, 7, 3), Decimal(5), "EUR"),)


LINES = st.lists(
    st.sampled_from([BankLine(MONDAY, Decimal(amount), "EUR", text) for amount in (1, 2) for text in "ab"])
)


@given(st.lists(LINES, max_size=5))
def test_a_line_counts_as_often_as_the_statement_that_has_it_most_often(statements: list[list[BankLine]]) -> None:
    known: list[KnownLine] = []
    for statement in statements:
        known += new_lines(statement, known)
    expected: Counter[BankLine] = Counter()
    for statement in statements:
        expected |= Counter(statement)
    assert Counter(each.line for each in known) == expected
    assert len({each.id for each in known}) == len(known)


def test_the_same_amount_written_in_two_ways_is_one_line() -> None:
    first, _ = read_statement("booked_on,amount,currency\n2026-07-02,5.00,EUR\n")
    again, _ = read_statement("booked_on,amount,currency\n2026-07-02,5,EUR\n")
    assert new_lines(again, new_lines(first, [])) == ()
