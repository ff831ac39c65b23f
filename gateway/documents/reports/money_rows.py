"""Rows of the reports about taxes and reimbursements."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class VatRow(NamedTuple):
    """One activity of a VAT transactions report: a sale, a refund, goods that moved. Amounts have the report's sign.

    `completed_on` puts it into a month; `rate` is a share (0.19); `responsibility` is who collects the tax, as written.
    """

    line: int
    channel: str
    marketplace: str
    type: str
    order: str
    completed_on: date | None
    calculated_on: date | None
    sku: str
    quantity: Decimal | None
    rate: Decimal | None
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    currency: str
    departure: str
    arrival: str
    jurisdiction: str
    invoice: str
    scheme: str
    responsibility: str
    export: str
    buyer_vat_number: str


class ReimbursementRow(NamedTuple):
    """What Amazon gives for goods that it lost or damaged: money (`amount`), or goods (`pieces_inventory`)."""

    line: int
    approved_at: datetime | None
    reimbursement: str
    case: str
    order: str
    reason: str
    sku: str
    fnsku: str
    currency: str
    amount_per_unit: Decimal | None
    amount: Decimal | None
    pieces_cash: Decimal | None
    pieces_inventory: Decimal | None
    pieces: Decimal | None
    original: str
