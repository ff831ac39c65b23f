"""The bytes under a reader: a window on a stream that grows when asked and forgets what is behind it."""

from collections.abc import Iterable

from gateway.findings import find
from gateway.syntax.envelope import Limits

BLANKS = b" \t\r\n\x00\x1a"


class TooLarge(Exception):
    """A segment or message passes its limit; reading stops there. Never leaves the reader."""

    def __init__(self, what: str, offset: int, limit: int) -> None:
        self.finding = find(
            "message-too-large",
            f"a {what} of more than {limit} bytes",
            offset=offset,
            expected=f"at most {limit} bytes",
        )
        super().__init__(self.finding.message)


class Source:
    """The bytes under the reader: grows when asked, forgets what is behind it, knows its place in the file."""

    def __init__(self, chunks: Iterable[bytes], limits: Limits) -> None:
        self._chunks = iter(chunks)
        self._forgotten = 0
        self.limits = limits
        self.data = b""
        self.at = 0

    @property
    def offset(self) -> int:
        return self._forgotten + self.at

    def grow(self) -> bool:
        """Take in the next piece; False at the end of the file."""
        for chunk in self._chunks:
            if chunk:
                self.data = self.data[self.at :] + chunk
                self._forgotten += self.at
                self.at = 0
                return True
        return False

    def need(self, length: int) -> None:
        """Have `length` bytes ahead, if the file has that many."""
        while len(self.data) - self.at < length and self.grow():
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
            rest = self.data[self.at : self.at + 64]
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

    def find(self, mark: bytes, start: int) -> int:
        """Where `mark` stands, counted from `at`; -1 where the file ends without it. Raises TooLarge."""
        while True:
            found = self.data.find(mark, self.at + start)
            if found >= 0:
                return found - self.at
            length = len(self.data) - self.at
            if length > self.limits.segment:
                raise TooLarge("segment", self.offset, self.limits.segment)
            start = max(start, length - len(mark) + 1)
            if not self.grow():
                return -1

    def take(self, length: int) -> bytes:
        taken = self.data[self.at : self.at + length]
        self.at += length
        return taken
