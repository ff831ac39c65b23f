"""Master files: how they may be written, and what becomes of rows that cannot be used."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import (
    ITEMS,
    STOCK,
    AccountTerms,
    Item,
    Items,
    Location,
    StockLevel,
    find_location,
    read_items,
    read_locations,
    read_stock,
    read_terms,
)

HEADER = ",".join(ITEMS.columns)
ROW = "K-1,shop,036000291452,UP,036000291452,10036000291459,9,active,2.25,yes,no,2026-01-01"
READ = Item(
    sku="K-1",
    partner="shop",
    partner_item="036000291452",
    scheme="UP",
    gtin_each="036000291452",
    gtin_case="10036000291459",
    case_pack=9,
    status="active",
    base_price=Decimal("2.25"),
    lot_tracked=True,
    expiry_tracked=False,
    valid_from=date(2026, 1, 1),
)
DAY = date(2026, 11, 20)


def problems(text: str | bytes) -> list[str]:
    _, findings = read_items(text)
    assert {finding.code for finding in findings} <= {"row-unreadable"}
    return [finding.message for finding in findings]


# How a file may be written


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n{ROW}\n",
        f"{HEADER}\r\n{ROW}\r\n",
        f"{HEADER}\r{ROW}",
        f"\ufeff{HEADER}\n\n{ROW}\n,\n".replace("\n,\n", "\n"),
        f"{HEADER}\n{ROW}\n".encode("utf-8-sig"),
        f"{HEADER},,\n{ROW},,\n",
        f"{HEADER.upper()}\n{ROW.replace('UP', 'up').replace('active', ' Active ')}\n",
        f"{HEADER}\n{ROW}\n".replace(",", ";"),
        f"{HEADER}\n{ROW}\n".replace(",", "\t"),
        f"{HEADER}\n{ROW}\n".replace(",", ";").replace("2.25", "2,25"),
        f"{HEADER}\n{ROW.replace('K-1', chr(34) + 'K-1' + chr(34))}\n",
    ],
)
def test_a_row_is_read_however_the_file_is_written(text: str | bytes) -> None:
    assert read_items(text) == ((READ,), ())


def test_columns_go_by_name_and_absent_ones_are_empty() -> None:
    assert read_items("scheme,sku,partner_item\nVN,K-1,X-1\n") == (
        (Item(sku="K-1", scheme="VN", partner_item="X-1"),),
        (),
    )


def test_a_header_alone_is_a_file_without_rows() -> None:
    assert read_items(HEADER) == ((), ())


# What cannot be used


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (",shop,X,VN,,,,,,,,", "line 2: sku is empty; fill in text"),
        ("K-2,shop,X,VN,6.14141E+11,,,,,,,", "line 2: gtin_each is '6.14141E+11', not a GTIN"),
        ("K-2,shop,X,VN,,,0,,,,,", "line 2: case_pack is '0', not a whole number"),
        ("K-2,shop,X,VN,,,1.5,,,,,", "line 2: case_pack is '1.5', not a whole number"),
        ("K-2,shop,X,VN,,,,gone,,,,", "line 2: status is 'gone', not active or discontinued"),
        ("K-2,shop,X,VN,,,,,1E2,,,", "line 2: base_price is '1E2', not a decimal number"),
        ('K-2,shop,X,VN,,,,,"1,5",,,', "line 2: base_price is '1,5', not a decimal number"),
        ("K-2,shop,X,VN,,,,,,maybe,,", "line 2: lot_tracked is 'maybe', not yes or no"),
        ("K-2,shop,X,VN,,,,,,,,20.11.2026", "line 2: valid_from is '20.11.2026', not a date"),
        ("K-2,shop,X,VN,,,,,,,,2026-02-30", "line 2: valid_from is '2026-02-30', not a date"),
        ("K-2,shop,X,,,,,,,,,", "line 2: partner_item and scheme go together"),
        ("K-2,shop", "line 2: 2 cells under 12 columns"),
        (ROW + ",more", "line 2: 13 cells under 12 columns"),
        ('K-2,"shop', "line 2: a quote is left open"),
        ("K-2\x00,shop,X,VN,,,,,,,,", "line 2: sku is 'K-2\\x00', not text"),
        ("K-2,shop,X\u202e,VN,,,,,,,,", "line 2: partner_item is "),
        ("K-" + "2" * 50 + "\x07,shop,X,VN,,,,,,,,", "…', not text"),
    ],
)
def test_a_row_that_cannot_be_used_leaves_the_others_standing(line: str, message: str) -> None:
    rows, findings = read_items(f"{HEADER}\n{line}\n{ROW}\n")
    assert rows == (READ,)
    (finding,) = findings
    assert (finding.code, finding.segment) == ("row-unreadable", 2)
    assert finding.message.startswith("items.csv, line 2: ")
    assert message in finding.message
    assert ";" in finding.message  # the remedy


def test_a_row_that_is_not_utf_8_is_refused_alone() -> None:
    text = f"{HEADER}\nM\xfcller,shop,X,VN,,,,,,,,\n{ROW}\n".encode("latin-1")
    rows, findings = read_items(text)
    assert rows == (READ,)
    assert "not text in UTF-8" in findings[0].message


def test_letters_of_any_language_and_hard_spaces_are_text() -> None:
    (item,), findings = read_items("sku\nM\xfcller\xa04\n")
    assert (item.sku, findings) == ("M\xfcller\xa04", ())


def test_a_column_that_is_not_known_is_told_and_not_read() -> None:
    rows, findings = read_items("sku,colour\nK-1,red\n")
    assert rows == (Item(sku="K-1"),)
    assert (
        findings[0].message
        == "items.csv, line 1: the column 'colour' is not known; correct or remove it; it was not read"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file is empty"),
        ("\n \r\n", "line 1: the file is empty"),
        ("<html>", "line 1: the column sku is missing"),
        ('"', "line 1: the column sku is missing"),
        ("sku,scheme,scheme\nK-1,UP,UP", "line 1: the column scheme stands twice"),
    ],
)
def test_a_file_without_a_usable_header_has_no_rows(text: str, message: str) -> None:
    rows, findings = read_items(text)
    assert rows == ()
    assert message in findings[0].message


def test_the_decimal_mark_is_decided_once_for_a_file() -> None:
    text = "sku;location;available\nK-1;W1;1,5\nK-2;W1;1.5\nK-3;W1;3\n"
    rows, findings = read_stock(text)
    assert rows == (
        StockLevel(sku="K-1", location="W1", available=Decimal("1.5")),
        StockLevel(sku="K-3", location="W1", available=Decimal(3)),
    )
    assert "stock.csv, line 3: available is '1.5', not a number of pieces" in findings[0].message


def test_a_short_row_does_not_disturb_the_decimal_mark() -> None:
    rows, findings = read_stock("sku;location;available\nK-0\nK-1;W1;1,5\n")
    assert (len(rows), len(findings)) == (1, 1)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_file_raises(data: str | bytes) -> None:
    read_items(data)
    body = data if isinstance(data, bytes) else data.encode(errors="surrogatepass")
    read_items(HEADER.encode() + b"\n" + body)


# Rows as texts

texts = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)
stored = st.builds(
    Item,
    sku=texts,
    partner=st.just("") | texts,
    partner_item=texts,
    scheme=st.sampled_from(["UP", "VN"]),
    gtin_each=st.sampled_from(["", "036000291452"]),
    case_pack=st.none() | st.integers(1, 999),
    base_price=st.none() | st.decimals(0, 999, places=3),
    lot_tracked=st.booleans(),
    valid_from=st.none() | st.dates(),
)


@given(stored)
def test_a_row_kept_as_texts_is_the_same_row_again(row: Item) -> None:
    cells = ITEMS.cells(row)
    assert all(isinstance(cell, str) for cell in cells.values())
    assert ITEMS.from_cells(cells) == row


def test_texts_that_are_no_row_are_refused() -> None:
    with pytest.raises(ValueError, match="sku is empty"):
        ITEMS.from_cells({"sku": ""})


# The other masters


def test_locations_are_read_and_found_by_code_role_and_partner() -> None:
    text = (
        "code,scheme,partner,role,name,street,city,region,postcode,country,time_zone,vat_id\n"
        "F1,92,shop,ship-to,SHOP,4 DOCK RD,PHOENIX,AZ,85043,US,America/Phoenix,\n"
        "F1,92,,ship-to,ANY,,,,,,,\n"
        "us,,,company,K INC,,,,,,,DE811111111\n"
    )
    rows, findings = read_locations(text)
    assert findings == ()
    shop, everybody, company = rows
    assert find_location(rows, "F1", "ship-to", "shop") == shop
    assert find_location(rows, "F1", "ship-to", "other") == everybody
    assert find_location(rows, "F1", "ship-from", "shop") is None
    assert len({row.key for row in rows}) == 3
    assert shop.party.model_dump(exclude_none=True) == {
        "code": "F1",
        "name": ("SHOP",),
        "street": ("4 DOCK RD",),
        "city": "PHOENIX",
        "state": "AZ",
        "postcode": "85043",
        "country": "US",
    }
    assert company.party.vat == "DE811111111"
    assert Location(code="x", role="company").party.name == ()


def test_terms_and_stock_are_read() -> None:
    rows, findings = read_terms("account,net_days,tax_rate\nVEND7,0,19\nVEND8,,\nVEND9,-1,\n")
    assert rows == (AccountTerms(account="VEND7", net_days=0, tax_rate=Decimal(19)), AccountTerms(account="VEND8"))
    assert len(findings) == 1
    assert rows[0].key == ("VEND7",)
    (level,), _ = read_stock("sku,location,available\nK-1,W1,-4\n")
    assert (level.available, level.key) == (Decimal(-4), ("K-1", "W1"))
    assert STOCK.cells(level) == {"sku": "K-1", "location": "W1", "available": "-4"}


# The index of items


def test_the_row_of_the_partner_comes_before_the_row_for_all() -> None:
    index = Items(
        [
            Item(sku="ALL", partner_item="X", scheme="VN"),
            Item(sku="MINE", partner="shop", partner_item="X", scheme="VN"),
        ]
    )
    assert [row.sku for row in index.find("shop", ("VN", "SA"), "X", DAY)] == ["MINE"]
    assert [row.sku for row in index.find("other", ("VN", "SA"), "X", DAY)] == ["ALL"]
    assert index.find("shop", ("VP",), "X", DAY) == ()
    assert len(index) == 2


def test_the_latest_row_in_force_on_the_day_stands() -> None:
    index = Items(
        Item(sku=sku, partner_item="X", scheme="VN", valid_from=since)
        for sku, since in [("NEW", date(2026, 6, 1)), ("OLD", None), ("COMING", date(2027, 1, 1))]
    )
    assert [row.sku for row in index.find("shop", ("VN",), "X", DAY)] == ["NEW"]
    assert [row.sku for row in index.find("shop", ("VN",), "X", date(2026, 5, 31))] == ["OLD"]


def test_gtins_are_found_whatever_their_length_and_qualifier_and_other_ids_exactly() -> None:
    index = Items(
        [Item(sku="K-1", partner_item="036000291452", scheme="UP"), Item(sku="K-2", partner_item="07", scheme="VN")]
    )
    assert [row.sku for row in index.find("shop", ("EN",), "0036000291452", DAY)] == ["K-1"]
    assert index.find("shop", ("VN",), "7", DAY) == ()
    assert index.find("shop", ("VN",), "036000291452", DAY) == ()
    assert index.find("shop", ("UP",), "not a gtin", DAY) == ()


def test_a_row_that_names_the_id_comes_before_one_that_has_it_as_a_gtin() -> None:
    named = Item(sku="NAMED", partner_item="036000291452", scheme="UP")
    other = Item(sku="OTHER", partner_item="A", scheme="VN", gtin_each="036000291452", gtin_case="10036000291459")
    index = Items([other, named])
    assert [row.sku for row in index.find("shop", ("UP",), "036000291452", DAY)] == ["NAMED"]
    assert [row.sku for row in index.find("shop", ("UK",), "10036000291459", DAY)] == ["OTHER"]


def test_an_id_of_two_items_gives_both() -> None:
    index = Items(Item(sku=sku, partner_item="X", scheme="VN") for sku in ("A", "B"))
    assert {row.sku for row in index.find("shop", ("VN",), "X", DAY)} == {"A", "B"}


def test_rows_that_come_again_replace_their_predecessors() -> None:
    first = Item(sku="K-1", partner_item="X", scheme="VN", case_pack=6)
    again = Item(sku="K-1", partner_item="X", scheme="VN", case_pack=9)
    index = Items([first]).with_rows([again])
    assert index.rows == (again,)
    assert index.of_sku("K-1", "shop", DAY) == (again,)
    assert index.of_sku("K-2", "shop", DAY) == ()
