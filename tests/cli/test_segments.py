"""`documents segments`, `channels list`, `partners show`: what the console shows, on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import House


def arrived(house: "House") -> str:
    """The id of an order that has come."""
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    (found,) = house.json("documents", "list", "--type", "850")
    return str(found["id"])


def test_every_value_of_a_message_is_listed_with_its_names_and_its_field(house: "House") -> None:
    rows = house.json("documents", "segments", arrived(house))
    raw = {(row["segment"], row["cell"]): row for row in rows}
    number = raw[2, "BEG03"]
    assert (number["text"], number["fields"], number["element"]) == ("A1", ["number"], "PO number")
    assert raw[2, "BEG02"]["meaning"] == "new"
    assert raw[1, "ST01"]["name"] == "Message header"
    traced = {row["field"]: row["byte"] for row in house.json("trace", "11")}
    assert {field: row["byte"] for row in rows for field in row["fields"]} == traced
    assert ["lines[0].ordered.unit", "lines[0].ordered.code"] in [row["fields"] for row in rows]


def test_a_part_of_a_message_is_listed(house: "House") -> None:
    rows = house.json("documents", "segments", arrived(house), "--from", "3", "--limit", "2")
    assert {row["segment"] for row in rows} == {3, 4}


def test_what_has_no_segments_says_where_to_look(house: "House") -> None:
    arrived(house)
    (order,) = house.json("documents", "list", "--type", "sales-order")
    told = house.run("documents", "segments", order["id"]).output
    assert f"gateway documents raw {order['id']}" in told
    assert house.json("documents", "segments", order["id"]) == []


def test_a_message_of_edifact_is_taken_apart_by_its_components(house: "House") -> None:
    sample = Path(__file__).parents[2] / "samples" / "demo" / "ORDERS_pieces.edi"
    house.drop("orders.edi", sample.read_bytes())
    house.once()
    (found,) = house.json("documents", "list", "--type", "ORDERS")
    rows = house.json("documents", "segments", found["id"])
    (number,) = [row for row in rows if row["fields"] == ["number"]]
    assert number["text"] == found["business_number"]
    assert any(row["cell"].endswith("-2") and row["fields"] for row in rows)


def test_a_partner_is_shown_and_its_rows(house: "House") -> None:
    told = house.run("partners", "show", "amazon-us").output
    assert "ZZ:5551234567" in told
    assert "last contact     never" in told
    rows = house.json("partners", "show", "amazon-us", "--rows", "850", "--limit", "2")
    assert [row["field"] for row in rows] == ["purpose", "order_type"]
    assert rows[0]["file"] == "mappings/x12/850.toml"
    assert "no partner nobody" in house.run("partners", "show", "nobody", code=1).stderr
    assert "has no message 999" in house.run("partners", "show", "amazon-us", "--rows", "999", code=1).stderr


def test_the_channels_are_listed(house: "House") -> None:
    arrived(house)
    amazon, erp = house.json("channels", "list")
    assert amazon["last_in"]["file"] == "order.edi"
    assert amazon["looked_at"] is None
    assert (erp["channel"], erp["waiting"], erp["outbox"]["waiting"]) == ("erp", 0, 0)
    assert "amazon" in house.run("channels", "list").output
