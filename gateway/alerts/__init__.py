"""The ways by which alerts reach people: the log, e-mail, a webhook.

A destination is a short text that the journal keeps, `log`, `email:anna@example.com`, `webhook:1f0c...`; the address of
a webhook is a secret and stands there by its hash. Nothing is contacted that the configuration does not name.
"""

from gateway.alerts.base import Alert, Sender, way_of
from gateway.alerts.log import LogSender
from gateway.alerts.mail import MailSender
from gateway.alerts.routing import destinations, senders_of
from gateway.alerts.webhook import WebhookSender

__all__ = ["Alert", "LogSender", "MailSender", "Sender", "WebhookSender", "destinations", "senders_of", "way_of"]
