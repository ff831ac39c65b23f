"""Every sample message against the document that a person checked by hand, both readers, and there and back again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.documents import ShipNotice
from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping, Row
from gateway.mapping.messages import explain_message, read_message
from gateway.mapping.writing import write_document
from gateway.syntax import x12
from gateway.syntax.envelope import Message

SAMPLES = Path(__file__).parents[2] / "samples" / "x12"
EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.edi"))
NOT_IN_NORMAL_FORM = {
    "850-every-field": "codes of parties are written under the first qualifier that is read, 92",
    "850-two-in-a-group": "the first of them has no hash total, which we write",
    "850-retail": "other delimiters, and segments that no row reads",
    "855-other-codes": "codes that mean the same as the ones we write",
}
UNREAD = {
    "850-retail": [
        *("REF", "REF", "PER", "FOB", "FOB", "SAC", "ITD", "TD5", "TXI", "N2"),
        *("PO4", "PO4", "SLN", "SLN", "PO4", "PO4"),
    ]
}
"""The tags of data that no row of the mapping reads, in order; a retailer's order is judged by the standard alone."""

Texts = Callable[..., list[str]]


def messages(path: Path) -> list[Message]:
    return [event for event in x12.read([path.read_bytes()]) if isinstance(event, Message)]


def mapping_of(mappings: Mappings, name: str, message: Message) -> Mapping:
    return mappings.standard(f"x12/{message.type}") if name in UNREAD else mappings.guided("amazon-us", message.type)


def expected(name: str, model: type[BaseModel]) -> list[BaseModel]:
    """The documents beside a sample: an object, or a list of them where the interchange has several messages."""
    found: Any = json.loads((SAMPLES / f"{name}.json").read_text())
    return [model.model_validate_json(json.dumps(one)) for one in (found if isinstance(found, list) else [found])]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_reads_as_the_document_that_a_person_checked(name: str, mappings: Mappings) -> None:
    found = messages(SAMPLES / f"{name}.edi")
    mapping = mapping_of(mappings, name, found[0])
    readings = [explain_message(message, mapping) for message in found]
    assert [reading.document for reading in readings] == expected(name, mapping.document)
    assert not [finding for message in found for finding in message.findings]
    unread = [finding.tag for reading in readings for finding in reading.findings if finding.code == "data-unmapped"]
    assert unread == UNREAD.get(name, [])
    assert all(finding.code == "data-unmapped" for reading in readings for finding in reading.findings)


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_reader_reads_what_the_explaining_one_reads(name: str, mappings: Mappings) -> None:
    for message in messages(SAMPLES / f"{name}.edi"):
        mapping = mapping_of(mappings, name, message)
        compiled = compile_mapping(mapping, message.marks)
        assert compiled is not None
        document = compiled.read(message.segments)
        assert document == (None if name in UNREAD else explain_message(message, mapping).document)
        assert read_message(message, mapping).document == explain_message(message, mapping).document
        assert bool(read_message(message, mapping).traces) == (name in UNREAD)


@pytest.mark.parametrize("name", NAMES)
def test_reading_what_was_written_of_a_sample_gives_it_again(name: str, mappings: Mappings, texts: Texts) -> None:
    for message in messages(SAMPLES / f"{name}.edi"):
        mapping = mapping_of(mappings, name, message)
        document = explain_message(message, mapping).document
        assert document is not None
        written = write_document(document, mapping)
        assert written.unsaid == ()
        body = texts(written.segments)
        if name not in NOT_IN_NORMAL_FORM:
            assert body == message.segments[1:-1]
        compiled = compile_mapping(mapping, ("*", ">", "~", ""))
        assert compiled is not None
        again = compiled.read(["ST*0*1", *body, "SE*0*1"])
        assert _normal(again) == _normal(document)


@pytest.mark.parametrize("message", ["850", "855", "856", "997"])
def test_the_samples_exercise_every_row_both_ways(message: str, mappings: Mappings) -> None:
    """Prints the rows that no sample reads or writes: add a segment to one, and look at its document."""
    mapping = mappings.guided("amazon-us", message)
    read, written = set[int](), set[int]()
    for name in (name for name in NAMES if name.startswith(message) and name not in UNREAD):
        for found in messages(SAMPLES / f"{name}.edi"):
            reading = explain_message(found, mapping)
            assert reading.document is not None
            read |= {id(trace.row) for trace in reading.traces}
            written |= {id(row) for row in write_document(reading.document, mapping).rows}
    assert _rows(mapping, read) == []
    assert _rows(mapping, written) == []


def test_every_trace_points_at_its_bytes(mappings: Mappings) -> None:
    for name in NAMES:
        data = (SAMPLES / f"{name}.edi").read_bytes()
        for message in messages(SAMPLES / f"{name}.edi"):
            for trace in explain_message(message, mapping_of(mappings, name, message)).traces:
                text = trace.text.encode()
                assert data[trace.offset : trace.offset + len(text)] == text
                assert trace.cell.startswith(trace.tag)
                assert trace.row.origin.line


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the reference examples are not beside this checkout")
def test_the_messages_of_the_reference_come_back_as_they_were(mappings: Mappings, texts: Texts) -> None:
    seen = 0
    for message in _mapped(mappings):
        mapping = mappings.guided("amazon-us", message.type)
        reading = read_message(message, mapping)
        if reading.document is not None:
            assert reading.findings == ()
            assert texts(write_document(reading.document, mapping).segments) == message.segments[1:-1]
            seen += 1
    assert seen >= 12


def _mapped(mappings: Mappings) -> Iterator[Message]:
    for path in sorted(EXAMPLES.glob("*.edi")):
        for message in messages(path):
            if message.type in mappings.guide("amazon-us").messages:
                yield message


def _rows(mapping: Mapping, seen: set[int]) -> list[str]:
    def line(row: Row) -> str:
        return f"{row.origin.source.name}:{row.origin.line} {row.name} = {row.expression.text}"

    return [line(row) for row in mapping.rows if id(row) not in seen]


def _normal(document: BaseModel | None) -> BaseModel | None:
    return document.normal_form() if isinstance(document, ShipNotice) else document
