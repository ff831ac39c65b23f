"""What is decided about an order: which lines are given up, by policy or by a person, and whether the ERP may have it.

Giving up is an event again, or a sentence why it cannot be. Time and policy come in as arguments.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from gateway.documents.base import plain
from gateway.documents.money import cost_of, round_half_up
from gateway.lifecycle.deadlines import Timings
from gateway.lifecycle.events import POLICY, Event, LineRejected
from gateway.lifecycle.orders import OrderState

# Gaps of the item master: what the policy for unknown items may give up on when the answer is nearly due. Anything else
# (a price basis, a unit) a person must decide: rejecting a whole account's lines for a missing setting would be worse.
GIVEN_UP = frozenset({"unknown-item", "item-conflict", "pack-mismatch", "pack-missing"})

_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a partner's configuration says about waiting for an item, and its guide about how long things may take."""

    unknown_item: str = "wait"  # or "split": the good lines go at once
    lead: timedelta = timedelta(hours=4)
    timings: Timings = field(default_factory=Timings)


def give_up(state: OrderState, policy: Policy, now: datetime) -> Iterator[Event]:
    """The lines that are given up now: at once where the policy splits, else when the answer is nearly due."""
    if not state.waits or (policy.unknown_item == "wait" and now < wait_ends_at(state, policy)):
        return
    why = "the policy sends good lines on at once" if policy.unknown_item == "split" else "the answer is nearly due"
    lines = dict.fromkeys(gap.line for gap in state.open_gaps if gap.line and gap.rule in GIVEN_UP)
    for line in lines:
        rules = ", ".join(gap.rule for gap in state.open_gaps if gap.line == line)
        yield LineRejected(line=line, reason="invalid_item", who=POLICY, why=f"{rules}: {why}")


def wait_ends_at(state: OrderState, policy: Policy) -> datetime:
    """When waiting for the item master ends, so that the answer still leaves in time.

    What came late is waited for too: nobody may lose a line that no person could have seen.
    """
    return max(state.answer_due_at - policy.lead, state.received_at + _GRACE)


def reject_line(state: OrderState, line: str, who: str, why: str) -> LineRejected | str:
    """A person gives a line up; a sentence where that cannot be."""
    if line not in state.lines:
        return f"order {state.purchase_order} has no line {line}"
    if line in state.rejected:
        return f"line {line} is rejected already"
    if not state.waits:
        return f"order {state.purchase_order} has gone to the ERP; its answer decides about the line now"
    return LineRejected(line=line, reason="invalid_item", who=who, why=why)


def is_ready(state: OrderState) -> bool:
    """Whether the sales order may go: it waits, its account is known, nothing holds a line that is still wanted."""
    wanted = [line for line in state.lines if line not in state.rejected]
    resolved = all(line in state.settled for line in wanted)
    return state.waits and state.missing_account is None and not state.open_gaps and resolved


PRICE_RULE = "price-not-ours"
"""The rule of a price that is not the item master's: a warning of the order when it comes, or a gap of our answer."""


@dataclass(frozen=True, slots=True)
class PriceDifference:
    """A price that is not the item master's: in a sentence, and as the money by which the amounts differ."""

    said: str
    amount: Decimal


def price_difference(
    line: str, sku: str, pieces: Decimal, amount: Decimal, asked: Decimal | None, currency: str
) -> PriceDifference | None:
    """How what an order pays for so many pieces differs from what the item master asks; None where it does not.

    `asked` is the price of one piece; None where the item master has none, and nothing can be compared.
    """
    wanted = None if asked is None else cost_of(pieces, asked, currency)
    if wanted is None or round_half_up(amount, currency) == wanted:
        return None
    return PriceDifference(
        f"line {line}: the order pays {plain(amount)} for {plain(pieces)} pieces of {sku}, "
        f"the item master asks {plain(wanted)}",
        abs(round_half_up(amount, currency) - wanted),
    )
