"""The flat form of IDocs: records by their widths, hierarchy by their numbers, and what is not all there."""

import pytest
from lxml import etree

from gateway.findings import Finding
from gateway.syntax.idoc_flat import CONTROL_FIELDS, FlatSegment, Layout, read_flat
from gateway.syntax.idoc_flat_writing import Unwritable, write_flat
from gateway.syntax.idoc_tree import Idoc

TOP = frozenset({""})
LAYOUT: Layout = {
    "E1HEAD": FlatSegment("E1HEAD", "E2HEAD003", (("QUALF", 3), ("NAME", 10)), TOP),
    "E1ITEM": FlatSegment("E1ITEM", "E2ITEM", (("POSEX", 6), ("MENGE", 15)), TOP),
    "E1PART": FlatSegment("E1PART", "E2PART001", (("SIZE", 5),), frozenset({"E1ITEM"})),
    "E1DEEP": FlatSegment("E1DEEP", "E2DEEP", (("TEXT", 20),), frozenset({"E1PART"})),
    "E1CARD": FlatSegment("E1CARD", "E2CARD", (), TOP),
    "Z1OWN": FlatSegment("Z1OWN", "YPACK7", (("COLOUR", 9),), TOP),
}


def layouts(name: str, message: str) -> Layout | None:
    return LAYOUT if (name, message) == ("TYPE01", "MESSAGE") else None


def control(**values: str) -> str:
    given = {"TABNAM": "EDI_DC40", "MANDT": "100", "DOCNUM": "0000000000000007", "IDOCTYP": "TYPE01"} | {
        "MESTYP": "MESSAGE",
        **values,
    }
    return "".join(f"{given.get(name, ''):{length}}" for name, length in CONTROL_FIELDS)


def record(name: str, number: str, parent: str, level: str, data: str, docnum: str = "0000000000000007") -> str:
    return f"{name:30}100{docnum:16}{number:6}{parent:6}{level:2}{data:1000}"


HEAD = record("E2HEAD003", "000001", "000000", "02", "001Widget")
ITEM = record("E2ITEM", "000002", "000000", "02", "000001         24.000".replace(" ", "", 0))
PART = record("E2PART001", "000003", "000002", "03", "large")
DEEP = record("E2DEEP", "000004", "000003", "04", "far below")
ITEM_2 = record("E2ITEM", "000005", "000000", "02", "000002")


def text_of(*records: str, line_end: str = "\n") -> bytes:
    return "".join(f"{line}{line_end}" for line in records).encode()


def one(data: bytes, encoding: str = "utf-8") -> Idoc:
    found = read_flat(data, layouts, encoding)
    assert isinstance(found, tuple), found
    (idoc,) = found
    return idoc


def wrong_with(data: bytes) -> Finding:
    """The one finding of a file, about the whole of it or about its IDoc."""
    found = read_flat(data, layouts)
    if isinstance(found, Finding):
        return found
    (wrong,) = (wrong for idoc in found for wrong in idoc.findings)
    return wrong


def shape(idoc: Idoc) -> str:
    """Its segments, those inside another in brackets."""

    def inside(element: etree._Element) -> str:
        parts = [f"{item.tag}{inside(item)}" for item in element if item.get("SEGMENT")]
        return f"({' '.join(parts)})" if parts else ""

    return inside(idoc.root[0])


def test_records_become_segments_with_their_fields() -> None:
    idoc = one(text_of(control(SNDPOR="SAPECC"), HEAD))
    assert etree.tostring(idoc.root) == (
        b'<TYPE01><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><MANDT>100</MANDT>'
        b"<DOCNUM>0000000000000007</DOCNUM><IDOCTYP>TYPE01</IDOCTYP><MESTYP>MESSAGE</MESTYP><SNDPOR>SAPECC</SNDPOR>"
        b'</EDI_DC40><E1HEAD SEGMENT="1"><QUALF>001</QUALF><NAME>Widget</NAME></E1HEAD></IDOC></TYPE01>'
    )
    assert idoc.control("SNDPOR") == "SAPECC"
    assert idoc.control("RCVPOR") == ""
    assert not idoc.findings


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", ""])
def test_line_ends_may_be_any_or_none(line_end: str) -> None:
    idoc = one(text_of(control(), HEAD, ITEM, PART, DEEP, ITEM_2, line_end=line_end))
    assert shape(idoc) == "(EDI_DC40 E1HEAD E1ITEM(E1PART(E1DEEP)) E1ITEM)"
    assert not idoc.findings


@pytest.mark.parametrize("end", [b"", b"\n\n", b"  \n", b"\x1a", b"\x00\x00"])
def test_blanks_cut_blank_lines_and_an_end_of_file_mark_are_no_fault(end: bytes) -> None:
    data = text_of(*(line.rstrip() for line in (control(), HEAD, ITEM)))
    idoc = one(data + end)
    assert shape(idoc) == "(EDI_DC40 E1HEAD E1ITEM)"
    assert not idoc.findings


def test_the_last_record_needs_no_line_end_where_it_has_its_full_width() -> None:
    assert not one(text_of(control(), HEAD, ITEM)[:-1]).findings
    assert not one(control().encode()).findings


@pytest.mark.parametrize("name", ["E2HEAD", "E2HEAD003", "E2HEAD999", "E1HEAD"])
def test_any_version_of_a_name_is_the_segment(name: str) -> None:
    assert shape(one(text_of(control(), record(name, "000001", "000000", "02", "001")))) == "(EDI_DC40 E1HEAD)"


def test_a_name_of_the_port_s_own_is_the_segment() -> None:
    idoc = one(text_of(control(), record("YPACK7", "000001", "000000", "02", "red")))
    assert idoc.root.findtext("IDOC/Z1OWN/COLOUR") == "red"


def test_a_segment_without_a_layout_keeps_its_record() -> None:
    idoc = one(text_of(control(), record("E2CARD", "1", "", "", "VISA 4"), record("/ACME/E2X01", "2", "", "", "red")))
    assert shape(idoc) == "(EDI_DC40 E1CARD _-ACME_-E2X01)"
    assert [item.text for item in idoc.root.iterfind("IDOC/*/SDATA")] == ["VISA 4", "red"]


def test_an_unknown_type_is_read_as_far_as_its_numbers_go() -> None:
    idoc = one(text_of(control(IDOCTYP="TYPE02"), HEAD, ITEM, PART))
    assert shape(idoc) == "(EDI_DC40 E1HEAD003 E1ITEM(E1PART001))"
    assert not idoc.findings


def test_the_root_is_the_extension_where_there_is_one() -> None:
    assert one(text_of(control(CIMTYP="ZTYPE01"), HEAD)).root.tag == "ZTYPE01"


def test_without_numbers_a_segment_stands_in_the_nearest_that_may_be_around_it() -> None:
    names = ("E2HEAD", "E2ITEM", "E2PART", "E2DEEP", "E2PART", "E2ITEM", "E2PART")
    idoc = one(text_of(control(), *(record(name, "", "", "", "x") for name in names)))
    assert shape(idoc) == "(EDI_DC40 E1HEAD E1ITEM(E1PART(E1DEEP) E1PART) E1ITEM(E1PART))"
    assert not idoc.findings


def test_without_numbers_and_without_anything_around_it_a_segment_stands_alone() -> None:
    assert shape(one(text_of(control(), record("E2PART", "", "", "", "x")))) == "(EDI_DC40 E1PART)"


@pytest.mark.parametrize("top", [1, 2])
def test_levels_may_begin_with_one_or_two(top: int) -> None:
    levels = [(HEAD, 0), (ITEM, 0), (PART, 1), (DEEP, 2)]
    lines = [f"{line[:61]}{top + depth:02}{line[63:]}" for line, depth in levels]
    assert not one(text_of(control(), *lines)).findings
    (wrong,) = one(text_of(control(), *lines[:3], lines[3].replace(f"{top + 2:02}far", "09far"))).findings
    assert wrong.message == f"record 5: HLEVEL is 9, expected {top + 2} where it stands"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((HEAD, ITEM, PART.replace("02  ", "99  ", 0), HEAD), "record 5: SEGNUM is 1, expected more than 3"),
        ((HEAD, HEAD), "record 3: SEGNUM is 1, expected more than 1"),
        ((HEAD, f"{ITEM[:55]}000009{ITEM[61:]}"), "record 3: PSGNUM is 9, which no segment around it has"),
        ((ITEM, PART, f"{ITEM_2[:55]}000000{ITEM_2[61:]}", f"{DEEP[:49]}000006{DEEP[55:]}"), "record 5: PSGNUM is 3"),
        ((HEAD, f"{ITEM[:61]}03{ITEM[63:]}"), "record 3: HLEVEL is 3, expected 2 where it stands"),
        ((f"{HEAD[:61]}05{HEAD[63:]}",), "record 2: HLEVEL is 5, expected 1 where it stands"),
        ((f"{HEAD[:49]}00000A{HEAD[55:]}",), "record 2: SEGNUM is '00000A', expected digits"),
        ((f"{HEAD[:55]}²     {HEAD[61:]}",), "record 2: PSGNUM is '²', expected digits"),
    ],
)
def test_numbers_that_name_no_place_are_found_out(lines: tuple[str, ...], said: str) -> None:
    found = one(text_of(control(), *lines)).findings
    assert {wrong.code for wrong in found} == {"idoc-hierarchy-broken"}
    assert found[0].message.startswith(said), found[0].message


def test_a_record_of_another_idoc_is_found_out() -> None:
    wrong = wrong_with(text_of(control(), HEAD, record("E2ITEM", "2", "", "", "1", docnum="0000000000000008")))
    assert wrong.code == "idoc-control-record"
    assert "record 3: it belongs to IDoc 0000000000000008, and stands in 0000000000000007" in wrong.message
    nameless = wrong_with(text_of(control(DOCNUM=""), HEAD))
    assert "stands in one without a number" in nameless.message


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (text_of(HEAD), "idoc-unreadable", "does not begin with a control record, EDI_DC40"),
        (b"", "idoc-unreadable", "does not begin with a control record"),
        (b"hello\n", "idoc-unreadable", "does not begin with a control record"),
        (text_of(control(), HEAD) + ITEM[:200].encode(), "idoc-unreadable", "record 3 ends after 200 characters"),
        (text_of(control(), HEAD, line_end="")[:-1], "idoc-unreadable", "record 2 ends after 1062 characters"),
        (control()[:523].encode(), "idoc-unreadable", "record 1 ends after 523 characters"),
        (text_of(control() + "X", HEAD), "idoc-control-record", "525 characters, expected at most 524"),
        (text_of(control(), HEAD + "X"), "idoc-unreadable", "it has 1064 characters, expected at most 1063"),
        (text_of(control(), "", record("", "000001", "", "", "x")), "idoc-unreadable", "record 3: its segment is ''"),
        (text_of(control(), record("E2 HEAD", "1", "", "", "x")), "idoc-unreadable", "its segment is 'E1 HEAD'"),
        (text_of(control(IDOCTYP="")), "idoc-control-record", "IDOCTYP is ''"),
        (text_of(control(IDOCTYP="<x>")), "idoc-control-record", "IDOCTYP is '<x>'"),
        (text_of(control(), HEAD.replace("Widget", "Wi\x01get")), "idoc-field-invalid", "character 69 is '\\x01'"),
        (text_of(control(), HEAD).replace(b"Widget", b"Wi\xff\xfeet"), "idoc-unreadable", "is none of utf-8"),
    ],
)
def test_what_is_no_idoc_or_not_all_of_one_is_found_out(data: bytes, code: str, said: str) -> None:
    wrong = wrong_with(data)
    assert wrong.code == code
    assert said in wrong.message, wrong.message


def test_blanks_behind_a_record_are_no_fault() -> None:
    assert not one(text_of(control() + "     ", HEAD + "   ")).findings


def test_a_file_may_hold_several_and_each_knows_where_it_begins() -> None:
    found = read_flat(text_of(control(), HEAD, control(), HEAD, ITEM), layouts)
    assert isinstance(found, tuple)
    assert [(idoc.record, shape(idoc)) for idoc in found] == [
        (1, "(EDI_DC40 E1HEAD)"),
        (3, "(EDI_DC40 E1HEAD E1ITEM)"),
    ]


def test_lengths_are_characters_of_the_character_set() -> None:
    text = text_of(control(), HEAD.replace("Widget ", "Süßware")).decode()
    for encoding in ("utf-8", "latin-1", "utf-8-sig"):
        assert one(text.encode(encoding), encoding).root.findtext("IDOC/E1HEAD/NAME") == "Süßware"
    assert one(b"\xef\xbb\xbf" + text.encode()).root.findtext("IDOC/E1HEAD/NAME") == "Süßware"
    with pytest.raises(LookupError):
        read_flat(text.encode(), layouts, "no-such-set")


def test_leading_blanks_are_kept_as_they_may_mean_something() -> None:
    assert one(text_of(control(), record("E2HEAD", "1", "", "", "001  Widget"))).root.findtext(".//NAME") == "  Widget"


# Writing


def test_what_was_read_is_written_to_the_byte() -> None:
    data = text_of(control(), HEAD, ITEM, PART, DEEP, ITEM_2)
    assert write_flat(one(data).root, LAYOUT) == data
    assert write_flat(one(data).root, LAYOUT, line_end="\r\n") == data.replace(b"\n", b"\r\n")


def test_a_segment_without_a_layout_is_written_as_it_was_read() -> None:
    data = text_of(control(), record("E2CARD", "000001", "000000", "02", "VISA 4"))
    assert write_flat(one(data).root, LAYOUT) == data


def test_characters_are_written_in_the_character_set_of_the_port() -> None:
    data = text_of(control(), HEAD.replace("Widget ", "Süßware"))
    assert write_flat(one(data).root, LAYOUT, "latin-1") == data.decode().encode("latin-1")


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<E1HEAD SEGMENT="1"><NAME>Widget of steel</NAME></E1HEAD>', "E1HEAD/NAME has 15 characters, and room for 10"),
        ('<E1HEAD SEGMENT="1"><NAME>Wid&#10;get</NAME></E1HEAD>', "E1HEAD/NAME has a line break"),
        ('<E1HEAD SEGMENT="1"><NAME>Łódź</NAME></E1HEAD>', "'Ł' is no character of latin-1"),
        ('<E1HEAD SEGMENT="1"><NAME>a</NAME><NAME>b</NAME></E1HEAD>', "E1HEAD/NAME stands there twice"),
        ('<E1HEAD SEGMENT="1"><OTHER>a</OTHER></E1HEAD>', "E1HEAD has no field OTHER"),
        ('<E1CARD SEGMENT="1"><CCNUM>4</CCNUM></E1CARD>', "E1CARD has no field CCNUM"),
        ('<E1HEAD SEGMENT="1"><EDI_DC40 SEGMENT="1"/></E1HEAD>', "segment EDI_DC40 has no layout"),
        ('<E1XXXX SEGMENT="1"><CCNUM>4</CCNUM></E1XXXX>', "segment E1XXXX has no layout"),
    ],
)
def test_what_the_records_have_no_room_for_is_refused_and_not_cut(inside: str, said: str) -> None:
    root = etree.fromstring(f'<TYPE01><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"/>{inside}</IDOC></TYPE01>')
    with pytest.raises(Unwritable, match=said):
        write_flat(root, LAYOUT, "latin-1")


@pytest.mark.parametrize("text", ["<TYPE01/>", "<TYPE01><IDOC/></TYPE01>"])
def test_without_a_control_record_nothing_is_written(text: str) -> None:
    with pytest.raises(Unwritable, match="there is no control record"):
        write_flat(etree.fromstring(text), LAYOUT)


def test_segments_are_numbered_with_six_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.syntax.idoc_flat_writing._MOST", 2)
    assert write_flat(one(text_of(control(), HEAD, ITEM)).root, LAYOUT)
    with pytest.raises(Unwritable, match="more than 2 segments"):
        write_flat(one(text_of(control(), HEAD, ITEM, PART)).root, LAYOUT)
