"""Which document becomes which IDoc, and which message of SAP becomes what: the two tables of the conversions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.catalogue.gaps import Gap
from gateway.documents.erp import SalesOrder
from gateway.documents.erp_file import ErpDocument
from gateway.documents.fulfilment import ItemFulfilment
from gateway.documents.inventory import StockAdjustment, StockTransfer
from gateway.documents.ledger import CreditMemo, JournalEntry
from gateway.documents.sap import (
    SapBilling,
    SapControl,
    SapDeliveries,
    SapDocument,
    SapMaterials,
    SapOrderResponse,
    SapStatus,
    SapStock,
    SapStockTransport,
    SapSystemStatus,
)
from gateway.findings import Finding
from gateway.sap.billings import from_sap_billing, orders_billed
from gateway.sap.deliveries import from_sap_delivery, orders_in
from gateway.sap.gaps import gap, unusable
from gateway.sap.journals import to_sap_credit, to_sap_journal
from gateway.sap.known import Known
from gateway.sap.masters import MasterRows, from_sap_material, from_sap_stock
from gateway.sap.movements import to_sap_adjustment, to_sap_fulfilment, to_sap_transfer
from gateway.sap.numbers import bare
from gateway.sap.orders import kind_of, to_sap_order
from gateway.sap.profile import SapProfile
from gateway.sap.responses import from_sap_response
from gateway.sap.senders import partner_of
from gateway.sap.statuses import SapResult, results_of, results_of_system
from gateway.sap.tables import Kind

Said = ErpDocument | SapResult | MasterRows
Heard = tuple[tuple[Said, ...], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSap:
    """A document as SAP's, and the kind of its IDoc."""

    kind: Kind
    document: SapDocument


def kinds_of(profile: SapProfile) -> frozenset[str]:
    """The documents that SAP has an IDoc for: credit memos only where they have an account to be posted against."""
    kinds = {"sales-order", "journal-entry", "stock-adjustment", "stock-transfer", "item-fulfilment"}
    return frozenset(kinds | ({"credit-memo"} if profile.refunds else set()))


def to_sap(document: ErpDocument, profile: SapProfile, known: Known, at: datetime) -> ToSap | tuple[Gap, ...]:
    """A document as SAP's, or what keeps it from being said, at least one gap."""
    found: SapDocument | None
    kind: Kind
    match document:
        case SalesOrder():
            kind = kind_of(document, known)
            found, gaps = to_sap_order(document, profile, known, at)
        case JournalEntry():
            kind = "journal-entry"
            found, gaps = to_sap_journal(document, profile)
        case CreditMemo():
            kind = "journal-entry"
            found, gaps = to_sap_credit(document, profile)
        case StockAdjustment():
            kind = "goods-movement"
            found, gaps = to_sap_adjustment(document, profile)
        case ItemFulfilment():
            kind = "goods-movement"
            found, gaps = to_sap_fulfilment(document, profile)
        case StockTransfer():
            found, gaps = to_sap_transfer(document, profile, known)
            kind = "stock-transport" if isinstance(found, SapStockTransport) else "goods-movement"
        case _:
            none = gap(
                "sap-no-idoc",
                f"SAP has no IDoc for a {document.document}",
                f'write it in another form: [erp] forms = {{ {document.document} = "json" }}',
            )
            return (none,)
    return gaps if found is None else ToSap(kind=kind, document=found)


# From SAP


def from_sap(document: Any, control: SapControl, profile: SapProfile, known: Known) -> Heard:
    """What a document of SAP says in ours, or why it is not understood. Raises KeyError for one that never comes."""
    return _FROM[type(document)](document, control, profile, known)


def _customers(partners: Iterable[tuple[str | None, str | None]], control: SapControl) -> tuple[str | None, ...]:
    """The customer that a document names: who ordered; where nobody is named, who the IDoc is for."""
    buyers = tuple(number for role, number in partners if role == "AG" and number)
    receiver = control.receiver
    return buyers or ((receiver.number,) if receiver and receiver.kind == "KU" else ())


def _response(document: SapOrderResponse, control: SapControl, profile: SapProfile, known: Known) -> Heard:
    order = document.customer_order.number if document.customer_order else None
    customers = _customers(((each.role, each.number) for each in document.partners), control)
    partner = partner_of(customers, [order] if order else [], profile, known)
    if isinstance(partner, Finding):
        return (), (partner,)
    answer, findings = from_sap_response(document, partner, profile, known)
    return ((answer,) if answer else ()), findings


def _deliveries(document: SapDeliveries, control: SapControl, profile: SapProfile, known: Known) -> Heard:
    """Each delivery stands for itself: one that is not understood keeps none of the others back."""
    said: list[Said] = []
    findings: list[Finding] = []
    for delivery in document.deliveries:
        customers = _customers(((each.role, each.number) for each in delivery.partners), control)
        partner = partner_of(customers, orders_in(delivery), profile, known)
        found, wrong = (
            ((), (partner,)) if isinstance(partner, Finding) else from_sap_delivery(delivery, partner, profile, known)
        )
        said += found
        name = f"delivery {bare(delivery.number or '?')}: " if len(document.deliveries) > 1 else ""
        findings += (replace(finding, message=f"{name}{finding.message}") for finding in wrong)
    return tuple(said), tuple(findings)


def _billing(document: SapBilling, control: SapControl, profile: SapProfile, known: Known) -> Heard:
    customers = _customers(((each.role, each.number) for each in document.partners), control)
    partner = partner_of(customers, orders_billed(document), profile, known)
    if isinstance(partner, Finding):
        return (), (partner,)
    invoice, findings = from_sap_billing(document, partner, profile, known)
    return ((invoice,) if invoice else ()), findings


def _status(document: SapStatus, _control: SapControl, _profile: SapProfile, _known: Known) -> Heard:
    results = results_of(document)
    return results, (() if results else (unusable("it names no IDoc (E1STATE DOCNUM)"),))


def _system_status(document: SapSystemStatus, _control: SapControl, _profile: SapProfile, _known: Known) -> Heard:
    results = results_of_system(document)
    return results, (() if results else (unusable("it names no IDoc (E1STATS DOCNUM)"),))


def _materials(document: SapMaterials, control: SapControl, profile: SapProfile, known: Known) -> Heard:
    found = [from_sap_material(material, profile, known.items, control.created_on) for material in document.materials]
    rows = MasterRows(
        kind="items",
        rows=tuple(row for each in found for row in each.rows),
        findings=tuple(finding for each in found for finding in each.findings),
    )
    return (rows,), ()


def _stock(document: SapStock, _control: SapControl, profile: SapProfile, known: Known) -> Heard:
    return (from_sap_stock(document, profile, known.items),), ()


_FROM: Mapping[type, Callable[[Any, SapControl, SapProfile, Known], Heard]] = {
    SapOrderResponse: _response,
    SapDeliveries: _deliveries,
    SapBilling: _billing,
    SapStatus: _status,
    SapSystemStatus: _system_status,
    SapMaterials: _materials,
    SapStock: _stock,
}
