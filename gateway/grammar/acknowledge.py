"""Findings to functional acknowledgements: which verdict they mean, and where they say it was wrong.

The rules of X12 data elements 715 to 725: a message with a rejecting finding is R; one with findings that have a number
but do not reject is E; a group is A, E, P or R by its messages. Positions count ST as segment 1. One AK3 has one code,
so a segment both misplaced and wrong inside gets two; of one element each code is told once. What the partner sent is
echoed only as far as our own answer stays well formed, control numbers byte for byte. A 999 says more than a 997, and
005010 more than 004010: what an answer has no number for is told by the nearest, or left out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.findings import Finding, Severity

# What later versions have a number for and 004010 has not: too many repetitions or components (12, 13) are "too many"
# (3), and that a group's number is not unique (19) cannot be said. A type that does not belong in its group (18) is for
# a 997 one that is malformed (6), as its data element 718 has no 18.
_OLDER_ELEMENT = {"12": "3", "13": "3"}
_OLDER_GROUP = {"19": ""}
_OLDER_MESSAGE = {"18": "6"}
_CODES_AT_MOST = 5  # AK502..06, AK905..09
_ELEMENTS_AT_MOST = 99  # AK4 under one AK3, and AK401-1
_COUNT_AT_MOST = 6  # digits of AK902
_VALUE_AT_MOST = 99  # AK404
_NUMBER = re.compile(r"[0-9]{1,4}")  # AK402
_SAME = ("position", "component", "repetition", "code")
_VERSION_AT_MOST, _CONVENTION_AT_MOST = 12, 35  # AK103, AK203


@dataclass(frozen=True)
class Judged:
    """A message as its findings leave it: its type and control number, and everything found.

    `convention` is ST03, which only a 999 repeats.
    """

    message: str
    control_number: str
    findings: tuple[Finding, ...]
    convention: str = ""

    @property
    def is_rejected(self) -> bool:
        """Some finding rejects it."""
        return any(f.severity is Severity.REJECT for f in self.findings)


def acknowledge_group(
    kind: str,
    control_number: str,
    declared: str,
    messages: Sequence[Judged],
    findings: Iterable[Finding] = (),
    version: str = "004010",
    *,
    answer: str = "997",
    group_version: str = "",
) -> dict[str, Any]:
    """The content of a 997 or 999 for one group, with the field names of a FunctionalAcknowledgement.

    `declared` is GE01 as it came, `findings` those of the group itself; `version` is the one that the answer is written
    in, `group_version` GS08, which only a 999 repeats. Where the group is refused as a whole none of its messages is
    accepted, whatever their own verdicts, and only those with faults of their own are named.
    """
    group_findings = tuple(findings)
    refused = any(f.severity is Severity.REJECT for f in group_findings)
    answers = [acknowledge_message(message, version, answer) for message in messages]
    older = _OLDER_GROUP if _is_older(version) else {}
    codes = _distinct(older.get(f.numbers.group, f.numbers.group) for f in group_findings)
    accepted = 0 if refused else sum(answer["verdict"] != "rejected" for answer in answers)
    noted = bool(codes) or any(answer["verdict"] == "accepted_with_errors" for answer in answers)
    if refused or (answers and not accepted):
        verdict = "rejected"
    elif accepted < len(answers):
        verdict = "partly_accepted"
    else:
        verdict = "accepted_with_errors" if noted else "accepted"
    return {
        "group": _told(kind, 2),
        "control_number": control_number or "0",
        "version": _unless_997(answer, group_version, _VERSION_AT_MOST),
        "verdict": verdict,
        "declared": int(declared) if _is_count(declared) else len(messages),
        "received": len(messages),
        "accepted": accepted,
        "codes": codes[:_CODES_AT_MOST],
        "messages": [answer for answer in answers if not refused or answer["verdict"] == "rejected"],
    }


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text.lstrip("0")) <= _COUNT_AT_MOST


def acknowledge_message(message: Judged, version: str = "004010", answer: str = "997") -> dict[str, Any]:
    """The content of AK2 to AK5 or IK5 for one message."""
    segments = _segments([f for f in message.findings if f.numbers.segment], version)
    older = _OLDER_MESSAGE if answer == "997" else {}
    codes = _distinct(older.get(f.numbers.message, f.numbers.message) for f in message.findings)
    if segments:
        codes = _distinct([*codes, "5"])
    if message.is_rejected:
        verdict = "rejected"
        codes = codes or ["5"]
    else:
        verdict = "accepted_with_errors" if codes else "accepted"
    return {
        "message": _told(message.message, 3),
        "control_number": message.control_number[:9] or "0000",
        "convention": _unless_997(answer, message.convention, _CONVENTION_AT_MOST),
        "verdict": verdict,
        "codes": codes[:_CODES_AT_MOST],
        "segments": segments,
    }


def _segments(findings: list[Finding], version: str) -> list[dict[str, Any]]:
    """One note for each segment and code, in the order of the message; code 8 gathers the elements of its segment."""
    notes: dict[tuple[int, str, str], dict[str, Any]] = {}
    for finding in sorted(findings, key=lambda f: f.segment or 1):
        ordinal, tag, code = finding.segment or 1, _told(finding.tag or "", 2, 3), finding.numbers.segment
        loop = _told_loop(finding.loop, version)
        empty: dict[str, Any] = {"tag": tag, "ordinal": ordinal, "loop_id": loop, "code": code, "elements": []}
        note = notes.setdefault((ordinal, tag, code), empty)
        if finding.numbers.element and finding.element and finding.element <= _ELEMENTS_AT_MOST:
            _add_element(note["elements"], finding, version)
    for note in notes.values():
        note["elements"].sort(key=lambda e: (e["position"], e["component"] or 0, e["repetition"] or 0))
        del note["elements"][_ELEMENTS_AT_MOST:]
    return list(notes.values())


def _is_older(version: str) -> bool:
    return version < "005010"


def _told(text: str, shortest: int, longest: int | None = None) -> str:
    """A tag or type as an answer can hold it: so many letters or digits, whatever came."""
    return re.sub(r"[^A-Za-z0-9]", "?", text[: longest or shortest]).ljust(shortest, "?")


def _told_loop(name: str | None, version: str) -> str | None:
    """AK303: the name of a bounded loop, as long as this version has it (data element 447)."""
    return _told(name, 1, 6 if _is_older(version) else 4) if name else None


def _unless_997(answer: str, text: str, longest: int) -> str | None:
    return (text[:longest].strip() or None) if answer != "997" else None


def _add_element(elements: list[dict[str, Any]], finding: Finding, version: str) -> None:
    code, repetition = finding.numbers.element, finding.repetition
    if _is_older(version):
        code, repetition = _OLDER_ELEMENT.get(code, code), None
    value = (finding.value or "")[:_VALUE_AT_MOST].rstrip()
    note = {
        "position": finding.element,
        "component": finding.component,
        "repetition": repetition,
        "number": finding.number if _NUMBER.fullmatch(finding.number or "") else None,
        "code": code,
        "value": value or None,
    }
    if all(any(e[key] != note[key] for key in _SAME) for e in elements):
        elements.append(note)


def _distinct(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(code for code in codes if code))
