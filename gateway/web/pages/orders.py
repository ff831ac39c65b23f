"""Orders: found by number, SKU, item id, ship-to, stage and day; as many as fit a page, the newest first."""

from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from gateway.errors import InputError
from gateway.web.screen import Screen, shows

_PAGE = 50
# The order in which stages follow on each other, for the row of choices.
STAGES = (
    *("received", "held", "refused", "posted", "booked", "answered", "partly-shipped", "shipped"),
    *("partly-invoiced", "invoiced", "paid", "rejected", "cancelled"),
)


def orders(screen: Screen) -> Response:
    """The list, narrowed as asked."""
    asked = {name: screen.query(name) for name in ("q", "stage", "partner", "ship_to", "since", "until")}
    for name in ("since", "until"):
        _check_day(asked[name])
    received_at, _, subject = screen.query("after", at_most=200).partition("|")
    rows = screen.register.orders(
        search=asked["q"] or None,
        stage=asked["stage"] or None,
        partner=asked["partner"] or None,
        ship_to=asked["ship_to"] or None,
        since=asked["since"] or None,
        until=asked["until"] or None,
        after=(received_at, subject) if subject else None,
        limit=_PAGE + 1,
    )
    shown, more = rows[:_PAGE], len(rows) > _PAGE
    kept = {name: value for name, value in asked.items() if value}
    last = f"{shown[-1]['received_at']}|{shown[-1]['subject']}" if more else ""
    counts = screen.register.stages()
    return screen.page(
        "orders.html",
        title="Orders",
        command=_command(kept),
        rows=shown,
        asked=asked,
        is_narrowed=bool(kept),
        is_later_page=bool(subject),
        stages=[
            (stage, counts[stage], urlencode({**kept, "stage": stage}))
            for stage in (*STAGES, *sorted(set(counts) - set(STAGES)))
            if stage in counts
        ],
        everywhere=urlencode({name: value for name, value in kept.items() if name != "stage"}),
        total=sum(counts.values()),
        following=urlencode({**kept, "after": last}) if more else "",
        start=urlencode(kept),
        partners=list(screen.config.partners),
    )


def _check_day(text: str) -> None:
    try:
        if text:
            date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no day: write 2026-11-20") from None


def _command(kept: dict[str, str]) -> str:
    names = {"q": "search", "ship_to": "ship-to"}
    parts = [f"--{names.get(name, name)} {value}" for name, value in kept.items()]
    return " ".join(["orders list", *parts])


ADDRESSES = (shows("/orders", orders),)
