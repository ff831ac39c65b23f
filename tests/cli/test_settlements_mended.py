"""What people put right: an entry that the ERP refused, a settlement issued anew, and the chart of accounts."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.instance import fixed_clock, open_instance
from gateway.pipeline.selling import settlements
from gateway.pipeline.selling.suspense import CASES, clear_suspense
from gateway.turn import Turn
from tests.cli.test_settlements import (
    AT,
    BANK,
    LATER,
    NEW_FEE,
    NUMBER,
    SUSPENSE,
    add_rule,
    balances,
    cases,
    drop,
    entries,
    net,
)
from tests.conftest import House
from tests.finance.settlement_text import Line, other, report, sale

RULE = "other-transaction,other-transaction,Peak surcharge 2,*,storage_fees,"
SOON = datetime(2026, 7, 21, 9, tzinfo=UTC)


def answer(house: House, entry: str, result: str, message: str | None = None, at: str = LATER) -> None:
    """The ERP answers an entry of the settlement."""
    said = {"document": "posting-result", "version": 1, "id": f"acme:journal-entry:{entry}", "number": None}
    house.erp_says(f"result-{at[:19].replace(':', '')}-{result}.json", {**said, "result": result, "message": message})
    house.once(at)


def document_of(house: House, entry: str) -> str:
    shown = house.json("settlements", "show", NUMBER)["entries"]
    return str(next(each["document"] for each in shown if each["id"] == f"acme:journal-entry:{entry}"))


def booked(house: House, account: str, *left_out: str) -> Decimal:
    """What an ERP has on an account that booked every entry but these."""
    return sum((net(each, account) for name, each in entries(house).items() if name not in left_out), Decimal(0))


# What the ERP refused


@pytest.mark.requirement("18")
def test_a_refused_entry_goes_again_byte_for_byte_when_the_erp_is_put_right(house: House) -> None:
    drop(house, [*sale()])
    answer(house, NUMBER, "refused", "period 2026-06 is closed")
    (case,) = cases(house, "posting-refused")
    document = document_of(house, NUMBER)
    assert f"`gateway documents resend {document}`" in case["remedy"]
    said = house.run("documents", "resend", document, "--reason", "the period is open", "--at", LATER).stdout
    assert f"sends journal-entry.{NUMBER}.again-2.json again to erp" in said
    house.once(LATER)
    folder = house.folder / "erp" / "out"
    first = (folder / f"journal-entry.{NUMBER}.json").read_bytes()
    assert (folder / f"journal-entry.{NUMBER}.again-2.json").read_bytes() == first
    assert len(cases(house, "posting-refused")) == 1, "it is open until the ERP has booked it"
    assert [row["status"] for row in house.json("settlements", "list")] == ["posted"]
    answer(house, NUMBER, "refused", "period 2026-06 is closed", at="2026-07-21T09:00:00Z")
    assert [row["status"] for row in house.json("settlements", "list")] == ["refused"], "the same answer, once more"
    house.run("documents", "resend", document, "--at", "2026-07-21T09:30:00Z")
    house.once("2026-07-21T09:30:00Z")
    assert (folder / f"journal-entry.{NUMBER}.again-3.json").is_file()
    answer(house, NUMBER, "booked", at="2026-07-21T10:00:00Z")
    assert cases(house, "posting-refused") == []
    assert [row["status"] for row in house.json("settlements", "list")] == ["booked"]
    refused = house.run("documents", "resend", document, code=1)
    assert "the ERP has booked it" in refused.stderr


def test_the_plan_for_a_refused_entry_says_what_to_do_first(house: House) -> None:
    drop(house, [*sale()])
    answer(house, NUMBER, "refused", "account 4000 is blocked")
    plan = house.json("documents", "resend", document_of(house, NUMBER), "--dry-run")
    (way,) = [each for each in plan if each["open"]]
    assert (way["way"], way["reason"]) == ("retransmit", "correct first in the ERP what it refused for")
    assert "under a new name" in way["meaning"]


def test_what_was_refused_and_is_issued_anew_is_not_reversed(house: House) -> None:
    drop(house, [*sale(), other("-3.00", "Storage Fee")])
    answer(house, NUMBER, "refused", "period 2026-06 is closed")
    document = document_of(house, NUMBER)
    drop(house, [*sale(), other("-3.50", "Storage Fee")], name="anew.txt", at="2026-07-21T09:00:00Z")
    assert sorted(entries(house)) == [NUMBER, f"{NUMBER}.r1"]
    assert booked(house, BANK, NUMBER) == Decimal("101.13")
    assert cases(house, "posting-refused") == []
    assert [row["status"] for row in house.json("settlements", "list")] == ["posted"]
    shown = house.json("settlements", "show", NUMBER)
    assert [each["is_superseded"] for each in shown["entries"]] == [True, False]
    fees = [Decimal(row["debit"]) for row in shown["accounts"] if row["account"] == "6020"]
    assert fees == [Decimal("3.50")]
    answer(house, f"{NUMBER}:r1", "booked", at="2026-07-21T10:00:00Z")
    assert [row["status"] for row in house.json("settlements", "list")] == ["booked"]
    refused = house.run("documents", "resend", document, code=1)
    assert "a later document stands in its place" in refused.stderr


def test_what_was_booked_and_is_issued_anew_is_reversed_and_the_status_is_of_what_counts(house: House) -> None:
    drop(house, [*sale(), other("-3.00", "Storage Fee")])
    answer(house, NUMBER, "booked")
    drop(house, [*sale(), other("-3.50", "Storage Fee")], name="anew.txt", at="2026-07-21T09:00:00Z")
    assert sorted(entries(house)) == [NUMBER, f"{NUMBER}.r1", f"{NUMBER}.reversal"]
    assert booked(house, BANK) == Decimal("101.13")
    answer(house, f"{NUMBER}:reversal", "booked", at="2026-07-21T10:00:00Z")
    assert [row["status"] for row in house.json("settlements", "list")] == ["posted"]
    answer(house, f"{NUMBER}:r1", "booked", at="2026-07-21T11:00:00Z")
    assert [row["status"] for row in house.json("settlements", "list")] == ["booked"]


def test_an_entry_that_was_reversed_before_it_was_refused_counts_still(house: House) -> None:
    drop(house, [*sale(), other("-3.00", "Storage Fee")])
    drop(house, [*sale(), other("-3.50", "Storage Fee")], name="anew.txt", at=LATER)
    answer(house, NUMBER, "refused", "period 2026-06 is closed", at="2026-07-21T09:00:00Z")
    assert [row["status"] for row in house.json("settlements", "list")] == ["refused"]
    house.run("documents", "resend", document_of(house, NUMBER), "--at", "2026-07-21T10:00:00Z")


def test_a_refused_move_out_of_suspense_is_not_reversed_either(house: House) -> None:
    drop(house, [*sale(), NEW_FEE])
    answer(house, NUMBER, "booked")
    add_rule(house, RULE)
    house.once("2026-07-21T09:00:00Z")
    moved = f"{NUMBER}.reclass-1"
    answer(house, moved.replace(".", ":"), "refused", "account 6020 is blocked", at="2026-07-21T10:00:00Z")
    drop(house, [*sale(), replace(NEW_FEE, amount="-20.00")], name="anew.txt", at="2026-07-21T11:00:00Z")
    assert sorted(entries(house)) == [NUMBER, f"{NUMBER}.r1", moved, f"{NUMBER}.reversal"]
    assert booked(house, SUSPENSE, moved) == 0
    assert booked(house, "6020", moved) == Decimal("20.00")
    assert cases(house, "posting-refused") == []


def test_what_the_erp_books_after_it_was_issued_anew_is_a_case_for_finance(house: House) -> None:
    drop(house, [*sale(), other("-3.00", "Storage Fee")])
    answer(house, NUMBER, "refused", "period 2026-06 is closed")
    drop(house, [*sale(), other("-3.50", "Storage Fee")], name="anew.txt", at="2026-07-21T09:00:00Z")
    answer(house, NUMBER, "refused", "period 2026-06 is still closed", at="2026-07-21T10:00:00Z")
    assert cases(house, "posting-refused") == []
    answer(house, NUMBER, "booked", at="2026-07-21T11:00:00Z")
    (case,) = cases(house, "booked-after-all")
    assert (case["owner"], "both count now" in case["message"]) == ("finance", True)


# Suspense


def odd(amount: str, amount_type: str, description: str) -> Line:
    return Line(amount=amount, transaction_type="Foo", amount_type=amount_type, description=description, order="")


def rows_asked_for(house: House) -> list[str]:
    with house.journal() as journal:
        (case,) = journal.open_cases(key_prefix=CASES)
    return str(case.evidence["rows"]).splitlines()


ODD = [
    odd("1.00", "", "No type"),
    odd("2.00", "K", ""),
    odd("3.00", "K", '12" record'),
    odd("4.00", "K", '12" record, fee'),
    odd("5.00", "K", "a; b; c; d; e; f"),
    odd("6.00", "*", "star"),
]


def test_the_rows_that_suspense_asks_for_can_be_put_into_the_chart(house: House) -> None:
    drop(house, [*sale(), *ODD])
    printed = house.run("settlements", "suspense").stdout.partition("ACCOUNT:\n")[2].splitlines()
    assert rows_asked_for(house) == printed
    for row in printed:
        add_rule(house, row.replace("ACCOUNT", "other_fees"))
    house.run("check")
    house.once(LATER)
    assert cases(house, "unmapped-fee") == cases(house, "chart-unreadable") == []
    assert house.json("settlements", "suspense") == []
    assert net(entries(house)[f"{NUMBER}.reclass-1"], "6090") == Decimal("-21.00")


def test_what_comes_and_what_goes_under_one_name_is_not_netted(house: House) -> None:
    drop(house, [*sale(), odd("5.00", "Bar", "Baz"), odd("-5.00", "Bar", "Baz")])
    (case,) = cases(house, "unmapped-fee")
    assert "Foo / Bar / Baz 5.00 (1 line); Foo / Bar / Baz -5.00 (1 line)" in case["message"]
    assert case["at_stake"] == "10.00"
    assert rows_asked_for(house) == ["Foo,Bar,Baz,*,ACCOUNT,"]


def test_another_account_for_suspense_strands_nothing(house: House) -> None:
    drop(house, [*sale(), NEW_FEE])
    house.configure('suspense         = "1290"', 'suspense         = "1299"')
    add_rule(house, "X,Y,Z,*,other_fees,")
    house.once(LATER)
    assert len(cases(house, "unmapped-fee")) == 1
    assert [row["amount"] for row in house.json("settlements", "suspense")] == ["-17.45"]
    add_rule(house, RULE)
    house.once("2026-07-21T09:00:00Z")
    moved = entries(house)[f"{NUMBER}.reclass-1"]
    assert (net(moved, SUSPENSE), net(moved, "1299"), balances(moved)) == (Decimal("-17.45"), Decimal(0), True)
    assert cases(house, "unmapped-fee") == []


def test_one_entry_that_cannot_be_moved_costs_the_others_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(house, [*sale(), NEW_FEE])
    drop(house, [*sale("111-9"), NEW_FEE], name="two.txt", settlement="55")
    real = clear_suspense

    def fails(seller: Any, settlement: str, *more: Any) -> int:
        if settlement == NUMBER:
            raise ValueError("broken")
        return real(seller, settlement, *more)

    monkeypatch.setattr(settlements, "clear_suspense", fails)
    add_rule(house, RULE)
    house.once(LATER)
    assert "55.reclass-1" in entries(house)
    (case,) = cases(house, "internal-error")
    assert "broken" in case["message"]
    monkeypatch.undo()
    house.once("2026-07-21T09:30:00Z")
    assert f"{NUMBER}.reclass-1" in entries(house)
    assert cases(house, "internal-error") == cases(house, "unmapped-fee") == []


# The chart of accounts


def test_a_bad_row_of_the_chart_stops_nothing_and_is_told_until_it_is_right(house: House) -> None:
    chart = house.folder / "chart.csv"
    line = len(chart.read_text(encoding="utf-8").splitlines()) + 1
    add_rule(house, "Order,ItemFees,New Fee,*,comission,")
    add_rule(house, RULE)
    checked = house.run("check", code=78).stdout
    assert f"chart.csv:{line}: there is no account 'comission'" in checked
    looks = {
        look["what"]: look["problem"] for look in json.loads(house.run("doctor", "--at", AT, "--json", code=1).stdout)
    }
    assert f"chart.csv:{line}:" in looks["charts"]
    house.drop("order.edi", house.interchange(house.order("A1")))
    drop(house, [*sale(), NEW_FEE])
    assert list(entries(house)) == [NUMBER]
    assert any(name.startswith("sales-order") for name in house.sales_orders)
    assert cases(house, "unmapped-fee") == []
    (case,) = cases(house, "chart-unreadable")
    assert (case["owner"], f"chart.csv:{line}: " in case["message"]) == ("finance", True)
    house.once(LATER)
    told = [entry for entry in house.history("case-") if "comission" in str(entry.body)]
    assert len(told) == 1
    chart.write_text(chart.read_text(encoding="utf-8").replace("comission", "commission"), encoding="utf-8")
    house.once("2026-07-21T09:00:00Z")
    assert cases(house, "chart-unreadable") == []
    house.run("check")


@pytest.mark.parametrize("spoil", ["missing", "no header", "not UTF-8"])
def test_without_a_chart_settlements_are_held_and_nothing_else_is(house: House, spoil: str) -> None:
    chart = house.folder / "chart.csv"
    good = chart.read_bytes()
    chart.write_bytes({"missing": b"", "no header": b"a,b\n", "not UTF-8": b"\xff\n"}[spoil])
    if spoil == "missing":
        chart.unlink()
    house.drop("order.edi", house.interchange(house.order("A1")))
    drop(house, [*sale()])
    assert entries(house) == {}
    assert any(name.startswith("sales-order") for name in house.sales_orders)
    (case,) = cases(house, "settlement-uncharted")
    assert str(chart) in case["message"]
    assert house.quarantine["settlement.txt"]["code"] == "settlement-uncharted"
    assert [row["status"] for row in house.json("settlements", "list")] == ["uncharted"]
    assert "settlements are held" in cases(house, "chart-unreadable")[0]["remedy"]
    house.run("check", code=78)
    chart.write_bytes(good)
    drop(house, [*sale()], at=LATER)
    assert list(entries(house)) == [NUMBER]
    assert cases(house, "settlement-uncharted") == cases(house, "chart-unreadable") == []


def test_a_row_that_leads_to_the_bank_or_back_to_suspense_counts_for_nothing(house: House) -> None:
    add_rule(house, "Foo,Bar,Baz,*,bank,")
    add_rule(house, f"Foo,Bar,Qux,*,{SUSPENSE},")
    drop(house, [*sale(), odd("5.00", "Bar", "Baz"), odd("7.00", "Bar", "Qux")])
    (entry,) = entries(house).values()
    assert net(entry, BANK) == Decimal(entry["deposit"])
    assert entry["suspense"] == "12.00"
    (case,) = cases(house, "chart-unreadable")
    assert case["message"].count("for the gateway alone") == 2


def test_an_account_by_its_number_is_the_account_by_its_name(house: House) -> None:
    chart = house.folder / "chart.csv"
    text = chart.read_text(encoding="utf-8")
    by_number = text.replace("Order,ItemPrice,Principal,*,revenue", "Order,ItemPrice,Principal,*,4000")
    assert by_number != text
    chart.write_text(by_number, encoding="utf-8")
    drop(house, [*sale()])
    (entry,) = entries(house).values()
    assert (net(entry, "4000"), net(entry, "1200")) == (Decimal(0), Decimal("-129.99"))


def test_a_chart_that_changes_while_the_gateway_runs_is_read_again(house: House) -> None:
    house.drop("settlement.txt", report([*sale(), NEW_FEE]))
    with open_instance(house.config, clock=fixed_clock(SOON)) as instance:
        Turn(instance).run()
        assert list(entries(house)) == [NUMBER]
        add_rule(house, RULE)
        Turn(instance).run()
        assert f"{NUMBER}.reclass-1" in entries(house)
        house.drop("next.txt", report([*sale("111-9"), NEW_FEE], settlement="55"))
        Turn(instance).run()
        assert entries(house)["55"]["suspense"] == "0.00"
        add_rule(house, "Foo,Bar,Baz,*,comission,")
        Turn(instance).run()
        assert len(cases(house, "chart-unreadable")) == 1
        (house.folder / "chart.csv").unlink()
        Turn(instance).run()
        (case,) = cases(house, "chart-unreadable")
        assert "No such file" in case["message"]
