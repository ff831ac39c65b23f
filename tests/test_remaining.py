"""What is taken and could not be removed: removed one day, and never taken again, whoever starts after whom."""

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway import intake, tally
from gateway.errors import GatewayError, JournalError, JournalUnavailable, Refused, Unreachable
from gateway.instance import fixed_clock, open_instance
from gateway.journal import Journal
from gateway.remaining import Remaining, SetAside, Taken
from gateway.shores import open_intakes
from gateway.transports import FolderTransport, Quarantine, Reason
from gateway.transports.base import Entry
from gateway.turn import Turn
from gateway.underway import Underway

if TYPE_CHECKING:
    from tests.conftest import House

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
REASON = Reason(code="not-edi", message="what is this?", place="b.edi", remedy="ask the sender")


def stick(patch: pytest.MonkeyPatch, *names: bytes) -> None:
    """Let these files be read, and not be removed."""
    real = FolderTransport.settle

    def settle(self: FolderTransport, entry: Entry) -> bool:
        if entry.name in names:
            raise Unreachable(f"cannot remove {entry.label}")
        return real(self, entry)

    patch.setattr(FolderTransport, "settle", settle)


def order(house: "House", name: str, control: int = 101) -> Path:
    return house.drop(f"{name}.edi", house.interchange(house.order(name.upper()), control=control))


def outcomes(house: "House") -> list[str]:
    """What became of each interchange."""
    return [entry.body["outcome"] for entry in house.history("interchange-opened")]


# After the commit


@pytest.mark.parametrize(
    ("copy_fails", "case_fails"),
    [
        (Unreachable("no room"), JournalUnavailable("the disk is full")),
        (GatewayError("fsync failed"), None),
    ],
    ids=["a full disk", "a failed fsync"],
)
@pytest.mark.parametrize("in_one_process", [True, False])
def test_what_fails_after_the_commit_lets_nothing_be_taken_again(
    house: "House",
    monkeypatch: pytest.MonkeyPatch,
    copy_fails: GatewayError,
    case_fails: GatewayError | None,
    in_one_process: bool,
) -> None:
    def fail(error: GatewayError) -> Callable[..., Any]:
        def failing(*_: object) -> None:
            raise error

        return failing

    house.once()
    house.drop("0.edi", "junk")
    order(house, "a1"), order(house, "a2", 102)
    with open_instance(house.config, clock=fixed_clock(AT)) as instance:
        intakes = open_intakes(instance)
        with monkeypatch.context() as patch:
            patch.setattr(Quarantine, "keep", fail(copy_fails))
            if case_fails is not None:
                patch.setattr(intake, "channel_fails", fail(case_fails))
            with pytest.raises(GatewayError, match=str(case_fails or copy_fails)):
                Turn(instance, intakes).run()
        assert house.waiting == ["0.edi", "a1.edi", "a2.edi"]
        if in_one_process:
            Turn(instance, intakes).run()
    house.once()
    assert (house.waiting, len(house.answers), len(house.sales_orders)) == ([], 2, 2)
    assert outcomes(house) == ["taken", "taken"]
    assert len(house.history("file-received")) == 6  # and the three masters
    assert list(house.quarantine) == ["0.edi"]
    assert house.history("arrival-crashed") == []
    assert {note.read_bytes() for note in house.folder.glob("*.underway-*")} <= {b""}


@pytest.mark.parametrize("is_committed", [True, False])
def test_where_nobody_knows_whether_it_is_committed_the_next_start_finds_out(
    house: "House", monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    house.once()
    order(house, "a1")
    real = Underway.conclude
    with open_instance(house.config, clock=fixed_clock(AT)) as instance, monkeypatch.context() as patch:
        sqlite: sqlite3.Connection = instance.journal._connection._sqlite

        def conclude(self: Underway, reasons: Any) -> None:
            real(self, reasons)
            sqlite.execute("COMMIT" if is_committed else "ROLLBACK")
            raise JournalError("the fsync of its folder failed")

        patch.setattr(Underway, "conclude", conclude)
        with pytest.raises(JournalError):
            Turn(instance).run()
    house.once()
    assert (outcomes(house), len(house.answers), house.waiting) == (["taken"], 1, [])
    assert house.history("interchange-repeated") == []


# What stays


def test_what_cannot_be_removed_is_answered_once_however_often_it_is_started(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    order(house, "a1")
    with monkeypatch.context() as patch:
        stick(patch, b"a1.edi")
        for _ in range(4):
            assert "cannot remove a1.edi" in house.once().stderr
            assert [case["code"] for case in house.cases] == ["channel-failed"]
        other = order(house, "a2", 102)
        house.once()
        assert not other.exists()
    assert house.waiting == ["a1.edi"]
    assert outcomes(house) == ["taken", "taken"]
    assert len(house.answers) == 2
    house.once()
    assert (house.waiting, house.cases, len(house.answers)) == ([], [], 2)
    assert json.loads((house.folder / "journal.db.taken-amazon").read_text()) == []


def test_another_file_of_the_name_is_taken_for_itself(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    order(house, "a1")
    with monkeypatch.context() as patch:
        stick(patch, b"a1.edi")
        house.once()
        house.drop("a1.edi", house.interchange(house.order("ANOTHER"), control=109))
        house.once()
        house.once()
    house.once()
    assert len(house.sales_orders) == len(house.answers) == 2
    assert (outcomes(house), house.waiting) == (["taken", "taken"], [])


def test_what_was_never_read_is_moved_when_it_can_be_and_told_once(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Refused("it cannot be moved")

    (house.folder / "amazon" / "in" / "folder.edi").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(FolderTransport, "set_aside", refuse)
        for _ in range(3):
            house.once()
    assert len(house.history("file-set-aside")) == 1
    house.once()
    assert (house.waiting, list(house.quarantine)) == ([], ["folder.edi"])
    assert len(house.history("file-set-aside")) == 1


def test_a_quarantine_copy_comes_once_though_its_file_stays(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    house.drop("bad.edi", "junk")
    stick(monkeypatch, b"bad.edi")
    house.once()
    for path in (house.folder / "quarantine").iterdir():
        path.unlink()  # a person has dealt with it
    house.once()
    assert house.quarantine == {}


def test_what_the_journal_does_not_know_is_not_believed_to_be_taken(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    house.once()
    journal = house.folder / "journal.db"
    before = journal.read_bytes()
    order(house, "a1")
    with monkeypatch.context() as patch:
        stick(patch, b"a1.edi")
        house.once()
    journal.write_bytes(before)  # a backup was put back
    for answer in (house.folder / "amazon" / "out").glob("*.edi"):
        answer.unlink()
    house.once()
    assert (outcomes(house), house.waiting) == (["taken"], [])


def test_it_is_neither_read_again_nor_in_the_way_of_others(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    house.config.write_text(re.sub(r"(?m)^quota_files *= *\d+", "quota_files = 2", house.config.read_text()))
    order(house, "a1"), order(house, "a2", 102)
    real, read = FolderTransport.fetch, []

    def fetch(self: FolderTransport, entry: Entry, seen_at: datetime) -> Any:
        read.append(entry.label)
        return real(self, entry, seen_at)

    monkeypatch.setattr(FolderTransport, "fetch", fetch)
    stick(monkeypatch, b"a1.edi", b"a2.edi")
    house.once()
    order(house, "a3", 103)
    house.once()
    assert [name for name in read if name.endswith(".edi")] == ["a1.edi", "a2.edi", "a3.edi"]
    assert house.waiting == ["a1.edi", "a2.edi"]


def test_many_that_stay_are_one_case_that_does_not_grow(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    names = [order(house, f"a{number}", 101 + number).name.encode() for number in range(4)]
    stick(monkeypatch, *names)
    house.once()
    with house.journal() as journal:
        before = journal.head()[0]
    house.once()
    with house.journal() as journal:
        assert journal.head()[0] == before


# The memory itself


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.create(tmp_path / "journal.db", AT)


def entry(name: bytes = b"a\xff.edi") -> Entry:
    return Entry(name=name, size=4, mtime_ns=7, identity=(1, 2))


def test_it_is_read_as_it_was_written(tmp_path: Path, journal: Journal) -> None:
    with journal.transaction(AT) as tx:
        digest = tx.store_file(b"junk", direction="in", channel="amazon", name="a").sha256
    kept: list[Taken | SetAside] = [
        Taken(entry(), 1, digest),
        Taken(entry(b"b"), 1, digest, REASON),
        SetAside(entry(b"c"), 1, REASON),
    ]
    remaining = Remaining(tmp_path / "journal.db", "amazon")
    remaining.add([*kept, Taken(entry(b"lost"), 10**6, digest), Taken(entry(b"gone"), 1, digest)])
    remaining.drop(Taken(entry(b"gone"), 1, digest))
    remaining.save()
    later = Remaining(tmp_path / "journal.db", "amazon")
    later.read(journal)
    changed = Entry(name=b"b", size=5, mtime_ns=7, identity=(1, 2))
    assert later.sift([entry(), changed, entry(b"c"), entry(b"lost"), entry(b"gone")]) == (
        changed,
        entry(b"lost"),
        entry(b"gone"),
    )
    assert later.lying == (kept[0], kept[2])


def test_what_was_read_and_what_never_was_are_told_apart_by_the_hash(tmp_path: Path, journal: Journal) -> None:
    with journal.transaction(AT) as tx:
        digest = tx.store_file(b"junk", direction="in", channel="amazon", name="a").sha256
    reason, about = asdict(REASON), {"size": 4, "mtime_ns": 7, "identity": [1, 2]}
    written = [
        {"entry": {"name": b"a".hex(), **about}, "head": 0, "sha256": digest, "reason": None},
        {"entry": {"name": b"b".hex(), **about}, "head": 0, "sha256": digest, "reason": reason},
        {"entry": {"name": b"c".hex(), **about}, "head": 0, "sha256": None, "reason": reason},
    ]
    kept = tmp_path / "journal.db.taken-amazon"
    kept.write_text(json.dumps(written))
    remaining = Remaining(tmp_path / "journal.db", "amazon")
    remaining.read(journal)
    remaining.sift([entry(b"a"), entry(b"b"), entry(b"c")])
    assert remaining.lying == (
        Taken(entry(b"a"), 0, digest),
        Taken(entry(b"b"), 0, digest, REASON),
        SetAside(entry(b"c"), 0, REASON),
    )
    remaining.drop(remaining.lying[0])
    remaining.save()
    assert json.loads(kept.read_text()) == written[1:]


def test_nothing_is_written_where_all_can_be_removed(house: "House") -> None:
    order(house, "a1")
    house.once()
    assert list(house.folder.glob("*.taken-*")) == []


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"entry":{}}]', "null"])
def test_one_that_was_spoilt_says_nothing(tmp_path: Path, journal: Journal, text: str) -> None:
    (tmp_path / "journal.db.taken-amazon").write_text(text)
    remaining = Remaining(tmp_path / "journal.db", "amazon")
    remaining.read(journal)
    assert remaining.sift([entry()]) == (entry(),)


def test_the_case_of_a_channel_closes_when_it_works(house: "House") -> None:
    with open_instance(house.config, clock=fixed_clock(AT)) as instance:
        found = tally.Tally()
        tally.channel_fails(instance, "amazon", Unreachable("no answer"), found)
        tally.channel_fails(instance, "amazon", Unreachable("no answer"), found)
        assert (found.problems, found.channels_failed) == (["channel amazon: no answer"], {"amazon"})
        tally.channel_works(instance, "amazon")
        assert instance.journal.open_cases() == []
