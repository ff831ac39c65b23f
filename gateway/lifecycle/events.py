"""The events of an order: what happened, recorded once and never changed. State is a fold over them.

Each event is a frozen record with JSON of its own, so that the journal keeps it as it is and any tool can read it. What
the ERP does with an order stands in goods.py, what becomes of documents in transmission.py, the names in history.py.
"""

from typing import Literal

from pydantic import Field

from gateway.catalogue.gaps import Gap, GapSeverity, Owner
from gateway.catalogue.lines import ResolvedLine
from gateway.documents.base import Count, Day, Instant, Number, Record, Text
from gateway.documents.purchase_order import Window
from gateway.documents.quantity import Quantity


class OrderedLine(Record):
    """A line as it was ordered: its number, or its position where it has none, and the partner's quantity."""

    line: Text
    ordered: Quantity
    price: Number | None = None
    ids: dict[str, str] = Field(default_factory=dict)


class HeldLine(Record):
    """What keeps a line, or the whole order where `line` is None, from going on."""

    rule: Text
    severity: GapSeverity = "block"
    line: Text | None = None
    message: Text
    remedy: Text
    owner: Owner
    evidence: dict[str, str] = Field(default_factory=dict)
    at_stake: Number | None = None
    path: Text | None = None

    @classmethod
    def of(cls, gap: Gap) -> "HeldLine":
        """The gap as it is recorded."""
        return cls(
            rule=gap.rule,
            severity=gap.severity,
            line=gap.line,
            message=gap.message,
            remedy=gap.remedy,
            owner=gap.owner,
            evidence=dict(gap.evidence),
            at_stake=gap.at_stake,
            path=gap.path,
        )


class SettledLine(Record):
    """A line that has an item: its SKU, its pieces, how many make one ordered unit and who says so, its amount."""

    line: Text
    sku: Text
    base: Number
    factor: Count
    source: Text
    amount: Number

    @classmethod
    def of(cls, line: ResolvedLine) -> "SettledLine":
        """The resolved line as it is recorded."""
        return cls(
            line=line.line,
            sku=line.sku,
            base=line.base,
            factor=line.factor.each,
            source=line.factor.source,
            amount=line.amount,
        )


class Event(Record):
    """Something that happened to an order."""


class OrderReceived(Event):
    """The partner ordered. `document` is the id of the purchase order in the journal."""

    document: Text
    partner: Text
    purchase_order: Text
    account: Text | None
    received_at: Instant
    answer_due_at: Instant
    ordered_on: Day | None = None
    ship_to: Text | None = None
    window: Window | None = None
    lines: tuple[OrderedLine, ...]


class OrderChanged(Event):
    """The partner changed the order; `differences` say what, line by line.

    `document` came and says so; `order` holds the whole order as it is from now on, with its lines, None where the
    change could not be applied and a person must read it. `account` is that of an order of the same number for another
    account, which is no change of this one.
    """

    document: Text
    differences: tuple[Text, ...]
    order: Text | None = None
    account: Text | None = None
    ship_to: Text | None = None
    window: Window | None = None
    lines: tuple[OrderedLine, ...] = ()


class AccountMissing(Event):
    """The order names an account that no configuration knows, or none."""

    account: Text | None
    known: tuple[Text, ...] = ()


class LinesResolved(Event):
    """The lines were looked up in the masters as of a catalogue version: which have an item, what holds the others."""

    catalogue_version: int
    lines: tuple[SettledLine, ...]
    held: tuple[HeldLine, ...]


POLICY = "policy"
"""Who gives a line up where no person does."""


class LineRejected(Event):
    """A line will not be delivered; the partner is told the reason. `who` decided, a person or a policy."""

    line: Text
    reason: Literal["invalid_item", "out_of_stock", "discontinued", "minimum", "price"] = "invalid_item"
    who: Text
    why: Text


class OrderPosted(Event):
    """The sales order was handed to the ERP. `document` is its id in the journal."""

    document: Text
    revision: Count
    posted_at: Instant | None = None
    lines: tuple[Text, ...]


class OrderBooked(Event):
    """The ERP holds the order, under its own number."""

    number: Text | None
    message: Text | None = None


class OrderRefused(Event):
    """The ERP does not take the order, and says why."""

    message: Text


class DeadlineNear(Event):
    """The warning time of a deadline is over, and what it asks for has not happened."""

    what: Text
    due_at: Instant


class DeadlinePassed(Event):
    """A deadline is over, and what it asks for has not happened."""

    what: Text
    due_at: Instant
