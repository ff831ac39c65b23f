"""Canonical documents, in and out, with the three statuses users know them by.

What a document says stands in the history by its SHA-256. What came is never changed; a draft of ours is written anew
until it leaves, each time with a line of history. The statuses are caches that the pipeline writes from the events; the
file that carries a document out is set when it is queued (see outbox.py).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.errors import Conflict, JournalError, NotFound
from gateway.journal.arrivals import ArrivalReader, ArrivalWriter
from gateway.journal.canonical import decode, encode, fingerprint
from gateway.journal.files import NEWEST
from gateway.journal.instants import instant
from gateway.journal.records import Document

_SELECT = (
    "SELECT CAST(id AS TEXT), type, direction, partner, account, business_number, revision, sha256,"
    " CAST(message_id AS TEXT), CAST(file_id AS TEXT), at, validation, delivery, acknowledgement, control_number, file"
    " FROM documents WHERE "
)
_ONE = _SELECT + "id = ?"
_BODY = "SELECT body, sha256 FROM documents WHERE id = ?"
_INSERT = (
    "INSERT INTO documents (id, type, direction, partner, account, business_number, revision, sha256, message_id,"
    " file_id, control_number, file, body, validation, delivery, acknowledgement, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_WRITE = "UPDATE documents SET body = ?, sha256 = ? WHERE id = ?"
_UPDATE = (
    "UPDATE documents SET validation = coalesce(?, validation), delivery = coalesce(?, delivery),"
    " acknowledgement = coalesce(?, acknowledgement) WHERE id = ?"
)
# What a listing may be narrowed by, with its condition.
_FILTERS = {
    "type": "type = ?",
    "but_type": "type <> ?",
    "direction": "direction = ?",
    "partner": "partner = ?",
    "account": "account = ?",
    "business_number": "business_number = ?",
    "control_number": "control_number = ?",
    "message_id": "message_id = ?",
    "file_id": "file_id = ?",
    "validation": "validation = ?",
    "delivery": "delivery = ?",
    "acknowledgement": "acknowledgement = ?",
    "before": "id < ?",
}


# Written out beside the bound condition: SQLite takes the index of what awaits its answer only where it sees this.
_UNANSWERED = "acknowledgement = 'awaited'"


def _as_document(row: tuple[Any, ...]) -> Document:
    values = (*row[:10], instant(row[10]), *row[11:])
    return Document(*values)


class DocumentReader(ArrivalReader):
    """Questions about documents."""

    def document(self, document_id: str) -> Document:
        """The document with this id, without its body. Raises NotFound."""
        row = self._connection.row(_ONE, (document_id,))
        if row is None:
            raise NotFound(f"the journal has no document {document_id}")
        return _as_document(row)

    def body_of(self, document_id: str) -> dict[str, Any]:
        """What a document says. Raises NotFound; JournalError where that has been altered."""
        row = self._connection.row(_BODY, (document_id,))
        if row is None:
            raise NotFound(f"the journal has no document {document_id}")
        if fingerprint(row[0]) != row[1]:
            raise JournalError(f"document {document_id} has been altered: restore a backup (docs/operations.md)")
        body: dict[str, Any] = decode(row[0])
        return body

    def documents(self, *, limit: int | None = None, **filters: str | None) -> list[Document]:
        """The latest documents in the order they came, at most `limit`.

        Filters (None is no filter): type, direction, partner, account, business_number, control_number, message_id,
        file_id, validation, delivery, acknowledgement; `but_type`, for all types but this one, and `before`, an id, to
        go on further back. Raises KeyError for another name.
        """
        given = {name: value for name, value in filters.items() if value is not None}
        unanswered = [_UNANSWERED] if given.get("acknowledgement") == "awaited" else []
        conditions = " AND ".join(["id < ?", *unanswered, *(_FILTERS[name] for name in given)])
        sql = _SELECT + conditions + " ORDER BY documents.id DESC LIMIT ?"
        rows = self._connection.rows(sql, (NEWEST, *given.values(), -1 if limit is None else limit))
        return [_as_document(row) for row in reversed(rows)]


class DocumentWriter(DocumentReader, ArrivalWriter):
    """Stores documents."""

    def store_document(
        self,
        *,
        type: str,  # noqa: A002 - the field's own word, as in the table
        direction: str,
        partner: str,
        business_number: str,
        body: Mapping[str, Any] | str,
        account: str | None = None,
        revision: int = 0,
        message_id: str | None = None,
        file_id: str | None = None,
        control_number: str | None = None,
        file: str | None = None,
        validation: str = "ready",
        delivery: str = "none",
        acknowledgement: str = "none_expected",
        subjects: Iterable[str] = (),
    ) -> str:
        """Keep a document; `body` is what it says, or the JSON text of that; answers with its id."""
        text = body if isinstance(body, str) else encode(body)
        row = {
            "type": type,
            "direction": direction,
            "partner": partner,
            "account": account,
            "business_number": business_number,
            "revision": revision,
            "sha256": fingerprint(text),
            "message_id": message_id,
            "file_id": file_id,
            "control_number": control_number,
            "file": file,
        }
        seq = self._append("document-stored", row, subjects, born="document")
        statuses = (validation, delivery, acknowledgement)
        self._connection.change(_INSERT, (seq, *row.values(), text, *statuses, self.at))
        return str(seq)

    def write_document(self, document_id: str, body: Mapping[str, Any]) -> None:
        """Say what a draft of ours says now. Raises NotFound, or Conflict where it came or has left."""
        document = self.document(document_id)
        if document.direction == "in" or document.file_id is not None:
            raise Conflict(f"document {document_id} has come or left: what it says is history")
        text = encode(body)
        written = {"document": document_id, "sha256": fingerprint(text)}
        self._append("document-written", written, (f"document:{document_id}",))
        self._connection.change(_WRITE, (text, written["sha256"], document_id))

    def update_document(
        self,
        document_id: str,
        *,
        validation: str | None = None,
        delivery: str | None = None,
        acknowledgement: str | None = None,
    ) -> None:
        """Write the statuses that the events now give; None leaves one as it is. Raises NotFound."""
        if not self._connection.change(_UPDATE, (validation, delivery, acknowledgement, document_id)):
            raise NotFound(f"the journal has no document {document_id}")
