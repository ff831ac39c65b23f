"""Mappings: what each guide does with its messages, and a sample tried without anything being stored."""

from typing import Any

from starlette.responses import Response

from gateway.errors import ConfigError, InputError, NotFound
from gateway.queries import Json
from gateway.queries.mapping_rows import messages_of, rows_of
from gateway.queries.trials import LARGEST, try_sample
from gateway.web.pages.document import with_ids
from gateway.web.screen import Screen, changes, shows

_FORM = LARGEST + 200_000  # bytes: the sample, and what a form wraps around it


def mappings(screen: Screen) -> Response:
    """The guides in use, and the rows of a message that is asked for."""
    guide, message = screen.query("guide"), screen.query("message")
    rows: list[Json] = []
    if guide:
        if guide not in _guides(screen):
            raise NotFound(f"no partner here uses a guide {guide}")
        rows = list(rows_of(screen.mappings, guide, message)) if message else []
    return _page(screen, guide=guide, message=message, rows=rows)


def try_it(screen: Screen) -> Response:
    """Read a sample; nothing of it is kept."""
    upload = screen.upload("file")
    if upload:
        with upload.file as file:
            data = file.read(LARGEST + 1)
    else:
        data = screen.field("text", at_most=LARGEST).encode()
    guide = screen.field("guide")
    if guide and guide not in _guides(screen):
        raise NotFound(f"no partner here uses a guide {guide}")
    if not data:
        raise InputError("choose a file, or paste what is in it")
    if len(data) > LARGEST:
        raise InputError(f"the sample is larger than {LARGEST // 1_000_000} MB: take a part of it")
    found = try_sample(data, screen.config, screen.mappings, guide)
    for each in found.get("messages", ()):
        each["anatomy"] = with_ids(each["anatomy"])
    name = upload.filename if upload and upload.filename else "what was pasted"
    return _page(screen, guide=guide, message="", rows=[], tried=found, sample=name[:200])


def _page(
    screen: Screen, *, guide: str, message: str, rows: list[Json], tried: Json | None = None, **more: Any
) -> Response:
    option = f" --guide {guide}" if guide else ""
    user = next((partner.name for partner in screen.config.partners.values() if partner.guide == guide), "")
    return screen.page(
        "mappings.html",
        title="Mappings",
        command=f"partners show {user} --rows {message}" if message else f"trace FILE{option}",
        guides=[_guide(screen, name) for name in _guides(screen)],
        asked={"guide": guide, "message": message},
        rows=rows,
        tried=tried,
        largest=LARGEST,
        folder=screen.config.folder,
        sample=more.get("sample", ""),
    )


def _guides(screen: Screen) -> list[str]:
    return list(dict.fromkeys(partner.guide for partner in screen.config.partners.values()))


def _guide(screen: Screen, name: str) -> Json:
    """A guide with its messages, or with what is wrong in it."""
    partners = [partner.name for partner in screen.config.partners.values() if partner.guide == name]
    try:
        messages, wrong = messages_of(screen.mappings, name), None
    except ConfigError as error:
        messages, wrong = [], str(error)
    title = screen.mappings.guide(name).title if wrong is None else name
    return {"name": name, "title": title, "partners": partners, "messages": messages, "wrong": wrong}


ADDRESSES = (shows("/mappings", mappings), changes("/mappings", try_it, at_most=_FORM))
