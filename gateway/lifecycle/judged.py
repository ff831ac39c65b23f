"""What a gate looks at: a document of the ERP on its way to the partner, with all that it is held against.

Everything is a value that was looked up before: the states of the orders concerned, the orders as both shores know
them, the item master's flags, the labels that other shipments bear. So a judgement is a pure function of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from gateway.catalogue.booked import Booked
from gateway.documents.erp import ErpInvoice, ErpOrderResponse, SalesOrderLine, Shipment
from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.transmission import Kind

Document = TypeVar("Document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An order as its history, as its document and, where it went to the ERP, as what was booked."""

    state: OrderState
    booked: Booked


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What the item master says of an item: whether lot and expiry must be told, and what a piece costs."""

    lot: bool = False
    expiry: bool = False
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A document of the ERP before its gate. `orders` are by number, `items` by SKU.

    `labels` holds the SSCCs that other shipments have borne in the days that count, each with its shipment;
    `printed` are those of its own labels that were printed, None where nobody asks; `shipment` is the one that an
    invoice names. `tax_rates` are those of the terms, by order.
    """

    kind: Kind
    number: str
    revision: int
    document: ErpOrderResponse | Shipment | ErpInvoice
    orders: Mapping[str, Known]
    conduct: Conduct
    now: datetime
    items: Mapping[str, ItemFacts] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    printed: frozenset[str] | None = None
    shipment: Shipment | None = None
    tax_rates: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def response(self) -> ErpOrderResponse:
        """The document, where it is the ERP's answer. Raises TypeError where it is not."""
        return _expect(self.document, ErpOrderResponse)

    @property
    def goods(self) -> Shipment:
        """The document, where it is a shipment. Raises TypeError where it is not."""
        return _expect(self.document, Shipment)

    @property
    def bill(self) -> ErpInvoice:
        """The document, where it is an invoice. Raises TypeError where it is not."""
        return _expect(self.document, ErpInvoice)

    @property
    def order(self) -> Known:
        """The one order that an answer is about."""
        return next(iter(self.orders.values()))

    def booked_line(self, purchase_order: str, line: str) -> SalesOrderLine | None:
        """The line as it was booked, also where it was dropped since; None where it never was: the conversion tells."""
        known = self.orders.get(purchase_order)
        return known.booked.booked_line(line) if known else None

    def packed(self) -> dict[tuple[str, str], Decimal]:
        """How many pieces of each (order, line) the packs of the shipment hold together."""
        found: dict[tuple[str, str], Decimal] = {}
        for pack in self.goods.packs:
            for item in pack.items:
                key = item.purchase_order, item.line
                found[key] = found.get(key, Decimal(0)) + item.quantity
        return found

    def charged(self) -> dict[tuple[str, str], Decimal]:
        """How many pieces of each (order, line) the invoice charges."""
        found: dict[tuple[str, str], Decimal] = {}
        for line in self.bill.lines:
            key = line.purchase_order, line.line
            found[key] = found.get(key, Decimal(0)) + line.quantity
        return found

    @property
    def cost(self) -> Decimal:
        """What the goods of the document cost at the order's prices: the base of what a partner charges."""
        return sum(self._costs(), Decimal(0))

    def _costs(self) -> Iterator[Decimal]:
        if isinstance(self.document, ErpInvoice):
            yield self.document.total
            return
        if isinstance(self.document, ErpOrderResponse):
            yield from (line.amount for known in self.orders.values() for line in known.booked.lines.values())
            return
        for (purchase_order, number), pieces in self.packed().items():
            line = self.booked_line(purchase_order, number)
            if line is not None and line.base.value:
                yield (line.amount * pieces / line.base.value).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanting:
    """What a requirement finds wanting: where, why, and the smallest change that mends it.

    `path` is the place in the ERP's document that must be corrected, `packs[2].sscc`. `at_stake` is the money of this
    one fault, None where it is that of the whole document.
    """

    message: str
    remedy: str
    path: str | None = None
    line: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    at_stake: Decimal | None = None


def _expect(document: object, kind: type[Document]) -> Document:
    if not isinstance(document, kind):
        raise TypeError(f"a gate for {kind.__name__} was given {type(document).__name__}")
    return document
