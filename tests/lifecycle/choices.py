"""Which facts may come next: the alphabet of the exploration, given what has happened.

The first answer has every split of every line. Later quantities are chosen by what they mean, not by their number:
none, one ordered unit, all that is left, one unit too many. Each choice says what it costs: 0 where it is how things
should go, or puts a slip right, and 1 where it is a disturbance: a slip, a refusal, a change of mind, a day on which
nobody does anything. There may be only so many disturbances on one way, which keeps the states finite and meaningful.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import product

from gateway.lifecycle.ledger import LedgerLine, ledger
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.transmission import Kind, Transmission
from tests.lifecycle.facts import Split, factor, is_case
from tests.lifecycle.wire import Conversation

Pieces = tuple[int, ...]


@dataclass(frozen=True)
class Size:
    """How large the explored order is, and how much may happen to it."""

    lines: int = 2
    quantity: int = 3
    shipments: int = 2
    invoices: int = 2
    disturbances: int = 1
    rare: int = 0
    """1 where there is room for the rare facts too: an 824, a credit note, a person who lets something go."""


@dataclass(frozen=True)
class Said:
    """One revision of a shipment or an invoice: pieces a line, and the slip in it."""

    pieces: Pieces
    slip: str = ""


@dataclass(frozen=True)
class Story:
    """What has happened so far, as the two shores know it. `path` names every fact."""

    size: Size
    now: datetime
    ordered: tuple[int, ...]
    conversation: Conversation
    path: tuple[str, ...] = ()
    results: int = 0
    answers: tuple[tuple[Split | None, ...], ...] = ()
    shipments: tuple[tuple[Said, ...], ...] = ()
    invoices: tuple[tuple[Said, ...], ...] = ()
    is_changed: bool = False
    is_cancelled: bool = False
    is_late: bool = False
    credits: tuple[int, ...] = ()
    released: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A fact that may come next: its name, its cost, the story with it. `what` says which file brings it."""

    name: str
    cost: int
    what: str
    after: Story
    number: int = 0
    document: str = ""


def choices(story: Story, state: OrderState) -> Iterator[Choice]:
    """Everything that may happen next, what disturbs least first."""
    for of in (_results, _verdicts, _answers, _shipments, _invoices, _partner, _time, *(_RARE * story.size.rare)):
        yield from of(story, state)


def _results(story: Story, state: OrderState) -> Iterator[Choice]:
    told = replace(story, results=len(state.posted))
    if state.refused is not None:
        yield Choice("booked after all", 0, "booked", told)
    elif state.posted and story.results < len(state.posted) and state.cancelled is None:
        yield Choice("booked", 0, "booked", told)
        yield Choice("refused", 1, "refused", told)


def _verdicts(story: Story, state: OrderState) -> Iterator[Choice]:
    for sent in state.documents.values():
        if sent.delivery == "delivered" and sent.acknowledgement in ("awaited", "overdue"):
            named = f"{sent.message} {sent.number if sent.kind != 'order-response' else ''}.{sent.revision}"
            yield Choice(f"{named} accepted", 0, "A", story, document=sent.document)
            yield Choice(f"{named} rejected", 1, "R", story, document=sent.document)


def _answers(story: Story, state: OrderState) -> Iterator[Choice]:
    def said(name: str, cost: int, splits: tuple[Split | None, ...]) -> Choice:
        shown = " ".join("-" if split is None else str(split) for split in splits)
        named = f"answer.{len(story.answers)} {name} ({shown})"
        return Choice(named, cost, "answer", replace(story, answers=(*story.answers, splits)))

    if not state.posted or state.cancelled is not None:
        return
    units = [line.ordered for line in state.lines.values()]
    counts = [int(unit.value) for unit in units]
    all_splits = [
        [
            _split(line, accepted, backordered, count)
            for accepted in range(count, -1, -1)
            for backordered in range(count - accepted + 1)
        ]
        for line, count in enumerate(counts)
    ]
    if not story.answers:
        yield from (said("every split", 0, splits) for splits in product(*all_splits))
        yield from (said("wrong", 1, splits) for splits in _wrong_answers(counts))
        return
    last = state.of_kind("order-response")[-1]
    is_wanted = _is_bad(last) or state.needs_answer
    if not is_wanted and not last.is_sealed:
        return
    parts = [
        [_split(line, some, 0, count) for some in sorted({count, count // 2, 0})] for line, count in enumerate(counts)
    ]
    yield from (said("again", 0 if is_wanted else 1, splits) for splits in product(*parts))


def _split(line: int, accepted: int, backordered: int, count: int) -> Split:
    each = factor(line)
    return Split(accepted * each, backordered * each, (count - accepted - backordered) * each)


def _wrong_answers(counts: list[int]) -> Iterator[tuple[Split | None, ...]]:
    """One line is wrong, the others are accepted."""
    right: list[Split | None] = [_split(line, count, 0, count) for line, count in enumerate(counts)]
    for line, count in enumerate(counts):
        pieces = count * factor(line)
        wrong: list[Split | None] = [
            Split(pieces - factor(line)),
            Split(pieces + factor(line)),
            Split(0, pieces, 0, is_dated=False),
            None,
        ]
        wrong += [Split(1, 0, pieces - 1)] if is_case(line) else []
        yield from ((*right[:line], split, *right[line + 1 :]) for split in wrong)


def _shipments(story: Story, state: OrderState) -> Iterator[Choice]:
    return _goods("ship-notice", "shipment", story, state, story.shipments, story.size.shipments, _left_to_ship)


def _invoices(story: Story, state: OrderState) -> Iterator[Choice]:
    return _goods("invoice", "invoice", story, state, story.invoices, story.size.invoices, _left_to_charge)


def _goods(
    kind: Kind,
    word: str,
    story: Story,
    state: OrderState,
    known: tuple[tuple[Said, ...], ...],
    limit: int,
    left_of: Callable[[LedgerLine], Decimal],
) -> Iterator[Choice]:
    def say(at: int, said: Said, cost: int) -> Choice:
        revisions = (*known[at], said) if at < len(known) else (said,)
        after = (*known[:at], revisions, *known[at + 1 :])
        slip = f" wrong {said.slip}" if said.slip else ""
        named = f"{word} {at + 1}.{len(revisions) - 1} {said.pieces}{slip}"
        grown = replace(story, shipments=after) if word == "shipment" else replace(story, invoices=after)
        return Choice(named, cost, word, grown, number=at)

    if not state.answers and word == "invoice":
        return
    left = tuple(max(0, int(left_of(line))) for line in ledger(state))
    is_early = not state.is_answered
    if len(known) < limit and (not known or any(left)):
        for pieces in _parts(left):
            yield say(len(known), Said(pieces), 1 if is_early else 0)
        for said in _slips(left, word):
            yield say(len(known), said, 1)
    for at, revisions in enumerate(known):
        prefix = "SHP" if word == "shipment" else "INV"
        sent = state.of_kind(kind, f"{prefix}{at + 1}")
        if not sent:
            continue
        own = revisions[-1].pieces if sent[-1].is_sealed and not sent[-1].is_refused else (0,) * len(left)
        whole = tuple(some + mine for some, mine in zip(left, own, strict=True))
        if _is_bad(sent[-1]) and any(whole) and state.cancelled is None:
            yield say(at, Said(whole), 0)
        elif at == len(known) - 1 and sent[-1].is_sealed and not _is_bad(sent[-1]):
            less = tuple(min(some, factor(line)) for line, some in enumerate(revisions[-1].pieces))
            if less != revisions[-1].pieces:
                yield say(at, Said(less), 1)


def _parts(left: Pieces) -> Iterator[Pieces]:
    """All that is left, all of the first line that has something left, one ordered unit of each line."""
    first = next((line for line, pieces in enumerate(left) if pieces), 0)
    ways = (
        left,
        tuple(pieces if line == first else 0 for line, pieces in enumerate(left)),
        tuple(min(factor(line), pieces) for line, pieces in enumerate(left)),
    )
    return (pieces for pieces in dict.fromkeys(ways) if any(pieces))


def _slips(left: Pieces, word: str) -> Iterator[Said]:
    for slip in ("carrier", "label") if word == "shipment" else ("price",):
        if any(left):
            yield Said(left, slip)
    for line in range(len(left)):
        yield Said((*left[:line], left[line] + factor(line), *left[line + 1 :]), "quantity")


def _left_to_ship(line: LedgerLine) -> Decimal:
    return (
        (line.promised or line.ordered or Decimal(0)) - line.shipped
        if not line.rejected
        else line.promised - line.shipped
    )


def _left_to_charge(line: LedgerLine) -> Decimal:
    return line.shipped - line.invoiced


def _is_bad(sent: Transmission) -> bool:
    return sent.is_refused or (sent.waits and bool(sent.blocking))


def _partner(story: Story, _: OrderState) -> Iterator[Choice]:
    if not story.is_cancelled:
        if not story.is_changed and story.ordered[0] > 1:
            less = (story.ordered[0] - 1, *story.ordered[1:])
            yield Choice("changed: one less of line 1", 1, "order", replace(story, ordered=less, is_changed=True))
        yield Choice("cancelled", 1, "cancel", replace(story, is_cancelled=True))


def _time(story: Story, _: OrderState) -> Iterator[Choice]:
    if not story.is_late:
        yield Choice("25 hours pass", 1, "", replace(story, is_late=True))


def _advices(story: Story, state: OrderState) -> Iterator[Choice]:
    for sent in state.documents.values():
        if sent.delivery == "delivered" and sent.acknowledgement in ("accepted", "accepted_with_errors"):
            named = f"{sent.message} {sent.number}.{sent.revision} refused by an 824"
            yield Choice(named, 1, "advice", story, document=sent.document)


def _credits(story: Story, state: OrderState) -> Iterator[Choice]:
    for at in range(len(story.invoices)):
        issued = state.of_kind("invoice", f"INV{at + 1}")
        if at not in story.credits and issued and issued[-1].is_sealed and not issued[-1].is_refused:
            yield Choice(f"credit note {at + 1}", 1, "credit", replace(story, credits=(*story.credits, at)), number=at)


def _releases(story: Story, state: OrderState) -> Iterator[Choice]:
    """What waits and may be overridden, which the gateway itself knows best."""
    for sent in state.documents.values():
        if sent.waits and sent.judged is not None:
            after = replace(story, released=(*story.released, spoken_of(sent)))
            yield Choice(f"{spoken_of(sent)}.{sent.revision} is let go", 1, "release", after, document=sent.document)


def spoken_of(sent: Transmission) -> str:
    """A document of ours as complaints name it."""
    names = {"order-response": "answer to", "ship-notice": "ship notice", "invoice": "invoice"}
    return f"{'credit note' if sent.number.startswith('CN') else names[sent.kind]} {sent.number}"


_RARE = (_advices, _credits, _releases)
