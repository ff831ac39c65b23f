"""`gateway stock` on the samples: what is at Amazon, what drifts, what is offered, what is on its way."""

import csv
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.documents import read_erp
from tests.pipeline.stock_files import listing, listings

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[2]
AT = "2026-11-21T09:02:00Z"


@pytest.fixture
def stocked(house: "House") -> "House":
    """An instance into which every sample about stock was dropped."""
    rows = ("ACME-1,FBA-US,38", "ACME-1,ACME1,100", "ACME-26,FBA-US,12", "ACME-26,ACME1,30", "ACME-3,ACME1,4")
    house.erp_says("stock.csv", "\n".join(["sku,location,available", *rows]) + "\n")
    for file in (ROOT / "samples" / "seller").glob("stock-*"):
        shutil.copy(file, house.folder / "amazon" / "in")
    house.once(AT)
    return house


def test_a_row_for_each_sku_says_what_is_where_and_what_is_offered(stocked: "House") -> None:
    rows = {row["sku"]: row for row in stocked.json("stock", "list")}
    one = rows["ACME-1"]
    states = {name: one[name] for name in ("sellable", "reserved", "unsellable", "inbound", "researching", "future")}
    assert states == {
        "sellable": "40",
        "reserved": "15",
        "unsellable": "4",
        "inbound": "38",
        "researching": "4",
        "future": "0",
    }
    assert (one["erp"], one["drift"], one["offered"]) == ("38", "-2", None)  # Amazon ships it: nothing is offered
    assert one["stranded"].startswith("Listing closed")
    assert (rows["ACME-3"]["pool"], rows["ACME-3"]["sent"], rows["ACME-3"]["delivery"]) == ("4", "4", "delivered")


@pytest.mark.requirement("8")
def test_one_sku_is_shown_by_state_with_the_location_that_the_erp_has_for_it(stocked: "House") -> None:
    rows = {row["state"]: (row["location"], row["quantity"]) for row in stocked.json("stock", "show", "ACME-1")}
    assert rows["sellable"] == ("FBA-US", "40")
    assert rows["reserved.transfer"] == ("FBA-RESERVED", "8")
    assert rows["unsellable"] == ("FBA-UNSELLABLE", "4")
    assert rows["inbound.shipped"] == ("FBA-TRANSIT", "20")
    assert rows["inbound.working"] == (None, "10")
    assert [row["erp"] for row in stocked.json("stock", "show", "ACME-1") if row["state"] == "sellable"] == ["38"]
    assert "no report has told of a SKU NOPE" in stocked.run("stock", "show", "NOPE", code=1).output


@pytest.mark.requirement("51")
def test_one_query_shows_each_sku_that_drifts(stocked: "House") -> None:
    (row,) = stocked.json("stock", "drift")
    assert (row["sku"], row["location"], row["amazon"], row["erp"], row["difference"]) == (
        "ACME-1",
        "FBA-US",
        "40",
        "38",
        "-2",
    )
    assert "ACME-1" in stocked.run("stock", "drift").output


def test_ghosts_stand_beside_drift(house: "House") -> None:
    house.erp_says("stock.csv", "sku,location,available\nACME-2,FBA-US,5\n")
    shutil.copy(ROOT / "samples" / "seller" / "stock-fba-inventory.txt", house.folder / "amazon" / "in")
    house.once(AT)
    ghosts = {row["sku"]: (row["ghost"], row["erp"]) for row in house.json("stock", "drift") if row["ghost"]}
    assert ghosts == {"ACME-2": ("only the ERP knows it", "5")}


def test_offers_say_what_they_are_made_of_and_whether_amazon_has_them(stocked: "House") -> None:
    rows = list(csv.DictReader(io.StringIO(stocked.run("stock", "offers", "--csv").stdout)))
    assert [(row["sku"], row["pool"], row["buffer"], row["offered"], row["delivery"]) for row in rows] == [
        ("ACME-3", "4", "0", "4", "delivered")
    ]


def test_what_is_offered_no_more_says_why(house: "House") -> None:
    house.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,3\nACME-26,ACME1,4\nACME-3,ACME1,5\n")
    house.once(AT)
    shutil.copy(ROOT / "samples" / "seller" / "stock-fba-inventory.txt", house.folder / "amazon" / "in")
    house.drop("listings.txt", listings(listing("ACME-2", "DEFAULT", 5)))
    house.once("2026-11-21T10:02:00Z")
    offers = {row["sku"]: row["why"] for row in house.json("stock", "offers")}
    assert offers == {"ACME-1": "Amazon ships it", "ACME-26": "Amazon ships it", "ACME-3": "not listed as ours"}
    rows = {row["sku"]: (row["sellable"], row["sent"], row["why"]) for row in house.json("stock", "list")}
    assert rows["ACME-1"] == ("40", "3", "Amazon ships it")
    assert rows["ACME-3"] == (None, "5", "not listed as ours")


def test_an_item_whose_pool_is_gone_says_so(house: "House") -> None:
    house.erp_says("stock.csv", "sku,location,available\nACME-3,ACME1,5\n")
    house.once(AT)
    text = house.config.read_text()
    house.config.write_text(text.replace('pools            = ["ACME1"]', 'pools            = ["OTHER"]'))
    assert [row["why"] for row in house.json("stock", "offers")] == ["no stock in a pool"]


def test_shipments_are_shown_by_sku(stocked: "House") -> None:
    (row,) = stocked.json("stock", "inbound")
    assert (row["shipment"], row["status"], row["shipped"], row["received"], row["in_transit"]) == (
        "FBA15ACME001",
        "SHIPPED",
        "20",
        "12",
        "8",
    )


def test_a_listing_may_be_cut_and_narrowed_to_a_seller(stocked: "House") -> None:
    assert len(stocked.json("stock", "list", "--limit", "1")) == 1
    assert len(stocked.json("stock", "list", "--seller", "acme")) == 3
    assert "there is no seller bolt" in stocked.run("stock", "list", "--seller", "bolt", code=1).output


@pytest.mark.parametrize("verb", ["list", "drift", "offers", "inbound"])
def test_where_there_is_nothing_the_answer_is_a_word(house: "House", verb: str) -> None:
    assert house.run("stock", verb).output == "nothing\n"


def test_every_file_that_the_erp_gets_is_a_document_that_reads_back(stocked: "House") -> None:
    found = set()
    for file in (stocked.folder / "erp" / "out").glob("*.json"):
        document, findings = read_erp(file.read_bytes())
        assert document is not None, findings
        found.add(document.document)
    assert found == {"inventory-snapshot", "stock-adjustment", "stock-transfer"}
