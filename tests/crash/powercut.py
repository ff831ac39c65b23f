"""Power cuts: from the system calls of one run, the disks that a cut at any moment could leave; each must recover.

A run of `once` is traced for each scene. Behind every call, and in two models of a file system, the images are built
and told apart by their content; the shipped `once` then recovers each, and everything is counted. With the fsyncs taken
out of the same trace there must be violations: a harness that finds none then is blind. What the partner has put into
an inbox is taken as durable.
"""

import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.crash.disk import Disk, Image, Step, steps
from tests.crash.invariants import Verdict
from tests.crash.scenes import SCENES, Scene, recover, scenes
from tests.crash.strace import CALLS, calls, watched
from tests.crash.warm import once, warm

# What is left of the fsyncs of a trace.
WITH, WITHOUT, ONLY_FOLDERS, ONLY_FILES = "as it was", "no fsync", "no fsync of files", "no fsync of folders"

# Without fsync everything stays pending to the end, and the images are many: behind every n-th call is enough.
_BLIND_STEP = 11


@dataclass(frozen=True)
class Film:
    """A scene and what one run did to its disk."""

    scene: Scene
    steps: tuple[Step, ...]


@dataclass
class Tally:
    """How many images there are, how many were recovered, and what was wrong."""

    syncs: str
    calls: int = 0
    distinct: int = 0
    recovered: int = 0
    bad: int = 0
    seconds: float = 0.0
    verdict: Verdict = field(default_factory=Verdict)


def run(
    n: int | None,
    seed: int,
    blind: int = 200,
    workers: int | None = None,
    names: tuple[str, ...] | None = None,
    *,
    first: bool = False,
) -> list[Tally]:
    """Recover `n` images, or all; and `blind` images of the same runs for each way of leaving out fsyncs."""
    kinds = (WITH, WITHOUT, ONLY_FOLDERS, ONLY_FILES) if blind else (WITH,)
    with warm() as root:
        films = [_film(root, scene) for scene in scenes(root, names or SCENES)]
        return [_play(root, films, kind, n if kind == WITH else blind, seed, workers, first) for kind in kinds]


def _film(root: Path, scene: Scene) -> Film:
    """Trace one run."""
    stage = scene.set_up(root / "play")
    trace, log = root / "film.trace", root / "film.log"
    options = ["-e", f"trace={CALLS}", "-xx", "-s", "4000000"]
    code = watched(lambda: once(stage.folder / "config.toml", scene.at), options, trace, log)
    if code:
        raise RuntimeError(f"the run of {scene.name} ended with {code}: {log.read_text()[-500:]}")
    return Film(scene, tuple(steps(calls(trace), stage.folder)))


def _play(
    root: Path, films: list[Film], kind: str, n: int | None, seed: int, workers: int | None, first: bool
) -> Tally:
    began = time.monotonic()
    tally = Tally(kind, calls=sum(len(film.steps) for film in films))
    chosen = [(place, print_) for place, film in enumerate(films) for print_, _ in _images(film, kind)]
    tally.distinct = len(chosen)
    if n is not None and n < len(chosen):
        chosen = random.Random(seed).sample(chosen, n)
    count = workers or os.cpu_count() or 1
    parts = [frozenset(chosen[part::count]) for part in range(count)]
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        for recovered, bad, verdict in pool.map(partial(_recover, root, films, kind, first), parts):
            tally.recovered += recovered
            tally.bad += bad
            tally.verdict.add(verdict)
    tally.seconds = time.monotonic() - began
    return tally


def _images(film: Film, kind: str) -> Iterator[tuple[bytes, Image]]:
    """Every image of a run once, with its fingerprint."""
    seen: set[bytes] = set()
    for keeps_names in (False, True):
        disk = Disk(keeps_names)
        disk.load(film.scene.folder)
        for number, step in enumerate(film.steps):
            if _is_left_out(step, kind, disk) or not disk.take(step) or (kind != WITH and number % _BLIND_STEP):
                continue
            for print_, image in disk.images():
                if print_ not in seen:
                    seen.add(print_)
                    yield print_, image


def _is_left_out(step: Step, kind: str, disk: Disk) -> bool:
    if step.kind != "sync" or kind == WITH:
        return False
    is_folder = step.path not in disk.live or disk.data[disk.live[step.path]] is None
    return kind == WITHOUT or is_folder == (kind == ONLY_FILES)


def _recover(
    root: Path, films: list[Film], kind: str, first: bool, part: frozenset[tuple[int, bytes]]
) -> tuple[int, int, Verdict]:
    total, recovered, bad = Verdict(), 0, 0
    folder = root / f"cut-{os.getpid()}" / "play"
    for place, film in enumerate(films):
        for print_, image in _images(film, kind):
            if (place, print_) not in part:
                continue
            shutil.rmtree(folder, ignore_errors=True)
            _write(image, folder)
            # Whether the far end has eaten before we start again makes a difference to who looks for a file.
            eats_first = print_[0] % 2 == 0
            stage = film.scene.at_folder(folder)
            verdict = recover(stage, folder.with_name("log"), film.scene.at, eats_first=eats_first, in_child=False)
            recovered += 1
            bad += bool(verdict.violations)
            total.add(verdict)
            if bad and first:
                return recovered, bad, total
    return recovered, bad, total


def _write(image: Image, folder: Path) -> None:
    folder.mkdir(parents=True)
    for path in sorted(image):
        data = image[path]
        if data is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(data)


def report(tallies: list[Tally], seed: int) -> list[str]:
    """The figures, as people read them."""
    lines = []
    for tally in tallies:
        images = f"{tally.distinct} distinct images behind {tally.calls} calls"
        came = f"{tally.recovered} recovered, {tally.bad} with violations"
        lines += [
            f"powercut, fsync {tally.syncs}: {images}, {came}; seed {seed}, {tally.seconds:.0f} s",
            f"  {tally.verdict.summary}",
        ]
    return lines
