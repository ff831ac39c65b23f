"""The tables of the register, and how its file is opened. Another VERSION is another file's worth: it is made anew."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from gateway.errors import Busy, CannotCreate

VERSION = 2
_BUSY_SECONDS = 2.0
CACHE = "PRAGMA cache_size = -64000"
"""For who writes, in kB: a tree of keys that does not stay in memory takes most of the time."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE orders (
    subject TEXT PRIMARY KEY, partner TEXT NOT NULL, purchase_order TEXT NOT NULL, account TEXT, stage TEXT NOT NULL,
    ship_to TEXT, lines INTEGER NOT NULL, gaps INTEGER NOT NULL, amount TEXT, currency TEXT, received_at TEXT NOT NULL,
    answer_due_at TEXT NOT NULL, sales_order TEXT, moved_at TEXT NOT NULL, blocker TEXT, deliver_by TEXT
) WITHOUT ROWID;
CREATE TABLE order_keys (  -- what an order is found by: numbers, SKUs, item ids, its ship-to
    key TEXT NOT NULL COLLATE NOCASE, stage TEXT NOT NULL, received_at TEXT NOT NULL, subject TEXT NOT NULL,
    PRIMARY KEY (key, received_at, subject)
) WITHOUT ROWID;
CREATE TABLE deadlines (
    subject TEXT NOT NULL, what TEXT NOT NULL, code TEXT, due_at TEXT NOT NULL, owner TEXT NOT NULL,
    PRIMARY KEY (subject, what)
) WITHOUT ROWID;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, type TEXT NOT NULL, direction TEXT NOT NULL, partner TEXT NOT NULL,
    business_number TEXT NOT NULL COLLATE NOCASE, control_number TEXT, validation TEXT NOT NULL, delivery TEXT NOT NULL,
    acknowledgement TEXT NOT NULL, file TEXT, at TEXT NOT NULL, waits_for TEXT
);
CREATE TABLE hours (  -- how many documents there are of an hour, and between which ids
    hour TEXT NOT NULL, direction TEXT NOT NULL, documents INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (hour, direction)
) WITHOUT ROWID;
CREATE TABLE cases (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL,
    remedy TEXT NOT NULL, due_at TEXT, opened_at TEXT NOT NULL, closed_at TEXT, at_stake TEXT, currency TEXT,
    partner TEXT, purchase_order TEXT, line TEXT, snoozed_until TEXT, notes INTEGER NOT NULL
);
CREATE TABLE acts (  -- what people did: entries of the journal that name a person
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
    why TEXT, subjects TEXT NOT NULL
);
"""
INDEXES = (
    "CREATE INDEX orders_by_time ON orders (received_at, subject)",
    "CREATE INDEX orders_by_stage ON orders (stage, received_at, subject)",
    "CREATE INDEX orders_by_move ON orders (stage, moved_at)",
    "CREATE INDEX orders_by_partner ON orders (partner, received_at, subject)",
    "CREATE INDEX order_keys_by_stage ON order_keys (key, stage, received_at, subject)",
    "CREATE INDEX order_keys_by_order ON order_keys (subject)",
    "CREATE INDEX deadlines_by_time ON deadlines (due_at)",
    "CREATE INDEX documents_by_number ON documents (business_number, id)",
    "CREATE INDEX documents_by_control ON documents (control_number, id)",
    "CREATE INDEX documents_by_type ON documents (type, id)",
    "CREATE INDEX documents_by_partner ON documents (partner, id)",
    "CREATE INDEX documents_by_validation ON documents (validation, id)",
    "CREATE INDEX documents_by_delivery ON documents (delivery, id)",
    "CREATE INDEX documents_by_answer ON documents (acknowledgement, id)",
    "CREATE INDEX documents_waiting ON documents (id) WHERE waits_for IS NOT NULL",
    "CREATE INDEX acts_by_who ON acts (who, seq)",
    "CREATE INDEX cases_by_state ON cases (state, id)",
    "CREATE INDEX cases_open ON cases (due_at) WHERE state = 'open'",
)
"""Made when all rows are there, which is several times quicker than with each of them."""


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The register's file, its tables there. It need not outlive a power cut, so nothing waits for the disk.

    Raises CannotCreate where it cannot be made, Busy where another process makes it.
    """
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rwc", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
        )
    except sqlite3.Error as error:
        raise CannotCreate(f"{path} cannot be made ({error}): the folder must be writable for this user") from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = OFF")
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            make_anew(connection)
        yield connection
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Busy(f"{path}: another process is at work on it; try again") from error
        raise CannotCreate(f"{path} cannot be used ({error}): delete it, it is made again") from error
    except sqlite3.DatabaseError as error:
        raise CannotCreate(f"{path} is damaged ({error}): delete it, it is made again") from error
    finally:
        connection.close()


def make_anew(connection: sqlite3.Connection) -> None:
    """Empty tables of this version; what another version left is gone."""
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        lay(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def lay(connection: sqlite3.Connection) -> None:
    """Empty tables, without their indexes, in a transaction of the caller's."""
    old = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in old:
        connection.execute(f'DROP TABLE "{name}"')
    for statement in TABLES.split(";"):
        if statement.strip():
            connection.execute(statement)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
