"""Files that come compressed: gzip, in one or several members (RFC 1952), opened piece by piece.

What a file may become is limited: a few kilobytes of gzip can be gigabytes of nothing.
"""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

GZIP = b"\x1f\x8b"
_GZIP_FORMAT = 31  # zlib's number for a gzip header and trailer
_PIECE = 1 << 18
NO_LIMIT = 1 << 50
"""For a file that was taken before, or that its owner looks at himself."""


class Unpackable(ValueError):
    """What says that it is gzip, and is not whole or not right, or becomes too large."""


def is_gzip(head: bytes) -> bool:
    """Whether a file that begins so is compressed."""
    return head.startswith(GZIP)


def unpack_if_packed(chunks: Iterable[bytes], at_most: int) -> Iterator[bytes]:
    """The bytes of a file that may be compressed: inside a gzip, else as they are. Raises as `unpack` does."""
    pieces = iter(chunks)
    first = next(pieces, b"")
    whole = chain((first,), pieces)
    return unpack(whole, at_most) if is_gzip(first) else whole


def unpack(chunks: Iterable[bytes], at_most: int) -> Iterator[bytes]:
    """The bytes inside, in pieces of at most 256 KiB; raises Unpackable for more than `at_most` of them."""
    size = 0
    decompressor = zlib.decompressobj(_GZIP_FORMAT)
    is_begun = False
    for chunk in chunks:
        data = chunk
        while data:
            try:
                piece = decompressor.decompress(data, _PIECE)
            except zlib.error as error:
                raise Unpackable(f"the gzip is damaged: {error}") from error
            is_begun = True
            size += len(piece)
            if size > at_most:
                raise Unpackable(f"unpacked it has more than {at_most} bytes")
            if piece:
                yield piece
            data = decompressor.unconsumed_tail
            if decompressor.eof:
                data = decompressor.unused_data.lstrip(b"\0")
                decompressor, is_begun = zlib.decompressobj(_GZIP_FORMAT), False
    if is_begun:
        raise Unpackable("the gzip is cut off: its end is missing")
