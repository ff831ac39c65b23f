"""The twin of the explaining reader: a draft of loops and cells to segments in the order of the grammar.

Whoever drafts says what, never where: the structure puts segments and loops in order, and a hierarchy gets its numbers
here (HL01 counting from 1, HL02 the parent's, HL03 the level), so that no mapping need write one. Only a packing
hierarchy, whose levels follow one another instead of nesting, may be told who stands on whom (CPS 7164, 7166).
"""

from collections.abc import Iterator
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


def order(draft: Draft, segments: Segments) -> Iterator[Written]:
    """The segments of a drafted message, without its header and trailer, in the order of the grammar."""
    yield from _Ordering(segments).members(draft, parent="")


class _Ordering:
    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self.numbers = count(1)
        self.first = ""

    def members(self, draft: Draft, parent: str) -> Iterator[Written]:
        number = self._open(draft, parent)
        loop = draft.loop
        told: set[int | str] = set()
        for rank, member in zip(loop.ranks, loop.members, strict=True):
            key = member.tag if isinstance(member, SegmentUse) else rank
            if key in told:
                continue
            told.add(key)
            if isinstance(member, SegmentUse):
                yield from (_written(s) for s in draft.segments if s.tag == member.tag)
                continue
            siblings = [m for r, m in zip(loop.ranks, loop.members, strict=True) if r == rank]
            inside = [d for d in draft.drafts if any(d.loop is sibling for sibling in siblings) and not d.is_empty]
            if inside and self.segments[member.tag].level and all(inner.qualifier != ROOT for inner in inside):
                inside.insert(0, Draft(member, ROOT))  # packs hang on a root, though nothing is said of it
            for inner in inside:
                yield from self.members(inner, number or parent)

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
    last = max((position for position, _ in segment.cells), default=0)
    elements: list[str | tuple[str, ...]] = []
    for position in range(1, last + 1):
        components = max((c for p, c in segment.cells if p == position), default=0)
        texts = tuple(segment.cells.get((position, c), "") for c in range(1, components + 1))
        elements.append("".join(texts) if components <= 1 else texts)
    return segment.tag, tuple(elements)
