"""What settlements say of orders is kept with the orders, and compared with what the reports and the ERP said.

The settlement decides; each difference is told in one case for the settlement, whatever the number of orders: orders
that the ERP has not got (orders-missing), amounts that differ (settlement-drift), and tax that another owes than the
sales order says (tax-mismatch). A case is looked at again, ever more seldom, and closes when it is no more so.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from gateway.catalogue.gaps import Owner
from gateway.config import Seller
from gateway.lifecycle.problems import Problem
from gateway.marketplace.events import SETTLED
from gateway.marketplace.settled import SettledOrder, drift, tax_owed_by
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.sales_lists import AFTER_SALES, keep_told
from gateway.pipeline.selling.sales_state import sale_of, sale_subject

WAKES = "sales-settled:"
_TOGETHER = 200  # orders of one entry
_DAY = timedelta(days=1)
_SHOWN = 5


def take_settled(
    seller: Seller, settlement: str, orders: Mapping[str, SettledOrder], desk: Desk, *, revision: int
) -> None:
    """Keep what a settlement says of its orders, and see that it is compared."""
    subject = _subject(seller.name, settlement)
    before = _settled(subject, desk)
    now = {name: {kind: f"{total:f}" for kind, total in order.totals.items()} for name, order in orders.items()}
    gone: dict[str, dict[str, str]] = {name: {} for name, totals in before.items() if name not in now and totals}
    news = {**gone, **{name: totals for name, totals in now.items() if totals != before.get(name)}}
    names = list(news)
    for start in range(0, len(names), _TOGETHER):
        some = names[start : start + _TOGETHER]
        body = {"settlement": settlement, "revision": revision, "orders": {name: news[name] for name in some}}
        desk.note(SETTLED, body, subject, *(sale_subject(seller.name, name) for name in some))
    wake_settlement(seller.name, settlement, desk)


def wake_settlement(seller: str, settlement: str, desk: Desk) -> None:
    """Compare a settlement with its orders in the next round, after those that go on then."""
    desk.tx.wake(f"{WAKES}{seller}:{settlement}", AFTER_SALES)


def look_again(subject: str, desk: Desk) -> bool:
    """Compare a settlement with its orders. Always true: what else is due is looked at in this turn."""
    name, settlement = subject.removeprefix(WAKES).split(":", 1)
    desk.tx.wake(subject, None)
    seller = desk.config.sellers.get(name)
    if seller is not None:
        orders = [order for order, totals in _settled(_subject(name, settlement), desk).items() if totals]
        _judge(seller, settlement, orders, desk)
    return True


def _judge(seller: Seller, settlement: str, orders: list[str], desk: Desk) -> None:
    missing: list[str] = []
    drifting: dict[str, Decimal] = {}
    taxed: dict[str, str] = {}
    for order in orders:
        sale = sale_of(desk.tx, seller.name, order)
        if sale is None or not sale.posted:
            missing.append(order)
            continue
        if sale.is_cancelled or sale.listed is None:
            continue
        if abs(difference := drift(sale)) > Decimal(seller.drift_amount):
            drifting[order] = difference
        if (owed := tax_owed_by(sale)) is not None and owed != seller.taxes:
            taxed[order] = owed
    prefix = f"{_subject(seller.name, settlement)}:"
    wanted = {problem.key: problem for problem in _problems(seller, settlement, prefix, missing, drifting, taxed)}
    for code in OWNERS:
        for case in desk.tx.open_cases(key_prefix=f"{prefix}{code}"):
            if case.key not in wanted:
                desk.tx.close_case(case.id, "what it asked for is there", "gateway")
    for problem in wanted.values():
        keep_told(problem, desk)
    if wanted:
        first = desk.tx.events(_subject(seller.name, settlement), prefix=SETTLED)
        age = desk.now - first[0].at if first else _DAY
        desk.tx.wake(f"{WAKES}{seller.name}:{settlement}", desk.now + max(_DAY, age))


OWNERS: Mapping[str, Owner] = {"orders-missing": "finance", "settlement-drift": "finance", "tax-mismatch": "finance"}
"""Code of a case about a settlement and its orders -> who owns it."""


def _problems(
    seller: Seller,
    settlement: str,
    prefix: str,
    missing: list[str],
    drifting: Mapping[str, Decimal],
    taxed: Mapping[str, str],
) -> Iterator[Problem]:
    what = f"settlement {settlement} of {seller.name}"
    if missing:
        said = f"{what} pays {_counted(missing)} that the ERP has not got"
        remedy = "drop an orders report that covers them; `gateway sales list --missing` says what each waits for"
        yield _problem(prefix, "orders-missing", said, remedy, dict.fromkeys(missing, ""))
    if drifting:
        shown = {name: f"{amount:+f}" for name, amount in drifting.items()}
        said = f"{what} differs from {_counted(drifting)} by {sum(drifting.values(), Decimal(0)):+f}"
        remedy = "the settlement decides: correct the sales orders in the ERP, or raise drift_amount in config.toml"
        yield _problem(prefix, "settlement-drift", said, remedy, shown)
    if taxed:
        said = f"{what} has tax of {_counted(taxed)} that another owes than the sales orders say ({seller.taxes})"
        remedy = "correct the tax codes in the ERP, or `taxes` of the seller in config.toml"
        yield _problem(prefix, "tax-mismatch", said, remedy, taxed)


def _problem(prefix: str, code: str, said: str, remedy: str, orders: Mapping[str, str]) -> Problem:
    _, seller, _, _ = prefix.split(":", 3)
    shown = [f"{name} {text}".strip() for name, text in orders.items()]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return Problem(
        key=f"{prefix}{code}",
        code=code,
        owner=OWNERS[code],
        message=f"{said}: {', '.join(shown[:_SHOWN])}{more}",
        remedy=remedy,
        subjects=(prefix.removesuffix(":"), *(sale_subject(seller, name) for name in list(orders)[:_TOGETHER])),
        evidence={"orders": ", ".join(shown[:_TOGETHER])},
    )


def _counted(orders: Mapping[str, object] | list[str]) -> str:
    return f"{len(orders)} order" + ("" if len(orders) == 1 else "s")


def _settled(subject: str, desk: Desk) -> dict[str, dict[str, str]]:
    """What a settlement says of each order by now."""
    found: dict[str, dict[str, str]] = {}
    for entry in desk.tx.events(subject, prefix=SETTLED):
        found.update(entry.body["orders"])
    return found


def _subject(seller: str, settlement: str) -> str:
    return f"settlement:{seller}:{settlement}"
