"""When an order must be looked at although nothing comes: a deadline nears, or something that it waits for has left.

A cache of what the states of orders ask for, one time for each order, so that a turn need not look at all of them.
Looking too early costs a look; the pipeline sets the next time whenever it looks.
"""

from datetime import datetime

from gateway.journal.entries import AFTER_ALL, EntryReader, EntryWriter
from gateway.journal.instants import stored

_DUE = "SELECT subject FROM wakeups WHERE at <= ? ORDER BY at, subject"
_ALL = "SELECT subject FROM wakeups WHERE subject >= ? AND subject < ? ORDER BY subject"
_SET = "INSERT INTO wakeups (subject, at) VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET at = excluded.at"
_CLEAR = "DELETE FROM wakeups WHERE subject = ?"


class WakeupReader(EntryReader):
    """Questions about what is due to be looked at."""

    def due_wakeups(self, now: datetime) -> list[str]:
        """The subjects that must be looked at by now, the longest due first."""
        return [row[0] for row in self._connection.rows(_DUE, (stored(now),))]

    def wakeups(self, prefix: str) -> list[str]:
        """The subjects that begin so and are to be looked at some time, in alphabetical order."""
        return [row[0] for row in self._connection.rows(_ALL, (prefix, prefix + AFTER_ALL))]


class WakeupWriter(WakeupReader, EntryWriter):
    """Sets and clears times."""

    def wake(self, subject: str, at: datetime | None) -> None:
        """Look at this subject next at that time; None: not before something comes."""
        if at is None:
            self._connection.change(_CLEAR, (subject,))
        else:
            self._connection.change(_SET, (subject, stored(at)))
