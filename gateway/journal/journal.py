"""The journal's two faces: Journal asks, Transaction also writes. What each can do stands with its table.

One SQLite file holds everything. A journal is created once, with an instance id that begins its chain of hashes, and
opened by commands and pages; opening checks that it is ours, whole, and of a version we know.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self
from uuid import uuid4

from gateway.errors import GatewayError, JournalError
from gateway.journal import schema
from gateway.journal.cases import CaseReader, CaseWriter
from gateway.journal.connection import Connection
from gateway.journal.masters import MasterReader, MasterWriter
from gateway.journal.numbers import NumberReader, NumberWriter, ahead
from gateway.journal.outbox import OutboxReader, OutboxWriter
from gateway.journal.pausing import PauseReader, PauseWriter
from gateway.journal.placing import placed
from gateway.journal.restored import RESTORED, RestoreReader
from gateway.journal.wakeups import WakeupReader, WakeupWriter

_RESTORE = "leave the folders as they are and restore a backup (docs/operations.md)"


class Transaction(OutboxWriter, CaseWriter, NumberWriter, MasterWriter, WakeupWriter, PauseWriter):
    """One unit of work: all of it is committed, or nothing. Sees what it wrote itself."""

    def begin_history(self, instance: str) -> None:
        """Write the first entry, which every later hash rests on."""
        self._append("journal-created", {"instance": instance})
        self._connection.change_many(
            "INSERT INTO meta (key, value) VALUES (?, ?)", [("instance", instance), ("created_at", self.at)]
        )

    def continue_history(
        self,
        margin: int,
        reason: str,
        *,
        who: str = "gateway",
        series: Mapping[str, int] = MappingProxyType({}),
        used: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Say that the history goes on from a backup: leave out the numbers that may have been sent since, and pause.

        `series` are those that there may be by now though no number of them was drawn, and where each begins; `used`
        are next numbers that are known from elsewhere, and the margin begins there where that is further on. Nothing
        leaves until a person has looked at what may have left before.
        """
        self._append("journal-restored", {"margin": margin, "reason": reason, "who": who}, (RESTORED,))
        for name, start_at in {**used, **series, **self.numbers()}.items():
            known = ahead(start_at, used.get(name, start_at))
            self.jump(name, known + margin, reason, start_at=start_at)
        if not self.is_paused():
            self.pause(who, reason)


class Journal(OutboxReader, CaseReader, NumberReader, MasterReader, WakeupReader, PauseReader, RestoreReader):
    """An open journal. Close it, or use it in a `with` statement."""

    _turns: AbstractContextManager[object] = nullcontext()

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
    def open(cls, path: str | Path, *, read_only: bool = False, check: bool = True, keep_older: bool = True) -> Self:
        """Open a journal, to write unless `read_only`; a writer brings an older one up to date.

        A writer looks at every page first; `check=False` leaves that out where a command did it a moment ago. What is
        brought up to date is copied first, beside itself (`upgraded_from`), unless `keep_older` is false. Raises
        JournalError, with what to do, where it is missing, not a journal, damaged or of a newer version.
        """
        connection = connect(path, read_only=read_only)
        try:
            older = _bring_up_to_date(connection, read_only=read_only, check=check, keep_older=keep_older)
        except GatewayError:
            connection.close()
            raise
        journal = cls(connection)
        journal.upgraded_from = older
        return journal

    upgraded_from: Path | None = None
    """The copy of the journal as it was before opening it brought it up to date; None where it was."""

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

        Nobody else can write meanwhile: keep networks outside, and work short. Raises Busy when another process is in
        the way too long.
        """
        with self._turns, self._connection.transaction():
            yield from _lasting(Transaction(self._connection, at))

    def take_turns(self, lock: AbstractContextManager[object]) -> None:
        """Let the threads of one process write in turns, by a lock that they share: SQLite alone would be unfair."""
        self._turns = lock

    @contextmanager
    def look(self, at: datetime) -> Iterator[Transaction]:
        """What a transaction would see at this instant, for who only asks what would happen; it must write nothing."""
        with self.snapshot():
            yield from _lasting(Transaction(self._connection, at))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let several questions see one state. Writers wait meanwhile: keep it short."""
        with self._connection.snapshot():
            yield

    def vacuum(self) -> None:
        """Write the file anew without the room that nobody uses, and give that back to the disk.

        Needs as much room again meanwhile. Raises Busy where others read or write, JournalError where the disk is full.
        """
        self._connection.rows("VACUUM")

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


def is_older(path: str | Path) -> bool:
    """Whether opening it to write would bring it up to date. Raises JournalError where it is no journal of ours."""
    connection = connect(path, read_only=True)
    try:
        return connection.pragma("user_version") < len(schema.MIGRATIONS)
    finally:
        connection.close()


def _lasting(tx: Transaction) -> Iterator[Transaction]:
    """A transaction while it lasts: what was folded in it may be taken back with it, so it is forgotten at its end."""
    try:
        yield tx
    finally:
        tx.folds.clear()


def copy_to(original: Connection, target: Path) -> None:
    """Copy a journal of any version we know into an empty file, and look at every page of the copy."""
    copy = Connection(target, read_only=False)
    try:
        original.copy_to(copy)
        look_at_every_page(copy)
    finally:
        copy.close()


def copy_before_upgrade(connection: Connection) -> Path:
    """Keep a journal as it is, beside itself: `journal.db.before-0003` before the migration of that number comes last.

    An earlier try may have left one: it is not written over. Raises CannotCreate, JournalError or Busy.
    """
    name = f"{connection.path.name}.before-{len(schema.MIGRATIONS):04}"
    names = (name if n == 1 else f"{name}.{n}" for n in count(1))
    target = next(path for path in map(connection.path.with_name, names) if not path.exists())
    with placed(target) as unfinished:
        copy_to(connection, unfinished)
    return target


def look_at_every_page(connection: Connection) -> None:
    """Raises JournalError where the file is damaged."""
    if (trouble := connection.rows("PRAGMA quick_check(1)")) != [("ok",)]:
        raise JournalError(f"{connection.path} is damaged ({trouble[0][0]}): {_RESTORE}")


def _bring_up_to_date(connection: Connection, *, read_only: bool, check: bool, keep_older: bool) -> Path | None:
    """Make it usable as this version uses it; the copy of what it was, where it had to be changed.

    Raises JournalError, Busy, or CannotCreate where no copy can be made: then nothing is changed.
    """
    older = connection.pragma("user_version") < len(schema.MIGRATIONS)
    if read_only:
        if older:
            raise JournalError(f"{connection.path} is of an older version: `gateway once` brings it up to date")
        return None
    connection.prepare_to_write()
    if check:
        look_at_every_page(connection)
    if not older:
        return None
    kept = copy_before_upgrade(connection) if keep_older else None
    connection.migrate()
    return kept
