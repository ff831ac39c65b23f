import sqlite3
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.errors import Conflict, NotFound
from gateway.journal import Journal, verify
from gateway.journal.cases import CaseWriter


def _open(tx: CaseWriter, key: str = "unknown-item:1", message: str = "no item", **more: object) -> str:
    values = {"code": "unknown-item", "owner": "item data", "remedy": "add a row", **more}
    return tx.open_case(key=key, message=message, **values)  # type: ignore[arg-type]


def test_one_problem_has_one_open_case(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        case = _open(tx)
        head = tx.head()
        assert _open(tx) == case
        assert tx.head() == head
    assert [one.id for one in journal.open_cases()] == [case]


def test_a_case_that_is_open_is_refreshed_and_keeps_its_owner(journal: Journal, at: datetime) -> None:
    due = at + timedelta(hours=4)
    with journal.transaction(at) as tx:
        case = _open(tx, subjects=["order:a"])
        tx.assign_case(case, "anna", "ben")
        assert _open(tx, message="no items", due_at=due, evidence={"id": "X"}, subjects=["order:b"]) == case
    after = journal.case(case)
    assert (after.owner, after.message, after.due_at, after.state) == ("anna", "no items", due, "open")
    assert (after.evidence, after.subjects) == ({"id": "X"}, ("order:b",))
    assert journal.open_cases(subject="order:a") == []
    assert journal.open_cases(subject="order:b") == [after]
    kinds = [entry.kind for entry in journal.events(f"case:{case}")]
    assert kinds == ["case-opened", "case-assigned", "case-updated"]
    assert [entry.kind for entry in journal.events("order:b")] == ["case-updated"]
    assert verify(journal).ok


def test_the_same_problem_after_closing_is_another_case(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        first = _open(tx)
        tx.close_case(first, "mapped", "anna")
        second = _open(tx)
    assert first != second
    closed = journal.case(first)
    assert (closed.state, closed.reason, closed.closed_by, closed.closed_at) == ("closed", "mapped", "anna", at)
    assert [one.id for one in journal.cases()] == [first, second]
    assert [one.id for one in journal.cases(state="closed")] == [first]
    assert [one.id for one in journal.cases(limit=1)] == [second]
    assert closed.as_json()["closed_at"] == "2026-11-20T14:15:00Z"


def test_cases_are_found_by_how_their_keys_begin(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        for key in ("order:a:1", "order:a:2", "order:ab:1"):
            _open(tx, key)
    assert [case.key for case in journal.open_cases(key_prefix="order:a:")] == ["order:a:1", "order:a:2"]


def test_a_closed_case_is_not_closed_or_assigned_again(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        case = _open(tx)
        tx.close_case(case, "mapped", "anna")
        with pytest.raises(Conflict, match="mapped"):
            tx.close_case(case, "again", "ben")
        with pytest.raises(Conflict):
            tx.assign_case(case, "ben", "ben")
        with pytest.raises(NotFound):
            tx.close_case("99", "", "")


def test_the_file_itself_refuses_two_open_cases_for_one_problem(full: Journal, at: datetime) -> None:
    with full.transaction(at) as tx:
        _open(tx)
    other = sqlite3.connect(full.path)
    with pytest.raises(sqlite3.IntegrityError):
        other.execute("UPDATE cases SET state = 'open'")
    other.close()


_KEYS = st.sampled_from(["a", "b", "c"])


class Cases(RuleBasedStateMachine):
    """Any sequence of openings, assignments and closings leaves the table equal to the fold of its entries."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.at = datetime(2026, 11, 20, tzinfo=UTC)
        self.journal = Journal.create(Path(self.folder.name) / "journal.db", self.at)
        self.open: dict[str, str] = {}

    @rule(key=_KEYS, message=st.sampled_from(["m", "n"]), subjects=st.lists(_KEYS), hours=st.none() | st.integers(0, 9))
    def open_one(self, key: str, message: str, subjects: list[str], hours: int | None) -> None:
        due = None if hours is None else self.at + timedelta(hours=hours)
        with self.journal.transaction(self.at) as tx:
            case = _open(tx, key, message, subjects=subjects, due_at=due)
        assert self.open.setdefault(key, case) == case

    @precondition(lambda self: self.open)
    @rule(data=st.data(), owner=_KEYS)
    def assign_one(self, data: st.DataObject, owner: str) -> None:
        case = self.open[data.draw(st.sampled_from(sorted(self.open)))]
        with self.journal.transaction(self.at) as tx:
            tx.assign_case(case, owner, "somebody")

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def close_one(self, data: st.DataObject) -> None:
        case = self.open.pop(data.draw(st.sampled_from(sorted(self.open))))
        with self.journal.transaction(self.at) as tx:
            tx.close_case(case, "done", "somebody")

    @rule(key=_KEYS)
    def fail(self, key: str) -> None:
        with suppress(LookupError), self.journal.transaction(self.at) as tx:
            _open(tx, key, "lost")
            raise LookupError

    @invariant()
    def the_table_is_the_fold(self) -> None:
        assert verify(self.journal).problems == ()
        assert {case.key: case.id for case in self.journal.open_cases()} == self.open

    def teardown(self) -> None:
        self.journal.close()
        self.folder.cleanup()


TestCases = Cases.TestCase
TestCases.settings = settings(max_examples=15, stateful_step_count=15)
