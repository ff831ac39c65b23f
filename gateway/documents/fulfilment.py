"""Documents about the dispatch of single orders: what Amazon shipped for us, and what we shipped ourselves."""

from typing import Annotated, Literal

from pydantic import FailFast, Field

from gateway.documents.base import Instant, Number, Record, Text
from gateway.documents.erp import Maybe, Revision, Version
from gateway.documents.seller import SellerDocument


class FulfilledItem(Record):
    """So many pieces of an item that left."""

    sku: Text
    order_item: Maybe = None
    quantity: Number


class ItemFulfilment(SellerDocument):
    """What Amazon dispatched of an order: lowers stock at the FBA location, and has nothing to do with money."""

    document: Literal["item-fulfilment"] = "item-fulfilment"
    order: Text
    sales_order: Maybe = None
    shipment: Text
    marketplace: Maybe = None
    location: Text
    shipped_at: Instant
    carrier: Maybe = None
    tracking: Maybe = None
    lines: Annotated[tuple[FulfilledItem, ...], FailFast()]

    @property
    def number(self) -> str:
        """The order that the buyer placed."""
        return self.order

    @property
    def name_parts(self) -> tuple[str, ...]:
        """`<order>.<shipment>`, with `.<n>` for what is told of a shipment later."""
        return tuple(self.id.split(":")[2:])


class DispatchCarrier(Record):
    """Who carries it: a code of Amazon's list, or `Other` with a name."""

    code: Maybe = None
    name: Maybe = None


class DispatchConfirmation(Record):
    """The ERP's word that an order we ship ourselves has left: told to the marketplace at once."""

    document: Literal["dispatch-confirmation"] = "dispatch-confirmation"
    version: Version = 1
    seller: Text
    order: Text
    shipment: Text
    revision: Revision = 0
    carrier: DispatchCarrier | None = None
    method: Maybe = None
    tracking: Maybe = None
    shipped_at: Instant | None = None
    lines: Annotated[tuple[FulfilledItem, ...], FailFast(), Field(min_length=1)]
