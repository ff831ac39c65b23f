"""X12 and EDIFACT as an arrival is read: envelopes, then every message by its grammar and mapping."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from gateway.errors import ConfigError
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping
from gateway.mapping.messages import read_message
from gateway.resources import SHIPPED
from gateway.syntax import edifact, files, x12
from gateway.syntax.envelope import Event, Limits, Message, findings_of
from gateway.syntax.interchanges import gather
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took

SAMPLES = Path(__file__).parents[2] / "samples"
LONGEST_SEED = 4_000
LIMITS = Limits(segment=20_000, message=100_000, segments=500, lines=200)

X12_MARKS = b"*>~^ \r\n\xc3\xa0STGEIA"
EDIFACT_MARKS = b"+:'?* \r\n\xc3\xa0UNHTZABG\x1d"

Read = Callable[[Iterable[bytes], Limits], Iterator[Event]]


def seeds_of(*patterns: str) -> list[bytes]:
    """The samples of these names that are not too long."""
    found = [path.read_bytes() for pattern in patterns for path in sorted(SAMPLES.glob(pattern))]
    return [data for data in found if len(data) <= LONGEST_SEED]


class Interchanges:
    """Reads what is thrown at it, by the standard's mappings."""

    def __init__(self, standard: str, read: Read) -> None:
        self.standard, self.read = standard, read
        self.mappings = Mappings(SHIPPED.read_text, SHIPPED.exists)
        self.known: dict[str, Mapping | None] = {}

    def take(self, data: bytes, dice: Random) -> Took:
        size = dice.choice((7, 100, 100_000))
        events = list(self.read((data[at : at + size] for at in range(0, len(data), size)), LIMITS))
        list(gather(events))
        judged = [self.judge(event) for event in events if isinstance(event, Message)]
        findings = sum(len(findings_of(event)) for event in events)
        return Took(any(found is not None for found in judged), findings + sum(found or 0 for found in judged))

    def judge(self, message: Message) -> int | None:
        """How much is found in a message by its mapping; None where there is none for its type."""
        mapping = self.mapping(message.type)
        return None if mapping is None else len(read_message(message, mapping).findings)

    def mapping(self, kind: str) -> Mapping | None:
        if kind not in self.known:
            try:
                has_one = kind.isalnum() and self.mappings.has_mapping(self.standard, kind)
                self.known[kind] = self.mappings.standard(f"{self.standard}/{kind}") if has_one else None
            except ConfigError as error:
                print(f"{kind} has no mapping that can be used: {error}", file=sys.stderr)
                self.known[kind] = None
        return self.known[kind]


def reader_of_x12() -> Reader:
    take = Interchanges("x12", x12.read).take
    return Reader("x12", seeds_of("x12/*.edi"), X12_MARKS, take, "into a grammar")


def reader_of_edifact() -> Reader:
    take = Interchanges("edifact", edifact.read).take
    return Reader("edifact", seeds_of("edifact/*.edi"), EDIFACT_MARKS, take, "into a grammar")


def reader_of_files() -> Reader:
    """A file of either standard, told apart by how it begins; the seeds have something before, between and behind."""
    plain: Sequence[bytes] = seeds_of("x12/9*.edi", "edifact/CONTRL*.edi", "x12/855*.edi")
    odd = [b"\xef\xbb\xbf" + plain[0], b"\r\n \t" + plain[1], plain[0] + plain[-1], b"mail header\n" + plain[0]]
    odd += [
        plain[0].decode("latin-1").encode("cp037"),
        b"<?xml version='1.0'?><!DOCTYPE a>",
        b"\x1f\x8b\x08\x00",
        b"ISA",
    ]

    def take(data: bytes, dice: Random) -> Took:
        size = dice.choice((1, 7, 100_000))
        events = list(files.read((data[at : at + size] for at in range(0, len(data), size)), LIMITS))
        list(gather(events))
        return Took(any(isinstance(event, Message) for event in events), sum(len(findings_of(e)) for e in events))

    return Reader("files", [*plain, *odd], X12_MARKS, take, "with a message")
