"""The mappings of IDocs: every row both ways, and every field one that the segment catalogue has."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from gateway.documents.sap import SAP_MODELS, SapControl
from gateway.grammar.idoc import check
from gateway.grammar.idoc_order import arrange
from gateway.mapping.idocs import Idocs
from gateway.mapping.xml import read_element, write_element
from gateway.syntax.idoc import canonical, read_xml
from tests.sap.shop import SAMPLES, idocs

FOLDER = Path(__file__).parents[2] / "mappings" / "idoc"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
BODIES = [name for name in NAMES if name != "EDI_DC40"]
TYPES = {
    "ORDERS": "ORDERS05",
    "ORDRSP": "ORDERS05",
    "DESADV": "DELVRY07",
    "INVOIC": "INVOIC02",
    "ACC_DOCUMENT": "ACC_DOCUMENT05",
    "MBGMCR": "MBGMCR03",
    "PORDCR1": "PORDCR103",
    "PROACT": "PROACT01",
    "MATMAS": "MATMAS05",
    "ALEAUD": "ALEAUD01",
    "STATUS": "SYSTAT01",
}


@pytest.fixture(scope="module")
def known() -> Idocs:
    return idocs()


def filled(model: type[BaseModel]) -> Any:
    """A record of which every field says something."""
    return model(**{name: _value(field.annotation) for name, field in model.model_fields.items()})


def _value(annotation: Any) -> Any:
    inner = [part for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) is tuple:
        return (_value(inner[0]),)
    if inner:
        return _value(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return filled(annotation)
    return {Decimal: Decimal("-1.50"), date: date(2026, 11, 20)}.get(annotation, "1")


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_a_document_has_a_row_and_comes_back(name: str, known: Idocs) -> None:
    mapping = known.mapping(name)
    document = filled(mapping.document)
    writing = write_element(document, mapping)
    assert writing.unsaid == ()
    reading = read_element(writing.root, mapping)
    assert reading.findings == ()
    assert reading.document == document


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_read(name: str, known: Idocs) -> None:
    mapping = known.mapping(name)
    reading = read_element(write_element(filled(mapping.document), mapping).root, mapping)
    assert {trace.row.name for trace in reading.traces} == {row.name for row in mapping.rows}


@pytest.mark.parametrize("name", BODIES)
def test_every_row_stands_at_a_field_of_the_catalogue(name: str, known: Idocs) -> None:
    """What the values are is of no matter here; a segment or field that the catalogue does not have is."""
    mapping = known.mapping(name)
    root = write_element(filled(mapping.document), mapping).root
    control = SapControl(idoc_type=TYPES[name], message=name)
    root[0].insert(0, write_element(control, known.mapping("EDI_DC40")).root)
    codes = {finding.code for finding in check(arrange(root, known.catalogue), known.catalogue)}
    assert not {code for code in codes if code.endswith(("-unknown", "-misplaced"))}


def test_every_message_has_a_mapping_of_its_basic_type(known: Idocs) -> None:
    assert {name: known.mapping(name).elements[0] for name in BODIES} == TYPES


def test_every_document_of_sap_has_a_mapping(known: Idocs) -> None:
    assert {known.mapping(name).document.__name__ for name in NAMES} == set(SAP_MODELS)


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.glob("*.xml")))
def test_a_sample_is_written_back_as_it_was(sample: str, known: Idocs) -> None:
    """Every text of our own samples has a row too; SAP's initial values (a day of zeros) are no text."""
    found = read_xml((SAMPLES / sample).read_bytes())
    assert isinstance(found, tuple)
    for idoc in found:
        wanted = canonical(idoc.root)
        name = idoc.control("MESTYP")
        head = idoc.root[0].find("EDI_DC40")
        idoc.root[0].remove(head)
        body = read_element(idoc.root, known.mapping(name))
        control = read_element(head, known.mapping("EDI_DC40"))
        assert body.findings == control.findings == ()
        assert body.document is not None
        assert control.document is not None
        root = write_element(body.document, known.mapping(name)).root
        root[0].insert(0, write_element(control.document, known.mapping("EDI_DC40")).root)
        made = canonical(arrange(root, known.catalogue))
        assert _without_initial(made) == _without_initial(wanted)


def _without_initial(data: bytes) -> bytes:
    """Without days and times of zeros, and blanks before numbers: SAP's ways of saying nothing."""
    for nothing in (b"<IEDD>00000000</IEDD>", b"<IEDZ>000000</IEDZ>", b" " * 13, b" " * 12):
        data = data.replace(nothing, b"")
    return data
