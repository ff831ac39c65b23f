"""Whether anything may leave: after a restore nothing does until a person has looked at what may have left before.

A pause is a line of history and, for a quick answer, a row of meta that is its fold. It holds up what leaves alone:
files are taken in, documents are judged and queued as ever.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.errors import Conflict
from gateway.journal.canonical import decode, encode
from gateway.journal.entries import EntryReader, EntryWriter
from gateway.journal.instants import instant
from gateway.journal.records import Record

PAUSE_KEY = "outbound-paused"
"""The row of meta that stands while nothing leaves."""

_PAUSED = "SELECT value FROM meta WHERE key = ?"
_SET = "INSERT INTO meta (key, value) VALUES (?, ?)"
_CLEAR = "DELETE FROM meta WHERE key = ?"


@dataclass(frozen=True, slots=True)
class Pause(Record):
    """Why nothing leaves, who said so, and since when."""

    reason: str
    who: str
    at: datetime


class PauseReader(EntryReader):
    """Questions about the pause."""

    def is_paused(self) -> bool:
        """Whether nothing may leave."""
        return self._connection.row(_PAUSED, (PAUSE_KEY,)) is not None

    def paused(self) -> Pause | None:
        """The pause that stands; None where things may leave."""
        row = self._connection.row(_PAUSED, (PAUSE_KEY,))
        if row is None:
            return None
        said = decode(row[0])
        return Pause(said["reason"], said["who"], instant(said["at"]))


class PauseWriter(PauseReader, EntryWriter):
    """Pauses what leaves, and lets it go on."""

    def pause(self, who: str, reason: str) -> None:
        """Let nothing leave from now on. Raises Conflict where nothing leaves already."""
        if self.is_paused():
            raise Conflict("nothing leaves already: `gateway journal confirm-restore` lets it go on")
        self._append("outbound-paused", {"who": who, "reason": reason})
        self._connection.change(_SET, (PAUSE_KEY, encode({"at": self.at, "reason": reason, "who": who})))

    def unpause(self, who: str, reason: str) -> None:
        """Let things leave again. Raises Conflict where they do."""
        if not self.is_paused():
            raise Conflict("nothing is held up: files leave with every turn")
        self._append("outbound-resumed", {"who": who, "reason": reason})
        self._connection.change(_CLEAR, (PAUSE_KEY,))
