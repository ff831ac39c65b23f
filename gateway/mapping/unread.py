"""What no row reads: nothing is lost in silence, so each cell that nobody used is a finding.

A segment of which nothing was used is one finding, else each cell left is one. The numbers of a hierarchy (HL01, HL02)
are the tree's own and never a row's.
"""

from collections.abc import Callable, Iterator

from gateway.findings import Finding, find
from gateway.grammar.segments import Segments
from gateway.grammar.tree import Node, SegmentAt
from gateway.mapping.rows import Cell
from gateway.syntax.service_characters import NEUTRAL

Used = set[tuple[int, int, int]]
"""The cells that rows read: segment, element, component."""

_SHOWN = 60  # how much of an unread segment a message shows


def find_unread(
    root: Node, used: Used, segments: Segments, component_mark: str, locate: Callable[..., int]
) -> Iterator[Finding]:
    """The findings for all data of a message that is not in `used`."""
    for segment in _walk(root):
        definition = segments.get(segment.tag)
        if definition and definition.id and definition.parent:
            continue
        filled = [position for position, text in enumerate(segment.elements, 1) if text]
        left = [p for p in filled if not _is_used(segment, p, used, component_mark)]
        where = f"{segment.tag} in segment {segment.ordinal}"
        place = {"segment": segment.ordinal, "tag": segment.tag}
        if left and len(left) == len(filled):
            text = f"{where} is read by no row: {_shown('*'.join(segment.elements))[:_SHOWN]}"
            yield find("data-unmapped", text, **place, offset=locate(segment.ordinal, None))
            continue
        for position in left:
            value = _shown(segment.elements[position - 1])
            text = f"{where}: {Cell(segment.tag, position)} {value!r} is read by no row"
            offset = locate(segment.ordinal, position)
            yield find("data-unmapped", text, **place, element=position, offset=offset, value=value)


def _is_used(segment: SegmentAt, position: int, used: Used, component_mark: str) -> bool:
    parts = segment.elements[position - 1].split(component_mark)
    return all((segment.ordinal, position, component) in used for component, part in enumerate(parts, 1) if part)


def _shown(text: str) -> str:
    """A text as people can see it: the neutral mark between components is no character of theirs."""
    return text.replace(NEUTRAL[1], ":")


def _walk(node: Node) -> Iterator[SegmentAt]:
    for item in node.items:
        if isinstance(item, Node):
            yield from _walk(item)
        else:
            yield item
