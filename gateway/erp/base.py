"""What an adapter to an ERP does: post what we have for it, collect what it has for us.

An adapter brings no formats of its own. It hands bytes over with what they are, a document or a master; reading them
is the work of documents/ and catalogue/. Posting is two steps, as in a transport and for the same reason: the courier
marks its outbox row between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from gateway.transports.base import Arrival, Entry, Later, Refusal, Staged


class Kind(StrEnum):
    """What something from the ERP is; the masters by the name of their table. A bank statement is no master."""

    ITEMS = "items"
    LOCATIONS = "locations"
    TERMS = "terms"
    STOCK = "stock"
    BANK = "bank"
    DOCUMENT = "document"

    @property
    def is_master(self) -> bool:
        """Whether it is a snapshot or delta of a master: never a duplicate, effective at once."""
        return self not in (Kind.DOCUMENT, Kind.BANK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """One document or master, as bytes and with what it is."""

    kind: Kind
    arrival: Arrival


class ErpAdapter(Protocol):
    """The other shore. FilesErp over a MemoryTransport is the shipped fake."""

    def collect(self, seen_at: datetime) -> Iterator[Collected | Refusal | Later]:
        """Everything that waits, masters before documents, each the oldest first, one in memory at a time.

        Raises TransportError, also between two.
        """

    def post(self, text: str, name: str) -> Staged:
        """Hand a document over, durable and not yet visible. Raises TransportError."""

    def publish(self, staged: Staged) -> None:
        """Let the ERP see it. Raises TransportError."""

    def is_published(self, staged: Staged) -> bool:
        """Whether the ERP could see what was once staged; True is durable. Raises TransportError."""

    def settle(self, entry: Entry) -> bool:
        """Remove what was collected and is stored; False where another lies there now. Raises TransportError."""

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move what cannot be read to a local place. Raises TransportError."""
