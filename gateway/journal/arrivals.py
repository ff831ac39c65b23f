"""What was in a file that came or went: interchanges and their messages, each recorded once and never changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gateway.errors import NotFound
from gateway.findings import Finding, Severity
from gateway.journal.canonical import decode, encode, fingerprint
from gateway.journal.files import FileReader, FileWriter
from gateway.journal.instants import instant, stored
from gateway.journal.records import Interchange, Message

_OUTCOMES = {
    "taken": "interchange-opened",
    "repeat": "interchange-repeated",
    "conflict": "interchange-conflicting",
    "held": "interchange-held",
    "refused": "interchange-refused",
}

_INTERCHANGE = (
    "SELECT CAST(id AS TEXT), CAST(file_id AS TEXT), direction, partner, key, segments_sha, control_number, test,"
    " outcome, at FROM interchanges WHERE "
)
_TAKEN = _INTERCHANGE + "key = ? AND at >= ? AND outcome = 'taken' ORDER BY id DESC LIMIT 1"
# No index leads from a partner to his interchanges: the newest are walked along, and no further than a question costs.
_OF_PARTNER = (
    "SELECT at FROM (SELECT partner, at FROM interchanges WHERE direction = 'in' ORDER BY id DESC LIMIT ?)"
    " WHERE partner = ? LIMIT ?"
)
_INSERT_INTERCHANGE = (
    "INSERT INTO interchanges (id, file_id, direction, partner, key, segments_sha, control_number, test, outcome, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_MESSAGE = (
    "SELECT CAST(m.id AS TEXT), CAST(m.interchange_id AS TEXT), m.ordinal, m.type, m.version, m.group_number,"
    " m.control_number, m.offset, m.length, m.verdict, m.findings, m.mapping,"
    " (SELECT CAST(min(d.id) AS TEXT) FROM documents AS d WHERE d.message_id = m.id) FROM messages AS m WHERE "
)
_MESSAGE_ID = "SELECT CAST(message_id AS TEXT) FROM documents WHERE id = ? AND message_id IS NOT NULL"
_INSERT_MESSAGE = (
    "INSERT INTO messages (id, interchange_id, ordinal, type, version, group_number, control_number, offset, length,"
    " verdict, findings, mapping) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_MAPPING = "INSERT OR IGNORE INTO mappings (hash, text) VALUES (?, ?)"


def _as_interchange(row: tuple[Any, ...]) -> Interchange:
    *start, test, outcome, at = row
    values = (*start, bool(test), outcome, instant(at))
    return Interchange(*values)


def _as_finding(stored_finding: Mapping[str, Any]) -> Finding:
    return Finding(**{**stored_finding, "severity": Severity(stored_finding["severity"])})


def _as_message(row: tuple[Any, ...]) -> Message:
    *start, findings, mapping, document_id = row
    values = (*start, tuple(_as_finding(finding) for finding in decode(findings)), mapping, document_id)
    return Message(*values)


class ArrivalReader(FileReader):
    """Questions about interchanges and messages."""

    def interchange(self, interchange_id: str) -> Interchange:
        """The interchange with this id. Raises NotFound."""
        row = self._connection.row(_INTERCHANGE + "id = ?", (interchange_id,))
        if row is None:
            raise NotFound(f"the journal has no interchange {interchange_id}")
        return _as_interchange(row)

    def interchanges(self, file_id: str) -> list[Interchange]:
        """The interchanges of a file, in their order."""
        return [_as_interchange(r) for r in self._connection.rows(_INTERCHANGE + "file_id = ? ORDER BY id", (file_id,))]

    def find_interchange(self, key: str, since: datetime) -> Interchange | None:
        """The latest interchange with this key that was taken at `since` or later: what a new one may repeat."""
        row = self._connection.row(_TAKEN, (key, stored(since)))
        return _as_interchange(row) if row else None

    def arrivals_of(self, partner: str, limit: int, *, among: int | None = 5000) -> list[datetime]:
        """When the latest interchanges of a partner came, the latest last, at most `limit`.

        They are looked for among the newest interchanges of all partners; None looks at all there are.
        """
        rows = self._connection.rows(_OF_PARTNER, (-1 if among is None else among, partner, limit))
        return [instant(row[0]) for row in reversed(rows)]

    def message(self, message_id: str) -> Message:
        """The message with this id. Raises NotFound."""
        row = self._connection.row(_MESSAGE + "m.id = ?", (message_id,))
        if row is None:
            raise NotFound(f"the journal has no message {message_id}")
        return _as_message(row)

    def messages(self, interchange_id: str) -> list[Message]:
        """The messages of an interchange, in their order."""
        rows = self._connection.rows(_MESSAGE + "m.interchange_id = ? ORDER BY m.ordinal, m.id", (interchange_id,))
        return [_as_message(row) for row in rows]

    def message_of(self, document_id: str) -> Message | None:
        """The message a document was read from; None where it did not come as one."""
        row = self._connection.row(_MESSAGE_ID, (document_id,))
        return self.message(row[0]) if row else None

    def mapping_text(self, digest: str) -> str:
        """The effective mapping with this hash. Raises NotFound."""
        row = self._connection.row("SELECT text FROM mappings WHERE hash = ?", (digest,))
        if row is None:
            raise NotFound(f"the journal has no mapping {digest}")
        return str(row[0])


class ArrivalWriter(ArrivalReader, FileWriter):
    """Records interchanges and messages."""

    def open_interchange(
        self,
        *,
        file_id: str,
        direction: str,
        partner: str | None,
        key: str,
        segments_sha: str,
        control_number: str,
        test: bool,
        outcome: str = "taken",
        subjects: Iterable[str] = (),
    ) -> str:
        """Record an envelope and what becomes of it (taken, repeat, conflict, held, refused); answers with its id."""
        body = {
            "file_id": file_id,
            "direction": direction,
            "partner": partner,
            "key": key,
            "segments_sha": segments_sha,
            "control_number": control_number,
            "test": test,
            "outcome": outcome,
        }
        seq = self._append(_OUTCOMES[outcome], body, (*subjects, f"file:{file_id}"))
        self._connection.change(_INSERT_INTERCHANGE, (seq, *body.values(), self.at))
        return str(seq)

    def record_message(
        self,
        *,
        interchange_id: str,
        ordinal: int,
        type: str,  # noqa: A002 - the field's own word, as in the table
        version: str,
        control_number: str,
        offset: int,
        length: int,
        verdict: str,
        group_number: str | None = None,
        findings: Iterable[Finding] = (),
        mapping: str | None = None,
        subjects: Iterable[str] = (),
    ) -> str:
        """Record a message and its verdict; `mapping` is the answer of `store_mapping`; answers with its id.

        The history keeps the hash of the findings, the table the findings themselves.
        """
        findings_text = encode([finding.as_json() for finding in findings])
        row = {
            "interchange_id": interchange_id,
            "ordinal": ordinal,
            "type": type,
            "version": version,
            "group_number": group_number,
            "control_number": control_number,
            "offset": offset,
            "length": length,
            "verdict": verdict,
        }
        body = {**row, "findings_sha256": fingerprint(findings_text), "mapping": mapping}
        seq = self._append("message-read", body, subjects)
        self._connection.change(_INSERT_MESSAGE, (seq, *row.values(), findings_text, mapping))
        return str(seq)

    def store_mapping(self, text: str) -> str:
        """Keep the text of an effective mapping, once; answers with its hash."""
        digest = fingerprint(text)
        self._connection.change(_INSERT_MAPPING, (digest, text))
        return digest
