"""What came of a conversation, in numbers: read from the journal, not from what was meant to happen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.config import Config
from gateway.documents import SalesOrder
from gateway.documents.base import plain
from gateway.documents.money import extend, with_decimals
from gateway.journal import Journal
from gateway.lifecycle.history import read_event
from gateway.lifecycle.ledger import ledger
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.subjects import subject_of
from gateway.lifecycle.transmission import GateJudged
from gateway.pipeline.chronicle import PREFIX, state_of
from gateway.queries.receivables import receivables
from gateway.simulate.conversation import Conversation

Json = dict[str, Any]
Money = dict[str, Decimal]
_COLUMNS = ("ordered", "shipped", "invoiced", "paid")


@dataclass(frozen=True)
class Held:
    """The documents of ours that a gate held back, and those of them that left after all."""

    blocked: int
    mended: int


def summary(conversation: Conversation) -> Json:
    """Orders, documents sent, blocked and mended, open cases, and money by currency: what `--json` prints."""
    journal, config = conversation.instance.journal, conversation.instance.config
    orders = conversation.ordered
    states = [state for partner, number in orders if (state := state_of(journal, partner, number))]
    held = _held(states, journal)
    money = _money(states, journal, config, conversation)
    cases = journal.open_cases()
    codes = {case.code for case in cases}
    return {
        "orders": len(states),
        "lost": len(orders) - len(states),
        "sent": dict(sorted(conversation.sent.items())),
        "blocked": held.blocked,
        "mended": held.mended,
        "cases_open": len(cases),
        "cases": {code: sum(case.code == code for case in cases) for code in sorted(codes)},
        "money": {
            currency: {name: plain(with_decimals(sums[name], currency)) for name in _COLUMNS}
            for currency, sums in sorted(money.items())
        },
        "until": conversation.clock.now.isoformat(),
    }


def _held(states: Iterable[OrderState], journal: Journal) -> Held:
    blocked, left = set(), set()
    for state in states:
        subject = subject_of(state.partner, state.purchase_order)
        for entry in journal.events(subject, prefix=f"{PREFIX}judged"):
            event = read_event(entry.kind.removeprefix(PREFIX), entry.body)
            sent = state.documents[entry.body["document"]]
            if isinstance(event, GateJudged) and any(gap.severity == "block" for gap in event.gaps):
                blocked.add((sent.kind, sent.number))
        left |= {(sent.kind, sent.number) for sent in state.documents.values() if sent.is_sealed}
    return Held(len(blocked), len(blocked & left))


def _money(
    states: Iterable[OrderState], journal: Journal, config: Config, conversation: Conversation
) -> dict[str, Money]:
    """What was ordered, shipped, charged and paid, by currency; lines that were never resolved have no amount."""
    total: dict[str, Money] = defaultdict(lambda: dict.fromkeys(_COLUMNS, Decimal(0)))
    for state in states:
        for currency, name, amount in _of_order(state, journal):
            total[currency][name] += amount
    ours = set(conversation.ordered)
    for row in receivables(journal, config, conversation.clock.now):
        if any((row["partner"], number) in ours for number in row["purchase_orders"]):
            total[row["currency"]]["invoiced"] += Decimal(row["amount"])
            total[row["currency"]]["paid"] += Decimal(row["paid"])
    return total


def _of_order(state: OrderState, journal: Journal) -> Iterator[tuple[str, str, Decimal]]:
    if not state.posted:
        return
    booked = SalesOrder.model_validate(journal.body_of(state.posted[-1].document))
    lines = {line.line: line for line in booked.lines}
    for line in ledger(state):
        if line.line in lines:
            yield booked.currency, "ordered", lines[line.line].amount
            yield booked.currency, "shipped", extend(line.shipped, lines[line.line].price, booked.currency)
