"""Amazon's stock ledger, summed up: rows that do not add up are a case, and its balances are held against the levels.

The two are compared where the levels were told on the last day of the ledger or the day after: else both may be right.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from gateway.documents.base import plain
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.inventory_drift import about, tell_drift
from gateway.pipeline.selling.inventory_places import marketplace_of
from gateway.pipeline.selling.inventory_reports import keep_report, newest_report, rows_of, stock_subject
from gateway.pipeline.selling.reports import Report
from gateway.stock.drift import Drift, counted, shown
from gateway.stock.ledger import Summary, at_states, parts_of_good, summarise
from gateway.stock.levels import Levels

_LATER = timedelta(days=1)
_LOOK = (
    "both are Amazon's own words and the ERP has no part in it: see `gateway stock show SKU`, where sellable, reserved "
    "and researching goods together are what the ledger calls sellable, and draw both reports again in a day"
)


def take_ledger_summary(report: Report, desk: Desk) -> None:
    """Check each row, keep the last balances, compare them with the newest levels."""
    marketplace = marketplace_of(report.seller, report.arrival.label)
    summary = summarise(rows_of(report))
    skus = summary.skus()
    body = {
        "day": summary.day.isoformat() if summary.day else None,
        "rows": summary.rows,
        "skus": {sku: {state: plain(count) for state, count in states.items()} for sku, states in skus.items()},
    }
    keep_report(report, body, desk, marketplace)
    _tell_unbalanced(report, summary, desk)
    levels = newest_report("fba-inventory", report.seller, marketplace, desk.tx)
    if levels is None or summary.day is None:
        return
    taken_on = datetime.fromisoformat(levels["taken_at"]).date()
    if timedelta(0) <= taken_on - summary.day <= _LATER:
        ledger, told = at_states(skus, Levels.from_json(levels).skus)
        pieces = report.seller.stock.drift_pieces
        parts = parts_of_good(Levels.from_json(levels).skus)
        found = [
            Drift(sku, state, told[sku, state], count, ("ledger", "inventory report"), _sum(state, parts.get(sku, {})))
            for (sku, state), count in sorted(ledger.items())
        ]
        drifting = [each for each in found if abs(each.difference) > pieces]
        tell_drift(report.seller, f"ledger:{marketplace}", "the stock ledger of Amazon", drifting, desk, _LOOK)


def _sum(state: str, parts: Mapping[str, Decimal]) -> str:
    """What the inventory report's number is made of: the ledger has one word for three of its states."""
    if state != "sellable" or not parts:
        return ""
    return " = " + " + ".join(f"{plain(count)} {word}" for word, count in parts.items())


def _tell_unbalanced(report: Report, summary: Summary, desk: Desk) -> None:
    key = f"{stock_subject(report.seller)}:ledger-unbalanced"
    if not summary.unbalanced:
        desk.close(key, "the newest ledger adds up")
        return
    found = summary.unbalanced
    rows = counted(len(found), "row")
    desk.tell(
        Problem(
            key=key,
            code="ledger-unbalanced",
            owner="operations",
            message=f"{report.arrival.label}: {rows} of the stock ledger not adding up: {shown(found)}",
            remedy="draw the report again in a day, for events may be late in it; if it stays so, ask Amazon where the "
            "pieces are; the case closes with the next ledger that adds up",
            subjects=(*about(report.seller, [each.sku for each in found]), report.subject),
            evidence={f"line {each.line}": str(each) for each in found},
        )
    )
