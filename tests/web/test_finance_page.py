"""Finance: from the deposit to the line and back, suspense, and what partners owe."""

import re
from pathlib import Path

import pytest

from tests.web.conftest import Console

DEMO = Path(__file__).parents[2] / "samples" / "demo"
NUMBER = "41007700001"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def books(console: Console) -> Console:
    """A console over an instance to which a settlement came."""
    console.house.drop("settlement.txt", (DEMO / "settlement.txt").read_bytes())
    console.house.once("2026-11-20T21:05:00Z")
    return console


def test_the_page_shows_settlement_suspense_reserve_and_deposit(books: Console) -> None:
    page = books.page("/finance")
    (settlement,) = books.house.json("settlements", "list", "--at", "2026-11-20T21:05:00Z")
    assert f"{NUMBER} acme" in page
    assert f"{settlement['deposit']} USD" in page
    assert "250.00 USD kept back by Amazon; 310.40 USD before" in page
    (line,) = books.house.json("settlements", "suspense")
    assert line["amount_description"] in page
    assert line["chart_row"] in page
    assert "1 deposit the bank does not confirm" in page


def test_a_deposit_leads_to_entries_lines_and_back(books: Console) -> None:
    page = books.get(f"/finance/settlements/{NUMBER}").text
    (entry,) = books.house.json("settlements", "show", NUMBER)["entries"]
    assert f'href="/documents/{entry["document"]}"' in page
    assert f'id="entry-{entry["document"]}"' in page
    lines = books.house.json("settlements", "lines", NUMBER)
    assert page.count('data-label="Line"') == len(lines)
    assert page.count(f'href="#entry-{entry["document"]}"') == len(lines)
    back = books.get(f"/documents/{entry['document']}").text
    assert f'href="/finance/settlements/{NUMBER}"' in back


def test_debits_equal_credits_on_the_page(books: Console) -> None:
    page = books.page(f"/finance/settlements/{NUMBER}")
    balance = re.search(r"([\d,.]+) debits, and ([\d,.]+) credits", page)
    assert balance is not None
    assert balance[1] == balance[2]


def test_the_lines_are_narrowed_and_paged(books: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = books.house.json("settlements", "lines", NUMBER)
    order = next(each["order"] for each in lines if each["order"])
    wanted = [each for each in lines if each["order"] == order]
    page = books.get(f"/finance/settlements/{NUMBER}?order={order}").text
    assert page.count('data-label="Line"') == len(wanted)
    monkeypatch.setattr("gateway.web.pages.finance._LINES", 2)
    first = books.get(f"/finance/settlements/{NUMBER}").text
    further = re.search(r'href="([^"]*after=\d+)#lines"', first)
    assert further is not None
    second = books.get(further[1].replace("&amp;", "&")).text
    seen = re.compile(r'data-label="Line" class="num">(\d+)')
    assert [*seen.findall(first), *seen.findall(second)] == [str(each["line"]) for each in lines[:4]]


def test_what_is_not_there_is_not_found(books: Console) -> None:
    books.get("/finance/settlements/1", 404)
    books.get("/finance/settlements/..%2F..", 404)
    books.get("/finance?seller=nobody", 404)
    books.get("/finance?status=nope", 400)
    books.get(f"/finance/settlements/{NUMBER}?after=x", 400)


def test_what_a_report_says_is_text(console: Console) -> None:
    text = (DEMO / "settlement.txt").read_text().replace("Aged inventory relocation", HOSTILE)
    assert HOSTILE in text
    console.house.drop("settlement.txt", text)
    console.house.once("2026-11-20T21:05:00Z")
    for path in ("/finance", f"/finance/settlements/{NUMBER}"):
        page = console.get(path).text
        assert HOSTILE not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_nothing_yet_is_said_calmly(console: Console) -> None:
    page = console.page("/finance")
    assert "No settlement has come." in page
    assert "Every line has its account." in page
