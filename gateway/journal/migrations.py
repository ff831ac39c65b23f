"""Brings a journal to the schema of this version, with sqlite-utils' Migrations.

sqlite-utils takes longer to import than a whole command should take to start, so it is imported only here and only when
there is something to do: whether there is, `user_version` in the file's header says.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gateway.journal import schema

if TYPE_CHECKING:
    from sqlite_utils.db import Database


def migrate(connection: sqlite3.Connection) -> None:
    """Apply every migration the journal has not had, all in one transaction.

    Two processes may try at once: the second waits for the lock and then finds nothing to do. Raises sqlite3.Error.
    """
    from sqlite_utils.db import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("gateway")
    for version, (name, statements) in enumerate(schema.MIGRATIONS, start=1):
        migrations(name=name)(_step(statements, version))
    connection.execute("BEGIN EXCLUSIVE")
    try:
        migrations.apply(Database(connection))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _step(statements: Sequence[str], version: int) -> "Callable[[Database], None]":
    def step(database: "Database") -> None:
        for statement in statements:
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {version}")

    return step
