"""The courier carries the outbox to the far end: stage, mark, publish, mark (reliability rules R12 to R15).

What a crash left staged and is no longer in staging was delivered, whoever has taken it since. What may succeed later
is tried again with growing pauses, and is a case if it lasts; what the far end refuses is held, with a case at once.
Where a connection broke nobody knows whether the file arrived: it is in doubt until the far end is asked or answers.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from gateway.erp.base import ErpAdapter
from gateway.errors import Interrupted, JournalError, JournalUnavailable, NotFound, Refused, TransportError
from gateway.journal import Journal
from gateway.journal.records import Dispatch
from gateway.pipeline.deliveries import end_doubt, keep, mark_delivered, put_in_doubt, put_off
from gateway.transports.base import Staged, together

_MINUTE = timedelta(minutes=1)
_END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
Outcome = Callable[[Journal, Dispatch, TransportError, datetime], str]
"""What becomes of a dispatch that failed; answers with what happened."""

_TOGETHER = 100  # dispatches that share their two commits


class Carrier(Protocol):
    """What the courier needs of a transport or ERP adapter."""

    def stage(self, name: str, data: bytes) -> Staged:
        """Make a file durable, not yet visible."""

    def publish(self, staged: Staged) -> None:
        """Make it visible."""

    def is_published(self, staged: Staged) -> bool:
        """Whether a staged file has been published."""


@dataclass(frozen=True)
class Posting:
    """The ERP as a carrier: what is staged there is posted."""

    adapter: ErpAdapter

    def together(self) -> AbstractContextManager[None]:
        """What is handed over inside is durable at its end."""
        return together(self.adapter)

    def stage(self, name: str, data: bytes) -> Staged:
        """Hand a document over, not yet visible."""
        return self.adapter.post(data.decode(), name)

    def publish(self, staged: Staged) -> None:
        """Let the ERP see it."""
        self.adapter.publish(staged)

    def is_published(self, staged: Staged) -> bool:
        """Whether the ERP could see what was once staged."""
        return self.adapter.is_published(staged)


@dataclass
class Round:
    """What one round of the courier did."""

    delivered: int = 0
    failed: list[str] = field(default_factory=list)
    """Why each that failed did."""
    stopped: dict[str, TransportError] = field(default_factory=dict)
    """Channels that could not be served at all, and why: what waits there waits unchanged."""


@dataclass(frozen=True)
class Pace:
    """How a channel is served: at most so many dispatches a minute, and how long one may stay in doubt."""

    rate: int | None = None
    doubt: timedelta = timedelta(hours=1)


def never() -> bool:
    """For who is not told to stop."""
    return False


def deliver(
    journal: Journal,
    carriers: Mapping[str, Carrier],
    now: datetime,
    paces: Mapping[str, Pace] = MappingProxyType({}),
    is_stopping: Callable[[], bool] = never,
) -> Round:
    """Carry everything that is due on these channels. One that fails holds up no other, no dispatch the next.

    What is too much for a channel's pace waits for a later round; after a restore nothing leaves until a person has
    said so. Raises GatewayError where this machine fails.
    """
    round_ = Round()
    if journal.is_paused():
        return round_
    for name, carrier in carriers.items():
        pace = paces.get(name, Pace())
        due = journal.waiting(now, name)
        if pace.rate is not None:
            due = due[: max(pace.rate - journal.delivered_between(name, now - _MINUTE, now), 0)]
        visit = _Visit(journal, carrier, now, pace, round_, _held_back(journal, name, now), is_stopping)
        try:
            for start in range(0, len(due), _TOGETHER):
                visit.carry(due[start : start + _TOGETHER])
        except TransportError as error:
            round_.stopped[name] = error
    return round_


def keep_strays(journal: Journal, known: Collection[str], now: datetime) -> None:
    """What waits for a channel that the configuration has no more is a case: the file leaves when it is back."""
    for dispatch in journal.waiting(now):
        if dispatch.channel not in known:
            keep(journal, dispatch, now)


@dataclass
class _Visit:
    """One round at one channel. `behind` is what is still being tried, by what it is about: the first of each."""

    journal: Journal
    carrier: Carrier
    now: datetime
    pace: Pace
    round_: Round
    behind: dict[tuple[str, ...], int]
    is_stopping: Callable[[], bool]

    def carry(self, due: list[Dispatch]) -> None:
        """Stage some dispatches, mark them together, publish them, mark them together.

        Raises TransportError where the channel is not there at all; what was done until then is marked.
        """
        arrived: list[Dispatch] = []
        done: list[Dispatch] = []
        try:
            self._carry(due, arrived, done)
        except TransportError:
            self._mark([*arrived, *done])  # any other error ends the process: after a failed fsync nothing is written
            raise
        self._mark([*arrived, *done])

    def _carry(self, due: list[Dispatch], arrived: list[Dispatch], done: list[Dispatch]) -> None:
        staged: list[tuple[Dispatch, Staged]] = []
        with together(self.carrier):
            for dispatch in due:
                if self.is_stopping():
                    break
                if self._may_go(dispatch):
                    self._stage(dispatch, arrived, staged)
        if staged:
            with self.journal.transaction(self.now) as tx:
                for dispatch, _ in staged:
                    tx.mark_staged(dispatch.id)
                    end_doubt(tx, dispatch)
        with together(
            self.carrier
        ):  # at its end all that is done is durable, or an error that is none of the channel's
            for dispatch, token in staged:
                if self.is_stopping():
                    break  # it stays staged: the next round asks first whether it has left
                if self._may_go(dispatch) and self._publish(dispatch, token):
                    done.append(dispatch)

    def _mark(self, dispatches: list[Dispatch]) -> None:
        self.round_.delivered += mark_delivered(self.journal, dispatches, self.now)

    def _may_go(self, dispatch: Dispatch) -> bool:
        """Not what corrects, or follows, something that is still being tried: it must not arrive before that."""
        first = self.behind.get(_said_of(self.journal, dispatch)) if self.behind else None
        return first is None or first >= int(dispatch.id)

    def _stage(self, dispatch: Dispatch, arrived: list[Dispatch], staged: list[tuple[Dispatch, Staged]]) -> None:
        if dispatch.state in ("staged", "in_doubt"):
            try:
                if _has_arrived(self.journal, self.carrier, dispatch, self.now, self.pace):
                    arrived.append(dispatch)
                    return
            except TransportError as error:
                # As long as the question has no answer it must not be sent again, whatever else is tried.
                self._fails(dispatch, error, put_in_doubt)
                return
        try:
            staged.append((dispatch, self.carrier.stage(dispatch.name, _bytes_of(self.journal, dispatch))))
        except TransportError as error:
            self._fails(dispatch, error, put_off)

    def _publish(self, dispatch: Dispatch, token: Staged) -> bool:
        try:
            self.carrier.publish(token)
        except Interrupted as doubt:
            self._fails(dispatch, doubt, put_in_doubt)
        except TransportError as error:
            self._fails(dispatch, error, put_off)
        else:
            return True
        return False

    def _fails(self, dispatch: Dispatch, error: TransportError, outcome: Outcome) -> None:
        """One file fails, and with it what must not overtake it; or the channel does, and then nothing is changed."""
        if error.of_channel and not isinstance(error, Interrupted):
            raise error
        self.behind.setdefault(_said_of(self.journal, dispatch), int(dispatch.id))
        self.round_.failed.append(outcome(self.journal, dispatch, error, self.now))
        if error.of_channel:
            raise error


def _bytes_of(journal: Journal, dispatch: Dispatch) -> bytes:
    """What is to leave. Raises Refused where the journal has it no more, for then a person must look."""
    try:
        return journal.bytes_of(dispatch.file_id)
    except JournalUnavailable:
        raise
    except (NotFound, JournalError) as error:
        raise Refused(f"its bytes cannot be had: {error}") from error


def _has_arrived(journal: Journal, carrier: Carrier, dispatch: Dispatch, now: datetime, pace: Pace) -> bool:
    """Whether what was once staged is at the far end; False where the same bytes may go again.

    A far end that takes files away cannot say. Then the functional acknowledgement is waited for, and after the
    channel's time the same bytes go again, under the same name and number: the far end knows a repeat by them (R14).
    Raises Interrupted while there is doubt.
    """
    try:
        return carrier.is_published(Staged(dispatch.name, journal.file(dispatch.file_id).size))
    except Interrupted:
        if dispatch.state == "in_doubt" and now - _doubted_since(journal, dispatch) >= pace.doubt:
            return False
        raise


def _doubted_since(journal: Journal, dispatch: Dispatch) -> datetime:
    """When the doubt began that is not yet resolved."""
    since = dispatch.at
    for entry in reversed(journal.events(f"dispatch:{dispatch.id}", prefix="dispatch-")):
        if entry.kind != "dispatch-in-doubt":
            break
        since = entry.at
    return since


def _held_back(journal: Journal, channel: str, now: datetime) -> dict[tuple[str, ...], int]:
    """What waits for its next try, by what it is about: the first of each."""
    found: dict[tuple[str, ...], int] = {}
    for dispatch in journal.waiting(_END_OF_TIME, channel):
        if dispatch.next_at > now:
            found.setdefault(_said_of(journal, dispatch), int(dispatch.id))
    return found


def _said_of(journal: Journal, dispatch: Dispatch) -> tuple[str, ...]:
    """What a dispatch is about: where it goes, which kind of document it carries, and of what number."""
    if dispatch.document_id is None:
        return (dispatch.id,)
    document = journal.document(dispatch.document_id)
    return dispatch.channel, document.partner, document.type, document.business_number
