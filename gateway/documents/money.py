"""Money: decimals of currencies, prices per n units, and the one function that rounds.

Nothing here depends on Python's ambient decimal context: the context of this module has room for every digit, so a long
quantity times a long price cannot lose one on the way to the single rounding at the end.
"""

from decimal import (
    MAX_EMAX,
    MAX_PREC,
    MIN_EMIN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction
from typing import Self

from gateway.documents.base import Number, Record, plain
from gateway.documents.quantity import Unit

_NOT_TWO = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {currency: decimals for decimals, row in _NOT_TWO.items() for currency in row.split()}

_EXACT = Context(
    prec=MAX_PREC,
    Emin=MIN_EMIN,
    Emax=MAX_EMAX,
    rounding=ROUND_HALF_UP,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_PLACES = tuple(Decimal((0, (1,), -decimals)) for decimals in range(6))  # 1, 0.1, 0.01, ...
_NOTHINGS = tuple(Decimal((1, (0,), -decimals)) for decimals in range(6))  # negative: what it is added to stays -0


def decimals_of(currency: str) -> int:
    """How many decimals amounts of a currency have (ISO 4217): 2 but for the few that are listed here."""
    return _DECIMALS.get(currency, 2)


def round_half_up(amount: Decimal | Fraction, currency: str) -> Decimal:
    """The amount in whole minor units of the currency, halves away from zero: the only rounding of money there is."""
    if isinstance(amount, Fraction):
        return _divided(Decimal(amount.numerator), Decimal(amount.denominator), currency)
    return _EXACT.quantize(_EXACT.plus(amount), _PLACES[decimals_of(currency)])


def _divided(amount: Decimal, parts: Decimal, currency: str) -> Decimal:
    """amount / parts, rounded half-up. It is cut off one place further on: no digit behind that one moves a half."""
    decimals = decimals_of(currency)
    place = _PLACES[decimals + 1]
    cut = _EXACT.divide_int(_EXACT.plus(amount), _EXACT.multiply(parts, place))
    return _EXACT.quantize(_EXACT.multiply(cut, place), _PLACES[decimals])


def with_decimals(amount: Decimal, currency: str) -> Decimal:
    """The same amount, written with at least the decimals of its currency: 43.5 as 43.50, 3.625 as it stands."""
    return _EXACT.add(amount, _NOTHINGS[decimals_of(currency)])


class Price(Record):
    """An amount per so many units (43.50 per 12 each), never divided out: a third of a cent has no decimal."""

    amount: Number
    per: Number
    unit: Unit

    def same_as(self, other: Self) -> bool:
        """Whether both ask the same for the same goods: 43.50 per 12 each is 87.00 per 24 each."""
        asked, other_asked = _EXACT.multiply(self.amount, other.per), _EXACT.multiply(other.amount, self.per)
        return self.unit == other.unit and asked == other_asked


def extend(quantity: Decimal, price: Price, currency: str) -> Decimal:
    """What a quantity, counted in the price's unit, costs: quantity x amount / per, rounded half-up to the currency.

    Raises ZeroDivisionError for a price per nothing.
    """
    if not price.per:
        raise ZeroDivisionError(f"a price of {plain(price.amount)} per nothing")
    return _divided(_EXACT.multiply(quantity, price.amount), price.per, currency)


def cost_of(quantity: Decimal, each: Decimal, currency: str) -> Decimal:
    """What a quantity costs at so much for one: `extend` for a price per 1."""
    return round_half_up(_EXACT.multiply(quantity, each), currency)


def agrees(quantity: Decimal, price: Price, amount: Decimal, currency: str) -> bool:
    """Whether a price that somebody rounded still gives the agreed amount for this quantity."""
    return extend(quantity, price, currency) == round_half_up(amount, currency)
