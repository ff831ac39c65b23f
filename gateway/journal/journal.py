"""The journal's two faces: Journal asks, Transaction also writes. What each can do stands with its table.

One SQLite file holds everything. A journal is created once, with an instance id that begins its chain of hashes, and
opened by commands and pages; opening checks that it is ours, whole, and of a version we know.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from gateway.errors import GatewayError, JournalError
from gateway.journal import schema
from gateway.journal.cases import CaseReader, CaseWriter
from gateway.journal.connection import Connection
from gateway.journal.masters import MasterReader, MasterWriter
from gateway.journal.numbers import NumberReader, NumberWriter
from gateway.journal.outbox import OutboxReader, OutboxWriter
from gateway.journal.placing import placed
from gateway.journal.wakeups import WakeupReader, WakeupWriter

_RESTORE = "leave the folders as they are and restore a backup (docs/operations.md)"


class Transaction(OutboxWriter, CaseWriter, NumberWriter, MasterWriter, WakeupWriter):
    """One unit of work: all of it is committed, or nothing. Sees what it wrote itself."""

    def begin_history(self, instance: str) -> None:
        """Write the first entry, which every later hash rests on."""
        self._append("journal-created", {"instance": instance})
        self._connection.change_many(
            "INSERT INTO meta (key, value) VALUES (?, ?)", [("instance", instance), ("created_at", self.at)]
        )

    def continue_history(self, margin: int, reason: str) -> None:
        """Say that the history goes on from a backup, and leave out the numbers that may have been sent since."""
        self._append("journal-restored", {"margin": margin, "reason": reason})
        for series in self.numbers():
            self.jump(series, margin, reason)


class Journal(OutboxReader, CaseReader, NumberReader, MasterReader, WakeupReader):
    """An open journal. Close it, or use it in a `with` statement."""

    @classmethod
    def create(cls, path: str | Path, at: datetime, *, instance: str | None = None) -> Self:
        """Make a new journal, readable by its owner alone, and open it.

        `instance` is the id that begins the chain, a random one where it is not given. Raises CannotCreate where
        something stands at the path or nothing can be made there.
        """
        path = Path(path)
        with placed(path) as unfinished:
            connection = Connection(unfinished, read_only=False)
            try:
                connection.prepare_to_write()
                connection.migrate()
                with cls(connection).transaction(at) as tx:
                    tx.begin_history(instance or str(uuid4()))
            finally:
                connection.close()
        return cls.open(path, check=False)

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False, check: bool = True) -> Self:
        """Open a journal, to write unless `read_only`; a writer brings an older one up to date.

        A writer looks at every page first; `check=False` leaves that out where a command did it a moment ago. Raises
        JournalError, with what to do, where it is missing, not a journal, damaged or of a newer version.
        """
        connection = connect(path, read_only=read_only)
        try:
            _bring_up_to_date(connection, read_only=read_only, check=check)
        except GatewayError:
            connection.close()
            raise
        return cls(connection)

    @property
    def path(self) -> Path:
        """Where the journal is."""
        return self._connection.path

    @property
    def instance(self) -> str:
        """The id of this instance."""
        rows = self._connection.rows("SELECT value FROM meta WHERE key = 'instance'")
        return str(rows[0][0]) if rows else ""

    @contextmanager
    def transaction(self, at: datetime) -> Iterator[Transaction]:
        """Do several things at once and durably, at this instant; an exception takes all of them back.

        Nobody else can write meanwhile: keep networks and parsing outside. Raises Busy when another process is in the
        way too long.
        """
        with self._connection.transaction():
            yield Transaction(self._connection, at)

    @contextmanager
    def look(self, at: datetime) -> Iterator[Transaction]:
        """What a transaction would see at this instant, for who only asks what would happen; it must write nothing."""
        with self.snapshot():
            yield Transaction(self._connection, at)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let several questions see one state. Writers wait meanwhile: keep it short."""
        with self._connection.snapshot():
            yield

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(path: str | Path, *, read_only: bool) -> Connection:
    """Open what is a journal of ours, of this version or an older one. Raises JournalError or Busy."""
    path = Path(path)
    if not path.is_file():
        raise JournalError(f"{path}: there is no journal here: check the path, or make an instance with `gateway init`")
    connection = Connection(path, read_only=read_only)
    try:
        if connection.pragma("application_id") != schema.APPLICATION_ID:
            raise JournalError(f"{path} is not a journal of this gateway: check the path, or {_RESTORE}")
        if connection.pragma("user_version") > len(schema.MIGRATIONS):
            raise JournalError(f"{path} was written by a newer version of the gateway: install that version")
    except GatewayError:
        connection.close()
        raise
    return connection


def look_at_every_page(connection: Connection) -> None:
    """Raises JournalError where the file is damaged."""
    if (trouble := connection.rows("PRAGMA quick_check(1)")) != [("ok",)]:
        raise JournalError(f"{connection.path} is damaged ({trouble[0][0]}): {_RESTORE}")


def _bring_up_to_date(connection: Connection, *, read_only: bool, check: bool) -> None:
    """Make it usable as this version uses it. Raises JournalError or Busy."""
    older = connection.pragma("user_version") < len(schema.MIGRATIONS)
    if read_only:
        if older:
            raise JournalError(f"{connection.path} is of an older version: `gateway once` brings it up to date")
        return
    connection.prepare_to_write()
    if check:
        look_at_every_page(connection)
    if older:
        connection.migrate()
