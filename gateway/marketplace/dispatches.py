"""The word to Amazon that an order which we ship ourselves has left: what must be in it, and its rows.

The file is POST_FLAT_FILE_FULFILLMENT_DATA, tab separated, a row an order item. The carrier is a code of Amazon's list,
or `Other` with a name. What is missing is told by name; nothing is guessed but the order item of a SKU that the order
has once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from gateway.documents.base import plain
from gateway.documents.fulfilment import DispatchConfirmation, FulfilledItem
from gateway.marketplace.sales import Sale

COLUMNS = (
    "order-id",
    "order-item-id",
    "quantity",
    "ship-date",
    "carrier-code",
    "carrier-name",
    "tracking-number",
    "ship-method",
    "ship_from_supply_source_id",
)
OTHER = "Other"
# Carriers that confirmations may name by code; Amazon's list is longer, and all others go as `Other` with a name.
CARRIERS = (
    *("4PX", "A-1", "Amazon Shipping", "AMZL", "Aramex", "Asendia", "Australia Post", "Best Buy", "Blue Dart"),
    *("Blue Package", "BRT", "Canada Post", "CEVA", "China Post", "Chronopost", "Chukou1", "Colissimo", "Correos"),
    *("Delhivery", "Deutsche Post", "DHL", "DHL eCommerce", "DHL Express", "DHL Freight", "DHL Global Mail"),
    *("DHL Home Delivery", "DPD", "DTDC", "Emirates Post", "ENDOPACK", "Estes", "Evri", "FastWay", "FedEx"),
    *("FedEx Freight", "FedEx SmartPost", "FERCAM", "First Mile", "GEL Express", "GEODIS", "GLS", "Hermes"),
    *("India Post", "InPost", "Japan Post", "La Poste", "Lasership", "Nacex", "OnTrac", "Parcelforce", "PostNL"),
    *("PostNord", "Poste Italiane", "Purolator", "Royal Mail", "Sagawa", "Saia", "SDA", "SEUR", "SF Express"),
    *("Singapore Post", "Spring GDS", "StarTrack", "TForce", "TNT", "UPS", "UPS Freight", "UPS Mail Innovations"),
    *("USPS", "XPO Freight", "Yamato Transport", "Yanwen", "Yellow", "Yodel", "Yun Express", "Yurtici"),
)
_CODES: Mapping[str, str] = {carrier.casefold(): carrier for carrier in CARRIERS}


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What can be told: the pieces by order item, and the carrier as Amazon writes it."""

    items: Mapping[str, Decimal]
    carrier: str
    carrier_name: str


def check(said: DispatchConfirmation, sale: Sale) -> Dispatch | tuple[str, ...]:
    """What Amazon is told of a dispatch, or everything that is missing for that."""
    missing: list[str] = []
    if sale.is_fba or (sale.listed is None and sale.shipped):
        missing.append("Amazon ships this order itself: it gets no confirmation")
    if sale.is_cancelled:
        missing.append("the order is cancelled")
    if sale.is_pending:
        missing.append("the payment of the order is pending")
    if said.shipped_at is None:
        missing.append("the ship date (shipped_at) is missing")
    if said.tracking is None:
        missing.append("the tracking number is missing")
    code, name, wrong = _carrier(said)
    missing += [wrong] if wrong else []
    items: dict[str, Decimal] = {}
    for line in said.lines:
        item = _item_of(line, sale)
        if item is None:
            missing.append(f"the order item of SKU {line.sku} is not known: give order_item, or drop a to-ship report")
        elif line.quantity <= 0 or line.quantity != line.quantity.to_integral_value():
            missing.append(f"{plain(line.quantity)} is no number of pieces of {line.sku}")
        else:
            items[item] = items.get(item, Decimal(0)) + line.quantity
    missing += _too_many(items, said, sale)
    return tuple(missing) if missing else Dispatch(items, code, name)


def rows_of(said: DispatchConfirmation, dispatch: Dispatch) -> Iterator[tuple[str, ...]]:
    """The rows of the file for Amazon, as COLUMNS names their cells."""
    shipped_at = said.shipped_at.strftime("%Y-%m-%dT%H:%M:%SZ") if said.shipped_at else ""
    for item, quantity in dispatch.items.items():
        yield (
            *(said.order, item, plain(quantity.to_integral_value()), shipped_at),
            *(dispatch.carrier, dispatch.carrier_name, said.tracking or "", said.method or "", ""),
        )


def _carrier(said: DispatchConfirmation) -> tuple[str, str, str]:
    """Code and name for Amazon, and what is wrong with the carrier."""
    code = (said.carrier.code or "") if said.carrier else ""
    name = (said.carrier.name or "") if said.carrier else ""
    if not code and not name:
        return "", "", "the carrier is missing: its code, or its name"
    if known := _CODES.get((code or name).casefold()):
        return known, "", ""
    if name:
        return OTHER, name, ""
    if code.casefold() == OTHER.casefold():
        return OTHER, "", "the carrier is Other, which needs a name"
    return code, "", f"the carrier {code} is not in Amazon's list: give its name"


def _item_of(line: FulfilledItem, sale: Sale) -> str | None:
    """The order item that a line is about: as it says, else the only one of its SKU; None where that is open."""
    known = sale.promised.items if sale.promised else ()
    if line.order_item:
        is_known = not known or any(item.order_item == line.order_item for item in known)
        return line.order_item if is_known else None
    named = [item.order_item for item in known if item.sku == line.sku]
    return named[0] if len(named) == 1 else None


def _too_many(items: Mapping[str, Decimal], said: DispatchConfirmation, sale: Sale) -> Iterator[str]:
    """Order items of which more would have left than were ordered; an earlier revision of the shipment counts not."""
    others = [each for shipment, each in sale.confirmed.items() if shipment != said.shipment]
    for item in sale.promised.items if sale.promised else ():
        gone = sum((each.items.get(item.order_item, Decimal(0)) for each in others), Decimal(0))
        if items.get(item.order_item, Decimal(0)) + gone > item.ordered:
            total = plain(items[item.order_item] + gone)
            yield f"{total} pieces of order item {item.order_item} would have left, {plain(item.ordered)} were ordered"
    if sale.promised is None and sale.listed is not None:
        ordered = sum(sale.pieces.values(), Decimal(0))
        gone = sum((sum(each.items.values(), Decimal(0)) for each in others), Decimal(0))
        if (total_ := sum(items.values(), Decimal(0)) + gone) > ordered:
            yield f"{plain(total_)} pieces would have left, {plain(ordered)} were ordered"
