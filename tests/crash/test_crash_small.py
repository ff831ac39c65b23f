"""The crash harnesses in small size, each as a program of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.mutations import MUTATIONS
from tests.crash.strace import is_here

ROOT = Path(__file__).parents[2]
needs_strace = pytest.mark.skipif(not is_here(), reason="strace is not here, or may not watch other processes")
pytestmark = pytest.mark.timeout(300)


def crash(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.crash", *words]
    # Counting lines as well would slow the plays down, and a mutant's lines are not the product's.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_a_hundred_kills_lose_nothing_double_nothing_and_skip_no_number() -> None:
    done = crash("kill", "-n", "100", "--chapter", "50")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kill: 100 rounds" in done.stdout
    assert "lost 0, doubled 0, number gaps 0" in done.stdout
    killed, under_way = re.search(r"(\d+) killed, ([\d.]+) % while a file was under way", done.stdout).groups()  # type: ignore[union-attr]
    assert int(killed) >= 50
    assert float(under_way) >= 80


@needs_strace
def test_sixty_faults_at_system_calls_break_no_law() -> None:
    done = crash("inject", "-n", "60")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"inject: [5-6]\d faults at calls on the instance", done.stdout)


@needs_strace
def test_two_hundred_disks_after_a_power_cut_recover() -> None:
    done = crash("powercut", "-n", "200", "--blind", "0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "200 recovered, 0 with violations" in done.stdout


@needs_strace
def test_without_fsync_the_power_cuts_are_seen() -> None:
    done = crash("powercut", "-n", "10", "--blind", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r"powercut, fsync (no .*?): .* (\d+) with violations", done.stdout)
    assert [kind for kind, _ in found] == ["no fsync", "no fsync of files", "no fsync of folders"]
    assert all(int(count) > 0 for _, count in found)


@needs_strace
@pytest.mark.parametrize(
    "name",
    ["a failed fsync is passed over", "written straight into the out folder", "no fsync of files"],
)
def test_a_seeded_fault_is_seen(name: str) -> None:
    done = crash("mutants", name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 faults, 1 seen" in done.stdout


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_every_seeded_fault_fits_the_shipped_modules(mutation: object) -> None:
    for file, old, new in mutation.edits:  # type: ignore[attr-defined]
        assert (ROOT / file).read_text().count(old) == 1
        assert old != new


def test_a_small_disk_filled_and_emptied_loses_nothing() -> None:
    done = crash("diskfull", "-n", "10")
    if "skipped" in done.stdout:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "filled and emptied 10 times" in done.stdout
