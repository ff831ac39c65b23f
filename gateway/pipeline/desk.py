"""What every step of the pipeline has at hand: the configuration, the mappings, the masters, the transaction, the time.

A desk lives as long as one transaction. Nothing on it reads a clock or opens a file: time and transaction come in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway.catalogue import Account, Items
from gateway.catalogue.items import ITEMS
from gateway.config import Config, Partner
from gateway.journal import Transaction
from gateway.journal.journal import Journal
from gateway.lifecycle.orders import Policy
from gateway.lifecycle.problems import Problem
from gateway.mapping.guides import Guide
from gateway.mapping.library import Mappings

ERP_CHANNEL = "erp"

# When a dispatch leaves that waits for nothing: at whatever time the next turn thinks it is, for times may go back.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Catalogue:
    """The item master, built again only when the journal holds a newer version of it."""

    _version: int = -1
    _items: Items = field(default_factory=lambda: Items(()))

    def items(self, journal: Journal | Transaction) -> tuple[int, Items]:
        """The version of the masters, and the items as of it."""
        version = journal.catalogue_version()
        if version != self._version:
            self._items = Items(tuple(ITEMS.from_cells(cells) for cells in journal.master("items")))
            self._version = version
        return version, self._items


@dataclass(frozen=True)
class Desk:
    """One transaction's worth of work, at one instant."""

    config: Config
    mappings: Mappings
    catalogue: Catalogue
    tx: Transaction
    now: datetime

    def guide(self, partner: Partner) -> Guide:
        """The guide that a partner follows."""
        return self.mappings.guide(partner.guide)

    def items(self) -> tuple[int, Items]:
        """The version of the masters, and the items."""
        return self.catalogue.items(self.tx)

    def tell(self, problem: Problem) -> str:
        """Open the case of a problem, or refresh the one that is open; its id.

        Its evidence names the line that it is about, so that the line can be given up by the case.
        """
        line = {} if problem.line is None else {"line": problem.line}
        return self.tx.open_case(
            key=problem.key,
            code=problem.code,
            owner=problem.owner,
            message=problem.message,
            remedy=problem.remedy,
            due_at=problem.due_at,
            at_stake=None if problem.at_stake is None else f"{problem.at_stake:f}",
            evidence={**problem.evidence, **line},
            subjects=problem.subjects,
        )

    def note(self, kind: str, body: Mapping[str, Any], *subjects: str) -> None:
        """Write a line of history."""
        self.tx.append(kind, dict(body), subjects)


def policy_of(partner: Partner) -> Policy:
    """What the partner's configuration says about waiting."""
    return Policy(unknown_item=partner.unknown_item, lead=partner.unknown_item_lead)


def account_of(partner: Partner, code: str | None) -> Account | None:
    """The account a document names, as the catalogue knows accounts; None where the configuration has none such."""
    found = partner.account(code) if code else None
    if found is None:
        return None
    return Account(name=found.name, **found.model_dump())
