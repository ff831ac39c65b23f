"""The courier carries the outbox to the far end: stage, mark, publish, mark (reliability rules R12 to R15).

What a crash left staged and is no longer in staging was delivered, whoever has taken it since. What may succeed later
is tried again with growing pauses, and is a case if it lasts; what the far end refuses is held, with a case at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from gateway.erp.base import ErpAdapter
from gateway.errors import TransportError
from gateway.journal import Journal
from gateway.journal.records import Dispatch
from gateway.lifecycle.transmission import DeliveryFailed, DocumentDelivered
from gateway.pipeline.chronicle import note_progress
from gateway.transports.base import Staged

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)
_END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
_TOLD_AFTER = 3  # attempts, some two minutes


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


def deliver(
    journal: Journal, carriers: Mapping[str, Carrier], now: datetime, rates: Mapping[str, int] = MappingProxyType({})
) -> Round:
    """Carry everything that is due. A channel that fails holds up no other, and no dispatch holds up the next.

    `rates` is how many dispatches a minute a channel may take; what is too much waits for a later round.
    """
    round_ = Round()
    room = {channel: rate - journal.delivered_between(channel, now - _MINUTE, now) for channel, rate in rates.items()}
    staged: list[tuple[Dispatch, Staged]] = []
    behind = _held_back(journal, now)
    for dispatch in journal.waiting(now):
        if behind and any(int(first) < int(dispatch.id) for first in behind.get(_said_of(journal, dispatch), ())):
            continue  # it corrects, or follows, what is still being tried: it must not arrive before that
        carrier = carriers.get(dispatch.channel)
        if carrier is None:
            _keep(journal, dispatch, now)
            continue
        if room.get(dispatch.channel, 1) <= 0:
            continue
        if dispatch.channel in room:
            room[dispatch.channel] -= 1
        try:
            if dispatch.state == "staged" and carrier.is_published(Staged(dispatch.name)):
                _mark_delivered(journal, [dispatch], now)
                round_.delivered += 1
            else:
                staged.append((dispatch, carrier.stage(dispatch.name, journal.bytes_of(dispatch.file_id))))
        except TransportError as error:
            round_.failed.append(_fail(journal, dispatch, error, now))
    with journal.transaction(now) as tx:
        for dispatch, _ in staged:
            tx.mark_staged(dispatch.id)
    done = []
    for dispatch, token in staged:
        try:
            carriers[dispatch.channel].publish(token)
        except TransportError as error:
            round_.failed.append(_fail(journal, dispatch, error, now))
        else:
            done.append(dispatch)
    _mark_delivered(journal, done, now)
    round_.delivered += len(done)
    return round_


def _held_back(journal: Journal, now: datetime) -> dict[tuple[str, ...], list[str]]:
    """What waits for its next try, by what it is about."""
    due = {dispatch.id for dispatch in journal.waiting(now)}
    found: dict[tuple[str, ...], list[str]] = {}
    for dispatch in journal.waiting(_END_OF_TIME):
        if dispatch.id not in due:
            found.setdefault(_said_of(journal, dispatch), []).append(dispatch.id)
    return found


def _said_of(journal: Journal, dispatch: Dispatch) -> tuple[str, ...]:
    """What a dispatch is about: where it goes, which kind of document it carries, and of what number."""
    if dispatch.document_id is None:
        return (dispatch.id,)
    document = journal.document(dispatch.document_id)
    return dispatch.channel, document.partner, document.type, document.business_number


def _mark_delivered(journal: Journal, dispatches: list[Dispatch], now: datetime) -> None:
    if not dispatches:
        return
    with journal.transaction(now) as tx:
        for dispatch in dispatches:
            tx.mark_delivered(dispatch.id)
            if dispatch.document_id:
                tx.update_document(dispatch.document_id, delivery="delivered")
                note_progress(tx, dispatch.document_id, DocumentDelivered(document=dispatch.document_id))
            for case in tx.open_cases(key_prefix=_case_key(dispatch)):
                tx.close_case(case.id, "it was delivered", "gateway")


def _keep(journal: Journal, dispatch: Dispatch, now: datetime) -> None:
    """Its channel is not in the configuration: it waits for one, and somebody should know that it does."""
    with journal.transaction(now) as tx:
        tx.open_case(
            key=_case_key(dispatch),
            code="delivery-failed",
            owner="IT",
            message=f"{dispatch.name} waits: config.toml has no channel {dispatch.channel!r} any more",
            remedy="give the channel its old name again; the file leaves with the next turn",
            subjects=_subjects(dispatch),
        )


def _fail(journal: Journal, dispatch: Dispatch, error: TransportError, now: datetime) -> str:
    """Try again later where that can help, else hold it for a person, who is told in both cases if it lasts.

    Answers with what failed and why.
    """
    again = error.retry
    pause = min(_FIRST_PAUSE * 2**dispatch.attempts, _LONGEST_PAUSE)
    with journal.transaction(now) as tx:
        tx.mark_failed(dispatch.id, str(error), now + pause if again else None)
        if not again and dispatch.document_id:
            tx.update_document(dispatch.document_id, delivery="failed")
            note_progress(tx, dispatch.document_id, DeliveryFailed(document=dispatch.document_id))
        if not again or dispatch.attempts + 1 >= _TOLD_AFTER:
            tx.open_case(
                key=_case_key(dispatch),
                code="delivery-failed",
                owner="IT",
                message=f"{dispatch.name} cannot be delivered to {dispatch.channel}: {error}",
                remedy="mend what the message names; it is tried again every quarter of an hour"
                if again
                else "mend what the message names, then `gateway documents resend`",
                subjects=_subjects(dispatch),
            )
    return f"{dispatch.name}: {error}"


def _case_key(dispatch: Dispatch) -> str:
    return f"dispatch:{dispatch.id}:delivery-failed"


def _subjects(dispatch: Dispatch) -> tuple[str, ...]:
    document = (f"document:{dispatch.document_id}",) if dispatch.document_id else ()
    return (f"dispatch:{dispatch.id}", *document)
