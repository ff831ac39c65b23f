"""The application advice: X12 824, EDIFACT APERAK. What the partner's application made of a message whose syntax stood.

An 824 answers several documents, one OTI each, an APERAK exactly one: `by_document` and `by_item` are pure inverse
functions between the advice and that view of it, where all references stand in one list.
"""

from typing import Annotated, Literal

from pydantic import Field

from gateway.documents.base import Count, Lines, Record, Text
from gateway.documents.moment import Moment
from gateway.documents.party import Party

AdviceVerdict = Literal[
    "accepted", "accepted_with_errors", "accepted_with_changes", "partly_accepted", "rejected", "reported"
]
"""OTI01, BGM 1225. `reported`: errors are named and no verdict is given."""


class Reference(Record):
    """A document by its number; `kind` says in words which (invoice, purchase_order), or is the wire's own code."""

    kind: Text
    number: Text
    sent_at: Moment | None = None


class Note(Record):
    """A remark with its purpose (NTE)."""

    code: Text | None = None
    text: Text


class Subject(Record):
    """What an error is about, a line or an item: its number, of which kind, and more text about it (RFF behind ERC)."""

    kind: Text | None = None
    number: Text | None = None
    text: Lines = ()


class AdvisedError(Record):
    """One thing the application did not like.

    `code` is the wire's own (X12 647, EDIFACT 9321), of the list that `agency` keeps (3055). Where the partner says so:
    `ordinal` counts segments from the message header, which is 1, `position` elements from 1, `number` is the data
    element's, `value` what was wrong and `copied` another copy of it (TED08).
    """

    code: Text
    agency: Text | None = None
    text: Lines = ()
    tag: Text | None = None
    ordinal: Count | None = None
    position: Count | None = None
    number: Text | None = None
    value: Text | None = None
    copied: Text | None = None
    subject: Subject | None = None
    notes: tuple[Note, ...] = ()


class AnsweredFacts(Record):
    """What is said of one document: the verdict with the wire's own code, its message, and what is wrong."""

    verdict: AdviceVerdict
    code: Text | None = None
    references: tuple[Reference, ...] = ()
    errors: tuple[AdvisedError, ...] = ()


class AnsweredDocument(AnsweredFacts):
    """One document answered (OTI): `reference` names it, `references` name what else it is known by.

    `group_number`, `control_number`, `message` and `version` are those of its envelope (OTI08..11), `sender` and
    `receiver` the application ids there (OTI04, OTI05), `sent_at` its time (OTI06, OTI07).
    """

    reference: Reference
    sender: Text | None = None
    receiver: Text | None = None
    sent_at: Moment | None = None
    group_number: Text | None = None
    control_number: Text | None = None
    message: Text | None = None
    version: Text | None = None

    @property
    def is_rejected(self) -> bool:
        """Whether the partner will do nothing with it: refused, or faulted without a verdict."""
        return self.verdict == "rejected" or (self.verdict == "reported" and bool(self.errors))


class AdviceFacts(Record):
    """What an advice says of itself.

    `kind` is the wire's code for it (BGM 1001) of the list that `agency` keeps, `answers` an earlier one (BGN06). The
    parties are those of the advice, or, where it names buyer and vendor, those of the document it answers.
    """

    purpose: Literal["original", "replace", "duplicate", "response"] = "original"
    kind: Text | None = None
    agency: Text | None = None
    number: Text
    issued_at: Moment | None = None
    answers: Text | None = None
    text: Lines = ()
    sender: Party | None = None
    receiver: Party | None = None
    buyer: Party | None = None
    vendor: Party | None = None


class ApplicationAdvice(AdviceFacts):
    """The partner's answer on business level to one or more documents of ours."""

    items: Annotated[tuple[AnsweredDocument, ...], Field(min_length=1)]


class ApplicationAdviceByDocument(AdviceFacts, AnsweredFacts):
    """An advice as its APERAK reads: one document answered, named by the first of the references."""


def by_document(advice: ApplicationAdvice) -> ApplicationAdviceByDocument:
    """The advice on its first document; what more it has, an APERAK has no place for."""
    item = advice.items[0]
    answered = {name: getattr(item, name) for name in AnsweredFacts.model_fields}
    return ApplicationAdviceByDocument(
        **_facts(advice), **(answered | {"references": (item.reference, *item.references)})
    )


def by_item(view: ApplicationAdviceByDocument) -> ApplicationAdvice:
    """The advice with its one item again; ValidationError where no reference names the document."""
    answered = {name: getattr(view, name) for name in AnsweredFacts.model_fields}
    reference = {"reference": view.references[0]} if view.references else {}
    item = answered | reference | {"references": view.references[1:]}
    return ApplicationAdvice.model_validate(_facts(view) | {"items": [item]})


def _facts(advice: AdviceFacts) -> dict[str, object]:
    return {name: getattr(advice, name) for name in AdviceFacts.model_fields}
