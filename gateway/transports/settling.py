"""Files are taken when they have settled, for the far end may still be writing them (reliability rules R2 and R3).

Whoever polls goes through this; a single turn does not, for there every file counts as settled. A file has settled when
it was the same in several looks in a row, a while apart by our own monotonic clock: wall clocks jump, and the far end's
is another one. EDI says itself where it ends, so what is complete is taken at the first look, and what has settled
without its end is waited for: the sender may have paused. After a time it is handed on, and the reader finds that it
was cut off. What cannot be taken for long, for whatever reason, is named. A file that is not taken is read once and not
again before it has changed or its time has come, so ten thousand files that stay cost no more than their listing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.syntax.completeness import Completeness, completeness
from gateway.transports.announced import Announced
from gateway.transports.around import Around, Restless
from gateway.transports.base import Arrival, Entry, Later, Refusal, Transport

_INTERVAL = 1.0  # seconds that two looks are apart at least, however often a turn goes round
_TEN_MINUTES = 600.0
_CHANGES = "keeps changing, and is not taken before it rests"


@dataclass(slots=True)
class _Watched:
    """A file as it was when we looked: how often it was the same, since when, and what its bytes said."""

    entry: Entry
    looks: int
    looked_at: float
    since: float
    first_seen: float
    said: Completeness | None = None
    unwilling: float | None = None  # since when it has given nothing when it was read
    refused: float = 0.0  # when it last did so
    why: str = ""


class Settling(Around):
    """A transport whose files are given out only when they have settled or are complete.

    It remembers what it saw of the files that lie there, and nothing else. One thread at a time may use it.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        polls: int = 2,
        interval: float = _INTERVAL,
        truncated_after: float = _TEN_MINUTES,
        settle_within: float = _TEN_MINUTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """A file must be the same in `polls` looks that are `interval` seconds apart at least.

        EDI without its end is handed on `truncated_after` seconds after it last changed, and a checksum that differs is
        waited for as long. `restless` names what cannot be taken `settle_within` seconds after it was first seen.
        """
        super().__init__(transport)
        if isinstance(transport, Announced):
            transport.patience, transport.stale_after = truncated_after, settle_within
        self._polls, self._interval = polls, interval
        self._truncated_after, self._settle_within = truncated_after, settle_within
        self._monotonic = monotonic
        self._watched: dict[bytes, _Watched] = {}
        self._lying: tuple[Entry, ...] = ()
        self._quiet_until = 0.0
        self._restless: tuple[Restless, ...] | None = None

    def list(self) -> tuple[Entry, ...]:
        """What may be looked at now, the oldest first: the new, the changed, and what has settled."""
        now, entries = self._monotonic(), self._inner.list()
        if entries is self._lying and now < self._quiet_until:
            return ()  # nothing has changed, and nobody's time has come
        before, self._watched, self._lying = self._watched, {}, entries
        for entry in entries:
            self._watched[entry.name] = self._look(entry, before.get(entry.name), now)
        due = tuple(entry for entry in entries if self._is_due(self._watched[entry.name], now))
        self._quiet_until = 0.0 if due else self._next_time(now)
        self._restless = None
        return due

    def _next_time(self, now: float) -> float:
        """Until when nothing is due as long as nothing changes: all have settled, and are waited for."""
        times = (each.since + self._truncated_after for each in self._watched.values() if each.looks >= self._polls)
        return min(times, default=now) if all(each.looks >= self._polls for each in self._watched.values()) else now

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """The bytes of an entry, or Later while it may still grow."""
        found = self._inner.fetch(entry, seen_at)
        now = self._monotonic()
        self._quiet_until, self._restless = 0.0, None
        if isinstance(found, Later):
            self._note_later(found, now)
            return found
        watched = self._look(found.entry, self._watched.get(entry.name), now, is_listing=False)
        self._watched[entry.name] = watched
        watched.unwilling = None
        if isinstance(found, Refusal):  # its rights may be given last
            return found if self._is_over(watched, now) else Later(entry=found.entry, message=found.message)
        watched.said = completeness(found.data)
        if watched.said is Completeness.COMPLETE or self._is_over(watched, now):
            return found
        if watched.said is Completeness.INCOMPLETE:
            return Later(entry=found.entry, message="its last interchange has no end yet")
        return Later(entry=found.entry, message="it may still be growing")

    def waiting(self) -> tuple[Entry, ...]:
        """All that lay there at the last listing, whether it may be taken or not, the oldest first."""
        return self._inner.waiting() if isinstance(self._inner, Announced) else self._lying

    def restless(self) -> tuple[Restless, ...]:
        """What was first seen long ago and cannot be taken, as of the last listing, and why.

        It has changed ever since, gives nothing when it is read, has no end, or is not announced.
        """
        if self._restless is None:
            watched = ((each.entry, self._why_restless(each)) for each in self._watched.values())
            self._restless = tuple(Restless.of(entry, why) for entry, why in watched if why)
        alone = self._inner.unannounced() if isinstance(self._inner, Announced) else ()
        return (*self._restless, *(entry for entry, seconds in alone if seconds >= self._settle_within))

    def _why_restless(self, watched: _Watched) -> str:
        if watched.since - watched.first_seen >= self._settle_within and watched.looks < self._polls:
            return _CHANGES
        if watched.unwilling is not None and watched.refused - watched.unwilling >= self._settle_within:
            return f"cannot be taken: {watched.why}"
        return ""

    def _note_later(self, found: Later, now: float) -> None:
        """It was read and gave nothing, for a reason that may pass."""
        watched = self._watched.get(found.entry.name)
        if watched is not None:
            watched.unwilling = now if watched.unwilling is None else watched.unwilling
            watched.refused, watched.why = now, found.message

    def _look(self, entry: Entry, before: _Watched | None, now: float, *, is_listing: bool = True) -> _Watched:
        """What is known of a file after another look at it."""
        if before is None or before.entry != entry:
            since = before.unwilling if before else None
            return _Watched(entry, 1, now, now, before.first_seen if before else now, unwilling=since)
        if is_listing and now - before.looked_at >= self._interval:
            before.looks, before.looked_at = before.looks + 1, now
        return before

    def _is_due(self, watched: _Watched, now: float) -> bool:
        """Whether its bytes are worth looking at: they were not read yet, or its time has come."""
        return watched.said in (None, Completeness.COMPLETE) or self._is_over(watched, now)

    def _is_over(self, watched: _Watched, now: float) -> bool:
        """Whether a file is handed on whatever it says: settled, and if it says that it is not complete, for long."""
        if watched.looks < self._polls:
            return False
        return watched.said is not Completeness.INCOMPLETE or now - watched.since >= self._truncated_after
