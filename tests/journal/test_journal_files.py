import sqlite3
from datetime import datetime
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import JournalError, NotFound
from gateway.journal import Journal, verify
from gateway.journal.files import CHUNK


def _edit(journal: Journal, statement: str) -> None:
    other = sqlite3.connect(journal.path, isolation_level=None)
    assert other.execute(statement).rowcount > 0
    other.close()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_the_bytes_come_back_as_they_were(journal: Journal, at: datetime, size: int) -> None:
    data = bytes(index % 251 for index in range(1000)) * (size // 1000 + 1)
    with journal.transaction(at) as tx:
        file = tx.store_file(data[:size], direction="in", channel="amazon", name="a.edi")
    assert journal.bytes_of(file.id) == data[:size]
    assert journal.file(file.id) == file
    assert file.sha256 == sha256(data[:size]).hexdigest()
    assert file.size == size
    assert verify(journal).ok


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.binary(max_size=300))
def test_any_bytes_come_back(journal: Journal, at: datetime, data: bytes) -> None:
    with journal.transaction(at) as tx:
        file = tx.store_file(data, direction="in", channel="amazon", name="a.edi")
        assert tx.bytes_of(file.id) == data


def test_the_same_bytes_are_stored_once(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        ids = {tx.store_file(b"same", direction="in", channel="amazon", name=name).id for name in ("a", "b", "c")}
    assert len(ids) == 3
    other = sqlite3.connect(journal.path)
    assert other.execute("SELECT count(*) FROM chunks").fetchone() == (1,)
    other.close()


def test_a_name_that_utf_8_cannot_say_is_escaped(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        file = tx.store_file(b"", direction="in", channel="amazon", name="a\udcff\nb.edi")
    assert journal.file(file.id).name == "a\\udcff\nb.edi"


def test_files_are_listed_in_the_order_they_came(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        for name in "abcd":
            tx.store_file(name.encode(), direction="in", channel="amazon", name=name)
    latest = journal.files(limit=2)
    assert [file.name for file in latest] == ["c", "d"]
    assert [file.name for file in journal.files(before=latest[0].id)] == ["a", "b"]


def test_altered_bytes_are_never_handed_on(full: Journal) -> None:
    (file, *_) = full.files()
    _edit(full, "UPDATE chunks SET data = (SELECT data FROM chunks ORDER BY rowid DESC LIMIT 1)")
    with pytest.raises(JournalError, match="altered"):
        full.bytes_of(file.id)


def test_a_piece_that_cannot_be_unpacked_is_an_error_of_the_journal(full: Journal) -> None:
    (file, *_) = full.files()
    _edit(full, "UPDATE chunks SET data = x'00'")
    with pytest.raises(JournalError, match="damaged"):
        full.bytes_of(file.id)


def test_a_file_that_is_not_there_is_not_found(journal: Journal) -> None:
    with pytest.raises(NotFound, match="no file nonsense"):
        journal.bytes_of("nonsense")


def test_a_file_goes_in_or_out(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx, pytest.raises(KeyError):
        tx.store_file(b"", direction="sideways", channel="amazon", name="a")
