"""What is in hand at this moment, kept beside the journal, so that a start after a crash knows what it died on.

A file can kill the process that reads it (memory, time, a fault in a library), and would do so again after every start.
So the bytes of each group are written here before they are parsed, what became of each before they are committed, and
all is wiped when they are gone from their inbox, or remembered elsewhere. A start thus tells a file that was being read
(R23) from one that was taken and only not removed yet, which must not be answered twice. Nothing is fsynced: a crash of
the process leaves what it wrote, and a power cut is not a file's doing.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from gateway.transports.base import Arrival, Entry
from gateway.transports.durable import told
from gateway.transports.quarantine import Reason


@dataclass(frozen=True)
class Left:
    """A file that was in hand when the process died.

    head is the last entry of the journal before it, reason why it was refused, if it was concluded and that was so.
    """

    name: bytes
    mtime_ns: int
    data: bytes
    head: int
    identity: tuple[int, ...] = ()
    is_concluded: bool = False
    reason: Reason | None = None

    @property
    def sha256(self) -> str:
        """The hash that tells these bytes from others."""
        return sha256(self.data).hexdigest()

    @property
    def entry(self) -> Entry:
        """The file as it was read."""
        return Entry(name=self.name, size=len(self.data), mtime_ns=self.mtime_ns, identity=self.identity)


class Underway:
    """The note of one channel: which files its reader has in hand, and since when."""

    def __init__(self, journal: Path, channel: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`monotonic` is in seconds."""
        self._path = journal.with_name(f"{journal.name}.underway-{channel}")
        self._counted = self._path.with_name(f"{self._path.name}.counted")
        self._monotonic = monotonic
        self._since: float | None = None
        self._descriptor: int | None = None
        self.is_concluded = False
        """Whether it says what became of its files: they may be committed."""

    @property
    def seconds(self) -> float:
        """For how long the file that is being read has been; 0 where none is."""
        since = self._since
        return 0.0 if since is None else self._monotonic() - since

    def note(self, arrivals: Sequence[Arrival], head: int) -> None:
        """Keep these files from now on; `head` is the last entry of the journal. Raises Unreachable or Refused."""
        if not arrivals:
            return
        self.is_concluded = False
        self._close()
        with told("write", self._path):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o600)
            for arrival in arrivals:
                entry = arrival.entry
                about = {"name": entry.name.hex(), "mtime_ns": entry.mtime_ns, "size": len(arrival.data), "head": head}
                _write(self._descriptor, json.dumps({**about, "identity": entry.identity}).encode() + b"\n")
                _write(self._descriptor, arrival.data)
        self._since = self._monotonic()

    def go_on(self) -> None:
        """The next file of the group is being read from now on."""
        self._since = self._monotonic()

    def conclude(self, reasons: Sequence[Reason | None]) -> None:
        """Say of the files, in their order, why each was refused, before that is committed. Raises TransportError.

        Those of the group beyond are not in hand any more.
        """
        self._since = None
        if self._descriptor is not None:
            with told("write", self._path):
                said = [reason and asdict(reason) for reason in reasons]
                _write(self._descriptor, json.dumps({"concluded": said}).encode() + b"\n")
            self.is_concluded = True

    def wipe(self) -> None:
        """Nothing is in hand any more. Raises Unreachable."""
        self._since, self.is_concluded = None, False
        try:
            if self._descriptor is not None:
                with told("empty", self._path):
                    os.ftruncate(self._descriptor, 0)
        finally:
            self._close()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def left(self) -> list[Left]:
        """What a process that died had in hand. Raises Unreachable or Refused."""
        with told("read", self._path):
            for path in (self._counted, self._path):
                if path.exists():
                    return _read(path.read_bytes())
        return []

    @property
    def is_counted(self) -> bool:
        """Whether an earlier start has counted this crash, and died before it had forgotten it."""
        return self._counted.exists()

    def count(self) -> None:
        """This crash is in the journal now. Raises Unreachable or Refused."""
        with told("rename", self._path):
            self._path.rename(self._counted)

    def forget(self) -> None:
        """Wipe it: what was left is known. Raises Unreachable or Refused."""
        with told("remove", self._path):
            self._path.unlink(missing_ok=True)
            self._counted.unlink(missing_ok=True)


def _write(descriptor: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]


def _read(data: bytes) -> list[Left]:
    """The files noted; one whose note was cut short was not being read yet."""
    try:
        return list(_files(data))
    except (ValueError, KeyError, TypeError):
        return []  # a power cut may leave anything in a file that is not fsynced, and is no file's doing


def _files(data: bytes) -> Iterator[Left]:
    left: list[Left] = []
    at = 0
    while (end := data.find(b"\n", at)) >= 0:
        about = json.loads(data[at:end])
        at = end + 1
        if "concluded" in about:
            for file, said in zip(left, about["concluded"], strict=False):  # what was put off is not in hand
                yield replace(file, is_concluded=True, reason=said and Reason(**said))
            return
        if about["size"] < 0:
            raise ValueError("no file is shorter than nothing")
        at += about["size"]
        if at <= len(data):
            name = bytes.fromhex(about["name"])
            left.append(Left(name, about["mtime_ns"], data[end + 1 : at], about["head"], tuple(about["identity"])))
    yield from left
