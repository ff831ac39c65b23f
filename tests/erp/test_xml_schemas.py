"""The XML schemas against the classes of the documents: no field more, no field less, and each explained."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from lxml import etree

from gateway.documents.erp_file import KINDS
from gateway.erp.xml import mapping_of, read_xml, schema_of
from gateway.mapping.xml import XmlRow, XmlTable
from gateway.mapping.xml.fields import find_field

ROOT = Path(__file__).parents[2]
XS = "{http://www.w3.org/2001/XMLSchema}"


def tree_of(name: str) -> Any:
    return etree.fromstring((ROOT / "schemas" / "erp" / f"{name}.xsd").read_bytes())


def fields_of(model: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every plain field of a class, as the rows of a mapping name it."""
    for name in model.model_fields:
        found = find_field(model, (name,))
        assert not isinstance(found, str)
        if found.record is None:
            yield (*path, name)
        else:
            yield from fields_of(found.record, (*path, name))


def rows_of(
    table: XmlTable, path: tuple[str, ...] = (), place: tuple[str, ...] = ()
) -> Iterator[tuple[Any, Any, XmlRow]]:
    """Every row with the full path of its field and the elements that it stands in."""
    for member in table.members:
        full = (*path, *member.path)
        if isinstance(member, XmlTable):
            yield from rows_of(member, full, (*place, *(step.name for step in member.steps)))
        else:
            yield full, (*place, *(step.name for step in member.place.steps)), member


@pytest.mark.parametrize("name", KINDS)
def test_every_field_has_one_row_but_the_word_that_names_the_root(name: str) -> None:
    rows = [path for path, _, _ in rows_of(mapping_of(name).root)]
    assert sorted(rows) == sorted(path for path in fields_of(KINDS[name]) if path != ("document",))
    assert mapping_of(name).elements == (name,)
    assert mapping_of(name).document is KINDS[name]


@pytest.mark.parametrize("name", KINDS)
def test_every_place_of_the_schema_has_a_row_and_every_row_a_place(name: str) -> None:
    rows = {("/".join((name, *place)), row.place.attribute) for _, place, row in rows_of(mapping_of(name).root)}
    assert rows == set(places_of(name))
    for place, attribute in rows:
        assert schema_of(name).pattern_of(place.split("/"), attribute)


def places_of(name: str) -> Iterator[tuple[str, str | None]]:
    """The texts that a schema has a place for."""
    schema = tree_of(name)
    types = {each.get("name"): each for each in schema.iterfind(f"{XS}complexType")}

    def below(element: Any, path: str) -> Iterator[tuple[str, str | None]]:
        type_ = types.get(element.get("type"), element.find(f"{XS}complexType"))
        if type_ is None or type_.find(f"{XS}simpleContent") is not None:
            yield path, None
        if type_ is not None:
            content = type_.find(f"{XS}simpleContent/{XS}extension")
            for attribute in (type_ if content is None else content).iterfind(f"{XS}attribute"):
                yield path, attribute.get("name")
            for inner in type_.iterfind(f"{XS}sequence/{XS}element"):
                yield from below(inner, f"{path}/{inner.get('name')}")

    (root,) = schema.iterfind(f"{XS}element")
    yield from below(root, root.get("name"))


@pytest.mark.parametrize("name", KINDS)
def test_what_is_required_and_what_a_code_may_be_is_the_same_in_schema_and_class(name: str) -> None:
    schema, model = tree_of(name), KINDS[name]
    types = {each.get("name"): each for each in schema.iterfind(f"{XS}simpleType")}
    (root,) = schema.iterfind(f"{XS}element")
    compared = 0
    for element in root.iterfind(f"{XS}complexType/{XS}sequence/{XS}element"):
        field = model.model_fields[element.get("name")]
        assert (element.get("minOccurs") is None) is field.is_required()
        codes = (
            [each.get("value") for each in types[element.get("type")].iter(f"{XS}enumeration")]
            if (element.get("type") in types)
            else []
        )
        literals = next((a for a in (field.annotation, *get_args(field.annotation)) if get_origin(a) is Literal), None)
        if literals is not None and get_args(literals) != (True,):
            assert tuple(codes) == get_args(literals)
        compared += 1
    assert compared >= len(model.model_fields) - 2


@pytest.mark.parametrize("name", KINDS)
def test_every_element_attribute_and_type_says_what_it_is(name: str) -> None:
    schema = tree_of(name)
    told = [*schema.iter(f"{XS}attribute"), *schema.iterfind(f"{XS}simpleType"), *schema.iterfind(f"{XS}complexType")]
    elements = [each for each in schema.iter(f"{XS}element") if each.getparent() is not schema]
    told += [each for each in elements if each.get("maxOccurs") is None]  # of an entry of a list, its type tells it
    assert schema.findtext(f"{XS}annotation/{XS}documentation")
    for each in told:
        words = each.findtext(f"{XS}annotation/{XS}documentation") or ""
        assert words.endswith((".", "...")), each.get("name")


def test_types_of_the_same_name_are_the_same_in_all_schemas() -> None:
    seen: dict[str, bytes] = {}
    for name in KINDS:
        for type_ in tree_of(name).iterfind(f"{XS}simpleType"):
            text = etree.tostring(type_, method="c14n2", strip_text=True)
            assert seen.setdefault(type_.get("name"), text) == text, (name, type_.get("name"))


@pytest.mark.parametrize("name", KINDS)
def test_an_unknown_field_is_refused_wherever_it_stands(name: str) -> None:
    data = (ROOT / "samples" / "erp" / "xml" / f"{name}.xml").read_bytes()
    count = len(list(etree.fromstring(data).iter()))
    for index in range(count):
        for attribute in (True, False):
            root = etree.fromstring(data)
            element = list(root.iter())[index]
            if attribute:
                element.set("colour", "red")
            else:
                element.append(etree.Element("colour"))
            document, findings = read_xml(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
            assert document is None
            assert "colour" in findings[0].message or "holds" in findings[0].message


@pytest.mark.parametrize("name", KINDS)
def test_every_wrong_value_is_refused_with_its_line(name: str) -> None:
    """Of the first element of each kind that is no free text: a word that is none of its values."""
    data = (ROOT / "samples" / "erp" / "xml" / f"{name}.xml").read_bytes()
    for index, element in enumerate(etree.fromstring(data).iter()):
        root = etree.fromstring(data)
        changed = list(root.iter())[index]
        changed.text = "no such word" if not len(changed) else changed.text
        document, findings = read_xml(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
        assert document is not None or findings[0].message.startswith(f"line {element.sourceline}, ")
