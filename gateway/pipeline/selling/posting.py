"""Documents of a seller go to the ERP: stored, written as a file, put into the outbox; and what the ERP says of them.

Each has an `id`, `acme:journal-entry:31007264418`, which posting results repeat, and is posted once. What the ERP
refuses is kept and is a case. Money then waits for a person; stock goes again by itself, for a count that comes late is
worse than one that comes twice under the same id.
"""

from collections.abc import Iterable
from datetime import timedelta

from gateway.catalogue.gaps import Owner
from gateway.documents import PostingResult, write_erp
from gateway.documents.erp_file import ErpDocument, file_name
from gateway.documents.seller import SellerDocument
from gateway.journal.records import Document
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import AT_ONCE, ERP_CHANNEL, Desk

WAKES = "posting:"
"""Subjects that begin so are looked at again when a document that the ERP refused is to go once more."""

_OWNERS: dict[str, Owner] = {"journal-entry": "finance", "credit-memo": "finance"}
_AGAIN = frozenset({"stock-adjustment", "stock-transfer", "inventory-snapshot", "item-fulfilment"})
_WAIT = timedelta(hours=1)
_ATTEMPTS = 5


def posting_subject(key: str) -> str:
    """Under what everything about a document that was handed to the ERP is found, by its id."""
    return f"{WAKES}{key}"


def post(document: SellerDocument, desk: Desk, subjects: Iterable[str] = ()) -> str:
    """Hand a document to the ERP, once: the same id again is no second posting. Its id in the journal."""
    if (earlier := find_posted(document.id, desk)) is not None:
        return earlier.id
    kind = document.document
    about = tuple(dict.fromkeys((posting_subject(document.id), *subjects)))
    document_id = desk.tx.store_document(
        type=kind,
        direction="out",
        partner=document.seller,
        business_number=document.number,
        body=document.model_dump(mode="json", by_alias=True),
        delivery="queued",
        acknowledgement="awaited",
        subjects=about,
    )
    _queue(document, file_name(_written(document)), document_id, desk, about)
    return document_id


def find_posted(key: str, desk: Desk) -> Document | None:
    """The document that was handed to the ERP under this id."""
    stored = desk.tx.events(posting_subject(key), prefix="document-stored")
    return desk.tx.document(str(stored[0].seq)) if stored else None


def hear(result: PostingResult, desk: Desk) -> Document | None:
    """What became of a document of a seller; None where no such document was posted under this id."""
    document = find_posted(result.id, desk)
    if document is None:
        return None
    subject = posting_subject(result.id)
    body = {"result": result.result, "number": result.number, "message": result.message}
    said = desk.tx.events(subject, prefix="posting-answered")
    if said and said[-1].body == body:
        return document
    subjects = desk.tx.entry(document.id).subjects
    desk.note("posting-answered", body, *subjects, f"document:{document.id}")
    if result.result == "booked":
        desk.tx.update_document(document.id, acknowledgement="accepted")
        desk.tx.wake(subject, None)
        for case in desk.tx.open_cases(key_prefix=f"{subject}:refused"):
            desk.tx.close_case(case.id, "the ERP has booked it", "gateway")
        return document
    desk.tx.update_document(document.id, acknowledgement="rejected")
    again = document.type in _AGAIN and _attempts(subject, desk) < _ATTEMPTS
    if again:
        desk.tx.wake(subject, desk.now + _WAIT * 2 ** (_attempts(subject, desk) - 1))
    desk.tell(
        Problem(
            key=f"{subject}:refused",
            code="posting-refused",
            owner=_OWNERS.get(document.type, "operations"),
            message=f"the ERP refuses {document.type} {document.business_number}: "
            f"{result.message or 'without saying why'}",
            remedy="correct what the ERP says"
            + ("; it goes again by itself within hours, " if again else ", then send it again ")
            + f"with `gateway documents resend {document.id}`"
            + (" at once" if again else ""),
            subjects=subjects,
            evidence={"document": document.id},
        )
    )
    return document


def try_again(subject: str, desk: Desk) -> bool:
    """Hand a document to the ERP once more that it had refused. Whether it goes."""
    desk.tx.wake(subject, None)
    document = find_posted(subject.removeprefix(WAKES), desk)
    if document is None or document.acknowledgement != "rejected" or document.file is None:
        return False
    attempt = _attempts(subject, desk) + 1
    name = f"{document.file.removesuffix('.json')}.again-{attempt}.json"
    earlier = desk.tx.dispatches(document_id=document.id)[0]
    desk.note("posting-tried-again", {"document": document.id, "attempt": attempt}, subject)
    desk.tx.queue(
        channel=ERP_CHANNEL,
        name=name,
        data=desk.tx.bytes_of(earlier.file_id),
        document_id=document.id,
        next_at=AT_ONCE,
        subjects=desk.tx.entry(document.id).subjects,
    )
    desk.tx.update_document(document.id, delivery="queued", acknowledgement="awaited")
    return True


def _attempts(subject: str, desk: Desk) -> int:
    return 1 + len(desk.tx.events(subject, prefix="posting-tried-again"))


def _queue(document: SellerDocument, name: str, document_id: str, desk: Desk, subjects: Iterable[str]) -> None:
    data = write_erp(_written(document)).encode()
    desk.tx.queue(
        channel=ERP_CHANNEL, name=name, data=data, document_id=document_id, next_at=AT_ONCE, subjects=subjects
    )


def _written(document: SellerDocument) -> ErpDocument:
    return document  # type: ignore[return-value]  # the kinds of it are among the ERP's documents
