"""The documents a mapping may speak of, and views: two pure inverse functions between a document and its other tree."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.documents import (
    ApplicationAdvice,
    ApplicationAdviceByDocument,
    FunctionalAcknowledgement,
    Invoice,
    OrderResponse,
    PurchaseOrder,
    PurchaseOrderChange,
    Remittance,
    ShipNotice,
    ShipNoticeByLevel,
    ShipNoticeByOrder,
    by_document,
    by_item,
    by_level,
    by_order,
    by_pack,
    date_last,
    date_shipped,
    from_levels,
)


@dataclass(frozen=True)
class View:
    """`turn` makes the viewed document for writing, `turn_back` the document again after reading."""

    name: str
    model: type[BaseModel]
    turn: Callable[[Any], BaseModel]
    turn_back: Callable[[Any], BaseModel]


DOCUMENTS: dict[str, type[BaseModel]] = {
    model.__name__: model
    for model in (
        PurchaseOrder,
        PurchaseOrderChange,
        OrderResponse,
        ShipNotice,
        Invoice,
        Remittance,
        FunctionalAcknowledgement,
        ApplicationAdvice,
    )
}

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("by_order", ShipNoticeByOrder, by_order, by_pack),
        View("by_level", ShipNoticeByLevel, by_level, from_levels),
        View("by_document", ApplicationAdviceByDocument, by_document, by_item),
        View("dated_once", OrderResponse, date_last, date_shipped),
    )
}
