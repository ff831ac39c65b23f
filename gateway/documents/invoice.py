"""The invoice and credit note: X12 810, EDIFACT INVOIC 380 and 381."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gateway.documents.base import Count, Day, Number, Record, Text
from gateway.documents.item_ids import ItemIds
from gateway.documents.party import Party
from gateway.documents.purchase_order import Purpose, total
from gateway.documents.quantity import Quantity


class Terms(Record):
    """When payment is due: days from the invoice date (ITD07, PAT 2152)."""

    net_days: Count | None = None


class InvoiceLine(ItemIds):
    """One line charged, in the unit and by the id that were ordered; `amount` is net, `vat_rate` in per cent."""

    line: Text | None = None
    purchase_order: Text | None = None
    invoiced: Quantity
    price: Number | None = None
    price_basis: Text | None = None
    amount: Number | None = None
    vat_rate: Number | None = None


class Tax(Record):
    """The tax of one rate (per cent): on what, and how much."""

    rate: Number | None = None
    taxable: Number | None = None
    amount: Number | None = None


class InvoiceCharge(Record):
    """Something charged (or allowed) beside the lines: its kind, such as freight, and how much, never negative."""

    indicator: Literal["charge", "allowance"] = "charge"
    kind: Text | None = None
    amount: Number | None = None
    description: Text | None = None


class Invoice(Record):
    """What we ask the partner to pay; `total` includes charges and taxes. X12 has one order an invoice here, EDIFACT
    one a line. `credits` is the invoice that a credit note is about.
    """

    kind: Literal["invoice", "credit_note"] = "invoice"
    credits: Text | None = None
    purpose: Purpose = "original"
    number: Text
    invoiced_on: Day
    delivered_on: Day | None = None
    purchase_order: Text | None = None
    ordered_on: Day | None = None
    currency: Text | None = None
    terms: Terms | None = None
    remit_to: Party | None = None
    vendor: Party | None = None
    ship_to: Party | None = None
    bill_to: Party | None = None
    lines: Annotated[tuple[InvoiceLine, ...], Field(min_length=1)]
    charges: tuple[InvoiceCharge, ...] = ()
    taxes: tuple[Tax, ...] = ()
    total: Number | None = None

    @property
    def line_count(self) -> Decimal:
        """CTT01, CNT+2: how many lines there are."""
        return Decimal(len(self.lines))

    @property
    def invoiced_total(self) -> Decimal:
        """CTT02: the sum of the invoiced quantities, whatever their units."""
        return total(line.invoiced for line in self.lines)
