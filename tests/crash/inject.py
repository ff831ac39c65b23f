"""A fault at every n-th system call that touches the instance: the machine says no, or the process dies right there.

A clean run of `once` under strace tells how often each call is made; then every one of them is made to fail with each
error, or to be the moment of SIGKILL. A run without faults follows, and everything is counted. Only calls on the
instance's own folder count as hits: what Python reads to start is long done, for the child is forked warm. A failed
fsync must end the run with exit code 70, and nothing may be fsynced again under that name.
"""

import multiprocessing
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from pathlib import Path

from tests.crash.invariants import Verdict, Violation
from tests.crash.scenes import SCENES, Scene, recover, scenes
from tests.crash.strace import Call, calls, watched
from tests.crash.warm import once, warm

ERRORS = ("EIO", "ENOSPC", "EROFS", "EMFILE", "EACCES")
KILL = "SIGKILL"
_SYNCS = ("fsync", "fdatasync")
_AFTER_A_FAILED_FSYNC = 70
# What a run that could not do its work may answer: sysexits.h, as gateway/errors.py has them.
_ALLOWED = {0, 69, 70, 73, 75, 77, 78}
_INJECTED = (
    "openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat",
    "ftruncate", "mkdir", "mkdirat",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """The n-th call of a name in a scene, and what becomes of it."""

    scene: int
    call: str
    when: int
    what: str

    @property
    def option(self) -> str:
        """As strace wants it."""
        kind = f"signal={self.what}" if self.what == KILL else f"error={self.what}"
        return f"inject={self.call}:{kind}:when={self.when}"


@dataclass
class Tally:
    """What was injected, what of it hit the instance, and what was wrong afterwards."""

    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: int = 0
    found: int = 0
    ended: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    verdict: Verdict = field(default_factory=Verdict)
    faults: list[tuple[Fault, Violation]] = field(default_factory=list)


def run(
    n: int | None,
    seed: int,
    workers: int | None = None,
    names: tuple[str, ...] | None = None,
    *,
    first: bool = False,
) -> Tally:
    """Inject at every place, or at `n` places drawn by the seed; with `first` no further than the first violation."""
    began = time.monotonic()
    tally = Tally()
    with warm() as root:
        prepared = list(scenes(root, names or SCENES))
        faults = [fault for place, scene in enumerate(prepared) for fault in _faults(root, place, scene)]
        tally.found = len(faults)
        faults = _spread(faults, seed)[:n]
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=context) as pool:
            for fault, hit, code, verdict in pool.map(partial(_inject, root, prepared), faults, chunksize=4):
                tally.ended[code] += 1
                tally.verdict.add(verdict)
                tally.faults += [(fault, violation) for violation in verdict.violations]
                if hit:
                    tally.hits[fault.call, fault.what] += 1
                else:
                    tally.missed += 1
                if first and tally.faults:
                    pool.shutdown(cancel_futures=True)
                    break
    tally.seconds = time.monotonic() - began
    return tally


def _faults(root: Path, place: int, scene: Scene) -> Iterator[Fault]:
    """Every call of a clean run that touches the instance, with everything that may become of it."""
    folder = root / "play"
    stage = scene.set_up(folder)
    trace = root / "clean.trace"
    names = ",".join(_INJECTED)
    code = watched(
        lambda: once(stage.folder / "config.toml", scene.at), ["-e", f"trace={names}"], trace, root / "clean.log"
    )
    if code:
        raise RuntimeError(
            f"the clean run of {scene.name} ended with {code}: {(root / 'clean.log').read_text()[-500:]}"
        )
    seen: Counter[str] = Counter()
    for call in calls(trace):
        seen[call.name] += 1
        if str(folder) in call.arguments:
            kinds = (*ERRORS, KILL)
            # The pages of the journal are many and alike: each of their writes fails in one way only, in turn.
            some = kinds if call.name != "pwrite64" else (kinds[seen[call.name] % len(kinds)],)
            yield from (Fault(place, call.name, seen[call.name], what) for what in some)


def _spread(faults: list[Fault], seed: int) -> list[Fault]:
    """In random order, and the kinds of calls in turn, so that a few hold something of everything."""
    by_call: dict[str, list[Fault]] = {}
    for fault in random.Random(seed).sample(faults, len(faults)):
        by_call.setdefault(fault.call, []).append(fault)
    return [fault for turn in zip_longest(*by_call.values()) for fault in turn if fault is not None]


def _inject(root: Path, prepared: list[Scene], fault: Fault) -> tuple[Fault, bool, int, Verdict]:
    scene = prepared[fault.scene]
    work = root / f"inject-{os.getpid()}"
    work.mkdir(exist_ok=True)
    # The same length of path as in the clean run, under a folder of this worker's own.
    stage = scene.set_up(work / "play")
    trace, log = work / "trace", work / "log"
    log.unlink(missing_ok=True)
    options = ["-e", f"trace={','.join(_SYNCS)},{fault.call}", "-e", fault.option]
    code = watched(lambda: once(stage.folder / "config.toml", scene.at), options, trace, log)
    made = list(calls(trace))
    hit = code == -9 if fault.what == KILL else any(c.injected and str(stage.folder) in c.arguments for c in made)
    wrong = list(_wrong(fault, code, made, stage.folder, log.read_text(errors="replace")))
    verdict = recover(stage, log, scene.at, in_child=False)
    if fault.what == "EACCES":
        _excuse_what_may_not_be_read(verdict, scene.folder, stage.folder)
    verdict.violations += wrong
    shutil.rmtree(stage.folder, ignore_errors=True)
    return fault, hit, code, verdict


def _excuse_what_may_not_be_read(verdict: Verdict, before: Path, after: Path) -> None:
    """A file that this user may not read is a person's: it is held, if it lies in quarantine with its bytes."""
    for told in (after / "quarantine").glob("*.reason.json"):
        aside = told.with_name(told.name.removesuffix(".reason.json"))
        originals = [shore / aside.name for shore in (before / "amazon" / "in", before / "erp" / "in")]
        original = next((path for path in originals if path.is_file()), None)
        if original is None or b'"file-unreadable"' not in told.read_bytes():
            continue
        if aside.read_bytes() == original.read_bytes():
            verdict.held += 1
            verdict.violations = []


def _wrong(fault: Fault, code: int, made: list[Call], folder: Path, said: str) -> Iterator[Violation]:
    """What may not happen in the run with the fault itself."""
    if fault.what == KILL:
        return
    if code not in _ALLOWED:
        yield Violation("ended", f"the run ended with {code}")
    if "a fault of the gateway itself" in said or "internal-error" in said:
        yield Violation("ended", f"it was taken for a fault of the gateway: {said[-300:]}")
    if fault.call not in _SYNCS:
        return
    for place, call in enumerate(made):
        # SQLite asks for no answer when it syncs the folder of a rollback journal that it has just made.
        if not call.injected or f"<{folder}>" in call.arguments:
            continue
        if code != _AFTER_A_FAILED_FSYNC:
            yield Violation("fsync", f"a failed fsync ended with {code}: {call.line}")
        again = [other for other in made[place + 1 :] if other.arguments == call.arguments and other.name in _SYNCS]
        # Taking a transaction back writes the old pages anew: that is another content, not another try.
        if again and "journal.db>" not in call.arguments:
            yield Violation("fsync", f"a failed fsync was tried again: {call.line}")


def report(tally: Tally, seed: int) -> list[str]:
    """The figures, as people read them."""
    verdict, hits = tally.verdict, sum(tally.hits.values())
    by_call = Counter[str]()
    by_kind = Counter[str]()
    for (call, what), count in tally.hits.items():
        by_call[call] += count
        by_kind[what] += count
    missed = f"{tally.missed} did not hit it; seed {seed}, {tally.seconds:.0f} s"
    return [
        f"inject: {hits} faults at calls on the instance, of {tally.found} there are; {missed}",
        "  " + ", ".join(f"{call} {count}" for call, count in sorted(by_call.items())),
        "  " + ", ".join(f"{what} {count}" for what, count in sorted(by_kind.items())),
        "  ended with " + ", ".join(f"{code}: {count}" for code, count in sorted(tally.ended.items())),
        f"  {verdict.summary}",
        f"  {verdict.again} interchanges were taken for a repeat and answered again, under new numbers",
        *[f"  VIOLATION {fault.option} in scene {fault.scene}: {violation}" for fault, violation in tally.faults[:20]],
    ]
