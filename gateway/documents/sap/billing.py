"""INVOIC02: an invoice or a credit memo of SAP."""

from gateway.documents.base import Day, Number, Record, Text
from gateway.documents.sap.shared import SapCondition, SapItemReference, SapPartner, SapReference, SapSum, SapTax


class SapBillingItem(Record):
    """An item (E1EDP01): its quantity, and its amounts (E1EDP26) before and after discounts."""

    position: Text | None = None
    quantity: Number | None = None
    unit: Text | None = None
    price: Number | None = None
    price_per: Number | None = None
    net_weight: Number | None = None
    gross_weight: Number | None = None
    weight_unit: Text | None = None
    customer_order: SapItemReference | None = None
    sales_order: SapItemReference | None = None
    delivery: SapItemReference | None = None
    customer_item: Text | None = None
    material: Text | None = None
    description: Text | None = None
    ean: Text | None = None
    gross_price: Number | None = None
    gross_value: Number | None = None
    net_value: Number | None = None
    net_price: Number | None = None
    conditions: tuple[SapCondition, ...] = ()
    taxes: tuple[SapTax, ...] = ()


class SapBilling(Record):
    """A billing document. `kind` is BSART, such as INVO for an invoice and CRME for a credit memo."""

    currency: Text | None = None
    home_currency: Text | None = None
    exchange_rate: Number | None = None
    payment_terms: Text | None = None
    customer_vat: Text | None = None
    own_vat: Text | None = None
    kind: Text | None = None
    number: Text | None = None
    partners: tuple[SapPartner, ...] = ()
    invoice: SapReference | None = None
    customer_order: SapReference | None = None
    sales_order: SapReference | None = None
    delivery: SapReference | None = None
    credited: SapReference | None = None
    billed_on: Day | None = None
    invoiced_on: Day | None = None
    conditions: tuple[SapCondition, ...] = ()
    taxes: tuple[SapTax, ...] = ()
    items: tuple[SapBillingItem, ...] = ()
    net: SapSum | None = None
    tax: SapSum | None = None
    gross: SapSum | None = None
