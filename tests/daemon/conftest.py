"""Instances for the daemon, and daemons that end with their test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.daemon.process import AT, Running, until

if TYPE_CHECKING:
    from tests.conftest import House


@pytest.fixture
def house(make_house: "Callable[..., House]") -> "House":
    """An instance that looks often and has no health endpoint."""
    house = make_house()
    house.configure("health_port    = 9464", "health_port = 0")
    house.configure('erp_poll_every = "5s"', 'erp_poll_every = "1s"')
    house.configure('poll_every      = "5s"', 'poll_every = "1s"')
    return house


@pytest.fixture
def run(house: "House") -> Iterator[Callable[..., Running]]:
    """A maker of running daemons; what still runs at the end of a test is killed."""
    started: list[Running] = []

    def start(*options: str, at: str | None = AT, ready: bool = True, **how: Any) -> Running:
        started.append(Running(house, *(("--at", at) if at else ()), *options, **how))
        if ready:
            until(lambda: started[-1].has_said("daemon.ready") or started[-1].process.poll() is not None, "ready")
            assert started[-1].process.poll() is None, started[-1].stderr
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


@pytest.fixture
def second_channel(house: "House") -> Callable[[], Path]:
    """Gives the partner of the EU a channel of its own, `eu`; answers with its in folder."""

    def give() -> Path:
        for name in ("in", "out"):
            (house.folder / "eu" / name).mkdir(parents=True, exist_ok=True)
        house.configure('partners = ["amazon-us", "amazon-eu"]', 'partners = ["amazon-us"]')
        folders = 'kind = "folder"\nin = "eu/in"\nout = "eu/out"\npoll_every = "1s"\n'
        head = f'[channels.eu]\npartners = ["amazon-eu"]\n{folders}'
        house.config.write_text(house.config.read_text() + head)
        return house.folder / "eu" / "in"

    return give
