"""How much of a message is read: each limit is a finding that says what would be right."""

from collections.abc import Callable

import pytest

from gateway.syntax.envelope import Event, Limits, Message, Unreadable
from gateway.syntax.files import read

X12_HEAD = (
    "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*0*P*>~\n"
    "GS*PO*AMAZON*5551234567*20261120*2101*1*X*004010~\n"
)
X12_TAIL = "GE*1*1~\nIEA*1*000000101~\n"
EDIFACT_HEAD, EDIFACT_TAIL = "UNB+UNOC:3+A:14+B:14+261120:2101+1'\n", "UNZ+1+1'\n"


def x12(lines: int, other: int = 0) -> str:
    body = "PO1*1~\n" * lines + "PID*F~\n" * other
    return f"{X12_HEAD}ST*850*0001~\n{body}SE*{lines + other + 2}*0001~\n{X12_TAIL}"


def edifact(lines: int, other: int = 0) -> str:
    body = "LIN+1'\n" * lines + "IMD+F'\n" * other
    return f"{EDIFACT_HEAD}UNH+1+ORDERS:D:96A:UN'\n{body}UNT+{lines + other + 2}+1'\n{EDIFACT_TAIL}"


def events(text: str, limits: Limits) -> list[Event]:
    data = text.encode()
    whole = list(read([data], limits))
    assert list(read((data[at : at + 7] for at in range(0, len(data), 7)), limits)) == whole
    return whole


@pytest.mark.parametrize("write", [x12, edifact])
def test_as_many_segments_and_lines_as_allowed_are_read(write: Callable[..., str]) -> None:
    found = events(write(5, 3), Limits(segments=10, lines=5))
    assert [event for event in found if isinstance(event, Message)]
    assert not [event for event in found if isinstance(event, Unreadable)]


@pytest.mark.parametrize("write", [x12, edifact])
@pytest.mark.parametrize(
    ("limits", "said"),
    [(Limits(segments=9), "a message of more than 9 segments"), (Limits(lines=4), "a message of more than 4 lines")],
    ids=["segments", "lines"],
)
def test_one_more_ends_the_reading(write: Callable[..., str], limits: Limits, said: str) -> None:
    [stop] = [event for event in events(write(5, 3), limits) if isinstance(event, Unreadable)]
    assert (stop.finding.code, stop.finding.message) == ("message-too-large", said)
    assert stop.finding.expected == said.replace("a message of more than", "at most")


@pytest.mark.parametrize("write", [x12, edifact])
def test_a_message_without_its_end_has_limits_too(write: Callable[..., str]) -> None:
    text = write(30).partition("SE*")[0].partition("UNT+")[0]
    assert any(isinstance(event, Unreadable) for event in events(text, Limits(segments=10)))


def test_segments_without_anything_in_them_are_not_counted() -> None:
    text = x12(2).replace("PO1*1~\n", "PO1*1~~~\n~~~~~~~")
    assert not [event for event in events(text, Limits(segments=4)) if isinstance(event, Unreadable)]


def test_the_limits_are_as_documented() -> None:
    limits = Limits()
    assert (limits.segment, limits.segments, limits.lines) == (2**20, 200_000, 20_000)
