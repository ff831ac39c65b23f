"""What conversions look up of the world: masters, and what went to SAP before. Whoever keeps them implements it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.catalogue.items import Items
from gateway.catalogue.locations import Location
from gateway.documents.erp import SalesOrder
from gateway.documents.erp_file import ErpDocument
from gateway.documents.inventory import StockTransfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a document comes from: control numbers of interchange, group and message, and a key of our own."""

    interchange: str = ""
    group: str = ""
    message: str = ""
    journal: str = ""


class Known(Protocol):
    """Look-ups without side effects."""

    @property
    def items(self) -> Items:
        """The item master."""

    @property
    def locations(self) -> Sequence[Location]:
        """locations.csv."""

    def sales_orders(self, partner: str, purchase_order: str) -> Sequence[SalesOrder]:
        """All revisions of an order that went to the ERP, the earliest first."""

    def partners_of(self, customer: str) -> Sequence[str]:
        """The partners and sellers whose customer account at the ERP this is."""

    def transfers(self, seller: str, shipment: str) -> Sequence[tuple[StockTransfer, str | None]]:
        """What went to the ERP of a shipment to Amazon, with the number it was booked under, the earliest first."""

    def origin(self, document: ErpDocument) -> Origin:
        """Where a document comes from."""
