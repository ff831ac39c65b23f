"""Taking in at one shore: what waits is read in groups that share a commit, and leaves its inbox only after it.

The order is always the same (R7): read the bytes, note them as under way, take them in one transaction, write the
quarantine copy of what was refused, remove the file. One file that breaks costs itself alone. From the commit on the
files of a group are remembered as taken, each until it is removed: whatever goes wrong then, in this process or a later
one, only its removal is tried again.

Files are parsed inside the transaction, for a commit is what costs: one for each file would take a folder of hundreds
many times as long. Others who want to write wait meanwhile, so a group ends after about two seconds of work; what is
left of it has a transaction of its own.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Generic, TypeVar

from gateway.errors import GatewayError, JournalError, TransportError
from gateway.instance import Instance
from gateway.lifecycle.problems import Problem
from gateway.logs import logger
from gateway.pipeline import Desk, Receipt
from gateway.pipeline.courier import never
from gateway.rehearsal import Recovered
from gateway.remaining import Lying, SetAside, Source, Taken
from gateway.tally import Tally, channel_fails
from gateway.transports.base import Arrival, Entry, Later, Refusal
from gateway.transports.quarantine import Reason
from gateway.underway import Underway

# What shares a commit: so many files, or so many bytes of them, for they are all in memory then.
_TOGETHER = 50
_TOGETHER_BYTES = 8_000_000
_AT_MOST = 2.0  # seconds of work in one transaction, but for the file that is being read
_BUG_REMEDY = "this is a fault of the gateway: report it with this file and the log line of the same time"
Found = TypeVar("Found")


@dataclass
class Listed:
    """What lay at a channel when it was last looked at, the bytes of it all, and what has never come to rest.

    `is_known` is False where it could not be looked at.
    """

    is_known: bool = False
    entries: Sequence[Entry] = ()
    size: int = 0
    restless: Sequence[Entry] = ()

    def note(self, entries: Sequence[Entry], restless: Sequence[Entry]) -> None:
        """It was looked at."""
        self.is_known = True
        self.entries, self.size = entries, sum(entry.size for entry in entries)
        self.restless = restless


@dataclass(frozen=True)
class Shore(Generic[Found]):
    """A place that files come from: how to look for them, what to do with each, and where to put it away.

    `look` reads one file at a time, as it is asked for the next.
    """

    name: str
    source: Source
    look: Callable[[Instance], Iterator[Found | Refusal | Later]]
    work: Callable[[Found, Desk], Receipt]
    arrival_of: Callable[[Found], Arrival]
    listed: Listed = field(default_factory=Listed)


class Intake(Generic[Found]):
    """Takes what one shore has. What it cannot remove it remembers, longer than its process lives."""

    def __init__(self, shore: Shore[Found], underway: Underway, recovered: Recovered) -> None:
        """`recovered` is what a crash left in hand, and what earlier processes could not remove."""
        self.shore = shore
        self.underway = underway
        self.remaining = recovered.remaining
        self._poison = recovered.poison
        self.log = logger()

    def remember(self, earlier: "Intake[Any]") -> None:
        """Know what an earlier intake of the same channel knew of files that still lie there."""
        self._poison = {**earlier._poison, **self._poison}
        self.remaining.adopt(earlier.remaining)

    def take(self, instance: Instance, is_stopping: Callable[[], bool] = never) -> Tally:
        """Take everything that waits, until there is nothing more or `is_stopping`.

        Raises JournalError where the journal cannot be written, and nothing was taken that is not in it; TransportError
        where the notes beside it cannot.
        """
        tally = Tally()
        waiting = self.shore.look(instance)
        is_more = True
        while is_more and not is_stopping():
            group: list[Found | Refusal] = []
            is_more = self._fill(group, waiting, instance, tally)
            while group:
                self._close_the_note()  # a new one is written over it
                self._finish(self._take_together(group, instance), instance, tally)
        for each in self.remaining.lying:
            if is_stopping():
                break
            self._put_away(each, instance, tally)
        self._close_the_note()
        return tally

    def _fill(
        self,
        group: list[Found | Refusal],
        waiting: Iterator[Found | Refusal | Later],
        instance: Instance,
        tally: Tally,
    ) -> bool:
        """Fill the next group; what came before a channel failed is still taken. Whether there may be more."""
        size = 0
        try:
            for each in waiting:
                if isinstance(each, Later):
                    continue
                group.append(each)
                size += 0 if isinstance(each, Refusal) else len(self.shore.arrival_of(each).data)
                if len(group) == _TOGETHER or size >= _TOGETHER_BYTES:
                    return True
        except TransportError as error:
            channel_fails(instance, self.shore.name, error, tally)
        return False

    def _take_together(self, group: list[Found | Refusal], instance: Instance) -> Sequence[Lying]:
        """Take the first of a group in one transaction, and remember them; they leave the group."""
        began, now = time.monotonic(), instance.clock()
        taken: list[Taken] = []
        aside: list[SetAside] = []
        arrivals = [self.shore.arrival_of(each) for each in group if not isinstance(each, Refusal)]
        try:
            with instance.journal.transaction(now) as tx:
                head = tx.head()[0]
                self.underway.note(arrivals, head)
                desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
                for each in group:
                    if isinstance(each, Refusal):
                        aside.append(SetAside(each.entry, head, self._record_refusal(each, desk)))
                    else:
                        arrival = self.shore.arrival_of(each)
                        reason = next(iter(self._work(each, arrival, desk).reasons), None)
                        taken.append(Taken(arrival.entry, head, sha256(arrival.data).hexdigest(), reason))
                    if time.monotonic() - began >= _AT_MOST:
                        break
                self.underway.conclude([each.reason for each in taken])
        except BaseException as error:
            instance.catalogue.forget()  # it may have been built from rows that are taken back
            # After a failed fsync nobody knows whether it is committed: the next start finds out by the note.
            if not (self.underway.is_concluded and isinstance(error, JournalError) and not error.retry):
                self.underway.wipe()
            raise
        done: Sequence[Lying] = (*taken, *aside)
        del group[: len(done)]
        self.remaining.add(done)
        return done

    def _work(self, each: Found, arrival: Arrival, desk: Desk) -> Receipt:
        """Take one file; the one place where a fault of ours is caught, so that it costs one file and no more."""
        if self._poison and (reason := self._poison.get(sha256(arrival.data).hexdigest())):
            return _hold(arrival, reason, desk)
        self.underway.go_on()
        try:
            with desk.tx.savepoint():
                return self.shore.work(each, desk)
        except GatewayError:
            raise
        except Exception as bug:
            desk.catalogue.forget()
            self.log.exception("arrival.failed", channel=arrival.channel, file=arrival.label)
            message = f"{type(bug).__name__}: {bug}"
            reason = Reason(code="internal-error", message=message, place=arrival.label, remedy=_BUG_REMEDY)
            return _hold(arrival, reason, desk)

    def _record_refusal(self, refusal: Refusal, desk: Desk) -> Reason:
        """Something that cannot be read at all: history, and a case. Answers with why."""
        name, label = self.shore.name, refusal.entry.label
        body = {"channel": name, "name": label, "code": refusal.code, "message": refusal.message}
        desk.note("file-set-aside", body, f"channel:{name}")
        desk.tell(
            Problem(
                key=f"file:{name}:{label}:{refusal.code}:{refusal.entry.mtime_ns}",
                code=refusal.code,
                owner="IT",
                message=f"{label}: {refusal.message}",
                remedy=refusal.remedy,
                subjects=(f"channel:{name}",),
            )
        )
        return Reason(code=refusal.code, message=refusal.message, place=label, remedy=refusal.remedy)

    # After the commit

    def _finish(self, done: Sequence[Lying], instance: Instance, tally: Tally) -> None:
        """Count, tell and put away each."""
        for each in done:
            tally.files += 1
            tally.quarantined += each.reason is not None
            what = "arrival.read" if isinstance(each, Taken) else "arrival.refused"
            code = each.reason and each.reason.code
            self.log.info(what, channel=self.shore.name, file=each.entry.label, refused=bool(code), code=code)
            self._put_away(each, instance, tally)

    def _put_away(self, each: Lying, instance: Instance, tally: Tally) -> None:
        """One that stays where it is holds up no other."""
        try:
            each.put_away(self.shore.source, instance, self.remaining)
        except TransportError as error:
            # Once is enough: a case that named each of many in turn would grow the journal with every poll.
            if self.shore.name not in tally.channels_failed:
                channel_fails(instance, self.shore.name, error, tally)

    def _close_the_note(self) -> None:
        """What still lies there is remembered durably, and nothing is in hand any more."""
        self.remaining.save()
        self.underway.wipe()


def _hold(arrival: Arrival, reason: Reason, desk: Desk) -> Receipt:
    """Keep the bytes of a file that is not taken, with the reason and a case."""
    stored = desk.tx.store_file(arrival.data, direction="in", channel=arrival.channel, name=arrival.label)
    receipt = Receipt(stored.id, arrival.label)
    receipt.reasons.append(reason)
    desk.tell(
        Problem(
            key=f"file:{arrival.channel}:{stored.sha256}:{reason.code}",
            code=reason.code,
            owner="IT",
            message=f"{arrival.label}: {reason.message}",
            remedy=reason.remedy,
            subjects=(f"file:{stored.id}",),
        )
    )
    return receipt
