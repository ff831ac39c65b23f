"""The XML form of IDocs: what is one, what is none, and how it is written."""

import pytest
from lxml import etree

from gateway.findings import Finding
from gateway.syntax.idoc import canonical, is_idoc, read, read_xml, write_xml
from gateway.syntax.idoc_flat import Layout
from gateway.syntax.idoc_tree import Idoc

TEXT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<TYPE01>
  <IDOC BEGIN="1">
    <EDI_DC40 SEGMENT="1"><DOCNUM>0000000000000007</DOCNUM><MESTYP> MESSAGE</MESTYP></EDI_DC40>
    <E1HEAD SEGMENT="1">
      <NAME>Süß<!-- no sugar --> &amp; salzig</NAME>
      <EMPTY/><BLANK>   </BLANK><LAST>x  </LAST>
      <E1PART SEGMENT="1"/>
    </E1HEAD>
  </IDOC>
</TYPE01>
"""


def layouts(_: str, __: str) -> Layout | None:
    return None


def one(text: str | bytes) -> Idoc:
    found = read(text.encode() if isinstance(text, str) else text, layouts)
    assert isinstance(found, tuple), found
    (idoc,) = found
    return idoc


def wrong_with(data: bytes) -> Finding:
    found = read(data, layouts)
    assert isinstance(found, Finding)
    return found


def test_indentation_and_comments_are_left_out_and_values_are_not() -> None:
    idoc = one(TEXT)
    assert (idoc.record, idoc.findings) == (4, ())
    assert idoc.control("MESTYP") == "MESSAGE"
    assert idoc.root.findtext("IDOC/E1HEAD/NAME") == "Süß & salzig"
    assert idoc.root.findtext("IDOC/E1HEAD/BLANK") == "   "
    assert idoc.root[0].text is None
    assert idoc.root.find("IDOC/E1HEAD").sourceline == 6


def test_canonical_is_the_same_for_the_same_idoc() -> None:
    bare = (
        '<TYPE01><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><DOCNUM>0000000000000007</DOCNUM><MESTYP> MESSAGE</MESTYP>'
        '</EDI_DC40><E1HEAD SEGMENT="1"><NAME>Süß &amp; salzig</NAME><LAST>x</LAST><E1PART SEGMENT="1"></E1PART>'
        "</E1HEAD></IDOC></TYPE01>"
    )
    assert canonical(one(TEXT).root).decode() == bare
    assert canonical(one(bare).root).decode() == bare


def test_writing_says_its_encoding_and_leaves_empty_fields_out() -> None:
    root = one(TEXT).root
    text = write_xml(root).decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<TYPE01>')
    assert "EMPTY" not in text
    assert "BLANK" not in text
    assert '<E1PART SEGMENT="1"/>' in text
    assert "<LAST>x</LAST>" in text
    assert root.find("IDOC/E1HEAD/EMPTY") is not None
    assert canonical(one(text).root) == canonical(root)


def test_text_between_elements_is_left_for_the_grammar() -> None:
    root = one(TEXT.replace("<EMPTY/>", "stray<EMPTY/>")).root
    assert "stray" in root.find("IDOC/E1HEAD/NAME").tail


def test_several_idocs_are_each_a_tree_of_their_own_with_their_lines() -> None:
    start, end = TEXT.index("  <IDOC"), TEXT.index("</TYPE01>")
    found = read_xml((TEXT[:end] + TEXT[start:end].replace("007<", "008<") + TEXT[end:]).encode())
    assert isinstance(found, tuple)
    assert [(idoc.record, idoc.control("DOCNUM")) for idoc in found] == [
        (4, "0000000000000007"),
        (12, "0000000000000008"),
    ]
    assert [len(idoc.root) for idoc in found] == [1, 1]
    assert found[1].root.tag == "TYPE01"
    assert found[1].root.find("IDOC/E1HEAD").sourceline == 14


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_an_xml_file_says_its_own_character_set(encoding: str) -> None:
    text = TEXT.replace("UTF-8", encoding.replace("-sig", ""))
    assert one(text.encode(encoding)).root.findtext("IDOC/E1HEAD/NAME") == "Süß & salzig"


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "file-empty", "nothing"),
        (b" \r\n ", "file-empty", "nothing"),
        (TEXT.encode()[:300], "xml-malformed", "line"),
        (b"<TYPE01/>", "idoc-unreadable", "<TYPE01> holds nothing, expected IDOC"),
        (b"<TYPE01><X/></TYPE01>", "idoc-unreadable", "<TYPE01> holds <X>"),
        (b"<TYPE01><IDOC/><X/></TYPE01>", "idoc-unreadable", "<TYPE01> holds <X>"),
        (b'<t:TYPE01 xmlns:t="urn:t"><t:IDOC/></t:TYPE01>', "idoc-unreadable", "without a namespace"),
        (b"<!DOCTYPE TYPE01><TYPE01><IDOC/></TYPE01>", "xml-forbidden", "DOCTYPE"),
        (b"ISA*00*", "idoc-unreadable", "does not begin with a control record"),
    ],
)
def test_what_is_no_idoc_is_told_for_what_it_is(data: bytes, code: str, said: str) -> None:
    wrong = wrong_with(data)
    assert wrong.code == code
    assert said in wrong.message


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        b'<ORDERS05><IDOC BEGIN="1">',
        b"<ORDERS05>\n  <IDOC/>",
        b"<?xml version='1.0'?>\n<!-- a --><!-- b -->\n<_-ACME_-T1>\n<IDOC>",
        b"EDI_DC40  100",
    ],
)
def test_an_idoc_is_known_by_how_it_begins(data: bytes) -> None:
    assert is_idoc(data)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"<shipment><lines/>", b"<IDOC>", b"<ORDERS05><IDOCS>", b"EDI_DC", b"ISA*00*", b"a,IDOC"]
)
def test_what_begins_otherwise_is_none(data: bytes) -> None:
    assert not is_idoc(data)


def test_a_file_of_many_blanks_or_comments_is_told_at_once() -> None:
    assert not is_idoc(b"<!--" + b"-->  <!--" * 1_000_000)
    assert not is_idoc(b" " * 10_000_000)


def test_what_is_written_keeps_the_tree_it_was_written_from() -> None:
    root = etree.fromstring("<TYPE01><IDOC><A> </A></IDOC></TYPE01>")
    before = etree.tostring(root)
    write_xml(root)
    assert etree.tostring(root) == before
