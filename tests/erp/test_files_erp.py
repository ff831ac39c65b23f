"""The ERP as a pair of folders: what a file is stands in its name."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.erp import Collected, ErpAdapter, FilesErp, Kind, kind_of
from gateway.transports import Later, MemoryTransport, Refusal

NOW = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("items.csv", Kind.ITEMS),
        ("Items.CSV", Kind.ITEMS),
        ("items-20261120.csv", Kind.ITEMS),
        ("items.delta.csv", Kind.ITEMS),
        ("locations.csv", Kind.LOCATIONS),
        ("terms_2026.csv", Kind.TERMS),
        ("stock.csv", Kind.STOCK),
        ("bank-20260702.csv", Kind.BANK),
        ("BANK.csv", Kind.BANK),
        ("banks.csv", None),
        ("posting-result.amazon-us.4XK7PL2Q.json", Kind.DOCUMENT),
        ("items.json", Kind.DOCUMENT),
        ("item.csv", None),
        ("itemsnew.csv", None),
        ("items.csv.bak", None),
        ("notes.txt", None),
    ],
)
def test_the_name_says_what_a_file_is(name: str, kind: Kind | None) -> None:
    assert kind_of(name) == kind


def test_masters_are_neither_documents_nor_statements() -> None:
    assert [kind for kind in Kind if not kind.is_master] == [Kind.BANK, Kind.DOCUMENT]


def test_masters_come_before_documents_and_unknown_names_last() -> None:
    transport = MemoryTransport("erp")
    for name in ("notes.txt", "b.json", "stock.csv", "a.json", "items.2.csv", "items.csv"):
        transport.drop(name, b"")
    found = list(FilesErp(transport).collect(NOW))
    assert [each.arrival.label for each in found if isinstance(each, Collected)] == [
        "items.2.csv",
        "items.csv",
        "stock.csv",
        "b.json",
        "a.json",
    ]
    refusal = found[-1]
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.entry.label) == ("erp-document-unreadable", "notes.txt")
    assert "items.csv" in refusal.remedy


def test_what_is_collected_has_its_kind_and_bytes_and_is_settled_by_its_entry() -> None:
    transport = MemoryTransport("erp")
    transport.drop("items.csv", b"sku\n")
    erp: ErpAdapter = FilesErp(transport)
    (collected,) = erp.collect(NOW)
    assert isinstance(collected, Collected)
    assert (collected.kind, collected.arrival.data, collected.arrival.seen_at) == (Kind.ITEMS, b"sku\n", NOW)
    assert erp.settle(collected.arrival.entry)
    assert list(erp.collect(NOW)) == []


def test_a_file_is_read_when_its_turn_comes() -> None:
    transport = MemoryTransport("erp")
    transport.drop("a.json", b"1")
    second = transport.drop("b.json", b"2")
    collecting = FilesErp(transport).collect(NOW)
    assert isinstance(next(collecting), Collected)
    transport.settle(second)
    assert isinstance(next(collecting), Later)


def test_what_the_transport_refuses_is_refused(tmp_path: Path) -> None:
    transport = MemoryTransport("erp", max_file=1)
    transport.drop("a.json", b"12")
    erp = FilesErp(transport)
    (refusal,) = erp.collect(NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "file-too-large"
    erp.set_aside(refusal.entry, tmp_path / "aside")
    assert (tmp_path / "aside").read_bytes() == b"12"


def test_a_document_is_posted_in_two_steps() -> None:
    transport = MemoryTransport("erp")
    erp = FilesErp(transport)
    staged = erp.post('{"name": "Größe"}', "sales-order.amazon-us.1.json")
    assert not erp.is_published(staged)
    erp.publish(staged)
    assert erp.is_published(staged)
    assert transport.outbox == {"sales-order.amazon-us.1.json": '{"name": "Größe"}'.encode()}
