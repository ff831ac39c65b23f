"""Grammars by name, each read once. Files come from whoever asks: this module opens none.

`x12/004010/850` is the file `schemas/x12/004010/850.toml`, with `segments.toml` and `codes.toml` beside it; a version
that `extends` another takes the older one's tables first.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from gateway.errors import SchemaError
from gateway.grammar.narrowing import narrow_grammar
from gateway.grammar.schema import Grammar, read_grammar
from gateway.grammar.segments import Segments, read_codes, read_segments
from gateway.grammar.sources import Problem, Source

Fetch = Callable[[str], Source]
T = TypeVar("T")


class Library:
    """The grammars in schemas/. `fetch("schemas/x12/004010/850.toml")` must give a Source or raise SchemaError."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._grammars: dict[str, Grammar] = {}
        self._versions: dict[str, Segments] = {}
        self._kinds: Mapping[str, str] = {}

    def grammar(self, name: str) -> Grammar:
        """The grammar of this name. Raises SchemaError, naming file and line, for the first thing wrong with it."""
        if name not in self._grammars:
            self._grammars[name] = self._read(name)
        return self._grammars[name]

    def kinds(self) -> Mapping[str, str]:
        """The functional group (GS01) that each message type of X12 stands in. Raises SchemaError."""
        if not self._kinds:
            table = _parse(self._fetch("schemas/x12/groups.toml"))
            self._kinds = {message: kind for kind, messages in table.items() for message in messages}
        return self._kinds

    def narrowed(self, source: Source) -> Grammar:
        """The grammar that a guide's schema file makes of the standard one it extends. Raises SchemaError."""
        base = source.parse(SchemaError).get("extends")
        if not isinstance(base, str):
            raise SchemaError('a guide\'s schema begins with `extends = "x12/004010/850"`', file=source.name, line=1)
        return _sound(*narrow_grammar(self.grammar(base), source))

    def _read(self, name: str) -> Grammar:
        standard, version, _ = (*name.split("/"), "", "", "")[:3]
        segments = self._segments(f"{standard}/{version}")
        return _sound(*read_grammar(self._fetch(f"schemas/{name}.toml"), name, segments))

    def _segments(self, version: str) -> Segments:
        if version not in self._versions:
            codes = _sound(*read_codes(self._chain(f"{version}/codes"), _parse))
            self._versions[version] = _sound(*read_segments(self._chain(f"{version}/segments"), codes, _parse))
        return self._versions[version]

    def _chain(self, name: str, above: tuple[str, ...] = ()) -> list[Source]:
        """A table and what it extends, oldest first."""
        source = self._fetch(f"schemas/{name}.toml")
        base = _parse(source).get("extends")
        if base is None:
            return [source]
        if not isinstance(base, str) or base in (*above, name):
            text = f"extends = {base!r}: expected the name of an older table, like x12/004010/segments"
            raise SchemaError(text, file=source.name, line=source.line_of_key("extends"))
        return [*self._chain(base, (*above, name)), source]


def _parse(source: Source) -> Mapping[str, Any]:
    return source.parse(SchemaError)


def _sound(thing: T, problems: list[Problem]) -> T:
    """What was read, where nothing was wrong. Raises SchemaError with every problem, at the place of the first."""
    if problems:
        text = "; ".join([problems[0].message, *(str(problem) for problem in problems[1:])])
        raise SchemaError(text, file=problems[0].file, line=problems[0].line)
    return thing
