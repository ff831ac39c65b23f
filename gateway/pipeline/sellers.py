"""The seller's side of the story: which taker a report goes to, and what goes on by itself when its time has come.

TAKERS has a line for each kind of report, WAKERS one for each kind of subject that is looked at again.
"""

from collections.abc import Callable

from gateway.pipeline import posting
from gateway.pipeline.desk import Desk
from gateway.pipeline.reports import Taker

TAKERS: dict[str, Taker] = {}
"""What a report is of -> who takes it."""

WAKERS: dict[str, Callable[[str, Desk], bool]] = {
    posting.WAKES: posting.try_again,
}
"""How a subject begins -> what to do when it is due; whether anything happened."""


def go_on_sellers(desk: Desk) -> int:
    """Do what is due on the seller's side. How many subjects moved."""
    due = desk.tx.due_wakeups(desk.now)
    return sum(work(subject, desk) for subject in due for start, work in WAKERS.items() if subject.startswith(start))
