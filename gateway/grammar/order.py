"""The twin of the explaining reader: a draft of loops and cells to segments in the order of the grammar.

Whoever drafts says what, never where: the structure puts segments and loops in order, and a hierarchy gets its numbers
here (HL01 counting from 1, HL02 the parent's, HL03 the level), so that no mapping need write one. Only a packing
hierarchy, whose levels follow one another instead of nesting, may be told who stands on whom (CPS 7164, 7166).
"""

from dataclasses import dataclass, field
from itertools import count

from gateway.grammar.schema import Loop, SegmentUse
from gateway.grammar.segments import Place, Segments

ROOT = "root"  # the level of a packing hierarchy that has no parent
Written = tuple[str, tuple[str | tuple[str, ...], ...]]  # tag and elements; a composite is a tuple of components


@dataclass(slots=True)
class DraftSegment:
    """A segment being filled, cell by cell. `turn` keeps apart the segments of different records at one place."""

    tag: str
    turn: int = 0
    cells: dict[Place, str] = field(default_factory=dict)

    def agrees(self, cells: dict[Place, str]) -> bool:
        """Whether these cells can be filled without changing one that is."""
        return all(self.cells.get(place, text) == text for place, text in cells.items())


@dataclass(slots=True)
class Draft:
    """One turn of a loop being drafted: segments in any order, loops in the order they shall be told."""

    loop: Loop
    qualifier: str | None = None
    segments: list[DraftSegment] = field(default_factory=list)
    drafts: list["Draft"] = field(default_factory=list)

    def segment(self, tag: str, cells: dict[Place, str], turn: int = 0) -> DraftSegment:
        """The first segment of this tag that these cells agree with, made where there is none."""
        for segment in self.segments:
            if segment.tag == tag and segment.turn == turn and segment.agrees(cells):
                return segment
        self.segments.append(DraftSegment(tag, turn))
        return self.segments[-1]

    def inner(self, loop: Loop, qualifier: str | None, cells: dict[Place, str] | None = None) -> "Draft":
        """The turn of a loop inside whose opener agrees with these cells, made where there is none yet."""
        asked = cells or {}
        for draft in self.drafts:
            if draft.loop is loop and draft.qualifier == qualifier and draft.opens_with(asked):
                break
        else:
            draft = self.add(loop, qualifier)
        if asked:
            draft.segment(loop.tag, asked).cells.update(asked)
        return draft

    def opens_with(self, cells: dict[Place, str]) -> bool:
        """Whether its opener, if it has one yet, can hold these cells too."""
        opener = next((segment for segment in self.segments if segment.tag == self.loop.tag), None)
        return opener is None or opener.agrees(cells)

    def add(self, loop: Loop, qualifier: str | None) -> "Draft":
        """One more turn of a loop inside."""
        self.drafts.append(Draft(loop, qualifier))
        return self.drafts[-1]

    @property
    def is_empty(self) -> bool:
        """Nothing was said here or inside."""
        return not self.segments and all(draft.is_empty for draft in self.drafts)


def order(draft: Draft, segments: Segments) -> list[Written]:
    """The segments of a drafted message, without its header and trailer, in the order of the grammar."""
    ordering = _Ordering(segments)
    ordering.members(draft, parent="")
    return ordering.written


class _Ordering:
    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self.numbers = count(1)
        self.first = ""
        self.written: list[Written] = []
        self._places: dict[int, dict[str | int, int]] = {}

    def members(self, draft: Draft, parent: str) -> None:
        """Write a turn of a loop: what was drafted in it, each where the loop has its place, and what is inside."""
        parent = self._open(draft, parent) or parent
        places = self.places(draft.loop)
        segments: dict[int, list[DraftSegment]] = {}
        drafts: dict[int, list[Draft]] = {}
        for segment in draft.segments:
            segments.setdefault(places[segment.tag], []).append(segment)
        for inner in draft.drafts:
            if not inner.is_empty:
                drafts.setdefault(places[id(inner.loop)], []).append(inner)
        for place in sorted((*segments, *drafts)):
            self.written += map(_written, segments.get(place, ()))
            inside = drafts.get(place, [])
            if inside and self.segments[inside[0].loop.tag].level and all(inner.qualifier != ROOT for inner in inside):
                inside.insert(0, Draft(inside[0].loop, ROOT))  # packs hang on a root, though nothing is said of it
            for inner in inside:
                self.members(inner, parent)

    def places(self, loop: Loop) -> dict[str | int, int]:
        """The places of a loop's members: of segments by their tags, of loops by their ids, one for all of a rank."""
        if id(loop) not in self._places:
            ranked = zip(loop.members, loop.ranks, strict=True)
            keyed = [(m.tag if isinstance(m, SegmentUse) else id(m), rank) for m, rank in ranked]
            self._places[id(loop)] = dict(reversed(keyed))  # of two uses of a tag the first is its place
        return self._places[id(loop)]

    def _open(self, draft: Draft, parent: str) -> str:
        """Fill the opener's own cells: the qualifier, and the numbers of a hierarchy. Its number, if it has one."""
        loop = draft.loop
        if not loop.tag:
            return ""
        definition = self.segments[loop.tag]
        cells: dict[Place, str] = {}
        qualifier = draft.qualifier or loop.qualifier
        if qualifier and definition.qualifier:
            cells[definition.qualifier, 1] = qualifier
        if definition.level:  # packs follow one another, and all but the root hang on the first
            parent = "" if qualifier == ROOT else self.first
        number = ""
        if definition.id and definition.parent:
            number = str(next(self.numbers))
            self.first = self.first or number
            cells[definition.id, 1] = number
            if parent:
                cells[definition.parent, 1] = parent
        opener = next((s for s in draft.segments if s.tag == loop.tag), None)
        if opener is None:
            opener = DraftSegment(loop.tag)
            draft.segments.insert(0, opener)
        for place, text in cells.items():
            opener.cells.setdefault(place, text)  # a packing hierarchy may be told who stands on whom
        return number


def _written(segment: DraftSegment) -> Written:
    """Elements in their positions, empty ones at the end left away, a filled component making its element a tuple."""
    cells = segment.cells
    elements: list[str | tuple[str, ...]] = [""] * max(cells, default=(0, 0))[0]
    components: dict[int, int] = {}
    for (position, component), text in cells.items():
        if component == 1:
            elements[position - 1] = text
        else:
            components[position] = max(component, components.get(position, 0))
    for position, last in components.items():
        elements[position - 1] = tuple(cells.get((position, c), "") for c in range(1, last + 1))
    return segment.tag, tuple(elements)
