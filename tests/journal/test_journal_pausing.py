import sqlite3
from datetime import datetime

import pytest

from gateway.errors import Conflict
from gateway.journal import Journal, verify


def test_nothing_is_paused_until_somebody_says_so(journal: Journal) -> None:
    assert not journal.is_paused()
    assert journal.paused() is None


def test_a_pause_says_who_why_and_since_when(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        tx.pause("anna", "restored")
    pause = journal.paused()
    assert pause is not None
    assert (pause.who, pause.reason, pause.at) == ("anna", "restored", at)
    assert verify(journal).ok


def test_a_pause_ends_once(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        tx.pause("anna", "restored")
        tx.unpause("ben", "compared")
    assert not journal.is_paused()
    assert [entry.kind for entry in journal.entries()[-2:]] == ["outbound-paused", "outbound-resumed"]
    assert verify(journal).ok
    with pytest.raises(Conflict, match="nothing is held up"), journal.transaction(at) as tx:
        tx.unpause("ben", "compared")


def test_what_is_paused_is_not_paused_again(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        tx.pause("anna", "restored")
    with pytest.raises(Conflict, match="already"), journal.transaction(at) as tx:
        tx.pause("ben", "because")


@pytest.mark.parametrize(
    "statement", ["DELETE FROM meta WHERE key = 'outbound-paused'", "UPDATE meta SET value = '{}'"]
)
def test_a_pause_that_is_ended_by_hand_is_found(journal: Journal, at: datetime, statement: str) -> None:
    with journal.transaction(at) as tx:
        tx.pause("anna", "restored")
    other = sqlite3.connect(journal.path, isolation_level=None)
    other.execute(statement)
    other.close()
    assert any("outbound-paused" in problem for problem in verify(journal).problems)
