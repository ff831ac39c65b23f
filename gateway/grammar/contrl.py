"""Findings to a CONTRL: the syntax report on one EDIFACT interchange (ISO 9735, EANCOM's reading of it).

UCI 7 alone says that all is well. A UCM 4 names each message that did not stand, with a UCS for each segment and a UCD
for each element in error; a UCF stands only for a group with something to tell. What stands is accepted by silence,
also with warnings, for a CONTRL has no "with errors"; beside a fault that rejects they are told. An interchange refused
as a whole is UCI 4. Each segment of the answer carries one code of list 0085. UCS counts segments from UNH, which is 1,
and tells a missing one at the segment before the gap; UCD counts the tag as 1, so that the first element is 2.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.findings import Finding, Severity
from gateway.syntax.edifact_envelope import EdifactGroup, EdifactInterchange

_MISSING = "mandatory-segment-missing"
_UNSTATED = "18"
_ABSENT = "-"  # for what the standard wants copied and the sender did not write
_SEGMENTS_AT_MOST, _ELEMENTS_AT_MOST = 999, 99  # UCS under one UCM, UCD under one UCS
_PLACES_AT_MOST = 999  # 0098 and 0104 have three digits
_SERVICE = frozenset({"UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"})  # what 0013 may name

Party = Sequence[str]
"""Id, qualifier and, of an interchange, routing address; '' or nothing where there is none."""


@dataclass(frozen=True)
class Reported:
    """A message as its findings leave it: 0062, S009 (type, version, release, agency, association) and its findings."""

    control_number: str
    identifier: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_rejected(self) -> bool:
        """Some finding rejects it."""
        return any(finding.severity is Severity.REJECT for finding in self.findings)


@dataclass(frozen=True)
class ReportedGroup:
    """A group (UNG) with its reference, its parties as (id, qualifier), its findings and its messages."""

    control_number: str
    sender: Party
    receiver: Party
    findings: tuple[Finding, ...]
    messages: tuple[Reported, ...]


def parties_of(opened: EdifactInterchange | EdifactGroup) -> tuple[Party, Party]:
    """Sender and receiver as a report copies them: what S002 and S003, or S006 and S007, say, nothing released."""
    sender, receiver = (tuple(opened.component(element, at) for at in (1, 2, 3)) for element in (2, 3))
    return sender, receiver


def can_report(control_number: str, sender: Party, receiver: Party) -> bool:
    """Whether there is what UCI must copy: reference and parties. Without it the sender is told by other means."""
    return bool(control_number and sender and sender[0] and receiver and receiver[0])


def report_interchange(
    control_number: str,
    sender: Party,
    receiver: Party,
    findings: Iterable[Finding],
    messages: Iterable[Reported] = (),
    groups: Iterable[ReportedGroup] = (),
) -> dict[str, Any]:
    """The content of a CONTRL, with the field names of a FunctionalAcknowledgement.

    Sender and receiver are those of the interchange answered, unchanged: id, qualifier, routing address. On its level
    held is not taken, so what would hold it refuses it.
    """
    fault = next((finding for finding in findings if finding.severity is not Severity.WARN), None)
    told = [] if fault else [_group(group, sender, receiver) for group in groups]
    return {
        "control_number": control_number,
        **_party("sender", sender),
        **_party("receiver", receiver),
        **_verdict(fault),
        "messages": [] if fault else _refused(messages),
        "groups": [group for group in told if group["verdict"] == "rejected" or group["messages"]],
    }


def _group(group: ReportedGroup, sender: Party, receiver: Party) -> dict[str, Any]:
    """A group; where its header names no parties, those of the interchange are meant (ISO 9735-1, UNG)."""
    fault = next(_rejecting(group.findings), None)
    return {
        "control_number": group.control_number or _ABSENT,
        **_party("sender", (group.sender if group.sender[0] else sender)[:2], 2),
        **_party("receiver", (group.receiver if group.receiver[0] else receiver)[:2], 2),
        **_verdict(fault),
        "messages": _refused(group.messages),
    }


def _party(name: str, party: Party, count: int = 3) -> dict[str, str | None]:
    texts = (*party, "", "")[:count]
    keys = (name, f"{name}_scheme", f"{name}_routing")
    return {key: text or None for key, text in zip(keys, texts, strict=False)}


def _refused(messages: Iterable[Reported]) -> list[dict[str, Any]]:
    return [_message(message) for message in messages if message.is_rejected]


def _message(message: Reported) -> dict[str, Any]:
    kind, version, release, agency, association = (*message.identifier, *[""] * 5)[:5]
    around = [finding for finding in _rejecting(message.findings) if not finding.numbers.segment]
    inside = [finding for finding in message.findings if finding.numbers.segment]
    return {
        "message": kind or _ABSENT,
        "control_number": message.control_number or _ABSENT,
        "version": version or _ABSENT,
        "release": release or _ABSENT,
        "agency": agency or _ABSENT,
        "association": association or None,
        **_verdict(around[0] if around else None),
        "verdict": "rejected",
        "segments": _segments(inside),
    }


def _segments(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """A note for each segment in error, in order; one whose elements are wrong has no code of its own."""
    notes: dict[tuple[int, str], dict[str, Any]] = {}
    for finding in findings:
        ordinal = (finding.segment or 1) - (finding.code == _MISSING)
        code = "" if finding.numbers.element else finding.numbers.contrl
        note = notes.setdefault((ordinal, code), {"ordinal": ordinal, "code": code or None, "elements": []})
        if not code and (finding.element or 0) < _PLACES_AT_MOST:
            element = {"code": finding.numbers.contrl, **_place(finding)}
            if element not in note["elements"]:
                note["elements"].append(element)
    for note in notes.values():
        note["elements"].sort(key=lambda element: (element["position"], element["component"] or 0))
        del note["elements"][_ELEMENTS_AT_MOST:]
    return sorted(notes.values(), key=lambda note: note["ordinal"])[:_SEGMENTS_AT_MOST]


def _place(finding: Finding) -> dict[str, int | None]:
    """Element and component as S011 counts them."""
    component = finding.component if finding.component and finding.component <= _PLACES_AT_MOST else None
    return {"position": (finding.element or 0) + 1, "component": component}


def _rejecting(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.severity is Severity.REJECT)


def _verdict(fault: Finding | None) -> dict[str, Any]:
    """What becomes of an interchange, group or message: its fault's code, and the service segment it was found in."""
    if fault is None:
        return {"verdict": "accepted", "codes": [], "service": None}
    service = None
    if fault.tag in _SERVICE and (fault.tag != "UNH" or fault.element):  # UNH alone stands for the whole message
        service = {"tag": fault.tag, **(_place(fault) if fault.element else {})}
    return {"verdict": "rejected", "codes": [fault.numbers.contrl or _UNSTATED], "service": service}
