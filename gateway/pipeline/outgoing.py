"""Documents on their way to the partner: acknowledge, ship, invoice, in that order, or say exactly why not.

What the ERP answers, ships or charges is recorded as an event, and a draft of the partner's document begins to wait. At
every look the draft is held against its gate: blocked, parked until its turn comes, or sealed and sent. A higher
revision takes the place of a draft that has not left, and follows one that has.
"""

from collections.abc import Iterable, Mapping

from gateway.catalogue import Gap
from gateway.config import Partner
from gateway.documents import ErpInvoice, ErpOrderResponse, Shipment
from gateway.errors import Conflict, NotFound
from gateway.journal.records import Document
from gateway.lifecycle.deadlines import DUE
from gateway.lifecycle.events import Event, HeldLine
from gateway.lifecycle.gates import blocking, with_stake
from gateway.lifecycle.goods import InvoiceWithdrawn, ShipmentWithdrawn, event_of
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.subjects import document_subject, invoice_subject, shipment_subject, subject_of
from gateway.lifecycle.transmission import (
    DocumentDrafted,
    DocumentSealed,
    DocumentSuperseded,
    GateJudged,
    GateOverridden,
    Kind,
    Transmission,
)
from gateway.pipeline.chronicle import orders_of, record, state_of
from gateway.pipeline.desk import AT_ONCE, Desk
from gateway.pipeline.dispatching import Composed, compose, is_answered, remedy_of_unsaid, send
from gateway.pipeline.judging import Judgement, Source, judge_draft, orders_named, purpose_of

MESSAGES: Mapping[str, Mapping[Kind, str]] = {
    "x12": {"order-response": "855", "ship-notice": "856", "invoice": "810"},
    "edifact": {"order-response": "ORDRSP", "ship-notice": "DESADV", "invoice": "INVOIC"},
}
"""Which message carries which document, by standard."""

KINDS: Mapping[str, Kind] = {"order-response": "order-response", "shipment": "ship-notice", "invoice": "invoice"}
"""The ERP's document -> the partner's that it becomes."""


def number_of(document: Source) -> str:
    """The number that the ERP's document goes by: an answer has that of its order."""
    match document:
        case ErpOrderResponse():
            return document.purchase_order
        case Shipment():
            return document.shipment
        case ErpInvoice():
            return document.invoice


def take(document: Source, document_id: str, partner: Partner, desk: Desk, who: str = "ERP") -> None:
    """Record what the ERP said in a document that is stored, and begin the draft of what the partner will be told."""
    before = desk.tx.documents(
        type=document.document, direction="in", partner=partner.name, business_number=number_of(document)
    )
    # An order that a correction names no more must hear that nothing of it is in there any more.
    orders = list(
        dict.fromkeys(
            [
                *orders_named(document),
                *(order for each in before for order in orders_of(desk.tx.entry(each.id).subjects, partner.name)),
            ]
        )
    )
    record(desk.tx, event_of(document, document_id, who), partner.name, orders)
    draft(KINDS[document.document], number_of(document), document.revision, document_id, orders, partner, desk)


def check_withdrawal(kind: Kind, number: str, orders: list[str], partner: Partner, desk: Desk) -> None:
    """Raises Conflict where the document has left: what the partner was told is corrected, not taken back."""
    for order in orders:
        state = state_of(desk.tx, partner.name, order)
        for sent in state.of_kind(kind, number) if state else ():
            if sent.has_left:
                what = f"{kind} {number} cannot be withdrawn: it has left as document {sent.document}"
                raise Conflict(f"{what}; correct it with a higher revision, an invoice by a credit note")


def withdraw(document: Source, document_id: str, orders: list[str], partner: Partner, desk: Desk) -> None:
    """The ERP takes a shipment back by a revision without packs, an invoice by one without lines: it is not wanted."""
    kind, number = KINDS[document.document], number_of(document)
    for sent in waiting(kind, number, orders, partner, desk):
        supersede(sent, None, orders, partner, desk)
    if isinstance(document, Shipment):
        event: Event = ShipmentWithdrawn(document=document_id, shipment=number, revision=document.revision)
    else:
        event = InvoiceWithdrawn(document=document_id, invoice=number, revision=document.revision)
    record(desk.tx, event, partner.name, orders)


def draft(
    kind: Kind, number: str, revision: int, source: str | None, orders: list[str], partner: Partner, desk: Desk
) -> str:
    """Begin a document of ours; what waits under its number gives way to it. Its id.

    Raises NotFound where the guide has no message for it.
    """
    message = message_of(kind, partner, desk)
    subjects = [*(subject_of(partner.name, order) for order in orders), *subjects_of(kind, number, partner)]
    state = state_of(desk.tx, partner.name, orders[0])
    document_id = desk.tx.store_document(
        type=message,
        direction="out",
        partner=partner.name,
        account=state.account if state else None,
        business_number=number,
        revision=revision,
        body={},
        validation="draft",
        subjects=subjects,
    )
    for sent in waiting(kind, number, orders, partner, desk):
        supersede(sent, document_id, orders, partner, desk)
    event = DocumentDrafted(
        document=document_id, source=source, kind=kind, message=message, number=number, revision=revision
    )
    record(desk.tx, event, partner.name, orders, *subjects_of(kind, number, partner))
    for order in orders:
        desk.tx.wake(subject_of(partner.name, order), AT_ONCE)
    return document_id


def message_of(kind: Kind, partner: Partner, desk: Desk) -> str:
    """The message that carries such a document to the partner. Raises NotFound where its guide has none."""
    guide = desk.guide(partner)
    message = MESSAGES[guide.standard][kind]
    if message not in guide.messages or guide.messages[message].direction == "in":
        raise NotFound(f"guide {guide.name} of {partner.name} has no message {message} for a document of this kind")
    return message


def waiting(kind: Kind, number: str, orders: Iterable[str], partner: Partner, desk: Desk) -> list[Transmission]:
    """The documents of a number that have not left, or were refused, and that a later revision replaces."""
    found: dict[str, Transmission] = {}
    for order in orders:
        state = state_of(desk.tx, partner.name, order)
        for sent in state.of_kind(kind, number) if state else ():
            if sent.waits or sent.is_refused:
                found[sent.document] = sent
    return list(found.values())


def supersede(sent: Transmission, by: str | None, orders: Iterable[str], partner: Partner, desk: Desk) -> None:
    """Take a draft, or a document that was refused, out of the way of a later one; its cases are closed."""
    about = dict.fromkeys([*orders, *orders_of(desk.tx.entry(sent.document).subjects, partner.name)])
    record(desk.tx, DocumentSuperseded(document=sent.document, by=by), partner.name, about)
    if sent.waits:
        desk.tx.update_document(sent.document, validation="draft")
    for case in desk.tx.open_cases(key_prefix=f"{document_subject(sent.document)}:"):
        desk.tx.close_case(
            case.id, f"document {by} stands in its place" if by else "it is not wanted any more", "gateway"
        )


def go_on(state: OrderState, partner: Partner, desk: Desk) -> bool:
    """Look at every document of an order that has not left. Whether one did."""
    left = False
    for sent in state.documents.values():
        if sent.waits:
            left |= consider(sent, partner, desk)
    return left


def consider(sent: Transmission, partner: Partner, desk: Desk) -> bool:
    """Hold a draft against its gate, and send it where nothing is in the way. Whether it left."""
    orders = orders_of(desk.tx.entry(sent.document).subjects, partner.name)
    judgement = judge_draft(sent, orders, partner, desk)
    composed = None
    gaps = judgement.gaps
    if judgement.waits_for and sent.kind == "order-response":
        gaps = ()  # what is wrong with an answer shows against the order as it was booked
    elif judgement.document is not None:
        composed = compose(judgement.document, sent.message, partner, desk)
        gaps = (*gaps, *with_stake((_unsayable(said, partner) for said in composed.gaps), judgement.judged))
    # Nobody's word lets go what cannot be written.
    allowed = frozenset() if judgement.document is None else sent.allowed - {_UNSAYABLE}
    blocks = bool(blocking(gaps, allowed))
    is_early = bool(judgement.waits_for) and _OUT_OF_TURN not in sent.allowed
    _record_judgement(sent, gaps, judgement, orders, partner, desk)
    if blocks or is_early or composed is None:
        desk.tx.update_document(sent.document, validation="blocked" if blocks else "ready")
        return False
    _leave(sent, judgement, composed, orders, partner, desk)
    return True


_UNSAYABLE = "cannot-be-said"
_OUT_OF_TURN = "out-of-turn"


def _leave(
    sent: Transmission, judgement: Judgement, composed: Composed, orders: list[str], partner: Partner, desk: Desk
) -> None:
    awaited = is_answered(sent.message, partner, desk)
    purpose = purpose_of(judgement.judged, partner, desk)
    validation = "overridden" if sent.allowed & {gap.rule for gap in judgement.gaps} else "ready"
    desk.tx.write_document(sent.document, composed.document.model_dump(mode="json"))
    desk.tx.update_document(
        sent.document,
        validation=validation,
        delivery="queued",
        acknowledgement="awaited" if awaited else "none_expected",
    )
    send(composed, sent.document, sent.number, partner, desk, subjects=_all_subjects(sent, orders, partner))
    sealed = DocumentSealed(document=sent.document, purpose=purpose, awaited=awaited, sealed_at=desk.now)
    record(desk.tx, sealed, partner.name, orders, *subjects_of(sent.kind, sent.number, partner))


def _record_judgement(
    sent: Transmission, gaps: Iterable[Gap], judgement: Judgement, orders: list[str], partner: Partner, desk: Desk
) -> None:
    """Record what the gate found, where it is not what it found before."""
    state = next(iter(judgement.judged.orders.values())).state if judgement.judged.orders else None
    due_at = DUE[sent.kind](judgement.judged.document, state, judgement.judged.conduct.timings)
    found = GateJudged(
        document=sent.document,
        gaps=tuple(HeldLine.of(gap) for gap in gaps),
        waits_for=judgement.waits_for,
        orders=tuple(orders),
        due_at=due_at,
        silent=_silent(judgement) if sent.kind == "invoice" and judgement.waits_for else (),
    )
    if found != (sent.judged or GateJudged(document=sent.document, orders=tuple(orders), due_at=due_at)):
        record(desk.tx, found, partner.name, orders)


def _silent(judgement: Judgement) -> tuple[str, ...]:
    """The ship notices of its orders to which no answer came in time."""
    found = (
        notice.number
        for known in judgement.judged.orders.values()
        for notice in known.state.of_kind("ship-notice")
        if notice.acknowledgement == "overdue"
    )
    return tuple(dict.fromkeys(found))


def overridable(document: Document, desk: Desk) -> tuple[str, ...]:
    """The rules that keep a draft back and that somebody's word could override.

    Raises Conflict where it has left, where nothing holds it, or where no word can mend what holds it.
    """
    partner, sent, orders = find_draft(document, desk)
    judgement = judge_draft(sent, orders, partner, desk)
    if judgement.document is None:
        missing = "; ".join(gap.message for gap in judgement.gaps if gap.severity == "block")
        raise Conflict(f"document {document.id} cannot be released, for it cannot be written: {missing}")
    unsaid = compose(judgement.document, sent.message, partner, desk).gaps
    if unsaid:
        raise Conflict(f"document {document.id} cannot be released, for it cannot be said: {'; '.join(unsaid)}")
    if sent.kind == "order-response" and judgement.waits_for:
        raise Conflict(f"document {document.id} cannot be released: {'; '.join(judgement.waits_for)}")
    rules = [gap.rule for gap in judgement.blocking(sent.allowed)]
    rules += [_OUT_OF_TURN] if judgement.waits_for and _OUT_OF_TURN not in sent.allowed else []
    if not rules:
        raise Conflict(f"document {document.id} is held by nothing that could be overridden; see `gateway explain`")
    return tuple(dict.fromkeys(rules))


def release(document: Document, why: str, who: str, desk: Desk) -> tuple[str, ...]:
    """Let a blocked or parked draft go on somebody's word; the rules that this overrides. Raises Conflict."""
    overridden = overridable(document, desk)
    partner, sent, orders = find_draft(document, desk)
    event = GateOverridden(document=sent.document, rules=overridden, who=who, why=why)
    desk.tx.update_document(sent.document, validation="overridden")
    record(desk.tx, event, partner.name, orders, *subjects_of(sent.kind, sent.number, partner))
    for order in orders:
        desk.tx.wake(subject_of(partner.name, order), AT_ONCE)
    return overridden


def find_draft(document: Document, desk: Desk) -> tuple[Partner, Transmission, list[str]]:
    """The draft that a document is, or that the ERP's document became. Raises Conflict where there is none to leave."""
    partner = desk.config.partners.get(document.partner)
    orders = orders_of(desk.tx.entry(document.id).subjects, document.partner)
    for order in orders:
        state = state_of(desk.tx, document.partner, order)
        for sent in state.documents.values() if state else ():
            if document.id in (sent.document, sent.source) and sent.waits and partner is not None:
                return partner, sent, orders
    raise Conflict(f"document {document.id} is not held; `gateway cases list` shows what waits")


def _unsayable(said: str, partner: Partner) -> Gap:
    return Gap(
        rule=_UNSAYABLE,
        severity="block",
        message=f"the message cannot say all of the document: {said}",
        remedy=remedy_of_unsaid(partner),
        owner="IT",
        evidence={"said": said},
    )


def subjects_of(kind: Kind, number: str, partner: Partner) -> tuple[str, ...]:
    """The subject of a shipment or invoice by its number; an answer has none but its order."""
    names = {"ship-notice": shipment_subject, "invoice": invoice_subject}
    return (names[kind](partner.name, number),) if kind in names else ()


def _all_subjects(sent: Transmission, orders: Iterable[str], partner: Partner) -> tuple[str, ...]:
    return (*(subject_of(partner.name, order) for order in orders), *subjects_of(sent.kind, sent.number, partner))
