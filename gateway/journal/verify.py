"""Proves that nothing was altered: the chain of hashes, every file and document, and every table that is a fold.

The history is read page by page without a lock, for it only grows; just the end and the comparison of tables see one
snapshot, so the daemon goes on working. What cannot be seen from inside is a history cut off together with all that it
says of its length: for that, keep the number and hash of the last entry (`head`) elsewhere and hand them in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gateway.errors import JournalError
from gateway.journal.canonical import encode, fingerprint
from gateway.journal.connection import Connection
from gateway.journal.entries import GENESIS, PAGE, as_entry, chained
from gateway.journal.files import FileReader
from gateway.journal.journal import Journal
from gateway.journal.projections import Projection

_PAGE_SIZE = 1000
_DAMAGE = "PRAGMA quick_check(10)"
_GIVEN_OUT = "SELECT seq FROM sqlite_sequence WHERE name = 'entries'"
_INDEXED = "SELECT 1 FROM subjects WHERE subject = ? AND seq = ?"
_BYTES = (
    "SELECT sha256, min(size), max(size), min(id) FROM files"
    " WHERE sha256 NOT IN (SELECT sha256 FROM pruned) GROUP BY sha256 ORDER BY min(id)"
)
_PRUNED_BYTES = "SELECT DISTINCT sha256 FROM chunks WHERE sha256 IN (SELECT sha256 FROM pruned)"
_STRAY_BYTES = "SELECT DISTINCT sha256 FROM chunks WHERE sha256 NOT IN (SELECT sha256 FROM files)"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what is wrong with it; no problems means that nothing was altered."""

    entries: int
    files: int
    documents: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the journal is as it was written."""
        return not self.problems


def verify(journal: Journal, head: tuple[int, str] | None = None) -> Verification:
    """Look at everything; `head` is an older `Journal.head()` that this history must contain.

    Raises JournalError where the file cannot even be read.
    """
    connection = Connection(journal.path, read_only=True)
    try:
        # In a file whose pages contradict each other nothing can be followed, and a walk need not come to an end.
        damage = tuple(str(row[0]) for row in connection.rows(_DAMAGE) if row[0] != "ok")
        if damage:
            return Verification(0, 0, 0, tuple(f"the file is damaged: {said}" for said in damage))
        chain = _Chain(connection, head)
        problems: list[str] = []
        # All but the latest page without a lock: what is there does not change.
        while len(page := connection.rows(PAGE, (chain.last, _PAGE_SIZE))) == _PAGE_SIZE:
            problems += chain.follow(page)
        with connection.snapshot():
            while page := connection.rows(PAGE, (chain.last, _PAGE_SIZE)):
                problems += chain.follow(page)
            problems += chain.end()
            counts = [connection.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("files", "documents")]  # noqa: S608
        problems += _bytes(connection)
        return Verification(chain.entries, counts[0], counts[1], tuple(problems))
    finally:
        connection.close()


class _Chain:
    """The walk along the entries: each is recomputed, looked up under its subjects, and handed to the projection."""

    def __init__(self, connection: Connection, head: tuple[int, str] | None) -> None:
        self._connection = connection
        self._projection = Projection(connection)
        self._head = head
        self._hash = GENESIS
        self._indexed = 0
        self.last = 0
        self.entries = 0

    def follow(self, page: list[tuple[Any, ...]]) -> Iterator[str]:
        for row in page:
            yield from self._step(row)

    def _step(self, row: tuple[Any, ...]) -> Iterator[str]:
        seq, at, kind, subjects, body, previous, own = row
        if seq != self.last + 1:
            yield f"entries {self.last + 1} to {seq - 1} are missing"
        elif previous != self._hash:
            yield f"entry {seq} does not follow entry {self.last}"
        if chained(previous, seq, at, kind, subjects, body) != own:
            yield f"entry {seq} has been altered"
        if self._head and self._head[0] == seq and self._head[1] != own:
            yield f"entry {seq} is not the one that was noted down: the history was written anew"
        self.last, self._hash = seq, own
        self.entries += 1
        try:
            entry = as_entry(row)
            yield from self._index(seq, entry.subjects)
            yield from self._projection.take(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            yield f"entry {seq} cannot be understood ({type(error).__name__}: {error})"

    def _index(self, seq: int, subjects: tuple[str, ...]) -> Iterator[str]:
        for subject in dict.fromkeys(subjects):
            self._indexed += 1
            if self._connection.row(_INDEXED, (subject, seq)) is None:
                yield f"entry {seq} is not filed under its subject {encode(subject)}"

    def end(self) -> Iterator[str]:
        """What is seen only once the whole history was read."""
        given_out = self._connection.row(_GIVEN_OUT)
        if given_out and given_out[0] > self.last:
            yield f"entries {self.last + 1} to {given_out[0]} were cut off"
        if self.last == 0:
            yield "the history is empty"
        if self._head and self._head[0] > self.last:
            yield f"entry {self._head[0]}, which was noted down, is not there: the history was cut off or written anew"
        if self._indexed != self._connection.rows("SELECT count(*) FROM subjects")[0][0]:
            yield "the index of subjects has lines that no entry names"
        yield from self._projection.finish()


def _bytes(connection: Connection) -> Iterator[str]:
    """Hash what is stored: the bytes of files, and the texts of mappings."""
    files = FileReader(connection)
    for digest, smallest, largest, first in connection.rows(_BYTES):
        size, hashed = 0, sha256()
        try:
            for piece in files.pieces_of(digest):
                size += len(piece)
                hashed.update(piece)
        except JournalError as error:
            yield f"files {first}: {error}"
            continue
        if hashed.hexdigest() != digest:
            yield f"files {first}: its bytes have been altered"
        elif not size == smallest == largest:
            yield f"files {first}: it has {size} bytes, not {smallest if smallest != size else largest}"
    yield from (f"bytes {digest} are there, and were removed" for (digest,) in connection.rows(_PRUNED_BYTES))
    yield from (f"bytes {digest} belong to no file" for (digest,) in connection.rows(_STRAY_BYTES))
    for digest, text in connection.rows("SELECT hash, text FROM mappings"):
        if fingerprint(str(text)) != digest:
            yield f"mappings {digest}: its text has been altered"
