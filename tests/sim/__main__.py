"""`python -m tests.sim --seeds 1000`: live through as many seeds; `--seed S` tells one of them as it happened."""

import argparse
import sys
from collections.abc import Sequence

from tests.sim.campaign import Campaign, live

_TELLS_EVERY = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where a law was broken, a seed is not the same twice, or something never happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description="Simulate the gateway and its world.")
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first of them")
    parser.add_argument("--seed", type=int, help="one seed alone, with everything that happened")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--twice", type=int, default=20, help="how many of the seeds are run twice")
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _one(chosen.seed)
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    campaign = Campaign()
    try:
        for outcome in live(seeds, chosen.jobs):
            campaign.take(outcome)
            for said in outcome.violations[:5]:
                print(f"seed {outcome.seed}: {said}", flush=True)
            if campaign.seeds % _TELLS_EVERY == 0:
                print(f"{campaign.seeds:,} seeds, {len(campaign.failed)} failed", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("stopped by hand", flush=True)
    again = [
        f"{outcome.seed} {outcome.head}" for outcome in live(seeds[: min(chosen.twice, campaign.seeds)], chosen.jobs)
    ]
    unlike = [head.split()[0] for head in again if head not in campaign.heads]
    for kind, count in sorted(campaign.counts.items()):
        print(f"{count:8,} {kind}")
    failed = [outcome.seed for outcome in campaign.failed]
    print(
        f"{campaign.seeds:,} seeds from {chosen.first}, {campaign.turns:,} turns, {campaign.entries:,} entries,"
        f" {campaign.seconds:.0f} s: {len(failed)} failed {failed[:20]},"
        f" {len(again)} run twice, {len(unlike)} of them not the same {unlike}"
    )
    print(f"digest {campaign.digest}")
    for kind in campaign.missing:
        print(f"never happened: {kind}")
    return int(bool(campaign.failed or unlike or campaign.missing))


def _one(seed: int) -> int:
    (outcome,) = live([seed])
    print(*outcome.timeline, sep="\n")
    print(*outcome.violations, sep="\n")
    print(f"seed {seed}: {outcome.turns} turns, {outcome.entries} entries, {outcome.seconds:.2f} s, {outcome.head}")
    return int(bool(outcome.violations))


if __name__ == "__main__":
    sys.exit(main())
