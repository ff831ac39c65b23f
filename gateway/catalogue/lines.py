"""Resolving an order line: which item, how many pieces, at what price per how many, for what amount.

Each question is one small function that answers or names a gap; a line with gaps is held, its neighbours are not. The
amount is that of the order in the order's own reading, and no conversion moves it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from gateway.catalogue.account import Account
from gateway.catalogue.gaps import Gap, gap
from gateway.catalogue.items import Item, Items
from gateway.catalogue.packs import SINGLE, Factor, case_rows, factor_of_case
from gateway.documents.base import plain
from gateway.documents.money import Price, cost_of, extend, with_decimals
from gateway.documents.purchase_order import PurchaseOrderLine
from gateway.documents.quantity import Quantity


class ResolvedLine(NamedTuple):
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
    gaps = list(_own_gaps(number, line))
    rows = [row for schemes, value in line.ids for row in asked.items.find(asked.partner, schemes, value, asked.on)]
    item = _item(number, line, rows, asked)
    factor = item if isinstance(item, Gap) else _factor(number, line, item, rows, asked)
    if isinstance(factor, Gap):
        gaps.append(factor)
    elif not gaps and isinstance(item, Item) and line.price is not None:
        outcome = _priced(number, line, item, factor, line.price, asked)
        if isinstance(outcome, ResolvedLine):
            return outcome
        gaps.append(outcome)
    return tuple(replace(gap, at_stake=_at_stake(line, asked)) for gap in gaps)


def _own_gaps(number: str, line: PurchaseOrderLine) -> Iterator[Gap]:
    """What a line lacks whatever is known of its item."""
    if line.ordered.value <= 0:
        yield gap(
            "quantity-invalid",
            number,
            f"line {number}: {plain(line.ordered.value)} is ordered",
            "ask the partner what is meant, or reject the line",
            ordered=plain(line.ordered.value),
        )
    if line.price is None:
        yield gap(
            "price-missing",
            number,
            f"line {number}: the order names no price",
            "ask the partner for the price, or reject the line",
        )


def _item(number: str, line: PurchaseOrderLine, rows: Sequence[Item], asked: Asked) -> Item | Gap:
    """The item that the ids of a line mean; ids that no row knows are passed over as long as another is known."""
    found = {row.sku: row for row in reversed(rows)}
    if len(found) == 1:
        return rows[0]
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
    return gap(
        "item-conflict",
        number,
        f"line {number}: {said} could be any of the items {', '.join(sorted(found))}",
        "correct the rows in items.csv; of two rows for one id, the later valid_from stands",
        skus=", ".join(sorted(found)),
        **ids,
    )


def _factor(number: str, line: PurchaseOrderLine, item: Item, rows: Sequence[Item], asked: Asked) -> Factor | Gap:
    """What one ordered unit is in pieces.

    A line without a unit of its own (`item`) is ordered in whatever its id stands for: a case by a matching case GTIN,
    else the account's measurement type.
    """
    unit: str | None = line.ordered.unit
    cases = () if unit == "each" else case_rows(line.ids, item.sku, asked.items, asked.on)
    if unit == "item":
        measured = {"EA": "each", "CA": "case", None: None}[asked.account.measurement_type]
        unit = "case" if cases else measured
    match unit:
        case "each":
            return SINGLE
        case "case":
            own = [row for row in rows if row.sku == item.sku]
            known = asked.items.of_sku(item.sku, asked.partner, asked.on)
            return factor_of_case(number, line, item, own=own, cases=cases, known=known)
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
    ordered, parts = line.ordered.value.as_integer_ratio()
    pieces, broken = divmod(ordered * factor.each, parts)
    if broken:
        return gap(
            "not-integral",
            number,
            f"line {number}: {plain(line.ordered.value)} of {factor.each} each is "
            f"{plain(line.ordered.value * factor.each)} pieces",
            "ask the partner for whole pieces, or reject the line",
            ordered=plain(line.ordered.value),
            factor=str(factor.each),
        )
    base = Decimal(pieces)
    asking = with_decimals(price, asked.currency)
    basis = asked.account.price_basis
    reading = Price(amount=asking, per=Decimal(1 if basis == "each" else factor.each), unit="each")
    amount = extend(base, reading, asked.currency)
    if basis is None and factor.each != 1:
        whole, single = plain(amount), plain(cost_of(base, asking, asked.currency))
        said = plain(line.ordered.value)
        return gap(
            "price-basis-missing",
            number,
            f"line {number}: is {plain(asking)} {asked.currency} the price of a case of {factor.each} "
            f"({said} x {plain(asking)} = {whole}) or of one piece ({plain(base)} x {plain(asking)} = {single})?",
            f'set price_basis of account {asked.account.name} to "ordered-unit" ({whole}) or "each" ({single})',
            price=plain(asking),
            ordered_unit=whole,
            each=single,
        )
    return ResolvedLine(
        line=number,
        item=item,
        ordered=line.ordered,
        base=base,
        factor=factor,
        price=reading,
        amount=amount,
    )


def _at_stake(line: PurchaseOrderLine, asked: Asked) -> Decimal | None:
    """The money of the line, where its price can be read in one way only without knowing the pack."""
    if line.price is None or (line.ordered.unit != "each" and asked.account.price_basis != "ordered-unit"):
        return None
    return cost_of(line.ordered.value, line.price, asked.currency)
