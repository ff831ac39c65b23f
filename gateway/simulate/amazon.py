"""What Amazon orders and says of what it got, drawn by chance: pure functions of a random.Random.

An order is made of offers, the ways in which the item master lets an item be ordered (each or case, by which id). The
first choice of every draw is the plain one, so that a test that shrinks its chances ends at the plainest order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

from gateway.catalogue import Item
from gateway.config import Account, Partner
from gateway.documents.identifiers import gtin14

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_UNKNOWN_PRICE = Decimal("9.99")
_USUAL_PRICE = Decimal(10)


@dataclass(frozen=True)
class Habits:
    """How often something happens, in per cent, and how large things are."""

    lines: int = 3
    units: int = 24
    unknown: int = 8
    change: int = 15
    cancel: int = 4
    repeat: int = 8
    with_errors: int = 10
    rejected: int = 8
    late: int = 6
    never: int = 3
    short: int = 15


@dataclass(frozen=True)
class Offer:
    """A way in which an item may be ordered. `pack` is how many pieces the unit holds, 1 for a piece."""

    scheme: str
    id: str
    price: Decimal
    pack: int = 1


@dataclass(frozen=True)
class Wanted:
    """One line of an order."""

    line: str
    offer: Offer
    units: int


@dataclass(frozen=True)
class Order:
    """An order as Amazon means it."""

    number: str
    account: str
    ship_to: str
    ordered_on: date
    not_before: date
    not_after: date
    lines: tuple[Wanted, ...]


def offers_of(items: Sequence[Item], partner: Partner, account: Account) -> list[Offer]:
    """What a partner may order of the items, by each id: cases where the id is a case's, or where a case is known."""
    found = []
    for row in items:
        if row.partner not in (partner.name, "") or not row.scheme:
            continue
        price = row.base_price or _USUAL_PRICE
        is_case = bool(row.case_pack) and gtin14(row.partner_item) == gtin14(row.gtin_case) is not None
        if not is_case and (partner.format == "x12" or account.measurement_type == "EA"):
            found.append(Offer(row.scheme, row.partner_item, price))
        if row.case_pack and (is_case or partner.format == "x12" or account.measurement_type == "CA"):
            asked = price * row.case_pack if account.price_basis == "ordered-unit" else price
            found.append(Offer(row.scheme, row.partner_item, asked, row.case_pack))
    return found


def happens(chance: Random, per_cent: int) -> bool:
    """Whether something that happens in so many of a hundred does; the lowest draw says no."""
    return chance.randint(0, 99) >= 100 - per_cent


def new_number(chance: Random) -> str:
    """The number of an order, as Amazon's look: eight letters and digits."""
    return "".join(chance.choice(_LETTERS) for _ in range(8))


def new_order(
    chance: Random,
    number: str,
    offers: Sequence[Offer],
    ship_to: str,
    account: str,
    at: datetime,
    habits: Habits,
) -> Order:
    """An order over some of the offers, now and then with a line that nobody knows."""
    count = chance.randint(1, habits.lines)
    lines = tuple(_line(chance, str(place), offers, habits) for place in range(1, count + 1))
    today = at.date()
    return Order(number, account, ship_to, today, today + timedelta(days=3), today + timedelta(days=14), _apart(lines))


def _line(chance: Random, number: str, offers: Sequence[Offer], habits: Habits) -> Wanted:
    offer = chance.choice(offers)
    if happens(chance, habits.unknown):
        serial = f"NEW-{chance.randint(1, 9)}"
        offer = Offer("SA" if any(each.scheme == "SA" for each in offers) else "VN", serial, _UNKNOWN_PRICE)
    return Wanted(number, offer, chance.randint(1, habits.units))


def _apart(lines: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    """Each item once, whatever its unit: an order that names one twice is nobody's usual order."""
    return tuple({line.offer.id: line for line in reversed(lines)}.values())[::-1]


def changed(chance: Random, order: Order, habits: Habits) -> Order:
    """The same order with another quantity of one line, or without its last one."""
    if len(order.lines) > 1 and chance.randint(0, 2) == 2:
        return replace(order, lines=order.lines[:-1])
    place = chance.randint(0, len(order.lines) - 1)
    other = replace(order.lines[place], units=chance.randint(1, habits.units))
    return replace(order, lines=(*order.lines[:place], other, *order.lines[place + 1 :]))


Verdict = Literal["A", "E", "R"]


@dataclass(frozen=True)
class Reaction:
    """What Amazon says of a document of ours, and after what time; a verdict of None is never said."""

    verdict: Verdict | None
    after: timedelta


def reaction(chance: Random, habits: Habits) -> Reaction:
    """How Amazon takes a document."""
    draw = chance.randint(0, 99)
    usual = timedelta(minutes=chance.randint(5, 90))
    said: Verdict | None = "A"
    for verdict, share in (("E", habits.with_errors), ("R", habits.rejected), (None, habits.never)):
        draw += share
        if draw >= 100:
            said = verdict  # type: ignore[assignment]  # the table's words are those of Verdict
            break
    return Reaction(said, timedelta(hours=30) if happens(chance, habits.late) else usual)
