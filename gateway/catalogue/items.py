"""The item master: items.csv, and finding the item that an id of a partner means.

A row says what one partner (or every partner, where the column is empty) calls an item, and what the item is. The index
never changes; a day asks it for the rows that are in force then, the latest `valid_from` not after it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
        for row in sorted(self.rows, key=_since):
            self._by_sku.setdefault(row.sku, []).append(row)
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
        keys = [_key(scheme, value) for scheme in schemes]
        for whose in (partner, ""):
            for index in (self._by_id, self._by_gtin):
                rows: list[Item] = []
                for key in keys:
                    rows += index.get((whose, *key), ())
                if rows and (found := _latest(rows, on)):
                    return found
        return ()

    def of_sku(self, sku: str, partner: str, on: date) -> tuple[Item, ...]:
        """The rows of an item in force on a day, the partner's own and those for all, the latest of each id."""
        mine = [row for row in self._by_sku.get(sku, ()) if row.partner in (partner, "")]
        return _in_force(mine, on)

    def price_of(self, sku: str, partner: str, on: date) -> Decimal | None:
        """What a piece of an item costs on a day: the price of the partner's own rows, else of those for all.

        None where no row has one, or where they disagree.
        """
        rows = self.of_sku(sku, partner, on)
        if len(rows) == 1:  # nearly always, and it is asked for every line
            return rows[0].base_price
        own = [row for row in rows if row.partner] or rows
        prices = {row.base_price for row in own if row.base_price is not None}
        return prices.pop() if len(prices) == 1 else None

    def of_case(self, sku: str, gtin: str, on: date) -> tuple[Item, ...]:
        """The rows of any partner in force on a day where this GTIN is that of the item's case."""
        case = gtin14(gtin)
        if case is None:
            return ()
        return tuple([row for row in _in_force(self._by_sku.get(sku, ()), on) if gtin14(row.gtin_case) == case])


def _latest(rows: Iterable[Item], on: date) -> tuple[Item, ...]:
    """Of rows for one id those in force of the latest day, one for each SKU, the first of those that say the same."""
    in_force = [row for row in rows if _since(row) <= on]
    if len(in_force) > 1:
        latest = max(map(_since, in_force))
        in_force = list({row.sku: row for row in reversed(in_force) if _since(row) == latest}.values())
    return tuple(in_force)


def _in_force(rows: Iterable[Item], on: date) -> tuple[Item, ...]:
    """Of the rows of an item, sorted by day, the latest of each id of each partner."""
    return tuple({(row.partner, row.scheme, row.partner_item): row for row in rows if _since(row) <= on}.values())


def _key(scheme: str, value: str) -> tuple[str, str]:
    gtin = gtin14(value) if scheme in GTIN_SCHEMES else None
    return (scheme, value) if gtin is None else (_GTIN, gtin)


def _since(row: Item) -> date:
    return row.valid_from or date.min
