"""The item master: items.csv, and finding the item that an id of a partner means.

A row says what one partner (or every partner, where the column is empty) calls an item, and what the item is. The index
never changes; a day asks it for the rows that are in force then, the latest `valid_from` not after it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Literal, Self

from gateway.catalogue import masters
from gateway.catalogue.masters import REQUIRED_TEXT, TEXT, Column, Master
from gateway.documents.identifiers import gtin14
from gateway.findings import Finding

GTIN_SCHEMES = frozenset({"UP", "EN", "SRV", "UK", "UA"})
"""Qualifiers whose ids are GTINs: these compare as 14 digits, whichever of them names one."""

_GTIN = "GTIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A row of items.csv.

    `partner` is empty where the row holds for all. `partner_item` and `scheme` (the wire's qualifier) stand together or
    not at all. `case_pack` is how many pieces a case holds, `base_price` the price of one piece; `valid_from` is None
    where the row has always held.
    """

    sku: str
    partner: str = ""
    partner_item: str = ""
    scheme: str = ""
    gtin_each: str = ""
    gtin_case: str = ""
    case_pack: int | None = None
    status: Literal["active", "discontinued"] = "active"
    base_price: Decimal | None = None
    lot_tracked: bool = False
    expiry_tracked: bool = False
    valid_from: date | None = None

    def __post_init__(self) -> None:
        if bool(self.partner_item) != bool(self.scheme):
            raise ValueError("partner_item and scheme go together, and one of them is empty")

    @property
    def key(self) -> tuple[str, str, str, str, date | None]:
        """What makes a row this row: a file that names it again replaces it."""
        return self.sku, self.partner, self.partner_item, self.scheme, self.valid_from


def _gtin(cell: str) -> str:
    if gtin14(cell) is None:
        raise ValueError(cell)
    return cell


_GTIN_COLUMN = Column("a GTIN of 8, 12, 13 or 14 digits, as text (not 6.14E+11)", _gtin, absent="")
_FLAG_COLUMN = Column("yes or no", masters.flag, absent=False)

ITEMS: Master[Item] = Master(
    "items.csv",
    {
        "sku": REQUIRED_TEXT,
        "partner": TEXT,
        "partner_item": TEXT,
        "scheme": Column("a qualifier such as UP, UK or VN", lambda cell: masters.text(cell).upper(), absent=""),
        "gtin_each": _GTIN_COLUMN,
        "gtin_case": _GTIN_COLUMN,
        "case_pack": Column("a whole number of pieces from 1", masters.whole),
        "status": Column("active or discontinued", masters.one_of("active", "discontinued"), absent="active"),
        "base_price": Column("a decimal number such as 7.25", masters.decimal, numeric=True),
        "lot_tracked": _FLAG_COLUMN,
        "expiry_tracked": _FLAG_COLUMN,
        "valid_from": Column("a date such as 2026-01-01", masters.day),
    },
    Item,
)


def read_items(text: str | bytes) -> tuple[tuple[Item, ...], tuple[Finding, ...]]:
    """The rows of items.csv that can be used, and a finding for each that cannot."""
    return ITEMS.read(text)


class Items:
    """An immutable index of item rows. Of rows with the same key the last one stands."""

    def __init__(self, rows: Iterable[Item] = ()) -> None:
        self.rows: tuple[Item, ...] = tuple({row.key: row for row in rows}.values())
        self._by_id: dict[tuple[str, str, str], list[Item]] = {}
        self._by_gtin: dict[tuple[str, str, str], list[Item]] = {}
        self._by_sku: dict[str, list[Item]] = {}
        self._by_case: dict[str, list[Item]] = {}
        for row in self.rows:
            self._by_sku.setdefault(row.sku, []).append(row)
            if case := gtin14(row.gtin_case):
                self._by_case.setdefault(case, []).append(row)
            if row.scheme:
                self._by_id.setdefault((row.partner, *_key(row.scheme, row.partner_item)), []).append(row)
            for gtin in filter(None, {gtin14(row.gtin_each), gtin14(row.gtin_case)}):
                self._by_gtin.setdefault((row.partner, _GTIN, gtin), []).append(row)

    def __len__(self) -> int:
        return len(self.rows)

    def with_rows(self, rows: Iterable[Item]) -> Self:
        """The index with rows added, or replaced where their key is known."""
        return type(self)((*self.rows, *rows))

    def has_sku(self, sku: str) -> bool:
        """Whether any row is about this item, whoever's and of whatever day."""
        return sku in self._by_sku

    def find(self, partner: str, schemes: Iterable[str], value: str, on: date) -> tuple[Item, ...]:
        """The rows in force on a day for an id, one for each SKU it could mean: none if unknown, several if unclear.

        The partner's own rows come before those for all partners, rows that name the id before rows whose each or case
        has it as its GTIN, and of these the latest.
        """
        keys = dict.fromkeys(_key(scheme, value) for scheme in schemes)
        for whose, index in product(dict.fromkeys((partner, "")), (self._by_id, self._by_gtin)):
            rows = [row for key in keys for row in index.get((whose, *key), ()) if _since(row) <= on]
            if rows:
                latest = max(_since(row) for row in rows)
                return tuple({row.sku: row for row in reversed(rows) if _since(row) == latest}.values())
        return ()

    def of_sku(self, sku: str, partner: str, on: date) -> tuple[Item, ...]:
        """The rows of an item in force on a day, the partner's own and those for all, the latest of each id."""
        mine = [row for row in self._by_sku.get(sku, ()) if row.partner in (partner, "")]
        return _in_force(mine, on)

    def of_case(self, sku: str, gtin: str, on: date) -> tuple[Item, ...]:
        """The rows of any partner in force on a day where this GTIN is that of the item's case."""
        rows = self._by_case.get(gtin14(gtin) or "", ())
        return tuple(row for row in _in_force(self._by_sku.get(sku, ()), on) if row in rows)


def _in_force(rows: Iterable[Item], on: date) -> tuple[Item, ...]:
    latest: dict[tuple[str, str, str], Item] = {}
    for row in sorted((row for row in rows if _since(row) <= on), key=_since):
        latest[row.partner, row.scheme, row.partner_item] = row
    return tuple(latest.values())


def _key(scheme: str, value: str) -> tuple[str, str]:
    gtin = gtin14(value) if scheme in GTIN_SCHEMES else None
    return (scheme, value) if gtin is None else (_GTIN, gtin)


def _since(row: Item) -> date:
    return row.valid_from or date.min
