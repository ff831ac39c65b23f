"""The orders of the reference give its sales orders, where the reference is at hand."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue import Account, Items, read_items, to_erp
from gateway.documents import PurchaseOrder, write_erp

EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"


def example_order(number: str) -> dict[str, Any]:
    """The purchase orders of the reference as their messages mean them."""
    us = {"currency": "USD", "account": "ACME1", "ship_to": {"code": "PHX6"}}
    us["window"] = {"not_before": date(2026, 11, 25), "not_after": date(2026, 12, 2)}
    eu = {"currency": "EUR", "account": "ACME5", "ship_to": {"code": "5450534000086", "country": "DE"}}
    eu["window"] = {"not_before": date(2026, 11, 24), "not_after": date(2026, 11, 27)}

    def line(line: str, value: int, price: str, unit: str = "item", **ids: str) -> dict[str, Any]:
        ordered = {"value": value, "unit": unit, "code": {"each": "EA", "case": "CA"}.get(unit)}
        return {"line": line, "ordered": ordered, "price": price, **ids}

    lines = {
        "amazon-us.4XK7PL2Q": [
            line("1", 24, "7.25", "each", upc="614141000012"),
            line("2", 10, "43.5", "case", case_gtin="10614141000026"),
            line("3", 6, "12", "each", vendor_sku="ACM-003"),
        ],
        "amazon-us.T0000001": [
            line("1", 12, "7.25", "each", upc="614141000012"),
            line("2", 5, "9.99", "each", vendor_sku="INVALID-SKU"),
            line("3", 6, "12", "each", vendor_sku="ACM-003"),
            line("4", 2, "43.5", "case", case_gtin="10614141000026"),
        ],
        "amazon-eu.1AB2TEST": [
            line("1", 24, "7.25", ean="4012345000016"),
            line("2", 40, "10.87", vendor_sku="ACM-002"),
            line("3", 6, "12", vendor_sku="ACM-003"),
        ],
        "amazon-eu.T0000001": [
            line("1", 12, "7.25", ean="4012345000016"),
            line("2", 5, "9.99", vendor_sku="INVALID-SKU"),
            line("3", 6, "12", vendor_sku="ACM-003"),
            line("4", 20, "10.87", vendor_sku="ACM-002"),
        ],
    }
    head = {"number": number[-8:], "ordered_on": date(2026, 11, 20), "lines": lines[number]}
    return head | (us if number.startswith("amazon-us") else eu)


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the reference examples are not beside this checkout")
@pytest.mark.parametrize(
    "number", ["amazon-us.4XK7PL2Q", "amazon-us.T0000001", "amazon-eu.1AB2TEST", "amazon-eu.T0000001"]
)
def test_the_orders_of_the_reference_give_its_sales_orders(number: str) -> None:
    rows, findings = read_items((EXAMPLES / "items.csv").read_bytes())
    assert findings == ()
    us = Account(
        name="ACME1",
        company="acme",
        customer="AMAZON-US",
        currency="USD",
        measurement_type="EA",
        price_basis="ordered-unit",
    )
    eu = replace(us, name="ACME5", company="acme-eu", customer="AMAZON-EU", currency="EUR", price_basis="each")
    partner = number[:9]
    invalid = frozenset({"2"}) if number.endswith("T0000001") else frozenset()
    order = PurchaseOrder.model_validate(example_order(number))
    result = to_erp(order, partner, us if partner == "amazon-us" else eu, Items(rows), leave_out=invalid)
    assert result.gaps == ()
    assert result.document is not None
    expected = json.loads((EXAMPLES / "erp" / f"sales-order.{number}.json").read_text(encoding="utf-8"))
    assert json.loads(write_erp(result.document)) == expected
