"""Statements and settlements meet, whichever comes first; what is missing or differs is a case of finance."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.config import load
from gateway.journal import Journal
from gateway.pipeline.selling.bank import DepositState, deposits, lines_of
from tests.finance.settlement_text import COLUMNS

if TYPE_CHECKING:
    from tests.conftest import House

SAMPLES = Path(__file__).parents[2] / "samples" / "seller"
STATEMENT = "booked_on,amount,currency,reference,account\n"


def settlement(number: str = "28471003921", total: str = "104.63", paid: str = "2026-07-02") -> str:
    header = "\t".join(COLUMNS)
    cells = {"settlement-id": number, "transaction-type": "Order", "order-id": "111-0000001-0000001", "amount": total}
    cells |= {"amount-type": "ItemPrice", "amount-description": "Principal", "posted-date": "2026-06-17"}
    summary = f"{number}\t2026-06-16 00:00:00 UTC\t2026-06-30 23:59:59 UTC\t{paid} 00:00:00 UTC\t{total}\tUSD"
    return "\n".join([header, summary, "\t".join(cells.get(column, "") for column in COLUMNS)]) + "\n"


def paid(house: "House", at: str = "2026-07-02T08:00:00Z", **of: str) -> None:
    house.drop(f"settlement-{of.get('number', '1')}.txt", settlement(**of))
    house.once(at)


def statement(house: "House", *rows: str, at: str = "2026-07-03T08:00:00Z", name: str = "bank-1.csv") -> None:
    house.erp_says(name, STATEMENT + "\n".join(rows) + "\n")
    house.once(at)


def cases(house: "House", code: str) -> list[dict[str, Any]]:
    return [case for case in house.cases if case["code"] == code]


def states(house: "House") -> list[DepositState]:
    config = load(house.config)
    with Journal.open(config.paths.journal, read_only=True) as journal:
        return list(deposits(journal, config, journal.entries(limit=10_000)[-1].at.date()))


@pytest.mark.requirement("18")
@pytest.mark.requirement("24")
@pytest.mark.parametrize("statement_first", [True, False])
def test_a_deposit_is_found_whichever_comes_first(house: "House", statement_first: bool) -> None:
    if statement_first:
        statement(house, "2026-07-03,104.63,USD,AMAZON,1010", at="2026-07-01T08:00:00Z")
    paid(house)
    if not statement_first:
        statement(house, "2026-07-03,104.63,USD,AMAZON,1010")
    (found,) = house.history("deposit-matched")
    assert found.body["settlement"] == "28471003921"
    assert (found.body["booked_on"], found.body["difference"]) == ("2026-07-03", "0.00")
    assert [state.state for state in states(house)] == ["matched"]
    house.once("2026-07-20T08:00:00Z")
    assert cases(house, "deposit-missing") == cases(house, "deposit-differs") == []


@pytest.mark.requirement("24")
def test_a_deposit_that_does_not_come_is_a_case_when_its_days_have_passed(house: "House") -> None:
    paid(house)
    statement(house, "2026-07-03,55.00,USD,somebody,1010")
    house.once("2026-07-09T23:59:00Z")
    assert cases(house, "deposit-missing") == []
    house.once("2026-07-10T00:01:00Z")
    (case,) = cases(house, "deposit-missing")
    assert (case["owner"], case["at_stake"]) == ("finance", "104.63")
    assert "settlement 28471003921 pays 104.63 USD on 2026-07-02" in case["message"]
    assert [state.state for state in states(house)] == ["unmatched"]


def test_the_case_closes_by_itself_once_the_line_is_there(house: "House") -> None:
    paid(house)
    statement(house, "2026-07-03,55.00,USD,somebody,1010")
    house.once("2026-07-10T00:01:00Z")
    assert cases(house, "deposit-missing")
    statement(house, "2026-07-09,104.63,USD,late,1010", at="2026-07-11T08:00:00Z", name="bank-2.csv")
    assert cases(house, "deposit-missing") == []
    assert len(house.history("deposit-matched")) == 1


@pytest.mark.requirement("24")
def test_a_deposit_with_another_amount_is_a_case_that_states_the_difference(house: "House") -> None:
    paid(house)
    statement(house, "2026-07-03,100.13,USD,AMZN 28471003921,1010")
    (case,) = cases(house, "deposit-differs")
    assert (case["owner"], case["at_stake"]) == ("finance", "4.50")
    assert "pays 104.63 USD, the bank has 100.13 of 2026-07-03: 4.50 less" in case["message"]
    (state,) = states(house)
    assert (state.state, str(state.difference)) == ("different", "-4.50")


def test_what_a_person_has_closed_stays_closed(house: "House") -> None:
    paid(house)
    statement(house, "2026-07-03,100.13,USD,AMZN 28471003921,1010")
    (case,) = cases(house, "deposit-differs")
    house.run("cases", "resolve", case["id"], "--reason", "a charge of the bank, booked")
    statement(house, "2026-07-04,1.00,USD,other,1010", at="2026-07-05T08:00:00Z", name="bank-2.csv")
    house.once("2026-07-20T08:00:00Z")
    assert cases(house, "deposit-differs") == []


def test_within_the_tolerance_it_is_matched_and_the_difference_remembered(house: "House") -> None:
    house.configure('bank_tolerance   = "0.00"', 'bank_tolerance   = "5.00"')
    paid(house)
    statement(house, "2026-07-03,100.13,USD,transfer,1010")
    (found,) = house.history("deposit-matched")
    assert found.body["difference"] == "-4.50"
    assert cases(house, "deposit-differs") == []


def test_without_any_statement_all_overdue_deposits_are_one_case(house: "House") -> None:
    for number in range(7):
        paid(house, number=f"2847100392{number}", total=f"{100 + number}.00")
    house.once("2026-07-10T00:01:00Z")
    (case,) = cases(house, "deposit-missing")
    assert "no bank statement with USD has the days of these" in case["message"]
    assert "28471003920 (100.00 on 2026-07-02)" in case["message"]
    assert "and 2 more" in case["message"]
    assert case["at_stake"] == "721.00"
    statement(house, "2026-07-01,1.00,USD,x,1", "2026-07-03,100.00,USD,x,1", at="2026-07-10T08:00:00Z")
    assert len(cases(house, "deposit-missing")) == 6, "now it is known which are missing"


def test_what_was_paid_before_the_first_statement_is_known_to_nobody(house: "House") -> None:
    paid(house)
    statement(house, "2026-09-01,5.00,USD,first,1010", at="2026-09-02T08:00:00Z")
    (case,) = cases(house, "deposit-missing")
    assert "nobody knows whether they were paid: 28471003921" in case["message"]
    assert [state.state for state in states(house)] == ["unmatched"]


def test_a_payment_that_comes_late_is_known_by_the_number_that_it_names(house: "House") -> None:
    paid(house)
    statement(house, "2026-08-20,104.63,USD,AMAZON 28471003921,1010", at="2026-08-21T08:00:00Z")
    assert [state.state for state in states(house)] == ["matched"]


def test_overlapping_statements_repeat_no_line(house: "House") -> None:
    twice = ("2026-07-03,104.63,USD,same,1010", "2026-07-03,104.63,USD,same,1010")
    statement(house, twice[0])
    statement(house, *twice, "2026-07-04,9.00,USD,new,1010", at="2026-07-04T08:00:00Z", name="bank-2.csv")
    statement(house, *twice, at="2026-07-05T08:00:00Z", name="bank-3.csv")
    with house.journal() as journal:
        assert [str(known.line.amount) for known in lines_of(journal, "USD")] == ["104.63", "104.63", "9.00"]


def test_a_settlement_that_is_issued_anew_with_another_deposit_is_looked_for_again(house: "House") -> None:
    paid(house)
    statement(house, "2026-07-03,104.63,USD,a,1010", "2026-07-04,110.00,USD,b,1010")
    paid(house, at="2026-07-05T08:00:00Z", total="110.00")
    assert [entry.body["amount"] for entry in house.history("deposit-matched")] == ["104.63", "110.00"]
    (state,) = states(house)
    assert (state.state, str(state.deposit.amount)) == ("matched", "110.00")


def test_negative_deposits_are_debits_and_nothing_needs_no_line(house: "House") -> None:
    paid(house, number="28471003921", total="-62.31")
    paid(house, number="28471003922", total="0.00")
    statement(house, "2026-07-03,-62.31,USD,AMZN direct debit,1010")
    house.once("2026-07-20T08:00:00Z")
    assert cases(house, "deposit-missing") == []
    assert {state.deposit.settlement[-1]: state.state for state in states(house)} == {"1": "matched", "2": "none"}


def test_lines_that_cannot_be_read_are_one_case_and_the_others_stand(house: "House") -> None:
    paid(house)
    bad = [f"soon,{number},USD,x,1" for number in range(7)]
    statement(house, *bad, "2026-07-03,104.63,USD,a,1010")
    (case,) = cases(house, "row-unreadable")
    assert "(and 2 more)" in case["message"]
    assert len(house.history("deposit-matched")) == 1
    assert [reason["code"] for reason in house.quarantine.values()] == ["row-unreadable"]
    statement(house, "2026-07-03,104.63,USD,a,1010", at="2026-07-04T08:00:00Z")
    assert cases(house, "row-unreadable") == []


@pytest.mark.requirement("54")
def test_from_a_line_of_the_bank_one_walks_to_its_settlement_and_back(house: "House") -> None:
    paid(house)
    statement(house, "2026-07-03,104.63,USD,AMAZON,1010")
    with house.journal() as journal:
        (known,) = lines_of(journal, "USD")
        (entry,) = journal.events(f"bank-line:{known.id}")
        assert f"settlement:acme:{entry.body['settlement']}" in entry.subjects
        back = journal.events("settlement:acme:28471003921", prefix="deposit-matched")
        assert [each.body["line"] for each in back] == [known.id]


def test_an_archived_settlement_meets_its_statement(house: "House") -> None:
    house.drop("settlement.txt", (SAMPLES / "settlement-v1.txt").read_bytes())
    house.erp_says("bank-2025-08.csv", (SAMPLES / "bank.csv").read_bytes())
    house.once("2025-09-01T08:00:00Z")
    entry = house.sales_orders["journal-entry.21000000011.json"]
    assert (entry["deposit"], entry["suspense"], entry["currency"]) == ("1026.74", "0.00", "CAD")
    (found,) = house.history("deposit-matched")
    assert found.body["reference"] == "AMAZON.CA SELLER 21000000011"
