"""Copies of the whole journal: a backup while it is in use, a restore that leaves numbers out, an export to read.

A restored journal no longer knows what was sent after the backup, so every series of control numbers jumps ahead by a
margin, and the history says so (R11).
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from gateway.journal.canonical import encode
from gateway.journal.connection import Connection
from gateway.journal.entries import PAGE
from gateway.journal.journal import Journal, connect, look_at_every_page
from gateway.journal.placing import placed

MARGIN = 1000
"""More numbers of one series than a vendor sends between two backups."""

_PAGE_SIZE = 1000


def backup(path: str | Path, target: str | Path) -> None:
    """Copy the journal at `path`, which may be in use, to the new file `target`, checked and durable.

    Raises JournalError where `path` is no sound journal, CannotCreate where `target` exists or cannot be written.
    """
    with placed(Path(target)) as unfinished:
        _copy(path, unfinished)


def restore(
    source: str | Path, path: str | Path, at: datetime, *, margin: int = MARGIN, reason: str = "restore"
) -> None:
    """Make the backup `source` the journal at `path`, every series of numbers `margin` ahead.

    Raises JournalError where `source` is no sound journal, CannotCreate where a journal stands at `path`: it must be
    moved away by hand first, for it may hold what the backup does not.
    """
    with placed(Path(path)) as unfinished:
        _copy(source, unfinished)
        with Journal.open(unfinished, check=False) as journal, journal.transaction(at) as tx:
            tx.continue_history(margin, reason)


def export(journal: Journal) -> Iterator[str]:
    """The history as JSON lines, in order, each entry as it was hashed."""
    last, connection = 0, Connection(journal.path, read_only=True)
    try:
        while page := connection.rows(PAGE, (last, _PAGE_SIZE)):
            for seq, at, kind, subjects, body, previous, own in page:
                head = f'"seq":{seq},"at":{encode(at)},"kind":{encode(kind)}'
                yield f'{{{head},"subjects":{subjects},"body":{body},"previous":"{previous}","hash":"{own}"}}'
                last = seq
    finally:
        connection.close()


def _copy(source: str | Path, target: Path) -> None:
    """Copy a journal of any version we know into an empty file, and look at every page of the copy."""
    original = connect(source, read_only=True)
    try:
        copy = Connection(target, read_only=False)
        try:
            original.copy_to(copy)
            look_at_every_page(copy)
        finally:
            copy.close()
    finally:
        original.close()
