"""The outbox: what is to leave stands here in the same transaction as its reason (reliability rules R12 to R15).

A courier stages, marks, delivers, marks. A dispatch keeps its bytes, name and control number for ever: trying again
sends the same once more. The table is the fold of the dispatch entries.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gateway.errors import Conflict, NotFound
from gateway.journal.documents import DocumentReader, DocumentWriter
from gateway.journal.files import NEWEST
from gateway.journal.instants import instant, stored
from gateway.journal.records import Dispatch

_SELECT = (
    "SELECT CAST(id AS TEXT), CAST(document_id AS TEXT), channel, name, CAST(file_id AS TEXT), control_number, state,"
    " attempts, next_at, error, at FROM outbox WHERE "
)
_ONE = _SELECT + "id = ?"
# The plus keeps SQLite from walking along the ids, past all that was ever delivered, to save itself the sorting.
_WAITS = "state IN ('queued', 'staged', 'in_doubt')"
# What is queued for a time before 1970 goes before everything else, else the order is that of queueing.
_FIRST = "(next_at < '1970') DESC, +outbox.id"
_WAITING = _SELECT + f"{_WAITS} AND next_at <= ? ORDER BY {_FIRST}"
_WAITING_ON = _SELECT + f"{_WAITS} AND next_at <= ? AND channel = ? ORDER BY {_FIRST}"
_NEXT = "SELECT min(next_at) FROM outbox WHERE state IN ('queued', 'staged', 'in_doubt')"
_DELIVERED = "SELECT count(*) FROM outbox WHERE state = 'delivered' AND channel = ? AND next_at > ? AND next_at <= ?"
_FILTERS = {
    "state": "state = ?",
    "channel": "channel = ?",
    "document_id": "document_id = ?",
    "control_number": "control_number = ?",
    "before": "id < ?",
}
_INSERT = (
    "INSERT INTO outbox (id, document_id, channel, name, file_id, control_number, next_at, state, attempts, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?)"
)
_CARRIED = "UPDATE documents SET file_id = ?, file = ?, control_number = coalesce(?, control_number) WHERE id = ?"
_CHANGE = "UPDATE outbox SET state = ?, attempts = ?, next_at = ?, error = ? WHERE id = ?"

# From which states a dispatch may come into another. Staging again is what recovery does after a crash; what the AS2
# server was given may turn out not to have reached the partner, and the other way round.
_FROM = {
    "dispatch-staged": ("queued", "staged", "in_doubt"),
    "dispatch-delivered": ("queued", "staged", "in_doubt", "failed"),
    "dispatch-failed": ("queued", "staged", "in_doubt", "delivered"),
    "dispatch-in-doubt": ("queued", "staged", "in_doubt", "failed"),
    "dispatch-requeued": ("delivered", "failed", "in_doubt"),
}


def _as_dispatch(row: tuple[Any, ...]) -> Dispatch:
    *start, next_at, error, at = row
    values = (*start, instant(next_at), error, instant(at))
    return Dispatch(*values)


class OutboxReader(DocumentReader):
    """Questions about what is on its way out."""

    def dispatch(self, dispatch_id: str) -> Dispatch:
        """The dispatch with this id. Raises NotFound."""
        row = self._connection.row(_ONE, (dispatch_id,))
        if row is None:
            raise NotFound(f"the journal has no dispatch {dispatch_id}")
        return _as_dispatch(row)

    def dispatches(self, *, limit: int | None = None, **filters: str | None) -> list[Dispatch]:
        """The latest dispatches in the order they were queued, at most `limit`.

        Filters (None is no filter): state, channel, document_id, control_number, and `before`, an id, to go on further
        back. Raises KeyError for another name.
        """
        given = {name: value for name, value in filters.items() if value is not None}
        conditions = " AND ".join(["id < ?", *(_FILTERS[name] for name in given)])
        sql = _SELECT + conditions + " ORDER BY outbox.id DESC LIMIT ?"
        rows = self._connection.rows(sql, (NEWEST, *given.values(), -1 if limit is None else limit))
        return [_as_dispatch(row) for row in reversed(rows)]

    def waiting(self, now: datetime, channel: str | None = None) -> list[Dispatch]:
        """What is due by now and not yet delivered: what goes before all, then the oldest first.

        What a crash left staged stands among them.
        """
        parameters: tuple[str, ...] = (stored(now),) if channel is None else (stored(now), channel)
        rows = self._connection.rows(_WAITING if channel is None else _WAITING_ON, parameters)
        return [_as_dispatch(row) for row in rows]

    def delivered_between(self, channel: str, since: datetime, until: datetime) -> int:
        """How many dispatches a channel has taken after `since`, up to `until`: what was delivered keeps when."""
        row = self._connection.row(_DELIVERED, (channel, stored(since), stored(until)))
        return int(row[0]) if row else 0

    def next_dispatch_at(self) -> datetime | None:
        """When something is due to leave next; None where nothing waits."""
        row = self._connection.row(_NEXT)
        return instant(row[0]) if row and row[0] else None


class OutboxWriter(OutboxReader, DocumentWriter):
    """Queues dispatches and records what became of them."""

    def queue(
        self,
        *,
        channel: str,
        name: str,
        data: bytes,
        document_id: str | None = None,
        control_number: str | None = None,
        next_at: datetime | None = None,
        subjects: Iterable[str] = (),
    ) -> str:
        """Put a file into the outbox, to leave at `next_at` or at once; answers with the dispatch's id.

        The bytes are kept, and the document that the file carries gets file, name and control number.
        """
        file = self.store_file(data, direction="out", channel=channel, name=name)
        row = {
            "document_id": document_id,
            "channel": channel,
            "name": file.name,
            "file_id": file.id,
            "control_number": control_number,
            "next_at": self.at if next_at is None else stored(next_at),
        }
        about = [*subjects, *self._of_document(document_id)]
        seq = self._append("dispatch-queued", row, about, born="dispatch")
        self._connection.change(_INSERT, (seq, *row.values(), self.at))
        if document_id is not None:
            self._connection.change(_CARRIED, (file.id, file.name, control_number, document_id))
        return str(seq)

    def mark_staged(self, dispatch_id: str) -> None:
        """The bytes are durable in staging; the rename comes next. Raises NotFound, Conflict."""
        self._move("dispatch-staged", self.dispatch(dispatch_id), {"state": "staged"})

    def mark_delivered(self, dispatch_id: str) -> None:
        """The file has its final name at the far end. Raises NotFound, Conflict."""
        dispatch = self.dispatch(dispatch_id)
        delivered = {"state": "delivered", "attempts": dispatch.attempts + 1, "error": None, "next_at": self.at}
        self._move("dispatch-delivered", dispatch, delivered)

    def mark_failed(self, dispatch_id: str, error: str, next_at: datetime | None) -> None:
        """A try came to nothing: again at `next_at`, or, where that is None, when a person says so (R15)."""
        dispatch = self.dispatch(dispatch_id)
        tried: dict[str, Any] = {"attempts": dispatch.attempts + 1, "error": error}
        outcome = {"state": "failed"} if next_at is None else {"state": "queued", "next_at": stored(next_at)}
        self._move("dispatch-failed", dispatch, {**tried, **outcome})

    def mark_in_doubt(self, dispatch_id: str, error: str, next_at: datetime) -> None:
        """Nobody can tell whether it arrived: the far end is asked again at `next_at` (R14)."""
        dispatch = self.dispatch(dispatch_id)
        tried = {"attempts": dispatch.attempts + 1, "error": error}
        self._move("dispatch-in-doubt", dispatch, {**tried, "state": "in_doubt", "next_at": stored(next_at)})

    def requeue(self, dispatch_id: str, reason: str, who: str, next_at: datetime | None = None) -> None:
        """Send the same bytes again, under the same name and control number, at `next_at` or now.

        Raises NotFound, Conflict.
        """
        at = self.at if next_at is None else stored(next_at)
        again = {"state": "queued", "next_at": at, "attempts": 0, "reason": reason, "who": who}
        self._move("dispatch-requeued", self.dispatch(dispatch_id), again)

    def _move(self, kind: str, dispatch: Dispatch, change: Mapping[str, Any]) -> None:
        """`dispatch` is as it stands in this transaction."""
        if dispatch.state not in _FROM[kind]:
            raise Conflict(f"dispatch {dispatch.id} is {dispatch.state}: it cannot become {change['state']}")
        about = [*self._of_document(dispatch.document_id), f"dispatch:{dispatch.id}"]
        self._append(kind, {"dispatch": dispatch.id, **change}, about)
        after = {
            "state": dispatch.state,
            "attempts": dispatch.attempts,
            "next_at": stored(dispatch.next_at),
            "error": dispatch.error,
        }
        after |= {name: value for name, value in change.items() if name in after}
        self._connection.change(_CHANGE, (*after.values(), dispatch.id))

    @staticmethod
    def _of_document(document_id: str | None) -> tuple[str, ...]:
        return () if document_id is None else (f"document:{document_id}",)
