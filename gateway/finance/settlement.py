"""A settlement, added up: sums by what lines are, where and when they were posted, and who owes a tax.

Nothing is judged here: gates.py says whether it may be posted, journal.py what it does to the ledger.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from gateway.documents.reports import SettlementRow
from gateway.grammar.reports import folded
from gateway.mapping.settlement_words import REFUNDS

Duty = Literal["", "marketplace", "seller"]
_TAXES = frozenset(map(folded, ("Tax", "ShippingTax", "GiftWrapTax", "TaxDiscount")))
_WITHHELD = folded("ItemWithheldTax")
# What else is withheld (TCS and TDS of India) is withheld from the seller, whose tax it is.
_BY_THE_MARKETPLACE = tuple(map(folded, ("MarketplaceFacilitator", "LowValueGoodsTax")))
BUYERS = frozenset({*REFUNDS, folded("Order")})
CURRENT, PREVIOUS = folded("Current Reserve Amount"), folded("Previous Reserve Amount Balance")


class Bucket(NamedTuple):
    """What lines must share to be added up. `month` is the first day of it; `duty` says who owes a tax."""

    month: date
    marketplace: str
    transaction_type: str
    amount_type: str
    amount_description: str
    sku: str
    is_credit: bool
    duty: Duty


@dataclass
class Sum:
    """What lines come to, and how many they are."""

    amount: Decimal = Decimal(0)
    count: int = 0


@dataclass(frozen=True)
class Reserve:
    """What a settlement hands on to the next one, and what it took from the one before; both as they stand there."""

    previous: Decimal = Decimal(0)
    current: Decimal = Decimal(0)


@dataclass(frozen=True)
class Settlement:
    """A settlement, added up.

    `ids` and `currencies` are all that were met: more than one is a fault. `total` is what the summary row says, None
    where there is none. `digest` is that of the rows whatever their order, line ends and style. `residues` are orders
    whose withheld tax is not what the buyer paid, and by how much; `residue_count` is how many there are.
    """

    ids: tuple[str, ...]
    currencies: tuple[str, ...]
    total: Decimal | None
    starts_at: datetime | None
    ends_at: datetime | None
    deposit_at: datetime | None
    sums: dict[Bucket, Sum]
    rows: int
    digest: str
    reserves: dict[str, Reserve]
    residues: dict[str, Decimal]
    residue_count: int
    faults: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its number, where it has one."""
        return self.ids[0] if self.ids else ""

    @property
    def currency(self) -> str:
        """Its currency, where it has one."""
        return self.currencies[0] if self.currencies else ""

    @property
    def sum(self) -> Decimal:
        """What its lines come to."""
        return sum((each.amount for each in self.sums.values()), Decimal(0))

    @property
    def difference(self) -> Decimal | None:
        """What its lines come to beyond what its summary row says; None without one."""
        return None if self.total is None else self.sum - self.total

    @property
    def marketplaces(self) -> tuple[str, ...]:
        """The marketplaces that its lines name."""
        return tuple(sorted({bucket.marketplace for bucket in self.sums if bucket.marketplace}))

    @property
    def months(self) -> tuple[date, ...]:
        """The months in which its lines were posted, each by its first day."""
        return tuple(sorted({bucket.month for bucket in self.sums}))


Transaction = tuple[str, str, str]
"""The type, order and adjustment that the lines of one transaction share."""


def transaction_of(row: SettlementRow) -> Transaction:
    """Which transaction a line is part of."""
    return (folded(row.transaction_type), row.order, row.adjustment)


def is_withheld(row: SettlementRow) -> bool:
    """Whether a line is tax that the marketplace keeps to hand it on."""
    return folded(row.amount_type) == _WITHHELD and folded(row.amount_description).startswith(_BY_THE_MARKETPLACE)


def is_tax(row: SettlementRow) -> bool:
    """Whether a line is tax that a buyer paid or got back."""
    return (
        folded(row.amount_description) in _TAXES
        and folded(row.amount_type) != _WITHHELD
        and folded(row.transaction_type) in BUYERS
    )
