"""The moments at which a disk is watched: an instance with work in front of it, made anew from a snapshot each time.

A scene is prepared once: a folder, and what its far ends expect of it. `set_up` copies both. After whatever was done to
it, `recover` lets the shipped `once` run without faults until everything is at rest, later by its clock, so that every
pause between two tries is over.
"""

import copy
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.crash.invariants import Verdict, Violation, judge
from tests.crash.stage import ORDERED_AT, Stage
from tests.crash.warm import fork, once, quiet

_RUNS = 6
_PAUSE = timedelta(minutes=20)
"""Longer than the longest pause between two tries, and six of them are shorter than any deadline of an order."""


@dataclass(frozen=True)
class Scene:
    """A prepared instance: its folder, and the far ends as they were."""

    name: str
    folder: Path
    far_ends: bytes
    at: datetime

    def set_up(self, folder: Path) -> Stage:
        """Make the instance anew in a folder."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return self.at_folder(folder)

    def at_folder(self, folder: Path) -> Stage:
        """The far ends of this scene, for an instance that lies in a folder already."""
        stage: Stage = pickle.loads(self.far_ends)  # noqa: S301, our own bytes
        stage.folder = folder
        return stage


def _orders(stage: Stage) -> None:
    """One order of each partner."""
    stage.order("amazon-us")
    stage.order("amazon-eu")


def _responses(stage: Stage) -> None:
    """The ERP answers an order of each partner, and a new order comes."""
    stage.replies = 100
    _orders(stage)
    _run(stage, stage.folder.parent / "prepare.log", ORDERED_AT)
    stage.eat()
    stage.order("amazon-us")


def _spoilt(stage: Stage) -> None:
    """A file that nobody can read comes between two orders."""
    stage.order("amazon-eu")
    stage.spoil()
    stage.order("amazon-us")


def _staged(stage: Stage) -> None:
    """A crash came between staging and publishing: some files have left and were eaten, some have not."""
    _orders(stage)
    code = os.waitstatus_to_exitcode(os.waitpid(fork(lambda: _die_publishing(stage, 2), stage.folder / "x.log"), 0)[1])
    (stage.folder / "x.log").unlink(missing_ok=True)
    if code != 9:
        raise RuntimeError(f"the scene was not prepared: {code}")
    stage.eat()
    stage.order("amazon-eu")


def _die_publishing(stage: Stage, which: int) -> int:
    """A turn that ends in the middle of its n-th publication, right after the rename."""
    rename, done = os.rename, []

    def deadly(*given: object, **named: object) -> None:
        rename(*given, **named)  # type: ignore[arg-type]
        done.append(given)
        if len(done) == which:
            os._exit(9)

    os.rename = deadly
    return once(stage.folder / "config.toml", ORDERED_AT)


_SCENES: dict[str, Callable[[Stage], None]] = {
    "orders": _orders,
    "responses": _responses,
    "spoilt": _spoilt,
    "staged": _staged,
}


SCENES = tuple(_SCENES)


def scenes(root: Path, names: Sequence[str] = SCENES, seed: int = 1) -> Iterator[Scene]:
    """Prepare scenes from the template in `root`."""
    for name in names:
        folder = root / f"scene-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(root / "example", folder)
        stage = Stage(folder, Random(seed), replies=0)
        _SCENES[name](stage)
        stage.replies = 0
        yield Scene(name, folder, pickle.dumps(copy.copy(stage)), ORDERED_AT + timedelta(minutes=2))


def _run(stage: Stage, log: Path, at: datetime) -> int:
    child = fork(lambda: once(stage.folder / "config.toml", at), log)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run_here(stage: Stage, log: Path, at: datetime) -> int:
    with quiet(log):
        return once(stage.folder / "config.toml", at)


def recover(stage: Stage, log: Path, at: datetime, *, eats_first: bool = True, in_child: bool = True) -> Verdict:
    """Eat, run without faults until nothing moves, and judge. Without children it is quicker."""
    wrong = []
    for run in range(1, _RUNS + 1):
        if eats_first or run > 1:
            stage.eat()
        code = (_run if in_child else _run_here)(stage, log, at + run * _PAUSE)
        if code:
            said = log.read_text(errors="replace").strip().splitlines()[-1:]
            wrong.append(Violation("ended", f"a run without faults ended with {code}: {' '.join(said)[:300]}"))
        stage.eat()
        if not stage.is_under_way():
            break
    verdict = judge(stage)
    verdict.violations += wrong
    return verdict
