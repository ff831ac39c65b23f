"""A draft before its gate: everything that it is held against is looked up here, so that the judging itself is pure.

The same look-up gives the conversion into the partner's terms, whose gaps stand beside those of the gate.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from gateway.catalogue import Gap
from gateway.catalogue.booked import Booked, Dropped
from gateway.catalogue.invoices import to_partner_invoice
from gateway.catalogue.responses import to_partner_response
from gateway.catalogue.shipments import to_partner_ship_notice
from gateway.config import Partner
from gateway.documents import ErpInvoice, ErpOrderResponse, PurchaseOrder, SalesOrder, Shipment
from gateway.documents.identifiers import sscc18
from gateway.documents.purchase_order import Purpose
from gateway.lifecycle.gates import blocking, judge, with_stake
from gateway.lifecycle.judged import ItemFacts, Judged, Known
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.sequence import waits_for
from gateway.lifecycle.subjects import subject_of
from gateway.lifecycle.transmission import Kind, Transmission
from gateway.pipeline.chronicle import state_of
from gateway.pipeline.desk import Desk, account_of
from gateway.pipeline.labelling import printed_of

Source = ErpOrderResponse | Shipment | ErpInvoice

_MODELS: Mapping[Kind, type[Source]] = {
    "order-response": ErpOrderResponse,
    "ship-notice": Shipment,
    "invoice": ErpInvoice,
}


@dataclass(frozen=True)
class Judgement:
    """What a gate found, what the document must wait for, and the partner's document, None where it cannot be made."""

    judged: Judged
    gaps: tuple[Gap, ...]
    waits_for: tuple[str, ...]
    document: BaseModel | None

    def blocking(self, allowed: frozenset[str]) -> tuple[Gap, ...]:
        """The gaps that keep it back; what cannot be converted no person can let go."""
        if self.document is None:
            return tuple(gap for gap in self.gaps if gap.severity == "block")
        return blocking(self.gaps, allowed)


def orders_named(document: Source) -> list[str]:
    """The orders that a document of the ERP is about, in its own order."""
    match document:
        case ErpOrderResponse():
            return [document.purchase_order]
        case Shipment():
            named = (item.purchase_order for pack in document.packs for item in pack.items)
        case ErpInvoice():
            named = (line.purchase_order for line in document.lines)
    return list(dict.fromkeys(named))


def judge_draft(sent: Transmission, orders: Iterable[str], partner: Partner, desk: Desk) -> Judgement:
    """Hold a draft against everything that is known now."""
    looked_up = {number: know(number, partner, desk) for number in orders}
    known = {number: order for number, order in looked_up.items() if order is not None}
    source = source_of(sent, known, partner, desk)
    # An order that a correction names no more hears of it, and is no part of what is judged.
    known = {number: order for number, order in known.items() if number in orders_named(source)}
    first = next(iter(known.values()), None)
    conduct = desk.conduct(partner, first.state.ship_to if first else None)
    judged = Judged(
        kind=sent.kind,
        number=sent.number,
        revision=sent.revision,
        document=source,
        orders=known,
        conduct=conduct,
        now=desk.now,
        items=_facts(known, partner, desk),
        labels=_labels(source, partner, conduct.label_days, desk) if isinstance(source, Shipment) else {},
        printed=printed_of(source, desk.tx) if "label-unprinted" in conduct.weights else None,
        shipment=_shipment(source.shipment, partner, desk) if isinstance(source, ErpInvoice) else None,
        tax_rates=_tax_rates(known, desk),
    )
    document, gaps = convert(judged, partner, desk)
    # What the gate asks for, the conversion may miss too, and in the same words.
    found = {(gap.rule, gap.line, gap.message): gap for gap in (*judge(judged), *with_stake(gaps, judged))}
    return Judgement(judged, tuple(found.values()), waits_for(judged), document)


def know(number: str, partner: Partner, desk: Desk) -> Known | None:
    """An order of the partner as everybody knows it; None where there is none, or its account is not configured."""
    state = state_of(desk.tx, partner.name, number)
    account = account_of(partner, state.account) if state else None
    if state is None or account is None:
        return None
    order = PurchaseOrder.model_validate(desk.tx.body_of(state.document))
    posted = SalesOrder.model_validate(desk.tx.body_of(state.posted[-1].document)) if state.posted else None
    dropped = _dropped(state, order, desk)
    return Known(state=state, booked=Booked(order=order, sales_order=posted, account=account, dropped=dropped))


def _dropped(state: OrderState, order: PurchaseOrder, desk: Desk) -> dict[str, Dropped]:
    """The lines that went to the ERP and that a change of the partner's took out of the order since, by number."""
    if all(change.order is None for change in state.changes):
        return {}
    numbers = set(order.line_numbers)
    gone = {line: event.document for event in state.posted for line in event.lines if line not in numbers}
    if not gone:
        return {}
    received = desk.tx.events(subject_of(state.partner, state.purchase_order), prefix="event:order-received")
    versions = [(str(received[0].body["document"]), received[0].at)]
    versions += [(change.order, desk.tx.document(change.document).at) for change in state.changes if change.order]
    found: dict[str, Dropped] = {}
    for (document, _), (_, left_out_at) in pairwise(versions):
        before = PurchaseOrder.model_validate(desk.tx.body_of(document))
        for number, line in zip(before.line_numbers, before.lines, strict=True):
            if number in gone:
                sold = SalesOrder.model_validate(desk.tx.body_of(gone[number])).lines
                own = next(each for each in sold if each.line == number)
                found[number] = Dropped(ordered=line, sold=own, dropped_at=left_out_at)
    return found


def source_of(sent: Transmission, known: Mapping[str, Known], partner: Partner, desk: Desk) -> Source:
    """What the ERP said in its own document; nothing, where an order is answered that the ERP never had."""
    if sent.source is None:
        return ErpOrderResponse(partner=partner.name, purchase_order=next(iter(known), sent.number))
    return _MODELS[sent.kind].model_validate(desk.tx.body_of(sent.source))


def convert(judged: Judged, partner: Partner, desk: Desk) -> tuple[BaseModel | None, tuple[Gap, ...]]:
    """The document in the partner's terms, or what keeps it from being made."""
    purpose = purpose_of(judged, partner, desk)
    orders = {number: known.booked for number, known in judged.orders.items()}
    match judged.document:
        case ErpOrderResponse():
            state, booked = judged.order.state, judged.order.booked
            terms = desk.terms(state.account)
            return to_partner_response(
                judged.document,
                booked,
                rejected={line: given_up.reason for line, given_up in state.rejected.items()},
                purpose=purpose,
                issued_on=desk.now.date(),
                vat_rate=terms.tax_rate if terms else None,
            )
        case Shipment():
            local = desk.guide(partner).conduct.get("local_times", "ship-from") == "ship-from"
            places = desk.locations()
            return to_partner_ship_notice(
                judged.document,
                orders,
                places,
                partner=partner.name,
                purpose=purpose,
                issued_at=desk.now,
                local_times=local,
            )
        case ErpInvoice():
            terms_of = desk.catalogue.terms(desk.tx)
            return to_partner_invoice(
                judged.document,
                orders,
                judged.shipment,
                desk.locations(),
                terms_of,
                partner=partner.name,
                purpose=purpose,
            )


def purpose_of(judged: Judged, partner: Partner, desk: Desk) -> Purpose:
    """What the document says it does to one of its number that has left before: as the guide has it for corrections."""
    earlier = [
        sent
        for known in judged.orders.values()
        for sent in known.state.of_kind(judged.kind, None if judged.kind == "order-response" else judged.number)
        if sent.is_sealed
    ]
    if not earlier:
        return "original"
    return "replace" if desk.guide(partner).corrections.get(earlier[-1].message, "replace") == "replace" else "original"


def _facts(known: Mapping[str, Known], partner: Partner, desk: Desk) -> dict[str, ItemFacts]:
    _, items = desk.items()
    found: dict[str, ItemFacts] = {}
    for order in known.values():
        gone = (dropped.sold for dropped in order.booked.dropped.values())
        for line in (*order.booked.lines.values(), *gone):
            rows = items.of_sku(line.sku, partner.name, order.booked.order.ordered_on)
            found[line.sku] = ItemFacts(
                lot=any(row.lot_tracked for row in rows),
                expiry=any(row.expiry_tracked for row in rows),
                price=items.price_of(line.sku, partner.name, order.booked.order.ordered_on),
            )
    return found


def _labels(shipment: Shipment, partner: Partner, days: int, desk: Desk) -> dict[str, str]:
    """The labels of this shipment that another one has borne within so many days."""
    found: dict[str, str] = {}
    for label in {sscc18(pack.sscc) for pack in shipment.packs if pack.sscc}:
        for entry in desk.tx.events(f"label:{label}", prefix="event:goods-shipped"):
            is_other = f"shipment:{partner.name}:{shipment.shipment}" not in entry.subjects
            is_recent = entry.at > desk.now - timedelta(days=days)
            if is_other and is_recent and _has_left(str(entry.body["document"]), entry.subjects, desk):
                found[label] = str(entry.body["shipment"])
    return found


def _has_left(source: str, subjects: Iterable[str], desk: Desk) -> bool:
    """Whether the notice of a shipment has left: what was blocked, or taken back, has labelled nothing."""
    orders = (subject.split(":", 2) for subject in subjects if subject.startswith("order:"))
    states = (state_of(desk.tx, partner, number) for _, partner, number in orders)
    return any(
        sent.is_sealed for state in states if state for sent in state.of_kind("ship-notice") if sent.source == source
    )


def _shipment(number: str | None, partner: Partner, desk: Desk) -> Shipment | None:
    stored = _stored("shipment", number, partner, desk)
    return None if stored is None else Shipment.model_validate(stored)


def _stored(kind: str, number: str | None, partner: Partner, desk: Desk) -> dict[str, Any] | None:
    if number is None:
        return None
    found = desk.tx.documents(type=kind, direction="in", partner=partner.name, business_number=number, limit=1)
    return desk.tx.body_of(found[-1].id) if found else None


def _tax_rates(known: Mapping[str, Known], desk: Desk) -> dict[str, Any]:
    found = {number: desk.terms(order.state.account) for number, order in known.items()}
    return {number: terms.tax_rate for number, terms in found.items() if terms and terms.tax_rate is not None}
