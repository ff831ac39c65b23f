"""Rows about the room that a large interchange takes: `python -m bench.big 1000` reads one of a gigabyte."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bench.inputs import order_file, order_message
from bench.measure import Figure, Row
from gateway.mapping.library import Mappings
from gateway.mapping.messages import read_message
from gateway.resources import SHIPPED
from gateway.syntax import x12
from gateway.syntax.envelope import Message

_AT_ONCE = 200  # orders in a piece of the file


def room(quick: bool) -> Figure:
    """The most memory above idle, in MB, of a process that turns an interchange of 100 MB into documents."""
    size = 5 if quick else 100
    above = _above_idle(size)
    return Figure(above, f"{size} MB, every message read to its document")


def growth(quick: bool) -> Figure:
    """How much more of it an interchange of 100 MB takes than one of 10 MB, in MB."""
    small, large = (1, 5) if quick else (10, 100)
    little, much = _above_idle(small), _above_idle(large)
    return Figure(max(much - little, 0), f"{little:.1f} MB above idle for {small} MB, {much:.1f} for {large}")


@cache
def _above_idle(size: int) -> float:
    command = [sys.executable, "-m", "bench.big", str(size)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    above: float = json.loads(ran.stdout)["above"]
    return above


def read(size: int) -> dict[str, float]:
    """Read an interchange of so many MB, made as it is read: its messages, and the memory before and above that."""
    mapping = Mappings(SHIPPED.read_text, SHIPPED.exists).guided("amazon-us", "850")

    def documents(pieces: Iterator[bytes]) -> int:
        messages = (event for event in x12.read(pieces) if isinstance(event, Message))
        return sum(read_message(message, mapping).document is not None for message in messages)

    documents(iter([order_file(1)]))
    idle = _memory("VmRSS")
    count = documents(_pieces(size * 1_000_000))
    return {"messages": count, "idle": idle, "above": _memory("VmHWM") - idle}


def _pieces(size: int) -> Iterator[bytes]:
    head = order_file(1).partition(b"ST*")[0]
    yield head
    count = -(-size // len(order_message()) // _AT_ONCE) * _AT_ONCE
    for start in range(1, count, _AT_ONCE):
        yield b"".join(order_message(f"{number:04}") for number in range(start, start + _AT_ONCE))
    yield f"GE*{count}*301~IEA*1*000000301~".encode()


def _memory(name: str) -> float:
    """What Linux says of this process, in MB: VmRSS is what it has now, VmHWM the most it ever had."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(f"{name}:"))


ROWS = (
    Row("big", "the room of an interchange of 100 MB, MB above idle", room, goal=25),
    Row("big-growth", "the same, more than one of 10 MB", growth, goal=3),
)

if __name__ == "__main__":
    print(json.dumps(read(int(sys.argv[1]))))
