"""What the partner changes in an order of theirs: laid over the order and recorded, or told to a person.

A second order of a known number is the whole of it, a change message (860, ORDCHG) is laid over what there is. What
follows from a change is the order's own business (orders.py): it is resolved, posted and answered like any other.
"""

from datetime import datetime

from gateway.config import Partner
from gateway.documents import PurchaseOrder, PurchaseOrderChange
from gateway.lifecycle.changes import apply_change, differences, ordered_lines
from gateway.lifecycle.events import OrderChanged
from gateway.lifecycle.goods import OrderCancelled
from gateway.lifecycle.ledger import is_wanted, shipped
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import CHANGE_BY_HAND, Problem
from gateway.lifecycle.subjects import document_subject, subject_of
from gateway.pipeline import outgoing
from gateway.pipeline.chronicle import record, state_of
from gateway.pipeline.desk import Desk

_SHOWN = 5


def is_repeat(state: OrderState, order: PurchaseOrder, desk: Desk) -> bool:
    """Whether an order says only what is known, as a duplicate may (BEG01 07)."""
    if state.cancelled is not None or order.purpose == "cancel":
        return False
    return _but_its_purpose(order) == _but_its_purpose(order_of(state, desk))


def replace(state: OrderState, order: PurchaseOrder, document: str, partner: Partner, desk: Desk) -> None:
    """A second order of this number came: from now on it is the order, or it takes the order back."""
    if order.purpose == "cancel":
        cancel(state, document, "its purpose is cancel", partner, desk)
        return
    said = differences(order_of(state, desk), order)
    again = ("it was cancelled, and is wanted again",) if state.cancelled is not None else ()
    lay_over(state, order, document, (*again, *said), partner, desk)


def apply(change: PurchaseOrderChange, document: str, partner: Partner, answer_due_at: datetime, desk: Desk) -> bool:
    """A change message came. Whether we know the order: what nobody knows the order of is a person's, by a case."""
    state = state_of(desk.tx, partner.name, change.number)
    if state is None:
        what = "cancels it" if change.purpose == "cancel" else f"changes it ({change.purpose})"
        desk.tell(about_nothing(change.number, f"{what}: {_lines_of(change)}", document, partner, answer_due_at))
        return False
    before = order_of(state, desk)
    after, refused = apply_change(before, change)
    subject = subject_of(partner.name, change.number)
    if after is None:
        cancel(state, document, "; ".join(("it is cancelled", *refused)), partner, desk)
    elif after == before and state.cancelled is None and not refused:
        desk.note("order-repeated", {"document": document}, subject)
    elif after == before and state.cancelled is None:
        record(desk.tx, OrderChanged(document=document, differences=refused), partner.name, [change.number])
    else:
        lay_over(state, after, document, (*differences(before, after), *refused), partner, desk, is_change=True)
    return True


def apply_waiting(number: str, partner: Partner, desk: Desk) -> None:
    """Lay over an order that has just come what came before it and waits for it, the oldest first (R19).

    What nobody has dealt with until it was due is a person's alone: who sends an order so late means it as it is.
    """
    for case in desk.tx.open_cases(subject=subject_of(partner.name, number), key_prefix="document:"):
        state = state_of(desk.tx, partner.name, number)
        if case.code != "order-changed" or state is None or (case.due_at is not None and case.due_at < desk.now):
            continue
        _, document, _ = case.key.split(":")
        model = desk.mappings.guided(partner.guide, desk.tx.document(document).type).model
        said = model.model_validate(desk.tx.body_of(document))
        if isinstance(said, PurchaseOrderChange):
            apply(said, document, partner, case.due_at or desk.now, desk)
        elif isinstance(said, PurchaseOrder):
            replace(state, said, document, partner, desk)
        desk.tx.close_case(case.id, "the order came, and this was laid over it", "gateway")


def lay_over(
    state: OrderState,
    order: PurchaseOrder,
    document: str,
    said: tuple[str, ...],
    partner: Partner,
    desk: Desk,
    *,
    is_change: bool = False,
) -> None:
    """Record a change: `document` came, `order` is the order from now on. One for another account is another order.

    A change message (`is_change`) that names another account means this order all the same, and moves it: by hand.
    A line that has shipped stays, whatever the partner says: it must still be told and charged.
    """
    is_applied = order.account == state.account
    order, kept = _with_what_has_left(state, order, desk)
    event = OrderChanged(
        document=document,
        differences=(*said, *kept),
        order=_stored(state, order, document, partner, desk) if is_applied else None,
        account=None if is_applied or is_change else order.account,
        ship_to=order.ship_to.code if order.ship_to else None,
        window=order.window,
        lines=ordered_lines(order) if is_applied else (),
    )
    record(desk.tx, event, partner.name, [state.purchase_order])


def _with_what_has_left(state: OrderState, order: PurchaseOrder, desk: Desk) -> tuple[PurchaseOrder, tuple[str, ...]]:
    """The order with the lines that it drops and that have shipped, and a sentence for each."""
    before = order_of(state, desk)
    known = dict(zip(before.line_numbers, before.lines, strict=True))
    kept = {
        number: line.model_copy(update={"line": number})
        for number, line in known.items()
        if number not in order.line_numbers and shipped(state, number, is_wanted)
    }
    said = tuple(f"line {number} has shipped and stays" for number in kept)
    return order.model_copy(update={"lines": (*order.lines, *kept.values())}), said


def _stored(state: OrderState, order: PurchaseOrder, document: str, partner: Partner, desk: Desk) -> str:
    """The document that holds the whole order: the one that came, or one of ours where it says less."""
    body = order.model_dump(mode="json")
    if desk.tx.body_of(document) == body:
        return document
    return desk.tx.store_document(
        type="order",
        direction="in",
        partner=partner.name,
        account=order.account,
        business_number=order.number,
        revision=len(state.changes) + 1,
        body=body,
        subjects=(subject_of(partner.name, order.number),),
    )


def _but_its_purpose(order: PurchaseOrder) -> PurchaseOrder:
    return order.model_copy(update={"purpose": "original"})


def cancel(state: OrderState, document: str, why: str, partner: Partner, desk: Desk) -> None:
    """The partner wants none of it any more: what waits to be said of it is not said."""
    record(
        desk.tx, OrderCancelled(document=document, why=why, cancelled_at=desk.now), partner.name, [state.purchase_order]
    )
    for sent in state.of_kind("order-response"):
        if sent.waits:
            outgoing.supersede(sent, None, [state.purchase_order], partner, desk)


def order_of(state: OrderState, desk: Desk) -> PurchaseOrder:
    """The order as it is now."""
    _, order = desk.tx.folds.get(document_subject(state.document), (0, None))
    return order or PurchaseOrder.model_validate(desk.tx.body_of(state.document))


def keep_at_hand(order: PurchaseOrder, document: str, desk: Desk) -> None:
    """An order that has just been stored as this document need not be read again as long as the transaction lasts."""
    desk.tx.folds[document_subject(document)] = (int(document), order)


def about_nothing(number: str, what: str, document: str, partner: Partner, answer_due_at: datetime) -> Problem:
    """A change or cancellation of an order that has not come: it waits, and becomes a person's if that does not."""
    return Problem(
        key=f"document:{document}:order-changed",
        code="order-changed",
        owner="operations",
        message=f"{partner.name} wrote again about order {number} and {what}; the order itself never came",
        remedy="nothing if the order comes until then: this is laid over it by itself; else ask the partner for the "
        f"order, or, if the ERP has it from elsewhere, {CHANGE_BY_HAND}",
        subjects=(subject_of(partner.name, number), f"document:{document}"),
        due_at=answer_due_at,
    )


def _lines_of(change: PurchaseOrderChange) -> str:
    lines = "; ".join(f"line {line.line or at}: {line.change}" for at, line in enumerate(change.lines[:_SHOWN], 1))
    more = f" and {left} more" if (left := len(change.lines) - _SHOWN) > 0 else ""
    return f"{lines or 'no lines'}{more}"
