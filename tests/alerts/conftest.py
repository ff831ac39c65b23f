"""A mail server and a web server of our own on this machine, stopped by the test that started them."""

import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from gateway.alerts import Alert

NOW = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)


@pytest.fixture
def alert() -> Alert:
    return make_alert()


def make_alert(**changes: Any) -> Alert:
    said: dict[str, Any] = {
        "id": "40",
        "reason": "opened",
        "told": "item data",
        "case": "34",
        "code": "unknown-item",
        "owner": "item data",
        "message": "order 4XK7PL2Q, line 2: no item is known for UP 614141000012",
        "remedy": "add a row for it to items.csv",
        "due_at": datetime(2026, 11, 21, 17, 1, tzinfo=UTC),
        "at_stake": "435.00",
    }
    return Alert(**{**said, **changes})


@dataclass
class Mailbox:
    """What a mail server of the tests got, and what it answers: `says` by the first word of a command."""

    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    silent: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs that sends one mail."""

    box: Mailbox

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()  # by now another than the server's own, where it went over to TLS

    def handle(self) -> None:
        if self.box.silent:
            self.box.stopped.wait(10)
            return
        if self.box.from_the_start and not self._secure():
            return
        self._say(self.box.says.get("CONNECT", "220 here"))
        with suppress(OSError):
            while line := self.rfile.readline():
                if not self._take(line.decode().strip()):
                    break

    def _secure(self) -> bool:
        assert self.box.tls is not None
        try:
            self.request = self.box.tls.wrap_socket(self.request, server_side=True)
        except OSError:
            return False
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _take(self, line: str) -> bool:
        self.box.commands.append(line)
        word = line.split(" ")[0].split(":")[0].upper()
        if word in self.box.says:
            self._say(self.box.says[word])
            return word != "QUIT"
        match word:
            case "EHLO":
                self._say("\r\n".join(["250-here", *(f"250-{offer}" for offer in self.box.offers), "250 HELP"]))
            case "STARTTLS":
                self._say("220 go on")
                return self._secure()
            case "AUTH":
                self._say("235 welcome")
            case "MAIL":
                self._recipients: list[str] = []
                self._say("250 ok")
            case "RCPT":
                self._recipients.append(line.partition("<")[2].partition(">")[0])
                self._say("250 ok")
            case "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                raw = b"".join(line[1:] if line.startswith(b".") else line for line in lines)
                self.box.raw.append(raw)
                self.box.mails.append((self._recipients, message_from_bytes(raw, policy=default)))
                self._say("250 taken")
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                self._say("250 ok")
        return True


class _Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True


@pytest.fixture
def mail_server() -> Iterator[Callable[..., Mailbox]]:
    """A maker of mail servers."""
    running: list[tuple[Mailbox, _Threads, threading.Thread]] = []

    def start(**settings: Any) -> Mailbox:
        box = Mailbox(**settings)
        server = _Threads(("127.0.0.1", 0), type("Smtp", (_Smtp,), {"box": box}))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        box.port = server.server_address[1]
        running.append((box, server, thread))
        return box

    yield start
    for box, server, thread in running:
        box.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Hook:
    """What a web server of the tests was posted, and what it answers."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 200
    location: str = ""
    silent: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def hook_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Hook]]:
    """A maker of web servers."""
    monkeypatch.setenv("no_proxy", "*")
    running: list[tuple[Hook, ThreadingHTTPServer, threading.Thread]] = []

    def start(**settings: Any) -> Hook:
        hook = Hook(**settings)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.silent:
                    hook.stopped.wait(10)
                    return
                hook.paths.append(self.path)
                hook.headers.append(dict(self.headers))
                hook.bodies.append(json.loads(body))
                self._answer()

            def do_GET(self) -> None:
                hook.paths.append(f"GET {self.path}")
                self._answer()

            def _answer(self) -> None:
                self.send_response(hook.status)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        hook.url = f"http://127.0.0.1:{server.server_address[1]}/hooks/secret"
        running.append((hook, server, thread))
        return hook

    yield start
    for hook, server, thread in running:
        hook.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
