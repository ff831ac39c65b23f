"""Retention: bytes that nobody needs go, the history stays, and what is still open keeps its bytes."""

import json
import os
import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gateway.errors import NotFound
from gateway.journal import Journal, Transaction, verify
from tests.cli.conversation import ANSWERED, BOOKED, ORDERED, acknowledge, answer, booked, sent, tell

if TYPE_CHECKING:
    from tests.conftest import House

YEAR = timedelta(days=365)


def _store(tx: Transaction, data: bytes, direction: str = "in") -> str:
    return tx.store_file(data, direction=direction, channel="amazon", name=f"{len(data)}.edi").id


def _pruned(journal: Journal, at: datetime) -> list[int]:
    """The sizes of what is removed when everything older than `at` may go."""
    with journal.transaction(at) as tx:
        found = tx.prune(at, "anna", "retention")
    assert verify(journal).problems == ()
    return sorted(each.size for each in found)


def test_the_bytes_of_old_files_go_and_their_history_stays(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        old = _store(tx, b"old")
    with journal.transaction(at + YEAR) as tx:
        young = _store(tx, b"young")
    assert _pruned(journal, at + YEAR) == [3]
    assert journal.bytes_of(young) == b"young"
    assert journal.file(old).size == 3
    with pytest.raises(NotFound, match="removed on 2027-11-20"):
        journal.bytes_of(old)
    [entry] = [entry for entry in journal.entries() if entry.kind == "bytes-pruned"]
    assert (entry.body["who"], entry.body["reason"], entry.body["sha256"]) == (
        "anna",
        "retention",
        [journal.file(old).sha256],
    )
    assert _pruned(journal, at + YEAR) == []


def test_an_empty_file_is_pruned_like_any_other(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        empty = _store(tx, b"")
    assert journal.bytes_of(empty) == b""
    assert _pruned(journal, at + YEAR) == [0]
    with pytest.raises(NotFound, match="removed"):
        journal.bytes_of(empty)


def test_bytes_that_a_young_file_shares_stay(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        old = _store(tx, b"same")
    with journal.transaction(at + YEAR) as tx:
        _store(tx, b"same")
    assert _pruned(journal, at + YEAR) == []
    assert journal.bytes_of(old) == b"same"


def test_bytes_that_come_again_are_there_again(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        old = _store(tx, b"again")
    _pruned(journal, at + YEAR)
    with journal.transaction(at + 2 * YEAR) as tx:
        _store(tx, b"again")
    assert journal.bytes_of(old) == b"again"
    assert verify(journal).ok


def test_what_has_not_left_for_certain_keeps_its_bytes(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        dispatches = [tx.queue(channel="amazon", name=f"{n}", data=b"x" * n, next_at=at) for n in range(1, 6)]
        tx.mark_staged(dispatches[1])
        tx.mark_failed(dispatches[2], "no", None)
        tx.mark_in_doubt(dispatches[3], "cut", at)
        tx.mark_staged(dispatches[4])
        tx.mark_delivered(dispatches[4])
    assert _pruned(journal, at + YEAR) == [5]


@pytest.mark.parametrize(("status", "left"), [("awaited", []), ("overdue", []), ("accepted", [3])])
def test_what_is_not_answered_keeps_its_bytes(journal: Journal, at: datetime, status: str, left: list[int]) -> None:
    with journal.transaction(at) as tx:
        document = tx.store_document(
            type="855", direction="out", partner="a", business_number="1", body={}, acknowledgement=status
        )
        dispatch = tx.queue(channel="amazon", name="855", data=b"855", document_id=document, next_at=at)
        tx.mark_staged(dispatch)
        tx.mark_delivered(dispatch)
    assert _pruned(journal, at + YEAR) == left


@pytest.mark.parametrize("about", ["file", "document", "interchange", "order", "dispatch"])
def test_what_an_open_case_is_about_keeps_its_bytes_until_it_is_closed(
    journal: Journal, at: datetime, about: str
) -> None:
    with journal.transaction(at) as tx:
        file = _store(tx, b"order")
        interchange = tx.open_interchange(
            file_id=file,
            direction="in",
            partner="a",
            key="K",
            segments_sha="5",
            control_number="1",
            test=False,
            subjects=("interchange:K",),
        )
        message = tx.record_message(
            interchange_id=interchange,
            ordinal=1,
            type="850",
            version="004010",
            control_number="1",
            offset=0,
            length=5,
            verdict="accepted",
        )
        document = tx.store_document(
            type="850",
            direction="in",
            partner="a",
            business_number="1",
            body={},
            message_id=message,
            subjects=("order:a:1",),
        )
        dispatch = tx.queue(channel="amazon", name="997", data=b"order", next_at=at)
        tx.mark_staged(dispatch)
        tx.mark_delivered(dispatch)
        named = {"file": file, "document": document, "interchange": "K", "order": "a:1", "dispatch": dispatch}
        case = tx.open_case(
            key="k", code="c", owner="IT", message="m", remedy="r", subjects=(f"{about}:{named[about]}",)
        )
    assert _pruned(journal, at + YEAR) == []
    with journal.transaction(at) as tx:
        tx.close_case(case, "done", "anna")
    assert _pruned(journal, at + YEAR) == [5]


def test_what_was_removed_without_a_word_is_found(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        _store(tx, b"old")
    other = sqlite3.connect(journal.path, isolation_level=None)
    other.execute("INSERT INTO pruned SELECT sha256, id FROM files")
    other.execute("DELETE FROM chunks")
    other.close()
    assert any("pruned" in problem for problem in verify(journal).problems)


def test_many_files_are_many_lines_of_history_and_one_transaction(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        for number in range(1200):
            _store(tx, b"%d" % number)
    assert len(_pruned(journal, at + YEAR)) == 1200
    told = [entry for entry in journal.entries(limit=5000) if entry.kind == "bytes-pruned"]
    assert [len(entry.body["sha256"]) for entry in told] == [500, 500, 200]


def test_vacuum_gives_the_room_back(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        _store(tx, os.urandom(3 << 20))
    large = journal.path.stat().st_size
    _pruned(journal, at + YEAR)
    assert journal.path.stat().st_size >= large
    journal.vacuum()
    assert journal.path.stat().st_size < large / 5
    assert verify(journal).ok


def test_an_order_that_is_done_loses_its_bytes_and_keeps_its_story(house: "House") -> None:
    """Over an instance: nothing of an order goes while it waits for something, and all of it when it is over."""
    house.drop("order.edi", house.interchange(house.order("A1", "24*EA*7.25*PE*UP*614141000012")))
    house.once(ORDERED)
    tell(house, booked(), BOOKED)
    said = answer()
    said["lines"] = [{"line": "1", "rejected": "24", "reason": "out_of_stock"}]
    tell(house, said, ANSWERED)
    order = next(each["id"] for each in house.json("documents", "list") if each["type"] == "850")
    later = "2028-01-01T00:00:00Z"
    waits = json.loads(house.run("journal", "prune", "--keep", "365", "--dry-run", "--at", later, "--json").stdout)
    assert waits["removed"] is False
    house.run("journal", "prune", "--keep", "365", "--at", later)
    house.run("documents", "raw", order)  # the 855 awaits its answer, and with it the order
    acknowledge(house, sent(house, "855")[0], "A", "2026-11-20T22:00:00Z")
    house.once("2027-02-01T00:00:00Z")  # the last deadline is over
    for case in house.cases:
        house.run("cases", "resolve", case["id"], "--reason", "long ago")
    told = house.run("journal", "prune", "--keep", "365", "--at", later, "--vacuum").stdout
    assert "removed the bytes of" in told
    assert "were removed on 2028-01-01" in house.run("documents", "raw", order, code=1).stderr
    assert house.json("orders", "show", "A1")["stage"] == "rejected"
    assert "whole" in house.run("journal", "verify").stdout
    repeat = house.interchange(house.order("A1", "24*EA*7.25*PE*UP*614141000012"))
    house.drop("again.edi", repeat)
    house.once("2027-02-02T00:00:00Z")
    house.run("documents", "raw", order)  # the same bytes came again
