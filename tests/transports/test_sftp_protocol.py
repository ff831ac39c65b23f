"""The wire of SFTP: what a server may answer, and what no server should."""

import struct
from collections.abc import Callable

import pytest

from gateway.transports.sftp_protocol import READ, Cut, Failed, Sftp

from .sftp_fake import FakeServer, status, text


def connected(server: FakeServer) -> Sftp:
    return Sftp(server, 1.0)


def test_many_requests_are_one_way_there_and_back() -> None:
    server = FakeServer({b"/in/%d" % number: b"x" * number for number in range(50)})
    sftp = connected(server)
    before = server.round_trips
    asked = [sftp.lstat(path) for path in server.files]
    assert [sftp.attributes(number).size for number in asked] == list(range(50))
    assert server.round_trips - before == 1


def test_answers_may_come_in_any_order() -> None:
    server = FakeServer({b"/a": b"1", b"/b": b"22"})
    sftp = connected(server)
    first, second = sftp.lstat(b"/a"), sftp.lstat(b"/b")
    assert sftp.attributes(second).size == 2
    assert sftp.attributes(first).size == 1


def test_the_extensions_of_a_server_are_known() -> None:
    sftp = connected(FakeServer(extensions=(b"posix-rename@openssh.com",)))
    assert sftp.extensions == {b"posix-rename@openssh.com": b"1"}
    assert sftp.fsync(b"h") is None


def test_the_end_of_a_file_is_no_failure() -> None:
    server = FakeServer({b"/a": b"1"})
    sftp = connected(server)
    handle = sftp.handle(sftp.open(b"/a", READ))
    assert sftp.data(sftp.read(handle, 1, 10)) == b""


def test_what_a_server_will_not_do_has_its_code_and_its_words() -> None:
    sftp = connected(FakeServer())
    with pytest.raises(Failed, match="No such file") as failed:
        sftp.handle(sftp.open(b"/a", READ))
    assert failed.value.code == 2


def test_a_status_without_words_is_told_by_its_number() -> None:
    server = FakeServer()
    sftp = connected(server)
    number = sftp.remove(b"/a")
    server.mute()
    server.answer(bytes([101]) + struct.pack(">II", number, 4))
    with pytest.raises(Failed, match="status 4"):
        sftp.done(number)


@pytest.mark.parametrize(
    "greeting",
    [
        b"",
        struct.pack(">I", 0),
        struct.pack(">I", 20_000_000),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        struct.pack(">IB", 1, 2),
        struct.pack(">IBI", 5, 101, 3),
        struct.pack(">IBII", 9, 2, 3, 99),
    ],
)
def test_what_is_no_sftp_ends_the_connection(greeting: bytes) -> None:
    server = FakeServer()
    server.mute()
    server._out += greeting
    with pytest.raises(Cut):
        connected(server)


@pytest.mark.parametrize(
    "answer",
    [
        lambda number: bytes([103]) + number + text(b"data where attributes were asked for"),
        lambda number: bytes([105]) + number + struct.pack(">IQ", 0x04 | 0x08, 1)[:6],
        lambda number: bytes([105]) + number,
        lambda number: bytes([105]) + number[:2],
        lambda number: bytes([105]) + number + struct.pack(">II", 0x80000000, 1_000_000),
    ],
)
def test_an_answer_that_is_not_what_was_asked_ends_the_connection(answer: Callable[[bytes], bytes]) -> None:
    server = FakeServer()
    sftp = connected(server)
    number = sftp.lstat(b"/a")
    server.mute()
    server.answer(answer(struct.pack(">I", number)))
    with pytest.raises(Cut):
        sftp.attributes(number)


def test_success_where_something_was_asked_for_is_no_answer() -> None:
    server = FakeServer()
    sftp = connected(server)
    number = sftp.lstat(b"/a")
    server.mute()
    server.answer(status(struct.pack(">I", number), 0))
    with pytest.raises(Failed):
        sftp.attributes(number)


def test_owners_and_what_a_server_adds_to_attributes_are_passed_over() -> None:
    server = FakeServer()
    sftp = connected(server)
    number = sftp.lstat(b"/a")
    server.mute()
    flags = 0x80000000 | 0x01 | 0x02 | 0x04 | 0x08
    body = struct.pack(">IQIIIIII", flags, 7, 1000, 1000, 0o100644, 5, 6, 1) + text(b"acl@x") + text(b"v")
    server.answer(bytes([105]) + struct.pack(">I", number) + body)
    found = sftp.attributes(number)
    assert (found.size, found.mode, found.mtime) == (7, 0o100644, 6)


def test_a_server_that_drips_its_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    server = FakeServer({b"/a": b"1"})
    sftp = connected(server)
    waits: list[float] = []

    def drip(_: int) -> bytes:
        if waits[-1] <= 0.001:
            raise TimeoutError
        return b"\0"

    number = sftp.lstat(b"/a")
    monkeypatch.setattr("gateway.transports.sftp_protocol.time.monotonic", lambda: next(clock) / 10)
    server.settimeout = waits.append  # type: ignore[method-assign]
    server.recv = drip  # type: ignore[method-assign]
    with pytest.raises(Cut):
        sftp.attributes(number)
    assert len(waits) < 15


@pytest.mark.parametrize("error", [OSError("Socket is closed"), EOFError(), TimeoutError()])
def test_a_stream_that_breaks_is_a_cut(error: Exception) -> None:
    server = FakeServer({b"/a": b"1"})
    sftp = connected(server)

    def broken(_: bytes) -> None:
        raise error

    server.sendall = broken  # type: ignore[method-assign]
    with pytest.raises(Cut):
        sftp.attributes(sftp.lstat(b"/a"))


def test_an_answer_that_nobody_asked_for_ends_the_connection() -> None:
    server = FakeServer()
    sftp = connected(server)
    number = sftp.lstat(b"/a")
    server.mute()
    server.answer(status(struct.pack(">I", number + 7), 0))
    with pytest.raises(Cut, match="what was not asked"):
        sftp.attributes(number)
