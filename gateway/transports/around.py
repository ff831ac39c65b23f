"""A transport around another: whatever it does not do otherwise, the inner one does."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.transports.base import Arrival, Entry, Later, Refusal, Staged, Transport, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Restless(Entry):
    """A file that has been there for too long without being taken, and why: a clause after its name."""

    why: str

    @classmethod
    def of(cls, entry: Entry, why: str) -> "Restless":
        """This file, for this reason."""
        return cls(name=entry.name, size=entry.size, mtime_ns=entry.mtime_ns, identity=entry.identity, why=why)


class Around:
    """Hands every verb on. What stands around a transport derives from this and changes what it is there for."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    @property
    def channel(self) -> str:
        """The name of the channel it serves."""
        return self._inner.channel

    def list(self) -> tuple[Entry, ...]:
        """What waits, the oldest first."""
        return self._inner.list()

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """The bytes of an entry."""
        return self._inner.fetch(entry, seen_at)

    def together(self) -> AbstractContextManager[None]:
        """What is staged or published inside is durable at its end."""
        return together(self._inner)

    def stage(self, name: str, data: bytes) -> Staged:
        """Make a file durable, not yet visible."""
        return self._inner.stage(name, data)

    def publish(self, staged: Staged) -> None:
        """Make a staged file visible."""
        self._inner.publish(staged)

    def is_published(self, staged: Staged) -> bool:
        """Whether a staged file has been published."""
        return self._inner.is_published(staged)

    def settle(self, entry: Entry) -> bool:
        """Remove what was fetched and is stored."""
        return self._inner.settle(entry)

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move something that cannot be read to a local place."""
        self._inner.set_aside(entry, target)
