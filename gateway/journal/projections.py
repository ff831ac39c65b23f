"""What the tables must hold if the history is true: each entry is compared with its row, or folded to what comes of it.

Rows that never change (files, interchanges, messages, documents) are compared with the entry that began them. Cases,
outbox, numbers and masters are folded and compared at the end. A row that no entry tells of is a problem too.
"""

from collections.abc import Iterator
from typing import Any

from gateway.journal.canonical import decode, encode, fingerprint
from gateway.journal.connection import Connection
from gateway.journal.instants import stored
from gateway.journal.masters import EMPTY, MASTERS, named, total
from gateway.journal.pausing import PAUSE_KEY
from gateway.journal.records import Entry

# The kinds of entry that begin the rows of a table.
_BEGINNINGS = {
    "files": ("file-received", "file-written"),
    "interchanges": (
        "interchange-opened",
        "interchange-repeated",
        "interchange-conflicting",
        "interchange-held",
        "interchange-refused",
    ),
    "messages": ("message-read",),
    "documents": ("document-stored",),
}
_TABLE_OF = {kind: table for table, kinds in _BEGINNINGS.items() for kind in kinds}
# What of a row its entry tells.
_COLUMNS = {
    "files": ("at", "sha256", "size", "direction", "channel", "name"),
    "interchanges": (
        *("at", "file_id", "direction", "partner", "key", "segments_sha"),
        *("control_number", "test", "outcome"),
    ),
    "messages": (
        *("interchange_id", "ordinal", "type", "version", "group_number", "control_number"),
        *("offset", "length", "verdict", "mapping"),
    ),
    "documents": (
        *("at", "type", "direction", "partner", "account", "business_number", "revision"),
        "message_id",
    ),
}
# A text of the row, and the name under which the entry keeps its hash.
_HASHED = {"messages": ("findings", "findings_sha256")}
_ALTERED = "SELECT id, body, sha256 FROM documents WHERE id = ?"

_SELECT = {
    table: f"SELECT {', '.join((*columns, *_HASHED.get(table, ())[:1]))} FROM {table} WHERE id = ?"  # noqa: S608 - constants alone
    for table, columns in _COLUMNS.items()
}
_TOLD = {
    table: f"(SELECT seq FROM entries WHERE kind IN ({', '.join('?' * len(kinds))}))"  # noqa: S608
    for table, kinds in _BEGINNINGS.items()
}
_UNTOLD = {table: f"SELECT id FROM {table} WHERE id NOT IN {told}" for table, told in _TOLD.items()}  # noqa: S608

_CASE = (
    *("key", "code", "owner", "state", "message", "remedy", "evidence", "due_at", "opened_at", "at_stake"),
    *("closed_at", "reason", "closed_by"),
)
_DISPATCH = (
    *("at", "document_id", "channel", "name", "file_id", "control_number"),
    *("state", "attempts", "next_at", "error"),
)
_CARRIED = ("file_id", "file", "control_number", "sha256")

Rows = dict[str, dict[str, Any]]


def _same(told: object, kept: object) -> bool:
    """Whether an entry and a row say the same: ids are text in the one and numbers in the other, flags 0 and 1."""
    if told is None or kept is None:
        return told is kept
    return str(int(told) if isinstance(told, bool) else told) == str(kept)


class Projection:
    """Takes the entries in order and gathers where the tables differ from them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cases: Rows = {}
        self._case_subjects: dict[str, list[str]] = {}
        self._outbox: Rows = {}
        self._carried: Rows = {}
        self._numbers: dict[str, int] = {}
        self._masters: dict[str, str] = {}
        self._pruned: dict[str, int] = {}
        self._paused: str | None = None

    def take(self, entry: Entry) -> Iterator[str]:
        """Compare or fold one entry; answers with the problems found at once."""
        body, own, at = entry.body, str(entry.seq), stored(entry.at)
        if table := _TABLE_OF.get(entry.kind):
            yield from self._compare(table, entry.seq, {**body, "at": at})
        match entry.kind:
            case "document-stored":
                self._carried[own] = {name: body[name] for name in _CARRIED}
                yield from self._body(entry.seq)
            case "document-written":
                self._carried[body["document"]]["sha256"] = body["sha256"]
            case "case-opened":
                self._cases[own] = {"state": "open", "opened_at": at, **body}
                self._case_subjects[own] = body["subjects"]
            case "case-updated" | "case-assigned" | "case-closed":
                self._cases[body["case"]].update(body)
                if entry.kind == "case-closed":
                    self._cases[body["case"]]["closed_at"] = at
                self._case_subjects[body["case"]] = body.get("subjects", self._case_subjects[body["case"]])
            case "dispatch-queued":
                self._outbox[own] = {"state": "queued", "attempts": 0, "at": at, **body}
                self._carry(body)
            case (
                "dispatch-staged" | "dispatch-delivered" | "dispatch-failed" | "dispatch-in-doubt" | "dispatch-requeued"
            ):
                self._outbox[body["dispatch"]].update(body)
            case "number-drawn" | "number-jumped":
                self._numbers[body["series"]] = body["next"]
            case "master-updated" | "master-unchanged":
                self._masters[body["master"]] = body["digest"]
            case "file-received" | "file-written":
                self._pruned.pop(body["sha256"], None)
            case "bytes-pruned":
                self._pruned |= dict.fromkeys(body["sha256"], entry.seq)
            case "outbound-paused":
                self._paused = encode({"at": at, "reason": body["reason"], "who": body["who"]})
            case "outbound-resumed":
                self._paused = None

    def _carry(self, body: dict[str, Any]) -> None:
        """A document gets the file that carries it."""
        if body["document_id"] is not None:
            carried = self._carried[body["document_id"]]
            number = body["control_number"]
            carried.update(file_id=body["file_id"], file=body["name"])
            carried["control_number"] = carried["control_number"] if number is None else number

    def _body(self, seq: int) -> Iterator[str]:
        """A draft is written anew until it leaves, so its text is held to its hash, and the hash to the last entry."""
        row = self._connection.row(_ALTERED, (seq,))
        if row is not None and fingerprint(str(row[1])) != row[2]:
            yield f"documents {seq}: body has been altered"

    def _compare(self, table: str, seq: int, told: dict[str, Any]) -> Iterator[str]:
        row = self._connection.row(_SELECT[table], (seq,))
        if row is None:
            yield f"{table} {seq} is missing: entry {seq} tells of it"
            return
        for column, kept in zip(_COLUMNS[table], row, strict=False):
            if not _same(told[column], kept):
                yield f"{table} {seq}: {column} is {kept!r}, entry {seq} says {told[column]!r}"
        if table in _HASHED:
            column, hashed = _HASHED[table]
            if fingerprint(str(row[-1])) != told[hashed]:
                yield f"{table} {seq}: {column} has been altered"

    def finish(self) -> Iterator[str]:
        """Compare the tables that are folds, and look for rows no entry tells of."""
        for table, kinds in _BEGINNINGS.items():
            for (row_id,) in self._connection.rows(_UNTOLD[table], kinds):
                yield f"{table} {row_id}: no entry tells of it"
        yield from self._differences("cases", self._cases, _CASE)
        yield from self._differences("outbox", self._outbox, _DISPATCH)
        yield from self._differences("documents", self._carried, _CARRIED, only_told=True)
        yield from self._subjects_of_cases()
        yield from self._series()
        yield from self._master_rows()
        yield from self._removed()

    def _differences(
        self, table: str, told: Rows, columns: tuple[str, ...], *, only_told: bool = False
    ) -> Iterator[str]:
        missing = dict.fromkeys(told)
        sql = f"SELECT CAST(id AS TEXT), {', '.join(columns)} FROM {table} ORDER BY id"  # noqa: S608 - constants alone
        for own, *kept in self._connection.rows(sql):
            if own not in told:
                if not only_told:
                    yield f"{table} {own}: no entry tells of it"
                continue
            del missing[own]
            for column, value in zip(columns, kept, strict=True):
                if not _same(told[own].get(column), value):
                    yield f"{table} {own}: {column} is {value!r}, the history says {told[own].get(column)!r}"
        if not only_told:
            yield from (f"{table} {own} is missing: entry {own} tells of it" for own in missing)

    def _subjects_of_cases(self) -> Iterator[str]:
        kept: dict[str, list[str]] = {own: [] for own in self._case_subjects}
        sql = "SELECT CAST(case_id AS TEXT), subject FROM case_subjects ORDER BY case_id, subject"
        for own, subject in self._connection.rows(sql):
            kept.setdefault(own, []).append(subject)
        for own, subjects in kept.items():
            if sorted(subjects) != sorted(self._case_subjects.get(own, [])):
                yield f"cases {own}: its subjects are {subjects}, the history says {self._case_subjects.get(own)}"

    def _series(self) -> Iterator[str]:
        kept = dict(self._connection.rows("SELECT series, next FROM numbers"))
        for series in sorted(kept.keys() | self._numbers.keys()):
            if kept.get(series) != self._numbers.get(series):
                yield f"numbers {series}: next is {kept.get(series)}, the history says {self._numbers.get(series)}"

    def _removed(self) -> Iterator[str]:
        """Bytes are gone where the history says so and nowhere else, and things leave unless it says that they wait."""
        if dict(self._connection.rows("SELECT sha256, seq FROM pruned")) != self._pruned:
            yield "pruned: the bytes that were removed are not those that the history names"
        row = self._connection.row("SELECT value FROM meta WHERE key = ?", (PAUSE_KEY,))
        if (row[0] if row else None) != self._paused:
            yield f"meta {PAUSE_KEY}: is {row[0] if row else None!r}, the history says {self._paused!r}"

    def _master_rows(self) -> Iterator[str]:
        for name, table in MASTERS.items():
            rows = self._connection.rows(table.keyed)
            if total(EMPTY, added=(body for *_, body in rows)) != self._masters.get(name, EMPTY):
                yield f"{name}: the rows are not those that the files brought"
            elif any(tuple(key) != named(table, decode(body)) for *key, body in rows):
                yield f"{name}: a row stands under the name of another"
