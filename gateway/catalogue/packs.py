"""How many pieces a case holds: every source that says so, in their order, and a gap where they do not agree on one.

Sources in their order: the partner's own row for the ordered id; the case GTIN in the item master; the item master's
pack; an integral PO401 of the order. The first that speaks gives the factor its name and date, but all are heard. Two
that disagree, or none, are a question for a person: a case is never guessed, and never 1 for want of knowing.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from gateway.catalogue.gaps import Gap, gap
from gateway.catalogue.items import GTIN_SCHEMES, Item, Items
from gateway.documents.item_ids import Ids
from gateway.documents.purchase_order import PurchaseOrderLine

Source = Literal["unit", "partner-item", "case-gtin", "item-pack", "PO401"]
"""Where a factor comes from; `unit` where the line is ordered in pieces and there is nothing to look up."""


class Factor(NamedTuple):
    """How many pieces one ordered unit is: an integer ratio with its source and, where that has one, its date."""

    each: int
    source: Source
    on: date | None = None


SINGLE = Factor(each=1, source="unit")
"""The factor of a line ordered in pieces."""


def case_rows(ids: Ids, sku: str, items: Items, on: date) -> tuple[Item, ...]:
    """The rows of the item master in which one of these ids is the GTIN of the item's case."""
    gtins = [value for schemes, value in ids if not GTIN_SCHEMES.isdisjoint(schemes)]
    return tuple([row for gtin in gtins for row in items.of_case(sku, gtin, on)])


def factor_of_case(
    number: str,
    line: PurchaseOrderLine,
    item: Item,
    *,
    own: Sequence[Item],
    cases: Sequence[Item],
    known: Sequence[Item],
) -> Factor | Gap:
    """How many pieces a case of this line holds on the day of the order; a gap where that is not certain.

    The rows of the item that may say so are, in force on that day: `own` those that the ids of the line lead to,
    `cases` those of `case_rows`, `known` those of the partner and of everybody.
    """
    factors = tuple(_factors(line, own, cases, known))
    if not factors:
        return gap(
            "pack-missing",
            number,
            f"line {number}: no source says how many pieces a case of {item.sku} holds",
            f"fill in case_pack of {item.sku} in items.csv",
            sku=item.sku,
        )
    if len({factor.each for factor in factors}) > 1:
        said = ", ".join(f"{factor.each} ({_NAMES[factor.source]})" for factor in factors)
        return gap(
            "pack-mismatch",
            number,
            f"line {number}: sources disagree how many pieces a case of {item.sku} holds: {said}",
            f"correct case_pack of {item.sku} in items.csv; if the order is wrong, reject the line",
            sku=item.sku,
            **{factor.source: str(factor.each) for factor in reversed(factors)},
        )
    return factors[0]


_NAMES: dict[Source, str] = {
    "partner-item": "items.csv, the partner's row for the ordered id",
    "case-gtin": "items.csv, the case GTIN",
    "item-pack": "items.csv, another row of the item",
    "PO401": "the order itself",
}


def _factors(
    line: PurchaseOrderLine, own: Sequence[Item], cases: Sequence[Item], known: Sequence[Item]
) -> Iterator[Factor]:
    rows: tuple[tuple[Source, Sequence[Item]], ...] = (
        ("partner-item", [row for row in own if row.partner]),
        ("case-gtin", cases),
        ("item-pack", known),
    )
    seen: set[int] = set()
    for source, found in rows:
        for row in found:
            if row.case_pack is not None and id(row) not in seen:  # all are rows of one index, which has each once
                seen.add(id(row))
                yield Factor(each=row.case_pack, source=source, on=row.valid_from)
    if line.pack is not None and line.pack >= 1 and line.pack == line.pack.to_integral_value():
        yield Factor(each=int(line.pack), source="PO401")
