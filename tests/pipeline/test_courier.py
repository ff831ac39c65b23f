"""The courier: what is in the outbox is delivered once, whatever the far end does and whenever it failed before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.errors import Interrupted, NotFound, Refused, TransportError, Unreachable
from gateway.journal import Journal
from gateway.pipeline.courier import Pace, Posting, deliver, keep_strays
from gateway.pipeline.deliveries import prove_arrival
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
    usual = [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    for pause, about in zip([*pauses[:4], pauses[-1]], [*usual, timedelta(minutes=15)], strict=True):
        assert 0.8 * about <= pause <= 1.2 * about
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
    keep_strays(journal, {"erp"}, AT)
    keep_strays(journal, {"erp"}, AT)
    [case] = journal.cases(state="open")
    assert (case.code, case.message) == ("delivery-failed", "a.edi waits: config.toml has no channel 'amazon' any more")
    assert states(journal, document, dispatch) == ("queued", "queued")
    deliver(journal, {"amazon": MemoryTransport("amazon")}, AT)
    assert journal.cases(state="open") == []
    assert states(journal, document, dispatch) == ("delivered", "delivered")


class Eating(MemoryTransport):
    """A far end that breaks connections, takes files away, and so cannot say whether it has had one."""

    def __init__(self, *, arrives: bool) -> None:
        super().__init__("amazon")
        self.arrives, self.breaks = arrives, True
        self.eaten: list[tuple[str, bytes]] = []

    def publish(self, staged: Staged) -> None:
        data = self.staging.pop(staged.name)
        if self.arrives or not self.breaks:
            self.eaten.append((staged.name, data))
        if self.breaks:
            raise Interrupted("the connection broke")

    def is_published(self, staged: Staged) -> bool:
        raise Interrupted(f"{staged.name} is not there, which proves nothing")


def test_a_broken_upload_is_in_doubt_and_nothing_goes_again_before_its_time(journal: Journal) -> None:
    far = Eating(arrives=True)
    document, dispatch = queue(journal, "one.edi")
    done = deliver(journal, {"amazon": far}, AT)
    assert (done.delivered, done.failed) == (0, ["one.edi: the connection broke"])
    assert states(journal, document, dispatch) == ("in_doubt", "in_doubt")
    for minutes in range(1, 50):
        deliver(journal, {"amazon": far}, AT + timedelta(minutes=minutes))
    assert far.eaten == [("one.edi", b"one.edi")]
    [case] = journal.open_cases()
    assert (case.code, case.owner) == ("delivery-in-doubt", "IT")


def test_an_answer_is_the_proof_that_it_arrived(journal: Journal) -> None:
    far = Eating(arrives=True)
    document, dispatch = queue(journal, "one.edi")
    for minutes in range(20):
        deliver(journal, {"amazon": far}, AT + timedelta(minutes=minutes))
    with journal.transaction(AT) as tx:
        prove_arrival(tx, document)
    assert states(journal, document, dispatch) == ("delivered", "delivered")
    assert journal.open_cases() == []
    deliver(journal, {"amazon": far}, AT + timedelta(days=1))
    assert len(far.eaten) == 1


def test_without_a_word_the_same_bytes_go_again_under_the_same_name(journal: Journal) -> None:
    far = Eating(arrives=False)
    document, dispatch = queue(journal, "one.edi")
    deliver(journal, {"amazon": far}, AT)
    far.breaks = False
    for minutes in range(0, 100, 5):
        deliver(journal, {"amazon": far}, AT + timedelta(minutes=minutes), {"amazon": Pace(doubt=timedelta(hours=1))})
    assert far.eaten == [("one.edi", b"one.edi")]
    assert states(journal, document, dispatch) == ("delivered", "delivered")
    sent = [entry.at for entry in journal.events(f"dispatch:{dispatch}", prefix="dispatch-delivered")]
    assert sent >= [AT + timedelta(hours=1)]


def test_what_is_found_missing_for_certain_goes_again_at_once(journal: Journal) -> None:
    class Asked(Eating):
        def is_published(self, staged: Staged) -> bool:
            assert staged.size == len(b"one.edi")
            return False

    far = Asked(arrives=False)
    document, dispatch = queue(journal, "one.edi")
    deliver(journal, {"amazon": far}, AT)
    refused = Failing("amazon", "stage", Unreachable("no route"))
    refused.is_published = lambda _: False  # type: ignore[method-assign]
    deliver(journal, {"amazon": refused}, AT + timedelta(minutes=1))
    assert states(journal, document, dispatch) == ("queued", "queued")
    far.breaks = False
    deliver(journal, {"amazon": far}, AT + timedelta(minutes=10))
    assert states(journal, document, dispatch) == ("delivered", "delivered")


def test_a_question_that_is_refused_leaves_the_doubt_and_tells_a_person(journal: Journal) -> None:
    far = Eating(arrives=True)
    document, dispatch = queue(journal, "one.edi")
    deliver(journal, {"amazon": far}, AT)
    refusing = Failing("amazon", "is_published", Refused("this user may not look"))
    for minutes in range(20, 200, 20):
        deliver(journal, {"amazon": refusing}, AT + timedelta(minutes=minutes))
    assert states(journal, document, dispatch) == ("in_doubt", "in_doubt")
    assert [case.code for case in journal.open_cases()] == ["delivery-in-doubt"]
    assert refusing.staging == {}


def test_an_answer_proves_the_arrival_of_what_was_thought_lost(journal: Journal) -> None:
    far = Failing("amazon", "publish", Refused("no"))
    document, dispatch = queue(journal, "one.edi")
    deliver(journal, {"amazon": far}, AT)
    assert states(journal, document, dispatch) == ("failed", "failed")
    with journal.transaction(AT) as tx:
        prove_arrival(tx, document)
    assert states(journal, document, dispatch) == ("delivered", "delivered")
    assert journal.open_cases() == []


def test_who_knows_better_meanwhile_is_not_overruled(journal: Journal) -> None:
    """An AS2 server sends at once: its receipt may say no before the courier has marked what it gave away."""

    class Answering(MemoryTransport):
        def publish(self, staged: Staged) -> None:
            super().publish(staged)
            with journal.transaction(AT) as tx:
                tx.mark_failed(dispatch, "the receipt says no", None)

    document, dispatch = queue(journal, "one.edi")
    assert deliver(journal, {"amazon": Answering("amazon")}, AT).delivered == 0
    assert journal.dispatch(dispatch).state == "failed"
    assert journal.document(document).delivery == "queued"


@pytest.mark.parametrize("step", ["stage", "publish"])
def test_a_correction_does_not_overtake_what_fails_in_the_same_round(journal: Journal, step: str) -> None:
    class Once(Failing):
        def stage(self, name: str, data: bytes) -> Staged:
            if self.step == "stage" and name == "first.edi":
                raise self.error
            return MemoryTransport.stage(self, name, data)

        def publish(self, staged: Staged) -> None:
            if self.step == "publish" and staged.name == "first.edi":
                raise self.error
            MemoryTransport.publish(self, staged)

    far = Once("amazon", step, Unreachable("no route"))
    queue(journal, "first.edi")
    queue(journal, "correction.edi")  # of the same number
    deliver(journal, {"amazon": far}, AT)
    assert far.outbox == {}
    far.step = ""
    deliver(journal, {"amazon": far}, AT + timedelta(minutes=10))
    assert list(far.outbox) == ["first.edi", "correction.edi"]


@pytest.mark.parametrize("step", ["stage", "publish", "is_published"])
@pytest.mark.parametrize("kind", [Unreachable, Refused])
def test_a_channel_that_is_not_there_is_asked_once_and_nothing_of_it_changes(
    journal: Journal, step: str, kind: type[TransportError]
) -> None:
    class Counting(Failing):
        asked = 0

        def stage(self, name: str, data: bytes) -> Staged:
            self.asked += step == "stage"
            return super().stage(name, data)

        def publish(self, staged: Staged) -> None:
            self.asked += step == "publish"
            super().publish(staged)

        def is_published(self, staged: Staged) -> bool:
            self.asked += step == "is_published"
            return super().is_published(staged)

    far = Counting("amazon", step, kind("the key is not that of this server", of_channel=True))
    dispatches = [queue(journal, f"{number}.edi")[1] for number in range(20)]
    if step == "is_published":
        with journal.transaction(AT) as tx:
            for dispatch in dispatches:
                tx.mark_staged(dispatch)
    good = MemoryTransport("erp")
    queue(journal, "two.json", "erp")
    done = deliver(journal, {"amazon": far, "erp": good}, AT)
    assert (done.delivered, done.failed, list(done.stopped), far.asked) == (1, [], ["amazon"], 1)
    assert {journal.dispatch(dispatch).attempts for dispatch in dispatches} == {0}
    assert journal.open_cases() == []  # the turn has one case for the channel
    far.step = ""
    deliver(journal, {"amazon": far}, AT)
    assert {journal.dispatch(dispatch).state for dispatch in dispatches} == {"delivered"}


def test_a_file_whose_bytes_are_gone_is_held_and_the_next_leaves(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Journal.bytes_of
    _, lost = queue(journal, "lost.edi")
    with journal.transaction(AT) as tx:
        other = tx.queue(channel="amazon", name="good.edi", data=b"good")

    def bytes_of(self: Journal, file_id: str) -> bytes:
        if file_id == journal.dispatch(lost).file_id:
            raise NotFound("the bytes were pruned")
        return real(self, file_id)

    monkeypatch.setattr(Journal, "bytes_of", bytes_of)
    far = MemoryTransport("amazon")
    deliver(journal, {"amazon": far}, AT)
    assert (journal.dispatch(lost).state, journal.dispatch(other).state) == ("failed", "delivered")
    assert [case.code for case in journal.open_cases()] == ["delivery-failed"]


def test_who_is_told_to_stop_leaves_the_rest_for_the_next_round(journal: Journal) -> None:
    far = MemoryTransport("amazon")
    for number in range(5):
        with journal.transaction(AT) as tx:
            tx.queue(channel="amazon", name=f"{number}.edi", data=b"x")
    deliver(journal, {"amazon": far}, AT, is_stopping=lambda: len(far.outbox) == 2)
    assert len(far.outbox) == 2
    assert deliver(journal, {"amazon": far}, AT).delivered == 3
    assert len(far.outbox) == 5


def test_what_was_staged_is_not_sent_again_before_the_far_end_could_be_asked(journal: Journal) -> None:
    far = Failing("amazon", "is_published", Unreachable("too many open files"))
    document, dispatch = queue(journal, "one.edi")
    far.publish(far.stage("one.edi", b"one.edi"))
    far.eat("one.edi")
    with journal.transaction(AT) as tx:
        tx.mark_staged(dispatch)
    deliver(journal, {"amazon": far}, AT)
    far.step = ""
    assert deliver(journal, {"amazon": far}, AT + timedelta(hours=1)).delivered == 1
    assert far.outbox == {}
    assert states(journal, document, dispatch) == ("delivered", "delivered")
