"""Measuring: what is compared runs in turn, in the same process, on CPU time, and the median of the rounds counts.

A ratio to a floor stays what it is on another machine, and on a busy one; microseconds do not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

    def is_met(self, figure: Figure) -> bool | None:
        """Whether the figure reaches the goal; None where there is none."""
        if self.goal is None:
            return None
        return figure.value >= self.goal if self.at_least else figure.value <= self.goal


def seconds_of(works: Sequence[Work], *, rounds: int, times: int = 1) -> tuple[float, ...]:
    """The median CPU seconds of one run of each, taken in turn `rounds` times, `times` runs at once."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, found in zip(works, taken, strict=True):
            start = process_time()
            for _ in range(times):
                work()
            found.append((process_time() - start) / times)
    return tuple(median(found) for found in taken)
