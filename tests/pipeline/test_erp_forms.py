"""Documents for the ERP leave in the form that is set for them, and those of the ERP are read in any form."""

import json
from pathlib import Path
from typing import cast

import pytest

from gateway import config as configuration
from gateway.catalogue.gaps import Gap
from gateway.documents import read_erp
from gateway.erp.xml import read_xml, write_xml
from gateway.instance import mappings_of
from gateway.journal import Journal
from gateway.pipeline import Catalogue, Desk
from gateway.pipeline.erp_forms import write
from tests.conftest import ORDERED_AT, House

LATER = "2026-11-20T21:10:00Z"
BOOKED = {
    "document": "posting-result",
    "version": 1,
    "id": "amazon-us:4XK7PL2Q",
    "result": "booked",
    "number": "SO-1001",
    "message": None,
}


def files_out(house: House) -> list[str]:
    return sorted(path.name for path in (house.folder / "erp" / "out").iterdir() if path.is_file())


def order(house: House) -> None:
    house.drop("850.edi", house.interchange(house.order()))
    house.once()


def in_xml(said: dict[str, object]) -> str:
    document, findings = read_erp(json.dumps(said).encode())
    assert document is not None, findings
    return write_xml(document).decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "files"  ', 'form = "xml"\nkind = "files"  '),
        ('kind = "files"  ', 'forms = { "sales-order" = "xml" }\nkind = "files"  '),
        ('# erp_forms = { "sales-order" = "xml" }', 'erp_forms = { "sales-order" = "xml" }'),
    ],
    ids=["for all", "for a document", "for a partner"],
)
def test_a_sales_order_leaves_in_the_form_that_is_set(house: House, old: str, new: str) -> None:
    house.configure(old, new)
    order(house)
    assert files_out(house) == ["sales-order.amazon-us.4XK7PL2Q.xml"]
    document, findings = read_xml((house.folder / "erp" / "out" / files_out(house)[0]).read_bytes())
    assert not findings
    (stored,) = (each for each in house.json("documents", "list") if each["type"] == "sales-order")
    assert document is not None
    assert document.model_dump(mode="json") == house.json("documents", "show", stored["id"])["body"]


def test_a_form_for_another_document_changes_nothing(house: House) -> None:
    house.configure('kind = "files"  ', 'forms = { "journal-entry" = "xml" }\nkind = "files"  ')
    order(house)
    assert files_out(house) == ["sales-order.amazon-us.4XK7PL2Q.json"]


def test_the_erp_may_answer_in_xml_whatever_we_write(house: House) -> None:
    order(house)
    house.erp_says("result.xml", in_xml(BOOKED))
    house.once(LATER)
    booked = house.state("4XK7PL2Q").booked
    assert booked is not None
    assert booked.number == "SO-1001"


def test_a_text_that_xml_cannot_hold_keeps_a_document_from_being_written(house: House) -> None:
    house.configure('kind = "files"  ', 'form = "xml"\nkind = "files"  ')
    order(house)
    document, _ = read_xml((house.folder / "erp" / "out" / files_out(house)[0]).read_bytes())
    assert document is not None
    config = configuration.load(house.config)
    with Journal.open(config.paths.journal) as journal, journal.transaction(ORDERED_AT) as tx:
        desk = Desk(config, mappings_of(None), Catalogue(), tx, ORDERED_AT)
        (gap,) = cast("tuple[Gap, ...]", write(document.model_copy(update={"id": "a\x01"}), "amazon-us", desk))
    assert gap.rule == "cannot-be-said"
    assert "id" in gap.message


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("unknown root", "<orders/>", "orders"),
        ("a document type", '<!DOCTYPE a [<!ENTITY b "c">]><posting-result>&b;</posting-result>', "DOCTYPE"),
        ("cut off", "<posting-result><id>", "line 1"),
        ("another field", '<posting-result version="1" colour="red"/>', "colour"),
    ],
)
def test_bad_xml_lies_in_quarantine_and_says_where_and_what(house: House, name: str, text: str, said: str) -> None:
    house.erp_says(f"{name}.xml", text)
    house.once()
    assert said in house.quarantine[f"{name}.xml"]["message"]
    (case,) = house.cases
    assert case["owner"] == "IT"
    assert Path(f"{name}.xml").name in case["message"]
