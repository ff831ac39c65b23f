"""The ERP as a pair of folders: one JSON document a file, masters as CSV, told apart by name alone.

`items.csv`, and with a suffix of the ERP's own `items-20261120.csv` or `items.delta.csv`, is a master; likewise
locations, terms and stock. `bank-20260702.csv` is a bank statement, `*.json` a document. Anything else is refused, so
that a misspelt name does not wait for ever unseen. Works on any transport; the folders are the default.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from gateway.erp.base import Collected, Kind
from gateway.transports.base import Entry, Later, Refusal, Staged, Transport

_TABLE = re.compile(r"(items|locations|terms|stock|bank)([.\-_].*)?\.csv", re.IGNORECASE | re.DOTALL | re.ASCII)

# Masters come first, since what waits for them goes in the same turn; the order among them is that of Kind.
_RANK = {kind: rank for rank, kind in enumerate(Kind)}


def kind_of(label: str) -> Kind | None:
    """What a file from the ERP is, by its name; None for a name that says nothing."""
    if label.lower().endswith(".json"):
        return Kind.DOCUMENT
    table = _TABLE.fullmatch(label)
    return Kind(table[1].lower()) if table else None


class FilesErp:
    """The adapter over a transport whose inbox the ERP fills and whose outbox it empties."""

    def __init__(self, transport: Transport) -> None:
        """The transport is all there is: this adapter keeps nothing."""
        self._transport = transport

    def around(self, wrap: Callable[[Transport], Transport]) -> "FilesErp":
        """The same adapter over its transport with something around it."""
        return FilesErp(wrap(self._transport))

    def collect(self, seen_at: datetime) -> Iterator[Collected | Refusal | Later]:
        """Everything that waits, masters before documents, each the oldest first; unknown names last.

        A file is read when its turn comes, so that one is in memory at a time.
        """
        found = [(kind_of(entry.label), entry) for entry in self._transport.list()]
        found.sort(key=lambda each: len(_RANK) if each[0] is None else _RANK[each[0]])  # stable: age still counts
        for kind, entry in found:
            yield self._fetched(kind, entry, seen_at)

    def _fetched(self, kind: Kind | None, entry: Entry, seen_at: datetime) -> Collected | Refusal | Later:
        arrival = self._transport.fetch(entry, seen_at)
        if isinstance(arrival, Refusal | Later):
            return arrival
        if kind is None:
            return Refusal(
                entry=arrival.entry,
                code="erp-document-unreadable",
                message=f"{entry.label} says by its name neither that it is a document nor a master",
                remedy="name it *.json for a document; items.csv, locations.csv, terms.csv or stock.csv for a master; "
                "bank.csv for a bank statement",
            )
        return Collected(kind=kind, arrival=arrival)

    def post(self, text: str, name: str) -> Staged:
        """Stage a document as UTF-8 under the name that the ERP will see."""
        return self._transport.stage(name, text.encode())

    def publish(self, staged: Staged) -> None:
        """Let the ERP see it."""
        self._transport.publish(staged)

    def is_published(self, staged: Staged) -> bool:
        """Whether the ERP could see what was once staged."""
        return self._transport.is_published(staged)

    def settle(self, entry: Entry) -> bool:
        """Remove what was collected and is stored."""
        return self._transport.settle(entry)

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move what cannot be read to a local place."""
        self._transport.set_aside(entry, target)
