"""Audit: what people did, the latest first: who, when, what and why."""

from shlex import quote
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.web.screen import Screen, shows

_PAGE = 100


def audit(screen: Screen) -> Response:
    """The list, of everybody or of one."""
    who, before = screen.query("who"), screen.query("before")
    rows = screen.register.acts(
        who=who or None, before=int(before) if before.isdecimal() and len(before) < 19 else None, limit=_PAGE + 1
    )
    shown = rows[:_PAGE]
    following = urlencode({"who": who, "before": shown[-1]["seq"]}) if len(rows) > _PAGE else ""
    return screen.page(
        "audit.html",
        title="Audit",
        command=" ".join(["audit", *([f"--who {quote(who)}"] if who else [])]),
        rows=shown,
        who_asked=who,
        following=following,
    )


ADDRESSES = (shows("/audit", audit),)
