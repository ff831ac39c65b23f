"""XML Schemas: what is wrong with a tree is told in plain words, and never for longer than it takes to read."""

import re
import time

import pytest
from lxml import etree

from gateway.findings import Finding
from gateway.syntax.xml import write_tree
from gateway.syntax.xml_schema import XmlSchema

TEXT = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <xs:element name="list">
  <xs:complexType>
   <xs:sequence>
    <xs:element name="entry" type="entry" maxOccurs="unbounded"/>
    <xs:element name="end" type="xs:date" minOccurs="0"/>
    <xs:element name="mark" minOccurs="0" maxOccurs="unbounded">
     <xs:complexType><xs:attribute name="id" type="xs:string"/></xs:complexType>
    </xs:element>
   </xs:sequence>
  </xs:complexType>
  <xs:unique name="mark"><xs:selector xpath="mark"/><xs:field xpath="@id"/></xs:unique>
 </xs:element>
 <xs:complexType name="entry">
  <xs:sequence>
   <xs:element name="size" type="size"/>
   <xs:element name="colour" type="colour" minOccurs="0"/>
   <xs:element name="weight" type="weight" minOccurs="0"/>
   <xs:element name="name" type="name" minOccurs="0"/>
  </xs:sequence>
  <xs:attribute name="number" type="size"/>
 </xs:complexType>
 <xs:complexType name="weight">
  <xs:simpleContent>
   <xs:extension base="size"><xs:attribute name="unit" type="colour" use="required"/></xs:extension>
  </xs:simpleContent>
 </xs:complexType>
 <xs:simpleType name="size">
  <xs:annotation><xs:documentation>A whole
   number.</xs:documentation></xs:annotation>
  <xs:restriction base="xs:string"><xs:pattern value="[0-9]+"/></xs:restriction>
 </xs:simpleType>
 <xs:simpleType name="colour">
  <xs:restriction base="xs:string"><xs:enumeration value="red"/><xs:enumeration value="b.ue"/></xs:restriction>
 </xs:simpleType>
 <xs:simpleType name="name">
  <xs:restriction base="xs:string"><xs:maxLength value="3"/></xs:restriction>
 </xs:simpleType>
</xs:schema>"""
SCHEMA = XmlSchema(TEXT)


def findings(text: str) -> list[Finding]:
    return list(SCHEMA.findings(etree.fromstring(text), "xml-malformed"))


def told(text: str) -> list[str]:
    return [finding.message for finding in findings(text)]


GOOD = "<entry><size>1</size></entry>"


@pytest.mark.parametrize("count", [1, 5000])
def test_what_keeps_the_schema_has_no_findings(count: int) -> None:
    assert told(f"<list>{GOOD * count}</list>") == []
    assert SCHEMA.findings_in(f"<list>{GOOD * count}</list>".encode(), "xml-malformed") == ()


@pytest.mark.parametrize("before", ["", "\n" * 5000])
def test_what_is_wrong_has_line_path_value_and_what_was_expected(before: str) -> None:
    (finding,) = findings(f"<list>{before}{GOOD}\n<entry><size>x</size></entry></list>")
    assert finding.message == f"line {len(before) + 2}, /list/entry[2]/size: expected a whole number, not 'x'"
    assert (finding.code, finding.value, finding.expected, finding.tag) == (
        "xml-malformed",
        "x",
        "a whole number",
        "size",
    )


@pytest.mark.parametrize("count", [1, 3000])
def test_one_wrong_value_in_a_long_file_has_its_line(count: int) -> None:
    lines = "\n".join([GOOD] * count)
    assert told(f"<list>{lines}\n<entry><size/></entry></list>") == [
        f"line {count + 1}, /list/entry[{count + 1}]/size: expected a whole number, not ''"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<entry><size>1</size><colour>green</colour></entry>", "entry/colour: expected one of red, b.ue, not 'green'"),
        (
            "<entry><size>1</size><weight unit='kg'>1</weight></entry>",
            "entry/weight/@unit: expected one of red, b.ue, not",
        ),
        ("<entry number='x'><size>1</size></entry>", "entry/@number: expected a whole number, not 'x'"),
        (f"<entry><size>{'x' * 99}</size></entry>", f"entry/size: expected a whole number, not '{'x' * 60}…'"),
        (f"{GOOD}<end>today</end>", "end: 'today' is not a valid value of the atomic type 'xs:date'."),
        ("<entry><size>1</size><name>four</name></entry>", "[facet 'maxLength'] The value has a length of '4'"),
        (f"<x/>{GOOD}", "/list/x: there is no such element here; expected entry"),
        ("", "/list: it is not complete; expected entry"),
        (f"{GOOD}words", "/list: there is text between its elements; correct or remove it"),
        (
            "<entry><size>1<b/></size></entry>",
            "/list/entry/size: it holds a text, and no elements",
        ),
        ("<entry a='1'><size>1</size></entry>", "/list/entry/@a: there is no such attribute; correct or remove it"),
        ("<entry><size>1</size><weight>1</weight></entry>", "entry/weight: the attribute unit is missing"),
        (f"{GOOD}<mark id='A'/><mark id='A'/>", "/list/mark[2]: A comes twice; keep one"),
    ],
)
def test_each_kind_of_fault_has_its_words(text: str, message: str) -> None:
    (said,) = told(f"<list>{text}</list>")
    assert message in said


def test_another_root_is_told() -> None:
    assert told("<row/>") == ["line 1, /row: No matching global declaration available for the validation root."]


def test_a_file_that_is_wrong_all_over_costs_no_time_and_a_hundred_findings() -> None:
    root = etree.fromstring(f"<list>{'<entry><size>x</size></entry>' * 200_000}</list>")
    before = time.process_time()
    found = SCHEMA.findings(root, "xml-malformed")
    assert time.process_time() - before < 5
    assert len(found) == 100
    first, _, said = found[0].message.partition("; ")
    assert first == "more than 100 things are wrong"
    assert said.startswith("the first of them, /size: [facet 'pattern'] The value 'x' is not accepted")


def test_what_we_made_ourselves_is_judged_without_a_tree() -> None:
    data = write_tree(etree.fromstring("<list><entry><size>x</size></entry></list>"))
    (finding,) = SCHEMA.findings_in(data, "xml-malformed")
    assert finding.message.startswith("the document, /size: ")


@pytest.mark.parametrize(
    ("names", "attribute", "good", "bad"),
    [
        (("list", "entry", "size"), None, ["1", "123"], ["", "x", "1\n"]),
        (("list", "entry"), "number", ["1"], ["x"]),
        (("list", "entry", "colour"), None, ["red", "b.ue"], ["blue", "redb.ue", ""]),
        (("list", "entry", "weight"), None, ["1"], ["x"]),
        (("list", "entry", "weight"), "unit", ["red"], ["1"]),
        (("list", "entry", "name"), None, ["", "é ☂"], ["<", "a&", '"', ">", "\n", "\x00", "\ufffe", "\ud800"]),
    ],
)
def test_patterns_pass_what_is_valid_and_plain(
    names: tuple[str, ...], attribute: str | None, good: list[str], bad: list[str]
) -> None:
    pattern = re.compile(SCHEMA.pattern_of(names, attribute))
    assert all(pattern.fullmatch(text) for text in good)
    assert not any(pattern.fullmatch(text) for text in bad)


@pytest.mark.parametrize(
    ("names", "attribute"),
    [
        (("row",), None), (("list", "row"), None), (("list", "row", "size"), None), (("list", "entry"), None),
        (("list", "entry", "size", "x"), None), (("list", "entry"), "x"), (("list", "entry", "size"), "x"),
        (("list", "end"), None), (("list", "mark"), "id"),
    ],
)  # fmt: skip
def test_there_is_no_pattern_where_the_schema_has_no_text(names: tuple[str, ...], attribute: str | None) -> None:
    with pytest.raises(ValueError, match=f"the schema has no text at {'/'.join(names)}"):
        SCHEMA.pattern_of(names, attribute)
