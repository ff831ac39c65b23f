"""The twin of the explaining reader: a draft of loops and cells to segments in the order of the grammar.

Whoever drafts says what, never where: the structure puts segments and loops in order, and a hierarchy gets its numbers
here (HL01 counting from 1, HL02 the parent's, HL03 the level), so that no mapping need write one. Only a packing
hierarchy, whose levels follow one another instead of nesting, may be told who stands on whom (CPS 7164, 7166).
"""

from dataclasses import dataclass, field
from itertools import count

from gateway.grammar.schema import Loop
from gateway.grammar.segments import Place, Segments

ROOT = "root"  # the level of a packing hierarchy that has no parent
Written = tuple[str, tuple[str | tuple[str, ...], ...]]  # tag and elements; a composite is a tuple of components


@dataclass(slots=True)
class DraftSegment:
    """A segment being filled, cell by cell. `turn` keeps apart the segments of different records at one place."""

    turn: int
    cells: dict[Place, str]

    def agrees(self, cells: dict[Place, str]) -> bool:
        """Whether these cells can be filled without changing one that is."""
        own = self.cells
        for place, text in cells.items():  # noqa: SIM110  (a generator costs more than the whole comparison)
            if own.get(place, text) != text:
                return False
        return True


@dataclass(slots=True)
class Draft:
    """One turn of a loop being drafted: segments by their tags, loops in the order they shall be told."""

    loop: Loop
    qualifier: str | None = None
    segments: dict[str, list[DraftSegment]] = field(default_factory=dict)
    drafts: list["Draft"] = field(default_factory=list)

    def fill(self, tag: str, cells: dict[Place, str], turn: int = 0, room: int | None = None) -> bool:
        """Put cells into the first segment of this tag that they agree with, or into one more: the draft keeps them.

        False where that would be more segments than there is room for.
        """
        found = self.segments.get(tag)
        if found is None:
            self.segments[tag] = [DraftSegment(turn, cells)]
            return True
        for segment in found:
            if segment.turn == turn and segment.agrees(cells):
                segment.cells |= cells
                return True
        if room is not None and len(found) >= room:
            return False
        found.append(DraftSegment(turn, cells))
        return True

    def inner(self, loop: Loop, qualifier: str | None, cells: dict[Place, str] | None = None) -> "Draft":
        """The turn of a loop inside whose opener agrees with these cells, made where there is none yet."""
        asked = cells or {}
        for draft in self.drafts:
            if draft.loop is loop and draft.qualifier == qualifier and draft.opens_with(asked):
                break
        else:
            draft = self.add(loop, qualifier)
        if asked:
            draft.fill(loop.tag, dict(asked))
        return draft

    def opens_with(self, cells: dict[Place, str]) -> bool:
        """Whether its opener, if it has one yet, can hold these cells too."""
        openers = self.segments.get(self.loop.tag)
        return openers is None or openers[0].agrees(cells)

    def add(self, loop: Loop, qualifier: str | None) -> "Draft":
        """One more turn of a loop inside."""
        draft = Draft(loop, qualifier)
        self.drafts.append(draft)
        return draft

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

    def members(self, draft: Draft, parent: str) -> None:
        """Write a turn of a loop: what was drafted in it, each where the loop has its place, and what is inside."""
        loop = draft.loop
        if loop.tag:
            parent = self.open(draft, parent) or parent
        places = loop.places
        tags = {places[tag]: tag for tag in draft.segments}
        drafts: dict[int, list[Draft]] = {}
        for inner in draft.drafts:
            if not inner.is_empty:
                drafts.setdefault(places[id(inner.loop)], []).append(inner)
        for place in sorted([*tags, *drafts]):
            if place in tags:
                tag = tags[place]
                for segment in draft.segments[tag]:
                    self.written.append(_written(tag, segment.cells))
                continue
            inside = drafts[place]
            if self.segments[inside[0].loop.tag].level and all(inner.qualifier != ROOT for inner in inside):
                inside.insert(0, Draft(inside[0].loop, ROOT))  # packs hang on a root, though nothing is said of it
            for inner in inside:
                self.members(inner, parent)

    def open(self, draft: Draft, parent: str) -> str:
        """Fill the opener's own cells: the qualifier, and the numbers of a hierarchy. Its number, if it has one."""
        loop = draft.loop
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
        openers = draft.segments.setdefault(loop.tag, [])
        if openers:
            openers[0].cells = cells | openers[0].cells  # a packing hierarchy may be told who stands on whom
        else:
            openers.append(DraftSegment(0, cells))
        return number


def _written(tag: str, cells: dict[Place, str]) -> Written:
    """Elements in their positions, empty ones at the end left away, a filled component making its element a tuple."""
    elements: list[str | tuple[str, ...]] = []
    components: dict[int, int] = {}
    for (position, component), text in cells.items():
        while len(elements) < position:
            elements.append("")
        if component == 1:
            elements[position - 1] = text
        else:
            components[position] = max(component, components.get(position, 0))
    for position, last in components.items():
        elements[position - 1] = tuple(cells.get((position, c), "") for c in range(1, last + 1))
    return tag, tuple(elements)
