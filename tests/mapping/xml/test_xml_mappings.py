"""Reading and writing by an XML mapping: both ways the same rows, and nothing lost in silence."""

import json
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.documents.base import Record
from gateway.findings import Severity
from gateway.mapping.kept import KeptSource
from gateway.mapping.xml import XmlReading, make_xml_mapping, read_element, write_element
from gateway.mapping.xml.codecs import CODECS
from tests.mapping.xml.orders import MODELS, ORDER, Address, Line, Order, changed, mapping_of

MAPPING = mapping_of()

WRITTEN = """<ORDERS05>
 <IDOC>
  <EDI_DC40>
   <TABNAM>EDI_DC40</TABNAM>
   <CREDAT>20261120</CREDAT>
   <CRETIM>101500</CRETIM>
  </EDI_DC40>
  <E1EDK14>
   <QUALF>008</QUALF>
   <ORGID>1000</ORGID>
  </E1EDK14>
  <E1EDK02>
   <QUALF>001</QUALF>
   <BELNR>4711</BELNR>
  </E1EDK02>
  <E1EDK01 copies="2">
   <AUTLF>X</AUTLF>
   <ACTION>002</ACTION>
  </E1EDK01>
  <E1EDKA1>
   <PARVW>AG</PARVW>
   <PARTN>100</PARTN>
  </E1EDKA1>
  <E1EDKA1>
   <PARVW>WE</PARVW>
  </E1EDKA1>
  <E1ADRM4 role="WE">
   <NAME1>Müller &amp; Söhne</NAME1>
  </E1ADRM4>
  <E1EDK03>
   <IDDAT>002</IDDAT>
   <DATUM>20261130</DATUM>
  </E1EDK03>
  <E1EDK03>
   <IDDAT>012</IDDAT>
   <DATUM>20261120</DATUM>
  </E1EDK03>
  <E1EDP01>
   <POSEX>10</POSEX>
   <MENGE>24.000</MENGE>
   <MENEE>EA</MENEE>
   <E1EDP19>
    <QUALF>002</QUALF>
    <IDTNR>A</IDTNR>
   </E1EDP19>
   <E1EDPT1>
    <TDID>0001</TDID>
    <E1EDPT2>
     <TDLINE>one</TDLINE>
    </E1EDPT2>
    <E1EDPT2>
     <TDLINE>two</TDLINE>
    </E1EDPT2>
   </E1EDPT1>
  </E1EDP01>
  <E1EDP01>
   <POSEX>20</POSEX>
   <MENGE>2.50-</MENGE>
   <MENEE>CT</MENEE>
  </E1EDP01>
  <E1EDP01>
   <MENGE>1</MENGE>
   <MENEE>KGM</MENEE>
  </E1EDP01>
  <E1EDS01>
   <SUMID>001</SUMID>
   <SUMME>3</SUMME>
  </E1EDS01>
 </IDOC>
</ORDERS05>"""


def printed(root: Any) -> str:
    etree.indent(root, space=" ")
    return str(etree.tostring(root, encoding="unicode"))


def read(text: str, mapping: Any = MAPPING) -> XmlReading:
    return read_element(etree.fromstring(text), mapping)


def told(reading: XmlReading) -> list[tuple[str, str]]:
    return [(finding.code, finding.message) for finding in reading.findings]


def idoc(text: str) -> str:
    """An IDoc of one line, with more in it."""
    return f"<ORDERS05><IDOC>{text}<E1EDP01><MENGE>1</MENGE></E1EDP01></IDOC></ORDERS05>"


def test_rows_write_what_their_paths_name_in_the_order_of_the_file() -> None:
    writing = write_element(ORDER, MAPPING)
    assert printed(writing.root) == WRITTEN
    assert writing.unsaid == ()


def test_the_same_rows_read_it_again() -> None:
    reading = read(WRITTEN)
    lines = (ORDER.lines[0], ORDER.lines[1].model_copy(update={"code": "CT"}), ORDER.lines[2])
    assert reading.document == ORDER.model_copy(update={"lines": lines})
    assert reading.findings == ()


NAMES = st.text("abcXYZ 0é<&\"'", min_size=1, max_size=5)
LINES = st.builds(
    Line,
    item=st.none() | NAMES,
    quantity=st.decimals("-99999", "99999", places=2),
    code=st.just("EA"),
    sku=st.none() | NAMES,
    notes=st.lists(NAMES, max_size=3).map(tuple),
)
ORDERS = st.builds(
    Order,
    number=st.none() | NAMES,
    created_on=st.none() | st.dates(),
    created_at=st.none() | st.times().map(lambda at: at.replace(microsecond=0)),
    complete=st.booleans(),
    copies=st.none() | st.integers(0, 9),
    currency=st.sampled_from(["EUR", "USD"]),
    kind=st.sampled_from([None, "new", "change"]),
    dates=st.none() | st.dictionaries(NAMES, st.dates(), min_size=1, max_size=2),
    lines=st.lists(LINES, max_size=3).map(tuple),
)


@given(ORDERS)
def test_any_document_is_read_as_it_was_written(order: Order) -> None:
    writing = write_element(order, MAPPING)
    assert writing.unsaid == ()
    reading = read_element(writing.root, MAPPING)
    assert reading.document == order
    assert reading.findings == ()
    assert read_element(writing.root, MAPPING, explained=False) == XmlReading(order)


def test_every_value_has_its_line_path_and_row() -> None:
    traces = {trace.field: trace for trace in read(WRITTEN).traces}
    quantity = traces["lines[1].quantity"]
    assert (quantity.line, quantity.path) == (58, "/ORDERS05/IDOC/E1EDP01[2]/MENGE")
    assert (quantity.text, quantity.value, quantity.row.name) == ("2.50-", Decimal("-2.50"), "lines.quantity")
    assert traces["copies"].path == "/ORDERS05/IDOC/E1EDK01/@copies"
    assert traces["lines[0].notes[1]"].value == "two"
    assert traces["[constant] EDI_DC40/TABNAM"].value == "EDI_DC40"
    assert traces["[derived] line_count"].value == Decimal(3)


# What no row reads


def test_text_that_no_row_reads_is_a_finding_with_its_line() -> None:
    text = WRITTEN.replace("<MENEE>KGM", "<WERKS>1000</WERKS>\n   <MENEE>KGM")
    (finding,) = read(text).findings
    assert (finding.code, finding.severity, finding.value) == ("xml-unread", Severity.WARN, "1000")
    assert finding.message == "line 63, /ORDERS05/IDOC/E1EDP01[3]/WERKS: is read by no row: 1000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<E1EDK17><A>1</A><B> 2 </B></E1EDK17>", "line 1, /ORDERS05/IDOC/E1EDK17: is read by no row: 1 2"),
        ('<E1EDK17 a="1"/>', "line 1, /ORDERS05/IDOC/E1EDK17: is read by no row: 1"),
        ("words", "line 1, /ORDERS05/IDOC: 'words' is read by no row"),
        ("<E1EDK01><CURCY>USD</CURCY>words</E1EDK01>", "line 1, /ORDERS05/IDOC/E1EDK01/CURCY: is followed by a text"),
        ('<E1EDK01 b="1"><CURCY>USD</CURCY></E1EDK01>', "line 1, /ORDERS05/IDOC/E1EDK01/@b: '1' is read by no row"),
        (
            "<E1EDK01><CURCY>USD</CURCY></E1EDK01><E1EDK01><CURCY>EUR</CURCY></E1EDK01>",
            "line 1, /ORDERS05/IDOC/E1EDK01[2]: is read by no row: EUR",
        ),
        (
            "<E1EDK02><QUALF>044</QUALF><BELNR>1</BELNR></E1EDK02>",
            "line 1, /ORDERS05/IDOC/E1EDK02: is read by no row: 044 1",
        ),
    ],
)
def test_nothing_is_lost_in_silence(text: str, message: str) -> None:
    ((code, said),) = told(read(idoc(text)))
    assert code == "xml-unread"
    assert said.startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        '<E1EDK17 SEGMENT="1"/>',
        "<E1EDK17><A/><B> </B></E1EDK17>",
        '<E1EDK01 SEGMENT="1" b=""/>',
        '<E1EDK01 xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true"/>',
        "<E1EDK01><!-- said --></E1EDK01>",
        "<E1EDK01><CURCY/></E1EDK01>",
        "<EDI_DC40><CREDAT>00000000</CREDAT></EDI_DC40>",
    ],
)
def test_what_says_nothing_is_no_finding(text: str) -> None:
    reading = read(idoc(text))
    assert reading.findings == ()
    assert reading.document == Order(lines=(Line(quantity=Decimal(1)),))


def test_a_hostile_file_costs_a_hundred_findings_and_no_more() -> None:
    reading = read(idoc("<X>1</X>" * 5000))
    assert len(reading.findings) == 101
    assert reading.findings[-1].message == "there is more that is wrong; it is not told"
    wrong = read(f"<ORDERS05><IDOC>{'<E1EDP01><MENGE>x</MENGE></E1EDP01>' * 5000}</IDOC></ORDERS05>")
    assert len(wrong.findings) == 101
    assert wrong.document is None


# What is wrong


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("<EDI_DC40><CREDAT>20261320</CREDAT></EDI_DC40>", "value-unmapped", "CREDAT: month must be in 1..12"),
        (
            "<EDI_DC40><CREDAT>2026112</CREDAT></EDI_DC40>",
            "value-unmapped",
            "CREDAT: is '2026112', which is no day",
        ),
        ("<EDI_DC40><CRETIM>1015</CRETIM></EDI_DC40>", "value-unmapped", "CRETIM: is '1015', which is no time"),
        ("<EDI_DC40><CRETIM>240000</CRETIM></EDI_DC40>", "value-unmapped", "CRETIM: hour must be in 0..23"),
        ("<EDI_DC40><TABNAM>X</TABNAM></EDI_DC40>", "constant-differs", "'X', the mapping says 'EDI_DC40'"),
        ("<E1EDK01><AUTLF>Y</AUTLF></E1EDK01>", "value-unmapped", "AUTLF: is 'Y', which is neither X nor empty"),
        ('<E1EDK01 copies="two"/>', "value-unmapped", "E1EDK01/@copies: is 'two', which is no whole number"),
        (
            "<E1EDK01><ACTION>009</ACTION></E1EDK01>",
            "value-unmapped",
            "is '009', which lookup action gives no meaning; it knows 000, 002",
        ),
        (
            "<E1EDS01><SUMID>001</SUMID><SUMME>7</SUMME></E1EDS01>",
            "control-total-differs",
            "SUMME: is 7, the document has 1",
        ),
        (
            "<E1EDP01><MENGE>abc</MENGE></E1EDP01>",
            "value-unmapped",
            "MENGE: is 'abc', which is no number",
        ),
        (
            "<E1EDS01><SUMID>001</SUMID><SUMME>x</SUMME></E1EDS01>",
            "value-unmapped",
            "SUMME: is 'x', which is no number",
        ),
        ("<E1EDP01><POSEX>1</POSEX></E1EDP01>", "document-incomplete", "lines.0.quantity: Field required"),
        (
            "<E1EDK03><IDDAT>1</IDDAT></E1EDK03><E1EDK03><IDDAT>1</IDDAT></E1EDK03>",
            "value-unmapped",
            "/ORDERS05/IDOC: has '1' twice; keep one",
        ),
    ],
)
def test_what_is_wrong_is_a_finding_with_its_place(text: str, code: str, message: str) -> None:
    reading = read(idoc(text))
    (found, said), *more = told(reading)
    assert found == code
    assert message in said
    assert not more


def test_a_document_that_came_with_one_wrong_value_is_not_said_to_lack_it() -> None:
    reading = read("<ORDERS05><IDOC><E1EDP01><MENGE>abc</MENGE></E1EDP01></IDOC></ORDERS05>")
    assert reading.document is None
    assert [finding.code for finding in reading.findings] == ["value-unmapped"]


def test_a_total_of_a_document_that_cannot_be_built_is_not_compared() -> None:
    text = "<ORDERS05><IDOC><E1EDP01/><E1EDS01><SUMID>001</SUMID><SUMME>7</SUMME></E1EDS01></IDOC></ORDERS05>"
    assert [finding.code for finding in read(text).findings] == ["document-incomplete"]


@pytest.mark.parametrize("text", ["<ORDRSP><IDOC/></ORDRSP>", "<ORDERS05><X/></ORDERS05>"])
def test_another_tree_is_no_such_document(text: str) -> None:
    reading = read(text)
    assert reading.document is None
    assert told(reading) == [("document-incomplete", f"line 1: <{text[1:].partition('>')[0]}> is no ORDERS05/IDOC")]


def test_of_several_places_the_first_that_has_a_text_is_read() -> None:
    both = "<E1EDK02><QUALF>066</QUALF><BELNR>2</BELNR></E1EDK02><E1EDK01><BELNR>1</BELNR></E1EDK01>"
    reading = read(idoc(both))
    assert isinstance(reading.document, Order)
    assert reading.document.number == "2"
    assert told(reading) == [("xml-unread", "line 1, /ORDERS05/IDOC/E1EDK01: is read by no row: 1")]
    other = read(idoc("<E1EDK02><QUALF>066</QUALF></E1EDK02><E1EDK01><BELNR>1</BELNR></E1EDK01>"))
    assert isinstance(other.document, Order)
    assert other.document.number == "1"


# Writing


def test_what_stands_at_a_place_already_is_unsaid() -> None:
    mapping = mapping_of(changed('lines.item     = "POSEX"', 'lines.item     = "MENGE"'))
    (unsaid,) = write_element(Order(lines=(Line(item="x", quantity=Decimal(2)),)), mapping).unsaid
    assert (unsaid.field, unsaid.value) == ("lines[0].quantity", "2")
    assert unsaid.why == "another value stands at MENGE already: 'x'"


def test_what_xml_or_a_lookup_cannot_say_is_unsaid() -> None:
    order = Order(number="\x07", kind="new", lines=(Line(quantity=Decimal(1), unit="dozen", notes=("a", "\x00")),))
    found = write_element(order, mapping_of(changed('"000" = "new", ', "").replace(', "*" = "other"', ""))).unsaid
    assert [(unsaid.field, unsaid.why.partition(":")[0]) for unsaid in found] == [
        ("number", "All strings must be XML compatible"),
        ("kind", "lookup action has no code for it"),
        ("lines[0].unit", "lookup unit has no code for it"),
        ("lines[0].notes[1]", "All strings must be XML compatible"),
    ]


def test_a_value_of_another_type_is_unsaid() -> None:
    order = ORDER.model_copy(update={"created_on": "today", "lines": (Line.model_construct(quantity="x"),)})
    assert [unsaid.field for unsaid in write_element(order, MAPPING).unsaid] == ["created_on", "lines[0].quantity"]


def test_the_meaning_of_all_other_codes_is_left_to_the_row_of_the_code() -> None:
    writing = write_element(Order(lines=(Line(quantity=Decimal(1), unit="other"),)), MAPPING)
    assert writing.root.find(".//MENEE") is None
    assert writing.unsaid == ()


def test_a_code_that_means_another_unit_is_no_echo() -> None:
    writing = write_element(Order(lines=(Line(quantity=Decimal(1), unit="case", code="EA"),)), MAPPING)
    assert [unsaid.field for unsaid in writing.unsaid] == ["lines[0].code"]


def test_a_row_may_write_what_a_predicate_has_filled() -> None:
    either = "E1EDP19[QUALF='002' or QUALF='003']"
    text = changed('lines.item     = "POSEX"', f'lines.item     = "{either}/QUALF"')
    mapping = mapping_of(changed("lines.sku      = \"E1EDP19[QUALF='002']", f'lines.sku      = "{either}', text))
    order = Order(lines=(Line(item="003", quantity=Decimal(1), sku="A"),))
    writing = write_element(order, mapping)
    assert writing.root.findtext(".//E1EDP19/QUALF") == "003"
    assert read_element(writing.root, mapping).document == order.model_copy(
        update={"lines": (order.lines[0].model_copy(update={"code": "PCE"}),)}
    )


# Our own XML: empty text is data, and so is an empty element

OWN = """
message  = "xml/order"
document = "Order"
[fields]
number = "number"
complete = "@complete"
created_on = "on"
ship_to.loop = "ship_to"
ship_to.name = "name"
dates.each  = "dates/day"
dates.key   = "@kind"
dates.value = "text()"
partners.each = "partners/partner"
partners.role = "."
partners.number = "@number"
lines.each  = "lines/line"
lines.quantity = "quantity/text()"
lines.notes = ["note..", "remark.."]
"""


@pytest.mark.parametrize(
    ("update", "written"),
    [
        ({}, '<order complete="false"><lines/></order>'),
        ({"dates": {}}, '<order complete="false"><dates/><lines/></order>'),
        ({"dates": {"x": date(2026, 1, 2)}}, None),
        ({"lines": (Line(quantity=Decimal(1), notes=("a", "b")),)}, None),
    ],
)
def test_nothing_and_an_empty_list_are_two_things(update: dict[str, Any], written: str | None) -> None:
    mapping = mapping_of(OWN)
    order = Order(lines=()).model_copy(update=update)
    writing = write_element(order, mapping)
    assert written is None or etree.tostring(writing.root, encoding="unicode") == written
    assert read_element(writing.root, mapping).document == order


def test_an_empty_record_is_an_empty_element() -> None:
    mapping = mapping_of(OWN)
    reading = read("<order><ship_to/><lines/></order>", mapping)
    assert isinstance(reading.document, Order)
    assert reading.document.ship_to is not None
    assert "<ship_to/>" in etree.tostring(write_element(reading.document, mapping).root, encoding="unicode")


def test_empty_text_is_what_the_class_makes_of_it() -> None:
    reading = read("<order><number/><lines/></order>", mapping_of(OWN))
    assert [finding.code for finding in reading.findings] == ["document-incomplete"]


def test_a_list_is_read_from_all_its_places() -> None:
    reading = read(
        "<order><lines><line><quantity>1</quantity><remark>b</remark><note>a</note><note><b/></note></line></lines></order>",
        mapping_of(OWN),
    )
    assert isinstance(reading.document, Order)
    assert reading.document.lines[0].notes == ("a", "b")


def test_a_document_may_be_a_record_of_one_element() -> None:
    mapping = mapping_of('message = "xml/line"\ndocument = "Line"\n[fields]\nquantity = "."')
    root = write_element(Line(quantity=Decimal("1.50")), mapping).root
    assert etree.tostring(root) == b"<line>1.50</line>"
    assert read_element(root, mapping).document == Line(quantity=Decimal("1.50"))


class Envelope(Record):
    """A document with a record that is always there."""

    address: Address


def test_a_record_that_is_always_there_needs_no_table() -> None:
    mapping = mapping_of(
        'message = "xml/to"\ndocument = "Envelope"\n[fields]\naddress.name = "@name"', Envelope=Envelope
    )
    envelope = Envelope(address=Address(name="A"))
    root = write_element(envelope, mapping).root
    assert etree.tostring(root) == b'<to name="A"/>'
    assert read_element(root, mapping).document == envelope


@pytest.mark.parametrize(
    ("codec", "text", "value"),
    [
        ("number", " 43.50 ", Decimal("43.50")),
        ("flag", "1", True),
        ("flag", "false", False),
        ("count", "007", 7),
        ("day", "2026-11-20", date(2026, 11, 20)),
        ("sap_number", "12.", Decimal(12)),
        ("sap_number", ".5-", Decimal("-0.5")),
        ("sap_number", "  10.000", Decimal("10.000")),
        ("sap_day", "        ", None),
        ("sap_time", "000000", time(0)),
        ("sap_flag", " ", False),
    ],
)
def test_codecs_read_what_is_written_otherwise_too(codec: str, text: str, value: object) -> None:
    assert CODECS[codec].decode(text) == value


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("number", "1,5"), ("number", "1e5"), ("number", "--1"), ("number", "٣"), ("number", ""), ("count", "1.0"),
        ("flag", "yes"), ("day", "20261120"), ("instant", "2026-11-26T14:15:00"), ("instant", "2026-11-26T14:15:00+9"),
        ("sap_number", "-5"), ("sap_number", "1,000.00"), ("sap_number", "5--"), ("sap_number", ""),
        ("sap_day", "2026-11-20"), ("sap_flag", "x"),
    ],
)  # fmt: skip
def test_codecs_refuse_what_is_only_close(codec: str, text: str) -> None:
    with pytest.raises(ValueError, match="which is "):
        CODECS[codec].decode(text)


def test_the_effective_mapping_can_be_kept_and_made_again() -> None:
    kept = make_xml_mapping(KeptSource("kept", MAPPING.text), MODELS)
    assert kept.hash == MAPPING.hash
    assert json.loads(MAPPING.text)["message"] == "idoc/ORDERS05/IDOC"
    assert write_element(ORDER, kept).unsaid == ()
    assert [row.name for row in kept.rows] == [row.name for row in MAPPING.rows]
    assert kept.hash != mapping_of(changed("POSEX", "POSNR")).hash
