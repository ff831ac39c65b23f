"""Explore the states of an order: `python -m tests.explore --lines 2 --quantity 3`.

Printed is how many states and transitions there are, and every fault with the shortest way on which it was met. It
exits with 1 where there is one. `--limit` ends it after so many seconds.
"""

import argparse
import sys
import time

from tests.lifecycle.choices import Size
from tests.lifecycle.explore import explore
from tests.lifecycle.sameness import class_of, key_of


def main() -> int:
    """Explore, print, and say whether anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in vars(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"usually {default}")
    parser.add_argument("--limit", type=float, default=float("inf"), help="seconds")
    parser.add_argument("--every-state", action="store_true", help="go on from every state, not from one of each class")
    options = vars(parser.parse_args())
    same = key_of if options.pop("every_state") else class_of
    end = time.perf_counter() + options.pop("limit")
    found = explore(Size(**options), is_enough=lambda _: time.perf_counter() > end, same=same)
    counted = f"{found.states} states of {found.classes} classes, {found.transitions} transitions"
    print(f"{counted}, the longest way {found.deepest} facts, {found.seconds:.1f} s")
    for fault, path in sorted(found.faults.items()):
        print(f"\n{fault} ({found.times[fault]} times)")
        print("".join(f"    {fact}\n" for fact in path), end="")
    return int(bool(found.faults))


if __name__ == "__main__":
    sys.exit(main())
