"""The EDIFACT messages: every sample against its document, there and back again, and the reference byte for byte."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.documents import OrderResponse, PurchaseOrder, ShipNotice
from gateway.grammar.order import Written
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping
from gateway.mapping.messages import explain_message, read_message
from gateway.mapping.writing import write_document
from gateway.syntax import edifact, x12
from gateway.syntax.edifact_envelope import EdifactInterchange
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Message
from gateway.syntax.seal_edifact import EdifactEnvelope, seal_edifact

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "edifact"
EXAMPLES = ROOT.parent / "shared" / "reference" / "examples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.edi"))
MESSAGES = ("ORDERS", "ORDRSP", "ORDCHG", "DESADV", "INVOIC", "REMADV", "APERAK", "CONTRL")
NOT_IN_NORMAL_FORM = {
    "ORDERS-codes": "codes that mean the same as the ones we write",
    "ORDERS-other-marks": "a decimal comma",
    "CONTRL-codes": "a code that means the same as the one we write",
}
GUIDE = "amazon-eu"
SILENT: dict[str, str] = {}
"""The samples that the compiled reader leaves to the other, and why."""
UNREAD: dict[str, list[str]] = {}
"""The tags of data that no row of the mapping reads, in order."""


def messages(data: bytes) -> list[EdifactMessage]:
    return [event for event in edifact.read([data]) if isinstance(event, EdifactMessage)]


def sample(name: str) -> list[EdifactMessage]:
    return messages((SAMPLES / f"{name}.edi").read_bytes())


def mapping_of(mappings: Mappings, message: Message) -> Mapping:
    return mappings.standard(f"edifact/{message.type}")


def expected(name: str, model: type[BaseModel]) -> list[BaseModel]:
    found: Any = json.loads((SAMPLES / f"{name}.json").read_text())
    return [model.model_validate_json(json.dumps(one)) for one in (found if isinstance(found, list) else [found])]


def sealed(bodies: Sequence[tuple[str, Sequence[Written]]], like: EdifactInterchange | None = None) -> bytes:
    """Written messages (S009, segments) in an envelope like another one, or in any."""
    envelope = EdifactEnvelope("14:4098765000010", "14:5450534000000", datetime(2026, 11, 20, tzinfo=UTC), "1")
    if like is not None:
        at = datetime.strptime(f"{like.component(4, 1)}{like.component(4, 2)}", "%y%m%d%H%M").replace(tzinfo=UTC)
        names = {"syntax": like.syntax, "application": like.application, "agreement": like.agreement}
        asks = {"wants_acknowledgement": like.wants_acknowledgement, "is_test": like.is_test}
        envelope = EdifactEnvelope(like.sender, like.receiver, at, like.control_number, **names, **asks)  # type: ignore[arg-type]
    outgoing = [(str(number), identifier, body) for number, (identifier, body) in enumerate(bodies, 1)]
    found = seal_edifact(outgoing, envelope, line_break="\n")
    assert not found.unfit
    return found.data


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_reads_as_the_document_that_a_person_checked(name: str, mappings: Mappings) -> None:
    found = sample(name)
    mapping = mapping_of(mappings, found[0])
    readings = [explain_message(message, mapping) for message in found]
    assert [reading.document for reading in readings] == expected(name, mapping.document)
    assert not [finding for message in found for finding in message.findings]
    findings = [finding for reading in readings for finding in reading.findings if finding.code != "code-unlisted"]
    assert [finding.tag for finding in findings if finding.code == "data-unmapped"] == UNREAD.get(name, [])
    assert len(findings) == len(UNREAD.get(name, []))


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_reader_reads_what_the_explaining_one_reads(name: str, mappings: Mappings) -> None:
    for message in sample(name):
        mapping = mapping_of(mappings, message)
        compiled = compile_mapping(mapping, message.marks)
        assert compiled is not None
        document = compiled.read(message.segments)
        assert (document is None) == (name in SILENT), SILENT.get(name, "it should be read")
        reading = explain_message(message, mapping)
        assert document is None or (document == reading.document and not reading.findings)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_written_again_reads_as_before(name: str, mappings: Mappings) -> None:
    found = sample(name)
    mapping = mapping_of(mappings, found[0])
    bodies = []
    for message in found:
        document = explain_message(message, mapping).document
        assert document is not None
        written = write_document(document, mapping)
        assert written.unsaid == ()
        bodies.append((":".join(message.identifier), written.segments))
    again = messages(sealed(bodies))
    is_same = [_cells(message) for message in again] == [_cells(message) for message in found]
    assert is_same == (name not in NOT_IN_NORMAL_FORM)
    meant, said = ([explain_message(message, mapping).document for message in both] for both in (found, again))
    assert said == meant


def _cells(message: EdifactMessage) -> list[list[list[str]]]:
    """The segments between UNH and UNT by element and component, whatever their separators."""
    element, component = message.marks[:2]
    return [[cell.split(component) for cell in segment.split(element)] for segment in message.segments[1:-1]]


@pytest.mark.parametrize("message", MESSAGES)
def test_every_row_is_exercised_both_ways(message: str, mappings: Mappings) -> None:
    """Prints the rows that no sample reads or writes: add a segment to one, and look at its document."""
    mapping = mappings.standard(f"edifact/{message}")
    read, written = set[int](), set[int]()
    for name in (name for name in NAMES if name.startswith(message)):
        for found in sample(name):
            reading = explain_message(found, mapping)
            assert reading.document is not None
            read |= {id(trace.row) for trace in reading.traces}
            written |= {id(row) for row in write_document(reading.document, mapping).rows}
    assert _rows(mapping, read) == []
    assert _rows(mapping, written) == []


def _rows(mapping: Mapping, seen: set[int]) -> list[str]:
    return [
        f"{row.origin.source.name}:{row.origin.line} {row.name} = {row.expression.text}"
        for row in mapping.rows
        if id(row) not in seen
    ]


REFERENCE = [path for path in sorted(EXAMPLES.glob("*.edi")) if path.read_bytes().startswith(b"UNB")]


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the reference examples are not beside this checkout")
@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
def test_a_file_of_the_reference_comes_back_byte_for_byte(path: Path, mappings: Mappings) -> None:
    data = path.read_bytes()
    (opened,) = (event for event in edifact.read([data]) if isinstance(event, EdifactInterchange))
    (message,) = messages(data)
    mapping = mappings.guided(GUIDE, message.type)
    reading = read_message(message, mapping)
    assert reading.document is not None
    assert reading.findings == ()
    written = write_document(reading.document, mapping)
    assert written.unsaid == ()
    assert sealed([(":".join(message.identifier), written.segments)], like=opened) == data


# One order in both standards

X12_ORDERS = ("850-plain", "850-many-lines", "850-units", "850-two-in-a-group")
SAME = ("number", "ordered_on", "window", "ship_to", "currency", "account")
SAME_LINE = ("line", "price")


@pytest.mark.parametrize("name", X12_ORDERS)
def test_an_order_is_the_same_in_both_standards(name: str, mappings: Mappings) -> None:
    """850, PurchaseOrder, ORDERS, PurchaseOrder, on all that both say; for the basis of a price they share no words."""
    for found in x12.read([(ROOT / "samples" / "x12" / f"{name}.edi").read_bytes()]):
        if isinstance(found, Message):
            order = read_message(found, mappings.standard("x12/850")).document
            assert isinstance(order, PurchaseOrder)
            lines = tuple(line.model_copy(update={"price_basis": None}) for line in order.lines)
            _is_the_same_in_edifact(order.model_copy(update={"lines": lines}), mappings.standard("edifact/ORDERS"))


def _is_the_same_in_edifact(order: PurchaseOrder, mapping: Mapping) -> None:
    written = write_document(order, mapping)
    (message,) = messages(sealed([("ORDERS:D:96A:UN:EAN008", written.segments)]))
    again = explain_message(message, mapping).document
    assert isinstance(again, PurchaseOrder)
    assert [getattr(again, name) for name in SAME] == [getattr(order, name) for name in SAME]
    for before, after in zip(order.lines, again.lines, strict=True):
        assert [getattr(after, name) for name in SAME_LINE] == [getattr(before, name) for name in SAME_LINE]
        assert after.ids == before.ids
        assert (after.ordered.value, after.ordered.unit) == (before.ordered.value, before.ordered.unit)


# The view and the guide

ORDRSP_DATED_TWICE = {
    "purchase_order": "3KT7WX2A",
    "lines": [
        {
            "dispositions": [
                {"outcome": "accepted", "quantity": {"value": "4"}, "ships_on": "2026-11-25"},
                {"outcome": "backordered", "quantity": {"value": "2"}, "ships_on": "2026-11-26"},
            ]
        }
    ],
}


def test_a_split_line_is_written_with_the_date_of_its_back_order(mappings: Mappings) -> None:
    response = OrderResponse.model_validate_json(json.dumps(ORDRSP_DATED_TWICE))
    mapping = mappings.guided(GUIDE, "ORDRSP")
    written = write_document(response, mapping)
    dates = [elements for tag, elements in written.segments if tag == "DTM"]
    assert dates == [(("11", "20261126", "102"),)]
    (message,) = messages(sealed([("ORDRSP:D:96A:UN:EAN005", written.segments)]))
    again = explain_message(message, mapping).document
    assert again is not None
    unsaid = [unsaid.field for unsaid in unsaid_fields(response, again)]
    assert unsaid == ["lines[0].dispositions[0].ships_on"]
    assert mappings.guide(GUIDE).leaves_unsaid("ORDRSP", unsaid[0])


def test_the_two_rejections_mean_what_the_partner_means(mappings: Mappings) -> None:
    def codes(mapping: Mapping) -> dict[str, str]:
        (row,) = (row for row in mapping.rows if row.name == "lines.dispositions.outcome")
        assert row.lookup is not None
        return {code: row.lookup.meanings[code] for code in ("182", "185")}

    assert codes(mappings.standard("edifact/ORDRSP")) == {
        "182": "rejected:out_of_stock",
        "185": "rejected:invalid_item",
    }
    assert codes(mappings.guided(GUIDE, "ORDRSP")) == {"182": "rejected:invalid_item", "185": "rejected:out_of_stock"}


def test_both_guides_stand_on_sound_files(mappings: Mappings) -> None:
    assert mappings.problems(["amazon-us", GUIDE]) == []


def test_a_ship_notice_counts_its_quantities(mappings: Mappings) -> None:
    (message,) = sample("DESADV-cartons")
    notice = explain_message(message, mapping_of(mappings, message)).document
    assert isinstance(notice, ShipNotice)
    assert notice.shipped_total == 46
