import os
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from gateway.errors import CannotCreate, Conflict, JournalError
from gateway.journal import Journal, backup, restore, schema, verify
from gateway.journal.backup import Margin, margin_of, numbers_used


def test_a_backup_is_the_same_journal(full: Journal, path: Path, tmp_path: Path) -> None:
    backup(path, tmp_path / "copy.db")
    with Journal.open(tmp_path / "copy.db") as copy:
        assert copy.head() == full.head()
        assert copy.documents() == full.documents()
        assert verify(copy).ok
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "journal.db"]


@pytest.mark.usefixtures("full")
def test_a_backup_is_never_written_over(path: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"precious")
    with pytest.raises(CannotCreate):
        backup(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == b"precious"


def test_what_is_no_journal_is_not_backed_up(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"not a database, by any means" * 40)
    with pytest.raises(JournalError):
        backup(tmp_path / "notes.txt", tmp_path / "copy.db")
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_after_a_restore_the_numbers_jump_and_the_history_says_why(
    full: Journal, path: Path, tmp_path: Path, at: datetime
) -> None:
    before = full.numbers()["amazon-us"]
    backup(path, tmp_path / "copy.db")
    full.close()
    path.rename(tmp_path / "broken.db")
    restore(tmp_path / "copy.db", path, at + timedelta(days=1), margin=500, is_enough=True, reason="disk lost")
    with Journal.open(path) as journal:
        assert journal.numbers() == {"amazon-us": before + 500}
        *_, restored, jumped, paused = journal.entries()
        assert [entry.kind for entry in (restored, jumped, paused)] == [
            "journal-restored",
            "number-jumped",
            "outbound-paused",
        ]
        assert jumped.body["reason"] == "disk lost"
        assert journal.is_paused()
        assert verify(journal).ok


@pytest.mark.usefixtures("full")
def test_a_restore_never_writes_over_a_journal(path: Path, tmp_path: Path, at: datetime) -> None:
    backup(path, tmp_path / "copy.db")
    with pytest.raises(CannotCreate, match="exists already"):
        restore(tmp_path / "copy.db", path, at)


@pytest.mark.usefixtures("full")
def test_an_older_backup_is_brought_up_to_date(
    path: Path, tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(path, tmp_path / "copy.db")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("0002-notes", ("CREATE TABLE notes (text)",))))
    restore(tmp_path / "copy.db", tmp_path / "new.db", at)
    with Journal.open(tmp_path / "new.db", read_only=True) as journal:
        assert verify(journal).ok


def test_a_backup_that_is_made_while_others_write_is_one_moment_of_the_journal(
    full: Journal, path: Path, tmp_path: Path, at: datetime
) -> None:
    heads, is_over = {full.head()}, Event()

    def write() -> None:
        with Journal.open(path, check=False) as journal:
            while not is_over.is_set():
                with journal.transaction(at) as tx:
                    tx.store_file(os.urandom(20_000), direction="in", channel="amazon", name="f")
                    tx.append("event:received", {}, ["order:a"])
                heads.add(journal.head())

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup(path, tmp_path / f"copy{number}.db")
    finally:
        is_over.set()
        writer.join()
    for number in range(5):
        with Journal.open(tmp_path / f"copy{number}.db") as copy:
            assert copy.head() in heads
            assert verify(copy).ok
    assert len(heads) > 1


@pytest.mark.usefixtures("full")
def test_a_backup_of_a_restored_journal_is_still_paused_and_is_restored_again(
    path: Path, tmp_path: Path, at: datetime
) -> None:
    backup(path, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "once.db", at, reason="first")
    restore(tmp_path / "once.db", tmp_path / "twice.db", at, reason="second")
    with Journal.open(tmp_path / "twice.db") as journal:
        assert verify(journal).ok
        pause, restored = journal.paused(), journal.last_restore()
        assert pause is not None
        assert restored is not None
        assert (pause.reason, restored.body["reason"]) == ("first", "second")
        assert journal.numbers()["amazon-us"] == 2012


def _draw(path: Path, at: datetime, count: int) -> None:
    with Journal.open(path, check=False) as journal, journal.transaction(at) as tx:
        for _ in range(count):
            tx.draw("amazon-us")


@pytest.mark.parametrize(
    ("age", "margin"),
    [
        (timedelta(hours=-1), Margin(1000, 300, 1)),  # a clock that went back
        (timedelta(0), Margin(1000, 300, 1)),
        (timedelta(days=1), Margin(1000, 300, 1)),
        (timedelta(days=1, hours=1), Margin(1200, 300, 2)),
        (timedelta(days=400), Margin(240_000, 300, 400)),
    ],
)
def test_an_old_backup_leaves_out_more_numbers_than_a_young_one(
    path: Path, at: datetime, age: timedelta, margin: Margin
) -> None:
    Journal.create(path, at - timedelta(days=60)).close()
    _draw(path, at - timedelta(days=29), 500)  # too long ago to say anything
    _draw(path, at - timedelta(days=27), 300)
    _draw(path, at, 200)
    with Journal.open(path, check=False) as journal:
        with journal.transaction(at) as tx:
            for _ in range(150):
                tx.draw("another")  # each series by itself
        assert margin_of(journal, at + age) == margin


def test_a_margin_that_may_not_be_enough_is_refused_unless_somebody_knows_better(
    full: Journal, path: Path, tmp_path: Path, at: datetime
) -> None:
    full.close()
    _draw(path, at, 300)
    backup(path, tmp_path / "copy.db")
    later = at + timedelta(days=10)
    with pytest.raises(Conflict, match="1000 numbers are too few"):
        restore(tmp_path / "copy.db", tmp_path / "new.db", later, margin=1000)
    assert not (tmp_path / "new.db").exists()
    restore(tmp_path / "copy.db", tmp_path / "new.db", later, margin=1000, is_enough=True)
    restore(tmp_path / "copy.db", tmp_path / "more.db", later)
    with Journal.open(tmp_path / "new.db") as few, Journal.open(tmp_path / "more.db") as more:
        assert more.numbers()["amazon-us"] - few.numbers()["amazon-us"] >= 5000


def test_what_a_journal_that_was_moved_away_used_is_left_out_too(
    full: Journal, path: Path, tmp_path: Path, at: datetime
) -> None:
    instance = full.instance
    full.close()
    backup(path, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "first.db", at)
    _draw(tmp_path / "first.db", at, 50)
    with Journal.open(tmp_path / "first.db", check=False) as first, first.transaction(at) as tx:
        tx.draw("began since", start_at=7)
    used = numbers_used([path, tmp_path / "first.db"], instance)
    assert used == numbers_used([tmp_path / "first.db", path], instance)
    restore(tmp_path / "copy.db", tmp_path / "second.db", at, used=used)
    with Journal.open(tmp_path / "second.db") as second:
        assert second.numbers() == {"amazon-us": used["amazon-us"] + 1000, "began since": 1008}
        assert verify(second).ok


def test_the_journal_of_another_gateway_says_nothing_about_numbers(full: Journal, tmp_path: Path, at: datetime) -> None:
    Journal.create(tmp_path / "other.db", at).close()
    with pytest.raises(Conflict, match="another gateway"):
        numbers_used([tmp_path / "other.db"], full.instance)
