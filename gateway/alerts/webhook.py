"""Alerts as one JSON object, posted to an address: for chat rooms, pagers, and programs.

`text` is what chat rooms show; `alerts` is for programs. The address may hold a secret, so it stands in no message of
ours: only its host does. A redirect is not followed, for what follows could be another host.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from gateway.alerts.base import TIMEOUT, Alert
from gateway.errors import Refused, Unreachable
from gateway.journal.instants import printed


class _Stays(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:  # None: a redirect is an error like any other
        """Go nowhere else."""


_open = build_opener(_Stays()).open


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """One address that is posted to."""

    url: str
    instance: str
    timeout: float = TIMEOUT

    @property
    def server(self) -> str:
        """`webhook chat.example.com`."""
        return f"webhook {urlsplit(self.url).hostname}"

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Post them. Raises Unreachable where nobody answers, Refused where the answer is no."""
        body = {
            "instance": self.instance,
            "sent_at": printed(now.replace(microsecond=0)),
            "text": "\n\n".join(alert.as_text() for alert in alerts),
            "alerts": [alert.as_json() for alert in alerts],
        }
        headers = {"Content-Type": "application/json", "User-Agent": "gateway"}
        request = Request(self.url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - config checks it
        try:
            with _open(request, timeout=self.timeout):
                return
        except HTTPError as error:
            error.close()
            kind = Refused if error.code < 500 and error.code not in (408, 429) else Unreachable
            raise kind(f"{self.server} answers {error.code}") from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            raise Unreachable(f"{self.server} does not answer: {reason}") from None
