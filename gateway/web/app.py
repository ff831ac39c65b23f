"""The application: addresses from pages/, behind the guard, each answered in a thread with a connection of its own.

Whatever goes wrong becomes a plain page with a sentence: our errors say what to do, and a fault of ours says so.
"""

import sys
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.config import Config
from gateway.errors import Busy, Conflict, GatewayError, InputError, JournalError, NotFound
from gateway.instance import Clock, system_clock
from gateway.register import Register
from gateway.web.guard import VISIT, Guard
from gateway.web.pages import ADDRESSES
from gateway.web.screen import Address, Console, Screen, journal_of
from gateway.web.static import serve_file
from gateway.web.templating import Pages
from gateway.web.visitors import PASS, PASS_LASTS, Doorkeeper

# The nearest class counts: which status an error of ours has.
_STATUS: Mapping[type[GatewayError], int] = {
    NotFound: 404,
    Conflict: 409,
    InputError: 400,
    Busy: 503,
    JournalError: 503,
    GatewayError: 500,
}
_FIELDS_AT_MOST = 200


def make_app(config: Config, *, clock: Clock = system_clock, local_name: str = "console") -> ASGIApp:
    """The console of an instance; `local_name` is who sits at this machine. Raises ConfigError: tokens, register."""
    console = Console(
        config=config,
        clock=clock,
        pages=Pages(config),
        doorkeeper=Doorkeeper(config.web, local_name),
        register=Register(config),
    )
    desk = Reception(console)
    routes = [
        Route("/static/{name}", serve_file, methods=["GET"]),
        Route("/sign-in", desk.sign_in, methods=["GET", "POST"]),
        Route("/sign-out", desk.sign_out, methods=["POST"]),
        *(Route(each.path, desk.answer_at(each), methods=[each.method]) for each in ADDRESSES),
    ]
    faults: Any = {HTTPException: desk.no_such_page, Exception: desk.fault}
    app = Starlette(routes=routes, exception_handlers=faults)
    app.state.console = console
    return Guard(app, config.web.host_names)


class Reception:
    """Takes requests, finds out who asks, opens the journal, and turns errors into pages."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def answer_at(self, address: Address) -> Any:
        """The endpoint of an address."""

        async def endpoint(request: Request) -> Response:
            form: Mapping[str, Any] = {}
            if address.method == "POST":
                try:
                    form = await read_form(request, address.at_most)
                except TooLargeError:
                    return self._plain(request, 413, f"The form is larger than {address.at_most // 1000} kB.")
                except (MultiPartException, HTTPException, ClientDisconnect, UnicodeDecodeError):
                    return self._plain(request, 400, "The form cannot be read.")
            try:
                return await run_in_threadpool(self._answer, address, request, form)
            finally:
                await request.close()  # what was uploaded lies in files of its own

        return endpoint

    def _answer(self, address: Address, request: Request, form: Mapping[str, Any]) -> Response:
        console, now = self._console, self._console.clock()
        visitor = console.doorkeeper.visitor(request, now)
        if visitor is None and not address.is_open:
            if console.doorkeeper.takes_tokens and request.method == "GET":
                return RedirectResponse("/sign-in", 303)
            return self._plain(request, 401, "This console answers only to those it knows: sign in first.")
        visit, is_new = console.forms.begin(request)
        if address.method == "POST":
            refusal = console.forms.refusal(request, str(form.get("form_token", "")))
            if refusal:
                return self._plain(request, 403, f"Nothing was changed. {refusal}")
        try:
            with journal_of(console.config.paths.journal) as journal:
                is_whole = console.register.keep_up(journal)
                known = visitor or console.doorkeeper.stranger
                screen = Screen(console, request, known, journal, now, visit, form, is_whole)
                answer = address.page(screen)
        except GatewayError as error:
            answer = self._plain(request, _status_of(error), _sentence(error, changing=address.method == "POST"))
        if is_new:
            secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
            answer.set_cookie(VISIT, visit, httponly=True, samesite="strict", secure=secure)
        return answer

    async def sign_in(self, request: Request) -> Response:
        """Trade a token for a pass."""
        console, now = self._console, self._console.clock()
        visit, is_new = console.forms.begin(request)
        said, status = "", 200
        if request.method == "POST":
            try:
                form = await read_form(request, 4_000)
            except (TooLargeError, MultiPartException, HTTPException):
                return self._plain(request, 413, "The form is too large.")
            said = console.forms.refusal(request, str(form.get("form_token", ""))) or ""
            name = console.doorkeeper.name_of(str(form.get("token", "")).strip())
            if not said and name is not None:
                answer: Response = RedirectResponse("/", 303)
                answer.set_cookie(
                    PASS,
                    console.doorkeeper.issue_pass(name, now),
                    max_age=int(PASS_LASTS.total_seconds()),
                    httponly=True,
                    samesite="strict",
                    secure=request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https",
                )
                return answer
            said, status = said or "Nobody has this token.", 403
        text = console.pages.render("sign_in.html", {"said": said, "form_token": console.forms.token(visit)})
        answer = HTMLResponse(text, status)
        if is_new:
            answer.set_cookie(VISIT, visit, httponly=True, samesite="strict")
        return answer

    async def sign_out(self, request: Request) -> Response:
        """Give the pass back."""
        form = await read_form(request, 4_000)
        refusal = self._console.forms.refusal(request, str(form.get("form_token", "")))
        if refusal:
            return self._plain(request, 403, refusal)
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(PASS)
        return answer

    async def no_such_page(self, request: Request, error: HTTPException) -> Response:
        """There is no page at this address, or not for this method."""
        text = "There is no such page." if error.status_code == 404 else HTTPStatus(error.status_code).phrase
        return self._plain(request, error.status_code, text)

    async def fault(self, request: Request, error: Exception) -> Response:
        """A fault of ours: the sentence for the reader, the traceback for the log."""
        traceback.print_exception(error, file=sys.stderr)
        return self._plain(request, 500, f"A fault of the console itself: {type(error).__name__}. Its log says more.")

    def _plain(self, request: Request, status: int, said: str) -> Response:
        text = self._console.pages.render(
            "error.html",
            {"status": status, "phrase": HTTPStatus(status).phrase, "said": said, "path": request.url.path},
        )
        headers = {"retry-after": "5"} if status == 503 else None
        return HTMLResponse(text, status, headers=headers)


class TooLargeError(Exception):
    """More was sent than this form may hold."""


async def read_form(request: Request, at_most: int) -> Mapping[str, Any]:
    """The fields of a form; no byte beyond `at_most` is kept. Raises TooLargeError, MultiPartException."""
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > at_most:
        raise TooLargeError
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > at_most:
            raise TooLargeError
    request._body = bytes(data)  # where starlette itself keeps a body that was read: form() reads it from there
    return await request.form(max_files=5, max_fields=_FIELDS_AT_MOST, max_part_size=at_most)


def _status_of(error: GatewayError) -> int:
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


def _sentence(error: GatewayError, *, changing: bool) -> str:
    text = str(error)
    if isinstance(error, Busy):
        text = "The gateway is at work and holds the journal. Try again in a moment."
    return f"Nothing was changed: {text}" if changing else text[:1].upper() + text[1:]
