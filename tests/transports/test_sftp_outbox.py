"""Putting files on an SFTP server: whole, once, and honest about what nobody can know."""

import pytest

from gateway.errors import Interrupted, Refused, Unreachable
from gateway.transports import Staged
from gateway.transports.sftp_outbox import Outbox
from gateway.transports.sftp_protocol import FSYNC, POSIX_RENAME, Failed

from .sftp_fake import FakeServer, FakeSession, cut

DATA = b"ISA*" + bytes(range(250)) * 400
PART, FINAL = b"/out/997.edi.part", b"/out/997.edi"
STAGED = Staged("997.edi", len(DATA))


def outbox_of(server: FakeServer, *, renames: bool = True, takes_away: bool = True) -> Outbox:
    return Outbox(FakeSession(server), "/out", renames=renames, takes_away=takes_away)


def modern(files: dict[bytes, bytes] | None = None) -> FakeServer:
    return FakeServer(files, extensions=(POSIX_RENAME, FSYNC))


def break_at(server: FakeServer, request: str, about: bytes = b"", *, after: bool = False) -> None:
    """Cut the connection when the server is about to carry something out, or just after it did."""

    def before(name: str, path: bytes) -> None:
        if name == request and (not about or path == about):
            if after:
                server.before = cut
            else:
                cut()

    server.before = before


def test_a_file_is_uploaded_made_durable_measured_and_renamed() -> None:
    server = modern()
    outbox = outbox_of(server)
    staged = outbox.stage("997.edi", DATA)
    assert (staged, server.files) == (STAGED, {PART: DATA})
    asked = [name for name, about in server.requests if name != "extended" or about == FSYNC]
    assert asked[-3:] == ["extended", "fstat", "close"]
    outbox.publish(staged)
    assert server.files == {FINAL: DATA}


def test_a_server_without_extensions_renames_in_the_old_way() -> None:
    server = FakeServer()
    outbox = outbox_of(server)
    outbox.publish(outbox.stage("997.edi", DATA))
    assert server.files == {FINAL: DATA}
    assert "extended" not in {name for name, _ in server.requests}


def test_without_renaming_nothing_is_there_before_it_is_published() -> None:
    server = modern()
    outbox = outbox_of(server, renames=False)
    staged = outbox.stage("997.edi", DATA)
    assert server.files == {}
    assert not outbox.is_published(staged)
    outbox.publish(staged)
    assert server.files == {FINAL: DATA}


@pytest.mark.parametrize("request_", ["open", "write", "fstat", "close"])
def test_a_cut_while_uploading_under_another_name_leaves_no_doubt(request_: str) -> None:
    server = modern()
    outbox = outbox_of(server)
    break_at(server, request_)
    with pytest.raises(Unreachable):
        outbox.stage("997.edi", DATA)
    server.before = lambda *_: None
    outbox.publish(outbox.stage("997.edi", DATA))
    assert server.files == {FINAL: DATA}


@pytest.mark.parametrize("request_", ["open", "write", "fstat", "close"])
def test_a_cut_while_uploading_under_its_own_name_is_in_doubt(request_: str) -> None:
    server = modern()
    outbox = outbox_of(server, renames=False)
    staged = outbox.stage("997.edi", DATA)
    break_at(server, request_)
    with pytest.raises(Interrupted, match="it may or may not have arrived"):
        outbox.publish(staged)


def test_a_cut_while_renaming_is_in_doubt_until_somebody_looks() -> None:
    server = modern()
    outbox = outbox_of(server)
    staged = outbox.stage("997.edi", DATA)
    break_at(server, "extended")
    with pytest.raises(Interrupted, match="it may or may not have arrived"):
        outbox.publish(staged)
    server.before = lambda *_: None
    assert not outbox_of(server).is_published(STAGED)  # .part is there
    server.files = {FINAL: DATA}
    assert outbox_of(server).is_published(STAGED)
    server.files = {}
    with pytest.raises(Interrupted, match="nobody can tell"):
        outbox_of(server).is_published(STAGED)
    assert not outbox_of(server, takes_away=False).is_published(STAGED)


def test_what_was_not_renamed_is_withdrawn_so_that_nothing_late_can_rename_it() -> None:
    server = modern({PART: DATA})
    outbox = outbox_of(server)
    assert not outbox.is_published(STAGED)
    assert server.files == {}
    outbox.stage("997.edi", DATA)
    assert server.files == {b"/out/997.edi.2.part": DATA}
    outbox.publish(STAGED)
    assert server.files == {FINAL: DATA}


def test_a_renaming_that_comes_late_makes_no_second_file() -> None:
    server = modern({PART: DATA})
    outbox = outbox_of(server)

    def keep_it(name: str, _: bytes) -> None:
        if name == "remove":
            raise Failed(3, "Permission denied")

    server.before = keep_it
    assert not outbox.is_published(STAGED)
    server.before = lambda *_: None
    outbox.stage("997.edi", DATA)
    server.files[FINAL] = server.files.pop(PART)  # the server carries out what the broken connection had asked
    outbox.publish(STAGED)
    assert server.files == {FINAL: DATA}


def test_a_server_with_one_word_for_all_failures_is_asked_twice() -> None:
    server = modern({FINAL: DATA})

    def fail(name: str, _: bytes) -> None:
        if name == "remove":
            raise Failed(4, "Failure")

    server.before = fail
    assert outbox_of(server).is_published(STAGED)


def test_an_upload_is_renamed_only_on_its_own_connection() -> None:
    server = modern()
    session = FakeSession(server)
    outbox = Outbox(session, "/out", renames=True, takes_away=True)
    outbox.stage("997.edi", DATA)
    session.close()
    with pytest.raises(Unreachable, match="it is uploaded again"):
        outbox.publish(STAGED)
    assert server.files == {PART: DATA}
    outbox.publish(outbox.stage("997.edi", DATA))
    assert server.files == {FINAL: DATA}


def test_what_is_not_whole_is_not_renamed() -> None:
    server = modern()
    outbox = outbox_of(server)
    outbox.stage("997.edi", DATA)
    server.files[PART] = DATA[:-1]
    with pytest.raises(Unreachable, match="is not what was uploaded"):
        outbox.publish(STAGED)
    assert FINAL not in server.files


def test_a_server_that_keeps_less_than_it_was_sent_is_noticed() -> None:
    server = modern()

    def lose(name: str, _: bytes) -> None:
        if name == "fstat":
            server.files[PART] = DATA[:100]

    server.before = lose
    with pytest.raises(Unreachable, match="of 100004 bytes 100 arrived"):
        outbox_of(server).stage("997.edi", DATA)


@pytest.mark.parametrize("request_", ["write", "extended", "close"])
def test_what_the_server_cannot_write_is_told_and_goes_again(request_: str) -> None:
    server = modern()
    outbox = outbox_of(server)

    def full(name: str, _: bytes) -> None:
        if name == request_:
            raise Failed(4, "No space left on device")

    server.before = full
    with pytest.raises(Unreachable, match=r"cannot write /out/997.edi at u@h:22: the server says 'No space left"):
        outbox.stage("997.edi", DATA)
    server.before = lambda *_: None
    outbox.publish(outbox.stage("997.edi", DATA))
    assert server.files == {FINAL: DATA}


def test_a_server_that_will_not_measure_an_open_file_is_believed() -> None:
    server = modern()

    def deny(name: str, _: bytes) -> None:
        if name == "fstat":
            raise Failed(8, "Operation unsupported")

    server.before = deny
    outbox_of(server).stage("997.edi", DATA)
    assert server.files == {PART: DATA}


@pytest.mark.parametrize("may_read", [True, False])
@pytest.mark.parametrize("length", [0, 1, 50_000])
def test_the_beginning_of_our_own_file_is_replaced_by_the_whole(length: int, may_read: bool) -> None:
    server = modern({FINAL: DATA[:length]})

    def deny(name: str, path: bytes) -> None:
        if name == "open" and path == FINAL and len(server.files.get(FINAL, DATA)) == length and not may_read:
            raise Failed(3, "Permission denied")

    server.before = deny
    outbox = outbox_of(server, renames=False)
    assert not outbox.is_published(STAGED)
    outbox.publish(outbox.stage("997.edi", DATA))
    assert server.files == {FINAL: DATA}


@pytest.mark.parametrize("other", [b"theirs", b"x" * len(DATA), DATA + b"more", DATA[:-1] + b"?"])
@pytest.mark.parametrize("renames", [True, False])
def test_the_file_of_another_is_never_touched(other: bytes, renames: bool) -> None:
    server = modern({FINAL: other})
    outbox = outbox_of(server, renames=renames)
    with pytest.raises(Refused, match="is there already: ask the partner to move it away"):
        outbox.stage("997.edi", DATA)
    assert server.files == {FINAL: other}


def test_of_a_file_that_we_may_not_read_and_did_not_begin_nothing_is_believed() -> None:
    server = modern({FINAL: DATA[:10]})

    def deny(name: str, path: bytes) -> None:
        if name == "open" and path == FINAL:
            raise Failed(3, "Permission denied")

    server.before = deny
    with pytest.raises(Refused, match="is there already"):
        outbox_of(server, renames=False).stage("997.edi", DATA)


@pytest.mark.parametrize("renames", [True, False])
def test_a_file_that_appears_before_ours_does_is_not_touched(renames: bool) -> None:
    server = modern()
    outbox = outbox_of(server, renames=renames)
    outbox.stage("997.edi", DATA)
    server.files[FINAL] = b"theirs"
    with pytest.raises(Refused, match="is there already"):
        outbox.publish(STAGED)
    assert server.files[FINAL] == b"theirs"


def test_a_file_that_appears_in_the_last_moment_is_not_cut() -> None:
    server = modern()
    outbox = outbox_of(server, renames=False)
    outbox.stage("997.edi", DATA)

    def appear(name: str, path: bytes) -> None:
        if name == "open" and path == FINAL:
            server.files[FINAL] = b"theirs"

    server.before = appear
    with pytest.raises(Unreachable):
        outbox.publish(STAGED)
    assert server.files == {FINAL: b"theirs"}


def test_a_full_disk_in_the_middle_of_a_file_of_its_own_name_is_mended_with_the_next_try() -> None:
    server = modern()
    outbox = outbox_of(server, renames=False)
    outbox.stage("997.edi", DATA)
    writes: list[bytes] = []

    def full(name: str, path: bytes) -> None:
        if name == "write":
            writes.append(path)
            if len(writes) > 2:
                raise Failed(4, "No space left on device")

    server.before = full
    with pytest.raises(Unreachable, match="No space left"):
        outbox.publish(STAGED)
    server.before = lambda *_: None
    outbox.publish(outbox.stage("997.edi", DATA))
    assert server.files == {FINAL: DATA}


def test_the_same_bytes_that_lie_there_are_not_given_twice() -> None:
    server = modern({FINAL: DATA})
    outbox = outbox_of(server)
    outbox.publish(outbox.stage("997.edi", DATA))
    assert server.files == {FINAL: DATA}
    assert POSIX_RENAME not in {about for _, about in server.requests}


def test_what_was_not_staged_is_not_published() -> None:
    with pytest.raises(Refused, match="is not staged any more"):
        outbox_of(modern()).publish(STAGED)


def test_a_name_without_a_known_size_is_there_or_not() -> None:
    assert outbox_of(modern({FINAL: b"x"})).is_published(Staged("997.edi"))
    with pytest.raises(Refused, match="cannot be the name"):
        outbox_of(modern()).is_published(Staged("../x"))


@pytest.mark.parametrize("renames", [True, False])
def test_an_account_that_may_not_look_sends_and_cannot_tell_afterwards(renames: bool) -> None:
    server = modern()

    def deny(name: str, _: bytes) -> None:
        if name in ("lstat", "remove"):
            raise Failed(3, "Permission denied")

    server.before = deny
    outbox = outbox_of(server, renames=renames, takes_away=False)
    outbox.publish(outbox.stage("997.edi", DATA))
    assert server.files == {FINAL: DATA}
    with pytest.raises(Interrupted, match="our account may not look there"):
        outbox_of(server, renames=renames, takes_away=False).is_published(STAGED)
