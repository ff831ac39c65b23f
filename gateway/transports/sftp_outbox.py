"""The folder of an SFTP server that our files are put into: whole, once, under a name that is never used again.

Where the partner lets us rename, a file is uploaded as `<name>.part`, made durable, measured, and renamed on the same
connection. Where not, its bytes are held until it is published, and then written under its own name at once. A
connection that breaks while the name appears leaves doubt (reliability rule R14): later we look. The name with all its
bytes is there: it arrived. What we uploaded is still unfinished: it did not. Neither: it did not either, unless they
take files away; then nobody can tell.

A late request of a broken connection may still be carried out by the server. So a second try has a `.part` of another
name, and a file under its own name is made only where there is none: nothing late can cut or replace what is whole.
"""

import os
import posixpath
import stat
from dataclasses import dataclass

from gateway.errors import Interrupted, Refused, TransportError, Unreachable
from gateway.transports.base import Staged, check_name
from gateway.transports.sftp_protocol import (
    CHUNK,
    CREATE,
    NEW,
    NO_SUCH_FILE,
    OVERWRITE,
    PERMISSION_DENIED,
    READ,
    UNSUPPORTED,
    Attributes,
    Cut,
    Failed,
    Sftp,
)
from gateway.transports.sftp_session import Session


@dataclass(frozen=True, slots=True)
class _Held:
    """What was staged: its bytes, and the connection over which they were uploaded."""

    data: bytes
    serial: int


class Outbox:
    """The upload folder, seen through the account that uploads."""

    def __init__(self, session: Session, folder: str, *, renames: bool, takes_away: bool) -> None:
        """`renames`: whether we may rename there; `takes_away`: whether the partner removes what it took."""
        self._session, self._folder = session, folder
        self._renames, self._takes_away = renames, takes_away
        self._held: dict[str, _Held] = {}
        self._tries: dict[str, int] = {}
        self._unfinished: set[str] = set()
        self._is_blind = False  # an account for uploading may not be allowed to look at anything

    def stage(self, name: str, data: bytes) -> Staged:
        """Upload as `.part`, or hold the bytes where there is no renaming. Raises Refused, Unreachable."""
        check_name(name)
        with self._session.told("write", self._shown(name)) as sftp:
            found = self._look(sftp, self._path(name))
            if found is not None and not self._is_ours(sftp, name, found, data):
                raise Refused(f"{self._shown(name)} is there already: ask the partner to move it away")
            if self._renames:
                self._write(sftp, self._part(name), data, CREATE | OVERWRITE)
            self._held[name] = _Held(data, self._session.serial)
        return Staged(name, len(data))

    def publish(self, staged: Staged) -> None:
        """Let it appear under its name. Raises Interrupted where the connection broke while it did, else as stage."""
        name = check_name(staged.name)
        held = self._held.pop(name, None)
        if held is None:
            raise Refused(f"{self._shown(name)} is not staged any more, so it has left or was taken away")
        with self._session.told("publish", self._shown(name)) as sftp:
            found = self._look(sftp, self._path(name))
            if found is not None and not self._is_ours(sftp, name, found, held.data):
                raise Refused(f"{self._shown(name)} is there already: ask the partner to move it away")
            if self._renames:
                self._rename(sftp, name, held, is_there=found is not None)
            elif found is None or found.size != len(held.data):
                self._appear(sftp, name, held.data, over=found is not None)
        self._unfinished.discard(name)
        self._tries.pop(name, None)

    def is_published(self, staged: Staged) -> bool:
        """Whether a file arrived. Raises Interrupted where nobody can tell, Unreachable where nobody can look."""
        name = check_name(staged.name)
        if name in self._held:
            return False  # it has not been let go
        with self._session.told("look for", self._shown(name)) as sftp:
            if self._renames and self._withdraw(sftp, name):
                return False
            found = self._look(sftp, self._path(name))
        if found is not None:
            is_whole = staged.size is None or found.size == staged.size
            if not is_whole:
                self._unfinished.add(name)
            return is_whole
        if self._is_blind:
            raise Interrupted(f"{self._shown(name)}: our account may not look there: nobody can tell if it came")
        if self._takes_away:
            raise Interrupted(
                f"{self._shown(name)} is not there, and the partner takes away what came: nobody can tell if it did"
            )
        return False

    def _withdraw(self, sftp: Sftp, name: str) -> bool:
        """Remove what we uploaded and did not rename. True where it was there: then the name never appeared.

        It is looked for before the name is: a renaming that comes late is then seen in one of the two places, or finds
        nothing to rename.
        """
        try:
            sftp.done(sftp.remove(self._part(name)))
        except Failed as failed:
            if failed.code == NO_SUCH_FILE:
                return False
            if self._look(sftp, self._part(name)) is None:
                return False  # some servers have one word for all that fails
        self._tries[name] = self._tries.get(name, 1) + 1
        return True

    def _rename(self, sftp: Sftp, name: str, held: _Held, *, is_there: bool) -> None:
        if held.serial != self._session.serial:
            # Amazon allows renaming only on the connection of the upload.
            raise Unreachable(f"the connection ended before {self._shown(name)} could be renamed: it is uploaded again")
        part = self._look(sftp, self._part(name))
        if not self._is_blind and (part is None or part.size != len(held.data)):
            raise Unreachable(f"{self._shown(name)}.part is not what was uploaded: it is uploaded again")
        if is_there:
            sftp.done(sftp.remove(self._part(name)))  # the very same bytes lie there under the name: they have arrived
            return
        try:
            sftp.done(sftp.rename(self._part(name), self._path(name)))
        except Cut as cut:
            raise self._doubt(name, cut) from cut

    def _appear(self, sftp: Sftp, name: str, data: bytes, *, over: bool) -> None:
        """Write under the name itself; the beginning of the same bytes, if it lies there, is removed first."""
        path = self._path(name)
        if over:
            sftp.done(sftp.remove(path))
        try:
            self._write(sftp, path, data, CREATE | NEW)
        except Cut as cut:
            raise self._doubt(name, cut) from cut
        except (TransportError, Failed):
            self._unfinished.add(name)  # what there is of it is ours
            raise

    def _doubt(self, name: str, cut: Cut) -> Interrupted:
        self._session.close()
        return Interrupted(f"{self._shown(name)}: {cut} while it was sent, so it may or may not have arrived")

    def _write(self, sftp: Sftp, path: bytes, data: bytes, flags: int) -> None:
        """Write a whole file, have it made durable where the server can, and let the server measure it."""
        handle = sftp.handle(sftp.open(path, flags))
        asked = [sftp.write(handle, at, data[at : at + CHUNK]) for at in range(0, len(data), CHUNK)]
        synced, measured, closed = sftp.fsync(handle), sftp.fstat(handle), sftp.close(handle)
        failures: list[Failed] = []
        for number in (*asked, *([synced] if synced is not None else [])):
            try:
                sftp.done(number)
            except Failed as failed:
                failures.append(failed)
        size = _size(sftp, measured, len(data))
        sftp.done(closed)
        if failures:
            raise failures[0]
        if size != len(data):
            raise Unreachable(f"of {len(data)} bytes {size} arrived at {self._folder}: it is uploaded again")

    def _is_ours(self, sftp: Sftp, name: str, found: Attributes, data: bytes) -> bool:
        """Whether what lies under the name is these very bytes, or without renaming the beginning of them.

        An account that may not read is believed where we broke off under this name before.
        """
        if found.mode is not None and not stat.S_ISREG(found.mode):
            return False
        if found.size > len(data) or (self._renames and found.size != len(data)):
            return False
        try:
            handle = sftp.handle(sftp.open(self._path(name), READ))
        except Failed:
            return name in self._unfinished and found.size < len(data)
        there = bytearray()
        while len(there) < found.size and (piece := sftp.data(sftp.read(handle, len(there), CHUNK))):
            there += piece
        sftp.done(sftp.close(handle))
        return len(there) == found.size and data.startswith(there)

    def _look(self, sftp: Sftp, path: bytes) -> Attributes | None:
        try:
            return sftp.attributes(sftp.lstat(path))
        except Failed as failed:
            if failed.code in (PERMISSION_DENIED, UNSUPPORTED):
                self._is_blind = True
            elif failed.code != NO_SUCH_FILE:
                raise
            return None

    def _part(self, name: str) -> bytes:
        tries = self._tries.get(name, 1)
        return self._path(f"{name}.part" if tries == 1 else f"{name}.{tries}.part")

    def _path(self, name: str) -> bytes:
        return posixpath.join(os.fsencode(self._folder), name.encode())

    def _shown(self, name: str) -> str:
        return f"{self._folder}/{name}"


def _size(sftp: Sftp, number: int, expected: int) -> int:
    """What a server says of the size of an open file; one that cannot say is believed."""
    try:
        return sftp.attributes(number).size
    except Failed:
        return expected
