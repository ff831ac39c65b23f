"""How rows get into the register: all of them once, then those that new entries of the journal concern."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gateway.config import Config
from gateway.errors import NotFound
from gateway.journal import Journal
from gateway.journal.records import Case, Document, Entry
from gateway.lifecycle.orders import OrderState
from gateway.mapping.library import Mappings
from gateway.pipeline import Catalogue
from gateway.pipeline.chronicle import PREFIX
from gateway.pipeline.desk import policy_of, zone_of
from gateway.queries import Json
from gateway.register.rows import act_row, case_row, document_row, fold_entries, order_rows

_ORDER = "order:"
# Where entries name a document without filing themselves under it.
_NAMED = ("document", "document_id", "sent", "answer", "anew")


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
        """The next rows of the first making: orders, documents from the newest on, cases, acts."""
        phase, after = said.get("phase", "orders"), said.get("after", "")
        if phase == "orders":
            subjects = self._journal.subjects_with_prefix(_ORDER, after, at_most // 5)
            self.write_orders(subjects)
            self._went("orders" if subjects else "documents", subjects[-1] if subjects else "")
        elif phase == "documents":
            documents = self._journal.documents(limit=at_most, **({"before": after} if after else {}))
            self._write_documents(documents)
            self._went("documents" if documents else "cases", documents[0].id if documents else "")
        elif phase == "cases":
            self._write_cases(self._journal.cases())
            self._went("acts", "0")
        else:
            entries = self._journal.entries(int(after), at_most)
            self._write_acts(entries)
            last = entries[-1].seq if entries else int(said["cursor"])
            self._went("acts", str(last))
            if last >= int(said["cursor"]):
                self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('whole', 'yes')")

    def _went(self, phase: str, after: str) -> None:
        now = {"phase": phase, "after": after}
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", now.items())

    def follow(self, cursor: int, at_most: int) -> bool:
        """Take the next entries; whether there were any."""
        entries = self._journal.entries(cursor, at_most)
        if not entries:
            return False
        subjects = dict.fromkeys(subject for entry in entries for subject in entry.subjects)
        orders = [subject for subject in subjects if subject.startswith(_ORDER)]
        documents = {*self.write_orders(orders), *_ids(subjects, "document:"), *_named(entries)}
        self._write_documents(self._found(documents, self._journal.document))
        self._write_cases(self._found(_ids(subjects, "case:"), self._journal.case))
        self._write_acts(entries)
        last = {"cursor": str(entries[-1].seq), "hash": entries[-1].hash}
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", last.items())
        return True

    def write_orders(self, subjects: Iterable[str]) -> set[str]:
        """The rows of these orders; the documents whose statuses may have changed with them."""
        touched: set[str] = set()
        for subject in subjects:
            state, moved_at = fold_entries(self._journal.events(subject, prefix=PREFIX))
            if state is None or moved_at is None:
                continue
            rows = order_rows(subject, state, moved_at, self._policy(state), self._config)
            self._put("orders", [rows.order])
            self._write_keys(subject, rows.order, rows.keys)
            self._connection.execute("DELETE FROM deadlines WHERE subject = ?", (subject,))
            self._put("deadlines", rows.deadlines)
            touched |= {posted.document for posted in state.posted[-1:]} | set(state.documents)
        return touched

    def _policy(self, state: OrderState) -> Any:
        partner = self._config.partners.get(state.partner)
        if partner is None:
            return None
        zone = zone_of(self._catalogue.locations(self._journal), partner.name, state.ship_to)
        return policy_of(partner, self._mappings.guide(partner.guide), zone)

    def _write_keys(self, subject: str, order: Json, keys: Collection[str]) -> None:
        wanted = {(key, order["stage"], order["received_at"], subject) for key in keys}
        known = {
            tuple(row)
            for row in self._connection.execute(
                "SELECT key, stage, received_at, subject FROM order_keys WHERE subject = ?", (subject,)
            )
        }
        if wanted != known:
            self._connection.execute("DELETE FROM order_keys WHERE subject = ?", (subject,))
            # Keys that differ only in the case of their letters are one key.
            self._connection.executemany("INSERT OR REPLACE INTO order_keys VALUES (?, ?, ?, ?)", sorted(wanted))

    def _write_documents(self, documents: Iterable[Document]) -> None:
        for document in documents:
            known = self._connection.execute("SELECT 1 FROM documents WHERE id = ?", (int(document.id),)).fetchone()
            if known is None:
                hour = f"{document.at:%Y-%m-%dT%H}"
                self._connection.execute(
                    "INSERT INTO hours VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET documents = documents + 1",
                    (hour, document.direction),
                )
            self._put("documents", [document_row(document, self._journal)])

    def _write_cases(self, cases: Iterable[Case]) -> None:
        self._put("cases", [case_row(case, self._journal, self._config) for case in cases])

    def _write_acts(self, entries: Iterable[Entry]) -> None:
        self._put("acts", [row for row in map(act_row, entries) if row is not None])

    def _put(self, table: str, rows: Iterable[Json]) -> None:
        for row in rows:
            places = ", ".join(f":{name}" for name in row)
            self._connection.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({places})", row)  # noqa: S608

    @staticmethod
    def _found(ids: Iterable[str], find: Any) -> Iterable[Any]:
        for each in ids:
            try:
                yield find(each)
            except NotFound:
                continue  # a number that is none of ours


def _ids(subjects: Iterable[str], prefix: str) -> list[str]:
    return [rest for subject in subjects if (rest := subject.removeprefix(prefix)) != subject and rest.isdecimal()]


def _named(entries: Iterable[Entry]) -> set[str]:
    said = (entry.body.get(name) for entry in entries for name in _NAMED)
    return {each for each in said if isinstance(each, str) and each.isdecimal()}
