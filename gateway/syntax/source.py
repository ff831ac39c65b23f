"""The bytes under a reader: a window on a stream that grows when asked and forgets what is behind it.

Limits are kept while it grows, so that nothing larger is ever held: a segment and a message have so many bytes, and a
message that is whole has so many segments and lines. What passes one ends the reading of its file.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from gateway.findings import Finding, find
from gateway.syntax.delimiters import byte_order_mark
from gateway.syntax.envelope import Event, Limits, Unreadable

BLANKS = b" \t\r\n\x00\x1a"

# The segments that open a line, a pack, or an entry of a list, in the messages that have any.
_LINE_TAGS = (b"PO1", b"POC", b"IT1", b"LIN", b"HL", b"RMR", b"DOC", b"AK2", b"UCM", b"OTI")


class TooLarge(Exception):
    """A segment or message passes its limit; reading stops there. Never leaves the reader."""

    def __init__(self, what: str, offset: int, limit: int, unit: str = "bytes") -> None:
        self.finding = find(
            "message-too-large",
            f"a {what} of more than {limit} {unit}",
            offset=offset,
            expected=f"at most {limit} {unit}",
        )
        super().__init__(self.finding.message)


class Source:
    """The bytes under the reader: grows when asked, forgets what is behind it, knows its place in the file."""

    def __init__(self, chunks: Iterable[bytes], limits: Limits) -> None:
        self._chunks = iter(chunks)
        self._forgotten = 0
        self._is_over = False
        self.limits = limits
        # A message of so few bytes keeps them all, whatever is in it.
        self.harmless = min(limits.segment, limits.message, limits.segments, limits.lines)
        self.data = b""
        self.at = 0
        self.is_plain = True  # nothing but ASCII without line breaks in the window

    @property
    def offset(self) -> int:
        return self._forgotten + self.at

    @property
    def ahead(self) -> int:
        """How many bytes are held ahead of the reader."""
        return len(self.data) - self.at

    def grow(self) -> bool:
        """Take in more; False at the end of the file.

        At least as much as is held already, so that a long message is not copied anew for every piece of it.
        """
        if self._is_over:
            return False
        ahead = self.data[self.at :]
        pieces, taken = [ahead], 0
        for chunk in self._chunks:
            pieces.append(chunk)
            taken += len(chunk)
            if taken and taken >= len(ahead):
                break
        else:
            self._is_over = True
        self._forgotten += self.at
        self.data, self.at = b"".join(pieces), 0
        self.is_plain = self.data.isascii() and b"\n" not in self.data and b"\r" not in self.data
        return taken > 0

    def need(self, length: int) -> None:
        """Have `length` bytes ahead, if the file has that many."""
        while self.ahead < length and self.grow():
            pass

    def peek(self, length: int) -> bytes:
        return self.data[self.at : self.at + length]

    def startswith(self, prefix: bytes) -> bool:
        return self.data.startswith(prefix, self.at)

    def skip_blanks(self) -> bool:
        """Stand on the next byte that is no blank; False where there is none."""
        if self.data[self.at : self.at + 1].isalpha():  # nearly always: the next segment follows at once
            return True
        while True:
            rest = self.data[self.at : self.at + 1024]
            skipped = len(rest) - len(rest.lstrip(BLANKS))
            self.at += skipped
            if skipped < len(rest):
                return True
            if not rest and not self.grow():
                return False

    def seek(self, mark: bytes) -> bool:
        """Stand on the next line that begins with `mark`; False where there is none."""
        while True:
            at = self.data.find(b"\n" + mark, self.at)
            if at >= 0:
                self.at = at + 1
                return True
            self.at = max(self.at, len(self.data) - len(mark))
            if not self.grow():
                return False

    def find(self, mark: bytes) -> int:
        """How far ahead `mark` stands; -1 where the file ends without it. Raises TooLarge beyond a segment's limit."""
        start = 0
        while True:
            found = self.data.find(mark, self.at + start)
            ahead = (found if found >= 0 else len(self.data)) - self.at
            if ahead > self.limits.segment:
                raise TooLarge("segment", self.offset, self.limits.segment)
            if found >= 0:
                return ahead
            start = max(ahead - len(mark) + 1, 0)
            if not self.grow():
                return -1

    def take(self, length: int) -> bytes:
        taken = self.data[self.at : self.at + length]
        self.at += length
        return taken

    def keep_limits(self, length: int, terminator: bytes) -> None:
        """Raise TooLarge for whichever limit is passed first, in these many bytes of a message under the reader."""
        if length <= min(self.limits.segment, self.limits.message):
            return
        start = 0
        while start < length:
            end = self.data.find(terminator, self.at + start, self.at + length) - self.at
            end = length if end < 0 else end
            if end - start > self.limits.segment and start + self.limits.segment < self.limits.message:
                raise TooLarge("segment", self.offset + start, self.limits.segment)
            start = end + len(terminator)
        if length > self.limits.message:
            raise TooLarge("message", self.offset, self.limits.message)

    def take_message(self, length: int, terminator: bytes, separator: bytes) -> bytes:
        """Take a whole message. Raises TooLarge where it has more segments or lines than the limits allow."""
        # What is counted first is as much as there can be; segments without anything in them are none.
        if self.data.count(terminator, self.at, self.at + length) > min(self.limits.segments, self.limits.lines):
            segments = [bare for part in self.peek(length).split(terminator) if (bare := part.strip(BLANKS))]
            if len(segments) > self.limits.segments:
                raise TooLarge("message", self.offset, self.limits.segments, "segments")
            tags = tuple(tag + separator for tag in _LINE_TAGS)
            if sum(segment.startswith(tags) for segment in segments) > self.limits.lines:
                raise TooLarge("message", self.offset, self.limits.lines, "lines")
        return self.take(length)


ReadInterchanges = Callable[[Source, tuple[Finding, ...]], Iterator[Iterable[Event]]]
"""Reads interchanges, is given what was odd before the first, and gives events by the handful."""


def read_file(
    chunks: Iterable[bytes],
    limits: Limits,
    header: str,
    read_interchanges: ReadInterchanges,
) -> Iterator[Event]:
    """The events of a file of either standard: how it begins and where reading must stop is the same in both.

    `header` names what should stand first. That the readers give their events by the handful spares each message the
    way through all of them. A handful is made whole before it is given, or is one that cannot raise TooLarge.
    """
    return chain.from_iterable(_read_handfuls(Source(chunks, limits), header, read_interchanges))


def _read_handfuls(source: Source, header: str, read_interchanges: ReadInterchanges) -> Iterator[Iterable[Event]]:
    try:
        source.need(4)
        odd: tuple[Finding, ...] = ()
        if mark := byte_order_mark(source.data):
            source.at += mark
            odd = (find("byte-order-mark", f"a UTF-8 byte order mark before {header}", offset=0),)
        if source.skip_blanks():
            yield from read_interchanges(source, odd)
        else:
            yield (Unreadable(find("file-empty", "there is nothing in the file", offset=0)),)
    except TooLarge as stop:
        yield (Unreadable(stop.finding),)
