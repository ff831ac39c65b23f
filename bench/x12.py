"""Rows about X12 files: splitting one to elements, and checking one by its grammar."""

from collections.abc import Iterator

from bench.inputs import order_file
from bench.measure import Figure, Row, seconds_of
from gateway.mapping.library import Mappings
from gateway.mapping.messages import check_message
from gateway.resources import SHIPPED
from gateway.syntax import x12
from gateway.syntax.envelope import Message

_PIECE = 1 << 18  # what a file is read by


def tokenise(quick: bool) -> Figure:
    """A streamed file to elements, against splitting its bytes twice with the whole file in memory."""
    data = order_file(500_000 if quick else 10_000_000)
    low, own = seconds_of((lambda: split_twice(data), lambda: split_by_gateway(data)), rounds=5)
    size = len(data) / 1e6
    return Figure(low / own, f"{size / own:.0f} MB/s, the floor {size / low:.0f} MB/s")


def validate(quick: bool) -> Figure:
    """A streamed file with every message checked by the whole grammar of an 850, against the same floor."""
    data = order_file(50_000 if quick else 2_000_000)
    mapping = Mappings(SHIPPED.read_text, SHIPPED.exists).standard("x12/850")

    def ours() -> None:
        for event in x12.read(pieces(data)):
            if isinstance(event, Message) and (*event.findings, *check_message(event, mapping)):
                raise AssertionError("the order of the benchmark is not sound")

    ours()
    low, own = seconds_of((lambda: split_twice(data), ours), rounds=5)
    size = len(data) / 1e6
    return Figure(low / own, f"{size / own:.1f} MB/s, the floor {size / low:.0f} MB/s")


def split_twice(data: bytes) -> None:
    """The floor: what splitting costs, without a thought for anything else."""
    for segment in data.split(b"~"):
        segment.split(b"*")


def split_by_gateway(data: bytes) -> None:
    """A streamed file to elements."""
    for event in x12.read(pieces(data)):
        if isinstance(event, Message):
            mark = event.marks[0]
            for segment in event.segments:
                segment.split(mark)


def pieces(data: bytes) -> Iterator[bytes]:
    """A file as it is read."""
    return (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))


ROWS = (
    Row("x12-tokenise", "split a streamed file, as a share of the floor", tokenise, goal=0.75, at_least=True),
    Row("x12-validate", "check a streamed file, as a share of the floor", validate, goal=0.13, at_least=True),
)
