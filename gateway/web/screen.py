"""What a page function is handed: the instance to look at, who asks, the time, and the way to answer.

A page reads through a read-only connection that is opened for it alone. A change opens a writing one, one at a time,
and goes through the same functions as the command line; it must say why, and the journal keeps that and the name.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway.config import Config
from gateway.errors import InputError
from gateway.instance import Clock, Instance, mappings_of
from gateway.journal import Journal
from gateway.mapping.library import Mappings
from gateway.pipeline import Catalogue
from gateway.register import Register
from gateway.web.guard import Forms
from gateway.web.templating import Pages
from gateway.web.visitors import Doorkeeper, Visitor, printable_name

NAME = "gateway-name"
_REASON_AT_MOST = 500


@dataclass
class Console:
    """What all pages share while the console runs."""

    config: Config
    clock: Clock
    pages: Pages
    doorkeeper: Doorkeeper
    register: Register
    forms: Forms = field(default_factory=Forms)
    writing: Lock = field(default_factory=Lock)
    catalogue: Catalogue = field(default_factory=Catalogue)

    @property
    def mappings(self) -> Mappings:
        """The mappings as they are now."""
        return self._mappings

    def __post_init__(self) -> None:
        self._mappings = mappings_of(self.config.folder)


@dataclass
class Screen:
    """One request of one visitor."""

    console: Console
    request: Request
    visitor: Visitor
    journal: Journal
    now: datetime
    visit: str
    form: Mapping[str, Any] = field(default_factory=dict)
    is_whole: bool = True
    """Whether the register knows everything that the journal does."""

    # What there is to look at

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.console.config

    @property
    def mappings(self) -> Mappings:
        """The mappings and guides."""
        return self.console.mappings

    @property
    def instance(self) -> Instance:
        """The instance over the read-only connection of this request, for queries that want one."""
        return Instance(self.config, self.journal, self.mappings, lambda: self.now, self.console.catalogue)

    @property
    def register(self) -> Register:
        """The register of orders, documents and cases, for lists that are searched and sorted."""
        return self.console.register

    # What was asked

    def path(self, name: str) -> str:
        """A part of the address, as `ID` of /documents/ID."""
        return str(self.request.path_params[name])

    def query(self, name: str, *, at_most: int = 100) -> str:
        """A parameter behind the question mark, stripped and cut; empty where there is none."""
        return self.request.query_params.get(name, "").strip()[:at_most]

    def field(self, name: str, *, at_most: int = 200) -> str:
        """A field of the form that was sent, stripped; empty where there is none. Raises InputError: too long."""
        value = self.form.get(name, "")
        text = value.strip() if isinstance(value, str) else ""
        if len(text) > at_most:
            raise InputError(f"{name} is longer than {at_most} characters: say it shorter")
        return text

    def upload(self, name: str) -> UploadFile | None:
        """A file of the form; None where none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    @property
    def who(self) -> str:
        """Who changes something: as he is known, else as he says himself. Raises InputError where he does not."""
        if self.visitor.is_known:
            return self.visitor.name
        name = printable_name(self.field("who"))
        if name is None:
            raise InputError("say who you are, in at most 60 characters: the journal keeps it")
        return name

    def reason(self) -> str:
        """Why something is changed. Raises InputError where nothing is said."""
        said = " ".join(self.field("reason", at_most=_REASON_AT_MOST).split())
        if not said:
            raise InputError("say why: it is kept for ever, and the next person will want to know")
        return said

    # What is answered

    def page(self, template: str, *, title: str, command: str = "", status: int = 200, **values: Any) -> Response:
        """A page; `command` is what says the same on the command line, without the first word."""
        said = {
            "title": title,
            "command": command,
            "now": self.now,
            "visitor": self.visitor,
            "name": self._own_name(),
            "form_token": self.console.forms.token(self.visit),
            "path": self.request.url.path,
            "head": self.journal.head(),
            "share": 1.0 if self.is_whole else self.register.share_done,
            "notice": self.query("done", at_most=300),
            **values,
        }
        return HTMLResponse(self.console.pages.render(template, said), status)

    def download(self, data: bytes, name: str) -> Response:
        """Bytes as they are, to be saved and never to be shown: nobody interprets what a partner wrote."""
        ascii_name = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in name)
        way = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
        headers = {"content-disposition": way, "content-security-policy": "sandbox; default-src 'none'"}
        return Response(data, media_type="text/plain; charset=utf-8", headers=headers)

    def go(self, path: str, done: str = "") -> Response:
        """Go on to a page of ours after a change, with a word of what was done."""
        mark = "&" if "?" in path else "?"
        answer = RedirectResponse(f"{path}{mark}done={quote(done)}" if done else path, 303)
        if self.form and not self.visitor.is_known and (name := printable_name(self.field("who"))):
            answer.set_cookie(NAME, quote(name), max_age=90 * 86_400, httponly=True, samesite="strict")
        return answer

    def _own_name(self) -> str:
        """The name to begin with where one says it oneself: the last one said, else the user of this machine."""
        from urllib.parse import unquote

        said = printable_name(unquote(self.request.cookies.get(NAME, "")))
        return self.visitor.name if self.visitor.is_known or said is None else said

    # What is changed

    @contextmanager
    def changing(self) -> Iterator[Instance]:
        """The instance over a writing connection, for the functions that the command line calls too.

        Raises Busy where another process is in the way too long. Keep what happens here to one short transaction.
        """
        with self.console.writing, Journal.open(self.config.paths.journal, check=False) as journal:
            yield Instance(self.config, journal, self.mappings, lambda: self.now, self.console.catalogue)


Page = Callable[[Screen], Response]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page is, how it is asked for, and how large a form may be, in bytes."""

    path: str
    page: Page
    method: str = "GET"
    at_most: int = 64_000
    is_open: bool = False


def shows(path: str, page: Page, *, is_open: bool = False) -> Address:
    """A page that is read; an open one is answered to everybody."""
    return Address(path, page, is_open=is_open)


def changes(path: str, page: Page, *, at_most: int = 64_000) -> Address:
    """A form that is sent; `at_most` bytes of it are read."""
    return Address(path, page, "POST", at_most)


def journal_of(path: Path) -> Journal:
    """The journal to look at. Raises JournalError or Busy."""
    return Journal.open(path, read_only=True)
