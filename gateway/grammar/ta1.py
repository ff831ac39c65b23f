"""The interchange acknowledgement of X12: whether the envelope stood, in one TA1 (X12.5).

Its note code comes from the first finding that has one; a note that does not reject makes the verdict E.
"""

from collections.abc import Iterable
from typing import Any

from gateway.findings import Finding, Severity

NOTHING_WRONG = "000"


def acknowledge_envelope(control_number: str, date: str, time: str, findings: Iterable[Finding]) -> dict[str, Any]:
    """The content of a TA1, with the field names of an InterchangeAcknowledgement.

    Control number, date and time are ISA13, ISA09 and ISA10 as they came.
    """
    noted = [finding for finding in findings if finding.numbers.interchange]
    rejecting = [finding for finding in noted if finding.severity is Severity.REJECT]
    first = (rejecting or noted or [None])[0]
    verdict = "rejected" if rejecting else "accepted_with_errors" if noted else "accepted"
    return {
        "control_number": control_number,
        "date": date,
        "time": time,
        "verdict": verdict,
        "code": first.numbers.interchange if first else NOTHING_WRONG,
    }
