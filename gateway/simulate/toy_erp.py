"""A toy ERP: what it says of a sales order, drawn by chance: pure functions of a random.Random.

All of it is planned when the sales order comes: that it was booked, the answer, the shipments of what was accepted, the
back-orders later, an invoice for each shipment. Now and then a document is wrong at first; the right one follows it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from gateway.catalogue.booked import Booked
from gateway.documents import (
    ErpDocument,
    ErpInvoice,
    ErpOrderResponse,
    ErpOrderResponseLine,
    PostingResult,
    SalesOrder,
    SalesOrderLine,
    Shipment,
)
from gateway.documents.erp import (
    ErpCarrier,
    ErpInvoiceLine,
    ErpTax,
    Place,
    ShipmentItem,
    ShipmentPack,
    Weight,
)
from gateway.documents.money import extend, round_half_up
from gateway.simulate.amazon import happens
from gateway.simulate.mistakes import spoil

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Ways:
    """How the ERP works: how often something happens, in per cent, and how large a carton is."""

    refused: int = 3
    split: int = 30
    partial: int = 30
    mistake: int = 12
    repeat: int = 5
    never_shipped: int = 5
    carton: int = 48
    in_turn: int = 70


@dataclass(frozen=True)
class Shop:
    """What the ERP knows beside the order: where goods leave, its taxes, which items are tracked or no longer made."""

    ship_from: str
    unit: str
    tax_rate: Decimal = _NOTHING
    tracked: frozenset[str] = frozenset()
    discontinued: frozenset[str] = frozenset()


@dataclass
class Labels:
    """SSCCs, each given once: the extension digit, a company's prefix and a serial number, and the check digit."""

    prefix: str = "0614141"
    serial: int = 0

    def draw(self) -> str:
        """The next one."""
        self.serial += 1
        digits = f"0{self.prefix}{self.serial:09}"
        weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
        return f"{digits}{-weighted % 10}"


@dataclass(frozen=True)
class Said:
    """A document of the ERP and after what time it comes. `left` are the pieces that leave with it, by line."""

    after: timedelta
    document: ErpDocument
    left: Mapping[str, Decimal] = field(default_factory=dict)
    is_wrong: bool = False


def plan(
    order: SalesOrder, left: Mapping[str, Decimal], shop: Shop, labels: Labels, at: datetime, ways: Ways, chance: Random
) -> list[Said]:
    """Everything that the ERP will say of a sales order. `left` are the pieces that had left before, by line."""
    booked = PostingResult(id=order.id, result="booked", number=f"SO-{order.purchase_order}")
    said = [Said(timedelta(minutes=chance.randint(2, 40)), booked)]
    if happens(chance, ways.refused):
        refused = booked.model_copy(update={"result": "refused", "number": None, "message": "the period is closed"})
        said = [Said(timedelta(minutes=1), refused), Said(timedelta(hours=1), booked)]
    answer = _answer(order, left, shop, at.date(), ways, chance)
    said.append(Said(timedelta(minutes=chance.randint(45, 600)), answer))
    now, later = (_to_ship(order, answer, left, which) for which in ("accepted", "backordered"))
    hours, count = 24, 0
    for goods in (*_apart(now, order, ways, chance), *([later] if any(later.values()) else [])):
        if not any(goods.values()) or happens(chance, ways.never_shipped):
            continue
        count += 1
        hours += chance.randint(1, 30)
        # Numbers go on where an earlier revision of the order had shipments of its own.
        number = f"{order.purchase_order}-{order.revision}{count}"
        shipment = _shipment(order, number, goods, shop, labels, at + timedelta(hours=hours), ways, chance)
        said.append(Said(timedelta(hours=hours), shipment, goods))
        invoice = _invoice(order, shipment, goods, shop, at + timedelta(hours=hours + 1))
        said.append(Said(timedelta(hours=hours, minutes=chance.randint(10, 120)), invoice))
    return list(_with_mistakes(_paced(said, ways, chance), order, ways, chance))


def _answer(
    order: SalesOrder, left: Mapping[str, Decimal], shop: Shop, today: date, ways: Ways, chance: Random
) -> ErpOrderResponse:
    lines = [_answered(line, left.get(line.line, _NOTHING), shop, today, ways, chance) for line in order.lines]
    number = f"SO-{order.purchase_order}"
    return ErpOrderResponse(
        partner=order.partner, purchase_order=order.purchase_order, sales_order=number, lines=tuple(lines)
    )


def _answered(
    line: SalesOrderLine, left: Decimal, shop: Shop, today: date, ways: Ways, chance: Random
) -> ErpOrderResponseLine:
    """What becomes of a line, in whole ordered units. What has left cannot be taken back."""
    factor, ordered = Booked.factor_of(line), line.base.value
    least = min(left, ordered)
    if line.sku in shop.discontinued:
        gone = ordered - least
        return ErpOrderResponseLine(
            line=line.line,
            accepted=least,
            ships_on=today if least else None,
            rejected=gone,
            reason="discontinued" if gone else None,
        )
    accepted, waiting = ordered, _NOTHING
    if happens(chance, ways.split):
        free = int((ordered - least) / factor)
        accepted = least + chance.randint(0, free) * factor
        waiting = Decimal(chance.randint(0, int((ordered - accepted) / factor)) * factor)
    rejected = ordered - accepted - waiting
    return ErpOrderResponseLine(
        line=line.line,
        accepted=accepted,
        ships_on=today + timedelta(days=1) if accepted else None,
        backordered=waiting,
        backorder_until=today + timedelta(days=7) if waiting else None,
        rejected=rejected,
        reason="out_of_stock" if rejected else None,
    )


def _to_ship(
    order: SalesOrder, answer: ErpOrderResponse, left: Mapping[str, Decimal], which: str
) -> dict[str, Decimal]:
    """The pieces that are still to leave of each line; what left before was of what is accepted."""
    before = left if which == "accepted" else {}
    pieces = {line.line: getattr(line, which) - before.get(line.line, _NOTHING) for line in answer.lines}
    return {line.line: max(_NOTHING, pieces[line.line]) for line in order.lines}


def _apart(
    goods: Mapping[str, Decimal], order: SalesOrder, ways: Ways, chance: Random
) -> Iterator[Mapping[str, Decimal]]:
    """The goods in one shipment, or in two."""
    if not happens(chance, ways.partial):
        yield goods
        return
    factors = {line.line: Booked.factor_of(line) for line in order.lines}
    first = {
        line: Decimal(chance.randint(0, int(pieces / factors[line])) * factors[line]) for line, pieces in goods.items()
    }
    yield first
    yield {line: goods[line] - first[line] for line in goods}


def _shipment(
    order: SalesOrder,
    number: str,
    goods: Mapping[str, Decimal],
    shop: Shop,
    labels: Labels,
    at: datetime,
    ways: Ways,
    chance: Random,
) -> Shipment:
    is_parcel = happens(chance, 50)
    pallet = labels.draw() if not is_parcel and happens(chance, 40) else None
    cartons = [
        ShipmentPack(
            sscc=(label := labels.draw()),
            type="carton",
            within=pallet,
            tracking=f"1Z{label[-10:]}" if is_parcel else None,
            items=tuple(items),
        )
        for items in _cartons(order, goods, shop, at, ways)
    ]
    pallets = [ShipmentPack(sscc=pallet, type="pallet")] if pallet else []
    return Shipment(
        partner=order.partner,
        shipment=f"SHP{number}",
        mode="parcel" if is_parcel else "ltl",
        carrier=ErpCarrier(scac="UPSN" if is_parcel else "ACFR"),
        pro_number=f"PRO{number}",
        bill_of_lading=f"BOL{number}",
        amazon_reference=f"{chance.randint(1_000_000_000, 9_999_999_999)}",
        shipped_at=at,
        estimated_delivery=at.date() + timedelta(days=3),
        ship_from=Place(code=shop.ship_from),
        ship_to=order.ship_to,
        gross_weight=Weight(value=Decimal(5 * len(cartons)), unit=shop.unit),
        packs=(*pallets, *cartons),
    )


def _cartons(
    order: SalesOrder, goods: Mapping[str, Decimal], shop: Shop, at: datetime, ways: Ways
) -> Iterator[list[ShipmentItem]]:
    """What each carton holds: whole ordered units of one line, as many as fit."""
    for line in order.lines:
        factor, rest = Booked.factor_of(line), goods[line.line]
        full = Decimal(max(1, ways.carton // factor) * factor)
        tracked = line.sku in shop.tracked
        while rest > 0:
            pieces = min(full, rest)
            rest -= pieces
            yield [
                ShipmentItem(
                    purchase_order=order.purchase_order,
                    line=line.line,
                    quantity=pieces,
                    lot=f"L{at:%y%m}" if tracked else None,
                    expires_on=at.date() + timedelta(days=300) if tracked else None,
                )
            ]


def _invoice(
    order: SalesOrder, shipment: Shipment, goods: Mapping[str, Decimal], shop: Shop, at: datetime
) -> ErpInvoice:
    lines = [
        ErpInvoiceLine(
            purchase_order=order.purchase_order,
            line=line.line,
            quantity=goods[line.line],
            price=line.price,
            amount=extend(goods[line.line], line.price, order.currency),
        )
        for line in order.lines
        if goods[line.line]
    ]
    net = sum((line.amount for line in lines), _NOTHING)
    tax = round_half_up(net * shop.tax_rate / 100, order.currency)
    taxes = (ErpTax(rate=shop.tax_rate, taxable=net, amount=tax),) if shop.tax_rate else ()
    return ErpInvoice(
        partner=order.partner,
        invoice=shipment.shipment.replace("SHP", "INV"),
        invoiced_on=at.date(),
        shipment=shipment.shipment,
        currency=order.currency,
        lines=tuple(lines),
        taxes=taxes,
        total=net + tax,
    )


def _with_mistakes(said: Iterable[Said], order: SalesOrder, ways: Ways, chance: Random) -> Iterator[Said]:
    """Before a document comes, now and then, one that is wrong; the right one then takes hours more."""
    for each in said:
        wrong = spoil(each.document, order, chance) if happens(chance, ways.mistake) else None
        if wrong is not None:
            yield Said(each.after, wrong, each.left, is_wrong=True)
            yield Said(each.after + timedelta(hours=chance.randint(1, 8)), each.document, each.left)
        else:
            yield each
        if happens(chance, ways.repeat):
            yield Said(each.after + timedelta(hours=9), each.document, each.left)


def _paced(planned: list[Said], ways: Ways, chance: Random) -> Iterator[Said]:
    """In turn, all at once, or upside down: nobody promises in which order files come."""
    if happens(chance, ways.in_turn):
        yield from planned
        return
    delays = sorted(each.after for each in planned)
    wanted = delays[::-1] if happens(chance, 50) else [delays[0]] * len(delays)
    for each, after in zip(sorted(planned, key=lambda each: each.after), wanted, strict=True):
        yield Said(after, each.document, each.left, each.is_wrong)
