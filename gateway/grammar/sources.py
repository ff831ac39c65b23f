"""A TOML file as its author sees it: a name, a text, and the line on which something stands.

tomllib forgets lines. Grammars and mappings are tables of short strings, so the line is found again in the text: that
of a key by its path, that of a string by which writing of it below a key it is.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.errors import ConfigError

_STRING = r'"(?:[^"\\]|\\.)*"|\'[^\']*\''
_STRING_OR_COMMENT = re.compile(rf"({_STRING})|#.*")
_BRACKETS = re.compile(rf"{_STRING}|([\[{{])|([\]}}])")
_KEY_PART = rf"(?:{_STRING}|[A-Za-z0-9_-]+)"
_KEY = re.compile(rf"\s*({_KEY_PART}(?:\s*\.\s*{_KEY_PART})*)\s*=")
_HEADER = re.compile(rf"\s*\[\[?\s*({_KEY_PART}(?:\s*\.\s*{_KEY_PART})*)\s*\]\]?\s*")


@dataclass(frozen=True)
class Problem:
    """Something wrong in one of our own files, for `gateway check`: where, and what to write instead."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return ": ".join([f"{self.file}:{self.line}" if self.line else self.file, self.message])


@dataclass(frozen=True)
class Source:
    """The text of one schema or mapping file; `name` is the path people know it by."""

    name: str
    text: str

    def parse(self, error: type[ConfigError]) -> Mapping[str, Any]:
        """The file as TOML. Raises `error` with file and line where it is none."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as wrong:
            place = re.search(r"at line (\d+)", str(wrong))
            line = int(place[1]) if place else max(len(self._lines), 1)
            raise error(str(wrong), file=self.name, line=line) from wrong

    def line_of_text(self, text: str, nth: int = 0, below: tuple[str, ...] = ()) -> int | None:
        """The line of the nth quoted writing of `text`, counted from 0 and from the line of the key `below`."""
        start = self.line_of_key(*below) or 1
        for number, line in enumerate(self._lines[start - 1 :], start):
            nth -= line.count(f'"{text}"') + line.count(f"'{text}'")
            if nth < 0:
                return number
        return None

    def line_of_key(self, *path: str) -> int | None:
        """The line on which the key of this path is written, else the table or key it would stand in; None if none."""
        parts = _parts(".".join(path))
        return next((self._keys[parts[:n]] for n in range(len(parts), 0, -1) if parts[:n] in self._keys), None)

    @cached_property
    def _lines(self) -> list[str]:
        """The text, line by line, comments left out."""
        return [_STRING_OR_COMMENT.sub(r"\1", line) for line in self.text.splitlines()]

    @cached_property
    def _keys(self) -> dict[tuple[str, ...], int]:
        """Every key and table with the line of its first writing."""
        keys: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        depth = 0  # in how many brackets of a value the line begins: there are no keys of ours in there
        for number, line in enumerate(self._lines, 1):
            written: tuple[str, ...] = ()
            if depth == 0 and (header := _HEADER.fullmatch(line)):
                written = table = _parts(header[1])
            else:
                if depth == 0 and (key := _KEY.match(line)):
                    written = (*table, *_parts(key[1]))
                depth += sum(bool(m[1]) - bool(m[2]) for m in _BRACKETS.finditer(line))
            for length in range(1, len(written) + 1):
                keys.setdefault(written[:length], number)
        return keys


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in key.split("."))
