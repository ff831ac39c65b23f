"""The ledger of an order: for every line what was ordered, promised, shipped and invoiced, in pieces.

Read from the state, never kept: a number here can always be computed again from the events.
"""

from dataclasses import dataclass
from decimal import Decimal

from gateway.lifecycle.orders import OrderState

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One line in base units; `ordered` is None while nothing says how many pieces were ordered."""

    line: str
    sku: str | None
    ordered: Decimal | None
    accepted: Decimal = _NOTHING
    backordered: Decimal = _NOTHING
    rejected: Decimal = _NOTHING
    shipped: Decimal = _NOTHING
    invoiced: Decimal = _NOTHING


def ledger(state: OrderState) -> tuple[LedgerLine, ...]:
    """The lines of the order, in its own order."""
    return tuple(_line(state, number) for number in state.lines)


def _line(state: OrderState, number: str) -> LedgerLine:
    settled = state.settled.get(number)
    asked = state.lines[number].ordered
    ordered = settled.base if settled else asked.value if asked.unit == "each" else None
    rejected = number in state.rejected
    # What a line we gave up is rejected with is all of it, in the ordered unit where its pieces are not known.
    refused = (asked.value if ordered is None else ordered) if rejected else _NOTHING
    return LedgerLine(line=number, sku=settled.sku if settled else None, ordered=ordered, rejected=refused)
