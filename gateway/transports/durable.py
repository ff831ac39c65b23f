"""What writing to a disk means here: errors in the words of an operator, and fsync before anything is believed.

An OSError says what the machine would not do; `told` adds what was tried, where and what to do, and tells what is worth
trying again from what a person must look at. A failed fsync is never tried again (after it the kernel may call lost
pages clean) and is no TransportError: the process ends, and the restart redoes the work from what is durable.
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.errors import GatewayError, Refused, TransportError, Unreachable

_REMEDIES: dict[int, tuple[type[TransportError], str]] = {
    errno.ENOENT: (Unreachable, "create it, or correct config.toml; it is tried again"),
    errno.ENOTDIR: (Refused, "put a folder there, or correct config.toml"),
    errno.ELOOP: (Refused, "put a real folder there instead of the link"),
    errno.EACCES: (Unreachable, "correct its owner or permissions; it is tried again"),
    errno.EPERM: (Unreachable, "correct its owner or permissions; it is tried again"),
    errno.EROFS: (Unreachable, "mount its file system for writing; it is tried again"),
    errno.EXDEV: (Refused, "let the quarantine lie on the same file system as the folder of the file"),
    errno.ENOSPC: (Unreachable, "make room on its disk; it is tried again"),
    errno.EDQUOT: (Unreachable, "make room or raise the quota; it is tried again"),
    errno.EMFILE: (Unreachable, "raise the limit of open files (LimitNOFILE) if it lasts; it is tried again"),
    errno.ENFILE: (Unreachable, "the machine has too many open files; it is tried again"),
    errno.EIO: (Unreachable, "look at the disk; it is tried again"),
}


@contextmanager
def told(doing: str, path: Path) -> Iterator[None]:
    """Turn an error of the operating system into Refused or Unreachable."""
    try:
        yield
    except OSError as wrong:
        kind, remedy = _REMEDIES.get(wrong.errno or 0, (Unreachable, "it is tried again"))
        raise kind(f"cannot {doing} {path}: {wrong.strerror}; {remedy}") from wrong


@contextmanager
def opened(folder: Path | str, inside: int | None = None) -> Iterator[int]:
    """An open folder; one inside another is not followed if somebody made it a link. Raises OSError."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (os.O_NOFOLLOW if inside is not None else 0)
    descriptor = os.open(folder, flags, dir_fd=inside)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write_pieces(name: str, pieces: Iterable[bytes], folder: int, path: Path) -> None:
    """Write a file in an open folder and fsync both; path is for messages. Raises OSError, GatewayError."""
    write_contents(name, pieces, folder, path)
    fsync(folder, path.parent)


def write_contents(
    name: str,
    pieces: Iterable[bytes],
    folder: int,
    path: Path,
    make_durable: Callable[[int, Path], None] | None = None,
) -> None:
    """The same but for the folder, whose fsync must follow before anybody believes it. Raises OSError, GatewayError.

    `make_durable` is given the open file when it has all its bytes, in place of its fsync.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(name, flags, 0o666, dir_fd=folder), "wb") as file:  # noqa: PTH123, a descriptor has no path
        file.writelines(pieces)
        file.flush()
        (make_durable or fsync)(file.fileno(), path)


def make_durable(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file so that under its name there is never less than all of it. Raises OSError, GatewayError."""
    with opened(path.parent) as folder:
        unfinished = f".{path.name}.tmp"
        write_pieces(unfinished, pieces, folder, path)
        os.rename(unfinished, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        fsync(folder, path.parent)


def fsync(descriptor: int, path: Path) -> None:
    """Make a file or folder durable, or raise GatewayError (exit 70): it is not tried again."""
    try:
        os.fsync(descriptor)
    except OSError as wrong:
        raise GatewayError(f"fsync of {path} failed ({wrong.strerror}): look at the disk, then start again") from wrong
