"""What comes out of the folders of an AS2 server: messages, each taken once, and what became of those we sent.

A Message-ID is remembered with the content that was taken under it, in the transaction that took it: the same again is
a repeat, which is told and not taken twice, another content is a conflict and is held. What was refused is not
remembered, so whoever mends it may send it again. A receipt (MDN) tells the dispatch it is about whether the partner's
server has it; the server's error folder tells that it was not sent; a copy in its sent folder proves nothing, and only
tells the Message-ID. Late, repeated and unknown ones are journalled and never fatal (reliability rule R18).
"""

from collections.abc import Callable, Mapping
from hashlib import sha256

from gateway.journal.records import Dispatch
from gateway.lifecycle.problems import Problem
from gateway.lifecycle.transmission import DeliveryFailed, DocumentDelivered
from gateway.pipeline.chronicle import note_progress
from gateway.pipeline.desk import Desk
from gateway.pipeline.mdn import Mdn, read_mdn
from gateway.pipeline.receiving import receive
from gateway.pipeline.refusals import Receipt
from gateway.transports.as2_drop import As2Arrival, Kind
from gateway.transports.base import Arrival
from gateway.transports.quarantine import Reason

# What a partner says who has it.
_ANSWERED = ("accepted", "accepted_with_errors", "rejected")

_PAGE = 500  # dispatches that are looked through at a time, the latest first
_AGAIN = "mend what the message names, then `gateway documents resend`"
_CONFLICT = "ask the partner which of the two is right, and to send it under a Message-ID of its own"
_STRANGER = "find out who put it into the folder of the AS2 server; it lies in quarantine"


def take(arrival: Arrival, desk: Desk) -> Receipt:
    """Take one file that came through a channel, of whatever kind it is."""
    return _WORK[arrival.kind](arrival, desk) if isinstance(arrival, As2Arrival) else receive(arrival, desk)


def take_message(arrival: As2Arrival, desk: Desk) -> Receipt:
    """A message came: taken once for its Message-ID. Without one its control numbers alone tell a repeat."""
    if arrival.message_id is None:
        return receive(arrival, desk)
    subject = f"message-id:{arrival.channel}:{arrival.message_id}"
    digest = sha256(arrival.data).hexdigest()
    taken = desk.tx.events(subject, prefix="message-taken")
    if not taken:
        receipt = receive(arrival, desk)
        if not receipt.reasons:
            body = {"message_id": arrival.message_id, "file": receipt.file_id, "sha256": digest}
            desk.note("message-taken", body, subject, f"file:{receipt.file_id}")
        return receipt
    receipt = _keep(arrival, desk)
    first = taken[-1].body
    body = {"message_id": arrival.message_id, "file": receipt.file_id, "first": first["file"]}
    if first["sha256"] == digest:
        desk.note("message-repeated", body, subject, f"file:{receipt.file_id}")
        return receipt
    desk.note("message-conflicting", body, subject, f"file:{receipt.file_id}")
    said = f"Message-ID {arrival.message_id} came before, with other content"
    receipt.reasons.append(
        Reason(code="message-id-conflict", message=said, place=arrival.label, remedy=_CONFLICT),
    )
    desk.tell(
        Problem(
            key=f"{subject}:message-id-conflict",
            code="message-id-conflict",
            owner="IT",
            message=f"{arrival.name}: {said}",
            remedy=_CONFLICT,
            subjects=(f"file:{receipt.file_id}", f"file:{first['file']}"),
        )
    )
    return receipt


def take_receipt(arrival: As2Arrival, desk: Desk) -> Receipt:
    """An MDN came for something that we sent."""
    receipt, mdn = _keep(arrival, desk), read_mdn(arrival.data)
    message_id = (mdn.message_id if mdn else "") or arrival.message_id or ""
    subject = f"receipt:{arrival.channel}:{message_id or arrival.name}"
    body = {"file": receipt.file_id, "name": arrival.name, "message_id": message_id}
    if mdn is None:
        desk.note("receipt-unreadable", body, subject)
        return receipt
    body |= {"disposition": mdn.disposition, "mic": mdn.mic}
    dispatch = _find(arrival, message_id, desk)
    if dispatch is None:
        desk.note("receipt-unmatched", body, subject)
        return receipt
    about = (subject, *_subjects(dispatch))
    if any(known.body["disposition"] == mdn.disposition for known in desk.tx.events(subject, prefix="receipt-taken")):
        desk.note("receipt-repeated", body, *about)
        return receipt
    verdict = "positive" if mdn.is_positive else "negative"
    is_known = _has_arrived(dispatch, desk)
    desk.note("receipt-taken", {**body, "dispatch": dispatch.id, "verdict": verdict}, *about)
    if mdn.is_positive:
        _arrives(dispatch, desk)
    elif not is_known:
        _fails(dispatch, desk, _refused(dispatch, mdn))
    return receipt


def take_sent(arrival: As2Arrival, desk: Desk) -> Receipt:
    """The server keeps a copy of what it sent: whether it arrived, a receipt or an answer must say."""
    dispatch = _find(arrival, arrival.message_id or "", desk)
    if dispatch is None or desk.tx.file(dispatch.file_id).sha256 != sha256(arrival.data).hexdigest():
        receipt = _keep(arrival, desk)
        desk.note("sent-unmatched", {"file": receipt.file_id, "name": arrival.name}, f"file:{receipt.file_id}")
        return receipt
    about = (f"message-sent:{arrival.channel}:{arrival.message_id}", *_subjects(dispatch))
    desk.note("message-sent", {"dispatch": dispatch.id, "message_id": arrival.message_id}, *about)
    return Receipt(dispatch.file_id, arrival.label)


def take_error(arrival: As2Arrival, desk: Desk) -> Receipt:
    """The server could not send a file: the dispatch has failed, and the bytes are in the journal as ever."""
    dispatch, receipt = _find(arrival, arrival.message_id or "", desk), _keep(arrival, desk)
    if dispatch is None:
        said = f"the AS2 server could not send {arrival.name}, which is no file of ours"
        receipt.reasons.append(Reason(code="transmission-failed", message=said, place=arrival.label, remedy=_STRANGER))
        desk.tell(
            Problem(
                key=f"file:{arrival.channel}:{arrival.name}:transmission-failed",
                code="transmission-failed",
                owner="IT",
                message=said,
                remedy=_STRANGER,
                subjects=(f"file:{receipt.file_id}",),
            )
        )
        return receipt
    body = {"dispatch": dispatch.id, "file": receipt.file_id, "message_id": arrival.message_id}
    desk.note("message-not-sent", body, *_subjects(dispatch))
    if not _has_arrived(dispatch, desk):
        _fails(dispatch, desk, _not_sent(dispatch))
    return receipt


def _keep(arrival: As2Arrival, desk: Desk) -> Receipt:
    file = desk.tx.store_file(arrival.data, direction="in", channel=arrival.channel, name=arrival.label)
    return Receipt(file.id, arrival.label)


def _find(arrival: As2Arrival, message_id: str, desk: Desk) -> Dispatch | None:
    """The dispatch that a file is about: by the Message-ID of a copy that was sent, else by the name it begins with."""
    sent = desk.tx.events(f"message-sent:{arrival.channel}:{message_id}") if message_id else []
    if sent:
        return desk.tx.dispatch(sent[-1].body["dispatch"])
    before: str | None = None
    while page := desk.tx.dispatches(channel=arrival.channel, before=before, limit=_PAGE):
        named = [each for each in page if _is_named_after(arrival.name, each.name)]
        if named:
            return max(named, key=lambda each: (len(each.name), int(each.id)))
        before = page[0].id
    return None


def _is_named_after(name: str, sent: str) -> bool:
    """Whether the server made a name of the one that we gave, with a Message-ID or a number behind it."""
    return name == sent or name.startswith((f"{sent}-", f"{sent}."))


def _has_arrived(dispatch: Dispatch, desk: Desk) -> bool:
    """Whether the partner is known to have it: his server said so since it left last, or he has answered it."""
    if dispatch.document_id and desk.tx.document(dispatch.document_id).acknowledgement in _ANSWERED:
        return True
    history = desk.tx.events(f"dispatch:{dispatch.id}")
    left = max((entry.seq for entry in history if entry.kind == "dispatch-staged"), default=0)
    return any(e.kind == "receipt-taken" and e.body["verdict"] == "positive" and e.seq > left for e in history)


def _arrives(dispatch: Dispatch, desk: Desk) -> None:
    """What was given up, or is in doubt, has arrived after all."""
    if dispatch.state in ("failed", "in_doubt"):
        desk.tx.mark_delivered(dispatch.id)
        if dispatch.document_id:
            desk.tx.update_document(dispatch.document_id, delivery="delivered")
            note_progress(desk.tx, dispatch.document_id, DocumentDelivered(document=dispatch.document_id))
    for case in desk.tx.open_cases(key_prefix=f"dispatch:{dispatch.id}:"):
        desk.tx.close_case(case.id, "the partner's AS2 server has it", "gateway")


def _fails(dispatch: Dispatch, desk: Desk, problem: Problem) -> None:
    """It has not arrived. What waits to go again is not held up by what became of it before."""
    if dispatch.state == "queued":
        return
    if dispatch.state == "staged":
        desk.tx.mark_delivered(dispatch.id)  # a crash kept us from noting that it had left
    if dispatch.state != "failed":
        desk.tx.mark_failed(dispatch.id, problem.message, None)
        if dispatch.document_id:
            desk.tx.update_document(dispatch.document_id, delivery="failed")
            note_progress(desk.tx, dispatch.document_id, DeliveryFailed(document=dispatch.document_id))
    desk.tell(problem)


def _refused(dispatch: Dispatch, mdn: Mdn) -> Problem:
    return Problem(
        key=f"dispatch:{dispatch.id}:mdn-negative",
        code="mdn-negative",
        owner="IT",
        message=f"the partner's AS2 server did not take {dispatch.name}: {mdn.disposition}",
        remedy=_AGAIN,
        subjects=_subjects(dispatch),
        evidence={"Message-ID": mdn.message_id, "disposition": mdn.disposition},
    )


def _not_sent(dispatch: Dispatch) -> Problem:
    return Problem(
        key=f"dispatch:{dispatch.id}:transmission-failed",
        code="transmission-failed",
        owner="IT",
        message=f"the AS2 server could not send {dispatch.name}: it lay in its error folder",
        remedy=f"look into the log of the AS2 server; {_AGAIN}",
        subjects=_subjects(dispatch),
    )


def _subjects(dispatch: Dispatch) -> tuple[str, ...]:
    document = (f"document:{dispatch.document_id}",) if dispatch.document_id else ()
    return (f"dispatch:{dispatch.id}", *document)


_WORK: Mapping[Kind, Callable[[As2Arrival, Desk], Receipt]] = {
    "message": take_message,
    "receipt": take_receipt,
    "sent": take_sent,
    "error": take_error,
}
