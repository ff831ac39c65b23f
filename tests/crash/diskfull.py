"""A disk of a few megabytes, filled and emptied again and again: the kernel says ENOSPC, as it really does.

The instance lies on a tmpfs. In each round the disk is filled to the last page, orders wait, and a turn may do what it
can; then room is made, and within one turn everything must have moved. At the end everything is counted.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from tests.crash.invariants import Verdict, Violation, judge
from tests.crash.stage import ORDERED_AT, Stage
from tests.crash.warm import fork, once, warm

_PAUSE = timedelta(minutes=20)  # longer than the longest between two tries
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_CHAPTER = 25  # rounds, then the instance is made anew
_PIECE = 4096  # bytes
# A turn that finds no room may say so; it must not call it a fault of its own.
_ALLOWED = {0, 69, 70, 73, 75}


@dataclass
class Tally:
    """How often the disk was full, how often a turn failed on it, and what was wrong."""

    rounds: int = 0
    refused: int = 0
    late: int = 0
    seconds: float = 0.0
    verdict: Verdict = field(default_factory=Verdict)


class CannotMountError(Exception):
    """This user may not mount a tmpfs."""


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A tmpfs of this size. Raises CannotMountError."""
    folder = Path(mkdtemp(prefix="small-disk-"))
    options = f"size={megabytes}m"
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True
        )
        if done.returncode:
            raise CannotMountError(done.stderr.strip())
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True)
        with suppress(OSError):
            folder.rmdir()


def run(rounds: int, seed: int, megabytes: int = 4) -> Tally:
    """Fill the disk and empty it so many times; the instance is made anew before it outgrows the disk."""
    began = time.monotonic()
    tally = Tally()
    with warm() as root:
        for number, start in enumerate(range(0, rounds, _CHAPTER)):
            many = min(_CHAPTER, rounds - start)
            with small_disk(megabytes) as disk:
                shutil.copytree(root / "example", disk / "play")
                _chapter(Stage(disk / "play", Random(seed + number)), many, root / "log", tally)
    tally.seconds = time.monotonic() - began
    return tally


def _chapter(stage: Stage, rounds: int, log: Path, tally: Tally) -> None:
    at = ORDERED_AT
    stage.replies = 0
    for _ in range(rounds):
        stage.order("amazon-us")
        stage.order("amazon-eu")
        filler = _fill(stage)
        at += _MINUTE
        code = _once(stage, at, log)
        tally.rounds += 1
        tally.refused += bool(code or stage.is_under_way())
        if code not in _ALLOWED:
            tally.verdict.violations.append(Violation("ended", f"on a full disk a turn ended with {code}"))
        stage.eat()
        filler.unlink()
        at += _PAUSE
        code = _once(stage, at, log)
        stage.eat()
        if code or stage.is_under_way():
            tally.late += 1
            tally.verdict.violations.append(Violation("lost", f"with room again a turn ended with {code}, work waits"))
        at = ORDERED_AT + (at - ORDERED_AT) % _HOUR
    if "a fault of the gateway itself" in log.read_text(errors="replace"):
        tally.verdict.violations.append(Violation("ended", "a full disk was taken for a fault of the gateway"))
    tally.verdict.add(judge(stage))


def _fill(stage: Stage) -> Path:
    """Fill the disk, but for a few pages more or less, so that it gives out at another step each time."""
    filler = stage.folder / "filler"
    left = stage.chance.randint(0, 60) * _PIECE
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(_PIECE))
        file.truncate(max(os.fstat(file.fileno()).st_size - left, 0))
    return filler


def _once(stage: Stage, at: datetime, log: Path) -> int:
    child = fork(lambda: once(stage.folder / "config.toml", at), log)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def report(tally: Tally, seed: int) -> list[str]:
    """The figures, as people read them."""
    verdict = tally.verdict
    late = f"{tally.late} times that was not made good within one turn"
    return [
        f"diskfull: filled and emptied {tally.rounds} times, seed {seed}, {tally.seconds:.0f} s",
        f"  {tally.refused} turns could not do all their work, {late}",
        f"  {verdict.orders} sales orders, {verdict.answers} interchanges answered",
        f"  {verdict.summary}",
    ]
