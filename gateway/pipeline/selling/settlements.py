"""A settlement comes in: added up, held or posted, and what finance must know told.

    rows -> sums -> GATES -> journal entries -> ERP
                      |-> held: nothing is posted, the file lies in quarantine, the difference is a case

The same settlement again changes nothing. One that was issued anew reverses what was posted of it, and is posted. What
the chart does not know lies in suspense until it does; then an entry of its own moves it.
"""

from datetime import timedelta
from decimal import Decimal

from gateway.config import Seller
from gateway.documents import JournalEntry
from gateway.documents.base import plain
from gateway.finance.adding import add_up
from gateway.finance.gates import Held, hold
from gateway.finance.journal import imbalance, journal_entries, reversal
from gateway.finance.reserves import breaks
from gateway.finance.settlement import Settlement
from gateway.findings import Severity, find
from gateway.lifecycle.problems import Problem
from gateway.marketplace.settling import told_of_orders
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.bank import match_deposits
from gateway.pipeline.selling.charts import without_chart
from gateway.pipeline.selling.posted import (
    HELD,
    POSTED,
    REPEATED,
    Posted,
    book_of,
    digests_of,
    find_settlement,
    settlement_subject,
    settlements_of,
    settlements_subject,
)
from gateway.pipeline.selling.posting import find_posted, post, supersede
from gateway.pipeline.selling.reports import Report
from gateway.pipeline.selling.sales import take_settlement
from gateway.pipeline.selling.suspense import clear_suspense, is_asked_anew, keep_suspense
from gateway.pipeline.selling.watching import watch

_SHOWN = 5
_SOON = timedelta(days=1)  # a payout that is in no ledger


def take_settlement_report(report: Report, desk: Desk) -> None:
    """Take one settlement report."""
    seller = report.seller
    settlement = add_up(report.file.rows, seller.zone)
    unread = [finding for finding in report.file.findings if finding.severity is Severity.REJECT]
    held = Held("unreadable", unread[0].message) if unread else hold(settlement) or without_chart(seller)
    if held is not None:
        _hold(held, settlement, report, desk)
        return
    earlier = find_settlement(desk.tx, seller.name, settlement.id)
    subjects = (settlement_subject(seller.name, settlement.id), settlements_subject(seller.name))
    _close_held(seller, settlement.id, desk)
    if settlement.digest in digests_of(desk.tx, seller.name, settlement.id):
        # Also of a revision that another has taken the place of: an old copy changes nothing back.
        desk.note(REPEATED, {"settlement": settlement.id, "file": report.arrival.label}, *subjects, report.subject)
        return
    revision = 0 if earlier is None else earlier.revision + 1
    entries = journal_entries(settlement, book_of(seller), revision)
    for entry in entries:
        if off := imbalance(entry):
            said = f"entry {entry.part} of {entry.parts} has {plain(off)} more debits than credits"
            _hold(Held("unbalanced", said, off), settlement, report, desk)
            return
    if earlier is not None:
        _reverse(earlier, subjects, desk)
    for entry in entries:
        post(entry, desk, subjects)
    _note_posted(settlement, entries, revision, report, desk)
    orders, refunds = told_of_orders(report.file.rows(), settlement.currency)
    take_settlement(seller, settlement.id, orders, refunds, desk, revision=revision)
    _tell(settlement, report, desk)
    watch(seller, report.kind, seller.settlement_every, desk)
    keep_chain(seller, desk)
    keep_suspense(seller, settlement.id, entries, desk)
    match_deposits(desk)


def keep_chain(seller: Seller, desk: Desk) -> None:
    """Make the cases about the reserves of a seller those that his settlements ask for."""
    start = f"settlements:{seller.name}:reserve:"
    all_posted = settlements_of(desk.tx, seller.name)
    ends = {posted.settlement: posted.ends_at for posted in all_posted}
    broken = breaks(posted.link for posted in all_posted)
    wanted = {f"{start}{each.settlement}:{each.marketplace}": each for each in broken}
    for case in desk.tx.open_cases(key_prefix=start):
        if case.key not in wanted:
            desk.tx.close_case(case.id, "what was kept and what was given back agree now", "gateway")
    for key, each in wanted.items():
        desk.tell(
            Problem(
                key=key,
                code="settlement-missing",
                owner="finance",
                message=f"settlement {each.settlement} gives back {plain(each.given_back)} {each.currency}, "
                f"{each.before} before it kept {plain(each.kept)}: a settlement between them is missing, or was "
                "issued anew",
                remedy="download the settlement between them from Seller Central and put it into the channel's folder",
                subjects=(settlement_subject(seller.name, each.settlement),),
                due_at=seller.closes_at(ends[each.settlement]),
                at_stake=abs(each.difference),
                evidence={"before": each.before, "settlement": each.settlement},
            )
        )


def clear_suspense_of(key: str, desk: Desk) -> bool:
    """Ask the chart, where it has changed, about what lies in suspense by the case of this key. Whether any moved."""
    desk.tx.wake(key, None)
    case = desk.tx.open_case_of(key)
    if case is None or not is_asked_anew(case, desk.config):
        return False
    seller = desk.config.sellers.get(case.evidence["seller"])
    posted = find_settlement(desk.tx, case.evidence["seller"], case.evidence["settlement"])
    if seller is None or posted is None:
        return False
    return clear_suspense(seller, posted.settlement, posted.entries, book_of(seller), desk) > 0


def _note_posted(
    settlement: Settlement, entries: tuple[JournalEntry, ...], revision: int, report: Report, desk: Desk
) -> None:
    seller = report.seller.name
    last = entries[-1]
    body = {
        "seller": seller,
        "settlement": settlement.id,
        "revision": revision,
        "digest": settlement.digest,
        "currency": settlement.currency,
        "deposit": plain(last.deposit),
        "deposit_on": last.deposit_on.isoformat() if last.deposit_on else None,
        "starts_at": settlement.starts_at.isoformat() if settlement.starts_at else None,
        "ends_at": settlement.ends_at.isoformat() if settlement.ends_at else None,
        "rows": settlement.rows,
        "marketplaces": list(settlement.marketplaces),
        "entries": [entry.id for entry in entries],
        "suspense": plain(sum((entry.suspense for entry in entries), Decimal(0))),
        "suspense_account": report.seller.accounts.suspense,
        "reserves": {
            name: [plain(reserve.previous), plain(reserve.current)] for name, reserve in settlement.reserves.items()
        },
        "file": report.receipt.file_id,
        "name": report.arrival.label,
    }
    subjects = (settlement_subject(seller, settlement.id), settlements_subject(seller), f"deposits:{seller}")
    desk.note(POSTED, body, *subjects, report.subject)


def _reverse(earlier: Posted, subjects: tuple[str, ...], desk: Desk) -> None:
    """Take back everything that was posted of a settlement: its entries, and what was moved out of suspense since.

    What the ERP refused never counted: it is given up, and nothing reverses it.
    """
    moved = [entry.body["entry"] for entry in desk.tx.events(subjects[0], prefix="settlement-reclassed")]
    seen = set(earlier.entries)
    for key in (*earlier.entries, *(each for each in moved if each.rpartition(":")[0] in seen)):
        document = find_posted(key, desk)
        if document is None:
            continue
        if document.acknowledgement == "rejected":
            supersede(document, key, "it was issued anew", desk)
        else:
            entry = JournalEntry.model_validate(desk.tx.body_of(document.id))
            post(reversal(entry), desk, subjects)


def _hold(held: Held, settlement: Settlement, report: Report, desk: Desk) -> None:
    """Nothing of it is posted: history, a case, and the file in quarantine."""
    seller = report.seller.name
    finding = find(f"settlement-{held.state}", f"settlement {settlement.id or '?'}: {held.why}")
    report.receipt.refuse(finding, report.arrival.label)
    body = {
        "seller": seller,
        "settlement": settlement.id,
        "state": held.state,
        "why": held.why,
        "difference": None if held.difference is None else plain(held.difference),
        "currency": settlement.currency,
        "total": None if settlement.total is None else plain(settlement.total),
        "rows": settlement.rows,
        "file": report.receipt.file_id,
        "name": report.arrival.label,
    }
    named = [settlement_subject(seller, settlement.id)] if settlement.id else []
    desk.note(HELD, body, *named, settlements_subject(seller), report.subject)
    what = settlement.id or desk.tx.file(report.receipt.file_id).sha256
    _close(f"settlement:{seller}:{what}:held", "it came again, with another fault", desk, but=finding.code)
    desk.tell(
        Problem(
            key=f"settlement:{seller}:{what}:held",
            code=finding.code,
            owner="finance",
            message=f"{report.arrival.label}: {finding.message}; nothing of it is posted",
            remedy=_REMEDIES[held.state],
            subjects=(*named, report.subject),
            due_at=desk.now + _SOON,
            at_stake=None if held.difference is None else abs(held.difference),
        )
    )


def _close_held(seller: Seller, settlement: str, desk: Desk) -> None:
    _close(f"settlement:{seller.name}:{settlement}:held", "it came again, and adds up", desk)


def _close(key: str, why: str, desk: Desk, *, but: str = "") -> None:
    """Close the case of a key; unless it is of the code `but`."""
    case = desk.tx.open_case_of(key)
    if case is not None and case.code != but:
        desk.tx.close_case(case.id, why, "gateway")


def _tell(settlement: Settlement, report: Report, desk: Desk) -> None:
    """What finance must know of a settlement that is posted all the same."""
    seller = report.seller
    subject = settlement_subject(seller.name, settlement.id)
    key = f"{subject}:taxes"
    if not settlement.residues:
        _close(key, "it was issued anew, and nothing is left of its taxes", desk)
    else:
        said = "; ".join(f"{order} by {plain(off)}" for order, off in list(settlement.residues.items())[:_SHOWN])
        more = f" (and {settlement.residue_count - _SHOWN} more)" if settlement.residue_count > _SHOWN else ""
        desk.tell(
            Problem(
                key=key,
                code="tax-residue",
                owner="finance",
                message=f"settlement {settlement.id}: what buyers paid as tax is not what was withheld: {said}{more}",
                remedy="see whether the marketplace owes all of this tax; the difference lies between the accounts "
                "sales_tax and withheld_tax",
                subjects=(subject,),
                due_at=seller.closes_at(settlement.ends_at) if settlement.ends_at else None,
                at_stake=abs(sum(settlement.residues.values(), Decimal(0))),
            )
        )
    unknown = [name for name in settlement.marketplaces if seller.marketplace(name) is None]
    for name in unknown:
        desk.tell(
            Problem(
                key=f"marketplace:{seller.name}:{name}",
                code="marketplace-unknown",
                owner="IT",
                message=f"settlement {settlement.id} has lines of {name}, which seller {seller.name} does not have",
                remedy=f'add [sellers.{seller.name}.marketplaces."{name}"] to config.toml; the settlement is posted',
                subjects=(subject,),
            )
        )


_REMEDIES = {
    "unreadable": "download the report again as Amazon made it, without opening it in a spreadsheet, and drop it again",
    "uncharted": "put the chart of accounts right (`gateway check`), then drop the report again",
    "inconsistent": "download the report again: a line is missing or altered; a person may not make up the difference",
    "unbalanced": "this is a fault of the gateway: report it with this file",
}
