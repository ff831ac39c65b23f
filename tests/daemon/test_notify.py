"""What systemd hears: plain datagrams to the socket that it names, and nothing where it names none."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.daemon.notify import Supervisor


@pytest.fixture(params=["a path", "an abstract name"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket of either kind, and its name as the environment has it."""
    name = str(tmp_path / "notify") if request.param == "a path" else f"@gateway-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        listener.settimeout(10)
        yield listener, name


def test_each_message_is_a_datagram_with_a_line_for_each_thing_said(heard: tuple[socket.socket, str]) -> None:
    listener, name = heard
    supervisor = Supervisor({"NOTIFY_SOCKET": name})
    supervisor.tell(READY="1", STATUS="2 channels")
    supervisor.tell(RELOADING="1")
    supervisor.tell(STOPPING="1")
    assert [listener.recv(4096) for _ in range(3)] == [b"READY=1\nSTATUS=2 channels", b"RELOADING=1", b"STOPPING=1"]


def test_without_a_socket_nothing_is_said_and_nothing_breaks() -> None:
    supervisor = Supervisor({})
    supervisor.tell(READY="1")
    assert supervisor.beat is None


def test_a_supervisor_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).tell(READY="1")


def test_a_supervisor_that_does_not_read_stops_nobody(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "deaf"))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.setblocking(False)
            other.connect(str(tmp_path / "deaf"))
            with suppress(BlockingIOError):
                while other.send(b"x"):
                    pass
        Supervisor({"NOTIFY_SOCKET": str(tmp_path / "deaf")}).tell(WATCHDOG="1")


def test_no_files_left_to_open_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(*_: object) -> socket.socket:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(socket, "socket", no_more)
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "notify")}).tell(READY="1")


def test_it_wants_a_sign_of_life_in_half_its_limit() -> None:
    environment = {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}
    assert Supervisor(environment).beat == timedelta(seconds=15)
    assert Supervisor({"WATCHDOG_USEC": "30000000"}).beat == timedelta(seconds=15)


def test_the_limit_of_another_process_is_not_ours() -> None:
    assert Supervisor({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getppid())}).beat is None


def test_it_is_fed_no_more_often_than_it_needs(tmp_path: Path) -> None:
    now = [100.0]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000000"}
        supervisor = Supervisor(environment, monotonic=lambda: now[0])
        for _ in range(25):
            supervisor.feed()
            now[0] += 0.125
        fed = 0
        with suppress(BlockingIOError):
            while listener.recv(100) == b"WATCHDOG=1":
                fed += 1
    assert fed == 4  # at once, and after each second


def test_without_a_limit_it_is_not_fed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        Supervisor({"NOTIFY_SOCKET": str(tmp_path / "notify")}).feed()
        with pytest.raises(BlockingIOError):
            listener.recv(100)
