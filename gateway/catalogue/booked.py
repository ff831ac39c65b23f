"""An order as both shores know it: the ground that everything on the way back to the partner stands on.

What was multiplied on the way there is divided on the way back, by the same number: factor, unit and price are those of
the sales order that was recorded, never those of today's masters. A remainder is a gap and not a rounding.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from gateway.catalogue.account import Account
from gateway.catalogue.gaps import Gap, gap
from gateway.documents.base import plain
from gateway.documents.erp import SalesOrder, SalesOrderLine
from gateway.documents.purchase_order import PurchaseOrder, PurchaseOrderLine
from gateway.documents.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A line that the ERP booked and that the partner's change took out of the order: what it was on both shores.

    `dropped_at` is when the change came.
    """

    ordered: PurchaseOrderLine
    sold: SalesOrderLine
    dropped_at: datetime


@dataclass(frozen=True, kw_only=True)
class Booked:
    """An order as both shores know it: what the partner ordered, and what the ERP was asked to book.

    `sales_order` is None where nothing of the order went to the ERP. Its lines by number are listed once: a shipment
    asks for them with every pack. `dropped` are those that it had before, by number: what is said of them can still be
    written, and whether it may leave is the gate's to say.
    """

    order: PurchaseOrder
    sales_order: SalesOrder | None
    account: Account
    dropped: Mapping[str, Dropped] = field(default_factory=dict)

    @cached_property
    def lines(self) -> Mapping[str, SalesOrderLine]:
        """The lines that went to the ERP and that the order still has, by number."""
        posted = () if self.sales_order is None else self.sales_order.lines
        return {line.line: line for line in posted if line.line in self._ordered}

    @property
    def currency(self) -> str:
        """The currency of the sales order; without one that of the order, else that of the account."""
        return self.sales_order.currency if self.sales_order else self.order.currency or self.account.currency

    def booked_line(self, number: str) -> SalesOrderLine | None:
        """The line as it was booked, also where the partner has dropped it since; None where it never was."""
        line = self.lines.get(number)
        return line if line is not None or number not in self.dropped else self.dropped[number].sold

    def ordered_line(self, number: str) -> PurchaseOrderLine:
        """The line as it was ordered, also where it was dropped since. Raises KeyError where the order had none."""
        return self._ordered[number] if number in self._ordered else self.dropped[number].ordered

    @cached_property
    def _ordered(self) -> Mapping[str, PurchaseOrderLine]:
        return dict(zip(self.order.line_numbers, self.order.lines, strict=True))

    @staticmethod
    def factor_of(line: SalesOrderLine) -> int:
        """How many pieces one ordered unit of a booked line is.

        Raises ValueError for a line that is no whole number of pieces a unit, which `to_erp` never makes.
        """
        factor = Fraction(line.base.value) / Fraction(line.ordered.value)
        if factor.denominator != 1:
            raise ValueError(
                f"line {line.line}: {line.base.value} pieces are no whole multiple of {line.ordered.value}"
            )
        return int(factor)


def to_ordered(line: SalesOrderLine, pieces: Decimal) -> Quantity | None:
    """So many pieces in the unit that was ordered, with its code; None where they are no whole number of it.

    All pieces of a line are what was ordered, however it was written.
    """
    if pieces == line.base.value:
        return line.ordered
    whole, rest = divmod(pieces, Booked.factor_of(line))
    return None if rest or whole < 0 else line.ordered.model_copy(update={"value": Decimal(int(whole))})


def broken(number: str, pieces: Decimal, line: SalesOrderLine, where: str, remedy: str) -> Gap:
    """The gap of pieces that are no whole number of the ordered unit; `where` says whose they are."""
    factor = Booked.factor_of(line)
    return gap(
        "not-integral",
        number,
        f"{where}: {plain(pieces)} pieces are no whole number of the ordered unit of {factor} each",
        remedy.format(factor=factor),
        pieces=plain(pieces),
        factor=str(factor),
    )


def unknown_lines(named: Iterable[tuple[str, str]], orders: Mapping[str, Booked], document: str) -> Iterator[Gap]:
    """A gap for each (purchase order, line) that a document of the ERP names and that was never booked."""
    for purchase_order, number in dict.fromkeys(named):
        if purchase_order not in orders:
            yield gap(
                "order-unknown",
                None,
                f"the ERP's {document} names the purchase order {purchase_order}, which is not known",
                f"correct the purchase order in the ERP's {document}, and send it with a higher revision",
                purchase_order=purchase_order,
            )
        elif orders[purchase_order].booked_line(number) is None:
            yield gap(
                "line-unknown",
                number,
                f"the ERP's {document} names line {number} of {purchase_order}, which was not booked",
                f"correct the line number in the ERP's {document}, and send it with a higher revision",
                purchase_order=purchase_order,
            )
