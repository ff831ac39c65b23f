"""A journal of an older version is copied before it is changed, and is the same history afterwards."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from gateway.errors import Busy, CannotCreate, JournalError
from gateway.instance import create, locked, open_instance
from gateway.journal import Journal, migrations, restore, schema, verify

LATEST = f"{len(schema.MIGRATIONS):04}"


@pytest.fixture
def first(full: Journal, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal that migration 0001 alone has made, with something of everything in it."""
    full.close()
    current = path.rename(tmp_path / "current.db")
    older = sqlite3.connect(path, isolation_level=None)
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        migrations.migrate(older)
    older.execute("ATTACH ? AS current", (str(current),))
    older.execute("BEGIN")
    tables = older.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite_%'")
    for (table,) in tables.fetchall():
        older.execute(f"INSERT INTO main.{table} SELECT * FROM current.{table}")  # noqa: S608
    older.execute("COMMIT")
    older.close()
    current.unlink()
    return path


def test_a_journal_of_the_first_version_is_copied_and_then_brought_up_to_date(first: Path) -> None:
    before = first.read_bytes()
    with Journal.open(first) as journal:
        kept = journal.upgraded_from
        assert journal._connection.pragma("user_version") == len(schema.MIGRATIONS)
        assert verify(journal).problems == ()
        assert [dispatch.state for dispatch in journal.dispatches()] == ["staged"]
        assert journal.due_wakeups(journal.created_at()) == []
    assert kept == first.with_name(f"journal.db.before-{LATEST}")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert first.read_bytes() != before
    copy = sqlite3.connect(kept)
    assert copy.execute("PRAGMA user_version").fetchone() == (1,)
    assert copy.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
    copy.close()


def test_the_copy_is_a_backup_like_any_other(first: Path, at: datetime, tmp_path: Path) -> None:
    with Journal.open(first) as journal:
        head = journal.head()
    restore(first.with_name(f"journal.db.before-{LATEST}"), tmp_path / "again.db", at)
    with Journal.open(tmp_path / "again.db") as again:
        assert verify(again, head).ok
        assert again.upgraded_from is None
    assert not list(tmp_path.glob("again.db.*"))


def test_an_upgrade_is_made_once(first: Path) -> None:
    for expected in (True, False):
        with Journal.open(first) as journal:
            assert bool(journal.upgraded_from) is expected
    assert len(list(first.parent.glob("*before*"))) == 1


def test_the_copy_of_an_earlier_try_is_not_written_over(first: Path) -> None:
    earlier = first.with_name(f"journal.db.before-{LATEST}")
    earlier.write_bytes(b"precious")
    with Journal.open(first) as journal:
        assert journal.upgraded_from == first.with_name(f"journal.db.before-{LATEST}.2")
    assert earlier.read_bytes() == b"precious"


def test_without_a_copy_nothing_is_changed(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr("gateway.journal.journal.copy_to", full_disk)
    before = first.read_bytes()
    with pytest.raises(JournalError, match="disk is full"):
        Journal.open(first)
    assert first.read_bytes() == before
    assert [file.name for file in first.parent.iterdir()] == ["journal.db"]


def test_a_folder_that_takes_no_copy_keeps_the_journal_as_it_is(first: Path) -> None:
    blocking = first.with_name(f"journal.db.before-{LATEST}-journal")
    blocking.write_bytes(b"left behind")
    with pytest.raises(CannotCreate, match="exists already"):
        Journal.open(first)
    assert not first.with_name(f"journal.db.before-{LATEST}").exists()


def test_who_only_reads_changes_and_copies_nothing(first: Path) -> None:
    with pytest.raises(JournalError, match="older version"):
        Journal.open(first, read_only=True)
    assert [file.name for file in first.parent.iterdir()] == ["journal.db"]


def test_nobody_brings_a_journal_up_to_date_under_a_gateway_that_works_on_it(
    tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = create(tmp_path / "house", example=True, at=at)
    one_more = (*schema.MIGRATIONS, ("9999-notes", ("CREATE TABLE notes (text)",)))
    with open_instance(config) as older, locked(older), monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", one_more)
        with (
            pytest.raises(Busy, match="is of an older version, and a gateway works on it: stop that one first"),
            open_instance(config),
        ):
            pass
    assert not list(config.parent.glob("*before*"))
    with open_instance(config) as untouched:
        assert untouched.journal.upgraded_from is None
    monkeypatch.setattr(schema, "MIGRATIONS", one_more)
    with open_instance(config) as alone, locked(alone):
        assert alone.journal.upgraded_from is not None
