"""The documents a mapping may speak of, and views: two pure inverse functions between a document and its other tree."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.documents import (
    FunctionalAcknowledgement,
    Invoice,
    OrderResponse,
    PurchaseOrder,
    ShipNotice,
    ShipNoticeByOrder,
    by_order,
    by_pack,
)


@dataclass(frozen=True)
class View:
    """`turn` makes the viewed document for writing, `turn_back` the document again after reading."""

    name: str
    model: type[BaseModel]
    turn: Callable[[Any], BaseModel]
    turn_back: Callable[[Any], BaseModel]


DOCUMENTS: dict[str, type[BaseModel]] = {
    model.__name__: model for model in (PurchaseOrder, OrderResponse, ShipNotice, Invoice, FunctionalAcknowledgement)
}

VIEWS: dict[str, View] = {"by_order": View("by_order", ShipNoticeByOrder, by_order, by_pack)}
