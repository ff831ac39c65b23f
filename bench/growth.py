"""Rows about growth: what an order costs in a young journal and in an old one, and what is asked of the old one.

The orders before are written through the journal's own functions, thousands in a commit, as far as their accepted
answers, every tenth with a case that was closed and every thousandth with one that is open. Both journals then take the
same new orders in turn. `python -m bench.growth -n 200000` takes the full size; the row takes a tenth of it.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from bench.instances import AT, example, order
from bench.measure import Figure, Row, Work, seconds_of
from gateway import queries
from gateway.instance import Instance
from gateway.journal import Journal, Transaction
from gateway.turn import Turn
from tests.load import PARTNER, take_order

_YOUNG, _OLD = 2_000, 20_000
_TOGETHER = 2_000  # orders in a commit
_NEW = 50  # orders that are taken at a time
_FIRST_NEW = 900_000
_MILLI = 1e3


def fill(journal: Journal, orders: int) -> None:
    """Write so many orders that are done with."""
    for start in range(0, orders, _TOGETHER):
        with journal.transaction(AT) as tx:
            for number in range(start, min(start + _TOGETHER, orders)):
                take_order(tx, number)
                if number % 10 == 0:
                    _open_case(tx, number, is_closed=number % 1000 != 0)


def _open_case(tx: Transaction, number: int, *, is_closed: bool) -> None:
    subject = f"order:{PARTNER}:{_name(number)}"
    case = tx.open_case(
        key=f"note:{subject}",
        code="unknown-item",
        owner="operations",
        message="line 1 waits for its item",
        remedy="add the item",
        subjects=(subject,),
    )
    if is_closed:
        tx.close_case(case, "the item came", "bench")


def _name(number: int) -> str:
    return f"P{number:07}"


class Aged:
    """An instance that has seen so many orders, and takes new ones."""

    def __init__(self, instance: Instance, orders: int) -> None:
        self.instance = instance
        self._came = _FIRST_NEW
        fill(instance.journal, orders)

    def take(self) -> None:
        """Take new orders, and answer them."""
        if Turn(self.instance).run().delivered != 2 * _NEW:
            raise AssertionError("the orders of the benchmark do not go the good path")

    def come(self) -> None:
        """New orders lie there."""
        inbox = self.instance.config.folder / "amazon" / "in"
        for _ in range(_NEW):
            self._came += 1
            (inbox / f"{self._came}.edi").write_bytes(order(self._came))


def grown(young: int, old: int, rounds: int) -> tuple[Figure, Figure]:
    """What an order costs in the old journal, in times of the young; and the longest of what is asked of the old."""
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) / "gateway" for _ in range(2)]
        sizes = zip(folders, (young, old), strict=True)
        both = [Aged(stack.enter_context(example(folder)), size) for folder, size in sizes]
        taken: list[tuple[float, ...]] = []
        for _ in range(rounds + 1):
            for each in both:
                each.come()
            taken.append(seconds_of([each.take for each in both], rounds=1))
        taken = taken[1:]  # the first warms up
        first, last = (sorted(column)[len(taken) // 2] / _NEW for column in zip(*taken, strict=True))
        questions = dict(_questions(both[1].instance, old))
        times = seconds_of(list(questions.values()), rounds=5, clock=perf_counter)
    detail = f"{last * _MILLI:.1f} ms after {old} orders, {first * _MILLI:.1f} ms after {young}"
    said = ", ".join(f"{name} {time * _MILLI:.1f} ms" for name, time in zip(questions, times, strict=True))
    return Figure(last / first, detail), Figure(max(times) * _MILLI, f"after {old} orders: {said}")


def _questions(instance: Instance, orders: int) -> Iterator[tuple[str, Work]]:
    """What `orders show` and `cases list` ask, each in a journal that is opened for it."""
    config, mappings, path = instance.config, instance.mappings, instance.config.paths.journal

    def show() -> None:
        with Journal.open(path, read_only=True) as journal:
            queries.order(journal, config, mappings, queries.find_order(journal, config, _name(orders // 2)))

    def cases() -> None:
        with Journal.open(path, read_only=True) as journal:
            if not [queries.case_line(case) for case in journal.open_cases()]:
                raise AssertionError("no case is open")

    yield "orders show", show
    yield "cases list", cases


def growth(quick: bool) -> Figure:
    """What an order costs after many, in times of what it costs after few."""
    return (grown(100, 300, 2) if quick else grown(_YOUNG, _OLD, 5))[0]


def asked(quick: bool) -> Figure:
    """What is asked of a journal of many orders takes so many milliseconds."""
    return (grown(1, 300, 1) if quick else grown(1, _OLD, 1))[1]


ROWS = (
    Row("growth", "an order after 20,000, times one after 2,000", growth, goal=1.1),
    Row("growth-asked", "the longer of orders show and cases list, in ms", asked, goal=50),
)


def main() -> None:
    """Measure the size asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("-n", type=int, default=200_000, help="orders in the old journal; 2,000 are in the young one")
    costs, answers = grown(_YOUNG, parser.parse_args().n, 9)
    print(f"{costs.value:.2f} times: {costs.detail}\n{answers.value:.0f} ms: {answers.detail}")


if __name__ == "__main__":
    main()
