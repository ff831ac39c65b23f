"""What can happen to a sale: one order of one buyer at a marketplace. Each is an entry of the journal, `sale-...`.

What reports say is kept as it was said; what we made of it (documents for the ERP, confirmations for Amazon) is kept
by the ids of the documents. Absent fields are left out, for there are many sales.
"""

from collections.abc import Mapping
from typing import Any

from gateway.documents.base import Instant, Number, Record, Text
from gateway.marketplace.refunds import Refund

CONFIRMED = frozenset({"unshipped", "partially_shipped", "shipped"})
"""Statuses of an order that is to be fulfilled, or is."""
STATUSES = CONFIRMED | {"pending", "cancelled", "unfulfillable"}
CHANNELS = frozenset({"fba", "merchant"})


class Destination(Record):
    """Where an order goes; name and street only where we ship it ourselves."""

    name: str = ""
    street: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


class ListedLine(Record):
    """An item of an order as a report lists it; prices are for all its pieces together."""

    line: Text
    sku: str = ""
    asin: str = ""
    status: str = ""
    quantity: Number | None = None
    price: Number | None = None
    tax: Number | None = None
    shipping: Number | None = None
    shipping_tax: Number | None = None
    gift_wrap: Number | None = None
    gift_wrap_tax: Number | None = None
    promotion: Number | None = None
    shipping_promotion: Number | None = None


class Listed(Record):
    """An orders report names the order; of several reports the one that Amazon updated last counts."""

    seen_at: Instant
    status: str
    channel: str
    marketplace: str
    purchased_at: Instant | None = None
    updated_at: Instant | None = None
    currency: str = ""
    service: str = ""
    destination: Destination = Destination()
    lines: tuple[ListedLine, ...] = ()
    lost: tuple[int, ...] = ()
    """Lines of the report that are of this order, and could not be read."""

    def says_the_same(self, other: "Listed") -> bool:
        """Whether both say the same of the order, whenever that was."""
        ours, theirs = (each.model_copy(update={"seen_at": self.seen_at, "updated_at": None}) for each in (self, other))
        return ours == theirs

    def is_older_than(self, other: "Listed") -> bool:
        """Whether Amazon updated the order since: reports overlap, and one that lay about says what was before."""
        return self.updated_at is not None and other.updated_at is not None and self.updated_at < other.updated_at


class PromisedItem(Record):
    """An item that we must ship: how many pieces were ordered, and how many are still to ship."""

    order_item: Text
    sku: str = ""
    ordered: Number
    to_ship: Number | None = None


class Promised(Record):
    """A report of actionable orders names the order: we must ship it, by `promised_at`, to this place."""

    promised_at: Instant | None = None
    service: str = ""
    destination: Destination = Destination()
    items: tuple[PromisedItem, ...] = ()


class Point(Record):
    """Something that is open about an order; with others of the same code and value it is one case.

    It is a case from `at` on; `text` says which part of the order it is about, `due_at` until when.
    """

    code: Text
    value: str = ""
    text: str = ""
    at: Instant | None = None
    due_at: Instant | None = None

    @property
    def list(self) -> tuple[str, str]:
        """The list of orders that it puts the order on."""
        return self.code, self.value


class Held(Record):
    """Everything that is open about the order, as it is now: see points.py."""

    points: tuple[Point, ...] = ()


class Posted(Record):
    """A sales order went to the ERP; `pieces` by SKU of the ERP are those that it takes out of our stock."""

    document: Text
    revision: int = 0
    flag: str = ""
    pieces: Mapping[str, Number] = {}
    short: tuple[str, ...] = ()
    """SKUs of which there was too little in stock then."""


class Booked(Record):
    """The ERP has booked it."""

    number: Text | None = None
    tax_code: Text | None = None


class Refused(Record):
    """The ERP has refused it."""

    message: str


class ShippedItem(Record):
    """So many pieces that Amazon shipped. `item` is Amazon's id of this item of the shipment."""

    item: Text
    order_item: str = ""
    sku: Text
    quantity: Number


class Shipped(Record):
    """Amazon shipped items of an FBA order."""

    shipment: Text
    shipped_at: Instant
    marketplace: str = ""
    carrier: str = ""
    tracking: str = ""
    items: tuple[ShippedItem, ...]


class Fulfilled(Record):
    """An item fulfilment went to the ERP for these items of a shipment."""

    shipment: Text
    items: tuple[Text, ...]
    document: Text


class RefundedLine(Record):
    """One amount of a refund: what was paid back is negative."""

    sku: str = ""
    order_item: str = ""
    kind: str
    amount: Number


class Refunded(Record):
    """A settlement says that money was paid back."""

    settlement: Text
    adjustment: str = ""
    marketplace: str = ""
    posted_at: Instant
    currency: str
    lines: tuple[RefundedLine, ...]

    @property
    def key(self) -> str:
        """What it is known by, unless another settlement has the same: the adjustment, else the settlement."""
        return self.adjustment or self.settlement

    @classmethod
    def of(cls, refund: Refund, settlement: str) -> "Refunded":
        """The event of a refund that a settlement tells."""
        said = {name: value for name, value in refund._asdict().items() if name not in ("order", "lines")}
        lines = tuple(RefundedLine(**line._asdict()) for line in refund.lines)
        return cls(settlement=settlement, lines=lines, **said)


class Credited(Record):
    """A credit memo went to the ERP for a refund."""

    refund: Text
    document: Text


class Returned(Record):
    """A buyer sent pieces back to Amazon. `key` tells this return from others of the order."""

    key: Text
    returned_at: Instant
    sku: Text
    quantity: Number
    disposition: str = ""


class Restocked(Record):
    """A stock adjustment went to the ERP for a return."""

    key: Text
    document: Text


class Confirmed(Record):
    """The ERP said that we shipped it, and Amazon was told. `items` are pieces by order item."""

    shipment: Text
    revision: int = 0
    shipped_at: Instant
    items: Mapping[str, Number]
    document: Text


class Unconfirmable(Record):
    """The ERP said that we shipped it, but Amazon could not be told: why. It ends with the next confirmation."""

    shipment: Text
    revision: int = 0
    missing: tuple[Text, ...]
    document: Text


Event = (
    Listed
    | Promised
    | Held
    | Posted
    | Booked
    | Refused
    | Shipped
    | Fulfilled
    | Refunded
    | Credited
    | Returned
    | Restocked
    | Confirmed
    | Unconfirmable
)

EVENTS: Mapping[str, type[Event]] = {
    "sale-listed": Listed,
    "sale-promised": Promised,
    "sale-held": Held,
    "sale-posted": Posted,
    "sale-booked": Booked,
    "sale-refused": Refused,
    "sale-shipped": Shipped,
    "sale-fulfilled": Fulfilled,
    "sale-refunded": Refunded,
    "sale-credited": Credited,
    "sale-returned": Returned,
    "sale-restocked": Restocked,
    "sale-confirmed": Confirmed,
    "sale-unconfirmable": Unconfirmable,
}
"""Name in the journal -> event. `sale-settled` is the one that many sales share: its body has totals by order."""

SETTLED = "sale-settled"
_NAMES = {event: name for name, event in EVENTS.items()}


def name_of(event: Event) -> str:
    """The name of an event in the journal."""
    return _NAMES[type(event)]


def write_event(event: Event) -> dict[str, Any]:
    """The event as JSON values; what is as by default is left out."""
    return event.model_dump(mode="json", exclude_defaults=True)


def read_event(name: str, body: Mapping[str, Any]) -> Event:
    """The event of an entry. Raises KeyError for another name."""
    return EVENTS[name].model_validate(body)
