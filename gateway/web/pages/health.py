"""Health: for machines 200 and a word of JSON while the journal can be read; for people a page that says more.

It is open to everybody, for a monitoring system signs in nowhere; to whom nobody vouches for it says no more than ok.
"""

import shutil
import sqlite3

from starlette.responses import JSONResponse, Response

from gateway import __version__
from gateway.daemon.health import Vitals, report
from gateway.web.screen import Screen, shows


def health(screen: Screen) -> Response:
    """Whether all is well."""
    well, said = report(screen.config, Vitals())
    wants_page = "text/html" in screen.request.headers.get("accept", "")
    is_stranger = not screen.visitor.name
    if is_stranger or not wants_page:
        shown = {"status": said["status"]} if is_stranger else said
        return JSONResponse(shown, 200 if well else 503)
    journal = screen.config.paths.journal
    free = shutil.disk_usage(journal.parent).free
    return screen.page(
        "health.html",
        title="Health",
        command="doctor",
        status=200 if well else 503,
        said=said,
        facts=[
            ("Gateway", __version__),
            ("SQLite", sqlite3.sqlite_version),
            ("Journal", f"{journal.name}, {_size(journal.stat().st_size)}"),
            ("Entries", f"{said.get('entries', 0):,}"),
            ("Free beside it", _size(free)),
            ("Register", f"{screen.register.share_done * 100:.0f} % of the journal"),
            ("Instance", screen.journal.instance),
            ("Configuration", screen.config.file.name),
        ],
        health_port=screen.config.daemon.health_port,
        low=free < screen.config.daemon.low_water,
    )


def _size(count: int) -> str:
    """A number of bytes as people read it, 12.3 MB; the step is a thousand."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= step:
            return f"{count / step:,.1f} {unit}"
    return f"{count} bytes"


ADDRESSES = (shows("/health", health, is_open=True),)
