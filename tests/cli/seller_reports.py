"""Reports of marketplaces as tests write them, and what an instance has made of them.

A row is a dictionary by column, and what is left out is empty.
"""

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.conftest import House

_LAYOUTS = Path(__file__).parents[2] / "schemas" / "delimited"


def _columns(layout: str) -> tuple[str, ...]:
    """The columns of a report as Amazon prints them today; an orders report has no url any more."""
    columns = tomllib.loads((_LAYOUTS / f"{layout}.toml").read_text())["columns"]
    return tuple(name for name in columns if name != "url")


ORDERS, SHIPMENTS = _columns("orders"), _columns("fulfilled-shipments")
TO_SHIP, RETURNS = _columns("to-ship"), _columns("customer-returns")
SETTLEMENT = _columns("settlement-v2")
Row = Mapping[str, object]


def table(columns: Iterable[str], *rows: Row) -> str:
    """A report of these rows."""
    names = list(columns)
    assert all(name in names for row in rows for name in row), [set(row) - set(names) for row in rows]
    lines = ["\t".join(names), *("\t".join(str(row.get(name, "")) for name in names) for row in rows)]
    return "".join(f"{line}\n" for line in lines)


def number(n: int) -> str:
    """An order id as Amazon writes them."""
    return f"111-{n:07}-{n:07}"


def ordered(
    n: int,
    status: str = "Unshipped",
    channel: str = "Merchant",
    sku: str = "ACME-1",
    price: object = "14.99",
    **more: object,
) -> Row:
    """A row of an orders report; other columns with underscores."""
    row = {
        "amazon-order-id": number(n),
        "purchase-date": "2026-11-18T14:02:11+00:00",
        "last-updated-date": "2026-11-19T08:00:00+00:00",
        "order-status": status,
        "fulfillment-channel": channel,
        "sales-channel": "Amazon.com",
        "sku": sku,
        "quantity": 1,
        "currency": "USD" if price else "",
        "item-price": price,
    }
    return {**row, **{name.replace("_", "-"): value for name, value in more.items()}}


def orders(*rows: Row) -> str:
    """An orders report."""
    return table(ORDERS, *rows)


def shipped(n: int, shipment: str = "D1", item: str = "D1-1", sku: str = "ACME-1", **more: object) -> Row:
    """A row of a report of fulfilled shipments."""
    row = {
        "amazon-order-id": number(n),
        "shipment-id": shipment,
        "shipment-item-id": item,
        "amazon-order-item-id": f"9{n:09}",
        "shipment-date": "2026-11-19T03:10:00+00:00",
        "sku": sku,
        "quantity-shipped": 1,
        "fulfillment-channel": "AFN",
        "sales-channel": "Amazon.com",
    }
    return {**row, **{name.replace("_", "-"): value for name, value in more.items()}}


def to_ship(
    n: int, item: str = "9001", sku: str = "ACME-1", promise: str = "2026-11-21T20:00:00+00:00", **more: object
) -> Row:
    """A row of a report of actionable orders."""
    row = {
        "order-id": number(n),
        "order-item-id": item,
        "promise-date": promise,
        "sku": sku,
        "quantity-purchased": 1,
        "quantity-shipped": 0,
        "quantity-to-ship": 1,
        "recipient-name": "Sample Buyer",
        "ship-address-1": "2 SAMPLE ST",
        "ship-city": "RENO",
        "ship-country": "US",
    }
    return {**row, **{name.replace("_", "-"): value for name, value in more.items()}}


def came_back(n: int, disposition: str = "SELLABLE", plate: str = "LPN1", sku: str = "ACME-1", **more: object) -> Row:
    """A row of a returns report."""
    row = {
        "return-date": "2026-12-02T09:00:00+00:00",
        "order-id": number(n),
        "sku": sku,
        "quantity": 1,
        "detailed-disposition": disposition,
        "license-plate-number": plate,
    }
    return {**row, **{name.replace("_", "-"): value for name, value in more.items()}}


def settlement(*lines: tuple[str, str, str, str, str, str], name: str = "31007264418", total: str = "") -> str:
    """A settlement; a line is (transaction type, order, adjustment, amount type, description, amount)."""
    total = total or str(sum((Decimal(line[-1]) for line in lines), Decimal(0)))
    head = {
        "settlement-id": name,
        "settlement-start-date": "2026-11-10 00:00:00 UTC",
        "settlement-end-date": "2026-11-24 00:00:00 UTC",
        "deposit-date": "2026-11-26 00:00:00 UTC",
        "total-amount": total,
        "currency": "USD",
    }
    rows = [
        {
            "settlement-id": name,
            "transaction-type": kind,
            "order-id": order,
            "adjustment-id": adjustment,
            "marketplace-name": "Amazon.com",
            "amount-type": amount_type,
            "amount-description": description,
            "amount": amount,
            "fulfillment-id": "AFN",
            "posted-date": "2026-11-20",
            "posted-date-time": "2026-11-20 08:14:22 UTC",
            "order-item-code": "9001",
            "sku": "ACME-1",
            "quantity-purchased": 1,
        }
        for kind, order, adjustment, amount_type, description, amount in lines
    ]
    return table(SETTLEMENT, head, *rows)


def dispatch(n: int, shipment: str = "D-1", **more: object) -> dict[str, object]:
    """A dispatch confirmation of the ERP."""
    said: dict[str, object] = {
        "document": "dispatch-confirmation",
        "version": 1,
        "seller": "acme",
        "order": number(n),
        "shipment": shipment,
        "revision": 0,
        "carrier": {"code": "UPS"},
        "tracking": "1Z999AA10000000001",
        "shipped_at": "2026-11-20T16:00:00Z",
        "lines": [{"sku": "ACME-1", "order_item": "9001", "quantity": "1"}],
    }
    return {**said, **more}


# What an instance has made of them

NOV_20 = "2026-11-20T10:00:00Z"


def sold(house: House, n: int, revision: int = 0) -> dict[str, Any]:
    """The sales order of an order, as the ERP has it."""
    name = f"sales-order.acme.{number(n)}.{f'{revision}.' if revision else ''}json"
    found: dict[str, Any] = house.sales_orders[name]
    return found


def outs(house: House, kind: str) -> list[dict[str, Any]]:
    """The documents of a kind for the ERP."""
    return [body for name, body in house.sales_orders.items() if name.startswith(f"{kind}.")]


def codes(house: House) -> list[str]:
    return sorted(case["code"] for case in house.cases)


def case(house: House, code: str) -> dict[str, Any]:
    (found,) = (case for case in house.cases if case["code"] == code)
    return found


def fed(house: House) -> list[list[str]]:
    """The rows of the files for Amazon."""
    files = sorted((house.folder / "amazon" / "out").glob("fulfilment.*.txt"))
    return [line.split("\t") for file in files for line in file.read_text().splitlines()[1:]]
