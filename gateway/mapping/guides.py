"""A guide: what a partner does with the standard. One folder of mappings/guides/, shared by any number of partners.

guide.toml names the messages with their grammars and directions, the envelope, the answers, the deadlines and what is
left unsaid; `850.schema.toml` and `850.mapping.toml` beside it narrow and change what the standard's files say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gateway.errors import MappingError
from gateway.grammar.sources import Problem, Source
from gateway.syntax.delimiters import Delimiters

_DURATION = re.compile(r"(\d+)\s*(s|m|min|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_KEYS = frozenset({"title", "standard", "messages", "envelope", "answers", "deadlines", "unsaid"})
_ENVELOPE_KEYS = frozenset({"element", "component", "terminator", "repetition", "line_break", "file_name"})
_DIRECTIONS = ("in", "out", "both")
_ANSWERS = ("always", "on-request", "never")
DEADLINES = ("answer",)


@dataclass(frozen=True, slots=True)
class MessageUse:
    """A message of the guide: its grammar (`x12/004010/850`) and which way it goes."""

    type: str
    grammar: str
    direction: str

    @property
    def version(self) -> str:
        """`004010`."""
        return self.grammar.split("/")[1]


@dataclass(frozen=True)
class Guide:
    """A partner's way with the standard."""

    name: str
    title: str
    standard: str
    messages: Mapping[str, MessageUse]
    delimiters: Delimiters
    line_break: str
    file_name: str
    answers: Mapping[str, str] = field(default_factory=dict)
    deadlines: Mapping[str, timedelta] = field(default_factory=dict)
    unsaid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def takes(self, message: str) -> bool:
        """Whether this message comes from the partner."""
        use = self.messages.get(message)
        return use is not None and use.direction != "out"

    def leaves_unsaid(self, message: str, name: str) -> bool:
        """Whether a field (`lines[0].lot`) has no place in this partner's message, and is known to have none."""
        plain = re.sub(r"\[\d+\]", "", name)
        return any(plain == unsaid or plain.startswith(unsaid + ".") for unsaid in self.unsaid.get(message, ()))


def parse_duration(text: str) -> timedelta | None:
    """`24h`, `30 min`, `7d` as a timedelta; None where it is none."""
    match = _DURATION.fullmatch(text.strip())
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None


def read_guide(name: str, source: Source) -> tuple[Guide | None, list[Problem]]:
    """The guide in a guide.toml; None with problems where anything is wrong. Raises MappingError for no TOML."""
    reading = _GuideReading(source)
    guide = reading.guide(name, source.parse(MappingError))
    return (None if reading.problems else guide), reading.problems


class _GuideReading:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def wrong(self, message: str, *path: str) -> None:
        place = ".".join(path)
        text = f"{place}: {message}" if place else message
        self.problems.append(Problem(self.source.name, self.source.line_of_key(*path), text))

    def choice(self, value: Any, choices: tuple[str, ...], *path: str) -> str:
        if value not in choices:
            self.wrong(f"is {value!r}, expected one of {', '.join(choices)}", *path)
        return str(value)

    def known(self, table: Mapping[str, Any], keys: frozenset[str], *path: str) -> None:
        for key in sorted(set(table) - keys):
            self.wrong(f"unknown key; expected one of {', '.join(sorted(keys))}", *path, key)

    def guide(self, name: str, table: Mapping[str, Any]) -> Guide:
        self.known(table, _KEYS)
        standard = self.choice(table.get("standard"), ("x12", "edifact"), "standard")
        envelope = table.get("envelope", {})
        self.known(envelope, _ENVELOPE_KEYS, "envelope")
        marks = {key: envelope.get(key, "").encode() for key in ("element", "component", "terminator", "repetition")}
        for key in ("element", "component", "terminator"):
            if len(marks[key]) != 1:
                self.wrong("expected one character", "envelope", key)
        return Guide(
            name=name,
            title=table.get("title", name),
            standard=standard,
            messages={kind: self.message(kind, use) for kind, use in table.get("messages", {}).items()},
            delimiters=Delimiters(
                marks["element"], marks["component"], marks["terminator"], marks["repetition"] or None
            ),
            line_break=envelope.get("line_break", ""),
            file_name=envelope.get("file_name", "{partner}_{message}_{control_number}.edi"),
            answers={
                kind: self.choice(policy, _ANSWERS, "answers", kind)
                for kind, policy in table.get("answers", {}).items()
            },
            deadlines=dict(self.deadlines(table.get("deadlines", {}))),
            unsaid={kind: tuple(names) for kind, names in table.get("unsaid", {}).items()},
        )

    def message(self, kind: str, table: Mapping[str, Any]) -> MessageUse:
        path = ("messages", kind)
        self.known(table, frozenset({"grammar", "direction"}), *path)
        grammar = table.get("grammar", "")
        if not re.fullmatch(r"\w+/\w+/\w+", grammar):
            self.wrong('expected a grammar, like "x12/004010/850"', *path, "grammar")
            grammar = "x12/0/0"
        direction = self.choice(table.get("direction"), _DIRECTIONS, *path, "direction")
        return MessageUse(kind, grammar, direction)

    def deadlines(self, table: Mapping[str, Any]) -> list[tuple[str, timedelta]]:
        found = []
        for key, text in table.items():
            duration = parse_duration(str(text))
            if key not in DEADLINES or duration is None:
                names = ", ".join(DEADLINES)
                self.wrong(f"{text!r}: expected one of {names} with a duration like 24h", "deadlines", key)
            else:
                found.append((key, duration))
        return found
