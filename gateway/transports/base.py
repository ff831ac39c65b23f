"""What every transport does, in four verbs: list, fetch, put, settle.

A transport moves bytes and knows nothing of EDI. What it finds is a value: an Arrival, a Refusal (a person must look)
or Later (look again); only a world that does not work is an exception. The far end's names are bytes and stay handles:
people see the `label`, and nothing else is made of a name. `put` is two steps, stage and publish, so that the courier
can mark its outbox row between them; what was staged and is no longer there was delivered, even if the far end has
eaten it already.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from gateway.errors import Refused

# The names under which common clients write what is not complete yet.
_STAGING_ENDINGS = (b".part", b".filepart", b".tmp", b".partial", b".crdownload", b"~")
_LABEL_LENGTH = 200
_ESCAPED = re.compile("%[0-9A-F]{2}")
_LAST_SECOND = int(datetime.max.replace(microsecond=0, tzinfo=UTC).timestamp())


def is_staging_name(name: bytes) -> bool:
    """Whether somebody still writes under this name, so that it is passed over."""
    return name.startswith(b".") or name.endswith(_STAGING_ENDINGS)


@lru_cache(maxsize=1000)
def label_of(name: bytes) -> str:
    """A name as people may see it: one line of printable text, escaped as in URLs, safe as a file name of ours.

    What is not printable UTF-8 (and /, \\, %, a leading - or dot) becomes %XX; a very long name is cut and ends in a
    piece of its hash.
    """
    text = name.decode("utf-8", errors="surrogateescape")
    label = "".join(_shown(character) for character in text)
    if label[:1] in ("-", "."):
        label = f"%{ord(label[0]):02X}{label[1:]}"
    if len(label.encode()) <= _LABEL_LENGTH:
        return label
    return label.encode()[: _LABEL_LENGTH - 9].decode(errors="ignore") + "-" + sha256(name).hexdigest()[:8]


def _shown(character: str) -> str:
    if character.isprintable() and character not in "/\\%":
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", errors="surrogateescape"))


def check_name(name: str) -> str:
    """A name that we give, unchanged.

    What stands for a character of an order number (%2F) may be in it, a % alone may not. Raises Refused when it could
    be a path, an option, hidden, or taken for something unfinished.
    """
    plain = _ESCAPED.sub("_", name)
    if label_of(plain.encode()) != plain or len(name) > _LABEL_LENGTH or not name or is_staging_name(name.encode()):
        raise Refused(f"{name!r} cannot be the name of a file that we send: use plain characters, at most 200 bytes")
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that lies at the far end, as it was when we looked: enough to know it again.

    size is in bytes, mtime_ns the far end's clock, identity what else tells it from a later file of the same name.
    """

    name: bytes
    size: int
    mtime_ns: int
    identity: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """The name as people may see it."""
        return label_of(self.name)

    @property
    def modified_at(self) -> datetime:
        """When it was last written, by the far end's clock, in whole seconds."""
        return datetime.fromtimestamp(min(max(self.mtime_ns // 10**9, 0), _LAST_SECOND), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that came, complete in memory; entry is the file these very bytes were read from."""

    entry: Entry
    data: bytes
    channel: str
    seen_at: datetime

    @property
    def label(self) -> str:
        """The name as people may see it."""
        return self.entry.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that cannot be taken: a code of findings.CODES, a sentence, and what a person can do."""

    entry: Entry
    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Something that vanished, or changed while it was read: look again next time."""

    entry: Entry
    message: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that lies complete and durable where the far end does not look.

    Its name is what the journal must keep; with its size in bytes a far end that we cannot read from can be asked
    whether all of it arrived.
    """

    name: str
    size: int | None = None


class Transport(Protocol):
    """The seam. MemoryTransport is the shipped fake; a new transport passes tests/transports/test_contract.py."""

    @property
    def channel(self) -> str:
        """The name of the channel it serves."""

    def list(self) -> tuple[Entry, ...]:
        """What waits, the oldest first, unfinished names left out. Raises TransportError."""

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """The bytes of an entry; seen_at is the caller's clock. Raises TransportError."""

    def stage(self, name: str, data: bytes) -> Staged:
        """Make a file durable, not yet visible. The same name again replaces what was staged.

        Raises Refused when the name is taken already or cannot be used, other TransportErrors when it cannot be done.
        """

    def publish(self, staged: Staged) -> None:
        """Make a staged file visible under its name, at once and whole, never over another. Raises TransportError."""

    def is_published(self, staged: Staged) -> bool:
        """Whether a file that was once staged has been published; True is durable.

        False only where it has certainly not arrived, so that the same bytes may go again. Raises Interrupted where
        nobody can tell, for the far end may have taken it away already; other TransportErrors where it cannot be asked.
        """

    def settle(self, entry: Entry) -> bool:
        """Remove what was fetched and is stored. False where another file lies under its name now: it stays.

        Raises TransportError.
        """

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move something that cannot be read to a local place, never over another. Raises TransportError."""


def together(carrier: object) -> AbstractContextManager[None]:
    """A block in which much is staged or published, for who can make it durable all at once, at its end.

    A carrier need not be able to: then each is durable when it is staged or published, as ever.
    """
    begin: Callable[[], AbstractContextManager[None]] = getattr(carrier, "together", nullcontext)
    return begin()


def put(transport: Transport, name: str, data: bytes) -> None:
    """Stage and publish in one, where nothing has to be marked between. Raises TransportError."""
    transport.publish(transport.stage(name, data))
