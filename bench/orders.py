"""Rows about an order: from its bytes to its document, and on to all that goes out for it."""

from dataclasses import replace
from datetime import UTC, datetime

from bench.inputs import LINES, order_file, order_message
from bench.measure import Figure, Row, seconds_of
from gateway.catalogue import Account, Item, Items, to_erp
from gateway.documents import FunctionalAcknowledgement, PurchaseOrder
from gateway.grammar.acknowledge import Judged, acknowledge_group
from gateway.lifecycle.changes import ordered_lines
from gateway.lifecycle.decisions import is_ready
from gateway.lifecycle.events import Event, LinesResolved, OrderPosted, OrderReceived, SettledLine
from gateway.lifecycle.history import write_event
from gateway.lifecycle.orders import OrderState, fold
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.messages import explain_message, read_message
from gateway.mapping.writing import write_document
from gateway.resources import SHIPPED
from gateway.syntax import x12
from gateway.syntax.delimiters import Delimiters
from gateway.syntax.envelope import Message
from gateway.syntax.interchanges import Interchange, gather
from gateway.syntax.seal import Envelope, enclose, render

_MICRO = 1e6
_RAW, _FILE = order_message(), order_file(1)
_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_MAPPINGS = Mappings(SHIPPED.read_text, SHIPPED.exists)
_ACCOUNT = Account(
    name="TOLB1",
    company="acme",
    customer="AMAZON-US",
    currency="USD",
    measurement_type="EA",
    price_basis="ordered-unit",
)
_ITEMS = Items(
    [
        Item(sku="ACME-1", partner_item="036000291452", scheme="UP", gtin_each="036000291452", case_pack=12),
        Item(sku="ACME-2", partner_item="10036000291459", scheme="UK", gtin_case="10036000291459", case_pack=12),
        Item(sku="ACME-3", partner_item="TLB-7701", scheme="VN", case_pack=6),
        Item(sku="ACME-4", partner_item="4006381333931", scheme="EN", gtin_each="4006381333931", case_pack=4),
    ]
)
_ENVELOPE = Envelope(
    sender="ZZ:5559876543",
    receiver="ZZ:AMAZON",
    at=_NOW,
    kind="FA",
    version="004010",
    control_number=1,
    group_number=1,
)


def order(quick: bool) -> Figure:
    """From the bytes of a message to its document, checked and mapped, against building that document alone."""
    mapping = _MAPPINGS.guided("amazon-us", "850")
    compiled = compile_mapping(mapping, _message().marks)
    document = read_message(_message(), mapping).document
    if compiled is None or document is None or compiled.read(_message().segments) != document:
        raise AssertionError("the order of the benchmark does not go the good path")
    data = document.model_dump(exclude_unset=True)

    def build() -> None:
        mapping.model.model_validate(data)

    def read() -> None:
        read_message(_message(), mapping)

    peer, own = seconds_of((build, read), rounds=5, times=20 if quick else 500)
    return Figure(own / peer, f"{own * _MICRO:.0f} us, {LINES} lines; pydantic alone {peer * _MICRO:.0f} us")


def order_explained(quick: bool) -> Figure:
    """The same by the explaining reader, which every message takes that has anything unusual."""
    mapping = _MAPPINGS.guided("amazon-us", "850")

    def compiled() -> None:
        read_message(_message(), mapping)

    def explained() -> None:
        explain_message(_message(), mapping)

    compiled()
    fast, slow = seconds_of((compiled, explained), rounds=5, times=2 if quick else 50)
    return Figure(slow / fast, f"{slow * _MICRO:.0f} us, {LINES} lines, with the provenance of every value")


def order_to_outputs(quick: bool) -> Figure:
    """From the bytes of a file to the bytes of the sales order and of the sealed 997, in memory, against row order."""
    mapping = _MAPPINGS.guided("amazon-us", "850")
    sales_order, answer = outputs(_FILE)
    if b'"sku":"ACME-2"' not in sales_order or b"AK9*A*1*1*1" not in answer:
        raise AssertionError("the order of the benchmark does not come out")

    def read() -> None:
        read_message(_message(), mapping)

    def whole() -> None:
        outputs(_FILE)

    low, own = seconds_of((read, whole), rounds=5, times=5 if quick else 200)
    return Figure(own / low, f"{own * _MICRO:.0f} us, row order {low * _MICRO:.0f} us")


def outputs(data: bytes) -> tuple[bytes, bytes]:
    """The sales order of a file with one order, and the 997 that answers it."""
    interchange = next(each for each in gather(x12.read([data])) if isinstance(each, Interchange))
    group = interchange.groups[0]
    message = group.messages[0]
    reading = read_message(message, _MAPPINGS.guided("amazon-us", "850"))
    if not isinstance(reading.document, PurchaseOrder):
        raise AssertionError(reading.findings)
    findings = (*message.findings, *reading.findings)
    judged = Judged(message.type, message.control_number, findings)
    content = acknowledge_group(group.opened.kind, group.opened.control_number, group.declared, [judged])
    return post(reading.document), answer(FunctionalAcknowledgement.model_validate(content))


def post(order: PurchaseOrder) -> bytes:
    """An order through its lifecycle, each event as the journal keeps it, to the file that the ERP gets."""
    received = OrderReceived(
        document="1",
        partner="amazon-us",
        purchase_order=order.number,
        account=order.account,
        received_at=_NOW,
        answer_due_at=_NOW,
        ordered_on=order.ordered_on,
        ship_to=order.ship_to.code if order.ship_to else None,
        window=order.window,
        lines=ordered_lines(order),
    )
    state = _tell(None, received)
    conversion = to_erp(order, "amazon-us", _ACCOUNT, _ITEMS)
    settled = tuple(SettledLine.of(line) for line in conversion.lines)
    state = _tell(state, LinesResolved(catalogue_version=1, lines=settled, held=()))
    if not is_ready(state) or conversion.document is None:
        raise AssertionError(conversion.gaps)
    lines = tuple(line.line for line in conversion.document.lines)
    _tell(state, OrderPosted(document="2", revision=0, posted_at=_NOW, lines=lines))
    return conversion.document.model_dump_json().encode()


def _tell(state: OrderState | None, event: Event) -> OrderState:
    write_event(event)
    return fold(state, event)


def answer(document: FunctionalAcknowledgement) -> bytes:
    """A 997 written, sealed under a number that does not count, read back and compared, and enclosed anew to go."""
    mapping = _MAPPINGS.guided("amazon-us", "997")
    segments = write_document(document, mapping).segments
    body = render([("997", segments)], _ENVELOPE, Delimiters())
    trial = enclose(body, _ENVELOPE)
    came = next(event for event in x12.read([trial.data]) if isinstance(event, Message))
    said = read_message(came, mapping).document
    if said is None or unsaid_fields(document, said):
        raise AssertionError("the answer of the benchmark does not say what was meant")
    return enclose(body, replace(_ENVELOPE, control_number=302, group_number=302)).data


def _message() -> Message:
    """A message as it comes out of its file, nothing of it split yet."""
    return Message(_RAW, 0, Delimiters(), None)


ROWS = (
    Row("order", "read an 850 of 20 lines, times building its document", order, goal=8),
    Row("order-explained", "the same explained, times compiled", order_explained),
    Row("order-to-outputs", "the same to sales order and 997, times row order", order_to_outputs, goal=2.5),
)
