"""Many seeds: what they begin with, how often each kind of event happened in all of them, and which seeds failed."""

import gc
import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import structlog
from pydantic import BaseModel

from gateway.config import Partner, load
from gateway.instance import Instance, create, fixed_clock, mappings_of
from gateway.journal import Journal
from gateway.pipeline import Desk, outgoing
from gateway.pipeline.dispatching import Composed, compose
from gateway.turn import Turn
from tests.sim.simulation import Ground, Outcome, Simulation

_MADE_AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
_ONE_CHANNEL = 'partners = ["amazon-us", "amazon-eu"]'
_OTHER_CHANNEL = """
[channels.europe]
kind     = "folder"
partners = ["amazon-eu"]
in       = "europe/in"
out      = "europe/out"
"""

KINDS = (
    "a change before its order",
    "a channel is down for a day",
    "a connection breaks after a file arrived",
    "a connection breaks before a file arrived",
    "a control number is used for something else",
    "a disk is full",
    "a file cannot be removed",
    "a file comes twice",
    "a file is lost and sent again",
    "a file is on its way for hours",
    "a late acknowledgement",
    "a negative acknowledgement",
    "a person sends again by reissue",
    "a person sends again by retransmit",
    "a removed file is back after a power cut",
    "a shipment before the answer",
    "an acknowledgement never comes",
    "an acknowledgement of nothing we sent",
    "an answer of the ERP before the order",
    "an invoice before the shipment",
    "an upload is cut short",
    "America's clocks go back",
    "America's clocks go forward",
    "Europe's clocks go back",
    "Europe's clocks go forward",
    "no space for what leaves",
    "nobody answers",
    "nobody can tell whether a file arrived",
    "power cut after a commit",
    "power cut after publishing",
    "power cut after removing",
    "power cut after staging",
    "power cut before a commit",
    "power cut before a fetch",
    "power cut before a listing",
    "power cut before asking for a file",
    "power cut before publishing",
    "power cut before removing",
    "power cut before staging",
    "the clock is set right",
    "the clock jumps back by a day",
    "the clock jumps forward by a day",
    "the far end loses a file of ours",
    "the far end refuses a file",
    "the journal cannot be written",
    "the partner gets the same bytes again",
)
"""What a campaign must have seen: a kind that never happened was not tested."""


@dataclass
class Campaign:
    """What came of many seeds. `digest` is one number for all of their journals, `heads` are their last hashes."""

    counts: Counter[str] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)
    seeds: int = 0
    entries: int = 0
    turns: int = 0
    seconds: float = 0
    heads: list[str] = field(default_factory=list)

    def take(self, outcome: Outcome) -> None:
        """Count a seed."""
        self.seeds += 1
        self.entries += outcome.entries
        self.turns += outcome.turns
        self.seconds += outcome.seconds
        self.counts += outcome.counts
        self.heads.append(f"{outcome.seed} {outcome.head}")
        if outcome.violations:
            self.failed.append(outcome)

    @property
    def digest(self) -> str:
        """The same for the same seeds and the same code."""
        return sha256("\n".join(self.heads).encode()).hexdigest()

    @property
    def missing(self) -> list[str]:
        """The kinds of events that never happened."""
        return [kind for kind in KINDS if not self.counts[kind]]


class Composer:
    """`compose` that remembers: a draft that waits is written anew at each look, and it is a third of all the work.

    What a document comes to follows from the document and its guide alone.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Composed] = {}

    def __call__(self, document: BaseModel, message: str, partner: Partner, desk: Desk) -> Composed:
        """The document as its message."""
        key = (document.model_dump_json(), message, partner.name)
        if key not in self._known:
            self._known[key] = compose(document, message, partner, desk)
        return self._known[key]


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder that costs no disk."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="sim-", dir=memory if memory.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def prepared(folder: Path) -> Iterator[Ground]:
    """The ground on which seeds stand, made in a folder that is not there yet; logs are off."""
    folder.mkdir()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    ground = _ground(folder)
    gc.collect()
    gc.freeze()
    try:
        with patch.object(outgoing, "compose", Composer()):
            yield ground
    finally:
        gc.unfreeze()
        structlog.reset_defaults()


def _ground(folder: Path) -> Ground:
    """The shipped example with a channel for each partner, and the masters taken."""
    file = create(folder / "house", example=True, at=_MADE_AT)
    text = file.read_text().replace(_ONE_CHANNEL, 'partners = ["amazon-us"]')
    file.write_text(text.replace("[erp]", f"{_OTHER_CHANNEL}\n[erp]", 1))
    for name in ("in", "out"):
        (folder / "house" / "europe" / name).mkdir(parents=True)
    config, mappings = load(file), mappings_of(None)
    journal = folder / "ground.db"
    with Journal.create(journal, _MADE_AT, instance="a simulation") as made:
        Turn(Instance(config, made, mappings, fixed_clock(_MADE_AT))).run()
    return Ground(config, mappings, journal)


def live(seeds: Iterable[int], jobs: int = 1) -> Iterator[Outcome]:
    """Run seeds, in their order; each process has a ground of its own."""
    with folder_in_memory() as folder:
        if jobs > 1:
            with ProcessPoolExecutor(jobs) as pool:
                yield from pool.map(partial(_alone, folder), seeds)
            return
        with prepared(folder / "ground") as ground:
            for seed in seeds:
                yield Simulation(seed, ground, folder).run()


_of_this_worker: list[tuple[AbstractContextManager[Ground], Ground]] = []


def _alone(folder: Path, seed: int) -> Outcome:
    """A seed in a worker, which stays as it is prepared until its process ends."""
    if not _of_this_worker:
        preparing = prepared(folder / f"ground-{os.getpid()}")
        _of_this_worker.append((preparing, preparing.__enter__()))
    return Simulation(seed, _of_this_worker[0][1], folder).run()
