"""The purchase order: X12 850, EDIFACT ORDERS.

What a message may leave out is optional here. Number, date and at least one line with a quantity are not: without them
there is nothing to deliver. PO101 and LIN 1082 are optional in the standards, so `line` may be None; such a line is
known, posted and answered by its position (`line_numbers`).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gateway.documents.base import Day, Number, Record, Text
from gateway.documents.item_ids import ItemIds
from gateway.documents.party import Party
from gateway.documents.quantity import Quantity

Purpose = Literal["original", "change", "replace", "cancel", "duplicate"]
"""What the document does to its predecessors (BEG01, BSN01, BGM 1225)."""


class Window(Record):
    """The days between which delivery is wanted, both included (X12 DTM 064 and 063, EDIFACT DTM+64 and +63)."""

    not_before: Day | None = None
    not_after: Day | None = None


class PurchaseOrderLine(ItemIds):
    """One line, as ordered: the partner's unit and ids.

    `price` is PO104 or PRI+AAA, per each or per ordered unit as the account's price basis says; `price_basis` is the
    wire's word for it (PO105), which does not decide that. `pack` is PO401, how many pieces an outer pack holds.
    """

    line: Text | None = None
    ordered: Quantity
    price: Number | None = None
    price_basis: Text | None = None
    pack: Number | None = None
    description: Text | None = None


class PurchaseOrder(Record):
    """What the partner orders of us.

    `account` is the vendor code (REF CR, RFF+CR), `promotion` the deal (REF PD), `freight` who pays it in the guide's
    words (FOB01), `back_orders` whether lines may be promised for later (CSH01).
    """

    purpose: Purpose = "original"
    order_type: Text | None = None
    number: Text
    ordered_on: Day
    account: Text | None = None
    currency: Text | None = None
    freight: Text | None = None
    back_orders: Literal["yes", "no"] | None = None
    window: Window | None = None
    packing: Text | None = None
    promotion: Text | None = None
    buyer: Party | None = None
    vendor: Party | None = None
    ship_to: Party | None = None
    bill_to: Party | None = None
    lines: Annotated[tuple[PurchaseOrderLine, ...], Field(min_length=1)]

    @property
    def line_count(self) -> Decimal:
        """CTT01, CNT+2: how many lines there are."""
        return Decimal(len(self.lines))

    @property
    def ordered_total(self) -> Decimal:
        """CTT02 as Amazon uses it: the sum of the ordered quantities, whatever their units."""
        return total(line.ordered for line in self.lines)

    @property
    def line_numbers(self) -> tuple[str, ...]:
        """The number of each line; its position, counted from 1, where none came."""
        return tuple(line.line or str(position) for position, line in enumerate(self.lines, 1))


def total(quantities: Iterable[Quantity | None]) -> Decimal:
    """The hash total of a message: the sum of quantities regardless of units, absent ones left out."""
    return sum((quantity.value for quantity in quantities if quantity is not None), Decimal(0))
