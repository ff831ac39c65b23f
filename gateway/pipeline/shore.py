"""What the ERP brings: masters, effective at once for what waits for them, and word of what became of ours."""

from collections.abc import Callable
from typing import Any

from gateway.catalogue.items import ITEMS
from gateway.catalogue.locations import LOCATIONS
from gateway.catalogue.masters import Master
from gateway.catalogue.stock import STOCK
from gateway.catalogue.terms import TERMS
from gateway.documents import PostingResult, read_erp
from gateway.erp.base import Collected, Kind
from gateway.errors import NotFound
from gateway.findings import Finding, find
from gateway.lifecycle.problems import Problem, subject_of
from gateway.pipeline import orders
from gateway.pipeline.desk import ERP_CHANNEL, Desk
from gateway.pipeline.reasons import place_of, remedy_of
from gateway.pipeline.refusals import Receipt

_MASTERS: dict[Kind, Master[Any]] = {
    Kind.ITEMS: ITEMS,
    Kind.LOCATIONS: LOCATIONS,
    Kind.TERMS: TERMS,
    Kind.STOCK: STOCK,
}
_SHOWN = 5


def take(collected: Collected, desk: Desk) -> Receipt:
    """Take one file of the ERP: a master or a document."""
    arrival = collected.arrival
    file = desk.tx.store_file(arrival.data, direction="in", channel=ERP_CHANNEL, name=arrival.label)
    receipt = Receipt(file.id, arrival.label)
    if collected.kind.is_master:
        take_master(collected.kind, arrival.label, arrival.data, receipt, desk)
    else:
        take_document(arrival.label, arrival.data, receipt, desk)
    return receipt


def take_master(kind: Kind, label: str, data: bytes, receipt: Receipt, desk: Desk) -> None:
    """Add or replace the rows a file names; rows that cannot be read are one case, and leave the others standing."""
    master = _MASTERS[kind]
    rows, findings = master.read(data)
    desk.tx.update_master(kind.value, [master.cells(row) for row in rows], receipt.file_id)
    key = f"master:{kind.value}:{label}"
    if findings:
        said = "; ".join(finding.message for finding in findings[:_SHOWN])
        more = f" (and {len(findings) - _SHOWN} more)" if len(findings) > _SHOWN else ""
        problem = Problem(
            key=key,
            code="row-unreadable",
            owner="item data" if kind is Kind.ITEMS else "operations",
            message=f"{label}: {said}{more}",
            remedy=remedy_of("row-unreadable"),
            subjects=(f"file:{receipt.file_id}",),
        )
        desk.tell(problem)
        receipt.refuse(findings[0], label)
    else:
        for case in desk.tx.open_cases(key_prefix=key):
            desk.tx.close_case(case.id, "the file came again without such rows", "gateway")


def take_document(label: str, data: bytes, receipt: Receipt, desk: Desk) -> None:
    """Hand a document of the ERP to the lifecycle, or say why that cannot be."""
    document, findings = read_erp(data)
    if document is None:
        refuse(label, findings[0], receipt, desk)
        return
    handler = _HANDLERS.get(type(document))
    if handler is None:
        text = f"{document.document} documents are not handled by this version"
        refuse(label, find("erp-document-unreadable", text), receipt, desk)
        return
    try:
        handler(document, desk)
    except NotFound as unknown:
        refuse(label, find("erp-document-unreadable", str(unknown)), receipt, desk)
        return
    partner, _, number = getattr(document, "id", "").partition(":")
    desk.tx.store_document(
        type=document.document,
        direction="in",
        partner=partner,
        business_number=number,
        body=document.model_dump(mode="json"),
        file_id=receipt.file_id,
        file=label,
        subjects=(subject_of(partner, number),),
    )


def refuse(label: str, finding: Finding, receipt: Receipt, desk: Desk) -> None:
    """A document of the ERP that cannot be used: quarantine, and a case for whoever runs the ERP's side."""
    receipt.refuse(finding, label)
    problem = Problem(
        key=f"erp:{desk.tx.file(receipt.file_id).sha256}",
        code=finding.code,
        owner="IT",
        message=f"{label}: {finding.message}",
        remedy=remedy_of(finding.code),
        subjects=(f"file:{receipt.file_id}",),
        evidence={"place": place_of(finding, label)},
    )
    desk.tell(problem)


_HANDLERS: dict[type, Callable[[Any, Desk], None]] = {PostingResult: orders.book}
