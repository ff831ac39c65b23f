"""What was said so far in a conversation, and what it comes to: promised, shipped, charged, line by line in pieces."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tests.judge.documents import Answer, Change, Invoice, Notice, Order, OrderedLine, PackedItem

CASES = ("CA", "CT", "CS", "")
"""Units that may count cases; without a unit the item number says it."""

Line = tuple[str, str]
"""An order's number and its line."""


@dataclass
class Known:
    """What was said so far. Replacements overwrite; `labels` tells on which shipment a label was used.

    `sent_in` is the invoice by the control number that an answer names, `refused` those that were refused whole: the
    partner never had them, so their numbers are free for a corrected one.
    """

    packs: Mapping[str, int]
    orders: dict[str, Order] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    sent_in: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def pieces(self, quantity: Decimal, unit: str, item: str) -> Decimal:
        """The quantity in pieces: a case counts as many as its item holds."""
        return quantity * self.packs.get(item, 1) if unit in CASES else quantity

    def change(self, change: Change) -> None:
        """Lay a change over its order; a change of an order that never came changes nothing."""
        if change.number not in self.orders:
            return
        order = self.orders[change.number]
        lines = {line.line: line for line in order.lines}
        for action, said in change.lines:
            if action == "deleted":
                lines.pop(said.line, None)
            else:
                lines[said.line] = _laid_over(lines.get(said.line, said), said)
        self.orders[change.number] = replace(order, lines=tuple(lines.values()))

    def ordered(self, order: str, line: str) -> OrderedLine | None:
        lines = self.orders[order].lines if order in self.orders else ()
        return next((one for one in lines if one.line == line), None)

    def promised(self) -> dict[Line, Decimal]:
        """What was accepted or back-ordered, by the last answers."""
        found: dict[Line, Decimal] = defaultdict(Decimal)
        for answer in self.answers.values():
            found.update(self.promised_in(answer))
        return found

    def promised_in(self, answer: Answer) -> dict[Line, Decimal]:
        """What one answer accepts or back-orders."""
        found: dict[Line, Decimal] = defaultdict(Decimal)
        for line in answer.lines:
            for part in line.parts:
                if part.outcome in ("accepted", "backordered"):
                    found[answer.purchase_order, line.line] += self.pieces(part.quantity, part.unit, line.id)
        return found

    def shipped(self) -> dict[Line, Decimal]:
        found: dict[Line, Decimal] = defaultdict(Decimal)
        for notice in self.notices.values():
            for item in items_of(notice):
                found[item.purchase_order, item.line] += self.pieces(item.quantity, item.unit, item.id)
        return found

    def invoiced(self) -> dict[Line, Decimal]:
        found: dict[Line, Decimal] = defaultdict(Decimal)
        for invoice in self.invoices.values():
            for line in invoice.lines:
                found[line.purchase_order, line.line] += self.pieces(line.quantity, line.unit, line.id)
        return found


def _laid_over(line: OrderedLine, said: OrderedLine) -> OrderedLine:
    """A line with what a change says of it; what it leaves out stays."""
    return OrderedLine(
        line=line.line,
        quantity=said.quantity or line.quantity,
        unit=said.unit or line.unit,
        price=line.price if said.price is None else said.price,
        id=said.id or line.id,
    )


def items_of(notice: Notice) -> list[PackedItem]:
    return [item for pack in notice.packs for item in pack.items]


def miscounted(what: str, said: Decimal | None, counted: Decimal) -> Iterator[str]:
    if said is not None and said != counted:
        yield f"counts {said} for {what}, there are {counted}"
