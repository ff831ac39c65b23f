"""The functional acknowledgement: X12 997, EDIFACT CONTRL. It says whether the syntax stood, down to the element.

X12 answers a functional group (AK1, AK9), CONTRL an interchange (UCI) and names the parties again. Codes are the
standards' own: what a finding is called there is the business of findings.CODES.
"""

from typing import Literal

from gateway.documents.base import Count, Record, Text

Verdict = Literal["accepted", "accepted_with_errors", "partly_accepted", "rejected", "received"]
"""AK501 and AK901: A, E, P, R; UCI and UCM 0083: 7 acknowledged, 4 rejected, 8 received (judged later)."""


class ElementNote(Record):
    """One element in error (AK4, UCD): its position from 1, component from 1, data element number, code and value."""

    position: Count
    component: Count | None = None
    number: Text | None = None
    code: Text
    value: Text | None = None


class SegmentNote(Record):
    """One segment in error (AK3, UCS). `ordinal` counts from the message header, which is 1."""

    tag: Text | None = None
    ordinal: Count
    loop_id: Text | None = None
    code: Text | None = None
    elements: tuple[ElementNote, ...] = ()


class MessageAnswer(Record):
    """The verdict on one message (AK2 to AK5, UCM). `message` is its type, such as 850 or ORDERS."""

    message: Text
    control_number: Text
    verdict: Verdict
    codes: tuple[Text, ...] = ()
    segments: tuple[SegmentNote, ...] = ()


class FunctionalAcknowledgement(Record):
    """The verdict on a group (X12) or an interchange (EDIFACT), known by its control number.

    `group` is the functional id (AK101: PO, PR, ...). `declared`, `received` and `accepted` count messages (AK902..04).
    The parties of a CONTRL are those of the interchange it answers, in its direction.
    """

    group: Text | None = None
    control_number: Text
    verdict: Verdict
    declared: Count | None = None
    received: Count | None = None
    accepted: Count | None = None
    codes: tuple[Text, ...] = ()
    sender: Text | None = None
    sender_scheme: Text | None = None
    receiver: Text | None = None
    receiver_scheme: Text | None = None
    messages: tuple[MessageAnswer, ...] = ()
