"""Amazon's stock ledger: whether its rows add up, what it ends with, and the events that change stock without a sale.

A row of the summary starts with a balance, has movements with their signs, and ends with a balance. Events whose type
Amazon does not know stand in a column of their own, of which nothing says whether the ending counts them: a row that
adds up either way is in order. Reasons of adjustments are codes that two projects have seen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256

from gateway.documents.base import plain
from gateway.documents.reports import LedgerDetailRow, LedgerSummaryRow

NONE = Decimal(0)
_SHOWN_AT_MOST = 100
_MOVEMENTS = (
    *("receipts", "customer_shipments", "customer_returns", "vendor_returns", "transfers"),
    *("found", "lost", "damaged", "disposed", "other"),
)

REASONS: Mapping[str, str] = {
    **dict.fromkeys(("M", "5"), "lost"),
    **dict.fromkeys(("F", "N"), "found"),
    **dict.fromkeys(("6", "7", "E", "H", "K", "U"), "damaged"),
    "D": "disposed",
    **dict.fromkeys(("Q", "P"), "disposition-change"),
    "O": "correction",
}
"""The code of an adjustment -> the reason that our documents give."""


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """A row of the ledger that does not add up."""

    line: int
    day: date
    fnsku: str
    sku: str
    disposition: str
    location: str
    expected: Decimal
    ending: Decimal

    def __str__(self) -> str:
        where = f"{self.fnsku} {self.sku} {self.disposition} {self.location}".strip()
        said = f"adds up to {plain(self.expected)}, and ends with {plain(self.ending)}"
        return f"line {self.line}: {where} on {self.day} {said}"


@dataclass
class Summary:
    """What a ledger summary came to: its last day, the balances of that day, and the rows that do not add up."""

    day: date | None = None
    balances: dict[tuple[str, str, str, str], tuple[date, Decimal]] = field(default_factory=dict)
    unbalanced: list[Unbalanced] = field(default_factory=list)
    rows: int = 0

    def skus(self) -> dict[str, dict[str, Decimal]]:
        """SKU -> sellable and unsellable pieces at the end of the last day; of rows of earlier days nothing."""
        found: dict[str, dict[str, Decimal]] = {}
        for (_, sku, disposition, _), (day, count) in self.balances.items():
            if day == self.day and sku:
                state = "sellable" if disposition.strip().upper() == "SELLABLE" else "unsellable"
                of_sku = found.setdefault(sku, {})
                of_sku[state] = of_sku.get(state, NONE) + count
        return found


def summarise(rows: Iterable[LedgerSummaryRow]) -> Summary:
    """Read a ledger summary once, row by row."""
    summary = Summary()
    for row in rows:
        summary.rows += 1
        summary.day = row.day if summary.day is None else max(summary.day, row.day)
        ending = row.ending or NONE
        expected = (row.starting or NONE) + sum((getattr(row, name) or NONE for name in _MOVEMENTS), NONE)
        if ending not in (expected, expected + (row.unknown or NONE)) and len(summary.unbalanced) < _SHOWN_AT_MOST:
            said = (row.line, row.day, row.fnsku, row.sku, row.disposition, row.location, expected, ending)
            summary.unbalanced.append(Unbalanced(*said))
        key = (row.fnsku, row.sku, row.disposition, row.location)
        if key not in summary.balances or summary.balances[key][0] <= row.day:
            summary.balances[key] = (row.day, ending + (row.in_transit or NONE))
    return summary


def at_states(
    ledger: Mapping[str, Mapping[str, Decimal]], levels: Mapping[str, Mapping[str, Decimal]]
) -> tuple[dict[tuple[str, str], Decimal], dict[tuple[str, str], Decimal]]:
    """Ledger and inventory report in the same words, for the SKUs that both know: (SKU, sellable or unsellable).

    Reserved goods are sellable ones to the ledger; so are those that Amazon looks for, until they are lost (assumed).
    """
    both = ledger.keys() & levels.keys()
    of_ledger = {(sku, state): ledger[sku].get(state, NONE) for sku in both for state in ("sellable", "unsellable")}
    of_levels: dict[tuple[str, str], Decimal] = {}
    for sku in both:
        good = (count for state, count in levels[sku].items() if state.partition(".")[0] in _GOOD)
        of_levels[sku, "sellable"] = sum(good, NONE)
        of_levels[sku, "unsellable"] = levels[sku].get("unsellable", NONE)
    return of_ledger, of_levels


_GOOD = ("sellable", "reserved", "researching")


def parts_of_good(levels: Mapping[str, Mapping[str, Decimal]]) -> dict[str, dict[str, Decimal]]:
    """SKU -> what the ledger has one word for, by the inventory report's words; those without pieces are left out."""
    found: dict[str, dict[str, Decimal]] = {}
    for sku, states in levels.items():
        for word in _GOOD:
            count = sum((each for state, each in states.items() if state.partition(".")[0] == word), NONE)
            if count:
                found.setdefault(sku, {})[word] = count
    return found


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the ledger that no other report tells. `identity` is the same whenever the report is drawn again.

    `kind` is the reason of an adjustment in our words, or `receipt`.
    """

    identity: str
    kind: str
    day: date
    sku: str
    disposition: str
    quantity: Decimal
    reference: str


def events(rows: Iterable[LedgerDetailRow]) -> Iterator[Event]:
    """The adjustments and receipts of a ledger, each with an identity of its own; what is sold is told elsewhere.

    A row that stands twice in a file is two events; the second has another identity than the first, and the same one
    whenever the file comes again.
    """
    seen: Counter[str] = Counter()
    for row in rows:
        kind = _kind(row)
        if kind is None or not row.quantity:
            continue
        said = (row.day, row.at, row.fnsku, row.sku, row.event, row.reference, plain(row.quantity), row.centre)
        text = "\t".join(str(part) for part in (*said, row.disposition, row.reason, row.country))
        seen[text] += 1
        identity = sha256(f"{text}\t{seen[text]}".encode()).hexdigest()[:24]
        yield Event(identity, kind, row.day, row.sku or row.fnsku, row.disposition, row.quantity, row.reference.strip())


def _kind(row: LedgerDetailRow) -> str | None:
    match row.event.strip().casefold():
        case "adjustments":
            return REASONS.get(row.reason.strip().upper(), "other")
        case "receipts":
            return "receipt"
    return None
