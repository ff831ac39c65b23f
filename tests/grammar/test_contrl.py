"""What findings say in a CONTRL: actions, codes and positions (ISO 9735, 0083, 0085, 0096, 0098)."""

from typing import Any

import pytest

from gateway.documents import FunctionalAcknowledgement
from gateway.findings import Finding, Severity, find, judge
from gateway.grammar.contrl import Reported, ReportedGroup, can_report, parties_of, report_interchange
from gateway.syntax.edifact_envelope import EdifactGroup, EdifactInterchange
from gateway.syntax.files import read

SENDER, RECEIVER = ("5450534000000", "14", "ROUTE"), ("4012345000009", "14", "")
ORDERS = ("ORDERS", "D", "96A", "UN", "EAN008")


def quantity(segment: int = 6, **place: Any) -> Finding:
    return find("character-invalid", "", segment=segment, tag="QTY", **{"element": 1, "component": 2, **place})


def message(*findings: Finding, number: str = "1", identifier: tuple[str, ...] = ORDERS) -> Reported:
    return Reported(number, identifier, findings)


def report(
    findings: tuple[Finding, ...] = (), messages: tuple[Reported, ...] = (), groups: tuple[ReportedGroup, ...] = ()
) -> dict[str, Any]:
    content = report_interchange("4711", SENDER, RECEIVER, findings, messages, groups)
    assert FunctionalAcknowledgement.model_validate(content)
    return content


def segments_of(*findings: Finding) -> list[tuple[int, str | None, list[tuple[str, int, int | None]]]]:
    (told,) = report(messages=(message(*findings),))["messages"]
    return [
        (note["ordinal"], note["code"], [(e["code"], e["position"], e["component"]) for e in note["elements"]])
        for note in told["segments"]
    ]


def test_what_stands_is_accepted_by_silence() -> None:
    warned = message(find("segment-too-often", "", segment=4, tag="PAI"))
    held = message(*judge([quantity()], {"character-invalid": Severity.HOLD}))
    quiet = ReportedGroup("G1", SENDER, RECEIVER, (find("group-duplicate", ""),), (message(), warned))
    told = report((find("interchange-duplicate", ""),), (message(), warned, held), (quiet,))
    assert (told["verdict"], told["codes"], told["messages"], told["groups"]) == ("accepted", [], [], [])
    assert (told["sender"], told["sender_scheme"], told["sender_routing"]) == SENDER
    assert (told["receiver"], told["receiver_scheme"], told["receiver_routing"]) == ("4012345000009", "14", None)


@pytest.mark.parametrize("code", ["interchange-reference-differs", "interchange-conflict"])
def test_an_interchange_refused_or_held_is_rejected_as_a_whole(code: str) -> None:
    group = ReportedGroup("G1", SENDER, RECEIVER, (find("group-unfinished", ""),), ())
    fault = find(code, "", tag="UNZ", element=2)
    told = report((find("interchange-duplicate", ""), fault), (message(quantity()),), (group,))
    assert (told["verdict"], told["codes"], told["messages"], told["groups"]) == (
        "rejected",
        [fault.numbers.contrl],
        [],
        [],
    )
    assert told["service"] == {"tag": "UNZ", "position": 3, "component": None}


PLACES = [
    ({"tag": "UNB", "element": 4, "component": 2}, {"tag": "UNB", "position": 5, "component": 2}),
    ({"tag": "UNZ"}, {"tag": "UNZ"}),
    ({"tag": "FTX", "element": 1}, None),
    ({}, None),
]


@pytest.mark.parametrize(("place", "service"), PLACES)
def test_only_service_segments_are_named_beside_a_code(place: dict[str, Any], service: dict[str, Any] | None) -> None:
    assert report((find("interchange-header", "", **place),))["service"] == service


def test_what_a_message_lacks_as_a_whole_is_no_fault_of_its_header() -> None:
    lacking = find("document-incomplete", "", segment=1, tag="UNH")
    wrong = find("message-type-misplaced", "", segment=1, tag="UNH", element=2, component=1)
    told = report(messages=(message(lacking), message(wrong)))["messages"]
    assert [answer["service"] for answer in told] == [None, {"tag": "UNH", "position": 3, "component": 1}]


def test_a_fault_without_a_number_is_of_an_unstated_nature() -> None:
    fault = judge([find("no-break-space", "")], {"no-break-space": Severity.REJECT})
    assert report(tuple(fault))["codes"] == ["18"]


def test_a_message_at_fault_carries_one_code_of_its_own_and_its_segments() -> None:
    reference = find("message-reference-differs", "", segment=9, tag="UNT", element=2)
    twice = find("segment-count-differs", "", segment=9, tag="UNT", element=1)
    told = report(messages=(message(number="1"), message(quantity(), reference, twice, number="2")))
    (answer,) = told["messages"]
    assert (answer["control_number"], answer["verdict"], answer["codes"]) == ("2", "rejected", ["28"])
    assert answer["service"] == {"tag": "UNT", "position": 3, "component": None}
    assert [note["ordinal"] for note in answer["segments"]] == [6]


SEGMENTS = [
    ((quantity(),), [(6, None, [("37", 2, 2)])]),
    ((quantity(component=None),), [(6, None, [("37", 2, None)])]),
    ((quantity(), quantity()), [(6, None, [("37", 2, 2)])]),
    ((find("mandatory-segment-missing", "", segment=4, tag="DTM"),), [(3, "13", [])]),
    ((find("segment-unknown", "", segment=4, tag="XYZ"), quantity(3)), [(3, None, [("37", 2, 2)]), (4, "15", [])]),
    ((quantity(), find("segment-out-of-order", "", segment=6, tag="QTY")),
     [(6, None, [("37", 2, 2)]), (6, "15", [])]),
    ((quantity(element=3), find("too-many-components", "", segment=6, element=1, component=4), quantity(element=2)),
     [(6, None, [("16", 2, 4), ("37", 3, 2), ("37", 4, 2)])]),
    ((quantity(component=5000), quantity(7, element=5000)), [(6, None, [("37", 2, None)]), (7, None, [])]),
    ((quantity(), find("segment-too-often", "", segment=5, tag="PAI"), find("data-unmapped", "", segment=2)),
     [(5, "35", []), (6, None, [("37", 2, 2)])]),
]  # fmt: skip


@pytest.mark.parametrize(("findings", "expected"), SEGMENTS, ids=[str(at) for at in range(len(SEGMENTS))])
def test_findings_become_the_notes_of_segments_and_elements(findings: tuple[Finding, ...], expected: Any) -> None:
    assert segments_of(*findings) == expected


def test_no_more_is_told_than_a_contrl_holds() -> None:
    elements = [quantity(2, element=at) for at in range(1, 300)]
    (note,) = segments_of(*elements)
    assert len(note[2]) == 99
    assert len(segments_of(*(quantity(at) for at in range(2, 1500)))) == 999


def test_what_must_be_copied_and_did_not_come_is_told_by_a_dash() -> None:
    told = report(messages=(message(find("message-header", ""), number="", identifier=()),))
    (answer,) = told["messages"]
    keys = ("control_number", "message", "version", "release", "agency", "association")
    assert [answer[key] for key in keys] == ["-", "-", "-", "-", "-", None]


def test_a_group_is_named_where_it_has_something_to_tell() -> None:
    bad = ReportedGroup("G1", ("A", ""), ("B", "14"), (), (message(), message(quantity(), number="2")))
    refused = ReportedGroup(
        "", ("", ""), ("", ""), (find("group-unfinished", "", tag="UNE"),), (message(), message(quantity()))
    )
    first, second = report(groups=(ReportedGroup("G0", SENDER, RECEIVER, (), (message(),)), bad, refused))["groups"]
    assert (first["control_number"], first["verdict"], first["codes"]) == ("G1", "accepted", [])
    assert (first["sender"], first["sender_scheme"], first["receiver"]) == ("A", None, "B")
    assert [told["control_number"] for told in first["messages"]] == ["2"]
    assert (second["control_number"], second["verdict"], second["codes"]) == ("-", "rejected", ["13"])
    assert second["service"] == {"tag": "UNE"}
    assert (second["sender"], second["receiver"], len(second["messages"])) == (SENDER[0], RECEIVER[0], 1)


def test_parties_are_copied_with_nothing_released() -> None:
    text = (
        "UNB+UNOA:2+A?+B:14:R+C:ZZ+261120:1200+4711'UNG+ORDERS+D?:E:14+F+261120:1200+G1+UN+D:96A'"
        "UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNE+1+G1'UNZ+1+4711'"
    )
    opened, group, *_ = read([text.encode()])
    assert isinstance(opened, EdifactInterchange)
    assert isinstance(group, EdifactGroup)
    assert parties_of(opened) == (("A+B", "14", "R"), ("C", "ZZ", ""))
    assert parties_of(group) == (("D:E", "14", ""), ("F", "", ""))


@pytest.mark.parametrize(
    ("number", "sender", "receiver", "can"),
    [
        ("1", SENDER, RECEIVER, True),
        ("", SENDER, RECEIVER, False),
        ("1", ("", "14"), RECEIVER, False),
        ("1", SENDER, (), False),
    ],
)
def test_an_interchange_can_be_answered_where_it_says_who_and_what_it_is(
    number: str, sender: tuple[str, ...], receiver: tuple[str, ...], can: bool
) -> None:
    assert can_report(number, sender, receiver) == can
