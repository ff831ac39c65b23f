"""stock.csv: how many pieces of an item are available at a location."""

from dataclasses import dataclass
from decimal import Decimal

from gateway.catalogue import masters
from gateway.catalogue.masters import REQUIRED_TEXT, TEXT, Column, Master
from gateway.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """A row of stock.csv, in base units; below nothing where more is promised than there is."""

    sku: str
    location: str = ""
    available: Decimal

    @property
    def key(self) -> tuple[str, str]:
        """What makes a row this row: a file that names it again replaces it."""
        return self.sku, self.location


STOCK: Master[StockLevel] = Master(
    "stock.csv",
    {
        "sku": REQUIRED_TEXT,
        "location": TEXT,
        "available": Column("a number of pieces", masters.decimal, required=True, numeric=True),
    },
    StockLevel,
)


def read_stock(text: str | bytes) -> tuple[tuple[StockLevel, ...], tuple[Finding, ...]]:
    """The rows of stock.csv that can be used, and a finding for each that cannot."""
    return STOCK.read(text)
