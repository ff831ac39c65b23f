"""ORDERS05: the sales order into SAP (message ORDERS, and ORDCHG for a change), and its answer (ORDRSP)."""

from gateway.documents.base import Day, Number, Record, Text
from gateway.documents.sap.shared import (
    SapCondition,
    SapItemReference,
    SapPartner,
    SapReference,
    SapSum,
    SapTax,
    SapTextBlock,
)


class SapSchedule(Record):
    """A schedule line (E1EDP20): so many, on a day."""

    quantity: Number | None = None
    due_on: Day | None = None


class SapOrderItem(Record):
    """An item (E1EDP01). `position` is POSEX, the customer's line in six digits; `action` 001 is new, 002 changed, 003
    cancelled, 004 as before. `price` is for `price_per` of `price_unit`; `rejection` is ABGRU, why it is rejected.
    """

    position: Text | None = None
    action: Text | None = None
    quantity: Number | None = None
    unit: Text | None = None
    price_quantity: Number | None = None
    price_unit: Text | None = None
    price: Number | None = None
    price_per: Number | None = None
    net: Number | None = None
    net_weight: Number | None = None
    weight_unit: Text | None = None
    currency: Text | None = None
    rejection: Text | None = None
    rejection_text: Text | None = None
    gross_weight: Number | None = None
    category: Text | None = None
    plant: Text | None = None
    storage: Text | None = None
    customer_order: SapItemReference | None = None
    sales_order: SapItemReference | None = None
    taxes: tuple[SapTax, ...] = ()
    conditions: tuple[SapCondition, ...] = ()
    schedule: tuple[SapSchedule, ...] = ()
    customer_item: Text | None = None
    material: Text | None = None
    description: Text | None = None
    ean: Text | None = None
    texts: tuple[SapTextBlock, ...] = ()


class SapOrderHead(Record):
    """What an order and its answer share."""

    currency: Text | None = None
    home_currency: Text | None = None
    exchange_rate: Number | None = None
    payment_terms: Text | None = None
    customer_vat: Text | None = None
    own_vat: Text | None = None
    document_type: Text | None = None
    number: Text | None = None
    delivery_block: Text | None = None
    division: Text | None = None
    channel: Text | None = None
    organisation: Text | None = None
    sales_group: Text | None = None
    order_type: Text | None = None
    po_type_out: Text | None = None
    sales_office: Text | None = None
    po_type: Text | None = None
    delivery_on: Day | None = None
    requested_on: Day | None = None
    ships_on: Day | None = None
    dated_on: Day | None = None
    ordered_on: Day | None = None
    priced_on: Day | None = None
    taxes: tuple[SapTax, ...] = ()
    conditions: tuple[SapCondition, ...] = ()
    partners: tuple[SapPartner, ...] = ()
    customer_order: SapReference | None = None
    sales_order: SapReference | None = None
    assignment: SapReference | None = None
    texts: tuple[SapTextBlock, ...] = ()
    items: tuple[SapOrderItem, ...] = ()
    item_count: SapSum | None = None
    net_value: SapSum | None = None
    total_quantity: SapSum | None = None
    tax_value: SapSum | None = None
    net_invoice: SapSum | None = None
    gross_invoice: SapSum | None = None


class SapOrder(SapOrderHead):
    """A sales order for SAP to book."""


class SapOrderResponse(SapOrderHead):
    """SAP's answer to an order: what it has confirmed for when, and what it rejects."""
