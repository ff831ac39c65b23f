"""The daemon: a job for taking and one for sending at each channel, one for what is due, one for telling people.

Jobs run beside each other, so that a partner whose server hangs holds up nobody else; what they write goes through one
lock, a transaction at a time. Each run of a job opens the journal anew, so that after a failure of the disk nothing
half-known is carried on. A job that cannot work backs off, is reported as degraded, and goes on by itself; a failed
fsync ends the process (R21). The main thread starts the jobs, watches them, feeds the watchdog, and drains them at the
end.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway.config import Config
from gateway.config import read as read_config
from gateway.daemon.health import HealthServer, Vitals, why_taken
from gateway.daemon.jobs import Jobs, is_fatal
from gateway.daemon.notify import Supervisor
from gateway.daemon.parts import Parts
from gateway.errors import Busy, GatewayError
from gateway.instance import Clock, Instance, locked, mappings_of, open_instance, system_clock
from gateway.intake import Intake
from gateway.logs import logger
from gateway.shores import open_intakes

Following = tuple[Instance, Mapping[str, Intake[Any]]]
"""What to go on with after config.toml was read again, and what the intakes before it knew."""

_LOOK = 0.2  # seconds between two looks of the main thread
_HANGS_AFTER = 900.0  # seconds without a sign of life: longer than any time-out of a transport
_TO_END = 2.0  # seconds that are kept for the end of what is being sent
_RECOVERY = 900  # seconds that a start may take to find out what a file did that a crash left in hand


class Daemon:
    """`gateway run`. One instance, until SIGTERM, SIGINT or `stop`."""

    def __init__(self, config_file: Path, *, clock: Clock = system_clock, supervisor: Supervisor | None = None) -> None:
        self._file = config_file
        self._clock = clock
        self._supervisor = supervisor or Supervisor()
        # Plain flags: the handler of a signal must not wait for a lock that the main thread holds.
        self._is_stopping = False
        self._is_reloading = False
        self._is_ending = False  # what is begun comes to its end, to stop or to begin anew
        self.vitals = Vitals()
        self.health_port: int | None = None
        self.log = logger()

    def stop(self) -> None:
        """End what is begun, deliver what waits, and return from `run`. From any thread."""
        self._is_stopping = True

    def reload(self) -> None:
        """Read config.toml again; where it is wrong, or cannot be changed while running, the old one stays."""
        self._is_reloading = True

    def run(self) -> None:
        """Work until told to stop.

        Raises ConfigError, JournalError or Busy at the start; GatewayError when there is no going on from what a
        disk did.
        """
        with self._signals(), self._opened() as opened:
            following = self._serve(opened, self._recovered(opened, {}))
            while following is not None:
                following = self._begin_anew(*following)

    @contextmanager
    def _opened(self) -> Iterator[Instance]:
        with open_instance(self._file, clock=self._clock, check=True) as instance, locked(instance):
            yield instance

    def _begin_anew(self, instance: Instance, earlier: Mapping[str, Intake[Any]]) -> "Following | None":
        """Work with a configuration that was read again. What goes wrong is no wrong start: it is started again."""
        try:
            return self._serve(instance, self._recovered(instance, earlier))
        except GatewayError as error:
            if error.exit_code == GatewayError.exit_code or error.retry:
                raise
            raise GatewayError(f"after config.toml was read again: {error}") from error

    def _recovered(self, instance: Instance, earlier: Mapping[str, Intake[Any]]) -> Mapping[str, Intake[Any]]:
        # What a crash left in hand is rehearsed in forked children: that comes before any thread.
        instance.open_shores()
        told = {"STATUS": "looking at what is in hand", "EXTEND_TIMEOUT_USEC": str(_RECOVERY * 1_000_000)}
        self._supervisor.tell(**told)
        intakes = open_intakes(instance, patient=True, beat=lambda: self._supervisor.tell(**told, WATCHDOG="1"))
        for name in intakes.keys() & earlier.keys():
            intakes[name].remember(earlier[name])
        return intakes

    def _serve(self, instance: Instance, intakes: Mapping[str, Intake[Any]]) -> "Following | None":
        """Work with one configuration. Answers with the instance to go on with, None to end."""
        self._is_ending = False
        parts = Parts(instance, intakes, self.vitals, self._clock, lambda: self._is_ending)
        found = parts.jobs()
        self.vitals.keep({job.name for job in found})
        jobs = Jobs(found, self.vitals, self._clock, parts.tell_of_job)
        following = None
        with self._health(instance.config):
            try:
                jobs.start()
                self._supervisor.tell(READY="1", STATUS=f"{len(instance.channels)} channels")
                self.log.info("daemon.ready", channels=len(instance.channels), health_port=self.health_port)
                following = self._watch(instance, intakes, jobs)
                # sd_notify(3) wants to know since when: an older READY=1 must not count.
                reloading = {"RELOADING": "1", "MONOTONIC_USEC": str(time.monotonic_ns() // 1000)}
                self._supervisor.tell(**(reloading if following else {"STOPPING": "1"}))
            finally:
                self._drain(instance.config, parts, jobs)
        _close(instance)
        if jobs.fatal is not None:
            raise jobs.fatal
        return (following, intakes) if following else None

    def _watch(self, instance: Instance, intakes: Mapping[str, Intake[Any]], jobs: Jobs) -> Instance | None:
        """Look after the jobs until there is something else to do."""
        while not self._is_stopping:
            time.sleep(_LOOK)
            if jobs.fatal is not None:
                return None
            self._end_where_a_file_takes_too_long(instance.config, intakes)
            jobs.mind_the_clock()
            if jobs.quietest < _HANGS_AFTER:
                self._supervisor.feed()
            if self._is_reloading:
                self._is_reloading = False
                if (following := self._read_again(instance)) is not None:
                    return following
        return None

    def _end_where_a_file_takes_too_long(self, config: Config, intakes: Mapping[str, Intake[Any]]) -> None:
        """A file that is never done with: nothing in this process can end its reader but the end of the process.

        The next start rehearses what was in hand in a child with limits, and sets it apart (R23).
        """
        for name, intake in intakes.items():
            if intake.underway.seconds > config.daemon.parse_limit.total_seconds():
                self.log.critical("daemon.stuck", channel=name, seconds=round(intake.underway.seconds))
                os._exit(GatewayError.exit_code)

    def _read_again(self, old: Instance) -> Instance | None:
        """An instance of what config.toml says now; None where that is wrong, or cannot be changed while running."""
        try:
            return self._instance_anew(old)
        except (GatewayError, OSError, ValueError) as error:  # it is away, may not be read, or is no text
            self.log.error("daemon.config-refused", problems=[str(error)])
        except Exception as bug:
            self.log.exception("daemon.config-refused", problems=[f"{type(bug).__name__}: {bug}"])
        return None

    def _instance_anew(self, old: Instance) -> Instance | None:
        config, problems = read_config(old.config.file)
        said = [str(problem) for problem in problems]
        if config is not None:
            guides = dict.fromkeys(partner.guide for partner in config.partners.values())
            said += map(str, mappings_of(config.folder).problems(guides))
            if config.paths != old.config.paths:
                said.append("paths: cannot be changed while it runs; stop it, move the files, start it")
            if config.daemon.health_port not in (0, old.config.daemon.health_port):
                said += why_taken(config.daemon.health_port)
        if config is None or said:
            self.log.error("daemon.config-refused", problems=said)
            return None
        anew = Instance(config, old.journal, mappings_of(config.folder), self._clock)
        anew.open_shores()
        self.log.info("daemon.reloaded", file=str(config.file))
        return anew

    # The end

    def _drain(self, config: Config, parts: Parts, jobs: Jobs) -> None:
        """Let what is begun come to its end, and deliver what waits, for a limited time: a crash would lose nothing."""
        self._is_ending = True
        limit = config.daemon.drain_within.total_seconds()
        until = time.monotonic() + limit

        def drain() -> None:
            try:
                jobs.stop()
                if jobs.fatal is None and self._is_stopping:
                    parts.deliver_the_rest(lambda: time.monotonic() >= until - _TO_END)
            except GatewayError as error:
                self.log.warning("daemon.drain-failed", error=str(error))  # what is left is done by the next start
                if is_fatal(error):
                    jobs.fatal = error
            except Exception as bug:
                self.log.exception("daemon.drain-failed")
                jobs.fatal = GatewayError(f"{type(bug).__name__}: {bug}")

        thread = threading.Thread(target=drain, name="drain", daemon=True)
        thread.start()
        while thread.is_alive() and time.monotonic() < until:
            thread.join(_LOOK)
            self._supervisor.feed()
        if thread.is_alive():
            self.log.warning("daemon.not-drained", seconds=limit)
            # Only who was told to stop may stay away: anything else is started again.
            os._exit(0 if self._is_stopping and jobs.fatal is None else GatewayError.exit_code)
        self.log.info("daemon.drained")

    @contextmanager
    def _health(self, config: Config) -> Iterator[None]:
        if not config.daemon.health_port:
            yield
            return
        try:
            server = HealthServer(config, self.vitals, self._clock, config.daemon.health_port)
        except OSError as error:
            raise Busy("; ".join(why_taken(config.daemon.health_port)) or str(error)) from error
        with server:
            self.health_port = server.port
            yield

    @contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield  # who runs it in a thread stops it by `stop`
            return
        acts = {signal.SIGTERM: self.stop, signal.SIGINT: self.stop, signal.SIGHUP: self.reload}
        before = {number: signal.signal(number, lambda *_, act=act: act()) for number, act in acts.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _close(instance: Instance) -> None:
    for transport in instance.channels.values():
        if (close := getattr(transport, "close", None)) is not None:
            close()
