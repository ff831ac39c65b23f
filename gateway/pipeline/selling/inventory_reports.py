"""Reports of stock as the journal keeps them: a document of their kind, by marketplace, of which the newest counts."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gateway.config import Seller
from gateway.documents.base import iso_instant, plain
from gateway.journal import Journal, Transaction
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.reports import Report
from gateway.stock.levels import Levels, split_reserved

Reader = Journal | Transaction


PIECES_AT_MOST = 10_000_000
"""More pieces than this in one row are a mistake."""


def rows_of(report: Report) -> Iterator[Any]:
    """The rows of a report of stock. One with parts of a piece, or absurdly many, is told and left out.

    Every number in a row of these reports is a number of pieces.
    """
    for row in report.file.rows():
        wrong = next((name for name, cell in zip(row._fields, row, strict=True) if _is_wrong(cell)), None)
        if wrong is None:
            yield row
        else:
            said = f"line {row.line}: {wrong} is {plain(getattr(row, wrong))[:40]}, no number of pieces"
            report.file.note("cell-unreadable", said, row.line, tag=wrong)


def _is_wrong(cell: Any) -> bool:
    return isinstance(cell, Decimal) and (abs(cell) > PIECES_AT_MOST or cell != cell.to_integral_value())


def keep_report(report: Report, body: dict[str, Any], desk: Desk, marketplace: str) -> str:
    """Keep what a report says as a document of its kind; its id."""
    return desk.tx.store_document(
        type=report.kind,
        direction="in",
        partner=report.seller.name,
        business_number=marketplace,
        body={"report": report.kind, "file": report.arrival.label, "taken_at": iso_instant(desk.now), **body},
        file_id=report.receipt.file_id,
        file=report.arrival.label,
        subjects=(stock_subject(report.seller), report.subject),
    )


def newest_report(kind: str, seller: Seller, marketplace: str, journal: Reader) -> dict[str, Any] | None:
    """What the newest report of a kind says of a marketplace, with its id as `document`; None where none has come."""
    found = journal.documents(type=kind, direction="in", partner=seller.name, business_number=marketplace, limit=1)
    return {**journal.body_of(found[0].id), "document": found[0].id} if found else None


def newest_reports(kind: str, seller: Seller, journal: Reader) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same for each marketplace of which one has come."""
    for marketplace in seller.marketplaces:
        body = newest_report(kind, seller, marketplace, journal)
        if body is not None:
            yield marketplace, body


def newest_levels(kind: str, seller: Seller, marketplace: str, journal: Reader) -> Levels | None:
    """The levels of the newest report of a kind."""
    body = newest_report(kind, seller, marketplace, journal)
    return None if body is None else Levels.from_json(body)


def levels_now(seller: Seller, journal: Reader) -> dict[str, Levels]:
    """What Amazon holds, by marketplace, as far as reports have told: fba-inventory, else afn-inventory."""
    found = {}
    for marketplace in seller.marketplaces:
        levels = newest_levels("fba-inventory", seller, marketplace, journal)
        if levels is not None:
            reasons = newest_levels("reserved-inventory", seller, marketplace, journal)
            found[marketplace] = split_reserved(levels, reasons)
        elif (lean := newest_levels("afn-inventory", seller, marketplace, journal)) is not None:
            found[marketplace] = lean
    return found


def stock_subject(seller: Seller) -> str:
    """Under what everything about a seller's stock is found."""
    return f"stock:{seller.name}"
