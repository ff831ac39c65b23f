"""The sample IDocs that SAP people know: they read into the documents we expect, and write back equal.

`expected/NAME.sap.json` is the IDoc field by field, `expected/NAME.erp.json` our document of it.
"""

import json
from typing import Any

import pytest

from gateway.documents import JournalEntry, SalesOrder
from gateway.erp.sap import SapShore
from gateway.mapping.xml import read_element
from gateway.sap.journals import to_sap_journal
from gateway.sap.orders import to_sap_order
from gateway.simulate.toy_sap_said import order_of
from gateway.syntax.idoc import canonical, read_xml
from tests.sap.shop import AT, EXPECTED, PROFILE, SHEET, a_line, an_order, idocs, knowing, profile, shore

pytestmark = pytest.mark.skipif(not SHEET.is_dir(), reason=f"no sample IDocs at {SHEET}")

MESSAGES = {
    "ORDERS05": "ORDERS",
    "ORDRSP": "ORDRSP",
    "DESADV_DELVRY07": "DESADV",
    "INVOIC02": "INVOIC",
    "ACC_DOCUMENT05": "ACC_DOCUMENT",
}


def expected(name: str, whose: str) -> Any:
    return json.loads((EXPECTED / f"{name}.{whose}.json").read_text(encoding="utf-8"))


def read(name: str) -> tuple[Any, Any, Any]:
    """The tree of a sample, its control record and its document; every text of it is read by a row."""
    (idoc,) = read_xml((SHEET / f"{name}.xml").read_bytes())
    (again,) = read_xml((SHEET / f"{name}.xml").read_bytes())
    head = again.root[0].find("EDI_DC40")
    again.root[0].remove(head)
    control = read_element(head, idocs().mapping("EDI_DC40"))
    body = read_element(again.root, idocs().mapping(MESSAGES[name]))
    assert control.findings == body.findings == ()
    return idoc.root, control.document, body.document


@pytest.mark.parametrize("name", MESSAGES)
def test_a_sample_reads_into_the_document_of_sap_that_is_expected(name: str) -> None:
    _, control, document = read(name)
    wanted = expected(name, "sap")
    assert json.loads(control.model_dump_json(exclude_none=True)) == wanted["control"]
    assert json.loads(document.model_dump_json(exclude_defaults=True)) == wanted["document"]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_sample_is_written_back_as_it_was(name: str) -> None:
    root, control, document = read(name)
    made, wrong = SapShore(PROFILE, idocs()).make(document, control, MESSAGES[name])
    assert wrong == []
    assert canonical(made) == canonical(root)


@pytest.mark.parametrize("name", ["ORDRSP", "DESADV_DELVRY07", "INVOIC02"])
def test_what_sap_says_is_the_document_that_is_expected(name: str) -> None:
    known = knowing(an_order(a_line("1", 24), a_line("2", 5)))
    (found,) = shore().read((SHEET / f"{name}.xml").read_bytes(), known)
    assert found.findings == ()
    (document,) = found.said
    assert not isinstance(document, tuple)
    assert json.loads(document.model_dump_json()) == expected(name, "erp")


def test_our_order_is_the_sample_order() -> None:
    """The sample calls its kind of purchase order by another qualifier, and has one line to speak of."""
    order = SalesOrder.model_validate(expected("ORDERS05", "erp"))
    sap, gaps = to_sap_order(order, PROFILE, knowing(), AT)
    _, _, sample = read("ORDERS05")
    assert gaps == ()
    assert sap is not None
    (text,) = sap.texts
    assert [line.text for line in text.lines] == [
        "line 1: 2 CS converted to 24 PCE by gateway",
        "deliver from 2026-11-30",
    ]
    assert sap.model_copy(update={"texts": sample.texts, "po_type_out": "EDI"}) == sample


def test_the_sample_order_is_our_order() -> None:
    _, _, sample = read("ORDERS05")
    wanted = SalesOrder.model_validate(expected("ORDERS05", "erp"))
    as_read = wanted.model_copy(update={"customer": "0000100234", "window": None})
    assert order_of(sample, "amazon-eu", 0) == as_read


def test_our_journal_entry_is_the_sample_document() -> None:
    """The sample names the settlement on the payout alone; here every line does, so both are compared without."""
    entry = JournalEntry.model_validate(expected("ACC_DOCUMENT05", "erp"))
    sap, gaps = to_sap_journal(entry, profile(dimensions={}))
    _, _, sample = read("ACC_DOCUMENT05")
    bare = tuple(line.model_copy(update={"assignment": None}) for line in sample.ledger)
    assert gaps == ()
    assert sap == sample.model_copy(update={"ledger": bare})
