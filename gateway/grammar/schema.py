"""The grammar of a message, read from its schema file and narrowed by a guide's.

A structure is a list of lines as the standard prints them: segment, requirement, maximum use; a list in the list is a
loop, and its first line names it. `use NAME` stands for a named list of the same file. A guide says `extends` and
narrows: more mandatory, fewer uses, shorter code lists, uses removed; it can never allow what the standard does not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.errors import SchemaError
from gateway.findings import CODES, Severity
from gateway.grammar.elements import Composite, Element, narrow
from gateway.grammar.segments import Segment, Segments
from gateway.grammar.sources import Problem, Source

_USE = re.compile(r"([A-Z][A-Z0-9]{1,2}) ([MO]) (>?\d+)")
_LOOP = re.compile(r"loop (([A-Z][A-Z0-9]{1,2})(?::(\w+))?) ([MO]) (>?\d+)")
_CELL = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d)(?:-(\d+))?")
_KEYS = frozenset({"message", "name", "group", "structure", "lists"})
_GUIDE_KEYS = frozenset({"extends", "uses", "elements", "codes", "severity"})


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """A segment in its place: `REF O >1`. limit is None where there is no maximum."""

    tag: str
    requirement: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop in its place. Its first member is the segment that opens it; `qualifier` tells it from its siblings."""

    name: str
    tag: str
    qualifier: str | None
    requirement: str
    limit: int | None
    members: tuple["SegmentUse | Loop", ...]

    @property
    def loops(self) -> Iterator["Loop"]:
        """The loops directly inside."""
        return (member for member in self.members if isinstance(member, Loop))

    def walk(self) -> Iterator["Loop"]:
        """This loop and all inside it, outermost first."""
        yield self
        for loop in self.loops:
            yield from loop.walk()


Member = SegmentUse | Loop


@dataclass(frozen=True)
class Grammar:
    """All that is known of one message: its structure, its segments, and the severities a guide sets."""

    name: str  # x12/004010/850
    message: str
    title: str
    group: str
    root: Loop
    segments: Segments
    severities: Mapping[str, Severity] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """`004010`."""
        return self.name.split("/")[1]

    @property
    def tags(self) -> frozenset[str]:
        """Every tag that may stand in the message."""
        return frozenset(m.tag for loop in self.root.walk() for m in loop.members if isinstance(m, SegmentUse))


def parse_cell(text: str) -> tuple[str, int, int] | None:
    """`PO103` as (PO1, 3, 1), `AK401-2` as (AK4, 1, 2); None where it is no cell."""
    match = _CELL.fullmatch(text)
    return (match[1], int(match[2]), int(match[3] or 1)) if match else None


def read_grammar(source: Source, name: str, segments: Segments) -> tuple[Grammar, list[Problem]]:
    """The grammar in a schema file, and everything wrong with it. Raises SchemaError where it is no TOML at all."""
    table = source.parse(SchemaError)
    reader = _StructureReader(source, segments, table.get("lists", {}))
    for key in sorted(set(table) - _KEYS):
        reader.wrong(f"unknown key {key!r}; expected one of {', '.join(sorted(_KEYS))}", key=key)
    for key in ("message", "name", "group", "structure"):
        if key not in table:
            reader.wrong(f"{key!r} is missing")
    members = reader.members(table.get("structure", []))
    root = Loop("", "", None, "M", 1, tuple(members))
    grammar = Grammar(name, table.get("message", ""), table.get("name", ""), table.get("group", ""), root, segments)
    return grammar, reader.problems


class _StructureReader:
    """Reads structure lines, knowing which writing of a line it is at, to name the right line of the file."""

    def __init__(self, source: Source, segments: Segments, lists: Mapping[str, list[Any]]) -> None:
        self.source, self.segments, self.lists = source, segments, lists
        self.problems: list[Problem] = []
        self.seen: dict[str, int] = {}
        self.inside: list[str] = []

    def wrong(self, message: str, text: str | None = None, key: str | None = None) -> None:
        nth = self.seen.get(text, 1) - 1 if text else 0
        line = self.source.line_of_text(text, nth) if text else self.source.line_of_key(*([key] if key else []))
        self.problems.append(Problem(self.source.name, line, message))

    def members(self, lines: list[Any]) -> Iterator[Member]:
        for line in lines:
            if isinstance(line, list):
                yield from self.loop(line)
            elif str(line).startswith("use "):
                yield from self.named(str(line))
            else:
                yield from self.segment_use(str(line))

    def segment_use(self, line: str) -> Iterator[SegmentUse]:
        self.seen[line] = self.seen.get(line, 0) + 1
        match = _USE.fullmatch(line)
        if not match:
            self.wrong(f"{line!r} is no segment line; write `REF O >1`", line)
        elif match[1] not in self.segments:
            self.wrong(f"{line!r}: no segment {match[1]} in the segment table of this version", line)
        else:
            yield SegmentUse(match[1], match[2], _limit(match[3]))

    def loop(self, lines: list[Any]) -> Iterator[Loop]:
        head = str(lines[0]) if lines else ""
        self.seen[head] = self.seen.get(head, 0) + 1
        match = _LOOP.fullmatch(head)
        if not match:
            self.wrong(f"{head!r} names no loop; write `loop N1 O 200` or `loop HL:S M 1`", head)
            return
        members = tuple(self.members(lines[1:]))
        if not members or not isinstance(members[0], SegmentUse) or members[0].tag != match[2]:
            self.wrong(f"{head!r}: a loop's first segment is the one it is named after, {match[2]}", head)
            return
        if match[3] and self.segments[match[2]].qualifier is None:
            self.wrong(f"{head!r}: segment {match[2]} declares no qualifier to tell its loops apart", head)
            return
        yield Loop(match[1], match[2], match[3], match[4], _limit(match[5]), members)

    def named(self, line: str) -> Iterator[Member]:
        name = line.removeprefix("use ")
        if name not in self.lists or name in self.inside:
            self.wrong(f"{line!r}: no list of that name under [lists], or one that uses itself", line)
            return
        self.inside.append(name)
        yield from self.members(self.lists[name])
        self.inside.pop()


def _limit(text: str) -> int | None:
    return None if text.startswith(">") else int(text)


def narrow_grammar(base: Grammar, source: Source) -> tuple[Grammar, list[Problem]]:
    """The grammar as a guide narrows it, and everything in the guide's file that does not narrow."""
    table = source.parse(SchemaError)
    problems = [
        Problem(source.name, source.line_of_key(key), f"unknown key {key!r}; expected {', '.join(sorted(_GUIDE_KEYS))}")
        for key in sorted(set(table) - _GUIDE_KEYS)
    ]

    def wrong(message: str, *path: str) -> None:
        problems.append(Problem(source.name, source.line_of_key(*path), message))

    root = base.root
    for path, text in table.get("uses", {}).items():
        changed = _narrow_use(root, path.split("/"), text)
        if isinstance(changed, str):
            wrong(f"{path}: {changed}", "uses", path)
        else:
            root = changed
    segments = dict(base.segments)
    for cell, text in table.get("elements", {}).items():
        if text != "M":
            wrong(f'{cell} = {text!r}: a guide can only make an element mandatory, write "M"', "elements", cell)
        elif (made := _narrow_element(segments, cell, None)) is not None:
            wrong(f"{cell}: {made}", "elements", cell)
    for cell, codes in table.get("codes", {}).items():
        if (made := _narrow_element(segments, cell, codes)) is not None:
            wrong(f"{cell}: {made}", "codes", cell)
    severities = dict(base.severities)
    for code, severity in table.get("severity", {}).items():
        if code not in CODES or severity not in set(Severity):
            wrong(f"{code} = {severity!r}: no finding code, or not one of reject, hold, warn", "severity", code)
        else:
            severities[code] = Severity(severity)
    return replace(base, root=root, segments=segments, severities=severities), problems


def _narrow_use(loop: Loop, path: list[str], text: str | bool) -> Loop | str:
    """The loop with one use changed (`M 5`) or removed (false); a sentence where that is not narrower."""
    names = [m.name if isinstance(m, Loop) else m.tag for m in loop.members]
    if path[0] not in names:
        return f"{path[0]} is not in {loop.name or 'the message'}; a guide can only narrow what is there"
    at = names.index(path[0])
    member = loop.members[at]
    if len(path) > 1:
        if not isinstance(member, Loop):
            return f"{path[0]} is no loop"
        inner = _narrow_use(member, path[1:], text)
        return inner if isinstance(inner, str) else _with_member(loop, at, inner)
    if text is False:
        return "is mandatory, it cannot be removed" if member.requirement == "M" else _with_member(loop, at, None)
    match = re.fullmatch(r"([MO]) (>?\d+)", str(text))
    if not match:
        return f"{text!r} is no use; write `M 5`, or false to remove it"
    limit = _limit(match[2])
    if member.requirement == "M" and match[1] == "O":
        return "is mandatory, a guide cannot make it optional"
    if member.limit is not None and (limit is None or limit > member.limit):
        return f"may stand {member.limit} times, a guide cannot allow more"
    return _with_member(loop, at, replace(member, requirement=match[1], limit=limit))


def _with_member(loop: Loop, at: int, member: Member | None) -> Loop:
    kept = () if member is None else (member,)
    return replace(loop, members=loop.members[:at] + kept + loop.members[at + 1 :])


def _narrow_element(segments: dict[str, Segment], cell: str, codes: list[str] | None) -> str | None:
    """Change one element of the table in place; a sentence where there is no such element."""
    place = parse_cell(cell)
    segment = segments.get(place[0]) if place else None
    element = segment.element(place[1], place[2]) if place and segment else None
    if not (place and segment and element):
        return "no such element"
    if codes is None:
        changed = replace(element, requirement="M")
    else:
        known = element.codes.codes if element.codes else {}
        changed = narrow(element, {code: known.get(code, "") for code in codes})
    elements = list(segment.elements)
    outer = elements[place[1] - 1]
    if isinstance(outer, Composite):
        components = list(outer.components)
        components[place[2] - 1] = changed
        elements[place[1] - 1] = replace(outer, components=tuple(components))
    else:
        elements[place[1] - 1] = changed
    segments[place[0]] = replace(segment, elements=tuple(elements))
    return None


def describe(element: Element | Composite | None) -> str:
    """The name of an element for people; '' where the table has none."""
    return element.name if element else ""
