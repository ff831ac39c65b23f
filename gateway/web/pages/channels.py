"""Channels: whether files come and go, what waits, and the quarantine with a way back for each file."""

from collections.abc import Iterable
from itertools import islice
from shlex import quote

from starlette.responses import Response

from gateway.errors import InputError
from gateway.queries import Json, quarantined
from gateway.queries.channel_views import channels as all_channels
from gateway.web.screen import Screen, changes, shows

_AT_MOST = 100  # files in quarantine on one page


def channels(screen: Screen) -> Response:
    """The page."""
    rows = all_channels(screen.instance)
    held = list(islice(quarantined.quarantined(screen.config, screen.journal), _AT_MOST + 1))
    return screen.page(
        "channels.html",
        title="Channels",
        command="channels list",
        rows=rows,
        held=held[:_AT_MOST],
        is_more=len(held) > _AT_MOST,
        names=_folders(rows),
    )


def quarantined_file(screen: Screen) -> Response:
    """One file in quarantine: why it lies there, and how it begins."""
    name = screen.path("name")
    found, data = quarantined.content(screen.config, screen.journal, name)
    return screen.page(
        "quarantined.html",
        title=name,
        command=f"quarantine show {quote(name)}",
        trail=[("/channels", "Channels"), ("/channels#quarantine", "Quarantine")],
        each=found,
        begins=quarantined.beginning(data),
        names=_folders(all_channels(screen.instance)),
    )


def raw(screen: Screen) -> Response:
    """The bytes of a file in quarantine, to be saved."""
    name = screen.path("name")
    return screen.download(quarantined.content(screen.config, screen.journal, name)[1], name)


def _folders(rows: Iterable[Json]) -> list[str]:
    """The channels that are folders: a file may be put into them."""
    return [row["channel"] for row in rows if row["kind"] != "sftp"]


def release(screen: Screen) -> Response:
    """Give a file back to its channel."""
    name, channel = screen.field("name", at_most=255), screen.field("channel") or None
    reason, who = screen.reason(), screen.who
    if not name:
        raise InputError("say which file")
    with screen.changing() as instance:
        plan = quarantined.release(instance, name, reason, who, channel)
    return screen.go("/channels", done=f"{name} waits in channel {plan['channel']} and is taken with the next look.")


ADDRESSES = (
    shows("/channels", channels),
    shows("/channels/quarantine/{name}", quarantined_file),
    shows("/channels/quarantine/{name}/raw", raw),
    changes("/channels/release", release),
)
