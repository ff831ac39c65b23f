"""How much there is at Amazon, by SKU and state, from the rows of its reports; and the snapshot that the ERP gets.

A report tells some states: fba-inventory all of them, afn-inventory sellable and unsellable goods. The reserved report
splits what fba-inventory calls reserved, where the two agree; else the sum stands, for neither is wrong by itself.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway.documents.base import plain
from gateway.documents.inventory import InventorySnapshot, SnapshotLine
from gateway.documents.reports import AfnInventoryRow, FbaInventoryRow, ReservedInventoryRow
from gateway.stock.states import STATES, Locations

Quantities = Mapping[str, Decimal]
"""State -> pieces; zero where the report says zero, and nothing where it says nothing."""

FBA, MERCHANT = "fba", "merchant"

_OF_FBA_ROW = {
    "sellable": "sellable",
    "reserved": "reserved",
    "unsellable": "unsellable",
    "inbound_working": "inbound.working",
    "inbound_shipped": "inbound.shipped",
    "inbound_receiving": "inbound.receiving",
    "researching": "researching",
    "future_reserved": "future",
    "future_buyable": "future",
}
_OF_RESERVED_ROW = {
    "customer_order": "reserved.customer_order",
    "transfer": "reserved.transfer",
    "processing": "reserved.processing",
}
_OF_CONDITION = {"SELLABLE": "sellable"}


@dataclass(frozen=True)
class Levels:
    """What one report says. `channels` says of a SKU whether Amazon ships it (fba) or we do, where the report tells."""

    skus: Mapping[str, Quantities]
    channels: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        skus = {sku: {state: plain(count) for state, count in states.items()} for sku, states in self.skus.items()}
        return {"skus": skus, "channels": dict(self.channels)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Levels":
        """What `as_json` wrote."""
        skus = {sku: {state: Decimal(count) for state, count in states.items()} for sku, states in body["skus"].items()}
        return cls(skus, body["channels"])


def of_fba_inventory(rows: Iterable[FbaInventoryRow]) -> Levels:
    """The levels of an fba-inventory report. Of two rows for one SKU and FNSKU the later counts; FNSKUs add up."""
    found: dict[tuple[str, str], Quantities] = {}
    channels: dict[str, str] = {}
    for row in rows:
        found[row.sku, row.fnsku] = _quantities(row, _OF_FBA_ROW)
        if row.is_fba_listed is not None or row.is_merchant_listed is not None:
            channels[row.sku] = FBA if row.is_fba_listed and not row.is_merchant_listed else MERCHANT
    return Levels(_by_sku(found), channels)


def of_reserved_inventory(rows: Iterable[ReservedInventoryRow]) -> Levels:
    """Why goods are reserved."""
    return Levels(_by_sku({(row.sku, row.fnsku): _quantities(row, _OF_RESERVED_ROW) for row in rows}))


def of_afn_inventory(rows: Iterable[AfnInventoryRow]) -> Levels:
    """The sellable and unsellable goods of an afn-inventory report."""
    found: dict[tuple[str, str, str], Quantities] = {}
    for row in rows:
        state = _OF_CONDITION.get(row.condition.strip().upper(), "unsellable")
        found[row.sku, row.fnsku, state] = {} if row.quantity is None else {state: row.quantity}
    return Levels(_by_sku(found))


def renamed(levels: Levels, find: Callable[[str], str | None]) -> Levels:
    """The same levels by the ERP's SKUs: what is listed under several names adds up. Unknown names stay as they are."""
    found = {(find(sku) or sku, sku): states for sku, states in levels.skus.items()}
    return Levels(_by_sku(found), levels.channels)


def split_reserved(levels: Levels, reasons: Levels | None) -> Levels:
    """The same levels with the reasons for which goods are reserved, of each SKU for which both say the same sum."""
    if reasons is None:
        return levels
    skus: dict[str, Quantities] = {}
    for sku, states in levels.skus.items():
        split = reasons.skus.get(sku, {})
        whole = states.get("reserved", Decimal(0))
        is_split = whole and sum(split.values(), Decimal(0)) == whole
        rest = {state: count for state, count in states.items() if state != "reserved"}
        skus[sku] = {**rest, **split} if is_split else states
    return Levels(skus, levels.channels)


def snapshot(
    levels: Levels,
    locations: Locations,
    items: AbstractSet[str],
    *,
    seller: str,
    marketplace: str,
    number: str,
    taken_at: datetime,
    source: str,
) -> InventorySnapshot:
    """What the ERP gets: a line for each SKU and state that lies at a location. What is not at Amazon has no line.

    `items` are the SKUs that the ERP knows.
    """
    lines = tuple(
        SnapshotLine(
            sku=sku,
            state=state.state,
            detail=state.detail,
            location=locations.of(state.place),
            quantity=states[name],
            sellable=state.sellable,
            valued=state.valued,
            known=sku in items,
        )
        for sku, states in levels.skus.items()
        for name, state in STATES.items()
        if name in states and state.place is not None and state.state is not None
    )
    return InventorySnapshot(
        id=f"{seller}:inventory-snapshot:{number}",
        seller=seller,
        taken_at=taken_at,
        source=source,
        marketplace=marketplace,
        lines=lines,
    )


def at_locations(levels: Levels, locations: Locations) -> dict[tuple[str, str], Decimal]:
    """(SKU, location) -> pieces that Amazon says lie there."""
    found: dict[tuple[str, str], Decimal] = {}
    for sku, states in levels.skus.items():
        for name, count in states.items():
            place = STATES[name].place
            if place is not None:
                key = (sku, locations.of(place))
                found[key] = found.get(key, Decimal(0)) + count
    return found


def _quantities(row: Any, states: Mapping[str, str]) -> Quantities:
    found: dict[str, Decimal] = {}
    for name, state in states.items():
        if (count := getattr(row, name)) is not None:
            found[state] = found.get(state, Decimal(0)) + count
    return found


def _by_sku(found: Mapping[Any, Quantities]) -> Mapping[str, Quantities]:
    skus: dict[str, dict[str, Decimal]] = {}
    for (sku, *_), states in found.items():
        whole = skus.setdefault(sku, {})
        for state, count in states.items():
            whole[state] = whole.get(state, Decimal(0)) + count
    return skus
