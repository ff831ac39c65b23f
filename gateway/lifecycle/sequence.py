"""Whose turn it is: acknowledge, ship, invoice, in that order.

A document that passed its gate may still be early. Then it is parked, and leaves by itself once what it waits for is
there. What a partner's policy decides (`ship_notice_after`, `invoice_after`) comes in with its conduct.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from gateway.documents.base import plain
from gateway.lifecycle.judged import Judged
from gateway.lifecycle.ledger import is_charged, is_wanted, pieces_invoiced, pieces_shipped, standing
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.transmission import Kind


def waits_for(judged: Judged) -> tuple[str, ...]:
    """What must happen before this document's turn comes, in a sentence each; nothing where it may leave."""
    return tuple(dict.fromkeys(TURNS[judged.kind](judged)))


def _answer(judged: Judged) -> Iterator[str]:
    """An answer leaves once the ERP has the order, for it promises what the ERP will do; or where nothing is left."""
    state = judged.order.state
    if not state.is_rejected and (not state.posted or state.is_stale):
        yield f"order {state.purchase_order} has not gone to the ERP as it is now"


def _ship_notice(judged: Judged) -> Iterator[str]:
    """A ship notice needs the answer delivered; a late or bad word on that answer never holds goods that have left."""
    for number, known in judged.orders.items():
        if not _stands(known.state, judged.conduct.ship_notice_after):
            yield f"the order response for {number} is not {judged.conduct.ship_notice_after} yet"


def _invoice(judged: Judged) -> Iterator[str]:
    """An invoice needs the ship notices of its goods to stand with the partner."""
    policy = judged.conduct.invoice_after
    if judged.bill.kind == "credit-note":
        return
    orders = judged.orders
    charged = {order: pieces_invoiced(orders[order].state, is_charged, but=judged.number) for order in orders}
    gone = {order: pieces_shipped(orders[order].state, is_wanted) for order in orders}
    for (order, number), pieces in judged.charged().items():
        if order not in orders:
            continue
        needed = pieces + charged[order].get(number, Decimal(0))
        stand = standing(orders[order].state, number, policy)
        if gone[order].get(number, Decimal(0)) >= needed > stand:
            yield (
                f"the ship notice for order {order}, line {number}, is not {policy} yet: "
                f"it stands for {plain(stand)} of {plain(needed)} pieces"
            )


def _stands(state: OrderState, policy: str) -> bool:
    """Whether an answer to the order counts with the partner; one that is refused was delivered all the same."""
    answers = state.of_kind("order-response")
    if policy == "delivered":
        return any(sent.delivery == "delivered" for sent in answers)
    return any(sent.stands(policy) for sent in answers)


TURNS: Mapping[Kind, Callable[[Judged], Iterator[str]]] = {
    "order-response": _answer,
    "ship-notice": _ship_notice,
    "invoice": _invoice,
}
"""Document -> what it waits for; docs/gates.md prints what these functions say of themselves."""
