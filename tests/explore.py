"""Explore the states of an order: `python -m tests.explore --lines 2 --quantity 3`.

Printed is how many states and transitions there are, and every fault with the shortest way on which it was met. It
exits with 1 where there is one. `--limit` ends it after so many seconds. Every minute it says how far it is.
"""

import argparse
import sys
import time

from tests.lifecycle.choices import Size
from tests.lifecycle.explore import Found, explore
from tests.lifecycle.sameness import class_of, key_of

_MINUTE = 60


class Clock:
    """Ends an exploration in time, and says every minute how far it is."""

    def __init__(self, limit: float) -> None:
        self.began = time.perf_counter()
        self.limit, self.told = limit, 0

    def is_over(self, found: Found) -> bool:
        """Whether it took so many seconds."""
        spent = time.perf_counter() - self.began
        if spent // _MINUTE > self.told:
            self.told = int(spent // _MINUTE)
            so_far = f"{found.states} states of {found.classes} classes, {found.transitions} transitions"
            faults = "; ".join(f"{fault} by {' > '.join(path)}" for fault, path in found.faults.items()) or "none"
            print(f"{spent:.0f} s: {so_far}, faults: {faults}", file=sys.stderr, flush=True)
        return spent > self.limit


def main() -> int:
    """Explore, print, and say whether anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in vars(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"usually {default}")
    parser.add_argument("--limit", type=float, default=float("inf"), help="seconds")
    parser.add_argument("--every-state", action="store_true", help="go on from every state, not from one of each class")
    options = vars(parser.parse_args())
    same = key_of if options.pop("every_state") else class_of
    clock = Clock(options.pop("limit"))
    found = explore(Size(**options), is_enough=clock.is_over, same=same)
    counted = f"{found.states} states of {found.classes} classes, {found.transitions} transitions"
    print(f"{counted}, the longest way {found.deepest} facts, {found.seconds:.1f} s")
    for fault, path in sorted(found.faults.items()):
        print(f"\n{fault} ({found.times[fault]} times)")
        print("".join(f"    {fact}\n" for fact in path), end="")
    return int(bool(found.faults))


if __name__ == "__main__":
    sys.exit(main())
