"""Secrets are planted wherever one can stand, everything is made to fail, and no byte of them is found afterwards.

Looked through are the log at its most talkative, what commands print, every file of the instance, and the journal with
all that is packed in it. Only the files that hold the secrets may hold them.
"""

import base64
import logging
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from gateway import logs

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[2]
PASSWORD, KEY, TOKEN, OWNERS_TOKEN, CREDENTIAL = (f"CANARY-{n}-{'b7Qz' * 4}" for n in range(5))
CANARIES = (PASSWORD, KEY, TOKEN, OWNERS_TOKEN, CREDENTIAL)
LATER = ("2026-11-20T21:02:00Z", "2026-11-20T22:02:00Z", "2026-11-22T12:00:00Z", "2026-11-25T12:00:00Z")

ALERTS = """
[alerts]
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_from = "gateway@example.com"
smtp_tls = "starttls"
smtp_user = "gateway"
smtp_password_file = "smtp.password"
webhook = "http://127.0.0.1:{hook}/{token}"

[owners.operations]
email = ["anna@example.com"]
webhook = "http://127.0.0.1:{hook}/owners?token={owners}"
"""
SFTP = """
[channels.server]
kind = "sftp"
partners = ["amazon-us"]
host = "127.0.0.1"
port = {port}
host_keys = "known_hosts"
in_user = "down"
in_key_file = "sftp.key"
in = "/download"
out_user = "up"
out_key_file = "credential:up"
out = "/upload"
timeout = "2s"
"""


class Refusing(BaseHTTPRequestHandler):
    """A web server that says no, and repeats in its answer what it was asked."""

    def do_POST(self) -> None:
        self.send_response(500, f"no {self.path}")
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing on its own."""


@pytest.fixture
def web() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def forms_of(secret: str) -> list[bytes]:
    """A secret as it is, and as it may be written: in base64, in hexadecimal, in a URL."""
    plain = secret.encode()
    return [plain, base64.b64encode(plain)[:-4], plain.hex().encode(), quote(secret, safe="").encode()]


def found_in(data: bytes) -> list[str]:
    return [secret for secret in CANARIES if any(form in data for form in forms_of(secret))]


def unpacked(journal: Path) -> bytes:
    """Every value of every table, and what is compressed in it."""
    parts: list[bytes] = []
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  (names of our own tables)
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")
                    parts.append(data)
                    try:
                        parts.append(zlib.decompress(data))
                    except zlib.error:
                        continue
    assert len(tables) > 5
    return b"\n".join(parts)


def plant(house: "House", web: int, port: int, more: str = "") -> None:
    """Put the secrets where an administrator puts them, readable for the owner alone."""
    secrets = {"smtp.password": PASSWORD, "sftp.key": KEY, "known_hosts": "", "credentials/up": CREDENTIAL}
    for name, text in secrets.items():
        file = house.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{text}\n" if "key" in name or "up" in name else text)
        file.chmod(0o600)
    alerts = ALERTS.format(smtp=port, hook=web, token=TOKEN, owners=OWNERS_TOKEN)
    text = re.sub(r"(?ms)^\[(?:alerts|owners)[^\n]*\n.*?(?=^\[|\Z)", "", house.config.read_text())
    house.config.write_text(text + alerts + more)


def command(house: "House", *arguments: str, **environment: str) -> bytes:
    """What a command prints in a process of its own, as talkative as can be."""
    program = "import sys, logging; from gateway import logs; real = logs.set_up\n"
    program += "logs.set_up = lambda stream=None, **k: real(stream, **{**k, 'level': logging.DEBUG})\n"
    program += "from gateway.cli import main; main()"
    planted = {"CREDENTIALS_DIRECTORY": str(house.folder / "credentials"), "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        [sys.executable, "-c", program, "-c", str(house.config), *arguments],
        env={**os.environ, **planted},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def misbehave(house: "House") -> None:
    """Something of everything that makes people be told: junk, a refused order, a folder in the way."""
    house.drop("junk.edi", "junk")
    house.drop("refused.edi", house.interchange(house.order("BAD").replace("CSH*Y", "ZZZ*Y").replace("SE*13", "SE*99")))
    house.drop("good.edi", house.interchange(house.order("GOOD"), control=102))
    house.erp_says("bad.json", "{")
    house.erp_says("unknown.json", {"document": "posting-result", "id": "amazon-us:NONE", "result": "booked"})


def nothing_is_found(house: "House", said: bytes) -> None:
    assert found_in(said) == []
    assert found_in(unpacked(house.folder / "journal.db")) == []
    secret = {"smtp.password", "sftp.key", "up", "config.toml"}
    looked_through = [path for path in house.folder.rglob("*") if path.is_file() and path.name not in secret]
    assert len(looked_through) > 5
    assert {path.name: found_in(path.read_bytes()) for path in looked_through if found_in(path.read_bytes())} == {}


def test_no_secret_is_in_the_log_the_journal_quarantine_or_what_commands_print(
    house: "House", web: int, closed_port: int
) -> None:
    plant(house, web, closed_port)
    misbehave(house)
    said = b"".join(command(house, "once", "--at", at, GATEWAY_DEBUG="1") for at in LATER)
    assert b'"event": "alert"' in said
    assert {entry.body["to"].partition(":")[0] for entry in house.history("alert-failed")} == {"email", "webhook"}
    for verb in (("doctor",), ("check",), ("status",), ("cases", "list"), ("doctor", "--json"), ("check", "--json")):
        said += command(house, *verb, GATEWAY_DEBUG="1")
    nothing_is_found(house, said)


def test_a_key_that_cannot_be_used_is_named_and_not_shown(house: "House", web: int, closed_port: int) -> None:
    text = house.config.read_text().replace('partners = ["amazon-us", "amazon-eu"]', 'partners = ["amazon-eu"]')
    house.config.write_text(text)
    plant(house, web, closed_port, SFTP.format(port=closed_port))
    misbehave(house)
    said = b"".join(
        command(house, *verb, GATEWAY_DEBUG="1") for verb in (("check",), ("doctor",), ("once",), ("status",))
    )
    assert b"server" in said
    nothing_is_found(house, said)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('webhook = "http://127.0.0.1', 'webhook = "127.0.0.1'),
        ('webhook = "http://127.0.0.1', 'webhook = "ftp://127.0.0.1'),
        ("smtp_port = ", "smtp_prt = "),
        ('smtp_password_file = "smtp.password"', 'smtp_password_file = ""'),
    ],
)
def test_a_config_that_is_wrong_does_not_show_the_address_with_the_token(
    house: "House", web: int, closed_port: int, old: str, new: str
) -> None:
    plant(house, web, closed_port)
    house.configure(old, new)
    house.is_sound = False  # its config.toml is wrong on purpose
    said = command(house, "check", GATEWAY_DEBUG="1") + command(house, "check", "--json") + command(house, "doctor")
    assert b"alerts" in said
    assert found_in(said) == []


def test_a_secret_that_everybody_may_read_is_told_by_its_path(house: "House", web: int, closed_port: int) -> None:
    plant(house, web, closed_port)
    (house.folder / "smtp.password").chmod(0o644)
    said = command(house, "check")
    assert b"smtp.password" in said
    assert b"chmod" in said
    assert found_in(said) == []


def test_the_search_finds_what_is_there(house: "House") -> None:
    for secret in CANARIES:
        for form in forms_of(secret):
            assert found_in(b"x" + form + b"x") == [secret]
    house.drop("leak.edi", f"junk {TOKEN}")
    house.once()
    assert found_in(unpacked(house.folder / "journal.db")) == [TOKEN]


@pytest.mark.parametrize("hides", [logging.DEBUG, logging.INFO])
def test_a_traceback_shows_no_local_variable(capsys: pytest.CaptureFixture[str], hides: int) -> None:
    logs.set_up(level=hides, environment={})

    def login(password: str) -> None:
        raise ConnectionError(f"refused after {len(password)} characters")

    try:
        login(PASSWORD)
    except ConnectionError:
        logs.logger().exception("login.failed")
    said = capsys.readouterr().err
    logging.getLogger().handlers.clear()
    assert "refused after" in said
    assert found_in(said.encode()) == []


def test_the_journal_belongs_to_its_owner_alone(house: "House") -> None:
    house.once()
    assert (house.folder / "journal.db").stat().st_mode & 0o077 == 0
