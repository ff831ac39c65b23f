"""A gap: what a document lacks before it may go on, said so that a person can close it.

RULES is the one table of what the catalogue asks for: each rule with who closes its gaps. The lifecycle's gates add
their own rules to the same kind of value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from gateway import findings

Owner = findings.Owner
GapSeverity = Literal["block", "warn"]

RULES: dict[str, Owner] = {
    "unknown-item": "item data",  # no id of the line is in the item master
    "item-conflict": "item data",  # the ids of one line lead to different items
    "pack-mismatch": "item data",  # two sources disagree how many pieces a case holds
    "pack-missing": "item data",  # no source says how many pieces a case holds
    "unit-unknown": "operations",  # a unit, or the lack of one, that nothing gives a meaning to
    "quantity-invalid": "operations",  # an ordered quantity of nothing or less
    "not-integral": "operations",  # a conversion that leaves a part of a piece or of an ordered unit
    "price-missing": "operations",  # a line without a price
    "price-basis-missing": "finance",  # nothing says whether the price of a case line is that of the case
    "currency-differs": "finance",  # an order in another currency than its account
    "line-repeated": "operations",  # two lines of one number: an answer could mean either
    "line-unknown": "operations",  # a document about a line that was never ordered, or never booked
    "line-unanswered": "operations",  # a line that the ERP's answer leaves out
    "reason-missing": "operations",  # a rejection without a reason that the partner has a word for
    "order-unknown": "operations",  # a shipment or invoice of an order that is not known
    "location-missing": "operations",  # a place that no row of locations.csv describes
    "time-zone-missing": "operations",  # a place whose clocks nothing tells
    "pack-kind-unknown": "operations",  # a pack that is neither a carton nor a pallet
    "pallet-unknown": "operations",  # a pack that stands on what is no pallet of its shipment
    "mode-unknown": "operations",  # a way to travel that nothing gives a meaning to: a warning
    "accounts-differ": "finance",  # an invoice over orders of several accounts
    "terms-missing": "finance",  # an account without days until payment
    "tax-rate-missing": "finance",  # a line of an invoice of several rates that does not say its own
    "price-unsayable": "finance",  # a price that is no finite decimal for one ordered unit
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing a document lacks.

    `message` says what is wrong, `remedy` the smallest change that closes it, `owner` who makes it. `line` is the
    number of the order line, None where the gap is the document's. `evidence` holds what the judgement rests on, by
    name; `path` is where it stands in the ERP's document (`packs[2].sscc`). `at_stake` is the money that waits for it,
    in the order's currency, None where it cannot be told.
    """

    rule: str
    severity: GapSeverity
    message: str
    remedy: str
    owner: Owner
    line: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    at_stake: Decimal | None = None
    path: str | None = None


def gap(rule: str, line: str | None, message: str, remedy: str, **evidence: str) -> Gap:
    """A blocking gap of a rule, owned as RULES says. Raises KeyError for a rule that is not there."""
    return Gap(
        rule=rule, severity="block", message=message, remedy=remedy, owner=RULES[rule], line=line, evidence=evidence
    )
