"""Sealing: what is written is read back as it was meant, and nothing in data can break an envelope."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.syntax.delimiters import Delimiters
from gateway.syntax.envelope import Event, GroupClosed, GroupOpened, InterchangeOpened, Message, findings_of
from gateway.syntax.seal import Elements, Envelope, Replaced, Sealed, enclose, render, seal, seal_note
from gateway.syntax.x12 import read

ENVELOPE = Envelope(
    sender="ZZ:5551234567",
    receiver="ZZ:AMAZON",
    at=datetime(2026, 11, 20, 21, 1, tzinfo=UTC),
    kind="PR",
    version="004010",
    control_number=42,
    group_number=7,
)
SEGMENTS: list[tuple[str, Elements]] = [("BAK", ("00", "AC", "4XK7PL2Q")), ("REF", ("CR", "", "", ("A", "", "B")))]
TEXT = (
    "ISA*00*          *00*          *ZZ*5551234567     *ZZ*AMAZON         *261120*2101*U*00401*000000042*0*P*>~"
    "GS*PR*5551234567*AMAZON*20261120*2101*7*X*004010~"
    "ST*855*0001~BAK*00*AC*4XK7PL2Q~REF*CR***A>>B~SE*4*0001~GE*1*7~IEA*1*000000042~"
)


def events_of(sealed: Sealed) -> list[Event]:
    return list(read([sealed.data]))


def test_an_interchange_is_sealed_with_the_numbers_it_is_given_and_counts_for_itself() -> None:
    sealed = seal([("855", SEGMENTS)], ENVELOPE, Delimiters())
    assert sealed.data.decode() == TEXT
    assert sealed.replaced == ()


def test_messages_are_rendered_once_and_enclosed_under_any_numbers() -> None:
    body = render([("855", [("REF", ("CR", "a~b"))])], ENVELOPE, Delimiters(), "\n")
    for number in (1, 17):
        envelope = replace(ENVELOPE, control_number=number, group_number=number)
        assert enclose(body, envelope) == seal([("855", [("REF", ("CR", "a~b"))])], envelope, Delimiters(), "\n")


def test_messages_of_one_version_are_not_enclosed_in_one_with_other_delimiters() -> None:
    with pytest.raises(ValueError, match="do not stand in version 005010"):
        enclose(render([("855", SEGMENTS)], ENVELOPE, Delimiters()), replace(ENVELOPE, version="005010"))


def test_messages_of_a_group_count_from_one() -> None:
    events = events_of(seal([("855", SEGMENTS)] * 3, ENVELOPE, Delimiters()))
    assert [event.control_number for event in events if isinstance(event, Message)] == ["0001", "0002", "0003"]
    assert [event.declared for event in events if isinstance(event, GroupClosed)] == ["3"]
    assert not any(findings_of(event) for event in events)


def test_line_breaks_are_written_where_the_partner_wants_them() -> None:
    sealed = seal([("855", SEGMENTS)], ENVELOPE, Delimiters(), "\r\n")
    assert sealed.data.decode() == TEXT.replace("~", "~\r\n")


def test_flags_of_the_isa_are_those_of_the_envelope() -> None:
    sealed = seal([], replace(ENVELOPE, is_test=True, wants_acknowledgement=True), Delimiters())
    opened = events_of(sealed)[0]
    assert isinstance(opened, InterchangeOpened)
    assert opened.is_test
    assert opened.wants_acknowledgement


@pytest.mark.parametrize(("repetition", "told"), [(None, "^"), (b"!", "!")])
def test_from_00402_on_the_isa_shows_a_repetition_separator(repetition: bytes | None, told: str) -> None:
    envelope = replace(ENVELOPE, version="005010")
    sealed = seal([("855", [("REF", (f"A{told}B",))])], envelope, Delimiters(repetition=repetition))
    opened, _, message, *_ = events_of(sealed)
    assert isinstance(opened, InterchangeOpened)
    assert opened.delimiters.marks == ("*", ">", "~", told)
    assert isinstance(message, Message)
    assert message.segments[1] == "REF*A B"


def test_before_00402_there_is_no_repetition_separator_and_its_character_is_data() -> None:
    sealed = seal([("855", [("REF", ("A^B",))])], ENVELOPE, Delimiters(repetition=b"^"))
    assert b"*U*00401*" in sealed.data
    assert b"REF*A^B~" in sealed.data


REPLACED = [
    ("A*B", "A B"),
    ("A~B>C", "A B C"),
    ("line\r\nbreak", "line  break"),
    ("\x00\x1f\x7f\x85", ""),
    ("\ud800half a pair", "half a pair"),
]


@pytest.mark.parametrize(("value", "written"), REPLACED)
def test_what_would_break_an_envelope_is_replaced_and_told(value: str, written: str) -> None:
    sealed = seal([("855", [("BAK", ("00",)), ("REF", ("CR", value, "X"))])], ENVELOPE, Delimiters())
    assert f"REF*CR*{written}*X~".encode() in sealed.data
    assert sealed.replaced == (Replaced(3, "REF", 2, value),)


REFUSED = [
    ({"control_number": 0}, {}, "", "control number 0 must have 1 to 9 digits"),
    ({"control_number": 1_000_000_000}, {}, "", "must have 1 to 9 digits"),
    ({"group_number": -1}, {}, "", "control number -1"),
    ({"sender": "ZZ:A*B"}, {}, "", "no id for an envelope"),
    ({"sender": "AMAZON"}, {}, "", "no id for an envelope"),
    ({"receiver": "ZZ:1234567890123456"}, {}, "", "no id for an envelope"),
    ({"receiver": "ZZ:Ärger"}, {}, "", "no id for an envelope"),
    ({}, {"terminator": b"*"}, "", "is also the element separator"),
    ({}, {"component": b"A"}, "", "is a letter, digit or blank"),
    ({}, {"component": b""}, "", "is a letter, digit or blank"),
    ({}, {}, "~", "no line break"),
]


@pytest.mark.parametrize(("envelope", "delimiters", "line_break", "why"), REFUSED)
def test_an_envelope_that_cannot_be_written_is_refused(
    envelope: dict[str, object], delimiters: dict[str, bytes], line_break: str, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        seal([], replace(ENVELOPE, **envelope), Delimiters(**delimiters), line_break)  # type: ignore[arg-type]


VALUES = st.text(st.one_of(st.sampled_from("*>~^:'|\r\n\t\x85…AB1 "), st.characters(codec="utf-8")), max_size=12)
ELEMENTS = st.lists(st.one_of(VALUES, st.tuples(VALUES, VALUES, VALUES)), max_size=5).map(tuple)
SETTINGS = st.tuples(
    st.sampled_from(("004010", "005010")),
    st.sampled_from((Delimiters(), Delimiters(b"|", b":", b"'", b"!"), Delimiters(b"\x1d", b"\x1f", b"\x1c"))),
    st.sampled_from(("", "\n", "\r\n")),
)
SAFE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="*>~^|:'!"), max_size=9)
SAFE_BODIES = st.lists(
    st.tuples(
        st.sampled_from(("REF", "N1", "MSG")), st.lists(st.one_of(SAFE, st.tuples(SAFE, SAFE)), max_size=5).map(tuple)
    ),
    max_size=6,
)


def message_in(sealed: Sealed) -> Message:
    (message,) = (event for event in events_of(sealed) if isinstance(event, Message))
    return message


@given(st.lists(st.tuples(st.sampled_from(("REF", "N1", "MSG")), ELEMENTS), max_size=6), SETTINGS)
def test_no_text_in_data_changes_the_segments_of_a_message(
    body: list[tuple[str, Elements]], how: tuple[str, Delimiters, str]
) -> None:
    version, delimiters, line_break = how
    sealed = seal([("855", body)], replace(ENVELOPE, version=version), delimiters, line_break)
    events = events_of(sealed)
    assert not any(findings_of(event) for event in events)
    message = message_in(sealed)
    assert len(message.segments) == len(body) + 2
    assert [text.split(message.marks[0])[0] for text in message.segments[1:-1]] == [tag for tag, _ in body]
    unclean = [
        (ordinal, position, part)
        for ordinal, (_, elements) in enumerate(body, 2)
        for position, value in enumerate(elements, 1)
        for part in (value if isinstance(value, tuple) else (value,))
        if any(mark and mark in part for mark in message.marks) or not part.isprintable()
    ]
    told = [(replaced.segment, replaced.element, replaced.value) for replaced in sealed.replaced]
    assert all(entry in unclean for entry in told)
    assert all(entry in told for entry in unclean if any(mark and mark in entry[2] for mark in message.marks))


@given(SAFE_BODIES, SETTINGS)
def test_what_is_sealed_is_read_back_as_it_was(
    body: list[tuple[str, Elements]], how: tuple[str, Delimiters, str]
) -> None:
    version, delimiters, line_break = how
    envelope = replace(ENVELOPE, version=version)
    sealed = seal([("855", body)], envelope, delimiters, line_break)
    opened, group, message, *_ = events_of(sealed)
    assert isinstance(opened, InterchangeOpened)
    assert isinstance(group, GroupOpened)
    assert isinstance(message, Message)
    assert (opened.sender, opened.receiver, opened.control_number) == (envelope.sender, envelope.receiver, "000000042")
    assert (group.kind, group.version, group.control_number, message.type) == ("PR", version, "7", "855")
    separator, component, _, _ = message.marks
    split = [text.split(separator) for text in message.segments[1:-1]]
    for (tag, elements), read_back in zip(body, split, strict=True):
        texts = [component.join(v).rstrip(component) if isinstance(v, tuple) else v for v in elements]
        assert separator.join(read_back) == separator.join((tag, *texts)).rstrip(separator)
    again = [(tag, tuple(tuple(e.split(component)) if component in e else e for e in rest)) for tag, *rest in split]
    assert seal([("855", again)], envelope, delimiters, line_break) == sealed


@given(
    st.lists(
        st.tuples(st.sampled_from(["REF", "N1"]), st.lists(st.text("AB*>~^ \n\u00a0é", max_size=4), max_size=4)),
        max_size=5,
    )
)
def test_a_message_is_written_as_its_segments_are_one_by_one(segments: list[tuple[str, list[str]]]) -> None:
    """Where nothing needs care segments are joined at once; a message with a composite never is."""
    alone = [("XX", (("A", "B"),))]
    both = render([("855", [*alone, *segments])], ENVELOPE, Delimiters()).text
    whole = render([("855", segments)], ENVELOPE, Delimiters()).text
    assert both.replace("XX*A>B~", "").replace(f"SE*{len(segments) + 3}", f"SE*{len(segments) + 2}") == whole


def test_a_note_stands_alone_in_an_interchange_without_a_group() -> None:
    sealed = seal_note("TA1", ("000000101", "261120", "2101", "A", "a~b"), ENVELOPE, Delimiters(), "\n")
    isa = TEXT.partition("GS*")[0].replace("~", "~\n")
    assert sealed.data.decode() == f"{isa}TA1*000000101*261120*2101*A*a b~\nIEA*0*000000042~\n"
    assert sealed.replaced == (Replaced(0, "TA1", 5, "a~b"),)
