"""Jobs: what runs again and again beside each other, on apscheduler's clock, and what becomes of one that fails.

A job that is late runs as soon as it can and once, however often it was missed; one that takes longer than its pause is
not started twice, and that it was skipped is counted and logged. What moved in one job wakes the jobs that can go on.
apscheduler goes by the wall clock, so when somebody sets that, all jobs are due at once.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from gateway.daemon.health import Vitals
from gateway.errors import GatewayError, TransportError
from gateway.instance import Clock
from gateway.logs import logger

Work = Callable[[Callable[[], None]], bool]
"""A run of a job: given a way to give a sign of life, it answers whether anything moved."""

Tell = Callable[[str, str | None], None]
"""Says that a job, by its name, fails by what does not pass by itself, and how; None: no longer."""

_OFTEN = 3  # times in a row: then it does not pass by itself
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds
_CLOCK_WAS_SET = 1.0  # seconds that the wall clock went otherwise than the time that passed
_MOMENT = 0.02  # seconds


@dataclass
class Job:
    """One job: how often it runs, and the first word of the names of those that it wakes when something moved.

    `seen` is its last sign of life, by the monotonic clock.
    """

    name: str
    seconds: float
    work: Work
    wakes: tuple[str, ...]
    is_wanted: bool = False
    is_running: bool = False
    seen: float = field(default_factory=time.monotonic)
    failures: int = 0
    faults: int = 0  # failures in a row that are neither the world's nor a channel's
    is_told: bool = True  # whether somebody may have been told, by this process or one before it
    quiet_until: float = field(default=0.0)


class Jobs:
    """All jobs of a daemon. `fatal` is the error that ends it, if there was one."""

    def __init__(self, jobs: Iterable[Job], vitals: Vitals, clock: Clock, tell: Tell | None = None) -> None:
        """`tell` is called once when a job has failed by a fault three times in a row, and once when it works again."""
        self._jobs = {job.name: job for job in jobs}
        self._vitals = vitals
        self._clock = clock
        self._tell = tell or (lambda *_: None)
        self.fatal: GatewayError | None = None
        self.log = logger()
        self._stopped = threading.Event()
        self._ahead = _ahead()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self._jobs))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # It warns of each skipped run in its own words; we count them, and say so at debug.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler.add_listener(self._skipped, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Start all, each at once."""
        for job in self._jobs.values():
            self._scheduler.add_job(
                self._run, "interval", seconds=job.seconds, args=[job], id=job.name, next_run_time=datetime.now(UTC)
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Start no more, and wait for those that run."""
        self._stopped.set()
        # Waiting inside apscheduler would hold the lock that a running job needs to wake another.
        self._scheduler.shutdown(wait=False)
        while any(job.is_running for job in self._jobs.values()):
            time.sleep(_MOMENT)

    @property
    def quietest(self) -> float:
        """For how many seconds the quietest job has given no sign of life, though it runs or should have run."""
        now = time.monotonic()
        return max(now - job.seen - (0.0 if job.is_running else job.seconds) for job in self._jobs.values())

    def mind_the_clock(self) -> None:
        """Where the wall clock was set, run all jobs now: set back, it would keep them waiting for as long."""
        ahead = _ahead()
        if abs(ahead - self._ahead) >= _CLOCK_WAS_SET:
            self.log.warning("clock.set", seconds=round(ahead - self._ahead))
            self._ahead = ahead
            for job in self._jobs.values():
                self._run_now(job)

    def _run(self, job: Job) -> None:
        job.is_running, job.seen = True, time.monotonic()
        try:
            if self.fatal is None and job.seen >= job.quiet_until:
                self._work(job)
        finally:
            job.is_running, job.seen = False, time.monotonic()

    def _work(self, job: Job) -> None:
        try:
            while not self._stopped.is_set():
                job.is_wanted = False
                job.seen = time.monotonic()
                moved = job.work(lambda: setattr(job, "seen", time.monotonic()))
                self._is_well(job)
                if moved:
                    self._wake(job.wakes)
                if not job.is_wanted:
                    return
        except GatewayError as error:
            self._fails(job, error)
        except Exception as bug:
            self.log.exception("job.failed", job=job.name)
            self._is_faulty(job, f"{type(bug).__name__}: {bug}")

    def _wake(self, first_words: tuple[str, ...]) -> None:
        for job in self._jobs.values():
            if job.name.split()[0] in first_words:
                job.is_wanted = True
                self._run_now(job)

    def _run_now(self, job: Job) -> None:
        if self._stopped.is_set():
            return
        try:
            self._scheduler.modify_job(job.name, next_run_time=datetime.now(UTC))
        except JobLookupError:
            return  # the scheduler has ended meanwhile

    def _fails(self, job: Job, error: GatewayError) -> None:
        """The world does not do its part. What may pass is waited for; what may not ends the daemon."""
        if is_fatal(error):
            self.log.critical("daemon.fails", job=job.name, error=str(error))
            self.fatal = error
            self._stopped.set()
        elif error.retry or isinstance(error, TransportError):
            self._is_unwell(job, str(error))  # a channel that fails has a case of its own
        else:
            self._is_faulty(job, str(error))

    def _is_faulty(self, job: Job, said: str) -> None:
        """It fails by what no waiting mends."""
        job.faults += 1
        self._is_unwell(job, said)
        if job.faults >= _OFTEN and not (job.faults > _OFTEN and job.is_told):
            self._tell_of(job, said)

    def _is_unwell(self, job: Job, said: str) -> None:
        pause = min(_FIRST_PAUSE * 2.0**job.failures, _LONGEST_PAUSE)
        job.failures += 1
        job.quiet_until = time.monotonic() + pause
        self._vitals.trouble(job.name, said)
        self.log.warning("job.degraded", job=job.name, error=said, again_in=pause)

    def _is_well(self, job: Job) -> None:
        if job.failures:
            self.log.info("job.recovered", job=job.name, failures=job.failures)
        job.failures = job.faults = 0
        if job.is_told:
            self._tell_of(job, None)
        self._vitals.done(job.name, self._clock())

    def _tell_of(self, job: Job, said: str | None) -> None:
        try:
            self._tell(job.name, said)
        except Exception as error:  # nobody can be told now: the next run tries again
            self.log.warning("job.not-told", job=job.name, error=str(error))
            job.is_told = said is None
        else:
            job.is_told = said is not None

    def _skipped(self, event: Any) -> None:
        self._vitals.count("runs_skipped", event.job_id, 1)
        self.log.debug("job.skipped", job=event.job_id)


def is_fatal(error: GatewayError) -> bool:
    """Whether nothing can be gone on from: the journal is damaged, an fsync failed."""
    return not error.retry and error.exit_code == GatewayError.exit_code


def _ahead() -> float:
    """By how many seconds the wall clock is ahead of the monotonic one: constant unless somebody sets it."""
    return time.time() - time.monotonic()
