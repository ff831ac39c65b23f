"""Lookups: codes to meanings and back. `*` stands for every other code.

A meaning that several codes share is written with the first of them; a code with several meanings is read as the first.
`"*" = "other"` gives all other codes one meaning, which is never written: a row of its own echoes the code. `"*" = "*"`
lets any other code stand for itself, both ways.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ANY = "*"


@dataclass(frozen=True)
class Lookup:
    """A table of codes and meanings, both ways."""

    name: str
    meanings: Mapping[str, str]
    codes: Mapping[str, str]

    def decode(self, code: str) -> str | None:
        """The meaning of a code; None where the table has none."""
        meaning = self.meanings.get(code, self.meanings.get(ANY))
        return code if meaning == ANY else meaning

    def encode(self, meaning: object) -> str | None:
        """The code to write for a meaning; "" for that of `*`, which another row echoes; None where there is none."""
        text = str(meaning)
        others = self.meanings.get(ANY)
        if text in self.codes:
            return self.codes[text]
        return text if others == ANY else "" if others == text else None


@dataclass(frozen=True, slots=True)
class LookupRead:
    """A lookup, and the codes whose entry is neither a text nor a list of texts."""

    lookup: Lookup
    wrong: frozenset[str]


def read_lookup(name: str, table: Mapping[str, Any]) -> LookupRead:
    """The lookup of a table in a mapping file, whose order decides which code is written."""
    meanings: dict[str, str] = {}
    codes: dict[str, str] = {}
    wrong = set()
    for code, entry in table.items():
        several = (entry,) if isinstance(entry, str) else tuple(entry) if isinstance(entry, list) else ()
        if not several or not all(isinstance(meaning, str) for meaning in several):
            wrong.add(code)
            continue
        meanings[code] = several[0]
        if code != ANY:
            for meaning in several:
                codes.setdefault(meaning, code)
    return LookupRead(Lookup(name, meanings, codes), frozenset(wrong))
