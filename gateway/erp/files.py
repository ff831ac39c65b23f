"""The ERP as a pair of folders: one document a file, masters as CSV, told apart by name alone.

`items.csv`, and with a suffix of the ERP's own `items-20261120.csv` or `items.delta.csv`, is a master; likewise
locations, terms and stock. `bank-20260702.csv` is a bank statement; `*.json`, `*.xml` and `*.idoc` are documents.
Anything else is refused, so that a misspelt name does not wait for ever unseen. The file ports of SAP name their files
as they like: there, all that is no table is a document. Works on any transport; the folders are the default.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from gateway.erp.base import Collected, Kind
from gateway.transports.base import Entry, Later, Refusal, Staged, Transport, together

_TABLE = re.compile(r"(items|locations|terms|stock|bank)([.\-_].*)?\.csv", re.IGNORECASE | re.DOTALL | re.ASCII)

_DOCUMENTS = (".json", ".xml", ".idoc")

# Masters come first, since what waits for them goes in the same turn; the order among them is that of Kind.
_RANK = {kind: rank for rank, kind in enumerate(Kind)}


def kind_of(label: str, *, any_name: bool = False) -> Kind | None:
    """What a file from the ERP is, by its name; None for a name that says nothing.

    With `any_name` that is a document.
    """
    if table := _TABLE.fullmatch(label):
        return Kind(table[1].lower())
    return Kind.DOCUMENT if any_name or label.lower().endswith(_DOCUMENTS) else None


class FilesErp:
    """The adapter over a transport whose inbox the ERP fills and whose outbox it empties."""

    def __init__(self, transport: Transport, *, any_name: bool = False) -> None:
        """The transport is all there is: this adapter keeps nothing. With `any_name` documents are named anyhow."""
        self._transport = transport
        self._any_name = any_name

    def around(self, wrap: Callable[[Transport], Transport]) -> "FilesErp":
        """The same adapter over its transport with something around it."""
        return FilesErp(wrap(self._transport), any_name=self._any_name)

    def kind_of(self, label: str) -> Kind | None:
        """What a file is by its name; None where that says nothing."""
        return kind_of(label, any_name=self._any_name)

    def collect(self, seen_at: datetime) -> Iterator[Collected | Refusal | Later]:
        """Everything that waits, masters before documents, each the oldest first; unknown names last.

        A file is read when its turn comes, so that one is in memory at a time.
        """
        found = [(self.kind_of(entry.label), entry) for entry in self._transport.list()]
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
                remedy="name it *.json, *.xml or *.idoc for a document; items.csv, locations.csv, terms.csv or "
                "stock.csv for a master; bank.csv for a bank statement",
            )
        return Collected(kind=kind, arrival=arrival)

    def together(self) -> AbstractContextManager[None]:
        """What is posted or published inside is durable at its end."""
        return together(self._transport)

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
