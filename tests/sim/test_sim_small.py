"""The simulation of `python -m tests.sim`, small: no law is broken, a seed is the same twice, and faults are seen."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom

import pytest

from gateway import turn
from gateway.journal import Transaction
from gateway.journal.numbers import NumberWriter
from gateway.lifecycle.deadlines import Timings, tell
from gateway.lifecycle.events import Event
from gateway.lifecycle.orders import OrderState
from gateway.pipeline import orders
from gateway.pipeline.desk import Desk
from gateway.transports.base import Staged
from tests.sim.campaign import KINDS, Campaign, folder_in_memory, live, prepared
from tests.sim.channels import SimulatedTransport
from tests.sim.simulation import Ground, Simulation
from tests.sim.weather import Weather

ROOT = Path(__file__).parents[2]
SEEDS = range(1, 9)
FEW = range(1, 4)
RARE = 12
"""So many kinds of events may be missing in so few seeds; the whole campaign has every one."""


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    """Some seeds, each lived through once."""
    found = Campaign()
    for outcome in live(SEEDS):
        found.take(outcome)
    return found


@pytest.fixture
def ground() -> Iterator[tuple[Ground, Path]]:
    """What seeds begin with."""
    with folder_in_memory() as folder, prepared(folder / "ground") as made:
        yield made, folder


def test_no_law_is_broken(campaign: Campaign) -> None:
    assert [(outcome.seed, outcome.violations) for outcome in campaign.failed] == []


def test_the_seeds_have_nearly_everything_that_may_happen(campaign: Campaign) -> None:
    assert len(campaign.missing) <= RARE, campaign.missing
    assert set(campaign.missing) < set(KINDS)


def test_a_seed_has_the_same_journal_in_another_process(campaign: Campaign) -> None:
    """Whatever the order of sets there, which follows from PYTHONHASHSEED."""
    program = (
        f"from tests.sim.campaign import live\nfor outcome in live({list(FEW)}): print(outcome.seed, outcome.head)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == campaign.heads[: len(FEW)]


def test_another_seed_is_another_story(campaign: Campaign) -> None:
    assert len({head.split()[1] for head in campaign.heads}) == len(SEEDS)


# What is broken on purpose must be seen, or the laws are blind.


def says_that_all_arrived(_transport: SimulatedTransport, _staged: Staged) -> bool:
    return True


def finds_no_earlier_one(*_arguments: object) -> None:
    return None


def finds_nothing_overdue(_desk: Desk) -> int:
    return 0


def tells_twice(state: OrderState, timings: Timings, now: datetime) -> list[Event]:
    return 2 * list(tell(state, timings, now))


def leaves_a_number_out(tx: NumberWriter, series: str, start_at: int = 1) -> int:
    draw(tx, series, start_at)
    return draw(tx, series, start_at)


draw = NumberWriter.draw


@pytest.mark.parametrize(
    ("place", "name", "broken", "said"),
    [
        (SimulatedTransport, "is_published", says_that_all_arrived, "never arrived"),
        (Transaction, "find_interchange", finds_no_earlier_one, "was taken 2 times"),
        (turn, "raise_overdue", finds_nothing_overdue, "awaited for ever"),
        (orders, "tell", tells_twice, "was told 2 times"),
        (NumberWriter, "draw", leaves_a_number_out, "the control numbers sent"),
    ],
)
def test_what_is_broken_is_seen(
    place: object,
    name: str,
    broken: Callable[..., object],
    said: str,
    ground: tuple[Ground, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(place, name, broken)
    for seed in SEEDS:
        found = Simulation(seed, *ground).run().violations
        if any(said in violation for violation in found):
            return
    pytest.fail(f"nobody saw that {broken.__name__}")


def test_chance_that_no_seed_gave_is_seen(ground: tuple[Ground, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Weather.clock
    chance = SystemRandom()
    monkeypatch.setattr(
        Weather, "clock", lambda weather: clock(weather) + timedelta(microseconds=chance.random() * 900)
    )
    heads = {Simulation(1, *ground).run().head for _ in range(2)}
    assert len(heads) == 2
