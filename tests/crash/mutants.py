"""Seeded faults, each in a copy of the package: every one must be seen by one of the three harnesses.

A fault that none of them sees is a hole in the harness. The harness that should see it is tried first; with `every` all
three are, and the table says by which it was seen.
"""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crash.mutations import MUTATIONS, Mutation

_ROOT = Path(__file__).absolute().parents[2]
_LINKED = ("schemas", "mappings", "samples", "tests", "config.example.toml", "pyproject.toml")
HARNESSES = {
    "kill": ("kill", "-n", "150", "--chapter", "50"),
    "inject": ("inject", "-n", "400"),
    "powercut": ("powercut", "-n", "800", "--blind", "0"),
}
_LIMIT = 900  # seconds


@dataclass(frozen=True)
class Seen:
    """What became of a fault: which harnesses saw it, which did not, and the first violation."""

    mutation: Mutation
    by: tuple[str, ...]
    missed: tuple[str, ...]
    said: str
    seconds: float


def run(names: list[str], every: bool, seed: int) -> list[Seen]:
    """Try the mutations whose name holds one of these words, or all."""
    chosen = [m for m in MUTATIONS if not names or any(name in m.name for name in names)]
    found = []
    for mutation in chosen:
        found.append(_try(mutation, every, seed))
        print(_line(found[-1]), flush=True)
    return found


def _try(mutation: Mutation, every: bool, seed: int) -> Seen:
    began = time.monotonic()
    by, missed, said = [], [], ""
    with TemporaryDirectory(prefix="mutant-") as folder:
        tree = plant(mutation, Path(folder))
        for harness in sorted(HARNESSES, key=lambda name: name != mutation.by):
            command = [sys.executable, "-m", "tests.crash", "--seed", str(seed), "--first", *HARNESSES[harness]]
            environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
            done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=_LIMIT)
            violations = [line.strip() for line in done.stdout.splitlines() if "VIOLATION" in line]
            if done.returncode and (violations or not done.stdout):
                by.append(harness)
                said = said or (violations or done.stderr.strip().splitlines()[-1:])[0]
            else:
                missed.append(harness)
            if by and not every:
                break
    return Seen(mutation, tuple(by), tuple(missed), said, time.monotonic() - began)


def plant(mutation: Mutation, tree: Path) -> Path:
    """A copy of the package with the fault in it. Raises ValueError where a piece of text is not there exactly once."""
    shutil.copytree(_ROOT / "gateway", tree / "gateway", ignore=shutil.ignore_patterns("__pycache__"))
    for name in _LINKED:
        (tree / name).symlink_to(_ROOT / name)
    for file, old, new in mutation.edits:
        text = (tree / file).read_text()
        if text.count(old) != 1:
            raise ValueError(f"{mutation.name}: {file} has {text.count(old)} times {old!r}")
        (tree / file).write_text(text.replace(old, new))
    return tree


def _line(seen: Seen) -> str:
    caught = ", ".join(seen.by) if seen.by else "NOBODY"
    missed = f" (not by {', '.join(seen.missed)})" if seen.missed else ""
    return f"  {seen.mutation.rule:4} {seen.mutation.name:52} {caught}{missed}, {seen.seconds:.0f} s: {seen.said[:110]}"


def report(found: list[Seen], seed: int) -> list[str]:
    """The sum of the table that was printed as it grew."""
    survivors = [seen.mutation.name for seen in found if not seen.by]
    return [
        f"mutants: {len(found)} faults, {len(found) - len(survivors)} seen; seed {seed}",
        *[f"  SURVIVED: {name}" for name in survivors],
    ]
