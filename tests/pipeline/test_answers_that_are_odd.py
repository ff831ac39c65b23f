"""Answers that say two things, come once more or cannot be read: none is lost, and no refusal goes unseen."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import House
    from tests.pipeline.conftest import Orders, Send

SENT_AT = "2026-11-20T22:00:00Z"
SOON = "2026-11-20T22:30:00Z"
LATER = "2026-11-20T23:30:00Z"
PARTIES = "4012345000009:14+5450534000000:14"
OURS = "UCM+1+ORDRSP:D:96A:UN:EAN005"
ANOTHER = "UCM+9+DESADV:D:96A:UN:EAN005"


def contrl(*segments: str) -> str:
    body = "".join(f"{segment}'" for segment in segments)
    return f"UNH+1+CONTRL:2:2:UN'{body}UNT+{2 + len(segments)}+1'"


def uci(verdict: str) -> str:
    return f"UCI+1+{PARTIES}+{verdict}"


def ucf(verdict: str) -> str:
    return f"UCF+1+{PARTIES}+{verdict}"


@pytest.fixture
def document(house: "House", send: "Send") -> str:
    """An ORDRSP of ours that is delivered and waits for its answer."""
    house.once("2026-11-20T21:00:00Z")
    sent = send(house, "ORDRSP-all-outcomes", SENT_AT)
    house.once(SENT_AT)
    return sent


def receive(house: "House", data: str, at: str = SOON) -> None:
    house.drop(f"answer-{len(house.history())}.edi", data)
    house.once(at)
    assert house.quarantine == {}


def status(house: "House", document: str) -> str:
    found: str = house.json("documents", "show", document)["acknowledgement"]
    return found


@pytest.mark.parametrize(
    "segments",
    [
        (uci("7"), f"{OURS}+8"),
        (uci("8"), f"{OURS}+7"),
        (uci("8"), f"{OURS}+8"),
        (uci("7"), ucf("8")),
        (uci("7"), ucf("8"), f"{OURS}+7"),
    ],
)
def test_what_was_only_received_on_any_level_is_still_awaited(
    house: "House", orders: "Orders", document: str, segments: tuple[str, ...]
) -> None:
    receive(house, orders.unb(contrl(*segments)))
    assert status(house, document) == "awaited"
    assert len(house.history("acknowledgement-received")) == 1
    assert house.cases == []


@pytest.mark.parametrize(
    "segments",
    [
        (uci("8"), f"{OURS}+4+12"),
        (uci("4"), f"{OURS}+8"),
        (uci("7"), ucf("4+12")),
        (uci("8"), ucf("4+12")),
        (uci("7"), ucf("4+12"), f"{OURS}+7"),
        (uci("7"), ucf("7"), f"{OURS}+4+12"),
    ],
)
def test_a_refusal_on_any_level_refuses_whatever_the_others_say(
    house: "House", orders: "Orders", document: str, segments: tuple[str, ...]
) -> None:
    receive(house, orders.unb(contrl(*segments)))
    assert status(house, document) == "rejected"
    [case] = house.cases
    assert case["code"] == "acknowledgement-rejected"
    assert ("(code 12)" in case["message"]) == any("+12" in segment for segment in segments)


def test_a_group_that_took_our_message_is_not_refused_with_its_neighbour(
    house: "House", orders: "Orders", document: str
) -> None:
    receive(house, orders.unb(contrl(uci("7"), ucf("4+12"), f"{ANOTHER}+4+12", ucf("7"), f"{OURS}+7")))
    assert status(house, document) == "accepted"
    assert [case["code"] for case in house.cases] == ["acknowledgement-unmatched"]


@pytest.mark.parametrize("verdict", ["7", "8"])
def test_a_refused_message_that_we_never_sent_is_told_and_refuses_nothing_of_ours(
    house: "House", orders: "Orders", document: str, verdict: str
) -> None:
    receive(house, orders.unb(contrl(uci(verdict), f"{ANOTHER}+4+12")))
    assert status(house, document) == "awaited"
    assert [case["code"] for case in house.cases] == ["acknowledgement-unmatched"]


def test_a_second_refusal_in_the_same_words_is_a_case_once_the_first_is_closed(
    house: "House", orders: "Orders", document: str
) -> None:
    refusal = contrl(uci("4+12"))
    receive(house, orders.unb(refusal))
    [first] = house.cases
    receive(house, orders.unb(refusal, number="902"), LATER)
    assert house.cases == [first]  # it is known, and due when it was
    house.run("cases", "resolve", first["id"], "--reason", "sent anew")
    receive(house, orders.unb(refusal, number="902"), LATER)  # a repeat of the interchange
    assert house.cases == []
    receive(house, orders.unb(refusal, number="903"), LATER)
    [second] = house.cases
    assert (second["code"], second["message"]) == (first["code"], first["message"])
    assert second["id"] != first["id"]
    assert status(house, document) == "rejected"


def test_other_notes_under_the_same_header_are_a_conflict_and_not_a_repeat(house: "House", orders: "Orders") -> None:
    taken, refused = (orders.isa(notes=f"TA1*000000077*261120*2200*{note}~\n") for note in ("A*000", "R*023"))
    receive(house, taken)
    receive(house, taken)
    assert "interchange-conflict" not in [case["code"] for case in house.cases]
    house.drop("other.edi", refused)
    house.once(LATER)
    assert "interchange-conflict" in [case["code"] for case in house.cases]
    assert len(house.quarantine) == 1


def test_an_unreadable_note_is_a_case_for_each_interchange_that_brings_one(house: "House", orders: "Orders") -> None:
    short = "TA1*000000001*261120*2200*R~\n"
    receive(house, orders.isa(notes=short + short, number=500))
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("note-unreadable", "operations")
    assert case["message"].startswith("amazon-us sends a TA1 that cannot be read: a TA1 has 5 elements")
    assert "ask the partner which of our interchanges it means" in case["remedy"]
    assert [subject.split(":")[0] for subject in case["subjects"]] == ["interchange"]
    house.run("cases", "resolve", case["id"], "--reason", "it was a test")
    receive(house, orders.isa(notes=short + short, number=500))  # a repeat of the interchange
    assert house.cases == []
    receive(house, orders.isa(notes=short, number=501))
    assert [case["code"] for case in house.cases] == ["note-unreadable"]
