"""Messages taken in one step are those that are taken step by step: the same events, cells and findings.

Damaged samples are read both ways: as always, and with the short way closed.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

import pytest

from gateway.syntax import edifact, x12
from gateway.syntax.envelope import Event, Limits, Message, Tally, findings_of
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
    dice, seeds = random.Random(2026), seeds_of(f"{name}/*.edi")
    files = [damaged(dice, dice.choice(seeds), marks) for _ in range(DAMAGED)]
    files += [data.replace(b"~", b"~\r\n").replace(b"'", b"'\n") for data in seeds]
    sizes = [dice.choice((7, 100, 100_000)) for _ in files]
    short = [told(module.read, data, size) for data, size in zip(files, sizes, strict=True)]
    tidy = sum(isinstance(event, Message) and event.is_tidy for events in short for event in events)
    module._spell.cache_clear()
    monkeypatch.setattr(module, "spell_message", lambda *_: re.compile(b"(?!)"))
    assert short == [told(module.read, data, size) for data, size in zip(files, sizes, strict=True)]
    module._spell.cache_clear()
    assert tidy > DAMAGED / 10


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
    assert (
        Message.segments.__doc__ == "Its segments as text, ST first and SE last, line breaks and indentation removed."
    )
