"""Measuring: what is compared runs in turn, in the same process, on CPU time, and the median of the rounds counts.

A ratio to a floor stays what it is on another machine, and on a busy one; microseconds do not. Where most of the work
is waiting, for a disk or a server, the clock on the wall is asked in place of the processor's.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from statistics import median
from time import process_time

Work = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """What a row measured: the figure that its goal speaks of, and a few words with the absolute numbers."""

    value: float
    detail: str


@dataclass(frozen=True)
class Row:
    """One line of the table. `goal` is the least or the most the figure may be, None where it is only told.

    `measure` takes whether to be quick about it: fewer rounds and smaller inputs, for a look and for the tests.
    """

    name: str
    title: str
    measure: Callable[[bool], Figure]
    goal: float | None = None
    at_least: bool = False
    needs: str = ""
    """A program without which there is nothing to measure."""

    @property
    def lacks(self) -> str:
        """The program that is needed and is not on this machine; '' where nothing is missing."""
        places = f"{os.environ.get('PATH', '')}:/usr/sbin"
        return self.needs if self.needs and which(self.needs, path=places) is None else ""

    def is_met(self, figure: Figure) -> bool | None:
        """Whether the figure reaches the goal; None where there is none."""
        if self.goal is None:
            return None
        return figure.value >= self.goal if self.at_least else figure.value <= self.goal


def most_memory() -> float:
    """The most memory that this program has had so far, in MiB.

    What getrusage says would not do: a process begins there with what the one had that started it.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    [most] = (line for line in lines if line.startswith("VmHWM:"))
    return int(most.split()[1]) / 1024


def seconds_of(
    works: Sequence[Work], *, rounds: int, times: int = 1, clock: Callable[[], float] = process_time
) -> tuple[float, ...]:
    """The median seconds of one run of each, taken in turn `rounds` times, `times` runs at once.

    They are seconds of the processor, unless `clock` is another.
    """
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, found in zip(works, taken, strict=True):
            start = clock()
            for _ in range(times):
                work()
            found.append((clock() - start) / times)
    return tuple(median(found) for found in taken)
