"""What findings say in a TA1: the verdict on an envelope and its note (X12.5)."""

import pytest

from gateway.documents.interchange_acknowledgement import InterchangeAcknowledgement
from gateway.findings import find
from gateway.grammar.ta1 import acknowledge_envelope, can_acknowledge

ENVELOPES = [
    ([], "A", "000"),
    (["isa-width", "data-unmapped"], "A", "000"),
    (["usage-indicator", "interchange-date"], "E", "020"),
    (["interchange-date", "group-count-differs", "interchange-reference-differs"], "R", "021"),
    (["interchange-duplicate", "interchange-conflict"], "R", "025"),
    (["interchange-unfinished"], "R", "023"),
    (["interchange-interrupted"], "R", "022"),
    (["delimiters-unusable"], "R", "026"),
    (["component-separator-unusable"], "R", "027"),
    (["terminator-unusable"], "R", "004"),
]


@pytest.mark.parametrize(("found", "verdict", "note"), ENVELOPES)
def test_an_envelope_is_judged_by_the_first_finding_that_refuses_else_by_the_first_with_a_note(
    found: list[str], verdict: str, note: str
) -> None:
    content = acknowledge_envelope("000000101", "261120", "1200", [find(code, "") for code in found])
    told = InterchangeAcknowledgement.model_validate(content)
    assert told.elements == ("000000101", "261120", "1200", verdict, note)


def test_what_lacks_number_date_or_time_cannot_be_answered() -> None:
    assert can_acknowledge("000000101", "261120", "1200")
    assert not can_acknowledge("         ", "261120", "1200")
    assert not can_acknowledge("000000101", "      ", "1200")
    assert not can_acknowledge("000000101", "261120", "")
