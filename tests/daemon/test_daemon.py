"""`gateway run` as a process: what it takes and sends by itself, and what the signals do."""

import signal
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.daemon.process import ROOT, Running, free_port, until

if TYPE_CHECKING:
    from tests.conftest import House

EU_ORDER = ROOT / "samples" / "demo" / "ORDERS_pieces.edi"


def test_an_order_becomes_a_sales_order_and_is_answered_by_itself(house: "House", run: Callable[..., Running]) -> None:
    daemon = run()
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    until(lambda: house.sales_orders and house.answers and not house.waiting)
    assert list(house.sales_orders) == ["sales-order.amazon-us.GOOD.json"]
    assert house.answers == ["AK1*PO*101 AK2*850*0001 AK5*A AK9*A*1*1*1"]
    assert daemon.stops() == 0


def test_what_comes_while_it_works_is_taken_one_after_the_other(house: "House", run: Callable[..., Running]) -> None:
    daemon = run()
    for number in range(3):
        house.drop(f"{number}.edi", house.interchange(house.order(f"A{number}"), control=101 + number))
        until(lambda number=number: len(house.answers) == number + 1)
    until(lambda: len(house.sales_orders) == 3)
    assert daemon.stops() == 0


def test_it_ends_well_when_it_is_told_to(run: Callable[..., Running]) -> None:
    daemon = run()
    assert daemon.stops() == 0
    assert [line["event"] for line in daemon.log][-1] == "daemon.drained"
    assert "Traceback" not in daemon.stderr


def test_an_interrupt_at_the_keyboard_ends_it_as_well(run: Callable[..., Running]) -> None:
    daemon = run()
    daemon.tell(signal.SIGINT)
    assert daemon.ends() == 0


def test_a_second_one_is_turned_away_and_so_is_a_turn(house: "House", run: Callable[..., Running]) -> None:
    daemon = run()
    second = run(ready=False)
    assert second.ends() == 75
    assert "another gateway works on" in second.stderr
    assert "another gateway works on" in house.once(code=75).stderr
    assert daemon.stops() == 0
    house.once()


def test_verbs_and_listings_work_beside_it(house: "House", run: Callable[..., Running]) -> None:
    daemon = run()
    house.drop("bad.edi", "junk")
    [case] = until(lambda: house.cases)
    house.run("cases", "resolve", case["id"], "--reason", "it was a test")
    assert house.cases == []
    assert daemon.stops() == 0


def test_a_killed_one_leaves_nothing_that_the_next_does_not_finish(house: "House", run: Callable[..., Running]) -> None:
    first = run()
    for number in range(20):
        house.drop(f"{number}.edi", house.interchange(house.order(f"A{number}"), control=101 + number))
    until(lambda: first.has_said("arrival.read"))
    first.tell(signal.SIGKILL)
    assert first.ends() == -signal.SIGKILL
    second = run()
    until(lambda: len(house.sales_orders) == 20 and len(house.answers) == 20 and not house.waiting)
    assert house.quarantine == {}
    assert second.stops() == 0
    assert len(house.answers) == 20


# The configuration, read again


def test_a_new_channel_is_taken_up_without_stopping(
    house: "House", run: Callable[..., Running], second_channel: Callable[[], Path]
) -> None:
    daemon = run()
    inbox = second_channel()
    (inbox / "po.edi").write_bytes(EU_ORDER.read_bytes())
    daemon.tell(signal.SIGHUP)
    until(lambda: list((house.folder / "eu" / "out").glob("*.edi")))
    assert len(daemon.has_said("daemon.ready")) == 2
    assert daemon.process.poll() is None
    assert daemon.stops() == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('guide  = "amazon-us"', 'guide = "nowhere"', "nowhere"),
        ('kind = "files"', 'kind = "sap"', "kind"),
        ('journal    = "journal.db"', 'journal = "other.db"', "paths: cannot be changed while it runs"),
    ],
)
def test_a_wrong_configuration_is_refused_and_the_old_one_goes_on(
    house: "House", run: Callable[..., Running], old: str, new: str, said: str
) -> None:
    daemon = run()
    house.configure(old, new)
    daemon.tell(signal.SIGHUP)
    [refused] = until(lambda: daemon.has_said("daemon.config-refused"))
    assert any(said in problem for problem in refused["problems"])
    house.configure(new, old)
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    until(lambda: house.answers)
    assert daemon.stops() == 0


def _away(config: Path) -> None:
    config.rename(config.with_name("config.toml~"))


def _unreadable(config: Path) -> None:
    config.write_bytes(b"\xff\xfe")


def _folder(config: Path) -> None:
    config.unlink()
    config.mkdir()


@pytest.mark.parametrize("spoil", [_away, _unreadable, _folder])
def test_a_configuration_that_cannot_be_read_is_refused_and_the_old_one_goes_on(
    house: "House", run: Callable[..., Running], spoil: Callable[[Path], None]
) -> None:
    """An editor that saves a file is away for a moment: with exit code 78 nobody would start the daemon again."""
    daemon = run()
    text = house.config.read_bytes()
    spoil(house.config)
    daemon.tell(signal.SIGHUP)
    until(lambda: daemon.has_said("daemon.config-refused"))
    if house.config.is_dir():
        house.config.rmdir()
    house.config.write_bytes(text)
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    until(lambda: house.answers)
    daemon.tell(signal.SIGHUP)
    until(lambda: daemon.has_said("daemon.reloaded"))
    assert daemon.stops() == 0


NO_SECOND_TIME = """
import gateway.instance, gateway.daemon.daemon as daemon
from gateway.errors import ConfigError, Refused
def fail(what):
    def failing(*given, **how):
        raise what("not this time")
    return failing
real = daemon.Daemon._read_again
def read_again(self, old):
    {where} = fail({what})
    return real(self, old)
daemon.Daemon._read_again = read_again
"""


def test_a_channel_that_cannot_be_opened_anew_leaves_the_old_ones_at_work(
    house: "House", run: Callable[..., Running]
) -> None:
    daemon = run(before=NO_SECOND_TIME.format(where="gateway.instance.open_channels", what="ConfigError"))
    daemon.tell(signal.SIGHUP)
    [refused] = until(lambda: daemon.has_said("daemon.config-refused"))
    assert refused["problems"] == ["not this time"]
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    until(lambda: house.answers)
    assert daemon.stops() == 0


@pytest.mark.parametrize("what", ["ConfigError", "Refused"])
def test_what_fails_after_the_old_one_has_ended_ends_it_so_that_it_is_started_again(
    run: Callable[..., Running], what: str
) -> None:
    daemon = run(before=NO_SECOND_TIME.format(where="daemon.open_intakes", what=what))
    daemon.tell(signal.SIGHUP)
    assert daemon.ends() == 70
    assert "not this time" in daemon.stderr


FAULTY = """
import os
from gateway.turn import Turn
real = Turn.go_on
def go_on(self):
    if os.path.exists({flag!r}):
        raise ValueError("an odd order")
    return real(self)
Turn.go_on = go_on
"""


def test_a_job_that_fails_by_a_fault_again_and_again_is_a_case_until_it_works(
    house: "House", run: Callable[..., Running], tmp_path: Path
) -> None:
    flag = tmp_path / "faulty"
    flag.touch()
    daemon = run(before=FAULTY.format(flag=str(flag)))
    [case] = until(lambda: house.cases)
    assert (case["code"], case["owner"]) == ("job-failed", "IT")
    assert "the job due of the daemon cannot do its work: ValueError: an odd order" in case["message"]
    assert len(daemon.has_said("job.failed", times=3)) == 3
    flag.unlink()
    until(lambda: not house.cases)
    assert daemon.stops() == 0


def test_a_port_that_is_taken_is_refused_when_it_is_read_again(house: "House", run: Callable[..., Running]) -> None:
    daemon = run()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        house.configure("health_port = 0", f"health_port = {other.getsockname()[1]}")
        daemon.tell(signal.SIGHUP)
        [refused] = until(lambda: daemon.has_said("daemon.config-refused"))
    assert "cannot be had" in refused["problems"][0]
    assert daemon.stops() == 0


def test_a_port_that_is_taken_keeps_it_from_starting(house: "House", run: Callable[..., Running]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        house.configure("health_port = 0", f"health_port = {other.getsockname()[1]}")
        daemon = run(ready=False)
        assert daemon.ends() == 75
    assert "name another" in daemon.stderr


# What does not settle, and what breaks


def test_a_file_that_is_still_written_is_left_until_it_is_whole(house: "House", run: Callable[..., Running]) -> None:
    daemon = run()
    text = house.interchange(house.order("GOOD"))
    file = house.folder / "amazon" / "in" / "po.edi"
    with file.open("w") as writer:
        writer.write(text[:300])
        writer.flush()
        house.drop("other.edi", house.interchange(house.order("OTHER"), control=102))
        until(lambda: house.answers)
        time.sleep(3)  # three looks at it
        assert house.waiting == ["po.edi"]
        assert house.quarantine == {}
        writer.write(text[300:])
    until(lambda: len(house.answers) == 2 and not house.waiting)
    assert daemon.stops() == 0


def test_a_channel_whose_folder_is_gone_is_a_case_and_costs_nobody_else_anything(
    house: "House", run: Callable[..., Running], second_channel: Callable[[], Path]
) -> None:
    inbox = second_channel()
    daemon = run()
    inbox.rename(inbox.with_name("away"))
    [case] = until(lambda: house.cases)
    assert (case["code"], "channel eu" in case["message"]) == ("channel-failed", True)
    assert {line["job"] for line in until(lambda: daemon.has_said("job.degraded"))} == {"take eu"}
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    until(lambda: house.answers)
    inbox.with_name("away").rename(inbox)
    until(lambda: not house.cases)
    assert daemon.stops() == 0


def test_a_journal_that_is_gone_ends_it_with_a_fault(house: "House", run: Callable[..., Running]) -> None:
    daemon = run()
    away = house.folder / "journal.db"
    away.rename(house.folder / "away.db")
    assert daemon.ends() == 70
    assert "there is no journal here" in daemon.stderr
    (house.folder / "away.db").rename(away)


HANGING = """
import time
from gateway.transports import FolderTransport
real = FolderTransport.list
FolderTransport.list = lambda self: time.sleep(3600) if self.channel == "eu" else real(self)
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGHUP, 70)])
def test_a_partner_who_hangs_keeps_nobody_from_ending_it_and_a_reload_is_a_new_start(
    house: "House", run: Callable[..., Running], second_channel: Callable[[], Path], number: signal.Signals, code: int
) -> None:
    second_channel()
    house.configure('drain_within   = "30s"', 'drain_within = "1s"')
    daemon = run(before=HANGING)
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    until(lambda: house.answers)
    daemon.tell(number)
    assert daemon.ends() == code
    assert daemon.has_said("daemon.not-drained")


# Time


def test_a_fixed_time_is_the_time_of_everything_it_writes(house: "House", run: Callable[..., Running]) -> None:
    daemon = run(at="2026-11-20T21:30:00Z")
    house.drop("po.edi", house.interchange(house.order("GOOD")))
    until(lambda: house.answers)
    assert daemon.stops() == 0
    assert {entry.at.isoformat() for entry in house.history("event:")} == {"2026-11-20T21:30:00+00:00"}


def test_a_fixed_time_is_refused_where_a_server_of_a_partner_is_asked(
    house: "House", run: Callable[..., Running]
) -> None:
    for name in ("key", "hosts"):
        (house.folder / name).write_text("")
        (house.folder / name).chmod(0o600)
    server = 'kind = "sftp"\nhost = "127.0.0.1"\nhost_keys = "hosts"\n'
    accounts = "".join(f'{way}_user = "a"\n{way}_key_file = "key"\n{way} = "/{way}"\n' for way in ("in", "out"))
    text = house.config.read_text()
    start, end = text.index("[channels.amazon]"), text.index("\n[erp]\n") + 1
    channel = f'[channels.amazon]\npartners = ["amazon-us", "amazon-eu"]\n{server}{accounts}\n'
    house.config.write_text(text[:start] + channel + text[end:])
    daemon = run(ready=False)
    assert daemon.ends() == 78
    assert "--at is for tests" in daemon.stderr


# Who watches over it


def test_it_tells_its_supervisor_that_it_is_ready_alive_and_stopping(
    run: Callable[..., Running], tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(20)
        daemon = run(
            environment={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"},
            ready=False,
        )
        told = ""
        while "WATCHDOG=1" not in told:
            told += notified.recv(4096).decode() + "\n"
        assert told.index("READY=1") < told.index("WATCHDOG=1")
        daemon.tell(signal.SIGHUP)
        while told.count("READY=1") < 2:
            told += notified.recv(4096).decode() + "\n"
        assert "RELOADING=1\nMONOTONIC_USEC=" in told
        assert daemon.stops() == 0
        while "STOPPING=1" not in told:
            told += notified.recv(4096).decode() + "\n"
    assert told.index("RELOADING=1") < told.index("STOPPING=1")


def test_health_is_asked_of_the_running_daemon(house: "House", run: Callable[..., Running]) -> None:
    port = free_port()
    house.configure("health_port = 0", f"health_port = {port}")
    daemon = run()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
        assert b'"status": "ok"' in answer.read()
    assert daemon.stops() == 0
