"""Settlements as finance meets them: reports in a folder, journal entries for the ERP, cases, and questions."""

import csv
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import House
from tests.finance.settlement_text import Line, other, refund, report, sale

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "settlements"
AT = "2026-07-20T08:00:00Z"
LATER = "2026-07-21T08:00:00Z"
NEW_FEE = other("-17.45", "Peak surcharge 2")
BANK, SUSPENSE = "1010", "1290"
NUMBER = "28471003921"


def drop(house: House, lines: list[Line], name: str = "settlement.txt", at: str = AT, **said: Any) -> None:
    house.drop(name, report(lines, **said))
    house.once(at)


def entries(house: House) -> dict[str, dict[str, Any]]:
    found = sorted((house.folder / "erp" / "out").glob("journal-entry.*.json"))
    return {
        path.name.removeprefix("journal-entry.").removesuffix(".json"): json.loads(path.read_bytes()) for path in found
    }


def net(entry: dict[str, Any], account: str) -> Decimal:
    lines = [line for line in entry["lines"] if line["account"] == account]
    return sum((Decimal(line["debit"]) - Decimal(line["credit"]) for line in lines), Decimal(0))


def balances(entry: dict[str, Any]) -> bool:
    return sum((Decimal(line["debit"]) - Decimal(line["credit"]) for line in entry["lines"]), Decimal(0)) == 0


def cases(house: House, code: str) -> list[dict[str, Any]]:
    return [case for case in house.cases if case["code"] == code and case["state"] == "open"]


def add_rule(house: House, row: str) -> None:
    chart = house.folder / "chart.csv"
    chart.write_text(chart.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")


@pytest.mark.requirement("2")
@pytest.mark.requirement("25")
@pytest.mark.requirement("40")
def test_a_dropped_settlement_is_a_balanced_journal_entry_for_the_erp(house: House) -> None:
    drop(house, [*sale(), other("-39.99", "Subscription Fee")])
    (entry,) = entries(house).values()
    assert list(entries(house)) == [NUMBER]
    assert balances(entry)
    assert net(entry, BANK) == Decimal(entry["deposit"]) == Decimal("64.64")
    assert entry["period"] == {"from": "2026-06-01", "to": "2026-06-15"}
    assert (entry["document"], entry["version"], entry["currency"], entry["suspense"]) == (
        "journal-entry",
        1,
        "USD",
        "0.00",
    )
    assert net(entry, "6000") == Decimal("19.50")
    assert net(entry, "6050") == Decimal("39.99")


@pytest.mark.parametrize("file", ["settlement_us_reserves.txt", "settlement_eu_comma.txt", "settlement_month_end.txt"])
def test_synthetic_settlements_equal_their_manifest(house: House, file: str) -> None:
    if not (CORPUS / file).is_file():
        pytest.skip("the collection of settlements is not here")
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as opened:
        csv.field_size_limit(1 << 20)
        (facts,) = [
            row for row in csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE) if row["file"] == file
        ]
    house.drop(file, (CORPUS / file).read_bytes())
    house.once(AT)
    found = list(entries(house).values())
    lines = [line for entry in found for line in entry["lines"]]
    assert all(balances(entry) for entry in found)
    assert sum((net(entry, BANK) for entry in found), Decimal(0)) == Decimal(facts["total"])
    assert sum(line["source"]["count"] for line in lines if line["source"]) == int(facts["detail_lines"])
    for column, names in (
        ("by_transaction_type", ("transaction_type",)),
        ("by_amount_type", ("transaction_type", "amount_type")),
        ("by_amount_description", ("transaction_type", "amount_type", "amount_description")),
    ):
        sums: dict[str, Decimal] = {}
        for line in lines:
            if line["source"]:
                key = " / ".join(line["source"][name] for name in names)
                sums[key] = sums.get(key, Decimal(0)) + Decimal(line["credit"]) - Decimal(line["debit"])
        assert sums == {key: Decimal(text) for key, text in json.loads(facts[column]).items()}
    months = {
        entry["period"]["from"][:7]: sum(
            (Decimal(line["credit"]) - Decimal(line["debit"]) for line in entry["lines"] if line["source"]), Decimal(0)
        )
        for entry in found
    }
    assert months == {key: Decimal(text) for key, text in json.loads(facts["by_month_posted"]).items()}
    assert {entry["currency"] for entry in found} == {facts["currency"]}


@pytest.mark.requirement("17")
@pytest.mark.requirement("23")
@pytest.mark.requirement("33")
def test_one_altered_amount_posts_nothing_and_shows_the_difference(house: House) -> None:
    first, *rest = sale()
    drop(house, [replace(first, amount="129.90"), *rest], total="104.63")
    assert entries(house) == {}
    (case,) = cases(house, "settlement-inconsistent")
    assert "104.54" in case["message"]
    assert "104.63" in case["message"]
    assert (case["owner"], case["at_stake"]) == ("finance", "0.09")
    assert house.quarantine["settlement.txt"]["code"] == "settlement-inconsistent"
    (row,) = house.json("settlements", "list")
    assert (row["status"], row["difference"], row["settlement"]) == ("inconsistent", "-0.09", NUMBER)
    house.run("settlements", "show", NUMBER, code=1)
    drop(house, [*sale()], name="again.txt", at=LATER)
    assert list(entries(house)) == [NUMBER]
    assert cases(house, "settlement-inconsistent") == []
    assert [row["status"] for row in house.json("settlements", "list")] == ["posted"]


def test_a_settlement_with_a_cell_that_cannot_be_read_is_held_whole(house: House) -> None:
    house.drop("settlement.txt", report([*sale()]).replace("\t129.99\t", "\t129.9O\t"))
    house.once(AT)
    assert entries(house) == {}
    (case,) = cases(house, "settlement-unreadable")
    assert "line 3" in case["message"]
    assert "'129.9O'" in case["message"]


@pytest.mark.requirement("35")
@pytest.mark.requirement("38")
@pytest.mark.requirement("42")
@pytest.mark.requirement("58")
@pytest.mark.requirement("59")
@pytest.mark.requirement("60")
@pytest.mark.requirement("75")
@pytest.mark.requirement("39")
def test_what_nobody_knows_lies_in_suspense_until_a_rule_moves_it(house: House) -> None:
    drop(house, [*sale(), NEW_FEE])
    assert net(entries(house)[NUMBER], SUSPENSE) == Decimal("17.45")
    (case,) = cases(house, "unmapped-fee")
    assert (case["owner"], case["at_stake"]) == ("finance", "17.45")
    assert "Peak surcharge 2 -17.45 (1 line)" in case["message"]
    assert case["due_at"] == "2026-07-06T00:00:00Z", "five days after the month, when its books close"
    (row,) = house.json("settlements", "suspense")
    assert (row["amount"], row["lines"], row["settlement"]) == ("-17.45", 1, NUMBER)
    add_rule(house, row["chart_row"].replace("ACCOUNT", "storage_fees"))
    house.once(LATER)
    moved = entries(house)[f"{NUMBER}.reclass-1"]
    assert balances(moved)
    assert (net(moved, SUSPENSE), net(moved, "6020")) == (Decimal("-17.45"), Decimal("17.45"))
    assert (moved["kind"], moved["deposit"], moved["suspense"]) == ("reclass", "0.00", "17.45")
    assert cases(house, "unmapped-fee") == []
    assert house.json("settlements", "suspense") == []
    assert house.json("settlements", "show", NUMBER)["suspense"] == "0.00"
    house.once(LATER)
    assert len(entries(house)) == 2, "it is moved once"
    drop(house, [replace(NEW_FEE, amount="-3.00")], name="next.txt", at=LATER, settlement="28471003922")
    assert entries(house)["28471003922"]["suspense"] == "0.00"


def test_a_rule_for_one_of_two_kinds_moves_that_one(house: House) -> None:
    drop(house, [*sale(), NEW_FEE, other("5.00", "Green credit")])
    add_rule(house, "other-transaction,other-transaction,Green credit,*,other_fees,Green credits")
    house.once(LATER)
    (case,) = cases(house, "unmapped-fee")
    assert "Green credit" not in case["message"]
    add_rule(house, "other-transaction,other-transaction,Peak surcharge 2,-,storage_fees,")
    house.once(LATER)
    assert cases(house, "unmapped-fee") == []
    assert sorted(entries(house)) == [NUMBER, f"{NUMBER}.reclass-1", f"{NUMBER}.reclass-2"]


def test_the_same_settlement_again_posts_nothing(house: House) -> None:
    drop(house, [*sale()])
    drop(house, [*sale()][::-1], name="again.txt", at=LATER)
    drop(house, [*sale()], name="comma.txt", at=LATER, mark=",")
    assert list(entries(house)) == [NUMBER]
    history = house.json("settlements", "show", NUMBER)["history"]
    assert [each["what"] for each in history] == ["settlement-posted", *["settlement-repeated"] * 2]


def test_what_is_issued_anew_reverses_what_was_posted_and_counts_once(house: House) -> None:
    drop(house, [*sale(), NEW_FEE])
    add_rule(house, "other-transaction,other-transaction,Peak surcharge 2,*,storage_fees,")
    house.once(LATER)
    drop(house, [*sale(), replace(NEW_FEE, amount="-20.00")], name="anew.txt", at=LATER)
    found = entries(house)
    assert sorted(found) == [
        NUMBER,
        f"{NUMBER}.r1",
        f"{NUMBER}.reclass-1",
        f"{NUMBER}.reclass-1.reversal",
        f"{NUMBER}.reversal",
    ]
    assert sum((net(entry, BANK) for entry in found.values()), Decimal(0)) == Decimal(found[f"{NUMBER}.r1"]["deposit"])
    assert sum((net(entry, "6020") for entry in found.values()), Decimal(0)) == Decimal("20.00")
    assert sum((net(entry, SUSPENSE) for entry in found.values()), Decimal(0)) == 0
    (row,) = house.json("settlements", "list")
    assert (row["revision"], row["deposit"], row["suspense"]) == (1, "84.63", "0.00")


def test_a_settlement_over_two_months_has_an_entry_for_each(house: House) -> None:
    boundary = [other("-1.00", "Storage Fee", datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC))]
    boundary += [other("-2.00", "Storage Fee", datetime(2026, 7, 1, tzinfo=UTC))]
    span = {"first": datetime(2026, 6, 24, tzinfo=UTC), "last": datetime(2026, 7, 8, tzinfo=UTC)}
    drop(house, [*sale(), *boundary], **span)
    june, july = entries(house)[f"{NUMBER}.1"], entries(house)[f"{NUMBER}.2"]
    assert balances(june)
    assert balances(july)
    assert (june["deposit"], july["deposit"]) == ("0.00", "101.63")
    assert (net(june, "6020"), net(july, "6020")) == (Decimal("1.00"), Decimal("2.00"))
    assert net(june, "1260") + net(july, "1260") == 0
    assert june["period"] == {"from": "2026-06-24", "to": "2026-06-30"}


def test_a_missing_settlement_is_a_case_and_holds_nothing(house: House) -> None:
    def period(number: int, previous: str, current: str) -> None:
        lines = [other(previous, "Previous Reserve Amount Balance"), other(current, "Current Reserve Amount")]
        first, last = datetime(2026, 6, number, tzinfo=UTC), datetime(2026, 6, number + 1, tzinfo=UTC)
        drop(house, lines, name=f"{number}.txt", settlement=f"S{number}", first=first, last=last)

    period(1, "0.00", "-100.00")
    period(5, "250.00", "-80.00")
    (case,) = cases(house, "settlement-missing")
    assert "S5 gives back 250.00 USD, S1 before it kept 100.00" in case["message"]
    assert sorted(entries(house)) == ["S1", "S5"]
    period(3, "100.00", "-250.00")
    assert cases(house, "settlement-missing") == []


@pytest.mark.requirement("75")
def test_tax_that_was_withheld_in_part_is_told_with_the_order(house: House) -> None:
    short = [replace(line, amount="-10.00") if line.amount == "-10.40" else line for line in sale("111-9")]
    drop(house, [*sale(), *short])
    (case,) = cases(house, "tax-residue")
    assert "111-9 by 0.40" in case["message"]
    assert list(entries(house)) == [NUMBER]


def test_a_marketplace_that_the_seller_does_not_have_is_told_and_posted(house: House) -> None:
    drop(house, [replace(line, marketplace="Amazon.example") for line in sale()])
    (case,) = cases(house, "marketplace-unknown")
    assert '[sellers.acme.marketplaces."Amazon.example"]' in case["remedy"]
    assert list(entries(house)) == [NUMBER]


def test_a_compressed_report_is_unpacked(house: House) -> None:
    house.drop("settlement.txt.gz", gzip.compress(report([*sale()]).encode()))
    house.once(AT)
    assert list(entries(house)) == [NUMBER]


@pytest.mark.requirement("54")
def test_from_a_deposit_one_walks_to_journal_line_and_transaction_and_back(house: House) -> None:
    drop(house, [*sale(), *refund(order="111-7")])
    shown = house.json("settlements", "show", NUMBER)
    (entry,) = shown["entries"]
    assert (entry["deposit"], entry["file"]) == (shown["deposit"], f"journal-entry.{NUMBER}.json")
    commission = [row for row in shown["accounts"] if row["account"] == "6000"]
    assert sum(Decimal(row["debit"]) - Decimal(row["credit"]) for row in commission) == Decimal("3.90")
    lines = house.json("settlements", "lines", NUMBER, "--account", "6000")
    assert sum(Decimal(row["amount"]) for row in lines) == Decimal("-3.90")
    assert {row["entry"] for row in lines} == {entry["id"]}
    found = house.json("settlements", "lines", "--order", "111-7")
    assert [row["line"] for row in found] == [8, 9, 10]
    assert {row["settlement"] for row in found} == {NUMBER}
    assert house.json("settlements", "lines", NUMBER, "--sku", "none") == []
    assert house.json("settlements", "lines", NUMBER, "--description", "refund commission")[0]["amount"] == "-3.90"
    house.run("settlements", "lines", code=2)


@pytest.mark.requirement("5")
@pytest.mark.requirement("38")
def test_one_description_can_be_tried_against_the_chart(house: House) -> None:
    (row,) = house.json("settlements", "explain-line", "order", "Item Fees", "COMMISSION", "--debit")
    assert (row["account"], row["text"], row["is_new"]) == ("6000", "Commission", False)
    assert row["rule"].startswith("chart.csv, line ")
    (row,) = house.json("settlements", "explain-line", "Order", "ItemFees", "A fee of tomorrow")
    assert (row["account"], row["rule"], row["is_new"]) == (SUSPENSE, None, True)
    house.run("settlements", "explain-line", "a", "b", "c", "--seller", "nobody", code=1)


def test_a_report_is_checked_before_it_is_taken(house: House) -> None:
    file = house.folder / "tried.txt"
    file.write_text(report([*sale(), NEW_FEE]), encoding="utf-8")
    shown = house.json("settlements", "check", str(file))
    assert (shown["sum"], shown["difference"], shown["suspense"], shown["held"]) == ("87.18", "0.00", "-17.45", None)
    file.write_text(report([*sale()], total="1.00"), encoding="utf-8")
    said = house.run("settlements", "check", str(file), code=65).stdout
    assert "inconsistent: its 5 lines come to 104.63, its total is 1.00" in said
    file.write_text("no report", encoding="utf-8")
    house.run("settlements", "check", str(file), code=65)
    assert entries(house) == {}


@pytest.mark.requirement("29")
def test_the_age_of_a_settlement_is_shown(house: House) -> None:
    drop(house, [*sale()])
    (row,) = house.json("settlements", "list", "--at", AT)
    assert (row["days_ago"], row["to"]) == (35, "2026-06-15")
    assert house.run("settlements", "list", "--at", AT).stdout.splitlines()[1].split()[6] == "2026-06-15"
    house.run("settlements", "list", "--seller", "nobody", code=1)


@pytest.mark.requirement("18")
def test_a_journal_entry_is_booked_when_the_erp_says_so_and_a_case_when_it_refuses(house: House) -> None:
    drop(house, [*sale()])
    (entry,) = entries(house).values()
    result = {"document": "posting-result", "version": 1, "id": entry["id"], "number": None, "message": None}
    house.erp_says("result.json", {**result, "result": "refused", "message": "period 2026-06 is closed"})
    house.once(LATER)
    (case,) = cases(house, "posting-refused")
    assert (case["owner"], "period 2026-06 is closed" in case["message"]) == ("finance", True)
    assert [row["status"] for row in house.json("settlements", "list")] == ["refused"]
    document = house.json("settlements", "show", NUMBER)["entries"][0]["document"]
    house.run("documents", "resend", document, "--reason", "the period is open", "--at", LATER)
    house.once(LATER)
    folder = house.folder / "erp" / "out"
    again = folder / f"journal-entry.{NUMBER}.again-2.json"
    assert again.read_bytes() == (folder / f"journal-entry.{NUMBER}.json").read_bytes()
    house.erp_says("result2.json", {**result, "result": "booked", "number": "JE-1"})
    house.once(LATER)
    assert cases(house, "posting-refused") == []
    shown = house.json("settlements", "show", NUMBER)
    assert (shown["status"], shown["entries"][0]["number"]) == ("booked", "JE-1")


def test_each_line_shows_the_entry_of_its_month_and_the_account_it_was_posted_to(house: House) -> None:
    span = {"first": datetime(2026, 5, 30, tzinfo=UTC), "last": datetime(2026, 7, 8, tzinfo=UTC)}
    passed_on = [line for line in sale("111-8") if line.amount_type != "ItemWithheldTax"]
    july = other("-2.00", "Storage Fee", datetime(2026, 7, 1, tzinfo=UTC))
    house.configure('mode      = "order-level"', 'mode      = "summary"')
    drop(house, [*sale(), *passed_on, july, NEW_FEE], **span)
    lines = house.json("settlements", "lines", NUMBER)
    assert {(row["posted_at"][:7], row["entry"]) for row in lines} == {
        ("2026-06", f"acme:journal-entry:{NUMBER}:1"),
        ("2026-07", f"acme:journal-entry:{NUMBER}:2"),
    }
    (ours,) = house.json("settlements", "lines", NUMBER, "--account", "2220")
    assert (ours["order"], ours["amount"]) == ("111-8", "10.40")
    (theirs,) = house.json("settlements", "lines", NUMBER, "--account", "2200")
    assert theirs["order"] == "111-0000001-0000001"
    add_rule(house, "other-transaction,other-transaction,Peak surcharge 2,*,storage_fees,")
    assert [
        row["account"] for row in house.json("settlements", "lines", NUMBER, "--description", "Peak surcharge 2")
    ] == [SUSPENSE]
    house.once(LATER)
    moved = house.json("settlements", "lines", NUMBER, "--account", "6020")
    assert sorted(row["amount"] for row in moved) == ["-17.45", "-2.00"]


def test_a_line_without_a_day_is_in_the_last_entry_and_bare_days_are_shown_as_days(house: House) -> None:
    text = report([*sale(), other("-2.00", "Storage Fee")])
    undated = text.replace("2026-06-01\t2026-06-01 00:00:00 UTC", "\t").replace(" 08:14:22 UTC", "")
    house.drop("settlement.txt", undated)
    house.once(AT)
    lines = house.json("settlements", "lines", NUMBER)
    assert [row["posted_at"] for row in lines] == [*["2026-06-03"] * 5, None]
    assert {row["entry"] for row in lines} == {f"acme:journal-entry:{NUMBER}"}


def test_an_old_copy_of_a_settlement_changes_nothing_back(house: House) -> None:
    drop(house, [*sale()])
    drop(house, [*sale(), NEW_FEE], name="anew.txt", at=LATER)
    drop(house, [*sale()], name="old-copy.txt", at=LATER)
    assert sorted(entries(house)) == [NUMBER, f"{NUMBER}.r1", f"{NUMBER}.reversal"]
    assert [row["revision"] for row in house.json("settlements", "list")] == [1]


def test_the_month_of_a_reversal_is_that_of_what_it_reverses(house: House) -> None:
    drop(house, [*sale()])
    drop(house, [*sale(), NEW_FEE], name="anew.txt", at=LATER)
    assert {entry["posted_on"] for entry in entries(house).values()} == {"2026-06-15"}


def test_a_residue_of_tax_ends_with_the_settlement_that_has_none(house: House) -> None:
    short = [replace(line, amount="-10.00") if line.amount == "-10.40" else line for line in sale()]
    drop(house, short)
    assert len(cases(house, "tax-residue")) == 1
    drop(house, [*sale()], name="anew.txt", at=LATER)
    assert cases(house, "tax-residue") == []


def test_a_held_settlement_that_comes_with_another_fault_has_a_case_of_that_fault(house: House) -> None:
    drop(house, [*sale()], total="1.00")
    house.drop("again.txt", report([*sale()]).replace("\t129.99\t", "\t129.9O\t"))
    house.once(LATER)
    held = [case for case in house.cases if case["code"].startswith("settlement-")]
    assert [case["code"] for case in held] == ["settlement-unreadable"]


def test_a_packed_report_that_is_cut_off_would_be_held(house: House) -> None:
    file = house.folder / "cut.txt.gz"
    file.write_bytes(gzip.compress(report([*sale()]).encode())[:-30])
    assert "report-packed" in house.run("settlements", "check", str(file), code=65).stdout
