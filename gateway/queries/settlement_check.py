"""A settlement report, added up without an instance: what would be posted, and what would hold it.

Nothing of the file is kept but its sums, so one of a million lines takes the room of a small one.
"""

from decimal import Decimal
from typing import Any

from gateway.config import Seller
from gateway.documents.base import plain
from gateway.finance.adding import add_up
from gateway.finance.gates import hold
from gateway.finance.journal import journal_entries
from gateway.findings import Finding, Severity
from gateway.mapping.library import Mappings
from gateway.pipeline.selling.charts import without_chart
from gateway.pipeline.selling.posted import book_of
from gateway.syntax.compressed import NO_LIMIT, Unpackable, unpack_if_packed
from gateway.syntax.delimited import Chunks


def check_settlement(chunks: Chunks, seller: Seller, mappings: Mappings) -> dict[str, Any]:
    """What a settlement comes to. `held` says why it would not be posted, None where it would be."""
    try:
        return _check(chunks, seller, mappings)
    except Unpackable as wrong:
        return {"held": f"report-packed: {wrong}"}


def _check(chunks: Chunks, seller: Seller, mappings: Mappings) -> dict[str, Any]:
    opened = mappings.reports.open(lambda: unpack_if_packed(chunks(), NO_LIMIT), seller.preference)
    if isinstance(opened, Finding):
        return {"held": f"{opened.code}: {opened.message}"}
    if opened.report != "settlement":
        return {"held": f"this is a report of {opened.report}, not a settlement"}
    settlement = add_up(opened.rows, seller.zone)
    unread = next((finding for finding in opened.findings if finding.severity is Severity.REJECT), None)
    held = hold(settlement) or without_chart(seller)
    entries = () if unread or held else journal_entries(settlement, book_of(seller))
    return {
        "settlement": settlement.id,
        "currency": settlement.currency,
        "lines": settlement.rows,
        "sum": plain(settlement.sum),
        "total": None if settlement.total is None else plain(settlement.total),
        "difference": None if settlement.difference is None else plain(settlement.difference),
        "decimal_mark": opened.style.decimal,
        "months": [month.strftime("%Y-%m") for month in settlement.months],
        "marketplaces": list(settlement.marketplaces),
        "entries": len(entries),
        "suspense": plain(sum((entry.suspense for entry in entries), Decimal(0))),
        "held": unread.message if unread else f"{held.state}: {held.why}" if held else None,
    }
