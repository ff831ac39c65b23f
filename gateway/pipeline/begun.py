"""An order that another system began: what it has answered, shipped and charged so far, as one JSON object.

Quantities are pieces, as in everything that the ERP says. Shipments and invoices are told one by one, for their numbers
must not be used again, and the next of each is judged by what they hold.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from gateway.documents import PurchaseOrder
from gateway.documents.base import Day, Instant, Number, Record, Text, plain
from gateway.documents.erp import SalesOrder
from gateway.errors import InputError

_NOTHING = Decimal(0)
_SHOWN = 5


class BegunLine(Record):
    """What was answered to a line; `shipped` and `invoiced` may be given, and must be what the lists say."""

    line: Text
    accepted: Number = _NOTHING
    backordered: Number = _NOTHING
    rejected: Number = _NOTHING
    reason: Literal["invalid_item", "out_of_stock", "discontinued", "minimum", "price"] | None = None
    ships_on: Day | None = None
    backorder_until: Day | None = None
    shipped: Number | None = None
    invoiced: Number | None = None

    @property
    def answered(self) -> Decimal:
        """How many pieces the answer speaks of."""
        return self.accepted + self.backordered + self.rejected


class BegunPieces(Record):
    """So many pieces of a line; `amount` is what was charged for them, the price of the order where it is not given."""

    line: Text
    quantity: Number
    amount: Number | None = None


class BegunShipment(Record):
    """A shipment that has been told: its number, what of the order was in it, the labels (SSCC) that it used up."""

    shipment: Text
    shipped_at: Instant | None = None
    lines: Annotated[tuple[BegunPieces, ...], Field(min_length=1)]
    labels: tuple[Text, ...] = ()


class BegunInvoice(Record):
    """An invoice that has been sent; `total` with taxes and charges, where that is other than its lines."""

    invoice: Text
    invoiced_on: Day
    shipment: Text | None = None
    lines: Annotated[tuple[BegunPieces, ...], Field(min_length=1)]
    total: Number | None = None


class BegunOrder(Record):
    """One line of the file: the order, by the file it came in or as a document, and what became of it."""

    partner: Text
    order: Text | dict[str, Any]
    purchase_order: Text | None = None
    received_at: Instant
    sales_order: Text | None = None
    lines: tuple[BegunLine, ...] = ()
    shipments: tuple[BegunShipment, ...] = ()
    invoices: tuple[BegunInvoice, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether the partner has an answer."""
        return any(line.answered for line in self.lines)


def read_begun(text: str) -> BegunOrder:
    """One line of the file. Raises InputError that names every field that is wrong."""
    try:
        return BegunOrder.model_validate_json(text)
    except ValidationError as wrong:
        raise InputError(_told(wrong)) from None


def _told(wrong: ValidationError) -> str:
    first = wrong.errors()[0]
    if first["type"] == "json_invalid":
        return f"this is no JSON object: {first['ctx']['error']}"
    found = [f"{'.'.join(map(str, each['loc'])) or 'the line'}: {each['msg']}" for each in wrong.errors()]
    return "; ".join(found[:_SHOWN])


def contradictions(begun: BegunOrder, order: PurchaseOrder, booked: SalesOrder | None) -> Iterator[str]:
    """What of it cannot be so, in a sentence each."""
    known = dict(zip(order.line_numbers, order.lines, strict=True))
    pieces = {line.line: line.base.value for line in booked.lines} if booked else {}
    told = {line.line: line for line in begun.lines}
    shipped = totals(piece for shipment in begun.shipments for piece in shipment.lines)
    invoiced = totals(piece for invoice in begun.invoices for piece in invoice.lines)
    yield from (f"the order has no line {line}" for line in sorted({*told, *shipped, *invoiced} - set(known)))
    if len(told) != len(begun.lines):
        yield "a line is told twice"
    if not begun.sales_order and any(line.answered > line.rejected for line in begun.lines):
        yield "what was promised is in the ERP: give sales_order, its number there"
    if (begun.is_answered or shipped or invoiced) and any(line not in told for line in known):
        missing = ", ".join(line for line in known if line not in told)
        yield f"line {missing} has no answer: give accepted, backordered, rejected of every line of an answered order"
    for number, line in told.items():
        yield from _line(line, pieces.get(number), shipped.get(number, _NOTHING), invoiced.get(number, _NOTHING))
    numbers = [each.shipment for each in begun.shipments] + [f"invoice {each.invoice}" for each in begun.invoices]
    if len(set(numbers)) != len(numbers):
        yield "a number of a shipment or invoice is told twice"


def _line(line: BegunLine, ordered: Decimal | None, shipped: Decimal, invoiced: Decimal) -> Iterator[str]:
    name = f"line {line.line}"
    if min(line.accepted, line.backordered, line.rejected, shipped, invoiced) < 0:
        yield f"{name}: a quantity is below nothing"
    if line.answered and ordered is not None and line.answered != ordered:
        yield f"{name}: {plain(line.answered)} pieces are answered, ordered are {plain(ordered)}"
    if line.rejected and line.reason is None:
        yield f"{name}: {plain(line.rejected)} pieces are rejected without a reason"
    if shipped > (promised := line.accepted + line.backordered):
        yield f"{name}: {plain(shipped)} pieces are shipped, promised are {plain(promised)}"
    if invoiced > shipped:
        yield f"{name}: {plain(invoiced)} pieces are invoiced, shipped are {plain(shipped)}"
    for word, where, said, found in (
        ("shipped", "shipments", line.shipped, shipped),
        ("invoiced", "invoices", line.invoiced, invoiced),
    ):
        if said is not None and said != found:
            yield f"{name}: {word} is {plain(said)}, the {where} hold {plain(found)}"


def totals(pieces: Iterable[BegunPieces]) -> dict[str, Decimal]:
    """How many pieces of each line there are together."""
    found: dict[str, Decimal] = {}
    for piece in pieces:
        found[piece.line] = found.get(piece.line, _NOTHING) + piece.quantity
    return found
