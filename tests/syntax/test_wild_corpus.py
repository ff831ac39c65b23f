"""The X12 files of a corpus, in the state in which they were found: our verdict on envelopes agrees with its list."""

import time

import pytest

from gateway.syntax.envelope import GroupOpened, InterchangeOpened, Message
from gateway.syntax.x12 import read
from tests.syntax.wild_corpus import MARKS, agrees, events_of, findings_in, listed

# Where we judge otherwise, each with the clause of the standard.
DIFFERENCES = {
    "x12/edi.net__x12.850.issue135.edi": "X12.5, interchange header: the segment terminator is the one character "
    "behind ISA16. Here it is `~`, the line feed behind it is noise; one segment lacks its `~`, so that it and the "
    "next are one, and SE01 counts one more than there are. The list takes the line feed for the terminator.",
}

pytestmark = MARKS
ROWS = listed("x12")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_the_verdict_on_an_envelope_agrees_with_the_list(row: dict[str, str]) -> None:
    assert agrees(row, read) == (row["file"] not in DIFFERENCES), [
        finding.message for finding in findings_in(row, read)
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_interchanges_groups_and_messages_are_counted_as_listed_within_a_second(row: dict[str, str]) -> None:
    start = time.process_time()
    events = events_of(row, read)
    assert time.process_time() - start < 1
    kinds = (("interchanges", InterchangeOpened), ("groups", GroupOpened), ("messages", Message))
    for column, kind in kinds:
        assert sum(isinstance(event, kind) for event in events) == int(row[column]), column


def test_there_are_two_differences_at_most_and_each_is_one() -> None:
    assert len(DIFFERENCES) <= 2
    assert set(DIFFERENCES) <= {row["file"] for row in ROWS}
