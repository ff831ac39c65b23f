"""Folders on this machine: what lies there instead of a file, and what the machine does instead of obeying."""

import errno
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import GatewayError, Refused, TransportError, Unreachable
from gateway.transports import Arrival, Entry, FolderTransport, Later, Refusal, Staged, folder, put

NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    return tmp_path


@pytest.fixture
def transport(folders: Path) -> FolderTransport:
    return FolderTransport("amazon", folders / "in", folders / "out", max_file=1000, pause=lambda _: None)


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Let a call of the operating system fail with an error, for one name or for all."""

    def fail(call: str, number: int, name: object = None) -> None:
        real = getattr(os, call)

        def failing(*arguments: Any, **named: Any) -> Any:
            if name is None or arguments[0] == name:
                raise OSError(number, os.strerror(number))
            return real(*arguments, **named)

        monkeypatch.setattr(os, call, failing)

    yield fail
    monkeypatch.undo()


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(path))


def make_hard_link(path: Path) -> None:
    original = path.parent.parent / "original"
    original.write_bytes(b"ISA*")
    os.link(original, path)


THINGS: dict[str, Callable[[Path], object]] = {
    "it is a symbolic link": lambda path: path.symlink_to("/etc/hostname"),
    "it is a folder": Path.mkdir,
    "it is a named pipe": os.mkfifo,
    "it is a socket": make_socket,
    "it is a hard link": make_hard_link,
}


def fetched(transport: FolderTransport) -> Arrival | Refusal | Later:
    (entry,) = transport.list()
    return transport.fetch(entry, NOW)


@pytest.mark.parametrize("what", THINGS)
def test_r5_what_is_no_regular_file_of_its_own_is_refused(
    transport: FolderTransport, folders: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folders)  # the path of a socket is short
    THINGS[what](Path("in") / "thing.edi")
    refusal = fetched(transport)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.entry.label) == ("file-unreadable", "thing.edi")
    assert refusal.message.startswith(f"thing.edi cannot be taken: {what}")
    transport.set_aside(refusal.entry, folders / "aside")
    assert os.path.lexists(folders / "aside")
    assert transport.list() == ()


def test_what_becomes_a_link_after_the_first_look_is_refused(transport: FolderTransport, folders: Path) -> None:
    path = folders / "in" / "850.edi"
    path.write_bytes(b"ISA*")
    real = os.stat

    def swapped(name: Any, **named: Any) -> os.stat_result:
        status = real(name, **named)
        if name == b"850.edi" and not path.is_symlink():
            path.unlink()
            path.symlink_to("/etc/hostname")
        return status

    (entry,) = transport.list()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "stat", swapped)
        refusal = transport.fetch(entry, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.message.endswith("it is a symbolic link")


def test_what_becomes_a_pipe_after_the_first_look_is_refused_without_waiting(
    transport: FolderTransport, folders: Path
) -> None:
    path = folders / "in" / "850.edi"
    path.write_bytes(b"ISA*")
    (entry,) = transport.list()
    real = os.open

    def swapped(name: Any, *arguments: Any, **named: Any) -> int:
        if name == b"850.edi":
            path.unlink()
            os.mkfifo(path)
        return real(name, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", swapped)
        refusal = transport.fetch(entry, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.message.endswith("it is a named pipe")


def test_a_second_name_that_is_gone_in_a_moment_is_waited_for(folders: Path) -> None:
    path, link = folders / "in" / "850.edi", folders / "in" / "850.edi.part"
    link.write_bytes(b"ISA*")
    os.link(link, path)
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        link.unlink()

    assert isinstance(fetched(FolderTransport("amazon", folders / "in", folders / "out", pause=pause)), Arrival)
    assert waited == [0.05]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_file_that_this_user_may_not_read_is_refused(
    transport: FolderTransport, folders: Path, refuse: Callable[..., None], number: int
) -> None:
    (folders / "in" / "850.edi").write_bytes(b"ISA*")
    refuse("open", number, b"850.edi")
    refusal = fetched(transport)
    assert isinstance(refusal, Refusal)
    assert refusal.message == "850.edi cannot be taken: this user may not read it"


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.EMFILE, Unreachable), (errno.EIO, Unreachable), (errno.EBUSY, Unreachable)],
)
def test_r20_what_the_machine_cannot_do_now_is_no_fault_of_the_file(
    transport: FolderTransport, folders: Path, refuse: Callable[..., None], number: int, kind: type[TransportError]
) -> None:
    (folders / "in" / "850.edi").write_bytes(b"ISA*")
    refuse("open", number, b"850.edi")
    with pytest.raises(kind, match=r"cannot read .*850\.edi: .*; .*tried again"):
        fetched(transport)


def test_a_file_that_vanishes_before_it_is_opened_is_left_for_later(
    transport: FolderTransport, folders: Path, refuse: Callable[..., None]
) -> None:
    (folders / "in" / "850.edi").write_bytes(b"ISA*")
    refuse("open", errno.ENOENT, b"850.edi")
    assert isinstance(fetched(transport), Later)


def test_a_file_that_grows_while_it_is_read_is_left_for_later(transport: FolderTransport, folders: Path) -> None:
    path = folders / "in" / "850.edi"
    path.write_bytes(b"ISA*")
    (entry,) = transport.list()
    real, looks = os.fstat, iter(range(9))

    def growing(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        if next(looks) == 0:
            path.write_bytes(b"ISA*00*")
        return status

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fstat", growing)
        later = transport.fetch(entry, NOW)
    assert later == Later(entry=entry, message="it changed while it was read")


def test_an_arrival_is_the_file_that_was_read_not_the_one_that_was_listed(
    transport: FolderTransport, folders: Path
) -> None:
    path = folders / "in" / "850.edi"
    path.write_bytes(b"ISA*")
    (entry,) = transport.list()
    path.write_bytes(b"ISA*00*")
    arrival = transport.fetch(entry, NOW)
    assert isinstance(arrival, Arrival)
    assert (arrival.data, arrival.entry.size) == (b"ISA*00*", 7)
    assert not transport.settle(entry)
    assert transport.settle(arrival.entry)


@pytest.mark.parametrize("name", [b"a\nb.edi", b"\xff\xfe.edi", b"-rf", "Größe ü.edi".encode(), b"%2e%2e"])
def test_r6_any_name_is_fetched_and_settled(transport: FolderTransport, folders: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(folders / "in") + b"/" + name)).write_bytes(b"ISA*")
    arrival = fetched(transport)
    assert isinstance(arrival, Arrival)
    assert arrival.entry.name == name
    assert arrival.label.isprintable()
    assert transport.settle(arrival.entry)
    assert transport.list() == ()


def test_a_file_that_vanishes_during_the_look_is_not_listed(
    transport: FolderTransport, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Vanished:
        name = "850.edi"

        def stat(self, *, follow_symlinks: bool) -> os.stat_result:
            raise FileNotFoundError(errno.ENOENT, str(follow_symlinks))

    class Look:
        def __enter__(self) -> Iterator[Vanished]:
            return iter([Vanished()])

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(os, "scandir", lambda _: Look())
    assert transport.list() == ()
    assert folders.is_dir()


def test_a_list_of_files_that_stay_is_the_same_list(transport: FolderTransport, folders: Path) -> None:
    for name in ("b.edi", "a.edi", ".hidden", "c.part"):
        (folders / "in" / name).write_bytes(b"ISA")
        os.utime(folders / "in" / name, ns=(0, 10**9))
    first = transport.list()
    assert [entry.name for entry in first] == [b"a.edi", b"b.edi"]
    assert transport.list() is first


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param((("b.edi", b"ISA*", 1),), id="it grows"),
        pytest.param((("b.edi", b"ISA", 2),), id="it is written anew"),
        pytest.param((("b.edi", b"ISA", 1),), id="another has its name, size and time"),
        pytest.param((("b.edi", b"ISA", 3), ("c.edi", b"ISA", 1)), id="one more"),
        pytest.param((), id="it is gone"),
    ],
)
def test_a_list_tells_every_change_and_keeps_the_rest(
    transport: FolderTransport, folders: Path, changes: tuple[tuple[str, bytes, int], ...]
) -> None:
    inbox = folders / "in"

    def write(name: str, data: bytes, mtime: int) -> None:
        (inbox / "new.part").write_bytes(data)
        os.utime(inbox / "new.part", (0, mtime))
        (inbox / "new.part").rename(inbox / name)

    write("a.edi", b"ISA", 1)
    write("b.edi", b"ISA", 1)
    a, b = transport.list()
    (inbox / "b.edi").rename(inbox / "kept.part")  # else its number in the file system would be free for the next
    for name, data, mtime in changes:
        write(name, data, mtime)
    now = {entry.name: entry for entry in transport.list()}
    assert now[b"a.edi"] is a
    assert now.get(b"b.edi") != b
    assert sorted(now) == sorted({b"a.edi", *(name.encode() for name, _, _ in changes)})


def test_a_missing_folder_is_told_with_what_to_do_and_tried_again(folders: Path) -> None:
    transport = FolderTransport("amazon", folders / "nowhere", folders / "nowhere")
    with pytest.raises(Unreachable, match=r"cannot look into .*nowhere: No such file or directory; create it"):
        transport.list()
    with pytest.raises(Unreachable, match=r"cannot write .*997\.edi.*create it"):
        transport.stage("997.edi", b"")


@pytest.mark.parametrize(
    ("call", "number", "kind", "remedy"),
    [
        ("open", errno.ENOSPC, Unreachable, "make room"),
        ("open", errno.EROFS, Unreachable, "mount its file system for writing"),
        ("open", errno.EACCES, Unreachable, "correct its owner or permissions"),
        ("mkdir", errno.ENOSPC, Unreachable, "make room"),
        ("rename", errno.EIO, Unreachable, "look at the disk"),
        ("unlink", errno.EACCES, Unreachable, "correct its owner or permissions"),
    ],
)
def test_r20_errors_of_the_machine_are_told_with_a_remedy_and_change_nothing(
    transport: FolderTransport,
    folders: Path,
    refuse: Callable[..., None],
    call: str,
    number: int,
    kind: type[TransportError],
    remedy: str,
) -> None:
    (folders / "in" / "850.edi").write_bytes(b"ISA*")
    arrival = fetched(transport)
    assert isinstance(arrival, Arrival)
    refuse(call, number, {"open": "997.edi", "mkdir": ".staging", "rename": "997.edi", "unlink": b"850.edi"}[call])

    def work() -> None:
        put(transport, "997.edi", b"ISA*")
        transport.settle(arrival.entry)

    with pytest.raises(kind, match=remedy):
        work()
    assert [entry.label for entry in transport.list()] == ["850.edi"]
    assert (folders / "out" / "997.edi").exists() == (call == "unlink")


def test_r21_a_failed_fsync_ends_the_process_and_is_not_tried_again(
    transport: FolderTransport, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fail(descriptor: int) -> None:
        tried.append(descriptor)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(GatewayError, match="fsync of") as stopped:
        transport.stage("997.edi", b"ISA*")
    assert not isinstance(stopped.value, TransportError)
    assert (stopped.value.exit_code, stopped.value.retry, len(tried)) == (70, False, 1)
    assert not (folders / "out" / "997.edi").exists()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is made durable, renamed and written, in order, by the names of files."""
    seen: list[tuple[str, str]] = []
    fsync, rename = os.fsync, os.rename

    def name_of(descriptor: int) -> str:
        return Path(f"/proc/self/fd/{descriptor}").readlink().name

    def seen_fsync(descriptor: int) -> None:
        seen.append(("fsync", name_of(descriptor)))
        fsync(descriptor)

    def seen_rename(source: Any, target: Any, **folders: int) -> None:
        seen.append(("rename", f"{name_of(folders['src_dir_fd'])} -> {name_of(folders['dst_dir_fd'])}"))
        rename(source, target, **folders)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "rename", seen_rename)
    return seen


def test_r13_everything_is_durable_before_the_next_step(
    transport: FolderTransport, calls: list[tuple[str, str]]
) -> None:
    staged = transport.stage("997.edi", b"ISA*")
    assert calls == [("fsync", "out"), ("fsync", "997.edi"), ("fsync", ".staging")]
    calls.clear()
    transport.publish(staged)
    assert calls == [("rename", ".staging -> out"), ("fsync", "out"), ("fsync", ".staging")]
    calls.clear()
    transport.stage("998.edi", b"ISA*")
    assert calls == [("fsync", "998.edi"), ("fsync", ".staging")]


def test_r13_what_is_given_together_is_durable_at_the_end_with_one_fsync_a_folder(
    transport: FolderTransport, calls: list[tuple[str, str]]
) -> None:
    with transport.together():
        staged = [transport.stage(f"{number}.edi", b"ISA*") for number in (1, 2)]
        assert calls == [("fsync", "out")]
    assert calls[1:] == [("fsync", "1.edi"), ("fsync", "2.edi"), ("fsync", ".staging")]
    calls.clear()
    with transport.together():
        for each in staged:
            transport.publish(each)
        assert calls == [("rename", ".staging -> out")] * 2
    assert calls[2:] == [("fsync", "out"), ("fsync", ".staging")]
    calls.clear()
    assert transport.is_published(staged[0])
    assert calls == [], "it is durable, and known to be"


def test_r13_what_was_published_before_a_channel_failed_is_durable(
    transport: FolderTransport, calls: list[tuple[str, str]]
) -> None:
    staged = transport.stage("1.edi", b"ISA*")

    def give() -> None:
        with transport.together():
            transport.publish(staged)
            calls.clear()
            raise Unreachable("the line is cut")

    with pytest.raises(Unreachable):
        give()
    assert calls == [("fsync", "out"), ("fsync", ".staging")]


def test_r21_nothing_is_made_durable_after_what_is_no_fault_of_the_channel(
    transport: FolderTransport, calls: list[tuple[str, str]]
) -> None:
    staged = transport.stage("1.edi", b"ISA*")

    def give() -> None:
        with transport.together():
            transport.publish(staged)
            calls.clear()
            raise GatewayError("an fsync failed")

    with pytest.raises(GatewayError):
        give()
    assert calls == []
    assert transport.is_published(staged)
    assert calls == [("fsync", "out"), ("fsync", ".staging")], "it is not believed before"


def test_r21_a_failed_fsync_at_the_end_of_many_ends_the_process(
    transport: FolderTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = transport.stage("1.edi", b"ISA*")
    tried: list[int] = []

    def fail(descriptor: int) -> None:
        tried.append(descriptor)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(GatewayError, match="fsync of") as stopped, transport.together():
        transport.publish(staged)
    assert (stopped.value.exit_code, stopped.value.retry, len(tried)) == (70, False, 1)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(tried[0])


def test_r13_a_rename_that_a_crash_left_unsynced_is_durable_before_it_counts(
    transport: FolderTransport, folders: Path, calls: list[tuple[str, str]]
) -> None:
    staged = transport.stage("997.edi", b"ISA*")
    (folders / "out" / "997.edi").write_bytes(b"ISA*")
    (folders / "out" / ".staging" / "997.edi").unlink()
    calls.clear()
    assert transport.is_published(staged)
    assert calls == [("fsync", "out"), ("fsync", ".staging")]


def test_what_was_staged_in_a_folder_that_is_gone_is_for_a_person(transport: FolderTransport, folders: Path) -> None:
    staged = transport.stage("997.edi", b"ISA*")
    shutil.rmtree(folders / "out" / ".staging")
    with pytest.raises(Refused, match="nobody can tell whether 997"):
        transport.is_published(staged)
    (folders / "out" / ".staging").mkdir()
    with pytest.raises(Refused, match="is not staged any more"):
        transport.publish(staged)


def test_a_staging_folder_that_is_a_link_is_not_followed(transport: FolderTransport, folders: Path) -> None:
    (folders / "elsewhere").mkdir()
    (folders / "out" / ".staging").symlink_to(folders / "elsewhere")
    with pytest.raises(Refused):
        transport.stage("997.edi", b"ISA*")
    assert list((folders / "elsewhere").iterdir()) == []


def test_a_link_in_staging_is_not_written_through(transport: FolderTransport, folders: Path) -> None:
    (folders / "out" / ".staging").mkdir()
    (folders / "victim").write_bytes(b"precious")
    (folders / "out" / ".staging" / "997.edi").symlink_to(folders / "victim")
    with pytest.raises(Refused):
        transport.stage("997.edi", b"ISA*")
    assert (folders / "victim").read_bytes() == b"precious"


def test_a_broken_link_under_our_name_is_not_overwritten(transport: FolderTransport, folders: Path) -> None:
    (folders / "out" / "997.edi").symlink_to("nowhere")
    with pytest.raises(Refused, match="is there already"):
        transport.stage("997.edi", b"ISA*")


def test_what_lies_on_another_file_system_than_the_quarantine_says_so(
    transport: FolderTransport, folders: Path, refuse: Callable[..., None]
) -> None:
    (folders / "in" / "thing").mkdir()
    (entry,) = transport.list()
    refuse("rename", errno.EXDEV)
    with pytest.raises(Refused, match="let the quarantine lie on the same file system"):
        transport.set_aside(entry, folders / "aside")
    assert (folders / "in" / "thing").is_dir()


def test_a_regular_file_is_copied_to_another_file_system_and_then_removed(
    transport: FolderTransport, folders: Path, refuse: Callable[..., None]
) -> None:
    data = bytes(range(256)) * 5000
    (folders / "in" / "big.edi").write_bytes(data)
    (entry,) = transport.list()
    refuse("rename", errno.EXDEV, b"big.edi")
    transport.set_aside(entry, folders / "aside")
    assert (folders / "aside").read_bytes() == data
    assert transport.list() == ()
    assert sorted(path.name for path in folders.iterdir()) == ["aside", "in", "out"]


def test_no_descriptor_is_left_open(transport: FolderTransport, folders: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        (folders / "in" / "850.edi").write_bytes(b"ISA*")
        (folders / "in" / "thing").mkdir(exist_ok=True)
        for entry in transport.list():
            if isinstance(transport.fetch(entry, NOW), Arrival):
                transport.settle(entry)
        transport.publish(transport.stage("997.edi", b"ISA*"))
        assert transport.is_published(Staged("997.edi"))
        (folders / "out" / "997.edi").unlink()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_channel_is_the_one_it_was_made_for(transport: FolderTransport) -> None:
    assert transport.channel == "amazon"
    assert Entry(name=b"a", size=0, mtime_ns=0).identity == ()


def test_what_is_no_file_of_ours_keeps_its_name_in_the_out_folder(transport: FolderTransport, folders: Path) -> None:
    (folders / "elsewhere").write_bytes(b"ISA*")
    (folders / "out" / "997.edi").symlink_to(folders / "elsewhere")
    with pytest.raises(Refused, match="is there already"):
        put(transport, "997.edi", b"ISA*")
    assert (folders / "out" / "997.edi").is_symlink()


def test_a_file_that_is_eaten_while_its_bytes_are_compared_is_given_again(
    transport: FolderTransport, folders: Path
) -> None:
    put(transport, "997.edi", b"ISA*")
    real = os.open

    def eaten(name: Any, *arguments: Any, **named: Any) -> int:
        if name == "997.edi" and (folders / "out" / "997.edi").exists():
            (folders / "out" / "997.edi").unlink()
        return real(name, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", eaten)
        staged = transport.stage("997.edi", b"ISA*")
    transport.publish(staged)
    assert (folders / "out" / "997.edi").read_bytes() == b"ISA*"


def test_r20_a_disk_that_was_full_costs_nothing_but_time(
    transport: FolderTransport, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (folders / "in" / "850.edi").write_bytes(b"ISA*")
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", lambda *_, **__: full(0))
        with pytest.raises(Unreachable, match="make room"):
            transport.stage("997.edi", b"ISA*")
    assert [path.name for path in (folders / "out").iterdir()] == []
    assert (folders / "in" / "850.edi").exists()
    put(transport, "997.edi", b"ISA*")
    assert (folders / "out" / "997.edi").read_bytes() == b"ISA*"


def test_r13_what_a_crash_left_is_made_durable_once_before_it_counts_as_published(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FolderTransport("amazon", folders / "in", folders / "out")
    staged = [first.stage(f"{number}.edi", b"ISA*") for number in range(5)]
    for each in staged:
        (folders / "out" / ".staging" / each.name).rename(folders / "out" / each.name)  # and then the power failed
    synced: list[Path] = []
    monkeypatch.setattr(folder, "fsync", lambda _, path: synced.append(path))
    anew = FolderTransport("amazon", folders / "in", folders / "out")
    assert all(anew.is_published(each) for each in staged)
    assert synced == [folders / "out", folders / "out" / ".staging"]


def test_r13_a_rename_that_could_not_be_made_durable_is_not_taken_for_durable(
    transport: FolderTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(transport, "1.edi", b"ISA*")
    staged = transport.stage("2.edi", b"ISA*")

    def broken(_: int, path: Path) -> None:
        raise GatewayError(f"fsync of {path} failed")

    monkeypatch.setattr(folder, "fsync", broken)
    with pytest.raises(GatewayError):
        transport.publish(staged)
    with pytest.raises(GatewayError):
        transport.is_published(staged)
