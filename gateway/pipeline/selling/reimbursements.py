"""What Amazon gives for goods that it lost or damaged: remembered once each, whichever report tells of it.

Goods that it gives again raise the stock at Amazon, once. Money comes with a settlement; the report and the settlements
are compared by month, which is information: their months end at other moments. What was missing from a shipment to
Amazon and is given for now settles the case about it.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from gateway.config import Seller
from gateway.documents import JournalEntry, StockAdjustment, StockAdjustmentLine
from gateway.documents.base import plain
from gateway.documents.reports import ReimbursementRow
from gateway.grammar.reports import folded
from gateway.journal import Journal, Transaction
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.finds import is_found_twice
from gateway.pipeline.selling.inventory_drift import finder, sku_subject, tell_ghosts
from gateway.pipeline.selling.inventory_places import locations_of, marketplace_of
from gateway.pipeline.selling.inventory_reports import stock_subject
from gateway.pipeline.selling.posted import settlements_of
from gateway.pipeline.selling.posting import post
from gateway.pipeline.selling.reports import Report

NOTED = "reimbursed"
_SHORT, _SETTLED = "inbound-short", "inbound-reimbursed"
_NONE = Decimal("0.00")
_IN_SETTLEMENTS = folded("FBA Inventory Reimbursement")
_FROM_INBOUND = frozenset(map(folded, ("MISSING_FROM_INBOUND", "Lost_Inbound", "LostInbound", "Missing from inbound")))


def reimbursements_subject(seller: str) -> str:
    """Under what every reimbursement of a seller is found."""
    return f"reimbursements:{seller}"


def take_reimbursements(report: Report, desk: Desk) -> None:
    """Take one report; what was told before changes nothing."""
    seller, marketplace = report.seller, marketplace_of(report.seller, report.arrival.label)
    find, unknown = finder(seller, desk.items()[1]), set()
    for row in report.file.rows():
        subject = f"reimbursement:{seller.name}:{row.reimbursement}:{row.sku}:{folded(row.reason)}"
        if desk.tx.events(subject, prefix=NOTED):
            continue
        item = find(row.sku)
        if row.pieces_inventory and item is None:
            unknown.add(row.sku)  # it waits: the report comes again, and the item is known by then
            continue
        desk.note(NOTED, _told(row, item), subject, reimbursements_subject(seller.name), report.subject)
        if row.pieces_inventory and item is not None:
            _give_again(seller, row, item, row.pieces_inventory, marketplace, desk)
        if folded(row.reason) in _FROM_INBOUND and item is not None:
            _settle_inbound(seller, row, item, desk)
    skus = sorted(unknown)
    said = [f"{sku}: given again by Amazon, not in items.csv; drop the report again once it is" for sku in skus]
    tell_ghosts(seller, report.kind, skus, said, desk)


def reimbursements(journal: Journal | Transaction, seller: str) -> list[dict[str, Any]]:
    """Every reimbursement in the order told, each with the settlement that pays it where one has just that amount."""
    paid = _paid_lines(journal, seller)
    rows = []
    for entry in journal.events(reimbursements_subject(seller), prefix=NOTED):
        row = dict(entry.body)
        row["settlement"] = None
        for key in _keys(row):
            if paid.get(key):
                row["settlement"] = paid[key].pop(0)
                break
        rows.append(row)
    return rows


def by_month(journal: Journal | Transaction, seller: str) -> list[dict[str, Any]]:
    """What the reports tell and what settlements paid, by month and currency, and how far they are apart."""
    told: dict[tuple[str, str], Decimal] = {}
    for entry in journal.events(reimbursements_subject(seller), prefix=NOTED):
        if entry.body["amount"] is not None and entry.body["approved_on"] is not None:
            key = (entry.body["approved_on"][:7], entry.body["currency"] or "")
            told[key] = told.get(key, _NONE) + Decimal(entry.body["amount"])
    paid: dict[tuple[str, str], Decimal] = {}
    for _, posted in _entries(journal, seller):
        for line in posted.lines:
            if line.source is not None and folded(line.source.amount_type) == _IN_SETTLEMENTS:
                key = (f"{posted.period.last:%Y-%m}", posted.currency)
                paid[key] = paid.get(key, _NONE) + line.credit - line.debit
    rows = []
    for month, currency in sorted({*told, *paid}):
        reported, settled = told.get((month, currency), _NONE), paid.get((month, currency), _NONE)
        sums = {"reported": reported, "settled": settled, "difference": settled - reported}
        rows.append({"month": month, "currency": currency, **{name: plain(each) for name, each in sums.items()}})
    return rows


def _told(row: ReimbursementRow, item: str | None) -> dict[str, Any]:
    return {
        "reimbursement": row.reimbursement,
        "approved_on": row.approved_at.date().isoformat() if row.approved_at else None,
        "order": row.order or None,
        "case": row.case or None,
        "reason": row.reason,
        "sku": row.sku,
        "item": item,
        "currency": row.currency or None,
        "amount": None if row.amount is None else plain(row.amount),
        "pieces_cash": plain(row.pieces_cash or Decimal(0)),
        "pieces_inventory": plain(row.pieces_inventory or Decimal(0)),
        "original": row.original or None,
    }


def _give_again(
    seller: Seller, row: ReimbursementRow, item: str, pieces: Decimal, marketplace: str, desk: Desk
) -> None:
    """Goods that Amazon gives instead of money lie sellable in its warehouse; not twice where the ledger found them."""
    on = (row.approved_at or desk.now).date()
    if is_found_twice(seller, item, pieces, on, "reimbursement", desk):
        return
    line = StockAdjustmentLine(
        sku=item, location=locations_of(seller, marketplace).sellable, state="sellable", quantity=pieces
    )
    adjustment = StockAdjustment(
        id=f"{seller.name}:stock-adjustment:reimbursement-{row.reimbursement}-{item}-{folded(row.reason)}",
        seller=seller.name,
        reason="reimbursed",
        reference=row.reimbursement,
        adjusted_on=on,
        lines=(line,),
    )
    post(adjustment, desk, (stock_subject(seller), sku_subject(seller, item)))


def _settle_inbound(seller: Seller, row: ReimbursementRow, item: str, desk: Desk) -> None:
    """Pieces that never arrived are given for: the case about their shipment is settled once all of them are."""
    pieces = (row.pieces_cash or Decimal(0)) + (row.pieces_inventory or Decimal(0))
    for case in desk.tx.open_cases(key_prefix=f"inbound:{seller.name}:"):
        missing = {sku: Decimal(str(count)) for sku, count in case.evidence.items()} if case.code == _SHORT else {}
        if missing.get(item) != pieces:
            continue
        subject = case.key.removesuffix(f":{_SHORT}")
        body = {"sku": item, "pieces": plain(pieces), "reimbursement": row.reimbursement}
        desk.note(_SETTLED, body, subject, stock_subject(seller))
        settled = desk.tx.events(subject, prefix=_SETTLED)
        given = {entry.body["sku"]: Decimal(entry.body["pieces"]) for entry in settled}
        if all(given.get(sku) == count for sku, count in missing.items()):
            said = f"reimbursement {row.reimbursement} gives for what never arrived; book it out of transit in the ERP"
            desk.tx.close_case(case.id, said, "gateway")
        return


def _entries(journal: Journal | Transaction, seller: str) -> Iterator[tuple[str, JournalEntry]]:
    for posted in settlements_of(journal, seller):
        for key in posted.entries:
            stored = journal.events(f"posting:{key}", prefix="document-stored")
            if stored:
                yield posted.settlement, JournalEntry.model_validate(journal.body_of(str(stored[0].seq)))


def _paid_lines(journal: Journal | Transaction, seller: str) -> dict[tuple[str, str, str], list[str]]:
    """(currency, SKU, amount) -> the settlements that have a line of just that."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for settlement, entry in _entries(journal, seller):
        for line in entry.lines:
            if line.source is not None and folded(line.source.amount_type) == _IN_SETTLEMENTS and line.sku:
                key = (entry.currency, line.sku, _amount(line.credit - line.debit))
                found.setdefault(key, []).append(settlement)
    return found


def _keys(row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    if row["amount"] is None or row["currency"] is None or not Decimal(row["amount"]):
        return []
    amount = _amount(Decimal(row["amount"]))
    return [(row["currency"], sku, amount) for sku in dict.fromkeys((row["sku"], row["item"])) if sku]


def _amount(number: Decimal) -> str:
    return f"{number:.4f}"
