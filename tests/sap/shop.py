"""A company with SAP: its profile, what it knows, and the documents it exchanges."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from gateway.catalogue import Item, Items, Location
from gateway.documents import ErpDocument, SalesOrder, StockTransfer
from gateway.erp.sap import SapShore
from gateway.instance import mappings_of
from gateway.mapping.idocs import Idocs
from gateway.sap.known import Origin
from gateway.sap.profile import SapProfile
from gateway.sap.tables import SapAccount, SapMovementType, SapPlace, SapSales

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "idoc"
EXPECTED = Path(__file__).parent / "expected"
SHEET = ROOT.parent / "shared" / "reference" / "examples" / "idoc"
AT = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
DOCNUM = "0000000000012345"

PROFILE = SapProfile(
    sap_port="SAPECC",
    sap_system="ECCCLNT100",
    time_zone="Europe/Berlin",
    company="1000",
    purchasing_organisation="1000",
    purchasing_group="001",
    units={"PCE": "each", "EA": "each", "CT": "case"},
    reasons={"Z1": "out_of_stock", "Z2": "discontinued"},
    carriers={"UPS": "UPSN"},
    modes={"0001": "parcel"},
    conditions={"HD00": "shipping", "RB00": "promotion"},
    taxes={"A1": "19"},
    blocks={"no-pick": "Z1"},
    sales={
        "AMAZON-EU": SapSales(
            number="100234", organisation="1000", channel="10", division="00", order_type="OR", plant="1000"
        ),
        "BUYERS": SapSales(number="100900", order_type="OR", settlement_order_type="ZSE"),
    },
    accounts={
        "113100": SapAccount(),
        "199999": SapAccount(label="SUSPENSE"),
        "476000": SapAccount(cost_centre="4711"),
        "800000": SapAccount(tax_code="A0"),
    },
    places={
        "ACME5": SapPlace(plant="1000", storage="0001", shipping_point="1000"),
        "FBA": SapPlace(plant="1000", storage="FBA1"),
        "TRANSIT": SapPlace(plant="1000", storage="FBA1", in_transit=True),
        "BROKEN": SapPlace(plant="1000", storage="FBA2", stock_type="S"),
        "FAR": SapPlace(plant="2000"),
    },
    movements={
        "lost": SapMovementType(code="03", decrease="702"),
        "returned": SapMovementType(code="05", increase="655", decrease="656"),
        "item-fulfilment": SapMovementType(code="03", decrease="251"),
    },
)


@dataclass
class Memory:
    """What a gateway would know."""

    items: Items = field(default_factory=Items)
    locations: Sequence[Location] = ()
    orders: Sequence[SalesOrder] = ()
    moved: Sequence[tuple[StockTransfer, str | None]] = ()
    customers: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"100234": ("amazon-eu",)})

    def sales_orders(self, partner: str, purchase_order: str) -> Sequence[SalesOrder]:
        return [each for each in self.orders if (each.partner, each.purchase_order) == (partner, purchase_order)]

    def partners_of(self, customer: str) -> Sequence[str]:
        return self.customers.get(customer, ())

    def transfers(self, seller: str, shipment: str) -> Sequence[tuple[StockTransfer, str | None]]:
        return [pair for pair in self.moved if (pair[0].seller, pair[0].shipment) == (seller, shipment)]

    def origin(self, document: ErpDocument) -> Origin:
        return Origin(interchange="0000000012345", message="1", journal=str(getattr(document, "id", "")))


FC = Location(
    code="5450534000017",
    role="ship-to",
    name="Amazon FC FRA1",
    street="Amazonstrasse 1",
    city="Bad Hersfeld",
    postcode="36251",
    country="DE",
)
WIDGETS = Items(
    [Item(sku="SKU-1", partner="amazon-eu", partner_item="B00EXAMPLE", scheme="BP", gtin_each="4006381333931")]
)


def a_line(line: str = "1", pieces: int = 24, **changes: Any) -> dict[str, Any]:
    return {
        "line": line,
        "sku": f"SKU-{line}",
        "ordered": {"value": str(pieces), "unit": "each", "code": "EA"},
        "base": {"value": str(pieces)},
        "price": {"amount": "5.00", "per": "1", "unit": "each"},
        "amount": f"{5 * pieces}.00",
    } | changes


def an_order(*lines: dict[str, Any], **changes: Any) -> SalesOrder:
    """An order as JSON says it, of a vendor at first."""
    head = {
        "id": "amazon-eu:7Q8K2W1P",
        "partner": "amazon-eu",
        "account": "ABCDE",
        "purchase_order": "7Q8K2W1P",
        "ordered_on": "2026-11-20",
        "currency": "EUR",
        "customer": "AMAZON-EU",
        "ship_to": {"code": "5450534000017"},
        "window": {"not_before": "2026-11-30"},
    }
    return SalesOrder.model_validate_json(json.dumps(head | {"lines": lines or (a_line(),)} | changes))


def a_sale(*lines: dict[str, Any], **changes: Any) -> SalesOrder:
    """An order of a buyer at a marketplace."""
    seller = {
        "id": "acme:302-1234567-1234567",
        "partner": "acme",
        "account": "Amazon.de",
        "purchase_order": "302-1234567-1234567",
        "customer": "BUYERS",
        "ship_to": None,
        "window": None,
        "seller": "acme",
        "buyer": {
            "name": "E. Muster",
            "street": ["Hauptstr. 1"],
            "city": "Köln",
            "postal_code": "50667",
            "country": "DE",
        },
    }
    return an_order(*lines, **(seller | changes))


def knowing(*orders: SalesOrder, **changes: Any) -> Memory:
    return Memory(**({"orders": orders, "locations": (FC,), "items": WIDGETS} | changes))


def profile(**changes: Any) -> SapProfile:
    return PROFILE.model_copy(update=changes)


@cache
def idocs() -> Idocs:
    return mappings_of(None).idocs


def shore(**changes: Any) -> SapShore:
    return SapShore(profile(**changes), idocs())


def day(text: str) -> date:
    return date.fromisoformat(text)


def number(text: str) -> Decimal:
    return Decimal(text)
