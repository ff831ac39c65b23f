"""What became of settlements: the source of `gateway settlements`. From a deposit down to a line of a report, and back.

The lines of a report are not kept apart: settled_lines.py reads its file again when somebody asks for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from gateway.config import Config, Seller
from gateway.documents import JournalEntry
from gateway.documents.base import plain
from gateway.errors import NotFound
from gateway.finance.chart import suggested_row
from gateway.finance.settlement import Bucket
from gateway.grammar.reports import folded
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.journal.records import Document
from gateway.pipeline.selling.bank import deposits
from gateway.pipeline.selling.posted import (
    HELD,
    Posted,
    book_of,
    find_settlement,
    settlement_subject,
    settlements_of,
    settlements_subject,
)
from gateway.pipeline.selling.posting import is_superseded, posting_subject
from gateway.pipeline.selling.suspense import CASES, RECLASSED, suspended_lines
from gateway.queries import to_the_second

Json = dict[str, Any]
_PIECE = 1 << 18


def settlements(journal: Journal, config: Config, now: datetime, *, seller: str | None = None) -> list[Json]:
    """Every settlement that came: what was posted by the time it ends, then what is held."""
    rows: list[Json] = []
    for each in _sellers(config, seller):
        posted = settlements_of(journal, each.name)
        banks = _banks(journal, config, now) if posted else {}
        rows += [_row(journal, one, now, banks) for one in posted]
        known = {one.settlement for one in posted}
        rows += [row for row in _held(journal, each) if row["settlement"] not in known]
    return rows


def settlement(instance: Instance, number: str, now: datetime) -> Json:
    """All of one settlement: its entries with what became of them, sums by account, what is wrong, what happened.

    Raises NotFound.
    """
    journal = instance.journal
    posted = find_posted_settlement(journal, instance.config, number)
    shown = _row(journal, posted, now, _banks(journal, instance.config, now))
    entries = [_entry(journal, document) for document in entries_of(journal, posted)]
    shown["entries"] = entries
    shown["accounts"] = _by_account(journal, posted)
    subject = settlement_subject(posted.seller, posted.settlement)
    shown["cases"] = [
        {"id": case.id, "code": case.code, "message": case.message, "remedy": case.remedy}
        for case in journal.open_cases(subject=subject)
    ]
    shown["history"] = [
        {"at": to_the_second(entry.at), "what": entry.kind, "revision": entry.body.get("revision")}
        for entry in journal.events(subject)
        if entry.kind.startswith("settlement-")
    ]
    return shown


def find_posted_settlement(journal: Journal, config: Config, number: str) -> Posted:
    """The settlement of this number. Raises NotFound."""
    for seller in config.sellers.values():
        if (posted := find_settlement(journal, seller.name, number)) is not None:
            return posted
        for entry in reversed(journal.events(settlement_subject(seller.name, number), prefix=HELD)):
            raise NotFound(f"settlement {number} is held and nothing of it is posted: {entry.body['why']}")
    raise NotFound(f"there is no settlement {number}: `gateway settlements list` shows those there are")


def entries_of(journal: Journal, posted: Posted) -> Iterator[Document]:
    """Every journal entry of a settlement, in the order they were made, reversals and reclasses among them."""
    for entry in journal.events(settlement_subject(posted.seller, posted.settlement), prefix="document-stored"):
        if entry.body["type"] == "journal-entry":
            yield journal.document(str(entry.seq))


def _live(journal: Journal, documents: Iterable[Document]) -> list[Document]:
    """The entries that count: neither reversed, nor refused by the ERP and issued anew since.

    One that was reversed before the ERP refused it counts still: its reversal has nothing to take back.
    """
    standing = [document for document in documents if not is_superseded(document, journal)]
    bodies = {document.id: journal.body_of(document.id) for document in standing}
    reversed_ids = {body["reverses"] for body in bodies.values() if body.get("reverses")}
    return [
        document
        for document in standing
        if bodies[document.id]["id"] not in reversed_ids or document.acknowledgement == "rejected"
    ]


def suspense(journal: Journal, config: Config) -> Iterator[Json]:
    """Every kind of line that lies in suspense, with the row that chart.csv lacks."""
    for case in journal.open_cases(key_prefix=CASES):
        posted = find_settlement(journal, case.evidence["seller"], case.evidence["settlement"])
        if posted is None or posted.seller not in config.sellers:
            continue
        today = config.sellers[posted.seller].accounts.suspense
        for key in posted.entries:
            entry = _posted_entry(journal, key)
            for _, line in suspended_lines(journal, entry, today):
                source = line.source
                if source is None:
                    continue
                names = (source.transaction_type, source.amount_type, source.amount_description)
                yield {
                    "seller": posted.seller,
                    "settlement": posted.settlement,
                    "transaction_type": names[0],
                    "amount_type": names[1],
                    "amount_description": names[2],
                    "amount": plain(line.credit - line.debit),
                    "currency": entry.currency,
                    "lines": source.count,
                    "sku": line.sku,
                    "chart_row": suggested_row(names),
                    "case": case.id,
                }


def explain_line(seller: Seller, names: tuple[str, str, str], *, is_credit: bool) -> Json:
    """What the chart of a seller does with a line: the rule, where it stands, and the account of the ledger."""
    book = book_of(seller)
    rule = book.chart.find(*names, is_credit=is_credit)
    account = book.account_of(Bucket(EVER, "", *names, "", is_credit, ""))
    return {
        "seller": seller.name,
        "transaction_type": names[0],
        "amount_type": names[1],
        "amount_description": names[2],
        "sign": "+" if is_credit else "-",
        "rule": None if rule is None else f"{seller.chart.name}, line {rule.line}",
        "account": account or book.accounts["suspense"],
        "text": "in suspense: no row of the chart knows it" if rule is None else rule.text,
        "is_new": folded(names[2]) not in book.chart.descriptions,
    }


EVER = date(1970, 1, 1)  # a month that no line has: what is asked does not depend on it


def _sellers(config: Config, name: str | None) -> list[Seller]:
    if name is not None and name not in config.sellers:
        raise NotFound(f"there is no seller {name}; config.toml has {', '.join(config.sellers) or 'none'}")
    return [seller for seller in config.sellers.values() if name in (None, seller.name)]


def _banks(journal: Journal, config: Config, now: datetime) -> dict[tuple[str, str], str]:
    """What became of each deposit, by seller and settlement."""
    states = deposits(journal, config, now.astimezone(UTC).date())
    return {(each.deposit.seller, each.deposit.settlement): each.state for each in states}


def _row(journal: Journal, posted: Posted, now: datetime, banks: Mapping[tuple[str, str], str]) -> Json:
    documents = list(entries_of(journal, posted))
    answers = {document.acknowledgement for document in _live(journal, documents)}
    waiting = sum((each for each in _suspended(journal, posted)), Decimal(0))
    subject = settlement_subject(posted.seller, posted.settlement)
    return {
        "seller": posted.seller,
        "settlement": posted.settlement,
        "status": "refused" if "rejected" in answers else "booked" if answers == {"accepted"} else "posted",
        "revision": posted.revision,
        "currency": posted.currency,
        "deposit": plain(posted.deposit),
        "from": posted.starts_at.date().isoformat(),
        "to": posted.ends_at.date().isoformat(),
        "days_ago": (now - posted.ends_at).days,
        "suspense": plain(waiting),
        "bank": banks.get((posted.seller, posted.settlement)),
        "entries": len(documents),
        "case": next((case.id for case in journal.open_cases(subject=subject)), None),
        "posted_at": to_the_second(posted.at),
    }


def _held(journal: Journal, seller: Seller) -> Iterator[Json]:
    latest = {
        entry.body["settlement"]: entry for entry in journal.events(settlements_subject(seller.name), prefix=HELD)
    }
    for number, entry in latest.items():
        body = entry.body
        yield {
            "seller": seller.name,
            "settlement": number,
            "status": body["state"],
            "revision": None,
            "currency": body["currency"] or None,
            "deposit": body["total"],
            "difference": body["difference"],
            "why": body["why"],
            "from": None,
            "to": None,
            "days_ago": None,
            "suspense": None,
            "bank": None,
            "entries": 0,
            "case": next((c.id for c in journal.open_cases(subject=f"file:{body['file']}")), None),
            "posted_at": to_the_second(entry.at),
        }


def _entry(journal: Journal, document: Document) -> Json:
    entry = JournalEntry.model_validate(journal.body_of(document.id))
    said = journal.events(posting_subject(entry.id), prefix="posting-answered")
    return {
        "document": document.id,
        "id": entry.id,
        "kind": entry.kind,
        "part": f"{entry.part}/{entry.parts}",
        "from": entry.period.first.isoformat(),
        "to": entry.period.last.isoformat(),
        "deposit": plain(entry.deposit),
        "debits": plain(sum((line.debit for line in entry.lines), Decimal(0))),
        "credits": plain(sum((line.credit for line in entry.lines), Decimal(0))),
        "suspense": plain(entry.suspense),
        "file": document.file,
        "delivery": document.delivery,
        "acknowledgement": document.acknowledgement,
        "is_superseded": is_superseded(document, journal),
        "number": said[-1].body["number"] if said else None,
    }


def _by_account(journal: Journal, posted: Posted) -> list[Json]:
    """What all entries together do to each account: debits and credits apart."""
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for document in entries_of(journal, posted):
        if is_superseded(document, journal):
            continue
        for line in JournalEntry.model_validate(journal.body_of(document.id)).lines:
            key = (line.account, line.text)
            found = sums.setdefault(key, [Decimal(0), Decimal(0)])
            found[0] += line.debit
            found[1] += line.credit
    return [
        {"account": account, "text": text, "debit": plain(debit), "credit": plain(credit)}
        for (account, text), (debit, credit) in sorted(sums.items())
    ]


def _posted_entry(journal: Journal, key: str) -> JournalEntry:
    stored = journal.events(posting_subject(key), prefix="document-stored")
    return JournalEntry.model_validate(journal.body_of(str(stored[0].seq)))


def _suspended(journal: Journal, posted: Posted) -> Iterator[Decimal]:
    """What still lies in suspense: what the entries put there, and what was moved since."""
    keys = [*posted.entries]
    notes: list[Mapping[str, Any]] = [
        note.body for note in journal.events(settlement_subject(posted.seller, posted.settlement), prefix=RECLASSED)
    ]
    keys += [note["entry"] for note in notes if note["of"] in posted.entries]
    for key in keys:
        yield _posted_entry(journal, key).suspense
