"""Every state that an order can come into, by every fact that may come next, each judged from outside.

Depth first: a fact is told to the gateway behind a savepoint, what it sent is judged by its bytes, the state it leads
to is looked at for what nobody owns, and gone on from unless one of its class was met before with as many disturbances
left (sameness.py says what a class is); then all of it is taken back.
"""

import json
import sys
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from gateway.lifecycle.orders import OrderState
from tests.lifecycle import facts
from tests.lifecycle.choices import Choice, Size, Story, choices
from tests.lifecycle.facts import CASE_ID, ORDER, PACK
from tests.lifecycle.owners import orphans_now, orphans_then
from tests.lifecycle.sameness import class_of, key_of
from tests.lifecycle.wire import Conversation
from tests.lifecycle.world import STARTS_AT, World

A_SECOND, A_DAY, LONG_AFTER = timedelta(seconds=1), timedelta(hours=25), timedelta(days=90)


@dataclass
class Found:
    """What an exploration found: states and transitions in number, and faults, each with the facts that led to it."""

    states: int = 0
    classes: int = 0
    transitions: int = 0
    deepest: int = 0
    seconds: float = 0
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)

    def add(self, fault: str, path: tuple[str, ...]) -> None:
        """Keep a fault by what it says, with the shortest way to it."""
        self.times[fault] = self.times.get(fault, 0) + 1
        if fault not in self.faults or len(path) < len(self.faults[fault]):
            self.faults[fault] = path


def explore(
    size: Size,
    *,
    is_enough: Callable[[Found], bool] = lambda _: False,
    same: Callable[[Story, OrderState], Hashable] = class_of,
) -> Found:
    """Explore everything of this size, or until that is enough.

    Of states that are the `same` one is gone on from; with `key_of` every one is, which says whether classes hide
    anything, and takes much longer.
    """
    sys.setrecursionlimit(10_000)
    began = time.perf_counter()
    with World(facts.MASTERS) as world:
        search = Search(world, size, is_enough, same)
        search.run()
    search.found.seconds = time.perf_counter() - began
    return search.found


class Search:
    """One exploration: what was met, of each class with how many disturbances left, and what was found."""

    def __init__(
        self,
        world: World,
        size: Size,
        is_enough: Callable[[Found], bool],
        same: Callable[[Story, OrderState], Hashable],
    ) -> None:
        self.world, self.size, self.is_enough, self.same, self.found = world, size, is_enough, same, Found()
        self.met: set[Hashable] = set()
        self.left: dict[Hashable, int] = {}

    def run(self) -> None:
        """From the order's receipt on."""
        ordered = (self.size.quantity,) * self.size.lines
        story = Story(self.size, STARTS_AT, ordered, Conversation({CASE_ID: PACK}))
        begun = Choice("ordered", 0, "order", story)
        self._take(begun, story, self.size.disturbances)

    def _go_on(self, story: Story, left: int) -> None:
        state = self.world.state(ORDER)
        for choice in choices(story, state):
            is_possible = choice.what != "release" or self.world.can_release(choice.document)
            if choice.cost <= left and is_possible and not self.is_enough(self.found):
                with self.world.aside():
                    self._take(choice, story, left - choice.cost)

    def _take(self, choice: Choice, before: Story, left: int) -> None:
        story = self._tell(choice)
        self.found.transitions += 1
        self.found.deepest = max(self.found.deepest, len(story.path))
        known = set(before.conversation.complaints())
        for fault in story.conversation.complaints():
            is_on_purpose = any(fault.startswith(f"{name}: ") for name in story.released)
            if fault not in known and not is_on_purpose:
                self.found.add(f"sent: {fault}", story.path)
        state = self.world.state(ORDER)
        key = key_of(story, state)
        if key not in self.met:
            self.met.add(key)
            self.found.states = len(self.met)
            self._look(story, state)
        kind = self.same(story, state)
        if self.left.get(kind, -1) < left:
            self.left[kind] = left
            self.found.classes = len(self.left)
            self._go_on(story, left)

    def _tell(self, choice: Choice) -> Story:
        story = choice.after
        step = A_SECOND if choice.what else A_DAY
        now, control = story.now + step, 200 + len(story.path)
        from_partner: tuple[bytes, ...] = ()
        from_erp: dict[str, Any] | None = None
        match choice.what:
            case "order":
                from_partner = (facts.order(story.ordered, "00", control),)
            case "cancel":
                from_partner = (facts.order(story.ordered, "01", control),)
            case "A" | "R" | "advice":
                from_partner = (self._verdict(choice, control),)
            case "release":
                self.world.release(choice.document, now)
            case "credit":
                pieces = story.invoices[choice.number][-1].pieces
                from_erp = facts.credit_note(choice.number + 1, pieces, now)
            case "booked" | "refused":
                from_erp = facts.result(choice.what)
            case "answer":
                from_erp = facts.answer(len(story.answers) - 1, story.answers[-1])
            case "shipment":
                revisions = story.shipments[choice.number]
                said = revisions[-1]
                from_erp = facts.shipment(choice.number + 1, len(revisions) - 1, said.pieces, said.slip, now)
            case "invoice":
                revisions = story.invoices[choice.number]
                said = revisions[-1]
                from_erp = facts.invoice(choice.number + 1, len(revisions) - 1, said.pieces, said.slip, now)
        told = self.world.run(
            now,
            from_erp={"fact.json": json.dumps(from_erp).encode()} if from_erp else {},
            from_partner={f"{number}.edi": data for number, data in enumerate(from_partner)},
        )
        conversation = story.conversation.grown(from_partner, told.sent)
        if choice.what == "advice":
            conversation = replace(conversation, refused=conversation.refused | {self._group_of(choice)})
        return replace(story, now=now, conversation=conversation, path=(*story.path, choice.name))

    def _verdict(self, choice: Choice, control: int) -> bytes:
        sealed = self._sealed(choice)
        if choice.what == "advice":
            return facts.advice(str(sealed["group"]), sealed["message"], control)
        kind = {"855": "PR", "856": "SH", "810": "IN"}[sealed["message"]]
        return facts.verdict(str(sealed["group"]), kind, sealed["message"], choice.what, control)

    def _sealed(self, choice: Choice) -> Mapping[str, Any]:
        """Under which numbers the document that a choice is about has left."""
        return self.world.look().events(f"document:{choice.document}", prefix="dispatch-sealed")[-1].body

    def _group_of(self, choice: Choice) -> str:
        return str(self._sealed(choice)["group"])

    def _look(self, story: Story, state: OrderState) -> None:
        """Whether everything that is wanted has an owner, now and when all that happens by itself has happened."""
        for fault in (*self.world.contradictions(ORDER), *orphans_now(state, self.world.look().open_cases())):
            self.found.add(f"now: {fault}", story.path)
        with self.world.aside():
            told = self.world.run(story.now + LONG_AFTER)
            if told.sent:
                self.found.add("much later: something is sent by itself", story.path)
            state = self.world.state(ORDER)
            cases = self.world.look().open_cases()
            for fault in (*self.world.contradictions(ORDER), *orphans_then(story.conversation, state, cases)):
                self.found.add(f"much later: {fault}", story.path)
