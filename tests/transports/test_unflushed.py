"""Tests of the fsyncs that are put off: all files, then the folders; a failure is told, and nothing stays open."""

import errno
import os
from pathlib import Path

import pytest

from gateway.errors import GatewayError
from gateway.transports.unflushed import Unflushed

few_or_many = pytest.mark.parametrize("count", [3, 40], ids=["one after another", "side by side"])


def put_off(unflushed: Unflushed, folder: Path, count: int) -> list[str]:
    """Write so many files whose fsyncs are put off, and then that of their folder; their names."""
    names = [f"{number}.edi" for number in range(count)]
    for name in names:
        with (folder / name).open("wb") as file:
            file.write(b"ISA*")
            file.flush()
            unflushed.add_file(file.fileno(), folder / name)
    for _ in range(2):
        descriptor = os.open(folder, os.O_RDONLY)
        unflushed.add_folder(descriptor, folder)
        os.close(descriptor)
    return names


def open_files() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is made durable, in order; `7.edi` cannot be."""
    seen: list[str] = []

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        seen.append(name)
        if name == "7.edi":
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    return seen


@few_or_many
def test_r13_every_file_is_durable_and_then_its_folder_once(tmp_path: Path, synced: list[str], count: int) -> None:
    unflushed = Unflushed()
    names = put_off(unflushed, tmp_path, count)
    if count > 7:
        (tmp_path / "7.edi").rename(tmp_path / "seven")
    assert synced == []
    unflushed.flush()
    assert synced[-1] == tmp_path.name
    assert sorted(synced[:-1]) == sorted("seven" if name == "7.edi" else name for name in names)
    assert tmp_path in unflushed
    assert tmp_path.parent not in unflushed


@pytest.mark.parametrize("count", [8, 40], ids=["one after another", "side by side"])
def test_r21_a_file_that_cannot_be_made_durable_ends_it_before_the_folder(
    tmp_path: Path, synced: list[str], count: int
) -> None:
    unflushed = Unflushed()
    put_off(unflushed, tmp_path, count)
    with pytest.raises(GatewayError, match=r"fsync of .*7\.edi failed"):
        unflushed.flush()
    assert tmp_path.name not in synced
    assert synced.count("7.edi") == 1


@few_or_many
def test_nothing_stays_open(tmp_path: Path, synced: list[str], count: int) -> None:
    before = open_files()
    unflushed = Unflushed()
    put_off(unflushed, tmp_path, count)
    assert open_files() == before + count + 1
    unflushed.close()
    assert open_files() == before
    assert synced == []


def test_a_file_system_that_takes_no_hints_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "posix_fadvise", refuse)
    unflushed = Unflushed()
    put_off(unflushed, tmp_path, 2)
    unflushed.flush()
    unflushed.close()
