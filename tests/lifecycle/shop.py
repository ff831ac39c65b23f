"""Documents of the ERP before their gates, made of the JSON in samples/gates: a good one, and what was changed in it.

The order's history is that of the pipeline: it is received, booked and answered; what the ERP said before the document
(`told`) has left and was accepted, and the document itself is a draft.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from gateway.catalogue.account import Account
from gateway.catalogue.booked import Booked, Dropped
from gateway.documents import ErpInvoice, ErpOrderResponse, PurchaseOrder, SalesOrder, Shipment
from gateway.documents.identifiers import sscc18
from gateway.documents.purchase_order import PurchaseOrderLine
from gateway.lifecycle.changes import ordered_lines
from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.events import Event, LinesResolved, OrderBooked, OrderPosted, OrderReceived, SettledLine
from gateway.lifecycle.gates import judge
from gateway.lifecycle.goods import (
    GoodsShipped,
    InvoicedLine,
    InvoiceIssued,
    OrderAnswered,
    PromisedLine,
    ShippedLine,
)
from gateway.lifecycle.history import read_event
from gateway.lifecycle.judged import ItemFacts, Judged, Known
from gateway.lifecycle.orders import OrderState, fold_all
from gateway.lifecycle.transmission import (
    DocumentAcknowledged,
    DocumentDelivered,
    DocumentDrafted,
    DocumentSealed,
    Kind,
)

SAMPLES = Path(__file__).parents[2] / "samples" / "gates"
RECEIVED_AT = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
SEALED_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 14, 20, tzinfo=UTC)
ORDER, SECOND_ORDER = "7QM3KD2A", "5WX8RB4T"

Source = ErpOrderResponse | Shipment | ErpInvoice
Json = dict[str, Any]

_MODELS: Mapping[str, type[Source]] = {"order-response": ErpOrderResponse, "shipment": Shipment, "invoice": ErpInvoice}
_KINDS: Mapping[str, tuple[Kind, str]] = {
    "order-response": ("order-response", "855"),
    "shipment": ("ship-notice", "856"),
    "invoice": ("invoice", "810"),
}
BEFORE: Mapping[str, tuple[str, ...]] = {
    "order-response": (),
    "shipment-cartons": ("order-response",),
    "shipment-pallet": ("order-response",),
    "invoice": ("order-response", "shipment-cartons"),
    "credit-note": ("order-response", "shipment-cartons", "invoice"),
}
"""Good document -> the good documents that left before it."""


def good(name: str) -> Json:
    """A good file of samples/gates."""
    found: Json = json.loads((SAMPLES / "good" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def changed(value: Json, change: Mapping[str, Any] | None = None, without: Iterable[str] = ()) -> Json:
    """A copy with other values at some places (`packs.0.sscc`), and without what stands at others."""
    value = deepcopy(value)
    for path, new in (change or {}).items():
        holder, key = _place(value, path)
        if isinstance(holder, list) and key == len(holder):
            holder.append(new)
        else:
            holder[key] = new
    for path in without:
        holder, key = _place(value, path)
        del holder[key]
    return value


def _place(value: Any, path: str) -> tuple[Any, Any]:
    *steps, last = path.split(".")
    for step in steps:
        value = value[int(step) if isinstance(value, list) else step]
    return value, int(last) if isinstance(value, list) else last


def judged(
    of: str,
    *,
    change: Mapping[str, Any] | None = None,
    without: Iterable[str] = (),
    order: Mapping[str, Any] | None = None,
    orders: Iterable[str] = ("order",),
    told: Iterable[str | Json] | None = None,
    before: Iterable[Json] = (),
    labels: Mapping[str, str] | None = None,
    printed: Iterable[str] | None = None,
    conduct: Conduct | None = None,
    now: datetime = NOW,
) -> Judged:
    """The good document `of`, changed, with all that it is held against.

    `order` changes the first of `orders`, `told` are the documents that left before, `before` more events of its past.
    """
    document = parse(changed(good(of), change, without))
    earlier = [parse(good(each) if isinstance(each, str) else each) for each in (BEFORE[of] if told is None else told)]
    files = [changed(good(name), order if name == "order" else None) for name in orders]
    known: dict[str, Known] = {}
    for file in files:
        said = [event for each in earlier for event in has_left(each)]
        past = [read_event(each["event"], {k: v for k, v in each.items() if k != "event"}) for each in before]
        known[file["order"]["number"]] = know(file, [*said, *past, *is_drafted(document)])
    kind, _ = _KINDS[document.document]
    shipments = [each for each in earlier if isinstance(each, Shipment)]
    named = document.shipment if isinstance(document, ErpInvoice) else None
    return Judged(
        kind=kind,
        number=number_of(document),
        revision=document.revision,
        document=document,
        orders=known,
        conduct=conduct or Conduct(),
        now=now,
        items={
            sku: ItemFacts(**{key: Decimal(value) if key == "price" else value for key, value in facts.items()})
            for file in files
            for sku, facts in file["items"].items()
        },
        labels=labels or {},
        printed=None if printed is None else frozenset(printed),
        shipment=next((each for each in shipments if each.shipment == named), None),
        tax_rates={file["order"]["number"]: Decimal(file["tax_rate"]) for file in files},
    )


def rules(judged: Judged) -> list[str]:
    """The rules that a document does not meet, in the order of its gate; each as often as it is broken."""
    return [gap.rule for gap in judge(judged)]


def parse(value: Json) -> Source:
    """A document of the ERP from its JSON."""
    return _MODELS[value["document"]].model_validate_json(json.dumps(value))


def know(file: Json, events: Iterable[Event]) -> Known:
    """An order of the samples, received and booked, after some events more."""
    order = PurchaseOrder.model_validate_json(json.dumps(file["order"]))
    sales_order = SalesOrder.model_validate_json(json.dumps(file["sales_order"]))
    dropped = {
        line.line: Dropped(
            ordered=PurchaseOrderLine(line=line.line, ordered=line.ordered),
            sold=line,
            dropped_at=datetime.fromisoformat(file["dropped_at"]),
        )
        for line in sales_order.lines
        if line.line not in order.line_numbers
    }
    account = Account(**file["account"])
    booked = Booked(order=order, sales_order=sales_order, account=account, dropped=dropped)
    state = fold_all([*is_booked(order, sales_order), *events])
    assert state is not None
    return Known(state=state, booked=booked)


def state_after(*events: Event, order: Mapping[str, Any] | None = None) -> OrderState:
    """The good order after some events."""
    return know(changed(good("order"), order), events).state


def is_booked(order: PurchaseOrder, sales_order: SalesOrder) -> Iterator[Event]:
    """The order is received, resolved, posted and booked."""
    yield OrderReceived(
        document="10",
        partner="amazon-us",
        purchase_order=order.number,
        account=order.account,
        received_at=RECEIVED_AT,
        answer_due_at=datetime(2026, 11, 21, 21, 1, tzinfo=UTC),
        ordered_on=order.ordered_on,
        ship_to=order.ship_to.code if order.ship_to else None,
        window=order.window,
        lines=ordered_lines(order),
    )
    settled = tuple(
        SettledLine(
            line=line.line,
            sku=line.sku,
            base=line.base.value,
            factor=Booked.factor_of(line),
            source="unit",
            amount=line.amount,
        )
        for line in sales_order.lines
    )
    yield LinesResolved(catalogue_version=1, lines=settled, held=())
    numbers = tuple(line.line for line in sales_order.lines)
    yield OrderPosted(document="11", revision=0, posted_at=RECEIVED_AT, lines=numbers)
    yield OrderBooked(number="SO-1")


def number_of(document: Source) -> str:
    """The number that a document of the ERP goes by."""
    match document:
        case ErpOrderResponse():
            return document.purchase_order
        case Shipment():
            return document.shipment
        case ErpInvoice():
            return document.invoice


def said_as(document: Source) -> str:
    """The id of the ERP's document in the journal."""
    return f"{number_of(document)}.{document.revision}"


def sent_as(document: Source) -> str:
    """The id of the partner's document in the journal."""
    return f"{said_as(document)} sent"


def is_drafted(document: Source) -> tuple[Event, ...]:
    """The ERP said it, and a draft waits."""
    kind, message = _KINDS[document.document]
    draft = DocumentDrafted(
        document=sent_as(document),
        source=said_as(document),
        kind=kind,
        message=message,
        number=number_of(document),
        revision=document.revision,
    )
    return event_of(document), draft


def is_sealed(document: Source, *, awaited: bool = True) -> tuple[Event, ...]:
    """It lies in the outbox."""
    sealed = DocumentSealed(document=sent_as(document), purpose="original", awaited=awaited, sealed_at=SEALED_AT)
    return (*is_drafted(document), sealed)


def is_delivered(document: Source, *, awaited: bool = True) -> tuple[Event, ...]:
    """The partner has it, and has not said anything."""
    return (*is_sealed(document, awaited=awaited), DocumentDelivered(document=sent_as(document)))


def has_left(document: Source, verdict: str = "accepted", by: str = "997") -> tuple[Event, ...]:
    """The partner has it, and has judged it."""
    answer = DocumentAcknowledged(sent=sent_as(document), answer="80", by=by, verdict=verdict)
    return (*is_delivered(document), answer)


def event_of(document: Source) -> Event:
    """What a document of the ERP is in the history of its orders."""
    match document:
        case ErpOrderResponse():
            fields = set(PromisedLine.model_fields)
            lines = tuple(PromisedLine(**line.model_dump(include=fields)) for line in document.lines)
            return OrderAnswered(document=said_as(document), revision=document.revision, lines=lines)
        case Shipment():
            items = (item for pack in document.packs for item in pack.items)
            return GoodsShipped(
                document=said_as(document),
                shipment=document.shipment,
                revision=document.revision,
                shipped_at=document.shipped_at,
                estimated_delivery=document.estimated_delivery,
                lines=tuple(ShippedLine(**item.model_dump(include=set(ShippedLine.model_fields))) for item in items),
                labels=tuple(sscc18(pack.sscc) for pack in document.packs if pack.sscc),
            )
        case ErpInvoice():
            return InvoiceIssued(
                **document.model_dump(include=set(InvoiceIssued.model_fields) - {"document", "lines"}),
                document=said_as(document),
                lines=tuple(
                    InvoicedLine(**line.model_dump(include=set(InvoicedLine.model_fields))) for line in document.lines
                ),
            )
