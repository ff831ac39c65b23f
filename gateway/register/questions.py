"""What is asked of the register. Every answer is plain JSON values, newest first unless the question says otherwise."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from gateway.queries import Json, to_the_second
from gateway.queries.morning import left

_PAGE = 50
MOST = 10_000
"""Further is not counted: whoever has so many times that are over needs no figure."""
_LAST = "\U0010ffff"
_BEFORE_THE_ANSWER = ("received", "held", "refused", "posted", "booked")
_STANDS_STILL = timedelta(hours=24)

# A document that is in doubt, failed, blocked and so on: which of its statuses is asked for.
_DOCUMENT_FILTERS = {
    "type": "type = ?",
    "direction": "direction = ?",
    "partner": "partner = ?",
    "validation": "validation = ?",
    "delivery": "delivery = ?",
    "acknowledgement": "acknowledgement = ?",
    "before": "id < ?",
    "since": "at >= ?",
    "until": "at < ? || 'U'",
}


class Questions(ABC):
    """Questions to the rows; who keeps them says how they are opened."""

    @abstractmethod
    def _opened(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection to the rows."""

    def _rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Json]:
        with self._opened() as connection:
            return [dict(row) for row in connection.execute(sql, values)]

    # Orders

    def orders(
        self,
        *,
        search: str | None = None,
        stage: str | None = None,
        partner: str | None = None,
        ship_to: str | None = None,
        since: str | None = None,
        until: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = _PAGE,
    ) -> list[Json]:
        """Orders by a number, SKU or item id (or how one begins), stage, partner, ship-to and day of receipt.

        `since` and `until` are days (2026-11-20), both included; `after` is (received_at, subject) of the last order
        of the page before.
        """
        conditions: list[str] = []
        values: list[Any] = []
        source = "orders AS o"
        key = search or ship_to
        if key is not None:
            source = "order_keys AS k JOIN orders AS o ON o.subject = k.subject"
            conditions.append("k.key = ?")
            values.append(self._key_that_is_meant(key))
        if search and ship_to:
            conditions.append("o.ship_to = ? COLLATE NOCASE")
            values.append(ship_to)
        by = "k" if key is not None else "o"
        if stage:
            conditions.append(f"{by}.stage = ?")
            values.append(stage)
        if partner:
            conditions.append("o.partner = ?")
            values.append(partner)
        if since:
            conditions.append(f"{by}.received_at >= ?")
            values.append(since)
        if until:
            conditions.append(f"{by}.received_at < ?")
            values.append(f"{until}T{_LAST}")
        if after:
            conditions.append(f"({by}.received_at, {by}.subject) < (?, ?)")
            values += after
        where = " AND ".join(conditions) or "true"
        sql = f"SELECT o.* FROM {source} WHERE {where} ORDER BY {by}.received_at DESC, {by}.subject DESC LIMIT ?"  # noqa: S608
        return self._rows(sql, (*values, limit))

    def _key_that_is_meant(self, text: str) -> str:
        """The key that this is, else the first that begins so."""
        sql = "SELECT key FROM order_keys WHERE key >= ? AND key < ? ORDER BY key LIMIT 1"
        found = self._rows(sql, (text, text + _LAST))
        return str(found[0]["key"]) if found else text

    def stages(self) -> dict[str, int]:
        """How many orders there are in each stage."""
        found = self._rows("SELECT stage, count(*) AS orders FROM orders GROUP BY stage ORDER BY stage")
        return {row["stage"]: row["orders"] for row in found}

    def standing_still(self, now: datetime, limit: int = _PAGE) -> list[Json]:
        """Orders of which the ERP has said nothing, and those not answered that have not moved for a day."""
        found: list[Json] = []
        for stage in _BEFORE_THE_ANSWER:
            moved_before = "9" if stage == "posted" else to_the_second(now - _STANDS_STILL)
            sql = "SELECT * FROM orders WHERE stage = ? AND moved_at < ? ORDER BY moved_at LIMIT ?"
            found += self._rows(sql, (stage, moved_before, limit))
        return sorted(found, key=lambda row: str(row["moved_at"]))[:limit]

    # What counts down

    def deadlines(self, now: datetime, limit: int = _PAGE) -> list[Json]:
        """Everything with a time, the soonest first; where a case tells of an order's deadline it stands for both."""
        sql = """
            SELECT d.what, d.due_at, d.owner, o.partner, o.purchase_order, o.amount AS at_stake, o.currency,
                   NULL AS "case", NULL AS message
              FROM deadlines AS d JOIN orders AS o ON o.subject = d.subject
             WHERE NOT EXISTS (SELECT 1 FROM cases AS c WHERE c.state = 'open' AND c.due_at = d.due_at
                    AND c.code = d.code AND c.purchase_order = o.purchase_order AND c.partner = o.partner)
             ORDER BY d.due_at LIMIT :limit
        """
        of_orders = self._rows(sql, {"limit": limit})
        of_cases = self._rows(
            'SELECT code AS what, due_at, owner, partner, purchase_order, at_stake, currency, id AS "case", message'
            " FROM cases WHERE state = 'open' AND due_at IS NOT NULL ORDER BY due_at LIMIT ?",
            (limit,),
        )
        found = sorted((*of_orders, *of_cases), key=lambda row: str(row["due_at"]))[:limit]
        return [{**row, "left": left(datetime.fromisoformat(row["due_at"]), now)} for row in found]

    def count_due(self, now: datetime, until: datetime) -> tuple[int, int]:
        """How many times are over, and how many come until a time; of each at most MOST."""
        # Counted on both sides, less what both tell of: there are few open cases, and deadlines may be very many.
        sql = """
            SELECT (SELECT count(*) FROM (SELECT 1 FROM deadlines WHERE due_at < :now LIMIT :most)) AS late,
                   (SELECT count(*) FROM (
                       SELECT 1 FROM deadlines WHERE due_at >= :now AND due_at < :until LIMIT :most)) AS soon,
                   (SELECT count(*) FROM cases WHERE state = 'open' AND due_at < :now) AS late_cases,
                   (SELECT count(*) FROM cases WHERE state = 'open' AND due_at >= :now AND due_at < :until)
                       AS soon_cases
        """
        both = """
            SELECT count(*) FILTER (WHERE c.due_at < :now) AS late, count(*) FILTER (WHERE c.due_at >= :now) AS soon
              FROM cases AS c JOIN deadlines AS d
                ON d.subject = 'order:' || c.partner || ':' || c.purchase_order
                   AND d.code = c.code AND d.due_at = c.due_at
             WHERE c.state = 'open' AND c.due_at < :until
        """
        values = {"now": to_the_second(now), "until": to_the_second(until), "most": MOST}
        row, twice = self._rows(sql, values)[0], self._rows(both, values)[0]
        late = row["late"] + row["late_cases"] - twice["late"]
        return min(late, MOST), min(row["soon"] + row["soon_cases"] - twice["soon"], MOST)

    # Documents

    def documents(
        self, *, search: str | None = None, limit: int = _PAGE, parked: bool = False, **filters: str | None
    ) -> list[Json]:
        """Documents by business or control number (or how it begins), type, direction, partner and statuses.

        `since` and `until` are days, both included; `before`, an id, goes on further back; `parked` are those whose
        turn has not come. Raises KeyError for another filter.
        """
        given = {name: value for name, value in filters.items() if value}
        conditions = [_DOCUMENT_FILTERS[name] for name in given]
        values: list[Any] = list(given.values())
        if parked:
            conditions.append("waits_for IS NOT NULL")
        if search:
            conditions.append("((business_number >= ? AND business_number < ?) OR control_number = ?)")
            values += [search, search + _LAST, search]
        if given.keys() & {"since", "until"}:
            conditions.append("id BETWEEN ? AND ?")
            values += self._ids_between(given.get("since"), given.get("until"))
        where = " AND ".join(conditions) or "true"
        sql = f"SELECT * FROM documents WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608  (constants alone)
        return [{**row, "id": str(row["id"])} for row in self._rows(sql, (*values, limit))]

    def _ids_between(self, since: str | None, until: str | None) -> tuple[int, int]:
        """Between which ids the documents of these days are: else days far back are found past all later ones."""
        sql = "SELECT min(first) AS first, max(last) AS last FROM hours WHERE hour >= ? AND hour < ?"
        (found,) = self._rows(sql, (since or "", f"{until or ''}{_LAST}"))
        return found["first"] or 0, found["last"] or 0

    def count_documents(self) -> Json:
        """How many documents are blocked, parked, in doubt, failed, refused and overdue."""
        counts = {
            "blocked": "validation = 'blocked'",
            "parked": "waits_for IS NOT NULL",
            "queued": "delivery = 'queued'",
            "in_doubt": "delivery = 'in_doubt'",
            "failed": "delivery = 'failed'",
            "overdue": "acknowledgement = 'overdue'",
        }
        parts = ", ".join(
            f"(SELECT count(*) FROM documents WHERE {where}) AS {name}"  # noqa: S608  (constants alone)
            for name, where in counts.items()
        )
        return self._rows(f"SELECT {parts}")[0]

    def document_types(self) -> list[str]:
        """The types there are."""
        # One step along the index for each type, not one for each document.
        sql = """
            WITH RECURSIVE types (type) AS (
                SELECT min(type) FROM documents
                UNION ALL SELECT (SELECT min(type) FROM documents AS d WHERE d.type > types.type) FROM types
                 WHERE types.type IS NOT NULL)
            SELECT type FROM types WHERE type IS NOT NULL
        """
        return [row["type"] for row in self._rows(sql)]

    def throughput(self, now: datetime, hours: int = 24) -> list[Json]:
        """How many documents came and went in each of the last hours, the earliest first."""
        first = now - timedelta(hours=hours - 1)
        wanted = [f"{first + timedelta(hours=n):%Y-%m-%dT%H}" for n in range(hours)]
        found = self._rows("SELECT * FROM hours WHERE hour >= ? AND hour <= ?", (wanted[0], wanted[-1]))
        counts = {(row["hour"], row["direction"]): row["documents"] for row in found}
        return [{"hour": h, "in": counts.get((h, "in"), 0), "out": counts.get((h, "out"), 0)} for h in wanted]

    # Cases

    def cases(
        self,
        now: datetime,
        *,
        state: str = "open",
        owner: str | None = None,
        code: str | None = None,
        before: int | None = None,
        limit: int = 200,
    ) -> list[Json]:
        """Cases: `open` without those that are put off, `snoozed`, `closed` or `all`. Open ones by their due time."""
        conditions, values = ["true"], list[Any]()
        if state in ("open", "snoozed"):
            conditions.append("state = 'open'")
            asleep = "snoozed_until IS NOT NULL AND snoozed_until > ?"
            conditions.append(asleep if state == "snoozed" else f"NOT ({asleep})")
            values.append(to_the_second(now))
        elif state == "closed":
            conditions.append("state = 'closed'")
        for name, value in (("owner", owner), ("code", code)):
            if value:
                conditions.append(f"{name} = ? COLLATE NOCASE")
                values.append(value)
        if before is not None:
            conditions.append("id < ?")
            values.append(before)
        order = "coalesce(due_at, '9'), id" if state in ("open", "snoozed") else "id DESC"
        sql = f"SELECT * FROM cases WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?"  # noqa: S608
        return [_as_case(row, now) for row in self._rows(sql, (*values, limit))]

    def owners(self, now: datetime) -> list[Json]:
        """The open cases of each owner: how many, how many late, the oldest, the money at stake by currency."""
        found: dict[str, Json] = {}
        rows = self._rows("SELECT owner, due_at, opened_at, at_stake, currency FROM cases WHERE state = 'open'")
        at = to_the_second(now)
        for row in rows:
            of = found.setdefault(
                row["owner"],
                {"owner": row["owner"], "cases": 0, "late": 0, "oldest_at": row["opened_at"], "at_stake": {}},
            )
            of["cases"] += 1
            of["late"] += row["due_at"] is not None and row["due_at"] < at
            of["oldest_at"] = min(of["oldest_at"], row["opened_at"])
            for amount in _amounts(row["at_stake"]):
                currency = row["currency"] or ""
                of["at_stake"][currency] = of["at_stake"].get(currency, Decimal(0)) + amount
        for owner in sorted(found):
            of = found[owner]
            sums = {currency: f"{amount:f}" for currency, amount in sorted(of["at_stake"].items())}
            found[owner] = {**of, "at_stake": sums}
        return [found[owner] for owner in sorted(found)]

    def case_codes(self) -> list[str]:
        """The codes of open cases."""
        return [row["code"] for row in self._rows("SELECT DISTINCT code FROM cases WHERE state = 'open' ORDER BY code")]

    # What people did

    def acts(self, *, who: str | None = None, before: int | None = None, limit: int = 100) -> list[Json]:
        """What people did, the latest first: entry, time, kind, who, what, why and what it concerns."""
        conditions, values = ["seq < ?"], list[Any]([before or 2**62])
        if who:
            conditions.append("who = ? COLLATE NOCASE")
            values.append(who)
        sql = f"SELECT * FROM acts WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT ?"  # noqa: S608
        return [{**row, "subjects": row["subjects"].split()} for row in self._rows(sql, (*values, limit))]


def _amounts(text: str | None) -> Iterator[Decimal]:
    try:
        if text:
            yield Decimal(text)
    except InvalidOperation:
        return


def _as_case(row: Json, now: datetime) -> Json:
    until = row["snoozed_until"]
    asleep = row["state"] == "open" and until is not None and datetime.fromisoformat(until) > now
    return {**row, "id": str(row["id"]), "snoozed_until": until if asleep else None}
