"""What stands in the IDocs of SAP, as records: faithful, field by field, in SAP's own codes and numbers.

An IDoc is a control record and one of these. mappings/idoc/*.toml says where each field stands; what it means for an
order, a shipment or a journal entry is the work of gateway/sap.
"""

from gateway.documents.base import Record
from gateway.documents.sap.billing import SapBilling, SapBillingItem
from gateway.documents.sap.control import SapControl, SapParty
from gateway.documents.sap.delivery import (
    SapAddress,
    SapCarrier,
    SapContent,
    SapDeadline,
    SapDeliveries,
    SapDelivery,
    SapDeliveryItem,
    SapHandlingUnit,
    SapOrderedItem,
    SapSalesItem,
)
from gateway.documents.sap.journal import (
    SapAmount,
    SapCustomerLine,
    SapJournal,
    SapLedgerLine,
    SapTaxLine,
    SapVendorLine,
)
from gateway.documents.sap.material import SapDescription, SapMaterial, SapMaterials, SapUnit
from gateway.documents.sap.order import SapOrder, SapOrderItem, SapOrderResponse, SapSchedule
from gateway.documents.sap.shared import (
    SapCondition,
    SapItemReference,
    SapPartner,
    SapReference,
    SapSum,
    SapTax,
    SapTextBlock,
    SapTextLine,
)
from gateway.documents.sap.status import SapAudit, SapObject, SapState, SapStatus, SapSystemState, SapSystemStatus
from gateway.documents.sap.stock import (
    SapGoodsMovement,
    SapMovement,
    SapStock,
    SapStockItem,
    SapStockQuantity,
    SapStockTransport,
    SapTransportHead,
    SapTransportHeadMarks,
    SapTransportItem,
    SapTransportItemMarks,
    SapTransportSchedule,
    SapTransportScheduleMarks,
)

SapDocument = (
    SapOrder
    | SapOrderResponse
    | SapDeliveries
    | SapBilling
    | SapJournal
    | SapGoodsMovement
    | SapStockTransport
    | SapStock
    | SapStatus
    | SapSystemStatus
    | SapMaterials
)

SAP_MODELS: dict[str, type[Record]] = {
    model.__name__: model
    for model in (
        *(SapControl, SapOrder, SapOrderResponse, SapDeliveries, SapBilling, SapJournal, SapGoodsMovement),
        *(SapStockTransport, SapStock, SapStatus, SapSystemStatus, SapMaterials),
    )
}
"""The records by name, as the mappings name them."""

__all__ = [
    "SAP_MODELS",
    "SapAddress",
    "SapAmount",
    "SapAudit",
    "SapBilling",
    "SapBillingItem",
    "SapCarrier",
    "SapCondition",
    "SapContent",
    "SapControl",
    "SapCustomerLine",
    "SapDeadline",
    "SapDeliveries",
    "SapDelivery",
    "SapDeliveryItem",
    "SapDescription",
    "SapDocument",
    "SapGoodsMovement",
    "SapHandlingUnit",
    "SapItemReference",
    "SapJournal",
    "SapLedgerLine",
    "SapMaterial",
    "SapMaterials",
    "SapMovement",
    "SapObject",
    "SapOrder",
    "SapOrderItem",
    "SapOrderResponse",
    "SapOrderedItem",
    "SapPartner",
    "SapParty",
    "SapReference",
    "SapSalesItem",
    "SapSchedule",
    "SapState",
    "SapStatus",
    "SapStock",
    "SapStockItem",
    "SapStockQuantity",
    "SapStockTransport",
    "SapSum",
    "SapSystemState",
    "SapSystemStatus",
    "SapTax",
    "SapTaxLine",
    "SapTextBlock",
    "SapTextLine",
    "SapTransportHead",
    "SapTransportHeadMarks",
    "SapTransportItem",
    "SapTransportItemMarks",
    "SapTransportSchedule",
    "SapTransportScheduleMarks",
    "SapUnit",
    "SapVendorLine",
]
