"""Rows about X12: splitting a file, and reading an order."""

from collections.abc import Iterator

from bench.inputs import LINES, order_file, order_message
from bench.measure import Figure, Row, seconds_of
from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.messages import explain_message, read_message
from gateway.resources import SHIPPED
from gateway.syntax import x12
from gateway.syntax.delimiters import Delimiters
from gateway.syntax.envelope import Message

_PIECE = 1 << 18  # what a file is read by
_MICRO = 1e6


def tokenise(quick: bool) -> Figure:
    """A streamed file to elements, against splitting its bytes twice with the whole file in memory."""
    data = order_file(500_000 if quick else 10_000_000)

    def floor() -> None:
        for segment in data.split(b"~"):
            segment.split(b"*")

    def ours() -> None:
        for event in x12.read(_pieces(data)):
            if isinstance(event, Message):
                mark = event.marks[0]
                for segment in event.segments:
                    segment.split(mark)

    low, own = seconds_of((floor, ours), rounds=5)
    size = len(data) / 1e6
    return Figure(low / own, f"{size / own:.0f} MB/s, the floor {size / low:.0f} MB/s")


_RAW = order_message()


def order(quick: bool) -> Figure:
    """From the bytes of a message to its document, checked and mapped, against building that document alone."""
    mapping = Mappings(SHIPPED.read_text, SHIPPED.exists).guided("amazon-us", "850")
    compiled = compile_mapping(mapping, _message().marks)
    document = read_message(_message(), mapping).document
    if compiled is None or document is None or compiled.read(_message().segments) != document:
        raise AssertionError("the order of the benchmark does not go the good path")
    data = document.model_dump(exclude_unset=True)

    def build() -> None:
        mapping.model.model_validate(data)

    def read() -> None:
        read_message(_message(), mapping)

    peer, own = seconds_of((build, read), rounds=5, times=20 if quick else 500)
    return Figure(own / peer, f"{own * _MICRO:.0f} us, {LINES} lines; pydantic alone {peer * _MICRO:.0f} us")


def order_explained(quick: bool) -> Figure:
    """The same by the explaining reader, which every message takes that has anything unusual."""
    mapping = Mappings(SHIPPED.read_text, SHIPPED.exists).guided("amazon-us", "850")

    def compiled() -> None:
        read_message(_message(), mapping)

    def explained() -> None:
        explain_message(_message(), mapping)

    compiled()
    fast, slow = seconds_of((compiled, explained), rounds=5, times=2 if quick else 50)
    return Figure(slow / fast, f"{slow * _MICRO:.0f} us, {LINES} lines, with the provenance of every value")


def _message() -> Message:
    """A message as it comes out of its file, nothing of it split yet."""
    return Message(_RAW, 0, Delimiters(), None)


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))


ROWS = (
    Row("x12-tokenise", "split a streamed file, as a share of the floor", tokenise, goal=0.3, at_least=True),
    Row("order", "read an 850 of 20 lines, times building its document", order, goal=8),
    Row("order-explained", "the same explained, times compiled", order_explained),
)
