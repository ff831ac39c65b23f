"""A row may list several places: the first that has room is written, and any of them is read."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.documents import PurchaseOrder
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping as Mapped
from gateway.mapping.messages import explain_message
from gateway.mapping.traces import Reading
from gateway.mapping.writing import write_document
from gateway.syntax import edifact
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.seal_edifact import EdifactEnvelope, seal_edifact

SAMPLES = Path(__file__).parents[2] / "samples" / "edifact"
EAN, UPC = "4006381333931", "403600029145"
MARKS = ("*", ">", "~", "")

Overlay = Callable[[Mapping[str, str]], Mappings]
Explain = Callable[[Sequence[str], Mapped], Reading]
Texts = Callable[..., list[str]]


def of_type(edi: bytes, message: str) -> EdifactMessage:
    (found,) = (event for event in edifact.read([edi]) if isinstance(event, EdifactMessage))
    assert found.type == message
    return found


def with_segments(message: str, name: str, *changes: tuple[str, str]) -> EdifactMessage:
    """A sample with some of its segments changed."""
    text = (SAMPLES / f"{name}.edi").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return of_type(text.encode(), message)


NUMBERED = {
    "ORDERS": ("ORDERS-plain", "LIN+1++4006381333931:EN'"),
    "ORDCHG": ("ORDCHG-lines", "LIN+1+3+4006381333931:EN'"),
    "ORDRSP": ("ORDRSP-rejected", "LIN+1+7+4006381333931:EN'"),
    "DESADV": ("DESADV-cartons", "LIN+1++4006381333931:EN'\nQTY+12:40'"),
    "INVOIC": ("INVOIC-two-rates", "LIN+1++4006381333931:EN'"),
}
"""A sample of each message, and the beginning of a line in it."""


def ids_of(document: Any) -> list[tuple[str | None, str | None]]:
    """EAN and UPC wherever they stand in a document."""
    body = json.loads(document.model_dump_json())
    found: list[tuple[str | None, str | None]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "upc" in value:
                found.append((value["ean"], value["upc"]))
            value = list(value.values())
        for each in value if isinstance(value, list) else ():
            walk(each)

    walk(body)
    return found


@pytest.mark.parametrize("role", ["1", "5"])
@pytest.mark.parametrize("first", ["EN", "UP"])
@pytest.mark.parametrize("message", NUMBERED)
def test_a_line_says_its_ean_and_its_upc(message: str, first: str, role: str, mappings: Mappings) -> None:
    """Whichever stands in LIN and whatever PIA calls the other; written, the EAN is in LIN, the UPC additional."""
    name, line = NUMBERED[message]
    both = [(EAN, "EN"), (UPC, "UP")] if first == "EN" else [(UPC, "UP"), (EAN, "EN")]
    head, _, tail = line.partition(f"{EAN}:EN'")
    came = f"{head}{both[0][0]}:{both[0][1]}'\nPIA+{role}+{both[1][0]}:{both[1][1]}'{tail}"
    mapping = mappings.standard(f"edifact/{message}")
    reading = explain_message(with_segments(message, name, (line, came)), mapping)
    assert reading.document is not None
    assert not [finding for finding in reading.findings if finding.code == "data-unmapped"]
    assert (EAN, UPC) in ids_of(reading.document)
    written = write_document(reading.document, mapping)
    assert written.unsaid == ()
    assert ("PIA", ("1", (UPC, "UP"))) in written.segments
    at = written.segments.index(("PIA", ("1", (UPC, "UP"))))
    tag, cells = written.segments[at - 1]
    assert tag == "LIN"
    assert (EAN, "EN") in cells
    envelope = EdifactEnvelope("14:4098765000010", "14:5450534000000", datetime(2026, 11, 20, tzinfo=UTC), "1")
    sealed = seal_edifact([("1", f"{message}:D:96A:UN", written.segments)], envelope)
    again = explain_message(of_type(sealed.data, message), mapping).document
    assert again is not None
    assert unsaid_fields(reading.document, again) == ()
    assert ids_of(again) == ids_of(reading.document)


def test_a_number_that_comes_twice_is_read_once_and_told(mappings: Mappings) -> None:
    name, line = NUMBERED["ORDERS"]
    message = with_segments("ORDERS", name, (line, f"{line}\nPIA+1+4006381333924:EN'"))
    reading = explain_message(message, mappings.standard("edifact/ORDERS"))
    assert isinstance(reading.document, PurchaseOrder)
    assert reading.document.lines[0].ean == EAN
    assert [(finding.code, finding.tag) for finding in reading.findings] == [("data-unmapped", "PIA")]


def test_the_number_of_another_unit_is_not_read_beside_the_one_that_is_counted(mappings: Mappings) -> None:
    """A case's number in PIA would make cases of what LIN counts as pieces."""
    name, line = NUMBERED["ORDERS"]
    message = with_segments("ORDERS", name, (line, f"{line}\nPIA+1+14006381333938:AM'"))
    reading = explain_message(message, mappings.standard("edifact/ORDERS"))
    assert isinstance(reading.document, PurchaseOrder)
    assert reading.document.lines[0].case_gtin is None
    assert [(finding.code, finding.tag) for finding in reading.findings] == [("data-unmapped", "PIA")]


HEAD = """
message = "x12/004010/850"
document = "PurchaseOrder"
[lookup.purpose]
00 = "original"
[lookup.unit]
EA = "each"
[fields]
purpose = "BEG01 via purpose"
order_type = "BEG02"
number = "BEG03"
ordered_on = "BEG05"
"""
LINES = """
[fields.lines]
each = "PO1"
line = "PO101"
ordered.value = "PO102"
ordered.unit = "PO103 via unit"
"""
BEG = "BEG*00*NE*4XK7PL2Q**20261120"


def small(overlay: Overlay, row: str) -> Mapped:
    return overlay({"mappings/x12/850.toml": f"{HEAD}{row}\n{LINES}"}).standard("x12/850")


@pytest.mark.parametrize(
    ("references", "account", "is_certain"),
    [
        (["REF*CR*ACME1"], "ACME1", True),
        (["REF*IA*ACME2"], "ACME2", True),
        (["REF*IA*ACME2", "REF*CR*ACME1"], "ACME1", False),
        ([], "NONE", True),
    ],
)
def test_both_readers_read_any_of_the_places(
    references: list[str], account: str, is_certain: bool, overlay: Overlay, explain: Explain
) -> None:
    """The first of the list where several came; the compiled reader leaves that to the other."""
    mapping = small(overlay, 'account = ["REF*CR default NONE", "REF*IA"]')
    body = [BEG, *references, "PO1*1*24*EA"]
    read = explain(body, mapping).document
    assert isinstance(read, PurchaseOrder)
    assert read.account == account
    compiled = compile_mapping(mapping, MARKS)
    assert compiled is not None
    found = compiled.read(["ST*850*0001", *body, f"SE*{len(body) + 2}*0001"])
    assert found == (read if is_certain else None)


def test_what_finds_no_room_anywhere_is_unsaid(overlay: Overlay, texts: Texts) -> None:
    mapping = small(overlay, 'promotion = ["BEG02", "BEG06"]\naccount = ["BEG02", "BEG06"]')
    line = {"line": "1", "ordered": {"value": "24", "unit": "each"}}
    about = {"number": "4XK7PL2Q", "ordered_on": date(2026, 11, 20), "lines": (line,)}
    order = PurchaseOrder.model_validate({**about, "order_type": "NE", "promotion": "P1", "account": "ACME1"})
    written = write_document(order, mapping)
    assert texts(written.segments)[0] == f"{BEG}*P1"
    assert [(unsaid.field, unsaid.value, unsaid.why) for unsaid in written.unsaid] == [
        ("account", "ACME1", "another value stands in its BEG already")
    ]
