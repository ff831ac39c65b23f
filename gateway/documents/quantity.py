"""A quantity is a number with its unit: unlike units do not add, and the wire's own unit code is kept to be echoed."""

from decimal import Decimal
from typing import Literal, Self

from gateway.documents.base import Number, Record, Text

Unit = Literal["each", "case", "item", "other", "lb", "oz", "kg", "g", "cm", "in"]
"""`each` is a single piece. `case` is an outer pack whose content the item master knows. `item` is whatever the id of
the line stands for, where the message names no unit (EDIFACT ORDERS). `other` is a unit we give no meaning to: the code
beside it says which. The rest are measures of weight and length."""


class UnlikeUnitsError(ValueError):
    """Quantities of different units were added: convert them to one unit first."""


class Quantity(Record):
    """So many of a unit.

    `code` is the wire's own code of the unit (X12 355, EDIFACT 6411): part of equality, ignored by arithmetic.
    """

    value: Number
    unit: Unit = "item"
    code: Text | None = None

    def __add__(self, other: Self) -> Self:
        """Raises UnlikeUnitsError where the units differ."""
        return self._with(self.value + self._like(other))

    def __sub__(self, other: Self) -> Self:
        """Raises UnlikeUnitsError where the units differ."""
        return self._with(self.value - self._like(other))

    def _like(self, other: Self) -> Decimal:
        if other.unit != self.unit:
            raise UnlikeUnitsError(f"{self.unit} and {other.unit} do not add")
        return other.value

    def _with(self, value: Decimal) -> Self:
        return self.model_copy(update={"value": value})
