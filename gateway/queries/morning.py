"""What counts down, and what stands still: the queries behind `gateway deadlines` and `gateway status`.

A deadline is anything with a time at which something must have happened, whoever set it: a case that is due, an order
that must be answered. The morning list puts first what is late, then what is due today, then what nobody waits for any
more although it waits.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from gateway import queries
from gateway.config import Config
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.journal.records import Case, Entry
from gateway.lifecycle.problems import DEADLINE_CASES
from gateway.mapping.library import Mappings
from gateway.pipeline.chronicle import state_of
from gateway.pipeline.desk import policy_for
from gateway.queries import Json, to_the_second
from gateway.queries.settled import settlements

_OVER = frozenset({"cancelled", "rejected", "paid"})  # stages in which nothing is awaited any more
_SETTLES_THE_ANSWER = frozenset({"answered", "rejected", "cancelled"})
_BEFORE_THE_ANSWER = frozenset({"received", "held", "refused", "posted", "booked"})
_STANDS_STILL = timedelta(hours=24)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_NO_CURRENCY = ""
# What the machine or a far end suffers from: the work goes on beside it.
_OF_THE_WORLD = frozenset(
    {"alert-failed", "backlog", "channel-failed", "delivery-failed", "delivery-in-doubt", "disk-low", "quota-exceeded"}
)


def deadlines(instance: Instance, now: datetime) -> list[Json]:
    """Everything with a time that counts down, the soonest first.

    Each with `what`, `partner`, `purchase_order`, `due_at`, `left` (in words), `owner`, `at_stake`, and the id of its
    `case` where it is one.
    """
    return _counting_down(instance, instance.journal.open_cases(), queries.orders(instance.journal), now)


def status(instance: Instance, now: datetime) -> Json:
    """The morning list: what is late, due today, blocked, standing still; cases by owner; what waits; who came when."""
    journal, config = instance.journal, instance.config
    cases, orders = journal.open_cases(), list(queries.orders(journal))
    rows = _counting_down(instance, cases, orders, now)
    waiting = journal.waiting(_END_OF_TIME)
    return {
        "at": to_the_second(now),
        "paused": _pause(journal),
        "late": [row for row in rows if _due(row) < now],
        "due_today": [row for row in rows if _due(row) >= now and _due(row).date() == now.astimezone(UTC).date()],
        "blocked": [queries.document_line(each) for each in journal.documents(direction="out", validation="blocked")],
        "parked": list(_parked(journal)),
        "stalled": [*_standing_orders(journal, orders, now), *_unanswered_documents(journal)],
        "cases": list(_by_owner(cases, orders, config)),
        "outbox": {
            "waiting": len(waiting),
            "oldest_at": to_the_second(min(each.at for each in waiting)) if waiting else None,
            "failed": len(journal.dispatches(state="failed")),
        },
        "degraded": [{"case": case.id, "code": case.code, "message": case.message} for case in _degraded(cases)],
        "quarantine": in_quarantine(config),
        "partners": [last_contact(journal, name, now) for name in config.partners],
        "sellers": [_last_reports(journal, config, name, now) for name in config.sellers],
    }


def left(due_at: datetime, now: datetime) -> str:
    """How long there is until a time, or since: `3 h 20 min left`, `2 d 1 h late`, `due now`."""
    apart = abs(due_at - now)
    if apart < timedelta(minutes=1):
        return "due now"
    return f"{length(apart)} {'left' if due_at > now else 'late'}"


def length(time: timedelta) -> str:
    """A length of time in its two largest units, not rounded up: `2 d 1 h`, `3 h 20 min`, `5 min`."""
    minutes = int(time.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for n, (count, unit) in enumerate(parts[:2]) if count or n == 0)


def _counting_down(instance: Instance, cases: Iterable[Case], orders: Iterable[Json], now: datetime) -> list[Json]:
    """The deadlines of cases and orders; where a case tells of an order's deadline, it stands for both."""
    of_cases = list(_of_cases(cases))
    told = {(row["partner"], row["purchase_order"], row["code"], row["due_at"]) for row in of_cases}
    of_orders = (
        row
        for row in _of_orders(instance.journal, instance.config, instance.mappings, orders)
        if (row["partner"], row["purchase_order"], row["code"], row["due_at"]) not in told
    )
    found = [{**row, "left": left(_due(row), now)} for row in (*of_cases, *of_orders)]
    names = ("what", "partner", "purchase_order", "due_at", "left", "owner", "at_stake", "case")
    return [{name: row[name] for name in names} for row in sorted(found, key=_due)]


def _due(row: Json) -> datetime:
    return datetime.fromisoformat(row["due_at"])


def _of_cases(cases: Iterable[Case]) -> Iterator[Json]:
    for case in cases:
        if case.due_at is not None:
            partner, number = _about(case)
            yield {
                "what": f"case {case.id}: {case.code}",
                "code": case.code,
                "partner": partner,
                "purchase_order": number,
                "due_at": to_the_second(case.due_at),
                "owner": case.owner,
                "at_stake": case.at_stake,
                "case": case.id,
            }


def _about(case: Case) -> tuple[str | None, str | None]:
    """The partner and the order that a case is about, as far as it is about any."""
    for subject in case.subjects:
        kind, _, rest = subject.partition(":")
        if kind == "order":
            partner, _, number = rest.partition(":")
            return partner, number
        if kind == "partner":
            return rest, None
    return None, None


def _of_orders(journal: Journal, config: Config, mappings: Mappings, orders: Iterable[Json]) -> Iterator[Json]:
    for order in orders:
        partner = config.partners.get(order["partner"])
        if partner is None or order["stage"] in _OVER:
            continue
        state = state_of(journal, partner.name, order["purchase_order"])
        for deadline in (
            queries.deadlines(state, policy_for(partner, state.ship_to, mappings, journal)) if state else ()
        ):
            settled = deadline["what"] == "answer" and order["stage"] in _SETTLES_THE_ANSWER
            if not deadline.get("met", False) and not settled:
                yield {
                    "what": deadline["what"],
                    "code": DEADLINE_CASES.get(deadline["what"].partition(":")[0]),
                    "partner": partner.name,
                    "purchase_order": order["purchase_order"],
                    "due_at": deadline["due_at"],
                    "owner": deadline.get("owner", "operations"),
                    "at_stake": order["amount"],
                    "case": None,
                }


def _standing_orders(journal: Journal, orders: Iterable[Json], now: datetime) -> Iterator[Json]:
    """The orders of which the ERP has said nothing, and those that have not been answered and have not moved."""
    for order in orders:
        if order["stage"] not in _BEFORE_THE_ANSWER:
            continue
        events = journal.events(f"order:{order['partner']}:{order['purchase_order']}", prefix="event:")
        is_posted = order["stage"] == "posted"
        if is_posted or now - _last_move(events).at >= _STANDS_STILL:
            yield {
                "what": "posted and not booked" if is_posted else f"{order['stage']}, and nothing has moved",
                "partner": order["partner"],
                "number": order["purchase_order"],
                "since": to_the_second(_last_move(events).at),
            }


def _last_move(events: Sequence[Entry]) -> Entry:
    """The last thing that happened to an order; that time has passed is nothing that happened."""
    moves = [entry for entry in events if not entry.kind.startswith("event:deadline-")]
    return moves[-1] if moves else events[-1]


def _parked(journal: Journal) -> Iterator[Json]:
    """What passed its gate and waits for its turn, with what it waits for."""
    for document in journal.documents(direction="out", validation="ready", delivery="none"):
        judged = journal.events(f"document:{document.id}", prefix="event:judged")
        waits_for = judged[-1].body["waits_for"] if judged else []
        if waits_for:
            yield {
                "id": document.id,
                "type": document.type,
                "partner": document.partner,
                "business_number": document.business_number,
                "at": to_the_second(document.at),
                "waits_for": waits_for[0],
            }


def _unanswered_documents(journal: Journal) -> Iterator[Json]:
    for document in journal.documents(direction="out", acknowledgement="overdue"):
        yield {
            "what": f"{document.type} not acknowledged",
            "partner": document.partner,
            "number": document.business_number,
            "since": to_the_second(document.at),
        }


def _by_owner(cases: Iterable[Case], orders: Iterable[Json], config: Config) -> Iterator[Json]:
    """The open cases of each owner: how many, and the money at stake by currency, empty where none is known."""
    accounts = {(order["partner"], order["purchase_order"]): order["account"] for order in orders}
    counts: Counter[str] = Counter()
    money: dict[str, dict[str, Decimal]] = {}
    for case in cases:
        counts[case.owner] += 1
        sums = money.setdefault(case.owner, {})
        for amount, currency in _at_stake(case, accounts, config):
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    for owner in sorted(counts):
        shown = {currency: f"{amount:f}" for currency, amount in sorted(money[owner].items())}
        yield {"owner": owner, "cases": counts[owner], "at_stake": shown}


def _at_stake(case: Case, accounts: dict[tuple[str, str], str | None], config: Config) -> Iterator[tuple[Decimal, str]]:
    """The money of a case and its currency: the one that it names, else that of the account of its order."""
    text, _, currency = (case.at_stake or "").partition(" ")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return
    name, number = _about(case)
    partner, code = config.partners.get(name or ""), accounts.get((name or "", number or ""))
    account = partner.account(code) if partner and code else None
    yield amount, currency or (account.currency if account else _NO_CURRENCY)


def _pause(journal: Journal) -> Json | None:
    pause = journal.paused()
    return None if pause is None else {"since": to_the_second(pause.at), "who": pause.who, "reason": pause.reason}


def _degraded(cases: Iterable[Case]) -> Iterator[Case]:
    return (case for case in cases if case.code in _OF_THE_WORLD)


def in_quarantine(config: Config) -> int | None:
    """How many files lie there; None where the folder cannot be read."""
    try:
        names = [path.name for path in config.paths.quarantine.iterdir()]
    except OSError:
        return None
    return sum(not name.endswith(".reason.json") for name in names)


def _last_reports(journal: Journal, config: Config, seller: str, now: datetime) -> Json:
    """When each kind of report last came from a seller, and how his settlements stand."""
    settled = settlements(journal, config, now, seller=seller)
    posted = [row for row in settled if row["to"] is not None]
    came = {
        subject.rpartition(":")[2]: journal.events(subject, prefix="report-received")
        for subject in journal.subjects_with_prefix(f"report:{seller}:")
    }
    return {
        "seller": seller,
        "settlement": posted[-1]["settlement"] if posted else None,
        "days_ago": posted[-1]["days_ago"] if posted else None,
        "held": sum(row["to"] is None for row in settled),
        "in_suspense": [row["settlement"] for row in posted if Decimal(row["suspense"])],
        "reports": {
            kind: {"at": to_the_second(entries[-1].at), "ago": length(now - entries[-1].at)}
            for kind, entries in came.items()
            if entries
        },
    }


def last_contact(journal: Journal, partner: str, now: datetime) -> Json:
    """When a partner was last heard of, and how long ago."""
    came = journal.arrivals_of(partner, 1, among=None)
    last = came[-1] if came else None
    return {
        "partner": partner,
        "last_contact_at": None if last is None else to_the_second(last),
        "ago": None if last is None or last > now else length(now - last),
    }
