"""The history: entries, each carrying the hash of the one before, found again by their subjects.

An entry's number is the id of what it begins, so a thing and its place in history share one name. The last entry is
remembered while a transaction lasts: nobody else can append then.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from gateway.errors import NotFound
from gateway.journal.canonical import decode, encode, fingerprint
from gateway.journal.connection import Connection
from gateway.journal.instants import instant, stored
from gateway.journal.records import Entry

GENESIS = "0" * 64
"""What the first entry has in the place of a hash before it."""

# Kinds that a table is the fold of; only the functions of this package write them, or the two would part.
KEPT = frozenset(
    {
        "journal-created",
        "journal-restored",
        "file-received",
        "file-written",
        "interchange-opened",
        "interchange-repeated",
        "interchange-conflicting",
        "interchange-held",
        "interchange-refused",
        "message-read",
        "document-stored",
        "document-written",
        "case-opened",
        "case-updated",
        "case-assigned",
        "case-closed",
        "dispatch-queued",
        "dispatch-staged",
        "dispatch-delivered",
        "dispatch-failed",
        "dispatch-in-doubt",
        "dispatch-requeued",
        "number-drawn",
        "number-jumped",
        "master-updated",
        "master-unchanged",
        "outbound-paused",
        "outbound-resumed",
        "bytes-pruned",
    }
)

_SELECT = "SELECT seq, at, kind, subjects, body, previous, hash FROM entries WHERE "
PAGE = _SELECT + "seq > ? ORDER BY seq LIMIT ?"
"""Rows of entries from behind a number, at most so many."""

_TAIL = "SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1"
_INSERT = "INSERT INTO entries (seq, at, kind, subjects, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_SUBJECT = "INSERT OR IGNORE INTO subjects (subject, seq) VALUES (?, ?)"
_ONE = _SELECT + "seq = ?"
_OF_SUBJECT = (
    "SELECT e.seq, e.at, e.kind, e.subjects, e.body, e.previous, e.hash FROM subjects AS s"
    " JOIN entries AS e ON e.seq = s.seq WHERE s.subject = ? AND s.seq > ? ORDER BY s.seq"
)
_HAS_KIND = "SELECT 1 FROM subjects AS s JOIN entries AS e ON e.seq = s.seq WHERE s.subject = ? AND e.kind = ? LIMIT 1"
_NAMING = _SELECT + "seq > ? AND seq <= ? AND (instr(body, ?) OR instr(body, ?)) ORDER BY seq"
_COUNT_SUBJECTS = "SELECT count(DISTINCT subject) FROM subjects WHERE subject > ? AND subject < ?"
_SUBJECTS = "SELECT DISTINCT subject FROM subjects WHERE subject > ? AND subject < ? ORDER BY subject LIMIT ?"

AFTER_ALL = "\U0010ffff"
"""Sorts after every text: the end of a range of keys that begin alike."""


def chained(previous: str, seq: int, at: str, kind: str, subjects: str, body: str) -> str:
    """The hash of an entry: SHA-256 of the compact JSON list [previous, seq, at, kind, subjects, body]."""
    return fingerprint(f'["{previous}",{seq},"{at}",{encode(kind)},{subjects},{body}]')


def as_entry(row: tuple[Any, ...]) -> Entry:
    """The record of a row of entries."""
    seq, at, kind, subjects, body, previous, own = row
    return Entry(seq, instant(at), kind, tuple(decode(subjects)), decode(body), previous, own)


class Reader:
    """What can be asked of the journal; each table adds its questions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection


class EntryReader(Reader):
    """Questions about the history."""

    def head(self) -> tuple[int, str]:
        """Number and hash of the last entry. Written down elsewhere, it proves later that nothing was cut off."""
        row = self._connection.row(_TAIL)
        return (row[0], row[1]) if row else (0, GENESIS)

    def entry(self, seq: int | str) -> Entry:
        """The entry with this number; its kind says what the id of a thing stands for. Raises NotFound."""
        row = self._connection.row(_ONE, (seq,))
        if row is None:
            raise NotFound(f"the journal has no entry {seq}")
        return as_entry(row)

    def entries(self, after: int = 0, limit: int = 1000) -> list[Entry]:
        """The history in order, from behind the entry `after`, at most `limit` entries."""
        return [as_entry(row) for row in self._connection.rows(PAGE, (after, limit))]

    def events(self, subject: str, after: int = 0, prefix: str = "") -> list[Entry]:
        """The entries that concern a subject, in order; with `prefix` only the kinds that begin so (`event:`)."""
        rows = self._connection.rows(_OF_SUBJECT, (subject, after))
        return [as_entry(row) for row in rows if row[2].startswith(prefix)]

    def is_told(self, subject: str, kind: str) -> bool:
        """Whether an entry of this very kind concerns a subject."""
        return self._connection.row(_HAS_KIND, (subject, kind)) is not None

    def entries_naming(self, one: str, other: str, after: int, until: int) -> list[Entry]:
        """Of the entries from behind `after` to `until` those whose body has one of two fields, in order."""
        # A field stands in the canonical text as it stands here; what is no hit is not even decoded.
        rows = self._connection.rows(_NAMING, (after, until, f'"{one}":', f'"{other}":'))
        return [as_entry(row) for row in rows]

    def count_subjects(self, prefix: str) -> int:
        """How many subjects begin so."""
        row = self._connection.row(_COUNT_SUBJECTS, (prefix, prefix + AFTER_ALL))
        return int(row[0]) if row else 0

    def subjects_with_prefix(self, prefix: str, after: str = "", limit: int = 100) -> list[str]:
        """The subjects that begin so, in alphabetical order, from behind `after`, at most `limit`."""
        rows = self._connection.rows(_SUBJECTS, (max(prefix, after), prefix + AFTER_ALL, limit))
        return [row[0] for row in rows]


class EntryWriter(EntryReader):
    """Adds to the history, inside a transaction."""

    def __init__(self, connection: Connection, at: datetime) -> None:
        super().__init__(connection)
        self.at = stored(at)
        self._tail: tuple[int, str] | None = None
        self.folds: dict[str, tuple[int, Any]] = {}
        """What somebody made of the entries of a subject, and of which entry as the last. Whoever folds on from there
        keeps it here, for it is forgotten when a part of the transaction is taken back."""

    def head(self) -> tuple[int, str]:
        """The same, as of this transaction."""
        return self._tail or super().head()

    def append(self, kind: str, body: Mapping[str, Any], subjects: Iterable[str] = ()) -> int:
        """Record what happened, once, and index it under every subject; answers with the entry's number.

        Raises ValueError for the kinds this package keeps tables of: they have functions of their own.
        """
        if kind in KEPT:
            raise ValueError(f"{kind} is written by the journal itself")
        return self._append(kind, body, subjects)

    def _append(self, kind: str, body: Mapping[str, Any], subjects: Iterable[str] = (), born: str = "") -> int:
        """The same for every kind; `born` names what this entry begins: its subject `born:seq` is added."""
        last, previous = self.head()
        seq = last + 1
        named = [*subjects, f"{born}:{seq}"] if born else list(subjects)
        named_text, body_text = encode(named), encode(body)
        own = chained(previous, seq, self.at, kind, named_text, body_text)
        self._connection.change(_INSERT, (seq, self.at, kind, named_text, body_text, previous, own))
        if named:
            self._connection.change_many(_INSERT_SUBJECT, [(subject, seq) for subject in named])
        self._tail = (seq, own)
        return seq

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """One part of a grouped commit: an exception takes back this part alone, and goes on to the caller."""
        done = False
        try:
            with self._connection.savepoint():
                yield
            done = True
        finally:
            if not done:
                self._tail = None
                self.folds.clear()
