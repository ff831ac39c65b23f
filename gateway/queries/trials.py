"""A sample tried: what this instance would read in a file, with findings and the row behind each value.

Nothing is stored and nothing is answered. The file is read as it would be if it came: by the guide of the partner whose
ids it carries, or by one that is named.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from gateway.config import Config, Identity
from gateway.config.sellers import preference_of
from gateway.documents.base import iso_instant
from gateway.findings import Finding, Severity
from gateway.grammar.admission import check_group_kind
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping as RowsOfAMessage
from gateway.mapping.messages import explain_message
from gateway.mapping.traces import Trace
from gateway.queries import Json
from gateway.queries.anatomy import Read, dissect
from gateway.queries.mapping_rows import key_of, shown
from gateway.syntax.compressed import Unpackable, unpack_if_packed
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import InterchangeOpened, Message, Unreadable, findings_of
from gateway.syntax.files import is_report, read

LARGEST = 1_000_000
"""Bytes of a sample."""

_UNPACKED = 8_000_000  # bytes of a compressed report
_MESSAGES = 10
_SEGMENTS = 200
_ROWS = 50


def try_sample(data: bytes, config: Config, mappings: Mappings, guide: str = "") -> Json:
    """What a file says: interchanges and messages, or a report, with all that is wrong in it.

    `guide` reads it, whoever sent it. Raises MappingError where there is no such guide.
    """
    if is_report(data[:65_536]):
        return _report(data, config, mappings)
    if guide:
        mappings.guide(guide)
    answer: Json = {"kind": "edi", "interchanges": [], "messages": [], "findings": [], "left_out": 0}
    by, partner = guide, None
    for event in read([data]):
        match event:
            case InterchangeOpened():
                partner = _partner(event, config)
                by = guide or (config.partners[partner].guide if partner else "")
                answer["interchanges"].append(
                    {
                        "sender": event.sender,
                        "receiver": event.receiver,
                        "control_number": event.control_number,
                        "test": event.is_test,
                        "partner": partner,
                        "guide": by or None,
                    }
                )
                answer["findings"] += _shown(event.findings)
            case Message() if len(answer["messages"]) >= _MESSAGES:
                answer["left_out"] += 1
            case Message():
                answer["messages"].append(_message(event, by, mappings))
            case Unreadable():
                answer["findings"] += _shown((event.finding,))
            case _:
                answer["findings"] += _shown(findings_of(event))
    return answer


def _message(message: Message, guide: str, mappings: Mappings) -> Json:
    mapping = _mapping(message, guide, mappings)
    misplaced = check_group_kind(message, mappings.grammars.kinds())
    findings = [*([misplaced] if misplaced else []), *message.findings]
    document, traces = None, tuple[Trace, ...]()
    if mapping is not None:
        reading = explain_message(message, mapping)
        findings += reading.findings
        document, traces = reading.document, reading.traces
    body = document.model_dump(mode="json") if document is not None else None
    is_refused = any(finding.severity is Severity.REJECT for finding in findings)
    taken = dissect(Read(message, mapping, tuple(findings)), body, limit=_SEGMENTS)
    number = getattr(document, "number", None)
    return {
        "type": message.type,
        "version": message.version,
        "control_number": message.control_number,
        "number": number if isinstance(number, str) else None,
        "verdict": "not read" if mapping is None else "refused" if is_refused or body is None else "read",
        "document": mapping.document.__name__ if mapping else None,
        "findings": _shown(findings),
        "anatomy": taken,
        "rows": list(_rows(mapping, traces)) if mapping else [],
        "body": body,
    }


def _rows(mapping: RowsOfAMessage, traces: Sequence[Trace]) -> Iterator[Json]:
    """Every effective row with how many values it took, and the first of them."""
    counts = Counter(key_of(trace.row) for trace in traces)
    first = {key_of(trace.row): trace for trace in reversed(traces)}
    for row, said in zip(mapping.rows, shown(mapping), strict=True):
        key = key_of(row)
        found = first.get(key)
        yield {**said, "values": counts[key], "first": found.text if found else None}


def _partner(opened: InterchangeOpened, config: Config) -> str | None:
    """Who sent or gets an interchange: both directions are read alike, and so is test data."""
    parties = tuple(Identity(*party.split(":", 1)) for party in (opened.sender, opened.receiver))
    for theirs, ours in (parties, parties[::-1]):
        for is_test in (opened.is_test, not opened.is_test):
            if found := config.partner_of(theirs, ours, test=is_test):
                return found.name
    return None


def _mapping(message: Message, guide: str, mappings: Mappings) -> RowsOfAMessage | None:
    """The mapping under the guide, else the standard's; None where nobody reads such a message."""
    standard = "edifact" if isinstance(message, EdifactMessage) else "x12"
    if guide and message.type in (uses := mappings.guide(guide).messages):
        is_same = uses[message.type].version == message.version or message.type == "CONTRL"
        mapped = mappings.has_mapping(mappings.guide(guide).standard, message.type)
        return mappings.guided(guide, message.type) if is_same and mapped else None
    if not mappings.has_mapping(standard, message.type):
        return None
    mapping = mappings.standard(f"{standard}/{message.type}")
    return mapping if mapping.grammar.version == message.version or message.type == "CONTRL" else None


def _shown(findings: Sequence[Finding]) -> list[Json]:
    return [finding.as_json() for finding in findings]


def _report(data: bytes, config: Config, mappings: Mappings) -> Json:
    """A report of a marketplace: its layout, and the first of its rows."""

    def chunks() -> Iterator[bytes]:
        return unpack_if_packed(iter((data,)), _UNPACKED)

    try:
        opened = mappings.reports.open(chunks, preference_of(config.sellers.values()))
    except Unpackable as wrong:
        return {"kind": "report", "layout": None, "findings": [], "wrong": str(wrong), "columns": [], "rows": []}
    if isinstance(opened, Finding):
        told = _shown((opened,))
        return {"kind": "report", "layout": None, "findings": told, "wrong": None, "columns": [], "rows": []}
    rows = [_texts(row._asdict()) for row in islice(opened.rows(), _ROWS)]
    return {
        "kind": "report",
        "layout": opened.mapping.layout.name,
        "report": opened.report,
        "encoding": opened.table.encoding,
        "columns": list(opened.table.columns),
        "findings": [],
        "wrong": None,
        "rows": rows,
    }


def _texts(row: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        name: None if value is None else iso_instant(value) if isinstance(value, datetime) else str(value)
        for name, value in row.items()
    }
