"""A new journal file gets its name only when it is whole and durable: a crash or an error leaves nothing half made."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.errors import CannotCreate

# What SQLite keeps beside a database: the rollback journal, and the two files of WAL mode.
_COMPANIONS = ("-journal", "-wal", "-shm")


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """An empty file beside the target, for its owner alone, that becomes the target when the block ends well.

    Raises CannotCreate where something stands at the target, or nothing can be made there.
    """
    # SQLite would roll a companion file that was left behind into the new journal, and ruin it.
    for beside in ("", *_COMPANIONS):
        if os.path.lexists(other := target.with_name(target.name + beside)):
            raise CannotCreate(f"{other} exists already and is never written over: name another, or move that one away")
    unfinished = target.with_name(target.name + ".part")
    try:
        for beside in ("", *_COMPANIONS):
            unfinished.with_name(unfinished.name + beside).unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise CannotCreate(f"{unfinished}: {error.strerror}") from error
    try:
        yield unfinished
        try:
            _flush(unfinished, os.O_RDONLY)
            unfinished.rename(target)
            _flush(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise CannotCreate(f"{target}: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
