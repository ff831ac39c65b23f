"""Channels of a simulation: a far end that outlives the gateway, and transports that reach it through the weather.

Three kinds keep the contract of the seam. A *folder* renames out of a staging folder. An *sftp* server takes a file
under another name and renames it, and its connection may break on the way. A *blind* server is Amazon's: what is
uploaded is taken at once and nobody can look, so that after a break nobody can tell.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from gateway.errors import Interrupted, Refused, Unreachable
from gateway.transports.base import Arrival, Entry, Later, Refusal, Staged, check_name, is_staging_name
from tests.sim.weather import Weather

Kind = Literal["folder", "sftp", "blind"]


@dataclass
class FarEnd:
    """What lies at the other end of a channel, whatever becomes of the gateway. `arrived` is all that ever did."""

    name: str
    kind: Kind
    folder: Path
    eats_at_once: bool = False
    inbox: dict[bytes, tuple[Entry, bytes]] = field(default_factory=dict)
    staging: dict[str, bytes] = field(default_factory=dict)
    outbox: dict[str, bytes] = field(default_factory=dict)
    arrived: list[tuple[str, bytes]] = field(default_factory=list)
    handed_in: list[tuple[str, bytes]] = field(default_factory=list)
    _removed: list[tuple[Entry, bytes]] = field(default_factory=list)
    _eaten: list[tuple[str, bytes]] = field(default_factory=list)
    _drops: int = 0

    def drop(self, name: str, data: bytes, at: datetime) -> None:
        """The other side puts a file here."""
        self._drops += 1
        entry = Entry(name=name.encode(), size=len(data), mtime_ns=int(at.timestamp()) * 10**9, identity=(self._drops,))
        self.inbox[entry.name] = (entry, data)
        self.handed_in.append((name, data))

    def publish(self, name: str, data: bytes) -> None:
        """A file of ours stands here under its final name."""
        self.arrived.append((name, data))
        if self.eats_at_once or self.kind == "blind":
            self._eaten.append((name, data))
        else:
            self.outbox[name] = data

    def remove(self, entry: Entry) -> None:
        """A file of theirs is removed; until the disk has written that down, a power cut brings it back."""
        found = self.inbox.pop(entry.name, None)
        if found is not None:
            self._removed.append(found)

    def eat(self) -> list[tuple[str, bytes]]:
        """The other side takes what is there for it."""
        eaten = [*self._eaten, *sorted(self.outbox.items())]
        self._eaten.clear()
        self.outbox.clear()
        return eaten

    def is_written_down(self) -> None:
        """The disk has caught up."""
        self._removed.clear()

    def lose_power(self, weather: Weather) -> None:
        """What a power cut of the gateway's machine leaves: the removals in its own folders may be undone."""
        for entry, data in self._removed:
            if self.kind == "folder" and entry.name not in self.inbox and weather.happens(50):
                self.inbox[entry.name] = (entry, data)
                weather.timeline.tell("a removed file is back after a power cut", entry.label)
        self._removed.clear()


class SimulatedTransport:
    """One process's way to a far end. What it keeps itself dies with it."""

    def __init__(self, far: FarEnd, weather: Weather) -> None:
        self.far = far
        self._weather = weather
        self._held: dict[str, bytes] = {}

    @property
    def channel(self) -> str:
        """The name of the channel it serves."""
        return self.far.name

    def list(self) -> tuple[Entry, ...]:
        """What waits, the oldest first."""
        self._reach("before a listing")
        entries = (entry for entry, _ in self.far.inbox.values() if not is_staging_name(entry.name))
        return tuple(sorted(entries, key=lambda entry: (entry.mtime_ns, entry.name)))

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """The bytes of an entry; now and then it is still being written."""
        self._reach("before a fetch")
        found, data = self.far.inbox.get(entry.name, (None, b""))
        if found is None or self._weather.happens(1):
            return Later(entry=entry, message="it changed while it was read")
        return Arrival(entry=found, data=data, channel=self.channel, seen_at=seen_at)

    def stage(self, name: str, data: bytes) -> Staged:
        """Make a file durable where the far end does not look; a blind server gets nothing before its upload."""
        self._reach("before staging")
        if self.far.kind == "folder" and self._weather.is_full("disk"):
            self._weather.timeline.tell("no space for what leaves", name)
            raise Unreachable(f"cannot write {name}: No space left on device; make room on its disk; it is tried again")
        if check_name(name) in self.far.outbox:
            raise Refused(f"{name} is there already: move it away, then run again")
        if self.far.kind == "blind":
            self._held[name] = data
            return Staged(name, len(data))
        if self.far.kind == "sftp" and self._weather.happens(5):
            self.far.staging[name] = data[: len(data) // 2]
            self._weather.timeline.tell("an upload is cut short", name)
            raise Unreachable(f"the connection broke while {name} was written")
        self.far.staging[name] = data
        self._weather.step("after staging")
        return Staged(name, len(data))

    def publish(self, staged: Staged) -> None:
        """Make a staged file visible."""
        self._reach("before publishing")
        if self._weather.happens(1):
            self._weather.timeline.tell("the far end refuses a file", staged.name)
            raise Refused(f"permission denied for {staged.name}: correct the permission at the far end")
        if staged.name in self.far.outbox:
            raise Refused(f"{staged.name} is there already: move it away, then run again")
        shelf = self._held if self.far.kind == "blind" else self.far.staging
        if staged.name not in shelf:
            raise Refused(f"{staged.name} is not staged any more")
        self._interrupt("before", staged.name)
        self.far.publish(staged.name, shelf.pop(staged.name))
        self._weather.step("after publishing")
        self._interrupt("after", staged.name)

    def is_published(self, staged: Staged) -> bool:
        """Whether what was once staged has arrived, where anybody can tell."""
        self._reach("before asking for a file")
        if self.far.kind == "folder":
            return staged.name not in self.far.staging
        if self.far.kind == "sftp" and staged.name in self.far.outbox:
            return True
        if self.far.kind == "sftp" and staged.name in self.far.staging:
            return False
        self._weather.timeline.tell("nobody can tell whether a file arrived", staged.name)
        raise Interrupted(f"{staged.name} is not there, but the far end takes files away")

    def settle(self, entry: Entry) -> bool:
        """Remove what was fetched and is stored."""
        self._reach("before removing")
        found, _ = self.far.inbox.get(entry.name, (None, b""))
        if found is not None and found != entry:
            return False
        if self.far.kind != "folder" and self._weather.happens(2):
            self._weather.timeline.tell("a file cannot be removed", entry.label)
            raise Unreachable(f"the connection broke while {entry.label} was removed")
        self.far.remove(entry)
        self._weather.step("after removing")
        return True

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Nothing in a simulation is of a kind that cannot be read."""
        raise NotImplementedError

    def _reach(self, where: str) -> None:
        self._weather.step(where)
        if self._weather.is_down(self.channel):
            self._weather.timeline.tell("nobody answers", self.channel)
            raise Unreachable(f"{self.channel} does not answer; it is tried again")

    def _interrupt(self, when: str, name: str) -> None:
        if self.far.kind != "folder" and self._weather.happens(6):
            self._weather.timeline.tell(f"a connection breaks {when} a file arrived", name)
            raise Interrupted(f"the connection broke while {name} was sent")
