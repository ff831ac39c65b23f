"""An SFTP server in memory: it answers requests of SFTP version 3, and does what a test tells it to instead.

`files` are its files by path. `before` is called with the name of a request and its path or handle before it is
carried out: it may change files, or raise Failed to have the server refuse.
"""

import stat
import struct
from collections.abc import Callable

from gateway.transports.sftp_protocol import Cut, Failed, Sftp
from gateway.transports.sftp_session import Login, Session

_NAMES = {
    3: "open", 4: "close", 5: "read", 6: "write", 7: "lstat", 8: "fstat", 11: "opendir", 12: "readdir", 13: "remove",
    18: "rename", 200: "extended",
}  # fmt: skip


class FakeServer:
    """A stream, as Sftp wants one, with a server at its other end."""

    def __init__(self, files: dict[bytes, bytes] | None = None, *, extensions: tuple[bytes, ...] = ()) -> None:
        self.files = files or {}
        self.times: dict[bytes, int] = {}
        self.extensions = extensions
        self.before: Callable[[str, bytes], None] = lambda *_: None
        self.most = 32_768  # bytes that it gives at once
        self.tells_attributes = True
        self.modes: dict[bytes, int] = {}
        self.requests: list[tuple[str, bytes]] = []
        self.round_trips = 0
        self._in, self._out = bytearray(), bytearray()
        self._handles: dict[bytes, bytes] = {}
        self._listings: dict[bytes, list[bytes]] = {}
        self._was_sending = False

    # The stream

    def settimeout(self, seconds: float) -> None:
        """Nothing waits here."""

    def sendall(self, data: bytes) -> None:
        """Carry out what is whole."""
        self.round_trips += not self._was_sending
        self._was_sending = True
        self._in += data
        while len(self._in) >= 4 and len(self._in) >= 4 + (size := struct.unpack(">I", self._in[:4])[0]):
            packet = bytes(self._in[4 : 4 + size])
            del self._in[: 4 + size]
            self._carry_out(packet)

    def recv(self, size: int) -> bytes:
        """What was answered."""
        self._was_sending = False
        data = bytes(self._out[:size])
        del self._out[:size]
        return data

    def answer(self, body: bytes) -> None:
        """Let the server say something."""
        self._out += struct.pack(">I", len(body)) + body

    def mute(self) -> None:
        """From now on nothing is answered but what the test says."""
        self.sendall = lambda *_: None  # type: ignore[method-assign]

    # The server

    def _carry_out(self, packet: bytes) -> None:
        kind, rest = packet[0], packet[1:]
        if kind == 1:
            self.answer(
                bytes([2]) + struct.pack(">I", 3) + b"".join(text(each) + text(b"1") for each in self.extensions)
            )
            return
        number, rest = rest[:4], rest[4:]
        size = struct.unpack(">I", rest[:4])[0]
        about, rest = rest[4 : 4 + size], rest[4 + size :]
        self.requests.append((_NAMES[kind], about))
        try:
            self.before(_NAMES[kind], self._handles.get(about, about))
            self.answer(getattr(self, f"_{_NAMES[kind]}")(number, about, rest))
        except Failed as failed:
            self.answer(status(number, failed.code, str(failed)))

    def _open(self, number: bytes, path: bytes, rest: bytes) -> bytes:
        flags = struct.unpack(">I", rest[:4])[0]
        if flags & 0x20 and path in self.files:
            raise Failed(4, "Failure")
        if path not in self.files:
            if not flags & 0x08:
                raise Failed(2, "No such file")
            self.files[path] = b""
        if flags & 0x10:
            self.files[path] = b""
        handle = b"h%d" % len(self.requests)
        self._handles[handle] = path
        return bytes([102]) + number + text(handle)

    def _opendir(self, number: bytes, path: bytes, _: bytes) -> bytes:
        handle = b"d%d" % len(self.requests)
        self._listings[handle] = [name for name in self.files if name.startswith(path + b"/")]
        self._handles[handle] = path
        return bytes([102]) + number + text(handle)

    def _readdir(self, number: bytes, handle: bytes, _: bytes) -> bytes:
        names, self._listings[handle] = self._listings[handle][:50], self._listings[handle][50:]
        if not names:
            raise Failed(1, "End of file")
        folder = self._handles[handle] + b"/"
        told = self._attributes if self.tells_attributes else lambda _: struct.pack(">I", 0)
        rows = [text(name.removeprefix(folder)) + text(b"-rw") + told(name) for name in names]
        return bytes([104]) + number + struct.pack(">I", len(rows)) + b"".join(rows)

    def _read(self, number: bytes, handle: bytes, rest: bytes) -> bytes:
        offset, size = struct.unpack(">QI", rest)
        data = self.files[self._handles[handle]][offset : offset + min(size, self.most)]
        if not data:
            raise Failed(1, "End of file")
        return bytes([103]) + number + text(data)

    def _write(self, number: bytes, handle: bytes, rest: bytes) -> bytes:
        offset, size = struct.unpack(">QI", rest[:12])
        path = self._handles[handle]
        self.files[path] = self.files[path][:offset] + rest[12 : 12 + size]
        return status(number, 0)

    def _lstat(self, number: bytes, path: bytes, _: bytes) -> bytes:
        if path not in self.files:
            raise Failed(2, "No such file")
        return bytes([105]) + number + self._attributes(path)

    def _fstat(self, number: bytes, handle: bytes, rest: bytes) -> bytes:
        return self._lstat(number, self._handles[handle], rest)

    def _close(self, number: bytes, handle: bytes, _: bytes) -> bytes:
        del self._handles[handle]
        return status(number, 0)

    def _remove(self, number: bytes, path: bytes, _: bytes) -> bytes:
        if self.files.pop(path, None) is None:
            raise Failed(2, "No such file")
        return status(number, 0)

    def _rename(self, number: bytes, old: bytes, rest: bytes) -> bytes:
        new = rest[4:]
        if old not in self.files or new in self.files:
            raise Failed(4, "Failure")
        self.files[new] = self.files.pop(old)
        return status(number, 0)

    def _extended(self, number: bytes, name: bytes, rest: bytes) -> bytes:
        if name == b"posix-rename@openssh.com":
            size = struct.unpack(">I", rest[:4])[0]
            self.files[rest[8 + size :]] = self.files.pop(rest[4 : 4 + size])
        return status(number, 0)

    def _attributes(self, path: bytes) -> bytes:
        mode = self.modes.get(path, stat.S_IFREG | 0o644)
        time = self.times.get(path, 1_000)
        return struct.pack(">IQIII", 0x01 | 0x04 | 0x08, len(self.files[path]), mode, time, time)


class FakeSession(Session):
    """A session with a server in memory; every connection is to the same one."""

    def __init__(self, server: FakeServer) -> None:
        super().__init__(Login(host="h", port=22, user="u", key_file=None, host_keys=None))  # type: ignore[arg-type]
        self.server = server

    def _open(self) -> Sftp:
        if self._sftp is None:
            self.serial += 1
            self.server._out.clear()
            self.server._in.clear()
            self._sftp = Sftp(self.server, 1.0)
        return self._sftp

    def close(self) -> None:
        self._sftp = None


def text(data: bytes) -> bytes:
    """A text as SFTP writes it."""
    return struct.pack(">I", len(data)) + data


def status(number: bytes, code: int, said: str = "") -> bytes:
    """An answer that says how something went."""
    return bytes([101]) + number + struct.pack(">I", code) + text(said.encode()) + text(b"")


def cut(*_: object) -> None:
    """Let the connection end."""
    raise Cut("the connection ended")
