import sqlite3
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest

from gateway.errors import JournalError, NotFound
from gateway.journal import Journal, verify
from gateway.journal.canonical import encode
from gateway.journal.instants import instant, printed, stored


def test_an_entry_is_found_under_each_of_its_subjects(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        seq = tx.append("event:shipped", {"quantity": Decimal("1E+2")}, ["order:a", "order:b"])
    for subject in ("order:a", "order:b"):
        (entry,) = journal.events(subject)
        assert entry.seq == seq
        assert entry.at == at
        assert entry.body == {"quantity": "100"}
        assert entry.subjects == ("order:a", "order:b")
        assert journal.is_told(subject, "event:shipped")
        assert not journal.is_told(subject, "event:ship")
    assert journal.events("order:c") == []
    assert not journal.is_told("order:c", "event:shipped")
    assert journal.entry(seq).kind == "event:shipped"


def test_a_transaction_sees_what_it_wrote(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        tx.append("event:received", {}, ["order:a"])
        tx.append("override", {}, ["order:a"])
        assert [entry.kind for entry in tx.events("order:a")] == ["event:received", "override"]
        assert [entry.kind for entry in tx.events("order:a", prefix="event:")] == ["event:received"]
        assert tx.events("order:a", after=tx.head()[0]) == []


def test_each_entry_carries_the_hash_of_the_one_before(full: Journal) -> None:
    entries = full.entries()
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert full.head() == (len(entries), entries[-1].hash)
    assert entries[0].body == {"instance": "test"}


def test_the_same_history_has_the_same_hashes(tmp_path: Path, at: datetime) -> None:
    heads = set()
    for name in ("one.db", "two.db"):
        with Journal.create(tmp_path / name, at, instance="twin") as journal, journal.transaction(at) as tx:
            tx.append("event:received", {"b": 1, "a": [2]}, ["order:a"])
            heads.add(tx.head())
    assert len(heads) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 2",
        "INSERT OR REPLACE INTO entries SELECT seq, at, 'other', subjects, body, previous, hash FROM entries",
        "INSERT INTO entries SELECT 0, at, kind, subjects, body, previous, hash FROM entries WHERE seq = 1",
    ],
)
def test_the_file_itself_refuses_to_change_history(full: Journal, statement: str) -> None:
    with sqlite3.connect(full.path) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(statement)
    other.close()
    assert verify(full).ok


def test_an_exception_takes_everything_back(journal: Journal, at: datetime) -> None:
    before = journal.head()
    with suppress(LookupError), journal.transaction(at) as tx:
        tx.store_file(b"x", direction="in", channel="a", name="x")
        tx.draw("series")
        tx.open_case(key="k", code="c", owner="o", message="m", remedy="r")
        raise LookupError
    assert journal.head() == before
    assert journal.files() == []
    assert journal.numbers() == {}
    assert journal.open_cases() == []
    assert verify(journal).ok


def test_a_transaction_knows_its_last_entry_also_when_a_part_was_taken_back(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        tx.append("event:one", {})
        first = tx.head()
        with suppress(ZeroDivisionError), tx.savepoint():
            tx.append("event:two", {})
            assert tx.head()[0] == first[0] + 1
            raise ZeroDivisionError
        assert tx.head() == first
    assert journal.head() == first


def test_a_savepoint_takes_back_its_part_alone(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        assert tx.draw("series") == 1
        with suppress(LookupError), tx.savepoint():
            assert tx.draw("series") == 2
            tx.append("event:received", {}, ["order:lost"])
            raise LookupError
        with tx.savepoint():
            assert tx.draw("series") == 2
            tx.append("event:received", {}, ["order:kept"])
    assert journal.subjects_with_prefix("order:") == ["order:kept"]
    assert verify(journal).ok


def test_nothing_is_written_once_the_transaction_is_over(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        pass
    with pytest.raises(JournalError, match="outside a transaction"):
        tx.append("event:received", {})
    with pytest.raises(JournalError, match="outside a transaction"):
        tx.update_document("1", delivery="queued")


def test_kinds_that_tables_are_made_of_are_not_written_by_hand(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx, pytest.raises(ValueError, match="number-drawn"):
        tx.append("number-drawn", {"series": "s", "number": 7, "next": 8})


def test_subjects_are_listed_page_by_page(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        for name in "dbca":
            tx.append("event:received", {}, [f"order:{name}", "orders"])
            tx.append("event:booked", {}, [f"order:{name}"])
    assert journal.subjects_with_prefix("order:", limit=3) == ["order:a", "order:b", "order:c"]
    assert journal.subjects_with_prefix("order:", after="order:c") == ["order:d"]


def test_an_entry_that_is_not_there_is_not_found(journal: Journal) -> None:
    with pytest.raises(NotFound, match="no entry 99"):
        journal.entry("99")


def test_texts_with_lone_surrogates_can_be_stored(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        seq = tx.append("event:received", {"name": "caf\udce9"}, [])
    assert journal.entry(seq).body == {"name": "caf\udce9"}
    assert verify(journal).ok


def test_what_json_cannot_say_is_refused() -> None:
    assert encode(MappingProxyType({"b": 1, "a": (2,)})) == '{"a":[2],"b":1}'
    assert encode({"on": datetime(2026, 1, 2, tzinfo=UTC).date(), "at": datetime(2026, 1, 2, tzinfo=UTC)}) == (
        '{"at":"2026-01-02T00:00:00Z","on":"2026-01-02"}'
    )
    with pytest.raises(TypeError, match="object cannot be written"):
        encode(object())
    with pytest.raises(ValueError, match="Out of range"):
        encode(float("nan"))


def test_the_order_of_stored_instants_is_the_order_of_their_texts() -> None:
    whole = datetime(2026, 11, 20, 14, 15, tzinfo=UTC)
    assert stored(whole) == "2026-11-20T14:15:00.000000Z"
    assert stored(whole) < stored(whole + timedelta(microseconds=1)) < stored(whole + timedelta(seconds=1))
    assert instant(stored(whole.astimezone(timezone(timedelta(hours=-7))))) == whole
    assert printed(whole) == "2026-11-20T14:15:00Z"
    with pytest.raises(ValueError, match="no time zone"):
        stored(whole.replace(tzinfo=None))
