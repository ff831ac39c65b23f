"""Documents: everything that came and went, narrowed by what one knows of it, the newest first."""

from collections.abc import Mapping
from datetime import date
from shlex import quote
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.errors import InputError
from gateway.queries.document_lists import STATES
from gateway.web.screen import Screen, shows

_PAGE = 50
_STATES: dict[str, Mapping[str, Any]] = {**STATES, "parked": {"parked": True}}
_FILTERS = ("q", "type", "partner", "direction", "state", "since", "until")


def documents(screen: Screen) -> Response:
    """The list, a page at a time by id."""
    asked = {name: screen.query(name) for name in _FILTERS}
    state = asked["state"] if asked["state"] in _STATES else ""
    before = screen.query("before")
    if before and not (before.isascii() and before.isdecimal()):
        raise InputError(f"{before!r} is no id of a document")
    filters: dict[str, Any] = {
        "type": asked["type"] or None,
        "partner": asked["partner"] or None,
        "direction": asked["direction"] or None,
        "before": before or None,
        **_STATES.get(state, {}),
        **_days(asked),
    }
    rows = screen.register.documents(search=asked["q"] or None, limit=_PAGE + 1, **filters)
    more = rows[_PAGE - 1]["id"] if len(rows) > _PAGE else None
    counts = screen.register.count_documents()
    said = {name: value for name, value in asked.items() if value}
    return screen.page(
        "documents.html",
        title="Documents",
        command=_command(asked),
        rows=rows[:_PAGE],
        asked=asked,
        states=_STATES,
        counts={name: count for name, count in counts.items() if name in _STATES},
        chip_base=urlencode({name: value for name, value in said.items() if name != "state"}),
        types=screen.register.document_types(),
        names=[*screen.config.partners, *screen.config.sellers],
        older=f"/documents?{urlencode({**said, 'before': more})}" if more else None,
        newest=f"/documents?{urlencode(said)}" if before else None,
        is_narrowed=bool(said),
    )


def _days(asked: dict[str, str]) -> dict[str, str]:
    """The days that were given. Raises InputError for what is none."""
    found = {}
    for name in ("since", "until"):
        if asked[name]:
            try:
                found[name] = date.fromisoformat(asked[name]).isoformat()
            except ValueError as error:
                raise InputError(f"{asked[name]!r} is no day: write 2026-11-20") from error
    return found


def _command(asked: dict[str, str]) -> str:
    """What lists the same on the command line, as far as it has the same filters."""
    names = ("type", "partner", "direction", "state", "since", "until")
    options = [("q", "--number"), *((name, f"--{name}") for name in names)]
    said = [f"{option} {quote(asked[name])}" for name, option in options if asked[name]]
    return " ".join(["documents list", *said])


ADDRESSES = (shows("/documents", documents),)
