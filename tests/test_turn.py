"""A turn: what breaks costs itself alone, and what was mended is noticed."""

import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway import intake
from gateway.errors import JournalUnavailable, Refused, Unreachable
from gateway.instance import fixed_clock, locked, open_instance, system_clock
from gateway.pipeline import Desk, Receipt, receipts, shore
from gateway.pipeline import receive as receive_file
from gateway.shores import open_intakes, waiting_at
from gateway.transports import Arrival, FolderTransport, Later
from gateway.transports.as2_drop import As2Drop
from gateway.transports.base import Entry
from gateway.turn import Turn
from gateway.underway import Underway

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)


def test_a_fault_of_ours_costs_one_file(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    real = receive_file

    def receive(arrival: Arrival, desk: Any) -> Receipt:
        if arrival.label == "odd.edi":
            real(arrival, desk)  # whatever it did before it broke is taken back
            raise ZeroDivisionError("division by zero")
        return real(arrival, desk)

    monkeypatch.setattr(receipts, "receive", receive)
    house.drop("odd.edi", house.interchange(house.order("ODD"), control=102))
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    house.once()
    assert list(house.sales_orders) == ["sales-order.amazon-us.GOOD.json"]
    assert house.quarantine["odd.edi"]["code"] == "internal-error"
    assert "ZeroDivisionError: division by zero" in house.quarantine["odd.edi"]["message"]
    assert [case["code"] for case in house.cases] == ["internal-error"]
    assert house.waiting == []
    assert house.history("event:order-received")[0].body["purchase_order"] == "GOOD"


@pytest.mark.requirement("17")
def test_a_channel_that_fails_is_a_case_until_it_works_again(house: "House") -> None:
    inbox, away = house.folder / "amazon" / "in", house.folder / "away"
    inbox.rename(away)
    house.items("ACME-9,amazon-us,NEW-1,VN,,,,active,,no,no,", name="items.delta.csv")
    told = house.once()
    assert "channel amazon: cannot look into" in told.stderr
    assert told.stderr.count("gateway: channel amazon") == 1
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("channel-failed", "IT")
    house.once()
    assert [each["id"] for each in house.cases] == [case["id"]]
    away.rename(inbox)
    house.once()
    assert house.json("cases", "show", case["id"])["reason"] == "the channel works again"
    assert house.once("2026-11-20T21:03:00Z", "--fail-on-problems").exit_code == 0


def test_open_cases_can_decide_the_exit_code(house: "House") -> None:
    house.drop("bad.edi", "junk")
    house.once("2026-11-20T21:03:00Z", "--fail-on-problems", code=1)


def test_what_came_before_a_channel_failed_is_taken(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    real = FolderTransport.fetch

    def fetch(self: FolderTransport, entry: Entry, seen_at: datetime) -> Any:
        if entry.name == b"z.edi":
            raise Unreachable("the disk does not answer")
        return real(self, entry, seen_at)

    monkeypatch.setattr(FolderTransport, "fetch", fetch)
    house.drop("a.edi", house.interchange(house.order("A1")))
    house.drop("z.edi", house.interchange(house.order("A2"), control=102))
    house.once()
    assert list(house.sales_orders) == ["sales-order.amazon-us.A1.json"]
    assert house.waiting == ["z.edi"]
    assert [case["code"] for case in house.cases] == ["channel-failed"]


@pytest.mark.parametrize(("files", "size"), [(2, 8_000_000), (50, 2_000)])
def test_many_files_are_taken_in_groups(house: "House", monkeypatch: pytest.MonkeyPatch, files: int, size: int) -> None:
    monkeypatch.setattr(intake, "_TOGETHER", files)
    monkeypatch.setattr(intake, "_TOGETHER_BYTES", size)
    for number in range(7):
        house.drop(f"{number}.edi", house.interchange(house.order(f"A{number}"), control=101 + number))
    house.once()
    assert len(house.sales_orders) == 7
    assert len(house.answers) == 7


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_turn(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderTransport.fetch

    def fetch(self: FolderTransport, entry: Entry, seen_at: datetime) -> Any:
        if entry.name == b"growing.edi":
            return Later(entry=entry, message="it changed while it was read")
        return real(self, entry, seen_at)

    house.drop("growing.edi", house.interchange(house.order("A1")))
    with monkeypatch.context() as patch:
        patch.setattr(FolderTransport, "fetch", fetch)
        house.once()
    assert house.waiting == ["growing.edi"]
    house.once()
    assert house.waiting == []


@pytest.mark.parametrize("folder", ["amazon/in", "erp/in"])
def test_what_cannot_be_set_aside_is_told_once_and_tried_again_next_time(house: "House", folder: str) -> None:
    house.once()
    os.mkfifo(house.folder / folder / "odd.json")
    quarantine = house.folder / "quarantine"
    quarantine.rename(house.folder / "away")
    told = house.once()
    assert "cannot write into" in told.stderr
    assert house.waiting == ["odd.json"]
    assert sorted(case["code"] for case in house.cases) == ["channel-failed", "file-unreadable"]
    (house.folder / "away").rename(quarantine)
    house.once()
    assert house.waiting == []
    assert house.quarantine["odd.json"]["code"] == "file-unreadable"
    assert [case["code"] for case in house.cases] == ["file-unreadable"]


def test_a_second_turn_at_the_same_time_is_turned_away(house: "House") -> None:
    with open_instance(house.config) as instance, locked(instance):
        busy = house.once(code=75)
    assert "another gateway works on" in busy.stderr
    house.once()


def test_two_processes_at_once_take_every_file_once(house: "House") -> None:
    for number in range(5):
        house.drop(f"{number}.edi", house.interchange(house.order(f"A{number}"), control=101 + number))
    program = "from gateway.cli import main; main()"
    command = [sys.executable, "-c", program, "-c", str(house.config), "once", "--at", "2026-11-20T21:02:00Z"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE) for _ in "ab"]
    codes = []
    for process in both:
        process.communicate()
        codes.append(process.returncode)
    assert 0 in codes
    assert set(codes) <= {0, 75}
    assert len(house.history("event:order-received")) == 5
    assert len(house.answers) == 5


def test_a_lock_that_cannot_be_made_says_so(house: "House") -> None:
    (house.folder / "journal.db.lock").mkdir()
    assert "journal.db.lock cannot be made" in house.once(code=73).stderr


def _write_for_a_while(journal: str, began: Any) -> None:
    from datetime import UTC, datetime

    from gateway.journal import Journal

    with Journal.open(journal) as opened, opened.transaction(datetime.now(UTC)) as tx:
        for number in range(100):
            tx.append("note", {"number": number, "text": "x" * 10_000})
        began.set()
        time.sleep(1)


def test_listings_work_while_the_journal_is_being_written(house: "House") -> None:
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    house.once()
    context = multiprocessing.get_context("spawn")
    began = context.Event()
    writer = context.Process(target=_write_for_a_while, args=(str(house.folder / "journal.db"), began))
    writer.start()
    assert began.wait(30)
    for listing in ("orders", "documents", "cases", "partners"):
        house.json(listing, "list")
    assert writer.is_alive()
    house.json("orders", "show", "GOOD")
    writer.join()
    assert writer.exitcode == 0


@pytest.mark.requirement("V1")
def test_what_a_message_cannot_say_blocks_it_and_draws_no_number(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    from gateway.mapping.writing import Unsaid
    from gateway.pipeline import dispatching

    lost = (Unsaid("group", "PO", "the message has no place for it"),)
    with monkeypatch.context() as patch:
        patch.setattr(dispatching, "unsaid_fields", lambda *_: lost)
        house.drop("good.edi", house.interchange(house.order("GOOD")))
        house.once()
    assert house.answers == []
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("cannot-be-said", "IT")
    assert "group = 'PO': the message has no place for it" in case["message"]
    [blocked] = house.json("documents", "list", "--type", "997")
    assert (blocked["validation"], blocked["delivery"], blocked["control_number"]) == ("blocked", "none", None)
    assert house.history("number-drawn") == []
    assert "is blocked" in house.run("explain", blocked["id"]).stdout


def test_clocks_stand_still_or_run() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    assert fixed_clock(at)() == at
    assert system_clock().tzinfo is UTC


def test_a_partner_that_wants_no_answers_gets_none(make_house: Callable[..., "House"]) -> None:
    house = make_house()
    guide = house.folder / "mappings" / "guides" / "amazon-us"
    guide.mkdir(parents=True)
    for file in (ROOT / "mappings" / "guides" / "amazon-us").iterdir():
        (guide / file.name).write_text(file.read_text().replace('997 = "always"', '997 = "never"'))
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    house.drop("again.edi", house.interchange(house.order("GOOD")))
    house.once()
    assert list(house.sales_orders) == ["sales-order.amazon-us.GOOD.json"]
    assert house.answers == []


def test_masters_that_were_taken_back_are_not_remembered(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    house.once()
    real = shore.take

    def take(collected: Any, desk: Desk) -> Receipt:
        receipt = real(collected, desk)
        desk.catalogue.items(desk.tx)  # built from the rows of this transaction
        if fails:
            raise JournalUnavailable("the disk is full")
        return receipt

    fails = [True]
    monkeypatch.setattr(shore, "take", take)
    with open_instance(house.config, clock=fixed_clock(AT)) as instance:
        turn = Turn(instance, open_intakes(instance))
        house.items("WRONG,amazon-us,NEW-1,VN,,,,active,,no,no,", name="items.delta.csv")
        with pytest.raises(JournalUnavailable):
            turn.take("erp")
        fails.clear()
        house.items("RIGHT,amazon-us,NEW-1,VN,,,,active,,no,no,", name="items.delta.csv")
        assert turn.take("erp")
        _, items = instance.catalogue.items(instance.journal)
    skus = {item.sku for item in items.rows}
    assert "RIGHT" in skus
    assert "WRONG" not in skus


def test_a_removal_that_failed_is_tried_again_and_nothing_else(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    real, is_stuck = FolderTransport.settle, [True]

    def settle(self: FolderTransport, entry: Entry) -> bool:
        if is_stuck and self.channel == "amazon":
            raise Refused("cannot remove it")
        return real(self, entry)

    monkeypatch.setattr(FolderTransport, "settle", settle)
    house.drop("bad.edi", "junk")
    with open_instance(house.config, clock=fixed_clock(AT)) as instance:
        turn = Turn(instance, open_intakes(instance))
        assert turn.take("amazon")
        assert not turn.take("amazon")
        assert turn.tally.files == turn.tally.quarantined == 1
        assert turn.tally.channels_failed == {"amazon"}
        is_stuck.clear()
        assert not turn.take("amazon")
    assert "bad.edi" not in house.waiting
    assert list(house.quarantine) == ["bad.edi"]
    assert len(house.history("file-received")) == 1


def test_a_file_that_stays_does_not_hide_what_waits(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    def settle(*_: object) -> bool:
        raise Refused("cannot remove it")

    house.once()
    house.config.write_text(re.sub(r"(?m)^backlog_warn *= *\d+", "backlog_warn = 2", house.config.read_text()))
    for number in range(3):
        house.drop(f"{number}.edi", house.interchange(house.order(f"A{number}"), control=101 + number))
    monkeypatch.setattr(FolderTransport, "settle", settle)
    house.once()
    assert {case["code"] for case in house.cases} == {"channel-failed", "backlog"}


def test_of_an_as2_server_only_what_came_counts(tmp_path: Path) -> None:
    drop = As2Drop("amazon", tmp_path, tmp_path / "out", tmp_path / "mdn", ours="US", theirs="THEM")
    for folder in ("out", "mdn/2026-11-20", "US-THEM/sent", "THEM-US/inbox"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "THEM-US" / "inbox" / "850.edi-1@them").write_bytes(b"ISA")
    (tmp_path / "mdn" / "2026-11-20" / "997.edi-2@us").write_bytes(b"MDN")
    (tmp_path / "US-THEM" / "sent" / "997.edi-2@us").write_bytes(b"ISA")
    assert len(drop.list()) == 3
    assert [entry.name for entry in waiting_at(drop)] == [b"850.edi-1@them"]


def test_a_commit_that_takes_long_is_ended_and_the_rest_has_one_of_its_own(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    house.once()
    monkeypatch.setattr(intake, "_AT_MOST", 0.0)
    commits: list[int] = []
    real = Underway.conclude

    def conclude(self: Underway, reasons: Any) -> None:
        commits.append(len(reasons))
        real(self, reasons)

    monkeypatch.setattr(Underway, "conclude", conclude)
    for number in range(3):
        house.drop(f"{number}.edi", house.interchange(house.order(f"A{number}"), control=101 + number))
    house.once()
    assert commits == [1, 1, 1]
    assert len(house.sales_orders) == len(house.answers) == 3
    assert house.waiting == []
