"""The functional acknowledgement: X12 997 and 999, EDIFACT CONTRL. It says whether the syntax stood, to the element.

X12 answers a functional group (AK1, AK9), CONTRL an interchange (UCI) with its groups (UCF) and messages (UCM), and
names the parties again. Codes are the standards' own: what a finding is called there is the business of findings.CODES.
"""

from typing import Literal

from gateway.documents.base import Codes, Count, Record, Text

Verdict = Literal["accepted", "accepted_with_errors", "partly_accepted", "rejected", "received"]
"""AK501, IK501 and AK901: A, E, P, R; UCI, UCF and UCM 0083: 7 acknowledged, 4 rejected, 8 received (judged later)."""


class Context(Record):
    """What else a finding depends on (CTX of a 999): a named trigger, and the place that called for it.

    `position`, `component` and `repetition` count from 1; `number` and `component_number` are data element numbers.
    """

    name: Text
    value: Text | None = None
    tag: Text | None = None
    ordinal: Count | None = None
    loop_id: Text | None = None
    position: Count | None = None
    component: Count | None = None
    repetition: Count | None = None
    number: Text | None = None
    component_number: Text | None = None


class ElementNote(Record):
    """One element in error (AK4, IK4, UCD): its position, component from 1, data element number, code and value.

    `position` is the standard's own count: X12 calls the first element 1, CONTRL calls the tag 1 and the first element
    2 (ISO 9735, 0098).
    """

    position: Count
    component: Count | None = None
    repetition: Count | None = None
    number: Text | None = None
    code: Text
    value: Text | None = None
    contexts: tuple[Context, ...] = ()


class SegmentNote(Record):
    """One segment in error (AK3, IK3, UCS). `ordinal` counts from the message header, which is 1."""

    tag: Text | None = None
    ordinal: Count
    loop_id: Text | None = None
    code: Text | None = None
    contexts: tuple[Context, ...] = ()
    elements: tuple[ElementNote, ...] = ()


class ServiceNote(Record):
    """Where an envelope is at fault (UCI, UCF, UCM): the service segment (0013) and the place in it (S011).

    `position` counts the tag as 1 and so the first element as 2, `component` counts from 1.
    """

    tag: Text | None = None
    position: Count | None = None
    component: Count | None = None


class MessageAnswer(Record):
    """The verdict on one message (AK2 to AK5 or IK5, UCM). `message` is its type, such as 850 or ORDERS.

    What else an answer names it by: `convention` is AK203; `version`, `release`, `agency` and `association` are those
    of its UNH (D, 96A, UN, EAN008).
    """

    message: Text
    control_number: Text
    convention: Text | None = None
    version: Text | None = None
    release: Text | None = None
    agency: Text | None = None
    association: Text | None = None
    verdict: Verdict
    codes: Codes = ()
    service: ServiceNote | None = None
    segments: tuple[SegmentNote, ...] = ()


class GroupAnswer(Record):
    """The verdict on one group of an interchange (UCF), known by its reference and parties, and on its messages."""

    control_number: Text
    sender: Text
    sender_scheme: Text | None = None
    receiver: Text
    receiver_scheme: Text | None = None
    verdict: Verdict
    codes: Codes = ()
    service: ServiceNote | None = None
    messages: tuple[MessageAnswer, ...] = ()


class FunctionalAcknowledgement(Record):
    """The verdict on a group (X12) or an interchange (EDIFACT), known by its control number.

    `group` is the functional id (AK101: PO, PR, ...), `version` that of the group (AK103). `declared`, `received` and
    `accepted` count messages (AK902..04). The parties of a CONTRL are those of the interchange it answers, in its
    direction, with their routing addresses; its messages stand in `groups` where that interchange had groups.
    """

    group: Text | None = None
    control_number: Text
    version: Text | None = None
    verdict: Verdict
    declared: Count | None = None
    received: Count | None = None
    accepted: Count | None = None
    codes: Codes = ()
    service: ServiceNote | None = None
    sender: Text | None = None
    sender_scheme: Text | None = None
    sender_routing: Text | None = None
    receiver: Text | None = None
    receiver_scheme: Text | None = None
    receiver_routing: Text | None = None
    messages: tuple[MessageAnswer, ...] = ()
    groups: tuple[GroupAnswer, ...] = ()
