"""The items of a delivery: whose order and line each is of, and how many pieces of it are delivered."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from gateway.documents.erp import ShipmentLine, Weight
from gateway.documents.sap import SapDelivery, SapDeliveryItem
from gateway.findings import Finding
from gateway.sap.gaps import unusable
from gateway.sap.profile import SapProfile
from gateway.sap.senders import Ordered
from gateway.sap.units import measure, pieces

_NOTHING = Decimal(0)


class DeliveryItems:
    """A delivery as its items tell it; `findings` gathers whatever is not understood of it."""

    def __init__(self, delivery: SapDelivery, profile: SapProfile, orders: Mapping[str, Ordered]) -> None:
        """`orders` are those that the items name, by number."""
        self.delivery, self.profile, self.orders = delivery, profile, orders
        self.findings: list[Finding] = []
        self.by_position = {item.position: item for item in delivery.items}

    def order_of(self, item: SapDeliveryItem) -> str | None:
        """The customer's order that an item names."""
        return item.customer_order.number if item.customer_order else None

    def line_of(self, item: SapDeliveryItem) -> tuple[str, str] | None:
        """The customer's order and line of an item; a finding where it names none."""
        number = self.order_of(item)
        if number is None:
            self.tell_orderless(item)
            return None
        told = item.customer_order.line if item.customer_order else None
        line = self.orders[number].line_of(told, item.line)
        if line is None:
            self.findings.append(unusable(f"item {item.position} names no line (POSEX)", item.position))
        return None if line is None else (number, line)

    def pieces_of(self, item: SapDeliveryItem) -> Decimal:
        """What of an item is delivered, in pieces: in the base unit where it stands there."""
        if item.base_quantity is not None:
            return self.counted(item.base_quantity, item.base_unit, f"item {item.position}")
        return self.counted(item.quantity or _NOTHING, item.unit, f"item {item.position}")

    def counted(self, value: Decimal, unit: str | None, where: str) -> Decimal:
        """A quantity in pieces; nothing, and a finding, where its unit is none."""
        found = pieces(value, unit, self.profile, where)
        if isinstance(found, Finding):
            self.findings.append(found)
            return _NOTHING
        return found

    def tell_orderless(self, item: SapDeliveryItem) -> None:
        """An item that names no order is of no use to anybody."""
        self.findings.append(unusable(f"item {item.position} names no purchase order (E1EDL41)", item.position))

    def lines(self) -> Iterator[ShipmentLine]:
        """What the items come to for each line: the totals that packs can be judged by."""
        found: dict[tuple[str, str], Decimal] = {}
        for item in self.delivery.items:
            of = self.line_of(item)
            if of is not None:
                found[of] = found.get(of, _NOTHING) + self.pieces_of(item)
        for (number, line), count in found.items():
            yield ShipmentLine(purchase_order=number, line=line, quantity=count)

    def weight(self, value: Decimal | None, unit: str | None, where: str) -> Weight | None:
        """A weight with our word for its unit."""
        found = self.measured(value, unit, where)
        return Weight(value=found[0], unit=found[1]) if found else None

    def measured(self, value: Decimal | None, unit: str | None, where: str) -> tuple[Decimal, str] | None:
        """A measure with our word for its unit; None where it is nothing, or not understood."""
        if not value:
            return None
        found = measure(value, unit, self.profile, where)
        if isinstance(found, Finding):
            self.findings.append(found)
            return None
        return found
