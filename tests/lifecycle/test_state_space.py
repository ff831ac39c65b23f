"""Every state that an order can come into is explored, and judged by the bytes that were sent on the way there.

The small space is explored here; `python -m tests.explore` explores the large one. What the exploration is worth is
shown by taking rules away: it must find what each of them kept from happening.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from gateway import turn
from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.order_problems import problems as all_problems
from gateway.lifecycle.problems import Problem
from gateway.pipeline import acknowledged, judging, orders
from gateway.pipeline.desk import Desk
from tests.lifecycle.choices import Choice, Size, Story
from tests.lifecycle.explore import Found, Search, explore

TWO_OF_EACH = Size(lines=2, quantity=1, disturbances=0)
TINY = Size(lines=1, quantity=1, shipments=1, invoices=1, disturbances=1)
ONE_LINE = Size(lines=1, quantity=2, shipments=1, invoices=1, disturbances=1)
TWO_LINES = Size(lines=2, quantity=1, shipments=1, invoices=0, disturbances=1)
CHARGED_TWICE = Size(lines=1, quantity=1, shipments=1, invoices=2, disturbances=1)
RARE = Size(lines=1, quantity=2, shipments=1, invoices=1, disturbances=1, rare=1)
RARE_TWICE = Size(lines=1, quantity=1, shipments=1, invoices=1, disturbances=2, rare=1)


def shown(found: Found) -> str:
    return "\n".join(f"{fault}: {' > '.join(path)}" for fault, path in found.faults.items())


@pytest.mark.timeout(600)  # some ten seconds each, where nobody else needs the machine
@pytest.mark.parametrize(
    ("size", "states", "transitions"),
    [
        (ONE_LINE, 600, 950),
        (TWO_LINES, 380, 630),
        (TWO_OF_EACH, 170, 200),
        (CHARGED_TWICE, 200, 300),
        (RARE, 680, 1000),
        (RARE_TWICE, 1000, 1600),
    ],
    ids=["one line", "two lines", "two shipments and invoices", "two invoices", "rare facts", "two rare facts"],
)
def test_in_every_state_what_was_sent_is_right_and_what_is_wanted_has_an_owner(
    size: Size, states: int, transitions: int
) -> None:
    found = explore(size)
    print(f"{found.states} states of {found.classes} classes, {found.transitions} transitions, {found.seconds:.1f} s")
    assert not found.faults, shown(found)
    assert found.states >= states
    assert found.transitions >= transitions


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("parts-differ", "pieces are answered"),
        ("back-order-undated", "back-ordered without a date"),
        ("less-than-shipped", "pieces are promised"),
        ("carrier-missing", "no carrier"),
        ("sscc-invalid", "is no SSCC"),
        ("more-than-promised", "pieces shipped"),
        ("more-than-shipped", "pieces charged"),
        ("price-differs", "ordered at"),
        ("order-cancelled", "the order was cancelled"),
    ],
)
def test_without_a_rule_the_exploration_finds_what_it_prevents(
    rule: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    conduct_of = Desk.conduct

    def conduct(self: Desk, *about: Any) -> Conduct:
        told = conduct_of(self, *about)
        return replace(told, weights={**told.weights, rule: "off"})

    monkeypatch.setattr(Desk, "conduct", conduct)
    found = explore(TINY, is_enough=lambda so_far: any(fault in said for said in so_far.faults))
    assert any(fault in said for said in found.faults), shown(found)


@pytest.mark.parametrize("fault", ["is not answered yet", "stand in ship notices that the partner accepted"])
def test_without_a_sequence_the_exploration_finds_what_leaves_too_early(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "waits_for", lambda _: ())
    found = explore(TINY, is_enough=lambda so_far: any(fault in said for said in so_far.faults))
    assert any(fault in said for said in found.faults), shown(found)


@pytest.mark.parametrize(
    ("codes", "fault"),
    [
        (("order-response-blocked",), "a blocked order-response has no case"),
        (("ship-notice-blocked",), "a blocked ship-notice has no case"),
        (("invoice-blocked",), "a blocked invoice has no case"),
        (("answer-due",), "the order is not answered, and no case says so"),
        (("window-ending", "cancellation-risk"), "not all that was promised has shipped, and no case says so"),
        (("change-due",), "the order was changed after the answer, and no case says so"),
    ],
)
def test_without_a_case_the_exploration_finds_what_nobody_owns(
    codes: tuple[str, ...], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def problems(*about: Any) -> Iterator[Problem]:
        return (problem for problem in all_problems(*about) if problem.code not in codes)

    monkeypatch.setattr(orders, "problems", problems)
    found = explore(ONE_LINE, is_enough=lambda so_far: any(fault in said for said in so_far.faults))
    assert any(fault in said for said in found.faults), shown(found)


def test_without_a_case_of_a_refusal_the_exploration_finds_what_nobody_owns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acknowledged, "has_successor", lambda *_: True)
    found = explore(replace(TINY, rare=1), is_enough=lambda so_far: bool(so_far.faults))
    assert any("has no case" in said for said in found.faults), shown(found)


def test_what_a_person_let_go_is_told_apart_from_what_left_by_itself() -> None:
    """A released document is the person's own; where nothing is released, nothing is passed over."""
    seen: set[tuple[str, ...]] = set()

    def notes(state: Search, choice: Choice) -> Story:
        story = tell(state, choice)
        said = {fault.partition(":")[0] for fault in story.conversation.complaints()}
        assert said <= set(story.released)
        seen.update({story.released} if said else ())
        return story

    tell = Search._tell
    with patch.object(Search, "_tell", notes):
        explore(RARE_TWICE, is_enough=lambda _: len(seen) > 1)
    assert len(seen) > 1


def test_without_an_eye_on_answers_the_exploration_finds_what_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "raise_overdue", lambda _: 0)
    found = explore(TINY, is_enough=lambda so_far: bool(so_far.faults))
    assert "much later: no answer came to the order-response, and no case says so" in found.faults, shown(found)
