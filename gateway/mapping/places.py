"""Where a row stands in a message: the loops one goes down from its table's place to its segment.

A row stands at the shallowest place that holds every tag it names; a loop opened by the tag wins over others as deep;
if two remain, the row is ambiguous and refused. A table's `loop` or `each` names the loops itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.grammar.order import ROOT
from gateway.grammar.schema import Loop, SegmentUse
from gateway.grammar.segments import Segments
from gateway.grammar.tree import Node


@dataclass(frozen=True, slots=True)
class Step:
    """One loop down, of this qualifier if one is given (`N1:ST`); `at` is the element that tells which it is."""

    loop: Loop
    qualifier: str | None = None
    at: int | None = None
    level: "PackingLevel | None" = None

    def turns(self, node: Node) -> Iterator[Node]:
        """The turns of this loop directly inside a node."""
        for inner in node.nodes:
            if inner.loop is self.loop and self.takes(inner):
                yield inner

    def takes(self, node: Node) -> bool:
        """Whether a turn of the loop has the qualifier asked for."""
        if self.level is not None:
            return self.level.of(node) == self.qualifier
        return self.qualifier is None or (self.at is not None and node.opener.element(self.at) == self.qualifier)

    @property
    def name(self) -> str:
        """`N1:ST`."""
        return f"{self.loop.tag}:{self.qualifier}" if self.qualifier else self.loop.name


@dataclass(frozen=True, slots=True)
class PackingLevel:
    """What a turn of a packing hierarchy is (CPS has no level code): `root` without a parent, else its package type."""

    parent: int
    tag: str
    cell: tuple[int, int]

    def of(self, node: Node) -> str:
        """The level of a turn; '' where nothing in it says."""
        if not node.opener.element(self.parent):
            return ROOT
        inside = (segment for inner in node.nodes for segment in inner.segments if segment.tag == self.tag)
        return next((segment.element(*self.cell) for segment in inside), "")


Steps = tuple[Step, ...]


def follow(node: Node, steps: Steps) -> Iterator[tuple[Node, ...]]:
    """Every way down the steps, as the chain of nodes from `node` on."""
    if not steps:
        yield (node,)
        return
    for inner in steps[0].turns(node):
        for chain in follow(inner, steps[1:]):
            yield (node, *chain)


def find_loops(loop: Loop, path: str, segments: Segments) -> Steps | str:
    """The steps that `HL:S/N1:ST` names from a loop, or what is wrong with it."""
    steps: list[Step] = []
    for part in path.split("/"):
        tag, _, qualifier = part.partition(":")
        inside = steps[-1].loop if steps else loop
        named = next((inner for inner in inside.loops if inner.name == part), None)
        plain = next((inner for inner in inside.loops if inner.tag == tag and inner.qualifier is None), None)
        at = segments[tag].qualifier if tag in segments else None
        if named:
            steps.append(Step(named, None, at if named.qualifier else None))
        elif plain and qualifier and (level := _packing_level(tag, segments)):
            steps.append(Step(plain, qualifier, level=level))
        elif plain:
            if qualifier and at is None:
                return f"{part!r}: segment {tag} declares no qualifier to tell its loops apart"
            steps.append(Step(plain, qualifier or None, at))
        else:
            names = ", ".join(dict.fromkeys(inner.name for inner in inside.loops)) or "none"
            return f"{part!r}: no such loop in {inside.name or 'the message'}; there is {names}"
    return tuple(steps)


def _packing_level(tag: str, segments: Segments) -> PackingLevel | None:
    """How levels of a packing hierarchy are told apart, where the segment that opens them declares one."""
    segment = segments[tag]
    if segment.level is None or segment.parent is None or segment.level.tag not in segments:
        return None
    cells = segments[segment.level.tag].cells(segment.level.number)
    return PackingLevel(segment.parent, segment.level.tag, cells[0]) if cells else None


def find_place(loop: Loop, tag: str, tags: frozenset[str]) -> Steps | str:
    """The steps from a loop to the place of a row whose value stands in `tag`, or what is wrong with it."""
    frontier: list[Steps] = [()]
    while frontier:
        fitting = [steps for steps in frontier if _holds(loop, steps, tag, tags)]
        opened = [steps for steps in fitting if steps and steps[-1].loop.tag == tag]
        fitting = opened or fitting
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            names = " and ".join("/".join(step.name for step in steps) for steps in fitting)
            return f"stands in {names} alike; say which by `loop =`"
        frontier = [(*steps, Step(inner)) for steps in frontier for inner in _end(loop, steps).loops]
    others = f" together with {', '.join(sorted(tags - {tag}))}" if len(tags) > 1 else ""
    return f"no segment {tag}{others} in {loop.name or 'the message'}"


def _end(loop: Loop, steps: Steps) -> Loop:
    return steps[-1].loop if steps else loop


def _holds(loop: Loop, steps: Steps, tag: str, tags: frozenset[str]) -> bool:
    """Whether the value's tag is directly here, and every other tag here or in a loop gone through."""
    way = [loop, *(step.loop for step in steps)]
    return _direct(way[-1], tag) and all(any(_direct(on_way, other) for on_way in way) for other in tags)


def _direct(loop: Loop, tag: str) -> bool:
    return any(isinstance(member, SegmentUse) and member.tag == tag for member in loop.members)
