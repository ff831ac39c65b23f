"""The daemon's jobs beside each other, in this process: here a far end can be made to hang and a disk to be full."""

import io
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway import logs
from gateway.daemon import Daemon, parts
from gateway.errors import JournalError, Refused
from gateway.instance import fixed_clock
from gateway.transports import FolderTransport
from gateway.turn import Turn
from tests.daemon.process import ROOT, until
from tests.finance.settlement_text import other, report, sale

if TYPE_CHECKING:
    from gateway.transports.base import Entry
    from tests.conftest import House

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
SOON = 10.0  # seconds


@pytest.fixture(autouse=True)
def quiet() -> None:
    """What commands of the same process print is not mixed with what the jobs log."""
    logs.set_up(io.StringIO())


class InAThread:
    """A daemon in a thread of this process; `error` is what it ended with."""

    def __init__(self, house: "House") -> None:
        self.daemon = Daemon(house.config, clock=fixed_clock(AT))
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.daemon.run()
        except BaseException as error:
            self.error = error


@contextmanager
def working(house: "House") -> Iterator[Daemon]:
    """A daemon that works for the length of the block, and has ended well after it."""
    it = InAThread(house)
    try:
        yield it.daemon
    finally:
        it.daemon.stop()
        it.thread.join(60)
    assert not it.thread.is_alive()
    assert it.error is None


@pytest.mark.requirement("X1")
def test_orders_are_taken_as_they_come_by_nobody_s_doing(house: "House") -> None:
    with working(house):
        for number in (1, 2):
            house.drop(f"{number}.edi", house.interchange(house.order(f"A{number}"), control=100 + number))
            until(lambda number=number: len(house.answers) == len(house.sales_orders) == number, within=SOON)


@pytest.mark.requirement("X1")
def test_a_partner_who_hangs_holds_up_nobody_else(
    house: "House", second_channel: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, hangs, let_go = FolderTransport.list, threading.Event(), threading.Event()

    def hanging(self: FolderTransport) -> Any:
        if self.channel == "eu":
            hangs.set()
            assert let_go.wait(60)
        return real(self)

    inbox = second_channel()
    (inbox / "po.edi").write_bytes((ROOT / "samples" / "demo" / "ORDERS_pieces.edi").read_bytes())
    monkeypatch.setattr(FolderTransport, "list", hanging)
    with working(house) as daemon:
        try:
            assert hangs.wait(SOON)
            house.drop("po.edi", house.interchange(house.order("GOOD")))
            until(lambda: house.answers and house.sales_orders, within=SOON)
            until(lambda: daemon.vitals.counts.get(("runs_skipped", "take eu")))
        finally:
            let_go.set()
        until(lambda: list((house.folder / "eu" / "out").glob("*.edi")))


def test_a_disk_that_is_nearly_full_takes_nothing_until_there_is_room(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    real, free = shutil.disk_usage, [1_000_000]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=free[0]))
    monkeypatch.setattr(parts, "_ALERTS_EVERY", 1.0)
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    with working(house) as daemon:
        [case] = until(lambda: house.cases)
        assert (case["code"], case["owner"]) == ("disk-low", "IT")
        assert "only 1 MB are free" in case["message"]
        until(lambda: set(daemon.vitals.troubles) == {"take erp", "take amazon"})
        assert "po.edi" in house.waiting
        assert house.history("file-received") == []
        free[0] = 10**10
        until(lambda: house.answers and not house.waiting)
        until(lambda: not house.cases)
        assert daemon.vitals.troubles == {}


def test_a_file_that_cannot_be_removed_is_taken_once_and_its_case_stays_open(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = FolderTransport.settle, []

    def settle(self: FolderTransport, entry: "Entry") -> bool:
        if entry.name == b"po.edi" and is_stuck:
            tries.append(entry)
            raise Refused("cannot remove po.edi")
        return real(self, entry)

    is_stuck = [True]
    monkeypatch.setattr(FolderTransport, "settle", settle)
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    with working(house) as daemon:
        until(lambda: len(tries) >= 3)
        assert [case["code"] for case in house.cases] == ["channel-failed"]
        assert daemon.vitals.counts["files_taken", "amazon"] == 1
        daemon.reload()
        before = len(tries)
        until(lambda: len(tries) >= before + 3)
        house.drop("other.edi", house.interchange(house.order("OTHER"), control=102))
        until(lambda: len(house.answers) == 2)
        is_stuck.clear()
        until(lambda: not house.cases and not house.waiting)
    assert [entry.body["outcome"] for entry in house.history("interchange-opened")] == ["taken", "taken"]


def test_what_cannot_be_gone_on_from_ends_it(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    def take(*_: object) -> bool:
        raise JournalError("fsync failed")

    monkeypatch.setattr(Turn, "take", take)
    it = InAThread(house)
    it.thread.join(60)
    assert isinstance(it.error, JournalError)


def test_a_fault_of_the_main_thread_leaves_no_job_behind(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Daemon, "_end_where_a_file_takes_too_long", broken)
    it = InAThread(house)
    it.thread.join(60)
    assert isinstance(it.error, ZeroDivisionError)
    assert {thread.name for thread in threading.enumerate() if thread.name.startswith("APScheduler")} == set()
    house.once()  # the lock is free


def test_what_the_jobs_did_is_counted(house: "House") -> None:
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    house.drop("bad.edi", "junk")
    with working(house) as daemon:
        until(lambda: house.answers and house.sales_orders and not house.waiting)
        until(lambda: daemon.vitals.counts.get(("files_delivered", "erp")))
        counts = daemon.vitals.counts
    assert (counts["files_taken", "amazon"], counts["files_quarantined", "amazon"]) == (2, 1)
    assert counts["files_delivered", "erp"] == 1


def test_a_chart_that_finance_completes_while_it_runs_is_read_again(house: "House") -> None:
    def entries() -> set[str]:
        return {path.name for path in (house.folder / "erp" / "out").glob("journal-entry.*")}

    house.drop("settlement.txt", report([*sale(), other("-17.45", "Peak surcharge 2")], settlement="55"))
    with working(house):
        until(lambda: "journal-entry.55.json" in entries())
        with (house.folder / "chart.csv").open("a", encoding="utf-8") as chart:
            chart.write("other-transaction,other-transaction,Peak surcharge 2,*,storage_fees,\n")
        until(lambda: "journal-entry.55.reclass-1.json" in entries())


def test_connections_are_closed_at_the_end(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    monkeypatch.setattr(FolderTransport, "close", lambda self: closed.append(self.channel), raising=False)
    with working(house) as daemon:
        daemon.reload()
        until(lambda: closed == ["amazon"])
    assert closed == ["amazon", "amazon"]
