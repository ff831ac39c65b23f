"""A shop that orders, what it calls our items, and orders of its to convert."""

from datetime import date
from typing import Any

from gateway.catalogue import Account, Item, Items
from gateway.documents import PurchaseOrder

ACCOUNT = Account(
    name="VEND7", company="k", customer="C7", currency="USD", measurement_type="EA", price_basis="ordered-unit"
)
ITEMS = Items(
    [
        Item(sku="K-1", partner="shop", partner_item="036000291452", scheme="UP", gtin_each="036000291452"),
        Item(
            sku="K-9",
            partner="shop",
            partner_item="10614141543219",
            scheme="UK",
            gtin_case="10614141543219",
            case_pack=9,
        ),
        Item(sku="K-5", partner="shop", partner_item="OLD-5", scheme="VN", status="discontinued"),
        Item(sku="K-0", partner="shop", partner_item="NO-PACK", scheme="VN"),
    ]
)


def a_line(**changes: Any) -> dict[str, Any]:
    return {
        "line": "1",
        "ordered": {"value": 24, "unit": "each", "code": "EA"},
        "price": "7.25",
        "upc": "036000291452",
    } | changes


def a_case(**changes: Any) -> dict[str, Any]:
    ordered = {"value": 4, "unit": "case", "code": "CA"}
    return {"line": "2", "ordered": ordered, "price": "20", "case_gtin": "10614141543219"} | changes


def an_order(*lines: dict[str, Any], **changes: Any) -> PurchaseOrder:
    head = {"number": "P7", "ordered_on": date(2026, 11, 20), "account": "VEND7", "ship_to": {"code": "F1"}}
    return PurchaseOrder.model_validate(head | {"lines": lines} | changes)
