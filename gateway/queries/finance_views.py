"""Money as finance asks for it, a page at a time: what is owed, what differs, what Amazon keeps back.

`gateway remittances list` walks over all invoices; here a page walks over as many as it shows, and what differs is
found by its open cases.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from gateway.config import Config
from gateway.documents.base import plain
from gateway.errors import InputError
from gateway.journal import Journal
from gateway.lifecycle.payment_problems import PAYMENT_CODES, REMITTANCES
from gateway.pipeline.selling.bank import deposits
from gateway.pipeline.selling.posted import settlements_of
from gateway.pipeline.standings import Standings
from gateway.queries import Json
from gateway.queries.receivables import invoice_line, item_line

PAGE = 50
_DIFFERS = {"short": "short-paid", "over": "over-paid", "overdue": "invoice-overdue"}
STATUSES = ("all", *_DIFFERS, "unmatched")
_INVOICE = "invoice:"


def invoices(
    journal: Journal, config: Config, now: datetime, *, status: str = "all", after: str = "", limit: int = PAGE
) -> tuple[list[Json], str | None]:
    """A page of invoices by partner and number, and where the next one goes on, None where it is the last.

    `status` is one of STATUSES; what differs is there only while its case is open. Raises InputError.
    """
    if status not in STATUSES:
        raise InputError(f"{status!r} is none of {', '.join(STATUSES)}")
    if status == "all":
        return _walk(journal, config, now, after, limit)
    found = _unmatched(journal) if status == "unmatched" else _differing(journal, config, now, _DIFFERS[status])
    return list(found)[:500], None


def _walk(journal: Journal, config: Config, now: datetime, after: str, limit: int) -> tuple[list[Json], str | None]:
    standings = Standings(journal, config)
    subjects = journal.subjects_with_prefix(_INVOICE, f"{_INVOICE}{after}" if after else "", limit + 1)
    rows = []
    for subject in subjects[:limit]:
        _, partner, number = subject.split(":", 2)
        standing = standings.find(partner, number)
        if standing is not None:
            rows.append(invoice_line(standing, journal, now))
    return rows, subjects[limit - 1].removeprefix(_INVOICE) if len(subjects) > limit else None


def _differing(journal: Journal, config: Config, now: datetime, code: str) -> Iterator[Json]:
    standings = Standings(journal, config)
    for case in journal.open_cases(key_prefix=_INVOICE):
        subject = next((each for each in case.subjects if each.startswith(_INVOICE)), None)
        if case.code == code and case.code in PAYMENT_CODES and subject is not None:
            _, partner, number = subject.split(":", 2)
            standing = standings.find(partner, number)
            if standing is not None:
                yield invoice_line(standing, journal, now)


def _unmatched(journal: Journal) -> Iterator[Json]:
    for case in journal.open_cases(key_prefix=REMITTANCES):
        if "item" in case.evidence:
            yield item_line(case)


def reserves(journal: Journal, config: Config) -> list[Json]:
    """What Amazon keeps back of each seller by the last settlement of each currency, and what it kept before."""
    rows = []
    for seller in config.sellers.values():
        latest = {posted.currency: posted for posted in settlements_of(journal, seller.name)}
        for currency, posted in sorted(latest.items()):
            kept = sum((-reserve.current for reserve in posted.reserves.values()), Decimal(0))
            before = sum((reserve.previous for reserve in posted.reserves.values()), Decimal(0))
            rows.append(
                {
                    "seller": seller.name,
                    "currency": currency,
                    "kept": plain(kept),
                    "before": plain(before),
                    "settlement": posted.settlement,
                    "to": posted.ends_at.date().isoformat(),
                }
            )
    return rows


def deposit_lines(journal: Journal, config: Config, now: datetime) -> list[Json]:
    """The deposits, the newest first, each with what the bank says."""
    rows = []
    for each in deposits(journal, config, now.astimezone(UTC).date()):
        line = each.line.line if each.line else None
        rows.append(
            {
                "seller": each.deposit.seller,
                "settlement": each.deposit.settlement,
                "currency": each.deposit.currency,
                "deposit": plain(each.deposit.amount),
                "on": each.deposit.on.isoformat(),
                "bank": each.state,
                "booked_on": line.booked_on.isoformat() if line else None,
                "amount": plain(line.amount) if line else None,
                "difference": plain(each.difference) if each.difference is not None else None,
                "reference": (line.reference or None) if line else None,
            }
        )
    return sorted(rows, key=lambda row: (row["on"], row["settlement"]), reverse=True)


def payments_by_status(journal: Journal) -> dict[str, int]:
    """How many invoices are short, over and overdue, and how many items settle none: by their open cases."""
    codes = [case.code for case in journal.open_cases(key_prefix=_INVOICE)]
    counts = {status: codes.count(code) for status, code in _DIFFERS.items()}
    items = [case for case in journal.open_cases(key_prefix=REMITTANCES) if "item" in case.evidence]
    return {**counts, "unmatched": len(items)}
