"""Finance: from a deposit to a line of a report and back, what lies in suspense, what partners owe and short-pay."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import islice
from shlex import quote
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.errors import InputError, NotFound
from gateway.queries import Json
from gateway.queries.finance_views import STATUSES, deposit_lines, invoices, payments_by_status, reserves
from gateway.queries.settled import find_posted_settlement, settlement, settlements, suspense
from gateway.queries.settled_lines import Wanted, lines
from gateway.web.screen import Screen, shows

_SHOWN = 40  # of each list; the command line has all of them
_LINES = 100


def finance(screen: Screen) -> Response:
    """The books at a glance."""
    journal, config, now = screen.journal, screen.config, screen.now
    seller, status, after = screen.query("seller"), screen.query("status") or "all", screen.query("after")
    if seller and seller not in config.sellers:
        raise NotFound(f"there is no seller {seller}")
    settled = settlements(journal, config, now, seller=seller or None)
    waiting = [row for row in suspense(journal, config) if seller in ("", row["seller"])]
    rows, following = invoices(journal, config, now, status=status, after=after)
    banked = [row for row in deposit_lines(journal, config, now) if seller in ("", row["seller"])]
    return screen.page(
        "finance.html",
        title="Finance",
        command=f"settlements list{f' --seller {quote(seller)}' if seller else ''}",
        settled=list(reversed(settled))[:_SHOWN],
        more_settled=max(0, len(settled) - _SHOWN),
        suspense=waiting[:_SHOWN],
        more_suspense=max(0, len(waiting) - _SHOWN),
        in_suspense=_sums(waiting),
        reserves=[row for row in reserves(journal, config) if seller in ("", row["seller"])],
        deposits=banked[:_SHOWN],
        unbanked=sum(row["bank"] != "matched" for row in banked),
        invoices=rows,
        following=f"/finance?{urlencode({'status': status, 'after': following})}#invoices" if following else None,
        counts=payments_by_status(journal),
        asked={"seller": seller, "status": status, "after": after},
        statuses=STATUSES,
        sellers=list(config.sellers),
    )


def one_settlement(screen: Screen) -> Response:
    """A settlement: its deposit, its entries, its accounts, and its lines narrowed as asked."""
    number = screen.path("number")
    shown = settlement(screen.instance, number, screen.now)
    asked = {name: screen.query(name) for name in ("order", "sku", "description", "account")}
    wanted = Wanted(*(asked[name] or None for name in ("order", "sku", "description", "account")))
    start = _number(screen.query("after", at_most=9))
    posted = find_posted_settlement(screen.journal, screen.config, number)
    pruned = screen.journal.pruned_at(screen.journal.file(posted.file).sha256) is not None
    page: list[Json] = []
    if not pruned:
        found = (row for row in lines(screen.instance, posted, wanted) if row["line"] > start)
        page = list(islice(found, _LINES + 1))
    said = {name: value for name, value in asked.items() if value}
    after = page[_LINES - 1]["line"] if len(page) > _LINES else None
    entries = {entry["id"]: entry for entry in shown["entries"]}
    return screen.page(
        "settlement.html",
        title=f"Settlement {number}",
        command=f"settlements show {quote(number)}",
        trail=[("/finance", "Finance")],
        settlement=shown,
        deposits=[
            row for row in deposit_lines(screen.journal, screen.config, screen.now) if row["settlement"] == number
        ],
        lines=page[:_LINES],
        entries=entries,
        asked=asked,
        pruned=pruned,
        following=f"/finance/settlements/{number}?{urlencode({**said, 'after': after})}#lines" if after else None,
        sums=_by_account(shown["accounts"]),
    )


def _number(text: str) -> int:
    if text and not (text.isascii() and text.isdecimal()):
        raise InputError(f"{text!r} is no number of a line")
    return int(text or 0)


def _sums(rows: Iterable[Json]) -> dict[str, str]:
    """The money of some rows by currency."""
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row["currency"]] = found.get(row["currency"], Decimal(0)) + Decimal(row["amount"])
    return {currency: f"{amount:f}" for currency, amount in sorted(found.items())}


def _by_account(rows: Iterable[Json]) -> dict[str, str]:
    """What balances: all debits and all credits."""
    found = list(rows)
    return {side: f"{sum((Decimal(row[side]) for row in found), Decimal(0)):f}" for side in ("debit", "credit")}


ADDRESSES = (shows("/finance", finance), shows("/finance/settlements/{number}", one_settlement))
