"""What the ERP brings: masters, effective at once for what waits for them, and word of what became of ours."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.catalogue.gaps import Owner
from gateway.catalogue.items import ITEMS
from gateway.catalogue.locations import LOCATIONS
from gateway.catalogue.masters import Master
from gateway.catalogue.stock import STOCK
from gateway.catalogue.terms import TERMS
from gateway.documents import (
    DispatchConfirmation,
    ErpDocument,
    ErpInvoice,
    ErpOrderResponse,
    PostingResult,
    Shipment,
)
from gateway.erp.base import Collected, Kind
from gateway.errors import Conflict, NotFound
from gateway.findings import Finding, find
from gateway.lifecycle.problems import Problem
from gateway.lifecycle.subjects import subject_of
from gateway.pipeline import orders, outgoing
from gateway.pipeline.chronicle import orders_of, state_of
from gateway.pipeline.desk import ERP_CHANNEL, Desk
from gateway.pipeline.erp_forms import read
from gateway.pipeline.judging import Source, orders_named
from gateway.pipeline.labelling import give_labels
from gateway.pipeline.nearest import no_order
from gateway.pipeline.reasons import case_code, place_of, remedy_of, told_together
from gateway.pipeline.refusals import Receipt, tell_rows
from gateway.pipeline.remittances import keep_invoice
from gateway.pipeline.selling import posting, sales
from gateway.pipeline.selling.bank import take_statement
from gateway.pipeline.selling.dispatch_confirmations import take_confirmation
from gateway.pipeline.selling.pushes import mark_all
from gateway.pipeline.selling.sales_state import sale_subject
from gateway.sap.masters import MasterRows

_MASTERS: dict[Kind, Master[Any]] = {
    Kind.ITEMS: ITEMS,
    Kind.LOCATIONS: LOCATIONS,
    Kind.TERMS: TERMS,
    Kind.STOCK: STOCK,
}


def take(collected: Collected, desk: Desk) -> Receipt:
    """Take one file of the ERP: a master or a document."""
    arrival = collected.arrival
    file = desk.tx.store_file(arrival.data, direction="in", channel=ERP_CHANNEL, name=arrival.label)
    receipt = Receipt(file.id, arrival.label)
    if collected.kind is Kind.BANK:
        take_statement(arrival.label, arrival.data, receipt, desk)
    elif collected.kind.is_master:
        take_master(collected.kind, arrival.label, arrival.data, receipt, desk)
    else:
        hear_document(arrival.label, arrival.data, receipt, desk)
    return receipt


def take_master(kind: Kind, label: str, data: bytes, receipt: Receipt, desk: Desk) -> None:
    """Add or replace the rows a file names; rows that cannot be read are one case, and leave the others standing."""
    master = _MASTERS[kind]
    rows, findings = master.read(data)
    _update(kind, [master.cells(row) for row in rows], findings, label, receipt, desk)


def _take_rows(said: MasterRows, label: str, receipt: Receipt, desk: Desk) -> None:
    """Rows of a master that came as a document, such as a material of SAP."""
    _update(Kind(said.kind), said.rows, said.findings, label, receipt, desk)


def _update(
    kind: Kind,
    rows: Sequence[Mapping[str, str]],
    findings: Sequence[Finding],
    label: str,
    receipt: Receipt,
    desk: Desk,
) -> None:
    changed = desk.tx.update_master(kind.value, rows, receipt.file_id)
    if changed:
        sales.hear_masters(kind, desk)
    if changed or kind is Kind.STOCK:  # stock that is told again as it was may have orders in it that it had not
        mark_all(desk)
    owner: Owner = "item data" if kind is Kind.ITEMS else "operations"
    tell_rows(f"master:{kind.value}:{label}", owner, findings, label, receipt, desk)


def hear_document(label: str, data: bytes, receipt: Receipt, desk: Desk) -> None:
    """Take what a file of the ERP says, in whatever form it is written."""
    for said in read(data, desk):
        place = f"{label}, {said.place}" if said.place else label
        if said.findings:
            refuse(place, together(said.findings), receipt, desk)
        for rows in said.rows:
            _take_rows(rows, place, receipt, desk)
        heard = [hear(document, place, receipt, desk) for document in said.documents]  # each, whatever the others are
        if all(heard) and not said.findings:
            said.done()


def together(findings: Sequence[Finding]) -> Finding:
    """Several findings of one document as one, that tells them all, up to five."""
    return replace(findings[0], message=told_together([finding.message for finding in findings]))


def hear(document: ErpDocument, label: str, receipt: Receipt, desk: Desk) -> bool:
    """Hand one document to whoever knows what it means, or say why that cannot be. Whether it was taken."""
    taker = _TAKERS.get(type(document))
    if taker is None:
        text = f"{document.document} documents go to the ERP, and never come from it"
        refuse(label, find("erp-document-unreadable", text), receipt, desk)
        return False
    try:
        taker(document, label, receipt, desk)
    except NotFound as unknown:
        refuse(label, find("erp-document-unreadable", str(unknown)), receipt, desk)
        return False
    except Conflict as conflict:
        refuse(label, find("revision-conflict", str(conflict)), receipt, desk, about=_orders_in(document, desk))
        return False
    return True


def take_result(result: PostingResult, label: str, receipt: Receipt, desk: Desk) -> None:
    """What became of a sales order, or of a document of a seller."""
    posted = posting.hear(result, desk)
    if posted is not None:
        subjects = desk.tx.entry(posted.id).subjects
        _store(result, label, posted.partner, posted.business_number, subjects, receipt, desk)
        return
    sold = sales.hear_result(result, desk)
    if sold is not None:
        sale, document = sold
        subjects = (sale_subject(sale.seller, sale.order),)
        _store(result, label, sale.seller, sale.order, subjects, receipt, desk, account=document.account)
        return
    state = orders.book(result, desk)
    subjects = (subject_of(state.partner, state.purchase_order),)
    _store(result, label, state.partner, state.purchase_order, subjects, receipt, desk, account=state.account)


def take_source(document: Source, label: str, receipt: Receipt, desk: Desk) -> None:
    """An answer, a shipment, an invoice: the source of a document for the partner.

    The same revision with the same content is a repeat. Raises Conflict where it has other content, or where a higher
    revision came before; NotFound where it names a partner or an order that nobody knows.
    """
    partner = desk.config.partners.get(document.partner)
    if partner is None:
        raise NotFound(f"there is no partner {document.partner}; config.toml has {', '.join(desk.config.partners)}")
    number = outgoing.number_of(document)
    named = orders_named(document) or _orders_before(document, number, desk)
    if not named:
        raise NotFound(f"{document.document} {number} names no order")
    states = [state_of(desk.tx, partner.name, order) for order in named]
    for order, state in zip(named, states, strict=True):
        if state is None:
            raise NotFound(no_order(order, partner.name, desk.tx))
    if isinstance(document, Shipment):
        document = give_labels(document, next((state.account for state in states if state), None), desk)
    if _is_repeat(document, number, desk):
        desk.note("erp-document-repeated", {"file": label}, *(subject_of(partner.name, order) for order in named))
        return
    kind = outgoing.KINDS[document.document]
    if not orders_named(document):
        outgoing.check_withdrawal(kind, number, named, partner, desk)
    outgoing.message_of(kind, partner, desk)
    subjects = (*(subject_of(partner.name, order) for order in named), *outgoing.subjects_of(kind, number, partner))
    account = next((state.account for state in states if state), None)
    document_id = _store(document, label, partner.name, number, subjects, receipt, desk, account=account)
    if isinstance(document, ErpOrderResponse):
        orders.hear_answer(document, partner, desk)
    if orders_named(document):
        outgoing.take(document, document_id, partner, desk)
    else:
        outgoing.withdraw(document, document_id, named, partner, desk)
    for order in named:
        orders.go_on(partner, order, desk)
    if isinstance(document, ErpInvoice):
        keep_invoice(partner.name, number, desk)


def _orders_before(document: Source, number: str, desk: Desk) -> list[str]:
    """The orders that an earlier revision was about: one without packs, or without lines, takes it back."""
    known = desk.tx.documents(type=document.document, direction="in", partner=document.partner, business_number=number)
    if not known or isinstance(document, ErpOrderResponse):
        return []
    return orders_of(desk.tx.entry(known[-1].id).subjects, document.partner)


def _is_repeat(document: Source, number: str, desk: Desk) -> bool:
    """Whether this revision came before as it is. Raises Conflict where it came otherwise, or a higher one did."""
    known = desk.tx.documents(type=document.document, direction="in", partner=document.partner, business_number=number)
    if any(
        each.revision == document.revision and desk.tx.body_of(each.id) == document.model_dump(mode="json")
        for each in known
    ):
        return True
    highest = max((each.revision for each in known), default=-1)
    if document.revision <= highest:
        what = f"{document.document} {number} revision {document.revision}"
        raise Conflict(f"{what} came before with other content: a correction has a higher revision than {highest}")
    return False


def _store(
    document: ErpDocument,
    label: str,
    partner: str,
    number: str,
    subjects: Iterable[str],
    receipt: Receipt,
    desk: Desk,
    account: str | None = None,
) -> str:
    return desk.tx.store_document(
        type=document.document,
        direction="in",
        partner=partner,
        account=account,
        business_number=number,
        revision=getattr(document, "revision", 0),
        body=document.model_dump(mode="json"),
        file_id=receipt.file_id,
        file=label,
        subjects=subjects,
    )


def _orders_in(document: ErpDocument, desk: Desk) -> tuple[str, ...]:
    """The subjects of the orders that a document of the ERP names and that are known."""
    if (
        not isinstance(document, ErpOrderResponse | Shipment | ErpInvoice)
        or document.partner not in desk.config.partners
    ):
        return ()
    known = (number for number in orders_named(document) if state_of(desk.tx, document.partner, number))
    return tuple(subject_of(document.partner, number) for number in known)


def refuse(label: str, finding: Finding, receipt: Receipt, desk: Desk, about: tuple[str, ...] = ()) -> None:
    """A document of the ERP that cannot be used: quarantine, and a case for whoever runs the ERP's side."""
    receipt.refuse(finding, label)
    problem = Problem(
        key=f"erp:{desk.tx.file(receipt.file_id).sha256}{label.removeprefix(receipt.name)}",
        code=case_code(finding.code),
        owner="IT",
        message=f"{label}: {finding.message}",
        remedy=remedy_of(finding.code),
        subjects=(f"file:{receipt.file_id}", *about),
        evidence={"place": place_of(finding, label), "code": finding.code},
    )
    desk.tell(problem)


_TAKERS: dict[type, Callable[[Any, str, Receipt, Desk], None]] = {
    PostingResult: take_result,
    DispatchConfirmation: take_confirmation,
    ErpOrderResponse: take_source,
    Shipment: take_source,
    ErpInvoice: take_source,
}
