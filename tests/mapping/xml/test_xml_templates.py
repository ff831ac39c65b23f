"""Writing by checked templates: the same text as by trees, of every kind of row, and doubts where it could differ."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.documents.base import Record, Text
from gateway.mapping.xml import XmlWriter, write_element
from gateway.mapping.xml.templates import Template
from gateway.syntax.xml_schema import XmlSchema
from tests.mapping.xml.orders import IDOC, Line, Order, Partner, mapping_of

MAPPING = """
message  = "xml/envelope/order"
document = "Order"
[constant]
"@percent" = "100%"
[fields]
number   = "number"
complete = "@complete"
copies   = "copies default 1"
currency = "money/@currency"
kind     = "kind via action"
created_on = "on"
ship_to.loop = "ship_to"
ship_to.name = "name"
dates.each  = "dates/day"
dates.key   = "@kind"
dates.value = "text()"
partners.each = "partners/partner"
partners.role = "."
partners.number = "@number default 7"
lines.each     = "lines/line"
lines.quantity = "quantity"
lines.unit     = "unit via unit"
lines.code     = "unit"
lines.sku      = "item[@scheme='sku']/id"
lines.notes    = "remarks/note.."
[derived]
line_count = "count"
[lookup]
action = { a = "new", b = "change" }
unit   = { PCE = "each", EA = "each", "*" = "other" }
"""


def element(name: str, type_: str) -> str:
    return f'<xs:element name="{name}" type="{type_}"/>'


def record(name: str, *inner: str, attributes: str = "") -> str:
    holds = f"<xs:complexType><xs:sequence>{''.join(inner)}</xs:sequence>{attributes}</xs:complexType>"
    return f'<xs:element name="{name}" minOccurs="0" maxOccurs="unbounded">{holds}</xs:element>'


SCHEMA = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
{
    record(
        "envelope",
        record(
            "order",
            *(element(name, "text") for name in ("number", "copies", "kind", "on", "count")),
            record("money", attributes='<xs:attribute name="currency" type="text"/>'),
            record("ship_to", element("name", "text")),
            record("dates", element("day", "keyed")),
            record("partners", element("partner", "partner")),
            record(
                "lines",
                record(
                    "line",
                    element("quantity", "number"),
                    element("unit", "text"),
                    record("remarks", element("note", "text")),
                    record("item", element("id", "text"), attributes='<xs:attribute name="scheme" type="text"/>'),
                ),
            ),
            attributes='<xs:attribute name="complete" type="text"/><xs:attribute name="percent" type="text"/>',
        ),
    ).replace(' minOccurs="0" maxOccurs="unbounded"', "", 1)
}
<xs:complexType name="keyed"><xs:simpleContent><xs:extension base="text">
<xs:attribute name="kind" type="any"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:complexType name="partner"><xs:simpleContent><xs:extension base="text">
<xs:attribute name="number" type="any"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:simpleType name="text"><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType>
<xs:simpleType name="any"><xs:restriction base="xs:string"/></xs:simpleType>
<xs:simpleType name="number"><xs:restriction base="xs:string"><xs:pattern value="-?[0-9.]+"/></xs:restriction>
</xs:simpleType></xs:schema>"""

WRITER = XmlWriter(mapping_of(MAPPING), XmlSchema(SCHEMA))

NAMES = st.text("abcXYZ 0é<&%\"'\ue000", min_size=1, max_size=4) | st.just("None")
LINES = st.builds(
    Line,
    quantity=st.decimals("-99999", "99999", places=2) | st.just(Decimal("1E+3")),
    unit=st.sampled_from(["each", "other"]),
    code=st.sampled_from([None, "EA", "KGM"]),
    sku=st.none() | NAMES,
    notes=st.lists(NAMES, max_size=3).map(tuple),
)
ORDERS = st.builds(
    Order,
    number=st.none() | NAMES,
    complete=st.booleans(),
    copies=st.none() | st.integers(0, 2),
    currency=NAMES,
    kind=st.sampled_from([None, "new", "change"]),
    created_on=st.none() | st.dates(),
    ship_to=st.sampled_from([None, {}, {"name": "A"}, {"name": "<"}]),
    dates=st.none() | st.dictionaries(NAMES, st.dates(), max_size=2),
    partners=st.lists(
        st.fixed_dictionaries({"role": NAMES, "number": st.none() | st.sampled_from("77A")}), max_size=6
    ).map(tuple),
    lines=st.lists(LINES, max_size=20).map(tuple),
)


def by_tree(order: Record, mapping: Any = None) -> tuple[str, tuple[str, ...]]:
    writing = write_element(order, mapping or mapping_of(MAPPING))
    etree.indent(writing.root, space=" ")
    return etree.tostring(writing.root, encoding="unicode"), tuple(unsaid.field for unsaid in writing.unsaid)


def by_template(order: Record) -> tuple[str, tuple[str, ...]]:
    written = WRITER.write(order)
    return written.text, tuple(unsaid.field for unsaid in written.unsaid)


@given(ORDERS)
def test_templates_and_trees_write_the_same(order: Order) -> None:
    assert by_template(order) == by_tree(order)


PLAIN = Order(
    number="4711", copies=2, lines=(Line(quantity=Decimal(1)), Line(quantity=Decimal(2), sku="A", notes=("x",)))
)


def test_what_is_plain_needs_no_tree() -> None:
    written = WRITER.write(PLAIN)
    assert written.is_checked
    assert 'percent="100%"' in written.text
    assert written.text == by_tree(PLAIN)[0]


@pytest.mark.parametrize("wrong", ["a&b", "None", "\r"])
def test_one_value_in_doubt_leaves_the_others_to_their_templates(wrong: str) -> None:
    order = PLAIN.model_copy(update={"number": wrong})
    written = WRITER.write(order)
    assert not written.is_checked
    assert written.text == by_tree(order)[0]


@pytest.mark.parametrize(
    "numbers", [("1",) * 40, ("1", None) * 10, ("7",) * 20, ("8", "7") * 4, ("1", "1", "1", "a&b", *("1",) * 16)]
)
def test_lists_are_written_in_batches_whatever_their_records_have(numbers: tuple[str | None, ...]) -> None:
    order = PLAIN.model_copy(update={"partners": tuple(Partner(role="AG", number=number) for number in numbers)})
    WRITER.write(order)  # makes the templates it needs
    assert WRITER.write(order).text == by_tree(order)[0]


def changed(**values: Any) -> Order:
    return PLAIN.model_copy(update=values)


BROKEN = [
    changed(partners=None),
    changed(created_on="today"),
    changed(number=None, ship_to="x"),
    changed(lines=tuple(Line.model_construct(quantity=each) for each in ("x", Decimal("NaN"), None, 1.5, 7))),
    changed(lines=(Line.model_construct(),) * 4),
    changed(partners=("x",) * 5),
    changed(number="\x00", lines=(*PLAIN.lines, Line(quantity=Decimal(1), notes=("a", "\x01")))),
    changed(kind="old"),
]


@pytest.mark.parametrize("order", BROKEN)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_a_document_that_breaks_its_class_is_written_as_the_tree_is(order: Order) -> None:
    assert by_template(order) == by_tree(order)


def test_a_document_comes_record_by_record_and_stops_at_what_cannot_be_said() -> None:
    order = changed(lines=tuple(Line(quantity=Decimal(number)) for number in range(1000)))
    pieces = list(WRITER.pieces(order))
    assert len(pieces) > 100
    assert "".join(pieces) == by_tree(order)[0]
    with pytest.raises(ValueError, match=r"lines\[2\]\.notes\[0\]: "):
        list(WRITER.pieces(changed(lines=(*PLAIN.lines, Line(quantity=Decimal(1), notes=("\x01",))))))


PLAIN_PARTNERS = MAPPING.replace("@number default 7", "@number")


@pytest.mark.parametrize("numbers", [("1",) * 40, ("1", None) * 10, (None,) * 20, ("1", "1", "1", "a&b", *("1",) * 16)])
def test_batches_of_records_with_optional_fields_are_as_the_tree_writes_them(numbers: tuple[str | None, ...]) -> None:
    mapping = mapping_of(PLAIN_PARTNERS)
    writer = XmlWriter(mapping, XmlSchema(SCHEMA))
    order = PLAIN.model_copy(update={"partners": tuple(Partner(role="AG", number=number) for number in numbers)})
    for _ in range(2):  # the second time with the templates that the first has made
        assert writer.write(order).text == by_tree(order, mapping)[0]


def test_records_of_another_class_are_left_to_the_tree() -> None:
    mapping = mapping_of(PLAIN_PARTNERS)
    writer = XmlWriter(mapping, XmlSchema(SCHEMA))
    order = changed(partners=("x",) * 5)
    assert writer.write(order).text == by_tree(order, mapping)[0]


class Wide(Record):
    """So many fields that may be left out that no one keeps a template for each set of them."""

    a: Text | None = None
    b: Text | None = None
    c: Text | None = None
    d: Text | None = None
    e: Text | None = None
    f: Text | None = None
    g: Text | None = None


def test_templates_of_more_sets_of_fields_than_anybody_needs_are_not_kept() -> None:
    names = "abcdefg"
    rows = "\n".join(f'{name} = "{name}"' for name in names)
    mapping = mapping_of(f'message = "xml/wide"\ndocument = "Wide"\n[fields]\n{rows}', Wide=Wide)
    types = '<xs:simpleType name="text"><xs:restriction base="xs:string"/></xs:simpleType>'
    wide = record("wide", *(element(name, "text") for name in names)).replace(
        ' minOccurs="0" maxOccurs="unbounded"', ""
    )
    schema = XmlSchema(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{wide}{types}</xs:schema>')
    writer = XmlWriter(mapping, schema)
    kept = 0
    for bits in range(128):
        document = Wide(**{name: "x" for place, name in enumerate(names) if bits >> place & 1})
        written = writer.write(document)
        assert written.text == by_tree(document, mapping)[0]
        kept += written.is_checked
    assert kept == 64


def test_two_rows_at_one_place_are_left_to_the_tree() -> None:
    mapping = mapping_of(MAPPING.replace('complete = "@complete"', 'complete = "number"'))
    written = XmlWriter(mapping, XmlSchema(SCHEMA)).write(PLAIN)
    assert not written.is_checked
    assert [unsaid.field for unsaid in written.unsaid] == ["complete"]


def test_idocs_and_shared_elements_have_no_templates() -> None:
    with pytest.raises(ValueError, match="idoc/ORDERS05/IDOC is written as a tree"):
        XmlWriter(mapping_of(IDOC), XmlSchema(SCHEMA))
    shared = MAPPING.replace('number   = "number"', 'number   = "ship_to/number"')
    with pytest.raises(ValueError, match="ship_to shares its element with others"):
        XmlWriter(mapping_of(shared), XmlSchema(SCHEMA))


def test_a_long_document_never_has_a_tree_of_more_than_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(quantity=Decimal(1), sku="A")
    odd = {700: "a&b", 800: "<"}
    lines = [line.model_copy(update={"sku": odd.get(number, f"A{number}")}) for number in range(5000)]
    order = changed(lines=tuple(lines), number="a&b")
    WRITER.write(order)  # makes the templates it needs
    trees: list[Any] = []
    printed = Template.printed

    def seen(self: Template, root: Any) -> str:
        trees.append(root)
        return printed(self, root)

    monkeypatch.setattr(Template, "printed", seen)
    text = "".join(WRITER.pieces(order))
    assert len(trees) == 1 + len(odd)
    assert all(sum(1 for _ in tree.iter()) < 12 for tree in trees)
    monkeypatch.undo()
    assert text == by_tree(order)[0]
