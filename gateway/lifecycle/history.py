"""The names that events have in the journal, and the two ways between an event and its entry."""

from collections.abc import Mapping
from typing import Any

from gateway.lifecycle import events, goods, remittances, transmission
from gateway.lifecycle.events import Event

EVENTS: Mapping[str, type[Event]] = {
    "order-received": events.OrderReceived,
    "order-changed": events.OrderChanged,
    "account-missing": events.AccountMissing,
    "lines-resolved": events.LinesResolved,
    "line-rejected": events.LineRejected,
    "order-posted": events.OrderPosted,
    "order-booked": events.OrderBooked,
    "order-refused": events.OrderRefused,
    "order-cancelled": goods.OrderCancelled,
    "order-answered": goods.OrderAnswered,
    "goods-shipped": goods.GoodsShipped,
    "shipment-withdrawn": goods.ShipmentWithdrawn,
    "invoice-issued": goods.InvoiceIssued,
    "invoice-withdrawn": goods.InvoiceWithdrawn,
    "paid": remittances.InvoicePaid,
    "payment-withdrawn": remittances.PaymentWithdrawn,
    "drafted": transmission.DocumentDrafted,
    "judged": transmission.GateJudged,
    "sealed": transmission.DocumentSealed,
    "delivered": transmission.DocumentDelivered,
    "delivery-failed": transmission.DeliveryFailed,
    "resent": transmission.DocumentResent,
    "acknowledged": transmission.DocumentAcknowledged,
    "acknowledgement-overdue": transmission.AcknowledgementOverdue,
    "superseded": transmission.DocumentSuperseded,
    "gate-overridden": transmission.GateOverridden,
    "deadline-near": events.DeadlineNear,
    "deadline-passed": events.DeadlinePassed,
}
"""Name in the journal -> event."""

_NAMES = {event: name for name, event in EVENTS.items()}


def name_of(event: Event) -> str:
    """The name of an event in the journal, `order-received`."""
    return _NAMES[type(event)]


def write_event(event: Event) -> dict[str, Any]:
    """The event as JSON values."""
    return event.model_dump(mode="json")


def read_event(name: str, body: Mapping[str, Any]) -> Event:
    """The event of this name. Raises KeyError for a name that is none."""
    return EVENTS[name].model_validate(body)
