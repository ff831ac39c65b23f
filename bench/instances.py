"""Instances for the rows: the shipped example with its masters taken, and files with an order of twenty lines each."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from gateway import cli as _cli  # noqa: F401, as every command does, the rows look for cycles of objects seldom
from gateway import logs
from gateway.instance import Instance, create, fixed_clock, locked, open_instance
from gateway.turn import Turn

AT = datetime(2026, 11, 20, 21, 5, tzinfo=UTC)
LINES = 20
_ITEMS = (("EA", "7.25", "UP", "614141000012"), ("CA", "43.5", "UK", "10614141000026"))


def order(number: int) -> bytes:
    """An order of twenty lines in an interchange of its own, as the partner of the example sends it."""
    control = f"{number:09}"
    body = [
        "ST*850*0001",
        f"BEG*00*NE*{order_number(number)}**20261120",
        *("REF*CR*ACME1", "FOB*CC", "CSH*Y", "DTM*064*20261125", "DTM*063*20261202", "N1*ST**92*PHX6"),
        *(_line(line, number) for line in range(1, LINES + 1)),
        f"CTT*{LINES}",
    ]
    segments = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'AMAZON':15}*ZZ*{'5551234567':15}*261120*2101*U*00401*{control}*0*P*>",
        f"GS*PO*AMAZON*5551234567*20261120*2101*{number}*X*004010",
        *body,
        f"SE*{len(body) + 1}*0001",
        f"GE*1*{number}",
        f"IEA*1*{control}",
    )
    return "".join(f"{segment}~" for segment in segments).encode()


def order_number(number: int) -> str:
    """The number of such an order."""
    return f"P{number:07}"


def _line(line: int, number: int) -> str:
    unit, price, scheme, item = _ITEMS[line % len(_ITEMS)]
    return f"PO1*{line}*{12 * (1 + (line + number) % 9)}*{unit}*{price}*PE*{scheme}*{item}"


@contextmanager
def example(folder: Path) -> Iterator[Instance]:
    """The example's instance in a new folder, open to write, its masters taken."""
    logs.set_up(io.StringIO())
    config = create(folder, example=True, at=AT)
    with open_instance(config, clock=fixed_clock(AT)) as instance, locked(instance):
        Turn(instance).run()
        yield instance
