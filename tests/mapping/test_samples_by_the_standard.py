"""The X12 messages that are read by the standard alone: every sample against its document, and there and back again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.making import find_field
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.messages import explain_message
from gateway.mapping.writing import write_document
from gateway.resources import SHIPPED
from gateway.syntax import x12
from gateway.syntax.envelope import Message

SAMPLES = Path(__file__).parents[2] / "samples" / "x12" / "standard"
EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.edi"))
MESSAGES = ("810", "820", "824", "860", "999")
MAPPINGS = sorted(
    f"{standard}/{name.rpartition('/')[2].removesuffix('.toml')}"
    for standard in ("x12", "edifact")
    for name in SHIPPED.list(f"mappings/{standard}")
)
NOT_IN_NORMAL_FORM = {
    "820-sections": "its items stand in two sections, and are written in one",
    "860-cancelled": "it counts no lines, and we write that there are none",
    "860-codes": "a code that means the same as the one we write",
}
UNREAD = {"820-sections": ["ENT"]}
"""The tags of data that no row of the mapping reads, in order."""
SILENT = dict.fromkeys(("810-credit-note", "810-every-field", "810-plain"), "an empty pair of IT1 before another")
SILENT["820-sections"] = "data that no row reads"
"""The samples that the compiled reader leaves to the other, and why."""

Texts = Callable[..., list[str]]


def messages(path: Path) -> list[Message]:
    return [event for event in x12.read([path.read_bytes()]) if isinstance(event, Message)]


def expected(name: str, model: type[BaseModel]) -> list[BaseModel]:
    found: Any = json.loads((SAMPLES / f"{name}.json").read_text())
    return [model.model_validate_json(json.dumps(one)) for one in (found if isinstance(found, list) else [found])]


@pytest.mark.parametrize("name", NAMES)
def test_a_message_reads_as_the_document_that_a_person_checked(name: str, mappings: Mappings) -> None:
    found = messages(SAMPLES / f"{name}.edi")
    mapping = mappings.standard(f"x12/{found[0].type}")
    readings = [explain_message(message, mapping) for message in found]
    assert [reading.document for reading in readings] == expected(name, mapping.document)
    assert not [finding for message in found for finding in message.findings]
    findings = [finding for reading in readings for finding in reading.findings]
    assert [finding.tag for finding in findings if finding.code == "data-unmapped"] == UNREAD.get(name, [])
    assert len(findings) == len(UNREAD.get(name, []))


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_reader_reads_what_the_explaining_one_reads(name: str, mappings: Mappings) -> None:
    for message in messages(SAMPLES / f"{name}.edi"):
        mapping = mappings.standard(f"x12/{message.type}")
        compiled = compile_mapping(mapping, message.marks)
        assert compiled is not None
        document = compiled.read(message.segments)
        assert (document is None) == (name in SILENT), SILENT.get(name, "it should be read")
        reading = explain_message(message, mapping)
        assert document is None or (document == reading.document and not reading.findings)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_written_again_reads_as_before(name: str, mappings: Mappings, texts: Texts) -> None:
    for message in messages(SAMPLES / f"{name}.edi"):
        mapping = mappings.standard(f"x12/{message.type}")
        document = explain_message(message, mapping).document
        assert document is not None
        written = write_document(document, mapping)
        assert written.unsaid == ()
        body = texts(written.segments)
        assert (body == message.segments[1:-1]) == (name not in NOT_IN_NORMAL_FORM)
        again = _sealed(message, body)
        assert explain_message(again, mapping).document == document


def _sealed(message: Message, body: list[str]) -> Message:
    """The same message with other segments between its header and trailer."""
    header, trailer = message.segments[0], f"SE*{len(body) + 2}*{message.control_number}"
    envelope = f"{ENVELOPE}{header}~{''.join(f'{segment}~' for segment in body)}{trailer}~GE*1*1~IEA*1*000000001~"
    (again,) = (event for event in x12.read([envelope.encode()]) if isinstance(event, Message))
    return again


ENVELOPE = (
    "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5559876543     *261120*1200*U*00401*000000001*0*T*>~"
    "GS*XX*AMAZON*5559876543*20261120*1200*1*X*004010~"
)


@pytest.mark.parametrize("message", MESSAGES)
def test_every_row_is_exercised_both_ways(message: str, mappings: Mappings) -> None:
    """Prints the rows that no sample reads or writes: add a segment to one, and look at its document."""
    mapping = mappings.standard(f"x12/{message}")
    read, written = set[int](), set[int]()
    for name in (name for name in NAMES if name.startswith(message)):
        for found in messages(SAMPLES / f"{name}.edi"):
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


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_meaning_of_a_lookup_is_one_its_field_takes(name: str, mappings: Mappings) -> None:
    """A meaning outside a field's choices would refuse the whole message on reading."""
    mapping = mappings.standard(name)
    for row, model in _rows_of(mapping.root, mapping.model):
        for code in row.lookup.meanings if row.lookup else ():
            record = {row.path[-1]: row.lookup.decode(code) if row.lookup else None}
            with pytest.raises(ValidationError) as lacking:
                model.model_validate({"?": None, **record})
            assert {error["loc"][0] for error in lacking.value.errors()}.isdisjoint(record), (row.name, record)


def _rows_of(table: Table, model: type[BaseModel]) -> Iterator[tuple[Row, type[BaseModel]]]:
    """Each row of fields with the record class its field stands in."""
    for row in table.rows:
        if row.path and not row.derived:
            yield row, find_field(model, row.path[:-1])
    for inner in table.tables:
        yield from _rows_of(inner, find_field(model, inner.path))


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the reference examples are not beside this checkout")
@pytest.mark.parametrize("name", ["amzn_820", "vendor_810"])
def test_a_message_of_the_reference_comes_back_as_it_was(name: str, mappings: Mappings, texts: Texts) -> None:
    (message,) = messages(EXAMPLES / f"{name}.edi")
    mapping = mappings.standard(f"x12/{message.type}")
    reading = explain_message(message, mapping)
    assert reading.document is not None
    assert reading.findings == ()
    assert texts(write_document(reading.document, mapping).segments) == message.segments[1:-1]
