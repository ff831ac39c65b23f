"""What every transport keeps: the same tests over the folders, a real SFTP server and the shipped fake."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import Interrupted, Refused
from gateway.transports import Arrival, Entry, FolderTransport, Later, MemoryTransport, Refusal, Staged, Transport, put
from gateway.transports.as2_drop import As2Drop
from gateway.transports.settling import Settling
from gateway.transports.sftp import SftpTransport
from tests.sshd import Server, needs_sshd, serving

NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Shore:
    """A transport, and what the far end can do: put a file, see what is there for it, and take it."""

    transport: Transport
    drop: Callable[[str, bytes], object]
    seen: Callable[[], dict[str, bytes]]
    eat: Callable[[str], object]
    forgets: bool = False
    """Whether the far end keeps no sign of what it has taken."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("sshd")) as server:
        yield server


SFTP = [
    pytest.param("sftp", marks=needs_sshd, id="sftp"),
    pytest.param("sftp-in-place", marks=needs_sshd, id="sftp-in-place"),
]


def sftp_shore(server: Server, tmp_path: Path, rename: str) -> tuple[SftpTransport, Shore]:
    """An SFTP server whose partner takes away what came."""
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    outbox.mkdir()
    settings = server.channel(**{"in": str(inbox), "out": str(outbox), "rename": rename, "max_file": "1 KB"})
    sftp = SftpTransport(settings)
    return sftp, Shore(
        sftp,
        lambda name, data: (inbox / name).write_bytes(data),
        lambda: {path.name: path.read_bytes() for path in outbox.iterdir() if path.suffix != ".part"},
        lambda name: (outbox / name).unlink(),
        forgets=True,
    )


@pytest.fixture(params=["folder", "memory", "as2", "settling", *SFTP])
def shore(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shore]:
    if request.param.startswith("sftp"):
        rename = "in-place" if request.param == "sftp-in-place" else "part"
        sftp, found = sftp_shore(request.getfixturevalue("server"), tmp_path, rename)
        yield found
        sftp.close()
    else:
        yield local_shore(request.param, tmp_path)


def local_shore(kind: str, tmp_path: Path) -> Shore:
    """A channel with its far end. Around a transport, `settling` lets everything through that has settled at once."""
    if kind == "as2":
        data, outbox = tmp_path / "data", tmp_path / "out"
        inbox = data / "AMAZON-ACME" / "inbox"
        inbox.mkdir(parents=True)
        outbox.mkdir()
        drops = As2Drop(
            "amazon", data, outbox, data / "ACME-AMAZON" / "mdn", ours="ACME", theirs="AMAZON", max_file=1000
        )
        return Shore(
            drops,
            lambda name, data: (inbox / name).write_bytes(data),
            lambda: {path.name: path.read_bytes() for path in outbox.iterdir() if path.is_file()},
            lambda name: (outbox / name).unlink(),
        )
    if kind == "memory":
        memory = MemoryTransport("amazon", max_file=1000)
        return Shore(memory, memory.drop, lambda: dict(memory.outbox), memory.eat)
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    outbox.mkdir()
    folder = FolderTransport("amazon", inbox, outbox, max_file=1000, pause=lambda _: None)
    return Shore(
        Settling(folder, polls=1, truncated_after=0) if kind == "settling" else folder,
        lambda name, data: (inbox / name).write_bytes(data),
        lambda: {path.name: path.read_bytes() for path in outbox.iterdir() if path.is_file()},
        lambda name: (outbox / name).unlink(),
    )


def the_only(transport: Transport) -> Entry:
    (entry,) = transport.list()
    return entry


def test_a_file_is_listed_fetched_and_settled(shore: Shore) -> None:
    shore.drop("850.edi", b"ISA*")
    arrival = shore.transport.fetch(the_only(shore.transport), NOW)
    assert isinstance(arrival, Arrival)
    assert (arrival.label, arrival.data, arrival.channel, arrival.seen_at) == ("850.edi", b"ISA*", "amazon", NOW)
    assert shore.transport.settle(arrival.entry)
    assert shore.transport.list() == ()


def test_nothing_is_removed_by_fetching(shore: Shore) -> None:
    shore.drop("850.edi", b"ISA*")
    shore.transport.fetch(the_only(shore.transport), NOW)
    assert the_only(shore.transport).size == 4


def test_the_oldest_comes_first(shore: Shore) -> None:
    for name in ("c", "a", "b"):
        shore.drop(name, b"")
    entries = shore.transport.list()
    assert [entry.mtime_ns for entry in entries] == sorted(entry.mtime_ns for entry in entries)
    assert {entry.label for entry in entries} == {"a", "b", "c"}


@pytest.mark.parametrize("name", [".hidden", "a.part", "a.filepart", "a.tmp", "a.partial", "a.crdownload", "a.edi~"])
def test_r1_names_that_are_being_written_are_passed_over(shore: Shore, name: str) -> None:
    shore.drop(name, b"ISA*")
    assert shore.transport.list() == ()


def test_a_file_over_the_limit_is_refused_unread_and_stays(shore: Shore) -> None:
    shore.drop("big", bytes(1001))
    refusal = shore.transport.fetch(the_only(shore.transport), NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.message) == (
        "file-too-large",
        "big has 1001 bytes, more than the 1000 of its channel",
    )
    assert "max_file" in refusal.remedy
    assert the_only(shore.transport).size == 1001


def test_a_file_at_the_limit_is_taken(shore: Shore) -> None:
    shore.drop("big", bytes(1000))
    assert isinstance(shore.transport.fetch(the_only(shore.transport), NOW), Arrival)


def test_a_file_that_was_taken_back_is_left_for_later(shore: Shore) -> None:
    shore.drop("850.edi", b"ISA*")
    entry = the_only(shore.transport)
    assert shore.transport.settle(entry)
    assert isinstance(shore.transport.fetch(entry, NOW), Later)


def test_r8_another_file_under_the_same_name_is_not_removed(shore: Shore) -> None:
    shore.drop("850.edi", b"first")
    entry = the_only(shore.transport)
    shore.drop("850.edi", b"second, longer")
    assert not shore.transport.settle(entry)
    assert the_only(shore.transport).size == len(b"second, longer")


def test_settling_twice_is_no_error(shore: Shore) -> None:
    shore.drop("850.edi", b"ISA*")
    entry = the_only(shore.transport)
    assert shore.transport.settle(entry)
    assert shore.transport.settle(entry)


def test_r13_what_is_staged_is_not_seen_until_it_is_published(shore: Shore) -> None:
    staged = shore.transport.stage("997.edi", b"ISA*")
    assert (staged.name, shore.seen(), shore.transport.is_published(staged)) == ("997.edi", {}, False)
    shore.transport.publish(staged)
    assert (shore.seen(), shore.transport.is_published(staged)) == ({"997.edi": b"ISA*"}, True)


def test_r13_what_the_far_end_has_eaten_still_counts_as_published(shore: Shore) -> None:
    staged = shore.transport.stage("997.edi", b"ISA*")
    shore.transport.publish(staged)
    shore.eat("997.edi")
    if shore.forgets:
        with pytest.raises(Interrupted, match="nobody can tell"):
            shore.transport.is_published(Staged("997.edi"))
    else:
        assert shore.transport.is_published(Staged("997.edi"))


def test_what_was_staged_before_a_crash_is_staged_again(shore: Shore) -> None:
    shore.transport.stage("997.edi", b"half")
    shore.transport.publish(shore.transport.stage("997.edi", b"the whole"))
    assert shore.seen() == {"997.edi": b"the whole"}


def test_put_is_both_steps(shore: Shore) -> None:
    put(shore.transport, "997.edi", b"ISA*")
    assert shore.seen() == {"997.edi": b"ISA*"}


def test_a_name_that_lies_there_already_is_never_overwritten(shore: Shore) -> None:
    staged = shore.transport.stage("997.edi", b"second")
    shore.transport.publish(staged)
    with pytest.raises(Refused, match="is there already"):
        shore.transport.stage("997.edi", b"third")
    assert shore.seen() == {"997.edi": b"second"}


def test_the_same_bytes_under_a_name_that_still_lies_there_are_given_again(shore: Shore) -> None:
    put(shore.transport, "997.edi", b"ISA*")
    staged = shore.transport.stage("997.edi", b"ISA*")
    assert not shore.transport.is_published(staged)
    shore.transport.publish(staged)
    assert (shore.seen(), shore.transport.is_published(staged)) == ({"997.edi": b"ISA*"}, True)


def test_a_name_taken_between_staging_and_publishing_is_not_overwritten(shore: Shore, tmp_path: Path) -> None:
    staged = shore.transport.stage("997.edi", b"ours")
    if isinstance(shore.transport, MemoryTransport):
        shore.transport.outbox["997.edi"] = b"theirs"
    else:
        (tmp_path / "out" / "997.edi").write_bytes(b"theirs")
    with pytest.raises(Refused, match="is there already"):
        shore.transport.publish(staged)
    assert shore.seen() == {"997.edi": b"theirs"}
    assert not shore.transport.is_published(staged)


def test_publishing_twice_is_refused(shore: Shore) -> None:
    staged = shore.transport.stage("997.edi", b"ISA*")
    shore.transport.publish(staged)
    shore.eat("997.edi")
    with pytest.raises(Refused):
        shore.transport.publish(staged)
    assert shore.seen() == {}


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "/a", "a\\b", ".hidden", "-rf", "a.tmp", "a\nb", "a%b", "x" * 201]
)
def test_names_that_could_be_something_else_are_refused(shore: Shore, name: str) -> None:
    with pytest.raises(Refused, match="cannot be the name"):
        shore.transport.stage(name, b"")


def test_what_is_set_aside_lies_elsewhere(shore: Shore, tmp_path: Path) -> None:
    shore.drop("big", bytes(1001))
    entry = the_only(shore.transport)
    shore.transport.set_aside(entry, tmp_path / "aside")
    assert (tmp_path / "aside").read_bytes() == bytes(1001)
    assert shore.transport.list() == ()
    shore.transport.set_aside(entry, tmp_path / "nothing left")
    assert not (tmp_path / "nothing left").exists()


def test_setting_aside_overwrites_nothing(shore: Shore, tmp_path: Path) -> None:
    shore.drop("big", b"new")
    (tmp_path / "aside").write_bytes(b"old")
    with pytest.raises(Refused, match="is there already"):
        shore.transport.set_aside(the_only(shore.transport), tmp_path / "aside")
    assert (tmp_path / "aside").read_bytes() == b"old"
