"""ERP documents as XML: the same documents as the JSON files, valid by their schemas, both ways."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from gateway.documents import SalesOrder, read_erp, write_erp
from gateway.documents.erp import SalesOrderLine
from gateway.documents.erp_file import KINDS, ErpDocument
from gateway.erp.xml import Unwritable, mapping_of, read_xml, schema_of, write_xml, writer_of
from gateway.mapping.xml import write_element
from gateway.syntax.xml import parse_xml, write_tree
from tests.mapping.xml.made import ERP_DOCUMENTS

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "erp"
EXAMPLES = ROOT.parent / "shared" / "reference" / "examples" / "erp"
DEMO = sorted((ROOT / "samples" / "demo").glob("*.json"))


def sample(name: str) -> ErpDocument:
    document, findings = read_erp((SAMPLES / "json" / f"{name}.json").read_bytes())
    assert not findings
    assert document is not None
    return document


def by_tree(document: ErpDocument) -> bytes:
    """The document by way of the elements of its mapping, which keep the schema."""
    writing = write_element(document, mapping_of(document.document))
    assert not writing.unsaid
    assert schema_of(document.document).findings(writing.root, "erp-document-unreadable") == ()
    return write_tree(writing.root)


@pytest.mark.parametrize("name", KINDS)
def test_the_samples_are_one_document_in_both_forms(name: str) -> None:
    data = (SAMPLES / "xml" / f"{name}.xml").read_bytes()
    assert read_xml(data) == (sample(name), ())
    assert write_xml(sample(name)) == data


@pytest.mark.parametrize("path", [*DEMO, *sorted(EXAMPLES.glob("*.json"))], ids=lambda path: path.name)
def test_every_json_file_goes_through_xml_and_back(path: Path) -> None:
    document, findings = read_erp(path.read_bytes())
    if document is None:
        pytest.skip(f"no ERP document: {findings[0].message}")
    assert read_xml(write_xml(document)) == (document, ())


@settings(max_examples=150, deadline=None)
@given(ERP_DOCUMENTS)
def test_any_document_goes_through_xml_as_it_goes_through_json(document: ErpDocument) -> None:
    read, findings = read_xml(write_xml(document))
    assert findings == ()
    assert read == document == read_erp(write_erp(document))[0]


@settings(max_examples=150, deadline=None)
@given(ERP_DOCUMENTS)
def test_templates_write_what_the_tree_of_the_mapping_writes(document: ErpDocument) -> None:
    assert write_xml(document) == by_tree(document)


def long(document: Any, texts: dict[int, str]) -> SalesOrder:
    """An order of forty lines, some of which have a text of their own in the SKU."""
    (line,) = document.lines
    lines = [line.model_copy(update={"line": str(n), "sku": texts.get(n, f"A-{n}")}) for n in range(40)]
    order: SalesOrder = document.model_copy(update={"lines": tuple(lines)})
    return order


@pytest.mark.parametrize(
    "odd", [{}, {0: "a<b"}, {5: "None"}, {15: "é&\r\n"}, {17: "x" * 3000}, {39: '"'}, {3: "\ue0000\ue000"}]
)
def test_one_odd_value_in_a_long_list_changes_nothing_else(odd: dict[int, str]) -> None:
    order = long(sample("sales-order"), odd)
    data = write_xml(order)
    assert data == by_tree(order)
    assert read_xml(data) == (order, ())


def test_lines_with_other_fields_than_their_neighbours_are_written_as_they_are() -> None:
    order = long(sample("sales-order"), {})
    lines = [line.model_copy(update={"tax": line.amount}) if n % 3 else line for n, line in enumerate(order.lines)]
    order = order.model_copy(update={"lines": tuple(lines)})
    assert write_xml(order) == by_tree(order)


FORGED_LINE = """A</sku>
   <ordered unit="each" code="CA">10</ordered>
   <base unit="each">120</base>
   <price per="12" unit="each">43.50</price>
   <amount>435.00</amount>
  </line>
  <line number="9">
   <sku>B"""


FORGED = ['A</sku><ordered unit="each">1</ordered>', FORGED_LINE, "<!--\ue0000\ue000-->", "%s", "&amp;"]


@pytest.mark.parametrize("forged", FORGED)
def test_no_value_passes_itself_off_as_an_element(forged: str) -> None:
    order = long(sample("sales-order"), {1: forged})
    read, _ = read_xml(write_xml(order))
    assert read == order


@pytest.mark.parametrize("name", KINDS)
def test_the_samples_are_written_by_templates_alone(name: str) -> None:
    assert writer_of(name).write(sample(name)).is_checked


def test_what_xml_cannot_say_is_told_and_never_written() -> None:
    with pytest.raises(Unwritable, match=r"lines\[7\]\.sku: ") as caught:
        write_xml(long(sample("sales-order"), {7: "bell\x07"}))
    (finding,) = caught.value.findings
    assert finding.code == "erp-document-unreadable"
    with pytest.raises(Unwritable, match="customer"):
        write_xml(sample("sales-order").model_copy(update={"customer": "\x00"}))


def test_what_the_schema_refuses_never_leaves() -> None:
    order = sample("sales-order")
    assert isinstance(order, SalesOrder)
    wrong: dict[str, Any] = {"customer": "", "currency": None, "ordered_on": "2026-02-30", "revision": 10**7}
    for field, value in wrong.items():
        with pytest.raises(Unwritable, match=field):
            write_xml(order.model_copy(update={field: value}))
    line = SalesOrderLine.model_construct(**{**dict(order.lines[0]), "amount": 1.5e300})
    with pytest.raises(Unwritable, match="amount"):
        write_xml(order.model_copy(update={"lines": (line,)}))


def read_wrong(old: str, new: str, name: str = "sales-order") -> tuple[str, ...]:
    text = (SAMPLES / "xml" / f"{name}.xml").read_text(encoding="utf-8")
    assert old in text
    document, findings = read_xml(text.replace(old, new, 1).encode())
    assert document is None
    assert {finding.code for finding in findings} == {"erp-document-unreadable"}
    return tuple(finding.message for finding in findings)


A_NUMBER = "expected an exact decimal number with a point, such as 12, 43.50 or -3"
A_DAY = "expected a day of the calendar without a zone, such as 2026-11-20"
A_UNIT = "expected one of each, case, item, other, lb, oz, kg, g, cm, in"
NO_ATTRIBUTE = "there is no such attribute; correct or remove it"
NO_ELEMENT = "there is no such element here"
REFUSALS = [
    ("<amount>435.00", "<amount>435,00", f"line 19, /sales-order/lines/line/amount: {A_NUMBER}, not '435,00'"),
    ("2026-11-20", "20.11.2026", f"line 8, /sales-order/ordered_on: {A_DAY}, not '20.11.2026'"),
    ("2026-11-20", "2026-02-30", f"line 8, /sales-order/ordered_on: {A_DAY}, not '2026-02-30'"),
    ("<id>", "<ID/><id>", f"line 3, /sales-order/ID: {NO_ELEMENT}; expected id"),
    (" <partner>amazon-us</partner>\n", "", f"line 4, /sales-order/account: {NO_ELEMENT}; expected partner"),
    ('number="2"', 'number="2" no="3"', f"line 14, /sales-order/lines/line/@no: {NO_ATTRIBUTE}"),
    ('number="2"', "", "line 14, /sales-order/lines/line: the attribute number is missing"),
    ('unit="case"', 'unit="box"', f"line 16, /sales-order/lines/line/ordered/@unit: {A_UNIT}, not 'box'"),
    ('version="1"', 'version="2"', "line 2, /sales-order/@version: expected 1, not '2'"),
    (">USD", ">", "line 9, /sales-order/currency: expected text with at least one character, not ''"),
    ("<lines>", "<lines>ten", "line 13, /sales-order/lines: there is text between its elements; correct or remove it"),
    (">USD", "><b/>USD", "line 9, /sales-order/currency: it holds a text, and no elements; correct or remove them"),
    ("</lines>", "</lines><lines/>", f"line 21, /sales-order/lines[2]: {NO_ELEMENT}; correct or remove it"),
    (
        'code="PHX6"/>',
        'code="PHX6">x</ship_to>',
        "line 11, /sales-order/ship_to: it holds nothing; remove what is in it",
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), REFUSALS)
def test_a_refusal_names_line_path_and_what_was_expected(old: str, new: str, told: str) -> None:
    assert read_wrong(old, new)[0] == told


def test_a_record_that_is_not_complete_names_what_it_lacks() -> None:
    text = (SAMPLES / "xml" / "posting-result.xml").read_text(encoding="utf-8")
    _, findings = read_xml(text.replace(" <result>booked</result>\n <number>SO-1001</number>\n", "").encode())
    assert findings[0].message == "line 2, /posting-result: it is not complete; expected result"


def test_a_key_that_comes_twice_is_refused() -> None:
    offer = '<offer sku="ACME-27-FBM">12</offer>'
    (told,) = read_wrong(offer, offer + offer, "availability-update")
    assert told == "line 17, /availability-update/standing/offer[2]: ACME-27-FBM comes twice; keep one"


def test_an_instant_that_no_clock_has_is_refused() -> None:
    (told,) = read_wrong("2026-11-26T14:15:00Z", "2026-11-26T24:00:00Z", "shipment")
    assert "/shipment/shipped_at" in told


def test_another_root_is_refused_with_the_names_there_are() -> None:
    document, (finding,) = read_xml(b"<SalesOrder/>")
    assert document is None
    assert finding.message.startswith("line 1, /SalesOrder: expected one of sales-order, posting-result")


@pytest.mark.parametrize("data", [b"", b"<a", b"<!DOCTYPE a><a/>", b'{"document": "invoice"}', b"\xff\xfe\x00"])
def test_what_is_no_xml_is_one_finding(data: bytes) -> None:
    document, (finding,) = read_xml(data)
    assert document is None
    assert finding.code in ("xml-malformed", "xml-forbidden")


def test_where_the_schema_lies_may_be_said_in_the_file() -> None:
    hint = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="posting-result.xsd"'
    data = (SAMPLES / "xml" / "posting-result.xml").read_bytes()
    assert read_xml(data.replace(b"<posting-result ", f"<posting-result {hint} ".encode())) == (
        sample("posting-result"),
        (),
    )


def test_a_namespace_is_refused() -> None:
    root = parse_xml((SAMPLES / "xml" / "posting-result.xml").read_bytes())
    data = write_tree(root).replace(b"<posting-result", b'<posting-result xmlns="urn:x"')
    document, (finding,) = read_xml(data)
    assert document is None
    assert "expected one of" in finding.message
