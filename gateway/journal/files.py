"""Every file in and out with its bytes: found by SHA-256, in chunks of 1 MiB, compressed, the same bytes once.

What is read back is hashed again: bytes that are not those that came are never handed on.
"""

import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from gateway.errors import JournalError, NotFound
from gateway.journal.instants import instant
from gateway.journal.pruning import PruneReader, PruneWriter
from gateway.journal.records import File

CHUNK = 1 << 20
_LEVEL = 3  # EDI repeats itself: level 6 takes twice the time for a tenth less

_SELECT = "SELECT CAST(id AS TEXT), sha256, size, direction, channel, name, at FROM files WHERE "
_ONE = _SELECT + "id = ?"
_LATEST = _SELECT + "id < ? ORDER BY files.id DESC LIMIT ?"
_WITH_BYTES = _SELECT + "sha256 = ? ORDER BY files.id"
_INSERT = "INSERT INTO files (id, sha256, size, direction, channel, name, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
_HAS_BYTES = "SELECT 1 FROM chunks WHERE sha256 = ? LIMIT 1"
_INSERT_CHUNK = "INSERT INTO chunks (sha256, n, data) VALUES (?, ?, ?)"
_NOT_PRUNED = "DELETE FROM pruned WHERE sha256 = ?"
_BYTES = (
    "SELECT f.sha256, c.data FROM files AS f LEFT JOIN chunks AS c ON c.sha256 = f.sha256 WHERE f.id = ? ORDER BY c.n"
)
_CHUNK = "SELECT data FROM chunks WHERE sha256 = ? AND n = ?"

_KINDS = {"in": "file-received", "out": "file-written"}

NEWEST = 1 << 62
"""Above every id: a listing without a place to go on from begins here."""


def as_file(row: tuple[Any, ...]) -> File:
    """The record of a row of files."""
    values = (*row[:-1], instant(row[-1]))
    return File(*values)


def _unpacked(packed: bytes, n: int, digest: str) -> bytes:
    try:
        return zlib.decompress(packed)
    except (zlib.error, TypeError) as error:
        raise JournalError(f"piece {n} of the bytes {digest} is damaged: restore a backup") from error


class FileReader(PruneReader):
    """Questions about files."""

    def file(self, file_id: str) -> File:
        """The file with this id. Raises NotFound."""
        row = self._connection.row(_ONE, (file_id,))
        if row is None:
            raise NotFound(f"the journal has no file {file_id}")
        return as_file(row)

    def files(self, limit: int = 100, before: str | None = None) -> list[File]:
        """The latest files in the order they came, at most `limit`; `before` goes on further back."""
        return [as_file(row) for row in reversed(self._connection.rows(_LATEST, (before or NEWEST, limit)))]

    def files_of(self, digest: str) -> list[File]:
        """The files with these bytes, by their SHA-256, in the order they came."""
        return [as_file(row) for row in self._connection.rows(_WITH_BYTES, (digest,))]

    def pieces_of(self, digest: str) -> Iterator[bytes]:
        """The bytes with this SHA-256, piece by piece, as they are stored.

        Raises JournalError where a piece cannot be unpacked; what is missing simply does not come.
        """
        n = 0
        while row := self._connection.row(_CHUNK, (digest, n)):
            yield _unpacked(row[0], n, digest)
            n += 1

    def bytes_of(self, file_id: str) -> bytes:
        """The bytes of a file. Raises NotFound, also where they were pruned; JournalError where they were altered."""
        rows = self._connection.rows(_BYTES, (file_id,))
        if not rows:
            raise NotFound(f"the journal has no file {file_id}")
        digest = str(rows[0][0])
        data = b"".join(_unpacked(packed, n, digest) for n, (_, packed) in enumerate(rows) if packed is not None)
        if not data and (pruned_at := self.pruned_at(digest)):
            gone = f"the bytes of file {file_id} were removed on {pruned_at:%Y-%m-%d}, as the retention has it"
            raise NotFound(f"{gone}; its documents are there: `gateway documents show`")
        if sha256(data).hexdigest() != digest:
            raise JournalError(f"the bytes of file {file_id} have been altered: restore a backup (docs/operations.md)")
        return data


class FileWriter(FileReader, PruneWriter):
    """Stores files."""

    def store_file(self, data: bytes, *, direction: str, channel: str, name: str, subjects: Iterable[str] = ()) -> File:
        """Keep a file that came (`in`) or goes (`out`); the name is a label and may hold anything."""
        label = name.encode("utf-8", "backslashreplace").decode()
        digest = sha256(data).hexdigest()
        body = {"sha256": digest, "size": len(data), "direction": direction, "channel": channel, "name": label}
        seq = self._append(_KINDS[direction], body, subjects)
        self._store_bytes(digest, data)
        self._connection.change(_INSERT, (seq, digest, len(data), direction, channel, label, self.at))
        return File(str(seq), digest, len(data), direction, channel, label, instant(self.at))

    def _store_bytes(self, digest: str, data: bytes) -> None:
        if self._connection.row(_HAS_BYTES, (digest,)):
            return
        self._connection.change(_NOT_PRUNED, (digest,))  # bytes that were removed have come again
        view = memoryview(data)
        # An empty file has one empty piece, which tells it from one whose bytes are gone.
        for n, start in enumerate(range(0, max(len(data), 1), CHUNK)):
            packed = zlib.compress(view[start : start + CHUNK], _LEVEL)
            self._connection.change(_INSERT_CHUNK, (digest, n, packed))
