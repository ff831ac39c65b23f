"""Resolving an order line: which item, how many pieces, at what price per how many, for what amount.

Each question is one small function that answers or names a gap; a line with gaps is held, its neighbours are not. The
amount is that of the order in the order's own reading, and no conversion moves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gateway.catalogue.account import Account
from gateway.catalogue.gaps import Gap, gap
from gateway.catalogue.items import Item, Items
from gateway.catalogue.packs import SINGLE, Factor, case_rows, factor_of_case
from gateway.documents.base import plain
from gateway.documents.money import Price, extend, with_decimals
from gateway.documents.purchase_order import PurchaseOrderLine
from gateway.documents.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedLine:
    """An order line in both families of terms: as ordered, and in pieces of a SKU (`base`). Keeps where it got that."""

    line: str
    item: Item
    ordered: Quantity
    base: Decimal
    factor: Factor
    price: Price
    amount: Decimal

    @property
    def sku(self) -> str:
        """Our number of the item."""
        return self.item.sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a line is resolved against: whose order of which day, under which account, in which currency."""

    partner: str
    account: Account
    items: Items
    on: date
    currency: str


def resolve_line(number: str, line: PurchaseOrderLine, asked: Asked) -> ResolvedLine | tuple[Gap, ...]:
    """The line resolved, or every gap that can be seen from here, at least one."""
    gaps = [*_quantity_gaps(number, line), *_price_gaps(number, line)]
    item = _item(number, line, asked)
    factor = item if isinstance(item, Gap) else _factor(number, line, item, asked)
    if isinstance(factor, Gap):
        gaps.append(factor)
    elif not gaps and isinstance(item, Item) and line.price is not None:
        outcome = _priced(number, line, item, factor, line.price, asked)
        if isinstance(outcome, ResolvedLine):
            return outcome
        gaps.append(outcome)
    return tuple(replace(gap, at_stake=_at_stake(line, asked)) for gap in gaps)


def _quantity_gaps(number: str, line: PurchaseOrderLine) -> Iterator[Gap]:
    if line.ordered.value <= 0:
        yield gap(
            "quantity-invalid",
            number,
            f"line {number}: {plain(line.ordered.value)} is ordered",
            "ask the partner what is meant, or reject the line",
            ordered=plain(line.ordered.value),
        )


def _price_gaps(number: str, line: PurchaseOrderLine) -> Iterator[Gap]:
    if line.price is None:
        yield gap(
            "price-missing",
            number,
            f"line {number}: the order names no price",
            "ask the partner for the price, or reject the line",
        )


def _item(number: str, line: PurchaseOrderLine, asked: Asked) -> Item | Gap:
    """The item that the ids of a line mean; ids that no row knows are passed over as long as another is known."""
    found = {
        row.sku: row
        for schemes, value in reversed(line.ids)
        for row in asked.items.find(asked.partner, schemes, value, asked.on)
    }
    ids = {"/".join(schemes): value for schemes, value in line.ids}
    said = ", ".join(f"{scheme} {value}" for scheme, value in ids.items()) or "no id at all"
    if not found:
        later = [
            row.valid_from
            for schemes, value in line.ids
            for row in asked.items.find(asked.partner, schemes, value, date.max)
            if row.valid_from is not None
        ]
        message, remedy = f"no item is known for {said}", f"add a row for it to items.csv (partner {asked.partner})"
        if later:
            message = f"the item of {said} is known only from {min(later)}, after the day of the order, {asked.on}"
            remedy = f"set valid_from of its row in items.csv to {asked.on} or before"
        return gap("unknown-item", number, f"line {number}: {message}", f"{remedy}, or reject the line", **ids)
    if len(found) > 1:
        return gap(
            "item-conflict",
            number,
            f"line {number}: {said} could be any of the items {', '.join(sorted(found))}",
            "correct the rows in items.csv; of two rows for one id, the later valid_from stands",
            skus=", ".join(sorted(found)),
            **ids,
        )
    return next(iter(found.values()))


def _factor(number: str, line: PurchaseOrderLine, item: Item, asked: Asked) -> Factor | Gap:
    """What one ordered unit is in pieces.

    A line without a unit of its own (`item`) is ordered in whatever its id stands for: a case by a matching case GTIN,
    else the account's measurement type.
    """
    unit: str | None = line.ordered.unit
    if unit == "item":
        measured = {"EA": "each", "CA": "case", None: None}[asked.account.measurement_type]
        unit = "case" if case_rows(line, item.sku, asked.items, asked.on) else measured
    match unit:
        case "each":
            return SINGLE
        case "case":
            return factor_of_case(number, line, item, partner=asked.partner, items=asked.items, on=asked.on)
        case None:
            message = (
                f"line {number}: no unit is named, and nothing says whether {item.sku} is ordered by piece or case"
            )
            remedy = f"set measurement_type of account {asked.account.name}, or fill in gtin_case in items.csv"
        case _:
            message = f"line {number}: {line.ordered.code or unit} is not a unit this order can be booked in"
            remedy = "ask the partner to order by piece or case, or reject the line"
    return gap("unit-unknown", number, message, remedy, unit=line.ordered.unit, code=line.ordered.code or "")


def _priced(
    number: str, line: PurchaseOrderLine, item: Item, factor: Factor, price: Decimal, asked: Asked
) -> ResolvedLine | Gap:
    """The line in pieces with its price and amount; a gap where pieces break or the price has two readings."""
    base = line.ordered.value * factor.each
    if base != base.to_integral_value():
        return gap(
            "not-integral",
            number,
            f"line {number}: {plain(line.ordered.value)} of {factor.each} each is {plain(base)} pieces",
            "ask the partner for whole pieces, or reject the line",
            ordered=plain(line.ordered.value),
            factor=str(factor.each),
        )
    base = Decimal(int(base))
    asking = with_decimals(price, asked.currency)
    per_unit = Price(amount=asking, per=Decimal(factor.each), unit="each")
    per_each = Price(amount=asking, per=Decimal(1), unit="each")
    basis = asked.account.price_basis
    if basis is None and factor.each != 1:
        whole, single = (plain(extend(base, reading, asked.currency)) for reading in (per_unit, per_each))
        ordered = plain(line.ordered.value)
        return gap(
            "price-basis-missing",
            number,
            f"line {number}: is {plain(asking)} {asked.currency} the price of a case of {factor.each} "
            f"({ordered} x {plain(asking)} = {whole}) or of one piece ({plain(base)} x {plain(asking)} = {single})?",
            f'set price_basis of account {asked.account.name} to "ordered-unit" ({whole}) or "each" ({single})',
            price=plain(asking),
            ordered_unit=whole,
            each=single,
        )
    reading = per_each if basis == "each" else per_unit
    return ResolvedLine(
        line=number,
        item=item,
        ordered=line.ordered,
        base=base,
        factor=factor,
        price=reading,
        amount=extend(base, reading, asked.currency),
    )


def _at_stake(line: PurchaseOrderLine, asked: Asked) -> Decimal | None:
    """The money of the line, where its price can be read in one way only without knowing the pack."""
    if line.price is None or (line.ordered.unit != "each" and asked.account.price_basis != "ordered-unit"):
        return None
    return extend(line.ordered.value, Price(amount=line.price, per=Decimal(1), unit="each"), asked.currency)
