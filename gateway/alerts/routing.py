"""Where alerts go by the configuration: the destinations of an owner, and the sender behind each destination."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from gateway.alerts.base import Sender
from gateway.alerts.log import LogSender
from gateway.alerts.mail import MailSender, MailServer
from gateway.alerts.webhook import WebhookSender
from gateway.config import Alerts, Config, Contact

LOG = "log"
EMAIL = "email"
WEBHOOK = "webhook"
_NOBODY = Contact()


def destinations(config: Config, owner: str) -> tuple[str, ...]:
    """Where an alert for this owner goes, each place once."""
    return tuple(dict.fromkeys(_destinations(config.alerts, config.owners.get(owner, _NOBODY))))


def _destinations(alerts: Alerts, contact: Contact) -> Iterator[str]:
    if alerts.log:
        yield LOG
    if alerts.smtp_host:
        yield from (f"{EMAIL}:{address}" for address in contact.email)
    yield from (_webhook(url) for url in (alerts.webhook, contact.webhook) if url)


def senders_of(config: Config, instance: str) -> Mapping[str, Sender]:
    """The sender of every destination there is. `instance` is the journal's id, which tells two gateways apart."""
    alerts, contacts = config.alerts, tuple(config.owners.values())
    senders: dict[str, Sender] = {LOG: LogSender()} if alerts.log else {}
    if alerts.smtp_host and alerts.smtp_from:
        server = MailServer(
            host=alerts.smtp_host,
            port=alerts.smtp_port,
            tls=alerts.smtp_tls,
            user=alerts.smtp_user,
            password_file=alerts.smtp_password_file,
        )
        for address in (address for contact in contacts for address in contact.email):
            senders[f"{EMAIL}:{address}"] = MailSender(server, alerts.smtp_from, address, instance)
    for url in (alerts.webhook, *(contact.webhook for contact in contacts)):
        if url:
            senders[_webhook(url)] = WebhookSender(url, instance)
    return senders


def _webhook(url: str) -> str:
    """The destination of a webhook: by its hash, for its address is a secret and the journal is not."""
    return f"{WEBHOOK}:{sha256(url.encode()).hexdigest()[:16]}"
