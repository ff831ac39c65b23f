"""The world around an instance: a partner in each standard who drops orders, an ERP and a partner who eat at once.

Every order has a number and a control number of its own. What is eaten is kept as bytes, so that at the end it can be
counted by somebody who has not asked the journal. Some orders are answered by the ERP, and some answers of ours are
acknowledged by the partner, so that files come and go on both shores.
"""

import json
import os
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from gateway.config import Config, load
from gateway.simulate.wire import enclose
from tests.crash.reader import Broken, read_letter, read_order

ORDERED_AT = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
_ITEMS = {
    "amazon-us": (("24*EA*7.25*PE*UP*614141000012", "24"), ("10*CA*43.5*PE*UK*10614141000026", "120")),
    "amazon-eu": (("4012345000016:EN|7.25", "40"), ("4012345000023:EN|10.87", "6")),
}
_ITEM_MASTER = Path(__file__).absolute().parents[2] / "samples" / "masters" / "items.csv"
_INBOXES, _OUTBOXES = ("amazon/in", "erp/in"), ("amazon/out", "erp/out")


@dataclass
class Expected:
    """What was put in: orders by partner and number with the pieces of their lines, interchanges that want an answer,
    orders that the ERP has answered, and files that nobody can read."""

    orders: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    interchanges: dict[tuple[str, int], str] = field(default_factory=dict)
    answered: set[tuple[str, str]] = field(default_factory=set)
    spoilt: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Eaten:
    """A file that the far end took: from where, under which name, and its bytes."""

    folder: str
    name: str
    data: bytes


class Stage:
    """The two far ends of one instance. `replies` is how many of a hundred orders the ERP answers.

    `ordered_at` is what the envelopes say; beside a clock that runs it must be today, or answers become due meanwhile.
    """

    def __init__(self, folder: Path, chance: Random, *, replies: int = 30, ordered_at: datetime = ORDERED_AT) -> None:
        self.folder, self.chance, self.replies, self.ordered_at = folder, chance, replies, ordered_at
        self.config: Config = load(folder / "config.toml")
        self.expected = Expected()
        self.eaten: list[Eaten] = []
        self._last = 100
        self.drops = 0

    # The partner

    def order(self, partner: str | None = None) -> None:
        """Drop a new order of one of the partners."""
        name = partner or self.chance.choice(("amazon-us", "amazon-eu"))
        number = f"{'U' if name == 'amazon-us' else 'E'}{self._last + 1:07}"
        lines = self.chance.sample(_ITEMS[name], self.chance.randint(1, 2))
        body = _ORDERS[name](number, [item for item, _ in lines])
        pieces = tuple((str(place), each) for place, (_, each) in enumerate(lines, 1))
        self.expected.orders[name, number] = pieces
        self._send(name, "850" if name == "amazon-us" else "ORDERS", body)

    def _send(self, partner: str, message: str, body: list[str], *, is_answered: bool = True) -> None:
        self._last += 1
        data = enclose(message, body, self.config.partners[partner], self._last, self.ordered_at)
        if is_answered:
            self.expected.interchanges[partner, self._last] = message
        self.drop("amazon/in", f"{partner}-{self._last}.edi", data)

    def spoil(self) -> None:
        """Drop a file that no reader can read: it belongs into quarantine."""
        self._last += 1
        name, data = f"spoilt-{self._last}.edi", f"this is no interchange, but note {self._last}\n".encode()
        self.expected.spoilt[name] = data
        self.drop("amazon/in", name, data)

    def anything(self) -> None:
        """Drop something: an order most of the time, now and then a file that nobody can read, or the ERP's items."""
        draw = self.chance.randint(1, 40)
        if draw == 1:
            self.spoil()
        elif draw == 2:
            self._last += 1
            self.drop("erp/in", f"items-{self._last}.csv", _ITEM_MASTER.read_bytes())
        else:
            self.order()

    def drop(self, inbox: str, name: str, data: bytes) -> None:
        """Put a file into an inbox as far ends should: whole, under a name that is passed over, then renamed."""
        unfinished = self.folder / inbox / f".{name}.part"
        unfinished.write_bytes(data)
        unfinished.rename(self.folder / inbox / name)
        self.drops += 1

    # Whoever eats

    def eat(self) -> int:
        """Take everything that lies in the out folders, at once; reply to some of it. How many files."""
        count = 0
        for outbox in _OUTBOXES:
            with os.scandir(self.folder / outbox) as items:
                names = [item.name for item in items if not item.name.startswith(".")]
            for name in names:
                path = self.folder / outbox / name
                data = path.read_bytes()
                path.unlink()
                self.eaten.append(Eaten(outbox, name, data))
                self._reply(outbox, data)
                count += 1
        return count

    def _reply(self, outbox: str, data: bytes) -> None:
        try:
            if outbox == "erp/out":
                order = read_order(data)
                if self.chance.randint(0, 99) < self.replies:
                    self._answer(order.partner, order.number, order.lines)
            else:
                letter = read_letter(data)
                if letter.message in ("855", "ORDRSP"):
                    self._acknowledge(letter.message, letter.number, letter.group)
        except Broken:
            return  # it is counted where everything is

    def _answer(self, partner: str, number: str, lines: tuple[tuple[str, str], ...]) -> None:
        if (partner, number) in self.expected.answered:
            return
        told = [
            {"line": line, "accepted": pieces, "ships_on": "2026-11-26", "backordered": "0", "backorder_until": None}
            | {"rejected": "0", "reason": None}
            for line, pieces in lines
        ]
        body = {"document": "order-response", "version": 1, "partner": partner, "purchase_order": number}
        body |= {"revision": 0, "sales_order": f"SO-{number}", "lines": told}
        self.expected.answered.add((partner, number))
        self.drop("erp/in", f"response-{number}.json", json.dumps(body).encode())

    def _acknowledge(self, message: str, number: int, group: int | None) -> None:
        if message == "855":
            body = [f"AK1*PR*{group}", "AK2*855*0001", "AK5*A", "AK9*A*1*1*1"]
            self._send("amazon-us", "997", body, is_answered=False)
        else:
            body = [f"UCI+{number}+4012345000009:14+5450534000000:14+7"]
            self._send("amazon-eu", "CONTRL", body, is_answered=False)

    # What lies where

    def waiting(self) -> int:
        """How many files lie in the inboxes."""
        count = 0
        for inbox in _INBOXES:
            with os.scandir(self.folder / inbox) as items:
                count += sum(1 for item in items if not item.name.startswith("."))
        return count

    def is_under_way(self) -> bool:
        """Whether a file is on its way through the gateway, as the disk shows it: in an inbox, or inside."""
        return bool(self.waiting()) or self.is_inside()

    def is_inside(self) -> bool:
        """Whether a transaction was begun and not ended, or a row of the outbox is not delivered.

        The journal is read without its rollback, so that what a crash left is left to the gateway.
        """
        journal = self.folder / "journal.db"
        if journal.with_name("journal.db-journal").exists():
            return True
        try:
            return bool(query(journal, "SELECT count(*) FROM outbox WHERE state NOT IN ('delivered', 'failed')")[0][0])
        except sqlite3.DatabaseError:
            return True  # it was written while we read

    def is_quiet(self) -> bool:
        """Whether there is nothing left to do, and nothing to eat."""
        return not self.eat() and not self.is_under_way()


def query(journal: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of a journal, as its file stands."""
    connection = sqlite3.connect(f"file:{journal}?immutable=1", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _x850(number: str, lines: list[str]) -> list[str]:
    return [
        f"BEG*00*NE*{number}**20261120",
        "REF*CR*ACME1",
        "FOB*CC",
        "CSH*Y",
        "DTM*064*20261125",
        "DTM*063*20261202",
        "N1*ST**92*PHX6",
        *(f"PO1*{place}*{line}" for place, line in enumerate(lines, 1)),
        f"CTT*{len(lines)}",
    ]


def _orders(number: str, lines: list[str]) -> list[str]:
    body = [
        f"BGM+220+{number}+9",
        "DTM+137:20261120:102",
        "DTM+63:20261201:102",
        "DTM+64:20261124:102",
        "RFF+CR:ACME5",
        "NAD+BY+5450534000017::9",
        "NAD+SU+4012345000009::9",
        "NAD+DP+5450534000086::9+++++++DE",
        "CUX+2:EUR:9",
    ]
    pieces = dict(_ITEMS["amazon-eu"])
    for place, line in enumerate(lines, 1):
        item, price = line.split("|")
        body += [f"LIN+{place}++{item}", f"QTY+21:{pieces[line]}", f"PRI+AAA:{price}"]
    return [*body, "UNS+S", f"CNT+2:{len(lines)}"]


_ORDERS = {"amazon-us": _x850, "amazon-eu": _orders}
