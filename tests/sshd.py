"""A real OpenSSH server on this machine for tests: a port of its own, keys of its own, nobody but us let in.

It runs as whoever runs the tests, so every account is that user; what tells the accounts apart is the key. It is ended
by its own process id. On a build server (CI is set) it must be there; elsewhere tests without it are skipped.
"""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.config import SftpChannel

_SEPARATION = Path("/run/sshd")


def sshd() -> str | None:
    """The server's program, if this machine has one."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


needs_sshd = pytest.mark.skipif(
    sshd() is None and not os.environ.get("CI"), reason="there is no sshd: install openssh-server"
)


def new_key(path: Path, kind: str = "ed25519") -> Path:
    """A fresh private key without a passphrase; its public half lies beside it as NAME.pub."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path], check=True)
    return path


@dataclass(frozen=True)
class Server:
    """A running server: `home` has the keys, and in/ and out/ as the gateway sees them, or below `folders`."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    folders: Path | None = None

    @property
    def inbox(self) -> Path:
        """Where the partner puts files for us."""
        return (self.folders or self.home) / "in"

    @property
    def outbox(self) -> Path:
        """Where our files appear."""
        return (self.folders or self.home) / "out"

    def within(self, name: str) -> "Server":
        """The same server with two folders of their own."""
        found = replace(self, folders=self.home / name)
        for folder in (found.inbox, found.outbox):
            folder.mkdir(parents=True)
        return found

    @property
    def log(self) -> str:
        """What the server said."""
        return (self.home / "sshd.log").read_text()

    def pin(self, port: int | None = None, key: Path | None = None) -> Path:
        """A known_hosts with this server's key, or another's, for its port or that of a proxy before it."""
        shown = key or self.home / "host"
        public = shown.with_name(f"{shown.name}.pub").read_text()
        path = self.home / f"known_hosts.{shown.name}.{port or self.port}"
        path.write_text(f"[127.0.0.1]:{port or self.port} {public}")
        return path

    def channel(self, **settings: object) -> SftpChannel:
        """The settings of a channel to this server, with some of them replaced."""
        port = settings.get("port", self.port)
        assert isinstance(port, int)
        table = {
            "kind": "sftp",
            "partners": ["amazon-us"],
            "host": "127.0.0.1",
            "port": port,
            "host_keys": str(self.pin(port)),
            "in_user": getpass.getuser(),
            "in_key_file": str(self.home / "down.key"),
            "in": str(self.inbox),
            "out_user": getpass.getuser(),
            "out_key_file": str(self.home / "up.key"),
            "out": str(self.outbox),
            "timeout": "10s",
            **settings,
        }
        channel = SftpChannel.model_validate(table, context={"folder": self.home})
        channel._name = "amazon"
        return channel


@contextmanager
def serving(
    home: Path, options: Mapping[str, str] | None = None, *, extra: str = "", host_key: str = "ed25519"
) -> Iterator[Server]:
    """A server that ends with the block. `options` replace those of its configuration, `extra` is put behind them."""
    for folder in ("in", "out"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for key, kind in (("host", host_key), ("down.key", "ed25519"), ("up.key", "ed25519")):
        if not (home / key).exists():
            new_key(home / key, kind)
    keys = home / "authorized_keys"
    keys.write_text("".join(f"restrict {(home / name).read_text()}" for name in ("down.key.pub", "up.key.pub")))
    _make_separation_folder()
    port = free_port()
    settings = {
        "Port": str(port),
        "ListenAddress": "127.0.0.1",
        "HostKey": str(home / "host"),
        "AuthorizedKeysFile": str(keys),
        "PidFile": str(home / "sshd.pid"),
        "Subsystem": "sftp internal-sftp",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "StrictModes": "no",
        "UsePAM": "no",
        "MaxStartups": "1000",
        "PermitRootLogin": "prohibit-password",
        **({"PerSourcePenalties": "no"} if _knows_penalties() else {}),
        **(options or {}),
    }
    config = home / "sshd_config"
    config.write_text("".join(f"{key} {value}\n" for key, value in settings.items()) + extra)
    command = [sshd() or "sshd", "-D", "-f", str(config), "-E", str(home / "sshd.log")]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process, home / "sshd.log")
            yield Server(home, port, process)
        finally:
            process.terminate()
            process.wait(10)


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"sshd ended: {log.read_text() if log.exists() else 'it said nothing'}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("sshd did not answer within 20 seconds")


def _make_separation_folder() -> None:
    """Root's sshd wants the folder that the boot of a machine makes; another user's does without."""
    if os.geteuid() == 0:
        _SEPARATION.mkdir(mode=0o755, exist_ok=True)


def _knows_penalties() -> bool:
    """Whether it is OpenSSH 9.8 or later, which shuts out an address that breaks off too often."""
    said = subprocess.run(["ssh", "-V"], capture_output=True, text=True).stderr
    number = said.removeprefix("OpenSSH_").partition("p")[0].split(".")
    return [int(part) for part in number[:2] if part.isdecimal()] >= [9, 8]
