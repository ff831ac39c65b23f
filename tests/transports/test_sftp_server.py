"""A real OpenSSH server: whom we trust, with which key and algorithms, and what it lets us do."""

import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import paramiko  # type: ignore[import-untyped]
import pytest

from gateway.errors import Interrupted, Refused, Unreachable
from gateway.transports import Arrival, Later, Refusal, Staged, put
from gateway.transports.sftp import SftpTransport
from tests.sshd import Server, free_port, needs_sshd, new_key, serving

pytestmark = needs_sshd

NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
WEAK = {"MACs": "hmac-sha1,hmac-md5", "Ciphers": "aes128-cbc,3des-cbc"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    for folder in (server.inbox, server.outbox):
        for path in folder.iterdir():
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


@contextmanager
def connected(server: Server, **settings: object) -> Iterator[SftpTransport]:
    sftp = SftpTransport(server.channel(**settings))
    try:
        yield sftp
    finally:
        sftp.close()


def accepted_keys(server: Server) -> list[str]:
    return re.findall(r"Accepted publickey .* (SHA256:\S+)", server.log)


def fingerprint(key: Path) -> str:
    return subprocess.run(["ssh-keygen", "-lf", key], capture_output=True, text=True, check=True).stdout.split()[1]


# Whom we trust


def test_r24_a_server_with_another_key_than_the_pinned_one_is_refused_and_sent_nothing(server: Server) -> None:
    other = new_key(server.home / "other")
    before = accepted_keys(server)
    with connected(server, host_keys=str(server.pin(key=other))) as sftp:
        for verb in (sftp.list, lambda: sftp.stage("997.edi", b"ISA*"), lambda: sftp.is_published(Staged("997.edi"))):
            with pytest.raises(Refused, match="shows another host key") as refused:
                verb()
            said = str(refused.value)
            assert fingerprint(server.home / "host") in said
            assert fingerprint(other) in said
            assert "known_hosts" in said
    assert accepted_keys(server) == before


def test_a_server_that_nobody_pinned_is_refused(server: Server, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text("")
    with (
        connected(server, host_keys=str(tmp_path / "known_hosts")) as sftp,
        pytest.raises(Refused, match=rf"has no key of \[127.0.0.1\]:{server.port}, so nothing is sent there"),
    ):
        sftp.list()
    with (
        connected(server, host_keys=str(tmp_path / "nowhere")) as sftp,
        pytest.raises(Refused, match="cannot read the host keys"),
    ):
        sftp.list()


def test_a_hashed_line_of_known_hosts_pins_too(server: Server, tmp_path: Path) -> None:
    hashed = tmp_path / "known_hosts"
    hashed.write_text(server.pin().read_text())
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", hashed], check=True, capture_output=True)
    assert "127.0.0.1" not in hashed.read_text()
    hashed.chmod(0o600)
    with connected(server, host_keys=str(hashed)) as sftp:
        assert sftp.list() == ()


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_servers_with_other_kinds_of_key_are_reached(kind: str, tmp_path: Path) -> None:
    with serving(tmp_path, host_key=kind) as server, connected(server) as sftp:
        assert sftp.list() == ()


# Who we are


def test_each_way_has_its_own_account(server: Server) -> None:
    down, up = fingerprint(server.home / "down.key"), fingerprint(server.home / "up.key")
    before = len(accepted_keys(server))
    with connected(server) as sftp:
        sftp.list()
        assert accepted_keys(server)[before:] == [down]
        put(sftp, "997.edi", b"ISA*")
        sftp.is_published(Staged("997.edi"))
        assert accepted_keys(server)[before:] == [down, up]


def test_a_key_that_the_server_does_not_know_is_refused_and_named(server: Server) -> None:
    key = new_key(server.home / "strange.key")
    with connected(server, in_key_file=str(key)) as sftp:
        with pytest.raises(Refused, match=r"does not let us in with the key .*strange\.key"):
            sftp.list()
        put(sftp, "997.edi", b"ISA*")  # the other account is not held up


def test_a_key_that_cannot_be_used_is_named(server: Server, tmp_path: Path) -> None:
    locked = tmp_path / "locked.key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked], check=True)
    (tmp_path / "text.key").write_text("no key at all")
    for name, said in (
        ("locked.key", "no private key that can be used without a passphrase"),
        ("text.key", "no private key that can be used without a passphrase"),
        ("nowhere.key", "cannot read the key"),
    ):
        with connected(server, in_key_file=str(tmp_path / name)) as sftp, pytest.raises(Refused, match=said) as refused:
            sftp.list()
        assert name in str(refused.value)
        assert "no key at all" not in str(refused.value)


def test_keys_that_lie_about_are_not_tried(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519").write_text((server.home / "down.key").read_text())
    (tmp_path / ".ssh" / "id_ed25519").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    strange = new_key(tmp_path / "strange.key")
    with connected(server, in_key_file=str(strange)) as sftp, pytest.raises(Refused, match="does not let us in"):
        sftp.list()


# With which algorithms


def test_a_server_that_has_only_weak_algorithms_is_told_as_such(tmp_path: Path) -> None:
    with serving(tmp_path, WEAK) as server:
        with connected(server) as sftp, pytest.raises(Refused, match="an old server that has only outdated") as refused:
            sftp.list()
        assert "weak_algorithms" in str(refused.value)
        with connected(server, weak_algorithms=["hmac-sha1"]) as sftp, pytest.raises(Refused, match="outdated"):
            sftp.list()
        with connected(server, weak_algorithms=["hmac-sha1", "aes128-cbc"]) as sftp:
            assert sftp.list() == ()


def test_nothing_weak_is_offered(tmp_path: Path) -> None:
    offered: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                connection.sendall(b"SSH-2.0-test\r\n")
                while b"none" not in (said := b"".join(offered)) or len(said) < 500:
                    offered.append(connection.recv(65_536))

        thread = threading.Thread(target=listen)
        thread.start()
        port = listener.getsockname()[1]
        for name in ("host", "down.key", "up.key"):
            new_key(tmp_path / name)
        with connected(Server(tmp_path, port)) as sftp, pytest.raises(Unreachable):
            sftp.list()
        thread.join()
    names = set(re.findall(rb"[a-z0-9@.-]+", b"".join(offered)))
    assert {b"hmac-sha2-256", b"aes128-ctr", b"curve25519-sha256@libssh.org", b"ssh-ed25519"} <= names
    assert not [name for name in names if b"md5" in name or b"cbc" in name or b"sha1" in name or b"dss" in name]
    assert b"ssh-rsa" not in names


# What may happen to a connection


def test_where_nobody_listens_is_told_and_tried_again(server: Server) -> None:
    port = free_port()
    with connected(server, port=port) as sftp, pytest.raises(Unreachable, match=rf"127.0.0.1:{port} cannot be reached"):
        sftp.list()


def test_a_server_that_never_says_a_word_is_given_up(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        started = monotonic()
        with connected(server, port=port, timeout="1s") as sftp, pytest.raises(Unreachable, match="cannot be reached"):
            sftp.list()
        assert monotonic() - started < 10


class NeverAnswering(paramiko.ServerInterface):
    """A server that lets everybody in and then says nothing more."""

    def __init__(self, until: threading.Event) -> None:
        self.until = until

    def check_auth_publickey(self, *_: object) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, *_: object) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_subsystem_request(self, *_: object) -> bool:
        self.until.wait(30)
        return False


def test_a_server_that_falls_silent_before_sftp_begins_is_given_up(server: Server) -> None:
    key, until = paramiko.PKey.from_path(server.home / "host"), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with paramiko.Transport(connection) as transport:
                transport.add_server_key(key)
                transport.start_server(server=NeverAnswering(until))
                until.wait(30)

        thread = threading.Thread(target=serve)
        thread.start()
        started = monotonic()
        with (
            connected(server, port=listener.getsockname()[1], timeout="1s") as sftp,
            pytest.raises(Unreachable, match="opens no SFTP session"),
        ):
            sftp.list()
        assert monotonic() - started < 15
        until.set()
        thread.join()


@pytest.mark.parametrize("verb", ["list", "stage"])
def test_a_server_that_falls_silent_later_is_given_up(tmp_path: Path, verb: str) -> None:
    with serving(tmp_path) as server, connected(server, timeout="2s") as sftp:
        sftp.list()
        sftp.stage("first.edi", b"ISA*")
        assert server.process is not None
        sleeping = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = {int(pid): int(parent) for pid, parent in (line.split() for line in sleeping.splitlines())}
        below = [pid for pid in parents if server.process.pid in (parents[pid], parents.get(parents[pid]))]
        assert below
        for pid in below:
            os.kill(pid, signal.SIGSTOP)
        try:
            started = monotonic()
            with pytest.raises(Unreachable, match="the server is silent"):
                sftp.list() if verb == "list" else sftp.stage("large.edi", bytes(20_000_000))
            assert monotonic() - started < 20
        finally:
            for pid in below:
                os.kill(pid, signal.SIGCONT)


def test_a_connection_is_kept_for_the_next_turn_and_made_anew_when_it_is_lost(server: Server) -> None:
    before = len(accepted_keys(server))
    with connected(server) as sftp:
        for _ in range(3):
            sftp.list()
        assert len(accepted_keys(server)) == before + 1
        client = sftp._sessions[0]._client
        assert client is not None
        transport = client.get_transport()
        assert transport is not None
        transport.sock.close()  # as if the line had broken while nobody used it
        transport.join(10)
        sftp.list()
        assert len(accepted_keys(server)) == before + 2


def test_a_server_without_sftp_is_told(tmp_path: Path) -> None:
    with (
        serving(tmp_path, {"Subsystem": "sftp /bin/false"}) as server,
        connected(server) as sftp,
        pytest.raises(Unreachable, match="opens no SFTP session"),
    ):
        sftp.list()


# What lies there


def test_six_hundred_files_wait_and_all_come_the_oldest_first(server: Server) -> None:
    for number in range(600):
        path = server.inbox / f"{number:03}.edi"
        path.write_bytes(b"ISA*%d" % number)
        os.utime(path, (2_000_000_000 - number,) * 2)
    with connected(server) as sftp:
        entries = sftp.list()
        assert [entry.label for entry in entries] == [f"{number:03}.edi" for number in reversed(range(600))]
        for entry in entries:
            arrival = sftp.fetch(entry, NOW)
            assert isinstance(arrival, Arrival)
            assert arrival.data == b"ISA*%d" % int(entry.name[:3])
            assert sftp.settle(arrival.entry)
    assert list(server.inbox.iterdir()) == []


@pytest.mark.parametrize("name", [b"\xff\xfe.edi", b"a\nb.edi", b"a b;c.edi", "\u202eide.exe".encode(), b"%41.edi"])
def test_r6_a_name_of_any_bytes_is_taken_and_shown_safely(server: Server, name: bytes) -> None:
    (server.inbox / os.fsdecode(name)).write_bytes(b"ISA*")
    with connected(server) as sftp:
        (entry,) = sftp.list()
        assert entry.name == name
        assert entry.label.isprintable()
        arrival = sftp.fetch(entry, NOW)
        assert isinstance(arrival, Arrival)
        assert sftp.settle(arrival.entry)
    assert list(server.inbox.iterdir()) == []


@pytest.mark.parametrize("name", ["a\\b.edi", "-rf", "x" * 201])
def test_a_name_that_could_be_something_else_is_refused(server: Server, name: str) -> None:
    (server.inbox / name).write_bytes(b"ISA*")
    with connected(server) as sftp:
        (entry,) = sftp.list()
        assert isinstance(sftp.fetch(entry, NOW), Refusal)
    assert (server.inbox / name).exists()


def test_links_pipes_and_folders_are_not_read(server: Server) -> None:
    (server.home / "secret").write_bytes(b"not for us")
    (server.inbox / "link.edi").symlink_to(server.home / "secret")
    os.mkfifo(server.inbox / "pipe.edi")
    (server.inbox / "archive").mkdir()
    with connected(server) as sftp:
        entries = sftp.list()
        assert {entry.label for entry in entries} == {"link.edi", "pipe.edi"}
        assert all(isinstance(sftp.fetch(entry, NOW), Refusal) for entry in entries)


def test_a_file_that_vanishes_between_two_looks_is_left_for_later(server: Server) -> None:
    for name in ("a", "b", "c"):
        (server.inbox / name).write_bytes(b"ISA*")
    with connected(server) as sftp:
        entries = sftp.list()
        (server.inbox / "b").unlink()
        found = {entry.label: sftp.fetch(entry, NOW) for entry in entries}
    assert isinstance(found["b"], Later)
    assert isinstance(found["a"], Arrival)
    assert isinstance(found["c"], Arrival)


def test_a_large_file_comes_whole(server: Server) -> None:
    data = os.urandom(5_000_000)
    (server.inbox / "large.edi").write_bytes(data)
    with connected(server) as sftp:
        (entry,) = sftp.list()
        arrival = sftp.fetch(entry, NOW)
    assert isinstance(arrival, Arrival)
    assert arrival.data == data


def test_a_large_file_goes_whole(server: Server) -> None:
    data = os.urandom(5_000_000)
    with connected(server) as sftp:
        put(sftp, "large.edi", data)
    assert (server.outbox / "large.edi").read_bytes() == data


# What we put there


def test_r14_after_a_cut_a_look_tells_what_can_be_told(server: Server) -> None:
    for takes_away in (True, False):
        with connected(server, takes_away=takes_away) as sftp:
            (server.outbox / "997.edi.part").write_bytes(b"ISA*")
            assert not sftp.is_published(Staged("997.edi", 4))
            (server.outbox / "997.edi").write_bytes(b"ISA*")
            assert sftp.is_published(Staged("997.edi", 4))
            (server.outbox / "997.edi").unlink()
            if takes_away:
                with pytest.raises(Interrupted, match="nobody can tell"):
                    sftp.is_published(Staged("997.edi", 4))
            else:
                assert not sftp.is_published(Staged("997.edi", 4))


def test_our_own_unfinished_file_is_finished_and_anothers_is_left(server: Server) -> None:
    with connected(server, rename="in-place") as sftp:
        (server.outbox / "997.edi").write_bytes(b"ISA*half")
        assert not sftp.is_published(Staged("997.edi", 12))
        put(sftp, "997.edi", b"ISA*half*IEA")
        assert (server.outbox / "997.edi").read_bytes() == b"ISA*half*IEA"
        (server.outbox / "998.edi").write_bytes(b"theirs")
        with pytest.raises(Refused, match="is there already"):
            put(sftp, "998.edi", b"ISA*half*IEA")
        assert (server.outbox / "998.edi").read_bytes() == b"theirs"


def test_a_folder_that_is_missing_there_is_told(server: Server) -> None:
    with connected(server, **{"in": "/nowhere", "out": "/nowhere"}) as sftp:
        with pytest.raises(Unreachable, match="cannot look into /nowhere"):
            sftp.list()
        with pytest.raises(Unreachable, match=r"cannot write /nowhere/997.edi"):
            sftp.stage("997.edi", b"ISA*")
