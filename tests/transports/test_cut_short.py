"""A file that was cut off is told as such: at once by a single turn, after its time by who looks again and again."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from gateway.instance import fixed_clock, open_instance
from gateway.transports import FolderTransport
from gateway.transports.settling import Settling
from gateway.turn import Turn
from tests.transports.test_settling import Clock

if TYPE_CHECKING:
    from tests.conftest import House

NOW = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)


def folder_of(house: "House") -> FolderTransport:
    return FolderTransport("amazon", house.folder / "amazon" / "in", house.folder / "amazon" / "out")


@pytest.mark.parametrize(
    ("kept", "code"),
    [(60, "isa-truncated"), (300, "interchange-unfinished"), (-20, "interchange-unfinished")],
)
def test_r3_a_single_turn_quarantines_what_was_cut_off_at_once(house: "House", kept: int, code: str) -> None:
    house.drop("850.edi", house.interchange(house.order())[:kept])
    house.once()
    assert house.quarantine["850.edi"]["code"] == code
    assert "cut off" in house.quarantine["850.edi"]["remedy"]
    assert [case["code"] for case in house.cases] == [code]
    assert house.waiting == []


def test_r3_who_looks_again_waits_for_the_end_and_takes_the_whole(house: "House") -> None:
    order, clock = house.interchange(house.order()), Clock()
    with open_instance(house.config, clock=fixed_clock(NOW)) as instance:
        instance.channels = {"amazon": Settling(folder_of(house), monotonic=clock)}
        for length in (60, 60, 300, 300, len(order) - 2):
            house.drop("850.edi", order[:length])
            clock.now += 10
            Turn(instance).run()
            assert house.waiting == ["850.edi"]
        assert [entry for entry in house.history("file-received") if entry.body["channel"] == "amazon"] == []
        house.drop("850.edi", order)
        Turn(instance).run()
    assert house.waiting == []
    assert (house.quarantine, house.cases) == ({}, [])
    assert len(house.history("event:order-received")) == 1


def test_r3_and_hands_on_at_last_what_never_ends(house: "House") -> None:
    clock = Clock()
    house.drop("850.edi", house.interchange(house.order())[:-20])
    with open_instance(house.config, clock=fixed_clock(NOW)) as instance:
        instance.channels = {"amazon": Settling(folder_of(house), truncated_after=600, monotonic=clock)}
        for _ in range(3):
            Turn(instance).run()
            assert house.waiting == ["850.edi"]
            clock.now += 250
        Turn(instance).run()
    assert house.quarantine["850.edi"]["code"] == "interchange-unfinished"


def test_r4_a_turn_takes_what_is_announced_and_refuses_what_its_checksum_is_not_of(house: "House") -> None:
    house.configure('trigger         = ""', 'trigger         = ".done"')
    house.configure('checksum        = ""', 'checksum        = ".sha256"')
    order = house.interchange(house.order())
    house.drop("850.edi", order)
    house.drop("850.edi.sha256", sha256(order.encode()).hexdigest() + "  850.edi\n")
    house.once()
    assert house.waiting == ["850.edi", "850.edi.sha256"]
    house.drop("850.edi.done", "")
    house.once()
    assert len(house.history("event:order-received")) == 1
    house.drop("850.edi", house.interchange(house.order("OTHER"), control=102))
    house.drop("850.edi.sha256", sha256(order.encode()).hexdigest() + "  850.edi\n")
    house.drop("850.edi.done", "")
    house.once()
    assert house.waiting == []
    assert house.quarantine["850.edi"]["code"] == "checksum-mismatch"
    assert [(case["code"], case["owner"]) for case in house.cases] == [("checksum-mismatch", "IT")]
    assert len(house.history("event:order-received")) == 1
