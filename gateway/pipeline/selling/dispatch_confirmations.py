"""Dispatch confirmations: the ERP says that an order of ours has left, and Amazon is told at once, before all else.

    erp/in dispatch-confirmation -> checked -> amazon/out/fulfilment.<time>.txt

What came together goes in one file, for Amazon takes few. A repeat is told once; a correction has a higher revision.
What cannot be told is a case with the order's ship-by time, and the order's own clock goes on.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from gateway.documents import DispatchConfirmation
from gateway.errors import Conflict, NotFound
from gateway.marketplace.dispatches import COLUMNS, check, rows_of
from gateway.marketplace.events import Confirmed, Point, Unconfirmable
from gateway.marketplace.points import clock
from gateway.marketplace.sales import Sale
from gateway.marketplace.terms import Facts
from gateway.pipeline.desk import AT_ONCE, Desk
from gateway.pipeline.refusals import Receipt
from gateway.pipeline.selling.sales_state import record, sale_of, sale_subject, wake
from gateway.syntax.delimited import write_table

WAKES = "dispatch-out:"
FEED = "fulfilment-feed"
"""The document that is a file of confirmations for Amazon."""
BEFORE_ALL = datetime(1969, 12, 31, tzinfo=UTC)
"""When a dispatch is due that leaves before everything else that waits on its channel (journal/outbox.py)."""


def take_confirmation(said: DispatchConfirmation, label: str, receipt: Receipt, desk: Desk) -> None:
    """The ERP says that an order has left. Raises NotFound for an order nobody knows, Conflict for a stale revision."""
    seller = desk.config.sellers.get(said.seller)
    if seller is None:
        known = ", ".join(desk.config.sellers) or "none"
        raise NotFound(f"there is no seller {said.seller}; config.toml has {known}")
    sale = sale_of(desk.tx, seller.name, said.order)
    if sale is None:
        raise NotFound(f"there is no order {said.order} of {seller.name}")
    subject = sale_subject(seller.name, said.order)
    if _is_repeat(said, desk):
        desk.note("erp-document-repeated", {"file": label}, subject)
        return
    document = desk.tx.store_document(
        type=said.document,
        direction="in",
        partner=seller.name,
        business_number=f"{said.order}:{said.shipment}",
        revision=said.revision,
        body=said.model_dump(mode="json"),
        file_id=receipt.file_id,
        file=label,
        subjects=(subject,),
    )
    found = check(said, sale)
    if isinstance(found, tuple):
        wrong = Unconfirmable(shipment=said.shipment, revision=said.revision, missing=found, document=document)
        record(subject, wrong, desk)
    else:
        told = Confirmed(
            shipment=said.shipment,
            revision=said.revision,
            shipped_at=said.shipped_at or desk.now,
            items=found.items,
            document=document,
        )
        record(subject, told, desk)
        desk.tx.wake(f"{WAKES}{seller.name}|{document}", AT_ONCE)
    wake(seller.name, said.order, desk)


def send(subject: str, desk: Desk) -> bool:
    """Write one file of all confirmations of a seller that are to leave. Whether there was any."""
    name, _ = subject.removeprefix(WAKES).split("|", 1)
    waiting = desk.tx.wakeups(f"{WAKES}{name}|")
    for each in waiting:
        desk.tx.wake(each, None)
    seller = desk.config.sellers.get(name)
    if seller is None or not waiting:
        return False
    rows: list[tuple[str, ...]] = []
    subjects: dict[str, None] = {}
    for document in (each.rpartition("|")[2] for each in waiting):
        said = DispatchConfirmation.model_validate(desk.tx.body_of(document))
        sale = sale_of(desk.tx, name, said.order)
        found = check(said, sale) if sale else ()
        if not isinstance(found, tuple) and not (sale and _is_corrected(said, sale)):
            rows += rows_of(said, found)
            subjects |= dict.fromkeys((sale_subject(name, said.order), f"document:{document}"))
    if not rows:
        return False
    moment = desk.now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    times = len(desk.tx.documents(type=FEED, partner=name, business_number=moment))
    feed = desk.tx.store_document(
        type=FEED,
        direction="out",
        partner=name,
        business_number=moment,
        body={"feed": "POST_FLAT_FILE_FULFILLMENT_DATA", "columns": COLUMNS, "rows": rows},
        delivery="queued",
        subjects=subjects,
    )
    desk.tx.queue(
        channel=seller.channel,
        name=f"fulfilment.{moment}{f'.{times + 1}' if times else ''}.txt",
        data=write_table(COLUMNS, rows),
        document_id=feed,
        next_at=BEFORE_ALL,
        subjects=subjects,
    )
    return True


def _is_corrected(said: DispatchConfirmation, sale: Sale) -> bool:
    """Whether a higher revision of the shipment has come since."""
    newest = sale.confirmed.get(said.shipment)
    return newest is not None and said.revision < newest.revision


def undelivered(sale: Sale, facts: Facts, desk: Desk) -> Iterator[Point]:
    """The clock goes on while the file that tells Amazon has not reached it, whatever keeps it."""
    due = sale.promised.promised_at if sale.promised else None
    if due is None or not sale.confirmed or sale.is_cancelled:
        return
    stored = desk.tx.events(sale_subject(sale.seller, sale.order), prefix="document-stored")
    feeds = [entry for entry in stored if entry.body["type"] == FEED]
    if feeds and desk.tx.document(str(feeds[-1].seq)).delivery != "delivered":
        text = f"order {sale.order}, whose confirmation has not reached Amazon"
        yield from clock(due, text, facts)


def _is_repeat(said: DispatchConfirmation, desk: Desk) -> bool:
    """Whether this revision came before as it is. Raises Conflict where it came otherwise, or a higher one did."""
    number = f"{said.order}:{said.shipment}"
    known = desk.tx.documents(type=said.document, direction="in", partner=said.seller, business_number=number)
    body = said.model_dump(mode="json")
    if any(each.revision == said.revision and desk.tx.body_of(each.id) == body for each in known):
        return True
    highest = max((each.revision for each in known), default=-1)
    if said.revision <= highest:
        what = f"dispatch-confirmation {said.shipment} of order {said.order} revision {said.revision}"
        raise Conflict(f"{what} came before with other content: a correction has a higher revision than {highest}")
    return False
