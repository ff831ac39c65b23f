"""The documents the ERP exchanges with us, one JSON object a file: base units and SKUs, never the partner's terms.

`sales-order` goes out; `posting-result`, `order-response`, `shipment` and `invoice` come in. Unknown fields are
refused, so that a slip of the pen is seen on the day it is made. What a gate will ask for (carrier, label, tracking,
reason) may be null, missing or wrong in value: that is a gap of the document it belongs to, and no reason to refuse the
file. A correction reuses the number with a higher `revision`. A list is read up to its first wrong entry: a file of a
million wrong ones must not cost a million findings.
"""

from decimal import Decimal
from functools import partial
from operator import eq
from typing import Annotated, Literal

from pydantic import BeforeValidator, FailFast, Field, WithJsonSchema

from gateway.documents.base import Count, Day, Instant, Number, Record, Text, is_none
from gateway.documents.money import Price
from gateway.documents.purchase_order import Window
from gateway.documents.quantity import Quantity


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


_is_invoice = partial(eq, "invoice")
_is_empty = partial(eq, ())

Maybe = Annotated[
    Text | None, BeforeValidator(_blank_is_none), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "null"}]})
]
"""Text that a gate may ask for later; many ERPs write what is absent as an empty string."""

Revision = Annotated[int, Field(strict=True, ge=0, le=999_999)]
Version = Literal[1]
Flag = Literal["no-pick", "already-shipped", "partly-shipped", "payment-pending", "backorder"]
"""Why an order of a marketplace is not to be picked as it stands."""


class Place(Record):
    """A location by its code, a row of locations.csv."""

    code: Maybe = None


class BaseQuantity(Record):
    """So many pieces: the unit in which the ERP keeps stock."""

    value: Number
    unit: Literal["each"] = "each"


class SalesOrderLine(Record):
    """One line: as ordered, and the same in base units. `amount` is the extended amount, which no conversion moves.

    Orders of marketplaces have the tax of the line, and who owes it; `open` are the pieces that are still to be shipped
    of an order that is partly-shipped, where a report tells them.
    """

    line: Text
    sku: Text
    ordered: Quantity
    base: BaseQuantity
    price: Price
    amount: Number
    tax: Annotated[Number | None, Field(exclude_if=is_none)] = None
    tax_responsibility: Annotated[Literal["marketplace", "seller"] | None, Field(exclude_if=is_none)] = None
    open: Annotated[Number | None, Field(exclude_if=is_none)] = None


class Charge(Record):
    """Something charged beside the lines, such as freight; an allowance is negative."""

    kind: Text
    amount: Number
    description: Maybe = None


class Buyer(Record):
    """Where an order of a marketplace goes: text on the order, and never a customer of its own."""

    name: Maybe = None
    street: tuple[Text, ...] = ()
    city: Maybe = None
    state: Maybe = None
    postal_code: Maybe = None
    country: Maybe = None


class SalesOrder(Record):
    """What we ask the ERP to book. `id` is partner:number, for the posting result to repeat; nobody parses it.

    Orders of a marketplace have the fields from `seller` on: `partner` is the seller then, `account` the marketplace,
    and `customer` stands for all its buyers. Only an order without a `flag` may be picked as it stands. The flag is
    no-pick where Amazon ships from `location`; already-shipped, or partly-shipped, where goods had left before the ERP
    got the order; payment-pending until the buyer has paid (`pending` says so of any order); backorder where there was
    too little in stock. With `revenue` settlement the order must not be invoiced: revenue comes with journal entries.
    With `prices_include_tax` the tax is inside prices and charges, else it comes on top. A cancelled order comes again,
    with quantities of zero.
    """

    document: Literal["sales-order"] = "sales-order"
    version: Version = 1
    id: Text
    partner: Text
    account: Text
    purchase_order: Text
    revision: Revision = 0
    ordered_on: Day
    currency: Text
    customer: Text
    ship_to: Place | None = None
    window: Window | None = None
    seller: Annotated[Maybe, Field(exclude_if=is_none)] = None
    marketplace: Annotated[Maybe, Field(exclude_if=is_none)] = None
    fulfilment: Annotated[Literal["amazon", "merchant"] | None, Field(exclude_if=is_none)] = None
    flag: Annotated[Flag | None, Field(exclude_if=is_none)] = None
    pending: Annotated[Literal[True] | None, Field(exclude_if=is_none)] = None
    cancelled: Annotated[Literal[True] | None, Field(exclude_if=is_none)] = None
    location: Annotated[Maybe, Field(exclude_if=is_none)] = None
    ship_by: Annotated[Instant | None, Field(exclude_if=is_none)] = None
    service: Annotated[Maybe, Field(exclude_if=is_none)] = None
    buyer: Annotated[Buyer | None, Field(exclude_if=is_none)] = None
    revenue: Annotated[Literal["order", "settlement"] | None, Field(exclude_if=is_none)] = None
    tax_code: Annotated[Maybe, Field(exclude_if=is_none)] = None
    prices_include_tax: Annotated[Literal[True] | None, Field(exclude_if=is_none)] = None
    charges: Annotated[tuple[Charge, ...], FailFast(), Field(exclude_if=_is_empty)] = ()
    taxes: Annotated[tuple[Charge, ...], FailFast(), Field(exclude_if=_is_empty)] = ()
    lines: Annotated[tuple[SalesOrderLine, ...], FailFast(), Field(min_length=1)]


class PostingResult(Record):
    """What became of a document: booked under a number, or refused with a message that says why.

    Of an order of a marketplace the ERP may say the tax code that it has booked it with.
    """

    document: Literal["posting-result"] = "posting-result"
    version: Version = 1
    id: Text
    result: Literal["booked", "refused"]
    number: Maybe = None
    message: Maybe = None
    tax_code: Annotated[Maybe, Field(exclude_if=is_none)] = None


class ErpOrderResponseLine(Record):
    """The ERP's answer to one line, in base units.

    `reason` of what is rejected: out_of_stock, invalid_item, discontinued, minimum or price. Another word is a gap of
    the answer.
    """

    line: Text
    accepted: Number = Decimal(0)
    ships_on: Day | None = None
    backordered: Number = Decimal(0)
    backorder_until: Day | None = None
    rejected: Number = Decimal(0)
    reason: Maybe = None


class ErpOrderResponse(Record):
    """The ERP's answer to a purchase order; a line left out is unanswered."""

    document: Literal["order-response"] = "order-response"
    version: Version = 1
    partner: Text
    purchase_order: Text
    revision: Revision = 0
    sales_order: Maybe = None
    lines: Annotated[tuple[ErpOrderResponseLine, ...], FailFast()] = ()


class ErpCarrier(Record):
    """Who carries the goods, by its Standard Carrier Alpha Code."""

    scac: Maybe = None


class Weight(Record):
    """A gross weight; the unit is lb or kg."""

    value: Number
    unit: Text


class Size(Record):
    """The outside of a pack; the unit is cm or in."""

    length: Number | None = None
    width: Number | None = None
    height: Number | None = None
    unit: Text


class ShipmentItem(Record):
    """So many pieces of an ordered line in a pack, with lot and expiry where the item is tracked."""

    purchase_order: Text
    line: Text
    quantity: Number
    lot: Maybe = None
    expires_on: Day | None = None


class ShipmentPack(Record):
    """A carton or pallet (`type`; absent a carton) with its label. `within` is the SSCC of the pallet it stands on."""

    sscc: Maybe = None
    type: Maybe = None
    within: Maybe = None
    tracking: Maybe = None
    gross_weight: Annotated[Weight | None, Field(exclude_if=is_none)] = None
    size: Annotated[Size | None, Field(exclude_if=is_none)] = None
    items: Annotated[tuple[ShipmentItem, ...], FailFast()] = ()


class ShipmentLine(Record):
    """How many pieces of an ordered line left in all packs together, as the ERP counts them."""

    purchase_order: Text
    line: Text
    quantity: Number


class Shipment(Record):
    """What left, pack by pack.

    `pro_number` is the carrier's reference, `amazon_reference` the ARN of collect freight, `mode` says how it
    travels (parcel, ltl, ...). `lines`, `carton_count` and `pallet_count` are the ERP's own totals, by which the packs
    can be judged; none of them need be given.
    """

    document: Literal["shipment"] = "shipment"
    version: Version = 1
    partner: Text
    shipment: Text
    revision: Revision = 0
    mode: Maybe = None
    carrier: ErpCarrier | None = None
    pro_number: Maybe = None
    bill_of_lading: Maybe = None
    amazon_reference: Maybe = None
    shipped_at: Instant | None = None
    estimated_delivery: Day | None = None
    ship_from: Place | None = None
    ship_to: Place | None = None
    gross_weight: Weight | None = None
    carton_count: Annotated[Count | None, Field(exclude_if=is_none)] = None
    pallet_count: Annotated[Count | None, Field(exclude_if=is_none)] = None
    lines: Annotated[tuple[ShipmentLine, ...], FailFast(), Field(exclude_if=_is_empty)] = ()
    packs: Annotated[tuple[ShipmentPack, ...], FailFast()] = ()


class ErpInvoiceLine(Record):
    """One line charged, in base units; `amount` is net.

    `tax_rate` (per cent) is needed where the invoice has taxes of several rates; a single one is that of all lines.
    """

    purchase_order: Text
    line: Text
    quantity: Number
    price: Price
    amount: Number
    tax_rate: Annotated[Number | None, Field(exclude_if=is_none)] = None


class ErpTax(Record):
    """The tax of one rate (per cent): on what, and how much."""

    rate: Number
    taxable: Number
    amount: Number


class ErpInvoice(Record):
    """What the ERP has charged, or given back; `total` is lines, charges and taxes together.

    A credit note's amounts are those that are given back, without a sign; `credits` is the number of the invoice that
    it is about.
    """

    document: Literal["invoice"] = "invoice"
    version: Version = 1
    kind: Annotated[Literal["invoice", "credit-note"], Field(exclude_if=_is_invoice)] = "invoice"
    credits: Annotated[Maybe, Field(exclude_if=is_none)] = None
    partner: Text
    invoice: Text
    revision: Revision = 0
    invoiced_on: Day
    shipment: Maybe = None
    currency: Text
    lines: Annotated[tuple[ErpInvoiceLine, ...], FailFast()] = ()
    taxes: Annotated[tuple[ErpTax, ...], FailFast()] = ()
    charges: Annotated[tuple[Charge, ...], FailFast()] = ()
    total: Number
