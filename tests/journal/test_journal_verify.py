import json
import sqlite3
from datetime import datetime
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.journal import Journal, export, verify


def _edit(journal: Journal, *statements: str) -> None:
    """What somebody with a SQLite tool and no scruples does."""
    other = sqlite3.connect(journal.path, isolation_level=None)
    for name in ("changed", "removed", "added_at_the_end"):
        verb = "entries_are_" + name if name == "added_at_the_end" else "entries_are_never_" + name
        other.execute(f"DROP TRIGGER {verb}")
    touched = sum(other.execute(statement).rowcount for statement in statements)
    other.close()
    assert touched > 0, "the statement of the test touches nothing"


def test_an_untouched_journal_has_no_problems(full: Journal) -> None:
    found = verify(full)
    assert found.problems == ()
    assert found.ok
    assert (found.entries, found.files, found.documents) == (full.head()[0], 2, 2)


@pytest.mark.parametrize("column", ["at", "kind", "subjects", "body", "previous", "hash"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5)
@given(data=st.data())
def test_any_altered_entry_is_found(full: Journal, column: str, data: st.DataObject) -> None:
    seq = data.draw(st.integers(1, full.head()[0]))
    read, write = f"SELECT {column} FROM entries WHERE seq = ?", f"UPDATE entries SET {column} = ? WHERE seq = ?"  # noqa: S608
    other = sqlite3.connect(full.path, isolation_level=None)
    other.execute("DROP TRIGGER IF EXISTS entries_are_never_changed")
    (before,) = other.execute(read, (seq,)).fetchone()
    after = data.draw(st.sampled_from(["", "[]", "{}", "null", "7", before + " ", before[:-1], "x" * 64]))
    if after != before:
        other.execute(write, (after, seq))
        assert not verify(full).ok
        other.execute(write, (before, seq))
    other.close()
    assert verify(full).ok


def test_any_removed_entry_is_found(full: Journal) -> None:
    last = full.head()[0]
    for seq in (1, 2, last // 2, last):
        other = sqlite3.connect(full.path, isolation_level=None)
        other.execute("DROP TRIGGER IF EXISTS entries_are_never_removed")
        other.execute("BEGIN")
        row = other.execute("SELECT * FROM entries WHERE seq = ?", (seq,)).fetchone()
        other.execute("DELETE FROM entries WHERE seq = ?", (seq,))
        other.execute("COMMIT")
        assert any("missing" in problem or "cut off" in problem for problem in verify(full).problems)
        other.execute("DROP TRIGGER IF EXISTS entries_are_added_at_the_end")
        other.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        other.close()
    assert verify(full).ok


def test_an_inserted_entry_is_found(full: Journal) -> None:
    _edit(
        full,
        "INSERT INTO entries SELECT seq + 1, at, 'override', '[]', '{}', hash, 'made up' FROM entries"
        " ORDER BY seq DESC LIMIT 1",
    )
    assert any("has been altered" in problem for problem in verify(full).problems)


def test_an_entry_at_the_end_that_was_hashed_rightly_but_tells_untruth_is_found(full: Journal) -> None:
    seq, previous = full.head()
    at, body = "2026-11-20T14:15:00.000000Z", '{"next":3,"number":2,"series":"amazon-us"}'
    own = sha256(f'["{previous}",{seq + 1},"{at}","number-drawn",[],{body}]'.encode()).hexdigest()
    _edit(
        full,
        f"INSERT INTO entries VALUES ({seq + 1}, '{at}', 'number-drawn', '[]', '{body}', '{previous}', '{own}')",  # noqa: S608
    )
    assert verify(full).problems == ("numbers amazon-us: next is 12, the history says 3",)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE chunks SET data = (SELECT data FROM chunks ORDER BY rowid DESC LIMIT 1) WHERE rowid = 1", "altered"),
        ("UPDATE chunks SET data = x'0102' WHERE rowid = 1", "damaged"),
        ("DELETE FROM chunks WHERE rowid = 1", "altered"),
        ("INSERT INTO chunks VALUES ('00', 0, x'')", "belong to no file"),
        ("UPDATE files SET size = 1 WHERE direction = 'in'", "size is 1"),
        ("UPDATE files SET name = 'other.edi' WHERE direction = 'in'", "name is 'other.edi'"),
        ("DELETE FROM files WHERE direction = 'in'", "is missing"),
        ("INSERT INTO files SELECT 1, sha256, size, direction, channel, name, at FROM files LIMIT 1", "no entry tells"),
        ("UPDATE interchanges SET outcome = 'repeat'", "outcome is 'repeat'"),
        ("UPDATE interchanges SET test = 1", "test is 1"),
        ("UPDATE interchanges SET partner = NULL", "partner is None"),
        ("UPDATE messages SET verdict = 'accepted'", "verdict is 'accepted'"),
        ("UPDATE messages SET findings = '[]'", "findings has been altered"),
        ("UPDATE mappings SET text = 'number = BEG04'", "its text has been altered"),
        ("UPDATE documents SET body = '{}' WHERE direction = 'in'", "body has been altered"),
        ("UPDATE documents SET body = '{}', sha256 = '44136f' WHERE direction = 'in'", "sha256 is '44136f'"),
        ("UPDATE documents SET business_number = '1' WHERE direction = 'in'", "business_number is '1'"),
        ("UPDATE documents SET file = 'other' WHERE direction = 'out'", "file is 'other'"),
        ("UPDATE documents SET control_number = '7' WHERE direction = 'in'", "control_number is '7'"),
        ("UPDATE cases SET owner = 'nobody'", "owner is 'nobody'"),
        ("UPDATE cases SET state = 'open'", "state is 'open'"),
        ("UPDATE cases SET due_at = NULL, opened_at = 'x'", "opened_at is 'x'"),
        ("DELETE FROM cases", "is missing"),
        ("DELETE FROM case_subjects WHERE subject = 'item:ACME-2'", "its subjects are"),
        ("INSERT INTO case_subjects VALUES (1, 'order:x')", "its subjects are"),
        ("UPDATE outbox SET state = 'delivered'", "state is 'delivered'"),
        ("UPDATE outbox SET attempts = 3", "attempts is 3"),
        ("UPDATE outbox SET id = 1", "no entry tells"),
        ("UPDATE documents SET at = '2020-01-01T00:00:00.000000Z'", "at is '2020"),
        ("UPDATE cases SET closed_at = NULL", "closed_at is None"),
        ("UPDATE numbers SET next = 2", "next is 2"),
        ("DELETE FROM numbers", "next is None"),
        ("INSERT INTO numbers VALUES ('other', 5)", "the history says None"),
        ("UPDATE items SET body = '{}'", "not those that the files brought"),
        ("DELETE FROM items", "not those that the files brought"),
        ("UPDATE items SET sku = 'OTHER'", "under the name of another"),
        ("INSERT INTO terms VALUES ('ACME1', '{}', 1)", "terms: the rows are not those"),
        ("DELETE FROM subjects WHERE subject LIKE 'order:%'", "is not filed under its subject"),
        ("INSERT INTO subjects VALUES ('order:x', 1)", "no entry names"),
    ],
)
def test_any_row_edited_by_hand_is_found(full: Journal, statement: str, problem: str) -> None:
    _edit(full, statement)
    assert any(problem in found for found in verify(full).problems), verify(full).problems


def test_a_history_cut_off_or_written_anew_is_found_by_a_head_noted_elsewhere(full: Journal) -> None:
    seq, own = full.head()
    assert verify(full, (seq, own)).ok
    assert verify(full, (seq - 1, full.entry(seq - 1).hash)).ok
    assert "written anew" in verify(full, (seq, "0" * 64)).problems[0]
    assert "is not there" in verify(full, (seq + 1, own)).problems[0]


def test_an_emptied_history_is_found(journal: Journal) -> None:
    _edit(journal, "DELETE FROM entries", "DELETE FROM sqlite_sequence")
    assert verify(journal).problems == ("the history is empty",)


def test_a_long_history_is_read_in_pages(full: Journal, at: datetime) -> None:
    with full.transaction(at) as tx:
        for number in range(2100):
            tx.append("event:counted", {"number": number}, ["counted"])
    found = verify(full)
    assert found.ok
    assert found.entries == full.head()[0]


def test_the_export_can_be_verified_by_anybody(full: Journal) -> None:
    previous = "0" * 64
    for line in export(full):
        entry = json.loads(line)
        told = [previous, entry["seq"], entry["at"], entry["kind"], entry["subjects"], entry["body"]]
        previous = sha256(json.dumps(told, separators=(",", ":"), sort_keys=True).encode()).hexdigest()
        assert entry["hash"] == previous
    assert previous == full.head()[1]


def test_a_file_whose_pages_contradict_each_other_is_told_to_be_damaged(full: Journal, at: datetime) -> None:
    """Pages of nothing in the place of some: what a power cut on a disk that lies leaves behind."""
    with full.transaction(at) as tx:
        for number in range(3000):
            tx.append("event:counted", {"number": number}, ["counted"])
    path = full.path
    full.close()
    torn = bytearray(path.read_bytes())
    for page in range(10, len(torn) // 4096, 3):
        torn[page * 4096 : page * 4096 + 4096] = bytes(4096)
    path.write_bytes(torn)
    with Journal.open(path, read_only=True) as journal:
        found = verify(journal)
    assert not found.ok
    assert all(problem.startswith("the file is damaged: ") for problem in found.problems)
