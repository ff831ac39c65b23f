"""Rows of the reports on what happened to stock at Amazon: the ledger, summed up and event by event, and removals.

Quantities are pieces, with the sign that the report gives them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class LedgerSummaryRow(NamedTuple):
    """One FNSKU in one disposition at one location, on one day or in one month (`day` is its first)."""

    line: int
    day: date
    fnsku: str
    sku: str
    disposition: str
    location: str
    starting: Decimal | None
    in_transit: Decimal | None
    receipts: Decimal | None
    customer_shipments: Decimal | None
    customer_returns: Decimal | None
    vendor_returns: Decimal | None
    transfers: Decimal | None
    found: Decimal | None
    lost: Decimal | None
    damaged: Decimal | None
    disposed: Decimal | None
    other: Decimal | None
    unknown: Decimal | None
    ending: Decimal | None


class LedgerDetailRow(NamedTuple):
    """One event: `event` is Receipts, Adjustments, ..., `reason` the code of an adjustment."""

    line: int
    day: date
    at: datetime | None
    fnsku: str
    sku: str
    event: str
    reference: str
    quantity: Decimal
    centre: str
    disposition: str
    reason: str
    country: str


class RemovalOrderRow(NamedTuple):
    """What became so far of one SKU that we had sent back or destroyed."""

    line: int
    order: str
    type: str
    status: str
    updated_on: date | None
    sku: str
    fnsku: str
    disposition: str
    requested: Decimal | None
    cancelled: Decimal | None
    disposed: Decimal | None
    shipped: Decimal | None
    in_process: Decimal | None


class RemovalShipmentRow(NamedTuple):
    """What left Amazon in one parcel."""

    line: int
    order: str
    type: str
    shipped_on: date
    sku: str
    fnsku: str
    disposition: str
    quantity: Decimal
    carrier: str
    tracking: str
