"""`python -m tests.crash kill|inject|powercut|mutants|diskfull`: the harnesses, each as a command.

Whatever a machine dies on, nothing is lost or doubled.
"""

import argparse
import sys
from collections.abc import Sequence

from tests.crash import diskfull, inject, kill, mutants, powercut


def _kill(options: argparse.Namespace) -> int:
    tally = kill.run(options.n, options.seed, options.chapter, options.workers, first=options.first)
    return _told(kill.report(tally, options.seed), tally.verdict.violations, tally.killed, tally.verdict.orders)


def _inject(options: argparse.Namespace) -> int:
    tally = inject.run(options.n, options.seed, options.workers, first=options.first)
    print("\n".join(inject.report(tally, options.seed)))
    return int(bool(tally.verdict.violations) or not tally.hits or not tally.verdict.orders)


def _powercut(options: argparse.Namespace) -> int:
    tallies = powercut.run(options.n, options.seed, options.blind, options.workers, first=options.first)
    whole, *blind = tallies
    code = _told(
        powercut.report(tallies, options.seed), whole.verdict.violations, whole.recovered, whole.verdict.orders
    )
    for tally in blind:
        if not tally.bad:
            print(f"  BLIND: nothing is wrong with {tally.syncs}")
    return int(bool(code) or not all(tally.bad for tally in blind))


def _mutants(options: argparse.Namespace) -> int:
    found = mutants.run(options.names, options.every, options.seed)
    print("\n".join(mutants.report(found, options.seed)))
    return int(not found or not all(seen.by for seen in found))


def _diskfull(options: argparse.Namespace) -> int:
    try:
        tally = diskfull.run(options.n, options.seed, options.megabytes)
    except diskfull.CannotMountError as wrong:
        print(f"diskfull: skipped, a tmpfs cannot be mounted here: {wrong}")
        return 0
    return _told(diskfull.report(tally, options.seed), tally.verdict.violations, tally.refused, tally.verdict.orders)


def _told(lines: list[str], violations: Sequence[object], *counts: int) -> int:
    """Print; 1 where a law is broken, or where a count is nothing because nothing ran."""
    print("\n".join(lines))
    for violation in violations[:20]:
        print(f"  VIOLATION {violation}")
    return int(bool(violations) or not all(counts))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, help="how many plays go on side by side; as many as there are cores")
    parser.add_argument("--first", action="store_true", help="no further than the first violation")
    harness = parser.add_subparsers(required=True)
    one = harness.add_parser("kill", help="kill -9 of the daemon")
    one.add_argument("-n", type=int, default=10_000, help="how many kills")
    one.add_argument("--chapter", type=int, default=250, help="after so many a new instance begins")
    one.set_defaults(run=_kill)
    two = harness.add_parser("inject", help="a fault at every n-th system call of `once`")
    two.add_argument("-n", type=int, help="how many, drawn by the seed; all of them where it is left out")
    two.set_defaults(run=_inject)
    three = harness.add_parser("powercut", help="disks that a power cut could leave")
    three.add_argument("-n", type=int, help="how many images, drawn by the seed; all of them where it is left out")
    three.add_argument("--blind", type=int, default=200, help="how many for each way of leaving out fsyncs")
    three.set_defaults(run=_powercut)
    four = harness.add_parser("mutants", help="seeded faults, each of which must be seen")
    four.add_argument("names", nargs="*", help="only those whose name holds one of these words")
    four.add_argument("--every", action="store_true", help="try each with all three harnesses")
    four.set_defaults(run=_mutants)
    five = harness.add_parser("diskfull", help="a small disk, filled and emptied")
    five.add_argument("-n", type=int, default=100, help="how many times")
    five.add_argument("--megabytes", type=int, default=4, help="the size of the disk")
    five.set_defaults(run=_diskfull)
    return parser


if __name__ == "__main__":
    options = _parser().parse_args()
    sys.exit(options.run(options))
