"""Files about stock as Amazon and the ERP write them, and what the gateway made of them, for tests that drop them."""

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import House

SCHEMAS = Path(__file__).parents[2] / "schemas" / "delimited"
AT = "2026-11-21T09:02:00Z"


def table(layout: str, *rows: dict[str, Any]) -> str:
    """A report with every column of its layout; what a row does not say is empty."""
    columns = list(tomllib.loads((SCHEMAS / f"{layout}.toml").read_text())["columns"])
    lines = [columns, *([str(row.get(column, "")) for column in columns] for row in rows)]
    return "\n".join("\t".join(line) for line in lines) + "\n"


def held(sku: str = "ACME-1", sellable: int = 40, **others: Any) -> dict[str, Any]:
    """A row of fba-inventory: Amazon ships the SKU, and other states are named without `afn-` and `-quantity`."""
    states = ("unsellable", "reserved", "inbound-working", "inbound-shipped", "inbound-receiving", "researching")
    counts = {f"afn-{state}-quantity": others.get(state.replace("-", "_"), 0) for state in states}
    listed = {"mfn-listing-exists": others.get("mfn", "No"), "afn-listing-exists": "Yes"}
    return {"sku": sku, "fnsku": f"X0{sku}", "afn-fulfillable-quantity": sellable, **counts, **listed}


def inventory(*rows: dict[str, Any]) -> str:
    """An fba-inventory report."""
    return table("fba-inventory", *rows)


def listing(sku: str, channel: str = "DEFAULT", quantity: int | str = "") -> dict[str, Any]:
    """A row of a listings report."""
    return {"seller-sku": sku, "listing-id": f"L{sku}", "fulfillment-channel": channel, "quantity": quantity}


def listings(*rows: dict[str, Any]) -> str:
    """A listings report."""
    return table("listings", *rows)


def event(kind: str, quantity: int, reference: str = "7001", **others: str) -> dict[str, Any]:
    """A row of ledger-detail; `reason`, `disposition`, `sku`, `date` where they are not as usual."""
    sku = others.get("sku", "ACME-1")
    return {
        "Date": others.get("date", "11/19/2026"),
        "FNSKU": f"X0{sku}",
        "MSKU": sku,
        "Event Type": kind,
        "Reference ID": reference,
        "Quantity": quantity,
        "Fulfillment Center": "PHX6",
        "Disposition": others.get("disposition", "SELLABLE"),
        "Reason": others.get("reason", ""),
        "Country": "US",
    }


def shipments(status: str, shipment: str = "FBA1") -> str:
    """What getShipments answers."""
    data = [{"ShipmentId": shipment, "ShipmentStatus": status, "DestinationFulfillmentCenterId": "PHX6"}]
    return json.dumps({"payload": {"ShipmentData": data}})


def items(shipped: int, received: int = 0, sku: str = "ACME-1", shipment: str = "FBA1") -> str:
    """What getShipmentItems answers, without its payload around it."""
    data = [{"ShipmentId": shipment, "SellerSKU": sku, "QuantityShipped": shipped, "QuantityReceived": received}]
    return json.dumps({"ItemData": data})


def stock_says(house: "House", *rows: str) -> None:
    """The ERP tells of stock: `ACME-1,FBA-US,40`."""
    house.erp_says("stock.csv", "\n".join(["sku,location,available", *rows]) + "\n")


def configure_stock(house: "House", key: str, value: str) -> None:
    """Set a key of [sellers.acme.stock]."""
    text = house.config.read_text()
    start = text.index("[sellers.acme.stock]")
    end = text.index("\n[", start)
    table = re.sub(rf"(?m)^{key} *=.*\n?", "", text[start:end])
    house.config.write_text(f"{text[:start]}{table.rstrip()}\n{key} = {value}\n{text[end:]}")


def forget_warehouses(house: "House") -> None:
    """No table of config.toml names a warehouse of ours any more."""
    configure_stock(house, "pools", "[]")
    house.config.write_text(re.sub(r"(?m)^(own_)?warehouse .*\n", "", house.config.read_text()))


def add_seller(house: "House", name: str = "bolt") -> None:
    """A second seller on the channel, who sells in South Africa, where the first one does no longer."""
    text = house.config.read_text()
    start = text.index("[sellers.acme]")
    last = text.index('[sellers.acme.marketplaces."Amazon.co.za"]')
    first = text.index("[sellers.acme.marketplaces.")
    other = (text[start:first] + text[last:]).replace("[sellers.acme", f"[sellers.{name}")
    house.config.write_text(f"{text[:last]}\n" + re.sub(r"(?m)^marketplace .*\n", "", other))


def told(house: "House", start: str) -> list[dict[str, Any]]:
    """The documents that the ERP got whose file names begin so, in the order they were written."""
    files = sorted((house.folder / "erp" / "out").glob(f"{start}*.json"), key=lambda file: file.stat().st_mtime_ns)
    return [json.loads(file.read_text()) for file in files]


def moves(house: "House", start: str = "stock-transfer") -> list[tuple[str, str, str, dict[str, str]]]:
    """The transfers that the ERP got: step, from, to, pieces by SKU; in the order of their journal entries."""
    with house.journal() as journal:
        documents = [each for each in journal.documents(type="stock-transfer") if (each.file or "").startswith(start)]
        bodies = [journal.body_of(each.id) for each in documents]
    return [
        (body["step"], body["source"], body["target"], {line["sku"]: line["quantity"] for line in body["lines"]})
        for body in bodies
    ]


def adjustments(house: "House") -> list[tuple[str, dict[tuple[str, str], str]]]:
    """The adjustments that the ERP got: reason, and pieces by SKU and location."""
    with house.journal() as journal:
        bodies = [journal.body_of(each.id) for each in journal.documents(type="stock-adjustment")]
    return [
        (body["reason"], {(line["sku"], line["location"]): line["quantity"] for line in body["lines"]})
        for body in bodies
    ]


def feeds(house: "House") -> list[dict[str, int]]:
    """The quantities that lie in amazon/out: SKU -> pieces of each feed, in the order of their names."""
    found = []
    for file in sorted((house.folder / "amazon" / "out").glob("inventory.*.json")):
        messages = json.loads(file.read_text())["messages"]
        found.append({each["sku"]: each["patches"][0]["value"][0]["quantity"] for each in messages})
    return found


def codes(house: "House") -> dict[str, str]:
    """The open cases: code -> message."""
    return {case["code"]: case["message"] for case in house.cases}
