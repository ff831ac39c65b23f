"""Alerts as lines of the log: the way that needs no settings and cannot fail."""

from collections.abc import Sequence
from datetime import datetime

from gateway.alerts.base import Alert
from gateway.logs import logger


class LogSender:
    """One line an alert, at the level of a warning."""

    server = "log"

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:  # noqa: ARG002  (the log has its own clock)
        """Write them."""
        for alert in alerts:
            said = {name: value for name, value in alert.as_json().items() if value is not None and name != "id"}
            logger().warning("alert", **said)
