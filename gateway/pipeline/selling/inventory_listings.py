"""What we offer, as Amazon says it: who ships each SKU, and whether the quantity is the one that we told.

Nothing of it ever changes a master of the ERP. A quantity that differs is a case, and is told again with the next push.
"""

from decimal import Decimal

from gateway.config import Seller
from gateway.documents.base import plain
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.availability import standing_offers
from gateway.pipeline.selling.inventory_drift import about, finder, tell_ghosts
from gateway.pipeline.selling.inventory_places import marketplace_of
from gateway.pipeline.selling.inventory_reports import keep_report, newest_reports, rows_of, stock_subject
from gateway.pipeline.selling.pushes import mark_push
from gateway.pipeline.selling.reports import Report
from gateway.stock.availability import channel_of, channels_of
from gateway.stock.drift import ListingDrift, compare_listings, shown
from gateway.stock.levels import MERCHANT

_EVIDENCE = 100


def take_listings(report: Report, desk: Desk) -> None:
    """Keep who ships what, compare the merchant's offers with what Amazon was told, and look for ghosts."""
    seller = report.seller
    channels: dict[str, str] = {}
    quantities: dict[str, Decimal] = {}
    for row in rows_of(report):
        channels[row.sku] = channel_of(row.channel)
        if channels[row.sku] == MERCHANT:
            quantities[row.sku] = row.quantity or Decimal(0)
    drifting = _compare(seller, channels, quantities, desk)
    body = {
        "channels": channels,
        "quantities": {sku: plain(count) for sku, count in quantities.items()},
        "differs": [each.sku for each in drifting if each.listed is not None],
    }
    keep_report(report, body, desk, marketplace_of(seller, report.arrival.label))
    _tell(seller, drifting, desk)
    find = finder(seller, desk.items()[1])
    unknown = sorted(sku for sku in channels if find(sku) is None)
    tell_ghosts(seller, "listings", unknown, [f"{sku}: listed at Amazon, not in items.csv" for sku in unknown], desk)
    mark_push(seller, desk)


def _compare(
    seller: Seller, channels: dict[str, str], quantities: dict[str, Decimal], desk: Desk
) -> list[ListingDrift]:
    """What differs from the updates that have arrived; of what is on its way nobody can say yet."""
    earlier = [body["channels"] for _, body in newest_reports("listings", seller, desk.tx)]
    fba = channels_of([channels, *earlier], ()).fba
    offered = {
        sku: quantity
        for sku, (quantity, update) in standing_offers(seller, desk.tx).items()
        if update.delivery == "delivered" and sku not in fba
    }
    return compare_listings(quantities, offered, seller.stock.drift_pieces)


def _tell(seller: Seller, drifting: list[ListingDrift], desk: Desk) -> None:
    key = f"{stock_subject(seller)}:listing-drift"
    if not drifting:
        desk.close(key, "the newest listings report shows what was offered")
        return
    desk.tell(
        Problem(
            key=key,
            code="listing-drift",
            owner="operations",
            message=f"offers of {seller.name} at Amazon are not what we told it: {shown(drifting)}",
            remedy="nothing, where orders came between the two: the quantities are told again with the next push; else "
            "see who changes them at Amazon, or list the SKU; the case closes with the next report that agrees",
            subjects=about(seller, [each.sku for each in drifting]),
            evidence={each.sku: str(each) for each in drifting[:_EVIDENCE]},
        )
    )
