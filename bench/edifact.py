"""The row about EDIFACT: splitting a file in which three item descriptions in ten hold released characters."""

import warnings
from collections.abc import Iterator

from bench.measure import Figure, Row, seconds_of
from gateway.syntax import edifact
from gateway.syntax.envelope import Message

_PIECE = 1 << 18  # what a file is read by
_LINES = 20
_PLAIN, _RELEASED = "TASSE 26 CM BLAU MIT HENKEL", "O?'NEILL ?+ SONS?: TASSE 26 CM"
_PEER_SIZE = 200_000  # it is so slow that it gets less to read


def _order(number: int) -> str:
    """An order of twenty lines; three descriptions in every ten are released."""
    lines = "".join(
        f"LIN+{line}++4006381333931:EN'PIA+5+TLB-77{line:02}:SA'"
        f"IMD+F++:::{_RELEASED if (number + line) % 10 < 3 else _PLAIN}'QTY+21:{line * 3}'PRI+AAA:{7 + line}.25'"
        for line in range(1, _LINES + 1)
    )
    head = "BGM+220+7QA2MX4T+9'DTM+137:20261120:102'NAD+DP+5450534000086::9+++++++DE'CUX+2:EUR:9'"
    body = f"{head}{lines}UNS+S'CNT+2:{_LINES}'"
    segments = 6 + 5 * _LINES + 2
    return f"UNH+{number}+ORDERS:D:96A:UN:EAN008'{body}UNT+{segments}+{number}'"


def order_file(size: int) -> bytes:
    """An interchange of such orders, of about this many bytes."""
    count = max(size // len(_order(1)), 1)
    messages = "".join(_order(number) for number in range(1, count + 1))
    head = "UNB+UNOA:2+5450534000000:14+4098765000010:14+261120:1200+6003++++1+EANCOM'"
    return f"{head}{messages}UNZ+{count}+6003'".encode()


def tokenise(quick: bool) -> Figure:
    """A streamed file to elements, against splitting its bytes twice without a thought for released characters."""
    data = order_file(500_000 if quick else 10_000_000)
    little = order_file(20_000 if quick else _PEER_SIZE)

    def floor() -> None:
        for segment in data.split(b"'"):
            segment.split(b"+")

    def ours() -> None:
        for event in edifact.read(_pieces(data)):
            if isinstance(event, Message):
                mark = event.marks[0]
                for segment in event.segments:
                    segment.split(mark)

    def peer() -> None:
        _read_by_pydifact(little.decode())

    low, own, other = seconds_of((floor, ours, peer), rounds=5)
    size = len(data) / 1e6
    speed, peers = size / own, len(little) / 1e6 / other
    detail = f"{speed:.0f} MB/s, the floor {size / low:.0f} MB/s, pydifact {peers:.1f} MB/s ({speed / peers:.0f} times)"
    return Figure(low / own, detail)


def _read_by_pydifact(text: str) -> int:
    from pydifact.exceptions import MissingImplementationWarning
    from pydifact.parser import Parser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingImplementationWarning)
        return sum(1 for _ in Parser().parse(text))


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))


ROWS = (Row("edifact-tokenise", "split a streamed file, as a share of the floor", tokenise, goal=0.2, at_least=True),)
