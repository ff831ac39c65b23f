"""The folder for what could not be taken: each file with a `<name>.reason.json` beside it that a person can act on.

A file that was read is written here from its bytes (the journal has them too); one that could not be read is moved here
as it is. Both may be done again after a crash: the same bytes with the same name are the same file, and the reason is
written before a file is moved, so that nothing ever lies here unexplained. Channels are taken beside each other: a name
that one of them is writing is no other's.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Protocol

from gateway.transports.base import Entry
from gateway.transports.durable import make_durable, told

_REASON = ".reason.json"

# The places that are being written at this moment, by whatever thread of this process; no other process writes here.
_IN_HAND: set[Path] = set()
_CHOOSING = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a file lies in quarantine: a code of findings.CODES, what is wrong, where in the file, what to do."""

    code: str
    message: str
    place: str
    remedy: str


class Giving(Protocol):
    """Where something lies that can be moved away as it is: an inbox of any kind."""

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move it to a local place."""


class Quarantine:
    """One folder. Names in it are labels, a number is added where a name is taken by another file."""

    def __init__(self, folder: Path) -> None:
        """The folder has to be there, on the same file system as the inboxes."""
        self._folder = folder

    def keep(self, label: str, pieces: Callable[[], Iterable[bytes]], reason: Reason) -> Path:
        """Write a file that was read, piece by piece, and its reason. Returns where; raises TransportError."""
        with told("write into", self._folder), self._place(label, lambda path: _holds(path, pieces())) as path:
            self._explain(path, reason)
            make_durable(path, pieces())
        return path

    def set_aside(self, source: Giving, entry: Entry, reason: Reason) -> Path:
        """Move something that could not be read, whatever it is, and write its reason. Raises TransportError."""
        with self._place(entry.label) as path:
            with told("write into", self._folder):
                self._explain(path, reason)
            source.set_aside(entry, path)
        return path

    @contextmanager
    def _place(self, label: str, is_it: Callable[[Path], bool] = lambda _: False) -> Iterator[Path]:
        """The first place that is free, or the file itself by `is_it`; nobody else gets it meanwhile."""
        with _CHOOSING, told("look into", self._folder):
            free = (path for path in self._places(label) if path not in _IN_HAND)
            path = next(path for path in free if _is_free(path) or is_it(path))
            _IN_HAND.add(path)
        try:
            yield path
        finally:
            with _CHOOSING:
                _IN_HAND.discard(path)

    def _explain(self, path: Path, reason: Reason) -> None:
        text = json.dumps(asdict(reason), ensure_ascii=False, indent=2) + "\n"
        make_durable(path.with_name(path.name + _REASON), (text.encode(),))

    def _places(self, label: str) -> Iterator[Path]:
        # A file that came under such a name must not be taken for the reason of another.
        safe = f"{label}.file" if label.endswith(_REASON) else label
        yield self._folder / safe
        for number in count(2):
            yield self._folder / f"{safe}.{number}"


def _is_free(path: Path) -> bool:
    return not os.path.lexists(path)


def _holds(path: Path, pieces: Iterable[bytes]) -> bool:
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as file:
        return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)
