"""Who asks: a user that a reverse proxy names, somebody with a token, or whoever sits at this machine.

A pass is a cookie with name, expiry and an HMAC over both; its key is made when the console starts, so that a restart
signs everybody out and nothing secret lies on disk. Tokens are compared by their hashes, in constant time.
"""

import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from starlette.requests import Request

from gateway.config.values import CREDENTIALS
from gateway.config.web import Web
from gateway.errors import ConfigError

PASS = "gateway-pass"  # noqa: S105  (the name of a cookie)
PASS_LASTS = timedelta(hours=12)
SHORTEST_TOKEN = 20
_NAME_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. `is_known` says that somebody vouches for the name; else he says it himself with what he changes."""

    name: str
    is_known: bool


def printable_name(text: str) -> str | None:
    """A name that the journal may keep: one line, not empty, of a length that fits a column; else None."""
    name = " ".join(text.split())
    return name if name.isprintable() and 0 < len(name) <= _NAME_AT_MOST else None


def read_tokens(path: Path) -> dict[bytes, str]:
    """Hash of each token -> whose it is. Raises ConfigError, without a word of what is in the file."""
    try:
        if path.stat().st_mode & 0o077 and path.parent != Path(os.environ.get("CREDENTIALS_DIRECTORY") or CREDENTIALS):
            raise ConfigError(f"web.token_file: {path} can be read by others: chmod 600 {path}")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"web.token_file: {path} cannot be read: {error.__class__.__name__}") from error
    found = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        said, _, token = line.strip().rpartition(" ")
        name = printable_name(said)
        if name is None or len(token) < SHORTEST_TOKEN:
            least = f"a name, a blank and a token of at least {SHORTEST_TOKEN} characters"
            raise ConfigError(f"write {least}", file=str(path), line=number)
        found[sha256(token.encode()).digest()] = name
    if not found:
        raise ConfigError(f"web.token_file: {path} names nobody: write a line each, a name, a blank and a token")
    return found


class Doorkeeper:
    """Knows visitors, and gives passes to those who bring a token. Raises ConfigError where tokens cannot be read."""

    def __init__(self, web: Web, local_name: str) -> None:
        self._web = web
        self._local_name = local_name
        self._tokens = read_tokens(web.token_file) if web.token_file else {}
        self._key = secrets.token_bytes(32)

    stranger = Visitor("", is_known=False)
    """Whoever asks for a page that is open to everybody."""

    @property
    def takes_tokens(self) -> bool:
        """Whether one can sign in here, and is not signed in elsewhere."""
        return bool(self._tokens)

    def visitor(self, request: Request, now: datetime) -> Visitor | None:
        """Who asks; None where that must be known and is not."""
        name = self._named_by_proxy(request) or self._by_token(request) or self._by_pass(request, now)
        if name is not None:
            return Visitor(name, is_known=True)
        return None if self._web.asks_who else Visitor(self._local_name, is_known=False)

    def name_of(self, token: str) -> str | None:
        """Whose token this is."""
        own = sha256(token.encode()).digest()
        found = [name for known, name in self._tokens.items() if hmac.compare_digest(known, own)]
        return found[0] if found else None

    def issue_pass(self, name: str, now: datetime) -> str:
        """A cookie's value that says who somebody is, for half a day."""
        said = f"{quote(name, safe='')}|{int((now + PASS_LASTS).timestamp())}"
        return f"{said}|{self._seal(said)}"

    def _named_by_proxy(self, request: Request) -> str | None:
        header = self._web.user_header
        if header is None or request.client is None or not self._web.is_proxy(request.client.host):
            return None
        return printable_name(request.headers.get(header, ""))

    def _by_token(self, request: Request) -> str | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return self.name_of(token.strip()) if kind.lower() == "bearer" else None

    def _by_pass(self, request: Request, now: datetime) -> str | None:
        said, _, seal = request.cookies.get(PASS, "").rpartition("|")
        if not self._tokens or not hmac.compare_digest(self._seal(said), seal.encode("ascii", "replace").decode()):
            return None
        name, _, expires = said.partition("|")
        return unquote(name) if int(expires) > now.timestamp() else None

    def _seal(self, said: str) -> str:
        return hmac.new(self._key, said.encode(), sha256).hexdigest()
