"""What is fuzzed, how each input is bounded, and what is counted.

Memory: the address space of the process may grow by 256 MB from where it stands when a reader begins, so an input that
needs more ends in a MemoryError, which is unhandled. Time: a timer of the processor time of the process strikes after
one second and raises what no reader catches.
"""

import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from tests.fuzz.mutations import Random, damaged

SECONDS = 1.0
MEGABYTES = 256


class TooSlow(BaseException):
    """An input took longer than a second; no `except Exception` of a reader catches it."""


class Took(NamedTuple):
    """What came of an input: whether it got past the first gate of its reader, and how much was found."""

    reached: bool
    findings: int = 0


@dataclass(frozen=True)
class Reader:
    """A reader, the samples it begins with, the marks that mean something to it, and what it is to get past.

    `take` gets the dice too, where there is something to choose; `at_least` is the share of inputs that must get past.
    """

    name: str
    seeds: Sequence[bytes]
    marks: bytes
    take: Callable[[bytes, Random], Took]
    gate: str
    at_least: float = 0.5
    close: Callable[[], None] = lambda: None


@dataclass
class Count:
    """What came of the inputs of one reader."""

    inputs: int = 0
    reached: int = 0
    findings: int = 0
    unhandled: list[str] = field(default_factory=list)
    too_slow: int = 0
    slowest: float = 0.0
    seconds: float = 0.0

    @property
    def share(self) -> float:
        return self.reached / self.inputs if self.inputs else 0.0

    def as_line(self, reader: Reader) -> str:
        return (
            f"{reader.name}: {self.inputs} inputs, {self.reached} {reader.gate} ({self.share:.0%}), "
            f"{self.findings} findings, {len(self.unhandled)} unhandled, {self.too_slow} over {SECONDS:.0f} s "
            f"(slowest {self.slowest:.3f} s), {self.seconds:.0f} s"
        )

    def is_failed(self, reader: Reader) -> bool:
        """Something escaped or took too long, or nothing was tested."""
        return bool(self.unhandled or self.too_slow or self.share < reader.at_least or not self.inputs)


def fuzz(reader: Reader, times: int, seed: int, until: float | None = None) -> Count:
    """Throw so many damaged inputs at a reader; none any more where the monotonic clock passes `until`."""
    dice, count = Random(f"{reader.name} {seed}"), Count()
    start = time.perf_counter()
    with bounded():
        for _ in range(times):
            if until is not None and time.monotonic() > until:
                break
            data = damaged(dice, dice.choice(reader.seeds), reader.marks)
            count.inputs += 1
            began = time.thread_time()
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                took = reader.take(data, dice)
                count.reached += took.reached
                count.findings += took.findings
            except TooSlow:
                count.too_slow += 1
                count.unhandled.append(f"over {SECONDS} s\n  {data!r}")
            except Exception as error:  # the one thing that is looked for
                count.unhandled.append(f"{type(error).__name__}: {error}\n  {data!r}")
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            count.slowest = max(count.slowest, time.thread_time() - began)
    count.seconds = time.perf_counter() - start
    return count


@contextmanager
def bounded() -> Iterator[None]:
    """Hold this process to its present address space and so many megabytes more, and let the timer raise."""

    def strike(_: int, __: FrameType | None) -> None:
        raise TooSlow

    before = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGPROF, strike)
    resource.setrlimit(resource.RLIMIT_AS, (address_space() + MEGABYTES * 1_000_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.signal(signal.SIGPROF, handler)


def address_space() -> int:
    """The bytes of address space this process has."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
