"""A toy SAP: the toy ERP with another hand. It reads our IDocs from its file port, and answers with its own.

An order is answered by the audit of its IDoc (ALEAUD), its confirmation (ORDRSP), deliveries (DELVRY07) and invoices
(INVOIC02). A document that is said again as it was is the same IDoc once more; one that is said anew has a new number.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.documents import ErpDocument, ErpInvoice, ErpOrderResponse, PostingResult, SalesOrder, Shipment
from gateway.documents.sap import SapControl, SapOrder, SapParty, SapState, SapStatus
from gateway.erp.sap import CONTROL, SapShore
from gateway.findings import Finding
from gateway.mapping.idocs import Idocs
from gateway.mapping.xml import read_element
from gateway.sap.numbers import bare, padded
from gateway.sap.profile import SapProfile
from gateway.simulate.toy_sap_said import billing_of, delivery_of, order_of, response_of, status_of
from gateway.syntax.idoc import read
from gateway.syntax.idoc_tree import Idoc

_TYPES = {"ALEAUD": "ALEAUD01", "ORDRSP": "ORDERS05", "DESADV": "DELVRY07", "INVOIC": "INVOIC02"}
_CUSTOMER = 10
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class SapWriting:
    """The hand of a toy SAP. `customers` are the partners by their number in SAP, without zeros before it."""

    def __init__(self, profile: SapProfile, idocs: Idocs, customers: Mapping[str, str]) -> None:
        """It keeps what it was handed, for its answers name it."""
        self._profile, self._idocs, self._customers = profile, idocs, customers
        self._shore = SapShore(profile, idocs)
        self._orders: dict[tuple[str, str], SalesOrder] = {}
        self._customer_of: dict[str, str] = {}
        self._docnums: dict[str, tuple[str, str]] = {}
        self._said: dict[tuple[Any, ...], tuple[str, bytes]] = {}
        self._deliveries: dict[str, str] = {}
        self._last = 500_000

    def read(self, data: bytes) -> SalesOrder | None:
        """The sales order in an IDoc; None for another document."""
        idoc = self._idoc(data)
        message = idoc.control("MESTYP")
        if message not in ("ORDERS", "ORDCHG"):
            return None
        body = idoc.root
        body.tag = "ORDERS05"
        head = body[0].find(CONTROL)
        body[0].remove(head)
        document = read_element(body, self._idocs.mapping("ORDERS")).document
        if not isinstance(document, SapOrder):
            return None
        customer = next((each.number for each in document.partners if each.role == "AG"), None) or ""
        partner = self._customers[bare(customer)]
        number = document.customer_order.number if document.customer_order else None
        before = self._orders.get((partner, number or ""))
        order = order_of(document, partner, before.revision + 1 if before else 0)
        self._orders[partner, order.purchase_order] = order
        self._customer_of[partner] = customer
        self._docnums[order.id] = (head.findtext("DOCNUM") or "", message)
        return order

    def write(self, document: ErpDocument, name: str) -> Iterable[tuple[str, bytes]]:
        """The IDoc that says a document; the same one where it has been said just so."""
        docnum, about = self._docnums.get(getattr(document, "id", ""), ("", ""))
        key = (document.model_dump_json(), docnum)
        if key not in self._said:
            message, said = self._in_sap(document, docnum, about)
            partner = getattr(document, "partner", None)
            self._said[key] = self._file(said, message, self._customer_of.get(partner or ""), name)
        stem, data = self._said[key]
        return [(stem, data)]

    def book(self, data: bytes, number: str, name: str) -> tuple[str, bytes]:
        """The audit that says that any IDoc has been booked under a number: journals, goods movements, orders."""
        idoc = self._idoc(data)
        result = PostingResult(id="?", result="booked", number=number)
        return self._file(status_of(result, idoc.control("DOCNUM"), idoc.control("MESTYP")), "ALEAUD", None, name)

    def audit(self, states: Iterable[SapState], name: str) -> tuple[str, bytes]:
        """An audit of several IDocs."""
        return self._file(SapStatus.model_validate({"audits": [{"states": tuple(states)}]}), "ALEAUD", None, name)

    def _idoc(self, data: bytes) -> Idoc:
        layouts = self._idocs.catalogue.layouts(dict(self._profile.segments), self._profile.release)
        found = read(data, layouts, self._profile.encoding)
        if isinstance(found, Finding):
            raise TypeError(found.message)
        return found[0]

    def _in_sap(self, document: ErpDocument, docnum: str, about: str) -> tuple[str, Any]:
        """A document as SAP's, with the message that carries it."""
        match document:
            case PostingResult():
                return "ALEAUD", status_of(document, docnum, about)
            case ErpOrderResponse():
                order = self._orders[document.partner, document.purchase_order]
                return "ORDRSP", response_of(document, order, self._customer_of[document.partner], self._profile)
            case Shipment():
                number = self._deliveries.setdefault(document.shipment, f"{80_000_001 + len(self._deliveries):010}")
                customer = self._customer_of[document.partner]
                return "DESADV", delivery_of(document, number, customer, self._of(document.partner), self._profile)
            case ErpInvoice():
                customer = self._customer_of[document.partner]
                return "INVOIC", billing_of(document, customer, self._of(document.partner), self._profile)
            case _:
                raise TypeError(f"a toy SAP says no {document.document}")

    def _of(self, partner: str) -> Mapping[str, SalesOrder]:
        return {number: order for (whose, number), order in self._orders.items() if whose == partner}

    def _file(self, said: Any, message: str, customer: str | None, name: str) -> tuple[str, bytes]:
        self._last += 1
        profile = self._profile
        ours = SapParty(port=profile.port, kind="LS", number=profile.system)
        if customer:
            ours = SapParty(port=profile.port, kind="KU", number=padded(customer, _CUSTOMER))
        control = SapControl(
            client=profile.client,
            number=f"{self._last:016}",
            direction="1",
            test="X" if profile.test else None,
            idoc_type=_TYPES[message],
            message=message,
            sender=SapParty(port=profile.sap_port, kind="LS", number=profile.sap_system),
            receiver=ours,
        )
        root, wrong = self._shore.make(said, control, message)
        if wrong:
            raise TypeError("; ".join(each.message for each in wrong))
        written = self._shore.file_of(root, control, _LONG_AGO)
        ending = written.name.rpartition(".")[2]
        return f"{name}.{ending}", written.data
