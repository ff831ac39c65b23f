"""Deposits meet the bank: what settlements pay is looked for in statements, whichever of the two comes later.

A line of a statement is remembered once, however many statements have it. A deposit that is found is history of its
settlement; one that is not, or not with its amount, is a case of finance, which closes by itself once it is found.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from gateway.catalogue.gaps import Owner
from gateway.config import Config
from gateway.documents.base import plain
from gateway.finance.bank import (
    STATEMENT,
    BankLine,
    Deposit,
    KnownLine,
    Match,
    match,
    new_lines,
    read_statement,
)
from gateway.journal import Journal, Transaction
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk
from gateway.pipeline.refusals import Receipt, tell_rows

WAKES = "deposit:"
"""Subjects that begin so are looked at again when a deposit should be at the bank."""

LINES, MATCHED, POSTED = "bank-lines", "deposit-matched", "settlement-posted"
_SHOWN = 5
_OWNER: Owner = "finance"  # whose statements are
State = Literal["matched", "different", "unmatched", "none"]


@dataclass(frozen=True)
class DepositState:
    """What became of one deposit: at the bank, there with another amount, not there, or nothing to be paid."""

    deposit: Deposit
    state: State
    line: KnownLine | None = None
    difference: Decimal | None = None


def bank_subject(currency: str) -> str:
    """Under what the lines of statements in a currency are found."""
    return f"bank:{currency}"


def deposit_subject(seller: str, settlement: str) -> str:
    """Under what a deposit waits for its time."""
    return f"{WAKES}{seller}:{settlement}"


def take_statement(label: str, data: bytes, receipt: Receipt, desk: Desk) -> None:
    """Remember the lines of a statement that are new; those that cannot be read are one case."""
    rows, findings = read_statement(data)
    tell_rows(f"statement:{label}", _OWNER, findings, label, receipt, desk)
    for currency in sorted({row.currency for row in rows}):
        fresh = new_lines((row for row in rows if row.currency == currency), lines_of(desk.tx, currency))
        if fresh:
            told = [{"id": known.id, **STATEMENT.cells(known.line)} for known in fresh]
            body = {"file": receipt.file_id, "name": label, "currency": currency, "lines": told}
            desk.note(LINES, body, bank_subject(currency), f"file:{receipt.file_id}")
    match_deposits(desk)


def lines_of(journal: Journal | Transaction, currency: str) -> tuple[KnownLine, ...]:
    """Every line of a currency that statements ever had, in the order they came."""
    return tuple(
        KnownLine(cells["id"], STATEMENT.from_cells({name: cells[name] for name in STATEMENT.columns}))
        for entry in journal.events(bank_subject(currency), prefix=LINES)
        for cells in entry.body["lines"]
    )


def deposits(journal: Journal | Transaction, config: Config, today: date) -> tuple[DepositState, ...]:
    """What became of the deposits of all sellers, in the order of their days."""
    states = _Ledger(journal, config, today).states()
    return tuple(sorted(states, key=lambda each: (each.deposit.on, each.deposit.seller, each.deposit.settlement)))


def match_deposits(desk: Desk) -> None:
    """Look for every deposit that is not at the bank yet, and make the cases those that this asks for."""
    today = desk.now.astimezone(UTC).date()
    ledger = _Ledger(desk.tx, desk.config, today)
    wanted: dict[str, Problem] = {}
    without: dict[tuple[str, str], list[Deposit]] = {}
    for found in ledger.states():
        deposit = found.deposit
        if found.state == "matched" and (deposit.seller, deposit.settlement) not in ledger.noted:
            _note_matched(found, desk)
        is_open = found.state in ("unmatched", "different")
        is_overdue = today > deposit.last_day
        at = datetime.combine(deposit.last_day + timedelta(days=1), time(), UTC)
        desk.tx.wake(deposit_subject(deposit.seller, deposit.settlement), at if is_open and not is_overdue else None)
        if found.state == "different":
            problem = _differs(found)
            wanted[problem.key] = problem
        elif found.state == "unmatched" and is_overdue:
            known = ledger.days(deposit.currency)
            if known is None or known[0] > deposit.last_day:  # no statement has its days
                without.setdefault((deposit.seller, deposit.currency), []).append(deposit)
            else:
                problem = _missing(deposit, known[1])
                wanted[problem.key] = problem
    for (seller, currency), waiting in without.items():
        problem = _unproved(seller, currency, waiting)
        wanted[problem.key] = problem
    _keep_cases(wanted, desk)


def look_again(subject: str, desk: Desk) -> bool:
    """A deposit should be at the bank by now."""
    desk.tx.wake(subject, None)
    match_deposits(desk)
    return True


class _Ledger:
    """Deposits and lines as the journal has them, put together once."""

    def __init__(self, journal: Journal | Transaction, config: Config, today: date) -> None:
        self._journal, self._today = journal, today
        self._lines: dict[str, tuple[KnownLine, ...]] = {}
        self._ids: dict[str, dict[str, KnownLine]] = {}
        self._deposits: list[Deposit] = []
        self.noted: dict[tuple[str, str], Match] = {}
        """What was found before and holds still: the settlement was not issued anew with another deposit."""
        for seller in config.sellers.values():
            latest: dict[str, Deposit] = {}
            matched: dict[str, Mapping[str, Any]] = {}
            for entry in journal.events(f"deposits:{seller.name}"):
                if entry.kind == POSTED and entry.body["deposit_on"] is not None:
                    deposit = _deposit(entry.body, seller.bank_days, Decimal(seller.bank_tolerance))
                    latest[deposit.settlement] = deposit
                elif entry.kind == MATCHED:
                    matched[entry.body["settlement"]] = entry.body
            self._deposits += latest.values()
            for settlement, body in matched.items():
                deposit = latest[settlement]
                if (body["currency"], Decimal(body["deposit"])) == (deposit.currency, deposit.amount):
                    line = self._by_id(deposit.currency)[body["line"]]
                    self.noted[seller.name, settlement] = Match(deposit, line, Decimal(body["difference"]))

    def lines(self, currency: str) -> tuple[KnownLine, ...]:
        """The lines of a currency."""
        if currency not in self._lines:
            self._lines[currency] = lines_of(self._journal, currency)
        return self._lines[currency]

    def _by_id(self, currency: str) -> dict[str, KnownLine]:
        if currency not in self._ids:
            self._ids[currency] = {known.id: known for known in self.lines(currency)}
        return self._ids[currency]

    def days(self, currency: str) -> tuple[date, date] | None:
        """The first and the last day that statements of a currency have lines of; None where there is none."""
        known = [each.line.booked_on for each in self.lines(currency)]
        return (min(known), max(known)) if known else None

    def states(self) -> list[DepositState]:
        """What became of each deposit."""
        found = [DepositState(each.deposit, "matched", each.line, each.difference) for each in self.noted.values()]
        waiting: dict[str, list[Deposit]] = {}
        for deposit in self._deposits:
            if not deposit.amount:
                found.append(DepositState(deposit, "none"))
            elif (deposit.seller, deposit.settlement) not in self.noted:
                waiting.setdefault(deposit.currency, []).append(deposit)
        taken = {each.line.id for each in self.noted.values()}
        for currency, open_deposits in waiting.items():
            free = (known for known in self.lines(currency) if known.id not in taken)
            result = match(open_deposits, free, self._today)
            found += (DepositState(each.deposit, "matched", each.line, each.difference) for each in result.matched)
            found += (DepositState(each.deposit, "different", each.line, each.difference) for each in result.different)
            found += (DepositState(deposit, "unmatched") for deposit in result.unmatched)
        return found


def _deposit(body: Mapping[str, Any], days: int, tolerance: Decimal) -> Deposit:
    return Deposit(
        seller=body["seller"],
        settlement=body["settlement"],
        currency=body["currency"],
        amount=Decimal(body["deposit"]),
        on=date.fromisoformat(body["deposit_on"]),
        days=days,
        tolerance=tolerance,
    )


def _note_matched(found: DepositState, desk: Desk) -> None:
    deposit, known, off = found.deposit, found.line, found.difference
    if known is None or off is None:
        return
    body = {
        "status": "matched",
        "seller": deposit.seller,
        "settlement": deposit.settlement,
        "currency": deposit.currency,
        "deposit": plain(deposit.amount),
        "line": known.id,
        "booked_on": known.line.booked_on.isoformat(),
        "amount": plain(known.line.amount),
        "difference": plain(off),
        "reference": known.line.reference,
    }
    subjects = (f"settlement:{deposit.seller}:{deposit.settlement}", f"deposits:{deposit.seller}")
    desk.note(MATCHED, body, *subjects, f"bank-line:{known.id}")


def _keep_cases(wanted: Mapping[str, Problem], desk: Desk) -> None:
    """Open those that are wanted, unless a person has closed them as they are; close the others."""
    for case in desk.tx.open_cases(key_prefix=WAKES):
        if case.key not in wanted:
            desk.tx.close_case(case.id, "the deposits are at the bank", "gateway")
    for key, problem in wanted.items():
        closed = [case for case in desk.tx.cases(state="closed", key_prefix=key) if case.key == key]
        if not (closed and closed[-1].closed_by != "gateway" and closed[-1].evidence == problem.evidence):
            desk.tell(problem)


def _subjects(each: Iterable[Deposit]) -> tuple[str, ...]:
    return tuple(f"settlement:{deposit.seller}:{deposit.settlement}" for deposit in each)


def _differs(found: DepositState) -> Problem:
    deposit, known, off = found.deposit, found.line, found.difference
    line = known.line if known is not None else BankLine(deposit.on, deposit.amount, deposit.currency)
    by = off or Decimal(0)
    return Problem(
        key=f"{deposit_subject(deposit.seller, deposit.settlement)}:differs",
        code="deposit-differs",
        owner="finance",
        message=f"settlement {deposit.settlement} pays {plain(deposit.amount)} {deposit.currency}, the bank has "
        f"{plain(line.amount)} of {line.booked_on}: {plain(abs(by))} {'more' if by > 0 else 'less'}",
        remedy="ask the bank for the charge or the rate; close the case once the difference is booked",
        subjects=_subjects([deposit]),
        at_stake=abs(by),
        evidence={"settlement": deposit.settlement, "difference": plain(by), "line": known.id if known else ""},
    )


def _missing(deposit: Deposit, last: date) -> Problem:
    return Problem(
        key=f"{deposit_subject(deposit.seller, deposit.settlement)}:missing",
        code="deposit-missing",
        owner="finance",
        message=f"settlement {deposit.settlement} pays {plain(deposit.amount)} {deposit.currency} on {deposit.on}, and "
        f"the bank has no such line up to {deposit.last_day} (its last line in {deposit.currency} is of {last})",
        remedy="put the statement of these days into erp/in; if it is there, ask Amazon where the money went "
        "(Seller Central, Payments, Disbursements)",
        subjects=_subjects([deposit]),
        at_stake=abs(deposit.amount),
        evidence={"settlement": deposit.settlement, "deposit": plain(deposit.amount)},
    )


def _unproved(seller: str, currency: str, waiting: list[Deposit]) -> Problem:
    said = ", ".join(f"{each.settlement} ({plain(each.amount)} on {each.on})" for each in waiting[:_SHOWN])
    more = f" and {len(waiting) - _SHOWN} more" if len(waiting) > _SHOWN else ""
    return Problem(
        key=f"{WAKES}{seller}:{currency}:statement",
        code="deposit-missing",
        owner="finance",
        message=f"no bank statement with {currency} has the days of these, and nobody knows whether they were paid: "
        f"{said}{more}",
        remedy="put the statements into erp/in as bank-DATE.csv: booked_on, amount, currency, reference, account",
        subjects=_subjects(waiting[:_SHOWN]),
        at_stake=sum((abs(each.amount) for each in waiting), Decimal(0)),
        evidence={"currency": currency, "deposits": str(len(waiting))},
    )
