"""Rows of the reports about orders: what was ordered, what Amazon shipped, what we must ship, what came back."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class OrderRow(NamedTuple):
    """One item of an order; prices are for all pieces of it together, and empty while the order is pending."""

    line: int
    order: str
    purchased_at: datetime | None
    updated_at: datetime | None
    status: str
    channel: str
    marketplace: str
    service: str
    sku: str
    asin: str
    item_status: str
    quantity: Decimal | None
    currency: str
    price: Decimal | None
    tax: Decimal | None
    shipping: Decimal | None
    shipping_tax: Decimal | None
    gift_wrap: Decimal | None
    gift_wrap_tax: Decimal | None
    promotion: Decimal | None
    shipping_promotion: Decimal | None
    city: str
    state: str
    postal_code: str
    country: str


class ShipmentRow(NamedTuple):
    """So many pieces of an item that left Amazon in a shipment."""

    line: int
    order: str
    shipment: str
    item: str
    order_item: str
    shipped_at: datetime
    sku: str
    quantity: Decimal
    currency: str
    carrier: str
    tracking: str
    centre: str
    channel: str
    marketplace: str


class ToShipRow(NamedTuple):
    """An item that we must ship, by when, and where it goes."""

    line: int
    order: str
    order_item: str
    promised_at: datetime | None
    sku: str
    ordered: Decimal
    shipped: Decimal | None
    to_ship: Decimal | None
    service: str
    name: str
    address_1: str
    address_2: str
    address_3: str
    city: str
    state: str
    postal_code: str
    country: str


class ReturnRow(NamedTuple):
    """Pieces that a buyer sent back to Amazon, and the state they came in. `plate` is the licence plate of the unit."""

    line: int
    order: str
    returned_at: datetime
    sku: str
    quantity: Decimal
    centre: str
    disposition: str
    reason: str
    status: str
    plate: str
