"""The canonical documents: what a message means, whatever the standard it came in.

Partner documents (purchase order and its change, order response, ship notice, invoice, remittance, acknowledgements and
advice) use the partner's unit, item id and line. ERP documents use base units and SKUs. All are frozen, exact and
complete in themselves.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gateway.documents.application_advice import (
    ApplicationAdvice,
    ApplicationAdviceByDocument,
    by_document,
    by_item,
)
from gateway.documents.functional_acknowledgement import (
    Context,
    ElementNote,
    FunctionalAcknowledgement,
    GroupAnswer,
    MessageAnswer,
    SegmentNote,
    ServiceNote,
)
from gateway.documents.interchange_acknowledgement import InterchangeAcknowledgement
from gateway.documents.invoice import Invoice, InvoiceCharge, InvoiceLine
from gateway.documents.item_ids import SCHEMES, ItemIds
from gateway.documents.moment import Moment
from gateway.documents.money import Price
from gateway.documents.order_change import PurchaseOrderChange, PurchaseOrderChangeLine
from gateway.documents.order_response import Disposition, OrderResponse, OrderResponseLine
from gateway.documents.order_response_dated_once import date_last, date_shipped
from gateway.documents.party import Party
from gateway.documents.purchase_order import PurchaseOrder, PurchaseOrderLine
from gateway.documents.quantity import Quantity, UnlikeUnitsError
from gateway.documents.remittance import Adjustment, Remittance, RemittanceItem
from gateway.documents.ship_notice import Pack, PackedItem, ShipNotice
from gateway.documents.ship_notice_by_level import ShipNoticeByLevel, by_level, from_levels
from gateway.documents.ship_notice_by_order import ShipNoticeByOrder, by_order, by_pack

if TYPE_CHECKING:
    from gateway.documents.erp import (
        ErpInvoice,
        ErpOrderResponse,
        ErpOrderResponseLine,
        PostingResult,
        SalesOrder,
        SalesOrderLine,
        Shipment,
    )
    from gateway.documents.erp_file import ErpDocument, file_name, read_erp, schemas_of_erp, write_erp
    from gateway.documents.fulfilment import DispatchCarrier, DispatchConfirmation, FulfilledItem, ItemFulfilment
    from gateway.documents.inventory import (
        AvailabilityLine,
        AvailabilityUpdate,
        InventorySnapshot,
        SnapshotLine,
        StockAdjustment,
        StockAdjustmentLine,
        StockState,
        StockTransfer,
        StockTransferLine,
    )
    from gateway.documents.ledger import CreditMemo, CreditMemoLine, JournalEntry, JournalLine, LineSource, Period
    from gateway.documents.seller import SellerDocument

# Where the ERP's documents are: a command that only reads a partner's file does not load them.
_OF_THE_ERP = {
    "erp": (
        "ErpInvoice",
        "ErpOrderResponse",
        "ErpOrderResponseLine",
        "PostingResult",
        "SalesOrder",
        "SalesOrderLine",
        "Shipment",
    ),
    "erp_file": (
        "ErpDocument",
        "file_name",
        "read_erp",
        "schemas_of_erp",
        "write_erp",
    ),
    "fulfilment": (
        "DispatchCarrier",
        "DispatchConfirmation",
        "FulfilledItem",
        "ItemFulfilment",
    ),
    "inventory": (
        "AvailabilityLine",
        "AvailabilityUpdate",
        "InventorySnapshot",
        "SnapshotLine",
        "StockAdjustment",
        "StockAdjustmentLine",
        "StockState",
        "StockTransfer",
        "StockTransferLine",
    ),
    "ledger": (
        "CreditMemo",
        "CreditMemoLine",
        "JournalEntry",
        "JournalLine",
        "LineSource",
        "Period",
    ),
    "seller": ("SellerDocument",),
}
_HOMES = {name: home for home, names in _OF_THE_ERP.items() for name in names}

__all__ = [
    "SCHEMES",
    "Adjustment",
    "ApplicationAdvice",
    "ApplicationAdviceByDocument",
    "AvailabilityLine",
    "AvailabilityUpdate",
    "Context",
    "CreditMemo",
    "CreditMemoLine",
    "DispatchCarrier",
    "DispatchConfirmation",
    "Disposition",
    "ElementNote",
    "ErpDocument",
    "ErpInvoice",
    "ErpOrderResponse",
    "ErpOrderResponseLine",
    "FulfilledItem",
    "FunctionalAcknowledgement",
    "GroupAnswer",
    "InterchangeAcknowledgement",
    "InventorySnapshot",
    "Invoice",
    "InvoiceCharge",
    "InvoiceLine",
    "ItemFulfilment",
    "ItemIds",
    "JournalEntry",
    "JournalLine",
    "LineSource",
    "MessageAnswer",
    "Moment",
    "OrderResponse",
    "OrderResponseLine",
    "Pack",
    "PackedItem",
    "Party",
    "Period",
    "PostingResult",
    "Price",
    "PurchaseOrder",
    "PurchaseOrderChange",
    "PurchaseOrderChangeLine",
    "PurchaseOrderLine",
    "Quantity",
    "Remittance",
    "RemittanceItem",
    "SalesOrder",
    "SalesOrderLine",
    "SegmentNote",
    "SellerDocument",
    "ServiceNote",
    "ShipNotice",
    "ShipNoticeByLevel",
    "ShipNoticeByOrder",
    "Shipment",
    "SnapshotLine",
    "StockAdjustment",
    "StockAdjustmentLine",
    "StockState",
    "StockTransfer",
    "StockTransferLine",
    "UnlikeUnitsError",
    "by_document",
    "by_item",
    "by_level",
    "by_order",
    "by_pack",
    "date_last",
    "date_shipped",
    "file_name",
    "from_levels",
    "read_erp",
    "schemas_of_erp",
    "write_erp",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
