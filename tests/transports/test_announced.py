"""Where a partner announces his files, a file alone waits; a checksum that does not fit is waited for, then refused."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.transports import Arrival, Later, MemoryTransport, Refusal
from gateway.transports.announced import Announced
from gateway.transports.base import Entry
from gateway.transports.settling import Settling
from tests.transports.test_settling import Clock

NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
DATA = b"ISA*"
SUM = sha256(DATA).hexdigest().encode()


@pytest.fixture
def far() -> MemoryTransport:
    return MemoryTransport("amazon")


def fetched(transport: Announced) -> Arrival | Refusal | Later | None:
    """What comes of the only file that is announced; None where none is."""
    entries = transport.list()
    assert len(entries) < 2
    return transport.fetch(entries[0], NOW) if entries else None


def test_r4_a_file_is_taken_once_its_trigger_is_there_and_both_go(far: MemoryTransport) -> None:
    transport = Announced(far, trigger=".done")
    far.drop("po.edi", DATA)
    assert fetched(transport) is None
    far.drop("po.edi.done", b"")
    arrival = fetched(transport)
    assert isinstance(arrival, Arrival)
    assert arrival.data == DATA
    assert transport.settle(arrival.entry)
    assert far.inbox == {}


def test_r4_a_trigger_alone_is_no_file(far: MemoryTransport) -> None:
    far.drop("po.edi.done", b"")
    assert fetched(Announced(far, trigger=".done")) is None
    assert len(far.list()) == 1


def test_a_trigger_stays_for_the_file_that_came_meanwhile_under_the_same_name(far: MemoryTransport) -> None:
    transport = Announced(far, trigger=".done")
    far.drop("po.edi", DATA)
    far.drop("po.edi.done", b"")
    arrival = fetched(transport)
    assert isinstance(arrival, Arrival)
    far.drop("po.edi", b"another")
    assert not transport.settle(arrival.entry)
    assert set(far.inbox) == {b"po.edi", b"po.edi.done"}


@pytest.mark.parametrize(
    "said",
    [
        SUM,
        SUM.upper() + b"\n",
        SUM + b"  po.edi\n",
        SUM + b" *po.edi\r\n",
        SUM + b"  ./out/po.edi\n",
        b"0" * 64 + b"  other.edi\n" + SUM + b"  po.edi\n",
    ],
)
def test_r4_a_checksum_as_sha256sum_writes_it_lets_its_file_in(far: MemoryTransport, said: bytes) -> None:
    transport = Announced(far, checksum=".sha256")
    far.drop("po.edi", DATA)
    assert fetched(transport) is None
    far.drop("po.edi.sha256", said)
    arrival = fetched(transport)
    assert isinstance(arrival, Arrival)
    assert transport.settle(arrival.entry)
    assert far.inbox == {}


@pytest.mark.parametrize("said", [b"0" * 64 + b"  po.edi\n", b"", b"SHA256 (po.edi) = x", SUM + b"  other.edi\n"])
def test_r4_one_that_does_not_fit_is_waited_for_and_then_refused(
    far: MemoryTransport, said: bytes, tmp_path: Path
) -> None:
    clock = Clock()
    transport = Announced(far, checksum=".sha256", patience=600, monotonic=clock)
    far.drop("po.edi", DATA)
    far.drop("po.edi.sha256", said)
    assert isinstance(fetched(transport), Later)
    clock.now += 599
    assert isinstance(fetched(transport), Later)
    clock.now += 1
    refusal = fetched(transport)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "checksum-mismatch"
    assert refusal.message.startswith("po.edi is not what its checksum says: po.edi.sha256 ")
    transport.set_aside(refusal.entry, tmp_path / "aside")
    assert (tmp_path / "aside").read_bytes() == DATA
    assert far.inbox == {}


def test_a_checksum_that_was_early_fits_the_file_when_that_is_whole(far: MemoryTransport) -> None:
    clock = Clock()
    transport = Announced(far, checksum=".sha256", patience=600, monotonic=clock)
    far.drop("po.edi.sha256", SUM)
    for length in range(1, 4):
        far.drop("po.edi", DATA[:length])
        clock.now += 500
        assert isinstance(fetched(transport), Later)  # each change begins its time anew
    far.drop("po.edi", DATA)
    assert isinstance(fetched(transport), Arrival)


def test_a_checksum_that_cannot_be_read_is_waited_for(far: MemoryTransport) -> None:
    transport = Announced(far, checksum=".sha256")
    far.drop("po.edi", DATA)
    far.drop("po.edi.sha256", SUM)
    (entry,) = transport.list()
    del far.inbox[b"po.edi.sha256"]
    assert isinstance(transport.fetch(entry, NOW), Later)
    assert isinstance(Announced(far, checksum=".sha256").fetch(entry, NOW), Later)


def test_where_both_are_agreed_both_are_needed(far: MemoryTransport) -> None:
    transport = Announced(far, trigger=".done", checksum=".sha256")
    far.drop("po.edi", DATA)
    far.drop("po.edi.sha256", SUM)
    assert fetched(transport) is None
    far.drop("po.edi.done", b"")
    assert isinstance(fetched(transport), Arrival)


def test_what_is_gone_or_cannot_be_read_is_told_as_ever(far: MemoryTransport) -> None:
    transport = Announced(far, checksum=".sha256")
    entry = far.drop("po.edi", DATA)
    far.inbox.clear()
    assert isinstance(transport.fetch(entry, NOW), Later)


# What waits in silence


def test_all_that_lies_there_waits_whether_it_is_announced_or_not(far: MemoryTransport) -> None:
    far.drop("po.edi", DATA)
    far.drop("other.edi", DATA)
    far.drop("other.edi.done", b"")
    transport = Announced(far, trigger=".done")
    assert [entry.label for entry in transport.list()] == ["other.edi"]
    assert {entry.label for entry in transport.waiting()} == {"po.edi", "other.edi", "other.edi.done"}


@pytest.mark.parametrize(
    ("trigger", "checksum", "lying", "said"),
    [
        (".done", "", {"po.edi": DATA}, {"po.edi": "is not announced: po.edi.done is missing"}),
        ("", ".sha256", {"po.edi": DATA}, {"po.edi": "is not announced: po.edi.sha256 is missing"}),
        (".done", "", {"po.edi.done": b""}, {"po.edi.done": "announces po.edi, which is not there"}),
        (".done", "", {"po.edi": DATA, "po.edi.done": b""}, {}),
    ],
)
def test_what_lies_alone_is_named_when_it_has_done_so_for_long(
    far: MemoryTransport, trigger: str, checksum: str, lying: dict[str, bytes], said: dict[str, str]
) -> None:
    clock = Clock()
    announced = Announced(far, trigger=trigger, checksum=checksum, monotonic=clock)
    settling = Settling(announced, settle_within=600, monotonic=clock)
    for name, data in lying.items():
        far.drop(name, data)
    settling.list()
    clock.now += 599
    settling.list()
    assert settling.restless() == ()
    clock.now += 1
    settling.list()
    assert {entry.label: entry.why for entry in settling.restless()} == said
    assert {entry.label for entry in settling.waiting()} == set(lying)
    far.inbox.clear()
    settling.list()
    assert settling.restless() == ()


def test_what_comes_anew_under_a_name_has_its_own_time(far: MemoryTransport) -> None:
    clock = Clock()
    settling = Settling(Announced(far, trigger=".done", monotonic=clock), settle_within=600, monotonic=clock)
    far.drop("po.edi", DATA)
    settling.list()
    clock.now += 500
    far.drop("po.edi", b"ISA*anew")
    settling.list()
    clock.now += 500
    settling.list()
    assert settling.restless() == ()


def test_a_trigger_that_lay_alone_for_long_announces_no_later_file_until_it_is_written_anew(
    far: MemoryTransport,
) -> None:
    clock = Clock()
    settling = Settling(Announced(far, trigger=".done", monotonic=clock), settle_within=600, monotonic=clock)
    far.drop("po.edi.done", b"")
    for _ in range(3):
        settling.list()
        clock.now += 300
    far.drop("po.edi", DATA)
    for _ in range(4):
        assert settling.list() == ()
        clock.now += 300
    assert {entry.label: entry.why for entry in settling.restless()} == {
        "po.edi": "is not announced: po.edi.done is older than it"
    }
    far.drop("po.edi.done", b"anew")
    assert [entry.label for entry in settling.list()] == ["po.edi"]


def test_a_trigger_that_was_seen_a_moment_before_its_file_announces_it(far: MemoryTransport) -> None:
    clock = Clock()
    settling = Settling(Announced(far, trigger=".done", monotonic=clock), settle_within=600, monotonic=clock)
    far.drop("po.edi.done", b"")
    settling.list()
    clock.now += 5
    far.drop("po.edi", DATA)
    assert [entry.label for entry in settling.list()] == ["po.edi"]


def test_a_checksum_that_can_never_be_read_is_named_with_the_reason(far: MemoryTransport) -> None:
    class Unreadable(MemoryTransport):
        def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
            if entry.name.endswith(b".sha256"):
                return Refusal(entry=entry, code="file-unreadable", message="it is a link", remedy="-")
            return super().fetch(entry, seen_at)

    far, clock = Unreadable("amazon"), Clock()
    settling = Settling(Announced(far, checksum=".sha256", monotonic=clock), settle_within=600, monotonic=clock)
    far.drop("po.json", b"{}")
    far.drop("po.json.sha256", SUM)
    for _ in range(7):
        assert settling.restless() == ()
        assert [type(settling.fetch(entry, NOW)) for entry in settling.list()] == [Later]
        clock.now += 100
    assert {entry.label: entry.why for entry in settling.restless()} == {
        "po.json": "cannot be taken: its checksum cannot be read"
    }
