"""What a person must look at about documents that have not left, or that the partner does not have."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from gateway.lifecycle.decisions import Policy
from gateway.lifecycle.events import HeldLine
from gateway.lifecycle.goods import InvoiceIssued
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import BLOCKED_CASES, Problem
from gateway.lifecycle.subjects import document_subject, subject_of

_SHOWN = 5


def blocked(state: OrderState, _policy: Policy, _subject: str) -> Iterator[Problem]:
    """The documents that their gates keep back, a case each, whatever its revision."""
    for sent in state.documents.values():
        if not sent.waits or sent.judged is None or not sent.blocking:
            continue
        gaps = sent.blocking
        said = "; ".join(gap.message for gap in gaps[:_SHOWN])
        more = f"; and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
        stakes = [gap.at_stake for gap in gaps if gap.at_stake is not None]
        yield Problem(
            key=f"draft:{sent.kind}:{state.partner}:{sent.number}",
            code=BLOCKED_CASES[sent.kind],
            owner=gaps[0].owner,
            message=f"{sent.message} {sent.number} is blocked: {said}{more}",
            remedy="; ".join(dict.fromkeys(gap.remedy for gap in gaps[:_SHOWN])),
            subjects=(
                *(subject_of(state.partner, order) for order in sent.judged.orders),
                document_subject(sent.document),
            ),
            due_at=sent.judged.due_at,
            at_stake=max(stakes, default=None),
            evidence={f"{position} {gap.rule}": _shown(gap) for position, gap in enumerate(gaps, 1)},
            blocks=sent.message,
        )


def parked(state: OrderState, _policy: Policy, _subject: str) -> Iterator[Problem]:
    """An invoice that waits for a ship notice of which the partner says nothing: finance may let it go."""
    for sent in state.of_kind("invoice"):
        if sent.waits and not sent.blocking and sent.judged is not None and sent.judged.silent:
            yield Problem(
                key=f"draft:invoice-parked:{state.partner}:{sent.number}",
                code="invoice-parked",
                owner="finance",
                message=f"{sent.message} {sent.number} waits for the partner's word on ship notice "
                f"{', '.join(sent.judged.silent)}, which is overdue",
                remedy="ask the partner whether he has the ship notice; if he has, "
                f"`gateway documents release {sent.document} --reason TEXT`",
                subjects=(
                    *(subject_of(state.partner, order) for order in sent.judged.orders),
                    document_subject(sent.document),
                ),
                at_stake=stake_of([state], sent.document),
                blocks=sent.message,
            )


def stake_of(states: Iterable[OrderState], document: str) -> Decimal | None:
    """What is lost with a document that the partner does not have: an invoice's total, else the money of its orders.

    `states` are the orders that it is about. None where it cannot be told.
    """
    amounts = []
    for state in states:
        sent = state.documents[document]
        said = state.source(sent.source) if sent.source else None
        if sent.kind == "invoice":
            return said.total if isinstance(said, InvoiceIssued) else None
        amounts.append(state.at_stake)
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _shown(gap: HeldLine) -> str:
    evidence = ", ".join(f"{name} {value!r}" for name, value in gap.evidence.items())
    return f"{gap.message} ({evidence})" if evidence else gap.message
