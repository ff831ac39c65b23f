"""From a sales order to SAP's: base units with their ISO code, SAP's numbers, and what each line has become since.

One customer account stands for the partner, and for all buyers of a marketplace; names and addresses stand on the
ship-to alone. Whatever SAP has no field for is said in the order's text.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from gateway.catalogue.gaps import Gap
from gateway.catalogue.gaps import gap as catalogue_gap
from gateway.catalogue.items import Item
from gateway.catalogue.locations import find_location
from gateway.documents.erp import Charge, SalesOrder, SalesOrderLine
from gateway.documents.money import with_decimals
from gateway.documents.sap import (
    SapCondition,
    SapItemReference,
    SapOrder,
    SapOrderItem,
    SapPartner,
    SapReference,
    SapSchedule,
    SapSum,
    SapTax,
)
from gateway.sap.addresses import Address, address_of_buyer, address_of_place, fields_of
from gateway.sap.gaps import row_missing
from gateway.sap.known import Known
from gateway.sap.numbers import padded, positions, with_places
from gateway.sap.order_prices import net_of, order_type_of, price_gaps, price_of
from gateway.sap.order_texts import text_of
from gateway.sap.profile import SapProfile
from gateway.sap.tables import Kind, SapSales

_CUSTOMER = 10
_ASSIGNMENT = 18
_GLN = 13
_PLACES = 3  # decimals of a quantity
NEW, CHANGED, CANCELLED, SAME = "001", "002", "003", "004"
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """An order and what it is converted with. `before` is its last revision that SAP has."""

    order: SalesOrder
    before: SalesOrder | None
    posex: Mapping[str, str]
    profile: SapProfile
    known: Known
    requested: date | None

    @property
    def sales(self) -> SapSales:
        return self.profile.sales.get(self.order.customer) or SapSales()

    @property
    def customer(self) -> str:
        return padded(self.sales.number or self.order.customer, _CUSTOMER)


def kind_of(order: SalesOrder, known: Known) -> Kind:
    """Which kind of IDoc an order is: a new one, or a change of one that SAP has."""
    return "sales-order-change" if earlier(order, known) else "sales-order"


def earlier(order: SalesOrder, known: Known) -> tuple[SalesOrder, ...]:
    """The revisions of an order that went to SAP before this one."""
    found = known.sales_orders(order.partner, order.purchase_order)
    return tuple(each for each in found if each.revision < order.revision)


def to_sap_order(
    order: SalesOrder, profile: SapProfile, known: Known, at: datetime
) -> tuple[SapOrder | None, tuple[Gap, ...]]:
    """The sales order for SAP, or what keeps it from being said."""
    revisions = earlier(order, known)
    zone = ZoneInfo(profile.time_zone)
    asked = _Asked(
        order=order,
        before=revisions[-1] if revisions else None,
        posex=positions(line.line for each in (*revisions, order) for line in each.lines),
        profile=profile,
        known=known,
        requested=_requested(order, profile, at.astimezone(zone).date()),
    )
    ship_to, notes, gaps = _ship_to(asked)
    sales, text = asked.sales, text_of(order, notes, profile)
    order_type, type_gaps = order_type_of(order, sales)
    block, block_gaps = _block(asked)
    conditions, condition_gaps = _conditions(order.charges, profile)
    gaps = (*_customer_gaps(asked), *gaps, *type_gaps, *block_gaps, *condition_gaps, *price_gaps(order))
    if gaps:
        return None, gaps
    items = tuple(_items(asked))
    nets = [net for line in order.lines if (net := net_of(line, order)) is not None]
    total = with_decimals(sum(nets, _NOTHING), order.currency) if len(nets) == len(order.lines) else None
    document = SapOrder(
        currency=order.currency,
        number=order.purchase_order,
        delivery_block=block,
        division=sales.division,
        channel=sales.channel,
        organisation=sales.organisation,
        order_type=order_type,
        po_type=sales.po_type,
        requested_on=asked.requested,
        ships_on=order.ship_by and order.ship_by.astimezone(zone).date(),
        dated_on=order.ordered_on,
        ordered_on=order.ordered_on,
        taxes=tuple(
            SapTax(code=order.tax_code, amount=with_decimals(tax.amount, order.currency), text=tax.kind)
            for tax in order.taxes
        ),
        conditions=conditions,
        partners=tuple(_partners(asked, ship_to)),
        customer_order=SapReference(number=order.purchase_order, dated_on=order.ordered_on),
        assignment=SapReference(number=order.purchase_order[:_ASSIGNMENT]) if order.seller else None,
        texts=(text,) if text else (),
        items=items,
        item_count=SapSum(amount=Decimal(len(items))),
        net_value=None if total is None else SapSum(amount=total, unit=order.currency),
    )
    return document, ()


def _requested(order: SalesOrder, profile: SapProfile, today: date) -> date | None:
    """The day of the window that SAP is asked for; today, where that has gone by and the window is still open.

    SAP refuses to book an order of a day that is past (status 51).
    """
    window = order.window
    days = [day for day in (window.not_before, window.not_after) if day] if window else []
    if not days:
        return None
    wanted = days[0] if profile.delivery_day == "first" else days[-1]
    return today if wanted < today <= days[-1] else wanted


# Partners


def _ship_to(asked: _Asked) -> tuple[SapPartner, tuple[str, ...], tuple[Gap, ...]]:
    """The ship-to with its name and address, what the text says of it, and what keeps it from being said."""
    order = asked.order
    code = order.ship_to.code if order.ship_to else None
    own_number = asked.sales.ship_to.get(code or "")
    address = Address()
    missing: tuple[Gap, ...] = ()
    if order.buyer:
        address = address_of_buyer(order.buyer)
    elif code:
        place = find_location(asked.known.locations, code, "ship-to", order.partner)
        if place:
            address = address_of_place(place)
        elif own_number is None:
            missing = (_place_missing(code),)
    fields, notes, gaps = fields_of(address)
    is_gln = code is not None and len(code) == _GLN and code.isdigit()
    partner = SapPartner(
        role="WE",
        number=padded(own_number, _CUSTOMER) if own_number else asked.customer,
        vendor=None if is_gln else code,
        gln=code if is_gln else None,
        **fields,
    )
    return partner, notes, (*missing, *gaps)


def _place_missing(code: str) -> Gap:
    return catalogue_gap(
        "location-missing",
        None,
        f"the order is to be shipped to {code}, which has neither a number in SAP nor an address",
        f"add a row with code {code} and role ship-to to locations.csv, or its number to ship_to in [erp.sap.sales]",
        code=code,
    )


def _partners(asked: _Asked, ship_to: SapPartner) -> Iterator[SapPartner]:
    order, sales = asked.order, asked.sales
    yield SapPartner(role="AG", number=asked.customer, vendor=None if order.seller else order.account)
    yield ship_to
    for role, number in (("RE", sales.bill_to), ("RG", sales.payer)):
        if number:
            yield SapPartner(role=role, number=padded(number, _CUSTOMER))


# Head


def _customer_gaps(asked: _Asked) -> Iterator[Gap]:
    """A customer has a number of up to ten characters in SAP: our name of it, or that of its row."""
    if len(asked.customer) > _CUSTOMER:
        customer = asked.order.customer
        yield row_missing(f"the customer {customer}", f'[erp.sap.sales."{customer}"] number = "..."')


def _block(asked: _Asked) -> tuple[str | None, tuple[Gap, ...]]:
    """An order with a flag is not picked as it stands: it has a delivery block."""
    flag = asked.order.flag
    if flag is None or flag in asked.profile.blocks:
        return asked.profile.blocks.get(flag or ""), ()
    return None, (row_missing(f"the delivery block of orders that are {flag}", f'[erp.sap.blocks] {flag} = "..."'),)


def _conditions(charges: Iterable[Charge], profile: SapProfile) -> tuple[tuple[SapCondition, ...], tuple[Gap, ...]]:
    types = {kind: code for code, kind in reversed(tuple(profile.conditions.items()))}
    found: list[SapCondition] = []
    gaps: list[Gap] = []
    for charge in charges:
        if charge.kind not in types:
            row = f'[erp.sap.conditions] ... = "{charge.kind}"'
            gaps.append(row_missing(f"the charge {charge.kind}", row))
            continue
        found.append(
            SapCondition(
                sign="-" if charge.amount < 0 else "+",
                kind=types[charge.kind],
                text=charge.description,
                amount=abs(charge.amount),
            )
        )
    return tuple(found), tuple(gaps)


# Items


def _items(asked: _Asked) -> Iterator[SapOrderItem]:
    """The lines of the order, and those that an earlier revision had and this one has no more."""
    before = {line.line: line for line in asked.before.lines} if asked.before else {}
    for line in asked.order.lines:
        yield _item(line, _action(line, before.get(line.line), asked), asked)
    kept = {line.line for line in asked.order.lines}
    for line in before.values():
        if line.line not in kept:
            gone = {"base": line.base.model_copy(update={"value": _NOTHING}), "amount": _NOTHING}
            yield _item(line.model_copy(update=gone), CANCELLED, asked)


def _action(line: SalesOrderLine, before: SalesOrderLine | None, asked: _Asked) -> str:
    if not line.base.value:
        return CANCELLED
    if asked.before is None or before is None or not before.base.value:
        return NEW
    is_same = (line.base, line.amount, line.sku) == (before.base, before.amount, before.sku)
    return SAME if is_same and line.price.same_as(before.price) else CHANGED


def _item(line: SalesOrderLine, action: str, asked: _Asked) -> SapOrderItem:
    order, posex = asked.order, asked.posex[line.line]
    place = asked.profile.places.get(order.location or "")
    rows = asked.known.items.of_sku(line.sku, order.partner, order.ordered_on)
    quantity = with_places(line.base.value, _PLACES)
    unit = asked.profile.base_unit
    price = price_of(line.price, order.currency) or line.price
    net = net_of(line, order)
    return SapOrderItem(
        position=posex,
        action=action,
        quantity=quantity,
        unit=unit,
        price_quantity=quantity,
        price_unit=unit,
        price=price.amount,
        price_per=price.per.to_integral_value(),
        net=None if net is None else with_decimals(net, order.currency),
        currency=order.currency,
        plant=place.plant if place else asked.sales.plant,
        storage=place.storage if place else asked.sales.storage,
        customer_order=SapItemReference(
            number=order.purchase_order, line=posex, reference=None if posex == padded(line.line, 6) else line.line
        ),
        taxes=(SapTax(code=order.tax_code, amount=line.tax),) if line.tax is not None else (),
        schedule=(SapSchedule(quantity=quantity, due_on=asked.requested),) if asked.requested else (),
        customer_item=_first(rows, "partner_item"),
        material=line.sku,
        ean=_first(rows, "gtin_each"),
    )


def _first(rows: Iterable[Item], field: str) -> str | None:
    return next((str(getattr(row, field)) for row in rows if getattr(row, field)), None)
