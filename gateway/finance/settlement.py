"""A settlement, added up: from the rows of its report to sums by what they are, where and when.

Rows are looked at once, in the order of the file, and only sums are kept, so a settlement of a million rows takes the
room of a small one. The rows of one order that follow each other are held together, because only they tell whether the
marketplace has withheld the tax that a buyer paid (then it owes it) or passed it on (then the seller does). Nothing is
judged here: gates.py says whether it may be posted.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from hashlib import sha256
from typing import Literal, NamedTuple

from gateway.documents.reports import SettlementRow
from gateway.finance.chart import folded

Duty = Literal["", "marketplace", "seller"]
REFUNDS = frozenset(map(folded, ("Refund", "Chargeback Refund", "A-to-z Guarantee Refund")))
"""Transaction types that pay a buyer back, folded."""

_TAXES = frozenset(map(folded, ("Tax", "ShippingTax", "GiftWrapTax", "TaxDiscount")))
_WITHHELD = folded("ItemWithheldTax")
_BUYERS = frozenset({*REFUNDS, folded("Order")})
_CURRENT, _PREVIOUS = folded("Current Reserve Amount"), folded("Previous Reserve Amount Balance")
_MODULUS = 1 << 256
_SHOWN = 50  # orders with a residue of tax that are named
_LONGEST_RUN = 5000  # rows of one order that are held together


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


def add_up(rows: Iterable[SettlementRow], zone: tzinfo) -> Settlement:
    """Add up the rows of a settlement; months end at midnight in `zone`."""
    adding = _Adding(zone)
    for run in _runs(rows, adding.take_head):
        adding.take(run)
    return adding.settlement()


def _runs(rows: Iterable[SettlementRow], take_head: Callable[[SettlementRow], None]) -> Iterator[list[SettlementRow]]:
    """The rows of one transaction of an order that follow each other; other rows one by one."""
    run: list[SettlementRow] = []
    key: tuple[str, str, str] | None = None
    for row in rows:
        if row.amount is None or not row.transaction_type:
            take_head(row)
            continue
        own = (row.transaction_type, row.order, row.adjustment)
        if run and (own != key or not row.order or len(run) >= _LONGEST_RUN):
            yield run
            run = []
        key = own
        run.append(row)
    if run:
        yield run


class _Adding:
    """The sums while they grow."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._months: dict[tuple[int, int, int, int, int], date] = {}
        self._ids: dict[str, None] = {}
        self._currencies: dict[str, None] = {}
        self._head: SettlementRow | None = None
        self._sums: dict[Bucket, Sum] = {}
        self._digest = 0
        self._rows = 0
        self._reserves: dict[str, Reserve] = {}
        self._residues: dict[str, Decimal] = {}
        self._residue_count = 0
        self._undated: list[tuple[SettlementRow, Duty]] = []
        self._faults: list[str] = []

    def take_head(self, row: SettlementRow) -> None:
        """The summary row: what is settled, over what time, and what it comes to."""
        self._ids[row.settlement] = None
        if row.currency:
            self._currencies[row.currency] = None
        if row.total is None:
            self._faults.append(f"line {row.line} has neither an amount with its type nor a total")
        elif self._head is None:
            self._head = row
        elif row[2:7] != self._head[2:7]:
            self._faults.append(f"line {row.line} is a second summary, and says other than line {self._head.line}")

    def take(self, run: list[SettlementRow]) -> None:
        """The rows of one transaction of an order, or one other row."""
        is_buyers = folded(run[0].transaction_type) in _BUYERS
        taxed = [row for row in run if folded(row.amount_type) == _WITHHELD] if is_buyers and run[0].order else []
        taxes = [row for row in run if _is_tax(row)] if is_buyers else []
        if taxed and taxes:
            residue = sum((row.amount for row in (*taxed, *taxes) if row.amount is not None), Decimal(0))
            if residue:
                self._residue_count += 1
                if len(self._residues) < _SHOWN:
                    order = run[0].order
                    self._residues[order] = self._residues.get(order, Decimal(0)) + residue
        for row in run:
            duty: Duty = ""
            if taxes and _is_tax(row):
                duty = "marketplace" if taxed else "seller"
            self._add(row, duty)

    def _add(self, row: SettlementRow, duty: Duty) -> None:
        self._ids[row.settlement] = None
        if row.currency:
            self._currencies[row.currency] = None
        self._rows += 1
        said = "\t".join((*map(str, row[7:13]), _exact(row.amount), str(row.posted_at), row.order_item, row.sku))
        self._digest = (self._digest + int.from_bytes(sha256(said.encode()).digest(), "big")) % _MODULUS
        self._note_reserve(row)
        if row.posted_at is None:
            self._undated.append((row, duty))
        else:
            self._put(row, duty, self._month(row.posted_at))

    def _put(self, row: SettlementRow, duty: Duty, month: date) -> None:
        amount = row.amount or Decimal(0)
        bucket = Bucket(
            month,
            row.marketplace,
            row.transaction_type,
            row.amount_type,
            row.amount_description,
            row.sku,
            amount >= 0,
            duty,
        )
        found = self._sums.get(bucket)
        if found is None:
            found = self._sums[bucket] = Sum()
        found.amount += amount
        found.count += 1

    def _note_reserve(self, row: SettlementRow) -> None:
        if not row.order and (word := folded(row.amount_description)) in (_CURRENT, _PREVIOUS):
            known, amount = self._reserves.get(row.marketplace, Reserve()), row.amount or Decimal(0)
            if word == _CURRENT:
                known = Reserve(known.previous, known.current + amount)
            else:
                known = Reserve(known.previous + amount, known.current)
            self._reserves[row.marketplace] = known

    def _month(self, at: datetime) -> date:
        """The first day of a month; clocks of all zones differ by whole quarters of an hour."""
        key = (at.year, at.month, at.day, at.hour, at.minute // 15)
        if key not in self._months:
            self._months[key] = at.astimezone(self._zone).date().replace(day=1)
        return self._months[key]

    def settlement(self) -> Settlement:
        """What it has come to. Rows without a date belong to the month in which the settlement ends."""
        head = self._head
        ends_at = head.ends_at if head else None
        last = self._month(ends_at or datetime(1970, 1, 1, tzinfo=UTC))
        if ends_at is None and self._sums:
            last = max(bucket.month for bucket in self._sums)
        for row, duty in self._undated:
            self._put(row, duty, last)
        return Settlement(
            ids=tuple(self._ids),
            currencies=tuple(self._currencies),
            total=head.total if head else None,
            starts_at=head.starts_at if head else None,
            ends_at=ends_at,
            deposit_at=head.deposit_at if head else None,
            sums=self._sums,
            rows=self._rows,
            digest=self._fingerprint(),
            reserves=self._reserves,
            residues=self._residues,
            residue_count=self._residue_count,
            faults=tuple(self._faults),
        )

    def _fingerprint(self) -> str:
        head = self._head
        said = "" if head is None else f"{head.settlement} {_exact(head.total)} {head.deposit_at} {head.currency}"
        return sha256(f"{said} {self._rows} {self._digest}".encode()).hexdigest()


def _is_tax(row: SettlementRow) -> bool:
    return folded(row.amount_description) in _TAXES and folded(row.amount_type) != _WITHHELD


def _exact(amount: Decimal | None) -> str:
    """The same text for the same amount: 5.0 and 5.00 are one."""
    return "" if amount is None else format(amount.normalize(), "f")
