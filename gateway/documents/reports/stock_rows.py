"""Rows of the reports that say how much there is: levels at Amazon by state, why goods are reserved, what we offer.

Quantities are pieces. Prices of these reports are Amazon's and are not read: the ERP is the master of ours.
"""

from decimal import Decimal
from typing import NamedTuple


class FbaInventoryRow(NamedTuple):
    """What Amazon holds of one SKU, by state."""

    line: int
    sku: str
    fnsku: str
    asin: str
    is_merchant_listed: bool | None
    is_fba_listed: bool | None
    sellable: Decimal | None
    unsellable: Decimal | None
    reserved: Decimal | None
    inbound_working: Decimal | None
    inbound_shipped: Decimal | None
    inbound_receiving: Decimal | None
    researching: Decimal | None
    future_reserved: Decimal | None
    future_buyable: Decimal | None


class ReservedInventoryRow(NamedTuple):
    """Why goods of one SKU are reserved."""

    line: int
    sku: str
    fnsku: str
    reserved: Decimal | None
    customer_order: Decimal | None
    transfer: Decimal | None
    processing: Decimal | None


class AfnInventoryRow(NamedTuple):
    """How many of one SKU in one condition, SELLABLE or UNSELLABLE."""

    line: int
    sku: str
    fnsku: str
    condition: str
    quantity: Decimal | None


class StrandedInventoryRow(NamedTuple):
    """Goods at Amazon that no offer sells, and why. Dates are text, as they came."""

    line: int
    sku: str
    fnsku: str
    reason: str
    action: str
    since: str
    removal_on: str
    sellable: Decimal | None
    unsellable: Decimal | None
    reserved: Decimal | None


class ListingRow(NamedTuple):
    """An offer of ours: `channel` is DEFAULT where we ship, AMAZON_NA and the like where Amazon does."""

    line: int
    sku: str
    listing: str
    asin: str
    channel: str
    quantity: Decimal | None
    status: str
