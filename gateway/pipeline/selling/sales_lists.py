"""Lists of orders that have one problem in common, and the one case of each list.

A point of a sale (points.py) puts it on the list of the point's code and value, from the time that the point names on.
Who is on a list is kept among the wakeups, for that is what they are: orders to be looked at again. The case of a list
is written anew when the list changes, and closes by itself when nobody is on it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from gateway.catalogue.gaps import Owner
from gateway.lifecycle.problems import Problem
from gateway.marketplace.events import Point
from gateway.marketplace.sales import Sale
from gateway.pipeline.desk import AT_ONCE, Desk
from gateway.pipeline.selling.sales_state import sale_of, sale_subject, wake

LISTS = "sale-list:"
MEMBERS = "sale-on-list:"
AFTER_SALES = AT_ONCE + timedelta(seconds=1)
"""When lists are looked at: at once, but after the sales that are woken with them."""

_AGAIN = timedelta(hours=1)  # a list is looked at so often though nothing came: the configuration may be another
_SHOWN = 5
_NAMED = 200  # orders that the evidence of a case names


@dataclass(frozen=True)
class Kind:
    """How the case of a list reads. {value}, {n} and {seller} are filled in."""

    owner: Owner
    said: str
    remedy: str
    until_due: bool = False


KINDS: Mapping[str, Kind] = {
    "channel-unknown": Kind(
        "operations",
        "{n} of {seller} with the fulfilment channel {value!r}, which is neither Amazon nor Merchant",
        "find out in Seller Central who ships them; they go on when a report says Amazon or Merchant",
    ),
    "status-unknown": Kind(
        "operations",
        "{n} of {seller} with the status {value!r}, which is new to us",
        "look at them in Seller Central; they go on when a report gives a status that is known",
    ),
    "marketplace-unknown": Kind(
        "IT",
        "{n} of {seller} from {value!r}, which is no marketplace of his",
        'add [sellers.{seller}.marketplaces."{value}"] to config.toml; they go on within an hour of the next start',
    ),
    "sku-unknown": Kind(
        "item data",
        "the ERP does not know SKU {value!r}, which holds up {n} of {seller}",
        "send items.csv with this SKU, or with a row that has it as partner_item of {seller}; all go on by themselves",
    ),
    "sale-incomplete": Kind(
        "operations",
        "{n} of {seller} without a {value} in the report",
        "let Amazon make the orders report anew and drop it; they go on when it is complete",
    ),
    "pending-too-long": Kind(
        "operations",
        "{n} of {seller} pending for too long",
        "look in Seller Central whether they will be paid; their pieces are held back from sale meanwhile",
    ),
    "posting-refused": Kind(
        "operations",
        "the ERP refuses {n} of {seller}: {value}",
        "correct what the ERP names there, then let it send a posting-result that says booked",
    ),
    "stock-short": Kind(
        "operations",
        "too little of {value} in stock for {n} of {seller}, which went to the ERP as back-orders",
        "get the goods, or cancel the orders in Seller Central before their ship-by time",
    ),
    "partly-shipped": Kind(
        "operations",
        "{n} of {seller} had left in part before the ERP got them, and no report tells what is still to ship",
        "drop a to-ship report that names them, or look in Seller Central and ship only what is open",
    ),
    "tax-code-mismatch": Kind(
        "finance",
        "the ERP booked {n} of {seller} with tax code {value}",
        "correct the tax code in the ERP and let it send the posting-result again, or correct tax_code in config.toml",
    ),
    "sale-cancelled": Kind(
        "operations",
        "order {value} of {seller} was cancelled after goods of it had left",
        "stop the goods or expect them back; correct the sales order in the ERP, then resolve this case",
    ),
    "sale-changed": Kind(
        "operations",
        "order {value} of {seller} is listed otherwise than it was shipped",
        "compare Seller Central with the sales order in the ERP and correct it there, then resolve this case",
    ),
    "shipment-without-order": Kind(
        "operations",
        "Amazon shipped {n} of {seller} that no orders report has named",
        "drop an orders report that covers these days; the item fulfilments go by themselves",
    ),
    "refund-without-order": Kind(
        "finance",
        "settlement {value} of {seller} has refunds of {n}, unknown to the ERP",
        "drop an orders report that covers these orders; the credit memos go by themselves",
    ),
    "refund-without-return": Kind(
        "operations",
        "settlement {value} of {seller} refunded {n} of which nothing came back",
        "ask Amazon for a reimbursement; it closes when the returns report names them",
    ),
    "return-without-refund": Kind(
        "finance",
        "{n} of {seller} came back in {value} and no refund is known",
        "look in Seller Central whether the buyer was paid; it closes when a settlement names the refund",
    ),
    "return-without-order": Kind(
        "operations",
        "{n} of {seller} came back in {value}, which no orders report has named: the stock location is not known",
        "drop an orders report that covers these orders; the stock adjustments go by themselves",
    ),
    "dispatch-due": Kind(
        "operations",
        "{n} of {seller} must leave by {value}, and no dispatch is confirmed",
        "ship them and let the ERP send the dispatch-confirmation",
        until_due=True,
    ),
    "dispatch-late": Kind(
        "operations",
        "{n} of {seller} should have left by {value}, and no dispatch is confirmed",
        "ship them at once, or cancel them in Seller Central; late dispatches count against the account",
    ),
    "dispatch-incomplete": Kind(
        "operations",
        "Amazon cannot be told of a dispatch of {seller}",
        "complete it in the ERP and send the dispatch-confirmation again with a higher revision",
    ),
}
"""Code of a point -> how its case reads. The texts are those of docs/cases.md."""


def keep_lists(sale: Sale, before: Iterable[Point], desk: Desk) -> None:
    """Put a sale on the lists that its points name, and take it off the others."""
    now_on, was_on = _places(sale, sale.points), _places(sale, before)
    for subject, point in was_on.items():
        if subject not in now_on:
            desk.tx.wake(subject, None)
            desk.tx.wake(_list(sale.seller, point), AFTER_SALES)
    for subject, point in now_on.items():
        if was_on.get(subject) != point:
            desk.tx.wake(subject, point.at or AT_ONCE)


def look_again(subject: str, desk: Desk) -> bool:
    """An order has been on a list long enough to be told, or is looked at once more. Always true."""
    seller, code, value, order = members_parts(subject)
    desk.tx.wake(subject, desk.now + _AGAIN)
    desk.tx.wake(f"{LISTS}{seller}|{code}|{value}", AFTER_SALES)
    wake(seller, order, desk)
    return True


def tell_list(subject: str, desk: Desk) -> bool:
    """Write the case of a list anew. Always true: what else is due is looked at in this turn."""
    desk.tx.wake(subject, None)
    seller, code, value = subject.removeprefix(LISTS).split("|", 2)
    found = [
        (sale, point)
        for sale in members_of(seller, code, value, desk)
        for point in sale.points
        if point.list == (code, value) and (point.at is None or point.at <= desk.now) and not _is_over(point, desk)
    ]
    if found:
        keep_told(_problem(subject, seller, found), desk)
        return True
    for case in desk.tx.open_cases(key_prefix=subject):
        if case.key == subject:
            desk.tx.close_case(case.id, "what it asked for is there", "gateway")
    return True


def members_of(seller: str, code: str, value: str, desk: Desk) -> list[Sale]:
    """The sales on a list."""
    prefix = f"{MEMBERS}{seller}|{code}|{value}|"
    named = (members_parts(subject) for subject in desk.tx.wakeups(prefix))
    orders = [order for *_, said, order in named if said == value]
    found = (sale_of(desk.tx, seller, order) for order in orders)
    return [sale for sale in found if sale is not None]


def members_parts(subject: str) -> tuple[str, str, str, str]:
    """Seller, code, value and order of a place on a list."""
    seller, code, rest = subject.removeprefix(MEMBERS).split("|", 2)
    value, _, order = rest.rpartition("|")
    return seller, code, value, order


def _problem(subject: str, seller: str, found: list[tuple[Sale, Point]]) -> Problem:
    code, value = found[0][1].list
    kind = KINDS[code]
    orders = list(dict.fromkeys(sale.order for sale, _ in found))
    texts = list(dict.fromkeys(point.text for _, point in found))
    counted = f"{len(orders)} order" + ("" if len(orders) == 1 else "s")
    said = kind.said.format(n=counted, value=value, seller=seller)
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    dues = [point.due_at for _, point in found if point.due_at]
    evidence = {"seller": seller, "orders": ", ".join(orders[:_NAMED])}
    if len(orders) > _NAMED:
        evidence["not_named"] = str(len(orders) - _NAMED)
    return Problem(
        key=subject,
        code=code,
        owner=kind.owner,
        message=f"{said}: {', '.join(texts[:_SHOWN])}{more}",
        remedy=kind.remedy.format(value=value, seller=seller),
        subjects=tuple(sale_subject(seller, order) for order in orders[:_NAMED]),
        due_at=min(dues, default=None),
        at_stake=_at_stake([sale for sale, _ in found]),
        evidence=evidence,
    )


def _at_stake(sales: list[Sale]) -> Decimal | None:
    """What the orders cost together, where they are all of one currency."""
    listed = {sale.order: sale.listed for sale in sales if sale.listed}
    if len({each.currency for each in listed.values()}) != 1:
        return None
    prices = [line.price for each in listed.values() for line in each.lines if line.price is not None]
    return sum(prices, Decimal(0)) if prices else None


def keep_told(problem: Problem, desk: Desk) -> None:
    """Tell a problem, unless a person has ended its case and it is what it was then."""
    earlier = [case for case in desk.tx.cases(key_prefix=problem.key) if case.key == problem.key]
    last = earlier[-1] if earlier else None
    if last is None or last.closed_by in (None, "gateway") or last.evidence != problem.evidence:
        desk.tell(problem)


def _is_over(point: Point, desk: Desk) -> bool:
    return KINDS[point.code].until_due and point.due_at is not None and point.due_at <= desk.now


def _places(sale: Sale, points: Iterable[Point]) -> dict[str, Point]:
    """Each place on a list with the point that is told first."""
    found: dict[str, Point] = {}
    for point in sorted(points, key=lambda point: point.at or AT_ONCE):
        found.setdefault(_member(sale, point), point)
    return found


def _member(sale: Sale, point: Point) -> str:
    return f"{MEMBERS}{sale.seller}|{point.code}|{point.value}|{sale.order}"


def _list(seller: str, point: Point) -> str:
    return f"{LISTS}{seller}|{point.code}|{point.value}"
