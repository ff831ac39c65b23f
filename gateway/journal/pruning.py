"""Retention: the bytes of old files are removed, never the history, and never what somebody may still need.

A file's row, hash and size stay for ever, and so does every document that was read from it. The bytes stay as long as a
file with them is young, is on its way out, awaits an answer, or belongs to an order or case that is open. What is
removed is a line of history, by which `verify` knows that nothing was lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from gateway.journal.entries import EntryReader, EntryWriter
from gateway.journal.instants import instant, stored

_PAGE = 500

# Bytes that nobody may still ask for. `unsettled` documents wait, or are unanswered; `asked` are the subjects of open
# cases, of orders that are not done (wakeups) and of those that unsettled documents are about; `about` is what entries
# of these subjects began; the files of all of these are `needed`.
_REMOVABLE = """
WITH unsettled (id) AS (
    SELECT id FROM documents WHERE acknowledgement IN ('awaited', 'overdue') OR validation IN ('blocked', 'draft')
), asked (subject) AS (
    SELECT subject FROM case_subjects JOIN cases ON id = case_id WHERE state = 'open'
    UNION SELECT subject FROM wakeups
    UNION SELECT s.value FROM unsettled AS u JOIN entries AS e ON e.seq = u.id, json_each(e.subjects) AS s
        WHERE s.value LIKE 'order:%'
), about (id) AS (
    SELECT s.seq FROM asked JOIN subjects AS s ON s.subject = asked.subject UNION SELECT id FROM unsettled
), needed (id) AS (
    SELECT id FROM about
    UNION SELECT CAST(substr(subject, 6) AS INTEGER) FROM asked WHERE subject LIKE 'file:%'
    UNION SELECT file_id FROM interchanges WHERE id IN (SELECT id FROM about)
    UNION SELECT file_id FROM outbox WHERE state <> 'delivered' OR id IN (SELECT id FROM about)
    UNION SELECT file_id FROM documents WHERE id IN (SELECT id FROM about) AND file_id IS NOT NULL
    UNION SELECT i.file_id FROM documents AS d JOIN messages AS m ON m.id = d.message_id
        JOIN interchanges AS i ON i.id = m.interchange_id WHERE d.id IN (SELECT id FROM about)
)
SELECT f.sha256, max(f.size), count(*), max(f.at),
    (SELECT sum(length(data)) FROM chunks AS c WHERE c.sha256 = f.sha256) AS packed
FROM files AS f GROUP BY f.sha256
HAVING max(f.at) < ? AND packed IS NOT NULL AND NOT max(f.id IN (SELECT id FROM needed))
ORDER BY max(f.at), f.sha256
"""
_REMOVE = "DELETE FROM chunks WHERE sha256 = ?"
_NOTE = "INSERT OR REPLACE INTO pruned (sha256, seq) VALUES (?, ?)"
_PRUNED = "SELECT p.seq, e.at FROM pruned AS p JOIN entries AS e ON e.seq = p.seq WHERE p.sha256 = ?"


@dataclass(frozen=True, slots=True)
class Prunable:
    """Bytes that may go: so many, kept in so many after packing, of so many files, the youngest of that time."""

    sha256: str
    size: int
    files: int
    newest: datetime
    packed: int


class PruneReader(EntryReader):
    """Questions about retention."""

    def prunable(self, before: datetime) -> list[Prunable]:
        """The bytes that nobody needs any more, of files that are all older than that, the oldest first."""
        rows = self._connection.rows(_REMOVABLE, (stored(before),))
        return [Prunable(digest, size, files, instant(at), packed) for digest, size, files, at, packed in rows]

    def pruned_at(self, digest: str) -> datetime | None:
        """When the bytes with this SHA-256 were removed; None where they were not."""
        row = self._connection.row(_PRUNED, (digest,))
        return instant(row[1]) if row else None


class PruneWriter(PruneReader, EntryWriter):
    """Removes bytes."""

    def prune(self, before: datetime, who: str, reason: str) -> list[Prunable]:
        """Remove the bytes that `prunable` names; each page of them is a line of history."""
        found = self.prunable(before)
        for page in _pages(found):
            digests = [each.sha256 for each in page]
            body = {"before": stored(before), "sha256": digests, "who": who, "reason": reason}
            seq = self._append("bytes-pruned", body, ("retention",))
            self._connection.change_many(_REMOVE, [(digest,) for digest in digests])
            self._connection.change_many(_NOTE, [(digest, seq) for digest in digests])
        return found


def _pages(found: list[Prunable]) -> Iterator[list[Prunable]]:
    for start in range(0, len(found), _PAGE):
        yield found[start : start + _PAGE]
