"""How a document of ours stands on its way: drafted, sealed, delivered, answered, superseded. A fold over its events.

Users know three statuses. *Validation* says what its gate found when it was last judged. *Delivery* and
*acknowledgement* follow the two tables here, which docs/gates.md prints. What a table has no row for changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gateway.documents.base import Count, Instant, Text
from gateway.lifecycle.acknowledgement import Answered, after
from gateway.lifecycle.copying import changed
from gateway.lifecycle.events import Event, HeldLine

Kind = Literal["order-response", "ship-notice", "invoice"]
Delivery = Literal["none", "queued", "delivered", "in_doubt", "failed"]
Acknowledgement = Literal["none_expected", "awaited", "accepted", "accepted_with_errors", "rejected", "overdue"]


class DocumentDrafted(Event):
    """A document of ours is wanted. `document` is the draft, `source` what the ERP said, None where nobody asked it."""

    document: Text
    source: Text | None = None
    kind: Kind
    message: Text
    number: Text
    revision: Count


class GateJudged(Event):
    """Its gate was asked, and found other than before. `waits_for` is what must happen before its turn comes.

    `orders` are all that it concerns, `due_at` is when it must have left; `silent` are the ship notices that it waits
    for and of which the partner says nothing in his time.
    """

    document: Text
    gaps: tuple[HeldLine, ...] = ()
    waits_for: tuple[Text, ...] = ()
    orders: tuple[Text, ...] = ()
    due_at: Instant | None = None
    silent: tuple[Text, ...] = ()


class DocumentSealed(Event):
    """It passed its gate and lies in the outbox; `awaited` says whether an answer will come."""

    document: Text
    purpose: Text
    awaited: bool
    sealed_at: Instant


class DocumentDelivered(Event):
    """It has its final name at the far end."""

    document: Text


class DeliveryFailed(Event):
    """It could not be delivered, and nobody tries again until a person says so.

    In doubt it may have arrived: the far end is asked again, and an answer to it is the proof.
    """

    document: Text
    in_doubt: bool = False


class DocumentResent(Event):
    """The same bytes go once more, because a person said so, or because there is no sign that they arrived."""

    document: Text
    who: Text
    why: Text


class DocumentAcknowledged(Event):
    """The partner answered it: `sent` is ours, `answer` his, `by` its message, with findings in a sentence each."""

    sent: Text
    answer: Text
    by: Text
    verdict: Text
    findings: tuple[Text, ...] = ()


class AcknowledgementOverdue(Event):
    """No answer came in the time that the guide gives."""

    document: Text


class DocumentSuperseded(Event):
    """A later revision stands in its place: it does not leave any more."""

    document: Text
    by: Text | None = None


class GateOverridden(Event):
    """A person lets it go in spite of its gaps: these rules of this draft block no longer. Kept and shown for ever."""

    document: Text
    rules: tuple[Text, ...]
    who: Text
    why: Text


DELIVERY: Mapping[tuple[Delivery, type[Event]], Delivery] = {
    ("none", DocumentSealed): "queued",
    ("queued", DocumentDelivered): "delivered",
    ("queued", DeliveryFailed): "failed",
    ("in_doubt", DocumentDelivered): "delivered",
    ("in_doubt", DocumentAcknowledged): "delivered",
    ("in_doubt", DeliveryFailed): "failed",
    ("in_doubt", DocumentResent): "queued",
    ("delivered", DeliveryFailed): "failed",
    ("failed", DocumentDelivered): "delivered",
    ("failed", DocumentResent): "queued",
    ("delivered", DocumentResent): "queued",
}
"""From which status a document comes into which by what; a failure in doubt has a table of its own."""

IN_DOUBT: Mapping[Delivery, Delivery] = {"queued": "in_doubt", "in_doubt": "in_doubt", "failed": "in_doubt"}
"""What a failure in doubt makes of a document; one that was held may have been sent after a backup was made."""

ACKNOWLEDGEMENT: Mapping[tuple[Acknowledgement, type[Event]], Acknowledgement] = {
    ("none_expected", DocumentSealed): "awaited",
    ("awaited", AcknowledgementOverdue): "overdue",
    ("overdue", DocumentResent): "awaited",
    ("rejected", DocumentResent): "awaited",
}
"""The same for answers that do not come; one that comes (DocumentAcknowledged) gives its own status in every state. An
answer is awaited only where one will come."""


@dataclass(frozen=True)
class Transmission:
    """One document of ours. `standing` is the partner's answer that counts."""

    document: str
    source: str | None
    kind: Kind
    message: str
    number: str
    revision: int
    purpose: str | None = None
    sealed_at: datetime | None = None
    delivery: Delivery = "none"
    acknowledgement: Acknowledgement = "none_expected"
    standing: Answered | None = None
    is_superseded: bool = False
    overridden: tuple[GateOverridden, ...] = field(default=())
    judged: GateJudged | None = None

    @property
    def is_sealed(self) -> bool:
        """Whether it has a control number: it is said, whatever becomes of it."""
        return self.delivery != "none"

    @property
    def has_left(self) -> bool:
        """Whether it is said and the partner did not refuse it: for him, what he refused never left."""
        return self.is_sealed and self.acknowledgement != "rejected"

    @property
    def waits(self) -> bool:
        """Whether it has not left and still might."""
        return not self.is_sealed and not self.is_superseded

    @property
    def is_refused(self) -> bool:
        """Whether the partner refused it and nothing stands in its place yet."""
        return self.acknowledgement == "rejected" and not self.is_superseded

    def stands(self, policy: str) -> bool:
        """Whether what it says counts with the partner: accepted; delivered where no answer comes or none is asked for.

        `policy` is "delivered" or "accepted".
        """
        if self.acknowledgement in ("accepted", "accepted_with_errors"):
            return True
        enough = policy == "delivered" or self.acknowledgement == "none_expected"
        return enough and self.delivery == "delivered" and self.acknowledgement != "rejected"

    @property
    def gaps(self) -> tuple[HeldLine, ...]:
        """What its gate last found; what a person has overridden warns."""
        found = self.judged.gaps if self.judged else ()
        return tuple(gap.model_copy(update={"severity": "warn"}) if gap.rule in self.allowed else gap for gap in found)

    @property
    def blocking(self) -> tuple[HeldLine, ...]:
        """The gaps that keep it back."""
        return tuple(gap for gap in self.gaps if gap.severity == "block")

    @property
    def allowed(self) -> frozenset[str]:
        """The rules that a person has overridden for it."""
        return frozenset(rule for event in self.overridden for rule in event.rules)


def begin(event: DocumentDrafted) -> Transmission:
    """A draft."""
    return Transmission(
        document=event.document,
        source=event.source,
        kind=event.kind,
        message=event.message,
        number=event.number,
        revision=event.revision,
    )


def advance(at: Transmission, event: Event) -> Transmission:
    """The document after an event of its own."""
    if isinstance(event, DeliveryFailed) and event.in_doubt:
        delivery = IN_DOUBT.get(at.delivery, at.delivery)
    else:
        delivery = DELIVERY.get((at.delivery, type(event)), at.delivery)
    acknowledgement = ACKNOWLEDGEMENT.get((at.acknowledgement, type(event)), at.acknowledgement)
    at = changed(at, delivery=delivery)
    match event:
        case DocumentSealed():
            awaited = acknowledgement if event.awaited else at.acknowledgement
            return changed(at, purpose=event.purpose, sealed_at=event.sealed_at, acknowledgement=awaited)
        case DocumentAcknowledged():
            standing = after(at.standing, Answered(event.verdict, event.by, event.findings))
            return changed(at, standing=standing, acknowledgement=standing.status)
        case GateJudged():
            return changed(at, judged=event)
        case DocumentSuperseded():
            return changed(at, is_superseded=True)
        case GateOverridden():
            return changed(at, overridden=(*at.overridden, event))
    return changed(at, acknowledgement=acknowledgement)


OWN_EVENTS = (
    GateJudged,
    DocumentSealed,
    DocumentDelivered,
    DeliveryFailed,
    DocumentResent,
    DocumentAcknowledged,
    AcknowledgementOverdue,
    DocumentSuperseded,
    GateOverridden,
)
"""The events that change a document that is drafted."""


def document_of(event: Event) -> str:
    """The document of ours that an event of OWN_EVENTS is about."""
    return event.sent if isinstance(event, DocumentAcknowledged) else str(getattr(event, "document"))  # noqa: B009
