"""Findings to a CONTRL: the syntax report on one EDIFACT interchange (ISO 9735, EANCOM's reading of it).

UCI 7 alone says that all is well; a UCM 4 names each message that did not stand, with a UCS for each segment and a UCD
for each element in error; messages that stand are accepted by silence, also those with warnings, for a CONTRL has no
"with errors". An interchange that is refused as a whole is UCI 4. Each of them carries one code of list 0085. UCS counts
segments from UNH, which is 1, and a missing one is told at the segment before the gap; UCD counts the tag as 1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.findings import Finding, Severity

_DATA_AT_MOST = 99
_MISSING = "mandatory-segment-missing"
_UNSTATED = "18"


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
    sender: tuple[str, str]
    receiver: tuple[str, str]
    findings: tuple[Finding, ...]
    messages: tuple[Reported, ...]


def report_interchange(
    control_number: str,
    sender: Sequence[str],
    receiver: Sequence[str],
    findings: Iterable[Finding],
    messages: Iterable[Reported] = (),
    groups: Iterable[ReportedGroup] = (),
) -> dict[str, Any]:
    """The content of a CONTRL, with the field names of a FunctionalAcknowledgement.

    Sender and receiver are those of the interchange answered, unchanged: id, qualifier, routing address.
    """
    fault = _first_rejecting(findings)
    return {
        "control_number": control_number,
        **_party("sender", sender),
        **_party("receiver", receiver),
        "verdict": "rejected" if fault else "accepted",
        **_code(fault),
        "messages": [] if fault else _refused(messages),
        "groups": [] if fault else [_group(group) for group in groups],
    }


def _group(group: ReportedGroup) -> dict[str, Any]:
    fault = _first_rejecting(group.findings)
    return {
        "control_number": group.control_number,
        **{key: value for key, value in _party("sender", group.sender).items() if key != "sender_routing"},
        **{key: value for key, value in _party("receiver", group.receiver).items() if key != "receiver_routing"},
        "verdict": "rejected" if fault else "accepted",
        **_code(fault),
        "messages": [] if fault else _refused(group.messages),
    }


def _party(name: str, party: Sequence[str]) -> dict[str, str | None]:
    identity, scheme, routing = (*party, "", "", "")[:3]
    return {name: identity, f"{name}_scheme": scheme or None, f"{name}_routing": routing or None}


def _refused(messages: Iterable[Reported]) -> list[dict[str, Any]]:
    return [_message(message) for message in messages if message.is_rejected]


def _message(message: Reported) -> dict[str, Any]:
    kind, version, release, agency, association = (*message.identifier, "", "", "", "", "")[:5]
    rejecting = [finding for finding in message.findings if finding.severity is Severity.REJECT]
    inside = [finding for finding in rejecting if finding.numbers.segment]
    around = [finding for finding in rejecting if not finding.numbers.segment]
    return {
        "message": kind or "?",
        "control_number": message.control_number or "?",
        "version": version or None,
        "release": release or None,
        "agency": agency or None,
        "association": association or None,
        "verdict": "rejected",
        **_code(around[0] if around else None),
        "segments": _segments(inside),
    }


def _segments(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """A note for each segment in error; one whose elements are wrong has no code of its own."""
    notes: dict[tuple[int, str | None], dict[str, Any]] = {}
    for finding in findings:
        ordinal = (finding.segment or 1) - (finding.code == _MISSING)
        is_element = bool(finding.numbers.element)
        code = None if is_element else finding.numbers.contrl
        note = notes.setdefault((ordinal, code), {"ordinal": ordinal, "code": code, "elements": []})
        if is_element and len(note["elements"]) < _DATA_AT_MOST:
            element = {
                "position": (finding.element or 0) + 1,
                "component": finding.component,
                "code": finding.numbers.contrl,
            }
            if element not in note["elements"]:
                note["elements"].append(element)
    return sorted(notes.values(), key=lambda note: note["ordinal"])


def _first_rejecting(findings: Iterable[Finding]) -> Finding | None:
    return next((finding for finding in findings if finding.severity is Severity.REJECT), None)


def _code(finding: Finding | None) -> dict[str, Any]:
    """The code of a fault in an envelope, and the service segment and place it was found at."""
    if finding is None:
        return {"codes": []}
    position = finding.element + 1 if finding.element else None
    service = {"tag": finding.tag, "position": position, "component": finding.component} if finding.tag else None
    return {"codes": [finding.numbers.contrl or _UNSTATED], "service": service}
