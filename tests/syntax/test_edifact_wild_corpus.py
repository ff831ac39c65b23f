"""The EDIFACT files of a corpus, in the state in which they were found: our verdict agrees with its list."""

import time

import pytest

from gateway.syntax.envelope import GroupOpened, InterchangeOpened, Message, findings_of
from gateway.syntax.files import read
from tests.syntax.wild_corpus import MARKS, agrees, events_of, findings_in, listed

# Where we judge otherwise, each with the clause of the standard: nowhere.
DIFFERENCES: dict[str, str] = {}
# What the list counts and we do not read: messages that no UNB opens, and a UNB without an end.
NOT_OPENED = {
    "edifact/edifact-rs__d11a_malformed_component.edi": "messages",
    "edifact/edifact-rs__d96a_orders_conforming.edi": "messages",
    "edifact/edifact-rs__d96a_orders_malformed.edi": "messages",
    "edifact/edi.net__edifact.D01B.IFCSUM.NewLines.EDI": "interchanges",
}

pytestmark = MARKS
ROWS = listed("edifact")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_the_verdict_on_an_envelope_agrees_with_the_list(row: dict[str, str]) -> None:
    assert agrees(row, read) == (row["file"] not in DIFFERENCES), [
        finding.message for finding in findings_in(row, read)
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_envelopes_are_counted_as_listed_and_all_is_read_within_a_second(row: dict[str, str]) -> None:
    start = time.process_time()
    events = events_of(row, read)
    for event in events:
        findings_of(event)
        if isinstance(event, Message):
            assert event.segments
    assert time.process_time() - start < 1
    kinds = (("interchanges", InterchangeOpened), ("groups", GroupOpened), ("messages", Message))
    for column, kind in kinds:
        counted = sum(isinstance(event, kind) for event in events)
        assert (counted == int(row[column])) == (NOT_OPENED.get(row["file"]) != column), column


def test_characters_outside_the_declared_set_are_told_where_the_list_notes_them() -> None:
    for row in ROWS:
        noted = "chars_outside_UNOA" in row["notes"]
        is_told = any(finding.code == "character-outside-set" for finding in findings_in(row, read))
        assert is_told or not noted or row["file"] in NOT_OPENED, row["file"]


def test_every_difference_is_of_a_file_that_is_there() -> None:
    assert len(DIFFERENCES) <= 2
    assert {*DIFFERENCES, *NOT_OPENED} <= {row["file"] for row in ROWS}
