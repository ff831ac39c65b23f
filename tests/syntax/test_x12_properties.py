"""What holds for the reader whatever comes: no exception, the same events however a file is cut, true offsets."""

import tracemalloc
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.syntax.envelope import (
    Event,
    InterchangeClosed,
    InterchangeOpened,
    Limits,
    Message,
    Unreadable,
    findings_of,
)
from gateway.syntax.x12 import read
from tests.syntax.damage import chunked, mutated

ISA = b"ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*0*P*>~"
GS = b"GS*PO*AMAZON*5551234567*20261120*2101*101*X*004010~"
SAMPLES = (
    ISA + GS + b"ST*850*0001~BEG*00*NE*4XK7PL2Q**20261120~PO1*1*10*CA*43.00~SE*4*0001~GE*1*101~IEA*1*000000101~",
    (ISA + GS + b"ST*850*0001~\n  BEG*00*NE*\xc3\xa4~ST*850*0002~SE*9*2~GE*3*7~IEA*1*1~").replace(b"~", b"~\r\n"),
    (ISA + b"TA1*000000001*261120*2101*A*000~IEA*0*000000101~").replace(b"~", b"\n") + ISA + GS,
    (ISA + GS + b"ST*850*0001~BEG*00~SE*3*0001~SE*3*0001~GE*1*101~GE*1~IEA*1").replace(b"~", "…".encode()),
    (ISA + GS + b"ST*850*0001~BEG*\xe9~SE*3*0001~GE*1*101~IEA*1*000000101~").replace(b"~", b"\xa7"),
)
MARKS = [
    b"*",
    b">",
    b"~",
    b"\r\n",
    b"\n",
    b" ",
    b"\xc3",
    b"\xa7",
    b"SE*",
    b"~ST*",
    b"~GE*",
    b"~IEA*",
    b"ISA*",
    b"~\nGS*",
]


def exhaust(data: bytes, limits: Limits | None = None) -> list[Event]:
    events = list(read([data], limits))
    for event in events:
        findings_of(event)
        if isinstance(event, Message):
            event.locate(len(event.segments), 3, 2)
            assert event.segments
            assert event.type is not None
    return events


@given(st.binary(max_size=300))
def test_no_bytes_raise_an_exception(data: bytes) -> None:
    exhaust(data)


@given(st.binary(max_size=200))
def test_no_bytes_behind_an_isa_raise_an_exception(data: bytes) -> None:
    exhaust(ISA + GS + b"ST*850*0001~" + data)


@given(mutated(SAMPLES, MARKS))
@settings(max_examples=400)
def test_no_damage_to_a_file_raises_an_exception(data: bytes) -> None:
    exhaust(data)


@given(mutated(SAMPLES, MARKS))
@settings(max_examples=300)
def test_what_opened_closes_and_every_message_stands_in_its_file(data: bytes) -> None:
    events = exhaust(data)
    opened = [event for event in events if isinstance(event, InterchangeOpened)]
    closed = [event for event in events if isinstance(event, InterchangeClosed)]
    assert [event.opened for event in closed] == opened
    for event in events:
        if isinstance(event, Message):
            assert data[event.offset : event.offset + len(event.raw)] == event.raw


@given(mutated(SAMPLES, MARKS), st.lists(st.integers(0, 10_000), max_size=12))
@settings(max_examples=400)
def test_a_file_gives_the_same_events_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    assert list(read(chunked(data, cuts))) == list(read([data]))


@given(mutated(SAMPLES, MARKS), st.integers(1, 9), st.integers(20, 120), st.integers(20, 200))
@settings(max_examples=300)
def test_limits_are_kept_at_the_same_byte_however_a_file_is_cut(
    data: bytes, size: int, segment: int, message: int
) -> None:
    limits = Limits(segment, message)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert list(read(pieces, limits)) == list(read([data], limits))


@given(mutated(SAMPLES, MARKS))
@settings(max_examples=400)
def test_every_finding_points_at_the_first_byte_of_its_value(data: bytes) -> None:
    for event in read([data]):
        for finding in findings_of(event):
            assert finding.offset is not None
            assert 0 <= finding.offset <= len(data)
            if isinstance(event, Unreadable) or finding.value is None or finding.element is None:
                continue
            if b"\xa0" in data[:424]:  # no-break spaces of an ISA are told as the blanks they were read as
                continue
            there = data[finding.offset :].replace(b"\r", b"").replace(b"\n", b"")
            value = finding.value.replace("\r", "").replace("\n", "")
            assert there.startswith((value.encode(), value.encode("latin-1", "replace"))), finding


@given(mutated(SAMPLES, MARKS))
def test_segments_and_their_elements_are_located_where_they_stand(data: bytes) -> None:
    for message in read([data]):
        if not isinstance(message, Message) or not message.raw.isascii():
            continue
        noise = message.delimiters.noise
        for ordinal, segment in enumerate(message.segments, 1):
            for position, value in enumerate(segment.split(message.marks[0])):
                offset = message.locate(ordinal, position) if position else message.locate(ordinal)
                assert data[offset:].translate(None, noise).startswith(value.encode())


def test_one_message_in_memory_at_a_time() -> None:
    segment = b"PO1*1*10*CA*43.00**UP*614141000012~" * 600
    message = b"ST*850*%04d~" + segment + b"SE*602*%04d~"

    def file() -> Iterator[bytes]:
        yield ISA + GS
        for number in range(1, 1501):
            yield message % (number, number)
        yield b"GE*1500*101~IEA*1*000000101~"

    tracemalloc.start()
    count = 0
    size = 0
    for event in read(file()):
        assert not findings_of(event)
        if isinstance(event, Message):
            count += 1
            size += len(event.raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1500
    assert size > 30_000_000
    assert peak < 2_000_000


def test_a_hundred_megabytes_of_one_segment_are_refused_within_a_few() -> None:
    taken = 0

    def file() -> Iterator[bytes]:
        nonlocal taken
        yield ISA + GS + b"ST*850*0001~BEG*"
        for _ in range(1600):
            taken += 1 << 16
            yield b"X" * (1 << 16)

    tracemalloc.start()
    events = list(read(file()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    last = events[-1]
    assert isinstance(last, Unreadable)
    assert last.finding.code == "message-too-large"
    assert last.finding.offset == len(ISA + GS) + len(b"ST*850*0001~")
    assert taken < 3_000_000
    assert peak < 8_000_000


def test_a_long_envelope_segment_is_refused_too() -> None:
    data = ISA + b"GS*" + b"P" * 300 + b"~"
    assert [type(event) for event in read([data], Limits(segment=200))] == [InterchangeOpened, Unreadable]
    assert len(list(read([data], Limits(segment=400)))) == 4


def test_an_envelope_segment_longer_than_the_window_is_read_all_the_same() -> None:
    data = ISA + GS.replace(b"AMAZON", b"A" * 50_000) + b"GE*0*101~IEA*1*000000101~"
    assert list(read([data[at : at + 900] for at in range(0, len(data), 900)])) == list(read([data]))


def test_a_message_of_many_segments_is_refused_at_its_limit() -> None:
    data = ISA + GS + b"ST*850*0001~" + b"REF*CR*1~" * 100 + b"SE*102*0001~"
    *_, last = read([data], Limits(message=500))
    assert isinstance(last, Unreadable)
    assert last.finding.message == "a message of more than 500 bytes"
    assert last.finding.offset == len(ISA + GS)


def test_a_trailer_that_never_ends_is_refused_however_it_comes() -> None:
    data = ISA + GS + b"ST*850*0001~SE*2*" + b"0" * 300
    for pieces in ([data], [data[at : at + 5] for at in range(0, len(data), 5)]):
        *_, last = read(pieces, Limits(segment=200))
        assert isinstance(last, Unreadable)
        assert last.finding.message == "a segment of more than 200 bytes"
        assert last.finding.offset == len(ISA + GS) + len(b"ST*850*0001~")
