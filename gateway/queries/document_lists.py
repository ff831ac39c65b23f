"""Documents narrowed by what people know of them: a state in a word, days, numbers. The latest last."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date

from gateway.journal import Journal
from gateway.journal.records import Document

STATES: Mapping[str, Mapping[str, str]] = {
    "blocked": {"validation": "blocked"},
    "parked": {"direction": "out", "validation": "ready", "delivery": "none"},
    "queued": {"delivery": "queued"},
    "in_doubt": {"delivery": "in_doubt"},
    "failed": {"delivery": "failed"},
    "awaited": {"acknowledgement": "awaited"},
    "overdue": {"acknowledgement": "overdue"},
    "rejected": {"acknowledgement": "rejected"},
}
"""What people call the state of a document, and which of its statuses asks for it."""

_PAGE = 500


def find_documents(
    journal: Journal,
    *,
    state: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
    **filters: str | None,
) -> list[Document]:
    """The latest documents like this, at most `limit`; days are of UTC, both included.

    Filters as for Journal.documents. Raises KeyError for a state that is none of STATES.
    """
    wanted = {**filters, **(STATES[state] if state else {})}
    if since is None and until is None:
        return journal.documents(limit=limit, **wanted)
    found: list[Document] = []
    for document in _backwards(journal, wanted):
        day = document.at.astimezone(UTC).date()
        if (since is None or day >= since) and (until is None or day <= until):
            found.append(document)
            if len(found) == limit:
                break
    return found[::-1]


def _backwards(journal: Journal, filters: Mapping[str, str | None]) -> Iterator[Document]:
    """Every document, the latest first: times may go back, so no day is the last that can be."""
    before: str | None = None
    while page := journal.documents(limit=_PAGE, before=before, **filters):
        yield from reversed(page)
        before = page[0].id
