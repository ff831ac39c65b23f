"""Deposits, taxes and reimbursements as finance asks for them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import House


SAMPLES = Path(__file__).parents[2] / "samples" / "seller"


@pytest.fixture
def books(house: "House") -> "House":
    """An archived settlement, its bank statement, a month of taxes, and reimbursements."""
    for name in ("settlement-v1.txt", "vat.txt", "reimbursements.txt"):
        house.drop(name, (SAMPLES / name).read_bytes())
    house.erp_says("bank-2025-08.csv", (SAMPLES / "bank.csv").read_bytes())
    house.once("2026-07-03T08:00:00Z")
    return house


@pytest.mark.requirement("20")
@pytest.mark.requirement("24")
def test_deposits_are_listed_with_what_the_bank_has(books: "House") -> None:
    (row,) = books.json("settlements", "deposits")
    assert (row["settlement"], row["deposit"], row["bank"], row["amount"], row["difference"]) == (
        "21000000011",
        "1026.74",
        "matched",
        "1026.74",
        "0.00",
    )
    assert books.json("settlements", "deposits", "--state", "unmatched") == []
    assert "2025-08-27" in books.run("settlements", "deposits").stdout


@pytest.mark.requirement("27")
def test_a_month_of_taxes_is_shown_with_who_owes_them(books: "House") -> None:
    (month,) = books.json("settlements", "taxes", "--month", "2026-06")
    assert (month["seller"], month["rows"], month["is_complete"]) == ("acme", 7, True)
    assert "7 rows of vat.txt" in books.run("settlements", "taxes", "--month", "2026-06").stdout
    lines = books.json("settlements", "taxes", "--month", "2026-06", "--lines")
    assert [line["responsible"] for line in lines] == [*["seller"] * 4, "marketplace", "marketplace"]
    assert books.json("settlements", "taxes", "--month", "2026-05") == []


def test_reimbursements_are_listed_and_compared_by_month(books: "House") -> None:
    rows = books.json("settlements", "reimbursements")
    assert {row["reimbursement"] for row in rows} >= {"900001", "900003"}
    months = {(row["month"], row["currency"]): row for row in books.json("settlements", "reimbursements", "--by-month")}
    assert months["2025-08", "CAD"]["settled"] == "310.55"
    assert months["2026-06", "USD"]["reported"] == "30.50"
