"""The note of what is in hand: read back as far as it was written, wherever it was cut."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import TransportError
from gateway.transports.base import Arrival, Entry
from gateway.transports.quarantine import Reason
from gateway.underway import Underway

REASON = Reason(code="not-edi", message="what is this?", place="b.edi", remedy="ask the sender")
FILES = {b"a.edi": b"ISA*first~\n", b"b\xff\n.edi": b"two\nlines\n{}", b"empty": b""}


def arrivals() -> list[Arrival]:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return [
        Arrival(entry=Entry(name=name, size=len(data), mtime_ns=7), data=data, channel="amazon", seen_at=at)
        for name, data in FILES.items()
    ]


@pytest.fixture
def underway(tmp_path: Path) -> Underway:
    return Underway(tmp_path / "journal.db", "amazon")


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """Where it lies: beside the journal."""
    return tmp_path / "journal.db.underway-amazon"


def test_what_is_noted_is_left_as_it_was(underway: Underway) -> None:
    underway.note(arrivals(), 41)
    left = underway.left()
    assert {file.name: file.data for file in left} == FILES
    assert {(file.mtime_ns, file.head, file.is_concluded, file.reason) for file in left} == {(7, 41, False, None)}


def test_what_became_of_each_is_left_too(underway: Underway) -> None:
    underway.note(arrivals(), 41)
    underway.conclude([None, REASON, None])
    assert [(file.is_concluded, file.reason) for file in underway.left()] == [
        (True, None),
        (True, REASON),
        (True, None),
    ]


def test_what_was_put_off_for_the_next_commit_is_in_hand_no_more(underway: Underway) -> None:
    underway.note(arrivals(), 41)
    underway.conclude([None])
    assert [(file.name, file.is_concluded) for file in underway.left()] == [(b"a.edi", True)]


def test_a_file_is_left_with_all_that_tells_it_from_another(underway: Underway) -> None:
    entry = Entry(name=b"a.edi", size=1, mtime_ns=7, identity=(3, 4))
    underway.note([replace(arrivals()[0], entry=entry, data=b"x")], 41)
    assert [file.entry for file in underway.left()] == [entry]


def test_what_was_wiped_or_forgotten_is_left_no_more(underway: Underway, note: Path) -> None:
    underway.note(arrivals(), 41)
    underway.wipe()
    assert underway.left() == []
    underway.note(arrivals(), 41)
    underway.count()
    assert len(underway.left()) == 3
    underway.forget()
    assert underway.left() == []
    assert list(note.parent.iterdir()) == []


def test_without_a_note_nothing_is_left(underway: Underway) -> None:
    assert underway.left() == []
    underway.note([], 41)
    underway.conclude([])
    underway.wipe()
    underway.forget()
    assert underway.left() == []


def test_a_note_that_is_cut_at_any_byte_tells_the_files_before(underway: Underway, note: Path) -> None:
    underway.note(arrivals(), 41)
    underway.conclude([None, REASON, None])
    whole = note.read_bytes()
    found = []
    for end in range(len(whole) + 1):
        note.write_bytes(whole[:end])
        left = underway.left()
        assert [file.data for file in left] == list(FILES.values())[: len(left)]
        assert {file.is_concluded for file in left} <= {end == len(whole)}
        found.append(len(left))
    assert found == sorted(found)
    assert set(found) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: bytes(len(whole)),
        lambda whole: bytes(40) + whole[40:],
        lambda _: b"[]\n",
        lambda _: b'{"size":1}\nx',
    ],
)
def test_a_note_that_a_power_cut_spoilt_tells_nothing(
    underway: Underway, note: Path, spoil: Callable[[bytes], bytes]
) -> None:
    underway.note(arrivals(), 41)
    underway.conclude([None, REASON, None])
    note.write_bytes(spoil(note.read_bytes()))
    assert underway.left() == []


def test_a_crash_that_was_counted_stays_counted(underway: Underway) -> None:
    underway.note(arrivals(), 41)
    assert not underway.is_counted
    underway.count()
    assert underway.is_counted
    assert len(underway.left()) == 3


def test_each_file_has_its_own_time(tmp_path: Path) -> None:
    now = [100.0]
    underway = Underway(tmp_path / "journal.db", "amazon", monotonic=lambda: now[0])
    assert underway.seconds == 0
    underway.note(arrivals(), 41)
    now[0] += 5
    assert underway.seconds == 5
    underway.go_on()
    now[0] += 2
    assert underway.seconds == 2
    underway.conclude([None, None, None])
    assert underway.seconds == 0


def test_each_channel_has_a_note_of_its_own(tmp_path: Path, underway: Underway) -> None:
    underway.note(arrivals(), 41)
    assert Underway(tmp_path / "journal.db", "erp").left() == []


def test_where_it_cannot_be_written_nothing_is_taken(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match="cannot write"):
        Underway(tmp_path / "nowhere" / "journal.db", "amazon").note(arrivals(), 41)


def test_a_link_in_its_place_is_not_followed(underway: Underway, note: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    note.symlink_to(victim)
    with pytest.raises(TransportError):
        underway.note(arrivals(), 41)
    assert victim.read_text() == "mine"


def test_only_its_owner_may_read_it(underway: Underway, note: Path) -> None:
    underway.note(arrivals(), 41)
    assert note.stat().st_mode & 0o777 == 0o600
