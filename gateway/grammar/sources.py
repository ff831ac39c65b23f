"""A TOML file as its author sees it: a name, a text, and the line on which something stands.

tomllib forgets lines. Grammars and mappings are tables of short strings, so the line is found again by looking for the
key under its table header, or for the nth writing of a string.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.errors import ConfigError


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

    @cached_property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return self.text.splitlines()

    def parse(self, error: type[ConfigError]) -> Mapping[str, Any]:
        """The file as TOML. Raises `error` with file and line where it is none."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as wrong:
            place = re.search(r"at line (\d+)", str(wrong))
            raise error(str(wrong), file=self.name, line=int(place[1]) if place else None) from wrong

    def line_of_text(self, text: str, nth: int = 0) -> int | None:
        """The line of the nth quoted writing of `text`, comments passed over."""
        quoted = f'"{text}"'
        for number, line in enumerate(self.lines, 1):
            code = line.split("#", 1)[0] if line.lstrip().startswith("#") else line
            nth -= code.count(quoted)
            if nth < 0:
                return number
        return None

    def line_of_key(self, *path: str) -> int | None:
        """The line of the key `path[-1]` in table `path[:-1]`, of the table's header where the key is not found."""
        header = None
        for depth in range(len(path), -1, -1):
            header, end = self._table(path[:depth])
            if header is None:
                continue
            key = ".".join(path[depth:])
            wanted = re.compile(rf'\s*(["\']?){re.escape(key)}\1\s*=') if key else None
            for number in range(header, end):
                if wanted and wanted.match(self.lines[number]):
                    return number + 1
            if header or not path:
                return header or None
        return None

    def _table(self, path: tuple[str, ...]) -> tuple[int | None, int]:
        """The lines of a table: that of its header (0 for the file's beginning), and the one before the next."""
        headers = [n for n, line in enumerate(self.lines) if re.match(r"\s*\[", line) and "=" not in line]
        headers = [n for n in headers if re.fullmatch(r"\s*\[[^\[\]]+\]\s*(#.*)?", self.lines[n])]
        if not path:
            return 0, headers[0] if headers else len(self.lines)
        for at, number in enumerate(headers):
            name = self.lines[number].strip().partition("]")[0][1:]
            if tuple(part.strip().strip("\"'") for part in name.split(".")) == path:
                return number + 1, headers[at + 1] if at + 1 < len(headers) else len(self.lines)
        return None, 0
