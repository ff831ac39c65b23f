"""Cases: what a person must look at, one open case for each problem.

The key names the problem. Opening it again while its case is open refreshes that case and keeps the owner a person
gave it; after it was closed the same problem opens a new one. The table is the fold of the case entries.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gateway.errors import Conflict, NotFound
from gateway.journal.canonical import decode, encode
from gateway.journal.entries import AFTER_ALL, EntryReader, EntryWriter
from gateway.journal.instants import instant, instant_or_none, stored_or_none
from gateway.journal.records import Case

_SELECT = (
    "SELECT CAST(id AS TEXT), key, code, owner, state,"
    " (SELECT json_group_array(subject) FROM case_subjects WHERE case_id = cases.id),"
    " message, remedy, evidence, due_at, opened_at, at_stake, closed_at, reason, closed_by FROM cases WHERE "
)
_ONE = _SELECT + "id = ?"
_OPEN_UNDER_KEY = _SELECT + "key = ? AND state = 'open'"
_INSERT = (
    "INSERT INTO cases (id, key, code, owner, state, message, remedy, evidence, due_at, opened_at, at_stake)"
    " VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?)"
)
_REFRESH = "UPDATE cases SET message = ?, remedy = ?, evidence = ?, due_at = ?, at_stake = ? WHERE id = ?"
_ASSIGN = "UPDATE cases SET owner = ? WHERE id = ?"
_CLOSE = "UPDATE cases SET state = 'closed', closed_at = ?, reason = ?, closed_by = ? WHERE id = ?"
_INSERT_SUBJECT = "INSERT OR IGNORE INTO case_subjects (case_id, subject) VALUES (?, ?)"
_FORGET_SUBJECTS = "DELETE FROM case_subjects WHERE case_id = ?"
_WITH_SUBJECT = "id IN (SELECT case_id FROM case_subjects WHERE subject = ?)"


def _as_case(row: tuple[Any, ...]) -> Case:
    case_id, key, code, owner, state, subjects, message, remedy, evidence, due, opened, at_stake, closed, *end = row
    return Case(
        *(case_id, key, code, owner, state, tuple(sorted(decode(subjects))), message, remedy, decode(evidence)),
        *(instant_or_none(due), instant(opened), at_stake, instant_or_none(closed), *end),
    )


class CaseReader(EntryReader):
    """Questions about cases."""

    def case(self, case_id: str) -> Case:
        """The case with this id. Raises NotFound."""
        row = self._connection.row(_ONE, (case_id,))
        if row is None:
            raise NotFound(f"the journal has no case {case_id}")
        return _as_case(row)

    def cases(
        self,
        *,
        state: str | None = None,
        subject: str | None = None,
        key_prefix: str | None = None,
        limit: int | None = None,
    ) -> list[Case]:
        """The latest cases in the order they were opened: open or closed, about a subject, with keys that begin so."""
        conditions, order = ["true"], "cases.id"
        values: list[Any] = []
        if state == "open":
            # Written out, not bound: SQLite takes the index of open cases only where it sees the condition, and, for
            # the plus, does not rather walk along the ids past all that was ever closed.
            conditions, order = ["state = 'open'"], "+cases.id"
        elif state is not None:
            conditions.append("state = ?")
            values.append(state)
        if subject is not None:
            conditions.append(_WITH_SUBJECT)
            values.append(subject)
        if key_prefix is not None:
            conditions.append("key >= ? AND key < ?")
            values += [key_prefix, key_prefix + AFTER_ALL]
        sql = _SELECT + " AND ".join(conditions) + f" ORDER BY {order} DESC LIMIT ?"
        rows = self._connection.rows(sql, (*values, -1 if limit is None else limit))
        return [_as_case(row) for row in reversed(rows)]

    def open_cases(self, *, subject: str | None = None, key_prefix: str | None = None) -> list[Case]:
        """The open cases, in the order they were opened."""
        return self.cases(state="open", subject=subject, key_prefix=key_prefix)

    def open_case_of(self, key: str) -> Case | None:
        """The open case of this problem; None where there is none."""
        row = self._connection.row(_OPEN_UNDER_KEY, (key,))
        return None if row is None else _as_case(row)


class CaseWriter(CaseReader, EntryWriter):
    """Opens, assigns and closes cases."""

    def open_case(
        self,
        *,
        key: str,
        code: str,
        owner: str,
        message: str,
        remedy: str,
        due_at: datetime | None = None,
        at_stake: str | None = None,
        evidence: Mapping[str, Any] | None = None,
        subjects: Iterable[str] = (),
    ) -> str:
        """Open a case, or refresh the one that is open under this key; answers with its id.

        A refreshed case keeps its owner; where nothing differs, nothing is recorded.
        """
        said = {
            "message": message,
            "remedy": remedy,
            "evidence": encode(evidence or {}),
            "due_at": stored_or_none(due_at),
            "at_stake": at_stake,
        }
        about = sorted(set(subjects))
        known = self._connection.row(_OPEN_UNDER_KEY, (key,))
        if known is not None:
            return self._refresh(_as_case(known), said, about)
        body = {"key": key, "code": code, "owner": owner, **said, "subjects": about}
        seq = self._append("case-opened", body, about, born="case")
        values = (message, remedy, said["evidence"], said["due_at"], self.at, at_stake)
        self._connection.change(_INSERT, (seq, key, code, owner, *values))
        self._connection.change_many(_INSERT_SUBJECT, [(seq, subject) for subject in about])
        return str(seq)

    def _refresh(self, case: Case, said: Mapping[str, Any], about: list[str]) -> str:
        before = {
            "message": case.message,
            "remedy": case.remedy,
            "evidence": encode(case.evidence),
            "due_at": stored_or_none(case.due_at),
            "at_stake": case.at_stake,
            "subjects": list(case.subjects),
        }
        changed = {name: value for name, value in {**said, "subjects": about}.items() if value != before[name]}
        if changed:
            self._tell("case-updated", case, changed, about)
            self._connection.change(_REFRESH, (*said.values(), case.id))
        if "subjects" in changed:
            self._connection.change(_FORGET_SUBJECTS, (case.id,))
            self._connection.change_many(_INSERT_SUBJECT, [(case.id, subject) for subject in about])
        return case.id

    def assign_case(self, case_id: str, owner: str, who: str) -> None:
        """Give an open case to somebody. Raises NotFound, or Conflict where it is closed."""
        self._tell("case-assigned", self._still_open(case_id), {"owner": owner, "who": who})
        self._connection.change(_ASSIGN, (owner, case_id))

    def close_case(self, case_id: str, reason: str, who: str) -> None:
        """Close an open case, saying why and who. Raises NotFound, or Conflict where it is closed already."""
        self._tell("case-closed", self._still_open(case_id), {"state": "closed", "reason": reason, "closed_by": who})
        self._connection.change(_CLOSE, (self.at, reason, who, case_id))

    def _still_open(self, case_id: str) -> Case:
        case = self.case(case_id)
        if case.state != "open":
            raise Conflict(f"case {case_id} is closed already: {case.reason}")
        return case

    def _tell(self, kind: str, case: Case, body: Mapping[str, Any], subjects: Iterable[str] = ()) -> None:
        """Record a change of a case under its own subject, those it had and those it gets."""
        about = dict.fromkeys((*case.subjects, *subjects, f"case:{case.id}"))
        self._append(kind, {"case": case.id, **body}, about)
