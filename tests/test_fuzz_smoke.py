"""A short fuzz of each reader, always with the same dice: nothing but findings comes of damaged files."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("reader", ["x12", "edifact"])
def test_ten_thousand_damaged_files_raise_nothing_and_half_of_them_reach_a_grammar(reader: str) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "-n", "10000", "--reader", reader, "--seed", "2026"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10000 inputs" in done.stdout
    assert " 0 unhandled" in done.stdout
