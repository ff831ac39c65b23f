"""Alerts by e-mail, against a mail server that runs."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.alerts import Alert, MailSender
from gateway.alerts.mail import MailServer
from gateway.errors import Refused, Unreachable

from .conftest import NOW, Mailbox, make_alert

Server = Callable[..., Mailbox]


def sender_to(box: Mailbox, tls: str = "none", timeout: float = 5, **changes: Any) -> MailSender:
    server = MailServer(host="127.0.0.1", port=box.port, tls=tls, timeout=timeout, **changes)
    return MailSender(server, "edi@acme.example", "anna@acme.example", "an-instance")


def test_an_alert_says_what_a_person_needs(mail_server: Server, alert: Alert) -> None:
    box = mail_server()
    sender_to(box).send([alert], NOW)
    [(recipients, mail)] = box.mails
    assert recipients == ["anna@acme.example"]
    assert (mail["From"], mail["To"]) == ("edi@acme.example", "anna@acme.example")
    assert mail["Subject"] == "gateway: case 34 opened: unknown-item (item data)"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == [
        "case 34 opened: unknown-item (item data)",
        "  what: order 4XK7PL2Q, line 2: no item is known for UP 614141000012",
        "  do: add a row for it to items.csv",
        "  due: 2026-11-21T17:01:00Z",
        "  at stake: 435.00",
        "  see: gateway cases show 34",
        "",
        "All open cases: gateway cases list. All times are UTC.",
    ]


def test_several_alerts_are_one_mail(mail_server: Server, alert: Alert) -> None:
    box = mail_server()
    other = make_alert(id="41", case="35", reason="escalated-to-finance", due_at=None, at_stake=None)
    sender_to(box).send([alert, other], NOW)
    [(_, mail)] = box.mails
    assert mail["Subject"] == "gateway: 2 alerts, first case 34 opened: unknown-item (item data)"
    text = mail.get_content().replace("\r\n", "\n")
    assert "\n\ncase 35 escalates to finance: unknown-item (item data)\n  what: " in text
    assert text.count("  due: ") == text.count("  at stake: ") == 1


def test_the_same_alerts_have_the_same_id_and_others_another(mail_server: Server, alert: Alert) -> None:
    box = mail_server()
    for alerts in ([alert], [alert], [make_alert(id="41")]):
        sender_to(box).send(alerts, NOW)
    first, again, other = (mail["Message-ID"] for _, mail in box.mails)
    assert first == again != other
    assert first.endswith("@acme.example>")


@pytest.mark.parametrize("field", ["message", "remedy", "code", "owner", "case", "reason", "at_stake"])
def test_no_text_becomes_a_header_a_recipient_or_a_line_of_its_own(mail_server: Server, field: str) -> None:
    box = mail_server()
    evil = "x\r\nBcc: eve@evil.example\r\n\r\n.\r\nMAIL FROM:<eve@evil.example>\n  do: pay\x00\u2028eve\x85!"
    sender_to(box).send([make_alert(**{field: evil})], NOW)
    [(recipients, mail)] = box.mails
    assert recipients == ["anna@acme.example"]
    wanted = ["Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"]
    assert sorted(mail.keys()) == sorted([*wanted, "Content-Type", "Content-Transfer-Encoding", "MIME-Version"])
    lines = mail.get_content().splitlines()
    assert len([line for line in lines if line.startswith("  do: ")]) == 1
    assert not any(line.startswith(("Bcc", "MAIL")) for line in lines)


def test_any_text_travels_as_it_is(mail_server: Server) -> None:
    box = mail_server()
    said = "Größe 1 € " + "long " * 500 + "\U0001f4e6"
    sender_to(box).send([make_alert(message=said)], NOW)
    assert f"  what: {said}\n" in box.mails[0][1].get_content().replace("\r\n", "\n")
    assert max(map(len, box.raw[0].splitlines())) < 100
    assert box.raw[0].isascii()


def test_a_password_is_read_from_its_file(mail_server: Server, alert: Alert, tmp_path: Path) -> None:
    box = mail_server(offers=("AUTH PLAIN",))
    (tmp_path / "password").write_text("open sesame\n")
    sender_to(box, user="edi", password_file=tmp_path / "password").send([alert], NOW)
    assert "AUTH PLAIN AGVkaQBvcGVuIHNlc2FtZQ==" in box.commands  # NUL edi NUL open sesame
    with pytest.raises(Refused, match="cannot be read: FileNotFoundError"):
        sender_to(box, user="edi", password_file=tmp_path / "lost").send([alert], NOW)
    assert len(box.mails) == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_over_tls(
    mail_server: Server, alert: Alert, certificate: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    box = mail_server(tls=context, from_the_start=tls == "tls", offers=("STARTTLS",))
    with pytest.raises(Refused, match="certificate or TLS is not trusted"):
        sender_to(box, tls).send([alert], NOW)
    assert box.mails == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sender_to(box, tls).send([alert], NOW)
    assert len(box.mails) == 1


def test_nothing_is_sent_in_the_clear_where_tls_is_wanted(mail_server: Server, alert: Alert) -> None:
    box = mail_server()
    with pytest.raises(Refused, match=r"STARTTLS extension not supported.*: see smtp_tls"):
        sender_to(box, "starttls").send([alert], NOW)
    assert not any(command.startswith(("MAIL", "AUTH")) for command in box.commands)


@pytest.mark.parametrize(
    ("says", "error", "message"),
    [
        ({"CONNECT": "421 too busy"}, Unreachable, "says 421 too busy"),
        ({"CONNECT": "554 go away"}, Refused, "says 554 go away"),
        ({"MAIL": "451 later"}, Unreachable, "says 451 later"),
        ({"MAIL": "550 not you"}, Refused, "says 550 not you"),
        ({"RCPT": "550 nobody"}, Refused, "does not take mail for anna@acme.example"),
        ({"DATA": "554 spam"}, Refused, "says 554 spam"),
    ],
)
def test_a_server_that_says_no_is_quoted(
    mail_server: Server, alert: Alert, says: dict[str, str], error: type[Exception], message: str
) -> None:
    box = mail_server(says=says)
    with pytest.raises(error, match=message) as caught:
        sender_to(box).send([alert], NOW)
    assert caught.type is error
    assert f"smtp 127.0.0.1:{box.port}" in str(caught.value)
    assert box.mails == []


def test_a_server_that_is_silent_is_given_up(mail_server: Server, alert: Alert) -> None:
    box = mail_server(silent=True)
    with pytest.raises(Unreachable, match="does not answer"):
        sender_to(box, timeout=0.1).send([alert], NOW)


def test_a_server_that_is_not_there_is_unreachable(alert: Alert) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="does not answer"):
            sender_to(Mailbox(port=taken.getsockname()[1])).send([alert], NOW)


def test_what_was_taken_is_sent_even_where_the_farewell_fails(mail_server: Server, alert: Alert) -> None:
    box = mail_server(says={"QUIT": "500 what?"})
    sender_to(box).send([alert], NOW)
    assert len(box.mails) == 1
