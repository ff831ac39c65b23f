"""The lines of a settlement, read again from its file: from a journal line to the transactions in it, and back.

Each line is shown with its account, its journal entry, and the line of the file on which it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gateway.config import Seller
from gateway.documents import JournalEntry, JournalLine
from gateway.documents.base import plain
from gateway.documents.reports import SettlementRow
from gateway.errors import InputError
from gateway.finance.settlement import is_tax, is_withheld, transaction_of
from gateway.findings import Finding
from gateway.grammar.reports import folded
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.mapping.report_files import ReportFile
from gateway.pipeline.selling.posted import Posted, settlements_of
from gateway.queries import to_the_second
from gateway.queries.settled import entries_of
from gateway.syntax.compressed import NO_LIMIT, unpack_if_packed

Json = dict[str, Any]
_PIECE = 1 << 18


@dataclass(frozen=True)
class Wanted:
    """Which lines of a settlement are asked for; None is no question."""

    order: str | None = None
    sku: str | None = None
    description: str | None = None
    account: str | None = None

    def fits(self, row: SettlementRow, account: str) -> bool:
        """Whether a line is asked for."""
        asked = (
            (self.order, row.order),
            (self.sku, row.sku),
            (self.description and folded(self.description), folded(row.amount_description)),
            (self.account, account),
        )
        return all(wanted is None or wanted == given for wanted, given in asked)


def lines(instance: Instance, posted: Posted, wanted: Wanted) -> Iterator[Json]:
    """The lines of a settlement as the report has them, each with its account and the line of the file.

    The account is the one that it was posted to, or moved to since. Raises NotFound where the bytes of the file were
    pruned.
    """
    seller = instance.config.sellers[posted.seller]
    opened = reopen(instance, posted.file, seller)
    withheld = frozenset(transaction_of(row) for row in opened.rows() if row.amount is not None and is_withheld(row))
    places = _Places(instance.journal, posted, seller)
    for row in opened.rows():
        if row.amount is None:
            continue
        entry = places.entry_of(row)
        duty = ("marketplace" if transaction_of(row) in withheld else "seller") if row.order and is_tax(row) else None
        account = places.account_of(row, entry, duty)
        if wanted.fits(row, account):
            yield {
                "line": row.line,
                "posted_at": _shown(row.posted_at),
                "order": row.order or None,
                "transaction_type": row.transaction_type,
                "amount_type": row.amount_type,
                "amount_description": row.amount_description,
                "sku": row.sku or None,
                "marketplace": row.marketplace or None,
                "amount": plain(row.amount),
                "account": account,
                "settlement": posted.settlement,
                "entry": entry,
            }


def lines_of_order(instance: Instance, order: str) -> Iterator[Json]:
    """The lines of every settlement that name an order: from a transaction back to journal and deposit."""
    for seller in instance.config.sellers.values():
        for posted in settlements_of(instance.journal, seller.name):
            yield from lines(instance, posted, Wanted(order=order))


def reopen(instance: Instance, file_id: str, seller: Seller) -> ReportFile:
    """A report that came before, to be read again. Raises NotFound where its bytes were pruned, InputError."""
    data = instance.journal.bytes_of(file_id)

    def chunks() -> Iterator[bytes]:
        pieces = (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))
        return unpack_if_packed(pieces, NO_LIMIT)

    opened = instance.mappings.reports.open(chunks, seller.preference)
    if isinstance(opened, Finding):
        raise InputError(opened.message)
    return opened


class _Places:
    """Where lines of a settlement went: which entry each month has, and which account each kind of line in it."""

    def __init__(self, journal: Journal, posted: Posted, seller: Seller) -> None:
        self._zone = seller.zone
        self._entries: dict[date, str] = {}
        self._accounts: dict[tuple[str, ...], str] = {}
        live = set(posted.entries)
        for document in entries_of(journal, posted):
            entry = JournalEntry.model_validate(journal.body_of(document.id))
            own = entry.id.rpartition(":")[0] if entry.kind == "reclass" else entry.id
            if own not in live:
                continue
            self._entries[entry.period.first.replace(day=1)] = own
            # A reclass has pairs: out of suspense, and into the account.
            for line in entry.lines[1::2] if entry.kind == "reclass" else entry.lines:
                if line.source is not None:
                    self._accounts[_key(line, own)] = line.account
        self._last = posted.entries[-1]

    def entry_of(self, row: SettlementRow) -> str:
        """The entry of a line: that of the month in which it was posted."""
        at = row.posted_at
        if at is None:
            return self._last
        day = at.astimezone(self._zone).date() if isinstance(at, datetime) else at
        return self._entries.get(day.replace(day=1), self._last)

    def account_of(self, row: SettlementRow, entry: str, duty: str | None) -> str:
        """The account that lines like this one went to."""
        side = "credit" if (row.amount or 0) >= 0 else "debit"
        names = (row.transaction_type, row.amount_type, row.amount_description)
        for sku in (row.sku, ""):  # a ledger without a line for each SKU
            for owed_by in (duty or "", ""):
                account = self._accounts.get((entry, side, *names, row.marketplace, sku, owed_by))
                if account is not None:
                    return account
        return ""


def _key(line: JournalLine, entry: str) -> tuple[str, ...]:
    source = line.source
    names = (source.transaction_type, source.amount_type, source.amount_description) if source else ()
    side = "debit" if line.debit else "credit"
    return (entry, side, *names, line.marketplace or "", line.sku or "", line.tax_owed_by or "")


def _shown(at: date | None) -> str | None:
    if isinstance(at, datetime):
        return to_the_second(at)
    return at.isoformat() if at else None
