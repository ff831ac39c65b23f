"""Journal entries: what a settlement does to the ledger, by the chart of accounts.

A credit of the settlement (an amount that is ours) credits its account, a debit debits it; nothing is netted, so sales,
refunds and fees stand in lines of their own. The bank line is the total of the report and never a plug: entries balance
because the lines add up to it, which gates.py has seen. Over several months each month has an entry of its own; earlier
ones close against the account that carries forward, and only the last one meets the bank.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from gateway.documents import JournalEntry, JournalLine, LineSource, Period
from gateway.documents.money import round_half_up, with_decimals
from gateway.finance.chart import Chart
from gateway.finance.settlement import Bucket, Settlement, Sum
from gateway.grammar.reports import folded
from gateway.mapping.settlement_words import REFUNDS

_NOTHING = Decimal(0)
_ORDER = folded("Order")
_INVOICED = frozenset({"revenue", "shipping_revenue", "promotions", "refunds"})


@dataclass(frozen=True)
class Book:
    """Whose ledger it is and how it is kept: the chart, the accounts behind its names, and where revenue is counted."""

    seller: str
    chart: Chart
    accounts: Mapping[str, str]
    mode: Literal["order-level", "summary"] = "order-level"
    line_per_sku: bool = True

    def account_of(self, bucket: Bucket) -> str | None:
        """The account of lines like these; None where no rule of the chart knows them.

        Where sales orders are invoiced by the ERP, what buyers paid clears the receivable and is no revenue once more.
        Tax that the marketplace did not withhold is the seller's debt.
        """
        rule = self.chart.find(
            bucket.transaction_type, bucket.amount_type, bucket.amount_description, is_credit=bucket.is_credit
        )
        if rule is None:
            return None
        name = rule.account
        if self.mode == "order-level" and name in _INVOICED:
            kind = folded(bucket.transaction_type)
            if kind in REFUNDS:
                name = "refund_clearing"
            elif kind == _ORDER:
                name = "clearing"
        if name == "sales_tax" and bucket.duty == "seller":
            name = self._own_tax(bucket)
        return self.accounts.get(name, name)

    def _own_tax(self, bucket: Bucket) -> str:
        """Tax that is the seller's: where the ERP invoices the order, that books it, and the money clears it."""
        if self.mode == "summary":
            return "vat"
        return "refund_clearing" if folded(bucket.transaction_type) in REFUNDS else "clearing"

    def text_of(self, bucket: Bucket) -> str:
        """What a line says to people."""
        rule = self.chart.find(
            bucket.transaction_type, bucket.amount_type, bucket.amount_description, is_credit=bucket.is_credit
        )
        text = (rule.text if rule else "") or bucket.amount_description or bucket.transaction_type
        return f"{text} (owed by the {bucket.duty})" if bucket.duty else text


def journal_entries(settlement: Settlement, book: Book, revision: int = 0) -> tuple[JournalEntry, ...]:
    """The entries of a settlement that has passed its gates, one for each month."""
    months = settlement.months or (_last_day(settlement).replace(day=1),)
    carried = _NOTHING
    entries = []
    for part, month in enumerate(months, 1):
        buckets = {bucket: each for bucket, each in settlement.sums.items() if bucket.month == month}
        lines = list(lines_of(buckets, book, settlement.currency))
        suspended = sum((each.amount for key, each in buckets.items() if book.account_of(key) is None), _NOTHING)
        amount = sum((each.amount for each in buckets.values()), _NOTHING)
        if carried:
            lines.append(_handed_on(carried, book, settlement.currency, "Carried forward from the months before"))
        is_last = part == len(months)
        if not is_last and amount + carried:
            lines.append(_handed_on(-(amount + carried), book, settlement.currency, "Carried forward"))
        carried += amount
        deposit = settlement.total or _NOTHING if is_last else _NOTHING
        if is_last:
            lines.append(_bank(deposit, book, settlement))
        entries.append(_entry(settlement, book, lines, revision, (part, len(months)), month, deposit, suspended))
    return tuple(entries)


def lines_of(buckets: Mapping[Bucket, Sum], book: Book, currency: str) -> Iterator[JournalLine]:
    """The lines of sums, by account: a line for each kind of amount, marketplace, sign and, where wanted, SKU."""
    added: dict[Bucket, Sum] = {}
    for bucket, each in buckets.items():
        key = bucket if book.line_per_sku else bucket._replace(sku="")
        found = added.setdefault(key, Sum())
        found.amount += each.amount
        found.count += each.count
    lines = [_line(key, each, book, currency) for key, each in added.items() if each.amount or each.count]
    yield from sorted(lines, key=_place)


def reversal(entry: JournalEntry) -> JournalEntry:
    """The entry that takes another back: every line on the other side, in the month that it is about.

    What takes its place is of the same month, so each month is right when both are booked.
    """
    lines = tuple(
        line.model_copy(update={"debit": line.credit, "credit": line.debit, "text": f"Reversed: {line.text}"})
        for line in entry.lines
    )
    changed = {
        "id": f"{entry.id}:reversal",
        "kind": "reversal",
        "reverses": entry.id,
        "deposit": -entry.deposit,
        "lines": lines,
        "suspense": -entry.suspense,
    }
    return entry.model_copy(update=changed)


def reclass(entry: JournalEntry, moved: Iterable[tuple[JournalLine, str, str]], number: int) -> JournalEntry:
    """The entry that moves lines out of suspense: each with the account it belongs to, and what it is called there.

    It is of the same month, whose suspense it clears.
    """
    lines: list[JournalLine] = []
    cleared = _NOTHING
    for line, account, text in moved:
        cleared += line.credit - line.debit
        lines.append(line.model_copy(update={"debit": line.credit, "credit": line.debit, "text": f"Cleared: {text}"}))
        lines.append(line.model_copy(update={"account": account, "text": text}))
    changed = {
        "id": f"{entry.id}:reclass-{number}",
        "kind": "reclass",
        "deposit": with_decimals(_NOTHING, entry.currency),
        "deposit_on": None,
        "lines": tuple(lines),
        "suspense": -cleared,
    }
    return entry.model_copy(update=changed)


def imbalance(entry: JournalEntry) -> Decimal:
    """By how much debits exceed credits: nothing, in an entry that may be posted."""
    return sum((line.debit - line.credit for line in entry.lines), _NOTHING)


def _entry(
    settlement: Settlement,
    book: Book,
    lines: list[JournalLine],
    revision: int,
    part: tuple[int, int],
    month: date,
    deposit: Decimal,
    suspended: Decimal,
) -> JournalEntry:
    number, parts = part
    is_last = number == parts
    names = ["journal-entry", settlement.id]
    names += [str(number)] if parts > 1 else []
    names += [f"r{revision}"] if revision else []
    first, last = _period(settlement, month, is_first=number == 1, is_last=is_last)
    paid_at = settlement.deposit_at or settlement.ends_at
    deposit_on = paid_at.date() if is_last and paid_at else None
    return JournalEntry(
        id=":".join((book.seller, *names)),
        seller=book.seller,
        settlement=settlement.id,
        revision=revision,
        part=number,
        parts=parts,
        marketplace=", ".join(settlement.marketplaces) or None,
        period=Period(first=first, last=last),
        posted_on=last,
        currency=settlement.currency,
        deposit=round_half_up(deposit, settlement.currency),
        deposit_on=deposit_on,
        lines=tuple(lines),
        suspense=round_half_up(suspended, settlement.currency),
    )


def _period(settlement: Settlement, month: date, *, is_first: bool, is_last: bool) -> tuple[date, date]:
    """The days of an entry: the month, or what of it the settlement covers."""
    end = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    start = settlement.starts_at.date() if is_first and settlement.starts_at else month
    last = _last_day(settlement) if is_last else end
    return min(max(start, month), end), min(max(last, month), end)


def _last_day(settlement: Settlement) -> date:
    at = settlement.ends_at or settlement.starts_at
    return at.date() if at else date(1970, 1, 1)


def _line(bucket: Bucket, each: Sum, book: Book, currency: str) -> JournalLine:
    account = book.account_of(bucket) or book.accounts["suspense"]
    source = LineSource(
        transaction_type=bucket.transaction_type,
        amount_type=bucket.amount_type,
        amount_description=bucket.amount_description,
        count=each.count,
    )
    debit, credit = _sides(each.amount, currency)
    return JournalLine(
        account=account,
        debit=debit,
        credit=credit,
        text=book.text_of(bucket),
        source=source,
        sku=bucket.sku or None,
        marketplace=bucket.marketplace or None,
        tax_owed_by=bucket.duty or None,
    )


def _handed_on(amount: Decimal, book: Book, currency: str, text: str) -> JournalLine:
    debit, credit = _sides(amount, currency)
    return JournalLine(account=book.accounts["carry_forward"], debit=debit, credit=credit, text=text)


def _bank(deposit: Decimal, book: Book, settlement: Settlement) -> JournalLine:
    credit, debit = _sides(deposit, settlement.currency)
    text = f"Deposit of settlement {settlement.id}" if deposit >= 0 else f"Charged by settlement {settlement.id}"
    return JournalLine(account=book.accounts["bank"], debit=debit, credit=credit, text=text)


def _sides(amount: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    """Debit and credit of an amount of the settlement, in the decimals of the currency, which it does not exceed."""
    size = round_half_up(abs(amount), currency)
    zero = with_decimals(_NOTHING, currency)
    return (zero, size) if amount >= 0 else (size, zero)


def _place(line: JournalLine) -> tuple[str, ...]:
    source = line.source
    named = (source.transaction_type, source.amount_type, source.amount_description) if source else ("", "", "")
    side = "debit" if line.debit else "credit"
    return (line.account, *named, line.marketplace or "", line.sku or "", side, line.tax_owed_by or "")
