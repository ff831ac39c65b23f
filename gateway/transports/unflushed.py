"""What was written and is not durable yet: files and folders whose fsyncs are put off, to be done together.

An fsync waits for the disk, not for the processor. So the disk is asked to begin with each file as soon as it is
written, and at the end all are waited for side by side: the file system makes many durable in one go. The folders come
last, for a name must not be durable before what it names.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from gateway.transports.durable import fsync

_SIDE_BY_SIDE = 4
_FEW = 8  # files that are not worth a thread


class Unflushed:
    """Keeps each file and folder open until its fsync, which so holds whatever becomes of its path."""

    def __init__(self) -> None:
        """Nothing was put off yet."""
        self._files: list[tuple[int, Path]] = []
        self._folders: dict[Path, int] = {}

    def add_file(self, descriptor: int, path: Path) -> None:
        """A file that has all its bytes. Raises OSError."""
        self._files.append((os.dup(descriptor), path))
        # Linux writes out what it is told that nobody will read again, without waiting for the disk. It is a hint.
        with suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def add_folder(self, descriptor: int, path: Path) -> None:
        """A folder in which names come or go; once is enough. Raises OSError."""
        if path not in self._folders:
            self._folders[path] = os.dup(descriptor)

    def __contains__(self, folder: Path) -> bool:
        """Whether names came or went in this folder."""
        return folder in self._folders

    def flush(self) -> None:
        """Make all of it durable. Raises GatewayError where one is not: then nobody may believe any of it."""
        _fsync_all(self._files)
        for path, descriptor in self._folders.items():
            fsync(descriptor, path)

    def close(self) -> None:
        """Let go of what is open."""
        for descriptor in (*(descriptor for descriptor, _ in self._files), *self._folders.values()):
            os.close(descriptor)


def _fsync_all(files: Sequence[tuple[int, Path]]) -> None:
    if len(files) <= _FEW:
        for descriptor, path in files:
            fsync(descriptor, path)
        return
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        list(pool.map(lambda file: fsync(*file), files))
