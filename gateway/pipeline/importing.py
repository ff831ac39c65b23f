"""Orders that another system began go on here: what it did is recorded as if it had been done here; nothing is sent.

The order is received, resolved by today's masters, and counted as posted, booked, answered, shipped and invoiced as far
as it was, by the same events as ever. So the gates and the ledger know it, the numbers that were used are known as
used, and what the ERP says next leads to the next document and to no other.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from gateway.catalogue import Account, Conversion, to_erp
from gateway.config import Partner
from gateway.documents import ErpInvoice, ErpOrderResponse, PurchaseOrder, SalesOrder, Shipment
from gateway.documents.erp import ErpInvoiceLine, ErpOrderResponseLine, ShipmentItem, ShipmentPack
from gateway.documents.money import extend
from gateway.errors import Conflict, InputError
from gateway.journal.canonical import encode
from gateway.lifecycle.changes import ordered_lines
from gateway.lifecycle.events import (
    LineRejected,
    LinesResolved,
    OrderBooked,
    OrderPosted,
    OrderReceived,
    SettledLine,
)
from gateway.lifecycle.goods import event_of
from gateway.lifecycle.subjects import subject_of
from gateway.lifecycle.transmission import DocumentDelivered, DocumentDrafted, DocumentSealed
from gateway.mapping.messages import read_message
from gateway.pipeline import orders
from gateway.pipeline.begun import BegunOrder, BegunPieces, contradictions
from gateway.pipeline.chronicle import record, state_of
from gateway.pipeline.desk import Desk, account_of
from gateway.pipeline.judging import Source, judge_draft
from gateway.pipeline.outgoing import KINDS, message_of, number_of, subjects_of
from gateway.pipeline.remittances import keep_invoice
from gateway.syntax.envelope import Message
from gateway.syntax.files import read

CHANNEL = "import"
"""Where the files of imported orders are said to have come from."""

_ORDERS = {"x12": "850", "edifact": "ORDERS"}


def import_order(begun: BegunOrder, fetch: Callable[[str], bytes], who: str, desk: Desk) -> bool:
    """Take one order over; False where it was taken over before, as it is now.

    `fetch` answers with the bytes of a file that the order names. Raises InputError for what cannot be so, Conflict
    where the journal knows this order, shipment or invoice otherwise.
    """
    partner = desk.config.partners.get(begun.partner)
    if partner is None:
        raise InputError(f"there is no partner {begun.partner}; config.toml has {', '.join(desk.config.partners)}")
    data = encode(begun.order).encode() if isinstance(begun.order, dict) else fetch(begun.order)
    order = _order_of(begun, data, partner, desk)
    digest = sha256(encode(begun.model_dump(mode="json")).encode() + data).hexdigest()
    subject = subject_of(partner.name, order.number)
    if state_of(desk.tx, partner.name, order.number) is not None:
        known = [entry.body["sha256"] for entry in desk.tx.events(subject, prefix="order-imported")]
        if digest in known:
            return False
        raise Conflict(f"order {order.number} of {partner.name} is in the journal already, and not as it is told here")
    account = account_of(partner, order.account)
    if account is None:
        raise InputError(f"order {order.number} is for account {order.account!r}; known: {', '.join(partner.accounts)}")
    given_up, conversion = _resolve(begun, order, account, partner, desk)
    if wrong := list(contradictions(begun, order, conversion.document)):
        raise InputError("; ".join(wrong))
    _begin(begun, order, data, given_up, conversion, who, partner, desk)
    desk.note("order-imported", {"sha256": digest, "who": who}, subject)
    if begun.sales_order and conversion.document is not None:
        _book(begun, conversion.document, partner, desk)
    if begun.is_answered:
        for source in _said(begun, order, given_up, conversion.document, partner):
            _count(source, order.number, begun, who, partner, desk)
    orders.go_on(partner, order.number, desk)
    return True


def _order_of(begun: BegunOrder, data: bytes, partner: Partner, desk: Desk) -> PurchaseOrder:
    """The purchase order, from its own file or as it stands in the line. Raises InputError."""
    if isinstance(begun.order, dict):
        try:
            return PurchaseOrder.model_validate(begun.order)
        except ValueError as wrong:
            raise InputError(f"order is no purchase order: {wrong}") from None
    kind = _ORDERS[desk.guide(partner).standard]
    mapping = desk.mappings.guided(partner.guide, kind)
    messages = [part for part in read([data]) if isinstance(part, Message) and part.type == kind]
    found = [reading.document for reading in (read_message(message, mapping) for message in messages)]
    wanted = [
        order for order in found if isinstance(order, PurchaseOrder) and begun.purchase_order in (None, order.number)
    ]
    if len(wanted) != 1:
        numbers = ", ".join(order.number for order in found if isinstance(order, PurchaseOrder)) or "none"
        which = f"order {begun.purchase_order}" if begun.purchase_order else "one order (else give purchase_order)"
        raise InputError(f"{begun.order} should hold {which}; it holds: {numbers}")
    return wanted[0]


def _resolve(
    begun: BegunOrder, order: PurchaseOrder, account: Account, partner: Partner, desk: Desk
) -> tuple[frozenset[str], Conversion]:
    """The lines that were given up, and the others in pieces and SKUs: those that the ERP has must all resolve.

    A line that was rejected needs no item; where the ERP never had the order, all that was rejected was given up.
    """
    _, items = desk.items()
    whole = to_erp(order, partner.name, account, items)
    rejected = {line.line for line in begun.lines if line.rejected and line.rejected == line.answered}
    held = {gap.line for gap in whole.gaps}
    given_up = frozenset(line for line in rejected if line in held or not begun.sales_order)
    conversion = to_erp(order, partner.name, account, items, leave_out=given_up) if given_up else whole
    if begun.sales_order and conversion.gaps:
        raise InputError("; ".join(f"{gap.message}: {gap.remedy}" for gap in conversion.gaps))
    return given_up, conversion


def _begin(
    begun: BegunOrder,
    order: PurchaseOrder,
    data: bytes,
    given_up: frozenset[str],
    conversion: Conversion,
    who: str,
    partner: Partner,
    desk: Desk,
) -> None:
    """The order is received, and its lines are resolved or given up."""
    label = begun.order.rpartition("/")[2] if isinstance(begun.order, str) else f"{order.number}.json"
    file = desk.tx.store_file(data, direction="in", channel=CHANNEL, name=label)
    document = desk.tx.store_document(
        type=_ORDERS[desk.guide(partner).standard],
        direction="in",
        partner=partner.name,
        account=order.account,
        business_number=order.number,
        body=order.model_dump(mode="json"),
        file_id=file.id,
        file=label,
        acknowledgement="accepted",
        subjects=(subject_of(partner.name, order.number),),
    )
    received = OrderReceived(
        document=document,
        partner=partner.name,
        purchase_order=order.number,
        account=order.account,
        received_at=begun.received_at,
        answer_due_at=begun.received_at + partner.answer_within,
        ordered_on=order.ordered_on,
        ship_to=order.ship_to.code if order.ship_to else None,
        window=order.window,
        lines=ordered_lines(order),
    )
    record(desk.tx, received, partner.name, [order.number])
    if begun.sales_order:
        settled = tuple(SettledLine.of(line) for line in conversion.lines)
        resolved = LinesResolved(catalogue_version=desk.items()[0], lines=settled, held=())
        record(desk.tx, resolved, partner.name, [order.number])
    told = {line.line: line for line in begun.lines}
    for line in sorted(given_up):
        why = "it was rejected before the order was taken over"
        event = LineRejected(line=line, reason=told[line].reason or "invalid_item", who=who, why=why)
        record(desk.tx, event, partner.name, [order.number])


def _book(begun: BegunOrder, sales_order: SalesOrder, partner: Partner, desk: Desk) -> None:
    """The ERP has the order: nothing is handed to it."""
    number = sales_order.purchase_order
    document = desk.tx.store_document(
        type=sales_order.document,
        direction="out",
        partner=partner.name,
        account=sales_order.account,
        business_number=number,
        body=sales_order.model_dump(mode="json"),
        delivery="delivered",
        acknowledgement="accepted",
        subjects=(subject_of(partner.name, number),),
    )
    lines = tuple(line.line for line in sales_order.lines)
    posted = OrderPosted(document=document, revision=0, posted_at=begun.received_at, lines=lines)
    record(desk.tx, posted, partner.name, [number])
    record(desk.tx, OrderBooked(number=begun.sales_order), partner.name, [number])


def _said(
    begun: BegunOrder, order: PurchaseOrder, given_up: frozenset[str], booked: SalesOrder | None, partner: Partner
) -> list[Source]:
    """What the ERP would have said of it here: its answer, its shipments, its invoices."""
    number = order.number
    answer = ErpOrderResponse(
        partner=partner.name,
        purchase_order=number,
        sales_order=begun.sales_order,
        lines=tuple(
            ErpOrderResponseLine.model_validate(line.model_dump(exclude={"shipped", "invoiced"}))
            for line in begun.lines
            if line.line not in given_up
        ),
    )
    shipments = [
        Shipment(
            partner=partner.name,
            shipment=each.shipment,
            shipped_at=each.shipped_at,
            packs=(
                ShipmentPack(sscc=each.labels[0] if each.labels else None, items=_items(number, each.lines)),
                *(ShipmentPack(sscc=label) for label in each.labels[1:]),
            ),
        )
        for each in begun.shipments
    ]
    return [answer, *shipments, *(_invoice(each, number, booked, partner) for each in begun.invoices if booked)]


def _items(order: str, lines: tuple[BegunPieces, ...]) -> tuple[ShipmentItem, ...]:
    return tuple(ShipmentItem(purchase_order=order, line=line.line, quantity=line.quantity) for line in lines)


def _invoice(each: Any, order: str, booked: SalesOrder, partner: Partner) -> ErpInvoice:
    """The invoice at the prices of the order, where no amounts were told."""
    prices = {line.line: line.price for line in booked.lines}
    lines = tuple(
        ErpInvoiceLine(
            purchase_order=order,
            line=line.line,
            quantity=line.quantity,
            price=prices[line.line],
            amount=line.amount
            if line.amount is not None
            else extend(line.quantity, prices[line.line], booked.currency),
        )
        for line in each.lines
    )
    return ErpInvoice(
        partner=partner.name,
        invoice=each.invoice,
        invoiced_on=each.invoiced_on,
        shipment=each.shipment,
        currency=booked.currency,
        lines=lines,
        total=each.total if each.total is not None else sum(line.amount for line in lines),
    )


def _count(source: Source, order: str, begun: BegunOrder, who: str, partner: Partner, desk: Desk) -> None:
    """Record what the ERP said, and that the partner has the document that it became: delivered, and not awaited."""
    kind, number = KINDS[source.document], number_of(source)
    known = desk.tx.documents(
        type=source.document, direction="in", partner=partner.name, business_number=number, limit=1
    )
    if known and isinstance(source, ErpInvoice):
        raise Conflict(f"invoice {number} is in the journal already: its orders cannot be taken over one by one")
    about = (subject_of(partner.name, order), *subjects_of(kind, number, partner))
    state = state_of(desk.tx, partner.name, order)
    account = state.account if state else None
    said = desk.tx.store_document(
        type=source.document,
        direction="in",
        partner=partner.name,
        account=account,
        business_number=number,
        body=source.model_dump(mode="json"),
        subjects=about,
    )
    record(desk.tx, event_of(source, said, who), partner.name, [order])
    message = message_of(kind, partner, desk)
    ours = desk.tx.store_document(
        type=message,
        direction="out",
        partner=partner.name,
        account=account,
        business_number=number,
        body={},
        delivery="delivered",
        acknowledgement="accepted",
        subjects=about,
    )
    drafted = DocumentDrafted(document=ours, source=said, kind=kind, message=message, number=number, revision=0)
    record(desk.tx, drafted, partner.name, [order], *about[1:])
    state = state_of(desk.tx, partner.name, order)
    judgement = judge_draft(state.documents[ours], [order], partner, desk) if state else None
    if judgement is not None and judgement.document is not None:
        desk.tx.write_document(ours, judgement.document.model_dump(mode="json"))
    sealed = DocumentSealed(document=ours, purpose="original", awaited=False, sealed_at=begun.received_at)
    record(desk.tx, sealed, partner.name, [order], *about[1:])
    record(desk.tx, DocumentDelivered(document=ours), partner.name, [order], *about[1:])
    if isinstance(source, ErpInvoice):
        keep_invoice(partner.name, number, desk)
