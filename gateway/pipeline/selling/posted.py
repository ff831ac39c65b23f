"""What was posted of settlements, as the journal remembers it: each in its latest revision, found by its number."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway.config import Seller
from gateway.finance.journal import Book
from gateway.finance.reserves import Link
from gateway.finance.settlement import Reserve
from gateway.journal import Journal, Transaction

POSTED, HELD, REPEATED = "settlement-posted", "settlement-held", "settlement-repeated"


def settlement_subject(seller: str, settlement: str) -> str:
    """Under what everything about a settlement is found."""
    return f"settlement:{seller}:{settlement}"


def settlements_subject(seller: str) -> str:
    """Under what every settlement of a seller is found."""
    return f"settlements:{seller}"


@dataclass(frozen=True)
class Posted:
    """What was posted of a settlement, as the journal remembers it: its latest revision."""

    seller: str
    settlement: str
    revision: int
    digest: str
    currency: str
    deposit: Decimal
    starts_at: datetime
    ends_at: datetime
    entries: tuple[str, ...]
    reserves: dict[str, Reserve]
    marketplaces: tuple[str, ...]
    file: str
    at: datetime

    @property
    def link(self) -> Link:
        """Its place among the settlements of its seller."""
        span = (self.starts_at, self.ends_at)
        return Link(self.settlement, self.currency, *span, self.reserves, self.marketplaces)


def book_of(seller: Seller) -> Book:
    """How a seller's ledger is kept."""
    return Book(
        seller=seller.name,
        chart=seller.rules,
        accounts=seller.accounts.model_dump(),
        mode=seller.mode,
        line_per_sku=seller.line_per_sku,
    )


def digests_of(journal: Journal | Transaction, seller: str, settlement: str) -> set[str]:
    """The digests of everything that was ever posted of a settlement."""
    return {entry.body["digest"] for entry in journal.events(settlement_subject(seller, settlement), prefix=POSTED)}


def find_settlement(journal: Journal | Transaction, seller: str, settlement: str) -> Posted | None:
    """The latest that was posted of a settlement."""
    posted = journal.events(settlement_subject(seller, settlement), prefix=POSTED)
    return _as_posted(posted[-1].body, posted[-1].at) if posted else None


def settlements_of(journal: Journal | Transaction, seller: str) -> list[Posted]:
    """Every settlement of a seller that was posted, in its latest revision, by the time they end."""
    entries = journal.events(settlements_subject(seller), prefix=POSTED)
    latest = {entry.body["settlement"]: _as_posted(entry.body, entry.at) for entry in entries}
    return sorted(latest.values(), key=lambda posted: (posted.ends_at, posted.settlement))


def _as_posted(body: dict[str, Any], at: datetime) -> Posted:
    return Posted(
        seller=body["seller"],
        settlement=body["settlement"],
        revision=body["revision"],
        digest=body["digest"],
        currency=body["currency"],
        deposit=Decimal(body["deposit"]),
        starts_at=datetime.fromisoformat(body["starts_at"]),
        ends_at=datetime.fromisoformat(body["ends_at"]),
        entries=tuple(body["entries"]),
        reserves={name: Reserve(*map(Decimal, pair)) for name, pair in body["reserves"].items()},
        marketplaces=tuple(body["marketplaces"]),
        file=body["file"],
        at=at,
    )
