"""The explaining reader: each thing it finds wrong, with its place."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.findings import Severity
from gateway.mapping.library import Mappings
from gateway.mapping.traces import Reading

HEAD = ["BEG*00*NE*P1**20261120", "REF*CR*A", "CSH*Y", "DTM*064*20261125", "N1*ST**92*X1"]
LINE, TOTAL = "PO1*1*5*EA*2*PE*UP*036000291452", "CTT*1*5"
Explain = Callable[..., Reading]

NOTICE = ["BSN*00*S1*20261126*0620*0001", "HL*1**S", "HL*2*1*O", "PRF*P1", "HL*3*2*P", "MAN*GM*1", "HL*4*3*I"]
ITEM = ["LIN*1*UP*036000291452", "SN1**5*EA"]

FOUND: dict[str, tuple[str, list[str], list[tuple[str, int | None, int | None]]]] = {
    "a total that differs": ("850", [*HEAD, LINE, "CTT*2*5"], [("control-total-differs", 8, 1)]),
    "a sum that differs": ("850", [*HEAD, LINE, "CTT*1*6"], [("control-total-differs", 8, 2)]),
    "a segment that no row reads": (
        "850",
        [HEAD[0], "CUR*SE*USD", *HEAD[1:], LINE, TOTAL],
        [("data-unmapped", 3, None)],
    ),
    "a cell that no row reads": ("850", [f"{HEAD[0]}*C1", *HEAD[1:], LINE, TOTAL], [("data-unmapped", 2, 6)]),
    "a second value for a row": ("850", [*HEAD[:2], *HEAD[1:], LINE, TOTAL], [("data-unmapped", 4, None)]),
    "a code without a meaning": ("850", ["BEG*02*NE*P1**20261120", *HEAD[1:], LINE, TOTAL], [("value-unmapped", 2, 1)]),
    "a document that lacks something": (
        "850",
        [*HEAD, "PO1*1", "CTT*1"],
        [("document-incomplete", 1, None)],
    ),
    "a fault that the grammar told already": (
        "850",
        [*HEAD, "PO1*1*X*EA", "CTT*1"],
        [("character-invalid", 7, 2)],
    ),
    "another constant": (
        "856",
        ["BSN*00*S1*20261126*0620*0004", *NOTICE[1:], *ITEM, "CTT*4"],
        [("constant-differs", 2, 5)],
    ),
    "a time that is none": (
        "856",
        ["BSN*00*S1*20261126*0690*0001", *NOTICE[1:], *ITEM, "CTT*4"],
        [("time-invalid", 2, 4)],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_is_wrong_is_found_in_its_place(name: str, mappings: Mappings, explain: Explain) -> None:
    message, body, expected = FOUND[name]
    reading = explain(body, mappings.guided("amazon-us", message))
    assert [(f.code, f.segment, f.element) for f in reading.findings] == expected


@pytest.mark.parametrize(
    ("guide", "message", "body", "header"),
    [
        ("amazon-us", "850", [*HEAD, "PO1*1", "CTT*1"], "ST"),
        ("amazon-eu", "ORDERS", ["BGM*220*P1*9", "DTM*63>20261120>102", "LIN*1", "QTY*21>5", "UNS*S"], "UNH"),
    ],
)
def test_what_a_document_lacks_is_told_of_its_message_s_header(
    guide: str, message: str, body: list[str], header: str, mappings: Mappings, explain: Explain
) -> None:
    found = explain(body, mappings.guided(guide, message)).findings
    assert [(f.tag, f.segment) for f in found if f.code == "document-incomplete"] == [(header, 1)]


def test_a_document_without_a_rejecting_finding_says_what_it_lacks(overlay: Any, explain: Explain) -> None:
    """A guide may turn a fault into a warning; then the document that cannot be built must still be told."""
    schema = 'extends = "x12/004010/850"\n[severity]\nvalue-unmapped = "warn"\n'
    mapping = overlay({"mappings/guides/amazon-us/850.schema.toml": schema}).guided("amazon-us", "850")
    reading = explain(["BEG*02*NE*P1**20261120", "PO1*1", "CTT*1"], mapping)
    assert reading.document is None
    assert [(f.code, f.severity) for f in reading.findings] == [
        ("document-incomplete", Severity.REJECT),
        ("value-unmapped", Severity.WARN),
    ]


def test_a_trace_names_the_field_the_cell_and_the_row(mappings: Mappings, explain: Explain) -> None:
    reading = explain([*NOTICE, *ITEM, "DTM*036*20270531", "CTT*4"], mappings.guided("amazon-us", "856"))
    found = {trace.field: (trace.cell, trace.segment, trace.text, trace.value) for trace in reading.traces}
    assert found["[constant] BSN05"] == ("BSN05", 2, "0001", "0001")
    assert found["[derived] level_count"][:3] == ("CTT01", 12, "4")
    assert found["orders[0].packs[0].items[0].upc"] == ("LIN03", 9, "036000291452", "036000291452")
    assert [t.cell for t in reading.traces if t.field == "issued_at"] == ["BSN03", "BSN04"]


def test_a_component_is_traced_to_itself(mappings: Mappings, explain: Explain) -> None:
    body = ["AK1*PO*1", "AK2*850*0001", "AK3*CTP*5**8", "AK4*5>2*1018*4", "AK5*R*5", "AK9*R*1*1*0"]
    reading = explain(body, mappings.guided("amazon-us", "997"))
    assert reading.findings == ()
    assert [t.cell for t in reading.traces if t.field.endswith("component")] == ["AK401-2"]
