"""Who is to be told of an open case, and why now.

A case has few reasons to be told of: it opened, it is nearly due, it is overdue, it has been open so long that another
owner is told too. Each is told once; what was told before comes in as names, so that a clock that goes back tells
nothing again. Of several reasons that hold at once only the most pressing is told, and covers the others. A problem
that went away and came back soon is not told of again until some time has passed.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

OPENED = "opened"
DUE_SOON = "due-soon"
OVERDUE = "overdue"
ESCALATED = "escalated-to-"
"""What a reason begins with that tells another owner; his name follows."""

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_DOUBLINGS = 10  # more would only grow a number that is cut anyway


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What decides when a case is told of."""

    owner: str
    opened_at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is told of an owner's cases that are open so long."""

    after: timedelta
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the configuration says about alerts."""

    due_soon: timedelta = timedelta(hours=2)
    minimum_interval: timedelta = timedelta(hours=4)
    ladder: Mapping[str, Rung]


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell an owner now; `covers` are milder reasons that need no telling any more."""

    reason: str
    owner: str
    covers: tuple[str, ...] = ()


def tellings(
    case: OpenCase, told: Collection[str], lately: Mapping[str, datetime], rules: Rules, now: datetime
) -> Iterator[Telling]:
    """What is to be told of an open case now.

    `told` are the reasons it was told for, or that were covered. `lately` says when the same problem was last told of
    for a reason, in whatever case it was then.
    """
    holding = [reason for reason, holds in _reasons(case, rules, now) if holds]
    if holding and holding[-1] not in told and not _is_too_soon(holding[-1], lately, rules, now):
        covers = tuple(reason for reason in holding[:-1] if reason not in told)
        yield Telling(holding[-1], case.owner, covers)
    for owner in _escalations(case, rules, now):
        reason = f"{ESCALATED}{owner}"
        if reason not in told and not _is_too_soon(reason, lately, rules, now):
            yield Telling(reason, owner)


def _reasons(case: OpenCase, rules: Rules, now: datetime) -> Iterator[tuple[str, bool]]:
    """The reasons to tell a case's own owner, from mild to pressing, and whether they hold."""
    yield OPENED, True
    if case.due_at is not None:
        yield DUE_SOON, case.due_at - now <= rules.due_soon
        yield OVERDUE, case.due_at <= now


def _escalations(case: OpenCase, rules: Rules, now: datetime) -> Iterator[str]:
    """The owners further up who are to know of it, each once, however the ladder turns."""
    owner, open_for, climbed = case.owner, now - case.opened_at, {case.owner}
    while (rung := rules.ladder.get(owner)) and rung.to not in climbed and open_for >= rung.after:
        yield rung.to
        owner, open_for = rung.to, open_for - rung.after
        climbed.add(owner)


def _is_too_soon(reason: str, lately: Mapping[str, datetime], rules: Rules, now: datetime) -> bool:
    last = lately.get(reason)
    return last is not None and abs(now - last) < rules.minimum_interval


def may_try_again(attempts: int, last_at: datetime, now: datetime) -> bool:
    """Whether an alert that failed so many times, the last time then, is tried again now.

    The pauses grow from a minute to an hour. A clock that went back behind the last attempt does not make it wait.
    """
    pause = min(_FIRST_PAUSE * 2 ** min(attempts - 1, _DOUBLINGS), _LONGEST_PAUSE)
    return now < last_at or now - last_at >= pause
