"""The folder of an SFTP server where a partner's files lie: listed, read, and removed once we have them.

A file is taken only when all its bytes came and the server says before and after that it is the same; it is removed
only while size and time are still those that were stored (reliability rules R7 and R8). Small files are read ahead,
many at a time, because what costs on a real line is the way there and back. A name is bytes and is sent back as it
came; one that could be a path is never sent at all. Folders inside the folder are the partner's own and passed over.
"""

import os
import posixpath
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from gateway.errors import Refused
from gateway.transports.base import Arrival, Entry, Later, Refusal, is_staging_name
from gateway.transports.durable import fsync, opened, told
from gateway.transports.sftp_protocol import CHUNK, NO_SUCH_FILE, PERMISSION_DENIED, READ, Attributes, Failed, Sftp
from gateway.transports.sftp_session import Session

_NAME_LENGTH = 200
_SMALL = 262_144  # bytes: larger files are read one at a time
_AHEAD_BYTES = 4_194_304
_FIRST_AHEAD, _MOST_AHEAD = 8, 64  # files; a server may limit how many one user has open
_LISTINGS = 8  # that are asked for at once, some hundred names each
_ASIDE = 16  # what is too large is set aside up to so many times the limit; more is no EDI, and would fill our disk

Found = bytes | Later | Refusal
T = TypeVar("T")


class Inbox:
    """The download folder, seen through the account that downloads."""

    def __init__(self, channel: str, session: Session, folder: str, max_file: int) -> None:
        """max_file is in bytes."""
        self._channel, self._session, self._folder = channel, session, folder
        self._max_file = max_file
        self._listed: tuple[Entry, ...] = ()
        self._places: dict[Entry, int] = {}
        self._read: dict[Entry, tuple[Entry, Found]] = {}
        self._step = _FIRST_AHEAD

    def list(self) -> tuple[Entry, ...]:
        """What waits, the oldest first by the server's clock, in whole seconds; unfinished names left out."""
        with self._session.told("look into", self._folder) as sftp:
            found = [_entry(name, attributes) for name, attributes in self._names(sftp)]
        entries = (entry for entry in found if entry.identity != (stat.S_IFDIR,))
        self._listed = tuple(sorted(entries, key=lambda entry: (entry.mtime_ns, entry.name)))
        self._places = {entry: place for place, entry in enumerate(self._listed)}
        self._read, self._step = {}, _FIRST_AHEAD
        return self._listed

    def _names(self, sftp: Sftp) -> Iterator[tuple[bytes, Attributes]]:
        handle = sftp.handle(sftp.opendir(os.fsencode(self._folder)))
        is_more = True
        while is_more:
            asked = [sftp.readdir(handle) for _ in range(_LISTINGS)]
            for names in [sftp.names(number) for number in asked]:
                is_more = is_more and bool(names)
                plain = [(name, attributes) for name, attributes in names if not is_staging_name(name)]
                yield from (each for each in plain if each[1].mtime is not None)
                yield from self._asked(sftp, [name for name, attributes in plain if attributes.mtime is None])
        sftp.done(sftp.close(handle))

    def _asked(self, sftp: Sftp, names: Sequence[bytes]) -> Iterator[tuple[bytes, Attributes]]:
        """What a server says of files of which it says nothing in a listing."""
        sound = [name for name in names if not _oddity(name)]
        yield from ((name, Attributes(0, None, None)) for name in names if _oddity(name))
        for name, number in [(name, sftp.lstat(self._path(name))) for name in sound]:
            try:
                yield name, sftp.attributes(number)
            except Failed:
                continue  # taken back between the two looks

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """Read a file whole, and the small ones that follow it in the list with it."""
        refusal = self._refusal(entry)
        if refusal is not None:
            return refusal
        if entry not in self._read:
            with self._session.told("read", self._shown(entry)) as sftp:
                self._read = self._read_together(sftp, [entry, *self._following(entry)])
        read, found = self._read.pop(entry)
        if isinstance(found, bytes):
            return Arrival(entry=read, data=found, channel=self._channel, seen_at=seen_at)
        return found

    def _following(self, entry: Entry) -> Iterator[Entry]:
        """The small files after one in the list; more each time, as long as they are asked for in its order."""
        place, room = self._places.get(entry), _AHEAD_BYTES
        if place is None or entry.size > _SMALL:
            return
        for following in self._listed[place + 1 : place + self._step]:
            room -= following.size
            if following.size > _SMALL or room < 0:
                break
            if self._refusal(following) is None:
                yield following
        self._step = min(self._step * 2, _MOST_AHEAD)

    def _read_together(self, sftp: Sftp, entries: Sequence[Entry]) -> dict[Entry, tuple[Entry, Found]]:
        found: dict[Entry, tuple[Entry, Found]] = {}
        handles: dict[Entry, bytes] = {}
        for entry, number in [(entry, sftp.open(self._path(entry.name), READ)) for entry in entries]:
            try:
                handles[entry] = sftp.handle(number)
            except Failed as failed:
                # Of one that was only read ahead nothing is said yet: too many may have been open.
                if entry is entries[0]:
                    found[entry] = (entry, _failed(entry, failed))
        asked = [(entry, _ask_for(sftp, handle, entry.size)) for entry, handle in handles.items()]
        for entry, numbers in asked:
            read = _whole(sftp, entry, numbers)
            if isinstance(read, Failed):
                if entry is entries[0]:
                    found[entry] = (entry, _failed(entry, read))
            elif read is None:
                # It changed, or the server gives less at once than it is asked for.
                found[entry] = self._read_alone(sftp, entry)
            else:
                found[entry] = (_entry(entry.name, read[0], entry.identity), read[1])
        return found

    def _read_alone(self, sftp: Sftp, entry: Entry) -> tuple[Entry, Found]:
        """Read a file piece by piece, as the server gives them."""
        try:
            handle = sftp.handle(sftp.open(self._path(entry.name), READ))
            before = sftp.attributes(sftp.fstat(handle))
            data = bytearray()
            while len(data) <= before.size and (piece := sftp.data(sftp.read(handle, len(data), CHUNK))):
                data += piece
                if len(data) > self._max_file:
                    break
            after = sftp.attributes(sftp.fstat(handle))
            sftp.done(sftp.close(handle))
        except Failed as failed:
            return entry, _failed(entry, failed)
        if before != after or len(data) != after.size or after.size != entry.size:
            return entry, Later(entry=entry, message="it changed while it was read")
        return _entry(entry.name, after, entry.identity), bytes(data)

    def settle(self, entry: Entry) -> bool:
        """Remove the file if size, time and kind are still those of the entry. One that is gone is no error."""
        with self._session.told("remove", self._shown(entry)) as sftp:
            path = self._path(entry.name)
            try:
                found = _entry(entry.name, sftp.attributes(sftp.lstat(path)))
                if (found.size, found.mtime_ns) != (entry.size, entry.mtime_ns) or self._oddity(found):
                    return False
                sftp.done(sftp.remove(path))
            except Failed as failed:
                if failed.code != NO_SUCH_FILE:
                    raise
            return True

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Copy a file that is too large to a local place, then remove it; anything else stays where it is.

        Raises Refused where it cannot be read or is no file: only the partner can take it away.
        """
        with told("set aside", target), opened(target.parent) as aside:
            if os.path.lexists(target):
                raise Refused(f"{target} is there already: choose another name")
            if self._oddity(entry) or entry.size > _ASIDE * self._max_file:
                raise Refused(f"{self._shown(entry)} stays on the server: ask the partner to remove it")
            unfinished = target.with_name(f".{target.name}.tmp")
            try:
                if not self._copy(entry, unfinished):
                    return
                unfinished.rename(target)
                fsync(aside, target.parent)
            finally:
                unfinished.unlink(missing_ok=True)
        self.settle(entry)

    def _copy(self, entry: Entry, target: Path) -> bool:
        """Write a remote file to a local place; False where it is gone or another by now."""
        with self._session.told("read", self._shown(entry)) as sftp, target.open("wb") as file:
            try:
                handle = sftp.handle(sftp.open(self._path(entry.name), READ))
            except Failed as failed:
                if failed.code == NO_SUCH_FILE:
                    return False
                raise
            offset = 0
            while offset <= entry.size and (data := sftp.data(sftp.read(handle, offset, CHUNK))):
                file.write(data)
                offset += len(data)
            sftp.done(sftp.close(handle))
            file.flush()
            fsync(file.fileno(), target)
            return offset == entry.size

    def _refusal(self, entry: Entry) -> Refusal | None:
        why = self._oddity(entry)
        if why:
            return _unreadable(entry, why)
        if entry.size > self._max_file:
            return Refusal(
                entry=entry,
                code="file-too-large",
                message=f"{entry.label} has {entry.size} bytes, more than the {self._max_file} of its channel",
                remedy="ask for smaller files, or raise max_file in config.toml and ask for it again",
            )
        return None

    def _oddity(self, entry: Entry) -> str | None:
        if entry.identity not in ((), (stat.S_IFREG,)):
            return "it is no regular file"
        return _oddity(entry.name)

    def _path(self, name: bytes) -> bytes:
        if _oddity(name):  # asked before, of every name; a path is never made of such a one
            raise Refused(f"{name!r} is not asked for: {_oddity(name)}")
        return posixpath.join(os.fsencode(self._folder), name)

    def _shown(self, entry: Entry) -> str:
        return f"{self._folder}/{entry.label}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The numbers under which all of an open file was asked for: its attributes, its parts, these again, its end."""

    before: int
    parts: tuple[tuple[int, int], ...]
    after: int
    closed: int


def _ask_for(sftp: Sftp, handle: bytes, size: int) -> _Asked:
    before = sftp.fstat(handle)
    sizes = [(offset, min(CHUNK, size - offset)) for offset in range(0, size, CHUNK)]
    parts = tuple((sftp.read(handle, offset, length), length) for offset, length in sizes)
    return _Asked(before, parts, sftp.fstat(handle), sftp.close(handle))


def _whole(sftp: Sftp, entry: Entry, asked: _Asked) -> tuple[Attributes, bytes] | Failed | None:
    """A file that is whole, why it cannot be read, or None where these are not all of its bytes.

    Every answer is waited for, so that none is left over for who asks next.
    """
    before = _answer(sftp.attributes, asked.before)
    parts = [(_answer(sftp.data, number), length) for number, length in asked.parts]
    after, closed = _answer(sftp.attributes, asked.after), _answer(sftp.done, asked.closed)
    for answer in (before, *(data for data, _ in parts), after, closed):
        if isinstance(answer, Failed):
            return answer
    data = b"".join(data for data, length in parts if isinstance(data, bytes) and len(data) == length)
    if isinstance(after, Attributes) and before == after and len(data) == after.size == entry.size:
        return after, data
    return None


def _answer(wait: Callable[[int], T], number: int) -> T | Failed:
    try:
        return wait(number)
    except Failed as failed:
        return failed


def _entry(name: bytes, attributes: Attributes, kind: tuple[int, ...] | None = None) -> Entry:
    """An entry; of its kind says more what was said of it in the list."""
    if kind is None:
        kind = () if attributes.mode is None else (stat.S_IFMT(attributes.mode),)
    return Entry(name=name, size=attributes.size, mtime_ns=_mtime_ns(attributes), identity=kind)


def _mtime_ns(attributes: Attributes) -> int:
    return (attributes.mtime or 0) * 10**9


def _oddity(name: bytes) -> str | None:
    """Why a name is not sent back to the server, where it could be a path, an option or too much for one."""
    if b"/" in name or b"\\" in name or b"\0" in name or name in (b"", b".", b".."):
        return "its name could be a path"
    if name.startswith(b"-"):
        return "its name begins with a hyphen"
    return "its name is longer than 200 bytes" if len(name) > _NAME_LENGTH else None


def _failed(entry: Entry, failed: Failed) -> Later | Refusal:
    """Only what a server says for good is a refusal: a lock or too many open files pass, and a good file must stay."""
    if failed.code == NO_SUCH_FILE:
        return Later(entry=entry, message="it is no longer there")
    said = f"the server says {str(failed)!r}"
    return _unreadable(entry, said) if failed.code == PERMISSION_DENIED else Later(entry=entry, message=said)


def _unreadable(entry: Entry, why: str) -> Refusal:
    return Refusal(
        entry=entry,
        code="file-unreadable",
        message=f"{entry.label} cannot be taken: {why}",
        remedy="ask the partner to put a regular file there under a plain name, which our account may read and remove",
    )
