"""One row of a settlement report: the summary row, or one amount of one transaction."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class SettlementRow(NamedTuple):
    """A row; in the summary row only the first fields up to `currency` are filled.

    `fulfilment` is AFN (Amazon ships) or MFN (the seller does); `quantity` stands on every row of an item, so that it
    must never be added up. `posted_at` is an instant, or a bare day where the report has no time.
    """

    line: int
    settlement: str
    starts_at: datetime | None
    ends_at: datetime | None
    deposit_at: datetime | None
    total: Decimal | None
    currency: str
    transaction_type: str
    order: str
    adjustment: str
    shipment: str
    marketplace: str
    amount_type: str
    amount_description: str
    amount: Decimal | None
    fulfilment: str
    posted_at: date | None
    order_item: str
    sku: str
    quantity: Decimal | None
    promotion: str
