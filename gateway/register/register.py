"""Keeps the register up with the journal, and answers what pages and listings ask of it.

`keep_up` reads the entries since the last time, finds what they concern, and computes those rows anew. The first time,
or when the journal is another, or restored to an earlier day, everything is computed: in slices, so that whoever waits
can be told how far it has come, and many slices in a transaction. Two processes take turns by SQLite's lock; who does
not get it reads what is there.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock
from time import monotonic

from gateway.config import Config
from gateway.errors import Busy, NotFound
from gateway.instance import mappings_of
from gateway.journal import Journal
from gateway.pipeline import Catalogue
from gateway.register.filling import Filler
from gateway.register.questions import Questions
from gateway.register.tables import CACHE, lay, opened, transaction

SLICE = 500
_FOR_EVER = 86_400.0  # seconds; each call ends when nothing is left to do
_TOGETHER = 1.0  # seconds that a transaction lasts at most: what it has done is seen then


class Register(Questions):
    """The register of an instance. Safe between threads: each question has a connection of its own."""

    def __init__(self, config: Config) -> None:
        journal = config.paths.journal
        self.path = journal.with_name(f"{journal.name}.register")
        self._config = config
        self._mappings = mappings_of(config.folder)
        self._catalogue = Catalogue()
        self._keeping = Lock()
        said = "|".join(partner.model_dump_json() for partner in config.partners.values())
        self._fingerprint = sha256(said.encode()).hexdigest()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with opened(self.path) as connection:
            yield connection

    def keep_up(self, journal: Journal, seconds: float = 0.2) -> bool:
        """Come as far as the time allows. Whether the register is whole and knows the last entry.

        Where somebody else is at it, it is left to him. Raises CannotCreate; what the journal raises.
        """
        head, _ = journal.head()
        with self._opened() as connection:
            if self._knows(connection, journal, head):
                return True
            if not self._keeping.acquire(timeout=seconds / 2):
                return False
            try:
                return self._catch_up(connection, journal, monotonic() + seconds)
            except Busy:
                return False
            finally:
                self._keeping.release()

    def make(self, journal: Journal) -> None:
        """Come all the way, however long it takes."""
        while not self.keep_up(journal, _FOR_EVER):
            pass

    @property
    def share_done(self) -> float:
        """How far the first making has come, from 0 to 1; 1 when the register is whole."""
        with self._opened() as connection:
            said = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        return 1.0 if "whole" in said else float(said.get("share", 0))

    def _knows(self, connection: sqlite3.Connection, journal: Journal, head: int) -> bool:
        said = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        return "whole" in said and said.get("cursor") == str(head) and self._is_of(said, journal)

    def _is_of(self, said: dict[str, str], journal: Journal) -> bool:
        """Whether the register follows this journal and these partners, and not what was before a restore."""
        if said.get("instance") != journal.instance or said.get("config") != self._fingerprint:
            return False
        try:
            return journal.entry(said["cursor"]).hash == said["hash"]
        except NotFound:
            return False

    def _catch_up(self, connection: sqlite3.Connection, journal: Journal, until: float) -> bool:
        filler = Filler(connection, journal, self._config, self._mappings, self._catalogue)
        connection.execute(CACHE)
        while True:
            with transaction(connection):
                if self._go_on(connection, filler, journal, min(until, monotonic() + _TOGETHER)):
                    return True
            if monotonic() > until:
                return False

    def _go_on(self, connection: sqlite3.Connection, filler: Filler, journal: Journal, until: float) -> bool:
        """Slice by slice until a time; whether nothing is left to do."""
        while True:
            said = dict(connection.execute("SELECT key, value FROM meta").fetchall())
            if not self._is_of(said, journal):
                self._begin(connection, journal)
            elif "whole" not in said:
                filler.fill(said, SLICE)
            elif not filler.follow(int(said["cursor"]), SLICE):
                return True
            if monotonic() > until:
                return False

    def _begin(self, connection: sqlite3.Connection, journal: Journal) -> None:
        head, own = journal.head()
        lay(connection)
        said = {
            "instance": journal.instance,
            "config": self._fingerprint,
            "cursor": str(head),
            "hash": own,
            "orders": str(journal.count_subjects("order:")),
        }
        connection.executemany("INSERT INTO meta VALUES (?, ?)", said.items())
