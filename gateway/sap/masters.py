"""Masters that SAP sends as IDocs: materials (MATMAS05) as rows of items.csv, stock reports (PROACT01) of stock.csv.

A material changes the rows that are there, and of them only what it says: whatever people keep beside stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from gateway.catalogue.items import ITEMS, Item, Items
from gateway.catalogue.stock import STOCK, StockLevel
from gateway.documents.identifiers import gtin14
from gateway.documents.sap import SapMaterial, SapStock, SapUnit
from gateway.findings import Finding
from gateway.sap.gaps import unmapped, unusable
from gateway.sap.numbers import bare
from gateway.sap.profile import SapProfile
from gateway.sap.units import pieces

_NOTHING = Decimal(0)
_DELETED = "003"
_MATERIAL = 18  # MATNR


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterRows:
    """Rows of a master as its columns have them, and findings for what gave none."""

    kind: Literal["items", "stock"]
    rows: tuple[Mapping[str, str], ...]
    findings: tuple[Finding, ...] = ()


def sku_of(material: str, items: Items) -> str:
    """Our SKU of a material: as the item master has it, with however many zeros; else without the zeros before it.

    SAP fills a number with zeros: 0123 and 123 are one material there.
    """
    number = bare(material)
    written = (material, *(number.zfill(length) for length in range(len(number), _MATERIAL + 1)))
    return next((sku for sku in written if items.has_sku(sku)), number) if material.isdecimal() else material


def from_sap_material(material: SapMaterial, profile: SapProfile, items: Items, on: date | None = None) -> MasterRows:
    """The rows of a material as they are from a day on: GTINs of piece and case, and how many pieces a case is.

    They are its rows that are in force that day (its latest, where no day is told), with what the material says in
    place of what stood there; a material without rows gets one. A case is the unit that the profile calls so. UMREZ
    pieces are UMREN cases: only a whole number is a case pack. What is discontinued is so by its deletion (LVORM, MSGFN
    003) or its status (MSTAE); nothing that SAP says makes it active again.
    """
    if material.number is None:
        return MasterRows(kind="items", rows=(), findings=(unusable("it has no material number (E1MARAM MATNR)"),))
    sku = sku_of(material.number, items)
    units = [unit for unit in material.units if unit.change != _DELETED]
    base = [unit for unit in units if unit.code == material.base_unit]
    cases = [unit for unit in units if profile.units.get(unit.code or "") == "case"]
    findings: list[Finding] = []
    before = tuple(_rows_of(sku, items, on or date.max))
    is_silent = bool(before) and not units and material.base_unit is None  # it changes other things than units
    if not is_silent and profile.units.get(material.base_unit or "") != "each":
        row = f'[erp.sap.units] {material.base_unit} = "each"'
        findings.append(unmapped(f"the base unit {material.base_unit} of {sku}", row, material.base_unit or ""))
    if len(cases) > 1:
        codes = ", ".join(str(unit.code) for unit in cases)
        findings.append(unusable(f"{sku} has several units that are cases: {codes}; call one of them so", codes))
    pack = _pack(cases[0], sku, findings) if cases else None
    if findings:
        return MasterRows(kind="items", rows=(), findings=tuple(findings))
    is_gone = material.deletion or material.change == _DELETED or material.status in profile.discontinued
    told: dict[str, Any] = {
        "gtin_each": _gtin(base[0].ean if base else None),
        "gtin_case": _gtin(cases[0].ean if cases else None),
        "case_pack": pack,
        "status": "discontinued" if is_gone else None,
    }
    said = {name: value for name, value in told.items() if value}
    rows = (replace(row, **said) for row in before or (Item(sku=sku),))
    return MasterRows(kind="items", rows=tuple(ITEMS.cells(row) for row in rows))


def _rows_of(sku: str, items: Items, on: date) -> Iterator[Item]:
    """The rows of an item in force on a day, whoever's: of rows with the same id the latest."""
    mine = [row for row in items.rows if row.sku == sku] if items.has_sku(sku) else []
    for partner in dict.fromkeys(row.partner for row in mine):
        yield from (row for row in items.of_sku(sku, partner, on) if row.partner == partner)


def _pack(unit: SapUnit, sku: str, findings: list[Finding]) -> int | None:
    numerator, denominator = unit.numerator or _NOTHING, unit.denominator or Decimal(1)
    whole, rest = divmod(numerator, denominator)
    if rest or whole < 1:
        said = f"{numerator}/{denominator}"
        findings.append(unusable(f"a {unit.code} of {sku} is {said} pieces, and no whole number", said))
        return None
    return int(whole)


def _gtin(ean: str | None) -> str:
    """The GTIN as it came; nothing where it is none, such as a number of the company's own."""
    return ean if ean and gtin14(ean) else ""


def from_sap_stock(stock: SapStock, profile: SapProfile, items: Items) -> MasterRows:
    """What is available, by item and location: the quantities in the states that count as available, together.

    An item of which anything is not understood has no row: half of its stock would be a wrong one.
    """
    found: dict[tuple[str, str], Decimal] = {}
    doubtful: set[tuple[str, str]] = set()
    findings: dict[str, Finding] = {}  # by what they say: a place without a row is told once
    for item in stock.items:
        location = profile.place_at(item.plant, item.storage)
        if item.material is None:
            _tell(unusable("an item of the stock report names no material"), findings)
            continue
        if location is None:
            row = f'[erp.sap.places."..."] plant = "{item.plant}", storage = "{item.storage}"'
            where = f"plant {item.plant}, storage location {item.storage}"
            _tell(unmapped(where, row, f"{item.plant}/{item.storage}"), findings)
            continue
        key = (sku_of(item.material, items), location)
        for each in item.quantities:
            if each.state in profile.stock_states:
                unit = each.unit or item.base_unit
                count = pieces(each.quantity or _NOTHING, unit, profile, f"stock of {key[0]}")
                if isinstance(count, Finding):
                    _tell(count, findings)
                    doubtful.add(key)
                else:
                    found[key] = found.get(key, _NOTHING) + count
    rows = (
        StockLevel(sku=key[0], location=key[1], available=count) for key, count in found.items() if key not in doubtful
    )
    return MasterRows(kind="stock", rows=tuple(STOCK.cells(row) for row in rows), findings=tuple(findings.values()))


def _tell(finding: Finding, findings: dict[str, Finding]) -> None:
    findings.setdefault(finding.message, finding)
