"""Exact quotients: the decimal that a fraction is, where it is one."""

from decimal import Decimal
from fractions import Fraction

MOST_PLACES = 15
"""The decimals that a number of our documents may have."""


def finite(fraction: Fraction) -> Decimal | None:
    """The decimal that is exactly this fraction; None where it has none, or none of at most 15 places."""
    places = next((n for n in range(MOST_PLACES + 1) if 10**n % fraction.denominator == 0), None)
    if places is None:
        return None
    digits = abs(int(fraction * 10**places))
    return Decimal((int(fraction < 0), tuple(map(int, str(digits))), -places))
