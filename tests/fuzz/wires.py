"""What servers say: an SFTP server's packets, an AS2 server's receipts and file names, a partner's checksum files."""

import json
import struct
from typing import Any

from gateway.errors import GatewayError
from gateway.pipeline.begun import read_begun
from gateway.pipeline.mdn import read_mdn
from gateway.transports.announced import _hash_for
from gateway.transports.as2_drop import message_id_of
from gateway.transports.sftp_protocol import Cut, Failed, Sftp
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took

_TAIL = b"\x00" * 8


class Said:
    """A stream on which a server has said all that it will ever say."""

    def __init__(self, data: bytes, dice: Random) -> None:
        self.data, self.dice = data, dice

    def recv(self, size: int) -> bytes:
        """At most so many bytes, in pieces of any size."""
        taken = self.data[: min(size, self.dice.choice((1, 5, 100, 65_536)))]
        self.data = self.data[len(taken) :]
        return taken

    def sendall(self, data: bytes) -> None:
        """Nobody listens."""

    def settimeout(self, seconds: float) -> None:
        """Nothing is waited for."""


def _text(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _packet(kind: int, *fields: bytes) -> bytes:
    body = bytes([kind]) + b"".join(fields)
    return struct.pack(">I", len(body)) + body


def _number(value: int) -> bytes:
    return struct.pack(">I", value)


def conversation() -> bytes:
    """The answers to: open a folder, read it, look at a file, open it, read it, remove it."""
    attributes = _number(0x0D) + struct.pack(">Q", 1234) + _number(0o100644) + _number(1_700_000_000) * 2
    named = b"".join(_text(name) + _text(b"-rw-r--r--") + attributes for name in (b"850_1.edi", b"..", b"a/b"))
    return b"".join(
        (
            _packet(2, _number(3), _text(b"posix-rename@openssh.com"), _text(b"1")),
            _packet(102, _number(1), _text(b"handle")),
            _packet(104, _number(2), _number(3), named),
            _packet(105, _number(3), attributes),
            _packet(102, _number(4), _text(b"file")),
            _packet(103, _number(5), _text(b"ISA*00*")),
            _packet(101, _number(6), _number(0), _text(b"done"), _text(b"")),
        )
    )


def take_packets(data: bytes, dice: Random) -> Took:
    """As much of the conversation as the server's words allow; it ends in Cut or Failed and nothing else."""
    answered = 0
    try:
        sftp = Sftp(Said(data, dice), 1.0)
        answered += 1
        asked = (sftp.opendir(b"/in"), sftp.readdir(b"h"), sftp.lstat(b"/in/x"), sftp.open(b"/in/x", 1))
        waits = (sftp.handle, sftp.names, sftp.attributes, sftp.handle)
        for wait, number in zip(waits, asked, strict=True):
            try:
                wait(number)
                answered += 1
            except Failed:
                continue
        sftp.data(sftp.read(b"f", 0, 100))
        sftp.done(sftp.remove(b"/in/x"))
    except (Cut, Failed):
        return Took(answered > 0, 1)
    return Took(True)


def reader_of_sftp() -> Reader:
    return Reader(
        "sftp", [conversation()], b"\x00\x01\x03\x65\x66\x67\x68\x69\xff\x7f", take_packets, "with a session", 0.3
    )


RECEIPT = b"""MIME-Version: 1.0
ORIGINAL_MESSAGE_ID: <GATEWAY-20261120-0001@acme>
DISPOSITION: automatic-action/MDN-sent-automatically; processed
Received-Content-MIC: 7v7F++fQaNB1sVLFtMRp+dF+eG4=, sha-256

The message sent to us was received.
"""


def take_receipt(data: bytes, _: Random) -> Took:
    """A receipt says what became of which message, in bounded words, or nothing."""
    mdn = read_mdn(data)
    if mdn is not None:
        assert max(map(len, (mdn.message_id, mdn.disposition, mdn.mic))) <= 200
        assert mdn.is_positive in (True, False)
    return Took(mdn is not None)


def reader_of_receipts() -> Reader:
    refused = RECEIPT.replace(b"processed", b"processed/error: decryption-failed").replace(b"_", b"-")
    return Reader(
        "receipts", [RECEIPT, refused, RECEIPT.replace(b"\n", b"\r\n")], b":;/<>@\n\r -_", take_receipt, "say something"
    )


def take_wire_name(data: bytes, _: Random) -> Took:
    """A Message-ID has something on both sides of its @, and is the same for the same name."""
    name = data.decode("utf-8", errors="surrogateescape")
    found = message_id_of(name)
    if found is not None:
        before, at, after = found.partition("@")
        assert before
        assert at
        assert after
    digest = _hash_for(b"850.edi", data)
    assert len(digest) in (0, 64)
    return Took(found is not None or bool(digest))


def reader_of_as2_names() -> Reader:
    names = (b"850.edi-OPENAS2-20261120-101@AMAZON_ACME", b"850-x@y", b"a.b-c.d-<x@y>", b"no id at all")
    sums = (b"0123456789abcdef" * 4 + b"  850.edi\n", b"0123456789ABCDEF" * 4)
    return Reader("as2-names", [*names, *sums], b"-@.<> \n*/", take_wire_name, "with an id or a hash", 0.3)


def take_begun(data: bytes, _: Random) -> Took:
    """A line of orders that another system began: a record, or our own exception."""
    try:
        read_begun(data.decode("utf-8", errors="replace"))
    except GatewayError as error:
        return Took("JSON" not in str(error), 1)
    return Took(True)


def reader_of_begun_orders() -> Reader:
    return Reader("orders-import", BEGUN, b'{}[]",:\\0-9.', take_begun, "are JSON", 0.1)


_BEGUN: dict[str, Any] = {
    "partner": "amazon-us",
    "order": "old/4XK7PL2Q.edi",
    "received_at": "2026-11-20T21:02:00Z",
    "sales_order": "SO-1",
    "lines": [{"line": "1", "accepted": "24", "ships_on": "2026-11-25"}],
    "shipments": [{"shipment": "S1", "lines": [{"line": "1", "quantity": "24"}]}],
    "invoices": [{"invoice": "I1", "invoiced_on": "2026-11-26", "lines": [{"line": "1", "quantity": 24}]}],
}
BEGUN = [json.dumps(_BEGUN).encode()]
