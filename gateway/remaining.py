"""What is taken and still lies in its inbox: kept beside the journal, so that only its removal is tried again.

A folder may let us read and not remove. Such a file is never read a second time, by no later poll and by no later
process: it is known by its name, size, time and identity. What the journal does not know, because a backup was
restored meanwhile, is not believed to be taken. Written only when something cannot be removed, and then durably.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from gateway.instance import Instance
from gateway.journal import Journal
from gateway.transports.around import Around
from gateway.transports.base import Entry, Transport
from gateway.transports.durable import make_durable, told
from gateway.transports.quarantine import Reason


class Source(Protocol):
    """Where files come from, as far as taking has to do with it afterwards."""

    def settle(self, entry: Entry) -> bool:
        """Remove what was fetched and is stored."""

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move something that cannot be read to a local place."""


@dataclass(frozen=True)
class Taken:
    """A file that is committed and not yet removed; with a reason it still has to be copied to quarantine.

    head is the last entry of the journal before it.
    """

    entry: Entry
    head: int
    sha256: str
    reason: Reason | None = None

    def put_away(self, source: Source, instance: Instance, remaining: "Remaining") -> None:
        """Quarantine copy first, then out of the inbox: at no moment is the file nowhere. Raises GatewayError."""
        if self.reason is not None:
            pieces = partial(instance.journal.pieces_of, self.sha256)  # it may be large, and once in memory is enough
            instance.quarantine.keep(self.entry.label, pieces, self.reason)
            remaining.add([replace(self, reason=None)])  # a person may move the copy: it comes once
        source.settle(self.entry)
        remaining.drop(self)


@dataclass(frozen=True)
class SetAside:
    """Something that cannot be read, whose refusal is committed, and that still has to be moved to quarantine.

    head is the last entry of the journal before it.
    """

    entry: Entry
    head: int
    reason: Reason

    def put_away(self, source: Source, instance: Instance, remaining: "Remaining") -> None:
        """Move it as it is. Raises GatewayError."""
        instance.quarantine.set_aside(source, self.entry, self.reason)
        remaining.drop(self)


Lying = Taken | SetAside


class Remaining:
    """The memory of one channel."""

    def __init__(self, journal: Path, channel: str) -> None:
        """`journal` is the path of the journal that it lies beside."""
        self._path = journal.with_name(f"{journal.name}.taken-{channel}")
        self._known: dict[bytes, Lying] = {}
        self._saved: Mapping[bytes, Lying] = {}
        self.lying: Sequence[Lying] = ()
        """What was known at the last listing, and lay there."""

    def read(self, journal: Journal) -> None:
        """Know what an earlier process knew, as far as the journal has it. Raises JournalError, TransportError."""
        with told("read", self._path):
            found = _parsed(self._path.read_bytes()) if self._path.exists() else []
        self._saved = {taken.entry.name: taken for taken in found}
        self._known = {name: taken for name, taken in self._saved.items() if is_committed(journal, taken)}

    def adopt(self, earlier: "Remaining") -> None:
        """Know what another of the same channel knew, and nothing else."""
        self._known = dict(earlier._known)

    def add(self, taken: Iterable[Lying]) -> None:
        """These are committed; in memory only, until `save`."""
        self._known.update((each.entry.name, each) for each in taken)

    def drop(self, taken: Lying) -> None:
        """This one lies there no more."""
        self._known.pop(taken.entry.name, None)

    def save(self) -> None:
        """Write down what changed, durably. Raises TransportError, GatewayError where an fsync failed."""
        if self._known == self._saved:
            return
        with told("write", self._path):
            make_durable(self._path, (json.dumps([_plain(taken) for taken in self._known.values()]).encode(),))
        self._saved = dict(self._known)

    def sift(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Those of a listing that are not taken yet; the others are `lying`."""
        known = {entry: taken for entry in entries if (taken := self._known.get(entry.name)) and taken.entry == entry}
        self.lying = tuple(known.values())
        return tuple(entry for entry in entries if entry not in known)


class Sifted(Around):
    """A transport that lists only what is not taken yet: the rest is not read again and uses up no quota."""

    def __init__(self, inner: Transport, remaining: Remaining) -> None:
        super().__init__(inner)
        self._remaining = remaining

    def list(self) -> tuple[Entry, ...]:
        """What waits and is not taken yet, the oldest first."""
        self._remaining.lying = ()
        return self._remaining.sift(super().list())


def is_committed(journal: Journal, taken: Lying) -> bool:
    """Whether the journal has it, and has it since then."""
    if isinstance(taken, SetAside):
        return journal.head()[0] > taken.head
    return any(int(known.id) > taken.head for known in journal.files_of(taken.sha256))


def _plain(taken: Lying) -> Mapping[str, Any]:
    entry = {**asdict(taken.entry), "name": taken.entry.name.hex()}
    return {"sha256": None, **asdict(taken), "entry": entry}  # what was never read has none


def _parsed(data: bytes) -> list[Lying]:
    """What is written there; nothing, where somebody has spoilt it: then a file is at worst answered twice."""
    try:
        return [_taken(about) for about in json.loads(data)]
    except (ValueError, KeyError, TypeError):
        return []


def _taken(about: Mapping[str, Any]) -> Lying:
    known, head, digest, reason = (about[key] for key in ("entry", "head", "sha256", "reason"))
    entry = Entry(**{**known, "name": bytes.fromhex(known["name"]), "identity": tuple(known["identity"])})
    if digest is None:
        return SetAside(entry, head, Reason(**reason))
    return Taken(entry, head, digest, reason and Reason(**reason))
