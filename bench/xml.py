"""Rows about XML: a sales order of twenty lines as validated XML, against lxml building the same elements."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from bench.inputs import LINES
from bench.measure import Figure, Row, seconds_of
from gateway.documents import SalesOrder
from gateway.documents.erp import BaseQuantity, Place, SalesOrderLine
from gateway.documents.money import Price
from gateway.documents.purchase_order import Window
from gateway.documents.quantity import Quantity
from gateway.erp.xml import read_xml, write_xml


def sales_order() -> SalesOrder:
    """The order that inputs.order_message becomes: every fourth line by the case."""
    return SalesOrder(
        id="amazon-us:7QA2MX4T",
        partner="amazon-us",
        account="TOLB1",
        purchase_order="7QA2MX4T",
        ordered_on=date(2026, 11, 20),
        currency="USD",
        customer="AMAZON-US",
        ship_to=Place(code="RIC2"),
        window=Window(not_before=date(2026, 11, 24), not_after=date(2026, 12, 1)),
        lines=tuple(_line(number) for number in range(1, LINES + 1)),
    )


def _line(number: int) -> SalesOrderLine:
    pieces = 12 if number % 4 == 1 else 1
    price = Decimal(7 + number) + Decimal("0.25")
    unit: Any = "case" if pieces > 1 else "each"
    return SalesOrderLine(
        line=str(number),
        sku=f"TLB-77{number:02}",
        ordered=Quantity(value=Decimal(number * 3), unit=unit, code="CA" if pieces > 1 else "EA"),
        base=BaseQuantity(value=Decimal(number * 3 * pieces)),
        price=Price(amount=price, per=Decimal(pieces), unit="each"),
        amount=price * number * 3,
    )


def built_by_lxml(order: SalesOrder) -> bytes:
    """The same elements with the same texts by lxml alone: nothing is checked, and no two are on a line."""

    def leaf(around: Any, name: str, value: object, **attributes: object) -> None:
        element = etree.SubElement(around, name)
        for key, text in attributes.items():
            element.set(key, str(text))
        element.text = str(value)

    root = etree.Element("sales-order")
    root.set("version", str(order.version))
    for name in ("id", "partner", "account", "purchase_order", "revision", "ordered_on", "currency", "customer"):
        leaf(root, name, getattr(order, name))
    place, window = order.ship_to, order.window
    if place:
        etree.SubElement(root, "ship_to").set("code", str(place.code))
    if window:
        days = etree.SubElement(root, "window")
        days.set("not_before", str(window.not_before))
        days.set("not_after", str(window.not_after))
    lines = etree.SubElement(root, "lines")
    for line in order.lines:
        element = etree.SubElement(lines, "line")
        element.set("number", line.line)
        leaf(element, "sku", line.sku)
        leaf(element, "ordered", line.ordered.value, unit=line.ordered.unit, code=line.ordered.code)
        leaf(element, "base", line.base.value, unit=line.base.unit)
        leaf(element, "price", line.price.amount, per=line.price.per, unit=line.price.unit)
        leaf(element, "amount", line.amount)
    return bytes(etree.tostring(root, encoding="UTF-8"))


def order_written(quick: bool) -> Figure:
    """How many times as fast as lxml builds and prints the elements, which it does not check."""
    order = sales_order()
    floor: Callable[[], object] = lambda: built_by_lxml(order)  # noqa: E731
    ours: Callable[[], object] = lambda: write_xml(order)  # noqa: E731
    low, own = seconds_of((floor, ours), rounds=5 if quick else 41, times=20 if quick else 100)
    return Figure(low / own, f"{own * 1e6:.0f} us validated, lxml {low * 1e6:.0f} us unchecked")


def order_read(quick: bool) -> Figure:
    """Reading the same order from XML, hardened and validated, against lxml parsing it."""
    data = write_xml(sales_order())
    floor: Callable[[], object] = lambda: etree.fromstring(data)  # noqa: E731
    ours: Callable[[], object] = lambda: read_xml(data)  # noqa: E731
    low, own = seconds_of((floor, ours), rounds=5 if quick else 21, times=10 if quick else 50)
    return Figure(low / own, f"{own * 1e6:.0f} us, lxml parsing {low * 1e6:.0f} us")


ROWS = (
    Row("xml", "order to validated XML, to lxml elements", order_written, 3, at_least=True),
    Row("xml-read", "order from XML, to lxml parsing", order_read),
)
