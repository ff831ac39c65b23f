"""Whose document an IDoc of SAP is: the partner or seller behind the customer's number, and the order behind a line.

Several partners may share one customer; then the order decides, for it is known of one of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gateway.documents.erp import SalesOrder, SalesOrderLine
from gateway.findings import Finding
from gateway.sap.gaps import unmapped, unusable
from gateway.sap.known import Known
from gateway.sap.numbers import bare, position_of, positions
from gateway.sap.profile import SapProfile


def partner_of(
    numbers: Iterable[str | None], purchase_orders: Iterable[str], profile: SapProfile, known: Known
) -> str | Finding:
    """The partner or seller of a document that names these customers and orders, or why it cannot be told."""
    named = [number for number in numbers if number]
    found: dict[str, None] = {}
    for number in named:
        names = [name for name, row in profile.sales.items() if bare(row.number or name) == bare(number)]
        for name in dict.fromkeys((*names, number, bare(number))):
            found.update(dict.fromkeys(known.partners_of(name)))
    if not named:
        return unusable("it names no customer (partner AG, or RCVPRN of type KU)")
    if not found:
        shown = bare(named[0])
        row = f'[partners.<partner>.accounts.<account>] customer = "{shown}", or [erp.sap.sales.<customer>] number'
        return unmapped(f"the customer {named[0]}", row, named[0])
    orders = tuple(purchase_orders)
    sharing = [name for name in found if any(known.sales_orders(name, order) for order in orders)]
    if len(found) == 1:
        return next(iter(found))
    if len(sharing) == 1:
        return sharing[0]
    return unusable(
        f"the customer {named[0]} is that of {', '.join(found)}, and the orders {', '.join(orders) or 'named'} do not "
        "tell of which of them it is",
        named[0],
    )


@dataclass(frozen=True)
class Ordered:
    """An order as it went to SAP, all revisions of it, the earliest first; none where it is not known.

    Its lines are indexed once: an order of thousands of them is read as fast as it is long.
    """

    purchase_order: str
    revisions: Sequence[SalesOrder]

    @property
    def last(self) -> SalesOrder | None:
        """Its last revision."""
        return self.revisions[-1] if self.revisions else None

    def line_of(self, *places: str | None) -> str | None:
        """The line that the first of these positions names; None where none is given.

        Where no line has this POSEX, it is the number itself without zeros.
        """
        place = next((each.strip() for each in places if each and each.strip()), None)
        return None if place is None else self._lines.get(position_of(place), bare(place))

    def booked(self, line: str) -> SalesOrderLine | None:
        """A line as SAP has it, from the last revision that has it."""
        return self._booked.get(line)

    @cached_property
    def _lines(self) -> Mapping[str, str]:
        """The lines by their POSEX."""
        found = positions(line.line for order in self.revisions for line in order.lines)
        return {place: line for line, place in found.items()}

    @cached_property
    def _booked(self) -> Mapping[str, SalesOrderLine]:
        return {each.line: each for order in self.revisions for each in order.lines}


def ordered(partner: str, purchase_order: str, known: Known) -> Ordered:
    """What SAP was given of an order."""
    return Ordered(purchase_order, known.sales_orders(partner, purchase_order))
