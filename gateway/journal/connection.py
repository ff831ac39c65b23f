"""The one way to SQLite: open it durably, run constant statements, and say in our words what the machine refused.

Rollback journal and synchronous=EXTRA: a commit is on the disk, directory entry included, and the WAL-reset bug of
SQLite 3.7.0 to 3.51.2 cannot occur. Transactions are begun by us (BEGIN IMMEDIATE), never by the driver. Every answer
is fetched at once, so no read lock outlives its statement.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gateway.errors import Busy, GatewayError, JournalError, JournalUnavailable
from gateway.journal.migrations import migrate

BUSY_SECONDS = 10.0
"""How long a statement waits for another process: a verb's transaction takes milliseconds, a large group a second."""

# What to do, by primary result code (sqlite.org/rescode.html).
_REMEDIES = {
    sqlite3.SQLITE_CORRUPT: "it is damaged: leave the folders as they are and restore a backup (docs/operations.md)",
    sqlite3.SQLITE_NOTADB: "it is not a journal: check the path, or restore a backup (docs/operations.md)",
    sqlite3.SQLITE_FULL: "the disk is full: make room; what waits stays where it is",
    sqlite3.SQLITE_IOERR: "the disk failed: look at the system's log before starting again",
    sqlite3.SQLITE_READONLY: "it may not be written: check its owner and permissions, and those of its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check the path, its owner and permissions, and those of its folder",
    sqlite3.SQLITE_PERM: "it may not be opened: check its owner and permissions",
    sqlite3.SQLITE_AUTH: "it may not be opened: check its owner and permissions",
}
_OTHERS_WORK = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# What may pass by itself. A failed fsync may not: after it nobody knows what is on the disk (R21).
_PASSING = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_FSYNC_FAILED = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}


def _in_our_words(error: sqlite3.Error, path: Path) -> GatewayError:
    """The exception of our world for one of SQLite's; the original stays its cause."""
    extended: int = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF  # the low byte of an extended code is its primary code
    if code in _OTHERS_WORK:
        return Busy(f"{path}: another process holds the journal for more than {BUSY_SECONDS:g} s; try again")
    remedy = _REMEDIES.get(code)
    said = f"{path}: {remedy} ({error})" if remedy else f"{path}: {error}"
    is_passing = code in _PASSING and extended not in _FSYNC_FAILED
    return JournalUnavailable(said) if is_passing else JournalError(said)


class Connection:
    """A SQLite connection whose errors are ours: Busy when another process is in the way, else JournalError."""

    __slots__ = ("_sqlite", "path")

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Open an existing file. Raises JournalError or Busy; nothing is created."""
        self.path = path
        mode = "ro" if read_only else "rw"
        with self._translated():
            self._sqlite = sqlite3.connect(
                f"file:{quote(str(path))}?mode={mode}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                cached_statements=256,
            )

    def prepare_to_write(self) -> None:
        """Make commits durable and references binding. For a file that is known to be a journal: this may change it."""
        self.rows("PRAGMA foreign_keys = ON")
        self.rows("PRAGMA synchronous = EXTRA")
        # What a savepoint may have to take back: on disk it is 150 writes an order, and a full /var/tmp in the way.
        self.rows("PRAGMA temp_store = MEMORY")
        if self.rows("PRAGMA journal_mode = DELETE") != [("delete",)]:
            raise JournalError(f"{self.path}: another program keeps it in WAL mode: stop that program, then try again")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _in_our_words(error, self.path) from error

    def copy_to(self, other: "Connection") -> None:
        """Copy everything into another file in one go, with SQLite's backup. Raises JournalError or Busy."""
        with self._translated():
            self._sqlite.backup(other._sqlite)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row of the answer."""
        try:
            return self._sqlite.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise _in_our_words(error, self.path) from error
        # A writer died in the middle. A reader cannot take back what it left, so a writing connection does it.
        recovering = Connection(self.path, read_only=False)
        try:
            recovering.rows("SELECT count(*) FROM sqlite_master")
        finally:
            recovering.close()
        with self._translated():
            return self._sqlite.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The only row of the answer, or None. For queries that give one row at most."""
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def pragma(self, name: str) -> int:
        """A number from the header of the file."""
        return int(self.rows(f"PRAGMA {name}")[0][0])

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement that writes; answers with the number of rows it touched.

        Raises JournalError outside a transaction: such a change could not be taken back with its neighbours.
        """
        if not self._sqlite.in_transaction:
            raise JournalError(f"{self.path}: a change outside a transaction")
        try:
            return self._sqlite.execute(sql, parameters).rowcount
        except sqlite3.Error as error:
            raise _in_our_words(error, self.path) from error

    def change_many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run a statement that writes, once for each set of parameters."""
        if not self._sqlite.in_transaction:
            raise JournalError(f"{self.path}: a change outside a transaction")
        try:
            self._sqlite.executemany(sql, parameters)
        except sqlite3.Error as error:
            raise _in_our_words(error, self.path) from error

    @contextmanager
    def transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
        """Commit at the end, durably; take everything back when an exception leaves the block."""
        self.rows(begin)
        try:
            yield
            self.rows("COMMIT")
        finally:
            # After a full disk or an I/O error SQLite may have rolled back by itself.
            if self._sqlite.in_transaction:
                self.rows("ROLLBACK")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Take back what the block did, and only that, when an exception leaves it."""
        self.change("SAVEPOINT part")
        done = False
        try:
            yield
            done = True
        finally:
            if self._sqlite.in_transaction:
                if not done:
                    self.rows("ROLLBACK TO part")
                self.rows("RELEASE part")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let several queries see one state. Writers wait meanwhile: keep it short."""
        with self.transaction("BEGIN"):
            yield

    def migrate(self) -> None:
        """Bring the schema up to date. Raises JournalError or Busy."""
        with self._translated():
            migrate(self._sqlite)

    def close(self) -> None:
        """Close; what was not committed is taken back."""
        self._sqlite.close()
