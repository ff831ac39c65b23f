"""`gateway remittances list`: what became of each invoice, and money for none, on an instance on disk."""

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from gateway.instance import open_instance

if TYPE_CHECKING:
    from tests.conftest import House

TAKEN_AT = "2026-11-27T12:00:00Z"
PAID_AT = "2027-01-25T12:00:00Z"
DUE_AT = "2027-01-26T12:00:00Z"
LATE = "2027-01-27T12:00:00Z"


def charge(house: "House", number: str, total: str, partner: str = "amazon-us") -> None:
    """An invoice of the ERP, as the shore keeps it; it is due on 2027-01-26 by the terms of the example."""
    price = {"amount": total, "per": "1", "unit": "each"}
    body = {
        "document": "invoice",
        "version": 1,
        "partner": partner,
        "invoice": number,
        "invoiced_on": "2026-11-27",
        "currency": "USD" if partner == "amazon-us" else "EUR",
        "lines": [{"purchase_order": "4XK7PL2Q", "line": "1", "quantity": "1", "amount": total, "price": price}],
        "total": total,
    }
    instant = datetime.fromisoformat(TAKEN_AT)
    with open_instance(house.config, clock=lambda: instant) as instance, instance.journal.transaction(instant) as tx:
        tx.store_document(
            type="invoice",
            direction="in",
            partner=partner,
            business_number=number,
            body=body,
            subjects=(f"invoice:{partner}:{number}",),
        )
        tx.store_document(
            type="810" if partner == "amazon-us" else "INVOIC",
            direction="out",
            partner=partner,
            business_number=number,
            body={},
            delivery="delivered",
        )


def pay(house: "House", *segments: str, total: str) -> None:
    """An 820 comes; the segments are those of its items."""
    body = ("ST*820*0001", f"BPR*I*{total}*C*ACH*CTX***********20270125", "TRN*1*AP1", "CUR*PR*USD", "ENT*1", *segments)
    message = "".join(f"{segment}~\n" for segment in (*body, f"SE*{len(body) + 1}*0001"))
    house.drop("820.edi", house.interchange(message, control=107).replace("GS*PO", "GS*RA"))
    house.once(PAID_AT)
    assert house.quarantine == {}


@pytest.fixture
def paid(house: "House") -> "House":
    """Five invoices, of which a remittance pays three: one whole, one short, one over, and something else."""
    house.once(TAKEN_AT)
    for number, total in (("INV-1", "100"), ("INV-2", "435"), ("INV-3", "50"), ("INV-4", "70.5")):
        charge(house, number, total)
    charge(house, "RE-1", "9.90", "amazon-eu")
    short = ("RMR*IV*INV-2**430.65*435", "ADX*-3*01", "ADX*-1.35*ZZ")
    pay(house, "RMR*IV*INV-1**100", *short, "RMR*IV*INV-3**51", "RMR*IV*X-1**7", "ADX*-1*50", total="588.65")
    return house


def listed(house: "House", *options: str, at: str = PAID_AT) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = house.json("remittances", "list", "--at", at, *options)
    return rows


def test_every_invoice_is_a_row_and_what_settles_none_is_one_too(paid: "House") -> None:
    rows = listed(paid)
    assert [(row["partner"], row["invoice"], row["status"], row["paid"], row["difference"]) for row in rows] == [
        ("amazon-eu", "RE-1", "open", "0.00", "9.90"),
        ("amazon-us", "INV-1", "paid", "100.00", "0.00"),
        ("amazon-us", "INV-2", "short", "430.65", "4.35"),
        ("amazon-us", "INV-3", "over", "51.00", "-1.00"),
        ("amazon-us", "INV-4", "open", "0.00", "70.50"),
        ("amazon-us", "X-1", "unmatched", "7.00", None),
    ]
    cases = {case["id"]: case["code"] for case in paid.cases}
    assert [cases.get(row["case"]) for row in rows] == [
        *(None, None, "short-paid", "over-paid", None, "remittance-unmatched")
    ]


def test_a_row_says_what_was_asked_paid_and_taken_off(paid: "House") -> None:
    [row] = listed(paid, "--status", "short")
    [case] = [case for case in paid.cases if case["code"] == "short-paid"]
    assert (case["at_stake"], case["owner"]) == ("4.35", "finance")
    assert row == {
        "partner": "amazon-us",
        "invoice": "INV-2",
        "purchase_orders": ["4XK7PL2Q"],
        "invoiced_on": "2026-11-27",
        "due_on": "2027-01-26",
        "currency": "USD",
        "amount": "435.00",
        "paid": "430.65",
        "difference": "4.35",
        "status": "short",
        "reasons": ["01 price -3", "ZZ of unknown meaning -1.35"],
        "settled": None,
        "remittance": "AP1",
        "case": case["id"],
        "at": PAID_AT,
    }
    [unmatched] = listed(paid, "--status", "unmatched")
    assert (unmatched["amount"], unmatched["reasons"], unmatched["remittance"]) == (None, ["50 late -1"], "AP1")


def test_an_invoice_is_overdue_as_of_the_time_that_is_asked(paid: "House") -> None:
    assert [row["invoice"] for row in listed(paid, "--status", "overdue", at=DUE_AT)] == []
    assert [row["invoice"] for row in listed(paid, "--status", "overdue", at=LATE)] == ["RE-1", "INV-4"]
    [row] = listed(paid, "--status", "overdue", "--partner", "amazon-us", at=LATE)
    assert (row["at"], row["due_on"], row["case"]) == (TAKEN_AT, "2027-01-26", None)


def test_rows_are_narrowed_by_partner_status_and_number(paid: "House") -> None:
    assert [row["invoice"] for row in listed(paid, "--partner", "amazon-eu")] == ["RE-1"]
    assert [row["invoice"] for row in listed(paid, "--limit", "2")] == ["RE-1", "INV-1"]
    assert [row["invoice"] for row in listed(paid, "--status", "open", "--limit", "1")] == ["RE-1"]
    paid.run("remittances", "list", "--status", "late", code=2)


def test_what_a_person_has_closed_is_money_for_nothing_we_know_still(paid: "House") -> None:
    [row] = listed(paid, "--status", "unmatched")
    paid.run("cases", "resolve", row["case"], "--reason", "booked by hand", "--at", PAID_AT)
    assert [each["case"] for each in listed(paid, "--status", "unmatched")] == [None]


def test_the_list_is_a_table_for_people_and_csv_for_programs(paid: "House") -> None:
    rows = list(csv.DictReader(io.StringIO(paid.run("remittances", "list", "--csv", "--at", PAID_AT).stdout)))
    assert [(row["invoice"], row["difference"]) for row in rows][2:4] == [("INV-2", "4.35"), ("INV-3", "-1.00")]
    table = paid.run("remittances", "list", "--at", PAID_AT).stdout
    assert "INV-2" in table
    assert table.splitlines()[0].startswith("partner")


def test_where_there_is_nothing_it_says_so(house: "House") -> None:
    assert house.run("remittances", "list").stdout == "no invoices and no remittances\n"


def test_an_ending_that_is_no_regular_expression_is_told_by_check(house: "House") -> None:
    house.configure("invoice_suffixes  = []", 'invoice_suffixes  = ["SC(R"]')
    said = house.run("check", code=78).output
    assert "invoice_suffixes" in said
    assert "'SC(R' is no regular expression" in said
    house.configure('["SC(R"]', '["SC(R)?"]')
    house.run("check")


def test_a_difference_that_finance_has_booked_is_settled(paid: "House") -> None:
    [short] = paid.json("remittances", "list", "--status", "short", "--at", PAID_AT)
    paid.run("cases", "resolve", short["case"], "--reason", "booked as price deduction", "--at", PAID_AT)
    assert paid.json("remittances", "list", "--status", "short", "--at", PAID_AT) == []
    [row] = paid.json("remittances", "list", "--status", "settled", "--at", PAID_AT)
    assert row["invoice"] == short["invoice"]
    assert row["settled"].endswith(": booked as price deduction")
