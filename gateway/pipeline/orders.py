"""Orders on their way through the lifecycle: facts go in, events are recorded, what follows from them is done.

Every verb here ends in `go_on`: the state is folded from the journal, lines are resolved against the masters, what may
go to the ERP goes, and the cases of the order become those that its state asks for.
"""

from collections.abc import Iterable
from datetime import datetime

from gateway.catalogue import to_erp
from gateway.config import Partner
from gateway.documents import PostingResult, PurchaseOrder, file_name, write_erp
from gateway.errors import Conflict, NotFound
from gateway.journal import Journal, Transaction
from gateway.lifecycle.events import (
    AccountMissing,
    Event,
    HeldLine,
    LinesResolved,
    OrderBooked,
    OrderChanged,
    OrderedLine,
    OrderPosted,
    OrderReceived,
    OrderRefused,
    SettledLine,
    name_of,
    read_event,
    write_event,
)
from gateway.lifecycle.orders import OrderState, differences, fold_all, give_up, is_ready, reject_line
from gateway.lifecycle.problems import is_for_a_person, problems, subject_of, why_gone
from gateway.pipeline.desk import AT_ONCE, ERP_CHANNEL, Desk, account_of, policy_of

_EVENT = "event:"


def state_of(journal: Journal | Transaction, partner: str, purchase_order: str) -> OrderState | None:
    """The state of an order, folded from the journal; None where there is no such order."""
    entries = journal.events(subject_of(partner, purchase_order), prefix=_EVENT)
    return fold_all(read_event(entry.kind.removeprefix(_EVENT), entry.body) for entry in entries)


def receive_order(order: PurchaseOrder, document: str, partner: Partner, first_seen: datetime, desk: Desk) -> None:
    """A purchase order came. A number that is known already is a change: compared, shown, and a case."""
    state = state_of(desk.tx, partner.name, order.number)
    lines = ordered_lines(order)
    for case in desk.tx.open_cases(subject=subject_of(partner.name, order.number), key_prefix="message:"):
        desk.tx.close_case(case.id, "the order came again", "gateway")
    if state is None:
        received = OrderReceived(
            document=document,
            partner=partner.name,
            purchase_order=order.number,
            account=order.account,
            received_at=desk.now,
            answer_due_at=first_seen + partner.answer_within,
            lines=lines,
        )
        _record(desk, partner.name, order.number, received)
    elif desk.tx.body_of(document) == desk.tx.body_of(state.document):
        desk.note("order-repeated", {"document": document}, subject_of(partner.name, order.number))
        return
    else:
        said = list(differences(state.lines.values(), lines))
        if order.account != state.account:
            said.insert(0, f"account {state.account} becomes {order.account}")
        if order.purpose != "original":
            said.insert(0, f"its purpose is {order.purpose}")
        _record(desk, partner.name, order.number, OrderChanged(document=document, differences=tuple(said)))
    go_on(partner, order.number, desk)


def book(result: PostingResult, desk: Desk) -> None:
    """The ERP said what became of a sales order; the same word once more changes nothing.

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
        _record(desk, partner.name, state.purchase_order, event)
        answer = "accepted" if isinstance(event, OrderBooked) else "rejected"
        desk.tx.update_document(state.posted[-1].document, acknowledgement=answer)
        go_on(partner, state.purchase_order, desk)


def find_order(key: str, desk: Desk) -> tuple[Partner, OrderState]:
    """The order with this id (`amazon-us:4XK7PL2Q`). Raises NotFound."""
    for partner in desk.config.partners.values():
        if key.startswith(f"{partner.name}:"):
            state = state_of(desk.tx, partner.name, key.removeprefix(f"{partner.name}:"))
            if state is not None:
                return partner, state
    raise NotFound(f"there is no order {key}")


def reject(key: str, line: str, who: str, why: str, desk: Desk) -> None:
    """A person gives up a line. Raises NotFound, or Conflict where the line cannot be given up any more."""
    partner, state = find_order(key, desk)
    event = reject_line(state, line, who, why)
    if isinstance(event, str):
        raise Conflict(event)
    _record(desk, partner.name, state.purchase_order, event)
    go_on(partner, state.purchase_order, desk)


def go_on_waiting(desk: Desk) -> int:
    """Look again at every order that waits: masters may have changed, time has passed. How many moved."""
    waiting = {
        subject
        for case in desk.tx.open_cases(key_prefix="order:")
        for subject in case.subjects
        if subject.startswith("order:")
    }
    moved = 0
    for subject in sorted(waiting):
        _, partner, number = subject.split(":", 2)
        if partner in desk.config.partners:
            moved += go_on(desk.config.partners[partner], number, desk)
    return moved


def go_on(partner: Partner, purchase_order: str, desk: Desk) -> bool:
    """Do what the order's state allows now. Whether anything happened."""
    before = desk.tx.head()
    policy = policy_of(partner)
    state = _state(desk, partner, purchase_order)
    if state.waits:
        _resolve(state, partner, desk)
        state = _state(desk, partner, purchase_order)
        for event in give_up(state, policy, desk.now):
            _record(desk, partner.name, purchase_order, event)
        state = _state(desk, partner, purchase_order)
        if is_ready(state):
            _post(state, partner, desk)
            state = _state(desk, partner, purchase_order)
    keep_cases(state, partner, desk)
    return desk.tx.head() != before


def keep_cases(state: OrderState, partner: Partner, desk: Desk) -> None:
    """Make the open cases of an order those that its state asks for; what only a person can end stays ended."""
    wanted = {problem.key: problem for problem in problems(state, policy_of(partner))}
    subject = subject_of(state.partner, state.purchase_order)
    # By subject, not by the beginning of the key: an order number may hold a colon and begin with another's.
    open_cases = {case.key: case for case in desk.tx.open_cases(subject=subject, key_prefix="order:")}
    for key, case in open_cases.items():
        if key not in wanted:
            desk.tx.close_case(case.id, why_gone(state, case.evidence.get("line")), "gateway")
    for key, problem in wanted.items():
        if is_for_a_person(problem.code) and key not in open_cases and desk.tx.cases(key_prefix=key):
            continue  # it was told, and a person has dealt with it
        desk.tell(problem)


def ordered_lines(order: PurchaseOrder) -> tuple[OrderedLine, ...]:
    """The lines as the lifecycle knows them: by number, or by position where they have none."""
    numbered = zip(order.line_numbers, order.lines, strict=True)
    return tuple(
        OrderedLine(line=number, ordered=line.ordered, price=line.price, ids=line.id_fields)
        for number, line in numbered
    )


def _state(desk: Desk, partner: Partner, purchase_order: str) -> OrderState:
    state = state_of(desk.tx, partner.name, purchase_order)
    if state is None:
        raise NotFound(f"there is no order {purchase_order} of {partner.name}")
    return state


def _resolve(state: OrderState, partner: Partner, desk: Desk) -> None:
    """Look the lines up as of today's masters; an outcome that is not new is not recorded again."""
    account = account_of(partner, state.account)
    if account is None:
        missing = AccountMissing(account=state.account, known=tuple(partner.accounts))
        if missing != state.missing_account:
            _record(desk, partner.name, state.purchase_order, missing)
        return
    version, items = desk.items()
    conversion = to_erp(_order(state, desk), partner.name, account, items, leave_out=frozenset(state.rejected))
    settled = tuple(SettledLine.of(line) for line in conversion.lines)
    held = tuple(HeldLine.of(gap) for gap in conversion.gaps)
    is_new = (tuple(state.settled.values()), state.held) != (settled, held) or state.catalogue_version is None
    if is_new or state.missing_account is not None:
        event = LinesResolved(catalogue_version=version, lines=settled, held=held)
        _record(desk, partner.name, state.purchase_order, event)


def _post(state: OrderState, partner: Partner, desk: Desk) -> None:
    """Hand the sales order to the ERP."""
    account = account_of(partner, state.account)
    order = _order(state, desk)
    if account is None:
        return
    document = to_erp(order, partner.name, account, desk.items()[1], leave_out=frozenset(state.rejected)).document
    if document is None:
        return
    subject = subject_of(partner.name, state.purchase_order)
    document_id = desk.tx.store_document(
        type="sales-order",
        direction="out",
        partner=partner.name,
        account=state.account,
        business_number=state.purchase_order,
        revision=document.revision,
        body=document.model_dump(mode="json"),
        delivery="queued",
        acknowledgement="awaited",
        subjects=(subject,),
    )
    data = write_erp(document).encode()
    name = file_name(document)
    desk.tx.queue(
        channel=ERP_CHANNEL, name=name, data=data, document_id=document_id, next_at=AT_ONCE, subjects=(subject,)
    )
    lines = tuple(line.line for line in document.lines)
    posted = OrderPosted(document=document_id, revision=document.revision, lines=lines)
    _record(desk, partner.name, state.purchase_order, posted)


def _order(state: OrderState, desk: Desk) -> PurchaseOrder:
    return PurchaseOrder.model_validate(desk.tx.body_of(state.document))


def _record(desk: Desk, partner: str, purchase_order: str, *events: Event) -> None:
    for event in events:
        subjects = [subject_of(partner, purchase_order), *_documents(event)]
        desk.tx.append(_EVENT + name_of(event), write_event(event), subjects)


def _documents(event: Event) -> Iterable[str]:
    document = getattr(event, "document", None)
    return () if document is None else (f"document:{document}",)
