"""ERP documents as files: reading with findings, writing, names, and the JSON Schemas that are published of them.

`schemas/erp/*.schema.json` is printed from the models (scripts/export-schemas), so the contract an integrator reads and
the one the gateway keeps are the same; a test compares.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import ConfigDict, Discriminator, TypeAdapter, ValidationError

from gateway.documents.erp import ErpInvoice, ErpOrderResponse, PostingResult, SalesOrder, Shipment
from gateway.documents.fulfilment import DispatchConfirmation, ItemFulfilment
from gateway.documents.inventory import AvailabilityUpdate, InventorySnapshot, StockAdjustment, StockTransfer
from gateway.documents.ledger import CreditMemo, JournalEntry
from gateway.documents.seller import SellerDocument
from gateway.findings import Finding, find

ErpDocument = (
    SalesOrder
    | PostingResult
    | ErpOrderResponse
    | Shipment
    | ErpInvoice
    | JournalEntry
    | CreditMemo
    | ItemFulfilment
    | DispatchConfirmation
    | StockAdjustment
    | StockTransfer
    | InventorySnapshot
    | AvailabilityUpdate
)

KINDS: dict[str, type[ErpDocument]] = {
    "sales-order": SalesOrder,
    "posting-result": PostingResult,
    "order-response": ErpOrderResponse,
    "shipment": Shipment,
    "invoice": ErpInvoice,
    "journal-entry": JournalEntry,
    "credit-memo": CreditMemo,
    "item-fulfilment": ItemFulfilment,
    "dispatch-confirmation": DispatchConfirmation,
    "stock-adjustment": StockAdjustment,
    "stock-transfer": StockTransfer,
    "inventory-snapshot": InventorySnapshot,
    "availability-update": AvailabilityUpdate,
}
"""The word in the field `document` -> its model."""

_ADAPTER: TypeAdapter[ErpDocument] = TypeAdapter(
    Annotated[ErpDocument, Discriminator("document")], config=ConfigDict(defer_build=True)
)
_EXPECTED = {"string_too_short": "text that is not empty", "too_short": "at least one entry"}
_SHOWN = 60  # characters of a wrong value that a message repeats

# No document comes near either; a hostile one would cost a finding, a thousand bytes, for every few of its own.
_PARTS_AT_MOST = 1_000_000
_FIELDS_AT_MOST = 100


def read_erp(text: str | bytes) -> tuple[ErpDocument | None, tuple[Finding, ...]]:
    """The document in a file of the ERP, or None and what is wrong with it (`erp-document-unreadable`).

    Text is UTF-8, with or without a byte order mark. A field that comes twice is refused, since either may be meant.
    Of a list the first entry that is wrong is told, and of a document that could only be meant to harm nothing else.
    """
    data = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    data = data.removeprefix(b"\xef\xbb\xbf")
    if sum(data.count(mark) for mark in (b",", b":", b"[", b"{")) > _PARTS_AT_MOST:
        said = f"more than {_PARTS_AT_MOST} fields and entries; send fewer lines in one document"
        return None, (find("erp-document-unreadable", said),)
    fields = _Fields()
    fields.look_at(data)
    if fields.widest > _FIELDS_AT_MOST:
        said = f"an object of {fields.widest} fields; no document has one of more than {_FIELDS_AT_MOST}"
        return None, (find("erp-document-unreadable", said),)
    try:
        document = _ADAPTER.validate_json(data)
    except ValidationError as error:
        return None, tuple(_finding(detail) for detail in error.errors(include_url=False))
    said_twice = (f"{name}: the field comes twice; keep one" for name in fields.repeated)
    repeated = tuple(find("erp-document-unreadable", said) for said in said_twice)
    return (None, repeated) if repeated else (document, ())


def write_erp(document: ErpDocument) -> str:
    """The file of a document: JSON, indented to be read, with a line end."""
    return document.model_dump_json(indent=1, by_alias=True) + "\n"


def file_name(document: ErpDocument) -> str:
    """The name of a document's file: `sales-order.<partner>.<po>.json`, with `.<revision>` from the first revision on.

    Characters that mean something to a file system, and dots, are percent-encoded: a name is never a path, and no order
    number can take the name of another's revision.
    """
    if isinstance(document, SellerDocument):
        return ".".join([document.document, *(_escaped(part) for part in document.name_parts), "json"])
    parts = [document.document, *_NAMED_BY[document.document](document)]
    revision = getattr(document, "revision", 0)
    return ".".join([*(_escaped(part) for part in parts), *([str(revision)] if revision else []), "json"])


def schemas_of_erp() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each document by its name: of what we write for sales orders, of what we read for the rest."""
    return {name: _schema(name, model) for name, model in KINDS.items()}


def _schema(name: str, model: type[ErpDocument]) -> dict[str, Any]:
    schema = model.model_json_schema(mode="serialization" if model in _WRITTEN else "validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": name}


_WRITTEN = frozenset(model for model in KINDS.values() if model is SalesOrder or issubclass(model, SellerDocument))
"""What we write, and the ERP reads."""


def _posted(document: PostingResult) -> tuple[str, ...]:
    return tuple(document.id.split(":"))


_NAMED_BY: Mapping[str, Callable[[Any], tuple[str, ...]]] = {
    "sales-order": lambda d: (d.partner, d.purchase_order),
    "posting-result": _posted,
    "order-response": lambda d: (d.partner, d.purchase_order),
    "shipment": lambda d: (d.partner, d.shipment),
    "invoice": lambda d: (d.partner, d.invoice),
    "dispatch-confirmation": lambda d: (d.seller, d.order, d.shipment),
}


def _escaped(part: str) -> str:
    return quote(part, safe="").replace(".", "%2E").replace("~", "%7E")


def _finding(detail: Mapping[str, Any]) -> Finding:
    """One error of pydantic as a finding that names the field, what was expected and what came."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "json_invalid":
        return find("erp-document-unreadable", f"this is not JSON in UTF-8: {context['error']}")
    if kind.startswith("union_tag"):
        expected = "one of " + ", ".join(KINDS)
        return find("erp-document-unreadable", f"document: expected {expected}", expected=expected)
    # the first part of a place is the word in `document`, by which the model was chosen
    path = (
        "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"][1:]).lstrip(".")
        or "the file"
    )
    path = path if len(path) <= _SHOWN else path[:_SHOWN] + "…"
    if kind == "missing":
        return find("erp-document-unreadable", f"{path}: the field is missing")
    value = _shown(detail["input"])
    if kind == "extra_forbidden":
        return find("erp-document-unreadable", f"{path}: there is no such field; correct or remove it", value=value)
    expected = _EXPECTED.get(kind) or detail["msg"].removeprefix("Input should be ").removeprefix("expected ")
    return find("erp-document-unreadable", f"{path}: expected {expected}, not {value}", value=value, expected=expected)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


class _Fields:
    """The names of fields: which come twice in one object, and how many the widest object has.

    Of a field that comes twice JSON readers take one silently, and each in its way (RFC 8259, 4).
    """

    def __init__(self) -> None:
        self.repeated: dict[str, None] = {}
        self.widest = 0

    def look_at(self, data: bytes) -> None:
        """Walk through the objects; what is no JSON is left to the reader proper, which says why."""
        with suppress(ValueError, RecursionError):
            json.loads(data, object_pairs_hook=self.note, parse_int=str, parse_float=str)

    def note(self, pairs: list[tuple[str, Any]]) -> None:
        self.widest = max(self.widest, len(pairs))
        if len(dict(pairs)) < len(pairs):
            names = Counter(name for name, _ in pairs)
            self.repeated.update(dict.fromkeys(name for name, times in names.items() if times > 1))
