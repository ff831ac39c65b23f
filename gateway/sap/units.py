"""Quantities of SAP in pieces: by the table of units, and by the ratio that a delivery itself tells."""

from decimal import Decimal
from fractions import Fraction

from gateway.findings import Finding
from gateway.sap.gaps import unmapped, unusable
from gateway.sap.profile import SapProfile


def plain_number(value: Decimal) -> Decimal:
    """The number without the zeros that fill its decimals: 24.000 as 24, 12.50 as 12.5."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def pieces(value: Decimal, unit: str | None, profile: SapProfile, where: str) -> Decimal | Finding:
    """A quantity in pieces. A unit that is no piece, or has no meaning, is a finding."""
    meaning = "each" if unit is None else profile.units.get(unit)
    if meaning is None:
        return unmapped(f"{where}: the unit {unit}", f'[erp.sap.units] {unit} = "each"', unit or "")
    if meaning != "each":
        return unusable(
            f"{where}: {value} {unit} are no pieces; let SAP answer in the base unit, as the order was", unit
        )
    return plain_number(value)


def measure(value: Decimal, unit: str | None, profile: SapProfile, where: str) -> tuple[Decimal, str] | Finding:
    """A weight or length with our word for its unit."""
    meaning = profile.measures.get(unit or "")
    if meaning is None:
        return unmapped(f"{where}: the unit {unit}", f'[erp.sap.measures] {unit} = "kg"', unit or "")
    return plain_number(value), meaning


def in_base(value: Decimal, sold: Decimal, base: Decimal) -> Decimal:
    """A part of a delivered item in pieces, where so many of the sales unit are so many pieces."""
    found = Fraction(value) * Fraction(base) / Fraction(sold)
    return Decimal(found.numerator) / Decimal(found.denominator)
