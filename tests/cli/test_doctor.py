"""What `gateway doctor` finds, and what `gateway status` shows of it: each problem with what to do about it."""

import json
import os
import shutil
from collections import namedtuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.instance import locked, open_instance
from gateway.journal import Journal

if TYPE_CHECKING:
    from tests.conftest import House

AT = "2026-11-20T21:30:00Z"
NOW = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)


def problems(house: "House", at: str = AT) -> dict[str, str]:
    """What doctor says is wrong; its exit code says whether there is anything."""
    told = CliRunner().invoke(main, ["-c", str(house.config), "doctor", "--at", at, "--json"])
    found = {look["what"]: look["problem"] for look in json.loads(told.stdout) if not look["ok"]}
    assert told.exit_code == bool(found)
    return found


def test_a_new_instance_has_no_problem(house: "House") -> None:
    assert problems(house) == {}


def test_a_clock_that_is_behind_the_journal_is_a_problem(house: "House") -> None:
    house.once("2026-11-25T08:00:00Z")
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    house.once("2026-11-25T08:00:00Z")
    told = problems(house)
    assert set(told) == {"journal's clock"}
    assert "2026-11-25T08:00Z, which has not come yet" in told["journal's clock"]
    assert problems(house, "2026-11-25T07:58:00Z") == {}


def test_a_clock_before_this_code_was_written_is_a_problem(house: "House") -> None:
    assert "set it" in problems(house, "1970-01-01T00:05:00Z")["clock"]


def test_a_disk_below_its_mark_is_a_problem(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024, as shutil has it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 5_000_000))
    assert "only 5 MB are free" in problems(house)["disk"]


def test_a_folder_that_cannot_be_looked_at_is_a_problem(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(shutil, "disk_usage", broken)
    assert "Input/output error" in problems(house)["disk"]


def test_who_works_on_the_instance_is_named(house: "House") -> None:
    assert "nobody has ever" in house.run("doctor", "--at", AT).stdout
    with open_instance(house.config) as instance, locked(instance):
        assert f"process {os.getpid()} takes files in and sends" in house.run("doctor", "--at", AT).stdout
    assert "nobody takes files in" in house.run("doctor", "--at", AT).stdout


def test_a_partner_who_was_probably_written_wrong_is_named(house: "House") -> None:
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    house.once()
    assert problems(house) == {}  # amazon-eu has never come, and no stranger either
    house.drop("other.edi", house.interchange(house.order("GOOD"), control=102, party="ZZ*AMAZON-EUROPE "))
    house.once()
    told = problems(house)
    assert set(told) == {"partners"}
    assert "no file was ever from amazon-eu, and 1 came that nobody is known for" in told["partners"]


def test_a_journal_that_was_restored_and_not_confirmed_is_a_problem_and_leads_the_status(house: "House") -> None:
    assert house.json("status", "--at", AT)["paused"] is None
    with Journal.open(house.folder / "journal.db") as journal, journal.transaction(NOW) as tx:
        tx.pause("ops", "the disk was lost")
    told = problems(house)
    assert set(told) == {"pause"}
    assert "`gateway journal confirm-restore`" in told["pause"]
    assert house.json("status", "--at", AT)["paused"] == {
        "since": "2026-11-20T21:02:00Z",
        "who": "ops",
        "reason": "the disk was lost",
    }
    lines = house.run("status", "--at", AT).stdout.splitlines()
    assert lines[1].startswith("nothing leaves since 2026-11-20T21:02:00Z: the disk was lost")


def test_what_is_in_doubt_is_a_problem(house: "House") -> None:
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    outbox = house.folder / "amazon" / "out"
    outbox.rename(house.folder / "away")
    house.once()
    (house.folder / "away").rename(outbox)
    with Journal.open(house.folder / "journal.db") as journal, journal.transaction(NOW) as tx:
        [waiting] = journal.waiting(datetime(9999, 1, 1, tzinfo=UTC), "amazon")
        tx.mark_staged(waiting.id)
        tx.mark_in_doubt(waiting.id, "cut", datetime(9999, 1, 1, tzinfo=UTC))
    assert "1 dispatches are in doubt" in problems(house)["outbox"]


def test_what_is_degraded_is_in_the_status(house: "House") -> None:
    assert house.json("status", "--at", AT)["degraded"] == []
    (house.folder / "amazon" / "in").rename(house.folder / "away")
    house.once()
    [degraded] = house.json("status", "--at", AT)["degraded"]
    assert degraded["code"] == "channel-failed"
    assert f"degraded: {degraded['message']} (case {degraded['case']})" in house.run("status", "--at", AT).stdout
