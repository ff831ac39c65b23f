"""The units as systemd reads them: nothing in them is unknown to it, and the daemon is shut in as it says."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import config as configuration
from gateway.cli.main import VERBS
from gateway.resources import example_config
from gateway.transports.folder import FolderTransport

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = [*sorted(path.name for path in DEPLOY.glob("gateway*.service")), "gateway-backup.timer"]
PROGRAM = "/opt/gateway/bin/gateway"
HARDENING = (
    "NoNewPrivileges=yes ProtectSystem=strict ProtectHome=yes PrivateTmp=yes PrivateDevices=yes PrivateUsers=yes"
    " ProtectHostname=yes ProtectClock=yes ProtectKernelTunables=yes ProtectKernelModules=yes ProtectKernelLogs=yes"
    " ProtectControlGroups=yes ProtectProc=invisible ProcSubset=pid RestrictNamespaces=yes RestrictRealtime=yes"
    " RestrictSUIDSGID=yes LockPersonality=yes MemoryDenyWriteExecute=yes RemoveIPC=yes SystemCallArchitectures=native"
    " SystemCallFilter=@system-service DevicePolicy=closed KeyringMode=private CapabilityBoundingSet= "
    "AmbientCapabilities= UMask=0077"
)

in_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and not os.environ.get("CI"), reason="systemd-analyze is not installed"
)


def _settings(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program that is there in the place of the one that is not installed here."""
    program = tmp_path / "gateway"
    program.write_text("#!/bin/sh\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for name in UNITS:
        (tmp_path / name).write_text((DEPLOY / name).read_text().replace(PROGRAM, str(program)))
    return tmp_path


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)


@in_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(units: Path, name: str) -> None:
    said = _analyze("verify", "--man=no", str(units / name))
    about_ours = [line for line in (said.stdout + said.stderr).splitlines() if "gateway" in line]
    assert (said.returncode, about_ours) == (0, [])


@in_systemd
def test_a_misspelt_setting_would_be_found(units: Path) -> None:
    unit = units / "gateway.service"
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHomes="))
    said = _analyze("verify", "--man=no", str(unit))
    assert "ProtectHomes" in said.stdout + said.stderr


@in_systemd
@pytest.mark.parametrize(("name", "limit"), [("gateway.service", 12), ("gateway-backup.service", 12)])
def test_a_service_is_exposed_no_more_than_it_must_be(name: str, limit: int) -> None:
    said = _analyze("security", "--offline=true", f"--threshold={limit}", str(DEPLOY / name))
    assert said.returncode == 0, said.stdout[-200:]


@in_systemd
def test_a_service_that_may_do_more_would_be_found(tmp_path: Path) -> None:
    unit = tmp_path / "gateway.service"
    unit.write_text((DEPLOY / "gateway.service").read_text().replace("CapabilityBoundingSet=\n", ""))
    assert _analyze("security", "--offline=true", "--threshold=12", str(unit)).returncode != 0


@in_systemd
def test_with_shared_folders_it_is_exposed_hardly_more(tmp_path: Path) -> None:
    unit = tmp_path / "gateway.service"
    unit.write_text((DEPLOY / "gateway.service").read_text() + (DEPLOY / "gateway-drop-folders.conf").read_text())
    said = _analyze("security", "--offline=true", "--threshold=14", str(unit))
    assert said.returncode == 0, said.stdout[-200:]


def test_the_daemon_runs_as_the_contract_asks() -> None:
    unit = _settings("gateway.service")
    assert unit["Type"] == ["notify"]
    assert int(unit["WatchdogSec"][0]) > 0
    assert unit["Restart"] == ["on-failure"]
    assert (unit["StartLimitIntervalSec"], unit["StartLimitBurst"]) == (["300"], ["5"])
    assert unit["RestartPreventExitStatus"] == ["2 64 77 78"]
    assert unit["ExecStart"] == [f"{PROGRAM} -c /etc/gateway/config.toml run"]
    assert unit["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    for directory in ("StateDirectory", "LogsDirectory", "RuntimeDirectory", "ConfigurationDirectory"):
        assert unit[directory] == ["gateway"]
    assert unit["LoadCredential"]
    assert set(unit["RestrictAddressFamilies"][0].split()) == {"AF_INET", "AF_INET6", "AF_UNIX"}
    assert "~@privileged @resources" in unit["SystemCallFilter"]
    assert unit["MemoryMax"]
    assert unit["OOMPolicy"] == ["continue"]  # a child that eats memory does not take the service with it
    assert unit["TasksMax"]


@pytest.mark.parametrize("name", ["gateway.service", "gateway-backup.service"])
@pytest.mark.parametrize("setting", HARDENING.split())
def test_every_door_that_can_be_shut_is_shut(name: str, setting: str) -> None:
    key, _, value = setting.partition("=")
    assert value in _settings(name)[key]


def test_the_verbs_that_the_units_run_exist() -> None:
    text = "".join((DEPLOY / name).read_text() for name in UNITS)
    verbs = re.findall(rf"{PROGRAM} -c /etc/gateway/config.toml (\w+)", text)
    assert sorted(verbs) == ["journal", "run"]
    assert set(verbs) <= set(VERBS)


def test_the_backup_of_every_night_has_a_name_of_its_own_and_old_ones_go(tmp_path: Path) -> None:
    """The two commands of the unit, as systemd hands them to their programs."""
    unit = _settings("gateway-backup.service")
    script = unit["ExecStart"][0].replace("$$", "$").replace("%%", "%").replace(PROGRAM, "echo")
    named = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True)
    assert re.search(r"backups/journal-\d{4}-\d\d-\d\dT\d{6}Z\.db", named.stdout)
    old, young, other = tmp_path / "journal-old.db", tmp_path / "journal-young.db", tmp_path / "notes.txt"
    for file in (old, young, other):
        file.touch()
    for file in (old, other):
        os.utime(file, (1_000_000_000,) * 2)
    subprocess.run(unit["ExecStartPost"][0].replace("/var/lib/gateway/backups", str(tmp_path)), shell=True, check=True)  # noqa: S602
    assert sorted(file.name for file in tmp_path.iterdir()) == ["journal-young.db", "notes.txt"]


def _configuration(state: str) -> str:
    """The partners of the example, with the paths that the page gives, seen from another root."""
    [block] = re.findall(r"```toml\n(.*?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)
    assert set(tomllib.loads(block)) == {"paths", "channels", "erp"}
    partners = re.findall(r"(?ms)^\[partners\..*?(?=^\[(?!partners)|\Z)", example_config().text)
    return "".join(partners) + "\n" + block.replace("/var/lib/gateway", state)


def test_the_configuration_of_the_page_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(_configuration("/var/lib/gateway"))
    config, problems = configuration.read(file)
    assert not problems
    assert config is not None
    assert config.paths.journal == Path("/var/lib/gateway/journal.db")


def test_an_instance_works_whose_configuration_lies_elsewhere(tmp_path: Path) -> None:
    """As the manual installs it: made in the state's folder, its configuration moved to where only root writes."""
    state, settings = tmp_path / "var", tmp_path / "etc"
    settings.mkdir()
    cli = (sys.executable, "-m", "gateway")
    assert subprocess.run([*cli, "init", str(state), "--example"], cwd=DEPLOY.parent).returncode == 0
    (state / "config.toml").unlink()
    (settings / "config.toml").write_text(_configuration(str(state)))
    for verb in ("check", "once", "doctor"):
        done = subprocess.run(
            [*cli, "-c", str(settings / "config.toml"), verb], capture_output=True, text=True, cwd=DEPLOY.parent
        )
        assert done.returncode == 0, (verb, done.stdout, done.stderr)
    assert {file.name for file in settings.iterdir()} == {"config.toml"}


def test_what_the_gateway_writes_into_a_shared_folder_the_group_may_read(tmp_path: Path) -> None:
    """By the umask of the drop-in and the setgid bit of the folder, as the page tells to set them up."""
    umask = int(_settings("gateway-drop-folders.conf")["UMask"][0], 8)
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o2770)
    (tmp_path / "in").mkdir()
    before = os.umask(umask)
    try:
        channel = FolderTransport("amazon", tmp_path / "in", out)
        channel.publish(channel.stage("855.edi", b"ISA"))
    finally:
        os.umask(before)
    mode = (out / "855.edi").stat().st_mode
    assert mode & stat.S_IRGRP
    assert not mode & (stat.S_IROTH | stat.S_IWOTH)


_AS_THE_SERVICE = """
import ctypes, os, sys
from datetime import UTC, datetime
from collections.abc import Iterator
from pathlib import Path
from gateway.transports.folder import FolderTransport
folder, service, shared, umask = Path(sys.argv[1]), 41234, 45000, int(sys.argv[2], 8)
for name in ("in", "out"):  # install -d -m 2770 -o gateway -g edi
    (folder / name).mkdir()
    os.chown(folder / name, service, shared)
    os.chmod(folder / name, 0o2770)
(folder / "in" / "order.edi").write_bytes(b"ISA*00*~")
os.chown(folder / "in" / "order.edi", 44321, shared)
os.chmod(folder / "in" / "order.edi", 0o640)
os.setgroups([shared])
os.setgid(service)
os.setuid(service)
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: or /proc/self belongs to root
if libc.unshare(0x10000000):  # CLONE_NEWUSER
    sys.exit(99)
Path("/proc/self/uid_map").write_text(f"{service} {service} 1")
Path("/proc/self/setgroups").write_text("deny")
Path("/proc/self/gid_map").write_text(f"{service} {service} 1")
os.umask(umask)
channel = FolderTransport("amazon", folder / "in", folder / "out")
[entry] = channel.list()
assert channel.fetch(entry, datetime.now(UTC)).data == b"ISA*00*~"
assert channel.settle(entry)
channel.publish(channel.stage("997.edi", b"ISA"))
"""


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that other users reach: those of pytest lie in folders that are closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become several users")
def test_in_a_namespace_of_users_the_shared_folders_still_work(open_to_all: Path) -> None:
    """PrivateUsers=, with another's file in the one folder and the group's hand on what lies in the other."""
    umask = _settings("gateway-drop-folders.conf")["UMask"][0]
    # The other user may not write where the coverage of this run is kept.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    command = [sys.executable, "-c", _AS_THE_SERVICE, str(open_to_all), umask]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode == 99:
        pytest.skip("this machine has no namespaces of users")
    assert done.returncode == 0, done.stderr
    assert not (open_to_all / "in" / "order.edi").exists()
    status = (open_to_all / "out" / "997.edi").stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (41234, 45000, 0o640)


_UNDER_MDWE = """
import ctypes, errno, sys
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0):
    sys.exit(99)
import apscheduler, lxml.etree, paramiko, prometheus_client, pydantic, sqlite3, structlog
paramiko.Ed25519Key, paramiko.RSAKey.generate(2048)
from gateway.cli import main
sys.argv = ["gateway", *sys.argv[1:]]
main()
"""


def test_it_works_where_no_memory_can_be_both_written_and_run(tmp_path: Path) -> None:
    """MemoryDenyWriteExecute=, as the kernel offers it to any process since 6.3: keys, parsers and a whole turn."""
    folder = tmp_path / "instance"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", _UNDER_MDWE, *arguments], capture_output=True, text=True)

    made = run("init", str(folder), "--example")
    if made.returncode == 99:
        pytest.skip("this kernel has no PR_SET_MDWE")
    assert made.returncode == 0, made.stderr
    turned = run("-c", str(folder / "config.toml"), "once")
    assert turned.returncode == 0, turned.stderr
    assert not list((folder / "erp" / "in").iterdir())
