"""The basic types of IDocs, read from schemas/idoc/: which segment stands where, and how often.

A structure is a list of lines, `"E1EDK14 0..12"`: the segment, the least and the most of it (`n` is no limit, one
number is both). A list in the list is a segment with what stands inside it; its first line names it. `"..."` says that
SAP has more segments in this place than we know; they are neither judged nor refused. A type may add fields to a
segment (`[segments.E1EDP01]`), and a message of it leave some out (`[variants.ORDRSP.E1EDP01]`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from gateway.errors import SchemaError
from gateway.grammar.idoc_segments import CONTROL, OPEN, Segment, read_fields
from gateway.grammar.sources import Problem, Source

IDOC = "IDOC"
_LINE = re.compile(r"([A-Z][A-Z0-9_-]*) (?:(\d+)\.\.)?(\d+|n)")
_KEYS = frozenset({"type", "name", "structure", "segments", "variants"})


@dataclass(frozen=True)
class Place:
    """A segment in its place: how often it stands there, and what stands inside it. `most` None is no limit."""

    segment: Segment
    least: int
    most: int | None
    children: tuple["Place", ...] = ()
    is_open: bool = False

    @property
    def name(self) -> str:
        return self.segment.name

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each segment inside, from 0."""
        return {child.name: rank for rank, child in enumerate(self.children)}

    def child(self, name: str) -> "Place | None":
        """The place inside that this segment has; None where it has none."""
        rank = self.ranks.get(name)
        return None if rank is None else self.children[rank]

    def walk(self) -> Iterator[tuple[str, "Place"]]:
        """Every place inside with the name of the segment around it, outermost first."""
        for child in self.children:
            yield self.name, child
            yield from child.walk()


@dataclass(frozen=True)
class IdocType:
    """A basic type, of one message or of any: its name and the places under IDOC."""

    name: str
    meaning: str
    root: Place

    @cached_property
    def segments(self) -> Mapping[str, Segment]:
        """Every segment that may stand in it."""
        return {place.name: place.segment for _, place in self.root.walk()}


@dataclass(frozen=True)
class TypeFile:
    """What one file says: the type, and the differences that messages of it have."""

    type: IdocType
    variants: Mapping[str, IdocType]


def read_type(source: Source, segments: Mapping[str, Segment]) -> tuple[TypeFile | None, list[Problem]]:
    """The basic type of one file, and everything wrong with it; None where it is no TOML, or names no type."""
    try:
        table = source.parse(SchemaError)
    except SchemaError as wrong:
        return None, [Problem(source.name, wrong.line, str(wrong).partition(": ")[2])]
    reader = _Reader(source, segments)
    for key in sorted(set(table) - _KEYS):
        reader.problem(f"unknown key {key!r}; expected one of {', '.join(sorted(_KEYS))}", key)
    name, meaning = table.get("type"), table.get("name")
    if not isinstance(name, str) or not isinstance(meaning, str):
        reader.problem("`type` and `name` say which basic type this is, and of what", "type")
        return None, reader.problems
    lines = table.get("structure")
    children, is_open = reader.places(lines if isinstance(lines, list) else [])
    if not children or not isinstance(lines, list):
        reader.problem("`structure` must be a list of lines", "structure")
    if CONTROL in segments:
        children = (Place(segments[CONTROL], 1, 1), *children)
    else:
        reader.problem(f"there is no segment {CONTROL} in schemas/idoc/segments", "structure")
    root = Place(Segment(IDOC, "one IDoc", IDOC), 1, 1, children, is_open)
    changed = reader.changed(root, ("segments",), table.get("segments", {}))
    plain = IdocType(name, meaning, changed)
    messages = table.get("variants", {})
    if not isinstance(messages, dict):
        reader.problem("variants is a table of messages", "variants")
        messages = {}
    variants = {
        message: IdocType(name, meaning, reader.changed(changed, ("variants", message), changes))
        for message, changes in messages.items()
    }
    return TypeFile(plain, variants), reader.problems


class _Reader:
    """Reads the lines of one file, gathering problems."""

    def __init__(self, source: Source, segments: Mapping[str, Segment]) -> None:
        self.source, self.segments = source, segments
        self.problems: list[Problem] = []

    def problem(self, message: str, *path: str) -> None:
        self.problems.append(Problem(self.source.name, self.source.line_of_key(*path) or 1, message))

    def wrong(self, line: str, message: str) -> None:
        at = self.source.line_of_text(line, below=("structure",)) or self.source.line_of_key("structure")
        self.problems.append(Problem(self.source.name, at, f"{line!r}{message}"))

    def places(self, lines: list[Any]) -> tuple[tuple[Place, ...], bool]:
        """The places that a list of lines names, and whether more may stand there."""
        is_open = bool(lines) and lines[-1] == OPEN
        places: list[Place] = []
        for entry in lines[:-1] if is_open else lines:
            inside = entry if isinstance(entry, list) and entry else [entry]
            if (place := self.place(str(inside[0]), inside[1:])) is None:
                continue
            if place.name in (other.name for other in places):
                self.wrong(str(inside[0]), f": {place.name} has a place here already")
            else:
                places.append(place)
        return tuple(places), is_open

    def place(self, line: str, inside: list[Any]) -> Place | None:
        children, is_open = self.places(inside)
        match = _LINE.fullmatch(line)
        if not match:
            self.wrong(line, " is no segment line; write `E1EDK14 0..12`, or `E1EDP01 0..n`")
            return None
        segment = self.segments.get(match[1])
        if segment is None:
            self.wrong(line, f": there is no segment {match[1]} in schemas/idoc/segments")
            return None
        most = None if match[3] == "n" else int(match[3])
        least = int(match[2] or match[3].replace("n", "0"))
        if most is not None and least > most:
            self.wrong(line, ": the least is more than the most")
        return Place(segment, least, most, children, is_open)

    def changed(self, place: Place, path: tuple[str, ...], changes: Any) -> Place:
        """The same places with the fields of some segments added (`add`) or left out (`leave_out`)."""
        if not isinstance(changes, dict):
            self.problem(f"{'.'.join(path)} is a table of segments", *path)
            return place
        known = {child.name for _, child in place.walk()}
        for name in sorted(set(changes) - known):
            self.problem(f"{name} has no place in this type", *path, name)
        segments = {name: self.segment(place, name, path, changes[name]) for name in changes if name in known}
        return _with_segments(place, segments)

    def segment(self, root: Place, name: str, path: tuple[str, ...], change: Any) -> Segment:
        segment = next(place.segment for _, place in root.walk() if place.name == name)
        if not isinstance(change, dict) or not set(change) <= {"add", "leave_out"}:
            self.problem(f"{name} is a table with `add` or `leave_out`, and nothing else", *path, name)
            return segment
        added, _ = read_fields(self.source, (*path, name, "add"), change.get("add", []), self.problems)
        lines = change.get("leave_out", [])
        left_out = set(map(str, lines if isinstance(lines, list) else [lines]))
        for field in sorted(left_out - set(segment.ranks)):
            self.problem(f"{name} has no field {field} to leave out", *path, name, "leave_out")
        fields = (*(field for field in segment.fields if field.name not in left_out), *added)
        return replace(segment, fields=fields)


def _with_segments(place: Place, segments: Mapping[str, Segment]) -> Place:
    children = tuple(_with_segments(child, segments) for child in place.children)
    return replace(place, segment=segments.get(place.name, place.segment), children=children)
