"""How rows get into the register: all of them once, then those that new entries of the journal concern.

Rows are written some hundred together, and the first time the indexes are made when all rows are there.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from gateway.catalogue import Location
from gateway.config import Config
from gateway.errors import NotFound
from gateway.journal import Journal
from gateway.journal.records import Case, Document, Entry
from gateway.lifecycle.decisions import Policy
from gateway.lifecycle.orders import OrderState
from gateway.mapping.library import Mappings
from gateway.pipeline import Catalogue
from gateway.pipeline.chronicle import PREFIX
from gateway.pipeline.desk import policy_of, zone_of
from gateway.queries import Json
from gateway.register.rows import OrderRows, act_row, case_row, document_row, fold_entries, order_rows
from gateway.register.tables import INDEXES

_ORDER = "order:"
_ENTRIES_A_ROW = 20  # of the history hardly an entry names a person
# Where each phase of the first making begins and ends, as shares of its time.
_SHARES = {
    "orders": (0.0, 0.66),
    "documents": (0.66, 0.9),
    "cases": (0.9, 0.9),
    "acts": (0.9, 0.95),
    "indexes": (0.95, 1.0),
}
# Where entries name a document without filing themselves under it.
_NAMED = ("document", "document_id", "sent", "answer", "anew")


class Policies:
    """The policies of orders, each made once for a partner and a ship-to."""

    def __init__(self, config: Config, mappings: Mappings, locations: tuple[Location, ...]) -> None:
        self._config = config
        self._mappings = mappings
        self._locations = locations
        self._known: dict[tuple[str, str | None], Policy] = {}

    def of(self, state: OrderState) -> Policy | None:
        """The policy of an order; None where its partner is not configured any more."""
        partner = self._config.partners.get(state.partner)
        if partner is None:
            return None
        key = (partner.name, state.ship_to)
        if key not in self._known:
            zone = zone_of(self._locations, partner.name, state.ship_to)
            self._known[key] = policy_of(partner, self._mappings.guide(partner.guide), zone)
        return self._known[key]


class Filler:
    """Writes rows within a transaction of the caller's."""

    def __init__(
        self, connection: sqlite3.Connection, journal: Journal, config: Config, mappings: Mappings, catalogue: Catalogue
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._config = config
        self._mappings = mappings
        self._catalogue = catalogue

    def fill(self, said: Mapping[str, str], at_most: int) -> None:
        """The next rows of the first making: orders, documents from the newest on, cases, acts; then the indexes."""
        phase, after, last = said.get("phase", "orders"), said.get("after", ""), int(said["cursor"])
        if phase == "orders":
            subjects = self._journal.subjects_with_prefix(_ORDER, after, at_most // 5)
            self.write_orders(subjects, is_first=True)
            done = int(said.get("done", 0)) + len(subjects)
            if subjects:
                self._went("orders", subjects[-1], min(1.0, done / max(1, int(said["orders"]))), done=str(done))
            else:
                self._went("documents", "", 0)
        elif phase == "documents":
            documents = self._journal.documents(limit=at_most, **({"before": after} if after else {}))
            self._write_documents(documents, is_first=True)
            if documents:
                self._went("documents", documents[0].id, 1 - int(documents[0].id) / max(last, int(documents[-1].id)))
            else:
                self._went("cases", "", 0)
        elif phase == "cases":
            self._write_cases(self._journal.cases())
            self._went("acts", "0", 0)
        elif phase == "acts":
            until = min(int(after) + at_most * _ENTRIES_A_ROW, last)
            self._write_acts(self._journal.entries_naming("who", "closed_by", int(after), until))
            self._went(*(("acts", str(until), until / last) if until < last else ("indexes", "0", 0)))
        elif int(after) < len(INDEXES):
            self._connection.execute(INDEXES[int(after)])
            self._went("indexes", str(int(after) + 1), int(after) / len(INDEXES))
        else:
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('whole', 'yes')")

    def _went(self, phase: str, after: str, part: float, **more: str) -> None:
        """Note where the first making goes on, and how far it is; `part` is how much of this phase is done."""
        begins, ends = _SHARES[phase]
        now = {"phase": phase, "after": after, "share": f"{begins + (ends - begins) * part:.4f}", **more}
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", now.items())

    def follow(self, cursor: int, at_most: int) -> bool:
        """Take the next entries; whether there were any."""
        entries = self._journal.entries(cursor, at_most)
        if not entries:
            return False
        subjects = dict.fromkeys(subject for entry in entries for subject in entry.subjects)
        orders = [subject for subject in subjects if subject.startswith(_ORDER)]
        documents = {*self.write_orders(orders), *_ids(subjects, "document:"), *_named(entries)}
        self._write_documents(list(self._found(documents, self._journal.document)))
        self._write_cases(self._found(_ids(subjects, "case:"), self._journal.case))
        self._write_acts(entries)
        last = {"cursor": str(entries[-1].seq), "hash": entries[-1].hash}
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", last.items())
        return True

    def write_orders(self, subjects: Iterable[str], *, is_first: bool = False) -> set[str]:
        """The rows of these orders, which has none yet where it `is_first`; the documents that may have changed."""
        touched: set[str] = set()
        written: list[OrderRows] = []
        policies = Policies(self._config, self._mappings, self._catalogue.locations(self._journal))
        for subject in subjects:
            state, moved_at = fold_entries(self._journal.events(subject, prefix=PREFIX))
            if state is None or moved_at is None:
                continue
            written.append(order_rows(subject, state, moved_at, policies.of(state), self._config))
            touched |= {posted.document for posted in state.posted[-1:]} | set(state.documents)
        if not is_first:
            gone = [(rows.order["subject"],) for rows in written]
            self._connection.executemany("DELETE FROM deadlines WHERE subject = ?", gone)
            self._connection.executemany("DELETE FROM order_keys WHERE subject = ?", gone)
        self._put("orders", [rows.order for rows in written])
        # Keys that differ only in the case of their letters are one key.
        self._put("order_keys", sorted((row for rows in written for row in _key_rows(rows)), key=itemgetter("key")))
        self._put("deadlines", [row for rows in written for row in rows.deadlines])
        return touched

    def _write_documents(self, documents: Sequence[Document], *, is_first: bool = False) -> None:
        new = documents if is_first else [each for each in documents if not self._is_known(each)]
        hours: dict[tuple[str, str], list[int]] = {}
        for document in new:
            hours.setdefault((f"{document.at:%Y-%m-%dT%H}", document.direction), []).append(int(document.id))
        self._connection.executemany(
            "INSERT INTO hours VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " documents = documents + excluded.documents,"
            " first = min(first, excluded.first), last = max(last, excluded.last)",
            [(*hour, len(ids), min(ids), max(ids)) for hour, ids in hours.items()],
        )
        self._put("documents", [document_row(document, self._journal) for document in documents])

    def _is_known(self, document: Document) -> bool:
        sql = "SELECT 1 FROM documents WHERE id = ?"
        return self._connection.execute(sql, (int(document.id),)).fetchone() is not None

    def _write_cases(self, cases: Iterable[Case]) -> None:
        self._put("cases", [case_row(case, self._journal, self._config) for case in cases])

    def _write_acts(self, entries: Iterable[Entry]) -> None:
        self._put("acts", [row for row in map(act_row, entries) if row is not None])

    def _put(self, table: str, rows: Sequence[Json]) -> None:
        """Rows of one table, which all have the same columns."""
        if rows:
            places = ", ".join(f":{name}" for name in rows[0])
            sql = f"INSERT OR REPLACE INTO {table} ({', '.join(rows[0])}) VALUES ({places})"  # noqa: S608  (constants)
            self._connection.executemany(sql, rows)

    @staticmethod
    def _found(ids: Iterable[str], find: Any) -> Iterable[Any]:
        for each in ids:
            try:
                yield find(each)
            except NotFound:
                continue  # a number that is none of ours


def _key_rows(rows: OrderRows) -> Iterator[Json]:
    order = rows.order
    same = {"stage": order["stage"], "received_at": order["received_at"], "subject": order["subject"]}
    return ({"key": key, **same} for key in rows.keys)


def _ids(subjects: Iterable[str], prefix: str) -> list[str]:
    return [rest for subject in subjects if (rest := subject.removeprefix(prefix)) != subject and rest.isdecimal()]


def _named(entries: Iterable[Entry]) -> set[str]:
    said = (entry.body.get(name) for entry in entries for name in _NAMED)
    return {each for each in said if isinstance(each, str) and each.isdecimal()}
