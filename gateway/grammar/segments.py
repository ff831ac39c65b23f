"""The segment table of a version of the standard, read from segments.toml and codes.toml.

Each problem is a value with file and line, so that `gateway check` can show them all at once. A version may `extends`
an older one: then it lists only the segments that changed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.grammar.conditions import Condition, parse_condition
from gateway.grammar.elements import TYPES, CodeList, Composite, Element
from gateway.grammar.sources import Problem, Source

_ELEMENT = re.compile(r"([MOX]) (\w+) (\d+)/(\d+) (\w+) (.+)")  # X12: O AN 1/30 127 Reference
_EDIFACT_ELEMENT = re.compile(r"([MC]) (an|a|n)(\.\.)?(\d+) (\d{4}) (.+)")  # C an..35 1154 Reference number
_COMPOSITE = re.compile(r"([MOXC]) ([CS]\d{3}) (.+)")
_PAIRS = re.compile(r"pairs (\d+)")
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_POSITION = re.compile(r"[0-9]{1,2}")
KEYS = frozenset(
    {"name", "elements", "rules", "qualifier", "qualifiers", "value", "companions", "pairs", "id", "parent", "level"}
)
_CODE_KEYS = frozenset({"name", "codes", "complete"})

Parse = Callable[[Source], Mapping[str, Any]]
Place = tuple[int, int]  # element and component, both from 1


@dataclass(frozen=True, slots=True)
class Printed:
    """What the printed form of a segment names: `REF*CR`, `DTM+137`, `MEA+PD+LN`.

    The places of its qualifiers, of its value, and of the companions that belong to the value (the format of a date).
    """

    qualifiers: tuple[Place, ...]
    value: Place
    companions: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """Where a packing hierarchy without level codes says what a level is: `PAC.7065` inside the level."""

    tag: str
    number: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the standard.

    `pairs` are the positions of (qualifier, value) pairs in X12, `pair_places` their places in either standard;
    `qualifier` is the position that tells loops apart; `printed` what the form `REF*CR` names; `id` and `parent` the
    positions of a hierarchy's pointers. An opaque segment is known by tag and place only.
    """

    tag: str
    name: str
    elements: tuple[Element | Composite, ...] = ()
    conditions: tuple[Condition, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    qualifier: int | None = None
    printed: Printed | None = None
    pair_places: tuple[tuple[Place, Place], ...] = ()
    id: int | None = None
    parent: int | None = None
    level: Level | None = None
    opaque: bool = False

    @property
    def nests(self) -> bool:
        """Its loops stand inside one another, as its pointers say (HL); those of a packing hierarchy follow (CPS)."""
        return self.parent is not None and self.level is None

    def cells(self, number: str) -> tuple[Place, ...]:
        """The places of a data element, by its number, in order."""
        found: list[Place] = []
        for position, element in enumerate(self.elements, 1):
            inner = element.components if isinstance(element, Composite) else (element,)
            found += [(position, component) for component, e in enumerate(inner, 1) if e.number == number]
        return tuple(found)

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

    def wrong(self, message: str, tag: str, key: str | None = None, text: object = None) -> None:
        path = (tag, key) if key else (tag,)
        line = self.source.line_of_text(text, below=path) if isinstance(text, str) else None
        self.problems.append(Problem(self.source.name, line or self.source.line_of_key(*path), f"{tag}: {message}"))

    def segment(self, tag: str, table: Any) -> Segment:
        if not _TAG.fullmatch(tag) or not isinstance(table, dict):
            self.wrong("no segment; write a table `[REF]` with name and elements", tag)
            return Segment(tag, tag, opaque=True)
        for key in sorted(set(table) - KEYS):
            self.wrong(f"unknown key {key!r}; expected one of {', '.join(sorted(KEYS))}", tag, key)
        name = table.get("name")
        if not isinstance(name, str):
            self.wrong("a segment has a name, as text", tag, "name")
        elements: list[Element | Composite] = []
        pairs: list[tuple[int, int]] = []
        for entry in self.list_of(tag, "elements", table):
            if isinstance(entry, str):
                elements.extend(self.element(tag, entry))
            elif not isinstance(entry, list) or not all(isinstance(line, str) for line in entry) or len(entry) < 2:
                self.wrong(f"{entry!r} is no element, composite or pairs", tag, "elements")
            elif repeated := _PAIRS.fullmatch(entry[0]):
                couple = [e for line in entry[1:] for e in self.element(tag, line)]
                if len(entry) != 3:
                    self.wrong(f"{entry[0]!r}: a pair is a qualifier and a value", tag, "elements", entry[0])
                if len(couple) != 2:
                    continue
                for _ in range(int(repeated[1])):
                    pairs.append((len(elements) + 1, len(elements) + 2))
                    elements.extend(couple)
            else:
                elements.extend(self.composite(tag, entry))
        conditions = [*self.conditions(tag, self.list_of(tag, "rules", table), len(elements))]
        # A pair that is not mandatory is complete or absent.
        optional = [(q, v) for q, v in pairs if elements[q - 1].requirement != "M"]
        conditions += [Condition(f"P{q:02}{v:02}", (q, v)) for q, v in optional]
        qualifiers = [self.place(tag, "qualifier", text, elements) for text in self.texts(tag, "qualifier", table)]
        qualifiers += [self.place(tag, "qualifiers", text, elements) for text in self.texts(tag, "qualifiers", table)]
        value = next((self.place(tag, "value", text, elements) for text in self.texts(tag, "value", table)), None)
        companions = [self.place(tag, "companions", text, elements) for text in self.texts(tag, "companions", table)]
        own, parent = (
            next((self.place(tag, key, text, elements) for text in self.texts(tag, key, table)), None)
            for key in ("id", "parent")
        )
        told = tuple(place for place in qualifiers if place)
        printed = Printed(told, value, tuple(filter(None, companions))) if value else None
        if ("id" in table) != ("parent" in table):
            self.wrong("a hierarchy has both, `id` and `parent`", tag, "id" if "id" in table else "parent")
        return Segment(
            tag=tag,
            name=str(name),
            elements=tuple(elements),
            conditions=tuple(conditions),
            pairs=tuple(pairs),
            qualifier=told[0][0] if told else None,
            printed=printed,
            pair_places=tuple(((q, 1), (v, 1)) for q, v in pairs) or self.item_pairs(tag, table, elements),
            id=own[0] if own else None,
            parent=parent[0] if parent else None,
            level=self.level(tag, table),
        )

    def texts(self, tag: str, key: str, table: Mapping[str, Any]) -> list[str]:
        """What a key names: one cell as text, or several as a list."""
        found = table.get(key, [])
        listed = [found] if isinstance(found, str) else found
        if isinstance(listed, list) and all(isinstance(text, str) for text in listed):
            return listed
        self.wrong(f"{key} = {found!r} names no element", tag, key)
        return []

    def item_pairs(self, tag: str, table: Mapping[str, Any], elements: list[Element | Composite]) -> Any:
        """`pairs = ["7143", "7140"]`: qualifier and value inside a composite that may come several times (EDIFACT)."""
        numbers = self.texts(tag, "pairs", table)
        if not numbers:
            return ()
        places = [Segment(tag, tag, tuple(elements)).cells(number) for number in numbers]
        if len(places) != 2 or not all(places) or len(places[0]) != len(places[1]):
            self.wrong(f"pairs = {numbers!r}: expected a qualifier and a value that stand as often", tag, "pairs")
            return ()
        return tuple(zip(*places, strict=True))

    def level(self, tag: str, table: Mapping[str, Any]) -> Level | None:
        """`level = "PAC.7065"`."""
        for text in self.texts(tag, "level", table):
            other, _, number = text.partition(".")
            if _TAG.fullmatch(other) and number:
                return Level(other, number)
            self.wrong(f"level = {text!r} names no element; write `PAC.7065`", tag, "level")
        return None

    def list_of(self, tag: str, key: str, table: Mapping[str, Any]) -> list[Any]:
        found = table.get(key, [])
        if isinstance(found, list):
            return found
        self.wrong(f"{key} must be a list", tag, key)
        return []

    def element(self, tag: str, line: str) -> list[Element]:
        if plain := _EDIFACT_ELEMENT.fullmatch(line):
            status, kind, up_to, length, number, name = plain.groups()
            least = 1 if up_to else int(length)
            requirement = "M" if status == "M" else "O"
            return [Element(requirement, kind, least, int(length), number, name, self.codes.get(number))]
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
        match = _COMPOSITE.fullmatch(lines[0])
        if not match:
            text = f"{lines[0]!r} opens no composite; write `O C040 Reference identifier`"
            self.wrong(text, tag, "elements", lines[0])
            return []
        components = [e for line in lines[1:] for e in self.element(tag, line)]
        return [Composite("M" if match[1] == "M" else "O", match[2], match[3], tuple(components))]

    def conditions(self, tag: str, printed: list[Any], count: int) -> Iterator[Condition]:
        for text in printed:
            condition = parse_condition(str(text))
            if condition is None or not all(1 <= position <= count for position in condition.positions):
                self.wrong(f"{text!r} is no condition on {count} elements; write `P0304`", tag, "rules", text)
            else:
                yield condition

    def place(self, tag: str, key: str, text: str, elements: list[Element | Composite]) -> Place | None:
        """The place that a position (`02`) or a data element number (`1154`) names."""
        if len(text) == 4 and (cells := Segment(tag, tag, tuple(elements)).cells(text)):
            return cells[0]
        if not _POSITION.fullmatch(text) or not 1 <= int(text) <= len(elements):
            self.wrong(f"{key} = {text!r} is no element of {len(elements)}", tag, key)
            return None
        return int(text), 1


def read_codes(sources: list[Source], parse: Parse) -> tuple[dict[str, CodeList], list[Problem]]:
    """Code lists by data element number, later sources over earlier ones, and everything wrong with them."""
    lists: dict[str, CodeList] = {}
    problems: list[Problem] = []
    for source in sources:
        for number, table in parse(source).items():
            if number == "extends":
                continue
            if wrong := _wrong_codes(table):
                key, text = wrong
                problems.append(Problem(source.name, source.line_of_key(number, *key), f"{number}: {text}"))
            else:
                lists[number] = CodeList(number, table["name"], table["codes"], table.get("complete", False))
    return lists, problems


def _wrong_codes(table: Any) -> tuple[tuple[str, ...], str] | None:
    """The key at fault and what is wrong with it."""
    if not isinstance(table, dict):
        return (), "no code list; write a table `[353]` with name and codes"
    for key in sorted(set(table) - _CODE_KEYS):
        return (key,), f"unknown key {key!r}; expected one of {', '.join(sorted(_CODE_KEYS))}"
    if not isinstance(table.get("name"), str):
        return ("name",), "a code list has a name, as text"
    if not isinstance(table.get("complete", False), bool):
        return ("complete",), "complete is true or false"
    codes = table.get("codes")
    if not isinstance(codes, dict):
        return ("codes",), 'codes is a table like { EA = "each" }'
    for code, meaning in codes.items():
        if not isinstance(meaning, str):
            return ("codes", code), f"the meaning of code {code} is no text"
    return None


def read_segments(
    sources: list[Source], codes: Mapping[str, CodeList], parse: Parse
) -> tuple[dict[str, Segment], list[Problem]]:
    """The segments of a version, later sources over earlier ones, and everything wrong with them."""
    segments: dict[str, Segment] = {}
    problems: list[Problem] = []
    for source in sources:
        reader = _Reader(source, codes, problems)
        for tag, table in parse(source).items():
            if tag == "opaque":
                for name in table if isinstance(table, list) else [table]:
                    if not _TAG.fullmatch(str(name)):
                        reader.wrong(f"{name!r} is no segment tag", tag, None, name)
                    segments[str(name)] = Segment(str(name), str(name), opaque=True)
            elif tag != "extends":
                segments[tag] = reader.segment(tag, table)
    return segments, problems
