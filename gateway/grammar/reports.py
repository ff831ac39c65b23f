"""The layout of a report as its sender prints it: columns by name, each with its requirement and kind.

A column is `"M text"`: M must be in the header and filled, C must be in the header, O may be missing. Kinds are text,
word (a code of an open list, with the words known so far behind it), amount, quantity, instant, moment (an instant, or
a bare day that stays one), day and flag. Names are compared folded, for marketplaces differ in case, blanks and
underscores; what is not in the list is reported and kept in the file. `known_by` are the columns that together no
other layout has.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gateway.errors import SchemaError
from gateway.grammar.sources import Source

KINDS = ("text", "word", "amount", "quantity", "instant", "moment", "day", "flag")
_SEPARATORS = re.compile(r"[\s_\-]+")


@lru_cache(4096)
def folded(word: str) -> str:
    """A name or word without case, blanks, hyphens and underscores: `EventType` is `Event Type` is `event_type`."""
    return _SEPARATORS.sub("", word).casefold()


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column. `words` are the folded words that are known of an open list."""

    name: str
    requirement: str
    kind: str
    words: frozenset[str] = frozenset()

    @property
    def is_needed(self) -> bool:
        """Whether the header must have it."""
        return self.requirement in ("M", "C")


@dataclass(frozen=True)
class Layout:
    """A report as it is printed: what it is a report of, what it is known by, its columns in their order.

    `day_first` is how its sender writes dates that a file leaves open (03/04), None where that differs.
    """

    name: str
    report: str
    known_by: frozenset[str]
    day_first: bool | None
    columns: Mapping[str, ReportColumn]
    """By folded name."""

    def knows(self, header: Iterable[str]) -> bool:
        """Whether a header is one of this layout."""
        return self.known_by <= {folded(name) for name in header}

    def missing(self, header: Iterable[str]) -> list[str]:
        """The columns that a header must have and has not."""
        there = {folded(name) for name in header}
        return [column.name for key, column in self.columns.items() if column.is_needed and key not in there]

    def unknown(self, header: Iterable[str]) -> list[str]:
        """The columns of a header that the layout does not know."""
        return [name for name in header if folded(name) not in self.columns]


def read_layout(name: str, source: Source) -> Layout:
    """The layout that a file of schemas/delimited describes. Raises SchemaError with file and line."""
    table = source.parse(SchemaError)
    columns = {}
    for column, text in table.get("columns", {}).items():
        requirement, _, rest = str(text).partition(" ")
        kind, _, words = rest.partition(" ")
        if requirement not in ("M", "C", "O") or kind not in KINDS or (words and kind != "word"):
            said = f"{column}: {text!r} is no column; write `M text`, or `C word Pending Shipped`"
            raise SchemaError(said, file=source.name, line=source.line_of_key("columns", column))
        known = frozenset(folded(word) for word in words.split())
        columns[folded(column)] = ReportColumn(column, requirement, kind, known)
    known_by = frozenset(folded(column) for column in table.get("known_by", ()))
    if not known_by or not known_by <= set(columns) or "report" not in table:
        raise SchemaError("name the report, and columns that it is known_by", file=source.name, line=1)
    return Layout(name, str(table["report"]), known_by, table.get("day_first"), columns)
