"""The explaining reader: segments to a tree, saying what is wrong and where.

Strategy: a stack of open loops, each with the place its structure has come to. A segment goes to the earliest place
that is still legal: forward in the innermost loop, else forward in the loops around it, which closes the inner ones.
Where a loop has pointers of its own (HL02 names the parent's HL01), the pointer says which loop stays open. What was
passed over and is mandatory is missing; what finds no place is told apart as out of order, not expected here, not of
this message, or unknown (X12 data element 720). Nothing is dropped: a stray segment hangs on the loop it was found in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gateway.findings import Finding, find, judge
from gateway.grammar.check import check_segment
from gateway.grammar.schema import Grammar, Loop, Member, SegmentUse
from gateway.grammar.segments import Segments

Locate = Callable[..., int]


@dataclass(frozen=True, slots=True)
class SegmentAt:
    """A segment in its place: ordinal in the message (ST is 1), tag, and elements as text, element 1 first."""

    ordinal: int
    tag: str
    elements: Sequence[str]

    def element(self, position: int, component: int = 1, separator: str = ">") -> str:
        """The text at a place; '' where it is empty or absent."""
        if position > len(self.elements):
            return ""
        text = self.elements[position - 1]
        if component == 1 and separator not in text:
            return text
        parts = text.split(separator)
        return parts[component - 1] if component <= len(parts) else ""


@dataclass(slots=True)
class Node:
    """One turn of a loop: its segments and the loops inside, in the order they came."""

    loop: Loop
    items: list["SegmentAt | Node"] = field(default_factory=list)

    @property
    def segments(self) -> Iterator[SegmentAt]:
        """The segments directly in this turn."""
        return (item for item in self.items if isinstance(item, SegmentAt))

    @property
    def nodes(self) -> Iterator["Node"]:
        """The loops directly inside."""
        return (item for item in self.items if isinstance(item, Node))

    @property
    def opener(self) -> SegmentAt:
        """The segment that opened the loop; every loop but the message itself has one, always first."""
        first = self.items[0]
        assert isinstance(first, SegmentAt)  # noqa: S101  (arrange() puts it there)
        return first


@dataclass(frozen=True)
class Tree:
    """A message arranged: its root, and all that the grammar finds wrong with it."""

    root: Node
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Open:
    """A loop that is open: its node, how far its structure has come, and how often each member was used."""

    node: Node
    ranks: tuple[int, ...]
    at: int = 0
    uses: dict[int, int] = field(default_factory=dict)


def arrange(segments: Sequence[str], grammar: Grammar, marks: tuple[str, str, str, str], locate: Locate) -> Tree:
    """Arrange a message's segments (ST first, SE last) by its grammar.

    `marks` are the delimiters as text; `locate(segment, element, component)` gives byte offsets for the findings.
    Findings come in the order of the segments, with the severities of the guide.
    """
    return _Arranging(grammar, marks, locate).arrange(segments)


class _Arranging:
    def __init__(self, grammar: Grammar, marks: tuple[str, str, str, str], locate: Locate) -> None:
        self.grammar, self.marks, self.locate = grammar, marks, locate
        self.findings: list[Finding] = []
        self.stack = [_open(Node(grammar.root))]
        self.hierarchy: dict[str, Node] = {}

    def arrange(self, segments: Sequence[str]) -> Tree:
        inner = segments[1:-1] if segments[-1].startswith("SE" + self.marks[0]) else segments[1:]
        for ordinal, text in enumerate(inner, 2):
            tag, *elements = text.split(self.marks[0])
            self.place(SegmentAt(ordinal, tag, elements))
        while self.stack:
            self.close(len(inner) + 2)
        found = sorted(self.findings, key=lambda f: f.segment or 0)
        return Tree(self.root, tuple(judge(found, dict(self.grammar.severities))))

    @property
    def root(self) -> Node:
        return self._root

    def close(self, ordinal: int) -> None:
        """Close the innermost loop; its mandatory members that never came were due before this segment."""
        opened = self.stack.pop()
        self.missing(opened, len(opened.ranks), ordinal)
        self._root = opened.node

    def missing(self, opened: _Open, until: int, ordinal: int) -> None:
        for at in range(opened.at, until):
            member = opened.node.loop.members[at]
            if member.requirement == "M" and not opened.uses.get(at):
                name = member.name if isinstance(member, Loop) else member.tag
                text = f"{name} is missing before segment {ordinal}"
                self.note("mandatory-segment-missing", text, ordinal, member.tag, expected=name)
                opened.uses[at] = 1  # said once

    def note(self, code: str, text: str, ordinal: int, tag: str, expected: str | None = None) -> None:
        offset = self.locate(ordinal)
        self.findings.append(find(code, text, segment=ordinal, tag=tag, offset=offset, expected=expected))

    def place(self, segment: SegmentAt) -> None:
        definition = self.grammar.segments.get(segment.tag)
        place = self.find_place(segment)
        if place is None:
            self.stray(segment)
        else:
            self.enter(segment, *place)
        if definition and not definition.opaque:
            self.findings.extend(check_segment(segment.ordinal, segment.elements, definition, self.marks, self.locate))

    def find_place(self, segment: SegmentAt) -> tuple[int, int] | None:
        """Which open loop (counted from the innermost) and which member of it; full members only as a last resort."""
        depths = self.depths(segment)
        full: tuple[int, int] | None = None
        for depth in depths:
            opened = self.stack[-1 - depth]
            members = opened.node.loop.members
            start = opened.ranks.index(opened.ranks[opened.at]) if opened.at < len(members) else len(members)
            for at in range(start, len(members)):
                if not _takes(members[at], segment, self.grammar.segments):
                    continue
                limit = members[at].limit
                if limit is None or opened.uses.get(at, 0) < limit:
                    return depth, at
                full = full or (depth, at)
        return full

    def depths(self, segment: SegmentAt) -> range:
        """The open loops in which to look: all, innermost first, unless the segment points at its parent itself."""
        definition = self.grammar.segments.get(segment.tag)
        if definition is None or definition.parent is None or definition.id is None:
            return range(len(self.stack))
        pointer = segment.element(definition.parent)
        parent = self.hierarchy.get(pointer) if pointer else self.stack[0].node
        for depth, opened in enumerate(reversed(self.stack)):
            if opened.node is parent:
                return range(depth, depth + 1)
        return range(len(self.stack))

    def enter(self, segment: SegmentAt, depth: int, at: int) -> None:
        for _ in range(depth):
            self.close(segment.ordinal)
        opened = self.stack[-1]
        member = opened.node.loop.members[at]
        if opened.ranks[at] != opened.ranks[min(opened.at, len(opened.ranks) - 1)]:
            self.missing(opened, at, segment.ordinal)
        opened.at = at
        count = opened.uses[at] = opened.uses.get(at, 0) + 1
        if member.limit is not None and count > member.limit:
            code = "loop-too-often" if isinstance(member, Loop) else "segment-too-often"
            name = member.name if isinstance(member, Loop) else member.tag
            text = f"{name} in segment {segment.ordinal} is the {count}th, at most {member.limit} may stand here"
            self.note(code, text, segment.ordinal, segment.tag, expected=f"at most {member.limit}")
        if isinstance(member, Loop):
            node = Node(member, [segment])
            opened.node.items.append(node)
            inner = _open(node)
            inner.uses[0] = 1
            self.stack.append(inner)
            self.register(segment, node)
        else:
            opened.node.items.append(segment)

    def register(self, segment: SegmentAt, node: Node) -> None:
        """Remember a level by its number, and hold its pointer to what was found (X12 HL01, HL02)."""
        definition = self.grammar.segments[segment.tag]
        if definition.id is None or definition.parent is None:
            return
        number, pointer = segment.element(definition.id), segment.element(definition.parent)
        wrong = None
        if number in self.hierarchy:
            wrong = (definition.id, number, f"HL01 {number!r} came before", "a number of its own")
        elif pointer and pointer not in self.hierarchy:
            wrong = (definition.parent, pointer, f"HL02 {pointer!r} names no level before it", "the parent's HL01")
        elif self.stack[-2].node is not (self.hierarchy.get(pointer) if pointer else self.stack[0].node):
            wrong = (definition.parent, pointer, f"HL02 {pointer!r} is no level that may hold {node.loop.name}", "")
        if wrong:
            position, value, text, expected = wrong
            self.findings.append(
                find(
                    "hierarchy-broken",
                    f"{segment.tag} in segment {segment.ordinal}: {text}",
                    segment=segment.ordinal,
                    tag=segment.tag,
                    element=position,
                    number=_number(definition.element(position)),
                    offset=self.locate(segment.ordinal, position),
                    value=value,
                    expected=expected or None,
                )
            )
        self.hierarchy.setdefault(number, node)

    def stray(self, segment: SegmentAt) -> None:
        """A segment that has no place: say why, and keep it where it was found."""
        tag, ordinal = segment.tag, segment.ordinal
        behind = any(
            _takes(member, segment, self.grammar.segments)
            for opened in self.stack
            for member in opened.node.loop.members
        )
        if tag not in self.grammar.segments:
            self.note("segment-unknown", f"{tag!r} in segment {ordinal} is no segment we know", ordinal, tag[:3])
        elif tag not in self.grammar.tags:
            text = f"{tag} in segment {ordinal} does not belong in a {self.grammar.message}"
            self.note("segment-not-in-message", text, ordinal, tag)
        elif behind:
            self.note("segment-out-of-order", f"{tag} in segment {ordinal} belongs earlier", ordinal, tag)
        else:
            text = f"{tag} in segment {ordinal} is not expected in {self.stack[-1].node.loop.name or 'this place'}"
            self.note("segment-unexpected", text, ordinal, tag)
        self.stack[-1].node.items.append(segment)


def _open(node: Node) -> _Open:
    return _Open(node, ranks_of(node.loop))


def ranks_of(loop: Loop) -> tuple[int, ...]:
    """The order of a loop's members. Neighbouring loops of one tag (`HL:T`, `HL:P`) share a rank: any order goes."""
    ranks = [0] if loop.members else []
    for before, member in pairwise(loop.members):
        alike = isinstance(before, Loop) and isinstance(member, Loop) and before.tag == member.tag
        ranks.append(ranks[-1] + (not alike))
    return tuple(ranks)


def _takes(member: Member, segment: SegmentAt, segments: Segments) -> bool:
    if member.tag != segment.tag:
        return False
    if isinstance(member, SegmentUse) or member.qualifier is None:
        return True
    position = segments[member.tag].qualifier
    return position is not None and segment.element(position) == member.qualifier


def _number(element: object) -> str | None:
    return getattr(element, "number", None)
