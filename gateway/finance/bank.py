"""Deposits and the bank: which line of a statement is which payout of the marketplace.

A statement is a CSV file of the ERP or the bank, a line each of booked_on, amount, currency, reference, account. A
deposit and a line fit where the currency is the same and the day is from one before the deposit's to `days` after it.
What is surest goes first: the same amount, then one within the tolerance, and among those a line that names the
settlement; then a line that names it with another amount; and once a deposit is overdue, one that names Amazon. Among
deposits that fit a line the one whose time ends first has it, so that as many as can be find theirs.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from gateway.catalogue import masters
from gateway.catalogue.masters import TEXT, Column, Master
from gateway.documents.base import plain
from gateway.findings import Finding

_BEFORE = timedelta(days=1)  # banks book on the day that their clocks have


class BankLine(NamedTuple):
    """A line of a statement; `amount` is negative for what was taken from us."""

    booked_on: date
    amount: Decimal
    currency: str
    reference: str = ""
    account: str = ""


class KnownLine(NamedTuple):
    """A line that is remembered, under an id that it keeps however often statements repeat it."""

    id: str
    line: BankLine


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a settlement pays, or with a minus takes: when, and how long it may take to reach the bank."""

    seller: str
    settlement: str
    currency: str
    amount: Decimal
    on: date
    days: int
    tolerance: Decimal = Decimal(0)

    @property
    def last_day(self) -> date:
        """The last day on which the bank may book it."""
        return self.on + timedelta(days=self.days)

    def fits(self, line: BankLine) -> bool:
        """Whether a line may be this deposit, by its currency, its day and its direction.

        One that names the settlement may come later than is usual.
        """
        ends = self.last_day if not self.is_named_by(line) else line.booked_on
        in_time = self.on - _BEFORE <= line.booked_on <= ends
        return in_time and line.currency == self.currency and (line.amount > 0) == (self.amount > 0)

    def is_named_by(self, line: BankLine) -> bool:
        """Whether the reference of a line has the number of the settlement."""
        return re.search(rf"(?<!\d){re.escape(self.settlement)}(?!\d)", line.reference) is not None


Rule = Callable[[Deposit, BankLine, date], bool]
"""Whether a line is taken for a deposit, as of a day."""


class Match(NamedTuple):
    """A deposit and its line; `difference` is what the bank has more, with a minus what it has less."""

    deposit: Deposit
    line: KnownLine
    difference: Decimal


@dataclass(frozen=True)
class Matching:
    """What became of deposits: at the bank, at the bank with another amount, or not there."""

    matched: tuple[Match, ...]
    different: tuple[Match, ...]
    unmatched: tuple[Deposit, ...]


def match(deposits: Iterable[Deposit], lines: Iterable[KnownLine], today: date) -> Matching:
    """Find the line of each deposit. Deposits of nothing need none and are left out."""
    open_deposits = [deposit for deposit in deposits if deposit.amount]
    free = sorted(lines, key=lambda known: (known.line.booked_on, known.id))
    matched: list[Match] = []
    different: list[Match] = []
    for is_right, is_same in _RANKS:
        found = _paired(open_deposits, free, today, is_same)
        (matched if is_right else different).extend(found)
        taken_deposits, taken_lines = {each.deposit for each in found}, {each.line.id for each in found}
        open_deposits = [deposit for deposit in open_deposits if deposit not in taken_deposits]
        free = [known for known in free if known.id not in taken_lines]
    return Matching(tuple(matched), tuple(different), tuple(open_deposits))


def _paired(deposits: Sequence[Deposit], lines: Sequence[KnownLine], today: date, is_same: Rule) -> list[Match]:
    """Lines by day, each to the deposit whose time ends first: as many pairs as there can be."""
    waiting = sorted(deposits, key=lambda deposit: (deposit.last_day, deposit.on, deposit.settlement))
    found: list[Match] = []
    for known in lines:
        fitting = (each for each in waiting if each.fits(known.line) and is_same(each, known.line, today))
        if (deposit := next(fitting, None)) is not None:
            waiting.remove(deposit)
            found.append(Match(deposit, known, known.line.amount - deposit.amount))
    return found


def _is_exact(deposit: Deposit, line: BankLine, _: date) -> bool:
    return line.amount == deposit.amount


def _is_near(deposit: Deposit, line: BankLine, _: date) -> bool:
    return abs(line.amount - deposit.amount) <= deposit.tolerance


def _is_named(deposit: Deposit, line: BankLine, _: date) -> bool:
    return deposit.is_named_by(line)


def _is_amazons(deposit: Deposit, line: BankLine, today: date) -> bool:
    return today > deposit.last_day and ("amazon" in line.reference.casefold() or "amzn" in line.reference.casefold())


def _both(*rules: Rule) -> Rule:
    return lambda deposit, line, today: all(rule(deposit, line, today) for rule in rules)


# Whether such a pair is right, or only shows by how much it is not; and what makes one.
_RANKS: tuple[tuple[bool, Rule], ...] = (
    (True, _both(_is_exact, _is_named)),
    (True, _is_exact),
    (True, _both(_is_near, _is_named)),
    (True, _is_near),
    (False, _is_named),
    (False, _is_amazons),
)


def new_lines(statement: Iterable[BankLine], known: Iterable[KnownLine]) -> tuple[KnownLine, ...]:
    """The lines of a statement that are not known yet, with their ids.

    Statements overlap, so a line counts as often as the one that has it most often: twice in one statement are two.
    """
    times: Counter[BankLine] = Counter(each.line for each in known)
    seen: Counter[BankLine] = Counter()
    found: list[KnownLine] = []
    for line in statement:
        seen[line] += 1
        if seen[line] > times[line]:
            found.append(KnownLine(_id_of(line, seen[line]), line))
    return tuple(found)


def _id_of(line: BankLine, nth: int) -> str:
    said = "\t".join(STATEMENT.cells(line).values())
    return f"{line.booked_on:%Y%m%d}-{sha256(said.encode()).hexdigest()[:12]}-{nth}"


def _currency(cell: str) -> str:
    code = cell.upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise ValueError(cell)
    return code


def _line(*, booked_on: date, amount: Decimal, currency: str, reference: str, account: str) -> BankLine:
    if not amount:
        raise ValueError("amount is nothing")
    return BankLine(booked_on, Decimal(plain(amount)), currency, reference, account)


STATEMENT: Master[BankLine] = Master(
    "bank.csv",
    {
        "booked_on": Column("a day such as 2026-07-02", masters.day, required=True),
        "amount": Column("an amount such as 104.63 or -12.50", masters.decimal, required=True, numeric=True),
        "currency": Column("a currency such as EUR", _currency, required=True),
        "reference": TEXT,
        "account": TEXT,
    },
    _line,
)


def read_statement(text: str | bytes) -> tuple[tuple[BankLine, ...], tuple[Finding, ...]]:
    """The lines of a statement that can be used, and a finding for each that cannot."""
    return STATEMENT.read(text)
