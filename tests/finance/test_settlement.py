"""A settlement, added up: by kind, month and marketplace, with who owes a tax, and nothing counted that is no line."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from gateway.finance.settlement import Reserve
from tests.finance.conftest import read, settle
from tests.finance.settlement_text import Line, other, refund, report, sale


def test_the_summary_row_is_no_part_of_the_sum() -> None:
    settlement = settle(sale())
    assert (settlement.sum, settlement.total, settlement.rows) == (Decimal("104.63"), Decimal("104.63"), 5)
    assert (settlement.id, settlement.currency, settlement.difference) == ("28471003921", "USD", 0)


@pytest.mark.requirement("4")
def test_every_line_is_in_some_sum() -> None:
    lines = [*sale(), *refund(), other("-39.99", "Subscription Fee"), other("-1.00", "A fee that is new")]
    settlement = settle(lines)
    assert sum(each.count for each in settlement.sums.values()) == settlement.rows == len(lines)


def test_lines_of_one_kind_with_both_signs_are_not_netted() -> None:
    settlement = settle([other("-5.00", "Adjustment"), other("5.00", "Adjustment")])
    assert sorted(each.amount for each in settlement.sums.values()) == [Decimal("-5.00"), Decimal("5.00")]


def test_a_month_ends_at_midnight_of_the_zone_that_is_asked_for() -> None:
    last_second = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    lines = [other("1.00", "Adjustment", last_second), other("2.00", "Adjustment", datetime(2026, 7, 1, tzinfo=UTC))]
    said = {"first": datetime(2026, 6, 24, tzinfo=UTC), "last": datetime(2026, 7, 8, tzinfo=UTC)}
    assert settle(lines, **said).months == (date(2026, 6, 1), date(2026, 7, 1))
    assert settle(lines, zone=ZoneInfo("America/Los_Angeles"), **said).months == (date(2026, 6, 1),)
    assert settle(lines, zone=ZoneInfo("Europe/Berlin"), **said).months == (date(2026, 7, 1),)


def test_a_line_without_a_date_belongs_to_the_month_in_which_the_settlement_ends() -> None:
    text = report([*sale(), other("2.00", "Adjustment")], last=datetime(2026, 7, 3, tzinfo=UTC))
    undated = text.replace("2026-06-01\t2026-06-01 00:00:00 UTC", "\t")
    assert undated != text
    assert read(undated).months == (date(2026, 6, 1), date(2026, 7, 1))


def test_a_settlement_without_dates_takes_the_last_month_of_its_lines() -> None:
    text = report([*sale(), other("2.00", "Adjustment")])
    undated = text.replace("2026-06-01\t2026-06-01 00:00:00 UTC", "\t").replace("2026-06-15 00:00:00 UTC", "")
    settlement = read(undated)
    assert (settlement.months, settlement.ends_at) == ((date(2026, 6, 1),), None)


@pytest.mark.requirement("27")
def test_who_owes_a_tax_is_told_by_the_order_it_is_part_of() -> None:
    withheld = sale("111-1")
    passed_on = [line for line in sale("111-2") if line.amount_type != "ItemWithheldTax"]
    duties = {
        (bucket.amount_description, bucket.duty): each.amount
        for bucket, each in settle([*withheld, *passed_on]).sums.items()
        if bucket.amount_description == "Tax"
    }
    assert duties == {("Tax", "marketplace"): Decimal("10.40"), ("Tax", "seller"): Decimal("10.40")}


def test_tax_and_withheld_tax_of_an_order_that_do_not_meet_at_zero_are_a_residue() -> None:
    short = [replace(line, amount="-10.00") if line.amount == "-10.40" else line for line in sale("111-2")]
    settlement = settle([*sale("111-1"), *short])
    assert (settlement.residues, settlement.residue_count) == ({"111-2": Decimal("0.40")}, 1)


def test_no_more_than_fifty_orders_with_a_residue_are_named() -> None:
    rows = [
        replace(line, amount="-10.00") if line.amount == "-10.40" else line
        for number in range(60)
        for line in sale(f"111-{number}")
    ]
    settlement = settle(rows)
    assert (len(settlement.residues), settlement.residue_count) == (50, 60)


def test_reserves_are_kept_by_marketplace_as_they_stand() -> None:
    lines = [
        other("1842.33", "Previous Reserve Amount Balance"),
        other("-2405.18", "Current Reserve Amount"),
        other("-3.00", "current reserve amount", marketplace="Amazon.ca"),
    ]
    assert settle(lines).reserves == {
        "": Reserve(Decimal("1842.33"), Decimal("-2405.18")),
        "Amazon.ca": Reserve(Decimal(0), Decimal("-3.00")),
    }


def test_the_digest_is_that_of_the_lines_whatever_their_order_style_and_line_ends() -> None:
    lines = [*sale(), *refund()]
    digest = settle(lines).digest
    assert settle(lines[::-1]).digest == digest
    assert settle(lines, mark=",").digest == digest
    assert read(report(lines).replace("\n", "\r\n") + "\r\n").digest == digest
    assert settle([*lines[:-1], replace(lines[-1], amount="-3.91")]).digest != digest
    assert settle([*lines, *refund()]).digest != digest


def test_two_summaries_that_agree_are_one_and_others_are_a_fault() -> None:
    header, summary, *lines = report(sale()).splitlines()
    twice = "\n".join([header, summary, summary, *lines])
    assert read(twice).faults == ()
    other_total = summary.replace("104.63", "100.00")
    assert "line 3" in read("\n".join([header, summary, other_total, *lines])).faults[0]


def test_a_row_that_says_nothing_is_a_fault() -> None:
    text = report(sale()).replace("\t129.99\t", "\t\t")
    assert "line 3" in read(text).faults[0]


def test_rows_of_several_settlements_and_currencies_are_all_named() -> None:
    header, summary, *lines = report(sale()).splitlines()
    foreign = lines[0].replace("28471003921\t\t\t\t\t\t", "28471003922\t\t\t\t\tEUR\t", 1)
    settlement = read("\n".join([header, summary, foreign, *lines[1:]]))
    assert settlement.ids == ("28471003921", "28471003922")
    assert settlement.currencies == ("USD", "EUR")


def test_nothing_at_all_is_a_settlement_of_nothing() -> None:
    settlement = read(report([]).splitlines()[0] + "\n")
    assert (settlement.id, settlement.currency, settlement.total, settlement.sum) == ("", "", None, 0)
    assert (settlement.difference, settlement.months, settlement.marketplaces) == (None, (), ())


def test_one_order_of_very_many_rows_is_held_in_pieces() -> None:
    rows = [Line(amount="0.01", order="111-1") for _ in range(5001)]
    assert settle(rows).sum == Decimal("50.01")


@pytest.mark.requirement("27")
def test_who_owes_a_tax_does_not_depend_on_the_order_of_rows() -> None:
    first, second = sale("111-1"), sale("111-2")
    scattered = [line for line in (*first, *second) if line.amount_type != "ItemWithheldTax"]
    scattered += [line for line in (*first, *second) if line.amount_type == "ItemWithheldTax"]
    settlement = settle(scattered)
    assert {bucket.duty for bucket in settlement.sums if bucket.amount_description == "Tax"} == {"marketplace"}
    assert settlement.residues == {}
    assert settlement.sums == settle([*first, *second]).sums


def test_tax_that_stands_alone_beside_withheld_tax_of_others_stays_the_sellers() -> None:
    alone = [line for line in sale("111-3") if line.amount_type != "ItemWithheldTax"]
    settlement = settle([*alone, *sale("111-1")])
    assert {bucket.duty for bucket in settlement.sums if bucket.amount_description == "Tax"} == {
        "marketplace",
        "seller",
    }
    assert settlement.residue_count == 0


def test_what_is_withheld_from_the_seller_leaves_him_the_tax() -> None:
    taken = Line(amount="-1.00", amount_type="ItemWithheldTax", description="TCS-CGST")
    settlement = settle([*(line for line in sale() if line.amount_type != "ItemWithheldTax"), taken])
    assert {bucket.duty for bucket in settlement.sums if bucket.amount_description == "Tax"} == {"seller"}
    assert settlement.residues == {}


def test_a_bare_day_is_that_day_in_any_zone() -> None:
    text = report(
        [other("1.00", "Adjustment", datetime(2026, 7, 1, tzinfo=UTC))], last=datetime(2026, 7, 8, tzinfo=UTC)
    )
    bare = text.replace("\t2026-07-01\t2026-07-01 00:00:00 UTC", "\t2026-07-01\t")
    assert bare != text
    assert read(bare, ZoneInfo("America/Los_Angeles")).months == (date(2026, 7, 1),)
    assert read(text, ZoneInfo("America/Los_Angeles")).months == (date(2026, 6, 1),)
