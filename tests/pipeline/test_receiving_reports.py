"""Reports of a marketplace arrive in the folder of a channel: known by their header, or refused by name."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import House


HEADER = (
    "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\t"
    "order-id\tmerchant-order-id\tadjustment-id\tshipment-id\tmarketplace-name\tamount-type\tamount-description\tamount\t"
    "fulfillment-id\tposted-date\tposted-date-time\torder-item-code\tmerchant-order-item-id\t"
    "merchant-adjustment-item-id\tsku\tquantity-purchased\tpromotion-id"
)
SUMMARY = "28471003921\t2026-06-16 00:00:00 UTC\t2026-06-30 23:59:59 UTC\t2026-07-02 00:00:00 UTC\t104.63\tUSD"
AT = "2026-11-20T21:02:00Z"


def row(amount: str, amount_type: str = "ItemPrice", description: str = "Principal", title: str = "SKU-1") -> str:
    return (
        f"28471003921\t\t\t\t\t\tOrder\t111-0000001-0000001\t\t\tS1\tAmazon.com\t{amount_type}\t{description}\t{amount}\tAFN\t"
        f"2026-06-17\t2026-06-17 08:14:22 UTC\t1001\t\t\t{title}\t1\t"
    )


ROWS = (row("129.99"), row("-19.50", "ItemFees", "Commission"), row("-5.86", "ItemFees", "FBAPerUnitFulfillmentFee"))


def on(day: str) -> str:
    return row("1.50").replace("2026-06-17\t", f"{day}\t")


def report(*rows: str, header: str = HEADER, summary: str = SUMMARY) -> str:
    return "\n".join([header, summary, *(rows or ROWS)]) + "\n"


def code_of(house: "House", data: str | bytes) -> str:
    """Why a report lies in quarantine, told by a case as well."""
    house.drop("report.txt", data)
    house.once(AT)
    (reason,) = house.quarantine.values()
    (case,) = [case for case in house.cases if case["code"] == reason["code"]]
    assert case["owner"] in ("IT", "finance")
    assert case["remedy"]
    assert house.waiting == []
    return reason["code"]


def taken(house: "House", data: str | bytes) -> None:
    """The report was taken: its journal entry is there."""
    house.drop("report.txt", data)
    house.once(AT)
    assert house.quarantine == {}
    assert "journal-entry.28471003921.json" in house.sales_orders, house.sales_orders.keys()


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(lambda text: text.encode(), id="UTF-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="UTF-16"),
        pytest.param(lambda text: text.replace("SKU-1", "SKÜ-1").encode("cp1252"), id="Windows-1252"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: text.encode() + b"\r\n\n\t\t\n", id="blank lines at the end"),
        pytest.param(lambda text: text.replace("SKU-1", 'SIEB 12"').encode(), id="a quote in a text"),
        pytest.param(lambda text: re.sub(r"\.(\d\d)\t", r",\1\t", text).encode(), id="decimal comma"),
        pytest.param(lambda text: gzip.compress(text.encode()), id="gzip"),
        pytest.param(lambda text: gzip.compress(text.encode()) + gzip.compress(b"\n"), id="many members"),
    ],
)  # fmt: skip
def test_a_report_is_taken_however_it_is_written(house: "House", encoded: Callable[[str], bytes]) -> None:
    taken(house, encoded(report()))


def test_what_arrived_is_known_by_who_asks_for_it(house: "House") -> None:
    taken(house, report())
    (received,) = house.history("report-received")
    assert received.body == {"report": "settlement", "layout": "settlement-v2", "seller": "acme", "file": "report.txt"}


CASES: list[tuple[str, str | bytes, str]] = [
    ("an unknown header", "Date\tFNSKU\tASIN\tMSKU2\n1\t2\t3\t4\n", "report-unknown"),
    ("a column too few", report(header=HEADER.replace("total-amount", "total")), "column-missing"),
    ("a column twice", report(header=HEADER.replace("promotion-id", "sku")), "column-missing"),
    ("a damaged gzip", gzip.compress(report().encode())[:-9] + b"\0" * 9, "report-packed"),
    ("a gzip that is cut off", gzip.compress(report().encode())[:-20], "report-packed"),
    ("two decimal marks", report(*ROWS, row("1.234,56")), "amount-style"),
    ("amounts that do not tell", report(row("1,234"), summary=SUMMARY.replace("104.63", "1,234")), "amount-style"),
    ("dates that do not tell", report(on("03/04/2026")), "date-style"),
    ("dates in two orders", report(on("14/03/2026"), on("03/14/2026")), "date-style"),
    ("a line without an end", report() + "x" * (3 << 20), "cell-unreadable"),
    ("nothing inside", gzip.compress(b""), "file-empty"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code"), [pytest.param(data, code, id=name) for name, data, code in CASES])
def test_a_report_that_cannot_be_read_is_refused_by_name(house: "House", data: str | bytes, code: str) -> None:
    assert code_of(house, data) == code
    assert not any(name.startswith("journal-entry") for name in house.sales_orders)


def test_a_report_that_becomes_too_large_is_refused(house: "House") -> None:
    house.configure('max_unpacked    = "500 MB"', 'max_unpacked    = "1 MB"')
    assert code_of(house, gzip.compress(report().encode() + b"\n" * 2_000_000)) == "report-packed"


def test_what_the_seller_sets_decides_for_files_that_do_not_tell(house: "House") -> None:
    house.configure('# decimal_mark = "."', 'decimal_mark = "."')
    house.drop("report.txt", report(row("1,234"), summary=SUMMARY.replace("104.63", "1,234")))
    house.once(AT)
    assert house.quarantine == {}
    assert house.sales_orders["journal-entry.28471003921.json"]["deposit"] == "1234.00"


def test_a_settlement_with_a_row_that_cannot_be_read_posts_nothing(house: "House") -> None:
    house.drop("report.txt", report(*ROWS, row("12,x")))
    house.once(AT)
    assert {case["code"] for case in house.cases} >= {"cell-unreadable"}
    assert not any(name.startswith("journal-entry") for name in house.sales_orders)
    assert len(house.quarantine) == 1


def test_cells_too_many_are_a_row_that_cannot_be_read_and_cells_too_few_are_empty(house: "House") -> None:
    taken(house, report(*(line.rstrip("\t") for line in ROWS)))
    house.drop("report.txt", report(ROWS[0], ROWS[1] + "\tx", ROWS[2]).replace("28471003921", "28471003922"))
    house.once("2026-11-20T22:02:00Z")
    (case,) = [case for case in house.cases if case["code"] == "cell-unreadable"]
    assert "line 4: 25 cells under 24 columns" in case["message"]


@pytest.mark.requirement("23")
def test_a_new_column_is_told_on_the_day_it_appears_and_stops_nothing(house: "House") -> None:
    taken(house, report(*(f"{line}\tx" for line in ROWS), header=f"{HEADER}\ttax-model"))
    (case,) = [case for case in house.cases if case["code"] == "column-unknown"]
    assert (case["owner"], "'tax-model' is new to us" in case["message"]) == ("IT", True)


def test_what_is_new_is_one_case_however_often_the_report_comes(house: "House") -> None:
    for number in range(3):
        data = report(header=f"{HEADER}\ttax-model").replace("28471003921", f"2847100392{number}")
        house.drop(f"report-{number}.txt", data)
        house.once(f"2026-11-2{number}T21:02:00Z")
    assert [case["code"] for case in house.cases].count("column-unknown") == 1


SECOND = """
[sellers.acme-eu]
channel = "amazon"
mode = "summary"
[sellers.acme-eu.accounts]
{accounts}
[sellers.acme-eu.marketplaces."Amazon.pl-test"]
currency = "{currency}"
customer = "X"
fba_location = "X"
"""


def second_seller(house: "House", currency: str = "PLN") -> None:
    text = house.config.read_text()
    accounts = text.partition("[sellers.acme.accounts]")[2].partition("\n\n")[0]
    house.config.write_text(text + SECOND.format(accounts=accounts, currency=currency))


def test_among_several_sellers_the_marketplaces_tell_whose_a_report_is(house: "House") -> None:
    second_seller(house)
    data = report().replace("Amazon.com", "amazon.PL-test").replace("\tUSD", "\tPLN")
    house.drop("report.txt", data)
    house.once(AT)
    assert [entry.body["seller"] for entry in house.history("report-received")] == ["acme-eu"]


def test_among_several_sellers_a_report_without_a_marketplace_is_his_who_has_its_currency(house: "House") -> None:
    second_seller(house, "ISK")
    house.drop("report.txt", report(header=f"{HEADER}\tnew").replace("Amazon.com", "").replace("\tUSD", "\tISK"))
    house.once(AT)
    assert [entry.body["seller"] for entry in house.history("report-received")] == ["acme-eu"]
    assert "column-unknown" in {case["code"] for case in house.cases}


def test_a_report_of_several_or_of_nobody_is_refused(house: "House") -> None:
    second_seller(house)
    both = report(ROWS[0], ROWS[1].replace("Amazon.com", "Amazon.pl-test"), ROWS[2])
    assert code_of(house, both) == "seller-unknown"
    (case,) = [case for case in house.cases if case["code"] == "seller-unknown"]
    assert "it fits several sellers of this channel: acme, acme-eu" in case["message"]


def test_a_report_on_a_channel_without_a_seller_is_refused(house: "House") -> None:
    text = house.config.read_text()
    house.config.write_text(text[: text.index("[sellers.acme]")])
    assert code_of(house, report()) == "seller-unknown"


def test_a_kind_of_report_that_nothing_takes_is_refused(house: "House") -> None:
    for folder, text in (
        ("schemas", 'report = "weather"\nknown_by = ["rain", "sun"]\n[columns]\nrain = "C text"\nsun = "C text"\n'),
        ("mappings", 'record = "settlement-row"\n[row]\nsettlement = "rain"\n'),
    ):
        (Path(house.folder) / folder / "delimited").mkdir(parents=True)
        (Path(house.folder) / folder / "delimited" / "weather.toml").write_text(text)
    assert code_of(house, "rain\tsun\n1\t2\n") == "report-unknown"
