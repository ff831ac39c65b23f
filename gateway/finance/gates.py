"""The gates that a settlement passes before it is posted, in this order; the first that holds it is told.

A gate answers with a sentence, or with nothing. What it holds is not posted at all, not even in part: a ledger that is
wrong by a line is worse than one that waits for it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from gateway.documents.base import plain
from gateway.documents.money import decimals_of, with_decimals
from gateway.finance.settlement import Settlement

_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,40}")
_CURRENCY = re.compile(r"[A-Z]{3}")

State = Literal["unreadable", "inconsistent", "unbalanced", "uncharted"]


@dataclass(frozen=True, slots=True)
class Held:
    """A settlement that is not posted: which gate holds it, and why. `difference` is stated where lines do not add."""

    state: State
    why: str
    difference: Decimal | None = None


def hold(settlement: Settlement) -> Held | None:
    """The first gate that holds a settlement; None where it may be posted."""
    return next((held for gate in GATES if (held := gate(settlement)) is not None), None)


def _is_one(settlement: Settlement) -> Held | None:
    if settlement.faults:
        return Held("unreadable", settlement.faults[0])
    for what, found in (("settlement", settlement.ids), ("currency", settlement.currencies)):
        if len(found) > 1:
            return Held("unreadable", f"lines of more than one {what}: {', '.join(found)}")
        if not found:
            return Held("unreadable", f"no {what} is named in any line")
    return None


def _has_a_total(settlement: Settlement) -> Held | None:
    if settlement.total is None:
        return Held("unreadable", "the summary row with the total is missing")
    return None


def _has_its_dates(settlement: Settlement) -> Held | None:
    dates: dict[str, datetime | None] = {"end": settlement.ends_at, "start": settlement.starts_at}
    missing = [name for name, at in dates.items() if at is None]
    if missing:
        return Held("unreadable", f"the summary row has no {missing[0]} date")
    if settlement.starts_at and settlement.ends_at and settlement.starts_at > settlement.ends_at:
        return Held("unreadable", "the summary row says that it ends before it starts")
    return None


def _has_names(settlement: Settlement) -> Held | None:
    """Its number becomes part of file names and ids, its currency of every amount."""
    if not _NUMBER.fullmatch(settlement.id):
        return Held("unreadable", f"{settlement.id[:40]!r} is no number of a settlement")
    if not _CURRENCY.fullmatch(settlement.currency):
        return Held("unreadable", f"{settlement.currency[:40]!r} is no currency")
    return None


def _is_in_whole_units(settlement: Settlement) -> Held | None:
    """Amounts have no smaller parts than the currency: a third decimal is a misread file, and never a rounding."""
    decimals = decimals_of(settlement.currency)
    for bucket, each in settlement.sums.items():
        if -int(each.amount.normalize().as_tuple().exponent) > decimals:
            said = f"{bucket.amount_description} comes to {plain(each.amount)}"
            return Held("unreadable", f"{said}: {settlement.currency} has {decimals} decimals")
    return None


def _adds_up(settlement: Settlement) -> Held | None:
    difference = settlement.difference
    if not difference:
        return None
    total, lines, off = (
        plain(with_decimals(amount, settlement.currency))
        for amount in (settlement.total or Decimal(0), settlement.sum, difference)
    )
    return Held("inconsistent", f"its {settlement.rows} lines come to {lines}, its total is {total}", Decimal(off))


GATES: tuple[Callable[[Settlement], Held | None], ...] = (
    _is_one,
    _has_names,
    _has_a_total,
    _has_its_dates,
    _is_in_whole_units,
    _adds_up,
)
