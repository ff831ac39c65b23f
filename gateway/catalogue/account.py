"""An account: the vendor code under which a partner orders, and what follows from it."""

from dataclasses import dataclass
from typing import Literal

MeasurementType = Literal["EA", "CA"]
PriceBasis = Literal["ordered-unit", "each"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The settings of one vendor code (REF CR, RFF+CR).

    `company` is a row of locations.csv, `customer` the ERP's customer account. `measurement_type` says what a line
    without a unit is ordered in. `price_basis` says whether a price on a case line is that of the case or of one piece;
    neither has a default, since a wrong guess is off by the size of a case.
    """

    name: str
    company: str
    customer: str
    currency: str
    measurement_type: MeasurementType | None = None
    price_basis: PriceBasis | None = None
    freight: str | None = None
    warehouse: str | None = None
