"""What a toy ERP says, as SAP would say it: the same decisions in SAP's records, codes and numbers.

The way back of gateway/sap, written apart from it: what one side says, the other has to understand.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from gateway.documents import ErpInvoice, ErpOrderResponse, PostingResult, SalesOrder, Shipment
from gateway.documents.erp import BaseQuantity, ErpOrderResponseLine, Place, SalesOrderLine, ShipmentItem, ShipmentPack
from gateway.documents.money import Price
from gateway.documents.quantity import Quantity
from gateway.documents.sap import (
    SapAddress,
    SapAudit,
    SapBilling,
    SapBillingItem,
    SapCarrier,
    SapContent,
    SapDeadline,
    SapDeliveries,
    SapDelivery,
    SapDeliveryItem,
    SapHandlingUnit,
    SapItemReference,
    SapObject,
    SapOrder,
    SapOrderedItem,
    SapOrderItem,
    SapOrderResponse,
    SapPartner,
    SapReference,
    SapSchedule,
    SapState,
    SapStatus,
    SapSum,
    SapTax,
)
from gateway.sap.numbers import bare, positions, with_places
from gateway.sap.order_texts import ordered_in
from gateway.sap.orders import CANCELLED
from gateway.sap.profile import SapProfile

_PLACES = 3
_SHORT = 6  # MESTYP of an audit; the long form stands beside it
_OBJECTS = {
    "ORDERS": "BUS2032",
    "ORDCHG": "BUS2032",
    "ACC_DOCUMENT": "BKPFF",
    "MBGMCR": "BUS2017",
    "PORDCR1": "BUS2012",
}
Position = tuple[str, str, str | None, date | None]


def order_of(document: SapOrder, partner: str, revision: int) -> SalesOrder:
    """The sales order that SAP has been asked to book; items that it is to cancel are none any more."""
    sold_to = next(each for each in document.partners if each.role == "AG")
    ship_to = next((each for each in document.partners if each.role == "WE"), SapPartner())
    reference = document.customer_order or SapReference()
    number = reference.number or ""
    code = ship_to.vendor or ship_to.gln
    return SalesOrder(
        id=f"{partner}:{number}",
        partner=partner,
        account=sold_to.vendor or "?",
        purchase_order=number,
        revision=revision,
        ordered_on=reference.dated_on or date.min,
        currency=document.currency or "",
        customer=sold_to.number or "",
        ship_to=Place(code=code) if code else None,
        lines=tuple(_line(item, document) for item in document.items if item.action != CANCELLED),
    )


def _line(item: SapOrderItem, document: SapOrder) -> SalesOrderLine:
    reference = item.customer_order or SapItemReference()
    line = reference.reference or bare(item.position or "")
    pieces = _whole(item.quantity or Decimal(0))
    price = Price(amount=item.price or Decimal(0), per=_whole(item.price_per or Decimal(1)), unit="each")
    ordered: Quantity = ordered_in(document.texts, line, pieces)
    return SalesOrderLine(
        line=line,
        sku=item.material or "?",
        ordered=ordered,
        base=BaseQuantity(value=pieces),
        price=price,
        amount=item.net or Decimal(0),
    )


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def status_of(result: PostingResult, docnum: str, message: str) -> SapStatus:
    """The audit of one IDoc: 53 booked, with its number; 51 not, and why."""
    is_booked = result.result == "booked"
    found = SapObject(kind=_OBJECTS.get(message), key=result.number) if is_booked else None
    state = SapState(
        idoc=docnum,
        status="53" if is_booked else "51",
        severity="S" if is_booked else "E",
        message_class="V1",
        message_number="311",
        long_part_1="Standard Order" if is_booked else result.message,
        long_part_2=result.number,
        objects=(found,) if found else (),
    )
    return SapStatus(audits=(SapAudit(message=message[:_SHORT], long_message=message, states=(state,)),))


def response_of(answer: ErpOrderResponse, order: SalesOrder, customer: str, profile: SapProfile) -> SapOrderResponse:
    """The answer to an order: an item for what stands of a line, and one for what is rejected of it."""
    places = positions(line.line for line in order.lines)
    return SapOrderResponse(
        currency=order.currency,
        number=answer.sales_order,
        partners=(SapPartner(role="AG", number=customer),),
        customer_order=SapReference(number=answer.purchase_order),
        sales_order=SapReference(number=answer.sales_order),
        items=tuple(
            item for line in answer.lines for item in _answered(line, places[line.line], answer, order, profile)
        ),
    )


def _answered(
    line: ErpOrderResponseLine, position: str, answer: ErpOrderResponse, order: SalesOrder, profile: SapProfile
) -> Iterator[SapOrderItem]:
    unit = profile.base_unit
    reference = SapItemReference(number=answer.purchase_order, line=position)
    standing = line.accepted + line.backordered
    if standing:
        first = line.ships_on or order.ordered_on - timedelta(days=1)  # a schedule line of nothing: none for that day
        schedule = [SapSchedule(quantity=with_places(line.accepted, _PLACES), due_on=first)]
        if line.backordered:
            waiting = with_places(line.backordered, _PLACES)
            schedule.append(SapSchedule(quantity=waiting, due_on=line.backorder_until))
        yield SapOrderItem(
            position=position,
            action="004" if not line.rejected and not line.backordered else "002",
            quantity=with_places(standing, _PLACES),
            unit=unit,
            customer_order=reference,
            schedule=tuple(schedule),
        )
    if line.rejected:
        codes = {reason: code for code, reason in profile.reasons.items()}
        yield SapOrderItem(
            position=position,
            action="003",
            quantity=with_places(line.rejected, _PLACES),
            unit=unit,
            rejection=codes.get(line.reason or ""),
            customer_order=reference,
        )


def delivery_of(
    shipment: Shipment, number: str, customer: str, orders: Mapping[str, SalesOrder], profile: SapProfile
) -> SapDeliveries:
    """The delivery of a shipment: an item for each line and batch, a handling unit for each pack."""
    keys = dict.fromkeys(_key(item) for pack in shipment.packs for item in pack.items)
    numbered = {key: str(10 * count).zfill(6) for count, key in enumerate(keys, 1)}
    scac = shipment.carrier.scac if shipment.carrier else None
    carriers = {code: ours for ours, code in profile.carriers.items()}
    modes = {mode: code for code, mode in profile.modes.items()}
    carrier = SapCarrier(code=carriers.get(scac or "", scac), tracking=shipment.pro_number)
    place = profile.places.get((shipment.ship_from.code if shipment.ship_from else "") or "")
    weight = shipment.gross_weight
    top = [pack for pack in shipment.packs if pack.within is None]
    found = SapDelivery(
        number=number,
        shipping_point=place.shipping_point if place else None,
        gross_weight=with_places(weight.value, _PLACES) if weight else None,
        weight_unit=_code_of(profile.measures, weight.unit) if weight else None,
        unit_count=str(len(top)).zfill(5),
        bill_of_lading=shipment.bill_of_lading,
        transport_kind=modes.get(shipment.mode or ""),
        external_number=shipment.shipment,
        external_partner=shipment.amazon_reference,
        partners=(SapAddress(role="AG", number=customer), SapAddress(role="WE", number=customer)),
        goods_issue=_issued(shipment.shipped_at, profile),
        delivery=SapDeadline(planned_on=shipment.estimated_delivery) if shipment.estimated_delivery else None,
        carrier=None if carrier == SapCarrier() else carrier,
        items=tuple(_items(shipment, numbered, orders, profile)),
        units=tuple(_units(shipment.packs, number, numbered, profile)),
    )
    return SapDeliveries(deliveries=(found,))


def _issued(at: datetime | None, profile: SapProfile) -> SapDeadline | None:
    if at is None:
        return None
    local = at.astimezone(ZoneInfo(profile.time_zone))
    return SapDeadline(actual_on=local.date(), actual_time=f"{local:%H%M%S}")


def _items(
    shipment: Shipment, numbered: Mapping[Position, str], orders: Mapping[str, SalesOrder], profile: SapProfile
) -> Iterator[SapDeliveryItem]:
    for key, position in numbered.items():
        purchase_order, line, lot, expires_on = key
        held = (item for pack in shipment.packs for item in pack.items)
        pieces = sum((item.quantity for item in held if _key(item) == key), Decimal(0))
        lines = orders[purchase_order].lines
        quantity = with_places(pieces, _PLACES)
        yield SapDeliveryItem(
            position=position,
            material=next((each.sku for each in lines if each.line == line), None),
            batch=lot,
            quantity=quantity,
            unit=profile.base_unit,
            base_quantity=quantity,
            base_unit=profile.base_unit,
            expires_on=expires_on,
            customer_order=SapOrderedItem(number=purchase_order, line=positions(each.line for each in lines)[line]),
        )


def _key(item: ShipmentItem) -> Position:
    return item.purchase_order, item.line, item.lot, item.expires_on


def _units(
    packs: Iterable[ShipmentPack], number: str, numbered: Mapping[Position, str], profile: SapProfile
) -> Iterator[SapHandlingUnit]:
    packs = tuple(packs)
    packaging = {kind: code for code, kind in profile.packagings.items()}
    for pack in packs:
        lower = [each for each in packs if each.within is not None and each.within == pack.sscc and each.sscc]
        yield SapHandlingUnit(
            id=pack.sscc,
            gross_weight=with_places(pack.gross_weight.value, _PLACES) if pack.gross_weight else None,
            weight_unit=_code_of(profile.measures, pack.gross_weight.unit) if pack.gross_weight else None,
            packaging=packaging.get("pallet" if pack.type == "pallet" else "carton"),
            **_sides(pack, profile),
            carrier=SapCarrier(tracking=pack.tracking) if pack.tracking else None,
            contents=(
                *(
                    SapContent(
                        kind="1",
                        delivery=number,
                        position=numbered[_key(item)],
                        unit_id=pack.sscc,
                        quantity=with_places(item.quantity, _PLACES),
                        unit=profile.base_unit,
                        batch=item.lot,
                    )
                    for item in pack.items
                ),
                *(SapContent(kind="3", unit_id=each.sscc) for each in lower),
            ),
        )


def _sides(pack: ShipmentPack, profile: SapProfile) -> dict[str, Any]:
    if pack.size is None:
        return {}
    sides = {name: getattr(pack.size, name) for name in ("length", "width", "height")}
    said = {name: with_places(value, _PLACES) for name, value in sides.items() if value is not None}
    return {**said, "size_unit": _code_of(profile.measures, pack.size.unit)}


def billing_of(invoice: ErpInvoice, customer: str, orders: Mapping[str, SalesOrder], profile: SapProfile) -> SapBilling:
    """An invoice: amounts of the lines, tax of the whole, totals as they were said."""
    rates = [tax.rate for tax in invoice.taxes]
    net = sum((line.amount for line in invoice.lines), Decimal(0))
    tax = sum((each.amount for each in invoice.taxes), Decimal(0))
    places = {number: positions(line.line for line in order.lines) for number, order in orders.items()}
    return SapBilling(
        currency=invoice.currency,
        kind="INVO",
        number=invoice.invoice,
        partners=(SapPartner(role="AG", number=customer),),
        invoice=SapReference(number=invoice.invoice, dated_on=invoice.invoiced_on),
        delivery=SapReference(number=invoice.shipment) if invoice.shipment else None,
        billed_on=invoice.invoiced_on,
        taxes=tuple(SapTax(code="A1", rate=with_places(each.rate, 3), amount=each.amount) for each in invoice.taxes),
        items=tuple(
            SapBillingItem(
                position=places[line.purchase_order][line.line],
                quantity=with_places(line.quantity, _PLACES),
                unit=profile.base_unit,
                price=line.price.amount,
                price_per=line.price.per,
                customer_order=SapItemReference(
                    number=line.purchase_order, line=places[line.purchase_order][line.line]
                ),
                net_value=line.amount,
                taxes=(SapTax(code="A1", rate=with_places(rates[0], 3)),) if rates else (),
            )
            for line in invoice.lines
        ),
        net=SapSum(amount=net, currency=invoice.currency),
        tax=SapSum(amount=tax, currency=invoice.currency),
        gross=SapSum(amount=invoice.total, currency=invoice.currency),
    )


def _code_of(table: Mapping[str, str], meaning: str) -> str | None:
    return next((code for code, each in table.items() if each == meaning), None)
