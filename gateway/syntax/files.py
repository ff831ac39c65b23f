"""A file of either standard: told apart by its first bytes, read by the reader of its kind.

A file of X12 begins with ISA, one of EDIFACT with UNA or UNB, after blanks and perhaps a byte order mark. Where
something else stands first, the first line that begins so decides, and the reader says what it passed over. A file
holds one kind: what follows of the other is told as data that is no interchange.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from gateway.findings import Finding, find
from gateway.syntax import edifact, x12
from gateway.syntax.compressed import is_gzip
from gateway.syntax.delimiters import byte_order_mark
from gateway.syntax.envelope import Event, Limits, Unreadable
from gateway.syntax.source import BLANKS

# How far into a file we look for its first interchange.
_LOOKED_AT = 1 << 16
_SHOWN = 24
_HEADERS = ((b"ISA", x12.read), (b"UNA", edifact.read), (b"UNB", edifact.read))
_TAGS = tuple(header for header, _ in _HEADERS)
# A byte order mark, a few blanks and a tag: longer starts wait for all that we look at.
_LONGEST_START = 64
_LINE = re.compile(rb"\n(?=(?:ISA|UNA|UNB)[^0-9A-Za-z])")
# Words with tabs between them: the first line of a report, in UTF-8 or UTF-16.
_HEADING = re.compile(rb"[^\t\r\n]{1,200}\t[^\r\n]*[A-Za-z]")
_EBCDIC = tuple(header.decode().encode("cp037") for header, _ in _HEADERS)


def read(chunks: Iterable[bytes], limits: Limits | None = None) -> Iterator[Event]:
    """Read interchanges of either standard from the pieces of a file and yield their events in file order.

    Never raises for what is in the data.
    """
    pieces = iter(chunks)
    taken = _take(pieces)
    head = taken[:_LOOKED_AT]
    start = len(head) - len(_bare(head))
    line = _LINE.search(head)
    for at in (start, line.end() if line else start):
        for header, reader in _HEADERS:
            if head.startswith(header, at):
                yield from reader(chain((taken,), pieces), limits)
                return
    yield Unreadable(_neither(head, start))


def is_report(data: bytes) -> bool:
    """Whether a file is a table with a header, or compressed as reports are: no interchange begins in it."""
    if is_gzip(data):
        return True
    head = _bare(data[:_LOOKED_AT])
    return not head.startswith(_TAGS) and _HEADING.match(head) is not None


def _take(pieces: Iterator[bytes]) -> bytes:
    """As many pieces of the file as tell its kind: they begin with a header, or are all that we look at."""
    taken = bytearray()
    for piece in pieces:
        taken += piece
        if len(taken) >= _LOOKED_AT or _bare(bytes(taken[:_LONGEST_START])).startswith(_TAGS):
            break
    return bytes(taken)


def _bare(head: bytes) -> bytes:
    return head[byte_order_mark(head) :].lstrip(BLANKS)


def _neither(head: bytes, offset: int) -> Finding:
    if offset == len(head) < _LOOKED_AT:
        return find("file-empty", "there is nothing in the file", offset=0)
    if head.startswith(_EBCDIC, offset):
        text = "an envelope in EBCDIC: the sender's system did not convert to ASCII"
        return find("ebcdic", text, offset=offset)
    shown = ascii(head[offset : offset + _SHOWN])[1:]
    text = f"neither ISA nor UNA or UNB: the file begins with {shown}"
    return find("not-edi", text, offset=offset, value=shown, expected="ISA, UNA or UNB")
