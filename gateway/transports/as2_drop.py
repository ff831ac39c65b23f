"""The folders of an AS2 server that stands beside the gateway, as OpenAS2 lays them out.

    <data>/<their id>-<our id>/inbox/<file>-<Message-ID>    what came
    <data>/<our id>-<their id>/sent/.../<file>-<Message-ID> a copy of what it sent
    <mdn>/<day>/<file>-<Message-ID>                         what the partner's server said of it (MDN, RFC 4130)
    <out>/                                                  what it is to send, put there as into any folder
    <out>/error/.../<file>                                  what it could not send

All that comes is listed and fetched together, each with its kind, so that receipts too leave their folder only after
the journal has them. Folders that the server makes when it first needs them may be missing. Each folder is read as
FolderTransport reads. The name of an entry is that of a message, or a kind and a path below its place.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from gateway.errors import Refused
from gateway.transports.base import Arrival, Entry, Later, Refusal, Staged
from gateway.transports.durable import told
from gateway.transports.folder import FolderTransport

Kind = Literal["message", "receipt", "sent", "error"]

# Days below mdn and sent, years and months below error: no deeper than that.
_DEPTH = 3

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}-")


@dataclass(frozen=True, slots=True, kw_only=True)
class As2Arrival(Arrival):
    """A file of the AS2 server: what kind it is of, the name it was put down under, and the Message-ID in that.

    The Message-ID is None where the name has none, as that of a file which was never sent.
    """

    kind: Kind
    name: str
    message_id: str | None


def message_id_of(name: str) -> str | None:
    """The Message-ID in the name that OpenAS2 gives a file, without angle brackets; None where there is none.

    Both the file's name and the Message-ID may have hyphens and dots, so it is what stands behind the first name ending
    (`850.edi-`) or else behind the first hyphen. The same name always gives the same id. Message-IDs have an @
    (RFC 5322, 3.6.4); the server leaves their angle brackets out of names.
    """
    ending = _ENDING.search(name)
    behind = name[ending.end() :] if ending and "@" in name[ending.end() :] else name.partition("-")[2]
    found = behind.strip("<>")
    before, at, after = found.partition("@")
    return found if before and at and after else None


class As2Drop:
    """A channel to one partner through the folders of an AS2 server."""

    def __init__(
        self,
        channel: str,
        data: Path,
        outbox: Path,
        mdn: Path,
        *,
        ours: str,
        theirs: str,
        max_file: int = 32_000_000,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`ours` and `theirs` are the AS2 ids as the server has them; max_file is in bytes.

        Raises Refused where an id cannot be part of a folder's name.
        """
        for identity in (ours, theirs):
            if not identity or "/" in identity or identity in (".", "..") or "\0" in identity:
                raise Refused(f"{identity!r} cannot be an AS2 id that names a folder: correct config.toml")
        self._channel, self._data = channel, data
        self._max_file, self._pause = max_file, pause
        self._out = self._folder(data, outbox)
        self._places: tuple[tuple[Kind, Path, int], ...] = (
            ("message", data / f"{theirs}-{ours}" / "inbox", 0),
            ("receipt", mdn, _DEPTH),
            ("sent", data / f"{ours}-{theirs}" / "sent", _DEPTH),
            ("error", outbox / "error", _DEPTH),
        )

    @property
    def channel(self) -> str:
        """The name of the channel it serves."""
        return self._channel

    def list(self) -> tuple[Entry, ...]:
        """What came, was said of ours, was sent and was not, the oldest first."""
        with told("look into", self._data):
            self._data.stat()  # with it gone nothing can be said of what is inside
        found = [entry for place in self._places for entry in self._list(*place)]
        return tuple(sorted(found, key=lambda entry: (entry.mtime_ns, entry.name)))

    def waiting(self) -> tuple[Entry, ...]:
        """Only what came from the partner, the oldest first."""
        return tuple(entry for entry in self.list() if self._find(entry)[0] == "message")

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """Read a file; an arrival says of which kind it is."""
        kind, folder, inner = self._find(entry)
        found = folder.fetch(inner, seen_at)
        named = replace(found, entry=replace(found.entry, name=entry.name))
        if not isinstance(named, Arrival):
            return named
        name = inner.name.decode("utf-8", errors="surrogateescape")
        plain = {field.name: getattr(named, field.name) for field in fields(named)}
        return As2Arrival(**plain, kind=kind, name=name, message_id=message_id_of(name))

    def together(self) -> AbstractContextManager[None]:
        """What is staged or published inside is durable at its end."""
        return self._out.together()

    def stage(self, name: str, data: bytes) -> Staged:
        """Make a file durable where the server does not look: it passes over folders inside the one it polls."""
        return self._out.stage(name, data)

    def publish(self, staged: Staged) -> None:
        """Let the server see it."""
        self._out.publish(staged)

    def is_published(self, staged: Staged) -> bool:
        """Whether the server could see it."""
        return self._out.is_published(staged)

    def settle(self, entry: Entry) -> bool:
        """Remove what was fetched and is stored, receipts and copies too: the journal has them."""
        _, folder, inner = self._find(entry)
        return folder.settle(inner)

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move something that cannot be read to a local place."""
        _, folder, inner = self._find(entry)
        folder.set_aside(inner, target)

    def _list(self, kind: Kind, place: Path, depth: int) -> Iterator[Entry]:
        for below in _folders(place, depth):
            # A folder in the inbox is somebody's mistake and is told; elsewhere the server sorts by days.
            known = {os.fsencode(path.name) for path in _inside(place / below)} if depth else set()
            for entry in self._folder(place / below).list():
                if entry.name not in known:
                    path = entry.name if kind == "message" else b"/".join((kind.encode(), *_parts(below), entry.name))
                    yield replace(entry, name=path)

    def _find(self, entry: Entry) -> tuple[Kind, FolderTransport, Entry]:
        """The kind of an entry, its folder, and the entry as that folder knows it."""
        *path, name = entry.name.split(b"/")
        wanted = path[0] if path else b"message"
        for kind, place, _ in self._places:
            if kind.encode() == wanted:
                below = place.joinpath(*map(os.fsdecode, path[1:]))
                return kind, self._folder(below), replace(entry, name=name)
        raise Refused(f"{entry.label} is nothing that this channel lists")

    def _folder(self, inbox: Path, outbox: Path | None = None) -> FolderTransport:
        return FolderTransport(self._channel, inbox, outbox or inbox, max_file=self._max_file, pause=self._pause)


def _folders(place: Path, depth: int) -> Iterator[Path]:
    """A folder and those inside it, as paths below it; none where it is not there (yet), and no links."""
    with told("look into", place):
        if not place.is_dir():
            return
        inside = _inside(place) if depth else []
    yield Path()
    for folder in inside:
        yield from (folder.name / below for below in _folders(folder, depth - 1))


def _inside(place: Path) -> list[Path]:
    """The folders in a folder, the oldest day first, but for hidden ones."""
    with told("look into", place), os.scandir(place) as items:
        names = [item.name for item in items if item.is_dir(follow_symlinks=False) and not item.name.startswith(".")]
    return [place / name for name in sorted(names)]


def _parts(below: Path) -> tuple[bytes, ...]:
    return tuple(os.fsencode(part) for part in below.parts)
