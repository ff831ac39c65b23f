"""What every request must pass and every answer carries, whatever the page.

A Host that is not ours is refused, so that no other name can be bound to this machine (DNS rebinding). A change must
come from our own pages: by Origin, by Sec-Fetch-Site, and by a token that is an HMAC of a cookie (OWASP CSRF cheat
sheet, signed double submit). Answers allow no script and no style but ours, and no frame around them.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

VISIT = "gateway-visit"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_LONGEST_TARGET = 4_000  # characters of path and query

Refused = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """The application behind checks of where a request comes from."""

    def __init__(self, app: ASGIApp, host_names: frozenset[str]) -> None:
        self._app = app
        self._host_names = host_names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Refused | None:
        host = Headers(scope=scope).get("host", "")
        if _name_of(host) not in self._host_names:
            text = "This console does not answer to that name. Add it to allowed_hosts in [web], or use another.\n"
            return PlainTextResponse(text, 421)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("Pages are read with GET and changed with POST.\n", 405)
        if len(scope["path"]) + len(scope["query_string"]) > _LONGEST_TARGET:
            return PlainTextResponse("The address is too long.\n", 414)
        return None


def _name_of(host: str) -> str:
    """The name in a Host header, without its port, in small letters."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


class Forms:
    """Tells a form of ours from one that somebody else laid before a visitor."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def begin(self, request: Request) -> tuple[str, bool]:
        """The visit that a request belongs to, and whether it is new and its cookie must be set."""
        known = request.cookies.get(VISIT, "")
        return (known, False) if len(known) == 64 and known.isalnum() else (secrets.token_hex(32), True)

    def token(self, visit: str) -> str:
        """What a form of this visit carries."""
        return hmac.new(self._key, visit.encode(), sha256).hexdigest()

    def refusal(self, request: Request, token: str) -> str | None:
        """Why a change is not believed to come from our pages; None where it is."""
        origin = request.headers.get("origin") or request.headers.get("referer", "")
        if origin and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
            return "It came from another site."
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return "It came from another site."
        visit = request.cookies.get(VISIT, "")
        if not visit or not hmac.compare_digest(self.token(visit), token.encode("ascii", "replace").decode()):
            return "The page it came from is too old: load it again, and do it once more."
        return None
