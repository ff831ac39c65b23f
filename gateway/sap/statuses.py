"""What the statuses of an audit (ALEAUD) say of our IDocs: posted, refused, or not yet.

That a file was taken, or a number stored, is no posting: 53 alone closes an entry.
"""

from dataclasses import dataclass
from typing import Literal

from gateway.documents.sap import SapAudit, SapState, SapStatus, SapSystemStatus
from gateway.sap.numbers import bare

POSTED = frozenset({"53"})
REFUSED = frozenset({"51", "52", "54", "55", "56", "60", "63", "65"})
CLOSED = {"68": "closed in SAP without being posted", "69": "edited in SAP by a person"}
WAITING = frozenset({"50", "62", "64", "66"})
_DOCNUM = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SapResult:
    """What became of one IDoc of ours. `result` is None while SAP has not decided; `number` is that of SAP's document.

    What a person in SAP has closed or edited is refused, and the message says so.
    """

    docnum: str
    status: str
    result: Literal["booked", "refused"] | None
    number: str | None = None
    message: str | None = None


def results_of(status: SapStatus) -> tuple[SapResult, ...]:
    """All states of an audit that name an IDoc; of one that stands there twice, both."""
    return tuple(_result(state) for audit in status.audits for state in audit.states if state.idoc)


def results_of_system(status: SapSystemStatus) -> tuple[SapResult, ...]:
    """The same of a status message; its text stands for the parts of a message where there are none."""
    states = (
        SapState(
            idoc=state.idoc,
            status=state.status,
            severity=state.severity,
            message_class=state.message_class,
            message_number=state.message_number,
            part_1=state.part_1 or state.text,
            part_2=state.part_2,
            part_3=state.part_3,
            part_4=state.part_4,
        )
        for state in status.states
    )
    return results_of(SapStatus(audits=(SapAudit(states=tuple(states)),)))


def _result(state: SapState) -> SapResult:
    status = state.status or ""
    if status in POSTED:
        result: Literal["booked", "refused"] | None = "booked"
    else:
        result = "refused" if status in REFUSED or status in CLOSED else None
    return SapResult(
        docnum=(state.idoc or "").zfill(_DOCNUM),
        status=status,
        result=result,
        number=_number(state) if result == "booked" else None,
        message=None if result == "booked" else _message(state),
    )


def _number(state: SapState) -> str | None:
    """The number of the document: that of the object, else the second part of the message ("Standard Order 12345")."""
    keys = (each.key for each in state.objects if each.key)
    found = next(keys, None) or state.long_part_2 or state.part_2
    return bare(found.strip()) if found else None


def _message(state: SapState) -> str:
    """`V4 219 (E): no customer material, 4711`: class and number find the long text in SAP (transaction SE91)."""
    pairs = (
        (state.long_part_1, state.part_1),
        (state.long_part_2, state.part_2),
        (state.long_part_3, state.part_3),
        (state.long_part_4, state.part_4),
    )
    parts = ", ".join(text.strip() for long, short in pairs if (text := long or short))
    name = " ".join(part for part in (state.message_class, state.message_number) if part)
    severity = f" ({state.severity})" if state.severity else ""
    head = CLOSED.get(state.status or "") or f"status {state.status or 'not told'}"
    said = ": ".join(part for part in (f"{name}{severity}".strip(), parts) if part)
    return f"{head}: {said}" if said else head
