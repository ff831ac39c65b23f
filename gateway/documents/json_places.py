"""Where in the bytes of a JSON file a value stands, so that whoever must correct it need not search.

The file has been read already, so it is known to be JSON; here its tokens are only walked along with their offsets. A
path is written as people write it, `packs[2].sscc`. What a path names and the file lacks, is missing in what holds it.
"""

import json
import re
from collections.abc import Iterator, Mapping

_TOKEN = re.compile(rb'\s*(?:([{}\[\],:])|("(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+))')

_MARK = b"\xef\xbb\xbf"  # a byte order mark, which many ERPs write

Place = tuple[int, int]
"""Offset of the first byte, and how many bytes."""


def places(data: bytes) -> Mapping[str, Place]:
    """Path -> place of every value; the path of the whole is empty."""
    found: dict[str, Place] = {}
    _Walk(data, found).value("")
    return found


def find_place(data: bytes, path: str) -> tuple[str, Place]:
    """The place of a value, or of the nearest thing around it that is there; with the path of what was found."""
    found = places(data)
    while path and path not in found:
        path = re.sub(r"(\.?[^.\[\]]+|\[\d+\])$", "", path)
    return path, found[path]


class _Walk:
    """One way along the tokens."""

    def __init__(self, data: bytes, found: dict[str, Place]) -> None:
        self._found = found
        self._tokens = _tokens(data)
        self._next = next(self._tokens)

    def value(self, path: str) -> int:
        """Note the value that begins here, with all in it; the offset behind it."""
        token, start, end = self._next
        self._step()
        if token in (b"{", b"["):
            end = self._inside(path, token)
        self._found[path] = start, end - start
        return end

    def _inside(self, path: str, opener: bytes) -> int:
        closer, position = (b"}" if opener == b"{" else b"]"), 0
        while self._next[0] != closer:
            if self._next[0] == b",":
                self._step()
                continue
            if opener == b"{":
                name = json.loads(self._next[0])
                self._step()
                self._step()  # the colon
                self.value(f"{path}.{name}" if path else name)
            else:
                self.value(f"{path}[{position}]")
                position += 1
        end = self._next[2]
        self._step()
        return end

    def _step(self) -> None:
        self._next = next(self._tokens, (b"", 0, 0))


def _tokens(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    for match in _TOKEN.finditer(data, len(_MARK) if data.startswith(_MARK) else 0):
        group = match.lastindex or 0
        yield match[group], match.start(group), match.end(group)
