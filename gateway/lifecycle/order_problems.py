"""What a person must look at, as it follows from an order's state: accounts, lines, changes, and what is nearly due."""

from collections.abc import Callable, Iterator

from gateway.lifecycle.deadlines import Deadline, deadlines
from gateway.lifecycle.decisions import GIVEN_UP, Policy, wait_ends_at
from gateway.lifecycle.draft_problems import blocked, parked
from gateway.lifecycle.events import POLICY, HeldLine, OrderChanged
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import CHANGE_BY_HAND, DEADLINE_CASES, SALES_ORDER, Problem, is_for_a_person
from gateway.lifecycle.subjects import document_subject, subject_of
from gateway.lifecycle.transmission import Transmission


def why_gone(state: OrderState, line: str | None) -> str:
    """Why a case about an order, or about a line of it, is no longer open: what the journal keeps of its closing."""
    given_up = state.rejected.get(line or "")
    if given_up is not None:
        return f"line {given_up.line} was given up by {given_up.who}: {given_up.why}"
    return "what it asked for is there"


def problems(state: OrderState, policy: Policy) -> Iterator[Problem]:
    """Everything about an order that waits for a person, in the order of the lines."""
    subject = subject_of(state.partner, state.purchase_order)
    for kind in _KINDS:
        yield from kind(state, policy, subject)


def _missing_account(state: OrderState, _policy: Policy, subject: str) -> Iterator[Problem]:
    if not state.waits or state.missing_account is None:
        return
    known = ", ".join(state.missing_account.known) or "none"
    named = state.missing_account.account
    order = f"order {state.purchase_order}"
    yield Problem(
        key=f"{subject}:account-unknown",
        code="account-unknown",
        owner="IT",
        message=f"{order} is for account {named!r}, which is not in the configuration; known: {known}"
        if named
        else f"{order} names no account (REF CR, RFF+CR)",
        remedy=f"add [partners.{state.partner}.accounts.{named or 'CODE'}] to config.toml",
        subjects=(subject,),
        due_at=state.answer_due_at,
        blocks=SALES_ORDER,
    )


def _gaps(state: OrderState, policy: Policy, subject: str) -> Iterator[Problem]:
    """What holds a line back, and what is only shown of it."""
    warnings = tuple(gap for gap in state.all_gaps if gap.severity == "warn" and state.cancelled is None)
    for gap in (*state.open_gaps, *warnings):
        yield _gap(gap, state, policy, subject)


def _gap(gap: HeldLine, state: OrderState, policy: Policy, subject: str) -> Problem:
    return Problem(
        # A price that was looked at and changes again is another problem.
        key=f"{subject}:{gap.line or ''}:{gap.rule}" + (f":{gap.at_stake}" if is_for_a_person(gap.rule) else ""),
        code=gap.rule,
        owner=gap.owner,
        message=f"order {state.purchase_order}, {gap.message}",
        remedy=gap.remedy,
        subjects=(subject,),
        due_at=wait_ends_at(state, policy) if gap.rule in GIVEN_UP else state.answer_due_at,
        at_stake=gap.at_stake,
        evidence=dict(gap.evidence),
        line=gap.line,
        blocks=SALES_ORDER if gap.severity == "block" else None,
    )


def _given_up(state: OrderState, _policy: Policy, subject: str) -> Iterator[Problem]:
    """The lines that the policy gave up, while nobody has looked at them: each is something sold and not shipped."""
    for line in state.rejected.values():
        if line.who == POLICY:
            yield Problem(
                key=f"{subject}:{line.line}:line-given-up",
                code="line-given-up",
                owner="operations",
                message=f"order {state.purchase_order}, line {line.line} was given up by the policy: {line.why}",
                remedy="tell the partner if it can still be shipped, add the item, then resolve this case",
                subjects=(subject,),
                due_at=state.answer_due_at,
                at_stake=next((gap.at_stake for gap in state.held if gap.line == line.line), None),
            )


def _refused(state: OrderState, _policy: Policy, subject: str) -> Iterator[Problem]:
    if state.refused is not None:
        yield Problem(
            key=f"{subject}:posting-refused",
            code="posting-refused",
            owner="operations",
            message=f"the ERP does not take order {state.purchase_order}: {state.refused.message}",
            remedy="correct what the ERP names there, then let it send a posting-result that says booked",
            subjects=(subject,),
            due_at=state.answer_due_at,
            at_stake=state.at_stake,
        )


def _changed(state: OrderState, _policy: Policy, subject: str) -> Iterator[Problem]:
    """What the partner changed after the ERP had the order: it was handed to the ERP again, and a person looks."""
    for number, change in enumerate(state.changes, 1):
        said = "; ".join(change.differences) or "the lines are the same"
        if change.account is not None:
            yield _other_account(state, change, number, subject)
            continue
        is_applied = change.order is not None
        if is_applied and change.document not in state.changed_at_erp:
            continue
        proposed = "see that the ERP takes the sales order of the next revision and answers it, then resolve this case"
        yield Problem(
            key=f"{subject}:order-changed:{number}",
            code="order-changed",
            owner="operations",
            message=f"order {state.purchase_order} came again with other content: {said}",
            remedy=proposed if is_applied else CHANGE_BY_HAND,
            subjects=(subject, document_subject(change.document)),
            due_at=state.answer_due_at,
        )


def _other_account(state: OrderState, change: OrderChanged, number: int, subject: str) -> Problem:
    """An order of the same number for another account: it is nobody's change, and has not gone to the ERP."""
    return Problem(
        key=f"{subject}:order-of-another-account:{number}",
        code="order-of-another-account",
        owner="operations",
        message=f"order {state.purchase_order} came for account {change.account}; the order of this number that is "
        f"known is of {f'account {state.account}' if state.account else 'no account'}, and stays as it is",
        remedy=f"enter the new order by hand in the ERP under {change.account}, or ask the partner to send it under "
        "another number; leave the known order alone, then resolve this case",
        subjects=(subject, document_subject(change.document)),
        due_at=state.answer_due_at,
    )


def _cancelled(state: OrderState, _policy: Policy, subject: str) -> Iterator[Problem]:
    """What the partner cancelled after the ERP had it: only a person can stop a lorry."""
    if state.cancelled is not None and state.posted:
        yield Problem(
            key=f"{subject}:order-cancelled:{state.cancelled.document}",
            code="order-cancelled",
            owner="operations",
            message=f"the partner cancelled order {state.purchase_order}: {state.cancelled.why}",
            remedy="cancel the sales order in the ERP and stop what is on its way, then resolve this case",
            subjects=(subject, document_subject(state.cancelled.document)),
            at_stake=state.at_stake,
        )


def _deadlines(state: OrderState, policy: Policy, subject: str) -> Iterator[Problem]:
    """What is nearly due, or over, and was found to be so; where something is held, its case has the due time.

    What the partner refused has a case with the due time too. But a person may close that one, so what is due is a case
    of its own when the time has passed.
    """
    blocked = {_due_as(sent) for sent in state.documents.values() if sent.waits and sent.blocking}
    refused = {_due_as(sent) for sent in state.documents.values() if sent.is_refused}
    if state.open_gaps or state.missing_account:
        blocked.add(("answer", ""))
    for deadline in deadlines(state, policy.timings):
        about = (deadline.what, deadline.subject)
        told = (deadline.name, deadline.due_at, "passed" if about in refused else "near") in state.told
        if told and not deadline.is_met and about not in blocked:
            yield _late(deadline, state, subject)


def _due_as(sent: Transmission) -> tuple[str, str]:
    """The deadline that a document is due by, and whose it is: an answer has its order's."""
    return ("answer", "") if sent.kind == "order-response" else (sent.kind, sent.number)


def _late(deadline: Deadline, state: OrderState, subject: str) -> Problem:
    passed = (deadline.name, deadline.due_at, "passed") in state.told
    when = f"{'was' if passed else 'is'} due at {deadline.due_at:%Y-%m-%d %H:%M} UTC"
    return Problem(
        key=f"{subject}:deadline:{deadline.name}",
        code=DEADLINE_CASES[deadline.what],
        owner=deadline.owner,
        message=f"{deadline.message}; it {when}",
        remedy=deadline.remedy,
        subjects=(subject,),
        due_at=deadline.due_at,
        at_stake=state.at_stake,
    )


_KINDS: tuple[Callable[[OrderState, Policy, str], Iterator[Problem]], ...] = (
    _missing_account,
    _gaps,
    _given_up,
    _refused,
    _changed,
    _cancelled,
    blocked,
    parked,
    _deadlines,
)
