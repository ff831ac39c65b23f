"""What the partner changes in an order: the order as it is from now on, and what that means line by line.

A second order of a known number is the whole of it; a change message (860, ORDCHG) is laid over the order, and leaves
as it was what it does not speak of. Nothing is guessed: a change of a line that was never ordered is told and left out.
"""

from collections.abc import Container, Iterable, Iterator
from itertools import count

from pydantic import ConfigDict, TypeAdapter

from gateway.documents import PurchaseOrder, PurchaseOrderChange
from gateway.documents.item_ids import SCHEMES
from gateway.documents.order_change import PurchaseOrderChangeLine
from gateway.documents.purchase_order import PurchaseOrderLine
from gateway.documents.quantity import Quantity
from gateway.lifecycle.events import OrderedLine

_ORDERED: TypeAdapter[tuple[OrderedLine, ...]] = TypeAdapter(
    tuple[OrderedLine, ...], config=ConfigDict(defer_build=True)
)
_GONE = ("deleted", "cancelled")
_HEAD = ("order_type", "account", "currency", "freight", "back_orders", "window", "packing", "promotion", "ship_to")
_LINE = ("price", "price_basis", "pack", "description", *SCHEMES)


def ordered_lines(order: PurchaseOrder) -> tuple[OrderedLine, ...]:
    """The lines as the lifecycle knows them: by number, or by position where they have none."""
    numbered = zip(order.line_numbers, order.lines, strict=True)
    return _ORDERED.validate_python(
        [
            {"line": number, "ordered": line.ordered, "price": line.price, "ids": line.id_fields}
            for number, line in numbered
        ]
    )


def apply_change(order: PurchaseOrder, change: PurchaseOrderChange) -> tuple[PurchaseOrder | None, tuple[str, ...]]:
    """The order as the change leaves it, None where nothing is left of it, and what could not be applied."""
    if change.purpose == "cancel":
        return None, ()
    # A line without a number goes by its position: it keeps it where a line before it goes away.
    numbered = zip(order.line_numbers, order.lines, strict=True)
    lines = {number: line.model_copy(update={"line": number}) for number, line in numbered}
    refused: list[str] = []
    for line in change.lines:
        known = lines.get(line.line or "")
        if line.change == "added" and known is None and line.quantity is not None:
            number = line.line or _free_number(lines)
            lines[number] = _new_line(number, line, line.quantity)
        elif known is None or line.line is None:
            refused.append(f"line {line.line or '?'} was never ordered, and cannot be {line.change.replace('_', ' ')}")
        elif line.change in _GONE:
            del lines[line.line]
        else:
            lines[line.line] = _changed_line(known, line)
    if not lines:
        return None, tuple(refused)
    head = {name: value for name in _HEAD if (value := getattr(change, name)) is not None}
    return order.model_copy(update={**head, "lines": tuple(lines.values())}), tuple(refused)


def _free_number(lines: Container[str]) -> str:
    """The number of a line that came without one: the next that no line has."""
    return next(number for number in map(str, count(1)) if number not in lines)


def _new_line(number: str, line: PurchaseOrderChangeLine, ordered: Quantity) -> PurchaseOrderLine:
    return PurchaseOrderLine(line=number, ordered=ordered, **{name: getattr(line, name) for name in _LINE})


def _changed_line(known: PurchaseOrderLine, line: PurchaseOrderChangeLine) -> PurchaseOrderLine:
    said = {name: value for name in _LINE if (value := getattr(line, name)) is not None}
    return known.model_copy(update={**said, "ordered": line.quantity or known.ordered})


def differences(before: PurchaseOrder, after: PurchaseOrder) -> tuple[str, ...]:
    """What a second order of the same number changes, a sentence a line."""
    return (*_head_differences(before, after), *line_differences(ordered_lines(before), ordered_lines(after)))


def line_differences(before: Iterable[OrderedLine], after: Iterable[OrderedLine]) -> Iterator[str]:
    """What changes between two versions of the lines of one order."""
    old, new = ({line.line: line for line in lines} for lines in (before, after))
    yield from (f"line {number} is gone" for number in old if number not in new)
    for number, line in new.items():
        if number not in old:
            yield f"line {number} is new: {_shown(line)}"
        elif old[number] != line:
            yield f"line {number}: {_shown(old[number])} becomes {_shown(line)}"


def _head_differences(before: PurchaseOrder, after: PurchaseOrder) -> Iterator[str]:
    if after.account != before.account:
        yield f"account {before.account} becomes {after.account}"
    if after.purpose != "original":
        yield f"its purpose is {after.purpose}"
    for name, word in (("window", "the delivery window"), ("freight", "freight"), ("back_orders", "back-orders")):
        if getattr(before, name) != getattr(after, name):
            yield f"{word} changes"
    if (before.ship_to and before.ship_to.code) != (after.ship_to and after.ship_to.code):
        yield f"ship-to becomes {after.ship_to.code if after.ship_to else 'unknown'}"


def _shown(line: OrderedLine) -> str:
    price = () if line.price is None else ("at", f"{line.price:f}")
    return " ".join((f"{line.ordered.value:f}", line.ordered.unit, *line.ids.values(), *price))
