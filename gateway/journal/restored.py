"""What a restored journal knows of its own end: what each side sent last before the backup was made.

What came later nobody here can know. But every side counts or dates what it sends, so that the last of each says from
where on it must be sent again; what is sent twice by that is known as a repeat.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.journal.entries import EntryReader
from gateway.journal.files import NEWEST
from gateway.journal.instants import instant
from gateway.journal.records import Entry, Record

RESTORED = "restore"
"""The subject of the lines of history that a restore writes."""

# A repeat may be years old in its numbers; what was refused or held had a number all the same.
_LAST_INTERCHANGES = (
    "SELECT i.partner, i.control_number,"
    " (SELECT m.group_number FROM messages AS m WHERE m.interchange_id = i.id ORDER BY m.ordinal DESC LIMIT 1),"
    " i.at, f.name FROM interchanges AS i JOIN files AS f ON f.id = i.file_id WHERE i.id IN"
    " (SELECT max(id) FROM interchanges WHERE direction = 'in' AND outcome <> 'repeat' AND id < ? GROUP BY partner)"
    " AND i.partner IS NOT NULL ORDER BY i.partner"
)
_LAST_FILE = "SELECT name, at FROM files WHERE direction = 'in' AND channel = ? AND id < ? ORDER BY id DESC LIMIT 1"
_LAST_DOCUMENTS = (
    "SELECT partner, type, business_number, at FROM documents WHERE id IN (SELECT max(id) FROM documents"
    " WHERE direction = 'in' AND message_id IS NULL AND file_id IN (SELECT id FROM files WHERE channel = ?)"
    " AND id < ? GROUP BY partner, type) ORDER BY partner, type"
)
_CREATED = "SELECT value FROM meta WHERE key = 'created_at'"


@dataclass(frozen=True, slots=True)
class LastInterchange(Record):
    """The last interchange of a partner: its numbers as they stood in it, when it came, in which file."""

    partner: str
    control_number: str
    group_number: str | None
    at: datetime
    file: str


@dataclass(frozen=True, slots=True)
class LastDocument(Record):
    """The last document of a kind that came on a channel without an envelope, as those of the ERP do."""

    partner: str
    type: str
    business_number: str
    at: datetime


def _as_interchange(row: tuple[Any, ...]) -> LastInterchange:
    *start, at, file = row
    values = (*start, instant(at), file)
    return LastInterchange(*values)


def _as_document(row: tuple[Any, ...]) -> LastDocument:
    values = (*row[:-1], instant(row[-1]))
    return LastDocument(*values)


class RestoreReader(EntryReader):
    """Questions about the time before the last restore; of a journal that was never restored, about all of it."""

    def last_restore(self) -> Entry | None:
        """The line of history of the last restore; None where there was none."""
        return next(reversed(self.events(RESTORED, prefix="journal-restored")), None)

    def created_at(self) -> datetime:
        """When this journal was begun."""
        [(at,)] = self._connection.rows(_CREATED)
        return instant(at)

    def last_interchanges(self) -> list[LastInterchange]:
        """The last interchange that each partner sent."""
        rows = self._connection.rows(_LAST_INTERCHANGES, (self._bound,))
        return [_as_interchange(row) for row in rows]

    def last_file(self, channel: str) -> tuple[str, datetime] | None:
        """Name and time of the last file that came on a channel; None where none did."""
        row = self._connection.row(_LAST_FILE, (channel, self._bound))
        return (row[0], instant(row[1])) if row else None

    def last_documents(self, channel: str) -> list[LastDocument]:
        """The last document of each partner and kind that came in files of a channel."""
        rows = self._connection.rows(_LAST_DOCUMENTS, (channel, self._bound))
        return [_as_document(row) for row in rows]

    @property
    def _bound(self) -> int:
        """Ids below it are older than the last restore."""
        restored = self.last_restore()
        return restored.seq if restored else NEWEST
