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
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import CHANGE_BY_HAND, Problem
from gateway.lifecycle.subjects import subject_of
from gateway.pipeline import outgoing
from gateway.pipeline.chronicle import record, state_of
from gateway.pipeline.desk import Desk

_SHOWN = 5


def replace(state: OrderState, order: PurchaseOrder, document: str, partner: Partner, desk: Desk) -> None:
    """A second order of this number came: from now on it is the order, or it takes the order back."""
    if order.purpose == "cancel":
        cancel(state, document, "its purpose is cancel", partner, desk)
    else:
        said = differences(order_of(state, desk), order)
        lay_over(state, order, document, document, said, partner, desk)


def apply(change: PurchaseOrderChange, document: str, partner: Partner, first_seen: datetime, desk: Desk) -> bool:
    """A change message came. Whether we know the order: what nobody knows the order of is a person's, by a case."""
    state = state_of(desk.tx, partner.name, change.number)
    if state is None:
        desk.tell(_change_of_nothing(change, document, partner, first_seen))
        return False
    before = order_of(state, desk)
    after, refused = apply_change(before, change)
    if after is None:
        cancel(state, document, "; ".join(("it is cancelled", *refused)), partner, desk)
        return True
    whole = desk.tx.store_document(
        type="order",
        direction="in",
        partner=partner.name,
        account=after.account,
        business_number=after.number,
        revision=len(state.changes) + 1,
        body=after.model_dump(mode="json"),
        subjects=(subject_of(partner.name, after.number),),
    )
    lay_over(state, after, document, whole, (*differences(before, after), *refused), partner, desk)
    return True


def lay_over(
    state: OrderState,
    order: PurchaseOrder,
    document: str,
    whole: str,
    said: tuple[str, ...],
    partner: Partner,
    desk: Desk,
) -> None:
    """Record a change: `document` came, `whole` is the order from now on. One for another account is another order."""
    is_applied = order.account == state.account
    event = OrderChanged(
        document=document,
        differences=said,
        order=whole if is_applied else None,
        ship_to=order.ship_to.code if order.ship_to else None,
        window=order.window,
        lines=ordered_lines(order) if is_applied else (),
    )
    record(desk.tx, event, partner.name, [state.purchase_order])


def cancel(state: OrderState, document: str, why: str, partner: Partner, desk: Desk) -> None:
    """The partner wants none of it any more: what waits to be said of it is not said."""
    record(desk.tx, OrderCancelled(document=document, why=why), partner.name, [state.purchase_order])
    for sent in state.of_kind("order-response"):
        if sent.waits:
            outgoing.supersede(sent, None, [state.purchase_order], partner, desk)


def order_of(state: OrderState, desk: Desk) -> PurchaseOrder:
    """The order as it is now."""
    return PurchaseOrder.model_validate(desk.tx.body_of(state.document))


def _change_of_nothing(change: PurchaseOrderChange, document: str, partner: Partner, first_seen: datetime) -> Problem:
    """A change or cancellation of an order that never came here: for a person, who may know it from elsewhere."""
    what = "cancels it" if change.purpose == "cancel" else f"changes it ({change.purpose})"
    lines = "; ".join(f"line {line.line or at}: {line.change}" for at, line in enumerate(change.lines[:_SHOWN], 1))
    more = f" and {left} more" if (left := len(change.lines) - _SHOWN) > 0 else ""
    return Problem(
        key=f"document:{document}:order-changed",
        code="order-changed",
        owner="operations",
        message=f"{partner.name} wrote again about order {change.number} and {what}: "
        f"{lines or 'no lines'}{more}; the order itself never came",
        remedy=CHANGE_BY_HAND,
        subjects=(subject_of(partner.name, change.number), f"document:{document}"),
        due_at=first_seen + partner.answer_within,
    )
