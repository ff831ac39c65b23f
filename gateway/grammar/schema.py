"""The grammar of a message, read from its schema file.

A structure is a list of lines as the standard prints them: segment, requirement, maximum use; a list in the list is a
loop, and its first line names it. `use NAME` stands for a named list of the same file.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gateway.errors import SchemaError
from gateway.findings import Severity
from gateway.grammar.segments import Segments
from gateway.grammar.sources import Problem, Source

_USE = re.compile(r"([A-Z][A-Z0-9]{1,2}) ([MOC]) (>1|[1-9]\d*)")
_LOOP = re.compile(r"loop (([A-Z][A-Z0-9]{1,3})(?::(\w+))?) ([MOC]) (>1|[1-9]\d*)")
_GROUP = re.compile(r"SG[1-9]\d?")  # EDIFACT numbers its groups; their first segment is the trigger
_CELL = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d)(?:-(\d+))?")
_NUMBERED = re.compile(r"([A-Z]{3})\.(\w{4})(?:\[(\d+)\])?")
_KEYS = frozenset({"message", "name", "group", "structure", "lists"})


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
    ranks: tuple[int, ...] = field(init=False, repr=False, compare=False)
    places: Mapping[str | int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Rank the members: neighbouring loops of one tag (`HL:T`, `HL:P`) share a rank, as any order of them goes.

        A rank is the place of its first member, so that all members of a rank are `members[rank:]` up to the next.
        `places` are the ranks of segments by their tags, of two uses the first, and those of loops by their ids.
        """
        ranks: list[int] = []
        for at, member in enumerate(self.members):
            before = self.members[at - 1] if at else None
            alike = isinstance(before, Loop) and isinstance(member, Loop) and before.tag == member.tag
            ranks.append(ranks[-1] if alike else at)
        keys = (member.tag if isinstance(member, SegmentUse) else id(member) for member in self.members)
        object.__setattr__(self, "ranks", tuple(ranks))
        object.__setattr__(self, "places", dict(reversed([*zip(keys, ranks, strict=True)])))

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
    def header(self) -> str:
        """The tag of the segment that every message begins with: ST, in EDIFACT UNH."""
        return "ST" if self.name.startswith("x12/") else "UNH"

    @cached_property
    def tags(self) -> frozenset[str]:
        """Every tag that may stand in the message."""
        return frozenset(m.tag for loop in self.root.walk() for m in loop.members if isinstance(m, SegmentUse))


def parse_cell(text: str, segments: Segments | None = None) -> tuple[str, int, int] | None:
    """`PO103` as (PO1, 3, 1), `AK401-2` as (AK4, 1, 2); None where it is no cell.

    EDIFACT names cells by data element number: `BGM.1004`, `UCI.0007[2]` the second of that number. They are looked up
    in the segment table.
    """
    if match := _CELL.fullmatch(text):
        return match[1], int(match[2]), int(match[3] or 1)
    if (match := _NUMBERED.fullmatch(text)) and segments and match[1] in segments:
        cells = segments[match[1]].cells(match[2])
        nth = int(match[3] or 1)
        if 1 <= nth <= len(cells):
            return match[1], *cells[nth - 1]
    return None


def read_grammar(source: Source, name: str, segments: Segments) -> tuple[Grammar, list[Problem]]:
    """The grammar in a schema file, and everything wrong with it. Raises SchemaError where it is no TOML at all."""
    table = source.parse(SchemaError)
    reader = _StructureReader(source, segments, table)
    for key in sorted(set(table) - _KEYS):
        reader.problem(f"unknown key {key!r}; expected one of {', '.join(sorted(_KEYS))}", key)
    message, title = (reader.text(key) for key in ("message", "name"))
    group = reader.text("group") if name.startswith("x12/") else ""
    members = tuple(reader.region("structure"))
    return Grammar(name, message, title, group, Loop("", "", None, "M", 1, members), segments), reader.problems


class _StructureReader:
    """Reads structure lines, knowing which writing of a line it is at, to name the right line of the file."""

    def __init__(self, source: Source, segments: Segments, table: Mapping[str, Any]) -> None:
        self.source, self.segments, self.table = source, segments, table
        self.problems: list[Problem] = []
        self.inside: list[tuple[str, ...]] = []
        self.seen: Counter[tuple[tuple[str, ...], str]] = Counter()

    def problem(self, message: str, *path: str) -> None:
        self.problems.append(Problem(self.source.name, self.source.line_of_key(*path) or 1, message))

    def text(self, key: str) -> str:
        found = self.table.get(key)
        if not isinstance(found, str):
            self.problem(f"{key!r} is missing, or no text", key)
        return str(found)

    def region(self, *path: str) -> Iterator[Member]:
        """The members in `structure` or in a named list. A list used twice is read twice, its faults are told once."""
        found: Any = self.table
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if not isinstance(found, list):
            self.problem(f"{'.'.join(path)} must be a list of lines", *path)
            return
        self.inside.append(path)
        for again in [line for line in self.seen if line[0] == path]:
            del self.seen[again]
        yield from self.members(found)
        self.inside.pop()

    def wrong(self, message: str, line: str) -> None:
        region = self.inside[-1]
        number = self.source.line_of_text(line, self.seen[region, line] - 1, region) or self.source.line_of_key(*region)
        problem = Problem(self.source.name, number, f"{line!r}{message}")
        if problem not in self.problems:
            self.problems.append(problem)

    def members(self, lines: list[Any]) -> Iterator[Member]:
        for line in lines:
            if isinstance(line, list):
                yield from self.loop(line)
                continue
            self.seen[self.inside[-1], str(line)] += 1
            if str(line).startswith("use "):
                yield from self.named(str(line))
            else:
                yield from self.segment_use(str(line))

    def segment_use(self, line: str) -> Iterator[SegmentUse]:
        match = _USE.fullmatch(line)
        if not match:
            self.wrong(" is no segment line; write `REF O >1`", line)
        elif match[1] not in self.segments:
            self.wrong(f": no segment {match[1]} in the segment table of this version", line)
        else:
            yield SegmentUse(match[1], "M" if match[2] == "M" else "O", limit_of(match[3]))

    def loop(self, lines: list[Any]) -> Iterator[Loop]:
        head = str(lines[0]) if lines else ""
        self.seen[self.inside[-1], head] += 1
        match = _LOOP.fullmatch(head)
        if not match:
            self.wrong(" names no loop; write `loop N1 O 200` or `loop HL:S M 1`", head)
            return
        name, tag, qualifier, requirement, limit = match.groups()
        members = tuple(self.members(lines[1:]))
        if _GROUP.fullmatch(tag) and members and isinstance(members[0], SegmentUse):
            tag = members[0].tag
        requirement = "M" if requirement == "M" else "O"
        if not members or members[0] != SegmentUse(tag, "M", 1):
            self.wrong(f": a loop begins with the segment it is named after, `{tag} M 1`", head)
        elif qualifier and self.segments[tag].qualifier is None:
            self.wrong(f": segment {tag} declares no qualifier to tell its loops apart", head)
        else:
            yield Loop(name, tag, qualifier, requirement, limit_of(limit), members)

    def named(self, line: str) -> Iterator[Member]:
        path = ("lists", line.removeprefix("use "))
        if path in self.inside or path[1] not in (self.table.get("lists") or ()):
            self.wrong(": no list of that name under [lists], or one that uses itself", line)
        else:
            yield from self.region(*path)


def limit_of(text: str) -> int | None:
    """The maximum use as a line prints it: `>1` is no maximum."""
    return None if text == ">1" else int(text)


def times(limit: int) -> str:
    """A maximum use in words: `once`, `5 times`."""
    return "once" if limit == 1 else f"{limit} times"
