"""Answering without the ERP, for partners with `auto`: what is in stock is accepted, the rest back-ordered or rejected.

Stock is what stock.csv says, less the safety stock, less what was promised by itself since that file came. A line is
accepted in whole ordered units alone. The answer is recorded as if the ERP had given it, by the policy's name.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from gateway.catalogue.booked import Booked
from gateway.catalogue.stock import STOCK
from gateway.config import Partner
from gateway.documents import ErpOrderResponse, ErpOrderResponseLine, SalesOrderLine
from gateway.lifecycle.events import POLICY
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.subjects import subject_of
from gateway.pipeline import outgoing
from gateway.pipeline.desk import Desk
from gateway.pipeline.judging import know

_NOTHING = Decimal(0)


def answer(state: OrderState, partner: Partner, desk: Desk) -> None:
    """Answer an order that went to the ERP, from stock."""
    known = know(state.purchase_order, partner, desk)
    if known is None:
        return
    allowed = known.booked.order.back_orders == "yes" or desk.guide(partner).conduct.get("back_orders") == "allowed"
    left = {
        line.sku: available(line.sku, known.booked.account.warehouse, state, partner, desk)
        for line in known.booked.lines.values()
    }
    gone = _discontinued(known.booked, partner, desk)
    today = desk.now.date()
    lines = [
        _line(line, left, allowed=allowed, is_gone=line.sku in gone, partner=partner, today=today)
        for line in known.booked.lines.values()
    ]
    response = ErpOrderResponse(
        partner=partner.name,
        purchase_order=state.purchase_order,
        revision=len(state.answers),
        lines=tuple(lines),
    )
    document_id = desk.tx.store_document(
        type=response.document,
        direction="in",
        partner=partner.name,
        business_number=state.purchase_order,
        revision=response.revision,
        body=response.model_dump(mode="json"),
        subjects=(subject_of(partner.name, state.purchase_order), *(f"promised:{sku}" for sku in left)),
    )
    outgoing.take(response, document_id, partner, desk, who=POLICY)


def available(sku: str, location: str | None, state: OrderState, partner: Partner, desk: Desk) -> Decimal:
    """How many pieces may still be promised to an order: all locations where the account names no warehouse."""
    rows = [STOCK.from_cells(cells) for cells in desk.tx.master("stock")]
    own = [row for row in rows if row.sku == sku and (location is None or row.location in (location, ""))]
    there: Decimal = sum((row.available for row in own), _NOTHING)
    return max(_NOTHING, there - Decimal(partner.safety_stock) - _promised_since(sku, state.key, desk))


def _promised_since(sku: str, but: str, desk: Desk) -> Decimal:
    """What our latest answers to other orders have promised of an item since its stock was last told."""
    told = max((entry.seq for entry in desk.tx.events("master:stock")), default=0)
    promised: dict[str, Decimal] = {}
    for entry in desk.tx.events(f"promised:{sku}", after=told, prefix="document-stored"):
        order = f"{entry.body['partner']}:{entry.body['business_number']}"
        skus = _skus(entry.body["business_number"], entry.body["partner"], desk)
        lines = desk.tx.body_of(str(entry.seq))["lines"]
        promised[order] = sum((Decimal(line["accepted"]) for line in lines if skus.get(line["line"]) == sku), _NOTHING)
    return sum((pieces for order, pieces in promised.items() if order != but), _NOTHING)


def _skus(purchase_order: str, partner: str, desk: Desk) -> Mapping[str, str]:
    known = know(purchase_order, desk.config.partners[partner], desk) if partner in desk.config.partners else None
    return {number: line.sku for number, line in known.booked.lines.items()} if known else {}


def _line(
    line: SalesOrderLine, left: dict[str, Decimal], *, allowed: bool, is_gone: bool, partner: Partner, today: date
) -> ErpOrderResponseLine:
    """What becomes of a line; what it takes is gone for the lines after it."""
    ordered, factor = line.base.value, Decimal(Booked.factor_of(line))
    if is_gone:
        return ErpOrderResponseLine(line=line.line, rejected=ordered, reason="discontinued")
    accepted = min(ordered, left[line.sku] // factor * factor)
    left[line.sku] -= accepted
    rest = ordered - accepted
    later = allowed and rest > 0
    return ErpOrderResponseLine(
        line=line.line,
        accepted=accepted,
        ships_on=today + partner.ships_within if accepted else None,
        backordered=rest if later else _NOTHING,
        backorder_until=today + partner.back_orders_within if later else None,
        rejected=_NOTHING if later else rest,
        reason=None if later or not rest else "out_of_stock",
    )


def _discontinued(booked: Booked, partner: Partner, desk: Desk) -> frozenset[str]:
    """The items that the item master says are no longer made."""
    _, items = desk.items()
    on = booked.order.ordered_on
    return frozenset(
        line.sku
        for line in booked.lines.values()
        if any(row.status == "discontinued" for row in items.of_sku(line.sku, partner.name, on))
    )
