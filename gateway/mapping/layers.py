"""Mapping files laid over one another: the standard's, then a guide's that `extends` it. Each row remembers its file.

Tables merge, rows replace, `false` removes, and removing what is not there is an error, so that layers cannot drift
apart in silence. A guide's lookup codes come before the base's, because the first listed code is the one written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import MappingError
from gateway.grammar.sources import Problem, Source

_SECTIONS = frozenset({"fields", "constant", "derived", "lookup"})
_HEAD = frozenset({"message", "document", "view", "extends"})
_KNOWN = ", ".join(sorted(_SECTIONS | _HEAD))


@dataclass(frozen=True)
class Entry:
    """One value of a mapping file and where it was written."""

    value: Any
    source: Source
    path: tuple[str, ...]

    @property
    def line(self) -> int | None:
        """Its line in the file."""
        return self.source.line_of_key(*self.path)

    def wrong(self, message: str) -> Problem:
        """A problem at this place."""
        return Problem(self.source.name, self.line, f"{'.'.join(self.path[1:]) or self.path[0]}: {message}")


Tree = dict[str, "Tree | Entry"]


@dataclass
class Layers:
    """The effective mapping file, as a tree of entries, with the problems met while laying."""

    head: dict[str, Entry] = field(default_factory=dict)
    sections: dict[str, Tree] = field(default_factory=lambda: {name: {} for name in sorted(_SECTIONS)})
    sources: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def lay(self, source: Source, extends: str | None = None) -> None:
        """Put one more file on top; `extends` is what it must say it lies on. Raises MappingError if it is no TOML."""
        self.sources.append(source)
        table = source.parse(MappingError)
        if table.get("extends") != extends:
            expected = f'begins with `extends = "{extends}"`' if extends else "extends nothing"
            self.problems.append(Entry(None, source, ("extends",)).wrong(f"this file {expected}"))
        for key, value in table.items():
            entry = Entry(value, source, (key,))
            if key in _SECTIONS and isinstance(value, Mapping):
                self._merge(self.sections[key], value, source, (key,))
            elif key in _HEAD:
                self.head[key] = entry
            else:
                text = "is a table" if key in _SECTIONS else f"unknown key, expected one of {_KNOWN}"
                self.problems.append(entry.wrong(text))

    def _merge(self, tree: Tree, table: Mapping[str, Any], source: Source, path: tuple[str, ...]) -> None:
        below = dict(tree)
        if path[0] == "lookup" and len(path) == 2:  # the first listed code is the one written: the upper layer's first
            tree.clear()
        for key, value in table.items():
            entry = Entry(value, source, (*path, key))
            under = below.get(key)
            if value is False and under is None:
                self.problems.append(entry.wrong("there is nothing to remove below this layer"))
            elif value is False:
                tree.pop(key, None)
                del below[key]
            elif isinstance(value, Mapping) is isinstance(under, Entry) and under is not None:
                self.problems.append(
                    entry.wrong("a row and a table cannot replace one another; remove the other first")
                )
            elif isinstance(value, Mapping):
                inner = tree[key] = under if isinstance(under, dict) else {}
                self._merge(inner, value, source, (*path, key))
                if not inner:
                    del tree[key]  # an empty table says nothing
            else:
                tree[key] = entry
        for key, under in below.items():
            tree.setdefault(key, under)

    def effective(self) -> dict[str, Any]:
        """The mapping as one plain table, for showing and hashing."""
        return {key: entry.value for key, entry in self.head.items() if key != "extends"} | {
            name: _plain(tree) for name, tree in self.sections.items() if tree
        }


def _plain(tree: Tree) -> dict[str, Any]:
    return {key: below.value if isinstance(below, Entry) else _plain(below) for key, below in tree.items()}
