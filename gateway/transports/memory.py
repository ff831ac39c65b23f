"""A transport in memory: for tests, and for whoever wants to use the pipeline without a file system.

It keeps the contract of the folder transport, with the same values and errors. `drop` plays the far end putting a file,
`eat` plays it taking one.
"""

from datetime import datetime
from pathlib import Path

from gateway.errors import Refused
from gateway.transports.base import Arrival, Entry, Later, Refusal, Staged, check_name, is_staging_name


class MemoryTransport:
    """The two sides of a channel as dictionaries: inbox, staging and outbox, by name."""

    def __init__(self, channel: str, *, max_file: int = 32_000_000) -> None:
        """max_file is in bytes."""
        self._channel = channel
        self._max_file = max_file
        self._drops = 0
        self.inbox: dict[bytes, tuple[Entry, bytes]] = {}
        self.staging: dict[str, bytes] = {}
        self.outbox: dict[str, bytes] = {}

    @property
    def channel(self) -> str:
        """The name of the channel it serves."""
        return self._channel

    def drop(self, name: str | bytes, data: bytes, *, mtime_ns: int | None = None) -> Entry:
        """Put a file as the far end does; without mtime_ns every drop is a nanosecond later than the one before."""
        self._drops += 1
        raw = name.encode() if isinstance(name, str) else name
        moment = self._drops if mtime_ns is None else mtime_ns
        entry = Entry(name=raw, size=len(data), mtime_ns=moment, identity=(self._drops,))
        self.inbox[raw] = (entry, data)
        return entry

    def eat(self, name: str) -> bytes:
        """Take a file as the far end does. Raises KeyError when it was not published."""
        return self.outbox.pop(name)

    def list(self) -> tuple[Entry, ...]:
        """What waits, the oldest first, unfinished names left out."""
        entries = (entry for entry, _ in self.inbox.values() if not is_staging_name(entry.name))
        return tuple(sorted(entries, key=lambda entry: (entry.mtime_ns, entry.name)))

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """The bytes that lie under the entry's name now."""
        if entry.name not in self.inbox:
            return Later(entry=entry, message="it is no longer there")
        found, data = self.inbox[entry.name]
        if len(data) > self._max_file:
            return Refusal(
                entry=found,
                code="file-too-large",
                message=f"{found.label} has {len(data)} bytes, more than the {self._max_file} of its channel",
                remedy="ask for smaller files, or raise max_file",
            )
        return Arrival(entry=found, data=data, channel=self._channel, seen_at=seen_at)

    def stage(self, name: str, data: bytes) -> Staged:
        """Keep a file that the far end does not see yet."""
        self._refuse_to_overwrite(check_name(name), data)
        self.staging[name] = data
        return Staged(name)

    def publish(self, staged: Staged) -> None:
        """Let the far end see it."""
        if staged.name not in self.staging:
            raise Refused(f"{staged.name} was not staged, or is published already")
        self._refuse_to_overwrite(staged.name, self.staging[staged.name])
        self.outbox[staged.name] = self.staging.pop(staged.name)

    def is_published(self, staged: Staged) -> bool:
        """Whether it has left the staging."""
        return staged.name not in self.staging

    def settle(self, entry: Entry) -> bool:
        """Remove an entry if it is still the same drop."""
        if entry.name in self.inbox and self.inbox[entry.name][0] != entry:
            return False
        self.inbox.pop(entry.name, None)
        return True

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Write an entry to a real place and remove it."""
        if target.exists():
            raise Refused(f"{target} is there already: choose another name")
        if entry.name in self.inbox:
            target.write_bytes(self.inbox.pop(entry.name)[1])

    def _refuse_to_overwrite(self, name: str, data: bytes) -> None:
        if self.outbox.get(name, data) != data:
            raise Refused(f"{name} is there already: move it away, then run again")
