"""Suspense: what the chart of accounts does not know, told to finance, and moved once it does.

One case a settlement lists the kinds of line and the rows that chart.csv lacks. When the chart has changed it is asked
again; what it knows by then leaves suspense by a reclass entry, and the settlement itself is never posted anew. Lines
are in suspense that stand on the account which was suspense when they were posted, whatever config.toml says since.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal

from gateway.config import Config, Seller
from gateway.documents import JournalEntry, JournalLine
from gateway.documents.base import plain
from gateway.finance.chart import suggested_row
from gateway.finance.journal import Book, reclass
from gateway.finance.settlement import Bucket
from gateway.journal import Journal, Transaction
from gateway.journal.records import Case
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.posting import find_posted, post

CASES = "suspense:"
"""The keys of these cases begin so."""

RECLASSED = "settlement-reclassed"
_SHOWN = 5


def keep_suspense(seller: Seller, settlement: str, entries: Sequence[JournalEntry], desk: Desk) -> None:
    """Make the case of a settlement's suspense what its entries, and what was moved since, ask for."""
    kinds: dict[tuple[tuple[str, str, str], bool], tuple[Decimal, int]] = {}  # what comes and what goes: not netted
    for entry in entries:
        for _, line in suspended_lines(desk.tx, entry, seller.accounts.suspense):
            if line.source is not None:
                names = (line.source.transaction_type, line.source.amount_type, line.source.amount_description)
                kind = names, line.debit == 0
                amount, count = kinds.get(kind, (Decimal(0), 0))
                kinds[kind] = (amount + line.credit - line.debit, count + line.source.count)
    key = f"{CASES}{seller.name}:{settlement}"
    if not kinds:
        desk.close(key, "every line of it has an account now")
        return
    said = "; ".join(
        f"{' / '.join(name)} {plain(amount)} ({count} line{'s' * (count != 1)})"
        for (name, _), (amount, count) in list(kinds.items())[:_SHOWN]
    )
    more = f" (and {len(kinds) - _SHOWN} more)" if len(kinds) > _SHOWN else ""
    rows = list(dict.fromkeys(suggested_row(name) for name, _ in kinds))
    desk.tell(
        Problem(
            key=key,
            code="unmapped-fee",
            owner="finance",
            message=f"settlement {settlement}: in suspense lies what no row of the chart knows: {said}{more}",
            remedy=f"add to {seller.chart.name}: {rows[0]}"
            + (
                f" and {len(rows) - 1} more row{'s' * (len(rows) > 2)}, see `gateway settlements suspense`"
                if len(rows) > 1
                else ""
            )
            + "; the next look moves them",
            subjects=(f"settlement:{seller.name}:{settlement}",),
            due_at=seller.closes_at(datetime.combine(max(entry.period.last for entry in entries), time(12), UTC)),
            at_stake=sum((abs(amount) for amount, _ in kinds.values()), Decimal(0)),
            evidence={
                "seller": seller.name,
                "settlement": settlement,
                "rows": "\n".join(rows),
                "chart": seller.rules.digest,
            },
        )
    )


def clear_suspense(seller: Seller, settlement: str, keys: Iterable[str], book: Book, desk: Desk) -> int:
    """Move what the chart knows by now out of suspense; `keys` are the entries of the settlement. How many lines."""
    moved = 0
    entries = []
    subjects = (f"settlement:{seller.name}:{settlement}", f"settlements:{seller.name}")
    for key in keys:
        document = find_posted(key, desk)
        if document is None:
            continue
        entry = JournalEntry.model_validate(desk.tx.body_of(document.id))
        entries.append(entry)
        found = []
        for index, line in suspended_lines(desk.tx, entry, seller.accounts.suspense):
            bucket = _bucket(line, entry)
            if (account := book.account_of(bucket)) is not None:
                found.append((index, line, account, book.text_of(bucket)))
        if not found:
            continue
        number = 1 + len(_reclassed(desk.tx, entry))
        cleared = reclass(entry, [each[1:] for each in found], number)
        post(cleared, desk, subjects)
        body = {"entry": cleared.id, "of": entry.id, "lines": [each[0] for each in found]}
        desk.note(RECLASSED, body, *subjects)
        moved += len(found)
    keep_suspense(seller, settlement, entries, desk)
    return moved


def suspense_account(journal: Journal | Transaction, entry: JournalEntry, today: str) -> str:
    """The account that was suspense when an entry was posted; `today` where the journal does not say."""
    for note in reversed(journal.events(f"settlement:{entry.seller}:{entry.settlement}", prefix="settlement-posted")):
        if entry.id in note.body["entries"]:
            return str(note.body.get("suspense_account", today))
    return today


def is_asked_anew(case: Case, config: Config) -> bool:
    """Whether the chart is another than the one that did not know what lies in suspense by this case."""
    seller = config.sellers.get(case.evidence["seller"])
    return seller is not None and case.evidence.get("chart") != seller.rules.digest


def suspended_lines(journal: Journal | Transaction, entry: JournalEntry, today: str) -> list[tuple[int, JournalLine]]:
    """The lines of an entry that still lie in suspense, with their places in it; `today` is the account of suspense."""
    gone = {index for body in _reclassed(journal, entry) for index in body["lines"]}
    suspense = suspense_account(journal, entry, today)
    return [
        (index, line)
        for index, line in enumerate(entry.lines)
        if line.source is not None and line.account == suspense and index not in gone
    ]


def _reclassed(journal: Journal | Transaction, entry: JournalEntry) -> list[dict[str, list[int]]]:
    notes = journal.events(f"settlement:{entry.seller}:{entry.settlement}", prefix=RECLASSED)
    return [note.body for note in notes if note.body["of"] == entry.id]


def _bucket(line: JournalLine, entry: JournalEntry) -> Bucket:
    """What lines a journal line was made of, as the chart is asked about them."""
    source = line.source
    if source is None:
        raise ValueError("the line was made of no lines of a settlement")
    names = (source.transaction_type, source.amount_type, source.amount_description)
    is_credit, duty = line.debit == 0, line.tax_owed_by or ""
    return Bucket(entry.period.first.replace(day=1), line.marketplace or "", *names, line.sku or "", is_credit, duty)
