"""The X12 files of a corpus, in the state in which they were found: our verdict on envelopes agrees with its list."""

import csv
import time
from pathlib import Path

import pytest

from gateway.findings import Finding, Severity
from gateway.syntax.envelope import Event, GroupOpened, InterchangeOpened, Message, findings_of
from gateway.syntax.x12 import read

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
MANIFEST = CORPUS / "MANIFEST.tsv"
# Where we judge otherwise, each with the clause of the standard.
DIFFERENCES = {
    "x12/edi.net__x12.850.issue135.edi": "X12.5, interchange header: the segment terminator is the one character "
    "behind ISA16. Here it is `~`, the line feed behind it is noise; one segment lacks its `~`, so that it and the "
    "next are one, and SE01 counts one more than there are. The list takes the line feed for the terminator.",
}

pytestmark = [
    pytest.mark.wild,
    pytest.mark.skipif(not MANIFEST.exists(), reason="the corpus of other people's files is not at hand"),
]


def listed() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "x12"]


ROWS = listed()


def events_of(row: dict[str, str]) -> list[Event]:
    return list(read([(CORPUS / row["file"]).read_bytes()]))


def findings_in(row: dict[str, str]) -> list[Finding]:
    return [finding for event in events_of(row) for finding in findings_of(event)]


def agrees(row: dict[str, str]) -> bool:
    is_refused = any(finding.severity is Severity.REJECT for finding in findings_in(row))
    return is_refused == (row["severity"] == "hard")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_the_verdict_on_an_envelope_agrees_with_the_list(row: dict[str, str]) -> None:
    assert agrees(row) == (row["file"] not in DIFFERENCES), [finding.message for finding in findings_in(row)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_interchanges_groups_and_messages_are_counted_as_listed_within_a_second(row: dict[str, str]) -> None:
    start = time.perf_counter()
    events = events_of(row)
    assert time.perf_counter() - start < 1
    kinds = (("interchanges", InterchangeOpened), ("groups", GroupOpened), ("messages", Message))
    for column, kind in kinds:
        assert sum(isinstance(event, kind) for event in events) == int(row[column]), column


def test_there_are_two_differences_at_most_and_each_is_one() -> None:
    assert len(DIFFERENCES) <= 2
    assert set(DIFFERENCES) <= {row["file"] for row in ROWS}
