"""Money: decimals of currencies, prices per n units, and the one function that rounds.

Nothing here depends on Python's ambient decimal context: products and quotients are exact fractions until the single
rounding at the end, so a long quantity times a long price cannot lose a digit on the way.
"""

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Self

from gateway.documents.base import Number, Record, plain
from gateway.documents.quantity import Unit

_NOT_TWO = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {currency: decimals for decimals, row in _NOT_TWO.items() for currency in row.split()}


def decimals_of(currency: str) -> int:
    """How many decimals amounts of a currency have (ISO 4217): 2 but for the few that are listed here."""
    return _DECIMALS.get(currency, 2)


def round_half_up(amount: Decimal | Fraction, currency: str) -> Decimal:
    """The amount in whole minor units of the currency, halves away from zero: the only rounding of money there is."""
    decimals = decimals_of(currency)
    exact = Fraction(amount)
    minor = floor(abs(exact) * 10**decimals + Fraction(1, 2))
    return Decimal((int(exact < 0), tuple(map(int, str(minor))), -decimals))


def with_decimals(amount: Decimal, currency: str) -> Decimal:
    """The same amount, written with at least the decimals of its currency: 43.5 as 43.50, 3.625 as it stands."""
    whole, _, fraction = plain(amount).partition(".")
    return Decimal(f"{whole}.{fraction.ljust(decimals_of(currency), '0')}")


class Price(Record):
    """An amount per so many units (43.50 per 12 each), never divided out: a third of a cent has no decimal."""

    amount: Number
    per: Number
    unit: Unit

    def same_as(self, other: Self) -> bool:
        """Whether both ask the same for the same goods: 43.50 per 12 each is 87.00 per 24 each."""
        return self.unit == other.unit and self.amount * other.per == other.amount * self.per


def extend(quantity: Decimal, price: Price, currency: str) -> Decimal:
    """What a quantity, counted in the price's unit, costs: quantity x amount / per, rounded half-up to the currency.

    Raises ZeroDivisionError for a price per nothing.
    """
    return round_half_up(Fraction(quantity) * Fraction(price.amount) / Fraction(price.per), currency)


def agrees(quantity: Decimal, price: Price, amount: Decimal, currency: str) -> bool:
    """Whether a price that somebody rounded still gives the agreed amount for this quantity."""
    return extend(quantity, price, currency) == round_half_up(amount, currency)
