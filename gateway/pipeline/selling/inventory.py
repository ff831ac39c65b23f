"""Stock at Amazon comes in: levels are kept, told to the ERP one way, and compared with what it has.

A report is kept as a document of its kind, by marketplace; the newest of each is what there is.
"""

from collections.abc import Callable
from typing import Any

from gateway.documents import InventorySnapshot
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.inventory_drift import compare_with_erp, finder, item_skus
from gateway.pipeline.selling.inventory_places import locations_of, marketplace_of
from gateway.pipeline.selling.inventory_reports import keep_report, newest_levels, rows_of, stock_subject
from gateway.pipeline.selling.posting import is_superseded, post, supersede
from gateway.pipeline.selling.pushes import mark_push
from gateway.pipeline.selling.reports import Report
from gateway.pipeline.selling.watching import watch, watch_due
from gateway.stock.levels import (
    Levels,
    of_afn_inventory,
    of_fba_inventory,
    of_reserved_inventory,
    renamed,
    snapshot,
    split_reserved,
)

__all__ = ["LEVELS", "take_levels", "take_stranded", "watch", "watch_due"]

LEVELS: dict[str, Callable[[Any], Levels]] = {
    "fba-inventory": of_fba_inventory,
    "afn-inventory": of_afn_inventory,
    "reserved-inventory": of_reserved_inventory,
}
"""What tells levels -> how its rows are read."""


def take_levels(report: Report, desk: Desk) -> None:
    """Keep what a report says, and tell the ERP: what is reserved, and why, goes with the levels that it belongs to."""
    seller, marketplace = report.seller, marketplace_of(report.seller, report.arrival.label)
    levels = LEVELS[report.kind](rows_of(report))
    document = keep_report(report, levels.as_json(), desk, marketplace)
    reasons = newest_levels("reserved-inventory", seller, marketplace, desk.tx)
    told = newest_levels("fba-inventory", seller, marketplace, desk.tx) if report.kind in _SPLIT else levels
    if told is not None:
        items = desk.items()[1]
        taken = snapshot(
            renamed(split_reserved(told, reasons), finder(seller, items)),
            locations_of(seller, marketplace),
            item_skus(items),
            seller=seller.name,
            marketplace=marketplace,
            number=f"{desk.now:%Y%m%dT%H%M%SZ}-{document}",
            taken_at=desk.now,
            source=report.kind,
        )
        _give_up_older(taken, desk)
        post(taken, desk, (stock_subject(seller), report.subject))
        compare_with_erp(seller, desk)
    if report.kind != "reserved-inventory":
        watch(seller, "inventory", seller.stock.snapshot_every, desk)
    mark_push(seller, desk)  # a SKU that Amazon ships now is offered no more


def _give_up_older(taken: InventorySnapshot, desk: Desk) -> None:
    """Snapshots that the ERP refused are not tried again once there is a newer one: they would set old levels."""
    refused = desk.tx.documents(type=taken.document, partner=taken.seller, acknowledgement="rejected")
    for document in refused:
        body = desk.tx.body_of(document.id)
        is_older = (body["marketplace"], body["source"]) == (taken.marketplace, taken.source)
        if is_older and not is_superseded(document, desk.tx):
            supersede(document, body["id"], "a newer snapshot takes its place", desk)


def take_stranded(report: Report, desk: Desk) -> None:
    """Keep what Amazon has and no offer sells: `gateway stock` shows it, and nothing has to be posted."""
    rows = {
        row.sku: {"reason": row.reason, "action": row.action, "since": row.since, "removal_on": row.removal_on}
        for row in report.file.rows()
    }
    keep_report(report, {"stranded": rows}, desk, marketplace_of(report.seller, report.arrival.label))


_SPLIT = ("fba-inventory", "reserved-inventory")
