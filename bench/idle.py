"""The row about doing nothing: a look at a folder of ten thousand files that stay, as it is made every few seconds.

They are orders without their end, which are waited for. The floor asks the system for the names and for the status of
each, and makes nothing of it. Nothing may be written meanwhile: what the kernel counts of this process is looked at.
"""

import os
import tempfile
import time
from pathlib import Path

from bench.instances import example, order
from bench.measure import Figure, Row, seconds_of
from gateway.instance import Instance
from gateway.shores import open_intakes
from gateway.turn import Turn

_MILLI = 1e3
_APART = 1.05  # seconds: looks that are nearer count as one
_UNFINISHED = order(1)[:-20]


def idle(quick: bool) -> Figure:
    """A tick over files that do not change, in times of `os.scandir` and `stat`."""
    files = 1_000 if quick else 10_000
    with tempfile.TemporaryDirectory() as folder, example(Path(folder) / "gateway") as instance:
        inbox = Path(folder) / "gateway" / "amazon" / "in"
        for number in range(files):
            (inbox / f"{number:06}.edi").write_bytes(_UNFINISHED)
        turn = watching(instance)

        def ours() -> None:
            turn.take("amazon")

        def floor() -> None:
            with os.scandir(inbox) as items:
                for item in items:
                    item.stat(follow_symlinks=False)

        before = written()
        low, own = seconds_of((floor, ours), rounds=5 if quick else 21)
        if written() != before:
            raise AssertionError("a look at files that do not change writes something")
    return Figure(own / low, f"{own * _MILLI:.1f} ms, the floor {low * _MILLI:.1f} ms, nothing written")


def watching(instance: Instance) -> Turn:
    """A turn that has looked at everything often enough to know it."""
    turn = Turn(instance, open_intakes(instance, patient=True))
    for _ in range(instance.config.channels["amazon"].settle_polls + 1):
        turn.take("amazon")
        time.sleep(_APART)
    return turn


def written() -> tuple[str, ...]:
    """What the kernel says that this process has written so far: characters, calls, bytes that reached a disk."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return tuple(line for line in lines if line.startswith(("wchar", "syscw", "write_bytes")))


ROWS = (Row("idle", "a look at 10,000 files that stay, times scandir and stat", idle, goal=1.5),)
