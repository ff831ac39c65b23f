"""Taxes by month: what a VAT transactions report comes to, and who owes each part of it.

Every activity says who collects its tax, the marketplace or the seller; where it is silent, the seller's settings do.
Activities are added up by what an accountant files them by, sales and refunds apart. The same report always comes to
the same sums in the same order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from gateway.documents.base import plain
from gateway.documents.reports import VatRow
from gateway.grammar.reports import folded

Responsible = Literal["marketplace", "seller"]


class TaxKey(NamedTuple):
    """What activities must share to be added up. Countries are where goods left and where they went."""

    marketplace: str
    type: str
    responsible: str
    scheme: str
    departure: str
    arrival: str
    rate: str
    currency: str


@dataclass
class TaxSum:
    """What activities come to; amounts have the report's signs."""

    count: int = 0
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)

    def add(self, row: VatRow) -> None:
        """One activity more."""
        self.count += 1
        self.net += row.net or 0
        self.tax += row.tax or 0
        self.gross += row.gross or 0


@dataclass
class TaxMonth:
    """One month of a report: sums, and how many activities are no sale (goods that moved: nothing is taxed)."""

    sums: dict[TaxKey, TaxSum] = field(default_factory=dict)
    moved: int = 0

    @property
    def rows(self) -> int:
        """All activities of the month."""
        return self.moved + sum(each.count for each in self.sums.values())

    def as_json(self) -> dict[str, object]:
        """The sums in their one order, as the journal and `--json` have them."""
        totals = [
            {
                **key._asdict(),
                "count": total.count,
                "net": plain(total.net),
                "tax": plain(total.tax),
                "gross": plain(total.gross),
            }
            for key, total in sorted(self.sums.items())
        ]
        return {"rows": self.rows, "without_amount": self.moved, "totals": totals}


def responsible(row: VatRow, otherwise: Responsible) -> Responsible:
    """Who owes the tax of an activity."""
    match folded(row.responsibility):
        case "marketplace":
            return "marketplace"
        case "seller":
            return "seller"
    return otherwise


def month_of(row: VatRow) -> str | None:
    """The month an activity belongs to, `2026-06`: by when it was complete, else by when its tax was calculated."""
    day: date | None = row.completed_on or row.calculated_on
    return f"{day:%Y-%m}" if day is not None else None


def is_taxed(row: VatRow) -> bool:
    """Whether an activity has an amount at all."""
    return any(amount is not None for amount in (row.net, row.tax, row.gross))


def add_up_taxes(rows: Iterable[VatRow], otherwise: Responsible) -> dict[str, TaxMonth]:
    """The months of a report. An activity without any day is in the month `""`."""
    months: dict[str, TaxMonth] = {}
    for row in rows:
        month = months.setdefault(month_of(row) or "", TaxMonth())
        if not is_taxed(row):
            month.moved += 1
            continue
        month.sums.setdefault(_key(row, otherwise), TaxSum()).add(row)
    return months


def tax_lines(rows: Iterable[VatRow], month: str, otherwise: Responsible) -> Iterator[dict[str, object]]:
    """Every activity of a month that has an amount, and who owes its tax."""
    for row in rows:
        if (month_of(row) or "") == month and is_taxed(row):
            yield {
                "line": row.line,
                **_key(row, otherwise)._asdict(),
                "order": row.order,
                "sku": row.sku,
                "day": str(row.completed_on or row.calculated_on or ""),
                "net": plain(row.net or Decimal(0)),
                "tax": plain(row.tax or Decimal(0)),
                "gross": plain(row.gross or Decimal(0)),
                "invoice": row.invoice,
                "jurisdiction": row.jurisdiction,
                "buyer_vat_number": row.buyer_vat_number,
            }


def _key(row: VatRow, otherwise: Responsible) -> TaxKey:
    return TaxKey(
        marketplace=row.marketplace,
        type=row.type,
        responsible=responsible(row, otherwise),
        scheme=row.scheme,
        departure=row.departure,
        arrival=row.arrival,
        rate="" if row.rate is None else plain(row.rate.normalize() if row.rate else Decimal(0)),
        currency=row.currency,
    )
