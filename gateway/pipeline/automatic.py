"""Answering without the ERP, for partners with `auto`: what is in stock is accepted, the rest back-ordered or rejected.

Stock is what stock.csv says, less the safety stock, less what was promised by itself since that file came. A line is
accepted in whole ordered units alone. The answer is recorded as if the ERP had given it, by the policy's name.
"""

from datetime import date
from decimal import Decimal

from gateway.catalogue.booked import Booked
from gateway.catalogue.stock import STOCK
from gateway.config import Partner
from gateway.documents import ErpOrderResponse, ErpOrderResponseLine, SalesOrderLine
from gateway.lifecycle.events import POLICY
from gateway.lifecycle.judged import Known
from gateway.lifecycle.ledger import is_wanted, promise, shipped
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
        _line(
            line, _kept(line, state, desk), left, allowed=allowed, is_gone=line.sku in gone, partner=partner, on=today
        )
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
    """What other orders that were answered here are promised of an item, of those since its own stock was last told.

    What counts is the last answer to each, also where the ERP gave it; an order that was cancelled keeps nothing back.
    """
    since = desk.tx.stock_told(sku)
    entries = desk.tx.events(f"promised:{sku}", after=since, prefix="document-stored")
    orders = dict.fromkeys((entry.body["partner"], entry.body["business_number"]) for entry in entries)
    total = _NOTHING
    for name, number in orders:
        partner = desk.config.partners.get(name)
        known = know(number, partner, desk) if partner else None
        if known is not None and known.state.key != but and known.state.cancelled is None:
            total += _promised_to(known, sku)
    return total


def _promised_to(known: Known, sku: str) -> Decimal:
    """How many pieces of an item an order is promised."""
    lines = (number for number, line in known.booked.lines.items() if line.sku == sku)
    promises = (promise(known.state, number, is_wanted) for number in lines)
    return sum((said.accepted for said in promises if said), _NOTHING)


def _kept(line: SalesOrderLine, state: OrderState, desk: Desk) -> Decimal:
    """What the order has already and a newer stock is told without: promised to it before, or shipped."""
    if not state.answers or desk.tx.stock_told(line.sku) < int(state.answers[-1].document):
        return _NOTHING
    said = promise(state, line.line, is_wanted)
    return max(said.accepted if said else _NOTHING, shipped(state, line.line, is_wanted))


def _line(
    line: SalesOrderLine,
    kept: Decimal,
    left: dict[str, Decimal],
    *,
    allowed: bool,
    is_gone: bool,
    partner: Partner,
    on: date,
) -> ErpOrderResponseLine:
    """What becomes of a line; what it takes of the stock is gone for the lines after it."""
    ordered, factor = line.base.value, Decimal(Booked.factor_of(line))
    kept = min(ordered, kept)
    if is_gone and not kept:
        return ErpOrderResponseLine(line=line.line, rejected=ordered, reason="discontinued")
    taken = min(ordered - kept, _NOTHING if is_gone else left[line.sku] // factor * factor)
    left[line.sku] -= taken
    accepted = kept + taken
    rest = ordered - accepted
    later = allowed and rest > 0
    return ErpOrderResponseLine(
        line=line.line,
        accepted=accepted,
        ships_on=on + partner.ships_within if accepted else None,
        backordered=rest if later else _NOTHING,
        backorder_until=on + partner.back_orders_within if later else None,
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
