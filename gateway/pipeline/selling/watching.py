"""Reports that must come, and are missed when they do not: a case once the time is over, closed by the next one.

Only a report of which one has ever come is missed.
"""

from datetime import datetime, timedelta

from gateway.catalogue.gaps import Owner
from gateway.config import Seller
from gateway.documents.base import iso_instant
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk

WATCHES = "watch:"
"""Subjects that begin so are looked at when a report should have come."""

_OWNERS: dict[str, Owner] = {"settlement": "finance"}


def watch(seller: Seller, kind: str, every: timedelta, desk: Desk) -> None:
    """A report of this kind has come: the next one must within this time."""
    subject = f"{WATCHES}{seller.name}:{kind}"
    desk.close(f"{subject}:missed", f"a report of {kind} has come")
    desk.tx.wake(subject, desk.now + every)


def watch_due(subject: str, desk: Desk) -> bool:
    """The time is over and no report has come: a case. Whether there was anything to tell."""
    desk.tx.wake(subject, None)
    name, _, kind = subject.removeprefix(WATCHES).partition(":")
    if name not in desk.config.sellers:
        return False
    desk.tell(
        Problem(
            key=f"{subject}:missed",
            code="report-missed",
            owner=_OWNERS.get(kind, "operations"),
            message=f"no {kind} report of {name} has come in time; the next was due by {_shown(desk.now)}",
            remedy="see whether the report is still drawn at Amazon and reaches the folder; the case closes by itself "
            "when one comes",
            subjects=(subject, f"report:{name}:{kind}"),
            due_at=desk.now,
        )
    )
    return True


def _shown(at: datetime) -> str:
    return iso_instant(at.replace(microsecond=0))
