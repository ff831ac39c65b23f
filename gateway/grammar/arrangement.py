"""The explaining reader: segments to a tree, saying what is wrong and where.

Strategy: a stack of open loops, each with the place its structure has come to. A segment goes to the earliest place
that is still legal: forward in the innermost loop, else forward in the loops around it, which closes the inner ones.
Where a loop has pointers of its own (HL02 names the parent's HL01), the pointer says which loop it goes to, also where
that had been closed. What was passed over and is mandatory is missing; what finds no place is told apart as out of
order, not expected here, not of this message, or unknown (X12 data element 720). Nothing is dropped: a stray segment
hangs on the loop it was found in.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from gateway.findings import Finding, Severity, find, judge
from gateway.grammar.check import check_segment
from gateway.grammar.schema import Grammar, Loop, Member, SegmentUse, times
from gateway.grammar.segments import Segment, Segments
from gateway.grammar.tree import Node, SegmentAt, Tree

Locate = Callable[..., int]
_TRAILERS = ("SE", "UNT")
_FAULTS_AT_MOST = 1000  # that reject: nobody reads more, and a hostile file could hold millions
_TOLERATED_AT_MOST = 2_000  # of one code
_BOUNDS = ("LS", "LE")  # X12 bounds some loops by segments of their own, which name them (data element 447)


@dataclass(slots=True, eq=False)
class _Open:
    """A loop that is open: its node, how far its structure has come, and how often each member was used."""

    node: Node
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
        self.root = _Open(Node(grammar.root))
        self.stack = [self.root]
        # The levels of a hierarchy by their numbers: what was open when each was, itself last.
        self.levels: dict[str, tuple[_Open, ...]] = {}
        # The loops open between LS and LE, by the names these give them.
        self.bounded: list[str] = []
        self.faults = 0
        self.tolerated: Counter[str] = Counter()

    def arrange(self, segments: Sequence[str]) -> Tree:
        ends = tuple(tag + self.marks[0] for tag in _TRAILERS)
        inner = segments[1:-1] if segments[-1].startswith(ends) else segments[1:]
        for ordinal, text in enumerate(inner, 2):
            tag, *elements = text.split(self.marks[0])
            told = len(self.findings)
            segment = SegmentAt(ordinal, tag, elements, self.marks[1])
            self.place(segment)
            self.bound(segment, told)
            if len(self.findings) > told and self.is_hopeless(told):
                return Tree(self.root.node, self.judged(), is_whole=False)
        while self.stack:
            self.close(len(inner) + 2)
        return Tree(self.root.node, self.judged())

    def judged(self) -> tuple[Finding, ...]:
        return tuple(judge(sorted(self.findings, key=lambda f: f.segment or 0), self.grammar.severities))

    def is_hopeless(self, told: int) -> bool:
        """Whether what was found since brings the faults that reject to as many as anybody wants to hear of.

        What is tolerated stops nothing; beyond as many of one code it is only not told any more.
        """
        found = judge(self.findings[told:], self.grammar.severities)
        self.faults += sum(f.severity is Severity.REJECT for f in found)
        self.tolerated.update(f.code for f in found if f.severity is not Severity.REJECT)
        if any(self.tolerated[f.code] > _TOLERATED_AT_MOST for f in found):
            since = zip(self.findings[told:], found, strict=True)
            self.findings[told:] = [
                f
                for f, as_judged in since
                if as_judged.severity is Severity.REJECT or self.tolerated[f.code] <= _TOLERATED_AT_MOST
            ]
        if self.faults < _FAULTS_AT_MOST:
            return False
        last = self.findings[-1]
        self.findings[-1] = replace(last, message=f"{last.message}; after {self.faults} faults we looked no further")
        return True

    def bound(self, segment: SegmentAt, told: int) -> None:
        """Name the bounded loop in what was found since, and follow it from its LS to its LE."""
        if self.bounded:
            found = self.findings[told:]
            self.findings[told:] = (f if f.tag in _BOUNDS else replace(f, loop=self.bounded[-1]) for f in found)
        if segment.tag == "LS":
            self.bounded.append(segment.element(1))
        elif segment.tag == "LE" and self.bounded:
            self.bounded.pop()

    def close(self, ordinal: int) -> None:
        """Close the innermost loop; its mandatory members that never came were due before this segment."""
        opened = self.stack.pop()
        self.missing(opened, len(opened.node.loop.members), ordinal)

    def missing(self, opened: _Open, until: int, ordinal: int) -> None:
        loop = opened.node.loop
        for at in range(_start(opened), until):
            member = loop.members[at]
            if member.requirement == "M" and not opened.uses.get(at):
                name = member.name if isinstance(member, Loop) else member.tag
                text = f"{name} is missing, at the latest before segment {ordinal}"
                self.note("mandatory-segment-missing", text, ordinal, member.tag, expected=name)
                opened.uses[at] = 1  # said once

    def note(self, code: str, text: str, ordinal: int, tag: str, expected: str | None = None) -> None:
        offset = self.locate(ordinal)
        self.findings.append(find(code, text, segment=ordinal, tag=tag, offset=offset, expected=expected))

    def place(self, segment: SegmentAt) -> None:
        definition = self.grammar.segments.get(segment.tag)
        if definition and definition.nests and definition.parent:
            self.reopen(segment.text(definition.parent), segment.ordinal)
        place = None
        if segment.tag in self.grammar.tags:
            depths = self.depths(segment, definition)
            place = self.find_place(segment, depths) or self.find_place(segment, self.all_depths)
        if place is None:
            self.stray(segment, definition)
        else:
            self.enter(segment, *place)
        if definition and not definition.opaque:
            self.findings.extend(check_segment(segment.ordinal, segment.elements, definition, self.marks, self.locate))

    @property
    def all_depths(self) -> range:
        return range(len(self.stack))

    def reopen(self, pointer: str, ordinal: int) -> None:
        """Open the loops again in which a level stands that is pointed at, where others came between."""
        path = self.levels.get(pointer, ())
        if path and path[-1] not in self.stack:
            shared = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(path, self.stack, strict=False)))
            while len(self.stack) > shared:
                self.close(ordinal)
            self.stack.extend(path[shared:])

    def depths(self, segment: SegmentAt, definition: Segment | None) -> range:
        """The open loops in which to look: all, innermost first, unless the segment points at its parent itself."""
        if definition is None or not definition.nests or definition.parent is None:
            return self.all_depths
        pointer = segment.text(definition.parent)
        parent = self.levels[pointer][-1] if pointer in self.levels else self.root
        depth = self.stack[::-1].index(parent)
        return range(depth, depth + 1)

    def find_place(self, segment: SegmentAt, depths: range) -> tuple[int, int] | None:
        """Which open loop (counted from the innermost) and which member of it; full members only as a last resort."""
        full: tuple[int, int] | None = None
        for depth in depths:
            opened = self.stack[-1 - depth]
            members = opened.node.loop.members
            # What opened a loop never stands in it again: it opens the next turn.
            for at in range(max(_start(opened), opened is not self.root), len(members)):
                if not _takes(members[at], segment, self.grammar.segments):
                    continue
                limit = members[at].limit
                if limit is None or opened.uses.get(at, 0) < limit:
                    return depth, at
                full = full or (depth, at)
        return full

    def enter(self, segment: SegmentAt, depth: int, at: int) -> None:
        for _ in range(depth):
            self.close(segment.ordinal)
        opened = self.stack[-1]
        member = opened.node.loop.members[at]
        self.missing(opened, opened.node.loop.ranks[at], segment.ordinal)
        opened.at = at
        count = opened.uses[at] = opened.uses.get(at, 0) + 1
        if member.limit is not None and count == member.limit + 1:  # the first that is too many is told (AK304 4, 5)
            code = "loop-too-often" if isinstance(member, Loop) else "segment-too-often"
            name = member.name if isinstance(member, Loop) else member.tag
            text = f"{segment.tag} in segment {segment.ordinal}: {name} may stand here at most {times(member.limit)}"
            self.note(code, text, segment.ordinal, segment.tag, expected=f"at most {member.limit}")
        if isinstance(member, Loop):
            node = Node(member, [segment])
            opened.node.items.append(node)
            self.stack.append(_Open(node, uses={0: 1}))
            self.register(segment, node)
        else:
            opened.node.items.append(segment)

    def register(self, segment: SegmentAt, node: Node) -> None:
        """Remember a level by its number, and hold its pointer to what was found (X12 HL01, HL02)."""
        definition = self.grammar.segments[segment.tag]
        if definition.id is None or definition.parent is None:
            return
        own, up = f"{segment.tag}{definition.id:02}", f"{segment.tag}{definition.parent:02}"
        number, pointer = segment.text(definition.id), segment.text(definition.parent)
        parent = self.levels[pointer][-1] if pointer in self.levels else self.root
        if number in self.levels:
            self.broken(segment, definition.id, f"{own} is {number!r}, which came before", "a number of its own")
        elif pointer and pointer not in self.levels:
            self.broken(segment, definition.parent, f"{up} is {pointer!r}, but no level before has that {own}", own)
        elif definition.nests and self.stack[-2] is not parent:
            said = f"is {pointer!r}" if pointer else "is empty"
            text = f"{up} {said}, where {node.loop.name} cannot stand"
            self.broken(segment, definition.parent, text, f"{own} of a level that may hold {node.loop.name}")
        if number:
            self.levels.setdefault(number, tuple(self.stack))

    def broken(self, segment: SegmentAt, position: int, text: str, expected: str) -> None:
        element = self.grammar.segments[segment.tag].element(position)
        self.findings.append(
            find(
                "hierarchy-broken",
                f"{segment.tag} in segment {segment.ordinal}: {text}",
                segment=segment.ordinal,
                tag=segment.tag,
                element=position,
                number=element.number if element else None,
                offset=self.locate(segment.ordinal, position),
                value=segment.text(position) or None,
                expected=expected,
            )
        )

    def stray(self, segment: SegmentAt, definition: Segment | None) -> None:
        """A segment that has no place: say why, and keep it where it was found."""
        tag, ordinal = segment.tag, segment.ordinal
        where = f"{tag} in segment {ordinal}"
        if definition is None:
            self.note("segment-unknown", f"{tag!r} in segment {ordinal} is no segment we know", ordinal, tag[:3])
        elif tag not in self.grammar.tags:
            text = f"{where} does not belong in {self.grammar.message}, {self.grammar.title}"
            self.note("segment-not-in-message", text, ordinal, tag)
        elif any(
            _takes(member, segment, self.grammar.segments)
            for opened in self.stack
            for member in opened.node.loop.members[opened is not self.root :]
        ):
            self.note("segment-out-of-order", f"{where} belongs earlier", ordinal, tag)
        else:
            kind = f" {segment.text(definition.qualifier)!r}" if definition.qualifier else ""
            loop = self.stack[-1].node.loop.name
            text = f"{tag}{kind} in segment {ordinal} cannot stand here" + (f", in loop {loop}" if loop else "")
            self.note("segment-unexpected", text, ordinal, tag)
        self.stack[-1].node.items.append(segment)


def _start(opened: _Open) -> int:
    """The first member that may still come: all of the rank the loop has come to."""
    ranks = opened.node.loop.ranks
    return ranks[opened.at] if ranks else 0


def _takes(member: Member, segment: SegmentAt, segments: Segments) -> bool:
    if member.tag != segment.tag:
        return False
    if isinstance(member, SegmentUse) or member.qualifier is None:
        return True
    position = segments[member.tag].qualifier
    return position is not None and segment.text(position) == member.qualifier
