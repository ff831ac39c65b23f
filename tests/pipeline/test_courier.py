"""The courier: what is in the outbox is delivered once, whatever the far end does and whenever it failed before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.errors import Refused, TransportError, Unreachable
from gateway.journal import Journal
from gateway.pipeline.courier import Posting, deliver
from gateway.transports import MemoryTransport, Staged

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)


class Failing(MemoryTransport):
    """A far end that fails as told, in the step that is named."""

    def __init__(self, channel: str, step: str, error: TransportError) -> None:
        super().__init__(channel)
        self.step, self.error = step, error

    def stage(self, name: str, data: bytes) -> Staged:
        if self.step == "stage":
            raise self.error
        return super().stage(name, data)

    def publish(self, staged: Staged) -> None:
        if self.step == "publish":
            raise self.error
        super().publish(staged)

    def is_published(self, staged: Staged) -> bool:
        if self.step == "is_published":
            raise self.error
        return super().is_published(staged)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.create(tmp_path / "journal.db", AT) as journal:
        yield journal


def queue(journal: Journal, name: str, channel: str = "amazon") -> tuple[str, str]:
    """A document and its dispatch, waiting."""
    with journal.transaction(AT) as tx:
        document = tx.store_document(
            type="997", direction="out", partner="amazon-us", business_number="1", body={}, delivery="queued"
        )
        return document, tx.queue(channel=channel, name=name, data=name.encode(), document_id=document)


def states(journal: Journal, document: str, dispatch: str) -> tuple[str, str]:
    return journal.document(document).delivery, journal.dispatch(dispatch).state


def test_what_waits_is_staged_published_and_marked(journal: Journal) -> None:
    far = MemoryTransport("amazon")
    document, dispatch = queue(journal, "one.edi")
    done = deliver(journal, {"amazon": far}, AT)
    assert (done.delivered, done.failed) == (1, [])
    assert far.eat("one.edi") == b"one.edi"
    assert states(journal, document, dispatch) == ("delivered", "delivered")
    kinds = [entry.kind for entry in journal.events(f"dispatch:{dispatch}")]
    assert kinds == ["dispatch-queued", "dispatch-staged", "dispatch-delivered"]
    assert deliver(journal, {"amazon": far}, AT).delivered == 0
    assert far.outbox == {}


def test_what_was_staged_and_is_gone_was_delivered(journal: Journal) -> None:
    far = MemoryTransport("amazon")
    document, dispatch = queue(journal, "one.edi")
    with journal.transaction(AT) as tx:
        tx.mark_staged(dispatch)
    assert deliver(journal, {"amazon": far}, AT).delivered == 1
    assert far.outbox == {}  # the far end has eaten it already: it does not get another
    assert states(journal, document, dispatch) == ("delivered", "delivered")


def test_what_was_staged_and_still_lies_there_is_published(journal: Journal) -> None:
    far = MemoryTransport("amazon")
    _, dispatch = queue(journal, "one.edi")
    far.stage("one.edi", b"half of i")
    with journal.transaction(AT) as tx:
        tx.mark_staged(dispatch)
    assert deliver(journal, {"amazon": far}, AT).delivered == 1
    assert far.outbox == {"one.edi": b"one.edi"}


@pytest.mark.parametrize("step", ["stage", "publish"])
def test_a_channel_that_fails_holds_up_no_other(journal: Journal, step: str) -> None:
    far, good = Failing("amazon", step, Unreachable("no route")), MemoryTransport("erp")
    document, dispatch = queue(journal, "one.edi")
    queue(journal, "two.json", "erp")
    done = deliver(journal, {"amazon": far, "erp": good}, AT)
    assert (done.delivered, len(done.failed)) == (1, 1)
    assert list(good.outbox) == ["two.json"]
    assert states(journal, document, dispatch) == ("queued", "queued")
    assert journal.dispatch(dispatch).error == "no route"
    assert journal.open_cases() == []  # it may succeed by itself


def test_a_channel_that_cannot_tell_what_it_has_holds_up_no_other(journal: Journal) -> None:
    far, good = Failing("amazon", "is_published", Unreachable("no route")), MemoryTransport("erp")
    _, dispatch = queue(journal, "one.edi")
    with journal.transaction(AT) as tx:
        tx.mark_staged(dispatch)
    queue(journal, "two.json", "erp")
    done = deliver(journal, {"amazon": far, "erp": good}, AT)
    assert (done.delivered, len(done.failed)) == (1, 1)


def test_what_may_succeed_is_tried_again_with_growing_pauses_and_is_a_case_if_it_lasts(journal: Journal) -> None:
    far = Failing("amazon", "stage", Unreachable("no route"))
    document, dispatch = queue(journal, "one.edi")
    now, pauses, told = AT, [], []
    for _ in range(20):
        deliver(journal, {"amazon": far}, now)
        assert deliver(journal, {"amazon": far}, now).failed == []  # not before its time
        following = journal.dispatch(dispatch).next_at
        pauses.append(following - now)
        told.append(len(journal.open_cases()))
        now = max(following, now)
    assert pauses[:4] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert pauses[-1] == timedelta(minutes=15)
    assert told[:4] == [0, 0, 1, 1]
    assert states(journal, document, dispatch) == ("queued", "queued")
    [case] = journal.open_cases()
    assert (case.code, case.owner) == ("delivery-failed", "IT")
    assert "one.edi cannot be delivered to amazon: no route" in case.message
    assert f"document:{document}" in case.subjects
    deliver(journal, {"amazon": MemoryTransport("amazon")}, now)
    assert journal.open_cases() == []
    assert states(journal, document, dispatch) == ("delivered", "delivered")


def test_a_refusal_is_held_at_once_and_its_case_closes_with_the_delivery(journal: Journal) -> None:
    far = Failing("amazon", "publish", Refused("one.edi is there already"))
    document, dispatch = queue(journal, "one.edi")
    deliver(journal, {"amazon": far}, AT)
    assert states(journal, document, dispatch) == ("failed", "failed")
    assert [case.code for case in journal.open_cases()] == ["delivery-failed"]
    far.step = ""
    assert deliver(journal, {"amazon": far}, AT).delivered == 0  # a person says when
    with journal.transaction(AT) as tx:
        tx.requeue(dispatch, "moved the old one away", "anna")
    assert deliver(journal, {"amazon": far}, AT).delivered == 1
    assert states(journal, document, dispatch) == ("delivered", "delivered")
    assert journal.open_cases() == []


def test_a_file_without_a_document_is_delivered_and_held_as_well(journal: Journal) -> None:
    far = Failing("amazon", "stage", Refused("no"))
    with journal.transaction(AT) as tx:
        dispatch = tx.queue(channel="amazon", name="note.txt", data=b"x")
    deliver(journal, {"amazon": far}, AT)
    [case] = journal.open_cases()
    assert case.subjects == (f"dispatch:{dispatch}",)
    with journal.transaction(AT) as tx:
        tx.requeue(dispatch, "again", "anna")
    far.step = ""
    assert deliver(journal, {"amazon": far}, AT).delivered == 1


def test_what_has_no_channel_any_more_waits(journal: Journal) -> None:
    _, dispatch = queue(journal, "one.edi", "gone")
    assert deliver(journal, {}, AT).delivered == 0
    assert journal.dispatch(dispatch).state == "queued"


def test_the_erp_is_a_carrier_like_any_other(journal: Journal) -> None:
    from gateway.erp import FilesErp

    folder = MemoryTransport("erp")
    _, dispatch = queue(journal, "sales-order.json", "erp")
    carrier = Posting(FilesErp(folder))
    assert deliver(journal, {"erp": carrier}, AT).delivered == 1
    assert folder.outbox == {"sales-order.json": b"sales-order.json"}
    assert carrier.is_published(Staged("sales-order.json"))
    assert journal.dispatch(dispatch).state == "delivered"


def test_what_waits_for_a_channel_that_was_removed_is_a_case_until_it_is_back(journal: Journal) -> None:
    document, dispatch = queue(journal, "a.edi")
    deliver(journal, {}, AT)
    deliver(journal, {}, AT)
    [case] = journal.cases(state="open")
    assert (case.code, case.message) == ("delivery-failed", "a.edi waits: config.toml has no channel 'amazon' any more")
    assert states(journal, document, dispatch) == ("queued", "queued")
    deliver(journal, {"amazon": MemoryTransport("amazon")}, AT)
    assert journal.cases(state="open") == []
    assert states(journal, document, dispatch) == ("delivered", "delivered")
