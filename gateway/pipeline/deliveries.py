"""What became of a dispatch: it arrived, nobody knows, it is tried again later, or a person must help (R14, R15).

Each outcome is written to the outbox, told to the document and to the orders that wait for it, and opens or closes the
case about it.
"""

from datetime import datetime, timedelta
from zlib import crc32

from gateway.errors import TransportError
from gateway.journal import Journal, Transaction
from gateway.journal.records import Dispatch
from gateway.lifecycle.transmission import DeliveryFailed, DocumentDelivered, DocumentResent
from gateway.pipeline.chronicle import note_progress

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=15)
_TOLD_AFTER = 3  # attempts, some two minutes


def prove_arrival(tx: Transaction, document: str) -> None:
    """The partner answered a document: whatever we believed of it, it has arrived."""
    for state in ("in_doubt", "failed"):
        for dispatch in tx.dispatches(state=state, document_id=document):
            _note_delivered(tx, dispatch, "it arrived: the partner answered it")


def mark_delivered(journal: Journal, dispatches: list[Dispatch], now: datetime) -> int:
    """These have their final names at the far end. All are told in one commit; how many they are.

    What is no longer on its way by then was judged meanwhile by who knows better, as by a receipt that says no.
    """
    if not dispatches:
        return 0
    marked = 0
    with journal.transaction(now) as tx:
        for dispatch in dispatches:
            if tx.dispatch(dispatch.id).state in ("staged", "in_doubt"):
                _note_delivered(tx, dispatch, "it was delivered")
                marked += 1
    return marked


def _note_delivered(tx: Transaction, dispatch: Dispatch, why: str) -> None:
    tx.mark_delivered(dispatch.id)
    if dispatch.document_id:
        tx.update_document(dispatch.document_id, delivery="delivered")
        note_progress(tx, dispatch.document_id, DocumentDelivered(document=dispatch.document_id))
    _close_cases(tx, dispatch, why)


def _close_cases(tx: Transaction, dispatch: Dispatch, why: str) -> None:
    for case in tx.open_cases(key_prefix=f"dispatch:{dispatch.id}:"):
        tx.close_case(case.id, why, "gateway")


def keep(journal: Journal, dispatch: Dispatch, now: datetime) -> None:
    """Its channel is not in the configuration: it waits for one, and somebody should know that it does."""
    with journal.transaction(now) as tx:
        tx.open_case(
            key=_case_key(dispatch, "delivery-failed"),
            code="delivery-failed",
            owner="IT",
            message=f"{dispatch.name} waits: config.toml has no channel {dispatch.channel!r} any more",
            remedy="give the channel its old name again; the file leaves with the next look",
            subjects=_subjects(dispatch),
        )


def put_in_doubt(journal: Journal, dispatch: Dispatch, doubt: TransportError, now: datetime) -> str:
    """It may or may not have arrived: ask again later. Answers with what happened."""
    with journal.transaction(now) as tx:
        tx.mark_in_doubt(dispatch.id, str(doubt), now + _pause(dispatch))
        if dispatch.document_id and dispatch.state != "in_doubt":
            tx.update_document(dispatch.document_id, delivery="in_doubt")
            note_progress(tx, dispatch.document_id, DeliveryFailed(document=dispatch.document_id, in_doubt=True))
        if dispatch.attempts + 1 >= _TOLD_AFTER:
            tx.open_case(
                key=_case_key(dispatch, "delivery-in-doubt"),
                code="delivery-in-doubt",
                owner="IT",
                message=f"{dispatch.name} may or may not have arrived at {dispatch.channel}: {doubt}",
                remedy="ask the partner whether it came; nothing has to be done: the far end is asked again, and "
                "without a word from it the same bytes go once more, under the same name and control number",
                subjects=_subjects(dispatch),
            )
    return f"{dispatch.name}: {doubt}"


def end_doubt(tx: Transaction, dispatch: Dispatch) -> None:
    """It did not arrive, as far as anybody can know: its document is on its way again."""
    if dispatch.state != "in_doubt":
        return
    _close_cases(tx, dispatch, "it did not arrive")
    if dispatch.document_id:
        tx.update_document(dispatch.document_id, delivery="queued")
        note_progress(
            tx, dispatch.document_id, DocumentResent(document=dispatch.document_id, who="gateway", why="no sign of it")
        )


def _pause(dispatch: Dispatch) -> timedelta:
    """Growing pauses, up to a fifth longer or shorter, so that what failed together is not tried together.

    By how much follows from the dispatch and the try: chance would make no two runs alike.
    """
    pause: timedelta = min(_FIRST_PAUSE * 2 ** min(dispatch.attempts, 10), _LONGEST_PAUSE)
    share = crc32(f"{dispatch.id}:{dispatch.attempts}".encode()) / 0xFFFFFFFF
    return pause + timedelta(seconds=pause.total_seconds() * 0.4 * (share - 0.5))


def put_off(journal: Journal, dispatch: Dispatch, error: TransportError, now: datetime) -> str:
    """Try again later where that can help, else hold it for a person, who is told in both cases if it lasts.

    Answers with what failed and why.
    """
    again = error.retry
    with journal.transaction(now) as tx:
        tx.mark_failed(dispatch.id, str(error), now + _pause(dispatch) if again else None)
        end_doubt(tx, dispatch)
        if not again and dispatch.document_id:
            tx.update_document(dispatch.document_id, delivery="failed")
            note_progress(tx, dispatch.document_id, DeliveryFailed(document=dispatch.document_id))
        if not again or dispatch.attempts + 1 >= _TOLD_AFTER:
            tx.open_case(
                key=_case_key(dispatch, "delivery-failed"),
                code="delivery-failed",
                owner="IT",
                message=f"{dispatch.name} cannot be delivered to {dispatch.channel}: {error}",
                remedy="mend what the message names; it is tried again every quarter of an hour"
                if again
                else "mend what the message names, then `gateway documents resend`",
                subjects=_subjects(dispatch),
            )
    return f"{dispatch.name}: {error}"


def _case_key(dispatch: Dispatch, code: str) -> str:
    return f"dispatch:{dispatch.id}:{code}"


def _subjects(dispatch: Dispatch) -> tuple[str, ...]:
    document = (f"document:{dispatch.document_id}",) if dispatch.document_id else ()
    return (f"dispatch:{dispatch.id}", *document)
