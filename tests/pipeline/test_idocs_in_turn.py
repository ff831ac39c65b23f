"""What comes late, twice or out of order: nothing goes to SAP twice, and the newest word stands."""

from pathlib import Path

import pytest

from tests.conftest import House
from tests.pipeline.saps_word import LATER, LINES, answer, file_of, idoc, idocs_out, status

TOO_LONG = '[erp.sap.sales.AMAZON-US]\nplant = "TOOLONGPLANT"\n'
CHANGED = ("30*EA*7.25*PE*UP*614141000012", "10*CA*43.5*PE*UK*10614141000026", "6*EA*12*PE*VN*ACM-003")


def at(minute: int) -> str:
    return f"2026-11-20T21:{minute}:00Z"


@pytest.fixture
def held(sap: House) -> House:
    """An order that SAP has no room for."""
    sap.config.write_text(sap.config.read_text() + TOO_LONG)
    sap.drop("850.edi", sap.interchange(sap.order()))
    sap.once()
    assert [case["code"] for case in sap.cases] == ["erp-document-unsayable"]
    assert idocs_out(sap) == []
    return sap


def mend(house: House) -> None:
    house.configure("TOOLONGPLANT", "1000")


def test_what_is_held_goes_once_also_where_a_person_has_closed_its_case(held: House) -> None:
    mend(held)
    (case,) = held.cases
    held.run("cases", "resolve", case["id"], "--reason", "the row is right now")
    for minute in (20, 21, 22):
        held.once(at(minute))
    assert len(idocs_out(held)) == 1


def test_an_order_that_was_cancelled_while_it_was_held_never_goes(held: House) -> None:
    held.drop("cancel.edi", held.interchange(held.order("4XK7PL2Q", st="0009", purpose="01"), control=102))
    held.once(at(20))
    mend(held)
    held.once(at(30))
    assert idocs_out(held) == []
    assert "erp-document-unsayable" not in [case["code"] for case in held.cases]


def test_a_revision_that_was_held_gives_way_to_the_next_which_is_an_order_and_no_change(held: House) -> None:
    changed = held.order("4XK7PL2Q", *CHANGED, st="0009", purpose="05")
    held.drop("change.edi", held.interchange(changed, control=102))
    held.once(at(20))
    mend(held)
    held.once(at(30))
    (name,) = idocs_out(held)
    assert name.startswith("ORDERS_")
    assert "<MENGE>30" in (held.folder / "erp" / "out" / name).read_text()


def test_nobody_is_answered_by_policy_for_an_order_that_the_erp_has_not_got(sap: House) -> None:
    sap.configure("auto               = false", "auto = true")
    sap.config.write_text(sap.config.read_text() + TOO_LONG)
    sap.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,500\nACME-26,ACME1,500\nACME-3,ACME1,500\n")
    sap.drop("850.edi", sap.interchange(sap.order()))
    sap.once()
    assert "855" not in [each["type"] for each in sap.json("documents", "list")]
    mend(sap)
    sap.once(at(20))
    assert "855" in [each["type"] for each in sap.json("documents", "list")]


@pytest.mark.parametrize("names", [("ORDRSP_9.xml", "ORDRSP_10.xml"), ("b.xml", "a.xml")])
def test_of_two_answers_the_one_that_sap_wrote_last_stands_whatever_the_files_are_called(
    ordered: House, names: tuple[str, str]
) -> None:
    fewer = (("1", "12.000"), *LINES[1:])
    ordered.erp_says(names[0], file_of("ORDERS05", answer(9, "4XK7PL2Q", *LINES)))
    ordered.erp_says(names[1], file_of("ORDERS05", answer(10, "4XK7PL2Q", *fewer)))
    ordered.once(LATER)
    said = [each["id"] for each in ordered.json("documents", "list") if each["type"] == "order-response"]
    newest = max(said, key=int)
    assert ordered.json("documents", "show", newest)["body"]["lines"][0]["accepted"] == "12"


def test_an_old_answer_that_is_put_again_after_a_newer_one_changes_nothing(ordered: House) -> None:
    said = answer(4812, "4XK7PL2Q", *LINES).replace("<ACTION>004</ACTION>", "<ACTION>003</ACTION>")
    refused = said.replace("<MENEE>PCE</MENEE>", "<MENEE>PCE</MENEE><ABGRU>Z9</ABGRU>")
    ordered.erp_says("a.xml", file_of("ORDERS05", refused))
    ordered.once(LATER)
    assert ordered.quarantine["a.xml"]["code"] == "sap-row-missing"
    ordered.erp_says("b.xml", file_of("ORDERS05", answer(4813, "4XK7PL2Q", *LINES)))
    ordered.once(at(12))
    text = ordered.config.read_text()
    ordered.config.write_text(f'{text}Z9 = "discontinued"\n')  # the table of reasons is the last one
    ordered.erp_says("c.xml", file_of("ORDERS05", refused))
    ordered.once(at(14))
    assert [each["type"] for each in ordered.json("documents", "list")].count("855") == 1
    assert len(ordered.history("idoc-overtaken")) == 1


def posted_journal(house: House) -> str:
    house.configure("start_at = 4711\n", 'start_at = 4711\ncompany = "1000"\n')
    house.drop("settlement.txt", (Path(__file__).parents[2] / "samples" / "demo" / "settlement.txt").read_bytes())
    house.once()
    return next(str(each["id"]) for each in house.json("documents", "list") if each["type"] == "journal-entry")


def test_what_sap_posts_twice_is_a_case_for_finance(sap: House) -> None:
    journal = posted_journal(sap)
    sap.erp_says("a.xml", file_of("ALEAUD01", status(9001, 4711, "51", "period closed")))
    sap.once(at(10))
    sap.run("documents", "resend", journal, "--reason", "the period is open")
    sap.once(at(12))
    assert len(idocs_out(sap)) == 2
    sap.erp_says("b.xml", file_of("ALEAUD01", status(9002, 4711)))
    sap.once(at(14))
    assert sap.json("documents", "show", journal)["acknowledgement"] == "accepted"
    sap.erp_says("c.xml", file_of("ALEAUD01", status(9003, 4712)))
    sap.once(at(16))
    (case,) = (case for case in sap.cases if case["code"] == "booked-after-all")
    assert case["owner"] == "finance"
    assert "0000000000004711, and as 0000000000004712" in case["message"]


def test_a_refusal_that_comes_late_is_no_word_on_the_idoc_that_went_since(sap: House) -> None:
    journal = posted_journal(sap)
    sap.erp_says("a.xml", file_of("ALEAUD01", status(9001, 4711, "51", "period closed")))
    sap.once(at(10))
    sap.run("documents", "resend", journal, "--reason", "the period is open")
    sap.erp_says("b.xml", file_of("ALEAUD01", status(9002, 4711, "51", "said again")))
    sap.once(at(12))
    assert sap.json("documents", "show", journal)["acknowledgement"] == "awaited"


def test_several_faults_of_an_idoc_are_told_together(ordered: House) -> None:
    ordered.erp_says("a.xml", file_of("ORDERS05", answer(1, "4XK7PL2Q", ("1", "abc"), ("2", "xyz"))))
    ordered.once(LATER)
    (case,) = ordered.cases
    assert "'abc'" in case["message"]
    assert "'xyz'" in case["message"]


def delivered(number: int, line: str, pieces: str, unit: str = "PCE") -> str:
    """A delivery of one line of the order in one carton."""
    return (
        f"<E1EDL20 SEGMENT='1'><VBELN>{number:010}</VBELN><ANZPK>00001</ANZPK>"
        "<E1ADRM1 SEGMENT='1'><PARTNER_Q>AG</PARTNER_Q><PARTNER_ID>AMAZON-US</PARTNER_ID></E1ADRM1>"
        f"<E1EDL24 SEGMENT='1'><POSNR>000010</POSNR><LFIMG>{pieces}</LFIMG><VRKME>{unit}</VRKME>"
        f"<E1EDL41 SEGMENT='1'><QUALI>001</QUALI><BSTNR>4XK7PL2Q</BSTNR><POSEX>{line}</POSEX></E1EDL41></E1EDL24>"
        "<E1EDL37 SEGMENT='1'><EXIDV>340123450000000017</EXIDV><E1EDL44 SEGMENT='1'><VELIN>1</VELIN>"
        f"<POSNR>000010</POSNR><VEMNG>{pieces}</VEMNG><VEMEH>{unit}</VEMEH></E1EDL44></E1EDL37></E1EDL20>"
    )


def test_of_two_deliveries_in_an_idoc_the_good_one_is_taken_and_the_other_once_its_row_is_there(ordered: House) -> None:
    both = delivered(80000001, "000001", "24.000") + delivered(80000002, "000003", "6.000", unit="KAR")
    file = file_of("DELVRY07", idoc("DELVRY07", "DESADV", 77, both))
    ordered.erp_says("d.xml", file)
    ordered.once(LATER)
    assert [each["business_number"] for each in shipments(ordered)] == ["80000001"]
    assert "delivery 80000002" in ordered.quarantine["d.xml"]["message"]
    ordered.config.write_text(ordered.config.read_text() + '[erp.sap.units]\nPCE = "each"\nKAR = "each"\n')
    ordered.erp_says("e.xml", file)
    ordered.once(at(20))
    assert [each["business_number"] for each in shipments(ordered)] == ["80000001", "80000002"]


def shipments(house: House) -> list[dict[str, str]]:
    found = [each for each in house.json("documents", "list") if each["type"] == "shipment"]
    return sorted(found, key=lambda each: int(each["id"]))
