"""Rows about EDIFACT: splitting a file in which three item descriptions in ten hold released characters."""

import json
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.measure import Figure, Row, seconds_of
from gateway.syntax import edifact
from gateway.syntax.envelope import Message

_PIECE = 1 << 18  # what a file is read by
_LINES = 20
_PLAIN, _RELEASED = "TASSE 26 CM BLAU MIT HENKEL", "O?'NEILL ?+ SONS?: TASSE 26 CM"
_PEER_SIZE = 200_000  # it is so slow that it gets less to read
_PACKAGE = "edifact@1.2.12"
_SEEN = 55 / 152  # npm edifact to the floor of X12, on the machine where both were seen first
_NODE = """
const Parser = require(process.argv[1] + "/parser.js"), text = require("fs").readFileSync(process.argv[2], "utf8");
function read() {
  const parser = new Parser();
  let elements, components;
  parser.on("opensegment", () => { elements = []; });
  parser.on("element", () => { elements.push(components = []); });
  parser.on("component", data => { components.push(data); });
  parser.write(text);
  parser.end();
}
read();
read();
const start = process.cpuUsage();
read();
const taken = process.cpuUsage(start);
console.log((taken.user + taken.system) / 1e6);
"""


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
    """A streamed file to elements, against npm `edifact`, which calls back for each component; splitting is the floor.

    Where it cannot be had its figure is the one seen on another machine, as a share of the floor there.
    """
    data = order_file(500_000 if quick else 10_000_000)
    size = len(data) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.edi"
        path.write_bytes(data)
        module = None if quick else _npm_edifact()
        rounds = [
            (*seconds_of((lambda: _split(data), lambda: _read(data)), rounds=1), _seconds_of_node(module, path))
            for _ in range(5)
        ]
    low, own, other = map(median, zip(*rounds, strict=True))
    peer, told = (size / other, "") if module else (_SEEN * size / low, " as seen elsewhere")
    detail = f"{size / own:.0f} MB/s, npm edifact {peer:.0f} MB/s{told}, the floor {size / low:.0f} MB/s"
    return Figure(size / own / peer, detail)


def against_pydifact(quick: bool) -> Figure:
    """The same against pydifact's parser."""
    data, little = order_file(200_000 if quick else 5_000_000), order_file(20_000 if quick else _PEER_SIZE)
    own, other = seconds_of((lambda: _read(data), lambda: _read_by_pydifact(little.decode())), rounds=5)
    speed, peer = len(data) / 1e6 / own, len(little) / 1e6 / other
    return Figure(speed / peer, f"{speed:.0f} MB/s, pydifact {peer:.1f} MB/s")


def _split(data: bytes) -> None:
    """The floor: without a thought for released characters."""
    for segment in data.split(b"'"):
        segment.split(b"+")


def _read(data: bytes) -> None:
    for event in edifact.read(_pieces(data)):
        if isinstance(event, Message):
            mark = event.marks[0]
            for segment in event.segments:
                segment.split(mark)


def _read_by_pydifact(text: str) -> int:
    from pydifact.exceptions import MissingImplementationWarning
    from pydifact.parser import Parser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingImplementationWarning)
        return sum(1 for _ in Parser().parse(text))


def _npm_edifact() -> Path | None:
    """The peer, installed from npm once; None where there is no node, or no way to npm."""
    folder = Path(tempfile.gettempdir()) / f"gateway-bench-{_PACKAGE}"
    module = folder / "node_modules" / "edifact"
    if not (node := shutil.which("npm")) or not shutil.which("node"):
        return None
    if not module.exists():
        folder.mkdir(exist_ok=True)
        subprocess.run([node, "install", "--prefix", folder, _PACKAGE], capture_output=True, check=False)
    return module if module.exists() else None


def _seconds_of_node(module: Path | None, path: Path) -> float:
    """The CPU seconds of one reading by the peer, after two to warm up."""
    if module is None:
        return 0
    ran = subprocess.run(["node", "-e", _NODE, module, path], capture_output=True, text=True, check=True)
    seconds: float = json.loads(ran.stdout)
    return seconds


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))


ROWS = (
    Row("edifact-tokenise", "split a streamed file, times npm edifact", tokenise, goal=1, at_least=True),
    Row("edifact-pydifact", "the same, times pydifact", against_pydifact, goal=40, at_least=True),
)
