from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.errors import CannotCreate, JournalError
from gateway.journal import Journal, backup, restore, schema, verify


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
    restore(tmp_path / "copy.db", path, at + timedelta(days=1), margin=500, reason="disk lost")
    with Journal.open(path) as journal:
        assert journal.numbers() == {"amazon-us": before + 500}
        assert [entry.kind for entry in journal.entries()[-2:]] == ["journal-restored", "number-jumped"]
        assert journal.entries()[-1].body["reason"] == "disk lost"
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
