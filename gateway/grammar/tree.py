"""A message arranged: its segments in the loops of its grammar, with all that the grammar finds wrong with it.

Whoever looks at a message looks at this: the mappings read it, the screens show it. arrangement.py makes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.findings import Finding
from gateway.grammar.schema import Loop


@dataclass(frozen=True, slots=True)
class SegmentAt:
    """A segment in its place: ordinal in the message (ST is 1), tag, and elements as text, element 1 first.

    `mark` is what parts the components of an element.
    """

    ordinal: int
    tag: str
    elements: Sequence[str]
    mark: str = ">"

    def text(self, position: int) -> str:
        """The whole text of an element; '' where it is empty or absent."""
        return self.elements[position - 1] if position <= len(self.elements) else ""

    def element(self, position: int, component: int = 1) -> str:
        """The text at a place; '' where it is empty or absent."""
        text = self.text(position)
        if component == 1 and self.mark not in text:
            return text
        parts = text.split(self.mark)
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
        return next(self.segments)


@dataclass(frozen=True)
class Tree:
    """A message arranged: its root, and all that the grammar finds wrong with it.

    It is not whole where so much rejects it that we looked no further.
    """

    root: Node
    findings: tuple[Finding, ...]
    is_whole: bool = True
