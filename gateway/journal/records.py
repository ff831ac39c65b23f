"""What the journal answers with: frozen records, one for each of its tables.

Every id is text: the number of the journal entry that began the thing. So an id names one thing in the whole journal,
whatever its kind, and leads straight to its place in the history.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from gateway.findings import Finding
from gateway.journal.instants import printed


def _shown(value: object) -> Any:
    match value:
        case datetime():
            return printed(value)
        case Finding():
            return value.as_json()
        case tuple():
            return [_shown(part) for part in value]
    return value


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the journal; `as_json` is what listings print."""

    def as_json(self) -> dict[str, Any]:
        """Every field, instants as ISO 8601 text, tuples as lists."""
        return {field.name: _shown(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Entry(Record):
    """One line of the history. `hash` covers everything else in it, and with `previous` all that came before."""

    seq: int
    at: datetime
    kind: str
    subjects: tuple[str, ...]
    body: dict[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class File(Record):
    """A file that came ("in") or was written for sending ("out"); its bytes are found by their SHA-256."""

    id: str
    sha256: str
    size: int
    direction: str
    channel: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Interchange(Record):
    """An envelope in a file, with what became of it: taken, repeat, conflict, held or refused.

    `key` is what a duplicate shares (ids, test flag, kind, control numbers), `segments_sha` the hash of its segments
    without line ends, which tells a repeat from a conflict.
    """

    id: str
    file_id: str
    direction: str
    partner: str | None
    key: str
    segments_sha: str
    control_number: str
    test: bool
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Message(Record):
    """A message of an interchange: where its bytes are in the file, the verdict, and the mapping that read it."""

    id: str
    interchange_id: str
    ordinal: int
    type: str
    version: str
    group_number: str | None
    control_number: str
    offset: int
    length: int
    verdict: str
    findings: tuple[Finding, ...]
    mapping: str | None
    document_id: str | None


@dataclass(frozen=True, slots=True)
class Document(Record):
    """A canonical document without its body, with the three statuses as the pipeline last computed them."""

    id: str
    type: str
    direction: str
    partner: str
    account: str | None
    business_number: str
    revision: int
    sha256: str
    message_id: str | None
    file_id: str | None
    at: datetime
    validation: str
    delivery: str
    acknowledgement: str
    control_number: str | None
    file: str | None


@dataclass(frozen=True, slots=True)
class Case(Record):
    """What a person must look at. `key` names the problem; `state` is open or closed."""

    id: str
    key: str
    code: str
    owner: str
    state: str
    subjects: tuple[str, ...]
    message: str
    remedy: str
    evidence: dict[str, Any]
    due_at: datetime | None
    opened_at: datetime
    at_stake: str | None
    closed_at: datetime | None
    reason: str | None
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class Dispatch(Record):
    """A file on its way out: queued, staged, delivered, or failed and waiting for a person."""

    id: str
    document_id: str | None
    channel: str
    name: str
    file_id: str
    control_number: str | None
    state: str
    attempts: int
    next_at: datetime
    error: str | None
    at: datetime
