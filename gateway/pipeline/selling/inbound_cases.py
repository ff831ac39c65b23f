"""What a person must look at about shipments to Amazon: short, over, going back, a state that is new to us."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from gateway.config import Seller
from gateway.documents.base import plain
from gateway.findings import find
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk
from gateway.pipeline.reasons import remedy_of
from gateway.pipeline.refusals import Receipt
from gateway.pipeline.selling.inventory_reports import stock_subject
from gateway.stock.drift import counted, shown
from gateway.stock.inbound import STATUSES, Inbound, going_back, over, short
from gateway.transports.base import Arrival

_CODES = ("inbound-short", "inbound-over", "inbound-going-back", "inbound-state-unknown")


def tell_shipment(seller: Seller, state: Inbound, subject: str, desk: Desk) -> None:
    """Open, refresh or close the cases of one shipment."""
    found = {problem.code: problem for problem in _problems(seller, state, subject)}
    for code in _CODES:
        if code in found:
            desk.tell(found[code])
        else:
            desk.close(f"{subject}:{code}", "what Amazon says of the shipment now is in order")


def tell_unreadable(seller: Seller, unread: Sequence[str], arrival: Arrival, receipt: Receipt, desk: Desk) -> None:
    """Entries of a file that cannot be read: a case, and the file stays in quarantine beside what was taken of it."""
    if not unread:
        return
    finding = find("cell-unreadable", f"{counted(len(unread), 'part')} of it cannot be read: {shown(unread)}")
    receipt.refuse(finding, arrival.label)
    desk.tell(
        Problem(
            key=f"report:{seller.name}:inbound:cell-unreadable:{arrival.label}",
            code=finding.code,
            owner="IT",
            message=f"{arrival.label}: {finding.message}",
            remedy=remedy_of(finding.code),
            subjects=(f"file:{receipt.file_id}", stock_subject(seller)),
        )
    )


def tell_warehouse(seller: Seller, is_missing: bool, desk: Desk) -> bool:
    """Whether goods wait for a warehouse of ours that the configuration does not name: a case until it does."""
    key = f"{stock_subject(seller)}:warehouse-missing"
    if not is_missing:
        desk.close(key, "config.toml names a warehouse")
        return False
    desk.tell(
        Problem(
            key=key,
            code="warehouse-missing",
            owner="IT",
            message=f"goods move between Amazon and a warehouse of {seller.name}, and config.toml names none",
            remedy=f"add a location to pools in [sellers.{seller.name}.stock], then drop the file again",
            subjects=(stock_subject(seller),),
        )
    )
    return True


def _problems(seller: Seller, state: Inbound, subject: str) -> Iterator[Problem]:
    shipment, about = state.shipment, (subject, stock_subject(seller))
    if missing := short(state):
        yield Problem(
            key=f"{subject}:inbound-short",
            code="inbound-short",
            owner="operations",
            message=f"shipment {shipment} is closed and {_pieces(missing)} never arrived: they stay in transit",
            remedy="open a claim at Amazon; book them out of transit when the reimbursement comes, then resolve this "
            "case; it closes by itself if Amazon finds them",
            subjects=about,
            evidence=_evidence(missing),
        )
    if surplus := over(state):
        yield Problem(
            key=f"{subject}:inbound-over",
            code="inbound-over",
            owner="operations",
            message=f"Amazon received {_pieces(surplus)} of shipment {shipment} more than were in transit",
            remedy="count what is left in our warehouse: more was sent than was said; correct the ERP there, then "
            "resolve this case; it closes by itself if Amazon corrects its count of what was shipped",
            subjects=about,
            evidence=_evidence(surplus),
        )
    if lower := going_back(state):
        yield Problem(
            key=f"{subject}:inbound-going-back",
            code="inbound-going-back",
            owner="operations",
            message=f"Amazon's numbers of shipment {shipment} have gone back: {shown(lower)}",
            remedy="see whether an old file was dropped; if Amazon has recounted, correct the ERP by hand, for nothing "
            "was posted back, then resolve this case",
            subjects=about,
        )
    if state.status is not None and state.status not in STATUSES:
        yield Problem(
            key=f"{subject}:inbound-state-unknown",
            code="inbound-state-unknown",
            owner="IT",
            message=f"shipment {shipment} is in a state that is new to us: {state.status[:40]!r}",
            remedy="nothing was posted for it; see what it means at Amazon; the case closes with the next known state",
            subjects=about,
        )


def _pieces(counts: Mapping[str, Decimal]) -> str:
    return shown(f"{plain(count)} of {sku}" for sku, count in counts.items())


def _evidence(counts: Mapping[str, Decimal]) -> dict[str, str]:
    return {sku: plain(count) for sku, count in counts.items()}
