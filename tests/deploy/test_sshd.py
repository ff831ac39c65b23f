"""The server for partners who bring files: set up as its page says, in an /etc and a /srv of its own, and attacked."""

import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.transports import Arrival, FolderTransport, put
from tests.sshd import free_port, needs_sshd, new_key, sshd

DEPLOY = Path(__file__).parents[2] / "deploy" / "sshd"
NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)

_SETUP = """\
set -euo pipefail
mount --bind {home}/etc /etc
mount --bind {home}/srv /srv
mkdir -p /run/sshd
groupadd --system gateway 2>/dev/null || true
groupadd --system edi
useradd --system --gid gateway --groups edi --home-dir /var/lib/gateway --shell /usr/sbin/nologin gateway
{deploy}/add-partner acme {home}/acme.pub
{deploy}/add-partner other {home}/other.pub
exec {sshd} -D -f {home}/sshd_config -E {home}/sshd.log
"""


def may_unshare() -> bool:
    """Whether we may have an /etc of our own, so that no user is made on this machine."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


pytestmark = [
    needs_sshd,
    pytest.mark.skipif(not may_unshare(), reason="only root with a mount namespace of its own can set up users here"),
]


@dataclass(frozen=True)
class Host:
    """The machine of the gateway as its partners meet it."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def folder(self) -> Path:
        """What the partner sees as /."""
        return self.home / "srv" / "edi" / "edi-acme"

    def options(self, key: str = "acme") -> list[str]:
        """How a client logs in with a key, and nothing else."""
        quiet = {"StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null", "IdentitiesOnly": "yes"}
        limits = {"BatchMode": "yes", "ConnectTimeout": "10", "LogLevel": "ERROR"}
        pairs = [f"-o{name}={value}" for name, value in {**quiet, **limits}.items()]
        return ["-F", "/dev/null", "-i", str(self.home / key), *pairs]

    def sftp(self, *commands: str, key: str = "acme", user: str = "edi-acme") -> "subprocess.CompletedProcess[str]":
        """Give commands to sftp, which ends with the first that fails."""
        script = "\n".join(commands) + "\n"
        program = ["sftp", *self.options(key), "-P", str(self.port), "-b", "-", f"{user}@127.0.0.1"]
        return subprocess.run(program, input=script, capture_output=True, text=True, timeout=30, cwd=self.home)

    def ssh(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Try something else than sftp."""
        program = ["ssh", *self.options(), "-p", str(self.port), *arguments]
        return subprocess.run(program, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)

    def as_gateway(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command on the machine as the service runs: its user, its groups, its umask."""
        inside = ["nsenter", "--target", str(self.process.pid), "--mount", "--"]
        become = ["setpriv", "--reuid", "gateway", "--regid", "gateway", "--init-groups", "sh", "-c"]
        return subprocess.run(
            [*inside, *become, f"umask 0027; {' '.join(command)}"], capture_output=True, text=True, timeout=30
        )


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    home = tmp_path_factory.mktemp("host")
    shutil.copytree("/etc", home / "etc", symlinks=True, ignore_dangling_symlinks=True)
    (home / "srv").mkdir(mode=0o755)
    for name in ("acme", "other", "strange", "host"):
        new_key(home / name)
    port = free_port()
    (home / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nPidFile none\nUsePAM no\n"
        f"Subsystem sftp internal-sftp\n{(DEPLOY / 'edi-partners.conf').read_text()}"
    )
    script = _SETUP.format(home=home, deploy=DEPLOY, sshd=sshd())
    command = ["unshare", "--mount", "--propagation", "private", "bash", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            _wait(port, process)
            yield Host(home, port, process)
        finally:
            process.terminate()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            assert process.stdout is not None
            raise RuntimeError(process.stdout.read().decode())
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("sshd did not answer within 30 seconds")


def test_what_a_partner_brings_the_gateway_takes(host: Host) -> None:
    (host.home / "850.edi").write_bytes(b"ISA*")
    (host.home / "850.edi").chmod(0o644)
    done = host.sftp("put 850.edi in/850.edi.part", "rename in/850.edi.part in/850.edi")
    assert done.returncode == 0, done.stderr
    status = (host.folder / "in" / "850.edi").stat()
    assert stat.S_IMODE(status.st_mode) == 0o640
    assert host.as_gateway("cat /srv/edi/edi-acme/in/850.edi").stdout == "ISA*"
    channel = FolderTransport("acme", host.folder / "in", host.folder / "out")
    (entry,) = channel.list()
    arrival = channel.fetch(entry, NOW)
    assert isinstance(arrival, Arrival)
    assert arrival.data == b"ISA*"
    removed = host.as_gateway("rm /srv/edi/edi-acme/in/850.edi")
    assert removed.returncode == 0, removed.stderr
    assert channel.list() == ()


def test_what_the_gateway_gives_the_partner_fetches_and_cannot_change(host: Host) -> None:
    given = host.as_gateway("cd /srv/edi/edi-acme/out; mkdir -p .staging; echo ISA > .staging/997; mv .staging/997 .")
    assert given.returncode == 0, given.stderr
    assert host.sftp("get out/997 fetched").returncode == 0
    assert (host.home / "fetched").read_text() == "ISA\n"
    (host.home / "mine").write_text("mine")
    for command in (
        "rm out/997",
        "put mine out/997",
        "put mine out/mine",
        "put mine out/.staging/mine",
        "chmod 777 out",
    ):
        assert host.sftp(command).returncode != 0, command
    assert (host.folder / "out" / "997").read_text() == "ISA\n"


def test_a_channel_of_folders_works_there(host: Host) -> None:
    channel = FolderTransport("acme", host.folder / "in", host.folder / "out")
    put(channel, "998.edi", b"ISA*")
    assert "998.edi" in host.sftp("ls out").stdout


@pytest.mark.parametrize(
    "command",
    [
        "get /etc/passwd",
        "get ../../etc/passwd",
        "ls /srv",
        "ls ../edi-other",
        "mkdir new",
        "put acme.pub acme.pub",
        "put acme.pub /etc/ssh/edi-partners/edi-acme",
        "rm in",
        "rename in out/in",
        "chmod 777 .",
        "chown 0 in",
    ],
)
def test_a_partner_cannot_leave_his_folders(host: Host, command: str) -> None:
    assert host.sftp(command).returncode != 0
    assert sorted(host.sftp("ls -1").stdout.split()[-2:]) == ["in", "out"]


def test_a_link_out_of_the_folder_leads_nowhere(host: Host) -> None:
    assert host.sftp("symlink /etc/passwd in/link").returncode == 0
    assert host.sftp("get in/link stolen").returncode != 0
    assert not (host.home / "stolen").exists()
    channel = FolderTransport("acme", host.folder / "in", host.folder / "out")
    assert not [each for each in (channel.fetch(entry, NOW) for entry in channel.list()) if isinstance(each, Arrival)]
    host.sftp("rm in/link")


@pytest.mark.parametrize("command", ["id", "/bin/sh -c id", "scp -t /in", "sftp-server"])
def test_a_partner_runs_no_command(host: Host, command: str) -> None:
    done = host.ssh("edi-acme@127.0.0.1", command)
    assert "uid=" not in done.stdout
    assert "uid=" not in done.stderr


def test_a_partner_gets_no_shell_and_no_terminal(host: Host) -> None:
    done = host.ssh("-tt", "edi-acme@127.0.0.1")
    assert "PTY allocation request failed" in done.stderr
    assert "$" not in done.stdout


def test_a_partner_reaches_nothing_through_the_machine(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        port = listener.getsockname()[1]
        through = host.ssh("-W", f"127.0.0.1:{port}", "edi-acme@127.0.0.1")
        assert through.returncode != 0
        with pytest.raises(TimeoutError):
            listener.accept()
        back = host.ssh("-N", "-oExitOnForwardFailure=yes", "-R", f"0:127.0.0.1:{port}", "edi-acme@127.0.0.1")
        assert "remote port forwarding failed" in back.stderr


@pytest.mark.parametrize(("key", "user"), [("other", "edi-acme"), ("strange", "edi-acme"), ("acme", "edi-other")])
def test_only_ones_own_key_opens(host: Host, key: str, user: str) -> None:
    done = host.sftp("ls", key=key, user=user)
    assert done.returncode != 0
    assert "Permission denied (publickey)" in done.stderr


def test_a_second_partner_has_his_own_folders(host: Host) -> None:
    done = host.sftp("ls -1", key="other", user="edi-other")
    assert done.returncode == 0
    assert host.folder.with_name("edi-other").joinpath("in").is_dir()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Acme", "acme.pub"], "cannot be the name"),
        (["acme/../x", "acme.pub"], "cannot be the name"),
        (["acme", "acme"], "is a private key"),
        (["acme", "sshd_config"], "is not a public key file"),
        (["acme"], "usage"),
    ],
)
def test_the_setup_says_what_it_cannot_use(host: Host, arguments: list[str], said: str) -> None:
    done = subprocess.run([DEPLOY / "add-partner", *arguments], capture_output=True, text=True, cwd=host.home)
    assert done.returncode != 0
    assert said in done.stderr
