"""The order response: X12 855 (purchase order acknowledgement), EDIFACT ORDRSP.

A line is answered in parts, its dispositions, which together make up what was ordered; X12 writes them as ACK segments,
ORDRSP as QTY groups. Everything else on a line repeats the order.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gateway.documents.base import Day, Number, Record, Text
from gateway.documents.item_ids import ItemIds
from gateway.documents.party import Party
from gateway.documents.purchase_order import Purpose, total
from gateway.documents.quantity import Quantity

Outcome = Literal[
    "accepted",
    "backordered",
    "rejected:out_of_stock",
    "rejected:invalid_item",
    "rejected:discontinued",
    "rejected:minimum",
    "rejected:price",
]
"""What becomes of a part of a line; a rejection names its reason."""

LineStatus = Literal["accepted", "changed", "rejected"]
Response = Literal["accepted", "changed", "rejected", "unchanged", "with_changes"]
"""The answer as a whole. EDIFACT says accepted, changed or rejected (BGM 1225: 29, 4, 27), X12 only whether anything
changed (BAK02: AD, AC)."""


class Disposition(Record):
    """A part of a line: how many, what becomes of them, and when they ship where they do."""

    outcome: Outcome
    quantity: Quantity
    ships_on: Day | None = None


class OrderResponseLine(ItemIds):
    """One line of the order with its answer; line, ids, unit and price are the order's. `vat_rate` is in per cent."""

    line: Text | None = None
    status: LineStatus | None = None
    ordered: Quantity | None = None
    price: Number | None = None
    price_basis: Text | None = None
    vat_rate: Number | None = None
    dispositions: tuple[Disposition, ...] = ()


class OrderResponse(Record):
    """What we answer to a purchase order. `number` is the answer's own (ORDRSP BGM 1004), which X12 has not."""

    purpose: Purpose = "original"
    response: Response | None = None
    number: Text | None = None
    purchase_order: Text
    ordered_on: Day | None = None
    issued_on: Day | None = None
    currency: Text | None = None
    vendor: Party | None = None
    buyer: Party | None = None
    ship_to: Party | None = None
    lines: Annotated[tuple[OrderResponseLine, ...], Field(min_length=1)]

    @property
    def line_count(self) -> Decimal:
        """CTT01, CNT+2: how many lines there are."""
        return Decimal(len(self.lines))

    @property
    def ordered_total(self) -> Decimal:
        """CTT02: the sum of the ordered quantities, whatever their units."""
        return total(line.ordered for line in self.lines)
