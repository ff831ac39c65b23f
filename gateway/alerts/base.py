"""What is told, and what a way of telling must do. A sender gets all alerts of a turn for one address at once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from gateway.journal.instants import printed
from gateway.lifecycle.alerts import DUE_SOON, ESCALATED, OPENED, OVERDUE

TIMEOUT = 10.0
"""Seconds after which a server that says nothing is given up; it is tried again later."""

_WHY = {OPENED: "opened", DUE_SOON: "is due soon", OVERDUE: "is overdue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert: a case, and why it is told of now. `id` is that of its entry in the journal."""

    id: str
    reason: str
    told: str
    """The owner who is told; another than the case's where it escalates."""
    case: str
    code: str
    owner: str
    message: str
    remedy: str
    due_at: datetime | None
    at_stake: str | None

    @property
    def see(self) -> str:
        """The command that shows the case."""
        return f"gateway cases show {self.case}"

    @property
    def headline(self) -> str:
        """The alert in a few words, without anything that a partner wrote."""
        why = _WHY.get(self.reason, f"escalates to {self.reason.removeprefix(ESCALATED)}")
        return one_line(f"case {self.case} {why}: {self.code} ({self.owner})")

    def as_json(self) -> dict[str, Any]:
        """The alert as JSON values."""
        due_at = None if self.due_at is None else printed(self.due_at.replace(microsecond=0))
        return {**asdict(self), "due_at": due_at, "see": self.see}

    def as_text(self) -> str:
        """The alert as a few lines for people. What partners wrote stays on its own line, whatever is in it."""
        lines = {
            "what": self.message,
            "do": self.remedy,
            "due": None if self.due_at is None else printed(self.due_at.replace(microsecond=0)),
            "at stake": self.at_stake,
            "see": self.see,
        }
        said = [f"  {name}: {one_line(text)}" for name, text in lines.items() if text is not None]
        return "\n".join([self.headline, *said])


class Sender(Protocol):
    """One address. `server` is what it shares with others: where that does not answer, the others are not asked."""

    @property
    def server(self) -> str:
        """The server behind the address, without any secret."""

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Tell all of these in one message. Raises TransportError."""


def one_line(text: str) -> str:
    """A text on one line: every run of line ends, tabs and what cannot be printed becomes a space."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def headline_of(alerts: Sequence[Alert]) -> str:
    """What a message of several alerts says first."""
    return alerts[0].headline if len(alerts) == 1 else f"{len(alerts)} alerts, first {alerts[0].headline}"


def way_of(destination: str) -> str:
    """The way of a destination: `email` of `email:anna@example.com`."""
    return destination.partition(":")[0]
