"""One turn of the gateway: take everything that waits, do everything that is due, send everything that may go.

Masters come first, and a turn goes round until nothing moves, so that what arrives together is understood together.
Many files share one commit, as long as they are small; a file leaves its inbox only after the commit that holds it, and
its quarantine copy is written between the two. One file that breaks holds up no other, one channel that fails holds up
none, and its case closes with the first turn in which it works again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from gateway.alerts import senders_of
from gateway.erp.base import Collected
from gateway.errors import GatewayError, TransportError
from gateway.instance import Instance
from gateway.lifecycle.problems import Problem
from gateway.logs import logger
from gateway.pipeline import Desk, Receipt, orders, receive, shore
from gateway.pipeline.acknowledged import raise_overdue
from gateway.pipeline.alerting import raise_alerts, send_alerts
from gateway.pipeline.courier import Carrier, Posting, deliver
from gateway.pipeline.desk import ERP_CHANNEL
from gateway.pipeline.remittances import raise_overdue_invoices
from gateway.pipeline.silence import look_for_silence
from gateway.transports.base import Arrival, Entry, Later, Refusal
from gateway.transports.quarantine import Quarantine, Reason

# What shares a commit: so many files, or so many bytes of them, for they are all in memory then.
_TOGETHER = 50
_TOGETHER_BYTES = 8_000_000
_BUG_REMEDY = "this is a fault of the gateway: report it with this file and the log line of the same time"
_CHANNEL_CASE = "channel-failed:"
Found = TypeVar("Found", Arrival, Collected)


class Source(Protocol):
    """Where files come from, as far as a turn has to do with it afterwards."""

    def settle(self, entry: Entry) -> bool:
        """Remove what was fetched and is stored."""

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Move something that cannot be read to a local place."""


class Channel(Source, Protocol):
    """A partner's channel, as far as a turn takes from it."""

    def list(self) -> tuple[Entry, ...]:
        """What waits, the oldest first."""

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """The bytes of one of them."""


@dataclass
class Tally:
    """What a turn did, in numbers for people."""

    files: int = 0
    quarantined: int = 0
    delivered: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)


class Turn:
    """A turn over one instance. The caller holds the instance's lock."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.tally = Tally()
        self.log = logger()
        # What is taken and cannot be removed: it would come again in every round.
        self._stuck: set[tuple[str, bytes]] = set()
        self._failed: set[str] = set()

    def run(self) -> Tally:
        """Go round until nothing moves."""
        while self._round():
            pass
        self._channels_work_again()
        self._tell_people()
        return self.tally

    def _round(self) -> bool:
        before = (self.tally.files, self.tally.delivered)
        moved = self._take_from_erp()
        for name, channel in self.instance.channels.items():
            moved |= self._take_from_channel(name, channel)
        moved |= self._go_on()
        carriers: dict[str, Carrier] = {ERP_CHANNEL: Posting(self.instance.erp), **self.instance.channels}
        rate = self.instance.config.erp.rate
        rates = {ERP_CHANNEL: rate} if rate else {}
        sent = deliver(self.instance.journal, carriers, self.instance.clock(), rates)
        self.tally.delivered += sent.delivered
        self.tally.failed += len(sent.failed)
        for failed in sent.failed:
            self.log.warning("delivery-failed", said=failed)
        return moved or (self.tally.files, self.tally.delivered) != before

    # Taking in

    def _take_from_erp(self) -> bool:
        erp = self.instance.erp
        return self._take(ERP_CHANNEL, erp, erp.collect(self.instance.clock()), shore.take, lambda c: c.arrival)

    def _take_from_channel(self, name: str, channel: Channel) -> bool:
        return self._take(name, channel, self._fetch(name, channel), receive, lambda arrival: arrival)

    def _fetch(self, name: str, channel: Channel) -> Iterator[Arrival | Refusal | Later]:
        for entry in channel.list():
            if (name, entry.name) not in self._stuck:
                yield channel.fetch(entry, self.instance.clock())

    def _take(
        self,
        name: str,
        source: Source,
        found: Iterable[Found | Refusal | Later],
        work: Callable[[Found, Desk], Receipt],
        arrival_of: Callable[[Found], Arrival],
    ) -> bool:
        """Take what a source has, in groups that share a commit. Whether there was anything."""
        moved = False
        waiting = iter(found)
        is_more = True
        while is_more:
            group: list[Found | Refusal | Later] = []
            is_more = self._fill(group, name, waiting, arrival_of)
            moved |= bool(group) and self._take_together(name, source, group, work, arrival_of)
            del group  # before the next is read: one group in memory at a time
        return moved

    def _fill(
        self,
        group: list[Found | Refusal | Later],
        name: str,
        waiting: Iterator[Found | Refusal | Later],
        arrival_of: Callable[[Found], Arrival],
    ) -> bool:
        """Fill the next group; what came before a channel failed is still taken. Whether there may be more."""
        size = 0
        try:
            for each in waiting:
                group.append(each)
                size += 0 if isinstance(each, Refusal | Later) else len(arrival_of(each).data)
                if len(group) == _TOGETHER or size >= _TOGETHER_BYTES:
                    return True
        except TransportError as error:
            self._channel_fails(name, error)
        return False

    def _take_together(
        self,
        name: str,
        source: Source,
        group: list[Found | Refusal | Later],
        work: Callable[[Found, Desk], Receipt],
        arrival_of: Callable[[Found], Arrival],
    ) -> bool:
        taken: list[tuple[Arrival, Receipt]] = []
        refused: list[Refusal] = []
        now = self.instance.clock()
        with self.instance.journal.transaction(now) as tx:
            desk = Desk(self.instance.config, self.instance.mappings, self.instance.catalogue, tx, now)
            for each in group:
                if isinstance(each, Later):
                    continue
                if isinstance(each, Refusal):
                    if (name, each.entry.name) not in self._stuck:
                        self._record_refusal(name, each, desk)
                        refused.append(each)
                    continue
                arrival = arrival_of(each)
                if (name, arrival.entry.name) not in self._stuck:
                    taken.append((arrival, self._work(each, arrival, work, desk)))
        for arrival, receipt in taken:
            self._finish(name, source, arrival, receipt)
        for refusal in refused:
            self._set_aside(name, source, refusal)
        return bool(taken or refused)

    def _work(self, each: Found, arrival: Arrival, work: Callable[[Found, Desk], Receipt], desk: Desk) -> Receipt:
        """Take one file; the one place where a fault of ours is caught, so that it costs one file and no more."""
        try:
            with desk.tx.savepoint():
                return work(each, desk)
        except GatewayError:
            raise
        except Exception as bug:
            self.log.exception("arrival.failed", channel=arrival.channel, file=arrival.label)
            stored = desk.tx.store_file(arrival.data, direction="in", channel=arrival.channel, name=arrival.label)
            message = f"{type(bug).__name__}: {bug}"
            receipt = Receipt(stored.id, arrival.label)
            receipt.reasons.append(
                Reason(code="internal-error", message=message, place=arrival.label, remedy=_BUG_REMEDY)
            )
            desk.tell(
                Problem(
                    key=f"file:{arrival.channel}:{stored.sha256}:internal-error",
                    code="internal-error",
                    owner="IT",
                    message=f"{arrival.label}: {message}",
                    remedy=_BUG_REMEDY,
                    subjects=(f"file:{stored.id}",),
                )
            )
            return receipt

    def _record_refusal(self, name: str, refusal: Refusal, desk: Desk) -> None:
        """Something that cannot be read at all: history, and a case."""
        label = refusal.entry.label
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

    # After the commit

    def _finish(self, name: str, source: Source, arrival: Arrival, receipt: Receipt) -> None:
        """Quarantine copy first, then out of the inbox: at no moment is the file nowhere."""
        self.tally.files += 1
        self.log.info("arrival.read", channel=name, file=arrival.label, refused=len(receipt.reasons))
        try:
            if receipt.reasons:
                self.tally.quarantined += 1
                self._quarantine.keep(arrival.label, arrival.data, receipt.reasons[0])
            source.settle(arrival.entry)
        except TransportError as error:
            self._stuck.add((name, arrival.entry.name))
            self._channel_fails(name, error)

    def _set_aside(self, name: str, source: Source, refusal: Refusal) -> None:
        self.tally.files += 1
        self.tally.quarantined += 1
        reason = Reason(code=refusal.code, message=refusal.message, place=refusal.entry.label, remedy=refusal.remedy)
        self.log.info("arrival.refused", channel=name, file=refusal.entry.label, code=refusal.code)
        try:
            self._quarantine.set_aside(source, refusal.entry, reason)  # type: ignore[arg-type]
        except TransportError as error:
            self._stuck.add((name, refusal.entry.name))
            self._channel_fails(name, error)

    @property
    def _quarantine(self) -> Quarantine:
        return self.instance.quarantine

    def _channel_fails(self, name: str, error: TransportError) -> None:
        """A channel does not do what it should: a case, and the others go on."""
        self._failed.add(name)
        said = f"channel {name}: {error}"
        if said not in self.tally.problems:
            self.tally.problems.append(said)
        self.log.warning("channel.failed", channel=name, error=str(error))
        now = self.instance.clock()
        with self.instance.journal.transaction(now) as tx:
            tx.open_case(
                key=f"{_CHANNEL_CASE}{name}",
                code="channel-failed",
                owner="IT",
                message=said,
                remedy="mend what the message names; the files wait where they are",
                subjects=(f"channel:{name}",),
            )

    def _channels_work_again(self) -> None:
        """Close the cases of channels that failed once and have not failed in this turn."""
        known = self.instance.journal.open_cases(key_prefix=_CHANNEL_CASE)
        mended = [case for case in known if case.key.removeprefix(_CHANNEL_CASE) not in self._failed]
        if mended:
            with self.instance.journal.transaction(self.instance.clock()) as tx:
                for case in mended:
                    tx.close_case(case.id, "the channel works again", "gateway")

    def _tell_people(self) -> None:
        """Alerts come last: what opened and closed within a turn is nobody's business."""
        instance, now = self.instance, self.instance.clock()
        with instance.journal.transaction(now) as tx:
            desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
            look_for_silence(desk)
            raise_overdue_invoices(desk)
            raise_alerts(desk)
        send_alerts(instance.journal, senders_of(instance.config, instance.journal.instance), now)

    # What waits inside

    def _go_on(self) -> bool:
        now = self.instance.clock()
        journal = self.instance.journal
        waits_for_answers = journal.documents(direction="out", acknowledgement="awaited", limit=1)
        is_waiting = any(journal.open_cases(key_prefix=prefix) for prefix in orders.OPEN)
        if not waits_for_answers and not is_waiting and not journal.due_wakeups(now):
            return False
        with self.instance.journal.transaction(now) as tx:
            desk = Desk(self.instance.config, self.instance.mappings, self.instance.catalogue, tx, now)
            return raise_overdue(desk) + orders.go_on_waiting(desk) > 0
