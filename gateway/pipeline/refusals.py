"""What is not taken: always a case for a person, and a file in quarantine with the reason beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.catalogue.gaps import Owner
from gateway.config import Partner
from gateway.findings import Finding, Severity
from gateway.lifecycle.problems import Problem
from gateway.lifecycle.subjects import subject_of
from gateway.pipeline.desk import Desk
from gateway.pipeline.reasons import place_of, reason_of, remedy_of, told_together
from gateway.syntax.envelope import Message
from gateway.syntax.interchanges import Interchange
from gateway.transports.base import Arrival
from gateway.transports.quarantine import Reason


@dataclass
class Receipt:
    """What became of a file: its id in the journal, its name, and why it, or a part of it, lies in quarantine."""

    file_id: str
    name: str
    reasons: list[Reason] = field(default_factory=list)

    def refuse(self, finding: Finding, within: str = "") -> None:
        """Something of the file was not taken."""
        self.reasons.append(reason_of(finding, within))


def tell_rows(key: str, owner: Owner, findings: Sequence[Finding], label: str, receipt: Receipt, desk: Desk) -> None:
    """Rows of a file that could not be read are one case, which closes when the file comes again without such."""
    if not findings:
        desk.close(key, "the file came again without such rows")
        return
    desk.tell(
        Problem(
            key=key,
            code="row-unreadable",
            owner=owner,
            message=f"{label}: {told_together([finding.message for finding in findings])}",
            remedy=remedy_of("row-unreadable"),
            subjects=(f"file:{receipt.file_id}",),
        )
    )
    receipt.refuse(findings[0], label)


def first_rejecting(findings: Sequence[Finding]) -> Finding:
    """The finding that a person should see first."""
    return next(finding for finding in findings if finding.severity is Severity.REJECT)


def refuse_file(finding: Finding, arrival: Arrival, receipt: Receipt, desk: Desk) -> None:
    """Something in a file is no interchange: a case, and the file goes to quarantine."""
    receipt.refuse(finding, arrival.label)
    desk.tell(
        Problem(
            key=f"file:{arrival.channel}:{desk.tx.file(receipt.file_id).sha256}:{finding.code}",
            code=finding.code,
            owner="IT",
            message=f"{arrival.label}: {finding.message}",
            remedy=remedy_of(finding.code),
            subjects=(f"file:{receipt.file_id}",),
            evidence=_evidence(finding, arrival.label, receipt),
        )
    )


def refuse_interchange(finding: Finding, interchange: Interchange, receipt: Receipt, desk: Desk) -> None:
    """A whole interchange is not taken: a case, and the file goes to quarantine."""
    within = f"interchange {interchange.opened.control_number}"
    receipt.refuse(finding, within)
    desk.tell(
        Problem(
            key=f"interchange:{interchange.key}:{finding.code}",
            code=finding.code,
            owner="IT",
            message=f"{within} from {interchange.opened.sender}: {finding.message}",
            remedy=remedy_of(finding.code),
            subjects=(f"file:{receipt.file_id}", f"interchange:{interchange.key}"),
            evidence=_evidence(finding, within, receipt),
        )
    )


def refuse_message(
    message: Message,
    findings: Sequence[Finding],
    interchange: Interchange,
    partner: Partner,
    answer_due_at: datetime,
    receipt: Receipt,
    desk: Desk,
) -> None:
    """A message is refused, which always is a case: an order that we refuse is an order lost."""
    finding = first_rejecting(findings)
    within = f"{message.type} {message.control_number}"
    receipt.refuse(finding, within)
    others = sum(f.severity is Severity.REJECT for f in findings) - 1
    more = f" (and {others} more)" if others else ""
    number = business_number(message)
    desk.tell(
        Problem(
            key=f"message:{interchange.key}:{message.control_number}:{message.offset}",
            code="message-refused",
            owner="operations",
            message=f"{message.type} {number or message.control_number} from {partner.name} was refused: "
            f"{finding.message}{more}",
            remedy=remedy_of(finding.code),
            subjects=(f"file:{receipt.file_id}", *((subject_of(partner.name, number),) if number else ())),
            due_at=answer_due_at,
            evidence=_evidence(finding, within, receipt),
        )
    )


def _evidence(finding: Finding, within: str, receipt: Receipt) -> dict[str, str]:
    """Where to look: in which file, which lies in quarantine, and at which place of it."""
    return {"code": finding.code, "place": place_of(finding, within), "file": receipt.name}


def still_refused(interchange: Interchange, desk: Desk) -> list[Reason]:
    """Why an interchange that comes again belongs in quarantine: its messages that were refused and wait for a person.

    It may come again because we died before it was put there.
    """
    cases = desk.tx.open_cases(key_prefix=f"message:{interchange.key}:")
    return [
        Reason(code=case.evidence["code"], message=case.message, place=case.evidence["place"], remedy=case.remedy)
        for case in cases
    ]


# Where the number of an order stands in the messages that bring or change one.
_NUMBERED = {"850": ("BEG", 3), "860": ("BCH", 3), "ORDERS": ("BGM", 2), "ORDCHG": ("BGM", 2)}


def business_number(message: Message) -> str | None:
    """The order number that a message names, as far as it can be told without reading it, for it may be refused."""
    if message.type not in _NUMBERED or len(message.segments) < 2:
        return None
    wanted, position = _NUMBERED[message.type]
    tag, *elements = message.segments[1].split(message.marks[0])
    return (elements[position - 1].strip() or None) if tag == wanted and len(elements) >= position else None
