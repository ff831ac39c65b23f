"""Adding a settlement up: its rows once, in the order of the file, and only sums are kept.

So a settlement of a million rows takes the room of a small one. The rows of one transaction of an order tell whether
the marketplace has withheld the tax that a buyer paid (then it owes it) or passed it on (then the seller does). They
mostly follow each other; where they do not, the rows are read once more with what was withheld anywhere, so that the
order of rows never matters.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from hashlib import sha256
from itertools import islice

from gateway.documents.reports import SettlementRow
from gateway.finance.settlement import (
    BUYERS,
    CURRENT,
    PREVIOUS,
    Bucket,
    Duty,
    Reserve,
    Settlement,
    Sum,
    Transaction,
    is_tax,
    is_withheld,
    transaction_of,
)
from gateway.grammar.reports import folded

_MODULUS = 1 << 256
_SHOWN = 50  # orders with a residue of tax that are named
_LONGEST_RUN = 5000  # rows of one order that are held together


def add_up(rows: Callable[[], Iterable[SettlementRow]], zone: tzinfo) -> Settlement:
    """Add up a settlement. `rows` begins with its first row at each call; months end at midnight in `zone`."""
    adding = _Adding(zone)
    for run in _runs(rows(), adding.take_head):
        adding.take(run)
    if adding.is_scattered:
        adding = _Adding(zone, adding.withheld)
        for run in _runs(rows(), adding.take_head):
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

    def __init__(self, zone: tzinfo, withheld: "_Hashes | None" = None) -> None:
        """`withheld` are the transactions with withheld tax, where all rows were looked at before."""
        self._zone, self._known = zone, withheld
        self.withheld = _Hashes()
        self._has_tax_alone = False
        self._months: dict[tuple[int, int, int, int, int], date] = {}
        self._ids: dict[str, None] = {}
        self._currencies: dict[str, None] = {}
        self._head: SettlementRow | None = None
        self._sums: dict[Bucket, Sum] = {}
        self._digest = 0
        self._rows = 0
        self._reserves: dict[str, Reserve] = {}
        self._residues: dict[Transaction, Decimal] = {}
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
        duty = self._duty(run)
        for row in run:
            self._add(row, duty if duty and is_tax(row) else "")

    @property
    def is_scattered(self) -> bool:
        """Whether tax stands alone somewhere, and what was withheld of it may stand elsewhere."""
        return self._has_tax_alone and len(self.withheld) > 0 and self._known is None

    def _duty(self, run: list[SettlementRow]) -> Duty:
        """Who owes the tax in these rows, and what is left of it where the marketplace does."""
        transaction = transaction_of(run[0])
        if not run[0].order or transaction[0] not in BUYERS:
            return ""
        kept = sum((row.amount for row in run if row.amount is not None and is_withheld(row)), Decimal(0))
        is_kept = any(map(is_withheld, run))
        paid = [row.amount for row in run if row.amount is not None and is_tax(row)]
        if is_kept:
            self.withheld.add(transaction)
        is_theirs = is_kept if self._known is None else transaction in self._known
        if not is_theirs:
            self._has_tax_alone |= bool(paid)
            return "seller" if paid else ""
        rest = self._residues.pop(transaction, Decimal(0)) + kept + sum(paid, Decimal(0))
        if rest:
            self._residues[transaction] = rest
        return "marketplace"

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
            self._put(row, duty, self.month(row.posted_at))

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
        if not row.order and (word := folded(row.amount_description)) in (CURRENT, PREVIOUS):
            known, amount = self._reserves.get(row.marketplace, Reserve()), row.amount or Decimal(0)
            if word == CURRENT:
                known = Reserve(known.previous, known.current + amount)
            else:
                known = Reserve(known.previous + amount, known.current)
            self._reserves[row.marketplace] = known

    def month(self, at: date) -> date:
        """The first day of a month: of an instant in the zone, of a bare day as it is.

        Clocks of all zones differ by whole quarters of an hour.
        """
        if not isinstance(at, datetime):
            return at.replace(day=1)
        key = (at.year, at.month, at.day, at.hour, at.minute // 15)
        if key not in self._months:
            self._months[key] = at.astimezone(self._zone).date().replace(day=1)
        return self._months[key]

    def settlement(self) -> Settlement:
        """What it has come to. Rows without a date belong to the month in which the settlement ends."""
        head = self._head
        ends_at = head.ends_at if head else None
        last = self.month(ends_at or datetime(1970, 1, 1, tzinfo=UTC))
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
            residues={key[1]: rest for key, rest in islice(self._residues.items(), _SHOWN)},
            residue_count=len(self._residues),
            faults=tuple(self._faults),
        )

    def _fingerprint(self) -> str:
        head = self._head
        said = "" if head is None else f"{head.settlement} {_exact(head.total)} {head.deposit_at} {head.currency}"
        return sha256(f"{said} {self._rows} {self._digest}".encode()).hexdigest()


class _Hashes:
    """A set of transactions in eight bytes each: there may be hundreds of thousands."""

    def __init__(self) -> None:
        self._values = array("Q")
        self._is_sorted = True

    def add(self, transaction: Transaction) -> None:
        self._values.append(self._hash(transaction))
        self._is_sorted = False

    def __contains__(self, transaction: Transaction) -> bool:
        if not self._is_sorted:
            self._values = array("Q", sorted(self._values))
            self._is_sorted = True
        value = self._hash(transaction)
        place = bisect_left(self._values, value)
        return place < len(self._values) and self._values[place] == value

    def __len__(self) -> int:
        return len(self._values)

    @staticmethod
    def _hash(transaction: Transaction) -> int:
        return int.from_bytes(sha256("\t".join(transaction).encode()).digest()[:8], "big")


def _exact(amount: Decimal | None) -> str:
    """The same text for the same amount: 5.0 and 5.00 are one."""
    return "" if amount is None else format(amount.normalize(), "f")
