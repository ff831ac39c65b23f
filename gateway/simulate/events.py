"""What may happen in a conversation: what Amazon and the ERP write, and by which numbers they mean the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.catalogue import Item
from gateway.documents import DispatchConfirmation, ErpDocument, ErpInvoice, ErpOrderResponse, SalesOrder, Shipment
from gateway.simulate.sides import Side
from gateway.simulate.toy_erp import Said
from gateway.simulate.wire import Bill, Letter

SOURCES: Mapping[str, str] = {
    "855": "order-response",
    "ORDRSP": "order-response",
    "856": "shipment",
    "DESADV": "shipment",
    "810": "invoice",
    "INVOIC": "invoice",
}
"""What we send -> the ERP's document that it was made of; what is not listed here is answered by nobody."""


@dataclass(frozen=True)
class FromAmazon:
    """A message of Amazon's; a verdict that refuses makes the ERP send `refused` again."""

    side: Side
    message: str
    body: Sequence[str]
    copies: int = 1
    refused: Letter | None = None
    bill: Bill | None = None
    cancels: str | None = None


@dataclass(frozen=True)
class FromErp:
    """A document of the ERP about an order; `again` gives it a new revision although nothing in it is new."""

    side: Side
    purchase_order: str
    said: Said
    again: bool = False


@dataclass(frozen=True)
class RowOfItems:
    """The item master gets a row."""

    item: Item


Event = FromAmazon | FromErp | RowOfItems | None
"""None is only a look: time has passed."""


def named(document: ErpDocument) -> tuple[str, str]:
    """What a document of the ERP is, and the number under which it has revisions."""
    match document:
        case Shipment():
            return document.document, document.shipment
        case ErpInvoice():
            return document.document, document.invoice
        case ErpOrderResponse() | SalesOrder():
            return document.document, document.purchase_order
        case DispatchConfirmation():
            return document.document, document.shipment
    return document.document, document.id.partition(":")[2]


def number_in(letter: Letter) -> str:
    """The number under which the ERP knows what a letter of ours says."""
    match letter.message:
        case "855":
            return letter.first("BAK")[3]
        case "856":
            return letter.first("BSN")[2]
        case "810":
            return letter.first("BIG")[2]
        case "ORDRSP":
            return letter.first("RFF")[1].partition(":")[2]
    return letter.first("BGM")[2]
