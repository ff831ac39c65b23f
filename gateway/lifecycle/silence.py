"""When a partner has been silent for too long, by his own habit or by what the configuration says.

Files that come together are one visit, so that a batch does not make a habit of hurry. A habit is known from a number
of visits on; it is broken after three times the longest gap that was usual, and never within a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

VISITS = 5
"""From so many visits on a partner has a habit."""

_REMEMBERED = 20  # visits: what was usual longer ago is no habit any more
_TOGETHER = timedelta(hours=1)
_TIMES = 3
_AT_LEAST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that is too long: since when, and what it was measured against."""

    since: datetime
    allowed: timedelta
    longest_gap: timedelta | None = None


def silence(arrivals: Iterable[datetime], after: timedelta | None, now: datetime) -> Silence | None:
    """The silence of a partner whose files came at these instants, in any order; None where it is none to speak of.

    `after` is how long he may be silent by the configuration; None means by his habit. Who has never sent anything is
    not silent: he has not begun.
    """
    visits = _visits(arrivals)
    longest = None
    if after is None:
        if len(visits) < VISITS:
            return None
        longest = max(later - earlier for earlier, later in pairwise(visits))
        after = max(longest * _TIMES, _AT_LEAST)
    if not visits or now - visits[-1] <= after:
        return None
    return Silence(visits[-1], after, longest)


def _visits(arrivals: Iterable[datetime]) -> list[datetime]:
    """The last visits, each by its latest file."""
    visits: list[datetime] = []
    for at in sorted(arrivals):
        if visits and at - visits[-1] <= _TOGETHER:
            visits[-1] = at
        else:
            visits.append(at)
    return visits[-_REMEMBERED:]
