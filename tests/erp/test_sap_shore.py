"""SAP's shore: what is written obeys the catalogue and comes back, and what is read is taken IDoc by IDoc."""

import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from gateway.documents import ErpDocument, ErpInvoice, ErpOrderResponse, JournalEntry, Shipment
from gateway.erp.sap import SapRead
from gateway.findings import find
from gateway.grammar.idoc import check
from gateway.sap.masters import MasterRows
from gateway.sap.statuses import SapResult
from gateway.sap.tables import SapAccount, SapMessage, SapSales
from gateway.syntax.idoc import read, read_xml
from gateway.syntax.idoc_tree import Idoc
from tests.sap.shop import AT, DOCNUM, SAMPLES, Memory, a_line, a_sale, an_order, idocs, knowing, shore
from tests.sap.test_journals import a_memo, an_entry
from tests.sap.test_movements import a_transfer, an_adjustment

INVALID = SAMPLES / "invalid"
WIDGETS = an_order(a_line("1", 24), a_line("2", 5), purchase_order="4XK7PL2Q", id="amazon-eu:4XK7PL2Q")


def written(document: ErpDocument, known: Memory | None = None, **changes: Any) -> tuple[str, bytes]:
    file = shore(**changes).write(document, DOCNUM, AT, known or knowing())
    return file.name, file.data


def tree(data: bytes) -> Idoc:
    found = read_xml(data)
    assert isinstance(found, tuple)
    (idoc,) = found
    return idoc


def heard(name: str, known: Memory | None = None, **changes: Any) -> list[SapRead]:
    return list(shore(**changes).read((SAMPLES / name).read_bytes(), known or knowing(WIDGETS)))


# To SAP

EVERY = {
    "ORDERS": an_order(a_line("1", 24, ordered={"value": "2", "unit": "case", "code": "CS"}), a_line("A", 5)),
    "ORDCHG": an_order(a_line("1", 12), revision=1),
    "ORDERS of a buyer": a_sale(
        a_line(), revenue="settlement", flag="no-pick", charges=[{"kind": "shipping", "amount": "1"}]
    ),
    "ACC_DOCUMENT": an_entry(),
    "ACC_DOCUMENT of a refund": a_memo(),
    "MBGMCR": an_adjustment(),
    "MBGMCR of a transfer": a_transfer(),
    "PORDCR1": a_transfer(),
}


@pytest.mark.parametrize("form", ["xml", "flat"])
@pytest.mark.parametrize("name", EVERY)
def test_what_is_written_obeys_the_catalogue(name: str, form: str) -> None:
    message = name.partition(" ")[0]
    how = {"form": form, "refunds": "800100", "transfers": "order" if message == "PORDCR1" else "movement"}
    label, data = written(EVERY[name], knowing(an_order()), **how)
    assert label == f"{message}_{DOCNUM}_20261120101500.{'xml' if form == 'xml' else 'idoc'}"
    found = read(data, idocs().catalogue.layouts())
    assert isinstance(found, tuple)
    (idoc,) = found
    assert idoc.findings == ()
    assert check(idoc.root, idocs().catalogue) == ()
    assert (idoc.control("DOCNUM"), idoc.control("MESTYP"), idoc.control("DIRECT")) == (DOCNUM, message, "2")


def test_an_order_with_tax_in_its_prices_comes_back_too() -> None:
    order = a_sale(a_line("1", 24), a_line("2", 1, tax="0.80"), prices_include_tax=True)
    sales = {"BUYERS": SapSales(number="100900", gross_order_type="ZGR")}
    text = written(order, sales=sales)[1].decode()
    assert "<ORGID>ZGR</ORGID>" in text
    assert re.findall("<NETWR>(.*?)<", text) == ["4.20"]
    assert "<SUMID>002</SUMID>" not in text


def test_an_order_comes_from_the_customer_and_a_journal_from_our_system() -> None:
    order = tree(written(an_order())[1])
    journal = tree(written(an_entry())[1])
    fields = ("SNDPOR", "SNDPRT", "SNDPFC", "SNDPRN", "RCVPOR", "RCVPRT", "RCVPRN", "MANDT", "TEST")
    assert [order.control(field) for field in fields] == [
        *("AMZGW", "KU", "AG", "0000100234", "SAPECC", "LS", "ECCCLNT100", "100", ""),
    ]
    assert [journal.control(field) for field in fields[:4]] == ["AMZGW", "LS", "", "AMZGW"]


def test_an_idoc_says_where_it_comes_from_and_when_it_was_made() -> None:
    file = shore().write(an_order(), DOCNUM, AT.astimezone(timezone(timedelta(hours=9))), knowing())
    idoc = tree(file.data)
    fields = ("REFINT", "REFGRP", "REFMES", "ARCKEY", "CREDAT", "CRETIM", "SERIAL")
    assert [idoc.control(field) for field in fields] == [
        *("0000000012345", "", "1", "amazon-eu:7Q8K2W1P", "20261120", "101500", "20261120101500"),
    ]


def test_the_partner_profile_is_found_by_type_variant_function_and_test() -> None:
    named = SapMessage(idoc_type="ORDERS05", message="ORDERS", variant="AMZ", function="V7", extension="ZORDERS05")
    idoc = tree(written(an_order(), messages={"sales-order": named}, test=True, release="750")[1])
    assert idoc.root.tag == "ZORDERS05"
    fields = ("MESCOD", "MESFCT", "CIMTYP", "TEST", "DOCREL")
    assert [idoc.control(field) for field in fields] == ["AMZ", "V7", "ZORDERS05", "X", "750"]


def test_what_was_asked_before_the_clock_is_known_is_asked_again_when_it_is() -> None:
    window = {"not_before": "2026-11-10", "not_after": "2026-12-02"}
    order = an_order(window=window)
    assert shore().gaps(order, knowing()) == ()
    later = shore().write(order, DOCNUM, datetime(2026, 11, 25, tzinfo=UTC), knowing())
    assert b"<EDATU>20261125</EDATU>" in later.data


@pytest.mark.parametrize(
    ("document", "rule", "says"),
    [
        (an_order(a_line(sku="S" * 36)), "cannot-be-said", "IDTNR"),
        (an_order(purchase_order="P" * 36), "cannot-be-said", "BELNR"),
        (an_order(a_line(sku="A\x00B")), "cannot-be-said", ""),
        (an_order(customer="AMAZON-EUROPE"), "sap-row-missing", "AMAZON-EUROPE"),
        (a_memo(), "sap-row-missing", "refunds"),
    ],
)
def test_what_cannot_be_said_is_a_gap_and_never_written(document: ErpDocument, rule: str, says: str) -> None:
    gaps = shore().gaps(document, knowing())
    assert {gap.rule for gap in gaps} == {rule}
    assert all(gap.remedy for gap in gaps)
    assert says in gaps[0].message
    with pytest.raises(ValueError, match=re.escape(gaps[0].message[:20])):
        shore().write(document, DOCNUM, AT, knowing())


def test_kinds_are_those_that_sap_has_an_idoc_for() -> None:
    assert "sales-order" in shore().kinds
    assert "availability-update" not in shore().kinds


# From SAP


def test_an_answer_is_an_order_response() -> None:
    (read,) = heard("ORDRSP.xml")
    assert (read.docnum, read.message_type, read.sender, read.place) == (
        "0000000000004711",
        "ORDRSP",
        "ECCCLNT100",
        "",
    )
    (answer,) = read.said
    assert isinstance(answer, ErpOrderResponse)
    first, second = answer.lines
    assert (first.accepted, first.backordered, str(first.backorder_until)) == (20, 4, "2026-12-12")
    assert (second.rejected, second.reason) == (5, "out_of_stock")


@pytest.mark.parametrize("form", ["xml", "txt"])
def test_a_delivery_is_a_shipment_in_either_form(form: str) -> None:
    (read,) = heard(f"DESADV.{form}")
    assert read.findings == ()
    (shipment,) = read.said
    assert isinstance(shipment, Shipment)
    assert [pack.sscc for pack in shipment.packs] == ["340123450000000017", "340123450000000024"]
    assert shipment.packs[0].items[0].lot == "L-77"


def test_invoices_and_credit_memos_are_invoices() -> None:
    found = [read.said[0] for name in ("INVOIC.xml", "INVOIC-credit-memo.xml") for read in heard(name)]
    assert all(isinstance(each, ErpInvoice) for each in found)
    assert [(each.kind, str(each.total)) for each in found if isinstance(each, ErpInvoice)] == [
        ("invoice", "142.80"),
        ("credit-note", "142.80"),
    ]


def test_an_audit_is_about_our_numbers() -> None:
    (read,) = heard("ALEAUD.xml")
    booked, refused = read.said
    assert isinstance(booked, SapResult)
    assert isinstance(refused, SapResult)
    assert (booked.docnum, booked.result, booked.number) == ("0000000000001001", "booked", "12345")
    assert (refused.docnum, refused.result) == ("0000000000001002", "refused")
    assert refused.message == "status 51: F5 263 (E): Difference 3.00 EUR"


def test_materials_and_stock_are_masters() -> None:
    found = [read.said[0] for name in ("MATMAS.xml", "PROACT.xml") for read in heard(name)]
    items, stock = found
    assert isinstance(items, MasterRows)
    assert isinstance(stock, MasterRows)
    assert (items.rows[0]["sku"], items.rows[0]["case_pack"]) == ("WIDGET-1", "12")
    assert dict(stock.rows[0]) == {"sku": "WIDGET-1", "location": "ACME5", "available": "480"}


@pytest.mark.parametrize("form", ["xml", "txt"])
def test_idocs_of_one_file_are_told_apart(form: str) -> None:
    first, second = heard(f"ORDRSP-two.{form}")
    assert (first.place, second.place) == ("IDoc 1 of 2", "IDoc 2 of 2")
    assert first.docnum != second.docnum
    assert first.content != second.content


def test_the_content_is_the_same_however_it_is_indented() -> None:
    text = (SAMPLES / "ORDRSP.xml").read_bytes()
    (one,) = shore().read(text, knowing(WIDGETS))
    (other,) = shore().read(re.sub(rb">\s+<", b"><", text), knowing(WIDGETS))
    assert one.content == other.content


def changed(old: str, new: str, name: str = "ORDRSP.xml") -> SapRead:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    assert old in text
    (read,) = shore().read(text.replace(old, new, 1).encode(), knowing(WIDGETS))
    return read


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<MENGE>24.000</MENGE>", "<MENGE>abc</MENGE>", "MENGE"),
        ("<SNDPRN>ECCCLNT100</SNDPRN>", "<SNDPRN>OTHER</SNDPRN>", "the profile's system is ECCCLNT100"),
        ("<MANDT>100</MANDT>", "<MANDT>200</MANDT>", "it comes from client 200"),
        ("<DIRECT>1</DIRECT>", "<DIRECT>2</DIRECT>", "addressed to SAP"),
        ("<IDOCTYP>", "<TEST>X</TEST><IDOCTYP>", "it is a test, and this system is live"),
        ("<PARTN>0000100234</PARTN>", "<PARTN>0000000777</PARTN>", "the customer 0000000777"),
        ("<MESTYP>ORDRSP</MESTYP>", "<MESTYP>ORDERS</MESTYP>", "ORDERS messages never come from SAP"),
        ("<ABGRU>Z1</ABGRU>", "<ABGRU>Z7</ABGRU>", "[erp.sap.reasons] Z7"),
    ],
)
def test_an_idoc_that_cannot_be_taken_says_nothing_and_why(old: str, new: str, says: str) -> None:
    read = changed(old, new)
    assert read.said == ()
    assert read.docnum == "0000000000004711"
    assert any(says in finding.message for finding in read.findings)


def test_a_live_idoc_in_a_system_for_tests_is_not_taken() -> None:
    (read,) = heard("ORDRSP.xml", test=True)
    assert read.said == ()
    assert "it is live, and this system is for tests" in read.findings[0].message


def test_a_field_that_no_row_reads_is_a_warning_alone() -> None:
    read = changed("<BELNR>0000012345</BELNR>", "<BELNR>0000012345</BELNR><AUGRU>100</AUGRU>")
    assert [finding.code for finding in read.findings] == ["xml-unread"]
    assert len(read.said) == 1


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<ORDERS05>", b"EDI_DC40 and nothing else"])
def test_a_file_that_holds_no_idoc_is_one_finding(data: bytes) -> None:
    (read,) = shore().read(data, knowing())
    assert (read.said, len(read.findings), read.docnum) == ((), 1, "")


@pytest.mark.parametrize("path", sorted(INVALID.glob("*.[xt][mx][lt]")), ids=lambda path: path.stem)
def test_no_bad_idoc_is_taken(path: Path) -> None:
    for each in shore().read(path.read_bytes(), knowing(WIDGETS)):
        assert each.said == () or path.stem.startswith(("33-", "34-")), each


def test_of_an_idoc_with_one_bad_delivery_the_others_are_said() -> None:
    text = (SAMPLES / "DESADV.xml").read_text(encoding="utf-8")
    delivery = text[text.index("<E1EDL20 ") : text.rindex("</E1EDL20>") + len("</E1EDL20>")]
    bad = re.sub("<VBELN>[0-9]+<", "<VBELN>0080000999<", delivery).replace("<MEINS>PCE<", "<MEINS>XYZ<")
    (whole,) = shore().read(text.encode(), knowing(WIDGETS))
    (read,) = shore().read(text.replace(delivery, delivery + bad).encode(), knowing(WIDGETS))
    assert (whole.partial, read.partial) == (False, True)
    assert read.said == whole.said != ()
    assert {finding.message.partition(": ")[0] for finding in read.findings} == {"delivery 80000999"}


def test_an_idoc_can_be_refused_for_one_reason_more() -> None:
    (read,) = heard("ORDRSP.xml")
    refused = read.refused(find("revision-conflict", "came before"))
    assert (refused.said, [finding.code for finding in refused.findings]) == ((), ["revision-conflict"])
    assert refused.docnum == read.docnum


def test_suspense_and_reserve_can_be_read_in_the_journal() -> None:
    lines = (
        {"account": "113100", "debit": "70.00", "text": "payout"},
        {"account": "199999", "debit": "3.00", "text": "unknown: FBA Weather Fee"},
        {"account": "119000", "debit": "27.00", "text": "held back for later"},
        {"account": "800000", "credit": "100.00", "text": "sales"},
    )
    accounts = {"199999": SapAccount(label="SUSPENSE"), "119000": SapAccount(label="RESERVE")}
    entry: JournalEntry = an_entry(*lines)
    data = written(entry, accounts=accounts)[1].decode()
    assert "<ITEM_TEXT>SUSPENSE unknown: FBA Weather Fee</ITEM_TEXT>" in data
    assert "<ITEM_TEXT>RESERVE held back for later</ITEM_TEXT>" in data
    assert "<AMT_DOCCUR>100.0000-</AMT_DOCCUR>" in data


WEIRD = (
    *("", " ", "0", "-1", "1-", "000000", "00000000", "99991231", "00010101", "235959", "240000", "0.000", "12.345-"),
    *("²", "é", "X", "A" * 20, "9" * 15, "CT", "XYZ", "003", "Z9", "CRME", "SALE-1", "0000100234", "51", "53"),
)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.xml")))
def test_whatever_stands_in_an_idoc_it_says_something_or_why_not(name: str) -> None:
    """Values are replaced, segments and fields left out or doubled, by a dice that always falls the same."""
    chance, known = Random(name), knowing(WIDGETS, a_sale(purchase_order="SALE-1"))
    for _ in range(60):
        root = etree.parse(SAMPLES / name).getroot()
        places = [each for each in root.iter() if each.getparent() is not None]
        for element in chance.sample(places, 4):
            above = element.getparent()
            if above is None:  # it has been left out already
                continue
            match chance.randint(0, 3):
                case 0:
                    above.remove(element)
                case 1:
                    above.append(deepcopy(element))
                case _ if not len(element):
                    element.text = chance.choice(WEIRD)
        for each in shore(shipment_number="external").read(etree.tostring(root), known):
            assert each.said or each.findings
            assert all(finding.message for finding in each.findings)
