"""What findings say in a 997: verdicts, counts, positions and codes (X12 data elements 715 to 725)."""

from typing import Any

import pytest

from gateway.documents.functional_acknowledgement import FunctionalAcknowledgement
from gateway.findings import Finding, Severity, find
from gateway.grammar.acknowledge import Judged, acknowledge_group, acknowledge_message


def message(*findings: Finding) -> Judged:
    return Judged("850", "0001", findings)


def quantity(**place: Any) -> Finding:
    return find("character-invalid", "", segment=9, tag="PO1", element=2, number="330", value="1X", **place)


def too_long(value: str = "X") -> Finding:
    return find("element-too-long", "", segment=4, tag="REF", element=2, number="127", value=value)


def missing(tag: str) -> Finding:
    return find("mandatory-segment-missing", "", segment=7, tag=tag)


def note(tag: str, ordinal: int, code: str, *elements: dict[str, Any], loop: str | None = None) -> dict[str, Any]:
    return {"tag": tag, "ordinal": ordinal, "loop_id": loop, "code": code, "elements": list(elements)}


def element(
    position: int, code: str, value: str | None, number: str | None = None, component: int | None = None
) -> Any:
    place = {"position": position, "component": component, "repetition": None}
    return {**place, "number": number, "code": code, "value": value}


SIX = ("message-unfinished", "message-reference-differs", "segment-count-differs", "message-control-number",
       "message-type-unknown", "message-duplicate")  # fmt: skip
NOTES = [
    ((), "accepted", [], []),
    ((find("data-unmapped", ""),), "accepted", [], []),
    ((quantity(),), "rejected", ["5"], [note("PO1", 9, "8", element(2, "6", "1X", "330"))]),
    ((too_long(),), "accepted_with_errors", ["5"], [note("REF", 4, "8", element(2, "5", "X", "127"))]),
    ((too_long("X" * 200),), "accepted_with_errors", ["5"], [note("REF", 4, "8", element(2, "5", "X" * 99, "127"))]),
    ((too_long("  "),), "accepted_with_errors", ["5"], [note("REF", 4, "8", element(2, "5", None, "127"))]),
    ((too_long(), too_long("Y")), "accepted_with_errors", ["5"], [note("REF", 4, "8", element(2, "5", "X", "127"))]),
    ((find("segment-unknown", "", segment=5, tag="ZZZ"),), "rejected", ["5"], [note("ZZZ", 5, "1")]),
    ((find("segment-unknown", "", segment=5, tag=""),), "rejected", ["5"], [note("??", 5, "1")]),
    ((find("segment-unknown", "", segment=5, tag="é*x"),), "rejected", ["5"], [note("??x", 5, "1")]),
    ((find("segment-unexpected", "", segment=5, tag="N3"),), "rejected", ["5"], [note("N3", 5, "2")]),
    ((missing("PO1"), missing("N1")),
     "rejected", ["5"], [note("PO1", 7, "3"), note("N1", 7, "3")]),
    ((find("loop-too-often", "", segment=5, tag="CTT"),), "accepted_with_errors", ["5"], [note("CTT", 5, "4")]),
    ((find("segment-too-often", "", segment=5, tag="CUR"),), "accepted_with_errors", ["5"], [note("CUR", 5, "5")]),
    ((find("segment-not-in-message", "", segment=5, tag="BSN"),), "rejected", ["5"], [note("BSN", 5, "6")]),
    ((find("segment-out-of-order", "", segment=5, tag="CUR"),), "rejected", ["5"], [note("CUR", 5, "7")]),
    ((quantity(), find("segment-out-of-order", "", segment=9, tag="PO1"),
      find("segment-unknown", "", segment=3, tag="ZZZ")),
     "rejected", ["5"],
     [note("ZZZ", 3, "1"), note("PO1", 9, "8", element(2, "6", "1X", "330")), note("PO1", 9, "7")]),
    ((find("mandatory-element-missing", "", segment=3, tag="REF", element=4, component=2, number="C040"),),
     "rejected", ["5"], [note("REF", 3, "8", element(4, "1", None, None, 2))]),
    ((find("too-many-components", "", segment=3, tag="REF", element=2, component=2, number="127", value="B"),),
     "accepted_with_errors", ["5"], [note("REF", 3, "8", element(2, "3", "B", "127", 2))]),
    ((find("element-repeated", "", segment=3, tag="REF", element=2, repetition=2, number="127", value="B"),),
     "rejected", ["5"], [note("REF", 3, "8", element(2, "3", "B", "127"))]),
    ((find("segment-unknown", "", segment=5, tag="ZZZ", loop="A*LOOP>"),),
     "rejected", ["5"], [note("ZZZ", 5, "1", loop="A?LOOP")]),
    ((find("segment-unknown", "", segment=5, tag="ZZZ", loop=""),), "rejected", ["5"], [note("ZZZ", 5, "1")]),
    ((find("message-type-misplaced", ""),), "rejected", ["6"], []),
    ((too_long(), find("date-invalid", "", segment=4, tag="REF", element=1)),
     "rejected", ["5"], [note("REF", 4, "8", element(1, "8", None), element(2, "5", "X", "127"))]),
    ((find("character-invalid", "", segment=4, tag="REF", element=120),), "rejected", ["5"], [note("REF", 4, "8")]),
    ((find("segment-count-differs", ""),), "rejected", ["4"], []),
    ((find("message-reference-differs", ""), quantity()), "rejected", ["3", "5"],
     [note("PO1", 9, "8", element(2, "6", "1X", "330"))]),
    ((find("message-type-unknown", ""),), "rejected", ["1"], []),
    ((find("message-unfinished", ""),), "rejected", ["2"], []),
    ((find("message-control-number", ""),), "rejected", ["7"], []),
    ((find("message-duplicate", ""),), "accepted_with_errors", ["23"], []),
    ((find("document-incomplete", ""),), "rejected", ["5"], []),
    ((find("erp-document-unreadable", ""),), "rejected", ["5"], []),
    (tuple(find(code, "") for code in SIX), "rejected", ["2", "3", "4", "7", "1"], []),
]  # fmt: skip


@pytest.mark.parametrize(("findings", "verdict", "codes", "segments"), NOTES, ids=[str(at) for at in range(len(NOTES))])
def test_findings_become_the_notes_of_a_message(
    findings: tuple[Finding, ...], verdict: str, codes: list[str], segments: list[dict[str, Any]]
) -> None:
    answer = acknowledge_message(message(*findings))
    assert answer == {
        "message": "850",
        "control_number": "0001",
        "convention": None,
        "verdict": verdict,
        "codes": codes,
        "segments": segments,
    }


def test_from_005010_on_repetitions_and_components_have_numbers_of_their_own() -> None:
    components = find("too-many-components", "", segment=3, tag="REF", element=2, component=2, loop="A LONG NAME")
    repeated = find("element-repeated", "", segment=3, tag="REF", element=1, repetition=2, loop="A LONG NAME")
    (note,) = acknowledge_message(message(components, repeated), "005010")["segments"]
    told = [(e["position"], e["component"], e["repetition"], e["code"]) for e in note["elements"]]
    assert told == [(1, None, 2, "12"), (2, 2, None, "13")]
    assert note["loop_id"] == "A?LO"


def test_a_999_says_what_a_997_has_no_number_for_and_repeats_version_and_convention() -> None:
    misplaced = Judged("850", "0001", (find("message-type-misplaced", ""),), " 005010X231A1 ")
    answer = acknowledge_group("SH", "1", "1", [misplaced], (), "005010", answer="999", group_version="005010X231A1Z")
    (told,) = answer["messages"]
    assert (answer["version"], told["convention"], told["codes"]) == ("005010X231A1", "005010X231A1", ["18"])
    plain = acknowledge_group("SH", "1", "1", [misplaced], (), "005010", group_version="005010")
    (told,) = plain["messages"]
    assert (plain["version"], told["convention"], told["codes"]) == (None, None, ["6"])
    assert acknowledge_group("SH", "1", "0", [], (), "005010", answer="999")["version"] is None


def test_what_is_missing_in_the_header_is_answered_with_marks_in_its_stead() -> None:
    answer = acknowledge_group("", "", "", [Judged("", "", ()), Judged("8500", "1234567890", ())])
    assert FunctionalAcknowledgement.model_validate(answer)
    assert (answer["group"], answer["control_number"]) == ("??", "0")
    numbers = [(told["message"], told["control_number"]) for told in answer["messages"]]
    assert numbers == [("???", "0000"), ("850", "123456789")]


GOOD, NOTED, BAD = message(), message(too_long()), message(quantity())
GROUPS = [
    ([GOOD], [], "accepted", (1, 1), []),
    ([GOOD, NOTED], [], "accepted_with_errors", (2, 2), []),
    ([GOOD, BAD], [], "partly_accepted", (2, 1), []),
    ([NOTED, BAD], [], "partly_accepted", (2, 1), []),
    ([BAD, BAD], [], "rejected", (2, 0), []),
    ([], [], "accepted", (0, 0), []),
    ([GOOD], ["message-count-differs"], "rejected", (1, 0), ["5"]),
    ([GOOD], ["group-unfinished"], "rejected", (1, 0), ["3"]),
    ([GOOD], ["group-reference-differs", "group-unfinished"], "rejected", (1, 0), ["4", "3"]),
    ([GOOD], ["group-type-unknown"], "rejected", (1, 0), ["1"]),
    ([GOOD], ["version-unknown"], "rejected", (1, 0), ["2"]),
    ([GOOD], ["group-control-number"], "rejected", (1, 0), ["6"]),
    ([GOOD], ["group-duplicate"], "accepted", (1, 1), []),
]


@pytest.mark.parametrize(("messages", "found", "verdict", "counts", "codes"), GROUPS)
def test_a_group_is_judged_by_its_messages_and_its_own_findings(
    messages: list[Judged], found: list[str], verdict: str, counts: tuple[int, int], codes: list[str]
) -> None:
    answer = acknowledge_group("PO", "101", str(len(messages)), messages, [find(code, "") for code in found])
    assert answer["verdict"] == verdict
    assert (answer["received"], answer["accepted"]) == counts
    assert answer["codes"] == codes


def test_a_group_that_came_twice_is_noted_from_005010_on() -> None:
    answer = acknowledge_group("PO", "101", "1", [GOOD], [find("group-duplicate", "")], "005010")
    assert (answer["verdict"], answer["codes"]) == ("accepted_with_errors", ["19"])


def test_of_a_refused_group_only_the_messages_at_fault_are_named() -> None:
    answer = acknowledge_group("PO", "101", "2", [GOOD, BAD], [find("group-unfinished", "")])
    assert [told["verdict"] for told in answer["messages"]] == ["rejected"]


@pytest.mark.parametrize(
    ("declared", "told"), [("3", 3), ("003", 3), ("", 1), ("X", 1), ("9" * 5000, 1), ("1234567", 1)]
)
def test_the_count_declared_is_echoed_where_it_is_one_else_what_was_counted(declared: str, told: int) -> None:
    assert acknowledge_group("PO", "101", declared, [GOOD])["declared"] == told


def test_severity_decides_the_verdict_never_the_code() -> None:
    hardened = Finding(code="element-too-long", message="", severity=Severity.REJECT, segment=4, tag="REF", element=2)
    softened = Finding(code="character-invalid", message="", severity=Severity.WARN, segment=9, tag="PO1", element=2)
    assert acknowledge_message(message(hardened))["verdict"] == "rejected"
    assert acknowledge_message(message(softened))["verdict"] == "accepted_with_errors"
