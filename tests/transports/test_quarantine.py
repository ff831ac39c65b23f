"""What could not be taken lies in quarantine, explained, and once only."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Barrier, Thread

import pytest

from gateway.errors import Unreachable
from gateway.transports import FolderTransport, MemoryTransport, Quarantine, Reason

REASON = Reason(
    code="not-edi", message="it begins with <html>", place="byte 0", remedy="ask for the file, not the page"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "quarantine").mkdir()
    return tmp_path / "quarantine"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def bytes_of(data: bytes) -> Callable[[], Iterable[bytes]]:
    """A file of these bytes, as it lies in the journal: in pieces."""
    return lambda: (data[:2], data[2:])


def test_a_file_lies_beside_its_reason(folder: Path) -> None:
    path = Quarantine(folder).keep("page.edi", bytes_of(b"<html>"), REASON)
    assert path == folder / "page.edi"
    assert path.read_bytes() == b"<html>"
    assert json.loads((folder / "page.edi.reason.json").read_text()) == {
        "code": "not-edi",
        "message": "it begins with <html>",
        "place": "byte 0",
        "remedy": "ask for the file, not the page",
    }
    assert names(folder) == ["page.edi", "page.edi.reason.json"]


def test_the_same_file_again_is_the_same(folder: Path) -> None:
    assert Quarantine(folder).keep("a", bytes_of(b"1"), REASON) == Quarantine(folder).keep("a", bytes_of(b"1"), REASON)
    assert names(folder) == ["a", "a.reason.json"]


def test_another_file_of_the_same_name_gets_a_number(folder: Path) -> None:
    quarantine = Quarantine(folder)
    kept = [quarantine.keep("a", bytes_of(data), REASON).name for data in (b"1", b"2", b"3", b"2")]
    assert kept == ["a", "a.2", "a.3", "a.2"]


def test_a_file_named_like_a_reason_is_not_taken_for_one(folder: Path) -> None:
    quarantine = Quarantine(folder)
    assert quarantine.keep("a.reason.json", bytes_of(b"{}"), REASON).name == "a.reason.json.file"
    quarantine.keep("a", bytes_of(b"1"), REASON)
    assert json.loads((folder / "a.reason.json").read_text())["code"] == "not-edi"


def test_what_cannot_be_read_is_moved_as_it_is(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in" / "thing" / "deeper").mkdir(parents=True)
    transport = FolderTransport("amazon", tmp_path / "in", tmp_path / "out")
    (entry,) = transport.list()
    path = Quarantine(folder).set_aside(transport, entry, REASON)
    assert (path / "deeper").is_dir()
    assert names(folder) == ["thing", "thing.reason.json"]
    assert transport.list() == ()


def test_what_is_moved_never_lands_on_another(folder: Path) -> None:
    transport = MemoryTransport("amazon")
    quarantine = Quarantine(folder)
    for data in (b"1", b"1"):
        quarantine.set_aside(transport, transport.drop("a", data), REASON)
    assert names(folder) == ["a", "a.2", "a.2.reason.json", "a.reason.json"]


def test_a_crash_between_reason_and_move_leaves_no_second_reason(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in" / "thing").mkdir(parents=True)
    (folder / "thing.reason.json").write_text("{}")
    transport = FolderTransport("amazon", tmp_path / "in", tmp_path / "out")
    (entry,) = transport.list()
    Quarantine(folder).set_aside(transport, entry, REASON)
    assert names(folder) == ["thing", "thing.reason.json"]


def test_a_missing_quarantine_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"cannot write into .*nowhere.*create it"):
        Quarantine(tmp_path / "nowhere").keep("a", bytes_of(b"1"), REASON)


@pytest.mark.parametrize("way", ["keep", "set_aside"])
def test_two_channels_that_refuse_the_same_name_at_once_overwrite_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    both, real = Barrier(2), Quarantine._explain

    def explain(self: Quarantine, path: Path, reason: Reason) -> None:
        both.wait(10)  # each has chosen its place
        real(self, path, reason)

    def refuse(data: bytes) -> None:
        if way == "keep":
            Quarantine(folder).keep("orders.edi", bytes_of(data), REASON)
        else:
            transport = MemoryTransport("amazon")
            Quarantine(folder).set_aside(transport, transport.drop("orders.edi", data), REASON)

    monkeypatch.setattr(Quarantine, "_explain", explain)
    threads = [Thread(target=refuse, args=(data,)) for data in (b"A" * 5, b"B" * 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(folder) == ["orders.edi", "orders.edi.2", "orders.edi.2.reason.json", "orders.edi.reason.json"]
    assert {(folder / name).read_bytes() for name in ("orders.edi", "orders.edi.2")} == {b"A" * 5, b"B" * 9}


def test_a_place_that_could_not_be_written_is_free_again(folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "away")
    with pytest.raises(Unreachable):
        Quarantine(folder).keep("a", bytes_of(b"1"), REASON)
    (tmp_path / "away").rename(folder)
    assert Quarantine(folder).keep("a", bytes_of(b"1"), REASON).name == "a"
