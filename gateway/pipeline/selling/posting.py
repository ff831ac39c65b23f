"""Documents of a seller go to the ERP: stored, written as a file, put into the outbox; and what the ERP says of them.

Each has an `id`, `acme:journal-entry:31007264418`, which posting results repeat, and is posted once. What the ERP
refuses is kept and is a case. Money then waits for a person, who corrects the ERP and sends the same again under a
new name; stock goes again by itself, for a count that comes late is worse than one that comes twice under the same
id. What the ERP refused and Amazon has issued anew since is superseded: it never counted, and may not any more.
"""

from collections.abc import Iterable
from datetime import timedelta

from gateway.catalogue.gaps import Owner
from gateway.documents import ErpDocument, PostingResult
from gateway.documents.seller import SellerDocument
from gateway.journal import Journal, Transaction
from gateway.journal.records import Document
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk
from gateway.pipeline.erp_outbox import Handed, post_to_erp, post_to_erp_again

WAKES = "posting:"
"""Subjects that begin so are looked at again when a document that the ERP refused is to go once more."""

ANSWERED = frozenset(
    {
        *("journal-entry", "credit-memo", "item-fulfilment", "stock-adjustment", "stock-transfer"),
        *("inventory-snapshot", "sales-order"),
    }
)
"""The kinds of document of a seller that the ERP answers by a posting result."""

_SUPERSEDED = "posting-superseded"
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
    about = tuple(dict.fromkeys((posting_subject(document.id), *subjects)))
    handed = Handed(whose=document.seller, number=document.number, subjects=about)
    return post_to_erp(_written(document), handed, desk)


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
    if said and said[-1].body == body and document.acknowledgement != "awaited":
        return document  # the same answer twice, and nothing went again between them
    subjects = desk.tx.entry(document.id).subjects
    desk.note("posting-answered", body, *subjects, f"document:{document.id}")
    if result.result == "booked":
        desk.tx.update_document(document.id, acknowledgement="accepted")
        desk.tx.wake(subject, None)
        desk.close(f"{subject}:refused", "the ERP has booked it")
        if is_superseded(document, desk.tx):
            _tell_booked_after_all(document, subjects, desk)
        return document
    desk.tx.update_document(document.id, acknowledgement="rejected")
    if is_superseded(document, desk.tx):
        return document
    # An ERP that numbers what it was handed (an IDoc) keeps what it has refused, and may post it after all.
    is_kept_there = document.control_number is not None
    again = document.type in _AGAIN and not is_kept_there and _attempts(subject, desk) < _ATTEMPTS
    if again:
        desk.tx.wake(subject, desk.now + _WAIT * 2 ** (_attempts(subject, desk) - 1))
    desk.tell(
        Problem(
            key=f"{subject}:refused",
            code="posting-refused",
            owner=_OWNERS.get(document.type, "operations"),
            message=f"the ERP refuses {document.type} {document.business_number}: "
            f"{result.message or 'without saying why'}",
            remedy="correct in the ERP what it names, such as the period or the account"
            + ("; it goes again by itself within hours, " if again else ", then send the same entry again ")
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
    send_again(document, subject, desk)
    return True


def send_again(document: Document, subject: str, desk: Desk, **said: str) -> None:
    """Hand a document over once more, under a new name; `said` is who wants it, and why.

    What is known of it stands under `subject`. Its case stays open until the ERP has booked it.
    """
    desk.tx.wake(subject, None)
    attempt = _attempts(subject, desk) + 1
    about = dict.fromkeys((subject, f"document:{document.id}"))
    desk.note("posting-tried-again", {"document": document.id, "attempt": attempt, **said}, *about)
    post_to_erp_again(document, attempt, desk)


def supersede(document: Document, key: str, why: str, desk: Desk) -> None:
    """Give up a document that the ERP refused, for another stands in its place: it never counted."""
    subject = posting_subject(key)
    subjects = desk.tx.entry(document.id).subjects
    desk.note(_SUPERSEDED, {"document": document.id, "why": why}, *subjects, f"document:{document.id}")
    desk.tx.wake(subject, None)
    desk.close(f"{subject}:refused", why)


def is_superseded(document: Document, journal: Journal | Transaction) -> bool:
    """Whether another document stands in the place of this one, which the ERP had refused."""
    return bool(journal.events(f"document:{document.id}", prefix=_SUPERSEDED))


def _tell_booked_after_all(document: Document, subjects: tuple[str, ...], desk: Desk) -> None:
    desk.tell(
        Problem(
            key=f"document:{document.id}:booked-after-all",
            code="booked-after-all",
            owner=_OWNERS.get(document.type, "operations"),
            message=f"the ERP has booked {document.type} {document.business_number}, document {document.id}, which it "
            "had refused; another was issued in its place, and both count now",
            remedy="take this one back in the ERP, then close this case",
            subjects=subjects,
            evidence={"document": document.id},
        )
    )


def _attempts(subject: str, desk: Desk) -> int:
    return 1 + len(desk.tx.events(subject, prefix="posting-tried-again"))


def _written(document: SellerDocument) -> ErpDocument:
    return document  # type: ignore[return-value]  # the kinds of it are among the ERP's documents
