"""Who owes the tax that buyers paid: the rows of its transaction tell.

Where the marketplace has withheld it in the same transaction of an order, it owes it, else the seller does. The rows of
a transaction mostly follow each other, and its tax waits until they are over; where they do not follow each other, all
rows must be read once more with what was withheld anywhere.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Hashable
from decimal import Decimal
from hashlib import sha256
from typing import Generic, TypeVar

from gateway.documents.reports import SettlementRow
from gateway.finance.settlement import Duty, Transaction, transaction_of

Key = TypeVar("Key", bound=Hashable)

_LONGEST_WAIT = 5000  # rows of tax of one order that are held together
_NOTHING = Decimal(0)


class Hashes:
    """A set of transactions in eight bytes each: there may be hundreds of thousands."""

    def __init__(self) -> None:
        self._values = array("Q")
        self._is_sorted = True

    def add(self, transaction: Transaction) -> None:
        """Take one in."""
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


class Withholding(Generic[Key]):
    """The tax of one transaction after the other; `owe` is told of each row of tax, when it is known who owes it."""

    def __init__(self, owe: Callable[[Key, Decimal, Duty], None], known: Hashes | None) -> None:
        """`known` are the transactions with withheld tax, where all rows were looked at before."""
        self._owe, self._known = owe, known
        self._withheld = Hashes()
        self._has_tax_alone = False
        self._now: tuple[str, str, str] | None = None
        self._first: SettlementRow | None = None
        self._kept: list[Decimal] = []
        self._paid: list[tuple[Key, Decimal]] = []
        self.residues: dict[Transaction, Decimal] = {}
        """Transactions whose withheld tax is not what the buyer paid, and by how much."""

    @property
    def scattered(self) -> Hashes | None:
        """What was withheld anywhere, where tax stands alone somewhere and that may be why; else None."""
        return self._withheld if self._has_tax_alone and len(self._withheld) and self._known is None else None

    def keep(self, row: SettlementRow, amount: Decimal) -> None:
        """A row of tax that is withheld, of an order."""
        self._turn_to(row)
        self._kept.append(amount)

    def pay(self, row: SettlementRow, amount: Decimal, key: Key) -> None:
        """A row of tax that a buyer paid or got back, of an order; `key` is what `owe` is told of it."""
        self._turn_to(row)
        self._paid.append((key, amount))

    def finish(self) -> None:
        """Say of the last transaction who owes its tax."""
        if self._first is None:
            return
        transaction = transaction_of(self._first)
        if self._kept:
            self._withheld.add(transaction)
        is_theirs = bool(self._kept) if self._known is None else transaction in self._known
        if is_theirs:
            rest = self.residues.pop(transaction, _NOTHING) + sum(self._kept, _NOTHING)
            if rest := rest + sum((amount for _, amount in self._paid), _NOTHING):
                self.residues[transaction] = rest
        else:
            self._has_tax_alone = True
        for key, amount in self._paid:
            self._owe(key, amount, "marketplace" if is_theirs else "seller")
        self._first = None
        self._kept.clear()
        self._paid.clear()

    def _turn_to(self, row: SettlementRow) -> None:
        now = (row.transaction_type, row.order, row.adjustment)
        if now != self._now or len(self._paid) + len(self._kept) >= _LONGEST_WAIT:
            self.finish()
        self._now, self._first = now, self._first or row
