"""Stock: by SKU, drift, offers, inbound."""

from pathlib import Path

import pytest

from tests.web.conftest import Console

DEMO = Path(__file__).parents[2] / "samples" / "demo"


@pytest.fixture
def shelves(console: Console) -> Console:
    """A console over an instance whose own stock is offered."""
    console.house.drop("orders.txt", (DEMO / "orders.txt").read_bytes())
    console.house.drop("stock.csv", (DEMO / "stock.csv").read_bytes(), "erp/in")
    console.house.once("2026-11-20T21:05:00Z")
    return console


def test_each_sku_stands_with_what_is_offered(shelves: Console) -> None:
    (row, *_) = shelves.house.json("stock", "list", "--at", "2026-11-20T21:05:00Z")
    page = shelves.page("/stock")
    assert row["sku"] in page
    assert f"{row['offered']}" in page
    offers = page.partition("Offers")[2]
    assert f"{row['sku']} {row['pool']} {row['buffer']} {row['pending']} {row['offered']} {row['sent']}" in offers


def test_a_sku_is_searched_by_how_it_begins(shelves: Console) -> None:
    assert "ACME-26" in shelves.page("/stock?sku=acme").partition("By SKU")[2]
    assert "No report and no master tells" in shelves.page("/stock?sku=ZZZ")


def test_further_skus_stand_on_further_pages(shelves: Console) -> None:
    skus = [row["sku"] for row in shelves.house.json("stock", "list", "--at", "2026-11-20T21:05:00Z")]
    assert skus[0] not in shelves.page(f"/stock?after={skus[0]}").partition("By SKU")[2].partition("Drift")[0]


def test_nothing_yet_and_nobody_are_told(console: Console) -> None:
    assert "No report has told of stock yet." in console.page("/stock")
    console.get("/stock?seller=nobody", 404)


def test_what_was_asked_is_text(console: Console) -> None:
    page = console.get("/stock?sku=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page
