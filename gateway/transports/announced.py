"""Files that a companion announces: `po.edi` is taken once `po.edi.done` lies there, or `po.edi.sha256` fits (rule R4).

The only sign of completeness that is true by construction, where a partner offers it. A file without its companion
waits, and a companion is never taken for a file of its own. It goes with its file: after it, so that a crash between
the two leaves no file that nobody announces any more. A checksum that differs may be older than its file, or newer: who
looks again and again waits for it, and then the file is refused. A trigger that has lain alone for long is of no file
that comes later; who waits for what can be asked (`unannounced`).
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from math import inf
from pathlib import Path

from gateway.transports.around import Around, Restless
from gateway.transports.base import Arrival, Entry, Later, Refusal, Transport, label_of

_REMEDY = "ask the sender to send the file again with its checksum"


class Announced(Around):
    """A transport of whose files only those are given out that their companions announce."""

    def __init__(
        self,
        transport: Transport,
        *,
        trigger: str = "",
        checksum: str = "",
        patience: float = 0,
        stale_after: float = inf,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """The endings of trigger and of checksum files; '' where there are none of the kind.

        `patience` is how many seconds a checksum that does not fit is waited for: none for who looks only once. A
        trigger that has lain for `stale_after` seconds without its file announces none, until it is written anew.
        """
        super().__init__(transport)
        self._endings = tuple(ending.encode() for ending in (trigger, checksum) if ending)
        self._trigger, self._checksum = trigger.encode(), checksum.encode()
        self.patience, self.stale_after, self._monotonic = patience, stale_after, monotonic
        self._lying: tuple[Entry, ...] = ()
        self._alone: dict[bytes, tuple[Restless, float]] = {}
        self._stale: dict[bytes, Entry] = {}
        self._companions: dict[bytes, tuple[Entry, ...]] = {}
        self._differing: dict[bytes, tuple[tuple[Entry, ...], float]] = {}

    def list(self) -> tuple[Entry, ...]:
        """What is announced, the oldest first."""
        entries = self._lying = self._inner.list()
        lying = {entry.name: entry for entry in entries}
        self._stale = {name: entry for name, entry in self._stale.items() if lying.get(name) == entry}
        self._companions = {}
        alone: dict[bytes, Restless] = {}
        for entry in entries:
            why = self._why_alone(entry, lying)
            if why:
                alone[entry.name] = Restless.of(entry, why)
            elif not entry.name.endswith(self._endings):
                self._companions[entry.name] = tuple(lying[entry.name + ending] for ending in self._endings)
        self._remember(alone)
        self._differing = {name: seen for name, seen in self._differing.items() if name in lying}
        return tuple(entry for entry in entries if entry.name in self._companions)

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """The bytes of a file; where it has a checksum, those that fit it."""
        found = self._inner.fetch(entry, seen_at)
        if not isinstance(found, Arrival) or not self._checksum:
            return found
        companions = self._companions.get(entry.name, ())
        listed = next((each for each in companions if each.name == entry.name + self._checksum), None)
        said = self._inner.fetch(listed, seen_at) if listed else None
        if not isinstance(said, Arrival):
            return Later(entry=found.entry, message="its checksum cannot be read")
        wanted = _hash_for(entry.name, said.data)
        if wanted == sha256(found.data).hexdigest():
            self._differing.pop(entry.name, None)
            return found
        return self._differs(found.entry, said.entry, wanted)

    def waiting(self) -> tuple[Entry, ...]:
        """All that lay there at the last listing, announced or not, the oldest first."""
        return self._lying

    def unannounced(self) -> tuple[tuple[Restless, float], ...]:
        """What lay there alone at the last listing, a file or what should announce one, and for how many seconds."""
        now = self._monotonic()
        return tuple((entry, now - since) for entry, since in self._alone.values())

    def _why_alone(self, entry: Entry, lying: Mapping[bytes, Entry]) -> str:
        """What is missing to a file or to a companion; '' where nothing is."""
        ending = next((each for each in self._endings if entry.name.endswith(each)), None)
        if ending is not None:
            named = entry.name.removesuffix(ending)
            return "" if named in lying else f"announces {label_of(named)}, which is not there"
        for each in self._endings:
            if entry.name + each not in lying:
                return f"is not announced: {label_of(entry.name + each)} is missing"
        if entry.name + self._trigger in self._stale:
            return f"is not announced: {label_of(entry.name + self._trigger)} is older than it"
        return ""

    def _remember(self, alone: Mapping[bytes, Restless]) -> None:
        """Since when each lies alone; a trigger that does so for long is stale."""
        now, before = self._monotonic(), self._alone
        self._alone = {}
        for name, entry in alone.items():
            known, since = before.get(name, (entry, now))
            since = since if known == entry else now
            self._alone[name] = entry, since
            if self._trigger and name.endswith(self._trigger) and now - since >= self.stale_after:
                self._stale[name] = next(each for each in self._lying if each.name == name)

    def settle(self, entry: Entry) -> bool:
        """Remove a file and then what announced it."""
        if not self._inner.settle(entry):
            return False
        for companion in self._companions.pop(entry.name, ()):
            self._inner.settle(companion)
        return True

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move a file to a local place, and remove what announced it."""
        self._inner.set_aside(entry, target)
        for companion in self._companions.pop(entry.name, ()):
            self._inner.settle(companion)

    def _differs(self, entry: Entry, checksum: Entry, wanted: str) -> Refusal | Later:
        now, both = self._monotonic(), (entry, checksum)
        seen, since = self._differing.get(entry.name, (both, now))
        if seen != both:
            since = now
        self._differing[entry.name] = (both, since)
        if now - since < self.patience:
            return Later(entry=entry, message="its checksum differs")
        said = f"{checksum.label} says {wanted[:16]}..." if wanted else f"{checksum.label} holds no SHA-256 for it"
        return Refusal(
            entry=entry,
            code="checksum-mismatch",
            message=f"{entry.label} is not what its checksum says: {said}",
            remedy=_REMEDY,
        )


def _hash_for(name: bytes, said: bytes) -> str:
    """The hash of a file in what sha256sum wrote, in lower case; a line without a name is for the file beside it."""
    for line in said.splitlines():
        digest, _, named = line.strip().partition(b" ")
        is_digest = len(digest) == 64 and all(byte in b"0123456789abcdefABCDEF" for byte in digest)
        base = named.lstrip(b" *").rsplit(b"/", 1)[-1]
        if is_digest and base in (b"", name.rsplit(b"/", 1)[-1]):
            return digest.decode().lower()
    return ""
