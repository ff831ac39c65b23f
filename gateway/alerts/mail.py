"""Alerts as plain e-mail, by SMTP (RFC 5321), over TLS unless the configuration says otherwise.

The headers hold nothing that a partner wrote, and the message says that a machine wrote it (RFC 3834), so that nobody's
absence note answers it. Its Message-ID follows from the alerts in it: one that goes out twice, because the answer to
the first was lost, is one to the mail server.
"""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from gateway.alerts.base import TIMEOUT, Alert, headline_of
from gateway.errors import Refused, TransportError, Unreachable

_SUBJECT = 120  # characters: more is cut, the text says everything


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """How the mail server is reached. The password is read from its file when it is needed, and kept nowhere."""

    host: str
    port: int
    tls: str
    user: str | None = None
    password_file: Path | None = None
    timeout: float = TIMEOUT


@dataclass(frozen=True, slots=True)
class MailSender:
    """One address that gets e-mail."""

    mail_server: MailServer
    sender: str
    recipient: str
    instance: str

    @property
    def server(self) -> str:
        """`smtp mail.example.com:587`."""
        return f"smtp {self.mail_server.host}:{self.mail_server.port}"

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Send one e-mail. Raises Unreachable where the server does not answer, Refused where it says no."""
        message = self._message(alerts, now)
        with self._in_our_words(), self._connected() as connection:
            connection.send_message(message, self.sender, [self.recipient])

    def _message(self, alerts: Sequence[Alert], now: datetime) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        named = sha256("\n".join([self.instance, self.recipient, *(alert.id for alert in alerts)]).encode())
        message["Subject"] = f"gateway: {headline_of(alerts)}"[:_SUBJECT]
        message["From"] = self.sender
        message["To"] = self.recipient
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{named.hexdigest()[:32]}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        text = "\n\n".join(alert.as_text() for alert in alerts)
        message.set_content(
            f"{text}\n\nAll open cases: gateway cases list. All times are UTC.\n", cte="quoted-printable"
        )
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self.mail_server
        context = ssl.create_default_context()
        if server.tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user and server.password_file:
                connection.login(server.user, _password(server.password_file))
            yield connection
            # What is taken is taken: a server that does not answer the farewell has the message all the same.
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except TransportError:
            raise
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(f"{self.server} cannot do it: {error}: see smtp_tls and smtp_user") from error
        except ssl.SSLError as error:
            raise Refused(f"{self.server}: its certificate or TLS is not trusted: {error.reason or error}") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise Refused(f"{self.server} does not take mail for {self.recipient}") from error
        except smtplib.SMTPResponseException as error:
            said = (
                error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
            )
            kind = Unreachable if 400 <= error.smtp_code < 500 else Refused  # RFC 5321 4.2.1
            raise kind(f"{self.server} says {error.smtp_code} {said}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{self.server} does not answer: {error}") from error


def _password(path: Path) -> str:
    """The password in a file. Raises Refused where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"the password in {path} cannot be read: {type(error).__name__}") from error
