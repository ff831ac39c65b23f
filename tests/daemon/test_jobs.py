"""Jobs: what fails backs off and comes back, what cannot be gone on from ends all, what moved wakes the others."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from gateway.daemon import jobs as jobs_module
from gateway.daemon.health import Vitals
from gateway.daemon.jobs import Job, Jobs
from gateway.errors import GatewayError, JournalError, JournalUnavailable, MappingError, Refused, Unreachable
from gateway.instance import system_clock
from tests.daemon.process import until

Beat = Callable[[], None]
HOUR = 3600.0


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "_FIRST_PAUSE", 0.05)


@contextmanager
def running(*jobs: Job) -> Iterator[tuple[Jobs, Vitals]]:
    vitals = Vitals()
    all_jobs = Jobs(jobs, vitals, system_clock)
    all_jobs.start()
    try:
        yield all_jobs, vitals
    finally:
        all_jobs.stop()


class Work:
    """Work that raises what it is told to, then nothing more; it counts its runs."""

    def __init__(self, *errors: Exception, moves: bool = False) -> None:
        self.errors = list(errors)
        self.moves = moves
        self.runs: list[float] = []

    def __call__(self, _: Beat) -> bool:
        self.runs.append(time.monotonic())
        if self.errors:
            raise self.errors.pop(0)
        return self.moves


@pytest.mark.parametrize("error", [JournalUnavailable("the disk is full"), Unreachable("nobody answers")])
def test_what_may_pass_is_waited_for_and_the_job_recovers(error: GatewayError) -> None:
    work = Work(*[error] * 4)
    with running(Job("take amazon", 0.02, work, ())) as (jobs, vitals):
        until(lambda: vitals.troubles)
        assert vitals.troubles == {"take amazon": str(error)}
        assert vitals.done_at == {}
        until(lambda: vitals.done_at)
        assert vitals.troubles == {}
        assert jobs.fatal is None
    pauses = [after - before for before, after in zip(work.runs[:5], work.runs[1:5], strict=False)]
    assert all(pause >= 0.05 * 2**n * 0.9 for n, pause in enumerate(pauses))


def test_no_pause_is_longer_than_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "_LONGEST_PAUSE", 0.1)
    work = Work(*[Unreachable("nobody answers")] * 6)
    with running(Job("take amazon", 0.02, work, ())) as (_, vitals):
        until(lambda: vitals.done_at)
    assert work.runs[6] - work.runs[5] < 0.05 * 2**5


def test_what_cannot_pass_ends_all_jobs() -> None:
    broken, sound = Work(JournalError("it is damaged")), Work()
    with running(Job("take amazon", 0.02, broken, ()), Job("due", 0.02, sound, ())) as (jobs, _):
        until(lambda: jobs.fatal)
        assert str(jobs.fatal) == "it is damaged"
        done = len(sound.runs)
        time.sleep(0.2)
        assert len(sound.runs) <= done + 1
    assert len(broken.runs) == 1


def test_a_fault_of_ours_ends_nothing_and_is_seen() -> None:
    work = Work(ZeroDivisionError("division by zero"))
    with running(Job("take amazon", 0.02, work, ())) as (jobs, vitals):
        until(lambda: vitals.troubles)
        assert vitals.troubles == {"take amazon": "ZeroDivisionError: division by zero"}
        until(lambda: vitals.done_at)
        assert (jobs.fatal, vitals.troubles) == (None, {})


def test_one_that_fails_holds_up_no_other() -> None:
    with running(
        Job("take amazon", 0.02, Work(*[Unreachable("nobody answers")] * 1000), ()), Job("due", 0.02, Work(), ())
    ) as (_, vitals):
        until(lambda: vitals.done_at)
        assert set(vitals.troubles) == {"take amazon"}
        assert set(vitals.done_at) == {"due"}


def test_a_job_is_not_started_twice_and_what_was_skipped_is_counted() -> None:
    at_once: list[int] = []
    inside = 0

    def slow(_: Beat) -> bool:
        nonlocal inside
        inside += 1
        at_once.append(inside)
        time.sleep(0.3)
        inside -= 1
        return False

    with running(Job("take amazon", 0.05, slow, ())) as (_, vitals):
        until(lambda: len(at_once) >= 3)
        assert vitals.counts["runs_skipped", "take amazon"] >= 4
    assert set(at_once) == {1}


def test_what_moved_wakes_those_who_can_go_on_and_nobody_else() -> None:
    first, second, third = Work(moves=True), Work(), Work()
    with running(
        Job("take amazon", HOUR, first, ("send",)), Job("send amazon", HOUR, second, ()), Job("due", HOUR, third, ())
    ):
        until(lambda: len(second.runs) >= 2)
        time.sleep(0.1)
    assert (len(first.runs), len(third.runs)) == (1, 1)


def test_one_that_is_woken_while_it_works_goes_round_once_more() -> None:
    let_go, begun = threading.Event(), threading.Event()
    runs: list[int] = []

    def send(_: Beat) -> bool:
        runs.append(1)
        begun.set()
        let_go.wait(20)
        return False

    def take(_: Beat) -> bool:
        return begun.wait(20)

    with running(Job("send amazon", HOUR, send, ()), Job("take amazon", HOUR, take, ("send",))) as (_, vitals):
        until(lambda: "take amazon" in vitals.done_at)
        let_go.set()
        until(lambda: len(runs) >= 2)


def test_to_stop_waits_for_what_runs_also_where_it_wakes_another() -> None:
    begun, let_go = threading.Event(), threading.Event()

    def take(_: Beat) -> bool:
        begun.set()
        return let_go.wait(20)

    vitals = Vitals()
    jobs = Jobs([Job("take amazon", HOUR, take, ("send",)), Job("send amazon", HOUR, Work(), ())], vitals, system_clock)
    jobs.start()
    assert begun.wait(20)
    stopping = threading.Thread(target=jobs.stop)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive()
    let_go.set()
    stopping.join(20)
    assert not stopping.is_alive()
    assert "take amazon" in vitals.done_at


def test_missed_runs_are_made_up_for_once() -> None:
    work = Work()
    with running(Job("due", 0.05, work, ())) as (jobs, _):
        until(lambda: work.runs)
        scheduler = jobs._scheduler
        scheduler.pause()
        time.sleep(0.5)  # ten runs are missed
        missed = len(work.runs)
        scheduler.resume()
        time.sleep(0.12)
        assert 1 <= len(work.runs) - missed <= 4


def test_a_wall_clock_that_is_set_back_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work()
    with running(Job("due", HOUR, work, ())) as (jobs, _):
        until(lambda: work.runs)
        jobs.mind_the_clock()
        time.sleep(0.1)
        assert len(work.runs) == 1
        monkeypatch.setattr(jobs_module, "_ahead", lambda: time.time() - time.monotonic() - HOUR)
        jobs.mind_the_clock()
        until(lambda: len(work.runs) == 2)
        jobs.mind_the_clock()
        time.sleep(0.1)
        assert len(work.runs) == 2


def test_the_quietest_is_the_one_that_hangs_and_a_sign_of_life_counts() -> None:
    let_go, alive = threading.Event(), threading.Event()

    def take(beat: Beat) -> bool:
        while not let_go.wait(0.02):
            if alive.is_set():
                beat()
        return False

    with running(Job("take amazon", HOUR, take, ()), Job("due", HOUR, Work(), ())) as (jobs, _):
        until(lambda: jobs.quietest > 0.3)
        alive.set()
        until(lambda: jobs.quietest < 0.1)
        let_go.set()


def test_one_that_should_have_run_and_has_not_is_quiet_too() -> None:
    work = Work()
    with running(Job("due", 0.05, work, ())) as (jobs, _):
        until(lambda: work.runs)
        jobs._scheduler.pause()
        until(lambda: jobs.quietest > 0.3)


def test_what_is_done_is_told_with_its_time() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    vitals = Vitals()
    jobs = Jobs([Job("due", HOUR, Work(), ())], vitals, lambda: at)
    jobs.start()
    until(lambda: vitals.done_at)
    jobs.stop()
    assert vitals.done_at == {"due": at}


def _told_of(*errors: Exception, said: list[str | None]) -> None:
    """Run one job that raises these and then works; `said` gets what is told of it."""
    jobs = Jobs(
        [Job("due", 0.02, Work(*errors), ())], vitals := Vitals(), system_clock, lambda _, what: said.append(what)
    )
    jobs.start()
    try:
        until(lambda: vitals.done_at)
    finally:
        jobs.stop()


def test_a_fault_is_told_the_third_time_in_a_row_and_once_and_that_it_is_over() -> None:
    said: list[str | None] = []
    _told_of(*[ValueError("odd")] * 4, said=said)
    assert said[:2] == ["ValueError: odd", None]
    assert len(said) == 2


@pytest.mark.parametrize("error", [Unreachable("away"), JournalUnavailable("full"), Refused("not yours")])
def test_what_the_world_does_wrong_is_not_told_as_a_fault(error: Exception) -> None:
    said: list[str | None] = []
    _told_of(*[error] * 4, said=said)
    assert said == [None]  # an earlier process may have told


def test_a_configuration_that_went_wrong_under_it_is_told() -> None:
    said: list[str | None] = []
    _told_of(*[MappingError("line 3")] * 3, said=said)
    assert said == ["line 3", None]


def test_who_cannot_be_told_now_is_told_the_next_time() -> None:
    said: list[str | None] = []

    def tell(_: str, what: str | None) -> None:
        said.append(what)
        if len(said) == 1:
            raise JournalUnavailable("the disk is full")

    jobs = Jobs([Job("due", 0.02, Work(*[ValueError("odd")] * 4), ())], vitals := Vitals(), system_clock, tell)
    jobs.start()
    until(lambda: vitals.done_at)
    jobs.stop()
    assert said == ["ValueError: odd", "ValueError: odd", None]
