"""Rows about a cold start: the command `gateway translate` of one order, from the start of its process to its end.

The floor is a process that imports pydantic, for an order is built with it. Both run with their modules compiled, as
they are where the gateway is installed, and with the files in the system's cache: the first run counts for nothing.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.instances import order
from bench.measure import Figure, Row

_HOME = Path(__file__).parents[1]
_FLOOR = (sys.executable, "-c", "from pydantic import BaseModel")
_MILLI = 1e3


@cache
def _times(quick: bool) -> tuple[tuple[float, float], tuple[float, float]]:
    """Processor seconds, the median, and clock seconds, the least, of floor and command, which run in turn.

    Whatever else runs on the machine makes a person wait longer and no command better: the least is the command's own.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "850.edi"
        file.write_bytes(order(1))
        commands = (_FLOOR, (sys.executable, "-m", "gateway", "translate", str(file)))
        runs = [[_run(command, Path(folder)) for command in commands] for _ in range(2 if quick else 16)][1:]
    floor, own = ((median(cpu for cpu, _ in each), min(wall for _, wall in each)) for each in zip(*runs, strict=True))
    return floor, own


def _run(command: Sequence[str], folder: Path) -> tuple[float, float]:
    names = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**names, "PYTHONPATH": str(_HOME), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    wall, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def cold(quick: bool) -> Figure:
    """The processor's time of the command, in times of a process that imports pydantic."""
    (low, _), (own, _) = _times(quick)
    return Figure(own / low, f"{own * _MILLI:.0f} ms of the processor, pydantic's import {low * _MILLI:.0f} ms")


def waited(quick: bool) -> Figure:
    """How many seconds a person waits."""
    (_, low), (_, own) = _times(quick)
    return Figure(own, f"{own * _MILLI:.0f} ms by the clock, pydantic's import {low * _MILLI:.0f} ms")


ROWS = (
    Row("cold", "translate of one order, times pydantic's import", cold, goal=4),
    Row("cold-waited", "translate of one order, in s by the clock", waited, goal=0.3),
)
