"""The seller's side of the story: which taker a report goes to, and what goes on by itself when its time has come.

TAKERS has a line for each kind of report, WAKERS one for each kind of subject that is looked at again.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice

from gateway.errors import GatewayError
from gateway.lifecycle.problems import Problem
from gateway.logs import logger
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling import (
    adjustments,
    availability,
    bank,
    charts,
    dispatch_confirmations,
    fulfilments,
    inventory,
    inventory_ledger,
    inventory_listings,
    posting,
    pushes,
    refunds,
    reimbursements,
    sales,
    sales_lists,
    sales_settled,
    taxes,
    watching,
)
from gateway.pipeline.selling.reports import Taker
from gateway.pipeline.selling.settlements import clear_suspense_of, take_settlement_report
from gateway.pipeline.selling.suspense import CASES, is_asked_anew

TAKERS: dict[str, Taker] = {
    "settlement": take_settlement_report,
    "orders": sales.take_orders,
    "shipments": fulfilments.take_shipments,
    "to-ship": fulfilments.take_to_ship,
    "returns": refunds.take_returns,
    "fba-inventory": inventory.take_levels,
    "reserved-inventory": inventory.take_levels,
    "afn-inventory": inventory.take_levels,
    "stranded-inventory": inventory.take_stranded,
    "listings": inventory_listings.take_listings,
    "ledger-summary": inventory_ledger.take_ledger_summary,
    "ledger-detail": adjustments.take_ledger_detail,
    "removal-orders": adjustments.take_removal_orders,
    "removal-shipments": adjustments.take_removal_shipments,
    "vat-transactions": taxes.take_taxes,
    "reimbursements": reimbursements.take_reimbursements,
}
"""What a report is of -> who takes it."""

WAKERS: dict[str, Callable[[str, Desk], bool]] = {
    posting.WAKES: posting.try_again,
    CASES: clear_suspense_of,
    bank.WAKES: bank.look_again,
    sales.WAKES: sales.go_on_again,
    sales_lists.MEMBERS: sales_lists.look_again,
    sales_lists.LISTS: sales_lists.tell_list,
    sales_settled.WAKES: sales_settled.look_again,
    dispatch_confirmations.WAKES: dispatch_confirmations.send,
    pushes.PUSHES: availability.push,
    watching.WATCHES: watching.watch_due,
}
"""How a subject begins -> what to do when it is due; whether anything happened."""

SELLERS_WAIT = (CASES,)
"""How the keys of cases begin that are looked at again with every turn: a chart or a master may have changed."""


_AT_ONCE = 500  # subjects in one transaction: others want to write too, and a turn goes round while something moves
_LATER = timedelta(hours=1)
_WAKING = "waking:"


def go_on_sellers(desk: Desk) -> int:
    """Do what is due on the seller's side. How many subjects moved."""
    moved = charts.keep_charts(desk)
    # What did not go on is not tried with every turn: its time comes.
    broken = {case.key.removeprefix(_WAKING) for case in desk.tx.open_cases(key_prefix=f"{_WAKING}{CASES}")}
    for case in desk.tx.open_cases(key_prefix=CASES):
        if case.key not in broken and is_asked_anew(case, desk.config):
            moved += _alone(clear_suspense_of, case.key, desk)
    due = (each for each in desk.tx.due_wakeups(desk.now) if each.startswith(tuple(WAKERS)))
    for subject in islice(due, _AT_ONCE):
        work = next(work for start, work in WAKERS.items() if subject.startswith(start))
        moved += _alone(work, subject, desk)
    return moved


def _alone(work: Callable[[str, Desk], bool], subject: str, desk: Desk) -> bool:
    """Go on with one subject of many: a fault of ours costs this one alone, and is a case until it goes on."""
    key = f"{_WAKING}{subject}"
    try:
        with desk.tx.savepoint():
            did = work(subject, desk)
    except GatewayError:
        raise
    except Exception as bug:
        desk.catalogue.forget()  # it may have been built from rows that are taken back
        logger().exception("seller.failed", subject=subject)
        desk.tx.wake(subject, desk.now + _LATER)
        desk.tell(
            Problem(
                key=key,
                code="internal-error",
                owner="IT",
                message=f"{subject} does not go on: {type(bug).__name__}: {bug}",
                remedy="this is a fault of the gateway: report it with the log line of the same time",
                subjects=(subject,),
            )
        )
        return False
    desk.close(key, "it goes on")
    return did
