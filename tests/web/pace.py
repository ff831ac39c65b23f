"""How long each page of the console takes at so many orders: `python -m tests.web.pace -n 100000 --folder DIR`.

The journal is written as the pipeline writes it, order by order: most are answered, some wait for the ERP, some are
held with an open case. The instance is kept in the folder, so that a second run only measures. A time is that of the
answer on the server, its CPU time, the median of several, asked without a network; the goal is 50 ms.
"""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from starlette.testclient import TestClient

from gateway.config import load
from gateway.documents.purchase_order import Window
from gateway.documents.quantity import Quantity
from gateway.instance import create, fixed_clock
from gateway.journal import Journal, Transaction
from gateway.lifecycle.events import (
    HeldLine,
    LinesResolved,
    OrderBooked,
    OrderedLine,
    OrderPosted,
    OrderReceived,
    SettledLine,
)
from gateway.lifecycle.goods import OrderAnswered, PromisedLine
from gateway.pipeline.chronicle import record
from gateway.register import Register
from gateway.web.app import make_app
from tests.load import PARTNER, _answer, _receive, _send

AT = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
GOAL = 50.0  # ms
TOGETHER = 500
PAGES = (
    *("/", "/orders", "/orders?q=SKU-17", "/orders?q=SKU-17&stage=held", "/orders?stage=held", "/orders?ship_to=FC7"),
    *("/orders?q=P0004711", "/orders?q=SKU-1&ship_to=FC7&since=2026-10-01&until=2026-11-01", "/orders/P0004711"),
    *(
        "/documents",
        "/documents?until=2026-09-26",
        "/documents?type=855",
        "/documents?q=P0004711",
        "/cases",
        "/cases?owner=operations",
        "/audit",
    ),
    *("/cases/{case}", "/documents/{document}", "/partners", "/channels", "/mappings", "/finance", "/stock", "/health"),
    "/search?q=P0004711",
)


def build(orders: int, folder: Path) -> None:
    """An instance with so many orders, spread over sixty days before AT."""
    create(folder, example=True, at=AT - timedelta(days=61))
    for master in (folder / "erp" / "in").iterdir():
        master.unlink()
    with Journal.open(folder / "journal.db") as journal:
        for start in range(0, orders, TOGETHER):
            at = AT - timedelta(days=60) * (1 - start / orders)
            with journal.transaction(at) as tx:
                for number in range(start, min(start + TOGETHER, orders)):
                    _order(tx, number, at)


def _order(tx: Transaction, number: int, at: datetime) -> None:
    name, control, sku = f"P{number:07}", f"{number + 1:09}", f"SKU-{number % 500}"
    subject = f"order:{PARTNER}:{name}"
    order = _receive(tx, number, name, control, subject)
    line = OrderedLine(
        line="1",
        ordered=Quantity(value=Decimal(24), unit="each"),
        price=Decimal("7.25"),
        ids={"upc": f"6141410{number % 500:05}"},
    )
    received = OrderReceived(
        document=order,
        partner=PARTNER,
        purchase_order=name,
        account="ACME1",
        received_at=at,
        answer_due_at=at + timedelta(hours=24),
        ship_to=f"FC{number % 40}",
        window=Window(not_before=(at + timedelta(days=5)).date(), not_after=(at + timedelta(days=12)).date()),
        lines=(line,),
    )
    record(tx, received, PARTNER, [name])
    if number % 100 == 3:
        _hold(tx, name, subject, at)
        return
    settled = SettledLine(line="1", sku=sku, base=Decimal(24), factor=1, source="unit", amount=Decimal(174))
    record(tx, LinesResolved(catalogue_version=1, lines=(settled,), held=()), PARTNER, [name])
    sales_order = _send(tx, "sales-order", name, None, "erp", (subject,), is_in_doubt=False)
    record(tx, OrderPosted(document=sales_order, revision=0, posted_at=at, lines=("1",)), PARTNER, [name])
    if number % 25 == 7:
        return
    record(tx, OrderBooked(number=f"SO-{number}"), PARTNER, [name])
    promised = PromisedLine(line="1", accepted=Decimal(24), backordered=Decimal(0), rejected=Decimal(0))
    record(tx, OrderAnswered(document=sales_order, revision=0, lines=(promised,)), PARTNER, [name])
    _answer(tx, name, control, subject, sales_order, is_in_doubt=False)


def _hold(tx: Transaction, name: str, subject: str, at: datetime) -> None:
    held = HeldLine(
        rule="unknown-item",
        line="1",
        message="line 1: no item is known for it",
        remedy="add it to items.csv",
        owner="item data",
        at_stake=Decimal(174),
    )
    record(tx, LinesResolved(catalogue_version=1, lines=(), held=(held,)), PARTNER, [name])
    tx.open_case(
        key=f"{subject}:unknown-item:1",
        code="unknown-item",
        owner=("item data", "operations")[int(name[1:]) % 200 > 100],
        message=f"order {name}, line 1: no item is known for it",
        remedy="add it to items.csv",
        due_at=at + timedelta(hours=20),
        at_stake="174.00",
        evidence={"line": "1"},
        subjects=(subject,),
    )


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """The median time of each page, in ms."""
    config = load(folder / "config.toml")
    begun = perf_counter()
    with Journal.open(config.paths.journal, read_only=True) as journal:
        Register(config).make(journal)
        case = journal.open_cases()[-1].id
        document = journal.documents(limit=1)[-1].id
    print(f"register made in {perf_counter() - begun:.1f} s, {_size(folder)}")
    app = make_app(config, clock=fixed_clock(AT + timedelta(minutes=5)), local_name="pace")
    times = {}
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        for path in PAGES:
            address = path.format(case=case, document=document)
            taken = []
            for _ in range(rounds):
                at = process_time()
                answer = client.get(address, headers={"accept": "text/html"})
                taken.append((process_time() - at) * 1000)
            assert answer.status_code < 400, (address, answer.status_code)
            times[path] = median(taken)
    return times


def _size(folder: Path) -> str:
    files = (folder / "journal.db", folder / "journal.db.register")
    return ", ".join(f"{file.name} {file.stat().st_size / 1e6:.0f} MB" for file in files)


def main() -> int:
    """Build where there is nothing, measure, and say what misses the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=2_000, help="how many orders")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    if not asked.folder.exists():
        begun = perf_counter()
        build(asked.n, asked.folder)
        print(f"built {asked.n} orders in {perf_counter() - begun:.0f} s")
    times = measure(asked.folder, asked.rounds)
    for path, taken in times.items():
        print(f"{taken:8.1f} ms  {path}{'   MISSED' if taken > GOAL else ''}")
    return int(any(taken > GOAL for taken in times.values()))


if __name__ == "__main__":
    sys.exit(main())
