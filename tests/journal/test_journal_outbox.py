from datetime import datetime, timedelta

import pytest

from gateway.errors import Conflict, NotFound
from gateway.journal import Journal, verify


def _queued(journal: Journal, at: datetime, name: str = "a.edi", channel: str = "amazon") -> str:
    with journal.transaction(at) as tx:
        return tx.queue(channel=channel, name=name, data=name.encode())


def test_what_is_queued_waits_with_its_bytes(journal: Journal, at: datetime) -> None:
    first, second = _queued(journal, at, "a.edi"), _queued(journal, at, "b.json", "erp")
    assert [dispatch.id for dispatch in journal.waiting(at)] == [first, second]
    assert [dispatch.id for dispatch in journal.waiting(at, "erp")] == [second]
    assert journal.waiting(at - timedelta(microseconds=1)) == []
    assert journal.next_dispatch_at() == at
    assert journal.bytes_of(journal.dispatch(first).file_id) == b"a.edi"


def test_a_dispatch_may_wait_for_its_time(journal: Journal, at: datetime) -> None:
    later = at + timedelta(hours=1)
    with journal.transaction(at) as tx:
        tx.queue(channel="amazon", name="a", data=b"", next_at=later)
    assert journal.waiting(at) == []
    assert len(journal.waiting(later)) == 1


def test_the_document_gets_the_file_that_carries_it(full: Journal) -> None:
    (answer,) = full.documents(direction="out")
    (dispatch,) = full.dispatches(document_id=answer.id)
    assert (answer.file, answer.file_id, answer.control_number) == ("997.edi", dispatch.file_id, "000000001")


def test_staged_still_waits_and_delivered_does_not(journal: Journal, at: datetime) -> None:
    dispatch = _queued(journal, at)
    with journal.transaction(at) as tx:
        tx.mark_staged(dispatch)
    assert [one.state for one in journal.waiting(at)] == ["staged"]
    with journal.transaction(at) as tx:
        tx.mark_staged(dispatch)
        tx.mark_delivered(dispatch)
    assert journal.waiting(at) == []
    assert journal.next_dispatch_at() is None
    assert [entry.kind for entry in journal.events(f"dispatch:{dispatch}")] == [
        *("dispatch-queued", "dispatch-staged", "dispatch-staged", "dispatch-delivered"),
    ]
    assert verify(journal).ok


def test_a_failure_is_tried_again_until_it_is_given_to_a_person(journal: Journal, at: datetime) -> None:
    dispatch, later = _queued(journal, at), at + timedelta(minutes=5)
    with journal.transaction(at) as tx:
        tx.mark_failed(dispatch, "no route", later)
    assert journal.waiting(at) == []
    (again,) = journal.waiting(later)
    assert (again.attempts, again.error, again.next_at) == (1, "no route", later)
    with journal.transaction(later) as tx:
        tx.mark_failed(dispatch, "no route", None)
    assert journal.waiting(later) == []
    assert [one.state for one in journal.dispatches(state="failed")] == ["failed"]
    assert verify(journal).ok


def test_sending_again_keeps_bytes_name_and_number(journal: Journal, at: datetime) -> None:
    dispatch = _queued(journal, at)
    before = journal.dispatch(dispatch)
    with journal.transaction(at) as tx:
        tx.mark_failed(dispatch, "full", None)
        tx.requeue(dispatch, "disk emptied", "anna")
    after = journal.dispatch(dispatch)
    assert (after.file_id, after.name, after.control_number) == (before.file_id, before.name, before.control_number)
    assert (after.state, after.attempts) == ("queued", 0)
    assert verify(journal).ok


def test_a_dispatch_does_not_go_where_it_cannot(journal: Journal, at: datetime) -> None:
    dispatch = _queued(journal, at)
    with journal.transaction(at) as tx:
        with pytest.raises(Conflict, match="queued"):
            tx.requeue(dispatch, "", "")
        tx.mark_delivered(dispatch)
        with pytest.raises(Conflict, match="delivered"):
            tx.mark_staged(dispatch)
        with pytest.raises(NotFound):
            tx.mark_delivered("99")


def test_dispatches_are_listed_in_order(journal: Journal, at: datetime) -> None:
    ids = [_queued(journal, at, name) for name in "abc"]
    assert [one.id for one in journal.dispatches(limit=2)] == ids[1:]
    assert [one.id for one in journal.dispatches(before=ids[1])] == ids[:1]
    with pytest.raises(KeyError):
        journal.dispatches(colour="red")
