"""A short fuzz of each reader, always with the same dice: nothing but findings comes of damaged input."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.__main__ import READERS
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took, fuzz

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("reader", READERS)
def test_a_thousand_damaged_inputs_raise_nothing_and_enough_of_them_get_past_the_first_gate(reader: str) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "-n", "1000", "--reader", reader, "--seed", "2026"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{reader}: 1000 inputs" in done.stdout
    assert " 0 unhandled, 0 over 1 s" in done.stdout


def spin(_: bytes, __: Random) -> Took:
    while True:
        pass


def swallow_memory(_: bytes, __: Random) -> Took:
    return Took(bool(bytearray(400_000_000)))


def stumble(_: bytes, __: Random) -> Took:
    raise KeyError("a bug")


@pytest.mark.parametrize(
    ("take", "said"), [(spin, "over 1.0 s"), (swallow_memory, "MemoryError"), (stumble, "KeyError")]
)
def test_a_reader_that_hangs_swells_or_raises_is_caught(take: object, said: str) -> None:
    reader = Reader("broken", [b"ISA*"], b"*>~", take, "past")  # type: ignore[arg-type]
    count = fuzz(reader, 1, 1)
    assert count.is_failed(reader)
    assert said in count.unhandled[0]


def test_inputs_that_all_stop_at_the_first_gate_are_no_test() -> None:
    reader = Reader("closed", [b"ISA*"], b"*>~", lambda _, __: Took(False), "past")
    assert fuzz(reader, 10, 1).is_failed(reader)


def test_no_inputs_are_no_test() -> None:
    reader = Reader("idle", [b"ISA*"], b"*>~", lambda _, __: Took(True), "past")
    assert fuzz(reader, 0, 1).is_failed(reader)
