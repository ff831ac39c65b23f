"""Settlement reports as Amazon prints them (flat file V2), made for tests: synthetic, every value is invented."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

COLUMNS = (
    *("settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency"),
    *("transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id", "marketplace-name"),
    *("amount-type", "amount-description", "amount", "fulfillment-id", "posted-date", "posted-date-time"),
    *("order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased"),
    "promotion-id",
)
FIRST, LAST, PAID = (datetime(2026, 6, day, tzinfo=UTC) for day in (1, 15, 17))


@dataclass(frozen=True, kw_only=True)
class Line:
    """One amount of one transaction."""

    amount: Decimal | str
    transaction_type: str = "Order"
    amount_type: str = "ItemPrice"
    description: str = "Principal"
    order: str = "111-0000001-0000001"
    adjustment: str = ""
    marketplace: str = "Amazon.com"
    sku: str = "ACME-26"
    item: str = "1001"
    at: datetime = datetime(2026, 6, 3, 8, 14, 22, tzinfo=UTC)

    def cells(self, settlement: str, mark: str) -> dict[str, str]:
        """What the report has in its columns."""
        return {
            "settlement-id": settlement,
            "transaction-type": self.transaction_type,
            "order-id": self.order,
            "adjustment-id": self.adjustment,
            "marketplace-name": self.marketplace,
            "amount-type": self.amount_type,
            "amount-description": self.description,
            "amount": written(self.amount, mark),
            "posted-date": f"{self.at:%Y-%m-%d}",
            "posted-date-time": f"{self.at:%Y-%m-%d %H:%M:%S} UTC",
            "order-item-code": self.item,
            "sku": self.sku,
            "quantity-purchased": "1" if self.sku else "",
        }


def other(amount: Decimal | str, description: str, at: datetime | None = None, marketplace: str = "") -> Line:
    """A line of no order: a fee of the account, a reserve."""
    return Line(
        amount=amount,
        transaction_type="other-transaction",
        amount_type="other-transaction",
        description=description,
        order="",
        marketplace=marketplace,
        sku="",
        item="",
        at=at or FIRST,
    )


def sale(order: str = "111-0000001-0000001", sku: str = "ACME-26", at: datetime | None = None) -> tuple[Line, ...]:
    """A sale with tax that the marketplace withholds: 104.63 in all, as the lines of an FBA order are."""
    named = {"order": order, "sku": sku, **({"at": at} if at else {})}
    rows = (
        ("129.99", "ItemPrice", "Principal"),
        ("10.40", "ItemPrice", "Tax"),
        ("-10.40", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"),
        ("-19.50", "ItemFees", "Commission"),
        ("-5.86", "ItemFees", "FBAPerUnitFulfillmentFee"),
    )
    return tuple(Line(amount=amount, amount_type=kind, description=said, **named) for amount, kind, said in rows)  # type: ignore[arg-type]


def refund(amount: str = "-129.99", order: str = "111-0000001-0000001", adjustment: str = "ADJ-1") -> tuple[Line, ...]:
    """A refund: the goods, the commission that comes back, and what is kept of it."""
    rows = ((amount, "ItemPrice", "Principal"), ("19.50", "ItemFees", "Commission"))
    rows += (("-3.90", "ItemFees", "RefundCommission"),)
    return tuple(
        Line(
            amount=each,
            transaction_type="Refund",
            amount_type=kind,
            description=said,
            order=order,
            adjustment=adjustment,
        )
        for each, kind, said in rows
    )


def written(amount: Decimal | str, mark: str) -> str:
    """An amount with this decimal mark."""
    return format(Decimal(amount), "f").replace(".", mark)


def total_of(lines: Iterable[Line]) -> Decimal:
    """What lines come to."""
    return sum((Decimal(line.amount) for line in lines), Decimal(0))


def report(
    lines: Sequence[Line],
    *,
    settlement: str = "28471003921",
    currency: str = "USD",
    total: Decimal | str | None = None,
    first: datetime = FIRST,
    last: datetime = LAST,
    paid: date = PAID,
    mark: str = ".",
) -> str:
    """The text of a report; without a `total` it is what the lines come to."""
    head = {
        "settlement-id": settlement,
        "settlement-start-date": f"{first:%Y-%m-%d %H:%M:%S} UTC",
        "settlement-end-date": f"{last:%Y-%m-%d %H:%M:%S} UTC",
        "deposit-date": f"{paid:%Y-%m-%d} 00:00:00 UTC",
        "total-amount": written(total_of(lines).quantize(Decimal("0.01")) if total is None else total, mark),
        "currency": currency,
    }
    rows = [head, *(line.cells(settlement, mark) for line in lines)]
    texts = ["\t".join(COLUMNS), *("\t".join(row.get(column, "") for column in COLUMNS) for row in rows)]
    return "\n".join(texts) + "\n"
