"""Master data as the ERP last sent it: items, locations, terms, stock. Masters are never duplicates.

A file adds or replaces the rows it names. Whether a table is what the history made it is seen from one number, the sum
of the SHA-256 of its rows modulo 2^256: an update only adds and subtracts what changed, and each entry keeps the sum.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.journal.canonical import decode, encode, fingerprint
from gateway.journal.entries import EntryReader, EntryWriter


@dataclass(frozen=True, slots=True)
class Table:
    """A master table: the columns that name a row, and its statements, made once."""

    name: str
    key: tuple[str, ...]
    all: str
    keyed: str
    one: str
    put: str

    @property
    def subject(self) -> str:
        """What the history files its updates under."""
        return f"master:{self.name}"


def _table(name: str, *key: str) -> Table:
    columns, marks = ", ".join(key), ", ".join("?" * len(key))
    named = " AND ".join(f"{column} = ?" for column in key)
    return Table(
        name,
        key,
        all=f"SELECT body FROM {name} ORDER BY {columns}",  # noqa: S608 - constants alone, here and below
        keyed=f"SELECT {columns}, body FROM {name}",  # noqa: S608
        one=f"SELECT body FROM {name} WHERE {named}",  # noqa: S608
        put=f"INSERT OR REPLACE INTO {name} ({columns}, body, seq) VALUES ({marks}, ?, ?)",  # noqa: S608
    )


MASTERS = {
    table.name: table
    for table in (
        _table("items", "sku", "partner", "partner_item", "scheme", "valid_from"),
        # The role belongs to the name: one code may be a warehouse and a company.
        _table("locations", "code", "scheme", "partner", "role"),
        _table("terms", "account"),
        _table("stock", "sku", "location"),
    )
}
ANY_MASTER = "masters"
"""The subject of every update that changed something; its last entry is the catalogue version."""

_TOLD = "SELECT max(seq) FROM stock WHERE sku = ?"

EMPTY = f"{0:064x}"
_LATEST = (
    "SELECT e.seq, e.body FROM subjects AS s JOIN entries AS e ON e.seq = s.seq"
    " WHERE s.subject = ? AND e.kind IN ('master-updated', 'master-unchanged') ORDER BY s.seq DESC LIMIT 1"
)


def total(digest: str, added: Iterable[str] = (), removed: Iterable[str] = ()) -> str:
    """The sum of a table's rows, in hexadecimal, after rows (JSON texts) came and went."""
    number = int(digest, 16)
    number += sum(int(fingerprint(text), 16) for text in added)
    number -= sum(int(fingerprint(text), 16) for text in removed)
    return f"{number % (1 << 256):064x}"


def named(table: Table, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What names the row: its key columns as text, nothing as the empty text."""
    return tuple("" if row.get(column) is None else str(row[column]) for column in table.key)


class MasterReader(EntryReader):
    """Questions about masters."""

    def master(self, kind: str) -> list[dict[str, Any]]:
        """The rows of items, locations, terms or stock, in the order of what names them."""
        return [decode(body) for (body,) in self._connection.rows(MASTERS[kind].all)]

    def stock_told(self, sku: str) -> int:
        """The number of the entry that last told how many there are of an item; 0 where none did."""
        row = self._connection.row(_TOLD, (sku,))
        return int(row[0] or 0) if row else 0

    def catalogue_version(self) -> int:
        """The number of the last entry that changed a master; 0 before the first."""
        row = self._connection.row(_LATEST, (ANY_MASTER,))
        return int(row[0]) if row else 0


class MasterWriter(MasterReader, EntryWriter):
    """Takes masters in."""

    def update_master(self, kind: str, rows: Iterable[Mapping[str, Any]], file_id: str | None = None) -> int:
        """Add or replace these rows; answers with the number of rows that are not as they were.

        Of two rows with one name the later counts. The history has a line for every file, also where nothing changed.
        """
        table = MASTERS[kind]
        wanted = {named(table, row): encode(row) for row in rows}
        known = {name: self._connection.row(table.one, name) for name in wanted}
        changed = {name: text for name, text in wanted.items() if known[name] != (text,)}
        replaced = [row[0] for name in changed if (row := known[name])]
        digest = total(self._digest(table), added=changed.values(), removed=replaced)
        body = {"master": kind, "file_id": file_id, "rows": len(wanted), "changed": len(changed), "digest": digest}
        if changed:
            seq = self._append("master-updated", body, (ANY_MASTER, table.subject))
        else:
            seq = self._append("master-unchanged", body, (table.subject,))
        # A stock that is told again as it was is news: what was promised before is in it.
        told = wanted if kind == "stock" else changed
        self._connection.change_many(table.put, [(*name, text, seq) for name, text in told.items()])
        return len(changed)

    def _digest(self, table: Table) -> str:
        row = self._connection.row(_LATEST, (table.subject,))
        return str(decode(row[1])["digest"]) if row else EMPTY
