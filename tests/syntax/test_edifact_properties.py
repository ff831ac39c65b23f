"""What holds for the EDIFACT reader whatever comes: no exception, the same events however cut, true offsets."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.findings import Finding
from gateway.syntax import edifact
from gateway.syntax.edifact import read
from gateway.syntax.edifact_envelope import EdifactInterchange
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Event, InterchangeClosed, Limits, Unreadable, findings_of
from gateway.syntax.files import read as read_any
from gateway.syntax.interchanges import gather
from tests.syntax.damage import chunked, mutated

UNB = b"UNB+UNOC:3+5450534000000:14+4012345000009:14+261120:0134+4234++++1+EANCOM'"
UNG = b"UNG+ORDERS+5450534000000+4012345000009+261120:0134+7+UN+D:96A'"
MESSAGE = b"UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+1AB?'2T??E?+ST+9'IMD+F++:::Tasse?: \xfc'UNT+4+1'"
SAMPLES = (
    UNB + MESSAGE.replace(b"?", b"") + b"UNZ+1+4234'",
    UNB + MESSAGE + MESSAGE + b"UNZ+2+4234'",
    (UNB + UNG + MESSAGE + b"UNH+2+INVOIC:D:96A:UN'UNE+3+7'BGM+1'UNZ+1+4'").replace(b"'", b"'\r\n"),
    b"\xef\xbb\xbfUNA=*,! ~\n" + (UNB + MESSAGE).translate(bytes.maketrans(b":+?'", b"=*!~")) + UNB + b"UNZ+0+4234'",
    (b"UNA:+.?*'" + UNB + UNG + MESSAGE + b"UNE+1+7'" + MESSAGE + b"UNZ+1+4234'").replace(b"UNOC:3", b"UNOY:4"),
    b"UNA:+.  \n" + (UNB + MESSAGE + b"UNZ+1+4234'").translate(bytes.maketrans(b"'", b"\n")),
)
MARKS = [
    *(b"+", b":", b"'", b"?", b"??", b"?'", b"?\r\n", b"\r\n", b"\n", b" ", b"\t", b"*", b"\xc3", b"\x1d", b"\x01"),
    *(b"'UNT+", b"UNH+", b"'UNH'", b"'UNE+", b"'UNG+", b"'UNZ+", b"UNB+", b"'UNA:+.? '", b"UNA", b"'U\nNT+", b"''"),
]


@pytest.fixture(autouse=True, scope="module")
def a_short_look_ahead() -> Iterator[None]:
    """Headers are read from far fewer bytes than usual, so that the pieces of short files come one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edifact, "HEADER_LIMIT", 110)
        yield


def exhaust(data: bytes) -> list[Event]:
    events = list(read([data]))
    for event in events:
        findings_of(event)
        if isinstance(event, EdifactMessage):
            event.locate(len(event.segments), 3, 2)
            assert event.segments
            assert None not in (event.type, event.version, event.association, event.control_number)
    for interchange in gather(read([data])):
        if not isinstance(interchange, Unreadable):
            assert interchange.key
            assert interchange.fingerprint
    return events


@given(st.binary(max_size=300))
def test_no_bytes_raise_an_exception(data: bytes) -> None:
    exhaust(data)
    list(read_any([data]))


@given(st.sampled_from([b"UNA", b"UNB+UNOA:", b"UNA:+.? 'UNB+UNOB:4+", UNB, UNB + b"UNH+1"]), st.binary(max_size=200))
def test_no_bytes_behind_a_header_raise_an_exception(start: bytes, data: bytes) -> None:
    exhaust(start + data)


@given(st.text("UNABHTEGZ+:'?*.\r\n 4\x1d", max_size=200))
@settings(max_examples=400)
def test_no_jumble_of_service_characters_and_tags_raises_an_exception(text: str) -> None:
    exhaust(UNB + text.encode())


@given(mutated(SAMPLES, MARKS))
@settings(max_examples=400)
def test_no_damage_to_a_file_raises_an_exception(data: bytes) -> None:
    exhaust(data)


@given(mutated(SAMPLES, MARKS))
@settings(max_examples=300)
def test_what_opened_closes_and_every_message_stands_in_its_file(data: bytes) -> None:
    events = exhaust(data)
    opened = [event for event in events if isinstance(event, EdifactInterchange)]
    assert [event.opened for event in events if isinstance(event, InterchangeClosed)] == opened
    for event in events:
        if isinstance(event, EdifactMessage):
            assert data[event.offset : event.offset + len(event.raw)] == event.raw


@given(mutated(SAMPLES, MARKS), st.lists(st.integers(0, 10_000), max_size=12))
@settings(max_examples=400)
def test_a_file_gives_the_same_events_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    pieces = chunked(data, cuts)
    assert list(read(pieces)) == list(read([data]))
    assert list(read_any(pieces)) == list(read_any([data]))


def told(data: bytes) -> Iterator[tuple[Event, Finding]]:
    for event in read([data]):
        for finding in findings_of(event):
            yield event, finding


@given(mutated(SAMPLES, MARKS))
@settings(max_examples=400)
def test_every_finding_points_at_the_first_byte_of_its_value(data: bytes) -> None:
    for event, finding in told(data):
        assert finding.offset is not None
        assert 0 <= finding.offset <= len(data)
        if finding.code == "character-outside-set":
            assert finding.value == f"0x{data[finding.offset]:02X}"
        elif not (isinstance(event, Unreadable) or finding.value is None or finding.element is None):
            if b"?" in data[finding.offset :][:40] or b"!" in data or b"\x1a" in finding.value.encode():
                continue
            there = data[finding.offset :].translate(None, b"\r\n").lstrip(b" ")
            value = finding.value.strip()
            expected = tuple(value.encode(codec, "replace") for codec in ("utf-8", "latin-1"))
            assert there.lstrip(b"\t\x0b\x0c\x1c\x1d\x1e\x1f\x85").startswith(expected), finding


@given(mutated(SAMPLES, MARKS))
@settings(max_examples=300)
def test_segments_elements_and_components_are_located_where_they_stand(data: bytes) -> None:
    for message in read([data]):
        if not isinstance(message, EdifactMessage) or not message.raw.isascii():
            continue
        characters, (element, component, *_) = message.delimiters, message.marks
        for ordinal, segment in enumerate(message.segments, 1):
            for position, value in enumerate(segment.split(element)):
                for nth, part in enumerate(value.split(component), 1):
                    offset = message.locate(ordinal, position or None, nth)
                    rest = data[offset : message.offset + len(message.raw)]
                    if characters.release and characters.release in message.raw:
                        rest = characters.neutralise(rest)
                    assert rest.translate(None, characters.noise).startswith(part.encode())


@given(mutated(SAMPLES, MARKS), st.integers(1, 9), st.integers(20, 120), st.integers(20, 200))
@settings(max_examples=300)
def test_limits_are_kept_at_the_same_byte_however_a_file_is_cut(
    data: bytes, size: int, segment: int, message: int
) -> None:
    limits = Limits(segment, message)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert list(read(pieces, limits)) == list(read([data], limits))


@given(st.text("?'+\r\nA", max_size=40))
@settings(max_examples=400)
def test_a_mark_is_released_in_bytes_exactly_where_it_is_in_text(text: str) -> None:
    characters = SAMPLE.delimiters
    data = text.encode()
    cuts = list(characters.cuts(data, b"'", 0, len(data)))
    assert cuts == [at for at in range(len(data)) if data[at] == 0x27 and not characters.is_released(data, at, 0)]
    assert len(cuts) == characters.neutralise(data).count(b"\x1c")


(SAMPLE,) = (event for event in read([SAMPLES[0]]) if isinstance(event, EdifactMessage))


def test_one_message_in_memory_at_a_time() -> None:
    lines = b"IMD+F++:::Tasse?, blau?''LIN+1++4012345000016:EN'" * 600
    message = b"UNH+%d+ORDERS:D:96A:UN'" + lines + b"UNT+1202+%d'"

    def file() -> Iterator[bytes]:
        yield UNB
        for number in range(1, 1101):
            yield message % (number, number)
        yield b"UNZ+1100+4234'"

    tracemalloc.start()
    count = size = 0
    for event in read(file()):
        if isinstance(event, EdifactMessage):
            count, size = count + 1, size + len(event.raw)
            assert len(event.segments) == 1202 or count % 100
        else:
            assert not findings_of(event)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1100
    assert size > 30_000_000
    assert peak < 2_000_000


def test_a_hundred_megabytes_of_one_segment_are_refused_within_a_few() -> None:
    taken = 0

    def file() -> Iterator[bytes]:
        nonlocal taken
        yield UNB + b"UNH+1+ORDERS:D:96A:UN'BGM+"
        for _ in range(1600):
            taken += 1 << 16
            yield b"?'" * (1 << 15)

    tracemalloc.start()
    *_, last = read(file(), Limits(segment=1 << 20, message=1 << 21))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(last, Unreadable)
    assert last.finding.code == "message-too-large"
    assert taken < 6_000_000
    assert peak < 16_000_000


def test_long_segments_are_refused_in_the_envelope_in_messages_and_in_trailers() -> None:
    for text in (b"UNG+" + b"P" * 300 + b"'", b"UNH+1'BGM+" + b"P" * 300, b"UNH+1'UNT+1+" + b"0" * 300):
        for size in (5, 10_000):
            data = UNB + text
            *_, last = read([data[at : at + size] for at in range(0, len(data), size)], Limits(segment=200))
            assert isinstance(last, Unreadable)
            assert last.finding.message == "a segment of more than 200 bytes"


def test_a_message_of_many_segments_is_refused_at_its_limit() -> None:
    *_, last = read([UNB + b"UNH+1+ORDERS:D:96A:UN'" + b"RFF+ON:1'" * 100 + b"UNT+102+1'"], Limits(message=500))
    assert isinstance(last, Unreadable)
    assert last.finding.message == "a message of more than 500 bytes"
    assert last.finding.offset == len(UNB)
