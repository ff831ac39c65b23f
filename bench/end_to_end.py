"""The row from files in a folder to files in folders: orders come in, sales orders and acknowledgements lie delivered.

The floor does what no gateway that keeps its word can leave out, and nothing else. It claims each file, puts its bytes
and those of its two answers into a database in commits of as many, writes each answer under a staging name and makes it
durable, marks them together, renames them, makes the folders durable, marks them again, and removes what came. It
translates nothing. By the clock, for much of it is waiting for the disk.
"""

import os
import sqlite3
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from time import perf_counter

from bench.instances import example, order
from bench.measure import Figure, Row, seconds_of
from gateway.turn import Turn

_TAKEN_TOGETHER, _GIVEN_TOGETHER = 50, 100  # as the gateway does
_PLACES = ("erp", "amazon")
_TABLE = "CREATE TABLE files (id INTEGER PRIMARY KEY, sha256 TEXT, name TEXT, state TEXT, data BLOB)"
_WAITING = "SELECT id, name, data FROM files WHERE state = 'queued' ORDER BY id"

Kept = tuple[int, str, bytes]
"""A row of the floor's database: id, name with its place, packed bytes."""


class Floor:
    """The least that has to be done with files, in folders and a database of its own."""

    def __init__(self, folder: Path, answers: Sequence[bytes]) -> None:
        """Each file is answered with these bytes, one for each place."""
        self._answers = answers
        self._folder = folder
        for name in ("in", "claimed", *(f"{place}/.staging" for place in _PLACES)):
            (folder / name).mkdir(parents=True)
        self._base = sqlite3.connect(folder / "base.db", isolation_level=None)
        for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA synchronous = EXTRA", _TABLE):
            self._base.execute(statement)

    def close(self) -> None:
        """Close the database."""
        self._base.close()

    def run(self) -> None:
        """Take what there is, and answer it."""
        names = sorted(path.name for path in (self._folder / "in").iterdir())
        for start in range(0, len(names), _TAKEN_TOGETHER):
            self._take(names[start : start + _TAKEN_TOGETHER])
        waiting = self._base.execute(_WAITING).fetchall()
        for start in range(0, len(waiting), _GIVEN_TOGETHER):
            self._give(waiting[start : start + _GIVEN_TOGETHER])

    def _take(self, names: Sequence[str]) -> None:
        inbox, claimed = self._folder / "in", self._folder / "claimed"
        self._base.execute("BEGIN IMMEDIATE")
        for name in names:
            (inbox / name).rename(claimed / name)
            self._keep(name, "taken", (claimed / name).read_bytes())
            for place, data in zip(_PLACES, self._answers, strict=True):
                self._keep(f"{place}/{name}", "queued", data)
        self._base.execute("COMMIT")
        for name in names:
            (claimed / name).unlink()

    def _keep(self, name: str, state: str, data: bytes) -> None:
        row = (sha256(data).hexdigest(), name, state, zlib.compress(data, 3))
        self._base.execute("INSERT INTO files (sha256, name, state, data) VALUES (?, ?, ?, ?)", row)

    def _give(self, waiting: Sequence[Kept]) -> None:
        for _, name, packed in waiting:
            with self._staged(name).open("wb") as file:
                file.write(zlib.decompress(packed))
                file.flush()
                os.fsync(file.fileno())
        self._flush(*(f"{place}/.staging" for place in _PLACES))
        self._mark(waiting, "staged")
        for _, name, _ in waiting:
            self._staged(name).rename(self._folder / name)
        self._flush(*_PLACES, *(f"{place}/.staging" for place in _PLACES))
        self._mark(waiting, "delivered")

    def _staged(self, name: str) -> Path:
        place, _, own = name.partition("/")
        return self._folder / place / ".staging" / own

    def _mark(self, waiting: Sequence[Kept], state: str) -> None:
        self._base.execute("BEGIN IMMEDIATE")
        self._base.executemany("UPDATE files SET state = ? WHERE id = ?", [(state, number) for number, *_ in waiting])
        self._base.execute("COMMIT")

    def _flush(self, *places: str) -> None:
        for place in places:
            descriptor = os.open(self._folder / place, os.O_RDONLY | os.O_DIRECTORY)
            os.fsync(descriptor)
            os.close(descriptor)


def end_to_end(quick: bool) -> Figure:
    """Orders a second through the whole gateway, as a share of the floor's."""
    files = 5 if quick else 100
    with tempfile.TemporaryDirectory() as folder, example(Path(folder) / "gateway") as instance:
        home = Path(folder) / "gateway"
        came, numbers = home / "amazon" / "in", count(1)

        def come(*places: Path) -> None:
            for number in islice(numbers, files):
                for place in places:
                    (place / f"{number:06}.edi").write_bytes(order(number))

        come(came)
        if Turn(instance).run().delivered != 2 * files:
            raise AssertionError("the orders of the benchmark do not go the good path")
        answers = [_first_file(home / place / "out") for place in _PLACES]
        with closing(Floor(Path(folder) / "floor", answers)) as floor:
            taken: list[tuple[float, ...]] = []
            for _ in range(2 if quick else 5):
                come(came, Path(folder) / "floor" / "in")
                taken.append(seconds_of((floor.run, Turn(instance).run), rounds=1, clock=perf_counter))
        low, own = (sorted(column)[len(taken) // 2] / files for column in zip(*taken, strict=True))
    return Figure(low / own, f"{1 / own:.0f} orders/s, the floor {1 / low:.0f}/s")


def _first_file(folder: Path) -> bytes:
    return next(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


ROWS = (Row("end-to-end", "orders to files delivered, as a share of the floor", end_to_end, goal=0.75, at_least=True),)
