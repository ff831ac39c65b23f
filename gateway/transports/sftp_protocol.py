"""The requests of SFTP that the transport needs, several of them under way at once.

SFTP version 3 (draft-ietf-secsh-filexfer-02) as all servers in the field speak it: every request has a number, and the
server answers it some time later. Requests are collected and leave together when an answer is waited for, so a hundred
small files cost a few round trips instead of five each. Names stay bytes; nothing here makes a path of what a server
says. What ends the connection is Cut; what a server will not do is Failed, with its code.
"""

import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

_INIT, _VERSION = 1, 2
_OPEN, _CLOSE, _READ, _WRITE, _LSTAT, _FSTAT, _OPENDIR, _READDIR, _REMOVE = 3, 4, 5, 6, 7, 8, 11, 12, 13
_RENAME, _EXTENDED = 18, 200
_STATUS, _HANDLE, _DATA, _NAMES, _ATTRIBUTES = 101, 102, 103, 104, 105

READ, CREATE = 0x01, 0x02 | 0x08  # SSH_FXF_READ; SSH_FXF_WRITE and SSH_FXF_CREAT
OVERWRITE, NEW = 0x10, 0x20  # SSH_FXF_TRUNC, SSH_FXF_EXCL

OK, END, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, UNSUPPORTED = 0, 1, 2, 3, 4, 8
POSIX_RENAME, FSYNC = b"posix-rename@openssh.com", b"fsync@openssh.com"

CHUNK = 32_768  # what every server must take and give in one packet
_LARGEST_PACKET = 16_000_000
_SEND_AT = 262_144  # bytes of requests that leave before an answer is waited for


class Stream(Protocol):
    """The two-way stream that SFTP speaks over: a channel of an SSH connection."""

    def recv(self, size: int) -> bytes:
        """What has come, at most size bytes; empty at the end. Raises TimeoutError."""

    def sendall(self, data: bytes) -> object:
        """Send all of it. Raises TimeoutError, OSError."""

    def settimeout(self, seconds: float) -> object:
        """How long the two others wait."""


class Cut(Exception):
    """The connection ended, or the far end was silent for too long, or what it said was no SFTP."""


class Failed(Exception):
    """The server answered that it will not: its status code and its own words."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text or f"status {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a server says of a file; mode and mtime (seconds) are None where it does not say. Size is 0 then."""

    size: int
    mode: int | None
    mtime: int | None


@contextmanager
def _cut_told() -> Iterator[None]:
    try:
        yield
    except TimeoutError as silent:
        raise Cut("the server is silent") from silent
    except (OSError, EOFError) as broken:
        raise Cut("the connection broke") from broken


class Sftp:
    """One SFTP session over a stream. One thread at a time may use it."""

    def __init__(self, stream: Stream, timeout: float) -> None:
        """Agrees on the version; timeout is how many seconds one answer may take. Raises Cut."""
        self._stream, self._timeout = stream, timeout
        self._out, self._in = bytearray(), bytearray()
        self._number = 0
        self._asked: set[int] = set()
        self._answers: dict[int, tuple[int, bytes]] = {}
        self._send(struct.pack(">BI", _INIT, 3))
        kind, body = self._packet()
        if kind != _VERSION or len(body) < 4:
            raise Cut("what answers there is no SFTP server")
        rest = _Fields(body[4:])
        pairs = iter(rest.strings())
        self.extensions = dict(zip(pairs, pairs, strict=False))

    # Requests: each answers with its number, under which the answer is asked for.

    def open(self, path: bytes, flags: int) -> int:
        """Ask to open a file; `handle` gives the answer."""
        return self._ask(_OPEN, path, flags, 0)

    def opendir(self, path: bytes) -> int:
        """Ask to open a folder; `handle` gives the answer."""
        return self._ask(_OPENDIR, path)

    def readdir(self, handle: bytes) -> int:
        """Ask for some names of an open folder; `names` gives the answer."""
        return self._ask(_READDIR, handle)

    def read(self, handle: bytes, offset: int, size: int) -> int:
        """Ask for bytes; `data` gives the answer."""
        return self._ask(_READ, handle, struct.pack(">QI", offset, size), plain=1)

    def write(self, handle: bytes, offset: int, data: bytes) -> int:
        """Ask to write; `done` gives the answer."""
        return self._ask(_WRITE, handle, struct.pack(">Q", offset) + struct.pack(">I", len(data)) + data, plain=1)

    def lstat(self, path: bytes) -> int:
        """Ask about a name without following a link; `attributes` gives the answer."""
        return self._ask(_LSTAT, path)

    def fstat(self, handle: bytes) -> int:
        """Ask about an open file; `attributes` gives the answer."""
        return self._ask(_FSTAT, handle)

    def close(self, handle: bytes) -> int:
        """Ask to close; `done` gives the answer."""
        return self._ask(_CLOSE, handle)

    def remove(self, path: bytes) -> int:
        """Ask to remove a file; `done` gives the answer."""
        return self._ask(_REMOVE, path)

    def rename(self, old: bytes, new: bytes) -> int:
        """Ask to rename, by posix-rename where the server has it; `done` gives the answer."""
        if POSIX_RENAME in self.extensions:
            return self._ask(_EXTENDED, POSIX_RENAME, old, new)
        return self._ask(_RENAME, old, new)

    def fsync(self, handle: bytes) -> int | None:
        """Ask to make an open file durable; None where the server does not offer it."""
        return self._ask(_EXTENDED, FSYNC, handle) if FSYNC in self.extensions else None

    # Answers: each waits for the one of its number. Raises Failed, Cut.

    def done(self, number: int) -> None:
        """Wait until something is done."""
        self._answer(number, _STATUS)

    def handle(self, number: int) -> bytes:
        """Wait for the handle of what was opened."""
        return self._answer(number, _HANDLE).string()

    def data(self, number: int) -> bytes:
        """Wait for bytes; empty at the end of the file."""
        try:
            return self._answer(number, _DATA).string()
        except Failed as failed:
            if failed.code == END:
                return b""
            raise

    def attributes(self, number: int) -> Attributes:
        """Wait for what the server says of a file."""
        return self._answer(number, _ATTRIBUTES).attributes()

    def names(self, number: int) -> list[tuple[bytes, Attributes]]:
        """Wait for names of a folder; none at its end."""
        try:
            fields = self._answer(number, _NAMES)
        except Failed as failed:
            if failed.code == END:
                return []
            raise
        return [fields.name() for _ in range(fields.integer())]

    # The wire

    def _ask(self, kind: int, *fields: bytes | int, plain: int = 0) -> int:
        """Collect a request. Texts have their length before them, but for the last `plain` ones."""
        self._number = (self._number + 1) & 0xFFFFFFFF
        body = bytearray(struct.pack(">BI", kind, self._number))
        for place, field in enumerate(fields):
            if isinstance(field, int):
                body += struct.pack(">I", field)
            else:
                body += field if place >= len(fields) - plain else struct.pack(">I", len(field)) + field
        self._send(body)
        self._asked.add(self._number)
        return self._number

    def _send(self, body: bytes | bytearray) -> None:
        self._out += struct.pack(">I", len(body)) + body
        if len(self._out) >= _SEND_AT:
            self.flush()

    def flush(self) -> None:
        """Let what was asked leave now. Raises Cut."""
        if self._out:
            out, self._out = bytes(self._out), bytearray()
            with _cut_told():
                self._stream.settimeout(self._timeout)
                self._stream.sendall(out)

    def drain(self) -> None:
        """Wait for all that was asked and is of no interest any more. Raises Cut."""
        while self._asked:
            self._wait_for(next(iter(self._asked)))
            self._answers.clear()

    def _wait_for(self, number: int) -> None:
        while number in self._asked and number not in self._answers:
            kind, body = self._packet()
            answered = _Fields(body).integer()
            if answered not in self._asked:
                raise Cut("the server answered what was not asked")
            self._asked.discard(answered)
            self._answers[answered] = (kind, body)

    def _answer(self, number: int, wanted: int) -> "_Fields":
        self._wait_for(number)
        kind, body = self._answers.pop(number)
        fields = _Fields(body[4:])
        if kind == _STATUS:
            code = fields.integer()
            if code != OK or wanted != _STATUS:
                raise Failed(code, fields.text())
        elif kind != wanted:
            raise Cut(f"the server answered with a packet of kind {kind}")
        return fields

    def _packet(self) -> tuple[int, bytes]:
        """The next packet. However slowly its bytes drip, it has to be whole in time."""
        self.flush()
        until = time.monotonic() + self._timeout
        (length,) = struct.unpack(">I", self._take(4, until))
        if not 1 <= length <= _LARGEST_PACKET:
            raise Cut("what answers there is no SFTP server")
        packet = self._take(length, until)
        return packet[0], packet[1:]

    def _take(self, size: int, until: float) -> bytes:
        while len(self._in) < size:
            with _cut_told():
                self._stream.settimeout(max(until - time.monotonic(), 0.001))
                came = self._stream.recv(65_536)
            if not came:
                raise Cut("the connection ended")
            self._in += came
        taken = bytes(self._in[:size])
        del self._in[:size]
        return taken


class _Fields:
    """The fields of an answer, read one after the other. Raises Cut where there are fewer than it says."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def _take(self, size: int) -> bytes:
        taken = self._body[self._at : self._at + size]
        if len(taken) != size:
            raise Cut("what answers there is no SFTP server")
        self._at += size
        return taken

    def integer(self) -> int:
        return int.from_bytes(self._take(4))

    def string(self) -> bytes:
        return self._take(self.integer())

    def text(self) -> str:
        """A server's own words; early versions send none."""
        return self.string().decode(errors="replace") if self._at < len(self._body) else ""

    def strings(self) -> Iterator[bytes]:
        while self._at < len(self._body):
            yield self.string()

    def attributes(self) -> Attributes:
        flags = self.integer()
        size = int.from_bytes(self._take(8)) if flags & 0x01 else 0
        self._take(8 if flags & 0x02 else 0)  # uid, gid
        mode = self.integer() if flags & 0x04 else None
        mtime = int.from_bytes(self._take(8)[4:]) if flags & 0x08 else None  # atime, mtime
        for _ in range(self.integer() if flags & 0x80000000 else 0):
            self.string()
            self.string()
        return Attributes(size, mode, mtime)

    def name(self) -> tuple[bytes, Attributes]:
        """A name of a folder, what `ls -l` would show of it (passed over), and its attributes."""
        name, _ = self.string(), self.string()
        return name, self.attributes()
