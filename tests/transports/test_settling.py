"""What still grows is not taken; what says that it is complete is; what stays without its end is handed on at last."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.transports import Arrival, Entry, Later, MemoryTransport, Refusal
from gateway.transports.announced import Announced
from gateway.transports.settling import Settling

NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
ISA = b"ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*0*P*>~"
WHOLE = ISA + b"GS*PO*A*5*20261120*2101*1*X*004010~ST*850*0001~BEG*00*NE*A1~SE*3*0001~GE*1*1~IEA*1*000000101~"
JSON = b'{"kind": "invoice"}'


class Clock:
    """Our own clock, which only goes on when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Counting(MemoryTransport):
    """Counts what is read."""

    reads = 0

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        self.reads += 1
        return super().fetch(entry, seen_at)


class Steady(Counting):
    """Gives the same list as long as nothing changes, as a folder does."""

    last: tuple[Entry, ...] = ()

    def list(self) -> tuple[Entry, ...]:
        found = super().list()
        self.last = self.last if found == self.last else found
        return self.last


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[Counting, Steady])
def far(request: pytest.FixtureRequest) -> Counting:
    made: Counting = request.param("amazon", max_file=1000)
    return made


@pytest.fixture
def settling(far: Counting, clock: Clock) -> Settling:
    return Settling(far, polls=2, interval=1, truncated_after=600, settle_within=300, monotonic=clock)


def look(settling: Settling, clock: Clock, after: float = 5) -> list[bytes]:
    """Another poll some seconds later: what is taken in it."""
    clock.now += after
    found = [settling.fetch(entry, NOW) for entry in settling.list()]
    return [each.data for each in found if isinstance(each, Arrival)]


def test_edi_with_its_end_is_taken_at_the_first_look(far: Counting, settling: Settling, clock: Clock) -> None:
    far.drop("850.edi", WHOLE)
    assert look(settling, clock) == [WHOLE]


def test_r2_what_says_nothing_of_its_end_is_taken_once_it_was_the_same_twice(
    far: Counting, settling: Settling, clock: Clock
) -> None:
    far.drop("invoice.json", JSON)
    assert look(settling, clock) == []
    assert look(settling, clock) == [JSON]


def test_r2_looks_in_quick_succession_are_one(far: Counting, settling: Settling, clock: Clock) -> None:
    far.drop("invoice.json", JSON)
    assert [look(settling, clock, after=0.3) for _ in range(3)] == [[], [], []]
    assert look(settling, clock, after=0.9) == [JSON]


@pytest.mark.parametrize("polls", [1, 3, 5])
def test_a_file_must_be_the_same_in_as_many_looks_as_are_asked_for(far: Counting, clock: Clock, polls: int) -> None:
    far.drop("invoice.json", JSON)
    settling = Settling(far, polls=polls, monotonic=clock)
    assert [look(settling, clock) for _ in range(polls)] == [[]] * (polls - 1) + [[JSON]]


def test_r2_a_file_that_grows_with_every_look_is_not_taken(far: Counting, settling: Settling, clock: Clock) -> None:
    for length in range(5, 15):
        far.drop("invoice.json", JSON[:length])
        assert look(settling, clock) == []
    assert look(settling, clock) == [JSON[:14]]


def test_r2_another_file_of_the_same_size_begins_anew(far: Counting, settling: Settling, clock: Clock) -> None:
    far.drop("invoice.json", JSON, mtime_ns=5)
    look(settling, clock)
    far.drop("invoice.json", JSON.upper(), mtime_ns=5)  # as big and as old, and another
    assert look(settling, clock) == []
    assert look(settling, clock) == [JSON.upper()]


def test_r2_an_old_time_on_a_file_proves_nothing(far: Counting, settling: Settling, clock: Clock) -> None:
    far.drop("invoice.json", JSON, mtime_ns=0)
    assert look(settling, clock) == []


def test_r3_edi_without_its_end_is_waited_for_and_then_handed_on(
    far: Counting, settling: Settling, clock: Clock
) -> None:
    far.drop("850.edi", WHOLE[:-8])
    assert [look(settling, clock, after=100) for _ in range(6)] == [[]] * 6
    assert look(settling, clock, after=100) == [WHOLE[:-8]]


def test_r3_a_writer_who_pauses_for_long_is_not_cut_short(far: Counting, settling: Settling, clock: Clock) -> None:
    far.drop("850.edi", WHOLE[:50])
    assert [look(settling, clock, after=100) for _ in range(5)] == [[]] * 5
    far.drop("850.edi", WHOLE[:150])
    assert [look(settling, clock, after=100) for _ in range(5)] == [[]] * 5  # its time begins anew
    far.drop("850.edi", WHOLE)
    assert look(settling, clock, after=1) == [WHOLE]


def test_what_stays_incomplete_is_read_once(far: Counting, settling: Settling, clock: Clock) -> None:
    far.drop("850.edi", WHOLE[:-8])
    for _ in range(50):
        look(settling, clock, after=10)
    assert far.reads == 1
    look(settling, clock, after=200)
    assert far.reads == 2


def test_what_changes_between_listing_and_reading_is_another_file(
    far: Counting, settling: Settling, clock: Clock
) -> None:
    far.drop("invoice.json", JSON[:9])
    look(settling, clock)
    clock.now += 5
    (entry,) = settling.list()
    far.drop("invoice.json", JSON)
    assert isinstance(settling.fetch(entry, NOW), Later)
    assert look(settling, clock) == [JSON]


def test_the_reason_for_waiting_is_told(far: Counting, settling: Settling) -> None:
    far.drop("invoice.json", JSON)
    far.drop("850.edi", ISA)
    said = [settling.fetch(entry, NOW) for entry in settling.list()]
    assert [each.message for each in said if isinstance(each, Later)] == [
        "it may still be growing",
        "its last interchange has no end yet",
    ]


def test_what_cannot_be_read_is_told_once_it_has_settled(far: Counting, settling: Settling, clock: Clock) -> None:
    far.drop("big.edi", bytes(1001))
    (entry,) = settling.list()
    assert isinstance(settling.fetch(entry, NOW), Later)  # a sender may give the right to read it last
    clock.now += 5
    (entry,) = settling.list()
    assert isinstance(settling.fetch(entry, NOW), Refusal)


def test_what_vanishes_is_left_for_later(far: Counting, settling: Settling) -> None:
    far.drop("850.edi", WHOLE)
    (entry,) = settling.list()
    far.inbox.clear()
    assert isinstance(settling.fetch(entry, NOW), Later)


def test_a_checksum_that_differs_is_waited_for_as_long_as_an_end(far: Counting, clock: Clock) -> None:
    far.drop("850.edi", WHOLE)
    far.drop("850.edi.sha256", b"0" * 64)
    settling = Settling(Announced(far, checksum=".sha256", monotonic=clock), truncated_after=600, monotonic=clock)
    said = []
    for _ in range(8):
        clock.now += 100
        said += [type(settling.fetch(entry, NOW)) for entry in settling.list()]
    assert said == [Later] * 6 + [Refusal] * 2


def test_what_is_gone_is_forgotten(far: Counting, settling: Settling, clock: Clock) -> None:
    entry = far.drop("invoice.json", JSON)
    look(settling, clock)
    far.inbox.clear()
    assert look(settling, clock) == []
    far.inbox[b"invoice.json"] = (entry, JSON)
    assert look(settling, clock) == []  # it has to settle again
    assert settling.waiting() == (entry,)


def test_what_never_comes_to_rest_is_named(far: Counting, settling: Settling, clock: Clock) -> None:
    for length in range(100, 108):
        far.drop("850.edi", WHOLE[:length])
        assert settling.restless() == ()
        look(settling, clock, after=42)
    far.drop("850.edi", WHOLE[:108])
    look(settling, clock, after=42)
    assert [entry.label for entry in settling.restless()] == ["850.edi"]
    look(settling, clock)
    assert settling.restless() == ()


def test_what_always_changes_while_it_is_read_is_named_until_it_can_be_read(far: Counting, clock: Clock) -> None:
    """Its listing never differs, so that it seems to have come to rest."""
    can_be_read = False

    class Restive(Counting):
        def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
            if not can_be_read:
                return Later(entry=entry, message="it changed while it was read")
            return super().fetch(entry, seen_at)

    far = Restive("amazon")
    settling = Settling(far, settle_within=600, monotonic=clock)
    far.drop("850.edi", WHOLE)
    for _ in range(7):
        assert settling.restless() == ()
        assert look(settling, clock, after=100) == [] or not can_be_read
    [entry] = settling.restless()
    assert (entry.label, entry.why) == ("850.edi", "cannot be taken: it changed while it was read")
    can_be_read = True
    look(settling, clock)
    assert settling.restless() == ()


def test_everything_else_is_the_inner_ones(far: Counting, settling: Settling, tmp_path: Path) -> None:
    assert settling.channel == "amazon"
    staged = settling.stage("997.edi", b"ISA*")
    assert not settling.is_published(staged)
    settling.publish(staged)
    assert far.eat("997.edi") == b"ISA*"
    entry = far.drop("odd", b"x")
    settling.set_aside(entry, tmp_path / "aside")
    assert not settling.settle(far.drop("odd", b"y")) or settling.list() == ()


def test_ten_thousand_files_that_stay_cost_no_more_than_their_listing(far: Counting, clock: Clock) -> None:
    for number in range(10_000):
        far.drop(f"{number}.edi", ISA)
    settling = Settling(far, monotonic=clock)
    assert look(settling, clock) == []
    assert far.reads == 10_000
    begun = time.process_time()
    assert look(settling, clock) == []
    assert time.process_time() - begun < 1
    assert far.reads == 10_000


def test_a_list_that_is_the_same_is_looked_at_again_when_a_time_has_come(clock: Clock) -> None:
    far = Steady("amazon", max_file=1000)
    settling = Settling(far, polls=2, interval=1, truncated_after=600, settle_within=300, monotonic=clock)
    far.drop(b"850.edi", WHOLE[:-20])
    for _ in range(3):
        assert look(settling, clock) == []
    looks = settling._watched[b"850.edi"].looks
    assert look(settling, clock) == []
    assert settling._watched[b"850.edi"].looks == looks, "nothing has changed: nothing is looked at one by one"
    assert [entry.name for entry in settling.waiting()] == [b"850.edi"]
    assert look(settling, clock, after=600) == [WHOLE[:-20]]


def test_a_list_that_is_the_same_is_looked_at_again_once_it_changes(clock: Clock) -> None:
    far = Steady("amazon", max_file=1000)
    settling = Settling(far, polls=2, interval=1, truncated_after=600, settle_within=300, monotonic=clock)
    far.drop(b"850.edi", WHOLE[:-20])
    for _ in range(4):
        assert look(settling, clock) == []
    far.drop(b"850.edi", WHOLE)
    far.drop(b"851.edi", WHOLE)
    assert look(settling, clock) == [WHOLE, WHOLE]
