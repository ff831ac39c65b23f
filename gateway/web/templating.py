"""How values look on a page: times, money, quantities, statuses. Everything is escaped; nothing of a partner is markup.

Filters give safe markup where they add some, and then they escape what they were given. The words of a status are the
design's, with blanks; colour never stands alone, each has its word and its shape.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from gateway import __version__
from gateway.config import Config
from gateway.queries.morning import left, length
from gateway.web.static import static_url

# word -> tone; the tone decides colour and shape (style.css, parts.html).
TONES: Mapping[str, str] = {
    # validation
    "draft": "idle",
    "blocked": "bad",
    "ready": "good",
    "overridden": "warn",
    "replaced": "idle",
    # delivery
    "none": "idle",
    "queued": "wait",
    "staged": "wait",
    "delivered": "good",
    "in_doubt": "warn",
    "failed": "bad",
    # acknowledgement
    "none_expected": "idle",
    "awaited": "wait",
    "accepted": "good",
    "accepted_with_errors": "good",
    "rejected": "bad",
    "overdue": "warn",
    # stages of an order
    "received": "wait",
    "held": "bad",
    "refused": "bad",
    "posted": "wait",
    "booked": "wait",
    "answered": "wait",
    "partly-shipped": "wait",
    "shipped": "wait",
    "partly-invoiced": "wait",
    "invoiced": "good",
    "paid": "good",
    "cancelled": "idle",
    # cases
    "open": "warn",
    "snoozed": "idle",
    "closed": "good",
    # money: deposits at the bank, invoices
    "matched": "good",
    "different": "bad",
    "unmatched": "warn",
    "short": "bad",
    "over": "warn",
    "unsent": "idle",
    "settled": "good",
    # settings of a partner
    "test": "idle",
    "live": "good",
}
SHAPES: Mapping[str, str] = {"good": "✓", "bad": "✕", "warn": "▲", "wait": "◔", "idle": "○"}

_COMMAND = re.compile("`([^`]+)`")

NAVIGATION: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Work", (("/", "Today"), ("/orders", "Orders"), ("/documents", "Documents"), ("/cases", "Cases"))),
    ("Set-up", (("/partners", "Partners"), ("/channels", "Channels"), ("/mappings", "Mappings"))),
    ("Books", (("/finance", "Finance"), ("/stock", "Stock"))),
    ("Record", (("/audit", "Audit"), ("/health", "Health"))),
)
"""What stands in the navigation, in groups: address and word."""


class Pages:
    """The templates of the console."""

    def __init__(self, config: Config) -> None:
        self._environment = Environment(
            loader=PackageLoader("gateway.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "when": when,
            "day": day,
            "money": money,
            "quantity": quantity,
            "words": words,
            "prose": prose,
            "tone": tone,
            "shape": shape,
            "length": len,
            "left": left_until,
            "age": age,
        }
        self._environment.globals |= {
            "version": __version__,
            "instance_name": config.folder.name,
            "navigation": NAVIGATION,
            "static": static_url,
            "signs_out": config.web.token_file is not None,
        }

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """The page as text. Raises jinja2's errors for a template that is wrong."""
        return self._environment.get_template(template).render(values)


def _instant(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def when(value: str | datetime | None) -> Markup:
    """A time: shown in UTC, put into the reader's zone by console.js, in UTC when hovered over."""
    if value is None or value == "":
        return Markup('<span class="none">–</span>')
    at = _instant(value).astimezone(UTC)
    return Markup('<time datetime="{}" title="{} UTC">{} UTC</time>').format(
        f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at:%Y-%m-%d %H:%M:%S}", f"{at.day} {at:%b} {at:%H:%M}"
    )


def day(value: object) -> str:
    """A day as people write it: `25 Nov 2026`."""
    if value is None:
        return "–"
    at = datetime.fromisoformat(str(value))
    return f"{at.day} {at:%b %Y}"


def money(amount: object, currency: str | None = None) -> Markup:
    """An amount with its thousands apart, and its currency."""
    if amount is None or amount == "":
        return Markup('<span class="none">–</span>')
    text, _, own = str(amount).partition(" ")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return escape(amount)
    shown = f"{number:,f}".replace("-", "−")
    unit = own or currency or ""
    return Markup('<span class="money">{}{}</span>').format(
        shown, Markup(' <span class="unit">{}</span>').format(unit) if unit else ""
    )


def quantity(value: object) -> str:
    """A quantity with its thousands apart; a dash where it is not known, a small zero sign stays a zero."""
    if value is None:
        return "–"
    try:
        return f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return str(value)


def words(value: object) -> str:
    """`in_doubt` as `in doubt`, `partly-shipped` as `partly shipped`."""
    return str(value).replace("_", " ").replace("-", " ")


def prose(text: object) -> Markup:
    """A sentence of ours: what stands between two grave accents is a command or a name."""
    return Markup(_COMMAND.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  (escaped before)


def tone(value: object) -> str:
    """What a status means for who looks: good, bad, warn, wait or idle."""
    return TONES.get(str(value), "idle")


def shape(value: object) -> str:
    """The sign that says the same without colour."""
    return SHAPES[tone(value)]


def left_until(due_at: str | datetime, now: datetime) -> Markup:
    """How long there is until a time, or since, with its urgency: late, soon (two hours) or in time."""
    due = _instant(due_at)
    seconds = (due - now).total_seconds()
    urgency = "late" if seconds < 0 else "soon" if seconds < 7_200 else "far"
    return Markup('<span class="left {}">{}</span>').format(urgency, left(due, now))


def age(since: str | datetime, now: datetime) -> str:
    """How long ago something was, in its two largest units."""
    passed = now - _instant(since)
    return length(passed) if passed.total_seconds() > 0 else "now"
