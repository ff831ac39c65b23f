"""Copies of the whole journal: a backup while it is in use, a restore that leaves numbers out, an export to read.

A restored journal no longer knows what was sent after the backup, so every series of control numbers jumps ahead by a
margin, the history says so (R11), and nothing leaves until a person has looked at what may have left before. How many
numbers were used nobody here can know: the margin is twice what the busiest day of the last weeks would have used on
every day since. Nor can a backup know that it was restored before: who knows says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from gateway.errors import Conflict
from gateway.journal.canonical import encode
from gateway.journal.connection import Connection
from gateway.journal.entries import PAGE
from gateway.journal.journal import Journal, Transaction, connect, copy_to
from gateway.journal.numbers import after, ahead
from gateway.journal.placing import placed

MARGIN = 1000
"""The smallest margin: more numbers of one series than most vendors send between two backups."""

_WEEKS = timedelta(weeks=4)
_DAY = timedelta(days=1)
_SAFETY = 2

_PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Margin:
    """How many numbers of a series may have been used since a backup: `numbers`, and how that was found."""

    numbers: int
    busiest_day: int
    days: int


def margin_of(journal: Journal, at: datetime) -> Margin:
    """The margin that a backup needs where it is restored now. Days are whole: one that has begun counts."""
    last = journal.entry(journal.head()[0]).at
    days = max(1, -((last - at) // _DAY))
    busiest = journal.busiest_day(last - _WEEKS)
    return Margin(max(MARGIN, _SAFETY * busiest * days), busiest, days)


def look_into(source: str | Path) -> Journal:
    """Open a backup of any version we know, to look and not to write. Raises JournalError where it is none."""
    return Journal(connect(source, read_only=True))


def numbers_used(paths: Iterable[Path], instance: str) -> dict[str, int]:
    """The next number of every series in other journals of this instance, the furthest of each, to go on behind them.

    Raises JournalError where one is none or cannot be read, Conflict where it is that of another instance.
    """
    furthest: dict[str, int] = {}
    for path in paths:
        with look_into(path) as journal:
            if journal.instance != instance:
                raise Conflict(f"{path} is the journal of another gateway: its numbers say nothing about this one")
            for name, number in journal.numbers().items():
                known = furthest.get(name, number)
                furthest[name] = after(known, by=ahead(known, number))
    return furthest


def backup(path: str | Path, target: str | Path) -> None:
    """Copy the journal at `path`, which may be in use, to the new file `target`, checked and durable.

    Raises JournalError where `path` is no sound journal, CannotCreate where `target` exists or cannot be written.
    """
    with placed(Path(target)) as unfinished:
        _copy(path, unfinished)


def restore(
    source: str | Path,
    path: str | Path,
    at: datetime,
    *,
    margin: int | None = None,
    is_enough: bool = False,
    used: Mapping[str, int] = MappingProxyType({}),
    reason: str = "restore",
    who: str = "gateway",
    series: Mapping[str, int] = MappingProxyType({}),
    then: Callable[[Transaction], None] = lambda _: None,
) -> None:
    """Make the backup `source` the journal at `path`: every series of numbers `margin` ahead, and nothing leaves.

    Without `margin` it is that of `margin_of`; a smaller one is for who knows that it `is_enough`. `used` are next
    numbers that are known from elsewhere, `series` the series that may have been begun since the backup, with their
    first numbers; `then` does what else belongs to it, in the same transaction. Raises JournalError where `source` is
    no sound journal, Conflict where the margin is too small, CannotCreate where a journal stands at `path`: it must be
    moved away by hand first, for it may hold what the backup does not.
    """
    with placed(Path(path)) as unfinished:
        _copy(source, unfinished)
        with (
            Journal.open(unfinished, check=False, keep_older=False) as journal,
            journal.transaction(at) as tx,
        ):
            needed = margin_of(journal, at).numbers
            if margin is not None and margin < needed and not is_enough:
                raise Conflict(f"{margin} numbers are too few: {needed} of a series may have been used since")
            tx.continue_history(margin or needed, reason, who=who, series=series, used=used)
            then(tx)


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
        copy_to(original, target)
    finally:
        original.close()
