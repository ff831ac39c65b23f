"""What our invoices came to, and what was paid that belongs to none: the source of `gateway remittances list`.

An invoice is a row, as it stands on the day that is asked about; an item of a remittance that settles none is a row of
its own, until it is matched or its remittance taken back.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gateway.config import Config
from gateway.documents.base import plain
from gateway.documents.money import with_decimals
from gateway.journal import Journal
from gateway.journal.records import Case
from gateway.lifecycle.payment_problems import PAYMENT_CODES, REMITTANCES, reason_text
from gateway.lifecycle.remittances import PAYMENT_EVENTS, Standing
from gateway.pipeline.chronicle import PREFIX
from gateway.pipeline.standings import Standings
from gateway.queries import to_the_second

Json = dict[str, Any]


def receivables(
    journal: Journal,
    config: Config,
    now: datetime,
    *,
    status: str | None = None,
    partner: str | None = None,
    limit: int | None = None,
) -> Iterator[Json]:
    """The invoices by partner and number, then the items that settle none; at most `limit`."""
    count = 0
    for row in _rows(journal, config, now, partner):
        if status in (None, row["status"]):
            yield row
            count += 1
            if count == limit:
                return


def _rows(journal: Journal, config: Config, now: datetime, partner: str | None) -> Iterator[Json]:
    for standing in Standings(journal, config).all(partner):
        yield invoice_line(standing, journal, now)
    for case in journal.cases(key_prefix=REMITTANCES):
        # What the gateway closed was matched or taken back; what a person closed is money for nothing we know still.
        if "item" in case.evidence and case.closed_by != "gateway" and partner in (None, case.evidence["partner"]):
            yield item_line(case)


def invoice_line(standing: Standing, journal: Journal, now: datetime) -> Json:
    """An invoice as listings print it, as it stands at this time."""
    invoice = standing.invoice
    last = standing.payments[-1] if standing.payments else None
    cases = journal.open_cases(subject=invoice.subject, key_prefix=f"{invoice.subject}:")
    settled = None if cases or standing.difference == 0 else _settled(standing, journal)
    return {
        "partner": invoice.partner,
        "invoice": invoice.number,
        "purchase_orders": list(invoice.purchase_orders),
        "invoiced_on": invoice.invoiced_on.isoformat(),
        "due_on": invoice.due_on.isoformat() if invoice.due_on else None,
        "currency": invoice.currency,
        "amount": plain(with_decimals(invoice.amount, invoice.currency)),
        "paid": plain(with_decimals(standing.paid, invoice.currency)),
        "difference": plain(with_decimals(standing.difference, invoice.currency)),
        "status": "settled" if settled else standing.status(now.date()),
        "reasons": [reason_text(deduction) for deduction in standing.deductions],
        "settled": f"{settled.closed_by}: {settled.reason}" if settled else None,
        "remittance": last.remittance if last else None,
        "case": next((case.id for case in cases if case.code in PAYMENT_CODES), None),
        "at": to_the_second(_last_said(standing, journal)),
    }


def _settled(standing: Standing, journal: Journal) -> Case | None:
    """The case of the difference that a person has closed: finance has booked it, and nobody waits for it."""
    subject = standing.invoice.subject
    closed = journal.cases(state="closed", subject=subject, key_prefix=f"{subject}:")
    last = next((case for case in reversed(closed) if case.code in PAYMENT_CODES), None)
    return last if last is not None and last.closed_by != "gateway" else None


def _last_said(standing: Standing, journal: Journal) -> datetime:
    """When a remittance last spoke of the invoice, else when anybody did: it is filed under its own subject."""
    said = journal.events(standing.invoice.subject)
    payments = [entry for entry in said if entry.kind.removeprefix(PREFIX) in PAYMENT_EVENTS]
    return (payments or said)[-1].at


def item_line(case: Case) -> Json:
    """An item of a remittance that settles no invoice, as listings print it."""
    said = case.evidence
    return {
        "partner": said["partner"],
        "invoice": said.get("invoice"),
        "purchase_orders": [],
        "invoiced_on": None,
        "due_on": None,
        "currency": said.get("currency"),
        "amount": None,
        "paid": said.get("paid"),
        "difference": None,
        "settled": None,
        "status": "unmatched",
        "reasons": said["reasons"].split("; ") if "reasons" in said else [],
        "remittance": said.get("remittance"),
        "case": case.id if case.state == "open" else None,
        "at": to_the_second(case.opened_at),
    }
