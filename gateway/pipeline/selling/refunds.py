"""Refunds and returns: what was paid back becomes credit memos, what came back becomes stock adjustments.

A refund comes with a settlement, goods come back by a report of their own; neither waits for the other, and where one
of them stays away that is a case. In summary mode refunds are in the journal entries, and there are no credit memos.
"""

from collections.abc import Iterable

from gateway.config import Seller
from gateway.documents.reports import ReturnRow
from gateway.lifecycle.problems import Problem
from gateway.marketplace.erp_documents import credit_memo, return_location, returned_stock
from gateway.marketplace.events import Credited, Refunded, Restocked, Returned
from gateway.marketplace.refunds import Refund
from gateway.marketplace.sales import Sale, refund_key
from gateway.marketplace.terms import Facts
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.posting import post
from gateway.pipeline.selling.reports import Report
from gateway.pipeline.selling.sales_state import orders_in, parts_of, record, sale_of, sale_subject, wake

_SHOWN = 5


def take_refunds(seller: Seller, settlement: str, refunds: Iterable[Refund], desk: Desk) -> None:
    """Record the refunds of a settlement; one that is known changes nothing, one of another amount is a case.

    What it named when it was issued before and names no more is a refund of nothing.
    """
    told_by = f"settlement:{seller.name}:{settlement}"
    said = {(refund.order, refund.adjustment): Refunded.of(refund, settlement) for refund in refunds}
    gone = {place: each.model_copy(update={"lines": ()}) for place, each in _known(seller, settlement, desk).items()}
    changed = []
    for (order, _), refunded in {**gone, **said}.items():
        subject = sale_subject(seller.name, order)
        sale = sale_of(desk.tx, seller.name, order) or Sale(seller=seller.name, order=order)
        key = refund_key(sale, refunded)
        known = sale.refunded[key].lines if key in sale.refunded else ()
        if sorted(known, key=repr) == sorted(refunded.lines, key=repr):
            continue
        if key in sale.credited:
            changed.append((subject, refunded))
            continue
        record(subject, refunded, desk, told_by)
        wake(seller.name, order, desk)
    if changed:
        desk.tell(_changed(seller, settlement, changed))


def _known(seller: Seller, settlement: str, desk: Desk) -> dict[tuple[str, str], Refunded]:
    """The refunds that a settlement has named up to now, by order and adjustment."""
    found: dict[tuple[str, str], Refunded] = {}
    for entry in desk.tx.events(f"settlement:{seller.name}:{settlement}", prefix="sale-refunded"):
        _, order = parts_of(entry.subjects[0])
        sale = sale_of(desk.tx, seller.name, order)
        named = sale.refunded.values() if sale else ()
        found |= {(order, each.adjustment): each for each in named if each.settlement == settlement}
    return found


def post_credits(sale: Sale, facts: Facts, seller: Seller, desk: Desk) -> None:
    """Hand the ERP a credit memo for each refund, once it has the sales order."""
    if seller.mode != "order-level" or not sale.posted or sale.refused or facts.terms is None:
        return
    subject = sale_subject(sale.seller, sale.order)
    for key, refunded in sale.refunded.items():
        if key not in sale.credited:
            document = post(credit_memo(sale, refunded, facts, facts.terms), desk, (subject,))
            record(subject, Credited(refund=key, document=document), desk)


def take_returns(report: Report, desk: Desk) -> None:
    """A report of customer returns: each unit, or row, once."""
    seller, seen = report.seller.name, dict[str, int]()
    for order, row in orders_in(report, "order-id"):
        key = _key(row)
        seen[f"{order}/{key}"] = seen.get(f"{order}/{key}", 0) + 1
        if (times := seen[f"{order}/{key}"]) > 1:
            key = f"{key}-{times}"
        sale = sale_of(desk.tx, seller, order)
        if sale is not None and key in sale.returned:
            continue
        returned = Returned(
            key=key,
            returned_at=row.returned_at,
            sku=row.sku.strip(),
            quantity=row.quantity,
            disposition=row.disposition.strip(),
        )
        record(sale_subject(seller, order), returned, desk, report.subject)
        wake(seller, order, desk)


def post_returns(sale: Sale, facts: Facts, _seller: Seller, desk: Desk) -> None:
    """Hand the ERP a stock adjustment for each return whose item and location are known."""
    subject = sale_subject(sale.seller, sale.order)
    for key, returned in sale.returned.items():
        sku, location = facts.skus.get(returned.sku), return_location(returned, facts)
        if key not in sale.restocked and sku is not None and location is not None:
            document = post(returned_stock(sale, returned, sku, location), desk, (subject,))
            record(subject, Restocked(key=key, document=document), desk)


def _key(row: ReturnRow) -> str:
    """What tells a return from others of the order: the licence plate of the unit, else what the row says."""
    if row.plate.strip():
        return row.plate.strip()
    moment = row.returned_at.strftime("%Y%m%dT%H%M%SZ")
    return "-".join(part for part in (row.sku.strip(), moment, row.disposition.strip()) if part)


def _changed(seller: Seller, settlement: str, changed: list[tuple[str, Refunded]]) -> Problem:
    orders = [subject.rpartition(":")[2] for subject, _ in changed]
    more = f" and {len(orders) - _SHOWN} more" if len(orders) > _SHOWN else ""
    return Problem(
        key=f"refund-changed:{seller.name}:{settlement}",
        code="refund-changed",
        owner="finance",
        message=f"settlement {settlement} of {seller.name} says other amounts of refunds that have a credit memo: "
        f"{', '.join(orders[:_SHOWN])}{more}",
        remedy="compare the credit memos with the settlement, correct them in the ERP, then resolve this case",
        subjects=(f"settlement:{seller.name}:{settlement}", *(subject for subject, _ in changed[:200])),
        evidence={"seller": seller.name, "orders": ", ".join(orders[:200])},
    )
