"""Rows about settlements: reading a report of a million lines, and the room that its journal entries take."""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import partial
from pathlib import Path
from random import Random

from bench.measure import Figure, Row, seconds_of
from gateway.documents import JournalEntry
from gateway.finance.adding import add_up
from gateway.finance.chart import read_chart
from gateway.finance.gates import hold
from gateway.finance.journal import Book, journal_entries
from gateway.finance.settlement import Settlement
from gateway.grammar.styles import Preference
from gateway.mapping.report_files import ReportFile
from gateway.mapping.reports import Reports
from gateway.resources import SHIPPED, default_chart

_HEADER = (
    *("settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency"),
    *("transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id", "marketplace-name"),
    *("amount-type", "amount-description", "amount", "fulfillment-id", "posted-date", "posted-date-time"),
    *("order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased"),
    "promotion-id",
)
_FEES = (("ItemFees", "Commission", 15), ("ItemFees", "FBAPerUnitFulfillmentFee", 4))
_PIECE = 1 << 18

# What the child of the memory row does: all but the ERP's file, in a process that has nothing else to do.
_CHILD = """
import json, sys
from bench.measure import most_memory
from bench.settlements import booked
settlement, entries = booked(sys.argv[1])
peak = most_memory()
print(json.dumps({"rows": settlement.rows, "lines": sum(len(entry.lines) for entry in entries), "peak": peak}))
"""


def write_report(path: Path, rows: int) -> None:
    """A settlement of about so many rows, of orders with three rows each, in thirty SKUs over two weeks."""
    chance = Random(20260601)  # noqa: S311 - prices, not secrets
    total, lines = 0, []
    body = path.with_suffix(".body")
    with body.open("w", encoding="utf-8") as out:
        for number in range(rows // 3):
            sku, price, second = f"SKU-{chance.randrange(30):03}", chance.randrange(999, 9999), number % 1_200_000
            at = (
                f"2026-06-{1 + second // 86400:02} {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02} UTC"
            )
            order = f"111-{number // 10**7:07}-{number % 10**7:07}"
            rest = f"AFN\t{at[:10]}\t{at}\t{10**9 + number}\t\t\t{sku}\t1\t"
            start = f"28471003921\t\t\t\t\t\tOrder\t{order}\t{order}\t\tS{number}\tAmazon.com"
            cents = [("ItemPrice", "Principal", price)]
            cents += [(kind, said, -(price * share // 100)) for kind, said, share in _FEES]
            for kind, said, amount in cents:
                total += amount
                lines.append(f"{start}\t{kind}\t{said}\t{_money(amount)}\t{rest}\n")
            if len(lines) > 10_000:
                out.writelines(lines)
                lines.clear()
        out.writelines(lines)
    head = "28471003921\t2026-06-01 00:00:00 UTC\t2026-06-15 00:00:00 UTC\t2026-06-17 00:00:00 UTC"
    with path.open("w", encoding="utf-8") as out, body.open(encoding="utf-8") as source:
        out.write("\t".join(_HEADER) + f"\n{head}\t{_money(total)}\tUSD" + "\t" * 18 + "\n")
        while piece := source.read(1 << 20):
            out.write(piece)
    body.unlink()


def opened(path: str | Path) -> ReportFile:
    """The report, to be read piece by piece."""

    def chunks() -> Iterator[bytes]:
        with Path(path).open("rb") as file:
            yield from iter(partial(file.read, _PIECE), b"")

    report = Reports(SHIPPED.read_text, ["settlement-v2"]).open(chunks, Preference())
    if not isinstance(report, ReportFile):
        raise AssertionError(report.message)
    return report


def booked(path: str | Path) -> tuple[Settlement, Sequence[JournalEntry]]:
    """The report added up, passed through the gates, and its journal entries."""
    names = [line.split(",")[4] for line in default_chart().text.splitlines() if line[:1] != "#"]
    names += ["bank", "suspense", "carry_forward", "clearing", "refund_clearing", "vat"]
    accounts = dict.fromkeys(names, "1")
    chart, _ = read_chart(default_chart().text, accounts)
    settlement = add_up(opened(path).rows, UTC)
    if chart is None or hold(settlement) is not None:
        raise AssertionError("the settlement of the benchmark does not go the good path")
    return settlement, journal_entries(settlement, Book("acme", chart, accounts))


def settlement_parsed(quick: bool) -> Figure:
    """A report to records with exact amounts and instants, against csv.reader giving rows of text."""

    def parse(path: Path) -> None:
        for _ in opened(path).rows():
            pass

    return _beside_csv(parse, 20_000 if quick else 1_000_000)


def settlement_booked(quick: bool) -> Figure:
    """A report to the journal entries that book it, against the same."""
    return _beside_csv(booked, 20_000 if quick else 300_000)


def _beside_csv(work: Callable[[Path], object], rows: int) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settlement.txt"
        write_report(path, rows)

        def floor() -> None:
            with path.open(encoding="utf-8", newline="") as file:
                for _ in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    pass

        low, own = seconds_of((floor, lambda: work(path)), rounds=3)
    return Figure(low / own, f"{rows} lines in {own:.2f} s, csv.reader {low:.2f} s")


def settlement_room(quick: bool) -> Figure:
    """The most memory that a process takes which adds a report up and makes its journal entries, in MiB."""
    rows = 20_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settlement.txt"
        write_report(path, rows)
        ran = subprocess.run(
            [sys.executable, "-c", _CHILD, str(path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
        )
    said = json.loads(ran.stdout)
    return Figure(said["peak"], f"{said['rows']} lines to {said['lines']} journal lines")


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


ROWS = (
    Row("settlement", "settlement, parsed, to csv.reader", settlement_parsed, 0.25, at_least=True),
    Row("settlement-booked", "settlement, to journal entries, to csv.reader", settlement_booked, 0.25, at_least=True),
    Row("settlement-room", "settlement, MiB of a process", settlement_room, 60),
)
