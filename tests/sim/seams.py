"""The journal and the quarantine of a simulation: the real ones, with a seam at each commit and each copy.

A full disk is SQLite's own: the file may not grow, or the commit is refused with the code that SQLite gives then.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.errors import JournalError, Unreachable
from gateway.journal import Journal
from gateway.journal.connection import Connection
from gateway.transports.base import Entry, Transport
from gateway.transports.quarantine import Reason
from tests.sim.weather import Weather

_NO_LIMIT = 1_073_741_823


class SeamedConnection(Connection):
    """The one way to SQLite, through the weather."""

    __slots__ = ("_is_writing", "_weather")

    def __init__(self, path: Path, weather: Weather) -> None:
        super().__init__(path, read_only=False)
        self._weather = weather
        self._is_writing = False
        self.prepare_to_write()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row of the answer; a commit is a seam, before it and after it."""
        if sql == "BEGIN IMMEDIATE":
            self._is_writing = True
            self._set_limit()
        elif sql == "COMMIT" and self._is_writing:
            self._is_writing = False
            return self._commit()
        return super().rows(sql, parameters)

    def _set_limit(self) -> None:
        """Half of the full disks are met by the statement that needs a page, the others by the commit."""
        is_full = self._weather.is_full("journal") and self._weather.chance.random() < 0.5
        pages = self.pragma("page_count") if is_full else _NO_LIMIT
        super().rows(f"PRAGMA max_page_count = {pages}")

    def _commit(self) -> list[tuple[Any, ...]]:
        self._weather.step("before a commit")
        if self._weather.is_full("journal"):
            full = sqlite3.OperationalError("database or disk is full")
            full.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise JournalError(f"{self.path}: the disk is full: make room; what waits stays where it is ({full})")
        found = super().rows("COMMIT")
        self._weather.step("after a commit")
        return found


def open_journal(path: Path, weather: Weather) -> Journal:
    """The journal at this path, to write, through the weather."""
    return Journal(SeamedConnection(path, weather))


class SimulatedQuarantine:
    """The quarantine as a list: what was kept, and why."""

    def __init__(self, kept: list[tuple[str, bytes, Reason]], weather: Weather) -> None:
        """`kept` is what lies there; it outlives the process."""
        self._kept = kept
        self._weather = weather

    def keep(self, label: str, data: bytes, reason: Reason) -> None:
        """Write a file that was read; the same bytes under the same name are the same file."""
        self._weather.step("before a copy for the quarantine")
        if self._weather.is_full("disk"):
            raise Unreachable(f"cannot write into quarantine: No space left on device; {label} is tried again")
        if not any((name, known) == (label, data) for name, known, _ in self._kept):
            self._kept.append((label, data, reason))
        self._weather.step("after a copy for the quarantine")

    def set_aside(self, transport: Transport, entry: Entry, reason: Reason) -> None:
        """Nothing in a simulation is of a kind that cannot be read."""
        raise NotImplementedError
