"""What every step of the pipeline has at hand: the configuration, the mappings, the masters, the transaction, the time.

A desk lives as long as one transaction. Nothing on it reads a clock or opens a file: time and transaction come in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.catalogue import LOCATIONS, TERMS, Account, AccountTerms, Items, Location, find_location
from gateway.catalogue.items import ITEMS
from gateway.config import Config, Partner
from gateway.journal import Transaction
from gateway.journal.journal import Journal
from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.deadlines import Timings
from gateway.lifecycle.decisions import Policy
from gateway.lifecycle.problems import Problem
from gateway.mapping.guides import Guide
from gateway.mapping.library import Mappings

ERP_CHANNEL = "erp"

# When a dispatch leaves that waits for nothing: at whatever time the next turn thinks it is, for times may go back.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Catalogue:
    """The masters, built again only when the journal holds a newer version of them."""

    _version: int = -1
    _items: Items = field(default_factory=lambda: Items(()))
    _locations: tuple[Location, ...] = ()
    _terms: tuple[AccountTerms, ...] = ()

    def items(self, journal: Journal | Transaction) -> tuple[int, Items]:
        """The version of the masters, and the items as of it."""
        self._refresh(journal)
        return self._version, self._items

    def locations(self, journal: Journal | Transaction) -> tuple[Location, ...]:
        """The places that the masters know."""
        self._refresh(journal)
        return self._locations

    def terms(self, journal: Journal | Transaction) -> tuple[AccountTerms, ...]:
        """The terms of accounts."""
        self._refresh(journal)
        return self._terms

    def forget(self) -> None:
        """What was built may rest on rows that were taken back: build it again."""
        self._version = -1

    def _refresh(self, journal: Journal | Transaction) -> None:
        version = journal.catalogue_version()
        if version != self._version:
            self._items = Items(tuple(ITEMS.from_cells(cells) for cells in journal.master("items")))
            self._locations = tuple(LOCATIONS.from_cells(cells) for cells in journal.master("locations"))
            self._terms = tuple(TERMS.from_cells(cells) for cells in journal.master("terms"))
            self._version = version


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

    def locations(self) -> tuple[Location, ...]:
        """The places that the masters know."""
        return self.catalogue.locations(self.tx)

    def terms(self, account: str | None) -> AccountTerms | None:
        """The terms of an account; None where terms.csv has none."""
        return next((terms for terms in self.catalogue.terms(self.tx) if terms.account == account), None)

    def policy(self, partner: Partner, ship_to: str | None) -> Policy:
        """What is decided by itself for an order of this partner to this place."""
        return policy_of(partner, self.guide(partner), zone_of(self.locations(), partner.name, ship_to))

    def conduct(self, partner: Partner, ship_to: str | None = None) -> Conduct:
        """How the partner wants to be dealt with."""
        return conduct_of(partner, self.guide(partner), zone_of(self.locations(), partner.name, ship_to))

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

    def close(self, key: str, why: str) -> bool:
        """Close the case of a problem that is gone. Whether one was open."""
        case = self.tx.open_case_of(key)
        if case is not None:
            self.tx.close_case(case.id, why, "gateway")
        return case is not None

    def note(self, kind: str, body: Mapping[str, Any], *subjects: str) -> None:
        """Write a line of history."""
        self.tx.append(kind, dict(body), subjects)


def policy_of(partner: Partner, guide: Guide, zone: tzinfo = UTC) -> Policy:
    """What the partner's configuration says about waiting, and its guide about times; days end in `zone`."""
    return Policy(unknown_item=partner.unknown_item, lead=partner.unknown_item_lead, timings=timings_of(guide, zone))


def policy_for(partner: Partner, ship_to: str | None, mappings: Mappings, journal: Journal | Transaction) -> Policy:
    """The same for who only looks: the masters are read for the one place."""
    locations = (LOCATIONS.from_cells(cells) for cells in journal.master("locations") if cells["code"] == ship_to)
    return policy_of(partner, mappings.guide(partner.guide), zone_of(locations, partner.name, ship_to))


def conduct_of(partner: Partner, guide: Guide, zone: tzinfo = UTC) -> Conduct:
    """The guide's settings for gates, and the partner's for the sequence."""
    return Conduct(
        weights=guide.gates,  # type: ignore[arg-type]  # reading the guide has compared them with the words there are
        labels=guide.labels,
        label_days=guide.label_days,
        charges=guide.charges,
        timings=timings_of(guide, zone),
        ship_notice_after=partner.ship_notice_after,
        invoice_after=partner.invoice_after,
        back_orders="allowed" if guide.conduct.get("back_orders") == "allowed" else "as-ordered",
        orders_an_invoice="many" if guide.conduct.get("orders_an_invoice") == "many" else "one",
    )


def timings_of(guide: Guide, zone: tzinfo) -> Timings:
    """The guide's times; what it does not set is as usual."""
    own = {name: value for name, value in guide.deadlines.items() if name in Timings.__dataclass_fields__}
    return Timings(zone=zone, **own)


def zone_of(locations: Iterable[Location], partner: str, code: str | None) -> tzinfo:
    """The time zone of the place that goods go to; UTC where the masters do not know it."""
    place = find_location(locations, code, "ship-to", partner) if code else None
    try:
        return ZoneInfo(place.time_zone) if place and place.time_zone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def account_of(partner: Partner, code: str | None) -> Account | None:
    """The account a document names, as the catalogue knows accounts; None where the configuration has none such."""
    found = partner.account(code) if code else None
    if found is None:
        return None
    return Account(name=found.name, **found.model_dump())
