"""The quick check finds nothing wrong only where the explaining reader does not, whatever is done to a message."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.findings import Finding
from gateway.grammar.arrangement import arrange
from gateway.grammar.conditions import Condition
from gateway.grammar.elements import CodeList, Composite, Element
from gateway.mapping import soundness
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping
from gateway.mapping.messages import check_message
from gateway.mapping.patterns import Marks
from gateway.mapping.soundness import Soundness, ready
from gateway.syntax import edifact, x12
from gateway.syntax.envelope import Message
from tests.fuzz.interchanges import LIMITS, X12_MARKS, seeds_of
from tests.fuzz.mutations import damaged

DAMAGED = 2_500
MARKS = ("*", ">", "~", "")
TYPES = ("810", "820", "824", "850", "855", "856", "860", "997", "999")


@pytest.fixture(scope="module")
def orders(mappings: Mappings) -> Mapping:
    return mappings.standard("x12/850")


def messages_of(data: bytes) -> Iterator[Message]:
    return (event for event in x12.read([data], LIMITS) if isinstance(event, Message) and event.type in TYPES)


def explained(message: Message, mapping: Mapping) -> tuple[Finding, ...]:
    return arrange(message.segments, mapping.grammar, message.marks, message.locate).findings


def test_damaged_messages_have_the_findings_of_the_explaining_reader(mappings: Mappings) -> None:
    dice, seeds = random.Random(2026), seeds_of("x12/*.edi", "x12/standard/*.edi")
    sound = faulty = missed = 0
    for data in [*seeds, *(damaged(dice, dice.choice(seeds), X12_MARKS) for _ in range(DAMAGED))]:
        for message in messages_of(data):
            mapping = mappings.standard(f"x12/{message.type}")
            quick, found = ready(mapping, message.marks), explained(message, mapping)
            is_sound = quick is not None and quick.is_sound(message.segments)
            assert check_message(message, mapping) == found
            assert not (is_sound and found)
            sound += is_sound
            faulty += bool(found)
            missed += not found and not is_sound and message.type != "856"
    assert sound > DAMAGED / 5
    assert faulty > DAMAGED / 5
    assert missed < sound / 10


@pytest.mark.parametrize(
    "segment",
    [
        "DTM*002*20261301",
        "DTM*002*20260229",
        "DTM*002*20261131",
        "DTM*002*00000101",
        "DTM*002**2400",
        "DTM*002*20261130*1260",
        "DTM*002",
        "DTM**20261130",
        "DTM*002*2026113",
        "DTM*999*20261130",
        "REF*CR",
        "REF*CR*A\x01",
        "REF*CR*A**X",
        "REF*CR*A>B",
        "FOB*CC**X",
        "CUR*BY*US D",
        "CUR*BY*USD*1.2.3",
        "CUR*BY*USD*.",
        "CUR*BY*USD*12345678901",
        "BEG*00*NE*TWICE**20261120",
        "XXX*1",
        "HL*1**S",
        "LS*1",
        "PO1*1*1*EA*1**UP",
        "PO1*1**EA",
        "PO1*1*1*EA*1**UP**VN*A",
        "P",
        "",
    ],
)
def test_a_segment_that_is_wrong_is_never_sound(segment: str, orders: Mapping) -> None:
    segments = ["ST*850*0001", "BEG*00*NE*7QA2MX4T**20261120", segment, "PO1*1*1*EA*1**UP*036000291452", "SE*5*0001"]
    tree = arrange(segments, orders.grammar, MARKS, lambda *_: 0)
    quick = ready(orders, MARKS)
    assert quick is not None
    assert not quick.is_sound(segments)
    # What keeps the grammar all the same is a doubt that the explaining reader resolves.
    assert tree.findings or segment in ("PO1*1*1*EA*1**UP**VN*A", "LS*1", "DTM*002*00000101")


@pytest.mark.parametrize(
    "segment",
    [
        "DTM*002*20261130",
        "DTM*002*20240131",
        "DTM*002*20261130*2359",
        "DTM*002*20261130*235959",
        "REF*CR*A**",
        "CUR*BY*USD*-1.250",
        "CUR*BY*USD*.5000",
        "CUR*BY*USD*5000.",
        "PO1*1*1*EA*1*PE*UP*036000291452*VN*A",
        "PO1",
    ],
)
def test_what_is_as_it_should_be_is_sound(segment: str, orders: Mapping) -> None:
    segments = ["ST*850*0001", "BEG*00*NE*7QA2MX4T**20261120", segment, "PO1*1*1*EA*1**UP*036000291452", "SE*5*0001"]
    quick = ready(orders, MARKS)
    assert not arrange(segments, orders.grammar, MARKS, lambda *_: 0).findings
    assert quick is not None
    assert quick.is_sound(segments)


def test_what_is_missing_is_missed_at_the_end_and_before_what_comes_later(orders: Mapping) -> None:
    quick = ready(orders, MARKS)
    assert quick is not None
    head, line, end = "BEG*00*NE*7QA2MX4T**20261120", "PO1*1*1*EA*1**UP*036000291452", "SE*9*0001"
    assert quick.is_sound(["ST*850*0001", head, line, end])
    assert not quick.is_sound(["ST*850*0001", head, end])
    assert not quick.is_sound(["ST*850*0001", line, end])
    assert not quick.is_sound(["ST*850*0001", head, "CTT*1", line, end])
    assert not quick.is_sound(["ST*850*0001", head, head, line, end])
    assert not quick.is_sound(["ST*850*0001", head, line])
    assert not quick.is_sound(["ST*850*0001", head, line, "GE*1*1"])


def test_a_message_so_long_that_uses_would_have_to_be_counted_is_left_to_the_explaining_reader(orders: Mapping) -> None:
    quick = ready(orders, MARKS)
    assert quick is not None
    line = "PO1*1*1*EA*1**UP*036000291452"
    message = ["ST*850*0001", "BEG*00*NE*7QA2MX4T**20261120", *[line] * 2000, "SE*2003*0001"]
    assert quick.is_sound(message)
    assert not quick.is_sound([*message[:2], *[line] * 110_000, message[-1]])


def test_no_message_makes_it_remember_more_than_a_bound(orders: Mapping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "_STATES_AT_MOST", 5)
    quick = ready(orders, MARKS)
    assert quick is not None
    bounded = replace(quick, states={}, matches={})
    head, line = "BEG*00*NE*7QA2MX4T**20261120", "PO1*1*1*EA*1**UP*036000291452"
    for count in (1, 3, 40, 3):
        assert bounded.is_sound(
            ["ST*850*0001", head, *["CUR*BY*USD"], *["DTM*002*20261130"] * min(count, 9), line, "SE*1*1"]
        )
        assert len(bounded.states) <= 6


def test_edifact_and_delimiters_that_numbers_are_written_with_have_no_quick_check(
    mappings: Mappings, orders: Mapping
) -> None:
    assert ready(mappings.standard("edifact/ORDERS"), ("+", ":", "'", "")) is None
    assert ready(orders, ("-", ">", "~", "")) is None
    data = seeds_of("edifact/ORDERS*.edi")[0]
    message = next(event for event in edifact.read([data]) if isinstance(event, Message))
    mapping = mappings.standard("edifact/ORDERS")
    assert check_message(message, mapping) == explained(message, mapping)


BINARY = Element("O", "B", 1, 9, "1", "Binary")
TEXT = Element("O", "AN", 1, 9, "2", "Text")
MUST = replace(TEXT, requirement="M")
CODED = replace(TEXT, codes=CodeList("3", "Code", {"A>B": "with a separator", "A" * 10: "too long"}))
COMPOSITE = Composite("M", "C001", "Composite", (TEXT, TEXT))


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"opaque": True}, "CUR*BY"),
        ({"elements": (BINARY,)}, "CUR*BY"),
        ({"elements": (replace(BINARY, requirement="M"),)}, "CUR*BY"),
        ({"elements": (COMPOSITE,)}, "CUR*BY"),
        ({"elements": (CODED,)}, "CUR*A"),
        ({"elements": (MUST,), "conditions": (Condition("E0101", (1, 1)),)}, "CUR*BY"),
        (
            {"elements": (TEXT, TEXT, TEXT), "pairs": ((2, 3),), "conditions": (Condition("P0102", (1, 2)),)},
            "CUR*BY*A*B",
        ),
    ],
)
def test_what_the_quick_check_cannot_tell_is_a_doubt(changed: dict[str, Any], text: str, orders: Mapping) -> None:
    segment = replace(orders.grammar.segments["CUR"], **{"elements": (), "conditions": (), "pairs": (), **changed})
    grammar = replace(orders.grammar, segments={**orders.grammar.segments, "CUR": segment})
    head, line = "BEG*00*NE*7QA2MX4T**20261120", "PO1*1*1*EA*1**UP*036000291452"
    quick = Soundness(grammar, Marks("*", ">", ""))
    assert not quick.is_sound(["ST*850*0001", head, text, line, "SE*5*0001"])
    assert quick.is_sound(["ST*850*0001", head, line, "SE*4*0001"])
