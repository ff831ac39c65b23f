"""The parts of a turn as the work of jobs: taking and sending at each channel, what is due, telling people.

Each run opens the journal anew, writes in turns with the others through one lock, gives signs of life while it works,
and ends early where the daemon does. A channel that fails is no success: its job backs off.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gateway.daemon.faults import keep_job_case
from gateway.daemon.health import Vitals
from gateway.daemon.jobs import Job, Work
from gateway.disk import keep_disk_case, low_on_disk
from gateway.errors import TransportError, Unreachable
from gateway.instance import Clock, Instance
from gateway.intake import Intake
from gateway.journal import Journal
from gateway.pipeline.courier import keep_strays
from gateway.pipeline.desk import ERP_CHANNEL
from gateway.tally import Tally, channel_works
from gateway.turn import Turn

_ALERTS_EVERY = 15.0  # seconds
_AT_LEAST_EVERY = 5.0  # seconds: so soon at the latest leaves what became due by time alone


class Parts:
    """What the jobs of one instance do."""

    def __init__(
        self,
        instance: Instance,
        intakes: Mapping[str, Intake[Any]],
        vitals: Vitals,
        clock: Clock,
        is_ending: Callable[[], bool],
    ) -> None:
        self._instance, self._intakes = instance, intakes
        self._vitals, self._clock = vitals, clock
        self._is_ending = is_ending
        self._writing = threading.Lock()

    def jobs(self) -> list[Job]:
        """All of them, with how often each runs and whom it wakes."""
        config = self._instance.config
        every = {ERP_CHANNEL: config.daemon.erp_poll_every, **{n: c.poll_every for n, c in config.channels.items()}}
        pauses = {name: pause.total_seconds() for name, pause in every.items()}
        found: list[Job] = []
        for name, pause in pauses.items():
            found.append(Job(f"take {name}", pause, self._taking(name), ("due", "send")))
            found.append(Job(f"send {name}", min(pause, _AT_LEAST_EVERY), self._sending(name), ("due",)))
        found.append(Job("due", min(_AT_LEAST_EVERY, *pauses.values()), self._go_on, ("send",)))
        found.append(Job("alerts", _ALERTS_EVERY, self._tell_people, ()))
        return found

    def deliver_the_rest(self, is_late: Callable[[], bool]) -> None:
        """Do what is due and send what waits, once more, until it is late. Raises GatewayError."""
        with self._turn() as turn:
            turn.go_on()
            turn.send(ERP_CHANNEL, *self._instance.channels, is_stopping=is_late)

    def tell_of_job(self, name: str, said: str | None) -> None:
        """Open the case of a job that fails by a fault of ours, or close it where `said` is None."""
        with self._journal() as journal:
            keep_job_case(journal, self._clock(), name, said)

    @contextmanager
    def _journal(self) -> Iterator[Journal]:
        with Journal.open(self._instance.config.paths.journal, check=False) as journal:
            journal.take_turns(self._writing)
            yield journal

    @contextmanager
    def _turn(self) -> Iterator[Turn]:
        with self._journal() as journal:
            yield Turn(self._instance.over(journal), self._intakes)

    def _taking(self, name: str) -> Work:
        config = self._instance.config

        def take(beat: Callable[[], None]) -> bool:
            if low := low_on_disk(config):
                raise TransportError(low)

            def is_stopping() -> bool:
                beat()
                return self._is_ending() or low_on_disk(config) is not None

            with self._turn() as turn:
                moved = turn.take(name, is_stopping)
                self._count(name, turn.tally)
                if name in turn.tally.channels_failed:
                    raise Unreachable("; ".join(turn.tally.problems))
                channel_works(turn.instance, name)
            return moved

        return take

    def _sending(self, name: str) -> Work:
        def send(beat: Callable[[], None]) -> bool:
            def is_stopping() -> bool:
                beat()
                return self._is_ending()

            with self._turn() as turn:
                moved = turn.send(name, is_stopping=is_stopping)
                self._count(name, turn.tally)
                if turn.tally.channels_failed:
                    raise Unreachable("; ".join(turn.tally.problems))
            return moved

        return send

    def _go_on(self, _: Callable[[], None]) -> bool:
        with self._turn() as turn:
            keep_strays(turn.instance.journal, (ERP_CHANNEL, *self._instance.channels), self._clock())
            return turn.go_on()

    def _tell_people(self, _: Callable[[], None]) -> bool:
        with self._turn() as turn:
            keep_disk_case(turn.instance, turn.instance.journal)
            turn.tell_people()
        return False

    def _count(self, name: str, tally: Tally) -> None:
        self._vitals.count("files_taken", name, tally.files)
        self._vitals.count("files_quarantined", name, tally.quarantined)
        self._vitals.count("files_delivered", name, tally.delivered)
        self._vitals.count("deliveries_failed", name, tally.failed)
