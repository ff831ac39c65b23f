"""The rows of marketplace reports as records: what a report says, before anything is made of it.

A record is a named tuple, for a report has up to millions of rows. Its first field is the line of the file it was read
from, counted from 1 with the header. Text that is absent is empty; amounts, quantities and times that are absent are
None. Words stay as they came unless the mapping gives them one of ours.
"""

from typing import Any

from gateway.documents.reports.money_rows import ReimbursementRow, VatRow
from gateway.documents.reports.movement_rows import (
    LedgerDetailRow,
    LedgerSummaryRow,
    RemovalOrderRow,
    RemovalShipmentRow,
)
from gateway.documents.reports.order_rows import OrderRow, ReturnRow, ShipmentRow, ToShipRow
from gateway.documents.reports.settlement_row import SettlementRow
from gateway.documents.reports.stock_rows import (
    AfnInventoryRow,
    FbaInventoryRow,
    ListingRow,
    ReservedInventoryRow,
    StrandedInventoryRow,
)

RECORDS: dict[str, type[Any]] = {
    "settlement-row": SettlementRow,
    "vat-row": VatRow,
    "reimbursement-row": ReimbursementRow,
    "order-row": OrderRow,
    "shipment-row": ShipmentRow,
    "to-ship-row": ToShipRow,
    "return-row": ReturnRow,
    "fba-inventory-row": FbaInventoryRow,
    "reserved-inventory-row": ReservedInventoryRow,
    "afn-inventory-row": AfnInventoryRow,
    "stranded-inventory-row": StrandedInventoryRow,
    "listing-row": ListingRow,
    "ledger-summary-row": LedgerSummaryRow,
    "ledger-detail-row": LedgerDetailRow,
    "removal-order-row": RemovalOrderRow,
    "removal-shipment-row": RemovalShipmentRow,
}
"""The word in the field `record` of a mapping -> its class."""

__all__ = [
    "RECORDS",
    "AfnInventoryRow",
    "FbaInventoryRow",
    "LedgerDetailRow",
    "LedgerSummaryRow",
    "ListingRow",
    "OrderRow",
    "ReimbursementRow",
    "RemovalOrderRow",
    "RemovalShipmentRow",
    "ReservedInventoryRow",
    "ReturnRow",
    "SettlementRow",
    "ShipmentRow",
    "StrandedInventoryRow",
    "ToShipRow",
    "VatRow",
]
