"""After a crash: a file that kills its reader is set apart at the second start, and nobody else's file with it.

Each crash is a real one, of a process of its own.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway import rehearsal
from gateway.instance import fixed_clock, open_instance
from gateway.journal import Journal
from gateway.pipeline import Desk
from gateway.rehearsal import Recovered, nothing, recover, rehearse
from gateway.transports.base import Arrival, Entry
from gateway.underway import Left, Underway

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)

# A gateway whose reader dies of a file that has KILLER in it.
PROGRAM = """
import os, resource, signal
from gateway import rehearsal, shores
from gateway.transports import FolderTransport
from gateway.transports.quarantine import Quarantine

rehearsal._MEMORY = 128 << 20
IS_LIMITED = lambda: resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY

def segfault():
    os.kill(os.getpid(), signal.SIGSEGV)

def hog():
    if not IS_LIMITED():
        os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does when there is no more
    hold = [bytes(1 << 20) for _ in range(1 << 20)]

def loop():
    while True:
        pass

def bad_luck():
    if not IS_LIMITED():
        os.kill(os.getpid(), signal.SIGKILL)

def deadly(work):
    def take(arrival, desk):
        if b"KILLER" in arrival.data:
            DIE()
        return work(arrival, desk)
    return take

def never(*_):
    os.kill(os.getpid(), signal.SIGKILL)

DIE = DYING
shores.take, shores.receive = deadly(shores.take), deadly(shores.receive)
AFTERWARDS

from gateway.cli import main
main()
"""


def start(house: "House", *command: str, dying: str = "bad_luck", afterwards: str = "") -> int:
    """Run a command of a gateway that may die; its exit code."""
    program = PROGRAM.replace("DYING", dying).replace("AFTERWARDS", afterwards)
    done = subprocess.run(
        [sys.executable, "-c", program, "-c", str(house.config), *command, "--at", "2026-11-20T21:02:00Z"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
    )
    return done.returncode


@pytest.fixture
def orders(house: "House") -> Path:
    """Three orders in the inbox, the one in the middle deadly; the masters have been taken before."""
    house.once()
    for number, name in enumerate(("FIRST", "KILLER", "LAST")):
        house.drop(f"{number}.edi", house.interchange(house.order(name), control=101 + number))
    return house.folder / "amazon" / "in"


def is_set_apart(house: "House", died: str) -> None:
    """The deadly file is in quarantine, in the journal and a case; the others are taken."""
    assert sorted(house.sales_orders) == [f"sales-order.amazon-us.{name}.json" for name in ("FIRST", "LAST")]
    assert len(house.answers) == 2
    assert house.waiting == []
    [name] = house.quarantine
    assert (house.quarantine[name]["code"], name) == ("file-poisonous", "1.edi")
    assert died in house.quarantine[name]["message"]
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("file-poisonous", "IT")
    bytes_of_it = (house.folder / "quarantine" / "1.edi").read_bytes()
    with house.journal() as journal:
        assert journal.bytes_of(journal.files_of(sha256(bytes_of_it).hexdigest())[0].id) == bytes_of_it
    assert {entry.body["name"] for entry in house.history("arrival-crashed")} == {"0.edi", "1.edi", "2.edi"}
    assert {note.read_bytes() for note in house.folder.glob("*.underway-*")} <= {b""}


@pytest.mark.parametrize(
    ("dying", "first", "died"),
    [
        ("segfault", signal.SIGSEGV, "ends the process that reads it (SIGSEGV)"),
        ("hog", signal.SIGKILL, "cannot be read with 128 MB of memory"),
    ],
)
def test_a_file_that_kills_its_reader_is_set_apart_at_the_second_start(
    house: "House", orders: Path, dying: str, first: signal.Signals, died: str
) -> None:
    assert start(house, "once", dying=dying) == -first
    assert sorted(path.name for path in orders.iterdir()) == ["0.edi", "1.edi", "2.edi"]
    assert start(house, "once", dying=dying) == 0
    is_set_apart(house, died)
    assert start(house, "once", dying=dying) == 0
    assert len(house.history("arrival-crashed")) == 3


def test_a_file_that_is_never_done_with_ends_the_daemon_and_is_set_apart_by_the_next(
    house: "House", orders: Path
) -> None:
    house.configure("health_port    = 9464", "health_port = 0")
    house.configure('parse_limit    = "60s"', 'parse_limit = "2s"')
    assert start(house, "run", dying="loop") == 70
    assert sorted(path.name for path in orders.iterdir()) == ["0.edi", "1.edi", "2.edi"]
    assert start(house, "once", dying="loop") == 0
    is_set_apart(house, "cannot be read within 2 seconds")


@pytest.mark.usefixtures("orders")
def test_a_kill_that_was_no_file_s_doing_sets_nothing_apart(house: "House") -> None:
    assert start(house, "once", dying="bad_luck") == -signal.SIGKILL
    assert start(house, "once", dying="lambda: None") == 0
    assert len(house.sales_orders) == len(house.answers) == 3
    assert (house.quarantine, house.cases, house.waiting) == ({}, [], [])


# What was taken, and only not removed


def test_a_file_that_was_taken_and_not_removed_is_removed_without_a_second_answer(house: "House", orders: Path) -> None:
    assert start(house, "once", dying="lambda: None", afterwards="FolderTransport.settle = never") == -signal.SIGKILL
    assert len(list(orders.iterdir())) == 3
    house.once()
    assert (house.waiting, len(house.answers), len(house.sales_orders)) == ([], 3, 3)
    assert [entry.body["outcome"] for entry in house.history("interchange-opened")] == ["taken"] * 3
    assert house.history("arrival-crashed") == []


def test_a_file_that_was_refused_and_not_removed_is_quarantined_with_its_reason(house: "House") -> None:
    house.drop("bad.edi", "junk")
    assert start(house, "once", afterwards="Quarantine.keep = never") == -signal.SIGKILL
    assert house.quarantine == {}
    house.once()
    assert house.waiting == []
    assert house.quarantine["bad.edi"]["code"] == "not-edi"
    assert [case["code"] for case in house.cases] == ["not-edi"]


@pytest.mark.usefixtures("orders")
def test_another_file_of_the_same_name_is_taken_for_itself(house: "House") -> None:
    assert start(house, "once", dying="lambda: None", afterwards="FolderTransport.settle = never") == -signal.SIGKILL
    house.drop("1.edi", house.interchange(house.order("ANOTHER"), control=109))
    house.once()
    assert "sales-order.amazon-us.ANOTHER.json" in house.sales_orders
    assert (len(house.answers), house.waiting) == (4, [])


# The rehearsal itself


@pytest.mark.parametrize(
    ("work", "died"),
    [
        (lambda: None, None),
        (lambda: 1 / 0, None),
        (lambda: sys.exit(5), None),
        (lambda: os.kill(os.getpid(), signal.SIGABRT), "ends the process that reads it (SIGABRT)"),
        (signal.pause, "cannot be read within 1 seconds"),
        (lambda: [None for _ in iter(int, 1)], "cannot be read within 1 seconds"),
    ],
    ids=["all is well", "an exception", "an exit", "a signal", "it sleeps for ever", "it works for ever"],
)
def test_a_child_tells_by_its_death(
    work: Callable[[], object], died: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "_MEMORY", 8 << 30)  # the endless list grows for a second
    assert rehearse(work, SECOND) == died


def in_hand(house: "House", *files: bytes) -> None:
    """Leave a note as a process does that dies while it reads."""
    arrivals = [
        Arrival(entry=Entry(name=b"po.edi", size=len(data), mtime_ns=number), data=data, channel="amazon", seen_at=AT)
        for number, data in enumerate(files or (b"some bytes",))
    ]
    with house.journal() as journal:
        head = journal.head()[0]
    Underway(house.folder / "journal.db", "amazon").note(arrivals, head)


def recovered(
    house: "House", work: Callable[[Left, Desk], object] = lambda *_: None, beat: Callable[[], object] = nothing
) -> Recovered:
    with open_instance(house.config, clock=fixed_clock(AT)) as instance:
        return recover(instance, "amazon", Underway(house.folder / "journal.db", "amazon"), work, beat)


def test_what_a_rehearsal_writes_stays_nowhere(house: "House") -> None:
    in_hand(house)
    assert recovered(house, lambda _, desk: desk.note("rehearsed", {}, "file:1")).poison == {}
    assert house.history("rehearsed") == []
    assert len(house.history("arrival-crashed")) == 1


def test_who_was_in_hand_at_very_many_crashes_is_not_believed_any_more(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "_CRASHES", 3)
    for _ in range(2):
        in_hand(house)
        assert recovered(house).poison == {}
    in_hand(house)
    [reason] = recovered(house).poison.values()
    assert (reason.code, reason.message) == ("file-poisonous", "po.edi was in hand when the gateway died, 3 times")


def test_a_crash_is_counted_once_however_often_the_start_after_it_is_killed(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    in_hand(house)
    for _ in range(5):
        with monkeypatch.context() as patch:
            patch.setattr(rehearsal, "rehearse", killed)
            with pytest.raises(KeyboardInterrupt):
                recovered(house)
    assert recovered(house).poison == {}
    assert len(house.history("arrival-crashed")) == 1
    assert recovered(house).poison == {}
    assert len(house.history("arrival-rehearsed")) == 1


def test_a_start_that_is_killed_goes_on_with_the_files_that_have_no_verdict_yet(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def rehearse_two(*_: object) -> str | None:
        asked.append(1)
        if len(asked) % 3 == 0:
            raise KeyboardInterrupt  # as a supervisor does that has lost its patience
        return "eats the machine" if len(asked) % 2 else None

    monkeypatch.setattr(rehearsal, "rehearse", rehearse_two)
    in_hand(house, b"1", b"2", b"3", b"4", b"5")
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            recovered(house)
    found = recovered(house).poison
    assert len(asked) == 7  # five verdicts, and the two that were cut off
    assert set(found) == {sha256(data).hexdigest() for data in (b"1", b"4", b"5")}
    assert len(house.history("arrival-rehearsed")) == 5
    assert Underway(house.folder / "journal.db", "amazon").left() == []


def test_who_waits_for_the_start_hears_of_every_file(house: "House") -> None:
    beats: list[int] = []
    in_hand(house, b"1", b"2", b"3")
    recovered(house, beat=lambda: beats.append(1))
    assert len(beats) == 3


def test_crashes_that_the_same_bytes_survived_are_forgotten_once_they_are_taken(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "_CRASHES", 3)
    for _ in range(4):  # a master that the ERP sends every day, unchanged
        for _ in range(2):
            in_hand(house)
            assert recovered(house).poison == {}
        with Journal.open(house.folder / "journal.db") as journal, journal.transaction(AT) as tx:
            tx.store_file(b"some bytes", direction="in", channel="amazon", name="po.edi")


def test_a_child_has_less_memory_than_the_service() -> None:
    unit = (ROOT / "deploy" / "gateway.service").read_text()
    [most] = re.findall(r"(?m)^MemoryMax=(\d+)G$", unit)
    assert int(most) << 30 >= 2 * rehearsal._MEMORY
