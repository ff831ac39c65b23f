"""An instance whose ERP is SAP: orders leave as IDocs under numbers of our own, and SAP's word on them comes back."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import SOON, House
from tests.pipeline.saps_word import LATER, LINES, answer, file_of, idoc, idocs_out, status


def test_an_order_leaves_as_one_idoc_under_the_first_number_that_is_set(ordered: House) -> None:
    assert idocs_out(ordered) == ["ORDERS_0000000000004711_20261120210200.xml"]
    (document,) = (each for each in ordered.json("documents", "list") if each["type"] == "sales-order")
    assert document["control_number"] == "0000000000004711"
    assert document["delivery"] == "delivered"
    text = (ordered.folder / "erp" / "out" / idocs_out(ordered)[0]).read_text()
    assert "<REFINT>000000101</REFINT>" in text
    assert "<BELNR>4XK7PL2Q</BELNR>" in text


def test_posted_is_booked_under_the_number_of_the_sales_order(ordered: House) -> None:
    ordered.erp_says("anything at all", file_of("ALEAUD01", status(9001, 4711)))
    ordered.once(LATER)
    booked = ordered.state("4XK7PL2Q").booked
    assert booked is not None
    assert booked.number == "12345"
    assert not ordered.cases


def test_not_posted_is_a_refusal_in_saps_own_words(ordered: House) -> None:
    ordered.erp_says("a.xml", file_of("ALEAUD01", status(9001, 4711, "51", "No sales area was found")))
    ordered.once(LATER)
    (case,) = ordered.cases
    assert case["code"] == "posting-refused"
    assert "No sales area was found" in case["message"]
    ordered.erp_says("b.xml", file_of("ALEAUD01", status(9002, 4711)))
    ordered.once(LATER)
    assert not ordered.cases


def test_stored_is_not_posted(ordered: House) -> None:
    ordered.erp_says("a.xml", file_of("ALEAUD01", status(9001, 4711, "64", "ready")))
    ordered.once(LATER)
    state = ordered.state("4XK7PL2Q")
    assert state.booked is None
    assert state.refused is None
    assert not ordered.quarantine


def test_the_same_idoc_again_changes_nothing_and_another_under_its_number_is_a_conflict(ordered: House) -> None:
    ordered.erp_says("a.xml", file_of("ALEAUD01", status(9001, 4711)))
    ordered.once(LATER)
    events = len(ordered.history("event:"))
    ordered.erp_says("b.xml", file_of("ALEAUD01", status(9001, 4711)))
    ordered.once(LATER)
    assert len(ordered.history("event:")) == events
    assert len(ordered.history("erp-document-repeated")) == 1
    ordered.erp_says("c.xml", file_of("ALEAUD01", status(9001, 4711, "51", "something else")))
    ordered.once(LATER)
    (case,) = ordered.cases
    assert case["code"] == "revision-conflict"
    assert "IDoc 0000000000009001 of ECCCLNT100 came before with other content" in case["message"]
    assert ordered.quarantine["c.xml"]["code"] == "revision-conflict"
    assert ordered.state("4XK7PL2Q").refused is None


def test_word_of_an_idoc_that_never_left_is_a_case(ordered: House) -> None:
    ordered.erp_says("a.xml", file_of("ALEAUD01", status(9001, 99)))
    ordered.once(LATER)
    assert "IDoc 0000000000000099, which we never sent" in ordered.quarantine["a.xml"]["message"]


def test_sap_answers_and_the_acknowledgement_leaves(ordered: House) -> None:
    ordered.erp_says("O_100_0000000000004812", file_of("ORDERS05", answer(4812, "4XK7PL2Q", *LINES)))
    ordered.once(LATER)
    sent = [name for name in ordered.json("documents", "list") if name["type"] == "855"]
    assert [each["delivery"] for each in sent] == ["delivered"]


@pytest.mark.requirement("69")
def test_of_several_idocs_in_a_file_a_bad_one_keeps_no_other_back(ordered: House) -> None:
    bad = answer(4813, "4XK7PL2Q", ("1", "abc"))
    ordered.erp_says("two.xml", file_of("ORDERS05", bad, answer(4812, "4XK7PL2Q", *LINES)))
    ordered.once(LATER)
    assert [each["type"] for each in ordered.json("documents", "list") if each["type"] == "855"] == ["855"]
    reason = ordered.quarantine["two.xml"]
    assert reason["code"] == "idoc-field-invalid"
    assert "IDoc 1 of 2" in reason["place"]
    assert "MENGE" in reason["message"]
    assert "abc" in reason["message"]
    (case,) = ordered.cases
    assert case["owner"] == "IT"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a stranger", file_of("ALEAUD01", status(9001, 4711, sender="OTHERCLNT1")), "OTHERCLNT1"),
        ("cut off", file_of("ALEAUD01", status(9001, 4711))[:-60], "Premature end"),
        ("too long", file_of("ORDERS05", answer(4812, "4" * 36, *LINES)), "BELNR"),
        ("unknown", file_of("ORDERS05", answer(4812, "4XK7PL2Q", *LINES).replace("E1EDP20", "E1EDP99")), "E1EDP99"),
        ("nobody's order", file_of("ORDERS05", answer(4812, "NOBODYS1", *LINES)), "NOBODYS1"),
        ("no xml", "<", "invalid element name"),
        ("not flat", "EDI_DC40  100000", "record"),
        ("entities", '<!DOCTYPE a [<!ENTITY b "c">]><ALEAUD01/>', "DOCTYPE"),
    ],
)
def test_a_bad_idoc_lies_in_quarantine_with_its_reason_and_is_a_case(
    ordered: House, name: str, data: str, said: str
) -> None:
    ordered.erp_says(f"{name}.xml", data)
    ordered.once(LATER)
    assert said in ordered.quarantine[f"{name}.xml"]["message"]
    (case,) = ordered.cases
    assert said in case["message"]
    assert case["owner"] == "IT"
    state = ordered.state("4XK7PL2Q")
    assert (state.booked, state.refused, state.is_answer_drafted) == (None, None, False)


@pytest.mark.requirement("69")
def test_what_sap_has_no_room_for_waits_alone_and_goes_by_itself(sap: House) -> None:
    long = "ACME-" + "9" * 40
    sap.items(f"{long},amazon-us,ACM-009,VN,,,,active,,no,no,", name="items-more.csv")
    good, bad = sap.order("GOOD0001"), sap.order("LONG0001", "4*EA*1*PE*VN*ACM-009", st="0002")
    sap.drop("850.edi", sap.interchange(good, bad))
    sap.once()
    assert len(idocs_out(sap)) == 1
    (case,) = sap.cases
    assert case["code"] == "erp-document-unsayable"
    assert long in case["message"]
    sap.once(LATER)
    assert len(idocs_out(sap)) == 1
    assert [each["id"] for each in sap.cases] == [case["id"]]


def test_what_could_not_be_written_goes_by_itself_once_its_row_is_there(sap: House) -> None:
    orders = Path(__file__).parents[2] / "samples" / "demo" / "orders.txt"
    sap.drop("orders.txt", orders.read_bytes())
    sap.once()
    held = [case for case in sap.cases if case["code"] == "erp-document-unsayable"]
    assert held
    assert all(case["remedy"].startswith("add to config.toml: [erp.sap.") for case in held)
    before = idocs_out(sap)
    rows = (
        '[erp.sap.sales.AMAZON-US-BUYERS]\nnumber = "100900"\n[erp.sap.conditions]\nHD00 = "shipping"\n'
        '[erp.sap.blocks]\nno-pick = "Z1"\npayment-pending = "Z2"\nbackorder = "Z3"\n'
    )
    sap.config.write_text(sap.config.read_text() + rows)
    sap.once(LATER)
    assert len(idocs_out(sap)) == len(before) + len(held)
    assert "erp-document-unsayable" not in [case["code"] for case in sap.cases]
    orders_out = [each for each in sap.json("documents", "list") if each["type"] == "sales-order"]
    assert {(each["validation"], each["delivery"]) for each in orders_out} == {("ready", "delivered")}


def test_a_material_of_sap_is_an_item(sap: House) -> None:
    units = (
        "<E1MARMM SEGMENT='1'><MEINH>KAR</MEINH><UMREZ>6</UMREZ><UMREN>1</UMREN><EAN11>10614141000095</EAN11></E1MARMM>"
    )
    material = f"<E1MARAM SEGMENT='1'><MATNR>ACME-95</MATNR><MEINS>PCE</MEINS>{units}</E1MARAM>"
    sap.config.write_text(sap.config.read_text() + '[erp.sap.units]\nPCE = "each"\nKAR = "case"\n')
    sap.erp_says("matmas", file_of("MATMAS05", idoc("MATMAS05", "MATMAS", 501, material)))
    sap.drop("850.edi", sap.interchange(sap.order("4XK7PL2Q", "2*CA*30*PE*UK*10614141000095")))
    sap.once()
    (name,) = idocs_out(sap)
    text = (sap.folder / "erp" / "out" / name).read_text()
    assert re.search(r"<MENGE>12(\.0+)?</MENGE>", text)


def test_without_a_profile_an_idoc_is_told_and_kept(house: House) -> None:
    house.erp_says("a.xml", file_of("ALEAUD01", status(9001, 4711)))
    house.once(SOON)
    assert "[erp.sap]" in house.quarantine["a.xml"]["message"]


@pytest.mark.requirement("69")
def test_orders_reach_sap_in_batches_of_the_size_that_is_set(sap: House) -> None:
    sap.configure("# rate = 60", "rate = 2 #")
    orders = (sap.order(f"BATCH{number:03}", st=f"{number:04}") for number in range(1, 6))
    sap.drop("850.edi", sap.interchange(*orders))
    for minute, so_far in ((2, 2), (3, 4), (4, 5)):
        sap.once(f"2026-11-20T21:{minute:02}:30Z")
        assert len(idocs_out(sap)) == so_far


@pytest.mark.requirement("73")
def test_a_settlement_is_a_journal_document_of_sap_with_values_fees_and_tax_codes(sap: House) -> None:
    settlement = Path(__file__).parents[2] / "samples" / "demo" / "settlement.txt"
    accounts = (
        '[erp.sap.accounts.2200]\ntax_code = "A1"\n[erp.sap.accounts.6000]\ncost_centre = "4711"\n'
        '[erp.sap.accounts.1290]\nlabel = "SUSPENSE"\n'
    )
    sap.config.write_text(
        sap.config.read_text().replace("start_at = 4711", 'start_at = 4711\ncompany = "1000"') + accounts
    )
    sap.drop("settlement.txt", settlement.read_bytes())
    sap.once()
    (name,) = (each for each in idocs_out(sap) if each.startswith("ACC_DOCUMENT"))
    text = (sap.folder / "erp" / "out" / name).read_text()
    assert "<REF_DOC_NO>41007700001</REF_DOC_NO>" in text
    amounts = [
        -Decimal(each[:-1]) if each.endswith("-") else Decimal(each)
        for each in re.findall(r"<AMT_DOCCUR>([0-9.]+-?)</AMT_DOCCUR>", text)
    ]
    assert sum(amounts) == 0
    assert Decimal("63.89") in amounts  # the deposit
    assert Decimal("12.31") in amounts  # storage, a fee
    lines = re.findall(r"<E1BPACGL09.*?</E1BPACGL09>", text, re.DOTALL)
    (taxed,) = (line for line in lines if "<GL_ACCOUNT>0000002200<" in line)
    assert "<TAX_CODE>A1</TAX_CODE>" in taxed
    (suspended,) = (line for line in lines if "<GL_ACCOUNT>0000001290<" in line)
    assert "<ITEM_TEXT>SUSPENSE Aged inventory relocation</ITEM_TEXT>" in suspended
    assert all("<COSTCENTER>0000004711<" in line for line in lines if "<GL_ACCOUNT>0000006000<" in line)
    kept_back = [line for line in lines if "<GL_ACCOUNT>0000001250<" in line]
    assert ["Kept back by Amazon" in kept_back[0], "Kept back before, released" in kept_back[1]] == [True, True]
