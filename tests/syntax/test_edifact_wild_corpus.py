"""The EDIFACT files of a corpus, in the state in which they were found: our verdict agrees with its list."""

import csv
import time
from pathlib import Path

import pytest

from gateway.findings import Finding, Severity
from gateway.syntax.envelope import Event, GroupOpened, InterchangeOpened, Message, findings_of
from gateway.syntax.files import read

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
MANIFEST = CORPUS / "MANIFEST.tsv"
# Where we judge otherwise, each with the clause of the standard: nowhere.
DIFFERENCES: dict[str, str] = {}
# What the list counts and we do not read: messages that no UNB opens, and a UNB without an end.
NOT_OPENED = {
    "edifact/edifact-rs__d11a_malformed_component.edi": "messages",
    "edifact/edifact-rs__d96a_orders_conforming.edi": "messages",
    "edifact/edifact-rs__d96a_orders_malformed.edi": "messages",
    "edifact/edi.net__edifact.D01B.IFCSUM.NewLines.EDI": "interchanges",
}

pytestmark = [
    pytest.mark.wild,
    pytest.mark.skipif(not MANIFEST.exists(), reason="the corpus of other people's files is not at hand"),
]


def listed() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "edifact"]


ROWS = listed()


def events_of(row: dict[str, str]) -> list[Event]:
    return list(read([(CORPUS / row["file"]).read_bytes()]))


def findings_in(row: dict[str, str]) -> list[Finding]:
    return [finding for event in events_of(row) for finding in findings_of(event)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_the_verdict_on_an_envelope_agrees_with_the_list(row: dict[str, str]) -> None:
    is_refused = any(finding.severity is Severity.REJECT for finding in findings_in(row))
    agrees = is_refused == (row["severity"] == "hard")
    assert agrees == (row["file"] not in DIFFERENCES), [finding.message for finding in findings_in(row)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_envelopes_are_counted_as_listed_and_all_is_read_within_a_second(row: dict[str, str]) -> None:
    start = time.perf_counter()
    events = events_of(row)
    for event in events:
        findings_of(event)
        if isinstance(event, Message):
            assert event.segments
    assert time.perf_counter() - start < 1
    kinds = (("interchanges", InterchangeOpened), ("groups", GroupOpened), ("messages", Message))
    for column, kind in kinds:
        counted = sum(isinstance(event, kind) for event in events)
        assert (counted == int(row[column])) == (NOT_OPENED.get(row["file"]) != column), column


def test_characters_outside_the_declared_set_are_told_where_the_list_notes_them() -> None:
    for row in ROWS:
        noted = "chars_outside_UNOA" in row["notes"]
        is_told = any(finding.code == "character-outside-set" for finding in findings_in(row))
        assert is_told or not noted or row["file"] in NOT_OPENED, row["file"]


def test_every_difference_is_of_a_file_that_is_there() -> None:
    assert len(DIFFERENCES) <= 2
    assert {*DIFFERENCES, *NOT_OPENED} <= {row["file"] for row in ROWS}
