"""Adding a settlement up: its rows once, in the order of the file, and only sums are kept.

So a settlement of a million rows takes the room of a small one. Rows that are alike in all that the ledger asks for
share a place, found at one look, and most are done with there. Tax of orders waits until it is known who owes it; where
the rows of an order are scattered, all rows are read once more, so that the order of rows never matters.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import Literal

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
    is_tax,
    is_withheld,
)
from gateway.finance.withholding import Hashes, Withholding
from gateway.grammar.reports import folded

_MODULUS = 1 << 256
_TOGETHER = 200  # rows that are hashed in one go, which is a little quicker
_SHOWN = 50  # orders with a residue of tax that are named
_NOTHING = Decimal(0)
_NOBODY: Duty = ""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Role = Literal["", "tax", "withheld", "reserve"]


def add_up(rows: Callable[[], Iterable[SettlementRow]], zone: tzinfo) -> Settlement:
    """Add up a settlement. `rows` begins with its first row at each call; months end at midnight in `zone`."""
    adding = _Adding(zone, None)
    adding.take(rows())
    if (withheld := adding.taxes.scattered) is not None:
        adding = _Adding(zone, withheld)
        adding.take(rows())
    return adding.settlement()


_Key = tuple[date | None, str, str, str, str, str, bool]
"""A bucket without who owes a tax: a row without a date has no month yet."""


@dataclass(slots=True)
class _Place:
    """What rows of a key come to, but those of tax that somebody owes; `role` is what else there is to do with them."""

    role: Role
    words: str
    amount: Decimal = _NOTHING
    count: int = 0


class _Adding:
    """The sums while they grow."""

    def __init__(self, zone: tzinfo, withheld: Hashes | None) -> None:
        """`withheld` are the transactions with withheld tax, where all rows were looked at before."""
        self.taxes = Withholding[_Key](self._owe, withheld)
        self._zone = zone
        self._months: dict[int, date] = {}
        self._ids: dict[str, None] = {}
        self._currencies: dict[str, None] = {}
        self._head: SettlementRow | None = None
        self._places: dict[_Key, _Place] = {}
        self._owed: dict[tuple[_Key, Duty], Sum] = {}
        self._digest = 0
        self._rows = 0
        self._reserves: dict[str, Reserve] = {}
        self._faults: list[str] = []

    def take(self, rows: Iterable[SettlementRow]) -> None:
        """All rows. What stands in this loop is done a million times."""
        ids, currencies, places = self._ids, self._currencies, self._places
        said: list[str] = []
        last, month, when = None, None, ""
        for row in rows:
            # fmt: off
            (_, settlement, _, _, _, _, currency, kind, order, adjustment, shipment, marketplace, amount_type,
             description, amount, _, at, item, sku, _, _) = row
            # fmt: on
            if amount is None or not kind:
                self._take_head(row)
                continue
            ids[settlement] = None
            if currency:
                currencies[currency] = None
            if at is not last:  # rows of one order mostly have the very same
                last, (month, when) = at, self._when(at)
            text = str(amount)
            if text[-1] == "0" or "E" in text:
                text = exact(amount)
            key = (month, marketplace, kind, amount_type, description, sku, text[0] != "-")
            place = places.get(key)
            if place is None:
                place = places[key] = _Place(_role_of(row), "\t".join(key[1:6]))
            said.append(f"{place.words}\t{order}\t{adjustment}\t{shipment}\t{item}\t{when}\t{text}")
            if len(said) == _TOGETHER:
                self._hash(said)
            if place.role and self._waits(place.role, row, amount, key):
                continue
            place.amount += amount
            place.count += 1
        self._hash(said)
        self.taxes.finish()

    def _hash(self, said: list[str]) -> None:
        """Take up the texts of some rows: the sum of their hashes is that of a set, in whatever order it comes."""
        self._rows += len(said)
        self._digest += sum([int.from_bytes(sha256(text.encode()).digest(), "big") for text in said])
        said.clear()

    def settlement(self) -> Settlement:
        """What it has come to."""
        head = self._head
        residues = self.taxes.residues
        return Settlement(
            ids=tuple(self._ids),
            currencies=tuple(self._currencies),
            total=head.total if head else None,
            starts_at=head.starts_at if head else None,
            ends_at=head.ends_at if head else None,
            deposit_at=head.deposit_at if head else None,
            sums=self._sums(),
            rows=self._rows,
            digest=self._fingerprint(),
            reserves=self._reserves,
            residues={key[1]: rest for key, rest in islice(residues.items(), _SHOWN)},
            residue_count=len(residues),
            faults=tuple(self._faults),
        )

    def _take_head(self, row: SettlementRow) -> None:
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

    def _waits(self, role: Role, row: SettlementRow, amount: Decimal, key: _Key) -> bool:
        """Do what else there is to do with a row. Whether it is tax of an order, and waits for who owes it."""
        if role == "reserve":
            if not row.order:
                self._note_reserve(row, amount)
        elif row.order and role == "withheld":
            self.taxes.keep(row, amount)
        elif row.order:
            self.taxes.pay(row, amount, key)
            return True
        return False

    def _owe(self, key: _Key, amount: Decimal, duty: Duty) -> None:
        found = self._owed.setdefault((key, duty), Sum())
        found.amount += amount
        found.count += 1

    def _note_reserve(self, row: SettlementRow, amount: Decimal) -> None:
        known = self._reserves.get(row.marketplace, Reserve())
        if folded(row.amount_description) == CURRENT:
            known = Reserve(known.previous, known.current + amount)
        else:
            known = Reserve(known.previous + amount, known.current)
        self._reserves[row.marketplace] = known

    def _when(self, at: date | None) -> tuple[date | None, str]:
        """The first day of a month, of an instant in the zone, of a bare day as it is; and the same text for the same.

        Clocks of all zones differ by whole quarters of an hour. The text of a datetime itself takes as long to make as
        all else that is done with a row.
        """
        if not isinstance(at, datetime):
            return at and at.replace(day=1), str(at or "")
        since = at - _EPOCH
        seconds = since.days * 86400 + since.seconds
        month = self._months.get(seconds // 900)
        if month is None:
            month = self._months[seconds // 900] = at.astimezone(self._zone).date().replace(day=1)
        return month, f"{seconds}.{since.microseconds}"

    def _sums(self) -> dict[Bucket, Sum]:
        """All sums, by their buckets. Rows without a date belong to the month in which the settlement ends."""
        found = [(key, _NOBODY, each.amount, each.count) for key, each in self._places.items() if each.count]
        found += [(key, duty, each.amount, each.count) for (key, duty), each in self._owed.items()]
        found.sort(key=lambda each: each[0][0] is None)
        ends_at = self._head.ends_at if self._head else None
        last = self._when(ends_at)[0] or max((key[0] for key, *_ in found if key[0]), default=_EPOCH.date())
        sums: dict[Bucket, Sum] = {}
        for (month, marketplace, kind, amount_type, description, sku, is_credit), duty, amount, count in found:
            bucket = Bucket(month or last, marketplace, kind, amount_type, description, sku, is_credit, duty)
            known = sums.setdefault(bucket, Sum())
            known.amount += amount
            known.count += count
        return sums

    def _fingerprint(self) -> str:
        head = self._head
        total = exact(head.total) if head and head.total is not None else ""
        said = "" if head is None else f"{head.settlement} {total} {head.deposit_at} {head.currency}"
        return sha256(f"{said} {self._rows} {self._digest % _MODULUS}".encode()).hexdigest()


def _role_of(row: SettlementRow) -> Role:
    """What rows with these words are, beyond an amount; the same for all rows of a key."""
    if is_tax(row):
        return "tax"
    if is_withheld(row) and folded(row.transaction_type) in BUYERS:
        return "withheld"
    return "reserve" if folded(row.amount_description) in (CURRENT, PREVIOUS) else ""


def exact(amount: Decimal) -> str:
    """The same text for the same amount: 5.0 and 5.00 are one, and so are 0 and -0."""
    return format(amount.normalize() + 0, "f")
