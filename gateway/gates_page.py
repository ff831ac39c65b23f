"""docs/gates.md, printed from the gates themselves: `python -m gateway.gates_page > docs/gates.md`.

What a requirement asks for is the docstring of its function, and so are turns and deadlines; statuses and times come
from their tables, and what differs between partners from the shipped guides. A test compares the page with this.
"""

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, get_args

from gateway.lifecycle.acknowledgement import STATUSES
from gateway.lifecycle.deadlines import DEADLINES, DUE, Timings
from gateway.lifecycle.gates import GATES, Requirement
from gateway.lifecycle.history import EVENTS
from gateway.lifecycle.problems import BLOCKED_CASES, DEADLINE_CASES
from gateway.lifecycle.sequence import TURNS
from gateway.lifecycle.transmission import (
    ACKNOWLEDGEMENT,
    DELIVERY,
    IN_DOUBT,
    Acknowledgement,
    Delivery,
    DeliveryFailed,
)
from gateway.mapping.guides import DEADLINES as TIMES
from gateway.mapping.guides import Guide
from gateway.mapping.library import Mappings
from gateway.resources import SHIPPED

_HEAD = """\
# Gates, turns, statuses and deadlines

Printed from the rules themselves by `python -m gateway.gates_page`; do not edit by hand.

Three documents go to the partner because of what the ERP says: the order response, the ship notice and the invoice.
Each begins as a draft. At every look the draft is held against its gate, which is a list of requirements. What is
wanting is a *gap*: it says what is wrong, the smallest change that mends it, who makes it, and what it costs. A gap
that blocks keeps the draft back and is a case. A gap that warns is only shown. A draft without blocking gaps leaves
when its turn comes. For each rule `samples/gates` has a document that breaks it.

## How a partner and a person change them

A guide (`mappings/guides/<guide>/guide.toml`) says in `[gates]` what a rule does for its partners: `block`, `warn`, or
`off`, which does not even ask. `[conduct]` says what some rules ask for: whether back-orders are allowed, which labels
a carton may bear, how many orders an invoice may charge. `[charges]` says what part of the goods' cost the partner
charges for a document that is wrong or late; this is what a gap has at stake. An invoice has its whole total at stake.

A person who knows better lets one document go with `gateway documents release ID --reason TEXT`, in spite of its gaps
or before its turn. Who, when and why is kept and shown for ever, and the gaps of that document then only warn. What
cannot be written at all (a line that was never ordered, a unit without a meaning) no word can release: such gaps come
from the conversion into the partner's terms, and [the list of cases](cases.md) has each of them.

A higher revision of the same number takes the place of a draft, and follows a document that has left.
"""
_MESSAGES = {
    "order-response": ("Order response", "855, ORDRSP"),
    "ship-notice": ("Ship notice", "856, DESADV"),
    "invoice": ("Invoice", "810, INVOIC"),
}
_WORDS = {event: name for name, event in EVENTS.items()}
_ANY = "any"


def page() -> str:
    """The whole page."""
    guides = [_guide(name) for name in SHIPPED.guides()]
    return "\n".join([_HEAD, *_gates(guides), *_sequence(), *_statuses(), *_deadlines(guides)])


def _guide(name: str) -> Guide:
    return Mappings(SHIPPED.read_text, SHIPPED.exists).guide(name)


def _gates(guides: Iterable[Guide]) -> Iterator[str]:
    for kind, gate in GATES.items():
        title, messages = _MESSAGES[kind]
        yield f"## {title} ({messages})\n\nWhat keeps it back is the case `{BLOCKED_CASES[kind]}`.\n"
        yield from _table(("rule", "asks for", "closed by", "does"), (_requirement(each, guides) for each in gate))


def _requirement(requirement: Requirement, guides: Iterable[Guide]) -> tuple[str, ...]:
    elsewhere = [
        f"{guide.gates[requirement.rule]} for {guide.name}" for guide in guides if requirement.rule in guide.gates
    ]
    does = ", ".join([f"{requirement.severity}s", *elsewhere])
    return f"`{requirement.rule}`", said_of(requirement.check), requirement.owner, does


def _sequence() -> Iterator[str]:
    yield (
        "## Whose turn it is\n\nA draft that is early is parked, and leaves by itself. `ship_notice_after` and\n"
        "`invoice_after` of a partner in config.toml say whether delivered is enough or accepted is asked for.\n"
    )
    yield from _table(("document", "its turn"), ((f"`{kind}`", said_of(turn)) for kind, turn in TURNS.items()))


def _statuses() -> Iterator[str]:
    yield (
        "## Delivery\n\nWhat a table has no row for changes nothing. A failure is `in_doubt` where the file may have\n"
        "arrived all the same: the far end is asked, and an answer to the document is the proof that it arrived.\n"
    )
    rows = [
        *_rows(DELIVERY),
        *((status, f"{_WORDS[DeliveryFailed]}, in doubt", now) for status, now in IN_DOUBT.items()),
    ]
    yield from _moves(rows, get_args(Delivery), get_args(Delivery)[0])
    yield (
        "## Acknowledgement\n\nAn answer is awaited only where the guide says that one will come. What comes gives\n"
        "its own status in every state, but for a late 997, 999 or CONTRL after an answer of content (824, APERAK).\n"
        "Accepted with errors is accepted.\n"
    )
    rows = [*_rows(ACKNOWLEDGEMENT), *((_ANY, f"answered: {verdict}", status) for verdict, status in STATUSES.items())]
    yield from _moves(rows, get_args(Acknowledgement), get_args(Acknowledgement)[0])


def _rows(table: Mapping[Any, str]) -> Iterator[tuple[str, str, str]]:
    for (status, event), becomes in table.items():
        yield status, _WORDS[event], becomes


def _moves(rows: list[tuple[str, str, str]], statuses: Iterable[str], first: str) -> Iterator[str]:
    """The rows as a table and as a diagram; every status is in it, also one that nothing leads to."""
    yield from _table(("status", "event", "becomes"), ((f"`{was}`", event, f"`{now}`") for was, event, now in rows))
    yield "```mermaid\nstateDiagram-v2"
    yield from (f"    {status}" for status in statuses)
    yield f"    [*] --> {first}"
    yield from (f"    {was} --> {now}: {event.replace(':', '')}" for was, event, now in rows)
    yield "```\n"


def _deadlines(guides: Iterable[Guide]) -> Iterator[str]:
    yield (
        "## Deadlines\n\nEach is told when it is near and when it is over, once, as a case. Days end at midnight\n"
        "where the goods go, by the time zone of the place in locations.csv, or in UTC where it has none.\n"
    )
    named = ((f"`{what}`", said_of(due), f"`{DEADLINE_CASES[what]}`") for what, due in DEADLINES.items())
    yield from _table(("deadline", "what must have happened", "case"), named)
    yield (
        "A document that its gate keeps back is a case, whose due time is that by which the document must have left:\n"
    )
    yield from _table(("document", "must have left"), ((f"`{kind}`", said_of(due)) for kind, due in DUE.items()))
    yield "The times are set in `[deadlines]` of the guide:\n"
    usual = {name: value for name, value in _defaults() if isinstance(value, timedelta)}
    rows = (
        (f"`{name}`", _shown(usual.get(name)), *(_shown(guide.deadlines.get(name)) for guide in guides))
        for name in TIMES
    )
    yield from _table(("time", "else", *(guide.name for guide in guides)), rows)


def _defaults() -> Iterator[tuple[str, object]]:
    timings = Timings()
    return ((name, getattr(timings, name)) for name in Timings.__dataclass_fields__)


def _shown(duration: timedelta | None) -> str:
    """A time as a guide writes it."""
    if duration is None:
        return "–"
    units = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
    letter, unit = next((letter, unit) for letter, unit in units.items() if not duration % unit)
    return f"{duration // unit}{letter}"


def said_of(function: Callable[..., Any]) -> str:
    """What a function says of itself, in one paragraph. Raises ValueError for one that says nothing."""
    said = inspect.getdoc(function)
    if not said:
        raise ValueError(f"{function.__name__} has no docstring, which is what docs/gates.md prints of it")
    return " ".join(said.split())


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    cells = tuple(head)
    yield f"| {' | '.join(cells)} |\n|{'---|' * len(cells)}"
    yield from (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
