"""How a document stands with its partner, whatever answers came to it and in whatever order."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.application_advice import AdviceVerdict
from gateway.documents.functional_acknowledgement import Verdict
from gateway.documents.interchange_acknowledgement import EnvelopeVerdict
from gateway.lifecycle.acknowledgement import LEVELS, STATUSES, Answered, Level, after, stands

answers = st.builds(Answered, verdict=st.sampled_from(sorted(STATUSES)), by=st.sampled_from(sorted(LEVELS)))


def told(*said: str) -> str | None:
    """What stands after answers such as `997 accepted`."""
    parts = (each.split() for each in said)
    standing = stands(Answered(verdict, by) for by, verdict in parts)
    return standing.status if standing else None


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ((), None),
        (("997 accepted",), "accepted"),
        (("CONTRL partly_accepted",), "accepted_with_errors"),
        (("997 rejected", "997 accepted"), "accepted"),
        (("997 accepted", "824 rejected"), "rejected"),
        (("824 rejected", "997 accepted"), "rejected"),
        (("APERAK accepted_with_changes", "CONTRL accepted"), "accepted_with_errors"),
        (("824 accepted", "997 rejected"), "rejected"),
        (("TA1 rejected", "997 accepted"), "accepted"),
    ],
)
def test_the_latest_word_stands_unless_a_deeper_one_was_said(said: tuple[str, ...], status: str | None) -> None:
    assert told(*said) == status


def test_every_verdict_that_judges_a_document_has_a_status() -> None:
    verdicts = {*get_args(Verdict), *get_args(AdviceVerdict), *get_args(EnvelopeVerdict)}
    assert STATUSES.keys() == verdicts - {"received", "reported"}  # those say that it came, and nothing of it


@given(came=st.lists(answers, min_size=1))
def test_a_refusal_that_came_last_always_stands(came: list[Answered]) -> None:
    standing = stands(came)
    assert standing in came
    if came[-1].refuses:
        assert standing == came[-1]


@given(came=st.lists(answers))
def test_what_is_said_twice_running_means_no_more_than_once(came: list[Answered]) -> None:
    assert stands(came) == stands([each for each in came for _ in range(2)])


@given(standing=answers, came=answers)
def test_an_answer_from_as_deep_or_deeper_always_stands(standing: Answered, came: Answered) -> None:
    if came.level >= standing.level:
        assert after(standing, came) == came


def test_the_application_is_deeper_than_the_translator_and_that_than_the_envelope() -> None:
    assert sorted(LEVELS, key=LEVELS.__getitem__) == ["TA1", "997", "999", "CONTRL", "824", "APERAK"]
    assert max(Level) is Level.CONTENT
