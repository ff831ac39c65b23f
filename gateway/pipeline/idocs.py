"""IDocs on the ERP's shore: what the journal knows for the SAP shore (erp/sap.py), and what it keeps of each IDoc.

Every IDoc that we write has a number of ours, drawn in the transaction, and SAP's word on it comes back under that
number. SAP numbers its own: one number with one content is one IDoc, however often its file comes; with another content
it is a conflict. SAP knows no revisions: what comes under a known number and says something else is the next one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from gateway.catalogue import Items, Location
from gateway.catalogue.gaps import Gap
from gateway.documents import (
    ErpDocument,
    ErpInvoice,
    ErpOrderResponse,
    PostingResult,
    SalesOrder,
    Shipment,
    StockTransfer,
)
from gateway.erp.sap import SapRead, SapShore
from gateway.errors import ConfigError
from gateway.findings import Finding, Severity, find
from gateway.journal.records import Document
from gateway.lifecycle.problems import Problem
from gateway.pipeline.chronicle import has_later, state_of
from gateway.pipeline.desk import ERP_CHANNEL, Desk
from gateway.pipeline.erp_said import DOCNUMS, Said, Written, nothing
from gateway.pipeline.outgoing import KINDS, MESSAGES, number_of
from gateway.sap.known import Origin
from gateway.sap.masters import MasterRows
from gateway.sap.statuses import SapResult

_NUMBERED = (ErpOrderResponse, Shipment, ErpInvoice)
_TAKEN, _STATUS = "idoc-taken", "idoc-status"


def shore_of(desk: Desk) -> SapShore:
    """The SAP shore of an instance.

    Raises ConfigError without [erp.sap], where an IDoc is wanted: reading a config has refused that.
    """
    if desk.config.erp.sap is None:
        raise ConfigError("an IDoc needs the table [erp.sap]", file=str(desk.config.file))
    return SapShore(desk.config.erp.sap, desk.mappings.idocs)


def write_idoc(document: ErpDocument, shore: SapShore, desk: Desk) -> Written | tuple[Gap, ...]:
    """A document as an IDoc under its number, or what keeps it from being one: no number is drawn then."""
    known = Memory(desk)
    if gaps := shore.gaps(document, known):
        return gaps
    number = f"{desk.tx.draw(DOCNUMS, shore.profile.start_at):016}"
    written = shore.write(document, number, desk.now, known)
    return Written(name=written.name, data=written.data, number=number)


def read_idocs(data: bytes, shore: SapShore, desk: Desk) -> Iterator[Said]:
    """What the IDocs of a file say; one that came before says nothing new, or is a conflict."""
    for read in shore.read(data, Memory(desk)):
        refused = tuple(each for each in read.findings if each.severity is Severity.REJECT)
        before = [entry.body for entry in desk.tx.events(_subject(read), prefix=_TAKEN)]
        if refused and not read.partial:
            yield Said(findings=refused, place=read.place)
        elif not before:
            # One part of it that is wrong keeps no other back; put again, it is read again for what was wrong.
            yield replace(_said(read, desk), findings=refused, done=nothing) if refused else _said(read, desk)
        elif before[-1]["content"] == read.content:
            desk.note("erp-document-repeated", {"docnum": read.docnum, "sender": read.sender}, _subject(read))
        else:
            text = f"IDoc {read.docnum} of {read.sender} came before with other content; SAP never uses a number twice"
            yield Said(findings=(find("revision-conflict", text),), place=read.place)


def _said(read: SapRead, desk: Desk) -> Said:
    documents: list[ErpDocument] = []
    findings: list[Finding] = []
    for said in read.said:
        heard = _hear_status(said, desk) if isinstance(said, SapResult) else said
        if isinstance(heard, Finding):
            findings.append(heard)
        elif heard is not None and not isinstance(heard, MasterRows) and not _is_overtaken(heard, read, desk):
            documents.append(_with_revision(heard, desk))
    body = {"docnum": read.docnum, "message": read.message_type, "content": read.content, "created": read.created}
    about = (_subject(read), *(_line_of(document) for document in documents if isinstance(document, _NUMBERED)))
    return Said(
        documents=tuple(documents),
        rows=tuple(said for said in read.said if isinstance(said, MasterRows)),
        findings=tuple(findings),
        place=read.place,
        done=lambda: desk.note(_TAKEN, body, *about),
    )


def _is_overtaken(document: ErpDocument, read: SapRead, desk: Desk) -> bool:
    """Whether SAP has said it anew since: files are found in any order, and a file may be put again after days."""
    if not isinstance(document, _NUMBERED):
        return False
    taken = desk.tx.events(_line_of(document), prefix=_TAKEN)
    if not any((entry.body["created"], entry.body["docnum"]) > (read.created, read.docnum) for entry in taken):
        return False
    desk.note("idoc-overtaken", {"docnum": read.docnum, "sender": read.sender}, _subject(read), _line_of(document))
    return True


def _line_of(document: ErpOrderResponse | Shipment | ErpInvoice) -> str:
    """Under what all that SAP has said of one delivery, invoice or order is found."""
    return f"idocs:{document.document}:{document.partner}:{number_of(document)}"


def _subject(read: SapRead) -> str:
    return f"idoc:{read.sender}:{read.docnum}"


def _hear_status(said: SapResult, desk: Desk) -> PostingResult | Finding | None:
    """What SAP says of an IDoc of ours: as a posting result, or None where it decides nothing.

    It decides nothing while the IDoc waits there. Of a document that has gone again under a newer number, that SAP
    posts the older IDoc after all counts, for then it is booked; that it refuses it does not.
    """
    sent = desk.tx.dispatches(channel=ERP_CHANNEL, control_number=said.docnum)
    if not sent or sent[-1].document_id is None:
        text = f"SAP says {said.status} of IDoc {said.docnum}, which we never sent"
        return find("erp-document-unreadable", text, value=said.status)
    document = desk.tx.document(sent[-1].document_id)
    subject = f"document:{document.id}"
    before = {entry.body["docnum"] for entry in desk.tx.events(subject, prefix=_STATUS) if entry.body["booked"]}
    body = {"docnum": said.docnum, "status": said.status, "number": said.number, "message": said.message}
    desk.note(_STATUS, {**body, "booked": said.result == "booked"}, subject, *desk.tx.entry(document.id).subjects)
    if said.result == "booked" and before - {said.docnum}:
        _tell_booked_twice(document, said, before, desk)
        return None
    if said.result is None or (said.result == "refused" and document.control_number != said.docnum):
        return None
    if said.result == "booked" and _is_old(document, desk):
        return None
    key = str(desk.tx.body_of(document.id)["id"])
    return PostingResult(id=key, result=said.result, number=said.number, message=said.message)


def _is_old(document: Document, desk: Desk) -> bool:
    """Whether a later revision of a sales order has been made: only what SAP says of that one books the order."""
    return document.type == "sales-order" and has_later(document, desk.tx)


def _tell_booked_twice(document: Document, said: SapResult, before: set[str], desk: Desk) -> None:
    desk.tell(
        Problem(
            key=f"document:{document.id}:booked-twice",
            code="booked-after-all",
            owner="finance" if document.type in ("journal-entry", "credit-memo") else "operations",
            message=f"SAP has posted {document.type} {document.business_number} twice: as IDoc "
            f"{', '.join(sorted(before - {said.docnum}))}, and as {said.docnum}"
            + (f" under {said.number}" if said.number else ""),
            remedy="take one of the two back in SAP, then close this case",
            subjects=(f"document:{document.id}", *desk.tx.entry(document.id).subjects),
        )
    )


def _with_revision(document: ErpDocument, desk: Desk) -> ErpDocument:
    """A document of SAP under its revision: 0 when it is the first of its number, the last one where it says the same.

    The same once more is a correction all the same where the partner has rejected what was sent of it: somebody in SAP
    repeated the output on purpose.
    """
    if not isinstance(document, _NUMBERED):
        return document
    number = number_of(document)
    known = desk.tx.documents(type=document.document, direction="in", partner=document.partner, business_number=number)
    if not known:
        return document
    last = max(known, key=lambda each: each.revision)
    again = document.model_copy(update={"revision": last.revision})
    if desk.tx.body_of(last.id) == again.model_dump(mode="json") and not _is_rejected(document, number, desk):
        return again
    return document.model_copy(update={"revision": last.revision + 1})


def _is_rejected(document: ErpOrderResponse | Shipment | ErpInvoice, number: str, desk: Desk) -> bool:
    partner = desk.config.partners.get(document.partner)
    if partner is None:
        return False
    message = MESSAGES[partner.format][KINDS[document.document]]
    sent = desk.tx.documents(type=message, direction="out", partner=partner.name, business_number=number, limit=1)
    return bool(sent) and sent[-1].acknowledgement == "rejected"


@dataclass(frozen=True, slots=True)
class Memory:
    """What conversions look up (gateway.sap.known), answered from the masters and the journal."""

    desk: Desk

    @property
    def items(self) -> Items:
        """The item master."""
        return self.desk.items()[1]

    @property
    def locations(self) -> Sequence[Location]:
        """locations.csv."""
        return self.desk.locations()

    def sales_orders(self, partner: str, purchase_order: str) -> Sequence[SalesOrder]:
        """All revisions of an order that went to the ERP, the earliest first."""
        tx = self.desk.tx
        found = tx.documents(type="sales-order", direction="out", partner=partner, business_number=purchase_order)
        return [SalesOrder.model_validate(tx.body_of(each.id)) for each in found if tx.dispatches(document_id=each.id)]

    def partners_of(self, customer: str) -> Sequence[str]:
        """The partners and sellers whose customer account at the ERP this is."""
        config, sap = self.desk.config, self.desk.config.erp.sap
        customers = chain(
            ((name, account.customer) for name, each in config.partners.items() for account in each.accounts.values()),
            ((name, place.customer) for name, each in config.sellers.items() for place in each.marketplaces.values()),
        )
        sales = sap.sales if sap else {}
        numbers = ((name, sales[ours].number or ours if ours in sales else ours) for name, ours in customers)
        return list(dict.fromkeys(name for name, number in numbers if number.lstrip("0") == customer.lstrip("0")))

    def transfers(self, seller: str, shipment: str) -> Sequence[tuple[StockTransfer, str | None]]:
        """What went to the ERP of a shipment to Amazon, with the number it was booked under, the earliest first."""
        tx = self.desk.tx
        found = tx.documents(type="stock-transfer", direction="out", partner=seller, business_number=shipment)
        return [(StockTransfer.model_validate(tx.body_of(each.id)), self._booked_under(each.id)) for each in found]

    def _booked_under(self, document_id: str) -> str | None:
        said = self.desk.tx.events(f"document:{document_id}", prefix="posting-answered")
        booked = [entry.body["number"] for entry in said if entry.body["result"] == "booked"]
        return booked[-1] if booked else None

    def origin(self, document: ErpDocument) -> Origin:
        """The control numbers that a sales order's purchase order came under; `journal` is the id of the document."""
        journal = str(getattr(document, "id", ""))
        if not isinstance(document, SalesOrder):
            return Origin(journal=journal)
        state = state_of(self.desk.tx, document.partner, document.purchase_order)
        message_id = self.desk.tx.document(state.document).message_id if state else None
        if message_id is None:
            return Origin(journal=journal)
        message = self.desk.tx.message(message_id)
        interchange = self.desk.tx.interchange(message.interchange_id)
        return Origin(
            interchange=interchange.control_number,
            group=message.group_number or "",
            message=message.control_number,
            journal=journal,
        )
