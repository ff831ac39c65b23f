"""What a person must look at, as it follows from an order's state.

A problem is a case that should be open. The difference between these and the cases that are open decides what is opened
and what is closed, so one problem has one case, and a case closes by itself when its problem is gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from gateway.catalogue.gaps import Owner
from gateway.lifecycle.events import POLICY
from gateway.lifecycle.orders import GIVEN_UP, OrderState, Policy, wait_ends_at

SALES_ORDER = "sales-order"
"""The document with which an order goes to the ERP."""

CHANGE_BY_HAND = "compare with the sales order in the ERP, change it there by hand, then resolve this case"
"""What to do about an order that the partner changes, in whatever message he does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A case that should be open: its key is the problem's, for ever; owner, remedy and due time are for people.

    `blocks` is the document that cannot go while the problem stands, `line` the order line it is about.
    """

    key: str
    code: str
    owner: Owner
    message: str
    remedy: str
    subjects: tuple[str, ...]
    due_at: datetime | None = None
    at_stake: Decimal | None = None
    evidence: dict[str, str] = field(default_factory=dict)
    line: str | None = None
    blocks: str | None = None


def subject_of(partner: str, purchase_order: str) -> str:
    """The subject under which everything about an order is found."""
    return f"order:{partner}:{purchase_order}"


def why_gone(state: OrderState, line: str | None) -> str:
    """Why a case about an order, or about a line of it, is no longer open: what the journal keeps of its closing."""
    given_up = state.rejected.get(line or "")
    if given_up is not None:
        return f"line {given_up.line} was given up by {given_up.who}: {given_up.why}"
    return "what it asked for is there"


def problems(state: OrderState, policy: Policy) -> Iterator[Problem]:
    """Everything about an order that waits for a person, in the order of the lines."""
    subject = subject_of(state.partner, state.purchase_order)
    order = f"order {state.purchase_order}"
    if state.waits and state.missing_account is not None:
        known = ", ".join(state.missing_account.known) or "none"
        named = state.missing_account.account
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
    for gap in state.open_gaps:
        due_at = wait_ends_at(state, policy) if gap.rule in GIVEN_UP else state.answer_due_at
        yield Problem(
            key=f"{subject}:{gap.line or ''}:{gap.rule}",
            code=gap.rule,
            owner=gap.owner,
            message=f"{order}, {gap.message}",
            remedy=gap.remedy,
            subjects=(subject,),
            due_at=due_at,
            at_stake=gap.at_stake,
            evidence=dict(gap.evidence),
            line=gap.line,
            blocks=SALES_ORDER,
        )
    yield from _given_up(state, subject)
    if state.refused is not None:
        yield Problem(
            key=f"{subject}:posting-refused",
            code="posting-refused",
            owner="operations",
            message=f"the ERP does not take {order}: {state.refused.message}",
            remedy="correct what the ERP names there, then let it send a posting-result that says booked",
            subjects=(subject,),
            due_at=state.answer_due_at,
            at_stake=state.at_stake,
        )
    for number, change in enumerate(state.changes, 1):
        said = "; ".join(change.differences) or "the lines are the same"
        yield Problem(
            key=f"{subject}:order-changed:{number}",
            code="order-changed",
            owner="operations",
            message=f"{order} came again with other content: {said}",
            remedy=CHANGE_BY_HAND,
            subjects=(subject, f"document:{change.document}"),
            due_at=state.answer_due_at,
        )


def _given_up(state: OrderState, subject: str) -> Iterator[Problem]:
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


def is_for_a_person(code: str) -> bool:
    """Whether a case of an order waits until somebody has dealt with it: nothing in the order's state can end it."""
    return code in ("order-changed", "line-given-up")
