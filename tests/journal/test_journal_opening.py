import errno
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import Busy, CannotCreate, JournalError
from gateway.journal import Journal, connection, schema, verify

_WRITER_THAT_DIES = """
import os, signal, sqlite3, sys
writer = sqlite3.connect(sys.argv[1], isolation_level=None)
writer.execute("PRAGMA cache_size = 4")  # so that pages reach the file before the commit
writer.execute("BEGIN IMMEDIATE")
for number in range(300):
    writer.execute("INSERT INTO meta VALUES (?, ?)", (f"lost {number}", "x" * 500))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_new_journal_is_for_its_owner_alone(journal: Journal, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert journal.instance == "test"
    assert journal.path == path
    assert [file.name for file in path.parent.iterdir()] == ["journal.db"]


def test_each_journal_has_an_instance_of_its_own(tmp_path: Path, at: datetime) -> None:
    with Journal.create(tmp_path / "a.db", at) as one, Journal.create(tmp_path / "b.db", at) as two:
        assert one.instance != two.instance


def test_commits_are_durable(journal: Journal) -> None:
    assert journal._connection.pragma("synchronous") == 3  # EXTRA
    assert journal._connection.pragma("foreign_keys") == 1
    assert journal._connection.rows("PRAGMA journal_mode") == [("delete",)]


def test_what_a_savepoint_may_take_back_is_kept_in_memory(journal: Journal) -> None:
    assert journal._connection.pragma("temp_store") == 2  # MEMORY


@pytest.mark.parametrize("beside", ["", "-journal", "-wal"])
def test_nothing_is_written_over(tmp_path: Path, at: datetime, beside: str) -> None:
    (tmp_path / f"journal.db{beside}").write_bytes(b"precious")
    with pytest.raises(CannotCreate, match="exists already"):
        Journal.create(tmp_path / "journal.db", at)


def test_a_journal_needs_a_folder(tmp_path: Path, at: datetime) -> None:
    with pytest.raises(CannotCreate, match="No such file"):
        Journal.create(tmp_path / "nowhere" / "journal.db", at)


def test_a_journal_that_could_not_be_begun_leaves_nothing(tmp_path: Path, at: datetime) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Journal.create(tmp_path / "journal.db", at.replace(tzinfo=None))
    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_left_of_an_earlier_try_is_no_obstacle(tmp_path: Path, at: datetime) -> None:
    (tmp_path / "journal.db.part").write_bytes(b"half")
    Journal.create(tmp_path / "journal.db", at).close()
    assert [file.name for file in tmp_path.iterdir()] == ["journal.db"]


def test_a_missing_journal_is_an_error_with_its_remedy(path: Path) -> None:
    with pytest.raises(JournalError, match="gateway init"):
        Journal.open(path)
    assert not path.exists()


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("content", [b"", b"this is not a database at all " * 50])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(path: Path, content: bytes, read_only: bool) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalError, match="not a journal"):
        Journal.open(path, read_only=read_only)
    assert path.read_bytes() == content


def test_another_program_s_database_is_refused_and_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("CREATE TABLE theirs (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="not a journal of this gateway"):
        Journal.open(path)
    assert path.read_bytes() == before


def test_a_damaged_journal_is_refused_by_who_would_write_it(full: Journal, path: Path) -> None:
    full.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 12] = os.urandom(4096 * 9)
    path.write_bytes(content)
    with pytest.raises(JournalError, match="restore a backup"):
        Journal.open(path)


def test_a_journal_of_a_newer_version_is_refused(journal: Journal, path: Path) -> None:
    journal.close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(JournalError, match="newer version"):
        Journal.open(path, read_only=True)


def test_an_older_journal_is_brought_up_to_date_by_who_writes(
    full: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.close()
    monkeypatch.setattr(
        schema, "MIGRATIONS", (*schema.MIGRATIONS, ("9999-notes", ("CREATE TABLE notes (text TEXT NOT NULL)",)))
    )
    with pytest.raises(JournalError, match="older version"):
        Journal.open(path, read_only=True)
    for _ in range(2):
        with Journal.open(path) as journal:
            assert journal._connection.pragma("user_version") == len(schema.MIGRATIONS)
            assert journal._connection.rows("SELECT * FROM notes") == []
            assert verify(journal).ok


def test_a_migration_that_fails_changes_nothing(full: Journal, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full.close()
    broken = ("9999-notes", ("CREATE TABLE notes (text TEXT)", "CREATE TABLE entries (seq)"))
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        with pytest.raises(JournalError, match="entries already exists"):
            Journal.open(path)
    with Journal.open(path) as journal:
        assert journal._connection.pragma("user_version") == len(schema.MIGRATIONS)
        assert journal._connection.rows("SELECT name FROM sqlite_master WHERE name = 'notes'") == []


@pytest.mark.usefixtures("journal")
def test_an_up_to_date_journal_opens_without_sqlite_utils(path: Path) -> None:
    program = (
        "import sys; from gateway.journal import Journal; Journal.open(sys.argv[1]).close();"
        "sys.exit('sqlite_utils' in sys.modules)"
    )
    root = Path(schema.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program, path], cwd=root).returncode == 0


@pytest.mark.usefixtures("journal")
def test_a_reader_cannot_write(path: Path, at: datetime) -> None:
    with (
        Journal.open(path, read_only=True) as reader,
        pytest.raises(JournalError, match="may not be written"),
        reader.transaction(at) as tx,
    ):
        tx.append("event:received", {})


def test_a_reader_sees_what_others_commit(journal: Journal, path: Path, at: datetime) -> None:
    with Journal.open(path, read_only=True) as reader:
        with journal.transaction(at) as tx:
            tx.append("event:received", {}, ["order:a"])
        assert len(reader.events("order:a")) == 1


def test_a_snapshot_is_one_state(journal: Journal) -> None:
    with journal.snapshot():
        assert journal.head() == journal.head()


@pytest.mark.parametrize("opened_before", [True, False])
def test_a_reader_gets_past_a_writer_that_died(journal: Journal, path: Path, opened_before: bool) -> None:
    journal.close()
    reader = Journal.open(path, read_only=True) if opened_before else None
    died = subprocess.run([sys.executable, "-c", _WRITER_THAT_DIES, path]).returncode
    assert died == -signal.SIGKILL
    assert path.with_name("journal.db-journal").exists()
    with reader or Journal.open(path, read_only=True) as journal:
        assert journal.instance == "test"
        assert verify(journal).ok


def test_two_writers_take_turns_and_the_second_gives_up_in_time(
    journal: Journal, path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    with Journal.open(path) as other, journal.transaction(at) as tx:
        tx.append("event:received", {}, ["order:a"])
        with pytest.raises(Busy, match="another process"), other.transaction(at):
            pass
    with Journal.open(path) as other, other.transaction(at) as tx:
        tx.append("event:booked", {}, ["order:a"])
    assert [entry.kind for entry in journal.events("order:a")] == ["event:received", "event:booked"]
    assert verify(journal).ok


def test_a_journal_held_in_wal_mode_by_another_program_is_refused(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.close()
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("SELECT * FROM meta").fetchall()
    with pytest.raises((JournalError, Busy)):
        Journal.open(path)
    other.close()
    with Journal.open(path) as journal:
        assert journal._connection.rows("PRAGMA journal_mode") == [("delete",)]


def test_a_journal_that_stays_in_wal_mode_is_refused(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.close()
    ask = connection.Connection.rows

    def stubborn(self: connection.Connection, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        return [("wal",)] if "journal_mode" in sql else ask(self, sql, parameters)

    monkeypatch.setattr(connection.Connection, "rows", stubborn)
    with pytest.raises(JournalError, match="WAL mode"):
        Journal.open(path)


def test_a_full_disk_is_an_error_that_says_so(journal: Journal, at: datetime) -> None:
    pages = journal._connection.pragma("page_count")
    journal._connection.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalError, match="disk is full"), journal.transaction(at) as tx:
        tx.store_file(os.urandom(1 << 20), direction="in", channel="amazon", name="large")
    assert verify(journal).ok
    with journal.transaction(at) as tx:
        tx.append("event:received", {})


def test_a_savepoint_that_the_full_disk_took_along_is_not_missed(journal: Journal, at: datetime) -> None:
    with suppress(JournalError), journal.transaction(at) as tx, tx.savepoint():
        tx.append("event:received", {}, ["order:a"])
        journal._connection.rows("ROLLBACK")  # as SQLite does by itself after some errors
        tx.append("event:received", {}, ["order:a"])
    assert journal.events("order:a") == []
    assert verify(journal).ok


def test_many_changes_at_once_need_a_transaction_and_sound_rows(journal: Journal, at: datetime) -> None:
    insert = "INSERT INTO meta VALUES (?, ?)"
    with pytest.raises(JournalError, match="outside a transaction"):
        journal._connection.change_many(insert, [("a", "b")])
    with journal.transaction(at), pytest.raises(JournalError, match="NOT NULL"):
        journal._connection.change_many(insert, [("a", None)])


def test_a_journal_that_cannot_be_made_durable_is_not_made(
    tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(CannotCreate, match="Input/output error"):
        Journal.create(tmp_path / "journal.db", at)
    assert list(tmp_path.iterdir()) == []


def test_what_waits_is_found_without_walking_through_what_is_done(journal: Journal, at: datetime) -> None:
    plans: list[str] = []
    ask = journal._connection.rows

    class Explaining:
        def rows(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[object, ...]]:
            plans.extend(row[3] for row in ask("EXPLAIN QUERY PLAN " + sql, parameters))
            return []

    journal._connection, real = Explaining(), journal._connection  # type: ignore[assignment]
    journal.waiting(at)
    journal.waiting(at, "amazon")
    journal.open_cases()
    journal._connection = real
    assert sum("one_open_case_a_problem" in plan for plan in plans) == 1
    assert sum("outbox_waiting" in plan for plan in plans) == 2


def test_times_may_go_back(journal: Journal) -> None:
    with journal.transaction(datetime(2020, 1, 1, tzinfo=UTC)) as tx:
        tx.append("event:received", {})
    assert verify(journal).ok
