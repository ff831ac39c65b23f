"""Rows about other readers of X12 from the package index: the same file split by each, in a process of its own.

Each has a virtual environment of its own, for they want other versions of what the gateway uses, and the gateway's own
is none of theirs. `scripts/bench --peers` makes them; a row whose peer is not there is left out, and says so. Both know
the messages of health care alone, so there is nothing of theirs to hold against checking an order by its grammar.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from bench.inputs import order_file
from bench.measure import Figure, Row, seconds_of
from bench.x12 import split_by_gateway

_FOLDER = Path(os.environ.get("GATEWAY_BENCH_PEERS") or Path(tempfile.gettempdir()) / "gateway-bench-peers")
_TIMED = """
import sys, time
{imports}
def read(path):
    {read}
read(sys.argv[1])
start = time.process_time()
read(sys.argv[1])
print(time.process_time() - start)
"""


@dataclass(frozen=True)
class Peer:
    """What pip is to install, and a few lines of Python that read the file at `path` to its elements."""

    name: str
    packages: tuple[str, ...]
    imports: str
    read: str
    size: int
    """How many bytes it is given: what is slow gets less to read."""

    @property
    def python(self) -> Path:
        """The interpreter of its environment, there or not."""
        return _FOLDER / self.name / "bin" / "python"

    def install(self) -> None:
        """Make its environment, unless it is there. Raises CalledProcessError where pip cannot."""
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", self.python.parents[1]], check=True)
            subprocess.run([self.python, "-m", "pip", "install", "--quiet", *self.packages], check=True)

    def seconds(self, path: Path) -> float:
        """The processor seconds of one reading, after one to warm up."""
        script = _TIMED.format(imports=self.imports, read=self.read)
        ran = subprocess.run([self.python, "-c", script, path], capture_output=True, text=True, check=True)
        return float(ran.stdout)


_PEERS = (
    Peer(
        "pyx12",
        ("pyx12==4.0.0",),
        "from pyx12.x12file import X12Reader",
        "for segment in X12Reader(path): pass",
        1_000_000,
    ),
    Peer(
        "linuxforhealth-x12",
        ("linuxforhealth-x12==0.57.0", "pydantic[dotenv]<2"),
        "from linuxforhealth.x12.io import X12SegmentReader",
        "with X12SegmentReader(path) as reader: sum(1 for _ in reader.segments())",
        10_000_000,
    ),
)


def install() -> None:
    """Make the environments of all peers. Raises CalledProcessError where pip cannot."""
    for peer in _PEERS:
        peer.install()


def against(peer: Peer, quick: bool) -> Figure:
    """How many times as fast as the peer a file is split to its elements."""
    data = order_file(50_000 if quick else peer.size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.edi"
        path.write_bytes(data)
        rounds = [(*seconds_of((partial(split_by_gateway, data),), rounds=1), peer.seconds(path)) for _ in range(5)]
    own, other = map(median, zip(*rounds, strict=True))
    size = len(data) / 1e6
    return Figure(other / own, f"{size / own:.0f} MB/s, {peer.name} {size / other:.1f} MB/s")


ROWS = tuple(
    Row(f"x12-{peer.name}", f"split a file, times {peer.name}", partial(against, peer), needs=str(peer.python))
    for peer in _PEERS
)
