"""Going on from a backup: what may have left since is held, and each side is asked for what it sent since.

The journal knows nothing of the time after the backup, and says so. What it would send again by itself might be sent
twice, so nothing leaves until a person has compared; what partners and the ERP sent must come again.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.config import Config
from gateway.errors import Conflict
from gateway.journal import Journal, Transaction
from gateway.journal.instants import printed
from gateway.journal.numbers import after
from gateway.journal.records import Dispatch, Document
from gateway.lifecycle.subjects import document_subject
from gateway.lifecycle.transmission import DeliveryFailed, DocumentDelivered, DocumentSealed, Transmission
from gateway.pipeline.chronicle import find_transmission, note_progress
from gateway.pipeline.desk import ERP_CHANNEL, Desk
from gateway.pipeline.erp_said import DOCNUMS
from gateway.pipeline.judging import judge_draft
from gateway.pipeline.outgoing import find_draft
from gateway.pipeline.sealing import series_of

Json = dict[str, Any]

_END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
_DOUBT = "it waited in the backup, and may have left after the backup was made"
_HELD = "it was held in the backup, and may have been sent after the backup was made"


def series_to_be(config: Config) -> Mapping[str, int]:
    """Every series of numbers (control, labels, IDocs) that the configuration can begin, with its first number."""
    of_labels = [each for each in (config.labels, *config.labels.company.values()) if each.gs1_prefix]
    return {
        **{name: partner.start_at for partner in config.partners.values() for name in series_of(partner)},
        **{numbering.series: numbering.start_at for numbering in of_labels},
        **({DOCNUMS: config.erp.sap.start_at} if config.erp.sap else {}),
    }


def hold_what_may_have_left(tx: Transaction) -> None:
    """Put what waits or is held in a backup in doubt: a person, or the partner's answer, says whether it arrived.

    The far end is not asked by itself: it may have taken the file away, or never have got it, and looks the same. What
    was held may have been sent by a person since.
    """
    for dispatch in (*tx.waiting(_END_OF_TIME), *tx.dispatches(state="failed")):
        doubt_said = _HELD if dispatch.state == "failed" else _DOUBT
        for case in tx.open_cases(key_prefix=f"dispatch:{dispatch.id}:"):
            tx.close_case(case.id, doubt_said, "gateway")
        tx.mark_in_doubt(dispatch.id, doubt_said, _END_OF_TIME)
        if dispatch.document_id:
            tx.update_document(dispatch.document_id, delivery="in_doubt")
            doubt = DeliveryFailed(document=dispatch.document_id, in_doubt=True)
            note_progress(tx, dispatch.document_id, doubt)
        name = dispatch.document_id or dispatch.id
        tx.open_case(
            key=f"dispatch:{dispatch.id}:delivery-in-doubt",
            code="delivery-in-doubt",
            owner="IT",
            message=f"{dispatch.name} may or may not have gone to {dispatch.channel}: {doubt_said}",
            remedy=f"ask whether it arrived; if so `gateway journal arrived {name} --reason TEXT`, "
            f"if not `gateway documents resend {name}`: the same bytes, name and number",
            subjects=(
                f"dispatch:{dispatch.id}",
                *((f"document:{dispatch.document_id}",) if dispatch.document_id else ()),
            ),
        )


def find_arrival(name: str, desk: Desk) -> Dispatch | Transmission:
    """What a person may say has arrived, by its own id or its document's: in doubt, or in a pause whatever waits.

    Raises NotFound; Conflict where it has been delivered, leaves by itself, or is not ours.
    """
    tx = desk.tx
    if tx.entry(name).kind == "dispatch-queued":
        found = [tx.dispatch(name)]
    else:
        document = tx.document(name)
        found = tx.dispatches(document_id=name)
        sent = find_transmission(document, tx) if document.direction == "out" and not found else None
        if sent is not None and sent.waits and tx.is_paused():
            return sent
        if not found:
            raise Conflict(f"document {name} has not been sent: it cannot have arrived")
    dispatch = found[-1]
    may_be = ("queued", "staged", "in_doubt") if tx.is_paused() else ("in_doubt",)
    if dispatch.state not in may_be:
        only = "only what is in doubt, or waits in a pause, may have arrived"
        raise Conflict(f"{dispatch.name} is {dispatch.state}: {only}")
    return dispatch


def arrive(found: Dispatch | Transmission, who: str, why: str, desk: Desk) -> None:
    """Take it as delivered on somebody's word: it does not leave (again).

    What was never sealed here left in the lost time under a number that nobody knows any more: no answer is awaited.
    """
    tx = desk.tx
    if isinstance(found, Transmission):
        tx.append("arrival-confirmed", {"who": who, "why": why}, (document_subject(found.document),))
        _left_before(tx.document(found.document), desk)
        return
    document = found.document_id
    about = (f"dispatch:{found.id}", *((document_subject(document),) if document else ()))
    tx.append("arrival-confirmed", {"dispatch": found.id, "who": who, "why": why}, about)
    tx.mark_delivered(found.id)
    if document:
        tx.update_document(document, delivery="delivered")
        note_progress(tx, document, DocumentDelivered(document=document))
    for case in tx.open_cases(key_prefix=f"dispatch:{found.id}:"):
        tx.close_case(case.id, why, who)


def _left_before(document: Document, desk: Desk) -> None:
    """A draft counts as sent, with what it would say now."""
    partner, sent, orders = find_draft(document, desk)
    judgement = judge_draft(sent, orders, partner, desk)
    if judgement.document is not None:
        desk.tx.write_document(document.id, judgement.document.model_dump(mode="json"))
    desk.tx.update_document(document.id, validation="ready", delivery="delivered", acknowledgement="accepted")
    sealed = DocumentSealed(document=document.id, purpose="original", awaited=False, sealed_at=desk.now)
    for event in (sealed, DocumentDelivered(document=document.id)):
        note_progress(desk.tx, document.id, event)


def waiting(journal: Journal) -> list[Json]:
    """What leaves as soon as it may: what was queued while nothing left, and drafts since the restore, oldest first.

    A draft waits for something more: its turn, or what its gate finds wanting.
    """
    restored = journal.last_restore()
    queued = (dispatch for dispatch in journal.waiting(_END_OF_TIME) if dispatch.state != "in_doubt")
    rows = [_described(dispatch, journal) for dispatch in queued]
    for document in journal.documents(direction="out", delivery="none"):
        sent = find_transmission(document, journal) if restored and int(document.id) > restored.seq else None
        if sent is not None and sent.waits:
            judged = sent.judged
            why = (*judged.waits_for, *(gap.message for gap in sent.blocking)) if judged else ()
            rows.append(_named(document) | {"queued_at": printed(document.at), "waits_for": list(why)})
    return rows


def resend_requests(journal: Journal, config: Config) -> Json:
    """What to ask of whom after a restore, computed from what the backup knows; of a sound journal, as if from now."""
    restored = journal.last_restore()
    return {
        "restored_at": printed(restored.at) if restored else None,
        "margin": restored.body["margin"] if restored else None,
        "partners": [_of_partner(name, journal) for name in config.partners],
        "erp": _of_erp(journal),
        "our_numbers": _our_numbers(journal, restored.seq) if restored else [],
        "in_doubt": [_described(dispatch, journal) for dispatch in journal.dispatches(state="in_doubt")],
        "may_have_left": _may_have_left(journal, restored.seq) if restored else [],
    }


def _of_partner(name: str, journal: Journal) -> Json:
    """The last that came from a partner, and the sentence for him."""
    last = next((each for each in journal.last_interchanges() if each.partner == name), None)
    if last is None:
        since = printed(journal.created_at())
        ask = f"ask {name} to send again everything since {since}: the backup holds nothing of theirs"
        return {"partner": name, "control_number": None, "group_number": None, "received_at": None, "ask": ask}
    return {
        "partner": name,
        "control_number": last.control_number,
        "group_number": last.group_number,
        "received_at": printed(last.at),
        "file": last.file,
        "ask": f"ask {name} to send again every interchange after {last.control_number}, which came {printed(last.at)}",
    }


def _of_erp(journal: Journal) -> Json:
    """The last that came from the ERP, by partner and kind, and the sentence for whoever runs it."""
    last = journal.last_file(ERP_CHANNEL)
    since = printed(last[1] if last else journal.created_at())
    said = f"since {since}" if last else f"since {since}: the backup holds nothing of the ERP's"
    return {
        "received_at": printed(last[1]) if last else None,
        "file": last[0] if last else None,
        "documents": [each.as_json() for each in journal.last_documents(ERP_CHANNEL)],
        "ask": f"let the ERP write again every document {said}, and its masters as they are now",
    }


def _our_numbers(journal: Journal, restored: int) -> list[Json]:
    """The control numbers that may have been used after the backup, and will not be used again."""
    jumps = (
        entry
        for series in journal.numbers()
        for entry in journal.events(f"series:{series}", after=restored, prefix="number-jumped")[:1]
    )
    return [
        {
            "series": jump.body["series"],
            "from": jump.body["left"],
            "to": after(jump.body["left"], by=jump.body["margin"] - 1),
        }
        for jump in jumps
    ]


def _may_have_left(journal: Journal, restored: int) -> list[Json]:
    """Drafts that waited in the backup: what held them may have been mended since, and they may have left."""
    found = []
    for document in journal.documents(direction="out", delivery="none"):
        sent = find_transmission(document, journal) if int(document.id) < restored else None
        if sent is not None and sent.waits:
            found.append(_named(document))
    return found


def _named(document: Document) -> Json:
    return {name: getattr(document, name) for name in ("id", "partner", "type", "business_number")}


def _described(dispatch: Dispatch, journal: Journal) -> Json:
    document = journal.document(dispatch.document_id) if dispatch.document_id else None
    return {
        "id": dispatch.document_id or dispatch.id,
        "channel": dispatch.channel,
        "file": dispatch.name,
        "control_number": dispatch.control_number,
        "partner": document.partner if document else None,
        "type": document.type if document else None,
        "business_number": document.business_number if document else None,
        "queued_at": printed(dispatch.at),
    }
