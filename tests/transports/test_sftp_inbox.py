"""Taking files from an SFTP server: whole or not at all, removed only as they were read, many small ones together."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import Refused, Unreachable
from gateway.transports import Arrival, Entry, Later, Refusal
from gateway.transports.sftp_inbox import Inbox
from gateway.transports.sftp_protocol import Failed

from .sftp_fake import FakeServer, FakeSession, cut

NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)


def inbox_of(server: FakeServer, max_file: int = 1_000_000) -> Inbox:
    return Inbox("amazon", FakeSession(server), "/in", max_file)


def taken(inbox: Inbox) -> dict[bytes, bytes]:
    found = [inbox.fetch(entry, NOW) for entry in inbox.list()]
    return {arrival.entry.name: arrival.data for arrival in found if isinstance(arrival, Arrival)}


def files(count: int, size: int = 10) -> dict[bytes, bytes]:
    return {b"/in/%04d.edi" % number: b"%d:" % number + b"x" * size for number in range(count)}


@pytest.mark.parametrize("size", [0, 1, 32_767, 32_768, 32_769, 100_000, 500_000])
def test_a_file_of_any_size_comes_whole(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    assert taken(inbox_of(FakeServer({b"/in/a.edi": data}))) == {b"a.edi": data}


def test_six_hundred_files_come_whole_in_few_ways_there_and_back() -> None:
    server = FakeServer(files(600))
    found = taken(inbox_of(server))
    assert found == {name.removeprefix(b"/in/"): data for name, data in server.files.items()}
    assert server.round_trips < 60


def test_large_files_are_not_read_before_they_are_asked_for() -> None:
    server = FakeServer(files(5) | {b"/in/9999.edi": b"x" * 300_000})
    inbox = inbox_of(server)
    first, *_ = inbox.list()
    inbox.fetch(first, NOW)
    assert [path for name, path in server.requests if name == "open"] == [b"/in/%04d.edi" % each for each in range(5)]


def test_little_is_read_ahead_of_who_asks_for_one_file_only() -> None:
    server = FakeServer(files(600))
    inbox = inbox_of(server)
    inbox.fetch(inbox.list()[0], NOW)
    assert len([name for name, _ in server.requests if name == "open"]) == 8


def test_a_file_asked_for_out_of_turn_comes_too() -> None:
    inbox = inbox_of(FakeServer(files(30)))
    last = inbox.list()[-1]
    arrival = inbox.fetch(last, NOW)
    assert isinstance(arrival, Arrival)
    assert arrival.data == b"29:" + b"x" * 10


def test_an_entry_of_an_earlier_list_is_read_anew() -> None:
    server = FakeServer(files(3))
    inbox = inbox_of(server)
    first, second, _ = inbox.list()
    inbox.fetch(first, NOW)  # and the second with it
    server.files[b"/in/0001.edi"] = b"1:yyyyyyyyyy"
    inbox.list()
    arrival = inbox.fetch(second, NOW)
    assert isinstance(arrival, Arrival)
    assert arrival.data == b"1:yyyyyyyyyy"


def test_a_server_that_gives_less_than_it_is_asked_for_is_asked_again() -> None:
    server = FakeServer({b"/in/a.edi": bytes(range(250)) * 400})
    server.most = 1_000
    assert taken(inbox_of(server)) == {b"a.edi": bytes(range(250)) * 400}


@pytest.mark.parametrize("request_", ["open", "read", "fstat"])
def test_a_file_that_grows_while_it_is_read_is_left_for_later(request_: str) -> None:
    server = FakeServer(files(1))
    inbox = inbox_of(server)
    (entry,) = inbox.list()

    def grow(name: str, _: bytes) -> None:
        if name == request_:
            server.files[b"/in/0000.edi"] += b"more"

    server.before = grow
    assert isinstance(inbox.fetch(entry, NOW), Later)


def test_a_file_that_grows_after_it_was_read_is_not_removed() -> None:
    server = FakeServer(files(1))
    inbox = inbox_of(server)
    (entry,) = inbox.list()
    arrival = inbox.fetch(entry, NOW)
    assert isinstance(arrival, Arrival)
    server.files[b"/in/0000.edi"] += b"more"
    assert not inbox.settle(arrival.entry)
    assert len(server.files) == 1


def test_a_file_that_is_cut_short_by_the_server_is_never_taken() -> None:
    server = FakeServer({b"/in/a.edi": b"x" * 100_000})
    inbox = inbox_of(server)
    (entry,) = inbox.list()

    def shrink(name: str, _: bytes) -> None:
        if name == "read":
            server.files[b"/in/a.edi"] = b"x" * 50_000

    server.before = shrink
    assert not isinstance(inbox.fetch(entry, NOW), Arrival)


def test_what_changes_with_every_look_is_not_read_for_ever() -> None:
    server = FakeServer(files(1))
    inbox = inbox_of(server)
    (entry,) = inbox.list()

    def grow(name: str, _: bytes) -> None:
        if name in ("read", "fstat"):
            server.files[b"/in/0000.edi"] += b"more"

    server.before = grow
    assert isinstance(inbox.fetch(entry, NOW), Later)


def test_one_that_vanishes_costs_only_itself() -> None:
    server = FakeServer(files(10))
    inbox = inbox_of(server)
    entries = inbox.list()
    for number in (0, 3):
        del server.files[b"/in/%04d.edi" % number]
    found = [inbox.fetch(entry, NOW) for entry in entries]
    assert [isinstance(each, Later) for each in found] == [number in (0, 3) for number in range(10)]
    assert sum(isinstance(each, Arrival) for each in found) == 8


def test_one_that_may_not_be_read_costs_only_itself() -> None:
    server = FakeServer(files(10))
    inbox = inbox_of(server)
    entries = inbox.list()

    def deny(name: str, path: bytes) -> None:
        if name == "open" and path == b"/in/0003.edi":
            raise Failed(3, "Permission denied")

    server.before = deny
    found = [inbox.fetch(entry, NOW) for entry in entries]
    (refusal,) = [each for each in found if isinstance(each, Refusal)]
    assert (refusal.code, refusal.message) == (
        "file-unreadable",
        "0003.edi cannot be taken: the server says 'Permission denied'",
    )
    assert sum(isinstance(each, Arrival) for each in found) == 9


def test_a_read_that_fails_costs_only_its_file_and_leaves_no_answer_over() -> None:
    server = FakeServer({b"/in/0000.edi": b"x" * 100_000, b"/in/0001.edi": b"y"})
    inbox = inbox_of(server)

    def fail(name: str, path: bytes) -> None:
        if name == "read" and path == b"/in/0000.edi":
            raise Failed(4, "Input/output error")

    server.before = fail
    first, second = [inbox.fetch(entry, NOW) for entry in inbox.list()]
    assert isinstance(first, Later)  # it may pass, and an order that is set aside would be gone from there
    assert isinstance(second, Arrival)
    assert second.data == b"y"


def test_what_we_may_not_read_is_a_refusal() -> None:
    server = FakeServer(files(1))

    def deny(name: str, _: bytes) -> None:
        if name == "open":
            raise Failed(3, "Permission denied")

    server.before = deny
    inbox = inbox_of(server)
    [entry] = inbox.list()
    refused = inbox.fetch(entry, NOW)
    assert isinstance(refused, Refusal)
    assert "Permission denied" in refused.message


def test_a_server_with_few_handles_gives_its_files_one_by_one() -> None:
    server = FakeServer(files(100))

    def few(name: str, _: bytes) -> None:
        if name == "open" and len(server._handles) > 4:
            raise Failed(4, "Failure")

    server.before = few
    assert len(taken(inbox_of(server))) == 100


def test_a_cut_takes_nothing_and_the_next_look_takes_all() -> None:
    server = FakeServer(files(20))
    inbox = inbox_of(server)
    entries = inbox.list()
    server.before = lambda name, _: cut() if name == "read" else None
    with pytest.raises(Unreachable, match=r"cannot read /in/0000.edi at u@h:22: the connection ended; it is tried"):
        inbox.fetch(entries[0], NOW)
    server.before = lambda *_: None
    assert len(taken(inbox)) == 20


def test_a_server_that_says_nothing_of_files_in_a_list_is_asked_of_each() -> None:
    server = FakeServer(files(120))
    server.tells_attributes = False
    server.times = {b"/in/0007.edi": 5}
    inbox = inbox_of(server)
    assert [entry.name for entry in inbox.list()][:2] == [b"0007.edi", b"0000.edi"]
    assert len(taken(inbox)) == 120


@pytest.mark.parametrize(
    "name", [b"x/../../etc/passwd", b"/etc/passwd", b"a\\b", b"a\0b", b"-rf", b"x" * 201, b"", b"a/b"]
)
@pytest.mark.parametrize("tells", [True, False])
def test_a_name_that_could_be_a_path_is_refused_and_never_sent_back(name: bytes, tells: bool, tmp_path: Path) -> None:
    server = FakeServer({b"/in/" + name: b"ISA*"})
    server.tells_attributes = tells
    inbox = inbox_of(server)
    (entry,) = inbox.list()
    refusal = inbox.fetch(entry, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "file-unreadable"
    with pytest.raises(Refused, match="stays on the server"):
        inbox.set_aside(entry, tmp_path / "aside")
    with pytest.raises(Refused):
        inbox.settle(entry)
    assert {request for request, _ in server.requests} <= {"opendir", "readdir", "close"}
    assert not (tmp_path / "aside").exists()


@pytest.mark.parametrize("name", [b"\xff\xfe.edi", b"a\nb.edi", b"a b;rm -rf.edi", "ü\u202e.edi".encode(), b"%2F"])
def test_a_name_may_have_any_other_bytes(name: bytes) -> None:
    server = FakeServer({b"/in/" + name: b"ISA*"})
    inbox = inbox_of(server)
    assert taken(inbox) == {name: b"ISA*"}
    (entry,) = inbox.list()
    assert inbox.settle(entry)
    assert server.files == {}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR])
def test_what_is_no_regular_file_is_refused_and_not_opened(kind: int) -> None:
    server = FakeServer({b"/in/a": b"x"})
    server.modes[b"/in/a"] = kind | 0o777
    inbox = inbox_of(server)
    (entry,) = inbox.list()
    refusal = inbox.fetch(entry, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.message == "a cannot be taken: it is no regular file"
    assert "open" not in {request for request, _ in server.requests}


def test_folders_inside_are_the_partners_own() -> None:
    server = FakeServer({b"/in/archive": b"", b"/in/a": b"x"})
    server.modes[b"/in/archive"] = stat.S_IFDIR | 0o755
    assert [entry.name for entry in inbox_of(server).list()] == [b"a"]


def changed(**changes: object) -> FakeServer:
    server = FakeServer({b"/in/a": b"four"})
    server.times[b"/in/a"] = 1_000
    if "data" in changes:
        server.files[b"/in/a"] = changes["data"]  # type: ignore[assignment]
    server.times[b"/in/a"] = changes.get("time", 1_000)  # type: ignore[assignment]
    server.modes[b"/in/a"] = changes.get("mode", stat.S_IFREG | 0o644)  # type: ignore[assignment]
    return server


@pytest.mark.parametrize(
    "now", [changed(data=b"fiver"), changed(time=1_001), changed(time=999), changed(mode=stat.S_IFLNK)]
)
def test_r8_what_is_not_the_file_that_was_stored_stays(now: FakeServer) -> None:
    entry = Entry(name=b"a", size=4, mtime_ns=1_000 * 10**9, identity=(stat.S_IFREG,))
    assert inbox_of(changed()).settle(entry)
    assert not inbox_of(now).settle(entry)
    assert b"/in/a" in now.files


def test_a_file_that_may_not_be_removed_is_told_with_the_servers_words() -> None:
    server = FakeServer(files(1))
    inbox = inbox_of(server)
    (entry,) = inbox.list()

    def deny(name: str, _: bytes) -> None:
        if name == "remove":
            raise Failed(3, "Permission denied")

    server.before = deny
    with pytest.raises(Unreachable, match=r"cannot remove /in/0000.edi at u@h:22: the server says 'Permission denied'"):
        inbox.settle(entry)


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    server = FakeServer(files(1, 100))
    inbox = inbox_of(server, max_file=50)
    (entry,) = inbox.list()
    assert isinstance(inbox.fetch(entry, NOW), Refusal)
    assert "open" not in {request for request, _ in server.requests}


def test_what_is_too_large_is_set_aside_whole(tmp_path: Path) -> None:
    server = FakeServer({b"/in/a": b"x" * 100_000})
    inbox = inbox_of(server, max_file=50_000)
    (entry,) = inbox.list()
    inbox.set_aside(entry, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"x" * 100_000
    assert server.files == {}


def test_what_is_far_too_large_stays_where_it_is(tmp_path: Path) -> None:
    server = FakeServer({b"/in/a": b"x" * 100_000})
    inbox = inbox_of(server, max_file=5_000)
    (entry,) = inbox.list()
    with pytest.raises(Refused, match="stays on the server: ask the partner"):
        inbox.set_aside(entry, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
    assert len(server.files) == 1


@pytest.mark.parametrize("trouble", ["cut", "grown", "gone"])
def test_what_cannot_be_set_aside_whole_leaves_nothing_here_and_stays_there(trouble: str, tmp_path: Path) -> None:
    server = FakeServer({b"/in/a": b"x" * 100_000})
    inbox = inbox_of(server, max_file=50_000)
    (entry,) = inbox.list()
    if trouble == "cut":
        server.before = lambda name, _: cut() if name == "read" else None
        with pytest.raises(Unreachable):
            inbox.set_aside(entry, tmp_path / "a")
    elif trouble == "grown":
        server.files[b"/in/a"] += b"x"
        inbox.set_aside(entry, tmp_path / "a")
        assert len(server.files) == 1
    else:
        server.files.clear()
        inbox.set_aside(entry, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told() -> None:
    server = FakeServer()

    def missing(name: str, _: bytes) -> None:
        if name == "opendir":
            raise Failed(2, "No such file")

    server.before = missing
    with pytest.raises(
        Unreachable, match="cannot look into /in at u@h:22: the server says 'No such file'; correct the"
    ):
        inbox_of(server).list()


def test_a_listing_that_fails_half_way_leaves_no_answer_for_the_next() -> None:
    server = FakeServer(files(300))
    inbox = inbox_of(server)

    def fail(name: str, _: bytes) -> None:
        if name == "readdir" and len(server.requests) % 3 == 0:
            raise Failed(4, "Input/output error")

    server.before = fail
    with pytest.raises(Unreachable, match="Input/output error"):
        inbox.list()
    server.before = lambda *_: None
    assert len(inbox.list()) == 300
    assert inbox._session._sftp is not None
    assert inbox._session._sftp._answers == {}
