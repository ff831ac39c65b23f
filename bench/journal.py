"""Rows about the journal: an entry and its commit beside plain SQLite, what a group saves, and sqlite-utils.

All write the seven columns of the same entry into a file of their own, as durably: rollback journal, EXTRA. The journal
also hashes it onto the one before and files it under its subject. A commit is a wait for the disk, so it goes by the
clock; what sqlite-utils does to a row does not wait, and is compared within one commit.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter

from bench.instances import AT
from bench.measure import Figure, Row, Work, seconds_of
from gateway.journal import Journal

_GROUP = 50
_SUBJECT = "order:amazon-us:4XK7PL2Q"
_BODY = {"document": "17", "number": "4XK7PL2Q", "lines": [{"line": str(n), "quantity": "24"} for n in range(1, 6)]}
_COLUMNS = ("seq", "at", "kind", "subjects", "body", "previous", "hash")
_INSERT = f"INSERT INTO entries VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 - constants alone
_MICRO = 1e6


@contextmanager
def _journal() -> Iterator[tuple[Journal, tuple[object, ...], Path]]:
    """A journal with an entry, the row of that entry, and the folder it lies in."""
    with tempfile.TemporaryDirectory() as folder, Journal.create(Path(folder) / "journal.db", AT) as journal:
        with journal.transaction(AT) as tx:
            seq = tx.append("bench", _BODY, (_SUBJECT,))
        base = sqlite3.connect(journal.path)
        [row] = base.execute(f"SELECT {', '.join(_COLUMNS)} FROM entries WHERE seq = ?", (seq,)).fetchall()  # noqa: S608
        base.close()
        yield journal, row, Path(folder)


def _entries(journal: Journal, number: int) -> Work:
    """So many entries in one commit."""

    def work() -> None:
        with journal.transaction(AT) as tx:
            for _ in range(number):
                tx.append("bench", _BODY, (_SUBJECT,))

    return work


def _opened(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode = DELETE")
    base.execute("PRAGMA synchronous = EXTRA")
    base.execute(f"CREATE TABLE entries ({', '.join(_COLUMNS)}, PRIMARY KEY (seq))")
    return base


def single(quick: bool) -> Figure:
    """An entry with its commit, against a row of the same columns with one."""
    with _journal() as (journal, row, folder):
        base, numbers = _opened(folder / "raw.db"), count(10)

        def floor() -> None:
            base.execute("BEGIN IMMEDIATE")
            base.execute(_INSERT, (next(numbers), *row[1:]))
            base.execute("COMMIT")

        low, own = seconds_of((floor, _entries(journal, 1)), rounds=20 if quick else 500, clock=perf_counter)
        base.close()
    return Figure(low / own, f"{1 / own:.0f} commits/s of an entry, {1 / low:.0f}/s of a plain row")


def group(quick: bool) -> Figure:
    """How many times as many entries a second get in where fifty share a commit."""
    with _journal() as (journal, _, _):
        works = (_entries(journal, 1), _entries(journal, _GROUP))
        alone, together = seconds_of(works, rounds=20 if quick else 300, clock=perf_counter)
    return Figure(alone * _GROUP / together, f"{_GROUP / together:.0f} entries/s together, {1 / alone:.0f}/s alone")


def peer(quick: bool) -> Figure:
    """Fifty entries in one commit, against sqlite-utils inserting fifty rows in one."""
    from sqlite_utils import Database

    with _journal() as (journal, row, folder):
        base, numbers = _opened(folder / "utils.db"), count(10)
        table, values = Database(base).table("entries"), dict(zip(_COLUMNS, row, strict=True))

        def theirs() -> None:
            base.execute("BEGIN IMMEDIATE")
            for _ in range(_GROUP):
                table.insert({**values, "seq": next(numbers)})
            base.execute("COMMIT")

        other, own = seconds_of((theirs, _entries(journal, _GROUP)), rounds=5 if quick else 100)
        base.close()
    each = _MICRO / _GROUP
    return Figure(
        other / own, f"{own * each:.0f} us of the processor an entry, sqlite-utils {other * each:.0f} us a row"
    )


ROWS = (
    Row("journal", "an entry and its commit, as a share of plain SQLite", single, goal=0.8, at_least=True),
    Row("journal-group", "entries of a group of 50, times single ones", group, goal=5, at_least=True),
    Row("journal-peer", "entries in a commit, times sqlite-utils", peer, goal=1.3, at_least=True),
)
