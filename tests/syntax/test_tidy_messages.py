"""Messages taken in one step are those that are taken step by step: the same events, cells and findings.

Damaged samples are read both ways: as always, and with the short way closed.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

import pytest

from gateway.syntax import edifact, x12
from gateway.syntax.envelope import Event, Limits, Message, Tally, findings_of
from gateway.syntax.interchange_reader import InterchangeReader
from tests.fuzz.interchanges import EDIFACT_MARKS, LIMITS, X12_MARKS, seeds_of
from tests.fuzz.mutations import damaged

Read = Callable[[Iterable[bytes], Limits], Iterator[Event]]
DAMAGED = 1500


def told(read: Read, data: bytes, size: int) -> list[object]:
    """All that a reader says of a file: its events, and of a message its text and what is wrong with it."""
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    found: list[object] = []
    for event in read(pieces, LIMITS):
        found += [event, findings_of(event)]
        if isinstance(event, Message):
            found += [event.segments, event.header, event.marks, event.control_number, event.type]
    return found


@pytest.mark.parametrize(("module", "marks"), [(x12, X12_MARKS), (edifact, EDIFACT_MARKS)], ids=["x12", "edifact"])
def test_damaged_files_are_read_alike_by_the_short_way_and_the_long(
    module: ModuleType, marks: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = module.__name__.rpartition(".")[2]
    dice, lines = random.Random(2026), seeds_of(f"{name}/*.edi")
    seeds = [*lines, *(data.translate(None, b"\r\n") for data in lines)]
    files = [damaged(dice, dice.choice(seeds), marks) for _ in range(DAMAGED)]
    files += [data.replace(b"~", b"~\r\n").replace(b"'", b"'\n") for data in seeds]
    sizes = [dice.choice((7, 100, 100_000)) for _ in files]
    short = [told(module.read, data, size) for data, size in zip(files, sizes, strict=True)]
    messages = [event for events in short for event in events if isinstance(event, Message)]
    monkeypatch.setattr(InterchangeReader, "take_tidy_messages", lambda _: iter(()))
    assert short == [told(module.read, data, size) for data, size in zip(files, sizes, strict=True)]
    assert sum(message.is_tidy for message in messages) > DAMAGED / 5
    assert sum(message.is_plain for message in messages) > DAMAGED / 20


def numbered(*numbers: str) -> bytes:
    """An interchange with messages of these control numbers."""
    head = b"UNB+UNOA:2+1:14+2:14+261120:1200+7'"
    return head + b"".join(b"UNH+%b+ORDERS:D:96A:UN'BGM+220'UNT+3+%b'" % (2 * (n.encode(),)) for n in numbers)


@pytest.mark.parametrize(
    "numbers",
    [
        ("1", "2", "3", "2", "4"),
        ("9", "10", "11", "09", "9"),
        ("1", "3", "2", "3"),
        ("A1", "A2", "A1"),
        ("0001", "0002", "0003", "2", "0002"),
    ],
)
def test_a_number_that_came_before_is_told_within_a_run_of_messages_too(
    numbers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = told(edifact.read, numbered(*numbers), 10_000)
    seen = [event for event in short if isinstance(event, Message)]
    repeated = [number in numbers[:at] for at, number in enumerate(numbers)]
    assert [bool(message.flaws) for message in seen] == repeated
    assert [message.is_tidy for message in seen] == [not again for again in repeated]
    monkeypatch.setattr(InterchangeReader, "take_tidy_messages", lambda _: iter(()))
    assert short == told(edifact.read, numbered(*numbers), 10_000)


def test_numbers_that_count_up_are_remembered_by_their_ends_and_all_others_one_by_one() -> None:
    tally = Tally()
    assert not any(tally.repeats(f"{number:04}") for number in range(9_990, 10_010))
    assert not any(tally.repeats(key) for key in ("9990x", "A", "", "09995", "10020", "٣", "9989", "9" * 5000))
    assert all(tally.repeats(key) for key in ("9990", "10009", "10000", "9990x", "A", "", "09995", "10020", "9989"))
    assert not any(tally.repeats(str(number)) for number in range(10_010, 10_020))
    assert tally.repeats("10020")
    assert tally.repeats("10020")


def test_what_came_before_the_run_is_known_when_the_run_comes_to_it() -> None:
    tally = Tally()
    assert [tally.repeats(key) for key in ("5", "7", "6", "7", "8")] == [False, False, False, True, False]


def test_what_is_made_once_says_what_it_is() -> None:
    assert Message.header.__doc__ == "The elements of its ST."
