"""How a document that we sent stands with its partner: a fold over the answers that came to it.

Answers come on three levels, each deeper than the one before: of the envelope (TA1), of the syntax (997, 999, CONTRL),
of the content (824, APERAK). The latest answer stands, but what a translator says late takes nothing back that the
application behind it has said already. A refusal always stands: somebody must look.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Status = Literal["accepted", "accepted_with_errors", "rejected"]


class Level(IntEnum):
    """Who at the partner's has looked at the document."""

    ENVELOPE = 1
    SYNTAX = 2
    CONTENT = 3


LEVELS = {
    "TA1": Level.ENVELOPE,
    "997": Level.SYNTAX,
    "999": Level.SYNTAX,
    "CONTRL": Level.SYNTAX,
    "824": Level.CONTENT,
    "APERAK": Level.CONTENT,
}
"""The messages that answer what we sent, with their levels."""

STATUSES: dict[str, Status] = {
    "accepted": "accepted",
    "accepted_with_errors": "accepted_with_errors",
    "accepted_with_changes": "accepted_with_errors",
    "partly_accepted": "accepted_with_errors",
    "rejected": "rejected",
}
"""The verdicts of answers, and the acknowledgement status that each means. Accepted with errors is accepted."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: its verdict, the message that brought it, and its findings in a sentence each."""

    verdict: str
    by: str
    findings: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """Who has looked."""
        return LEVELS[self.by]

    @property
    def status(self) -> Status:
        """The acknowledgement status that it means."""
        return STATUSES[self.verdict]

    @property
    def refuses(self) -> bool:
        """Whether the partner has not taken the document."""
        return self.status == "rejected"


def after(standing: Answered | None, came: Answered) -> Answered:
    """The answer that stands once another has come."""
    is_late = standing is not None and came.level < standing.level and not came.refuses
    return standing if is_late and standing is not None else came


def stands(answers: Iterable[Answered]) -> Answered | None:
    """The answer that stands of all that came, in the order they came; None where none did."""
    standing: Answered | None = None
    for came in answers:
        standing = after(standing, came)
    return standing
