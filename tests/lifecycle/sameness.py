"""When two states of an order are the same, and when they are of one class: the same things may follow.

Every state is judged; of each class one is gone on from. Both leave out ids, times and revisions that a later one
replaced. A class leaves out as well what decides about no later document: how a promise is divided into accepted and
back-ordered, which deadlines were told, whether an answer or an invoice was accepted or is not answered yet (neither is
waited for), which shipments and invoices made up a total that stands. And where of a line neither none nor all is
promised, one such promise goes on for all of them.
"""

from collections import Counter
from collections.abc import Hashable

from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.transmission import Kind, Transmission
from tests.lifecycle.choices import Said, Story
from tests.lifecycle.facts import Split


def key_of(story: Story, state: OrderState) -> Hashable:
    """What tells two states apart."""
    told = frozenset((name.split(":")[0], word) for name, _, word in state.told)
    return (
        *(_order(story, state), bool(state.booked), told, len(state.posted) - story.results),
        _answers(story, state, is_fine=True),
        *(
            tuple(_status(sent, said) for sent, said in _documents(state, kind, revisions))
            for kind, numbers in (("ship-notice", story.shipments), ("invoice", story.invoices))
            for revisions in enumerate(numbers)
        ),
        _rare(story, state),
    )


def class_of(story: Story, state: OrderState) -> Hashable:
    """What tells apart two states from which different things may follow."""
    unsaid = len(state.posted) - story.results if not state.is_answered else 0
    return (
        *(_order(story, state), unsaid, _answers(story, state, is_fine=False)),
        _goods(state, "ship-notice", story.shipments, ("accepted", "accepted_with_errors")),
        _goods(state, "invoice", story.invoices, ("accepted", "accepted_with_errors", "awaited", "overdue")),
        _rare(story, state),
    )


def _rare(story: Story, state: OrderState) -> Hashable:
    """What rare facts leave behind; nothing where the space has none."""
    notes = (sent for sent in state.of_kind("invoice") if sent.number.startswith("CN"))
    levels = (sent.standing.by for sent in state.documents.values() if sent.standing and sent.is_refused)
    overridden = (sorted(sent.allowed) for sent in state.documents.values() if sent.allowed)
    rare = (story.credits, story.released, tuple(_status(sent, None) for sent in notes), repr([*overridden]))
    return (*rare, tuple(levels)) if story.size.rare else ()


def _order(story: Story, state: OrderState) -> Hashable:
    story_so_far = story.ordered, story.is_changed, story.is_cancelled, story.is_late
    return (story_so_far, bool(state.refused), state.needs_answer, state.is_stale, bool(state.posted))


def _answers(story: Story, state: OrderState, *, is_fine: bool) -> Hashable:
    documents = [sent for sent in state.of_kind("order-response") if sent.waits or sent.is_sealed]
    last = max((sent.revision for sent in documents if sent.is_sealed), default=None)
    found: list[Hashable] = []
    for sent in documents:
        splits = story.answers[sent.revision]
        if sent.waits:
            parts = tuple(part and (part.accepted + part.backordered, part.rejected, part.is_dated) for part in splits)
            found.append((parts, _held(sent)))
        elif sent.revision == last:
            promised = tuple(part and _how_much(part) for part in splits)
            found.append((splits, _status(sent, None)) if is_fine else (promised, sent.is_refused))
        elif is_fine:
            found.append(_status(sent, None))
    return tuple(found)


def _how_much(part: Split) -> str:
    promised = part.accepted + part.backordered
    return "none" if not promised else "some" if part.rejected else "all"


def _goods(state: OrderState, kind: Kind, numbers: tuple[tuple[Said, ...], ...], settled: tuple[str, ...]) -> Hashable:
    total: Counter[int] = Counter()
    others: list[str] = []
    pattern: Hashable = None
    for revisions in enumerate(numbers):
        documents = _documents(state, kind, revisions)
        pattern = tuple(min(pieces, 1) for pieces in revisions[1][-1].pieces)
        if len(documents) == 1 and documents[0][0].is_sealed and documents[0][0].acknowledgement in settled:
            total.update(dict(enumerate(documents[0][1].pieces)))
        else:
            others.append(repr([_status(*each) for each in documents]))
    return (len(numbers), tuple(sorted(total.items())), tuple(sorted(others)), pattern)


def _documents(
    state: OrderState, kind: str, revisions: tuple[int, tuple[Said, ...]]
) -> list[tuple[Transmission, Said]]:
    """The documents of a number that count: the last that left, refused ones that nothing replaced, what waits."""
    at, said = revisions
    number = f"{'SHP' if kind == 'ship-notice' else 'INV'}{at + 1}"
    known = [sent for sent in state.documents.values() if sent.kind == kind and sent.number == number]
    last = max((sent.revision for sent in known if sent.is_sealed), default=None)
    counted = [sent for sent in known if sent.waits or sent.revision == last or sent.is_refused]
    return [(sent, said[sent.revision]) for sent in counted]


def _status(sent: Transmission, said: Said | None) -> Hashable:
    return (said, sent.delivery, sent.acknowledgement, sent.is_superseded, _held(sent))


def _held(sent: Transmission) -> Hashable:
    if not sent.waits:
        return None
    return (tuple(sorted({gap.rule for gap in sent.blocking})), bool(sent.judged and sent.judged.waits_for))
