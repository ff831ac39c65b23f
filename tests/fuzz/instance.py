"""Whole files taken by an instance in the middle of its work: what a partner and the ERP send, and what answers ours.

The instance has played a conversation up to its payment, in both standards where there is one of each; every input is
taken in a savepoint that is taken back, so that each meets the same instance. Nothing here is caught by the turn.
"""

import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gateway.erp.base import Collected
from gateway.erp.files import kind_of
from gateway.instance import Instance, fixed_clock, open_instance
from gateway.journal import Transaction
from gateway.pipeline import Desk, Receipt, receive, shore
from gateway.transports.base import Arrival, Entry
from tests.conftest import House
from tests.fuzz.erp import CSV_MARKS, HEADS, JSON_MARKS
from tests.fuzz.interchanges import EDIFACT_MARKS, X12_MARKS, seeds_of
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took
from tests.golden.play import Play, turns_of

LATE = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
STORIES = ("x12-clean-order", "edifact-short-payment")
FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None


class TakenBack(Exception):
    """What was done for one input is undone by this."""


@dataclass
class Midway:
    """An instance that has lived through some conversations, in one transaction that never ends."""

    files: dict[str, bytes] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(dir=FOLDER)))
        house = House(folder / "house", "--example")
        for story in STORIES:
            play, turns = Play(house), turns_of(story)
            play.begin(turns[0].comes.at)
            for turn in turns:
                play.take(turn)
                self.files[f"{story}/{turn.comes.path.name}"] = turn.comes.path.read_bytes()
            self.files |= {f"{story} {n}": data for n, (way, data) in enumerate(play.wire) if way == "received"}
        self.instance: Instance = self.stack.enter_context(open_instance(house.config, clock=fixed_clock(LATE)))
        self.tx: Transaction = self.stack.enter_context(self.instance.journal.transaction(LATE))

    def take(self, name: bytes, data: bytes, work: Callable[[Arrival, Desk], Receipt]) -> Receipt:
        """What came of a file; afterwards it is as if it had never come."""
        entry = Entry(name=name, size=len(data), mtime_ns=int(LATE.timestamp()) * 10**9)
        arrival = Arrival(entry=entry, data=data, channel="amazon", seen_at=LATE)
        desk = Desk(self.instance.config, self.instance.mappings, self.instance.catalogue, self.tx, LATE)
        receipt: Receipt | None = None
        try:
            with self.tx.savepoint():
                receipt = work(arrival, desk)
                raise TakenBack
        except TakenBack:
            assert receipt is not None
            return receipt

    def partner_file(self, data: bytes, _: Random) -> Took:
        receipt = self.take(b"file.edi", data, receive)
        return Took(not any(reason.code in UNOPENED for reason in receipt.reasons), len(receipt.reasons))

    def erp_file(self, data: bytes, _: Random) -> Took:
        name = next((n for n, head in HEADS.items() if data.startswith(head[:8])), "")
        label = f"{name}.delta.csv" if name else "document.json"
        kind = kind_of(label)
        assert kind is not None

        def work(arrival: Arrival, desk: Desk) -> Receipt:
            return shore.take(Collected(kind=kind, arrival=arrival), desk)

        receipt = self.take(label.encode(), data, work)
        return Took(not any("JSON" in reason.message for reason in receipt.reasons), len(receipt.reasons))


# What stops a file before anybody asks whose it is.
UNOPENED = frozenset({"file-empty", "not-edi", "isa-truncated", "unb-truncated", "delimiters-unusable", "ebcdic"})


def reader_of_partner_files() -> Reader:
    """Orders, changes and remittances of partners, from the envelope to the case or the sales order."""
    midway = Midway()
    seeds = [data for name, data in midway.files.items() if "partner" in name or " " in name]
    seeds += seeds_of("x12/850*.edi", "x12/820*.edi", "x12/824*.edi", "edifact/ORDERS*.edi", "edifact/REMADV*.edi")
    seeds += seeds_of("demo/*.edi", "golden/*-cancellation/*partner*.edi", "golden/*-change-*/*partner*.edi")
    seeds = [renumbered(data, 700_000 + n) for n, data in enumerate(seeds)]
    return Reader(
        "partner-files", seeds, X12_MARKS + EDIFACT_MARKS, midway.partner_file, "opened", 0.5, midway.stack.close
    )


def reader_of_answers() -> Reader:
    """997, CONTRL, TA1, 824 and APERAK: answers to what the instance has really sent."""
    midway = Midway()
    answers = ("997", "CONTRL")
    seeds = [data for name, data in midway.files.items() if any(answer.encode() in data for answer in answers)]
    seeds = [data for data in seeds if b"850" not in data and b"ORDERS" not in data] or seeds
    seeds += seeds_of("x12/997*.edi", "x12/824*.edi", "edifact/CONTRL*.edi", "edifact/APERAK*.edi")
    isa = next(data for data in seeds if data.startswith(b"ISA"))[:106]
    seeds += [isa + b"\nTA1*%09d*261120*1200*%b~\nIEA*0*%b~\n" % (n, said, isa[90:99]) for n, said in TOLD]
    seeds = [renumbered(data, 800_000 + n) for n, data in enumerate(seeds)]
    return Reader("answers", seeds, X12_MARKS + EDIFACT_MARKS, midway.partner_file, "opened", 0.5, midway.stack.close)


def renumbered(data: bytes, number: int) -> bytes:
    """The interchange under a number that the instance has not seen, or it would be no news."""
    if data.startswith(b"ISA"):
        return data.replace(data[90:99], b"%09d" % number)
    header = data[data.index(b"UNB") :].split(b"+", 6)
    old = re.escape(header[5].split(b"'")[0])
    return re.sub(rb"(UNB\+[^']*\+|UNZ\+\d+\+)" + old, rb"\g<1>%d" % number, data)


TOLD = ((1, b"A*000"), (2, b"R*024"), (3, b"E*003"))


def reader_of_erp_files() -> Reader:
    """Documents about the orders that the instance knows, and masters."""
    midway = Midway()
    seeds = [data for name, data in midway.files.items() if name.endswith(".json")]
    seeds += [head + b"\n" + b",".join([b"ACME-1"] * len(head.split(b","))) + b"\n" for head in HEADS.values()]
    return Reader(
        "erp-files", seeds, JSON_MARKS + CSV_MARKS, midway.erp_file, "are JSON or CSV", 0.2, midway.stack.close
    )
