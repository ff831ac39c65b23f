"""What Amazon ships of FBA orders, and what it asks us to ship of the others.

A dispatch of Amazon becomes an item fulfilment, whatever any settlement says of the money: it lowers the stock at the
FBA location. It waits for the sales order that it belongs to.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from gateway.config import Seller
from gateway.documents.reports import ShipmentRow, ToShipRow
from gateway.marketplace.erp_documents import item_fulfilment
from gateway.marketplace.events import Destination, Fulfilled, Promised, PromisedItem, Shipped, ShippedItem
from gateway.marketplace.sales import Sale
from gateway.marketplace.terms import Facts
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.posting import post
from gateway.pipeline.selling.reports import Report
from gateway.pipeline.selling.sales_state import orders_in, record, sale_of, sale_subject, wake


def take_shipments(report: Report, desk: Desk) -> None:
    """A report of fulfilled shipments: items that are not known yet are recorded, shipment by shipment."""
    by_shipment: dict[tuple[str, str], list[ShipmentRow]] = {}
    for order, row in orders_in(report, "amazon-order-id"):
        if row.channel != "merchant":
            by_shipment.setdefault((order, row.shipment.strip()), []).append(row)
    seller = report.seller.name
    for (order, shipment), rows in by_shipment.items():
        sale = sale_of(desk.tx, seller, order)
        known = sale.shipped.get(shipment) if sale else None
        seen = {item.item for item in known.items} if known else set()
        items = tuple(item for item in _items(rows) if item.item not in seen)
        if not items:
            continue
        first = rows[0]
        shipped = Shipped(
            shipment=shipment,
            shipped_at=first.shipped_at,
            marketplace=first.marketplace.strip(),
            carrier=first.carrier.strip(),
            tracking=first.tracking.strip(),
            items=items,
        )
        record(sale_subject(seller, order), shipped, desk, report.subject)
        wake(seller, order, desk)


def _items(rows: Sequence[ShipmentRow]) -> Iterator[ShippedItem]:
    seen: dict[str, int] = {}
    for row in rows:
        key = row.item.strip() or f"{row.order_item.strip()}/{row.sku.strip()}"
        seen[key] = seen.get(key, 0) + 1
        named = key if seen[key] == 1 else f"{key}/{seen[key]}"
        yield ShippedItem(item=named, order_item=row.order_item.strip(), sku=row.sku.strip(), quantity=row.quantity)


def post_fulfilments(sale: Sale, facts: Facts, _seller: Seller, desk: Desk) -> None:
    """Hand the ERP an item fulfilment for what was shipped and not told yet."""
    if not sale.posted or sale.refused or facts.terms is None:
        return
    subject = sale_subject(sale.seller, sale.order)
    for shipment, shipped in sale.shipped.items():
        told = {item for each in sale.fulfilled.get(shipment, ()) for item in each.items}
        items = tuple(item for item in shipped.items if item.item not in told)
        if not items or any(item.sku not in facts.skus for item in items):
            continue
        document = post(item_fulfilment(sale, shipped, items, facts, facts.terms), desk, (subject,))
        names = tuple(item.item for item in items)
        record(subject, Fulfilled(shipment=shipment, items=names, document=document), desk)


def take_to_ship(report: Report, desk: Desk) -> None:
    """A report of actionable orders: by when which items must leave, and where they go."""
    by_order: dict[str, list[ToShipRow]] = {}
    for order, row in orders_in(report, "order-id"):
        by_order.setdefault(order, []).append(row)
    seller = report.seller.name
    for order, rows in by_order.items():
        sale = sale_of(desk.tx, seller, order)
        promised = _promised(rows)
        if sale is None or promised != sale.promised:
            record(sale_subject(seller, order), promised, desk, report.subject)
            wake(seller, order, desk)


def _promised(rows: Sequence[ToShipRow]) -> Promised:
    first = rows[0]
    street = (first.address_1, first.address_2, first.address_3)
    return Promised(
        promised_at=min((row.promised_at for row in rows if row.promised_at), default=None),
        service=first.service.strip(),
        destination=Destination(
            name=first.name.strip(),
            street=tuple(line.strip() for line in street if line.strip()),
            city=first.city,
            state=first.state,
            postal_code=first.postal_code,
            country=first.country,
        ),
        items=tuple(
            PromisedItem(
                order_item=row.order_item.strip(), sku=row.sku.strip(), ordered=row.ordered, to_ship=_left(row)
            )
            for row in rows
        ),
    )


def _left(row: ToShipRow) -> Decimal | None:
    """How many pieces are still to ship, as far as the row says."""
    if row.to_ship is not None:
        return row.to_ship
    return None if row.shipped is None else row.ordered - row.shipped
