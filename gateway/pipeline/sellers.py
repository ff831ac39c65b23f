"""The seller's side of the story: which taker a report goes to, and what goes on by itself when its time has come.

TAKERS has a line for each kind of report, WAKERS one for each kind of subject that is looked at again.
"""

from collections.abc import Callable

from gateway.pipeline import posting
from gateway.pipeline.desk import Desk
from gateway.pipeline.reports import Taker
from gateway.pipeline.settlements import clear_all_suspense, take_settlement_report
from gateway.pipeline.suspense import CASES

TAKERS: dict[str, Taker] = {
    "settlement": take_settlement_report,
}
"""What a report is of -> who takes it."""

WAKERS: dict[str, Callable[[str, Desk], bool]] = {
    posting.WAKES: posting.try_again,
}
"""How a subject begins -> what to do when it is due; whether anything happened."""

SELLERS_WAIT = (CASES,)
"""How the keys of cases begin that are looked at again with every turn: a chart or a master may have changed."""


def go_on_sellers(desk: Desk) -> int:
    """Do what is due on the seller's side. How many subjects moved."""
    due = desk.tx.due_wakeups(desk.now)
    return clear_all_suspense(desk) + sum(
        work(subject, desk) for subject in due for start, work in WAKERS.items() if subject.startswith(start)
    )
