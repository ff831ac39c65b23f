"""The segment table of a version of the standard, read from segments.toml and codes.toml.

Each problem is a value with file and line, so that `gateway check` can show them all at once. A version may `extends`
an older one: then it lists only the segments that changed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.grammar.conditions import Condition, parse_condition
from gateway.grammar.elements import TYPES, CodeList, Composite, Element
from gateway.grammar.sources import Problem, Source

_ELEMENT = re.compile(r"([MOX]) (\w+) (\d+)/(\d+) (\w+) (.+)")
_COMPOSITE = re.compile(r"([MOX]) ([CS]\d{3}) (.+)")
_PAIRS = re.compile(r"pairs (\d+)")
_KEYS = frozenset({"name", "elements", "rules", "qualifier", "value", "id", "parent"})
_CODE_KEYS = frozenset({"name", "codes", "complete"})


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the standard.

    `pairs` are the positions of (qualifier, value) pairs; `qualifier` and `value` the positions that the printed form
    `REF*CR` names; `id` and `parent` those of a hierarchy's pointers. An opaque segment is known by tag and place only.
    """

    tag: str
    name: str
    elements: tuple[Element | Composite, ...] = ()
    conditions: tuple[Condition, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    qualifier: int | None = None
    value: int | None = None
    id: int | None = None
    parent: int | None = None
    opaque: bool = False

    def element(self, position: int, component: int = 1) -> Element | None:
        """The element, or the component of a composite, at this place; None where the table has none."""
        if not 1 <= position <= len(self.elements):
            return None
        found = self.elements[position - 1]
        if isinstance(found, Element):
            return found if component == 1 else None
        return found.components[component - 1] if component <= len(found.components) else None


Segments = Mapping[str, Segment]


@dataclass
class _Reader:
    """Reads one segments.toml, gathering problems."""

    source: Source
    codes: Mapping[str, CodeList]
    problems: list[Problem]

    def wrong(self, message: str, tag: str, key: str | None = None, text: str | None = None) -> None:
        line = self.source.line_of_text(text) if text else None
        line = line or self.source.line_of_key(*((tag, key) if key else (tag,)))
        self.problems.append(Problem(self.source.name, line, f"{tag}: {message}"))

    def segment(self, tag: str, table: Mapping[str, Any]) -> Segment:
        for key in set(table) - _KEYS:
            self.wrong(f"unknown key {key!r}; expected one of {', '.join(sorted(_KEYS))}", tag, key)
        elements: list[Element | Composite] = []
        pairs: list[tuple[int, int]] = []
        for entry in table.get("elements", ()):
            if isinstance(entry, str):
                elements.extend(self.element(tag, entry))
            elif repeated := _PAIRS.fullmatch(str(entry[0])):
                couple = [e for line in entry[1:] for e in self.element(tag, line)]
                for _ in range(int(repeated[1])):
                    pairs.append((len(elements) + 1, len(elements) + 2))
                    elements.extend(couple)
            else:
                elements.extend(self.composite(tag, entry))
        conditions = [*self.conditions(tag, table.get("rules", ()), len(elements))]
        optional = [(q, v) for q, v in pairs if elements[q - 1].requirement != "M"]
        conditions += [Condition(f"P{q:02}{v:02}", (q, v)) for q, v in optional]
        name = table.get("name", tag)
        qualifier, value, own, parent = (
            self.place(tag, key, table, len(elements)) for key in ("qualifier", "value", "id", "parent")
        )
        return Segment(tag, name, tuple(elements), tuple(conditions), tuple(pairs), qualifier, value, own, parent)

    def element(self, tag: str, line: str) -> list[Element]:
        match = _ELEMENT.fullmatch(line)
        if not match or match[2] not in TYPES:
            self.wrong(f"{line!r} is no element; write `O AN 1/30 127 Reference`", tag, "elements", line)
            return []
        requirement, kind, shortest, longest, number, name = match.groups()
        if int(shortest) > int(longest):
            self.wrong(f"{line!r}: shortest {shortest} is longer than longest {longest}", tag, "elements", line)
        codes = self.codes.get(number) if kind == "ID" else None
        return [Element(requirement, kind, int(shortest), int(longest), number, name, codes)]

    def composite(self, tag: str, lines: list[str]) -> list[Composite]:
        match = _COMPOSITE.fullmatch(str(lines[0]))
        if not match:
            self.wrong(
                f"{lines[0]!r} opens no composite; write `O C040 Reference identifier`", tag, "elements", lines[0]
            )
            return []
        components = [e for line in lines[1:] for e in self.element(tag, line)]
        return [Composite(match[1], match[2], match[3], tuple(components))]

    def conditions(self, tag: str, printed: list[str], count: int) -> list[Condition]:
        found = []
        for text in printed:
            condition = parse_condition(text)
            if condition is None or max(condition.positions) > count:
                self.wrong(f"{text!r} is no condition on {count} elements; write `P0304`", tag, "rules")
            else:
                found.append(condition)
        return found

    def place(self, tag: str, key: str, table: Mapping[str, Any], count: int) -> int | None:
        if key not in table:
            return None
        position = str(table[key])
        if not position.isdecimal() or not 1 <= int(position) <= count:
            self.wrong(f"{key} = {position!r} is no element of {count}", tag, key)
            return None
        return int(position)


def read_codes(sources: list[Source], error: Callable[[Source], Mapping[str, Any]]) -> dict[str, CodeList]:
    """Code lists by data element number, later sources over earlier ones. `error` parses and raises."""
    lists: dict[str, CodeList] = {}
    for source in sources:
        for number, table in error(source).items():
            if number != "extends":
                lists[number] = CodeList(number, table["name"], table["codes"], table.get("complete", False))
    return lists


def read_segments(
    sources: list[Source], codes: Mapping[str, CodeList], parse: Callable[[Source], Mapping[str, Any]]
) -> tuple[dict[str, Segment], list[Problem]]:
    """The segments of a version, later sources over earlier ones, and everything wrong with them."""
    segments: dict[str, Segment] = {}
    problems: list[Problem] = []
    for source in sources:
        reader = _Reader(source, codes, problems)
        for tag, table in parse(source).items():
            if tag == "opaque":
                segments.update({name: Segment(name, name, opaque=True) for name in table})
            elif tag != "extends":
                segments[tag] = reader.segment(tag, table)
    return segments, problems
