"""The lines of a settlement, read again from its file: from a journal line to the transactions in it, and back.

Each line is shown with its account, its journal entry, and the line of the file on which it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.config import Seller
from gateway.documents.base import plain
from gateway.documents.reports import SettlementRow
from gateway.errors import InputError
from gateway.finance.chart import folded
from gateway.finance.journal import Book
from gateway.finance.settlement import Bucket
from gateway.findings import Finding
from gateway.grammar.styles import Preference
from gateway.instance import Instance
from gateway.mapping.report_files import ReportFile
from gateway.pipeline.selling.settlements import Posted, book_of, settlements_of
from gateway.queries import to_the_second
from gateway.settled import EVER
from gateway.syntax.compressed import is_gzip, unpack

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

    Raises NotFound where the bytes of the file were pruned.
    """
    seller = instance.config.sellers[posted.seller]
    book = book_of(seller)
    opened = reopen(instance, posted.file, seller)
    for row in opened.rows():
        if row.amount is None:
            continue
        account = account_of(row, book)
        if wanted.fits(row, account):
            yield {
                "line": row.line,
                "posted_at": to_the_second(row.posted_at) if row.posted_at else None,
                "order": row.order or None,
                "transaction_type": row.transaction_type,
                "amount_type": row.amount_type,
                "amount_description": row.amount_description,
                "sku": row.sku or None,
                "marketplace": row.marketplace or None,
                "amount": plain(row.amount),
                "account": account,
                "settlement": posted.settlement,
                "entry": _entry_of(row, posted, seller),
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
        return unpack(pieces, 1 << 40) if is_gzip(data) else iter(pieces)

    opened = instance.mappings.reports.open(chunks, Preference(seller.decimal_mark, seller.day_first))
    if isinstance(opened, Finding):
        raise InputError(opened.message)
    return opened


def account_of(row: SettlementRow, book: Book) -> str:
    """The account of a single line; who owes a tax only its whole order tells."""
    bucket = Bucket(
        EVER,
        row.marketplace,
        row.transaction_type,
        row.amount_type,
        row.amount_description,
        row.sku,
        (row.amount or Decimal(0)) >= 0,
        "",
    )
    return book.account_of(bucket) or book.accounts["suspense"]


def _entry_of(row: SettlementRow, posted: Posted, seller: Seller) -> str | None:
    """The id of the entry that a line is part of: that of its month."""
    if len(posted.entries) == 1 or row.posted_at is None:
        return posted.entries[-1]
    month = row.posted_at.astimezone(seller.zone).date().replace(day=1)
    first = posted.starts_at.astimezone(seller.zone).date().replace(day=1)
    place = (month.year - first.year) * 12 + month.month - first.month
    return posted.entries[min(max(place, 0), len(posted.entries) - 1)]
