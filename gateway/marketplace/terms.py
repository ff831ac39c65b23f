"""What a seller has agreed about a marketplace, and the words of it that documents and rules need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from gateway.catalogue.items import Items
from gateway.documents.item_ids import SCHEMES

_SCHEMES = tuple(scheme for schemes in SCHEMES.values() for scheme in schemes)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is set about the marketplace of a sale; `name` is the configured one."""

    name: str
    currency: str
    customer: str
    fba_location: str
    tax_code: str | None = None
    warehouse: str | None = None
    prices_include_tax: bool = False


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What is set about a seller's orders."""

    mode: Literal["order-level", "summary"] = "order-level"
    pending: Literal["wait", "import"] = "wait"
    taxes: Literal["marketplace", "seller"] = "marketplace"
    unsellable: str = "FBA-UNSELLABLE"
    only_location: str | None = None
    """The FBA location, where all marketplaces have one and the same."""
    pending_after: timedelta = timedelta(days=7)
    return_after: timedelta = timedelta(days=30)
    unknown_after: timedelta = timedelta(days=1)
    warn_before: timedelta = timedelta(hours=4)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the configuration and the masters say about the goods and the place of one sale."""

    terms: Terms | None
    rules: Rules = Rules()
    skus: Mapping[str, str] = field(default_factory=dict)
    """The seller's SKU -> the ERP's; what is not in it is unknown."""


def find_sku(items: Items, seller: str, sku: str) -> str | None:
    """The ERP's SKU of what the seller lists as `sku`: what a row of items.csv for this seller says, or the same word.

    None where the ERP does not know it, or it may mean several. Days play no part: a row of tomorrow is as good a sign
    that the ERP knows the item.
    """
    named = [row for row in items.find(seller, _SCHEMES, sku, date.max) if row.partner == seller]
    if named:
        return named[0].sku if len(named) == 1 else None
    return sku if items.has_sku(sku) else None
