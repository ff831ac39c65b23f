"""The states of goods at Amazon, and where the ERP has them: a location for each, and none that a pick list knows.

| state | sellable | valued | location |
|---|---|---|---|
| sellable | yes | yes | the marketplace's `fba_location` |
| reserved.* | no | yes | `reserved` |
| unsellable | no | written down | `unsellable` |
| inbound.shipped, inbound.receiving | no | yes | `in_transit` |
| researching | no | yes, flagged | `researching` |
| inbound.working | no | in our own warehouse | none: still ours, and not at Amazon |
| future | no | no | none: not there yet |

`afn-total` counts goods on their way too, and is never a quantity of anything here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gateway.documents.inventory import StockState

Place = Literal["sellable", "reserved", "unsellable", "in_transit", "researching"]


@dataclass(frozen=True, slots=True)
class State:
    """A state: its word in documents, the detail beside it, and how goods in it count. `place` None: not at Amazon."""

    name: str
    state: StockState | None
    detail: str | None
    place: Place | None
    sellable: bool
    valued: bool


@dataclass(frozen=True, slots=True)
class Locations:
    """The ERP's locations for goods at Amazon; `sellable` is that of one marketplace, the others are the seller's."""

    sellable: str
    reserved: str
    unsellable: str
    in_transit: str
    researching: str

    def of(self, place: Place) -> str:
        """The location for goods that are in this place."""
        location: str = getattr(self, place)
        return location

    @property
    def all(self) -> tuple[str, ...]:
        """Every one of them."""
        return (self.sellable, self.reserved, self.unsellable, self.in_transit, self.researching)


STATES: Mapping[str, State] = {
    state.name: state
    for state in (
        State("sellable", "sellable", None, "sellable", sellable=True, valued=True),
        State("reserved", "reserved", None, "reserved", sellable=False, valued=True),
        State("reserved.customer_order", "reserved", "customer_order", "reserved", sellable=False, valued=True),
        State("reserved.transfer", "reserved", "transfer", "reserved", sellable=False, valued=True),
        State("reserved.processing", "reserved", "processing", "reserved", sellable=False, valued=True),
        State("unsellable", "unsellable", None, "unsellable", sellable=False, valued=False),
        State("inbound.working", "inbound", "working", None, sellable=False, valued=False),
        State("inbound.shipped", "inbound", "shipped", "in_transit", sellable=False, valued=True),
        State("inbound.receiving", "inbound", "receiving", "in_transit", sellable=False, valued=True),
        State("researching", "researching", None, "researching", sellable=False, valued=True),
        State("future", None, None, None, sellable=False, valued=False),
    )
}
"""Every state by its name, in the order in which they are shown."""


def place_of_disposition(disposition: str) -> Place:
    """Where goods of a disposition of Amazon's lie: sellable ones, and all others: CUSTOMER_DAMAGED, DEFECTIVE, ..."""
    return "sellable" if disposition.strip().upper() in ("SELLABLE", "") else "unsellable"
