"""Throw damaged files at the readers: `python -m tests.fuzz -n 1000000 --reader all --seed 1`.

The samples are mutated (pieces lost, doubled, swapped, spliced, bytes flipped, marks thrown in, ends cut off) and read
as an arrival is: envelopes, then every message by its grammar and mapping, with all its findings and places. Whatever
comes, only findings may come of it. Printed is how many inputs got past their envelope into a grammar, as a mutation
that every reader refuses at its first bytes tests nothing.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gateway.errors import ConfigError
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping
from gateway.mapping.messages import read_message
from gateway.resources import SHIPPED
from gateway.syntax import edifact, x12
from gateway.syntax.envelope import Event, Limits, Message, findings_of
from gateway.syntax.interchanges import gather

SAMPLES = Path(__file__).parents[1] / "samples"
LONGEST_SEED = 4_000
LIMITS = Limits(segment=20_000, message=100_000)

Random = random.Random
Mutation = Callable[[Random, bytes, bytes], bytes]


def cut_out(dice: Random, data: bytes, _: bytes) -> bytes:
    start, end = piece(dice, data)
    return data[:start] + data[end:]


def double(dice: Random, data: bytes, _: bytes) -> bytes:
    start, end = piece(dice, data)
    return data[:end] + data[start:end] * dice.randint(1, 3) + data[end:]


def flip(dice: Random, data: bytes, _: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def throw_in(dice: Random, data: bytes, marks: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + bytes(dice.choices(marks, k=dice.randint(1, 3))) + data[at:]


def swap(dice: Random, data: bytes, _: bytes) -> bytes:
    start, end = piece(dice, data)
    further = min(end + dice.randint(1, 60), len(data))
    return data[:start] + data[end:further] + data[start:end] + data[further:]


def splice(dice: Random, data: bytes, marks: bytes) -> bytes:
    """A segment from somewhere else in the file, at the beginning of another."""
    terminator = marks[2:3]
    segments = data.split(terminator)
    segments.insert(dice.randrange(len(segments)), dice.choice(segments))
    return terminator.join(segments)


def renumber(dice: Random, data: bytes, _: bytes) -> bytes:
    places = [at for at, byte in enumerate(data) if byte in b"0123456789"]
    if not places:
        return data
    at = dice.choice(places)
    return data[:at] + dice.choice((b"", b"0", b"9", b"-1", b"1.5", b"99999999999", b"X")) + data[at + 1 :]


def end_early(dice: Random, data: bytes, _: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


# The ends of files are cut rarely: most of the time damage should reach the grammar.
MUTATIONS: Sequence[Mutation] = (*(cut_out, double, flip, throw_in, swap, splice, renumber) * 5, end_early)


def piece(dice: Random, data: bytes) -> tuple[int, int]:
    start = dice.randrange(len(data) + 1)
    return start, min(start + dice.randint(1, dice.choice((2, 12, 80))), len(data))


@dataclass(frozen=True)
class Reader:
    """A reader, the samples it begins with, and the characters that mean something to it."""

    name: str
    read: Callable[[Iterable[bytes], Limits], Iterator[Event]]
    marks: bytes

    def seeds(self) -> list[bytes]:
        found = [path.read_bytes() for path in sorted((SAMPLES / self.name).glob("*.edi"))]
        return [data for data in found if len(data) <= LONGEST_SEED]


READERS = {
    "x12": Reader("x12", x12.read, b"*>~^ \r\n\xc3\xa0STGEIA"),
    "edifact": Reader("edifact", edifact.read, b"+:'?* \r\n\xc3\xa0UNHTZABG\x1d"),
}


@dataclass
class Count:
    """What came of the inputs of one reader."""

    inputs: int = 0
    opened: int = 0  # inputs with a message
    arranged: int = 0  # inputs with a message that a grammar judged
    findings: int = 0
    unhandled: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def share(self) -> float:
        return self.arranged / self.inputs if self.inputs else 0.0

    def as_line(self, name: str) -> str:
        return (
            f"{name}: {self.inputs} inputs, {self.opened} with a message, {self.arranged} into a grammar "
            f"({self.share:.0%}), {self.findings} findings, {len(self.unhandled)} unhandled, {self.seconds:.0f} s"
        )


class Fuzz:
    """Reads what is thrown at it, by the standard's mappings."""

    def __init__(self, reader: Reader, seed: int) -> None:
        self.reader, self.dice, self.seeds, self.count = (
            reader,
            Random(f"{reader.name} {seed}"),
            reader.seeds(),
            Count(),
        )
        self.mappings = Mappings(SHIPPED.read_text, SHIPPED.exists)
        self.known: dict[str, Mapping | None] = {}

    def run(self, times: int) -> Count:
        start = time.perf_counter()
        for _ in range(times):
            data = self.mutated()
            self.count.inputs += 1
            try:
                self.take(data)
            except Exception as error:  # the one thing that is looked for
                self.count.unhandled.append(f"{type(error).__name__}: {error}\n  {data!r}")
        self.count.seconds = time.perf_counter() - start
        return self.count

    def mutated(self) -> bytes:
        data = self.dice.choice(self.seeds)
        for _ in range(self.dice.choice((1, 1, 2, 3, 6))):
            data = self.dice.choice(MUTATIONS)(self.dice, data, self.reader.marks)
        return data

    def take(self, data: bytes) -> None:
        size = self.dice.choice((7, 100, 100_000))
        events = list(self.reader.read((data[at : at + size] for at in range(0, len(data), size)), LIMITS))
        messages = [event for event in events if isinstance(event, Message)]
        arranged = [self.judge(message) for message in messages]
        self.count.opened += bool(messages)
        self.count.arranged += any(arranged)
        self.count.findings += sum(len(findings_of(event)) for event in events)
        list(gather(events))

    def judge(self, message: Message) -> bool:
        """Read a message by its mapping, if there is one for its type."""
        mapping = self.mapping(message.type)
        if mapping is None:
            return False
        self.count.findings += len(read_message(message, mapping).findings)
        return True

    def mapping(self, kind: str) -> Mapping | None:
        if kind not in self.known:
            try:
                has_one = kind.isalnum() and self.mappings.has_mapping(self.reader.name, kind)
                self.known[kind] = self.mappings.standard(f"{self.reader.name}/{kind}") if has_one else None
            except ConfigError as error:
                print(f"{kind} has no mapping that can be used: {error}", file=sys.stderr)
                self.known[kind] = None
        return self.known[kind]


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where an exception escaped, or less than half of the inputs reached a grammar."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Throw damaged files at the readers.")
    parser.add_argument("-n", type=int, default=10_000, help="inputs for each reader")
    parser.add_argument("--reader", choices=[*READERS, "all"], default="all")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    counts = {}
    for name, reader in READERS.items():
        if chosen.reader in (name, "all"):
            counts[name] = Fuzz(reader, chosen.seed).run(chosen.n)
            print(counts[name].as_line(name), flush=True)
            print(*counts[name].unhandled[:5], sep="\n", end="")
    return int(any(count.unhandled or count.share < 0.5 for count in counts.values()))


if __name__ == "__main__":
    sys.exit(main())
