"""Orders on their way through the lifecycle: facts go in, events are recorded, what follows from them is done.

Every verb here ends in `go_on`: the state is folded from the journal, lines are resolved against the masters, what may
go to the ERP goes, what may go to the partner goes, and the cases of the order become those that its state asks for.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from gateway.config import Partner
from gateway.documents import ErpOrderResponse, PostingResult, PurchaseOrder, PurchaseOrderChange, SalesOrder
from gateway.errors import Busy, Conflict, JournalError, NotFound
from gateway.lifecycle.changes import ordered_lines
from gateway.lifecycle.deadlines import next_look, tell
from gateway.lifecycle.decisions import Policy, give_up, is_ready, reject_line
from gateway.lifecycle.events import (
    Event,
    OrderBooked,
    OrderPosted,
    OrderReceived,
    OrderRefused,
)
from gateway.lifecycle.order_problems import problems, why_gone
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import Problem, is_for_a_person
from gateway.lifecycle.subjects import subject_of
from gateway.logs import logger
from gateway.pipeline import automatic, changing, outgoing
from gateway.pipeline.chronicle import record, state_of
from gateway.pipeline.desk import Desk
from gateway.pipeline.erp_outbox import Handed, is_held, post_to_erp
from gateway.pipeline.nearest import nearest_order
from gateway.pipeline.resolving import convert, resolve

OPEN = ("order:", "draft:")
"""The keys of the cases that follow from an order's state begin so."""


def receive_order(order: PurchaseOrder, document: str, partner: Partner, answer_due_at: datetime, desk: Desk) -> None:
    """A purchase order came. A number that is known already is a change: compared, shown, and laid over the order."""
    changing.keep_at_hand(order, document, desk)
    state = state_of(desk.tx, partner.name, order.number)
    for case in desk.tx.open_cases(subject=subject_of(partner.name, order.number), key_prefix="message:"):
        desk.tx.close_case(case.id, "the order came again", "gateway")
    if state is None and order.purpose == "cancel":
        desk.tell(changing.about_nothing(order.number, "cancels it", document, partner, answer_due_at))
        return
    if state is None:
        received = OrderReceived(
            document=document,
            partner=partner.name,
            purchase_order=order.number,
            account=order.account,
            received_at=desk.now,
            answer_due_at=answer_due_at,
            ordered_on=order.ordered_on,
            ship_to=order.ship_to.code if order.ship_to else None,
            window=order.window,
            lines=ordered_lines(order),
        )
        record(desk.tx, received, partner.name, [order.number])
        changing.apply_waiting(order.number, partner, desk)
    elif changing.is_repeat(state, order, desk):
        desk.note("order-repeated", {"document": document}, subject_of(partner.name, order.number))
        return
    else:
        changing.replace(state, order, document, partner, desk)
    go_on(partner, order.number, desk)


def change_order(
    change: PurchaseOrderChange, document: str, partner: Partner, answer_due_at: datetime, desk: Desk
) -> None:
    """A change message came: laid over the order it names."""
    if changing.apply(change, document, partner, answer_due_at, desk):
        go_on(partner, change.number, desk)


def book(result: PostingResult, desk: Desk) -> OrderState:
    """The ERP said what became of a sales order; the same word once more changes nothing. The order's state before.

    Raises NotFound for an id that no order has, or an order that never went to the ERP.
    """
    partner, state = find_order(result.id, desk)
    if result.result == "booked":
        event: Event = OrderBooked(number=result.number, message=result.message)
    else:
        event = OrderRefused(message=result.message or "without a reason")
    if not state.posted:
        raise NotFound(f"order {state.purchase_order} has not been handed to the ERP, so nothing can have become of it")
    if event != (state.refused or state.booked):
        record(desk.tx, event, partner.name, [state.purchase_order])
        answer = "accepted" if isinstance(event, OrderBooked) else "rejected"
        desk.tx.update_document(state.posted[-1].document, acknowledgement=answer)
        go_on(partner, state.purchase_order, desk)
    return state


def hear_answer(answer: ErpOrderResponse, partner: Partner, desk: Desk) -> None:
    """An ERP that answers an order holds it, whatever it said or did not say before: a refusal counts no more."""
    state = _state(desk, partner, answer.purchase_order)
    booked = None if state.refused is not None else state.booked
    if state.posted and (booked is None or (booked.number is None and answer.sales_order is not None)):
        taken = OrderBooked(number=answer.sales_order, message="it answers the order, so it holds it")
        record(desk.tx, taken, partner.name, [answer.purchase_order])
        desk.tx.update_document(state.posted[-1].document, acknowledgement="accepted")


def find_order(key: str, desk: Desk) -> tuple[Partner, OrderState]:
    """The order with this id (`amazon-us:4XK7PL2Q`). Raises NotFound."""
    for partner in desk.config.partners.values():
        if key.startswith(f"{partner.name}:"):
            state = state_of(desk.tx, partner.name, key.removeprefix(f"{partner.name}:"))
            if state is not None:
                return partner, state
            meant = nearest_order(key.removeprefix(f"{partner.name}:"), partner.name, desk.tx)
            raise NotFound(f"there is no order {key}" + (f": did you mean {partner.name}:{meant}?" if meant else ""))
    raise NotFound(f"there is no order {key}")


def reject(key: str, line: str, who: str, why: str, desk: Desk) -> None:
    """A person gives up a line. Raises NotFound, or Conflict where the line cannot be given up any more."""
    partner, state = find_order(key, desk)
    event = reject_line(state, line, who, why)
    if isinstance(event, str):
        raise Conflict(event)
    record(desk.tx, event, partner.name, [state.purchase_order])
    go_on(partner, state.purchase_order, desk)


def go_on_waiting(desk: Desk) -> int:
    """Look again at every order that waits: masters may have changed, time has passed. How many moved."""
    waiting = dict.fromkeys(subject for subject in desk.tx.due_wakeups(desk.now) if subject.startswith("order:"))
    for prefix in OPEN:
        for case in desk.tx.open_cases(key_prefix=prefix):
            waiting |= dict.fromkeys(subject for subject in case.subjects if subject.startswith("order:"))
    moved = 0
    for subject in sorted(waiting):
        _, partner, number = subject.split(":", 2)
        if partner in desk.config.partners:
            moved += _go_on_alone(desk.config.partners[partner], number, desk)
        else:
            desk.tx.wake(subject, None)
    return moved


def _go_on_alone(partner: Partner, purchase_order: str, desk: Desk) -> bool:
    """Go on with one order of many: a fault of ours costs this one alone, and is a case of it until it goes on."""
    try:
        with desk.tx.savepoint():
            if state_of(desk.tx, partner.name, purchase_order):
                return go_on(partner, purchase_order, desk)
            desk.tx.wake(subject_of(partner.name, purchase_order), None)
    except (JournalError, Busy):
        raise
    except Exception as bug:
        desk.catalogue.forget()  # it may have been built from rows that are taken back
        _hold(partner, purchase_order, f"{type(bug).__name__}: {bug}", desk)
    return False


def _hold(partner: Partner, purchase_order: str, said: str, desk: Desk) -> None:
    subject = subject_of(partner.name, purchase_order)
    # It begins like the other cases of the order: so it is looked at again every turn, and closes when that works.
    key = f"{subject}:internal-error"
    if not any(case.key == key for case in desk.tx.open_cases(subject=subject, key_prefix=key)):
        logger().exception("order.failed", order=subject)
    desk.tell(
        Problem(
            key=key,
            code="internal-error",
            owner="IT",
            message=f"order {purchase_order} does not go on: {said}",
            remedy="where the message names a file of yours, correct it; else this is a fault of the gateway: report it"
            " with the order and the log line of the same time",
            subjects=(subject,),
        )
    )


def go_on(partner: Partner, purchase_order: str, desk: Desk) -> bool:
    """Do what the order's state allows now. Whether anything happened."""
    before = desk.tx.head()
    state = _state(desk, partner, purchase_order)
    policy = desk.policy(partner, state.ship_to)
    for step in _STEPS:
        state = step(state, policy, partner, desk)
    keep_cases(state, policy, desk)
    desk.tx.wake(subject_of(partner.name, purchase_order), next_look(state, policy.timings))
    return desk.tx.head() != before


def keep_cases(state: OrderState, policy: Policy, desk: Desk) -> None:
    """Make the open cases of an order those that its state asks for; what only a person can end stays ended."""
    wanted = {problem.key: problem for problem in problems(state, policy)}
    subject = subject_of(state.partner, state.purchase_order)
    # By subject, not by the beginning of the key: an order number may hold a colon and begin with another's.
    about = desk.tx.open_cases(subject=subject)
    open_cases = {case.key: case for prefix in OPEN for case in about if case.key.startswith(prefix)}
    for key, case in open_cases.items():
        if key not in wanted:
            desk.tx.close_case(case.id, why_gone(state, case.evidence.get("line")), "gateway")
    for key, problem in wanted.items():
        if is_for_a_person(problem.code) and key not in open_cases and desk.tx.cases(key_prefix=key):
            continue  # it was told, and a person has dealt with it
        desk.tell(problem)


def _tell_deadlines(state: OrderState, policy: Policy, partner: Partner, desk: Desk) -> OrderState:
    """First of all, for what leaves now may leave too late, and that is history whatever becomes of it."""
    return _record(tuple(tell(state, policy.timings, desk.now)), state, partner, desk)


def _settle_lines(state: OrderState, policy: Policy, partner: Partner, desk: Desk) -> OrderState:
    """Resolve the lines, give up those that nobody could resolve in time, and hand the order to the ERP."""
    if not state.waits:
        return state
    conversion = resolve(state, partner, desk)
    state = _state(desk, partner, state.purchase_order)
    given_up = tuple(give_up(state, policy, desk.now))
    state = _record(given_up, state, partner, desk)
    if not is_ready(state):
        return state
    if given_up:
        conversion = convert(state, partner, desk)
    if conversion is None or conversion.document is None:
        return state
    return _post(conversion.document, state, partner, desk)


def _answer_by_itself(state: OrderState, _: Policy, partner: Partner, desk: Desk) -> OrderState:
    """An order of which every line was given up is answered without the ERP; with `auto`, every order is."""
    if state.is_answer_drafted:
        return state
    if state.is_rejected and not state.posted and state.cancelled is None:
        outgoing.draft("order-response", state.purchase_order, 0, None, [state.purchase_order], partner, desk)
    elif partner.auto and state.posted and not state.waits and not is_held(state.posted[-1].document, desk):
        automatic.answer(state, partner, desk)
    else:
        return state
    return _state(desk, partner, state.purchase_order)


def _send_documents(state: OrderState, _: Policy, partner: Partner, desk: Desk) -> OrderState:
    left = True
    while left and any(sent.waits for sent in state.documents.values()):
        left = outgoing.go_on(state, partner, desk)
        state = _state(desk, partner, state.purchase_order)
    return state


_STEPS: tuple[Callable[[OrderState, Policy, Partner, Desk], OrderState], ...] = (
    _tell_deadlines,
    _settle_lines,
    _answer_by_itself,
    _send_documents,
)


def _state(desk: Desk, partner: Partner, purchase_order: str) -> OrderState:
    state = state_of(desk.tx, partner.name, purchase_order)
    if state is None:
        raise NotFound(f"there is no order {purchase_order} of {partner.name}")
    return state


def _record(events: Sequence[Event], state: OrderState, partner: Partner, desk: Desk) -> OrderState:
    """Record what happened to an order; its state then."""
    for event in events:
        record(desk.tx, event, partner.name, [state.purchase_order])
    return _state(desk, partner, state.purchase_order) if events else state


def _post(document: SalesOrder, state: OrderState, partner: Partner, desk: Desk) -> OrderState:
    """Hand the sales order to the ERP."""
    subjects = (subject_of(partner.name, state.purchase_order),)
    handed = Handed(whose=partner.name, number=state.purchase_order, account=state.account, subjects=subjects)
    document_id = post_to_erp(document, handed, desk)
    lines = tuple(line.line for line in document.lines)
    posted = OrderPosted(document=document_id, revision=document.revision, posted_at=desk.now, lines=lines)
    return _record([posted], state, partner, desk)
