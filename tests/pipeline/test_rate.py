"""The ERP takes so many documents a minute and no more; what is too much waits, and nobody else waits with it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.errors import Unreachable
from gateway.journal import Journal
from gateway.pipeline.courier import Pace, deliver
from gateway.transports import MemoryTransport, Staged

if TYPE_CHECKING:
    from tests.conftest import House

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.create(tmp_path / "journal.db", AT) as journal:
        yield journal


def queue(journal: Journal, *names: str, channel: str = "erp", at: datetime = AT) -> None:
    with journal.transaction(at) as tx:
        for name in names:
            tx.queue(channel=channel, name=name, data=name.encode())


def waiting(journal: Journal, at: datetime) -> list[str]:
    return [dispatch.name for dispatch in journal.waiting(at)]


@pytest.mark.requirement("X5")
def test_no_more_than_the_rate_leave_within_a_minute(journal: Journal) -> None:
    erp = MemoryTransport("erp")
    queue(journal, "1", "2", "3", "4", "5")
    delivered = [
        deliver(journal, {"erp": erp}, at, {"erp": Pace(rate=2)}).delivered
        for at in (AT, AT + SECOND, AT + MINUTE - SECOND, AT + MINUTE, AT + MINUTE + SECOND, AT + 2 * MINUTE)
    ]
    assert delivered == [2, 0, 0, 2, 0, 1]
    assert waiting(journal, AT + 2 * MINUTE) == []


def test_the_oldest_go_first(journal: Journal) -> None:
    erp = MemoryTransport("erp")
    queue(journal, "1", "2", "3")
    deliver(journal, {"erp": erp}, AT, {"erp": Pace(rate=2)})
    assert (sorted(erp.outbox), waiting(journal, AT)) == (["1", "2"], ["3"])


def test_any_minute_counts_and_not_those_of_the_clock(journal: Journal) -> None:
    erp = MemoryTransport("erp")
    queue(journal, "1")
    deliver(journal, {"erp": erp}, AT + 50 * SECOND, {"erp": Pace(rate=2)})
    queue(journal, "2", "3")
    assert deliver(journal, {"erp": erp}, AT + MINUTE + 5 * SECOND, {"erp": Pace(rate=2)}).delivered == 1
    assert deliver(journal, {"erp": erp}, AT + MINUTE + 49 * SECOND, {"erp": Pace(rate=2)}).delivered == 0
    assert deliver(journal, {"erp": erp}, AT + MINUTE + 50 * SECOND, {"erp": Pace(rate=2)}).delivered == 1


def test_without_a_rate_everything_leaves(journal: Journal) -> None:
    erp = MemoryTransport("erp")
    queue(journal, *"123456789")
    assert deliver(journal, {"erp": erp}, AT).delivered == 9


@pytest.mark.requirement("X5")
def test_another_channel_waits_for_nothing(journal: Journal) -> None:
    carriers = {"erp": MemoryTransport("erp"), "amazon": MemoryTransport("amazon")}
    queue(journal, "1", "2", "3")
    queue(journal, "a", "b", "c", channel="amazon")
    deliver(journal, carriers, AT, {"erp": Pace(rate=1)})
    assert (sorted(carriers["erp"].outbox), sorted(carriers["amazon"].outbox)) == (["1"], ["a", "b", "c"])


def test_what_is_tried_again_late_counts_when_it_is_taken(journal: Journal) -> None:
    class Unwilling(MemoryTransport):
        refuses = "1"

        def stage(self, name: str, data: bytes) -> Staged:
            if name == self.refuses:
                raise Unreachable("not now")
            return super().stage(name, data)

    erp = Unwilling("erp")
    queue(journal, "1", "2")
    deliver(journal, {"erp": erp}, AT, {"erp": Pace(rate=2)})
    erp.refuses = ""
    assert deliver(journal, {"erp": erp}, AT + 2 * MINUTE, {"erp": Pace(rate=1)}).delivered == 1
    queue(journal, "3")
    assert deliver(journal, {"erp": erp}, AT + 2 * MINUTE + SECOND, {"erp": Pace(rate=1)}).delivered == 0


def test_a_clock_that_was_set_back_holds_nothing_up(journal: Journal) -> None:
    erp = MemoryTransport("erp")
    queue(journal, "1")
    deliver(journal, {"erp": erp}, AT, {"erp": Pace(rate=1)})
    before = AT - timedelta(hours=1)
    queue(journal, "2", at=before)
    assert deliver(journal, {"erp": erp}, before, {"erp": Pace(rate=1)}).delivered == 1


@pytest.mark.requirement("X5")
def test_orders_reach_the_erp_at_its_pace_and_are_acknowledged_at_once(house: "House") -> None:
    house.configure("# rate = 60", "rate = 2 #")
    house.drop("many.edi", house.interchange(*(house.order(f"A{i}", st=f"{i:04}") for i in range(1, 6))))
    house.once("2026-11-20T21:02:00Z")
    assert (len(house.sales_orders), len(house.answers)) == (2, 1)
    house.once("2026-11-20T21:02:30Z")
    assert len(house.sales_orders) == 2
    house.once("2026-11-20T21:03:00Z")
    assert len(house.sales_orders) == 4
    house.once("2026-11-20T21:04:00Z")
    assert sorted(house.sales_orders) == [f"sales-order.amazon-us.A{i}.json" for i in range(1, 6)]
