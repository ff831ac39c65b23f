"""`gateway simulate amazon`: both other shores of an instance that another process runs, for people to look at."""

import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from gateway.documents import ErpInvoice, Shipment
from gateway.documents.erp import ErpInvoiceLine
from gateway.documents.money import Price
from gateway.instance import open_instance
from gateway.simulate.buyers import booked, dispatched
from gateway.simulate.conversation import SimulatedClock
from gateway.simulate.faulty import FAULTS
from gateway.simulate.live import Live, hastened, soon
from gateway.simulate.sides import CannotPlay

if TYPE_CHECKING:
    from tests.conftest import House

NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
STEP = timedelta(seconds=20)


class Wall:
    """A clock on the wall that somebody pushes on."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


def watched(house: "House", seed: int, steps: int, speed: int = 600) -> Live:
    """So many looks, twenty seconds apart, each followed by a turn of the gateway."""
    wall = Wall()
    house.once(wall.now.isoformat())
    with open_instance(house.config, read_only=True) as instance:
        live = Live(instance, SimulatedClock(wall.now), Random(seed), speed=speed, wall=wall)
        live.begin(list(instance.config.partners.values()))
        for _ in range(steps):
            live.step()
            house.once(wall.now.isoformat())
            wall.now += STEP
    return live


def test_a_quarter_of_an_hour_has_something_of_everything(house: "House") -> None:
    live = watched(house, seed=4, steps=45)
    assert {"850", "ORDERS", "997", "CONTRL", "orders", "settlement"} <= set(live.written)
    assert {"855", "ORDRSP", "856", "DESADV", "810", "INVOIC", "997", "CONTRL"} <= set(live.sent)
    assert {"820", "REMADV"} & set(live.written)
    assert len(house.json("orders", "list")) > 20
    assert len(house.json("sales", "list")) > 5
    assert {row["status"] for row in house.json("remittances", "list")} >= {"paid"}
    assert [row["status"] for row in house.json("settlements", "list")] != []
    codes = Counter(case["code"] for case in house.cases)
    assert codes["message-refused"] + codes["sender-unknown"] + codes["not-edi"] + len(house.quarantine) > 0
    assert codes["internal-error"] == codes["job-failed"] == 0
    house.run("journal", "verify")


def test_what_the_erp_says_bears_the_time_at_which_it_says_it(house: "House") -> None:
    live = watched(house, seed=5, steps=25)
    said = [house.json("documents", "show", row["id"]) for row in house.json("documents", "list", "--direction", "in")]
    shipped = [row for row in said if row["type"] == "shipment"]
    assert shipped
    for row in shipped:
        # The day and a half that an order takes in life is some minutes here, and the goods leave then.
        assert NOW < datetime.fromisoformat(row["body"]["shipped_at"]) < live.wall() + timedelta(minutes=10)
    assert {row["body"]["invoiced_on"] for row in said if row["type"] == "invoice"} <= {"2026-11-20", "2026-11-21"}


def test_the_same_seed_writes_the_same_orders(make_house: Any) -> None:
    one, two = (watched(make_house(name), seed=6, steps=8).ordered for name in ("one", "two"))
    assert one == two != []


def test_a_second_play_goes_on_beside_the_first(house: "House") -> None:
    first = watched(house, seed=7, steps=5)
    again = watched(house, seed=8, steps=5)
    assert {number for _, number in first.ordered}.isdisjoint(number for _, number in again.ordered)
    assert [case for case in house.cases if case["code"] == "interchange-conflict"] == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_file_is_never_taken_for_an_order(house: "House", name: str) -> None:
    from gateway.simulate.amazon import Habits, new_order
    from gateway.simulate.order_messages import order_message
    from gateway.simulate.sides import side_of

    house.once(NOW.isoformat())
    with open_instance(house.config, read_only=True) as instance:
        for count, partner in enumerate(instance.config.partners.values(), 1):
            side = side_of(partner, instance)
            account, offers = next(iter(side.offers.items()))
            order = new_order(Random(1), f"FAULTY{count}", offers, side.ship_to, account, NOW, Habits(unknown=0))
            data = FAULTS[name](order_message(order, partner, "USD"), partner, 800 + count, NOW)
            house.drop(f"{count}-{name}", data)
    house.once((NOW + STEP).isoformat())
    assert house.json("orders", "list") == []
    assert len(house.quarantine) >= 1
    assert house.cases != []


def test_masters_that_are_not_there_yet_are_waited_for_and_then_missed(house: "House") -> None:
    wall = Wall()
    with open_instance(house.config, read_only=True) as instance:
        live = Live(instance, SimulatedClock(NOW), Random(1), wall=wall)

        class Impatient(Event):
            def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002  (as threading has it)
                wall.now += timedelta(seconds=20)
                return False

        with pytest.raises(CannotPlay, match=r"locations\.csv has no place"):
            live.feed(list(instance.config.partners.values()), Impatient())
        assert wall.now >= NOW + timedelta(seconds=30)


def test_it_ends_when_its_time_is_over(house: "House") -> None:
    house.once()
    said = house.run("simulate", "amazon", "--speed", "60", "--for", "1s", "--seed", "1").stdout
    assert "for 0:00:01, 60 times faster than life" in said
    assert "written: " in said
    assert "is `gateway run` at work?" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_stopped_at_any_moment(house: "House", number: signal.Signals) -> None:
    house.once()
    command = [sys.executable, "-m", "gateway", "-c", str(house.config), "simulate", "amazon", "--speed", "1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        inbox = house.folder / "amazon" / "in"
        for _ in range(200):
            if list(inbox.iterdir()):
                break
            time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
    assert "written: " in out
    assert [path for folder in (inbox, house.folder / "erp" / "in") for path in folder.glob(".*")] == []


def test_a_server_that_is_real_is_left_alone(house: "House") -> None:
    keys = {name: house.folder / name for name in ("down.key", "up.key", "known_hosts")}
    for file in keys.values():
        file.touch(mode=0o600)
    text = house.config.read_text()
    house.config.write_text(
        text + '\n[channels.real]\nkind = "sftp"\npartners = ["other"]\nhost = "sftp.example.com"\nport = 2222\n'
        'in = "download"\nout = "upload"\nin_user = "a"\nout_user = "b"\nin_key_file = "down.key"\n'
        'out_key_file = "up.key"\nhost_keys = "known_hosts"\n'
        '[partners.other]\nformat = "x12"\nguide = "amazon-us"\nid = "ZZ:OTHER"\nour_id = "ZZ:5551234567"\n'
        '[partners.other.accounts.A]\ncompany = "acme"\ncustomer = "C"\ncurrency = "USD"\n'
    )
    house.run("check")
    assert "channel real is a server that is real" in house.run("simulate", "amazon", code=2).stderr
    house.is_sound = False  # the laws would ask the server


def test_a_partner_that_may_be_live_is_left_alone(house: "House") -> None:
    house.configure('our_id = "ZZ:5551234567"', 'our_id = "ZZ:5557654321"')
    assert "amazon-us may be live" in house.run("simulate", "amazon", code=2).stderr


def test_a_length_of_time_that_is_none_says_how_to_write_one(house: "House") -> None:
    assert "write 90s, 10m or 2h" in house.run("simulate", "amazon", "--for", "soon", code=2).stderr


# Time


def test_what_is_to_come_is_so_many_times_nearer_and_what_was_stays() -> None:
    assert soon(NOW + timedelta(hours=1), NOW, 60) == NOW + timedelta(minutes=1)
    assert soon(NOW - timedelta(hours=1), NOW, 60) == NOW - timedelta(hours=1)


def test_goods_arrive_as_long_after_they_left_as_in_life() -> None:
    shipment = Shipment(
        partner="p", shipment="s", shipped_at=NOW + timedelta(days=2), estimated_delivery=date(2026, 11, 25)
    )
    sooner = hastened(shipment, NOW, 1000)
    assert isinstance(sooner, Shipment)
    assert sooner.shipped_at == NOW + timedelta(days=2) / 1000
    assert sooner.estimated_delivery == date(2026, 11, 23)
    assert hastened(sooner, NOW + timedelta(days=1), 1000) == sooner  # once written it is not changed again


def test_an_invoice_is_of_the_day_on_which_it_is_written() -> None:
    line = ErpInvoiceLine(
        purchase_order="A",
        line="1",
        quantity=1,
        price=Price(amount=Decimal(1), per=Decimal(1), unit="each"),
        amount=Decimal(1),
    )
    invoice = ErpInvoice(
        partner="p", invoice="i", invoiced_on=date(2026, 11, 24), currency="USD", lines=(line,), total=Decimal(1)
    )
    sooner = hastened(invoice, NOW, 1000)
    assert isinstance(sooner, ErpInvoice)
    assert sooner.invoiced_on == date(2026, 11, 20)


# The ERP of a seller


def test_only_an_order_that_we_ship_is_dispatched() -> None:
    order = {"fulfilment": "merchant", "partner": "acme", "purchase_order": "112-1234567-1234567", "lines": []}
    assert dispatched({**order, "fulfilment": "amazon"}, NOW, Random(1)) is None
    assert dispatched({**order, "flag": "payment-pending"}, NOW, Random(1)) is None
    with_line = {**order, "lines": [{"sku": "A", "base": {"value": "2"}}]}
    said = dispatched(with_line, NOW, Random(1))
    assert said is not None
    assert (said["order"], said["lines"][0]["quantity"]) == ("112-1234567-1234567", "2")


def test_what_has_no_id_is_answered_by_nobody() -> None:
    assert booked({"document": "inventory"}, Random(1)) is None
    assert booked({"id": "acme:journal-entry:1"}, Random(1))["result"] == "booked"  # type: ignore[index]
