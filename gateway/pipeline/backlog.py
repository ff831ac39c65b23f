"""How much waits on a channel: a case where it is much, another where it is urgent, and what is beyond a quota.

Whoever takes nothing from the far end is soon sent nothing: Amazon places no orders while 500 files wait. The two cases
open once and close by themselves when less waits. A quota protects the others: what came last beyond it stays where it
is, untouched, until there is room for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from gateway.config import Channel
from gateway.journal import Journal, Transaction
from gateway.journal.records import Case
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk
from gateway.transports.around import Restless
from gateway.transports.base import Entry

WARN = 100
ALARM = 400


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: how many files, their bytes, and when the oldest was written by the far end's clock."""

    files: int
    size: int
    oldest: datetime | None

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Backlog":
        """The backlog that a listing shows."""
        oldest = min(entries, key=attrgetter("mtime_ns"), default=None)
        since = None if oldest is None else oldest.modified_at
        return cls(len(entries), sum(entry.size for entry in entries), since)

    @property
    def said(self) -> str:
        """The backlog in a few words."""
        return f"{self.files} files with {self.size} bytes, the oldest of {self.oldest:%Y-%m-%d %H:%M} by its own clock"


def within_quota(entries: Sequence[Entry], files: int | None = None, size: int | None = None) -> tuple[Entry, ...]:
    """The oldest entries that fit into a quota of files and bytes; the first always does, or nothing ever moved."""
    if (files is None or len(entries) <= files) and (size is None or sum(entry.size for entry in entries) <= size):
        return tuple(entries)
    taken: list[Entry] = []
    used = 0
    for entry in entries:
        used += entry.size
        is_beyond = (files is not None and len(taken) >= files) or (size is not None and used > size)
        if taken and is_beyond:
            break
        taken.append(entry)
    return tuple(taken)


def backlog_problem(channel: str, backlog: Backlog, warn: int = WARN, alarm: int = ALARM) -> Problem | None:
    """The problem that so many files wait; None where they are fewer than `warn`."""
    if backlog.files < warn:
        return None
    is_urgent = backlog.files >= alarm
    return Problem(
        key=f"{_key(channel)}-{'alarm' if is_urgent else 'warning'}",
        code="backlog",
        owner="IT",
        message=f"channel {channel}: {backlog.said} wait"
        + ("; the partner may soon send no more" if is_urgent else ""),
        remedy="see that the gateway runs and what holds it up; `gateway doctor` names it",
        subjects=(f"channel:{channel}",),
    )


def quota_problem(channel: str, beyond: Sequence[Entry]) -> Problem | None:
    """The problem that a partner has dropped more than may wait; None where all of it fits."""
    if not beyond:
        return None
    return Problem(
        key=f"channel:{channel}:quota-exceeded",
        code="quota-exceeded",
        owner="IT",
        message=f"channel {channel}: more waits than its quota; left untouched: {Backlog.of(beyond).said}",
        remedy="ask the partner why so much came at once; if it is right, raise quota_files or quota_size",
        subjects=(f"channel:{channel}",),
    )


def look_at_backlog(desk: Desk, channel: Channel, entries: Sequence[Entry]) -> int:
    """Open the cases that a listing asks for and are not open, close the others. How many changed.

    An open case keeps the figures it was opened with: a listing is made every few seconds.
    """
    name = channel.name
    beyond = entries[len(within_quota(entries, channel.quota_files, channel.quota_size)) :]
    waits = Backlog.of(entries)
    asked = (backlog_problem(name, waits, channel.backlog_warn, channel.backlog_alarm), quota_problem(name, beyond))
    wanted = {problem.key: problem for problem in asked if problem is not None}
    prefixes = (_key(name), f"channel:{name}:quota-exceeded")
    known = {case.key: case for prefix in prefixes for case in desk.tx.open_cases(key_prefix=prefix)}
    opened = [problem for key, problem in wanted.items() if key not in known]
    closed = [case for key, case in known.items() if key not in wanted]
    for problem in opened:
        desk.tell(problem)
    for case in closed:
        desk.tx.close_case(case.id, "less waits now", "gateway")
    return len(opened) + len(closed)


def look_at_unsettled(desk: Desk, channel: str, entries: Sequence[Entry]) -> int:
    """Open a case for each file that could not be taken for too long, close those of the others. How many changed."""
    prefix = f"channel:{channel}:file-unsettled:"
    wanted = {f"{prefix}{entry.label}": entry for entry in entries}
    known = {case.key: case for case in desk.tx.open_cases(key_prefix=prefix)}
    for key, entry in wanted.items():
        if key not in known:
            desk.tell(
                Problem(
                    key=key,
                    code="file-unsettled",
                    owner="IT",
                    message=f"channel {channel}: {entry.label} {_why(entry)}",
                    remedy="ask the sender: a file should be written once, then renamed, and then announced where that"
                    " is agreed; remove what announces nothing",
                    subjects=(f"channel:{channel}",),
                )
            )
    over = [case for key, case in known.items() if key not in wanted]
    for case in over:
        desk.tx.close_case(case.id, "it has come to rest, or is gone", "gateway")
    return len(wanted.keys() - known.keys()) + len(over)


def _why(entry: Entry) -> str:
    return entry.why if isinstance(entry, Restless) else "keeps changing, and is not taken before it rests"


def channel_cases(journal: Journal | Transaction, channel: str) -> list[Case]:
    """The open cases about what waits on a channel."""
    return journal.open_cases(key_prefix=f"channel:{channel}:")


def _key(channel: str) -> str:
    return f"channel:{channel}:backlog"
