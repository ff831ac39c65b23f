"""The interchange acknowledgement of X12: whether the envelope stood, in one TA1 (X12.5).

Its note code comes from the first finding that refuses, else from the first that has one; a note that does not refuse
makes the verdict E. On the level of an interchange, held is not taken, so it is refused as well.
"""

from collections.abc import Iterable
from typing import Any

from gateway.findings import Finding, Severity

NOTHING_WRONG = "000"


def can_acknowledge(control_number: str, date: str, time: str) -> bool:
    """Whether there is what a TA1 must copy; without it the sender is told by other means."""
    return all(text.strip() for text in (control_number, date, time))


def acknowledge_envelope(control_number: str, date: str, time: str, findings: Iterable[Finding]) -> dict[str, Any]:
    """The content of a TA1, with the field names of an InterchangeAcknowledgement.

    Control number, date and time are ISA13, ISA09 and ISA10 as they came.
    """
    noted = [finding for finding in findings if finding.numbers.interchange]
    refusing = [finding for finding in noted if finding.severity is not Severity.WARN]
    codes = [finding.numbers.interchange for finding in (*refusing, *noted)]
    verdict = "rejected" if refusing else "accepted_with_errors" if noted else "accepted"
    return {
        "control_number": control_number,
        "date": date,
        "time": time,
        "verdict": verdict,
        "code": codes[0] if codes else NOTHING_WRONG,
    }
