"""An order's state: the fold over its events, and what is decided when something new is known.

`fold` never judges and `decide` never changes: the same events always give the same state, and a decision is events
again. What must be told to a person follows from the state alone, in problems.py.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.lifecycle.events import (
    POLICY,
    AccountMissing,
    Event,
    HeldLine,
    LineRejected,
    LinesResolved,
    OrderBooked,
    OrderChanged,
    OrderedLine,
    OrderPosted,
    OrderReceived,
    OrderRefused,
    SettledLine,
)

# Gaps of the item master: what the policy for unknown items may give up on when the answer is nearly due. Anything else
# (a price basis, a unit) a person must decide: rejecting a whole account's lines for a missing setting would be worse.
GIVEN_UP = frozenset({"unknown-item", "item-conflict", "pack-mismatch", "pack-missing"})


_GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class OrderState:
    """All that is known of an order. Lines are by their number; a rejected line keeps its reason."""

    partner: str
    purchase_order: str
    account: str | None
    document: str
    received_at: datetime
    answer_due_at: datetime
    lines: dict[str, OrderedLine]
    settled: dict[str, SettledLine] = field(default_factory=dict)
    held: tuple[HeldLine, ...] = ()
    rejected: dict[str, LineRejected] = field(default_factory=dict)
    missing_account: AccountMissing | None = None
    catalogue_version: int | None = None
    posted: tuple[OrderPosted, ...] = ()
    booked: OrderBooked | None = None
    refused: OrderRefused | None = None
    changes: tuple[OrderChanged, ...] = ()

    @property
    def key(self) -> str:
        """`amazon-us:4XK7PL2Q`, the id of its documents at the ERP."""
        return f"{self.partner}:{self.purchase_order}"

    @property
    def waits(self) -> bool:
        """It has not gone to the ERP, and some line still might."""
        return not self.posted and len(self.rejected) < len(self.lines)

    @property
    def open_gaps(self) -> tuple[HeldLine, ...]:
        """What holds it now: gaps of lines that were given up hold nothing."""
        return tuple(gap for gap in self.held if gap.line not in self.rejected) if self.waits else ()

    @property
    def stage(self) -> str:
        """How far it has come, from its state alone; of what the ERP said the last word counts."""
        if self.posted:
            return "refused" if self.refused else "booked" if self.booked else "posted"
        if self.rejected and not self.waits:
            return "rejected"
        return "held" if self.open_gaps or self.missing_account else "received"

    @property
    def at_stake(self) -> Decimal | None:
        """The money of all lines that resolved; None where none did."""
        return sum((line.amount for line in self.settled.values()), Decimal(0)) if self.settled else None


def fold(state: OrderState | None, event: Event) -> OrderState:
    """The state after an event. Raises ValueError where an order's history does not begin with its receipt."""
    if isinstance(event, OrderReceived):
        return OrderState(
            partner=event.partner,
            purchase_order=event.purchase_order,
            account=event.account,
            document=event.document,
            received_at=event.received_at,
            answer_due_at=event.answer_due_at,
            lines={line.line: line for line in event.lines},
        )
    if state is None:
        raise ValueError(f"the history of an order begins with its receipt, not with {type(event).__name__}")
    return _FOLDS[type(event)](state, event)


def fold_all(events: Iterable[Event]) -> OrderState | None:
    """The state after all events; None where there are none."""
    state: OrderState | None = None
    for event in events:
        state = fold(state, event)
    return state


def _resolved(state: OrderState, event: LinesResolved) -> OrderState:
    return replace(
        state,
        settled={line.line: line for line in event.lines},
        held=event.held,
        missing_account=None,
        catalogue_version=event.catalogue_version,
    )


_FOLDS: dict[type[Event], Callable[[OrderState, Any], OrderState]] = {
    OrderChanged: lambda state, event: replace(state, changes=(*state.changes, event)),
    AccountMissing: lambda state, event: replace(state, missing_account=event),
    LinesResolved: _resolved,
    LineRejected: lambda state, event: replace(state, rejected={**state.rejected, event.line: event}),
    OrderPosted: lambda state, event: replace(state, posted=(*state.posted, event), refused=None),
    OrderBooked: lambda state, event: replace(state, booked=event, refused=None),
    OrderRefused: lambda state, event: replace(state, refused=event),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a partner's configuration says about waiting for an item."""

    unknown_item: str = "wait"  # or "split": the good lines go at once
    lead: timedelta = timedelta(hours=4)


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


def differences(before: Iterable[OrderedLine], after: Iterable[OrderedLine]) -> tuple[str, ...]:
    """What a second order of the same number changes, a sentence a line."""
    old, new = ({line.line: line for line in lines} for lines in (before, after))
    said = [f"line {number} is gone" for number in old if number not in new]
    for number, line in new.items():
        if number not in old:
            said.append(f"line {number} is new: {_shown(line)}")
        elif old[number] != line:
            said.append(f"line {number}: {_shown(old[number])} becomes {_shown(line)}")
    return tuple(said)


def _shown(line: OrderedLine) -> str:
    price = () if line.price is None else ("at", f"{line.price:f}")
    return " ".join((f"{line.ordered.value:f}", line.ordered.unit, *line.ids.values(), *price))
