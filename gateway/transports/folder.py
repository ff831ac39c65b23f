"""A pair of folders on this machine, where an AS2 server, sshd, an ERP or a person puts files and finds ours.

Taking: a file is opened without following links or waiting for a pipe, judged by what is open (never by its path),
read once, and looked at again; it goes only after the journal has it, and only if it is still that file. Giving: the
file is written and made durable in `.staging` inside the out folder, then renamed, then both folders are made durable.
A file that lies there already with the very same bytes, not yet taken, is the one that was to be given. Who gives many
`together` has all made durable at the end (unflushed.py), for that is what giving waits for.
All steps are relative to open folders, so nobody can swap a path between two of them. A failed fsync is never tried
again: after it the kernel may call lost pages clean.
"""

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from gateway.errors import Refused, TransportError
from gateway.transports.base import Arrival, Entry, Later, Refusal, Staged, check_name, is_staging_name
from gateway.transports.durable import fsync, opened, told, write_contents, write_pieces
from gateway.transports.unflushed import Unflushed

STAGING = ".staging"

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

# sftp-server renames by link and unlink where it must not overwrite: for a moment a good file has two names.
_LINK_PAUSE = 0.05  # seconds

_PIECE = 1 << 20  # of a file that is copied

_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

# What opening says about this one file; any other error says something about the machine.
_OF_THE_FILE = {
    errno.EACCES: "this user may not read it",
    errno.EPERM: "this user may not read it",
    errno.ELOOP: "it is a symbolic link",
    errno.ENXIO: "it is a socket or a pipe",
}


class FolderTransport:
    """The in and out folder of a channel, or of the ERP."""

    def __init__(
        self,
        channel: str,
        inbox: Path,
        outbox: Path,
        *,
        max_file: int = 32_000_000,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """max_file is in bytes; pause waits for seconds, and a test may give one that does not."""
        self._channel = channel
        self._inbox, self._outbox = inbox, outbox
        self._max_file = max_file
        self._pause = pause
        # What another process renamed before it was stopped may not be durable; our own renames are.
        self._is_durable = False
        self._late: Unflushed | None = None
        self._known: dict[str, Entry] = {}
        self._listed: tuple[Entry, ...] = ()

    @property
    def channel(self) -> str:
        """The name of the channel it serves."""
        return self._channel

    def list(self) -> tuple[Entry, ...]:
        """What waits in the in folder, the oldest first, whatever it is; unfinished names are left out.

        A file that is as it was has the same entry as before, and where all are, it is the same list: who looks every
        few seconds at ten thousand files that stay pays for little more than asking the system.
        """
        known, found, same = self._known, dict[str, Entry](), 0
        with told("look into", self._inbox), opened(self._inbox) as folder, os.scandir(folder) as items:
            for item in items:
                before = known.get(item.name)
                if before is None and is_staging_name(os.fsencode(item.name)):
                    continue
                try:
                    status = item.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue  # taken back between the two looks
                if before is not None and _is_same(before, status):
                    found[item.name] = before
                    same += 1
                else:
                    found[item.name] = _entry(os.fsencode(item.name), status)
        if not same == len(found) == len(known):
            self._listed = tuple(sorted(found.values(), key=lambda entry: (entry.mtime_ns, entry.name)))
            self._known = found
        return self._listed

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """Read a regular file once; anything else is refused without being touched."""
        with told("read", self._inbox / entry.label), opened(self._inbox) as folder:
            try:
                # Opening a device can do something, so its kind is asked first; what counts is asked again when open.
                kind = _kind(os.stat(entry.name, dir_fd=folder, follow_symlinks=False))
            except FileNotFoundError:
                return Later(entry=entry, message="it is no longer there")
            if kind:
                return _unreadable(entry, f"it is {kind}")
            try:
                descriptor = os.open(entry.name, _READ, dir_fd=folder)
            except FileNotFoundError:
                return Later(entry=entry, message="it is no longer there")
            except OSError as wrong:
                if wrong.errno not in _OF_THE_FILE:
                    raise
                return _unreadable(entry, _OF_THE_FILE[wrong.errno])
            try:
                return self._read(descriptor, entry, seen_at)
            finally:
                os.close(descriptor)

    def _read(self, descriptor: int, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        before = os.fstat(descriptor)
        kind = _kind(before)
        if kind:
            return _unreadable(entry, f"it is {kind}")
        if before.st_nlink > 1:
            self._pause(_LINK_PAUSE)
            before = os.fstat(descriptor)
        if before.st_nlink > 1:
            return _unreadable(entry, "it is a hard link: the file has another name elsewhere")
        if before.st_size > self._max_file:
            return Refusal(
                entry=entry,
                code="file-too-large",
                message=f"{entry.label} has {before.st_size} bytes, more than the {self._max_file} of its channel",
                remedy="ask for smaller files, or raise max_file in config.toml and put it back",
            )
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(before.st_size + 1)
        after = os.fstat(descriptor)
        read = _entry(entry.name, after)
        if _entry(entry.name, before) != read or len(data) != after.st_size:
            return Later(entry=entry, message="it changed while it was read")
        return Arrival(entry=read, data=data, channel=self._channel, seen_at=seen_at)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is staged or published inside is durable at the end: waited for once, not for each file.

        So also where the channel fails half-way. Where anything else does, nothing of it may be believed.
        """
        self._late = late = Unflushed()
        try:
            try:
                yield
            except TransportError:
                self._catch_up(late)
                raise
            self._catch_up(late)
        finally:
            self._late = None
            late.close()

    def _catch_up(self, late: Unflushed) -> None:
        late.flush()
        self._is_durable |= self._outbox in late

    def stage(self, name: str, data: bytes) -> Staged:
        """Write and fsync the file in .staging, and .staging itself."""
        check_name(name)
        path = self._outbox / STAGING / name
        with told("write", path), opened(self._outbox) as out:
            self._refuse_to_overwrite(name, out, data)
            try:
                os.mkdir(STAGING, dir_fd=out)
            except FileExistsError:
                pass
            else:
                fsync(out, self._outbox)
            with opened(STAGING, out) as staging:
                if self._late is None:
                    write_pieces(name, (data,), staging, path)
                else:
                    self._late.add_folder(staging, path.parent)
                    write_contents(name, (data,), staging, path, self._late.add_file)
        return Staged(name)

    def publish(self, staged: Staged) -> None:
        """Rename from .staging into the out folder, and fsync both.

        By renaming, not by link and unlink: a crash between those two would leave it staged after the far end had
        eaten it, and it would go twice. The names in the out folder are ours, so asking before is enough. The same
        bytes under the same name are written over with themselves: whoever has them open keeps what he reads.
        """
        name = check_name(staged.name)
        with told("publish", self._outbox / name), opened(self._outbox) as out, opened(STAGING, out) as staging:
            if not _exists(name.encode(), staging):
                raise Refused(f"{name} is not staged any more, so it has left or was taken away: ask the partner")
            if _exists(name.encode(), out):
                self._refuse_to_overwrite(name, out, _bytes_of(name, staging) or b"")
            if self._late is not None:
                self._late.add_folder(out, self._outbox)
                self._late.add_folder(staging, self._outbox / STAGING)
            self._is_durable = False
            os.rename(name, name, src_dir_fd=staging, dst_dir_fd=out)
            if self._late is None:
                self._fsync_both(staging, out)

    def is_published(self, staged: Staged) -> bool:
        """Whether the staging file is gone.

        A crash may have come between the rename and its fsync, so both folders are made durable before the first True;
        that holds for all that was renamed before. Raises Refused where .staging is gone with all that was in it.
        """
        name = check_name(staged.name)
        with told("look for", self._outbox / name), opened(self._outbox) as out:
            if not _exists(STAGING.encode(), out):
                raise Refused(
                    f"{self._outbox / STAGING} is gone, so nobody can tell whether {name} left: ask the partner"
                )
            with opened(STAGING, out) as staging:
                if _exists(name.encode(), staging):
                    return False
                if not self._is_durable:
                    self._fsync_both(staging, out)
                return True

    def settle(self, entry: Entry) -> bool:
        """Unlink the file if it is still the one that was fetched.

        Not fsynced: a removal that a power cut undoes comes back as a repeat, which is told by the journal.
        """
        with told("remove", self._inbox / entry.label), opened(self._inbox) as folder:
            try:
                if _entry(entry.name, os.stat(entry.name, dir_fd=folder, follow_symlinks=False)) != entry:
                    return False
                os.unlink(entry.name, dir_fd=folder)
            except FileNotFoundError:
                pass
            return True

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Rename something out of the in folder; nothing is opened or followed, so it may be of any kind.

        A regular file is copied where the target lies on another file system; nothing else can be.
        """
        with told("set aside", target), opened(self._inbox) as folder, opened(target.parent) as aside:
            if _exists(os.fsencode(target.name), aside):
                raise Refused(f"{target} is there already: choose another name")
            try:
                os.rename(entry.name, os.fsencode(target.name), src_dir_fd=folder, dst_dir_fd=aside)
            except FileNotFoundError:
                return  # taken back: there is nothing to set aside any more
            except OSError as wrong:
                if wrong.errno != errno.EXDEV or not self._copy_aside(entry, folder, target, aside):
                    raise
            fsync(aside, target.parent)

    def _copy_aside(self, entry: Entry, folder: int, target: Path, aside: int) -> bool:
        """Copy a regular file, and remove it once the copy is durable. False where it is none."""
        if _kind(os.stat(entry.name, dir_fd=folder, follow_symlinks=False)):
            return False
        unfinished = f".{target.name}.tmp"
        with open(os.open(entry.name, _READ, dir_fd=folder), "rb") as file:  # noqa: PTH123, a descriptor has no path
            copied = _entry(entry.name, os.fstat(file.fileno()))
            write_pieces(unfinished, iter(partial(file.read, _PIECE), b""), aside, target)
        os.rename(unfinished, target.name, src_dir_fd=aside, dst_dir_fd=aside)
        self.settle(copied)
        return True

    def _refuse_to_overwrite(self, name: str, out: int, data: bytes) -> None:
        is_other = _exists(name.encode(), out) and _bytes_of(name, out) != data
        if is_other and _exists(name.encode(), out):  # else it was taken between the two looks
            raise Refused(f"{self._outbox / name} is there already: move it away, then run again")

    def _fsync_both(self, staging: int, out: int) -> None:
        fsync(out, self._outbox)
        fsync(staging, self._outbox / STAGING)
        self._is_durable = True


def _entry(name: bytes, status: os.stat_result) -> Entry:
    return Entry(name=name, size=status.st_size, mtime_ns=status.st_mtime_ns, identity=(status.st_dev, status.st_ino))


def _is_same(entry: Entry, status: os.stat_result) -> bool:
    return (
        entry.mtime_ns == status.st_mtime_ns
        and entry.size == status.st_size
        and entry.identity == (status.st_dev, status.st_ino)
    )


def _kind(status: os.stat_result) -> str | None:
    return next((kind for matches, kind in _KINDS if matches(status.st_mode)), None)


def _unreadable(entry: Entry, why: str) -> Refusal:
    return Refusal(
        entry=entry,
        code="file-unreadable",
        message=f"{entry.label} cannot be taken: {why}",
        remedy="put a regular file there that this user may read, under another name first and then renamed",
    )


def _bytes_of(name: str, folder: int) -> bytes | None:
    """The bytes of a regular file of ours; None where something else has its name, or nothing any more."""
    try:
        if _kind(os.stat(name, dir_fd=folder, follow_symlinks=False)):
            return None
        descriptor = os.open(name, _READ, dir_fd=folder)
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123, a descriptor has no path
        return None if _kind(os.fstat(descriptor)) else file.read()


def _exists(name: bytes, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
