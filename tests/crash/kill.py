"""kill -9, many thousand times: the daemon dies at a random instant and is started again, while far ends drop and eat.

A chapter is one instance with some hundred rounds. In a round the daemon is forked from a warm interpreter, orders are
dropped while it works, what comes out is eaten and removed within a millisecond, and SIGKILL comes at an instant that
may lie in the start, in the work or behind a SIGTERM in the end. After the last round the daemon is left in peace until
nothing moves, ends by SIGTERM, and everything is counted. It never sees a missing fsync: the page cache outlives it.
"""

import multiprocessing
import os
import shutil
import signal
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

from tests.crash.invariants import Verdict, Violation, judge
from tests.crash.stage import Stage
from tests.crash.warm import daemon, fork, known, once, warm

_TICK = 0.0005  # seconds between two looks of the far ends
_REFILL = 10  # ticks, on average, until an empty inbox gets another order
_MEASURED = 50  # rounds, after which the length of one is measured again, since machines are shared
_BUSY = 75  # a child of the one that was killed still holds the lock: whoever starts daemons tries again
_REST = 30.0  # seconds in which everything must come to rest
_START, _WORK, _END = 0.2, 1.5, 0.3  # how far into each the kill may come, in parts of a whole round's length


@dataclass
class Tally:
    """What the rounds were, and what was counted at the end."""

    rounds: int = 0
    killed: int = 0
    under_way: int = 0
    inside: int = 0
    busy: int = 0
    files: int = 0
    seconds: float = 0.0
    phases: Counter[str] = field(default_factory=Counter)
    ended: Counter[int] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)

    def add(self, other: "Tally") -> None:
        """Count another chapter in."""
        for name in ("rounds", "killed", "under_way", "inside", "busy", "files"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.phases += other.phases
        self.ended += other.ended
        self.verdict.add(other.verdict)


@dataclass(frozen=True)
class Plan:
    """When a round is to end: SIGTERM after so many seconds, if at all, and SIGKILL."""

    phase: str
    stop: float | None
    kill: float


def plan(chance: Random, length: float) -> Plan:
    """Draw an instant: one in six in the start, one in six in the end, the rest anywhere in the work.

    `length` is how long a daemon takes on this machine from its start to the end of two orders, in seconds.
    """
    draw = chance.randint(1, 6)
    if draw == 1:
        return Plan("start", None, chance.uniform(0, _START * length))
    if draw == 2:
        stop = chance.uniform(0, _WORK * length)
        return Plan("end", stop, stop + chance.uniform(0, _END * length))
    return Plan("work", None, chance.uniform(0, _WORK * length))


def run(rounds: int, seed: int, chapter: int = 250, workers: int | None = None, *, first: bool = False) -> Tally:
    """So many kills, in chapters that run side by side; with `first` no further than the first bad chapter."""
    began = time.monotonic()
    total = Tally()
    jobs = [(seed * 100_000 + n, min(chapter, rounds - start)) for n, start in enumerate(range(0, rounds, chapter))]
    with warm() as root:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(min(workers or os.cpu_count() or 1, len(jobs)), mp_context=context) as pool:
            for tally in pool.map(partial(_chapter, root), jobs):
                total.add(tally)
                if first and total.verdict.violations:
                    pool.shutdown(cancel_futures=True)
                    break
    total.seconds = time.monotonic() - began
    return total


def _chapter(root: Path, job: tuple[int, int]) -> Tally:
    seed, rounds = job
    chance = Random(seed)
    folder = root / f"play-{seed}"
    shutil.copytree(root / "example", folder)
    stage = Stage(folder, chance, ordered_at=datetime.now(UTC))
    tally = Tally()
    known(folder / "config.toml")
    lengths = deque([_undisturbed(stage)], maxlen=3)
    for number in range(rounds):
        if number % _MEASURED == _MEASURED - 1:
            lengths.append(_undisturbed(stage))
        _round(stage, plan(chance, sorted(lengths)[len(lengths) // 2]), tally)
    tally.verdict.violations += _come_to_rest(stage)
    tally.files = stage.drops
    tally.verdict.add(judge(stage))
    if not tally.verdict.violations:
        shutil.rmtree(folder)
    return tally


def _undisturbed(stage: Stage) -> float:
    """How long a daemon takes from its start until two orders are delivered, in seconds."""
    stage.order("amazon-us")
    stage.order("amazon-eu")
    began = time.monotonic()
    child = fork(lambda: daemon(stage.folder / "config.toml"), stage.folder / "daemon.log")
    eaten = len(stage.eaten)
    while len(stage.eaten) < eaten + 4 and time.monotonic() < began + _REST and _ended(child) is None:
        stage.eat()
        time.sleep(_TICK)
    length = time.monotonic() - began
    _end(child)
    return length


def _end(child: int) -> None:
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def _round(stage: Stage, plan: Plan, tally: Tally) -> None:
    for _ in range(stage.chance.randint(0, 2) if not stage.waiting() else 0):
        stage.anything()
    child = fork(lambda: daemon(stage.folder / "config.toml"), stage.folder / "daemon.log")
    began = time.monotonic()
    stop, ended = plan.stop, None
    while (passed := time.monotonic() - began) < plan.kill and ended is None:
        stage.eat()
        if not stage.waiting() and stage.chance.randint(1, _REFILL) == 1:
            stage.anything()
        if stop is not None and passed >= stop:
            os.kill(child, signal.SIGTERM)
            stop = None
        time.sleep(_TICK)
        ended = _ended(child)
    if ended is None:
        os.kill(child, signal.SIGKILL)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    tally.rounds += 1
    tally.phases[plan.phase] += 1
    if ended == -signal.SIGKILL:
        tally.killed += 1
        tally.under_way += stage.is_under_way()
        tally.inside += stage.is_inside()
    elif ended == _BUSY:
        tally.busy += 1
    elif not (plan.stop is not None and ended in (0, -signal.SIGTERM)):
        tally.ended[ended] += 1
        tally.verdict.violations.append(Violation("ended", f"the daemon ended by itself with {ended}"))


def _ended(child: int) -> int | None:
    found, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _come_to_rest(stage: Stage) -> Iterator[Violation]:
    """Let the daemon finish, and end it as a service manager does."""
    child = fork(lambda: daemon(stage.folder / "config.toml"), stage.folder / "daemon.log")
    limit = time.monotonic() + _REST
    quiet = 0
    while quiet < 20 and time.monotonic() < limit:
        time.sleep(0.01)
        if (code := _ended(child)) is not None:
            if code != _BUSY:
                yield Violation("ended", f"the daemon ended by itself with {code}")
            child = fork(lambda: daemon(stage.folder / "config.toml"), stage.folder / "daemon.log")
        quiet = 0 if stage.eat() or stage.waiting() or stage.is_inside() else quiet + 1
    if quiet < 20:
        yield Violation("lost", f"after {_REST:g} s something still waits")
    second = fork(lambda: once(stage.folder / "config.toml", datetime.now(UTC)), stage.folder / "daemon.log")
    code = os.waitstatus_to_exitcode(os.waitpid(second, 0)[1])
    if code != _BUSY:
        yield Violation("lock", f"a second gateway beside the first ended with {code}")
    os.kill(child, signal.SIGTERM)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    stage.eat()
    if code:
        yield Violation("ended", f"SIGTERM ended the daemon with {code}")


def report(tally: Tally, seed: int) -> list[str]:
    """The figures, as people read them."""
    verdict, killed, phases = tally.verdict, max(tally.killed, 1), tally.phases
    speed = f"{tally.seconds:.0f} s, {tally.rounds / max(tally.seconds, 0.001):.1f} rounds a second"
    inside = f"{100 * tally.inside / killed:.1f} % inside a transaction or with a row of the outbox open"
    kinds = f"{phases['start']} in the start, {phases['work']} in the work, {phases['end']} in the end"
    answers = f"{verdict.answers} interchanges answered, {verdict.responses} responses"
    return [
        f"kill: {tally.rounds} rounds, seed {seed}, {speed}",
        f"  {tally.killed} killed, {100 * tally.under_way / killed:.1f} % while a file was under way ({inside})",
        f"  {kinds}; {tally.busy} starts found a child of the one before alive",
        f"  {tally.files} files handed in: {verdict.orders} sales orders, {answers}, {verdict.numbers} control numbers",
        f"  {verdict.summary}",
        f"  {verdict.again} interchanges were taken for a repeat after a crash and answered again, under new numbers",
    ]
