"""The line on which a key of a TOML text stands.

The standard library's tomllib gives values without places, and a problem without its line is a search. This scanner
reads a text that tomllib has accepted, so it need not judge anything: it only walks over strings, comments and brackets
to find where statements begin. An inline table stands on one line, its keys are found by the key it hangs on.
"""

import re
import tomllib
from collections.abc import Iterator

KeyPath = tuple[str, ...]

# Strings come first, so that a bracket, an equals sign or a hash inside them is never taken for structure.
_TOKEN = re.compile(
    r'(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\')'
    r"|(?P<comment>#[^\n]*)|(?P<newline>\n)|(?P<blank>[ \t\r]+)|(?P<mark>[\[\]{}=.,])|(?P<bare>[^\s\[\]{}=.,#\"']+)",
    re.DOTALL,
)

Token = tuple[str, str, int]


def positions(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every table header and key. Arrays of tables keep the first."""
    found: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for statement in _statements(text):
        line = statement[0][2]
        if statement[0][1] == "[":
            table = path = _key(statement)
        else:
            path = (*table, *_key(statement[: next(i for i, (_, mark, _) in enumerate(statement) if mark == "=")]))
        for depth in range(1, len(path) + 1):
            found.setdefault(path[:depth], line)
    return found


def line_of(path: KeyPath, found: dict[KeyPath, int]) -> int | None:
    """The line of a key, else of the nearest thing above it that stands in the text."""
    return next((found[path[:depth]] for depth in range(len(path), 0, -1) if path[:depth] in found), None)


def _statements(toml: str) -> Iterator[list[Token]]:
    """The tokens of one header or one key with its value, without blanks and comments."""
    statement: list[Token] = []
    line, depth = 1, 0
    for match in _TOKEN.finditer(toml):
        kind, text = match.lastgroup or "", match[0]
        if kind not in ("comment", "newline", "blank"):
            statement.append((kind, text, line))
        if kind == "mark":
            depth += (text in "[{") - (text in "]}")
        if kind == "newline" and depth == 0 and statement:
            yield statement
            statement = []
        line += text.count("\n")
    if statement:
        yield statement


def _key(tokens: list[Token]) -> KeyPath:
    """The parts of a dotted key; quoted ones are read by the rules of TOML strings."""
    return tuple(
        str(tomllib.loads(f"key = {text}")["key"]) if kind == "string" else text
        for kind, text, _ in tokens
        if kind in ("string", "bare")
    )
