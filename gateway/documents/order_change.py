"""The purchase order change: X12 860, EDIFACT ORDCHG.

It stands as close to the purchase order as it can, field by field, so that the two are compared line by line: what a
change leaves out is as it was. A line says what becomes of it and how much is ordered from now on.
"""

from decimal import Decimal
from typing import Literal

from gateway.documents.base import Day, Number, Record, Text
from gateway.documents.item_ids import ItemIds
from gateway.documents.party import Party
from gateway.documents.purchase_order import Purpose, Window, total
from gateway.documents.quantity import Quantity, Unit

LineChange = Literal[
    "added",
    "deleted",
    "changed",
    "replaced",
    "quantity_increased",
    "quantity_decreased",
    "price_changed",
    "price_and_quantity_changed",
    "dates_changed",
    "rescheduled",
    "cancelled",
    "unchanged",
]
"""What becomes of a line (X12 670, EDIFACT 1229). `changed` covers several at once, and is all that EDIFACT says."""


class ChangedQuantity(Record):
    """A quantity from now on. `value` is None where it stays as it was: the unit (POC05) may come without it."""

    value: Number | None = None
    unit: Unit = "item"
    code: Text | None = None


class PurchaseOrderChangeLine(ItemIds):
    """One line changed: `ordered` is the new quantity, `left` how much of it is still to come, in the same unit.

    `price` and `price_basis` are those of the order's line; `window` is the line's own where it has one.
    """

    line: Text | None = None
    change: LineChange
    ordered: ChangedQuantity | None = None
    left: Number | None = None
    price: Number | None = None
    price_basis: Text | None = None
    window: Window | None = None
    pack: Number | None = None
    description: Text | None = None

    @property
    def quantity(self) -> Quantity | None:
        """The quantity ordered from now on, as a line of the order has it; None where it stays as it was."""
        if self.ordered is None or self.ordered.value is None:
            return None
        return Quantity(value=self.ordered.value, unit=self.ordered.unit, code=self.ordered.code)


class PurchaseOrderChange(Record):
    """What the partner changes in an order of theirs.

    `number` is the order's (BCH03, RFF+ON), `change_number` the change's own (BCH07, BGM 1004), `sequence` counts the
    changes of one order (BCH05). `ordered_on` is the day of the order, `changed_on` that of the change. A change of
    the whole order, such as its cancellation, may come without lines.
    """

    purpose: Purpose = "change"
    order_type: Text | None = None
    number: Text
    change_number: Text | None = None
    sequence: Text | None = None
    ordered_on: Day | None = None
    changed_on: Day | None = None
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
    lines: tuple[PurchaseOrderChangeLine, ...] = ()

    @property
    def line_count(self) -> Decimal:
        """CTT01, CNT+2: how many lines there are."""
        return Decimal(len(self.lines))

    @property
    def ordered_total(self) -> Decimal:
        """CTT02: the sum of the ordered quantities, whatever their units."""
        return total(line.quantity for line in self.lines)
