"""What a monitoring system may ask, on the loopback address only: /health for yes or no, /metrics for figures.

Figures of the work are counted as it is done; figures of the journal are asked of it at each scrape, read-only.
"""

import json
import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Self

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from gateway.config import Config
from gateway.errors import GatewayError
from gateway.journal import Journal


@dataclass
class Vitals:
    """How the daemon does, told by its jobs and read by who asks. Safe between threads."""

    _lock: Lock = field(default_factory=Lock)
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)
    _done_at: dict[str, datetime] = field(default_factory=dict)
    _troubles: dict[str, str] = field(default_factory=dict)

    def count(self, what: str, channel: str, by: int) -> None:
        """So many more of these at a channel."""
        if by:
            with self._lock:
                self._counts[what, channel] = self._counts.get((what, channel), 0) + by

    def done(self, job: str, at: datetime) -> None:
        """A job came to its end, so what troubled it is over."""
        with self._lock:
            self._done_at[job] = at
            self._troubles.pop(job, None)

    def trouble(self, job: str, said: str) -> None:
        """A job cannot do its work now."""
        with self._lock:
            self._troubles[job] = said

    def keep(self, jobs: Collection[str]) -> None:
        """There are these jobs now: what others suffered from is over."""
        with self._lock:
            self._done_at = {job: at for job, at in self._done_at.items() if job in jobs}
            self._troubles = {job: said for job, said in self._troubles.items() if job in jobs}

    @property
    def troubles(self) -> Mapping[str, str]:
        """What each job suffers from that cannot work."""
        with self._lock:
            return dict(self._troubles)

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many of what, at which channel."""
        with self._lock:
            return dict(self._counts)

    @property
    def done_at(self) -> Mapping[str, datetime]:
        """When each job last came to its end."""
        with self._lock:
            return dict(self._done_at)


def report(config: Config, vitals: Vitals) -> tuple[bool, dict[str, Any]]:
    """Whether all is well, and what is not: ok while the journal can be read; degraded jobs and a pause are named."""
    said: dict[str, Any] = {"status": "degraded" if vitals.troubles else "ok", "troubles": vitals.troubles}
    try:
        with Journal.open(config.paths.journal, read_only=True) as journal:
            said["entries"] = journal.head()[0]
            said["open_cases"] = len(journal.open_cases())
            if (pause := journal.paused()) is not None:
                said |= {
                    "status": "degraded",
                    "paused": f"nothing leaves since {pause.at:%Y-%m-%dT%H:%MZ}: {pause.reason}",
                }
    except GatewayError as error:
        return False, {**said, "status": "failed", "journal": str(error)}
    return True, said


class Figures:
    """A collector of prometheus_client: asked at each scrape."""

    def __init__(self, config: Config, vitals: Vitals, now: Callable[[], datetime]) -> None:
        self._config, self._vitals, self._now = config, vitals, now

    def collect(self) -> Iterator[Metric]:
        """All figures."""
        counts = self._vitals.counts
        for what, help_text in _COUNTS.items():
            family = CounterMetricFamily(f"gateway_{what}", help_text, labels=["channel"])
            for (counted, channel), number in counts.items():
                if counted == what:
                    family.add_metric([channel], number)
            yield family
        last = GaugeMetricFamily(
            "gateway_job_done_timestamp_seconds", "When each job last came to its end", labels=["job"]
        )
        for job, at in self._vitals.done_at.items():
            last.add_metric([job], at.timestamp())
        yield last
        trouble = GaugeMetricFamily("gateway_degraded", "1 for each job that cannot do its work now", labels=["job"])
        troubles = self._vitals.troubles
        for job in sorted({*self._vitals.done_at, *troubles}):  # one that fails from the start never came to an end
            trouble.add_metric([job], float(job in troubles))
        yield trouble
        yield from self._of_the_journal()

    def _of_the_journal(self) -> Iterator[Metric]:
        try:
            with Journal.open(self._config.paths.journal, read_only=True) as journal:
                cases, waiting = journal.open_cases(), journal.waiting(self._now())
                doubtful, held = journal.dispatches(state="in_doubt"), journal.dispatches(state="failed")
        except GatewayError:
            yield GaugeMetricFamily("gateway_journal_readable", "1 while the journal can be read", value=0)
            return
        yield GaugeMetricFamily("gateway_journal_readable", "1 while the journal can be read", value=1)
        family = GaugeMetricFamily("gateway_open_cases", "Cases that wait for a person", labels=["owner"])
        for owner in sorted({case.owner for case in cases}):
            family.add_metric([owner], sum(case.owner == owner for case in cases))
        yield family
        overdue = sum(case.due_at is not None and case.due_at < self._now() for case in cases)
        yield GaugeMetricFamily("gateway_overdue_cases", "Open cases whose time has passed", value=overdue)
        for state, found in (("waiting", waiting), ("in_doubt", doubtful), ("held", held)):
            yield GaugeMetricFamily(
                f"gateway_dispatches_{state}", f"Files for others that are {state}", value=len(found)
            )


_COUNTS = {
    "files_taken": "Files taken in",
    "files_quarantined": "Files that went to quarantine",
    "files_delivered": "Files delivered",
    "deliveries_failed": "Tries to deliver that failed",
    "runs_skipped": "Runs of a job that were skipped because the one before had not ended",
}


class HealthServer:
    """The endpoint, served by threads of its own. Use it in a `with` statement."""

    def __init__(self, config: Config, vitals: Vitals, now: Callable[[], datetime], port: int) -> None:
        """Port 0 takes a free one. Raises OSError where the port is taken."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Figures(config, vitals, now))

        class Answer(BaseHTTPRequestHandler):
            timeout = 10.0  # seconds: who connects and says nothing holds no thread for ever

            def do_GET(self) -> None:
                if self.path == "/health":
                    well, said = report(config, vitals)
                    self._send(200 if well else 503, "application/json", json.dumps(said).encode())
                elif self.path == "/metrics":
                    self._send(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                else:
                    self._send(404, "text/plain", b"there is /health and /metrics\n")

            def _send(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (http.server's names)
                """Nothing: a scrape every few seconds is no news."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Answer)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="health", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def why_taken(port: int) -> list[str]:
    """Why nothing can listen there, if that is so."""
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind(("127.0.0.1", port))
        except OSError as error:
            return [f"daemon.health_port: 127.0.0.1:{port} cannot be had ({error.strerror}): name another"]
    return []
