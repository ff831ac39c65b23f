"""What is said against an IDoc, where, and what is left alone."""

import pytest
from lxml import etree

from gateway.findings import Finding, Severity
from gateway.grammar.idoc import check
from gateway.grammar.idoc_order import arrange
from gateway.syntax.idoc import canonical
from gateway.syntax.idoc_flat_writing import write_flat
from tests.grammar.idoc_samples import catalogue, found_in, idocs, layout, sample


def changed(old: str, new: str, name: str = "INVOIC.xml") -> list[Finding]:
    """What is found in a sample with its first `old` replaced."""
    text = sample(name).decode()
    assert old in text
    return found_in(text.replace(old, new, 1).encode())


def only(found: list[Finding]) -> Finding:
    (one,) = found
    return one


def test_a_finding_names_line_path_record_segment_field_value_and_what_was_expected() -> None:
    data = sample("ORDRSP.xml").replace(b"<MENGE>24.000<", b"<MENGE>abc<")
    line = data.decode().splitlines().index("   <MENGE>abc</MENGE>") + 1
    wrong = only(found_in(data))
    assert wrong == Finding(
        code="idoc-field-invalid",
        message=f"line {line}, E1EDP01[1]/MENGE: it is 'abc', "
        "expected a number: digits, a point, a minus at the end, at most 15 characters",
        severity=Severity.REJECT,
        segment=7,
        tag="E1EDP01",
        number="MENGE",
        value="abc",
        expected="a number: digits, a point, a minus at the end, at most 15 characters",
    )


def test_of_a_flat_file_the_record_is_named_and_counted_over_the_whole_file() -> None:
    text = sample("ORDRSP-two.txt").decode()
    first, second = text[: len(text) // 2], text[len(text) // 2 :]
    data = (first + second.replace("24.000 ", "abc    ")).encode()
    wrong = only(found_in(data))
    records = (len(first) - 524) // 1063 + 1
    assert wrong.segment == records + 7
    assert wrong.message.startswith(f"record {records + 7}, E1EDP01[1]/MENGE: it is 'abc'")


def test_a_long_value_is_shown_in_part() -> None:
    wrong = only(changed("<BELNR>0090000456<", f"<BELNR>{'9' * 3000}<"))
    assert wrong.value == "9" * 99
    assert "with 3000 characters, expected at most 35" in wrong.message


def test_a_control_record_that_is_empty_names_every_field_it_cannot_be_without() -> None:
    text = sample("STATUS.xml").decode()
    start, end = text.index("<TABNAM>"), text.index("</EDI_DC40>")
    found = found_in((text[:start] + text[end:]).encode())
    must = {"TABNAM", "DIRECT", "IDOCTYP", "MESTYP", "SNDPOR", "SNDPRT", "SNDPRN", "RCVPOR", "RCVPRN"}
    assert {wrong.number for wrong in found} == must
    assert {wrong.code for wrong in found} == {"idoc-control-record"}
    assert {wrong.tag for wrong in found} == {"EDI_DC40"}


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("<TABNAM>EDI_DC40<", "<TABNAM>EDI_DC<", "TABNAM"),
        ("<DIRECT>1<", "<DIRECT>3<", "DIRECT"),
        ("<DOCNUM>0000000000004713<", "<DOCNUM>X713<", "DOCNUM"),
    ],
)
def test_a_control_record_with_a_wrong_value_is_found_out(old: str, new: str, field: str) -> None:
    wrong = only(changed(old, new))
    assert (wrong.code, wrong.number) == ("idoc-control-record", field)


def test_an_idoc_without_a_number_is_one() -> None:
    assert not changed("<DOCNUM>0000000000004713</DOCNUM>", "")


def test_the_root_may_be_the_extension() -> None:
    extended = sample("INVOIC.xml").replace(b"INVOIC02>", b"ZINVOIC2>")
    extended = extended.replace(b"<IDOCTYP>ZINVOIC2>", b"<IDOCTYP>INVOIC02<").replace(
        b"<IDOCTYP>INVOIC02</IDOCTYP>", b"<IDOCTYP>INVOIC02</IDOCTYP><CIMTYP>ZINVOIC2</CIMTYP>"
    )
    assert not found_in(extended)
    assert only(found_in(extended.replace(b"<CIMTYP>ZINVOIC2</CIMTYP>", b""))).code == "idoc-control-record"


def test_a_segment_of_a_named_extension_is_left_alone_and_another_stranger_is_not() -> None:
    named = sample("INVOIC.xml").replace(
        b"<IDOCTYP>INVOIC02</IDOCTYP>", b"<IDOCTYP>INVOIC02</IDOCTYP><CIMTYP>ZINVOIC2</CIMTYP>"
    )
    own = b'<Z1PACK SEGMENT="1"><COLOUR>red</COLOUR></Z1PACK>'
    assert not found_in(named.replace(b"<E1EDS01", own + b"<E1EDS01", 1))
    wrong = only(found_in(named.replace(b"<E1EDS01", own.replace(b"Z1", b"E1") + b"<E1EDS01", 1)))
    assert (wrong.code, wrong.tag) == ("idoc-segment-unknown", "E1PACK")
    assert "a segment of basic type INVOIC02" in wrong.message


def test_in_an_open_place_nothing_is_unknown_and_in_an_open_segment_no_field() -> None:
    inside = '<E1XXL99 SEGMENT="1"><FIELD>1</FIELD></E1XXL99>'
    assert not changed("</E1EDL44>", f"{inside}</E1EDL44>", "DESADV.xml")
    assert not changed("<E1EDL37 ", f"{inside}<E1EDL37 ", "DESADV.xml")
    assert not changed("<MATNR>", "<NEWFIELD>1</NEWFIELD><MATNR>", "MATMAS.xml")
    assert only(changed("<E1EDL44 ", "<MATNR>1</MATNR><E1EDL44 ", "DESADV.xml")).code == "idoc-field-unknown"


def test_a_segment_that_its_type_has_in_another_place_may_stand_in_no_open_one() -> None:
    assert not changed("</E1EDL44>", '<E1EDL45 SEGMENT="1"/></E1EDL44>', "DESADV.xml")
    assert not changed("</E1EDL44>", '<E1EDK18 SEGMENT="1"/></E1EDL44>', "DESADV.xml")
    for name in ("E1EDL24", "EDI_DC40"):
        wrong = only(changed("</E1EDL44>", f'<{name} SEGMENT="1"/></E1EDL44>', "DESADV.xml"))
        assert wrong.code == "idoc-segment-misplaced"


def test_the_fields_of_a_segment_that_is_known_by_its_place_only_are_not_judged() -> None:
    card = '<E1EDK36 SEGMENT="1"><CCINS>VISA</CCINS></E1EDK36>'
    assert not changed("<E1EDKT1 ", f"{card}<E1EDKT1 ", "ORDERS.xml")


def test_empty_fields_are_no_fault_but_where_they_must_be_filled() -> None:
    assert not changed("<PEINH>1</PEINH>", "<PEINH/>", "ORDERS.xml")
    assert not changed("<MENGE>24.000</MENGE>", "<MENGE>   </MENGE>", "ORDERS.xml")
    assert only(changed("<QUALF>006</QUALF>", "<QUALF> </QUALF>", "ORDERS.xml")).code == "idoc-field-missing"


def test_trailing_blanks_make_no_value_too_long() -> None:
    assert not changed("<MENEE>PCE<", "<MENEE>PCE     <", "ORDERS.xml")


def test_a_segment_too_often_is_told_once_and_so_is_each_other_fault() -> None:
    order = 6 * '<E1EDK18 SEGMENT="1"/>'
    wrong = only(changed("<E1EDKT1 ", f"{order}<E1EDKT1 ", "ORDERS.xml"))
    assert wrong.code == "idoc-segment-too-often"
    assert "segment E1EDK18 stands more than 3 times in IDOC, expected at most 3" in wrong.message


def test_a_segment_behind_two_others_names_the_last_that_counts() -> None:
    found = changed("<E1EDS01 ", '<E1EDK14 SEGMENT="1"><QUALF>006</QUALF></E1EDK14><E1EDK02 SEGMENT="1">'
                    "<QUALF>001</QUALF></E1EDK02><E1EDS01 ")  # fmt: skip
    assert [wrong.code for wrong in found] == ["idoc-segment-misplaced"] * 2
    assert all("stands behind E1EDP01" in wrong.message for wrong in found)


def test_a_segment_inside_one_that_holds_none_says_so() -> None:
    found = changed("</E1EDK02>", '<E1EDK03 SEGMENT="1"><IDDAT>012</IDDAT></E1EDK03></E1EDK02>')
    assert only(found).code == "idoc-segment-misplaced"
    assert "segment E1EDK03 may not stand in E1EDK02, expected no segment" in only(found).message


def test_a_second_control_record_is_one_too_many() -> None:
    text = sample("INVOIC.xml").decode()
    start, end = text.index("  <EDI_DC40"), text.index("</EDI_DC40>") + len("</EDI_DC40>")
    twice = text[:end] + "\n" + text[start:end] + text[end:]
    assert only(found_in(twice.encode())).code == "idoc-segment-too-often"


def test_a_control_record_behind_the_data_is_misplaced() -> None:
    text = sample("STATUS.xml").decode()
    start, end = text.index("  <EDI_DC40"), text.index("</EDI_DC40>") + len("</EDI_DC40>\n")
    moved = text[:start] + text[end:].replace("</IDOC>", text[start:end] + "</IDOC>")
    assert only(found_in(moved.encode())).code == "idoc-segment-misplaced"


def test_other_attributes_than_sap_s_are_not_its_own() -> None:
    assert only(changed('<E1EDK01 SEGMENT="1">', '<E1EDK01 SEGMENT="2">')).code == "idoc-marker-missing"
    wrong = only(changed('<E1EDK01 SEGMENT="1">', '<E1EDK01 SEGMENT="1" x="y">'))
    assert 'SEGMENT="1" x="y", expected SEGMENT="1"' in wrong.message


def test_a_field_that_is_not_known_is_answered_with_some_that_are() -> None:
    assert only(changed("<SUMID>", "<SUM>1</SUM><SUMID>")).expected == "one of SUMID, SUMME, SUNIT, WAERQ"
    assert only(changed("<IDDAT>", "<DAY>1</DAY><IDDAT>")).expected == "one of IDDAT, DATUM, UZEIT"
    assert only(changed("<QUALF>009", "<DAY>1</DAY><QUALF>009")).expected == "one of QUALF, BELNR, POSNR, DATUM, UZEIT"
    wrong = only(changed("<MWSKZ>", "<DAY>1</DAY><MWSKZ>"))
    assert wrong.expected == "one of MWSKZ, MSATZ, MWSBT, TXJCD, KTEXT"
    assert only(changed("<POSEX>", "<DAY>1</DAY><POSEX>")).expected == "one of POSEX, ACTION, PSTYP, KZABS, MENGE ..."


def test_a_field_holds_text_and_nothing_else() -> None:
    wrong = only(changed("<MENEE>PCE<", "<MENEE>PCE<POSEX>1</POSEX><"))
    assert wrong.code == "idoc-field-invalid"
    assert "MENEE: it holds <POSEX>, expected text alone" in wrong.message
    assert "it holds attributes" in only(changed("<MENEE>", '<MENEE unit="ISO">')).message


def test_text_around_the_idocs_of_a_file_is_told_once() -> None:
    assert only(changed('<IDOC BEGIN="1">', 'hello <IDOC BEGIN="1">')).code == "idoc-field-unknown"
    assert only(changed('<IDOC BEGIN="1">', 'hello <IDOC BEGIN="1">', "ORDRSP-two.xml")).code == "idoc-field-unknown"
    assert only(changed("</IDOC>", "</IDOC> hello", "ORDRSP-two.xml")).code == "idoc-field-unknown"


def test_the_findings_of_a_hopeless_idoc_come_to_an_end() -> None:
    items = 1000 * '<E1EDP01 SEGMENT="1"><MENGE>abc</MENGE></E1EDP01>'
    assert len(changed("<E1EDS01 ", f"{items}<E1EDS01 ")) == 100


def test_a_tree_without_an_idoc_is_none() -> None:
    assert only(list(check(etree.Element("ORDERS05"), catalogue()))).code == "idoc-unreadable"


def test_of_an_unknown_type_the_control_record_is_judged_all_the_same() -> None:
    text = sample("STATUS.xml").decode().replace("SYSTAT01", "SYSTAT09").replace("<SNDPOR>AMZGW<", "<SNDPOR><")
    found = found_in(text.encode())
    assert [wrong.code for wrong in found] == ["idoc-type-unknown"]
    assert "the basic type is SYSTAT09, expected one of ACC_DOCUMENT05, ALEAUD01" in found[0].message


def test_without_its_type_in_the_control_record_an_idoc_is_of_the_type_of_its_root() -> None:
    wrong = only(changed("<IDOCTYP>INVOIC02</IDOCTYP>", ""))
    assert (wrong.code, wrong.number) == ("idoc-control-record", "IDOCTYP")


def test_a_tree_that_is_to_be_written_is_checked_before_it_is() -> None:
    (idoc,) = idocs(sample("ORDERS.txt"))
    field = idoc.root.find("IDOC/E1EDKA1[2]/NAME1")
    field.text = "x" * 36
    wrong = only(list(check(idoc.root, catalogue())))
    assert wrong.message == (
        "record 11, E1EDKA1[2]/NAME1: it is 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' with 36 characters, "
        "expected at most 35"
    )


def test_putting_in_order_leaves_strangers_to_the_check_and_keeps_equal_segments_in_their_order() -> None:
    (idoc,) = idocs(sample("ORDERS.xml"))
    item = idoc.root.find("IDOC/E1EDP01")
    etree.SubElement(item, "STRANGE").text = "1"
    etree.SubElement(etree.SubElement(item, "E1XXX01"), "FIELD").text = "2"
    ordered = arrange(idoc.root, catalogue())
    assert [part.text for part in ordered.iterfind("IDOC/E1EDP01/E1EDP19/QUALF")] == ["001", "002", "003", "002"]
    item = ordered.find("IDOC/E1EDP01")
    assert item[-1].tag == "E1XXX01"
    assert item[-1].get("SEGMENT") == "1"
    assert item.find("STRANGE").getnext().tag == "E1EDP02"
    assert {wrong.code for wrong in check(ordered, catalogue())} == {"idoc-field-unknown", "idoc-segment-unknown"}


def test_without_its_type_in_the_control_record_an_idoc_is_put_in_the_order_of_its_root() -> None:
    (idoc,) = idocs(sample("ORDERS.xml").replace(b"<IDOCTYP>ORDERS05</IDOCTYP>", b""))
    before = canonical(idoc.root)
    idoc.root[0][:] = reversed(list(idoc.root[0]))
    ordered = arrange(idoc.root, catalogue())
    assert [item.tag for item in ordered[0]][:2] == ["EDI_DC40", "E1EDK01"]
    assert len(canonical(ordered)) == len(before)


def test_putting_in_order_loses_no_text_that_stands_where_none_should() -> None:
    (idoc,) = idocs(sample("ORDERS.xml"))
    item = idoc.root.find("IDOC/E1EDP01")
    item.text = "stray"
    etree.SubElement(item.find("MENGE"), "POSEX").text = "1"
    found = check(arrange(idoc.root, catalogue()), catalogue())
    assert {wrong.code for wrong in found} == {"idoc-field-unknown", "idoc-field-invalid"}


def test_putting_an_idoc_of_an_unknown_type_in_order_leaves_it_as_it_is() -> None:
    (idoc,) = idocs(sample("STATUS.xml").replace(b"SYSTAT01", b"SYSTAT09"))
    assert canonical(arrange(idoc.root, catalogue())) == canonical(idoc.root)


def test_what_was_put_in_order_can_be_written() -> None:
    (idoc,) = idocs(sample("DESADV.xml"))
    for around in list(idoc.root.iter()):
        around[:] = reversed(list(around))
    ordered = arrange(idoc.root, catalogue())
    assert not check(ordered, catalogue())
    assert write_flat(ordered, layout("DELVRY07", "DESADV"))
