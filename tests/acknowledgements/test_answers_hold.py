"""Law 5: each group and interchange is answered once, with right counts and positions, in an answer that stands itself.

Interchanges of two groups hold messages good, damaged and worse. What is answered is sealed and read again by our own
grammar of it, and held against what came.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.documents import FunctionalAcknowledgement
from gateway.documents.functional_acknowledgement import MessageAnswer
from gateway.grammar.order import Written
from gateway.mapping.library import Mappings
from gateway.mapping.messages import read_message
from gateway.resources import SHIPPED
from gateway.syntax.delimiters import Delimiters
from gateway.syntax.envelope import Message, findings_of
from gateway.syntax.files import read
from gateway.syntax.seal import Envelope, seal
from gateway.syntax.seal_edifact import EdifactEnvelope, seal_edifact

Clerk = Callable[[], Any]
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAPPINGS = Mappings(SHIPPED.read_text, SHIPPED.exists)
DELIMITERS = Delimiters(repetition=b"^")

ORDER: tuple[str, ...] = ("BEG*00*NE*4XK7PL2Q**20261120", "REF*CR*ACME1", "CSH*N", "DTM*064*20261124")
ORDER += ("PO1*1*10*EA*7.25*PE*UP*614141000012", "CTT*1")
NOTICE: tuple[str, ...] = ("BSN*00*SHP1*20261120*1200*0001", "HL*1**S", "HL*2*1*O", "PRF*4XK7PL2Q", "HL*3*2*P")
NOTICE += ("MAN*GM*00006", "HL*4*3*I", "LIN*1*UP*614141000012", "SN1**10*EA", "CTT*4")
ORDERS = ("BGM+220+4XK7PL2Q+9", "DTM+137:20261120:102", "RFF+CR:ACME5", "LIN+1++4012345000016:EN", "QTY+21:10", "UNS+S")

VALUES = ("", "X", "1X", "-", ".5", " ", "  9 ", "20261131", "caf\u00e9", "Z" * 120, "\x01", "A B", "0" * 40)
STRAYS = ("ZQX{}1", "dtm{}1", "{}1", "N3{}STREET", "MSG{}TEXT", "CPS{}1", "LIN{}1", "LS{}A LONG NAME", "LE{}A", "REF")


@st.composite
def damaged(draw: st.DrawFn, good: Sequence[str], marks: str) -> tuple[str, ...]:
    """A message's segments: dropped, doubled, moved, strange ones put in, values replaced, components added."""
    segments = list(good)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(segments) - 1))
        match draw(st.integers(0, 5)):
            case 0:
                segments[at : at + 1] = []
            case 1:
                segments[at:at] = [segments[at]]
            case 2:
                segments.insert(draw(st.integers(0, len(segments) - 1)), segments.pop(at))
            case 3:
                segments[at:at] = [draw(st.sampled_from(STRAYS)).format(marks[0])]
            case 4:
                tag, *elements = segments[at].split(marks[0])
                places = [*elements, "", ""]
                places[draw(st.integers(0, len(places) - 1))] = draw(st.sampled_from(VALUES))
                segments[at] = marks[0].join((tag, *places)).rstrip(marks[0])
            case _:
                segments[at] += f"{marks[1]}{draw(st.sampled_from(VALUES))}{marks[1]}Y"
        if not segments:
            return tuple(good)
    return tuple(segments)


def groups_of(good: Sequence[str], marks: str) -> st.SearchStrategy[list[list[tuple[str, ...]]]]:
    """Two groups, each with a good message somewhere among others."""
    one = st.lists(damaged(good, marks), max_size=3).map(lambda others: [*others[:1], tuple(good), *others[1:]])
    return st.lists(one, min_size=2, max_size=2)


def answered_about(segments: Sequence[Written], kind: str, version: str) -> FunctionalAcknowledgement:
    """The answer as its receiver reads it, in whom nothing may raise a doubt."""
    if kind == "CONTRL":
        envelope = EdifactEnvelope("14:1", "14:2", AT, "1")
        data = seal_edifact([("1", "CONTRL:2:2:UN", segments)], envelope).data
    else:
        data = seal([(kind, segments)], Envelope("ZZ:US", "ZZ:THEM", AT, "FA", version, 1, 1), DELIMITERS).data
    events = list(read([data]))
    assert [finding for event in events for finding in findings_of(event)] == []
    (message,) = (event for event in events if isinstance(event, Message))
    reading = read_message(message, MAPPINGS.standard(f"{'edifact' if kind == 'CONTRL' else 'x12'}/{kind}"))
    assert reading.findings == ()
    assert isinstance(reading.document, FunctionalAcknowledgement)
    return reading.document


def interchange_of(groups: list[list[tuple[str, ...]]], message: str, group: str, version: str, isa: str) -> bytes:
    """An X12 interchange with right counts and numbers."""
    lines = [f"ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*1200*{isa}*000000101*0*P*>"]
    for number, messages in enumerate(groups, 1):
        lines.append(f"GS*{group}*AMAZON*5551234567*20261120*1200*{number}*X*{version}")
        for at, segments in enumerate(messages, 1):
            lines += (f"ST*{message}*{at:04}", *segments, f"SE*{len(segments) + 2}*{at:04}")
        lines.append(f"GE*{len(messages)}*{number}")
    lines.append(f"IEA*{len(groups)}*000000101")
    return "".join(f"{line}~" for line in lines).encode()


@pytest.mark.parametrize(
    ("kind", "good", "message", "group", "version", "isa"),
    [("997", ORDER, "850", "PO", "004010", "U*00401"), ("999", NOTICE, "856", "SH", "005010", "^*00501")],
)
@given(data=st.data())
@settings(max_examples=60)
def test_each_group_is_answered_once_with_right_counts_and_positions(
    clerk: Clerk,
    kind: str,
    good: tuple[str, ...],
    message: str,
    group: str,
    version: str,
    isa: str,
    data: st.DataObject,
) -> None:
    groups = data.draw(groups_of(good, "*>"))
    answers = clerk().receive(interchange_of(groups, message, group, version, isa)).answers
    assert [answer.kind for answer in answers] == [kind] * len(groups)
    for number, (messages, answer) in enumerate(zip(groups, answers, strict=True), 1):
        told = answered_about(answer.segments, kind, version)
        assert (told.group, told.control_number) == (group, str(number))
        assert [part.control_number for part in told.messages] == [f"{at:04}" for at in range(1, len(messages) + 1)]
        rejected = [part.verdict == "rejected" for part in told.messages]
        assert (told.declared, told.received) == (len(messages), len(messages))
        assert told.accepted == len(messages) - sum(rejected)
        assert (told.verdict == "rejected") == all(rejected)
        assert (told.verdict == "partly_accepted") == (any(rejected) and not all(rejected))
        assert (told.verdict == "accepted") == all(part.verdict == "accepted" for part in told.messages)
        for part, segments in zip(told.messages, messages, strict=True):
            assert segments != good or part.verdict == "accepted"
            assert bool(part.segments) <= ("5" in part.codes)
            holds_its_places(part, (f"ST*{message}*", *segments, "SE*"), "*>")


def test_the_whole_is_refused_where_its_count_is_wrong(clerk: Clerk) -> None:
    file = interchange_of([[ORDER, ORDER], [ORDER]], "850", "PO", "004010", "U*00401").replace(b"GE*2*1", b"GE*3*1")
    first, second = (answered_about(a.segments, "997", "004010") for a in clerk().receive(file).answers)
    assert (first.verdict, first.declared, first.received, first.accepted) == ("rejected", 3, 2, 0)
    assert (second.verdict, second.declared, second.received, second.accepted) == ("accepted", 1, 1, 1)


def holds_its_places(part: MessageAnswer, segments: Sequence[str], marks: str) -> None:
    """What an answer points at is there, and is what it says, but for what it says is missing."""
    for note in part.segments:
        assert 1 <= note.ordinal <= len(segments)
        tag, *elements = segments[note.ordinal - 1].split(marks[0])
        if note.code == "3":
            continue
        assert note.tag == ("".join(c if c.isascii() and c.isalnum() else "?" for c in tag[:3]).ljust(2, "?"))
        assert bool(note.elements) <= (note.code == "8")
        for element in note.elements:
            text = elements[element.position - 1] if element.position <= len(elements) else ""
            parts = [*text.split(marks[1]), *[""] * 40]
            cells = {parts[element.component - 1]} if element.component else {parts[0], text}
            assert (element.value or "") in map(shown, cells)


def shown(value: str) -> str:
    """As much of a value as an answer holds, without what it cannot."""
    left = "".join(c if c.isprintable() and c not in ">^" else " " for c in value[:99])
    return left.rstrip() if left == value[:99] else left.strip()


@given(groups=groups_of(ORDERS, "+:"), grouped=st.booleans())
@settings(max_examples=60)
def test_each_interchange_of_edifact_is_answered_once_and_names_what_did_not_stand(
    clerk: Clerk, groups: list[list[tuple[str, ...]]], grouped: bool
) -> None:
    lines = ["UNB+UNOY:3+5450534000000:14+4012345000009:14+261120:1200+4711++++1"]
    written: dict[str, tuple[str, ...]] = {}
    for number, messages in enumerate(groups, 1):
        if grouped:
            lines.append(f"UNG+ORDERS+5450534000000:14+4012345000009:14+261120:1200+G{number}+UN+D:96A")
        for at, segments in enumerate(messages, 1):
            reference = f"{number}-{at}"
            written[reference] = (f"UNH+{reference}+ORDERS:D:96A:UN:EAN008", *segments, "UNT")
            lines += (written[reference][0], *segments, f"UNT+{len(segments) + 2}+{reference}")
        if grouped:
            lines.append(f"UNE+{len(messages)}+G{number}")
    lines.append(f"UNZ+{len(groups) if grouped else sum(map(len, groups))}+4711")
    (answer,) = clerk().receive("".join(f"{line}'" for line in lines).encode()).answers
    told = answered_about(answer.segments, answer.kind, "")
    assert (told.control_number, told.sender, told.receiver) == ("4711", "5450534000000", "4012345000009")
    assert told.verdict == "accepted"
    named = [*told.messages, *(message for group in told.groups for message in group.messages)]
    assert len({part.control_number for part in named}) == len(named)
    assert {group.control_number for group in told.groups} <= ({"G1", "G2"} if grouped else set())
    for part in named:
        segments = written[part.control_number]
        assert part.verdict == "rejected"
        assert segments[1:-1] != ORDERS
        assert part.codes or part.segments
        for note in part.segments:
            assert 1 <= note.ordinal <= len(segments)
            assert bool(note.elements) == (note.code is None)
            _, *elements = segments[note.ordinal - 1].split("+")
            for element in note.elements:
                assert element.position >= 2
                present = element.position - 1 <= len(elements)
                assert present or element.code == "13"
