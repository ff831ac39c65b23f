"""The other side of a seller: buyers' orders, a settlement now and then, and an ERP that books and ships them.

Reports are written as Seller Central gives them, column by column, and not by the gateway's own tables: what plays the
other side must not share its mistakes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from gateway.config import Seller
from gateway.simulate.amazon import happens

_ORDERS = (
    *("amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status"),
    *("fulfillment-channel", "sales-channel", "order-channel", "ship-service-level", "product-name", "sku", "asin"),
    *("item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "shipping-tax"),
    *("gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount", "ship-city"),
    *("ship-state", "ship-postal-code", "ship-country", "promotion-ids", "cpf", "is-business-order"),
    *("purchase-order-number", "price-designation", "signature-confirmation-recommended"),
)
_SETTLEMENT = (
    *("settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency"),
    *("transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id", "marketplace-name"),
    *("amount-type", "amount-description", "amount", "fulfillment-id", "posted-date", "posted-date-time"),
    *("order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased"),
    "promotion-id",
)
_PERIOD = timedelta(days=14)
_TOWNS = (("RENO", "NV", "89501"), ("AUSTIN", "TX", "78701"), ("TROY", "NY", "12180"), ("BOISE", "ID", "83702"))
_FORGOTTEN = 10  # per cent of dispatches: the ERP does not say which order item, and nobody else knows
_UNKNOWN_FEE = "Label recycling programme"


@dataclass(frozen=True)
class Sold:
    """An order of a buyer: one item, so many pieces."""

    number: str
    sku: str
    pieces: int
    price: Decimal
    by_amazon: bool
    at: datetime


@dataclass
class Shop:
    """A seller as he is played at one marketplace. `unsettled` are the orders that no settlement has had yet."""

    seller: Seller
    marketplace: str
    currency: str
    skus: Sequence[str]
    chance: Random
    unsettled: list[Sold] = field(default_factory=list)
    settled_until: datetime | None = None

    def orders_report(self, at: datetime) -> bytes:
        """One to three new orders."""
        new = [self._sold(at) for _ in range(self.chance.randint(1, 3))]
        self.unsettled += new
        return _table(_ORDERS, (self._row(each) for each in new))

    def _sold(self, at: datetime) -> Sold:
        digits = self.chance.randint(10**13, 10**14 - 1)
        price = Decimal(self.chance.randint(8, 60)) - Decimal("0.01")
        number = f"112-{digits // 10**7:07}-{digits % 10**7:07}"
        return Sold(
            number, self.chance.choice(self.skus), self.chance.randint(1, 3), price, self.chance.random() < 0.5, at
        )

    def _row(self, sold: Sold) -> Mapping[str, object]:
        town, state, postcode = self.chance.choice(_TOWNS)
        status = "Shipped" if sold.by_amazon else "Unshipped"
        return {
            "amazon-order-id": sold.number,
            "purchase-date": f"{sold.at - timedelta(minutes=20):%Y-%m-%dT%H:%M:%S}+00:00",
            "last-updated-date": f"{sold.at:%Y-%m-%dT%H:%M:%S}+00:00",
            "order-status": status,
            "fulfillment-channel": "Amazon" if sold.by_amazon else "Merchant",
            "sales-channel": self.marketplace,
            "ship-service-level": "Standard",
            "sku": sold.sku,
            "item-status": status,
            "quantity": sold.pieces,
            "currency": self.currency,
            "item-price": sold.price * sold.pieces,
            "ship-city": town,
            "ship-state": state,
            "ship-postal-code": postcode,
            "ship-country": "US",
            "is-business-order": "false",
        }

    def settlement(self, at: datetime) -> bytes | None:
        """Two weeks' account of everything sold since the last; None where nothing was."""
        if not self.unsettled:
            return None
        number = str(self.chance.randint(3 * 10**10, 4 * 10**10))
        begins = self.settled_until or at - _PERIOD
        rows = list(self._lines(number, at))
        total = sum((Decimal(str(row["amount"])) for row in rows), Decimal(0))
        head = {
            "settlement-id": number,
            "settlement-start-date": f"{begins:%Y-%m-%d %H:%M:%S} UTC",
            "settlement-end-date": f"{at:%Y-%m-%d %H:%M:%S} UTC",
            "deposit-date": f"{at + timedelta(days=2):%Y-%m-%d %H:%M:%S} UTC",
            "total-amount": total,
            "currency": self.currency,
        }
        self.settled_until, self.unsettled = at, []
        return _table(_SETTLEMENT, (head, *rows))

    def _lines(self, number: str, at: datetime) -> Iterator[Mapping[str, object]]:
        posted = {"posted-date": f"{at:%Y-%m-%d}", "posted-date-time": f"{at:%Y-%m-%d %H:%M:%S} UTC"}
        for place, sold in enumerate(self.unsettled, 1):
            amount = sold.price * sold.pieces
            fee = (amount * 15 / 100).quantize(Decimal("0.01"))
            of = {
                **posted,
                "settlement-id": number,
                "transaction-type": "Order",
                "order-id": sold.number,
                "marketplace-name": self.marketplace,
                "order-item-code": place,
                "sku": sold.sku,
            }
            yield {**of, "amount-type": "ItemPrice", "amount-description": "Principal", "amount": amount,
                   "quantity-purchased": sold.pieces}  # fmt: skip
            yield {**of, "amount-type": "ItemFees", "amount-description": "Commission", "amount": -fee}
        if self.chance.random() < 0.5:  # finance meets a fee that no row of the chart knows
            other = {"settlement-id": number, "transaction-type": "other-transaction", **posted}
            kind = {"amount-type": "other-transaction", "amount-description": _UNKNOWN_FEE, "amount": "-4.20"}
            yield {**other, **kind}


def stock_csv(skus: Sequence[str], location: str, chance: Random) -> bytes:
    """What the ERP counts in a warehouse."""
    rows = "".join(f"{sku},{location},{chance.randint(20, 400)}\n" for sku in skus)
    return f"sku,location,available\n{rows}".encode()


def booked(document: Mapping[str, Any], chance: Random) -> dict[str, Any] | None:
    """What the ERP says of a document of a seller; None of one that it does not answer."""
    if "id" not in document:
        return None
    number = f"B-{chance.randint(100_000, 999_999)}"
    return {"document": "posting-result", "version": 1, "id": document["id"], "result": "booked", "number": number}


def dispatched(order: Mapping[str, Any], at: datetime, chance: Random) -> dict[str, Any] | None:
    """The ERP's word that an order of ours has left; None for one that Amazon ships, or that is not to be picked."""
    if order.get("fulfilment") != "merchant" or order.get("flag"):
        return None
    digits = order["purchase_order"].replace("-", "")
    lines = [
        {"sku": line["sku"], "order_item": f"9{digits[-9:]}{place}", "quantity": line["base"]["value"]}
        for place, line in enumerate(order["lines"], 1)
    ]
    if happens(chance, _FORGOTTEN):
        del lines[0]["order_item"]
    return {
        "document": "dispatch-confirmation",
        "version": 1,
        "seller": order["partner"],
        "order": order["purchase_order"],
        "shipment": f"D-{order['purchase_order'][-7:]}",
        "revision": order.get("revision", 0),
        "carrier": {"code": "UPS"},
        "method": "Ground",
        "tracking": f"1Z{digits[-12:]}",
        "shipped_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "lines": lines,
    }


def _table(columns: Sequence[str], rows: Iterator[Mapping[str, object]] | Sequence[Mapping[str, object]]) -> bytes:
    lines = ["\t".join(columns), *("\t".join(str(row.get(name, "")) for name in columns) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()
